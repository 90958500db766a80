"""Renewing (SPEC 6.7): the custodian's node renews the certificates of its nation's devices before they end.

    statement, segment -> who is due -> certificates and one publication (store, one transaction) -> announced

Rule 1: by itself it renews who is alive: a device that stated a prekey within `otar_grace`. A silent one waits for a person.
Rule 2: a device whose signing key somebody else has is not renewed: its new certificate would name the same key.
Rule 3: the root's word is a person's act.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from coalchat.custody.documents import document
from coalchat.custody.editions import takes_over
from coalchat.custody.keying import DEVICE_LIFETIME
from coalchat.custody.renewal import END_WARNING, RENEW_BEFORE, renewed, renewed_seat
from coalchat.errors import NotAuthorised, Refused, UnknownDevice, UsageError
from coalchat.node.answers.naming import find_device
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding, write_finding
from coalchat.node.membership import Membership
from coalchat.node.publishing import Publishing
from coalchat.node.rekeying import Rekeying
from coalchat.node.times import dtg
from coalchat.store.faces import Transaction
from protocol.base.ids import Tag
from protocol.base.limits import MAX_CUSTODIANS
from protocol.base.records import decode
from protocol.trust.access import Clause
from protocol.trust.credential import Certified, CustodianCertificate
from protocol.trust.publication import Publication


def certificate_warnings(member: Membership, now: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Certificates that have ended, and those that end soon: this device's, and those of each nation's custodians."""
    ends = [(member.certificate.not_after, "this device's certificate", "its custodian renews it")]
    for nation, code in enumerate(member.coalition.codes):
        how = "its root renews it" + (": `coalchat nation renew`" if nation == member.nation else "")
        seats = (member.directory.custodian(nation, index) for index in range(MAX_CUSTODIANS))
        ends += [
            (seat.not_after, f"the certificate of custodian {seat.index} of {code}", how) for seat in seats if seat
        ]
    ends.sort()
    ended = (f"{what} has ended: {how}" for end, what, how in ends if end <= now)
    ending = (f"{what} ends {dtg(end)}: {how}" for end, what, how in ends if now < end < now + END_WARNING)
    return tuple(ended), tuple(ending)


@attrs.define(eq=False)
class Renewing:
    """The node's part for renewal."""

    context: Context = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)
    rekeying: Rekeying = attrs.field(repr=False)

    # --- by itself ---

    async def renew_due(self) -> None:
        """Renew who is due now. In another home, or while the seat may not act, it does nothing."""
        if not self.publishing.may_act():
            return
        async with self.publishing.acting:
            now, newest = self.context.now(), self.publishing.newest()
            due = self._due(now)
            # An alternate's directory goes on with the nation's keys, whoever makes them.
            ends = newest is not None and newest.devices and self.publishing.until(newest.editions) > newest.not_after
            if due or ends:
                await self._keep([renewed(one, self.publishing.keys, now, until) for one, until in due])

    def _due(self, now: int) -> list[tuple[Certified, int]]:
        """Certificates to be issued, each with its end: devices of this seat before theirs; and those of a silent seat, as long
        as they were certified for.
        """
        member, index = self.context.member, self.publishing.keys.index
        silent = {p.custodian for p in self.publishing.others() if self._is_silent(p, index, now)}
        found = []
        for known in member.directory.devices(member.nation):
            standing = member.directory.standing(known.device, now)
            if standing is None or standing.revoked is not None:
                continue
            certificate = standing.certified.certificate
            # Our own device is here, whatever has ended meanwhile; of others an ended one waits for a person.
            own = known.device == member.device
            lives = own or (standing.valid and self.rekeying.alive(known.device))
            mine, orphaned = certificate.custodian == index, certificate.custodian in silent
            if lives and (mine or orphaned) and certificate.not_after - now < RENEW_BEFORE:
                found.append((standing.certified, now + DEVICE_LIFETIME))
            elif orphaned and (own or standing.valid):
                found.append((standing.certified, certificate.not_after))
        return found

    def _is_silent(self, publication: Publication, index: int, now: int) -> bool:
        charter = self.context.member.coalition.charter
        return takes_over(index, publication.not_after - charter.edition * charter.segment, charter, now)

    # --- a person's acts ---

    async def renew(self, given: str) -> Certified:
        """Renew one device, also a silent one, and one whose certificate has ended.

        Raises:
            UnknownDevice, Ambiguous: as they say. NotAuthorised: this home is no custodian's.
            Refused: it is revoked, or two prekeys of it stand at one counter; or this seat may not act.
        """
        member = self.context.member
        async with self.publishing.acting:
            now = self.context.now()
            keys = self.publishing.require()
            device = find_device(self.context, given)
            standing = member.directory.standing(device, now)
            if standing is None:
                raise UnknownDevice(given)
            if standing.revoked is not None:
                raise Refused(Clause.CERTIFICATE, "it is revoked: enrol it anew, in a new home")
            if member.prekeys.clashed(device):
                raise Refused(
                    Clause.CERTIFICATE,
                    "two prekeys of it stand at one counter: somebody else has its key; enrol it anew",
                )
            (made,) = await self._keep([renewed(standing.certified, keys, now, now + DEVICE_LIFETIME)])
        self.rekeying.wake()
        return made

    async def renew_seats(self, only: Sequence[int] = ()) -> tuple[CustodianCertificate, ...]:
        """Certify the nation's custodians anew, all or some, with the root that rests in this home.

        Raises:
            NotAuthorised: it does not. UsageError: there is no such seat.
        """
        if not set(only) <= set(range(MAX_CUSTODIANS)):
            raise UsageError(f"a custodian's seat is 0 to {MAX_CUSTODIANS - 1}")
        member = self.context.member
        root = next((keys.root[0] for keys in member.ring.custodian if keys.root), None)
        if root is None:
            raise NotAuthorised("this home does not hold the nation's root")
        async with self.publishing.acting:
            now, nation = self.context.now(), self.context.code(member.nation)
            seats = [member.directory.custodian(member.nation, index) for index in only or range(MAX_CUSTODIANS)]
            issued = [renewed_seat(seat, root, member.coalition, now) for seat in seats if seat is not None]
            made = tuple(decode(CustodianCertificate, signed.body) for signed in issued)
            documents = [
                document(Tag.CUSTODIAN_CERTIFICATE, signed.signer, seat.not_before, signed.data, now)
                for signed, seat in zip(issued, made, strict=True)
            ]

            def note(tx: Transaction) -> None:
                for seat in made:
                    write_finding(tx, now, Finding(AuditEvent.CUSTODIAN_CERTIFIED, str(seat.index), nation))

            await self.publishing.keep(documents, note)
        self.rekeying.wake()
        return made

    # --- inside ---

    async def _keep(self, made: Sequence[Certified]) -> Sequence[Certified]:
        now, nation = self.context.now(), self.context.code(self.context.member.nation)
        documents = [
            *(
                document(Tag.CERTIFICATE, one.device, one.certificate.not_before, one.document.data, now)
                for one in made
            ),
            *self.publishing.make(now, certified=made),
        ]

        def note(tx: Transaction) -> None:
            for one in made:
                write_finding(tx, now, Finding(AuditEvent.CERTIFICATE_RENEWED, one.device.hex(), nation))

        await self.publishing.keep(documents, note)
        return made
