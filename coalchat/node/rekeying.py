"""Rekeying (SPEC 7.2): the custodian's node seals to each valid device of its nation what it is owed.

Every OTAR is a document of its own, stored before it is announced: a node that is killed in between goes on where it was,
because what is owed is computed anew from what is there. Devices are sealed to some at a time, one transaction each, and
between any two of them everything else has its turn.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import attrs
import trio

from coalchat.api.events import RekeyMoved
from coalchat.custody.documents import document
from coalchat.custody.rekeying import Compartments, Due, Sealed, owed, owed_secret, reaches, seal
from coalchat.node.amending import lacks_secret
from coalchat.node.audit import AuditEvent
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.orders import demands, newest_demand
from coalchat.node.passing import otar_header, otar_place
from coalchat.node.publishing import Publishing
from coalchat.store.faces import Transaction
from coalchat.store.rows import Document
from protocol.base.ids import Tag
from protocol.keys.otar import OtarHeader, PrekeyStatement
from protocol.trust.credential import Certified
from protocol.trust.publication import Edition

PAUSE = 10.0
"""Seconds for the statements of a new segment to come first: who is online is sealed to the prekey that he made just now."""


BATCH = 16
"""Devices whose OTARs are stored together: what a commit costs is as much as sealing to three of them."""


@attrs.frozen
class Silent:
    """A device that waits for keys and has not stated a prekey of late.

    Attributes:
        stated: when its newest statement came, 0 if none is here.
        suspended: it is sealed nothing until it states a new one.
    """

    certified: Certified
    stated: int
    suspended: bool


@attrs.frozen
class Progress:
    """How far an emergency rekey is.

    Attributes:
        at: when its demand was made. devices: that have to be keyed. answered: whose newest prekey answers the demand.
        keyed: to whom the seeds were sealed, taken or not.
    """

    at: int
    devices: int
    answered: int
    keyed: int


@attrs.define
class _Tally:
    """An emergency rekey, counted on while it goes.

    Attributes:
        at: when its demand was made. edition: whose seeds are sealed. waiting: devices that they are still owed.
        answered, keyed: numbers of devices.
    """

    at: int
    edition: int
    waiting: set[bytes] = attrs.field(factory=set)
    answered: int = 0
    keyed: int = 0

    def add(self, documents: Sequence[Document]) -> bool:
        """Count OTARs that are about to be stored; whether somebody is keyed by them who was not before."""
        here = {d.issuer for d in documents if d.number == self.edition} & self.waiting
        self.waiting -= here
        self.keyed += len(here)
        return bool(here)

    def progress(self) -> Progress:
        """As a person asks for it."""
        return Progress(self.at, len(self.waiting) + self.keyed, self.answered, self.keyed)

    def moved(self) -> RekeyMoved:
        """As clients are told of it."""
        shown = self.progress()
        return RekeyMoved(at=shown.at, devices=shown.devices, answered=shown.answered, keyed=shown.keyed)


def _answers(statement: PrekeyStatement, fresh: frozenset[bytes] | None) -> bool:
    return fresh is None or statement.request in fresh


@attrs.define(eq=False)
class Rekeying:
    """The node's part for a custodian's OTARs.

    Attributes:
        before: called before what is due is sealed: certificates come first.
    """

    context: Context = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)
    before: Callable[[], Awaitable[None]] = attrs.field(default=trio.lowlevel.checkpoint, repr=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)

    def wake(self) -> None:
        """A statement, a certificate or a segment is new."""
        self._bell.ring()

    async def run(self) -> None:
        """Renew and seal what is due, until cancelled."""
        while True:
            await self._bell.wait(PAUSE)
            await self.before()
            await self.seal_due()

    async def seal_due(self) -> None:
        """Seal what is owed now. In another home it does nothing."""
        member = self.context.member
        if not self.publishing.may_act():
            return
        devices = [certified for certified in member.valid(member.nation) if certified.device != member.device]
        tally = self._tally()
        for first in range(0, len(devices), BATCH):
            async with self.publishing.acting:
                if self.publishing.may_act():
                    await self._seal_batch(devices[first : first + BATCH], tally)

    async def _seal_batch(self, devices: Sequence[Certified], tally: _Tally | None) -> None:
        member, fresh = self.context.member, self.fresh()
        sealed: list[tuple[Certified, tuple[bytes, ...]]] = []
        for certified in devices:
            await trio.lowlevel.checkpoint()
            statement = member.prekeys.newest(certified.device)
            if statement is None or not _answers(statement, fresh) or not self.alive(certified.device):
                continue
            due = self._owed(certified, statement)
            if due:
                sealed.append((certified, self.seal(due)))
        if sealed:
            await self._keep(sealed, tally)

    def fresh(self) -> frozenset[bytes] | None:
        """The random values of which a statement must carry one to be answered (SPEC 7.5); None: any will do."""
        controls = self.context.member.controls
        demand = newest_demand(controls, self.publishing.keys.index)
        # A device answers the newest demand there is: who answers another seat's later one is as fresh.
        return None if demand is None else frozenset(d.request for d in demands(controls) if d.at >= demand.at)

    def owed_at_once(self, certified: Certified, statement: PrekeyStatement) -> tuple[Due, ...]:
        """What a joiner is given, whatever waits for it already, to the prekey that it stated on this very link."""
        return self._owed(certified, statement, nothing_waits=True)

    def seal(self, due: tuple[Due, ...]) -> tuple[bytes, ...]:
        """Seal OTARs."""
        member = self.context.member
        secret = member.ring.link_secrets[0]
        return tuple(seal(one, member.coalition, member.nation, self.publishing.keys, secret).data for one in due)

    def documents(self, certified: Certified, otars: tuple[bytes, ...], now: int) -> list[Document]:
        """OTARs as they are stored."""
        audience = 1 << self.context.member.nation
        return [document(Tag.OTAR, certified.device, otar_header(otar).edition, otar, now, audience) for otar in otars]

    def note(self, tx: Transaction, certified: Certified, otars: tuple[bytes, ...], now: int) -> None:
        """Account for OTARs."""
        nation = self.context.code(self.context.member.nation)
        for otar in otars:
            detail = f"edition {otar_header(otar).edition}"
            write_finding(tx, now, Finding(AuditEvent.OTAR_SEALED, certified.device.hex(), nation, detail=detail))

    async def _keep(self, sealed: Sequence[tuple[Certified, tuple[bytes, ...]]], tally: _Tally | None) -> None:
        now = self.context.now()
        documents = [made for certified, otars in sealed for made in self.documents(certified, otars, now)]
        moved = tally is not None and tally.add(documents)

        def note(tx: Transaction) -> None:
            for certified, otars in sealed:
                self.note(tx, certified, otars, now)
            if tally is not None and moved:
                write_event(tx, now, tally.moved())

        await self.publishing.keep(documents, note)

    # --- who waits ---

    def silent(self) -> tuple[Silent, ...]:
        """Valid devices for which an OTAR waits and that stated no prekey in this segment or the one before."""
        member = self.context.member
        found = []
        waiting = {control.issuer for control in member.controls.of(Tag.OTAR)}
        for certified in member.valid(member.nation) if member.seat is not None else ():
            if certified.device == member.device or not certified.certificate.scope.read:
                continue
            silent_for = self._silent_for(certified.device)
            waits = certified.device in waiting
            quiet = silent_for > 2 * member.coalition.charter.segment
            suspended = not self.alive(certified.device)
            if suspended or (waits and quiet):
                found.append(Silent(certified, self._stated(certified.device), suspended))
        return tuple(found)

    def alive(self, device: bytes) -> bool:
        """Whether a device has stated a prekey of late, and no other at its counter."""
        return self._silent_for(device) <= self._grace() and not self.context.member.prekeys.clashed(device)

    def progress(self) -> Progress | None:
        """How far the devices are that have to answer the newest demand; None if none was made here."""
        tally = self._tally()
        return None if tally is None else tally.progress()

    def _tally(self) -> _Tally | None:
        member, keys = self.context.member, self.publishing.keys
        demand, fresh = newest_demand(member.controls, keys.index), self.fresh()
        if demand is None:
            return None
        editions = self.publishing.editions()
        tally = _Tally(demand.at, demand.edition)
        for certified in member.valid(member.nation):
            if certified.device == member.device or not certified.certificate.scope.read:
                continue
            statement = member.prekeys.newest(certified.device)
            tally.answered += statement is not None and _answers(statement, fresh)
            said = 0 if statement is None else statement.edition_of(keys.index)
            sealed = any(c.number == demand.edition for c in member.controls.by(Tag.OTAR, certified.device))
            if sealed or reaches(said, demand.edition, editions):
                tally.keyed += 1
            else:
                tally.waiting.add(certified.device)
        return tally

    def warnings(self) -> tuple[str, ...]:
        """To a custodian, that an emergency rekey is not over."""
        progress = self.progress() if self.context.member.seat is not None else None
        if progress is None or progress.keyed >= progress.devices:
            return ()
        return (f"emergency rekey: {progress.keyed} of {progress.devices} devices are keyed",)

    def _grace(self) -> int:
        return self.context.member.coalition.charter.otar_grace

    def _stated(self, device: bytes) -> int:
        for control in self.context.member.controls.at(Tag.PREKEY_STATEMENT, device):
            row = self.context.store.read.document(control.hash)
            if row is not None:
                return row.received
        return 0

    def _silent_for(self, device: bytes) -> int:
        return self.context.member.believed(self.context.now()) - self._stated(device)

    # --- what is owed ---

    def _owed(
        self, certified: Certified, statement: PrekeyStatement, *, nothing_waits: bool = False
    ) -> tuple[Due, ...]:
        member, keys = self.context.member, self.publishing.keys
        demand = None if nothing_waits else newest_demand(member.controls, keys.index)
        now = member.believed(self.context.now())

        def waiting(edition: Edition, compartments: Compartments) -> Sealed | None:
            asked = OtarHeader(
                member.coalition.id, member.nation, keys.index, certified.device, certified.hash, 1, edition.counter,
                edition.first, edition.last, compartments,
            )  # fmt: skip
            for control in member.controls.at(Tag.OTAR, otar_place(asked)):
                return Sealed(*control.rank)
            return None

        editions, charter = self.publishing.editions(), member.coalition.charter
        due = owed(
            certified,
            statement,
            editions,
            keys,
            charter,
            now,
            (lambda _edition, _compartments: None) if nothing_waits else waiting,
            None if demand is None else member.coalition.segment_at(demand.at),
        )
        # A new link secret does not wait for the next seeds: who knows it does not dial with the old one any more.
        fresh = member.renewed and now < member.renewed + charter.edition * charter.segment
        if due or nothing_waits or not fresh or lacks_secret(member) or len(member.ring.link_secrets) < 2:
            return due
        if demand is not None and statement.request != demand.request:
            return due  # a prekey that does not answer may be a thief's
        return owed_secret(certified, statement, editions, charter, now, waiting)
