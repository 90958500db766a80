"""Links over 127.0.0.1: `coalchat.net.tls` beside bare OpenSSL for set-up, and beside plain TCP for data.

Both ends run in this process and thread, so a rate is that of one core doing both ends' work. What plain TCP carries is
not encrypted: the ratio says what a link costs, not how good it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import trio
import trio.testing
from OpenSSL import SSL

from benchmarks import samples
from benchmarks.table import Row, timed
from benchmarks.turns import ROUNDS, Rounds, stopwatch
from coalchat.net.framing import FrameReader, send_frame
from coalchat.net.identity import Identity
from coalchat.net.tls import handshake
from protocol.base.limits import MAX_FRAME

SECTION: Final = "a link, both ends on one core"
HANDSHAKES: Final = 40
FRAMES: Final = 4_000
CHUNK: Final = 65_536
CHUNKS: Final = 400

Pair = tuple[trio.abc.Stream, trio.abc.Stream]


def run() -> Iterator[Row]:
    yield from trio.run(_run)


async def _run() -> list[Row]:
    set_up, frames, bulk = Rounds(), Rounds(), Rounds()
    identities = Identity.generate(), Identity.generate()
    for _ in range(ROUNDS):
        set_up.add(await _handshakes(*identities), _bare_handshakes(*identities))
        async with tcp() as plain, tcp() as carrier:
            encrypted = await secured(carrier, *identities)
            frames.add(await _frames(encrypted), await _frames(plain))
            bulk.add(await _bulk(encrypted), await _bulk(plain))
    size = len(samples.entry(samples.text()).data)
    return [
        timed(SECTION, "TLS set-up, beside bare OpenSSL", set_up, work=HANDSHAKES, unit="/s"),
        timed(SECTION, f"frames of {size} B, beside plain TCP", frames, work=FRAMES, unit="/s"),
        timed(SECTION, "64 KiB at once, beside plain TCP", bulk, work=CHUNK * CHUNKS / 1e6, unit="MB/s"),
    ]


# --- set-up ---


async def _handshakes(dialler: Identity, responder: Identity) -> float:
    elapsed = stopwatch()
    for _ in range(HANDSHAKES):
        await secured(trio.testing.memory_stream_pair(), dialler, responder)
    return elapsed()


async def secured(pair: Pair, dialler: Identity, responder: Identity) -> Pair:
    """A link over two joined streams."""
    made: dict[bool, trio.abc.Stream] = {}

    async def shake(stream: trio.abc.Stream, identity: Identity, server_side: bool) -> None:
        made[server_side] = await handshake(stream, identity=identity, server_side=server_side)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(shake, pair[0], dialler, False)
        nursery.start_soon(shake, pair[1], responder, True)
    return made[False], made[True]


def _bare_handshakes(dialler: Identity, responder: Identity) -> float:
    elapsed = stopwatch()
    for _ in range(HANDSHAKES):
        ends = [dialler.connection(server_side=False), responder.connection(server_side=True)]
        done = [False, False]
        while not all(done):
            for index, end in enumerate(ends):
                with suppress(SSL.WantReadError):
                    end.do_handshake()
                    done[index] = True
                with suppress(SSL.WantReadError):
                    ends[1 - index].bio_write(end.bio_read(CHUNK))
    return elapsed()


# --- data ---


@asynccontextmanager
async def tcp() -> AsyncIterator[Pair]:
    """Two ends of one connection."""
    (listener,) = await trio.open_tcp_listeners(0, host="127.0.0.1")
    async with listener:
        here = await trio.open_tcp_stream(*listener.socket.getsockname())
        there = await listener.accept()
    async with here, there:
        yield here, there


async def _frames(pair: Pair) -> float:
    body = samples.entry(samples.text()).data

    async def send() -> None:
        for _ in range(FRAMES):
            await send_frame(pair[0], body, MAX_FRAME)

    async def receive() -> None:
        reader = FrameReader(pair[1], MAX_FRAME)
        for _ in range(FRAMES):
            assert await reader.receive() == body

    return await _both(send, receive)


async def _bulk(pair: Pair) -> float:
    data = bytes(CHUNK)

    async def send() -> None:
        for _ in range(CHUNKS):
            await pair[0].send_all(data)

    async def receive() -> None:
        left = CHUNK * CHUNKS
        while left:
            left -= len(await pair[1].receive_some(CHUNK))

    return await _both(send, receive)


async def _both(send: Callable[[], Awaitable[None]], receive: Callable[[], Awaitable[None]]) -> float:
    elapsed = stopwatch()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(send)
        nursery.start_soon(receive)
    return elapsed()
