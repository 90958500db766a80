"""The transport port (SPEC chapter "Link"): what a node is given to reach others, and the real one, TLS over TCP.

A node never opens a socket itself: it dials and listens by the `Transport` it got as an argument. Tests pass a network
in memory, a hundred nodes in one process pass the same one, the program passes `TcpTransport`. A link that comes out of
it hides what is said on it, and says by its `exporter` which session this is; **who** is at the other end nobody knows
yet, so a handler puts a deadline on the proof of that before anything else.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Protocol, TypeAlias

import trio

from coalchat.net.address import Address, AddressError
from coalchat.net.admission import HalfOpen
from coalchat.net.identity import Identity
from coalchat.net.tls import HandshakeError, TlsStream, handshake

__all__ = [
    "Address", "AddressError", "DialError", "Handler", "LinkStream", "ListenError", "TcpTransport", "Transport",
]  # fmt: skip

HANDSHAKE_TIMEOUT = 120.0
"""Seconds to connect and set up TLS. Its 3.2 KB take 25 s at 1,200 bit/s without loss; loss and turning a radio round
cost as much again, and once more for luck."""


class LinkStream(Protocol):
    """One link, encrypted, with a stranger. Errors are trio's: BrokenResourceError (the world), ClosedResourceError (us)."""

    @property
    def exporter(self) -> bytes:
        """32 bytes that both ends share, and no other link: what a proof of identity is bound to. Not for logs."""
        ...

    @property
    def peer_address(self) -> str:
        """The address dialled, or the one the caller came from."""
        ...

    @property
    def bytes_sent(self) -> int:
        """Bytes put on the wire, set-up and overhead included."""
        ...

    @property
    def bytes_received(self) -> int:
        """Bytes taken from the wire, likewise."""
        ...

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Send all of `data`; several tasks may, in turn, each call staying whole."""
        ...

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """Return some bytes; b"" when the peer closed properly."""
        ...

    async def aclose(self) -> None:
        """Close; even if cancelled."""
        ...


Handler: TypeAlias = Callable[[LinkStream], Awaitable[None]]
"""Gets each incoming link in a task of its own, and closes it; what it leaves open is cut off."""


class Transport(Protocol):
    """A way to reach other nodes and to be reached."""

    async def dial(self, address: str) -> LinkStream:
        """Connect to `address`.

        Raises:
            AddressError: that is no address.
            DialError: no link came about.
        """
        ...

    async def listen(
        self, address: str, handler: Handler, *, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Run `handler` for each link that comes in, until cancelled; reports the address it listens on when it does.

        An exception of `handler` ends the listener: the handler has its own door for a peer's misdeeds.

        Raises:
            AddressError: that is no address.
            ListenError: one cannot listen there.
        """
        ...


class DialError(Exception):
    """No link came about: nobody answered, in time, in a language we speak.

    Attributes:
        address: whom we dialled.
        reason: why it failed, in words for a person.
    """

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"no link to {address}: {reason}")


class ListenError(Exception):
    """One cannot listen at this address: it is in use, not ours, or not allowed.

    Attributes:
        address: where we wanted to listen.
        reason: why it failed, in words for a person.
    """

    def __init__(self, address: str, reason: str) -> None:
        self.address = address
        self.reason = reason
        super().__init__(f"cannot listen at {address}: {reason}")


class TcpTransport:
    """TLS over TCP. A name that is dialled is looked up by the system's resolver, which may tell others."""

    def __init__(
        self,
        identity: Identity,
        *,
        handshake_timeout: float = HANDSHAKE_TIMEOUT,
        half_open: HalfOpen | None = None,
    ) -> None:
        """Speak TLS as `identity`; `half_open` caps the handshakes of strangers."""
        self._identity = identity
        self._timeout = handshake_timeout
        self.half_open = half_open or HalfOpen()
        self.failed_handshakes = 0

    async def dial(self, address: str) -> TlsStream:
        """Connect by TCP, then set up TLS, in the time of one handshake. See `Transport.dial`."""
        at = Address.parse(address)
        if at.port == 0:
            raise AddressError(address, "nobody can be dialled at port 0", "use the port that the peer listens on")
        try:
            with trio.fail_after(self._timeout):
                # trio turns Nagle's delay off on every socket stream; a test holds it to that.
                stream = await trio.open_tcp_stream(at.host, at.port)
                return await handshake(stream, identity=self._identity, server_side=False, peer_address=str(at))
        except trio.TooSlowError as error:
            raise DialError(str(at), f"no answer in {self._timeout:g} s") from error
        except HandshakeError as error:
            raise DialError(str(at), str(error)) from error
        except OSError as error:
            raise DialError(str(at), _why(error)) from error

    async def listen(
        self, address: str, handler: Handler, *, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED
    ) -> None:
        """Listen at every address `address` resolves to and report the first. See `Transport.listen`."""
        at = Address.parse(address)
        try:
            listeners = await trio.open_tcp_listeners(at.port, host=at.host)
        except OSError as error:
            raise ListenError(str(at), _why(error)) from error
        task_status.started(str(_endpoint(listeners[0].socket.getsockname())))
        await trio.serve_listeners(partial(self._serve, handler), listeners)

    async def _serve(self, handler: Handler, stream: trio.SocketStream) -> None:
        """One incoming connection, from the first byte to the last; trio cuts it off when this returns."""
        try:
            caller = _endpoint(stream.socket.getpeername())
        except OSError:  # it was reset before we looked
            self.failed_handshakes += 1
            return
        link: TlsStream | None = None
        with self.half_open.place(caller.source), trio.move_on_after(self._timeout), suppress(HandshakeError):
            link = await handshake(stream, identity=self._identity, server_side=True, peer_address=str(caller))
        if link is None:  # failed, too slow, or had to yield
            self.failed_handshakes += 1
            return
        await handler(link)


def _endpoint(name: tuple[str, int, int, int] | tuple[str, int]) -> Address:
    """The address of a socket's end, of either family."""
    return Address(name[0], name[1])


def _why(error: OSError) -> str:
    """The system's own words; where trio tried several addresses of a name, those for the first."""
    tried = error.__cause__
    if isinstance(tried, ExceptionGroup) and isinstance(tried.exceptions[0], OSError):
        error = tried.exceptions[0]
    # A resolver's numbers are negative, and are not the system's.
    return os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror or str(error)
