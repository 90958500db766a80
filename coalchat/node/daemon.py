"""The node (SPEC 10.1): its phases, from a locked home to a member at work, and the one nursery tree.

    LOCKED -- unlock --> FOUNDING -- join --> ENROLLING -- granted --> UNLOCKED
                 \\________________________________________________________/

The node is given its clock, entropy, transport, store opener and lifecycle; it reads nothing of the machine by itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial

import attrs
import trio

from coalchat import __version__
from coalchat.api.base import API_VERSION
from coalchat.api.enrolment import GetJoinStatus, Join
from coalchat.api.enrolment import Joining as JoiningNoun
from coalchat.api.events import ControlChanged
from coalchat.api.nouns import Node as NodeNoun
from coalchat.api.requests import CheckPassphrase, GetStatus, Stop, Unlock
from coalchat.api.responses import Done, Status, Welcome
from coalchat.api.vocabulary import ControlSubject, JoinState, Phase
from coalchat.api.vocabulary import Role as RoleWord
from coalchat.errors import AlreadyExists, CoalchatError, Locked, NoCoalition, WrongPassphrase
from coalchat.grouped import leaf
from coalchat.net.transport import Transport
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.joining import Joining
from coalchat.node.journal import Finding, write_finding
from coalchat.node.keyring import Keys
from coalchat.node.links import SET_UP_TIMEOUT
from coalchat.node.loading import load_membership
from coalchat.node.membership import Membership
from coalchat.node.ports import Clock, Entropy, Lifecycle
from coalchat.node.server import ApiServer, Door
from coalchat.node.session import Capture
from coalchat.node.station import Station
from coalchat.store.errors import StoreClosed, StoreFull
from coalchat.store.runner import RunSync, in_thread
from coalchat.store.writer import Store
from protocol.keys.keyring import KeyRing
from protocol.trust.access import Clearance
from protocol.trust.credential import Role

UNLOCK_PAUSE = 0.5
"""Seconds after a wrong passphrase, beside the key derivation's own cost."""

LAST_WORDS = 0.3
"""Seconds for answers to leave before a node that cannot work ends."""

OpenStore = Callable[[bytes], AbstractAsyncContextManager[Store]]
"""Opens the store with its raw key; its writer runs until the block ends."""


@attrs.frozen
class Settings:
    """What a node's home says of it.

    Attributes:
        listen: where peers may dial; "" to dial only.
        carry: keep others' ciphertext for nations that are away.
    """

    listen: str = ""
    carry: bool = True
    set_up_timeout: float = SET_UP_TIMEOUT


@attrs.define(eq=False)
class Node(Door):
    """One node.

    Attributes:
        open_store: given the database key, opens the store.
        run_blocking: where the key file is opened and written.
        token: what clients must show.
    """

    clock: Clock
    entropy: Entropy = attrs.field(repr=False)
    transport: Transport = attrs.field(repr=False)
    keys: Keys = attrs.field(repr=False)
    open_store: OpenStore = attrs.field(repr=False)
    lifecycle: Lifecycle = attrs.field(repr=False)
    token: str = attrs.field(repr=False)
    settings: Settings = attrs.field(factory=Settings)
    capture: Capture | None = attrs.field(default=None, repr=False)
    run_blocking: RunSync = attrs.field(factory=in_thread, repr=False)
    phase: Phase = attrs.field(default=Phase.LOCKED, init=False)
    station: Station | None = attrs.field(default=None, init=False, repr=False)
    server: ApiServer = attrs.field(init=False, repr=False)
    working: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    """Set once the node is a member at work."""
    _started: int = attrs.field(default=0, init=False)
    _ring: KeyRing | None = attrs.field(default=None, init=False, repr=False)
    _unlocked: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    _failed_unlocks: int = attrs.field(default=0, init=False)
    _unlocking: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)
    _granted: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    _ready: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    _fault: BaseException | None = attrs.field(default=None, init=False, repr=False)
    _joining: Joining | None = attrs.field(default=None, init=False, repr=False)
    _store: Store | None = attrs.field(default=None, init=False, repr=False)
    _nursery: trio.Nursery | None = attrs.field(default=None, init=False, repr=False)
    _life: trio.CancelScope = attrs.field(factory=trio.CancelScope, init=False, repr=False)
    _at_work: trio.CancelScope = attrs.field(factory=trio.CancelScope, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.server = ApiServer(self, self.token)

    # --- life ---

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run until the lifecycle ends it, or a client stops it."""
        self._started = self.clock.now()
        async with trio.open_nursery() as nursery:
            self._nursery = nursery
            nursery.start_soon(self._until_ended)
            nursery.start_soon(self._until_cancelled)
            task_status.started()
            with self._life:
                await self._work()
            nursery.cancel_scope.cancel()

    async def _until_ended(self) -> None:
        await self.lifecycle.ended()
        self.stop()

    async def _until_cancelled(self) -> None:
        """Hand a cancellation from outside on to what works inside the store's shield."""
        try:
            await trio.sleep_forever()
        finally:
            self._at_work.cancel()

    def stop(self) -> None:
        """End the node: say goodbye to peers, then close."""
        if self._nursery is not None:
            if self.station is not None:
                self.station.links.leave_all()
            self._nursery.start_soon(self._cancel_soon)

    async def _cancel_soon(self) -> None:
        await trio.sleep(0.1)  # for the goodbyes to leave
        self._life.cancel()
        self._at_work.cancel()

    async def _work(self) -> None:
        await self._unlocked.wait()
        if self._ring is None:
            raise Locked
        # The store outlives what works with it: its writer is ended last, after the last audit record.
        with trio.CancelScope(shield=True):
            async with self.open_store(self._ring.database) as store:
                self._store = store
                await self._note(AuditEvent.NODE_STARTED)
                if self._failed_unlocks:  # only now is there a store to account for them in
                    await self._note(AuditEvent.UNLOCK_FAILED, str(self._failed_unlocks))
                try:
                    # One scope from the start: what ends the node while its store opens ends it here.
                    with self._at_work:
                        await self._with_store(store)
                finally:
                    with suppress(StoreFull):  # it ends all the same
                        await self._note(AuditEvent.NODE_STOPPED)
                    self._store = None

    async def _with_store(self, store: Store) -> None:
        if self._ring is None:
            raise Locked
        if not self._ring.founded:
            self.phase = Phase.FOUNDING
            self._ready.set()
            await self._granted.wait()
        await self._member(store)

    def _membership(self, store: Store) -> Membership:
        """What this node knows of its coalition; from now on the key ring is its, and nothing else here remembers it."""
        ring, self._ring = self._ring, None
        if ring is None:
            raise Locked
        if self._joining is not None:
            self._joining.forget()
        return load_membership(store.read, ring, self.clock.now)

    async def _member(self, store: Store) -> None:
        try:
            member = self._membership(store)
            context = Context(self.clock, self.entropy, store, member, self._keep_ring)
        except CoalchatError as error:
            await self._fail(error)
            raise
        station = Station(context, self.transport, self.settings.carry, self.capture, self.settings.set_up_timeout)
        async with trio.open_nursery() as nursery:
            try:
                await nursery.start(station.run, self.settings.listen)
            except* CoalchatError as group:  # from within its nursery it comes in a group
                await self._fail(leaf(group))
                raise
            self.station, self.phase = station, Phase.UNLOCKED
            if self._joining is not None:
                self._joining.state = JoinState.JOINED
            await context.tell(ControlChanged(subject=ControlSubject.NODE, id="", phase=self.phase))
            self._ready.set()
            self.working.set()

    async def _keep_ring(self, ring: KeyRing) -> None:
        store = self._store
        if store is None:
            raise StoreClosed
        await store.room.take(lambda: self.run_blocking(partial(self.keys.replace, ring)))

    async def _fail(self, error: BaseException) -> None:
        """Tell whoever unlocked why the node cannot work, before it ends."""
        self._fault = error
        self._ready.set()
        await trio.sleep(LAST_WORDS)

    async def _note(self, event: AuditEvent, detail: str = "") -> None:
        now, store = self.clock.now(), self._store
        if store is not None:
            await store.write(lambda tx: write_finding(tx, now, Finding(event, detail=detail)))

    # --- what clients may do in each phase ---

    def handlers(self) -> Handlers:
        """Operations that can be done now."""
        always: Handlers = {GetStatus: self._status, Stop: self._stop, Unlock: self._unlock}
        if self.phase is Phase.LOCKED:
            return always
        always |= {Join: self._join, GetJoinStatus: self._join_status, CheckPassphrase: self._check}
        return always if self.station is None else {**always, **self.station.handlers()}

    def phase_error(self) -> CoalchatError:
        """Why another operation cannot be done now."""
        return Locked() if self.phase is Phase.LOCKED else NoCoalition()

    def welcome(self, session: Session) -> Welcome:
        """The answer to a hello."""
        return Welcome(api_version=API_VERSION, node=self.noun(), granted=session.scopes, cursor=self._cursor())

    async def refused(self, client: str, error: CoalchatError) -> None:
        """Account for a client that was refused."""
        now, store = self.clock.now(), self._store
        if store is not None:
            finding = Finding(AuditEvent.API_REFUSED, client, detail=f"{error.code}: {error}")
            await store.write(lambda tx: write_finding(tx, now, finding))

    def _cursor(self) -> int:
        return 0 if self._store is None else self._store.read.last_cursor()

    def noun(self) -> NodeNoun:
        """Who this node is."""
        if self.station is None:
            return NodeNoun(
                phase=self.phase, nation="", person="", role=None, device_id="", device=0, coalition="",
                coalition_id="", exercise=False, policy_id="", clearance="",
            )  # fmt: skip
        member = self.station.context.member
        certificate, charter = member.certificate, member.coalition.charter
        clearance: Clearance = certificate.clearance
        return NodeNoun(
            phase=self.phase,
            nation=charter.codes[member.nation],
            person=certificate.name,
            role=RoleWord(Role(certificate.role).name.lower()),
            device_id=member.device.hex(),
            device=certificate.number,
            coalition=charter.name,
            coalition_id=member.coalition.id.hex(),
            exercise=charter.exercise,
            policy_id=member.policy.identifier,
            clearance=member.clearance_marking(clearance),
        )

    # --- operations of every phase ---

    async def _status(self, request: GetStatus, session: Session) -> Status:
        del request, session
        station, store = self.station, self._store
        pending = [] if store is None else store.read.pending(10_000)
        return Status(
            node=self.noun(),
            version=__version__,
            pid=os.getpid(),
            started=self._started,
            listen=() if station is None else station.links.listening,
            links=() if station is None else station.links.listed(),
            queued=len({row.entry_id for row in pending if row.state == "queued"}),
            unread=0 if store is None else sum(row.count for row in store.read.unread_counts()),
            cursor=self._cursor(),
            warnings=() if station is None else station.warnings(),
        )

    async def _stop(self, request: Stop, session: Session) -> Done:
        del request, session
        return Done()

    async def _unlock(self, request: Unlock, session: Session) -> NodeNoun:
        del session
        await self.unlock(request.passphrase)
        return self.noun()

    async def _check(self, request: CheckPassphrase, session: Session) -> Done:
        del session
        async with self._unlocking:  # one at a time: who guesses waits for his own guesses
            try:
                await self.run_blocking(partial(self.keys.check, request.passphrase))
            except WrongPassphrase:
                await self._note(AuditEvent.UNLOCK_FAILED, "screen")
                await trio.sleep(UNLOCK_PAUSE)
                raise
        return Done()

    async def unlock(self, passphrase: bytes) -> None:
        """Open the key ring and start to work; returns when the node works, or waits to be founded.

        Raises:
            WrongPassphrase, StoreCorrupt, NoHome: as they say. UsageError: one cannot listen at the address.
        """
        async with self._unlocking:
            if not self._unlocked.is_set():
                try:
                    self._ring = await self.run_blocking(partial(self.keys.unlock, passphrase))
                except WrongPassphrase:
                    self._failed_unlocks += 1
                    await trio.sleep(UNLOCK_PAUSE)
                    raise
                self._unlocked.set()
        await self._ready.wait()
        if self._fault is not None:
            raise self._fault

    # --- joining ---

    async def _join(self, request: Join, session: Session) -> JoiningNoun:
        del session
        if self.station is not None or self._ring is None or self._store is None or self._nursery is None:
            raise AlreadyExists("this home belongs to a coalition")
        if self._joining is None or self._joining.state in {JoinState.REFUSED, JoinState.EXPIRED}:
            self._joining = Joining(self.clock, self._store, self.transport, self._ring)
            self._nursery.start_soon(self._enrol, self._joining, request.code, request.display_name)
            await trio.lowlevel.checkpoint()
        await self._joining.compared.wait()
        if self._joining.error is not None:
            raise self._joining.error
        return self._noun_of(self._joining)

    async def _enrol(self, joining: Joining, code: str, name: str) -> None:
        self.phase = Phase.ENROLLING
        ring = await joining.run(code, name)
        if ring is None:
            self.phase = Phase.FOUNDING
            return
        await self._keep_ring(ring)
        self._ring = ring
        self._granted.set()

    async def _join_status(self, request: GetJoinStatus, session: Session) -> JoiningNoun:
        del request, session
        if self._joining is None:
            state = JoinState.NONE if self.station is None else JoinState.JOINED
            return JoiningNoun(state=state, words=(), reason="", node=self.noun())
        return self._noun_of(self._joining)

    def _noun_of(self, joining: Joining) -> JoiningNoun:
        return JoiningNoun(state=joining.state, words=joining.words, reason=joining.reason, node=self.noun())
