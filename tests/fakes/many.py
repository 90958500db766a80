"""Devices of a nation that are no nodes: real keys and documents, through the doors of their custodian's node."""

from __future__ import annotations

import attrs

from coalchat.custody.documents import document
from coalchat.node.incoming import Incoming
from protocol.base.crypto import xwing_public
from protocol.base.ids import Tag
from protocol.base.signed import SigningKey
from protocol.keys.otar import PrekeyStatement, sign_prekey
from protocol.trust.access import Clearance
from protocol.trust.charter import key_hash
from protocol.trust.credential import (
    FULL_SCOPE,
    Certificate,
    CertificateRequest,
    Certified,
    Role,
    certificate_hash,
    issue_certificate,
    make_request,
    person_id,
)
from protocol.vectors.drbg import Drbg
from tests.fakes.joined import DAY
from tests.fakes.nodes import Running


@attrs.frozen
class Handheld:
    """One of them. `prekey` is the X-Wing seed (96 bytes) of its only prekey."""

    certified: Certified
    key: SigningKey = attrs.field(repr=False)
    prekey: bytes = attrs.field(repr=False)


async def handhelds(custodian: Running, count: int) -> list[Handheld]:
    """Certify devices, each of a person of its own, cleared for RESTRICTED, in one publication."""
    station = custodian.station
    member, publishing, now = station.context.member, station.publishing, station.context.now()
    made = []
    for number in range(count):
        entropy = Drbg(f"handheld {number}")
        key, prekey = SigningKey(entropy(32), entropy(32)), entropy(96)
        public, name = key.public(), f"Pte No {number}"
        request = CertificateRequest(
            member.coalition.id, member.nation, public.ed25519, key_hash(public.mldsa), key_hash(entropy(1_216))
        )
        certificate = Certificate(
            coalition=member.coalition.id,
            nation=member.nation,
            custodian=publishing.keys.index,
            key=request.key,
            mldsa_hash=request.mldsa_hash,
            bundle_hash=request.bundle_hash,
            request=make_request(request, key).signature,
            person=person_id(member.coalition.id, member.nation, name, entropy(16)),
            name=name,
            number=1,
            role=int(Role.OFFICER),
            clearance=Clearance(1, ()),
            scope=FULL_SCOPE,
            not_before=now,
            not_after=now + 90 * DAY,
        )
        signed = issue_certificate(certificate, publishing.keys.seat.key)
        made.append(Handheld(Certified(certificate, signed, certificate_hash(signed.data)), key, prekey))
    async with publishing.acting:
        certified = [one.certified for one in made]
        documents = [document(Tag.CERTIFICATE, c.device, now, c.document.data, now) for c in certified]
        await publishing.keep([*documents, *publishing.make(now, certified=certified)], lambda _tx: None)
    return made


async def state(custodian: Running, devices: list[Handheld], request: bytes, counter: int = 1) -> None:
    """Bring prekey statements that answer a demand, as a link does."""
    context = custodian.station.context
    member = context.member
    link = Incoming(context, member.nation)
    for one in devices:
        statement = PrekeyStatement(
            member.coalition.id, member.nation, one.certified.device, counter, 0, request, xwing_public(one.prekey)
        )
        await link.take(sign_prekey(statement, one.key).data)
