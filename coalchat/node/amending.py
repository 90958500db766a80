"""Amendments in a node (SPEC 6.6): how they come, and what they change at once.

    link, or this home's custodian -> Gathering -> checked, complete -> store -> trusted set, links, keys

Rule 1: text, signatures, audit line and event are one transaction; then the trusted set takes the new charter, the key
ring a new link secret, and links announce the documents. What was interrupted in between is made up at the next start.
Rule 2: of two amendments with one number the first stays in force. The second is kept and passed on: it convicts.
Rule 3: a link secret that another took the place of opens our door for one edition more, and dials nowhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs
import trio

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.node.audit import AuditEvent
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.controls import SYNCED, Control
from coalchat.node.holding import Holding
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.keeping import control_document
from coalchat.node.membership import Membership
from coalchat.store.faces import Reader, Transaction
from coalchat.store.rows import EVERYONE
from protocol.base.codec import unpack_loose
from protocol.base.errors import RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.records import evolve, peek
from protocol.exchange.messages import document_hash
from protocol.trust.amendment import KINDS, Fork, Gathering, check_amendment
from protocol.trust.charter import Charter, Coalition, read_charter
from protocol.trust.founding import commits_to, newest_first

Step = tuple[Coalition, tuple[bytes, ...]]
"""A coalition under its next charter, and the documents that put that in force."""


def kept_charters(read: Reader) -> tuple[bytes, ...]:
    """Every charter of the coalition and every signature of one, in the order in which they came."""
    return tuple(row.data for row in read.all_documents() if row.tag in KINDS)


def load_amendments(member: Membership, read: Reader) -> None:
    """Offer the amendments in the store again, and remember when they came."""
    for row in read.all_documents():
        if row.tag not in KINDS or not row.audience:
            continue  # the founding ones are exchanged by nobody
        _offer(member, row.number, (row.data,))
        charter = member.coalition.text(read_charter(row.data).hash) if row.tag == Tag.CHARTER else None
        if charter is not None:
            _remember(member, charter, row.received)


def lacks_secret(member: Membership) -> bool:
    """Whether this device does not know the link secret that an amendment commits to."""
    charter, secrets = member.coalition.charter, member.ring.link_secrets
    return bool(charter.number) and not (secrets and commits_to(charter, secrets[0]))


def charter_warnings(member: Membership) -> list[str]:
    """What the person should know of the charter in force."""
    found = []
    if member.nation in member.coalition.suspended:
        found.append("the charter suspends this nation: the others send it nothing, and take nothing from it")
    if lacks_secret(member):
        found.append("the link secret of the amended charter is not here yet: others cannot be dialled for long")
    return found


@attrs.define(eq=False)
class Amending:
    """The node's part for amendments.

    Attributes:
        changed: called when an amendment is in force.
    """

    context: Context = attrs.field(repr=False)
    holding: Holding = attrs.field(repr=False)
    changed: Callable[[], None] = attrs.field(repr=False)
    _lock: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)

    def wake(self) -> None:
        """A segment has begun: an old link secret may be over."""
        self._bell.ring()

    async def run(self) -> None:
        """Forget old link secrets when they are over, until cancelled."""
        await self._know()  # what was interrupted at the last amendment
        while True:
            await self._bell.wait()
            await self._expire_secrets()

    async def take(self, gathering: Gathering, nation: int | None = None) -> bool:
        """Put in force what is complete of what a peer's nation, or this home, brought; whether there was any."""
        moved = False
        async with self._lock:
            while True:
                steps, stopped = self._ripe(gathering)
                with trio.CancelScope(shield=True):
                    if steps:
                        await self._put_in_force(steps)
                    if isinstance(stopped, Fork):
                        await self._convict(stopped)
                moved = moved or bool(steps) or isinstance(stopped, Fork)
                if stopped is None:
                    break
                if not isinstance(stopped, Fork):
                    await self.context.refuse(AuditEvent.DOCUMENT_REFUSED, stopped, nation=nation)
        if moved:
            self.changed()
        return moved

    def _ripe(self, gathering: Gathering) -> tuple[list[Step], Fork | RemoteProtocolError | None]:
        """What is complete and follows from here, in its order, and what stopped that; none: there is no more."""
        coalition, steps = self.context.member.coalition, list[Step]()
        while True:
            try:
                found = gathering.ripe(coalition)
            except RemoteProtocolError as error:
                return steps, error
            if not isinstance(found, tuple):
                return steps, found
            steps.append(found)
            coalition = found[0]

    async def take_own(self, documents: Iterable[bytes], secret: bytes | None) -> None:
        """Put an amendment in force that this home's custodian brought complete, and keep its link secret."""
        gathering = Gathering(limit=0)
        for data in documents:
            gathering.take(data)
        await self.take(gathering)
        if secret is not None and await self._know(secret):
            self.changed()

    # --- inside ---

    async def _know(self, *secrets: bytes) -> bool:
        """Keep link secrets, the one first that the charter commits to; whether that changed anything."""
        charter = self.context.member.coalition.charter
        return await self.holding.change(
            lambda ring: evolve(ring, link_secrets=newest_first(charter, (*secrets, *ring.link_secrets)))
        )

    async def _expire_secrets(self) -> None:
        """Forget the link secrets that the present one took the place of an edition ago."""
        member, charter = self.context.member, self.context.member.coalition.charter
        until = member.renewed + charter.edition * charter.segment
        if member.renewed and until <= member.believed(self.context.now()) and not lacks_secret(member):
            await self.holding.change(lambda ring: evolve(ring, link_secrets=ring.link_secrets[:1]))

    async def _put_in_force(self, steps: Sequence[Step]) -> None:
        """Amendments that follow each other count at once: a suspension that the next one takes back ends no link."""
        member, now = self.context.member, self.context.now()
        before, kept = member.coalition.charter, []
        for coalition, documents in steps:
            charter = coalition.charter
            detail = f"number {charter.number} {', '.join(_done(before, charter))}"
            finding = Finding(AuditEvent.CHARTER_AMENDED, coalition.charter_hash.hex(), detail=detail)
            kept.append((charter.number, documents, finding))
            before = charter
        await self._keep(kept)
        member.coalition = member.directory.coalition = steps[-1][0]
        for coalition, _ in steps:
            _remember(member, coalition.charter, now)
        await self._know()  # an OTAR may have brought the new link secret before
        controls = [control for number, documents, _ in kept for control in _offer(member, number, documents)]
        # Texts first: who is told sees that one follows another before the first is complete.
        self._announce(sorted(controls, key=lambda control: (SYNCED.index(control.tag), control.number)))

    async def _convict(self, fork: Fork) -> None:
        """Two amendments with one number: keep the second as proof of who signed both."""
        member, amendment = self.context.member, fork.amendment
        documents = amendment.documents(fork.needs)
        if all(document_hash(data) in member.controls for data in documents):
            return
        number = amendment.charter.number
        codes = ", ".join(member.coalition.codes[nation] for nation in sorted(fork.double))
        finding = Finding(
            AuditEvent.CHARTER_FORK, amendment.hash.hex(), detail=f"number {number} was signed twice by {codes}"
        )
        await self._keep([(number, documents, finding)])
        self._announce(_offer(member, number, documents))

    async def _keep(self, kept: Iterable[tuple[int, Sequence[bytes], Finding]]) -> None:
        now, coalition = self.context.now(), self.context.member.coalition.id
        parts = [
            ([control_document(_control(coalition, number, data), now) for data in documents], finding)
            for number, documents, finding in kept
        ]

        def write(tx: Transaction) -> None:
            for rows, finding in parts:
                for row in rows:
                    tx.put_document(row)
                write_finding(tx, now, finding)
            write_event(tx, now, ControlChanged(subject=ControlSubject.CHARTER, id="", phase=Phase.UNLOCKED))

        await self.context.store.write(write)

    def _announce(self, controls: Iterable[Control]) -> None:
        for control in controls:
            self.context.control_changed(control.hash)


def _done(before: Charter, charter: Charter) -> Iterator[str]:
    """What an amendment did, for the audit record."""
    change = check_amendment(before, charter)
    for word, nation in (
        ("admits", change.admitted),
        ("suspends", change.suspended),
        ("reinstates", change.reinstated),
    ):
        if nation is not None:
            yield f"{word} {charter.codes[nation]}"


def _control(coalition: bytes, number: int, data: bytes) -> Control:
    return Control(document_hash(data), peek(unpack_loose(data)), coalition, number, EVERYONE, data)


def _offer(member: Membership, number: int, documents: Iterable[bytes]) -> tuple[Control, ...]:
    controls = tuple(_control(member.coalition.id, number, data) for data in documents)
    for control in controls:
        member.controls.put(control)
    return controls


def _remember(member: Membership, charter: Charter, at: int) -> None:
    """When an amendment came that is or was in force."""
    texts = [text for _, text in member.coalition.earlier] + [member.coalition.charter]
    change = check_amendment(texts[charter.number - 1], charter)
    if change.admitted is not None:
        member.admitted[change.admitted] = at
    if change.suspended is not None:
        member.renewed = max(member.renewed, at)
