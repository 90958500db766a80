"""The local API's server, frame by frame, against a whole node."""

from __future__ import annotations

from typing import Any

import attrs
import trio
import trio.testing
from trio.testing import MockClock

from coalchat.api import codec
from coalchat.api.base import API_VERSION, Request
from coalchat.api.requests import CheckPassphrase, GetStatus, Hello, ListChannels, NextEvents, SendMessage, Stop, Unlock
from coalchat.api.scopes import ALL, Scope
from coalchat.api.vocabulary import Phase, Precedence
from coalchat.errors import ApiDecodeError, ApiVersionMismatch, InternalError, Locked, NotAuthorised, WrongPassphrase
from coalchat.node.answers.session import Session
from coalchat.paths import Home
from tests.fakes.nodes import PASSPHRASE, Running, Town

TOKEN = "0" * 64


@attrs.define
class Wire:
    """A client that can say anything."""

    stream: trio.StapledStream[Any, Any]
    number: int = 0

    async def raw(self, frame: bytes) -> None:
        await self.stream.send_all(frame)

    def frame(self, request: Request[Any]) -> bytes:
        self.number += 1
        return codec.encode_request(self.number, request)

    async def ask(self, request: Request[Any]) -> codec.Reply:
        await self.raw(self.frame(request))
        return await self.reply()

    async def reply(self) -> codec.Reply:
        header = await self._exactly(4)
        return codec.read_reply(await self._exactly(int.from_bytes(header, "big")))

    async def closed(self) -> bool:
        return bytes(await self.stream.receive_some()) == b""

    async def hello(self, *scopes: Scope, token: str = TOKEN, version: int = API_VERSION) -> codec.Reply:
        return await self.ask(Hello(api_version=version, client_name="test", token=token, scopes=scopes or ALL))

    async def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            chunk = bytes(await self.stream.receive_some(size - len(data)))
            assert chunk, "closed"
            data += chunk
        return data


def wire(nursery: trio.Nursery, node: Running) -> Wire:
    ours, theirs = trio.testing.memory_stream_pair()
    nursery.start_soon(node.node.server.serve, theirs)
    return Wire(ours)


async def test_hello_comes_first(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        first = wire(nursery, a)
        assert isinstance((await first.ask(GetStatus())).error, NotAuthorised)
        assert await first.closed()
        wrong = wire(nursery, a)
        assert isinstance((await wrong.hello(token="1" * 64)).error, NotAuthorised)
        old = wire(nursery, a)
        assert isinstance((await old.hello(version=API_VERSION + 1)).error, ApiVersionMismatch)
        silent = wire(nursery, a)
        assert await silent.closed()  # after the time for a hello
        assert len(await a.audited("api-refused")) == 3
        good = wire(nursery, a)
        assert (await good.hello()).error is None
        assert (await good.ask(ListChannels())).fields == {"channels": ()}
        await town.close()
        nursery.cancel_scope.cancel()


async def test_a_session_has_the_scopes_that_it_asked_for(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        reader = wire(nursery, a)
        await reader.hello(Scope.READ)
        assert (await reader.ask(ListChannels())).error is None
        assert isinstance((await reader.ask(Stop())).error, NotAuthorised)
        send = SendMessage(
            channel="ops", text="x", label="SECRET", precedence=Precedence.ROUTINE, ack_by=0, client_id="1", reply_to=""
        )
        assert isinstance((await reader.ask(send)).error, NotAuthorised)
        await town.close()
        nursery.cancel_scope.cancel()


async def test_frames_that_break_the_rules(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        giant = wire(nursery, a)
        await giant.raw((codec.MAX_HELLO + 1).to_bytes(4, "big"))
        assert isinstance((await giant.reply()).error, ApiDecodeError)
        assert await giant.closed()
        odd = wire(nursery, a)
        await odd.hello()
        body = codec.encode_request(7, ListChannels())[4:].replace(b"channel.list", b"channel.lost")
        await odd.raw(len(body).to_bytes(4, "big") + body)
        refused = await odd.reply()
        assert (refused.id, type(refused.error)) == (7, ApiDecodeError)
        assert (await odd.ask(ListChannels())).error is None  # the session lives
        await odd.raw(b"\x00\x00\x00\x04junk")
        assert await odd.closed()
        await town.close()
        nursery.cancel_scope.cancel()


async def test_an_unforeseen_error_is_told_as_such_and_the_node_lives(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")

        async def broken(request: ListChannels, session: Session) -> Any:
            raise ZeroDivisionError

        a.station._handlers[ListChannels] = broken
        client = wire(nursery, a)
        await client.hello()
        assert isinstance((await client.ask(ListChannels())).error, InternalError)
        assert (await client.ask(GetStatus())).error is None
        await town.close()
        nursery.cancel_scope.cancel()


async def test_a_locked_node_says_so_and_takes_the_passphrase(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA", unlock=False)
        client = wire(nursery, a)
        welcome = await client.hello()
        assert welcome.fields is not None
        assert welcome.fields["node"]["phase"] == Phase.LOCKED.value
        assert isinstance((await client.ask(ListChannels())).error, Locked)
        assert isinstance((await client.ask(CheckPassphrase(passphrase=PASSPHRASE))).error, Locked)
        assert isinstance((await client.ask(Unlock(passphrase=b"wrong"))).error, WrongPassphrase)
        unlocked = await client.ask(Unlock(passphrase=PASSPHRASE))
        assert unlocked.fields is not None
        assert unlocked.fields["phase"] == Phase.UNLOCKED.value
        assert (await client.ask(ListChannels())).error is None
        (failed,) = await a.audited("unlock-failed")
        assert failed.detail == "1"
        assert isinstance((await client.ask(CheckPassphrase(passphrase=b"wrong"))).error, WrongPassphrase)
        assert (await client.ask(CheckPassphrase(passphrase=PASSPHRASE))).error is None
        assert [one.detail for one in await a.audited("unlock-failed")] == ["1", "screen"]
        assert (await client.ask(ListChannels())).error is None, "it is as open as before"
        await town.close()
        nursery.cancel_scope.cancel()


async def test_events_wait_for_the_first_and_stop_is_answered(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        client = wire(nursery, a)
        welcome = await client.hello()
        assert welcome.fields is not None
        cursor = welcome.fields["cursor"]
        empty = await client.ask(NextEvents(cursor=cursor, limit=10, wait_seconds=30))
        assert empty.fields == {"events": (), "next_cursor": cursor}
        await client.raw(codec.encode_request(99, NextEvents(cursor=cursor, limit=10, wait_seconds=60)))
        await a.channel("ops", ["XAA"])
        page = await client.reply()
        assert page.fields is not None
        assert page.fields["events"]
        stopped = await client.ask(Stop())
        assert stopped.error is None
        await a.done.wait()
        nursery.cancel_scope.cancel()


async def test_a_client_that_goes_away_in_the_middle_harms_nobody(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        rude = wire(nursery, a)
        await rude.hello()
        for number in range(5):
            await rude.raw(codec.encode_request(100 + number, GetStatus()))
        await rude.stream.aclose()
        await trio.sleep(1)
        polite = wire(nursery, a)
        await polite.hello()
        assert (await polite.ask(GetStatus())).error is None
        await town.close()
        nursery.cancel_scope.cancel()
