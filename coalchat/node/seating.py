"""Custodians' seats (SPEC 7.6): a device asks for one, and the nation's root, where it rests, certifies it.

    seat's keys (key file) -> request, by any way -> the root's certificate -> by sync -> the seat may act

Rule 1: the seat's keys are made where they stay, and are durable before anybody hears of them.
Rule 2: a home has the seat once a certificate of the root for the very keys that it made is here.
Rule 3: a seat that is taken is not given to other keys: a nation has three.
"""

from __future__ import annotations

import attrs

from coalchat.custody.documents import document
from coalchat.custody.renewal import new_seat
from coalchat.errors import NotAuthorised, Refused, UsageError
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.holding import Holding
from coalchat.node.journal import Finding, write_finding
from coalchat.node.publishing import Publishing
from coalchat.store.faces import Transaction
from protocol.base.errors import ProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_CUSTODIANS
from protocol.base.records import evolve
from protocol.base.signed import read_signed
from protocol.keys.keyring import CustodianKeys, SigningSeeds
from protocol.trust.access import Clause
from protocol.trust.credential import Certified
from protocol.trust.seat import SeatClaim, check_seat_request, make_seat_request


@attrs.define(eq=False)
class Seating:
    """The node's part for custodians' seats."""

    context: Context = attrs.field(repr=False)
    holding: Holding = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)

    async def request(self, index: int) -> bytes:
        """Ask for a seat: its keys are made here, and the same are asked for again.

        Raises:
            UsageError: there is no such seat for alternates, or this home has one already.
            Refused: this device's certificate is not valid, or does not let it read.
        """
        member = self.context.member
        if not 0 < index < MAX_CUSTODIANS:
            raise UsageError(f"an alternate's seat is 1 to {MAX_CUSTODIANS - 1}")
        if member.seat is not None or any(keys.root for keys in member.ring.custodian):
            raise UsageError("this home is a custodian's already")
        standing = member.directory.standing(member.device, self.context.now())
        if standing is None or not standing.valid:
            raise Refused(Clause.CERTIFICATE, "this device's certificate is not valid now")
        if not standing.certified.certificate.scope.read:
            raise Refused(Clause.SCOPE, "this device is given no keys: it cannot key others")
        fresh = SigningSeeds(self.context.entropy(32), self.context.entropy(32))
        pending = next((keys.seat for keys in member.ring.custodian), fresh)
        keys = CustodianKeys(index, pending, (), ())
        await self.holding.change(lambda ring: evolve(ring, custodian=(keys,)))
        public = keys.seat.key.public()
        claim = SeatClaim(member.coalition.id, member.nation, index, member.device, public.ed25519, public.mldsa)
        return make_seat_request(claim, keys.seat.key, member.ring.device.key).data

    async def certify(self, data: bytes) -> tuple[int, Certified]:
        """Certify a seat with the nation's root; the seat, and the device that holds its keys.

        Raises:
            NotAuthorised: the root does not rest in this home.
            UsageError: this is no request of a device of this nation. Refused: the device is not valid, or the seat is taken.
        """
        member, now = self.context.member, self.context.now()
        root = next((keys.root[0] for keys in member.ring.custodian if keys.root), None)
        if root is None:
            raise NotAuthorised("this home does not hold the nation's root")
        certified, claim = self._checked(data)
        async with self.publishing.acting:
            known = member.directory.custodian(member.nation, claim.index)
            if known is not None and (known.key, known.mldsa) != (claim.key, claim.mldsa):
                raise Refused(Clause.CERTIFICATE, f"seat {claim.index} is another's: let them ask for another one")
            signed, begins = new_seat(claim, known, root, member.coalition, now)
            nation = self.context.code(member.nation)
            finding = Finding(
                AuditEvent.CUSTODIAN_CERTIFIED, str(claim.index), nation, detail=f"device {claim.device.hex()}"
            )

            def note(tx: Transaction) -> None:
                write_finding(tx, now, finding)

            await self.publishing.keep(
                [document(Tag.CUSTODIAN_CERTIFICATE, signed.signer, begins, signed.data, now)], note
            )
        return claim.index, certified

    def _checked(self, data: bytes) -> tuple[Certified, SeatClaim]:
        member = self.context.member
        try:
            device = read_signed(data, Tag.SEAT_REQUEST).signer
            standing = member.directory.standing(device, self.context.now())
            if standing is None or standing.certified.certificate.nation != member.nation:
                raise UsageError("who asks for the seat is no device of this nation")
            claim = check_seat_request(standing.certified.certificate, data)
        except ProtocolError as error:
            raise UsageError(f"this is no request for a seat ({error})") from None
        if not standing.valid:
            raise Refused(Clause.CERTIFICATE, "the certificate of the device that asks is not valid now")
        if claim.index == 0:
            raise UsageError("seat 0 is the founding custodian's")
        return standing.certified, claim
