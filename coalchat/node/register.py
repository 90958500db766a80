"""The links that there are, and the peers that are dialled: states and counters, as clients see them."""

from __future__ import annotations

import attrs
import trio

from coalchat.api.events import LinkChanged
from coalchat.api.nouns import Link as LinkNoun
from coalchat.api.vocabulary import LinkState
from coalchat.errors import UnknownPeer
from coalchat.net.transport import LinkStream
from coalchat.node.context import Context
from coalchat.node.session import LinkSession
from protocol.exchange.messages import Farewell


@attrs.define(eq=False)
class Dialled:
    """A peer that is dialled.

    Attributes:
        scope: cancels the dialling, and the link that came of it.
        device: who answered there last, or none.
        sent, received: bytes of links that have ended.
    """

    address: str
    scope: trio.CancelScope = attrs.field(repr=False)
    since: int
    state: LinkState = LinkState.CONNECTING
    reason: str = ""
    device: bytes = b""
    stream: LinkStream | None = attrs.field(default=None, repr=False)
    sent: int = 0
    received: int = 0

    def count(self) -> None:
        """Add up a link that has ended."""
        if self.stream is not None:
            self.sent += self.stream.bytes_sent
            self.received += self.stream.bytes_received
            self.stream = None


@attrs.define(eq=False)
class Register:
    """Links by device, dialled peers by address."""

    context: Context = attrs.field(repr=False)
    dialled: dict[str, Dialled] = attrs.field(factory=dict, init=False, repr=False)
    _sessions: dict[bytes, LinkSession] = attrs.field(factory=dict, init=False, repr=False)

    def sessions(self) -> tuple[LinkSession, ...]:
        """Links that are up."""
        return tuple(self._sessions.values())

    def session(self, device: bytes) -> LinkSession | None:
        """The link with a device."""
        return self._sessions.get(device)

    def enter(self, session: LinkSession) -> bool:
        """Keep a new link, and end the other one with its device; False if the other one stays."""
        device = session.peer.device
        other = self._sessions.get(device)
        if other is not None:
            if session.dialler > other.dialler:
                return False
            other.leave(Farewell.DUPLICATE)
        self._sessions[device] = session
        return True

    def drop(self, session: LinkSession) -> None:
        """A link has ended."""
        if self._sessions.get(session.peer.device) is session:
            del self._sessions[session.peer.device]

    async def moved(self, dialled: Dialled, state: LinkState, reason: str) -> None:
        """Note the state of a dialled peer, and tell clients if it is news."""
        if (dialled.state, dialled.reason) == (state, reason) and state is not LinkState.UP:
            return
        known = (dialled.state, dialled.reason)
        dialled.state, dialled.reason, dialled.since = state, reason, self.context.now()
        # A peer that is away is tried again and again: tell it once.
        if state is LinkState.CONNECTING or (known[0] is LinkState.CONNECTING and state is LinkState.WAITING):
            return
        await self.context.tell(
            LinkChanged(address=dialled.address, nation=self._nation(dialled.device), state=state, reason=reason)
        )

    async def tell(self, session: LinkSession, state: LinkState, reason: str) -> None:
        """Tell clients of an inbound link."""
        await self.context.tell(
            LinkChanged(
                address=session.stream.peer_address,
                nation=self.context.code(session.nation),
                state=state,
                reason=reason,
            )
        )

    def noun(self, address: str) -> LinkNoun:
        """A dialled peer as clients see it.

        Raises:
            UnknownPeer: it is not dialled.
        """
        dialled = self.dialled.get(address)
        if dialled is None:
            raise UnknownPeer(address)
        session = self._sessions.get(dialled.device)
        stream = dialled.stream
        # A link that the peer dialled serves this address too.
        state = LinkState.UP if session is not None else dialled.state
        return LinkNoun(
            address=address,
            inbound=False,
            nation=self._nation(dialled.device),
            device_id=dialled.device.hex(),
            state=state,
            since=dialled.since,
            reason="" if state is LinkState.UP else dialled.reason,
            bytes_sent=dialled.sent + (0 if stream is None else stream.bytes_sent),
            bytes_received=dialled.received + (0 if stream is None else stream.bytes_received),
            entries_sent=0 if session is None else session.entries_sent,
            entries_received=0 if session is None else session.entries_received,
        )

    def listed(self) -> tuple[LinkNoun, ...]:
        """Dialled peers, and those who dialled us."""
        dialled = [self.noun(address) for address in sorted(self.dialled)]
        streams = [d.stream for d in self.dialled.values()]
        inbound = [self._inbound(session) for session in self.sessions() if session.stream not in streams]
        return (*dialled, *inbound)

    def _inbound(self, session: LinkSession) -> LinkNoun:
        return LinkNoun(
            address=session.stream.peer_address,
            inbound=True,
            nation=self.context.code(session.nation),
            device_id=session.peer.device.hex(),
            state=LinkState.UP,
            since=session.since,
            reason="",
            bytes_sent=session.stream.bytes_sent,
            bytes_received=session.stream.bytes_received,
            entries_sent=session.entries_sent,
            entries_received=session.entries_received,
        )

    def _nation(self, device: bytes) -> str:
        standing = self.context.member.directory.standing(device, self.context.now()) if device else None
        return "" if standing is None else self.context.code(standing.certified.certificate.nation)
