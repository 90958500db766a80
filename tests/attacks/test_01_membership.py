"""Attack 1 (Matrix: whoever runs the server decides who is a member): a relay adds a device, or a nation.

XCC carries between XAA and XBB, and holds keys of a real custodian: its own. What it injects, unsigned or signed by
itself, is refused and accounted for; the next envelope is wrapped to the old set, and nobody seals a seed to the device.
"""

from __future__ import annotations

import trio
from trio.testing import MockClock

from coalchat.node.membership import Membership
from coalchat.paths import Home
from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.ids import Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import Signed, SigningKey, read_signed, sign
from protocol.keys.otar import PrekeyStatement, sign_prekey
from protocol.trust.charter import Charter, key_hash, root_id
from protocol.trust.credential import (
    Certificate,
    CertificateRequest,
    CustodianCertificate,
    Role,
    custodian_id,
    issue_certificate,
    issue_custodian,
    make_request,
)
from protocol.trust.publication import DirectoryPart, publish
from protocol.vectors.drbg import Drbg
from tests.fakes.joined import HOUR, SEGMENT, envelope_of, hours
from tests.fakes.keyed import texts
from tests.fakes.nodes import Running, Town, until

ENTROPY = Drbg("relay")
FALSE = SigningKey(ENTROPY(32), ENTROPY(32))
BUNDLE, PREKEY = ENTROPY(96), ENTROPY(96)
WAITS = {"directory part", "prekey statement", "a device of its own custodian, as the nation's"}
"""What could be true if something came that the relay cannot make."""


def false_certificate(member: Membership, nation: int) -> Certificate:
    """A device of the relay's own making, as one of a nation."""
    public = FALSE.public()
    request = CertificateRequest(
        member.coalition.id, nation, public.ed25519, key_hash(public.mldsa), key_hash(crypto.xwing_public(BUNDLE))
    )
    return evolve(
        member.certificate,
        nation=nation,
        key=request.key,
        mldsa_hash=request.mldsa_hash,
        bundle_hash=request.bundle_hash,
        request=make_request(request, FALSE).signature,
        role=int(Role.OFFICER),
    )


def unsigned(signed: Signed) -> bytes:
    return pack((int(signed.tag), signed.signer, signed.body, bytes(len(signed.signature))))


def additions(relay: Running, nation: int) -> dict[str, bytes]:
    """What the relay says: a device, a directory and a prekey of another nation; a custodian; a nation."""
    member = relay.station.context.member
    (keys,) = member.ring.custodian
    certificate = false_certificate(member, nation)
    said = issue_certificate(certificate, keys.seat.key)
    publication = member.directory.publication(nation, 0)
    assert publication is not None
    next_one = evolve(publication, number=publication.number + 1, devices=publication.devices + 1)
    published = publish(next_one, keys.seat.key)
    part = DirectoryPart(member.coalition.id, nation, 0, publication.number + 1, 0, (said.hash,))
    statement = PrekeyStatement(member.coalition.id, nation, certificate.device, 1, 0, b"", crypto.xwing_public(PREKEY))
    public = FALSE.public()
    seat = CustodianCertificate(member.coalition.id, nation, 1, public.ed25519, public.mldsa, 0, 2**40)
    root = keys.root[0].key
    (charter,) = [d.data for d in relay.station.context.store.read.all_documents() if d.tag == Tag.CHARTER]
    nations = decode(Charter, charter).nations
    fourth = evolve(nations[2], code="XDD", name="Delta", root=public.ed25519)
    amended = encode(evolve(decode(Charter, charter), number=1, previous=bytes(32), nations=(*nations, fourth)))
    return {
        "certificate, signed by the relay": said.data,
        "certificate, unsigned": unsigned(said),
        "certificate, in the name of the nation's custodian": sign(
            Tag.CERTIFICATE, custodian_id(member.coalition.id, nation, 0), encode(certificate), keys.seat.key
        ).data,
        "publication, signed by the relay": published.data,
        "publication, unsigned": unsigned(published),
        "directory part": encode(part),
        "prekey statement": sign_prekey(statement, FALSE).data,
        "custodian, signed by the relay's root": issue_custodian(
            seat, root, root_id(member.coalition.charter_hash, nation)
        ).data,
        "a nation, unsigned": amended,
        "a device of its own custodian, as the nation's": issue_certificate(
            evolve(certificate, custodian=1), keys.seat.key
        ).data,
    }


async def test_what_a_relay_adds_is_no_reader(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in homes]
        await town.join_up(a, c)
        await town.join_up(b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(b.channels)
        first = await b.send("ops", "before", "SECRET REL XAA, XBB")
        old = envelope_of(b, first.entry_id).context.slots
        known = {node.code: node.station.context.member.directory.devices() for node in (a, b)}
        for node in (a, b):
            (session,) = node.station.links.register.sessions()
            for name, data in additions(c, 0).items():
                before = len(await node.audited("document-refused"))
                await session._documents.take(data)
                # What stands on something that never comes waits without effect, and goes with the link.
                waits = name in WAITS
                assert (data in session._documents._pending) is waits, name
                assert len(await node.audited("document-refused")) == before + (not waits), name
            assert node.station.context.member.directory.devices() == known[node.code]
        await hours(SEGMENT / HOUR + 1)
        second = await b.send("ops", "after", "SECRET REL XAA, XBB")
        envelope = envelope_of(b, second.entry_id)
        assert envelope.context.slots == old
        await texts(a, ["before", "after"])
        device = false_certificate(c.station.context.member, 0).device
        for node in (a, b):
            member = node.station.context.member
            assert member.directory.standing(device, member.now()) is None
            assert [len(member.valid(nation)) for nation in range(3)] == [1, 1, 1]
            assert len(member.coalition.codes) == 3
            assert not [o for o in member.controls.of(Tag.OTAR) if o.issuer == device]
        await town.close()


async def test_the_nations_own_custodian_adds_one(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """The control: the same device, certified and listed by its own nation's custodian, is a member."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        member = a.station.context.member
        (keys,) = member.ring.custodian
        said = issue_certificate(false_certificate(member, 0), keys.seat.key)
        (session,) = b.station.links.register.sessions()
        await session._documents.take(said.data)
        assert not await b.audited("document-refused")
        assert len(b.station.context.member.valid(0)) == 1, "no directory lists it yet"
        assert len(b.station.context.member.directory.devices(0)) == 2
        assert read_signed(said.data).signer == custodian_id(member.coalition.id, 0, 0)
        await town.close()
