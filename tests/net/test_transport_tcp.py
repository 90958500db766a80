"""The real transport, over the loopback interface."""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import pytest
import trio
import trio.testing

from coalchat.net.address import Address
from coalchat.net.admission import HalfOpen
from coalchat.net.identity import Identity
from coalchat.net.tls import TlsStream
from coalchat.net.transport import (
    HANDSHAKE_TIMEOUT,
    AddressError,
    DialError,
    LinkStream,
    ListenError,
    TcpTransport,
    Transport,
)

ANY = "127.0.0.1:0"


async def echo(link: LinkStream) -> None:
    while data := await link.receive_some():
        await link.send_all(data)
    await link.aclose()


@pytest.fixture
def tcp() -> TcpTransport:
    return TcpTransport(Identity.generate())


@pytest.fixture
async def silent() -> AsyncIterator[str]:
    """The address of a port that takes connections and never says a word."""
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    yield str(Address(*listener.socket.getsockname()))
    await listener.aclose()


async def until(condition: object) -> None:
    """Let the loop turn until `condition()` holds; sockets need a few turns, no known time."""
    while not condition():  # type: ignore[operator]
        await trio.lowlevel.checkpoint()


async def test_dial_listen_and_talk(tcp: TcpTransport, nursery: trio.Nursery) -> None:
    links: list[LinkStream] = []

    async def keep_and_echo(link: LinkStream) -> None:
        links.append(link)
        await echo(link)

    transport: Transport = tcp
    at = await nursery.start(transport.listen, ANY, keep_and_echo)
    assert Address.parse(at).host == "127.0.0.1"
    assert Address.parse(at).port > 0
    link = await transport.dial(at)
    data = bytes(range(256)) * 1000
    nursery.start_soon(link.send_all, data)
    got = b""
    while len(got) < len(data):
        got += await link.receive_some()
    assert got == data
    assert link.peer_address == at
    assert links[0].exporter == link.exporter
    assert Address.parse(links[0].peer_address).host == "127.0.0.1"
    assert link.bytes_sent > len(data)
    await link.aclose()


async def test_it_listens_and_dials_over_ipv6(tcp: TcpTransport, nursery: trio.Nursery) -> None:
    try:
        at = await nursery.start(tcp.listen, "[::1]:0", echo)
    except ListenError:
        pytest.skip("this machine has no IPv6")
    assert at.startswith("[::1]:")
    async with await tcp.dial(at) as link:
        await link.send_all(b"six")
        assert await link.receive_some() == b"six"


async def test_small_words_are_not_held_back(tcp: TcpTransport, nursery: trio.Nursery) -> None:
    def is_prompt(link: LinkStream) -> bool:
        assert isinstance(link, TlsStream)
        stream = link._transport
        assert isinstance(stream, trio.SocketStream)
        return bool(stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    seen = []

    async def look(link: LinkStream) -> None:
        seen.append(is_prompt(link))
        await link.aclose()

    async with await tcp.dial(await nursery.start(tcp.listen, ANY, look)) as link:
        assert await link.receive_some() == b""
        assert [is_prompt(link), *seen] == [True, True]


async def test_what_a_handler_leaves_open_is_cut_off(tcp: TcpTransport, nursery: trio.Nursery) -> None:
    kept = []  # or the garbage collector would close it

    async def leave(link: LinkStream) -> None:
        await link.send_all(b"word")
        kept.append(link)

    at = await nursery.start(tcp.listen, ANY, leave)
    async with await tcp.dial(at) as link:
        assert await link.receive_some() == b"word"
        with pytest.raises(trio.BrokenResourceError):
            await link.receive_some()


# ------------------------------------------------------------------------------------------------ nobody there


async def test_nobody_listens_there(tcp: TcpTransport, silent: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        at = f"127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(DialError) as caught:
            await tcp.dial(at)
    assert (caught.value.address, caught.value.reason) == (at, os.strerror(errno.ECONNREFUSED))
    assert str(caught.value) == f"no link to {at}: {caught.value.reason}"


async def test_a_name_nobody_has(tcp: TcpTransport) -> None:
    class NoNames(trio.abc.HostnameResolver):
        async def getaddrinfo(self, *_: object) -> list[Any]:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        async def getnameinfo(self, *_: object) -> tuple[str, str]:
            raise NotImplementedError

    trio.socket.set_custom_hostname_resolver(NoNames())
    with pytest.raises(DialError, match=r"no link to north\.example:7400: Name or service not known"):
        await tcp.dial("north.example:7400")
    with pytest.raises(ListenError, match=r"cannot listen at north\.example:7400: Name or service not known"):
        await tcp.listen("north.example:7400", echo)


@pytest.mark.parametrize("address", ["north", "127.0.0.1:0", "[::1]:70000"])
async def test_what_is_no_address_is_not_dialled(tcp: TcpTransport, address: str) -> None:
    with pytest.raises(AddressError):
        await tcp.dial(address)


async def test_an_address_in_use_is_a_listen_error(tcp: TcpTransport, silent: str) -> None:
    with pytest.raises(ListenError, match=f"cannot listen at {silent}: "):
        await tcp.listen(silent, echo)


async def test_a_dialled_port_that_speaks_something_else(tcp: TcpTransport, nursery: trio.Nursery) -> None:
    async def web(stream: trio.SocketStream) -> None:
        await stream.receive_some()
        await stream.send_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    listeners = await nursery.start(partial(trio.serve_tcp, web, 0, host="127.0.0.1"))
    port = listeners[0].socket.getsockname()[1]
    with pytest.raises(DialError, match="TLS: "):
        await tcp.dial(f"127.0.0.1:{port}")


async def test_a_dialled_port_that_says_nothing(mock_clock: trio.testing.MockClock, silent: str) -> None:
    tcp = TcpTransport(Identity.generate())
    errors = []

    async def dial() -> None:
        with pytest.raises(DialError) as caught:
            await tcp.dial(silent)
        errors.append(str(caught.value))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(dial)
        await trio.testing.wait_all_tasks_blocked()
        mock_clock.jump(HANDSHAKE_TIMEOUT + 1)
    assert errors == [f"no link to {silent}: no answer in 120 s"]


# ------------------------------------------------------------------------------------------------ strangers


async def test_a_stranger_that_says_nothing_is_dropped_in_time(mock_clock: trio.testing.MockClock) -> None:
    tcp = TcpTransport(Identity.generate())
    async with trio.open_nursery() as nursery:
        at = Address.parse(await nursery.start(tcp.listen, ANY, echo))
        async with await trio.open_tcp_stream(at.host, at.port) as stream:
            await until(lambda: tcp.half_open.count == 1)
            mock_clock.jump(HANDSHAKE_TIMEOUT + 1)
            assert await stream.receive_some() == b""
            await until(lambda: tcp.failed_handshakes == 1)
        assert tcp.half_open.count == 0
        nursery.cancel_scope.cancel()


async def test_a_stranger_that_says_nonsense_or_leaves_is_dropped_at_once(tcp: TcpTransport) -> None:
    async with trio.open_nursery() as nursery:
        at = Address.parse(await nursery.start(tcp.listen, ANY, echo))
        async with await trio.open_tcp_stream(at.host, at.port) as stream:
            await stream.send_all(b"\x16\x03\x01\x00\x05hello")
            assert await stream.receive_some() == bytes.fromhex("15 0303 0002 020a")  # alert: unexpected_message
            assert await stream.receive_some() == b""
        async with await trio.open_tcp_stream(at.host, at.port):
            pass
        await until(lambda: tcp.failed_handshakes == 2)
        assert tcp.half_open.count == 0
        nursery.cancel_scope.cancel()


async def test_a_stranger_that_reset_before_we_looked_is_dropped(tcp: TcpTransport) -> None:
    async with trio.open_nursery() as nursery:
        at = Address.parse(await nursery.start(tcp.listen, ANY, echo))
        with socket.create_connection((at.host, at.port)) as stranger:
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await until(lambda: tcp.failed_handshakes == 1)
        nursery.cancel_scope.cancel()


async def test_silent_strangers_do_not_shut_the_door() -> None:
    tcp = TcpTransport(Identity.generate(), half_open=HalfOpen(total=8, per_source=4))
    async with AsyncExitStack() as crowd, trio.open_nursery() as nursery:
        at = await nursery.start(tcp.listen, ANY, echo)
        for _ in range(50):
            where = Address.parse(at)
            await crowd.enter_async_context(await trio.open_tcp_stream(where.host, where.port))
        await until(lambda: tcp.half_open.count + tcp.half_open.evicted == 50)
        assert tcp.half_open.count == 4
        async with await tcp.dial(at) as link:
            await link.send_all(b"through")
            assert await link.receive_some() == b"through"
        nursery.cancel_scope.cancel()


async def test_a_link_that_stands_takes_no_place(tcp: TcpTransport, nursery: trio.Nursery) -> None:
    at = await nursery.start(tcp.listen, ANY, echo)
    links = [await tcp.dial(at) for _ in range(20)]
    for link in links:
        await link.send_all(b"x")
        assert await link.receive_some() == b"x"
    assert (tcp.half_open.count, tcp.half_open.evicted, tcp.failed_handshakes) == (0, 0, 0)
    for link in links:
        await link.aclose()
