"""All links of a node (SPEC 9, 10.2): whom it dials, who dials it, and the one link that stays of two.

Rule 1: a stranger is at the other end until the link machine says otherwise: there is a deadline and a cap on that.
Rule 2: this is one of the three doors with a broad `except`: whatever a peer's bytes do, the link dies and the node
lives; the audit record says why.
Rule 3: of two links with one device, the one dialled by the lower device id stays; of two in one direction, the newer.
Rule 4: a peer that was added is dialled until it is removed, with growing pauses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import attrs
import structlog
import trio

from coalchat.api.nouns import Link as LinkNoun
from coalchat.api.vocabulary import LinkState
from coalchat.errors import UnknownPeer, UsageError
from coalchat.net.framing import FrameError, FrameReader, FrameTooLarge, send_frame
from coalchat.net.transport import Address, AddressError, DialError, LinkStream, ListenError, Transport
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.intake import Intake
from coalchat.node.journal import Finding
from coalchat.node.keeping import keep_control
from coalchat.node.register import Dialled, Register
from coalchat.node.session import Capture, LinkSession
from coalchat.store.room import wait_for_room
from coalchat.store.rows import Peer
from protocol.base.errors import AuthenticationError, LimitError, ProtocolError, RemoteProtocolError
from protocol.base.limits import MAX_FRAME
from protocol.exchange.link import (
    Authenticated,
    ChainReceived,
    InviteProven,
    Link,
    LinkCredentials,
)
from protocol.exchange.messages import Farewell
from protocol.exchange.proof import End
from protocol.trust.credential import Certified, Precedence

SET_UP_TIMEOUT = 120.0
"""Seconds from TLS to a known peer: two round trips and a certificate chain on the slowest link."""
MAX_UNKNOWN = 64
"""Inbound links whose peer is not known yet."""
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before a peer is dialled again: after each failure the next."""

log = structlog.get_logger("coalchat.node.links")


class Enrolling(Protocol):
    """What takes over a link that an invite's key proved."""

    async def enrol(self, stream: LinkStream, proven: InviteProven) -> None:
        """Enrol the joiner at the other end; raises RemoteProtocolError."""
        ...

    def open_invites(self) -> dict[bytes, bytes]:
        """Keys of open invites, with their ids."""
        ...


@attrs.define(eq=False)
class Links:
    """The node's part for links."""

    context: Context = attrs.field(repr=False)
    intake: Intake = attrs.field(repr=False)
    transport: Transport = attrs.field(repr=False)
    enrolling: Enrolling = attrs.field(repr=False)
    carry: bool = True
    capture: Capture | None = attrs.field(default=None, repr=False)
    set_up_timeout: float = SET_UP_TIMEOUT
    listening: tuple[str, ...] = attrs.field(default=(), init=False)
    register: Register = attrs.field(init=False, repr=False)
    _unknown: int = attrs.field(default=0, init=False)
    _nursery: trio.Nursery | None = attrs.field(default=None, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.register = Register(self.context)

    # --- life ---

    async def run(self, listen: str, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Listen, and dial every peer, until cancelled.

        Raises:
            UsageError: one cannot listen there.
        """
        try:
            async with trio.open_nursery() as nursery:
                self._nursery = nursery
                if listen:
                    try:
                        address = await nursery.start(self.transport.listen, listen, self._accept)
                    except (ListenError, AddressError) as error:
                        raise UsageError(str(error)) from None
                    self.listening = (address,)
                for peer in self.context.store.read.peers():
                    self._start_dialling(peer.address)
                task_status.started()
                await trio.sleep_forever()
        finally:
            self._nursery = None

    def leave_all(self) -> None:
        """Say goodbye on every link."""
        for session in self.register.sessions():
            session.leave(Farewell.SHUTDOWN)

    def feed_moved(self, feed_id: bytes, precedence: Precedence) -> None:
        """A feed has a new entry."""
        for session in self.register.sessions():
            self._tell(session, lambda session=session: session.feed_moved(feed_id, precedence))  # type: ignore[misc]

    def control_changed(self, name: bytes) -> None:
        """A control document is new."""
        control = self.context.member.controls.get(name)
        if control is None:
            return
        for session in self.register.sessions():
            self._tell(session, lambda session=session: session.control_changed(control))  # type: ignore[misc]

    def expel(self) -> None:
        """A nation has revoked devices: end the links of those that are up."""
        directory, now = self.context.member.directory, self.context.now()
        for session in self.register.sessions():
            standing = directory.standing(session.peer.device, now)
            if standing is not None and standing.revoked is not None and not session.expelled:
                self._tell(session, session.expel)

    def refresh(self) -> None:
        """Time has passed: documents may be due to peers that were not before."""
        for session in self.register.sessions():
            self._tell(session, session.refresh)

    def _tell(self, session: LinkSession, say: Callable[[], None]) -> None:
        try:
            say()
        except ProtocolError as error:
            log.error("a link could not be told", error=str(error))
            session.leave(Farewell.LIMIT)

    # --- peers ---

    async def add(self, address: str) -> LinkNoun:
        """Dial an address from now on."""
        try:
            at = str(Address.parse(address))
        except AddressError as error:
            raise UsageError(str(error), hint=error.hint) from None
        if at not in {peer.address for peer in self.context.store.read.peers()}:
            now = self.context.now()
            await self.context.store.write(lambda tx: tx.put_peer(Peer(at, now)))
            await self.context.record(Finding(AuditEvent.PEER_ADDED, at))
        self._start_dialling(at)
        return self.register.noun(at)

    async def remove(self, address: str) -> None:
        """Dial an address no more, and end its link."""
        if not await self.context.store.write(lambda tx: tx.drop_peer(address)):
            raise UnknownPeer(address)
        await self.context.record(Finding(AuditEvent.PEER_REMOVED, address))
        dialled = self.register.dialled.pop(address, None)
        if dialled is not None:
            dialled.scope.cancel()

    def listed(self) -> tuple[LinkNoun, ...]:
        """Peers that were added, and those who dialled us."""
        return self.register.listed()

    def _start_dialling(self, address: str) -> None:
        if address not in self.register.dialled and self._nursery is not None:
            dialled = Dialled(address, trio.CancelScope(), self.context.now())
            self.register.dialled[address] = dialled
            self._nursery.start_soon(self._dial_on, dialled)

    async def _dial_on(self, dialled: Dialled) -> None:
        wait_for_room()  # also when a client asked for this peer
        with dialled.scope:
            failures = 0
            while True:
                worked = await self._dial(dialled)
                failures = 0 if worked else failures + 1
                pause = PAUSES[min(failures, len(PAUSES) - 1)]
                jitter = self.context.entropy(1)[0] / 255
                await trio.sleep(pause * (0.75 + jitter / 2))
                # Another link with the same device does as well: wait for its end.
                while (session := self.register.session(dialled.device)) is not None:
                    await session.ended.wait()

    async def _dial(self, dialled: Dialled) -> bool:
        await self.register.moved(dialled, LinkState.CONNECTING, "")
        try:
            stream = await self.transport.dial(dialled.address)
        except (DialError, AddressError, OSError) as error:
            reason = error.reason if isinstance(error, DialError) else str(error)
            await self.register.moved(dialled, LinkState.WAITING, reason)
            return False
        return await self._guard(stream, End.DIALLER, dialled)

    async def _accept(self, stream: LinkStream) -> None:
        if self._unknown >= MAX_UNKNOWN:
            await stream.aclose()
            return
        await self._guard(stream, End.RESPONDER, None)

    # --- one link ---

    async def _guard(self, stream: LinkStream, end: End, dialled: Dialled | None) -> bool:
        """Run one link; whether it came up. One of the three doors: see rule 2."""
        came_up = False
        reason = "closed"
        try:
            session = await self._set_up(stream, end)
            if session is not None:
                came_up = True
                reason = await self._stay(session, dialled)
                came_up = not session.refused  # who is refused each time is dialled with growing pauses too
        except RemoteProtocolError as error:
            reason = f"{error.code}: {error}"
            await self._refused(stream, error, came_up)
        except FrameTooLarge as error:
            reason = str(error)
            await self._refused(stream, LimitError(reason, field="frame"), came_up)
        except (trio.BrokenResourceError, trio.ClosedResourceError, FrameError, trio.TooSlowError) as error:
            reason = str(error) or type(error).__name__
        except Exception as error:
            reason = "an error of this node"
            log.exception("a link failed", peer=stream.peer_address, error=str(error))
        finally:
            with trio.move_on_after(2) as scope:
                scope.shield = True
                await stream.aclose()
            if dialled is not None and dialled.stream is stream:
                dialled.count()
        if dialled is not None:
            await self.register.moved(dialled, LinkState.WAITING, reason)
        return came_up

    async def _refused(self, stream: LinkStream, error: RemoteProtocolError, came_up: bool) -> None:
        stranger = isinstance(error, AuthenticationError) and not came_up
        event = AuditEvent.LINK_STRANGER if stranger else AuditEvent.LINK_REFUSED
        await self.context.refuse(event, error, subject=stream.peer_address)

    def _credentials(self) -> LinkCredentials:
        member = self.context.member
        return LinkCredentials(
            coalition=member.coalition.id,
            seed=member.ring.device.ed25519,
            certificate=member.certified.document.data,
            chain=lambda: member.directory.chain(member.device),
            secrets=member.ring.link_secrets,
            invites=self.enrolling.open_invites(),
        )

    async def _set_up(self, stream: LinkStream, end: End) -> LinkSession | None:
        """Find out who is at the other end; None when an enrolment was all."""
        self._unknown += 1
        link = Link(end, stream.exporter, self._credentials(), self.context.member.directory)
        try:
            with trio.fail_after(self.set_up_timeout):
                for frame in link.start().send:
                    await self._send(stream, frame)
                outcome = await self._authenticate(stream, link)
        finally:
            self._unknown -= 1
        if isinstance(outcome, InviteProven):
            await self.enrolling.enrol(stream, outcome)
            return None
        standing = self.context.member.directory.standing(outcome.device, self.context.now())
        if standing is None or standing.revoked is not None:  # meanwhile
            raise AuthenticationError
        return self._session(stream, end, outcome)

    def _session(self, stream: LinkStream, end: End, peer: Certified) -> LinkSession:
        dialler = self.context.member.device if end is End.DIALLER else peer.device
        return LinkSession(self.context, self.intake, stream, peer, dialler, self.carry, self.capture)

    async def _authenticate(self, stream: LinkStream, link: Link) -> Certified | InviteProven:
        while True:
            frame = await FrameReader(stream, link.frame_cap).receive()
            if frame is None:
                raise trio.BrokenResourceError("the peer closed before it named itself")
            if self.capture is not None:
                self.capture("in", frame)
            step = link.receive(frame, self.context.now())
            for answer in step.send:
                await self._send(stream, answer)
            for event in step.events:
                match event:
                    case ChainReceived():
                        for control in self.context.member.apply_all(event.documents):
                            await keep_control(self.context, control)
                            self.context.control_changed(control.hash)
                    case Authenticated():
                        return event.certified
                    case InviteProven():
                        return event

    async def _send(self, stream: LinkStream, frame: bytes) -> None:
        if self.capture is not None:
            self.capture("out", frame)
        await send_frame(stream, frame, MAX_FRAME)

    async def _stay(self, session: LinkSession, dialled: Dialled | None) -> str:
        """Run an authenticated link to its end; why it ended."""
        device, code = session.peer.device, self.context.code(session.nation)
        if dialled is not None:
            dialled.device = device
        if not self.register.enter(session):
            session.leave(Farewell.DUPLICATE)
            with trio.move_on_after(5):
                await session.run()
            return "another link with this device stays"
        await self.context.record(Finding(AuditEvent.LINK_OPEN, device.hex(), code))
        if dialled is not None:
            dialled.stream = session.stream
            await self.register.moved(dialled, LinkState.UP, "")
        else:
            await self.register.tell(session, LinkState.UP, "")
        reason = "the peer closed"
        try:
            await session.run()
        except RemoteProtocolError as error:
            reason = f"{error.code}: {error}"
            await self.context.refuse(AuditEvent.LINK_REFUSED, error, subject=device.hex(), nation=session.nation)
        except (trio.BrokenResourceError, trio.ClosedResourceError, FrameError) as error:
            reason = str(error) or type(error).__name__
            raise
        finally:
            if session.expelled:
                reason = "its device is revoked"
            self.register.drop(session)
            with trio.move_on_after(2) as scope:
                scope.shield = True
                await self.context.record(Finding(AuditEvent.LINK_CLOSED, device.hex(), code, detail=reason))
                if dialled is None:
                    await self.register.tell(session, LinkState.WAITING, reason)
        return reason
