"""Frames: the cap comes before the body, and each kind of end has its own name."""

from __future__ import annotations

import random

import pytest
import trio
import trio.testing

from coalchat.net.framing import FrameError, FrameReader, FrameTooLarge, FrameTruncated, send_frame
from tests.net.streams import joined, session, tapped_pair


def frame(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


async def test_frames_arrive_in_order_and_whole() -> None:
    left, right = trio.testing.memory_stream_pair()
    bodies = [b"one", b"", b"x" * 70_000, b"last"]
    for body in bodies:
        await send_frame(left, body, 70_000)
    await left.aclose()
    assert [body async for body in FrameReader(right, 70_000)] == bodies


async def test_the_header_is_four_bytes_big_endian_and_leaves_with_the_body() -> None:
    left, right = tapped_pair()
    await send_frame(left, b"\xaa" * 258, 1000)
    assert bytes(left.sent) == b"\x00\x00\x01\x02" + b"\xaa" * 258
    assert await right.receive_some() == bytes(left.sent)


async def test_segments_of_one_byte() -> None:
    left, right = tapped_pair(lambda: 1)
    await send_frame(left, b"abc" * 300, 1000)
    await send_frame(left, b"", 1000)
    reader = FrameReader(right, 1000)
    assert await reader.receive() == b"abc" * 300
    assert await reader.receive() == b""


async def test_frames_over_a_link() -> None:
    one, other = await joined(*tapped_pair(lambda: 7))
    rng = random.Random(1)
    bodies = [rng.randbytes(rng.randrange(3000)) for _ in range(30)]
    async with trio.open_nursery() as nursery:

        async def send() -> None:
            for body in bodies:
                await send_frame(one, body, 3000)
            await one.aclose()

        nursery.start_soon(send)
        assert [body async for body in FrameReader(other, 3000)] == bodies


# ------------------------------------------------------------------------------------------------ the cap


async def test_the_cap_is_checked_before_a_body_byte_is_read() -> None:
    left, right = tapped_pair()
    await left.send_all(frame(b"x" * 101))
    reader = FrameReader(right, 100)
    with pytest.raises(FrameTooLarge) as caught:
        await reader.receive()
    assert (caught.value.size, caught.value.limit) == (101, 100)
    assert right.received == 4


async def test_a_frame_of_the_cap_passes() -> None:
    left, right = trio.testing.memory_stream_pair()
    await left.send_all(frame(b"x" * 100))
    assert await FrameReader(right, 100).receive() == b"x" * 100


async def test_the_largest_length_is_refused_without_waiting_for_it() -> None:
    left, right = trio.testing.memory_stream_pair()
    await left.send_all(b"\xff\xff\xff\xff")
    with pytest.raises(FrameTooLarge):
        await FrameReader(right, 66_560).receive()


async def test_a_reader_that_failed_stays_failed() -> None:
    left, right = tapped_pair()
    await left.send_all(frame(b"x" * 101) + frame(b"fine"))
    reader = FrameReader(right, 100)
    for _ in range(3):
        with pytest.raises(FrameTooLarge):
            await reader.receive()
    assert right.received == 4


async def test_nothing_beyond_the_frame_is_read() -> None:
    # So a link can go on with another reader and another cap.
    left, right = tapped_pair()
    await left.send_all(frame(b"hello") + frame(b"x" * 50_000))
    assert await FrameReader(right, 100).receive() == b"hello"
    assert right.received == 9
    assert await FrameReader(right, 66_560).receive() == b"x" * 50_000


async def test_our_own_frame_over_the_cap_is_our_bug_and_not_sent() -> None:
    left, _right = tapped_pair()
    with pytest.raises(ValueError, match="over the cap"):
        await send_frame(left, b"x" * 101, 100)
    assert not left.sent


@pytest.mark.parametrize("cap", [-1, 2**32])
def test_a_cap_fits_the_header(cap: int) -> None:
    left, _right = trio.testing.memory_stream_pair()
    with pytest.raises(ValueError, match="fits the header"):
        FrameReader(left, cap)


# ------------------------------------------------------------------------------------------------ the ends


async def test_a_clean_end_is_none_and_stays_it() -> None:
    left, right = trio.testing.memory_stream_pair()
    await left.send_all(frame(b"last"))
    await left.aclose()
    reader = FrameReader(right, 100)
    assert await reader.receive() == b"last"
    assert await reader.receive() is None
    assert await reader.receive() is None


@pytest.mark.parametrize("cut", range(1, 4 + 5))
async def test_an_end_inside_a_frame_is_truncation_at_every_byte(cut: int) -> None:
    left, right = trio.testing.memory_stream_pair()
    await left.send_all(frame(b"hello")[:cut])
    await left.aclose()
    reader = FrameReader(right, 100)
    for _ in range(2):
        with pytest.raises(FrameTruncated):
            await reader.receive()


async def test_a_broken_link_is_the_links_error_not_the_frames() -> None:
    left, right = tapped_pair()
    _one, other = await joined(left, right)
    await left.aclose()
    with pytest.raises(trio.BrokenResourceError):
        await FrameReader(other, 100).receive()


async def test_a_link_closed_inside_a_frame_is_truncation() -> None:
    one, other = await session()
    await one.send_all(b"\x00\x00\x00\x05hel")
    await one.aclose()
    with pytest.raises(FrameTruncated):
        await FrameReader(other, 100).receive()


def test_the_peers_faults_have_one_base() -> None:
    assert issubclass(FrameTooLarge, FrameError)
    assert issubclass(FrameTruncated, FrameError)


# ------------------------------------------------------------------------------------------------ cancellation


@pytest.mark.parametrize("cut", [0, 2, 4, 6])
async def test_a_cancelled_receive_goes_on_where_it_was(cut: int) -> None:
    left, right = trio.testing.memory_stream_pair()
    reader = FrameReader(right, 100)
    await left.send_all(frame(b"hello")[:cut])
    async with trio.open_nursery() as nursery:
        nursery.start_soon(reader.receive)
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    await left.send_all(frame(b"hello")[cut:])
    assert await reader.receive() == b"hello"


async def test_many_senders_keep_frames_whole_over_a_link() -> None:
    one, other = await joined(*trio.testing.lockstep_stream_pair())
    reader = FrameReader(other, 50_000)
    async with trio.open_nursery() as nursery:
        for letter in b"abcd":
            nursery.start_soon(send_frame, one, bytes([letter]) * 40_000, 50_000)
        bodies = [await reader.receive() for _ in range(4)]
    assert sorted(body[:1] for body in bodies if body) == [b"a", b"b", b"c", b"d"]
    assert all(body is not None and len(set(body)) == 1 and len(body) == 40_000 for body in bodies)
