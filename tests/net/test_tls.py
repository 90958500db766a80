"""The TLS stream does what a trio stream must, and moves every byte."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
import trio
import trio.testing

from coalchat.net import tls
from tests.net.streams import Tapped, joined, lockstep_session, session, tapped_pair

Clock = trio.testing.MockClock


async def test_it_is_a_stream_over_endless_buffers(autojump_clock: Clock) -> None:
    # None: a clogged TlsStream lets senders take turns, where the suite wants a BusyResourceError.
    await trio.testing.check_two_way_stream(session, None)


async def test_it_is_a_stream_over_no_buffer_at_all(autojump_clock: Clock) -> None:
    await trio.testing.check_two_way_stream(lockstep_session, None)


async def exchange(one: trio.abc.Stream, other: trio.abc.Stream, size: int, chunk: Callable[[], int]) -> None:
    """Send `size` random bytes in both directions at once, in chunks, and compare."""
    data = {one: random.Random(1).randbytes(size), other: random.Random(2).randbytes(size)}

    async def send(stream: trio.abc.Stream) -> None:
        left = data[stream]
        while left:
            await stream.send_all(left[: (cut := chunk())])
            left = left[cut:]

    async def receive(stream: trio.abc.Stream, expected: bytes) -> None:
        got = bytearray()
        while len(got) < size:
            got += await stream.receive_some(chunk())
        assert got == expected

    async with trio.open_nursery() as nursery:
        nursery.start_soon(send, one)
        nursery.start_soon(send, other)
        nursery.start_soon(receive, one, data[other])
        nursery.start_soon(receive, other, data[one])


async def test_a_mebibyte_goes_both_ways_through_random_segments() -> None:
    rng = random.Random(3)
    one, other = await joined(*tapped_pair(lambda: rng.randint(1, 3000)))
    await exchange(one, other, 2**20, lambda: rng.randint(1, 40_000))


async def test_a_mebibyte_goes_both_ways_without_any_buffer() -> None:
    rng = random.Random(4)
    one, other = await lockstep_session()
    await exchange(one, other, 2**20, lambda: rng.randint(1, 40_000))


async def test_segments_of_one_byte() -> None:
    one, other = await joined(*tapped_pair(lambda: 1))
    await exchange(one, other, 20_000, lambda: 7_000)


@pytest.mark.parametrize("size", [1, 16_383, 16_384, 16_385, 65_536, 65_537, 1_000_000])
async def test_one_send_all_is_never_cut_at_a_record(size: int) -> None:
    one, other = await session()
    data = random.Random(size).randbytes(size)
    await one.send_all(data)
    await one.aclose()
    got = bytearray()
    while part := await other.receive_some():
        got += part
    assert got == data


async def test_senders_take_turns_and_each_stays_whole() -> None:
    one, other = await lockstep_session()
    size = 100_000
    got = bytearray()

    async with trio.open_nursery() as nursery:
        for letter in b"abc":
            nursery.start_soon(one.send_all, bytes([letter]) * size)
        while len(got) < 3 * size:
            got += await other.receive_some()

    for i in range(3):
        assert len(set(got[i * size : (i + 1) * size])) == 1


async def test_only_one_task_may_receive() -> None:
    one, _other = await session()
    with pytest.RaisesGroup(trio.BusyResourceError):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(one.receive_some)
            nursery.start_soon(one.receive_some)


async def test_counters_say_what_was_on_the_wire() -> None:
    left, right = tapped_pair()
    one, other = await joined(left, right)
    await one.send_all(b"x" * 100_000)
    await other.send_all(b"y")
    await other.receive_some()
    await one.receive_some()
    assert one.bytes_sent == len(left.sent)
    assert other.bytes_sent == len(right.sent) == one.bytes_received
    assert other.bytes_received <= one.bytes_sent


async def test_a_set_up_costs_little() -> None:
    one, other = await session()
    assert one.bytes_sent + other.bytes_sent < 4_000


# ------------------------------------------------------------------------------------------------ the end


async def test_a_proper_close_is_the_end_and_stays_it() -> None:
    one, other = await session()
    await one.send_all(b"last")
    await one.aclose()
    assert await other.receive_some() == b"last"
    assert await other.receive_some() == b""
    assert await other.receive_some() == b""


async def test_an_end_without_close_notify_is_broken() -> None:
    left, right = tapped_pair()
    one, other = await joined(left, right)
    await one.send_all(b"last")
    await left.aclose()
    assert await other.receive_some() == b"last"
    for _ in range(2):
        with pytest.raises(trio.BrokenResourceError):
            await other.receive_some()


async def test_an_end_inside_a_record_is_broken() -> None:
    left, right = tapped_pair()
    one, other = await joined(left, right)
    left.change = lambda data: data[:-1]
    await one.send_all(b"last")
    await left.aclose()
    with pytest.raises(trio.BrokenResourceError):
        await other.receive_some()


@pytest.mark.parametrize("at", [0, 3, 5, -1])
async def test_a_flipped_bit_breaks_the_session_for_good(at: int) -> None:
    def flip(data: bytes) -> bytes:
        changed = bytearray(data)
        changed[at] ^= 1
        return bytes(changed)

    left, right = tapped_pair()
    one, other = await joined(left, right)
    left.change = flip
    await one.send_all(b"some words")
    left.change = bytes
    await one.send_all(b"some more, in case the length was made longer" * 500)
    await left.aclose()
    for _ in range(2):
        with pytest.raises(trio.BrokenResourceError):
            await other.receive_some()


async def test_who_sent_a_forged_record_is_told() -> None:
    left, right = tapped_pair()
    one, other = await joined(left, right)
    left.change = lambda data: data[:-1] + bytes([data[-1] ^ 1])
    await one.send_all(b"words")
    with pytest.raises(trio.BrokenResourceError, match="TLS"):
        await other.receive_some()
    with pytest.raises(trio.BrokenResourceError, match="TLS"):
        await other.send_all(b"a session that failed sends nothing more")
    await other.aclose()
    with pytest.raises(trio.BrokenResourceError, match="bad record mac"):
        await one.receive_some()


async def test_the_transport_closed_under_us_is_broken_not_closed() -> None:
    left, right = tapped_pair()
    one, _other = await joined(left, right)
    await left.aclose()
    with pytest.raises(trio.BrokenResourceError):
        await one.receive_some()
    with pytest.raises(trio.BrokenResourceError):
        await one.send_all(b"x")


async def test_a_connection_that_is_reset_is_broken_for_good() -> None:
    class Reset(Tapped):
        resets = 0

        async def receive_some(self, max_bytes: int | None = None) -> bytes | bytearray:
            if self.resets:
                raise trio.BrokenResourceError from OSError("Connection reset by peer")
            return await super().receive_some(max_bytes)

    left, right = trio.testing.memory_stream_pair()
    transport = Reset(left)
    one, _other = await joined(transport, right)
    transport.resets = 1
    with pytest.raises(trio.BrokenResourceError):
        await one.receive_some()
    transport.resets = 0
    with pytest.raises(trio.BrokenResourceError):
        await one.receive_some()


async def test_closing_does_not_wait_for_a_peer_that_does_not_read(autojump_clock: Clock) -> None:
    one, _other = await lockstep_session()
    start = trio.current_time()
    await one.aclose()
    assert trio.current_time() - start <= tls.CLOSE_PATIENCE


async def test_closing_wakes_who_is_sending() -> None:
    one, _other = await lockstep_session()

    async def send() -> None:
        with pytest.raises(trio.ClosedResourceError):
            await one.send_all(b"x" * 100_000)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(send)
        nursery.start_soon(send)
        await trio.testing.wait_all_tasks_blocked()
        await one.aclose()


# ------------------------------------------------------------------------------------------------ cancellation


async def test_a_cancelled_receive_loses_nothing() -> None:
    left, right = tapped_pair()
    one, other = await joined(left, right)
    data = random.Random(5).randbytes(10_000)
    held = bytearray()

    def hold_back_half(sent: bytes) -> bytes:
        held.extend(sent[len(sent) // 2 :])
        return sent[: len(sent) // 2]

    left.change = hold_back_half
    await one.send_all(data)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(other.receive_some)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    left.change = bytes
    await left.send_all(held)
    assert await other.receive_some() == data


async def test_a_send_cancelled_on_its_way_breaks_sending_only() -> None:
    one, other = await lockstep_session()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(one.send_all, b"x" * 1000)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    with pytest.raises(trio.BrokenResourceError):
        await one.send_all(b"more")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(other.send_all, b"still heard")
        assert await one.receive_some() == b"still heard"


async def test_a_send_cancelled_in_the_queue_breaks_nothing() -> None:
    one, other = await lockstep_session()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(one.send_all, b"first")
        await trio.testing.wait_all_tasks_blocked()
        async with trio.open_nursery() as waiting:
            waiting.start_soon(one.send_all, b"never")
            await trio.testing.wait_all_tasks_blocked()
            waiting.cancel_scope.cancel()
        nursery.start_soon(one.send_all, b"second")
        got = b""
        while len(got) < 11:
            got += await other.receive_some()
    assert got == b"firstsecond"
