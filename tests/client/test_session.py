"""Sessions: answers in any order, cancelled callers, lost connections, hostile nodes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest
from anyio.abc import ByteStream, TaskGroup

from coalchat.api import responses
from coalchat.api.base import API_VERSION
from coalchat.api.codec import HEADER, MAX_FRAME, body_length, encode_error, encode_result, read_request
from coalchat.api.events import ControlChanged
from coalchat.api.requests import GetStatus, ListChannels, NextEvents, ShowMessage, Stop
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.client import Client, over
from coalchat.client.session import Session
from coalchat.errors import ApiDecodeError, ApiVersionMismatch, NodeGone, NodeUnavailable, TooLong, UnknownMessage
from tests.client.conftest import stream_pair, until
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import node_record

DONE = responses.Done()
PAGE = responses.EventPage(events=(), next_cursor=9)
CHANNELS = responses.ChannelList(channels=())


class Far:
    """The node's end of a session, played by hand."""

    def __init__(self, stream: ByteStream) -> None:
        self.stream = stream
        self.buffer = bytearray()

    async def request(self) -> int:
        """Number of the next request."""
        while len(self.buffer) < HEADER or len(self.buffer) < HEADER + body_length(bytes(self.buffer[:HEADER])):
            self.buffer += await self.stream.receive()
        end = HEADER + body_length(bytes(self.buffer[:HEADER]))
        number, _ = read_request(bytes(self.buffer[HEADER:end]))
        del self.buffer[:end]
        return number


@pytest.fixture
async def ends(anyio_backend: str) -> AsyncIterator[tuple[Session, Far]]:
    ours, theirs = await stream_pair()
    session = Session(ours)
    async with theirs:
        yield session, Far(theirs)
        await session.aclose()


async def test_answers_may_come_in_any_order(ends: tuple[Session, Far], tasks: TaskGroup) -> None:
    session, far = ends
    got: list[str] = []

    async def ask(request: ListChannels | Stop | NextEvents) -> None:
        await session.call(request)
        got.append(request.op)

    for request in (NextEvents(cursor=0, limit=1, wait_seconds=60), ListChannels(), Stop()):
        tasks.start_soon(ask, request)
        await far.request()
    await far.stream.send(encode_result(3, DONE))
    await until(lambda: got == ["stop"])
    await far.stream.send(encode_result(2, CHANNELS) + encode_result(1, PAGE))
    await until(lambda: set(got) == {"stop", "channel.list", "events.next"})


async def test_who_reads_for_all_may_be_cancelled(ends: tuple[Session, Far], tasks: TaskGroup) -> None:
    session, far = ends
    scope = anyio.CancelScope()
    answered = anyio.Event()

    async def first() -> None:
        with scope:
            await session.call(NextEvents(cursor=0, limit=1, wait_seconds=60))

    async def second() -> None:
        assert await session.call(ListChannels()) == CHANNELS
        answered.set()

    tasks.start_soon(first)
    assert await far.request() == 1
    tasks.start_soon(second)
    assert await far.request() == 2
    frame = encode_result(2, CHANNELS)
    await far.stream.send(frame[:5])  # half of it has come when the reader is cancelled
    await anyio.wait_all_tasks_blocked()
    scope.cancel()
    await anyio.wait_all_tasks_blocked()
    await far.stream.send(frame[5:] + encode_result(1, PAGE))
    with anyio.fail_after(5):
        await answered.wait()
        # The answer to the cancelled call comes too, and disturbs nobody.
        tasks.start_soon(far_answers, far, 3)
        assert await session.call(Stop()) == DONE
    assert not session.lost


async def far_answers(far: Far, number: int) -> None:
    assert await far.request() == number
    await far.stream.send(encode_result(number, DONE))


async def test_frames_may_come_byte_by_byte(ends: tuple[Session, Far], tasks: TaskGroup) -> None:
    session, far = ends

    async def answer() -> None:
        for byte in encode_error(await far.request(), UnknownMessage("ff")):
            await far.stream.send(bytes([byte]))

    tasks.start_soon(answer)
    with pytest.raises(UnknownMessage, match="ff"):
        await session.call(ShowMessage(id="ff"))


async def test_a_lost_connection_ends_every_call(ends: tuple[Session, Far], tasks: TaskGroup) -> None:
    session, far = ends
    ended: list[type[Exception]] = []

    async def ask() -> None:
        try:
            await session.call(GetStatus())
        except NodeGone as error:
            ended.append(type(error))

    for _ in range(3):
        tasks.start_soon(ask)
        await far.request()
    await far.stream.aclose()
    await until(lambda: len(ended) == 3)
    assert session.lost
    with pytest.raises(NodeGone):
        await session.call(GetStatus())
    await session.aclose()


async def test_closing_ends_the_calls_that_wait(ends: tuple[Session, Far], tasks: TaskGroup) -> None:
    session, far = ends
    gone = anyio.Event()

    async def ask() -> None:
        with pytest.raises(NodeGone):
            await session.call(GetStatus())
        gone.set()

    tasks.start_soon(ask)
    await far.request()
    await session.aclose()
    with anyio.fail_after(5):
        await gone.wait()
    await far.stream.aclose()


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x00\x00\x00",
        (MAX_FRAME + 1).to_bytes(4, "big"),
        b"\xff\xff\xff\xff",
        b"\x00\x00\x00\x01\xc1",
        encode_result(2, DONE),  # an answer to no request
        encode_result(0, DONE),
    ],
)
async def test_a_node_that_breaks_the_frames_loses_the_session(ends: tuple[Session, Far], data: bytes) -> None:
    session, far = ends
    await far.stream.send(data)
    with pytest.raises(ApiDecodeError):
        await session.call(GetStatus())
    assert session.lost


async def test_an_answer_of_another_operation_is_refused(ends: tuple[Session, Far]) -> None:
    session, far = ends
    await far.stream.send(encode_result(1, CHANNELS))
    with pytest.raises(ApiDecodeError, match="fields of Status"):
        await session.call(GetStatus())


async def test_a_request_that_no_frame_holds_harms_nobody(ends: tuple[Session, Far], tasks: TaskGroup) -> None:
    session, far = ends
    with pytest.raises(TooLong):
        await session.call(ShowMessage(id="x" * MAX_FRAME))
    tasks.start_soon(far_answers, far, 1)
    assert await session.call(Stop()) == DONE


async def test_a_frame_larger_than_the_socket_holds_is_sent_whole(client: Client, fake: FakeNode) -> None:
    fake.answers[ShowMessage] = UnknownMessage("so long")
    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(expect_unknown, client, "x" * 900_000)


async def expect_unknown(client: Client, entry_id: str) -> None:
    with pytest.raises(UnknownMessage):
        await client.message(entry_id)


async def test_a_hundred_calls_at_once(client: Client) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(client.channels)


async def test_a_long_poll_holds_up_nobody(client: Client, fake: FakeNode, tasks: TaskGroup) -> None:
    got: list[int] = []

    async def poll() -> None:
        page = await client.next_events(0, wait_seconds=60)
        got.append(page.next_cursor)

    tasks.start_soon(poll)
    await anyio.wait_all_tasks_blocked()
    for _ in range(3):
        await client.channels()
    assert got == []
    fake.add_message("#ops", "x")
    await until(lambda: got)
    assert got == [1]


async def test_a_node_of_another_version_is_refused(tasks: TaskGroup) -> None:
    ours, theirs = await stream_pair()
    far = Far(theirs)

    async def newer() -> None:
        number = await far.request()
        welcome = responses.Welcome(api_version=API_VERSION + 1, node=node_record(), granted=(), cursor=0)
        await far.stream.send(encode_result(number, welcome))

    tasks.start_soon(newer)
    async with theirs:
        with pytest.raises(ApiVersionMismatch, match=f"{API_VERSION} here, {API_VERSION + 1} there"):
            async with over(ours, client_name="test"):
                pytest.fail("it spoke")


# --- events ---


async def test_events_come_once_and_in_order_and_resume_by_cursor(client: Client, fake: FakeNode) -> None:
    for number in range(600):
        fake.tell(ControlChanged(subject=ControlSubject.CHANNEL, id=str(number), phase=Phase.UNLOCKED))
    stream = client.events(0)
    first = [(await anext(stream)).cursor for _ in range(300)]
    again = client.events(stream.cursor)
    rest = [(await anext(again)).cursor for _ in range(300)]
    assert first + rest == list(range(1, 601))


async def test_events_that_have_come_are_given_out_together_or_one_by_one(client: Client, fake: FakeNode) -> None:
    for number in range(600):
        fake.tell(ControlChanged(subject=ControlSubject.CHANNEL, id=str(number), phase=Phase.UNLOCKED))
    stream = client.events(0)
    given = [(await anext(stream)).cursor]
    batches = []
    while given[-1] < 600:
        batches.append([event.cursor for event in await stream.batch()])
        given += batches[-1]
        assert stream.cursor == given[-1]
    assert given == list(range(1, 601))
    assert [len(batch) for batch in batches] == [255, 256, 88]


async def test_events_begin_where_the_client_connected(client: Client, fake: FakeNode) -> None:
    stream = client.events()
    fake.add_message("#ops", "since")
    with anyio.fail_after(5):
        event = await anext(stream)
    assert (event.cursor, event.body.kind) == (1, "message")
    assert stream.cursor == 1


async def test_an_empty_page_moves_the_cursor(client: Client, fake: FakeNode) -> None:
    fake.answers[NextEvents] = PAGE
    stream = client.events(0)
    with anyio.move_on_after(0.05):
        await anext(stream)
    assert stream.cursor == 9


# --- coming back ---


@pytest.fixture
async def returning(anyio_backend: str) -> AsyncIterator[tuple[Client, list[Far]]]:
    """A client that dials again, and the far ends of its connections; no hello."""
    fars: list[Far] = []

    class Door:
        async def reenter(self) -> tuple[Session, responses.Welcome]:
            if len(fars) == 3:
                raise NodeUnavailable("it has not come back")
            ours, theirs = await stream_pair()
            fars.append(Far(theirs))
            return Session(ours), responses.Welcome(api_version=API_VERSION, node=node_record(), granted=(), cursor=5)

        def is_gone(self) -> bool:
            return True

    door = Door()
    client = Client(*(await door.reenter()), door)
    yield client, fars
    await client.aclose()
    for far in fars:
        await far.stream.aclose()


async def test_a_repeatable_call_is_asked_again(returning: tuple[Client, list[Far]], tasks: TaskGroup) -> None:
    client, fars = returning

    async def node() -> None:
        await fars[0].request()
        await fars[0].stream.aclose()
        await until(lambda: len(fars) == 2)
        await fars[1].request()
        await fars[1].stream.send(encode_result(1, CHANNELS))

    tasks.start_soon(node)
    with anyio.fail_after(5):
        assert await client.channels() == ()
    await client.aclose()


async def test_another_call_is_not(returning: tuple[Client, list[Far]], tasks: TaskGroup) -> None:
    client, fars = returning

    async def node() -> None:
        await fars[0].request()
        await fars[0].stream.aclose()

    tasks.start_soon(node)
    with anyio.fail_after(5), pytest.raises(NodeGone):
        await client.remove_peer("127.0.0.1:1")
    assert len(fars) == 1


async def test_a_node_that_stays_away_ends_the_call(returning: tuple[Client, list[Far]], tasks: TaskGroup) -> None:
    client, fars = returning
    for _ in range(2):
        await fars[-1].stream.aclose()
        with pytest.raises(NodeGone):
            await client.remove_peer("127.0.0.1:1")
        with anyio.fail_after(5), anyio.move_on_after(0.01):
            await client.channels()
    await fars[-1].stream.aclose()
    with anyio.fail_after(5), pytest.raises(NodeUnavailable):
        await client.channels()
