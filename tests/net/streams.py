"""Streams and TLS peers for the tests of `coalchat.net`: chopped and recorded transports, and peers of other habits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import trio
import trio.testing
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from OpenSSL import SSL

from coalchat.net.identity import Identity, restrict_groups
from coalchat.net.tls import TlsStream, handshake

_KEY = Ed25519PrivateKey.generate()
_NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "foreign")])
_CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(_NAME)
    .issuer_name(_NAME)
    .public_key(_KEY.public_key())
    .serial_number(1)
    .not_valid_before(dt.datetime(2000, 1, 1, tzinfo=dt.UTC))
    .not_valid_after(dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
    .sign(_KEY, None)
)


class Tapped(trio.abc.Stream):
    """A stream whose receiver gets at most `most()` bytes at a time, and that records what was sent."""

    def __init__(self, inner: trio.abc.Stream, most: Callable[[], int] | None = None) -> None:
        self._inner = inner
        self._most = most
        self.sent = bytearray()
        self.received = 0
        self.change: Callable[[bytes], bytes] = bytes

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data
        await self._inner.send_all(self.change(bytes(data)))

    async def wait_send_all_might_not_block(self) -> None:
        await self._inner.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
        if self._most is not None:
            max_bytes = min(self._most(), max_bytes or 2**16)
        data = await self._inner.receive_some(max_bytes)
        self.received += len(data)
        return data

    async def aclose(self) -> None:
        await self._inner.aclose()


def tapped_pair(most: Callable[[], int] | None = None) -> tuple[Tapped, Tapped]:
    left, right = trio.testing.memory_stream_pair()
    return Tapped(left, most), Tapped(right, most)


async def joined(
    left: trio.abc.Stream,
    right: trio.abc.Stream,
    *,
    dialler: Identity | None = None,
    responder: Identity | None = None,
) -> tuple[TlsStream, TlsStream]:
    """The dialler's and the responder's end of one TLS session over two joined streams."""
    ends: dict[bool, TlsStream] = {}

    async def set_up(stream: trio.abc.Stream, identity: Identity, server_side: bool) -> None:
        ends[server_side] = await handshake(stream, identity=identity, server_side=server_side)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(set_up, left, dialler or Identity.generate(), False)
        nursery.start_soon(set_up, right, responder or Identity.generate(), True)
    return ends[False], ends[True]


async def session() -> tuple[TlsStream, TlsStream]:
    """The two ends of a session over endless buffers."""
    return await joined(*trio.testing.memory_stream_pair())


async def lockstep_session() -> tuple[TlsStream, TlsStream]:
    """The two ends of a session over a transport without any buffer."""
    return await joined(*trio.testing.lockstep_stream_pair())


def foreign(*, server_side: bool, groups: str = "X25519MLKEM768", newest: int = SSL.TLS1_3_VERSION) -> SSL.Connection:
    """A plain pyOpenSSL peer, with habits of its own."""
    return _role(foreign_context(server_side=server_side, groups=groups, newest=newest), server_side=server_side)


def foreign_context(
    *, server_side: bool, groups: str = "X25519MLKEM768", newest: int = SSL.TLS1_3_VERSION
) -> SSL.Context:
    context = SSL.Context(SSL.TLS_SERVER_METHOD if server_side else SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    context.set_max_proto_version(newest)
    restrict_groups(context, groups)
    if server_side:
        context.use_certificate(_CERTIFICATE)
        context.use_privatekey(_KEY)
    return context


def _role(context: SSL.Context, *, server_side: bool) -> SSL.Connection:
    connection = SSL.Connection(context, None)
    if server_side:
        connection.set_accept_state()
    else:
        connection.set_connect_state()
    return connection


async def drive(stream: trio.abc.Stream, peer: SSL.Connection) -> None:
    """Run a plain peer's handshake over `stream`; SSL.Error or EOFError where it fails."""
    while True:
        try:
            peer.do_handshake()
        except SSL.WantReadError:
            await pump(stream, peer)
            data = await stream.receive_some()
            if not data:
                raise EOFError from None
            peer.bio_write(bytes(data))
        else:
            await pump(stream, peer)
            return


async def pump(stream: trio.abc.Stream, peer: SSL.Connection) -> None:
    """Send what the plain peer has ready."""
    while True:
        try:
            data = peer.bio_read(2**16)
        except SSL.WantReadError:
            return
        await stream.send_all(data)
