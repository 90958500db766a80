"""The custodian's seat in a node (SPEC 6.2, 6.3, 9.4): invites, certificates, publications.

Only a custodian's home has one. An act is one transaction: certificate, publication, directory and the invite's new
state are kept together; then the trusted set takes them and links announce them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

import attrs
import trio

from coalchat.api.enrolment import CreateInvite
from coalchat.api.enrolment import Invite as InviteNoun
from coalchat.api.vocabulary import InviteState
from coalchat.custody.documents import document
from coalchat.custody.keying import DEVICE_LIFETIME
from coalchat.errors import NotAuthorised, UnknownInvite, UsageError, WordsDiffer
from coalchat.net.address import Address, AddressError
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.invites import find_invite, is_open, noun, read_terms, terms_of, told
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.publishing import Publishing
from coalchat.node.rekeying import Rekeying
from coalchat.store.faces import Transaction
from coalchat.store.rows import Invite
from protocol.base.crypto import digest
from protocol.base.errors import ProtocolError
from protocol.base.ids import Person, Tag
from protocol.base.limits import INVITE_LIFETIME, MAX_CUSTODIANS, MAX_INVITES
from protocol.base.signed import read_signed
from protocol.exchange.invite import make_invite, write_invite
from protocol.exchange.offer import CheckedOffer
from protocol.keys.keyring import CustodianKeys
from protocol.trust.credential import (
    Certificate,
    Certified,
    certificate_hash,
    check_display_name,
    issue_certificate,
    person_id,
)

GRANT_WINDOW = 3600.0
"""Seconds that a joiner who showed his code may wait for the custodian."""


@attrs.frozen
class Grant:
    """What a joiner is given.

    Attributes:
        certificate: its certificate document.
        documents: custodian's certificate, publication, directory, key lists, OTAR.
    """

    certified: Certified
    certificate: bytes
    documents: tuple[bytes, ...] = attrs.field(repr=False)


@attrs.define(eq=False)
class Asking:
    """A joiner whose link is open and who waits for the custodian.

    Attributes:
        words: six words, to be compared by voice.
        grant: set, with `decided`, when the custodian approves; left None when he declines.
    """

    checked: CheckedOffer
    words: tuple[str, ...]
    decided: trio.Event = attrs.field(factory=trio.Event)
    grant: Grant | None = None


@attrs.define(eq=False)
class Seat:
    """The node's part for its custodian.

    Attributes:
        draw_now: draws an edition that runs from now on.
    """

    context: Context = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)
    rekeying: Rekeying = attrs.field(repr=False)
    draw_now: Callable[[], Awaitable[None]] = attrs.field(repr=False)
    _asking: dict[bytes, Asking] = attrs.field(factory=dict, init=False, repr=False)

    @property
    def keys(self) -> CustodianKeys:
        """The seat's keys.

        Raises:
            NotAuthorised: this home is no custodian's.
        """
        return self.publishing.keys

    # --- invites ---

    def open_invites(self) -> Mapping[bytes, bytes]:
        """Keys of invites that a joiner may prove, with their ids."""
        now = self.context.now()
        return {row.key: row.invite_id for row in self.context.store.read.invites() if is_open(row, now)}

    async def create(self, request: CreateInvite) -> tuple[str, bytes, int]:
        """Make an invite: its code, its id and when it expires."""
        keys = self.keys
        member = self.context.member
        terms = terms_of(request, member.policy)
        if len(self.open_invites()) >= MAX_INVITES:
            raise UsageError(f"there are {MAX_INVITES} open invites already")
        certificate = member.directory.custodian(member.nation, keys.index)
        if certificate is None:
            raise NotAuthorised("this custodian has no certificate")
        try:
            Address.parse(request.address)
            check_display_name(request.person)
            invite = make_invite(member.coalition.id, certificate, request.address, self.context.entropy)
            code = write_invite(invite)
        except (ProtocolError, AddressError) as error:
            raise UsageError(str(error)) from None
        invite_id = digest(Person.INVITE_KEY, invite.key, size=8)
        expires = self.context.now() + INVITE_LIFETIME
        row = Invite(invite_id, InviteState.OPEN.value, invite.key, terms.encode(), expires)
        await self.context.store.write(lambda tx: tx.put_invite(row))
        return code, invite_id, expires

    def listed(self) -> tuple[InviteNoun, ...]:
        """Invites, the newest first."""
        return tuple(noun(self.context, row) for row in reversed(self.context.store.read.invites()))

    async def withdraw(self, given: str) -> None:
        """End an invite that was not approved."""
        row = find_invite(self.context, given)
        if row.state == InviteState.APPROVED:
            raise UsageError("it was approved already")
        await self._close(row, InviteState.WITHDRAWN, None)
        asking = self._asking.pop(row.invite_id, None)
        if asking is not None:
            asking.decided.set()

    # --- a joiner asks ---

    async def asked(self, invite_id: bytes, checked: CheckedOffer, words: tuple[str, ...]) -> Asking:
        """A joiner showed an invite's code: keep its words for the custodian to compare.

        Raises:
            UnknownInvite: it was used by another device, or withdrawn meanwhile.
        """
        row = find_invite(self.context, invite_id.hex())
        if row.state == InviteState.APPROVED:
            return self._granted_again(row, checked, words)
        terms = attrs.evolve(read_terms(row), words=words, device=checked.prekey.device.hex())
        asked = attrs.evolve(row, state=InviteState.ASKED.value, data=terms.encode())
        now = self.context.now()
        finding = Finding(
            AuditEvent.JOIN_REQUESTED, checked.prekey.device.hex(), self.context.code(self.context.member.nation)
        )

        def write(tx: Transaction) -> None:
            tx.put_invite(asked)
            write_finding(tx, now, finding)
            write_event(tx, now, told(invite_id))

        await self.context.store.write(write)
        before = self._asking.pop(invite_id, None)
        if before is not None:
            before.decided.set()
        asking = self._asking[invite_id] = Asking(checked, words)
        return asking

    def _granted_again(self, row: Invite, checked: CheckedOffer, words: tuple[str, ...]) -> Asking:
        """Answer a device that was approved and did not get its grant: the same request gets it again."""
        standing = self.context.member.directory.standing(checked.prekey.device, self.context.now())
        if standing is None or read_terms(row).device != checked.prekey.device.hex():
            raise UnknownInvite(row.invite_id.hex())
        asking = Asking(checked, words)
        asking.grant = self._grant(standing.certified, self._seal(standing.certified, checked))
        asking.decided.set()
        return asking

    async def used(self, invite_id: bytes) -> None:
        """The joiner has verified its grant: the invite's key is forgotten."""
        row = find_invite(self.context, invite_id.hex())
        await self.context.store.write(lambda tx: tx.put_invite(attrs.evolve(row, key=b"")))

    async def approve(self, given: str, words: Sequence[str]) -> Certified:
        """Certify the device that asked, after the words were compared.

        Raises:
            UnknownInvite, WordsDiffer; UsageError: nobody waits with this invite.
        """
        row = find_invite(self.context, given)
        asking = self._asking.get(row.invite_id)
        if asking is None:
            raise UsageError("nobody waits with this invite", hint="let the joiner run `coalchat join` again")
        if tuple(word.lower() for word in words) != asking.words:
            await self.context.record(Finding(AuditEvent.JOIN_REFUSED, row.invite_id.hex(), clause="words"))
            raise WordsDiffer
        if not any(edition.last >= self._segment() for edition in self.publishing.editions()):
            await self.draw_now()  # an alternate's, whom nobody has needed so far
        async with self.publishing.acting:
            grant = await self._certify(row, asking)
        asking.grant = grant
        self._asking.pop(row.invite_id, None)
        asking.decided.set()
        return grant.certified

    def _segment(self) -> int:
        return self.context.member.segment(self.context.now())

    async def _certify(self, row: Invite, asking: Asking) -> Grant:
        keys, member, now = self.keys, self.context.member, self.context.now()
        terms = read_terms(row)
        request = asking.checked.request
        same_person = [c for c in member.directory.devices(member.nation) if c.certificate.name == terms.person]
        person = (
            same_person[0].certificate.person
            if same_person
            else person_id(member.coalition.id, member.nation, terms.person, self.context.entropy(16))
        )
        certificate = Certificate(
            coalition=member.coalition.id,
            nation=member.nation,
            custodian=keys.index,
            key=request.key,
            mldsa_hash=request.mldsa_hash,
            bundle_hash=request.bundle_hash,
            request=read_signed(asking.checked.offer.request).signature,
            person=person,
            name=terms.person,
            number=1 + len(same_person),
            role=int(terms.role),
            clearance=terms.clearance,
            scope=terms.scope,
            not_before=now,
            not_after=now + DEVICE_LIFETIME,
        )
        signed = issue_certificate(certificate, keys.seat.key)
        certified = Certified(certificate, signed, certificate_hash(signed.data))
        otars = self._seal(certified, asking.checked)
        nation = self.context.code(member.nation)
        audience = 1 << member.nation
        statement = asking.checked.prekey
        documents = [
            document(Tag.CERTIFICATE, certified.device, now, certified.document.data, now),
            *self.publishing.make(now, certified=[certified]),
            document(
                Tag.PREKEY_STATEMENT, certified.device, statement.counter, asking.checked.offer.prekey, now, audience
            ),
            *self.rekeying.documents(certified, otars, now),
        ]

        def note(tx: Transaction) -> None:
            write_finding(tx, now, Finding(AuditEvent.JOIN_APPROVED, row.invite_id.hex(), nation))
            write_finding(tx, now, Finding(AuditEvent.CERTIFICATE_ISSUED, certified.device.hex(), nation))
            self.rekeying.note(tx, certified, otars, now)

        await self.publishing.keep(documents, note)
        await self._close(row, InviteState.APPROVED, certified)
        return self._grant(certified, otars)

    def _grant(self, certified: Certified, otars: tuple[bytes, ...]) -> Grant:
        member = self.context.member
        chain = [d for index in range(MAX_CUSTODIANS) for d in member.directory.seat_documents(member.nation, index)]
        own = tuple(
            control.data for control in member.controls.of(Tag.SEGMENT_LIST) if control.rank[0] == member.nation
        )
        return Grant(certified, certified.document.data, (*chain, *own, *otars))

    def _seal(self, certified: Certified, checked: CheckedOffer) -> tuple[bytes, ...]:
        return self.rekeying.seal(self.rekeying.owed_at_once(certified, checked.prekey))

    async def _close(self, row: Invite, state: InviteState, certified: Certified | None) -> None:
        terms = read_terms(row)
        if certified is not None:
            terms = attrs.evolve(terms, device=certified.device.hex())
        # An approved one keeps its key until the joiner says that it has its grant.
        key = row.key if state is InviteState.APPROVED else b""
        closed = attrs.evolve(row, state=state.value, key=key, data=terms.encode())
        now = self.context.now()

        def write(tx: Transaction) -> None:
            tx.put_invite(closed)
            write_event(tx, now, told(row.invite_id))

        await self.context.store.write(write)
