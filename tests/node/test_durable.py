"""What is not durable has not happened: nothing leaves, shows or is answered before its one transaction (SPEC 8.2, 8.5, 10.3, 10.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import State
from coalchat.errors import CoalchatError
from coalchat.paths import Home
from coalchat.store.errors import StoreFull
from coalchat.store.faces import Transaction
from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.exchange.messages import Push
from tests.fakes.nodes import Running, Town, until


@attrs.define(eq=False)
class Disk:
    """A node's store whose writes can be held back, or undone in the last moment."""

    store: Any
    open: trio.Event = attrs.field(factory=trio.Event)
    full: bool = False
    asked: int = 0

    @classmethod
    def under(cls, node: Running) -> Disk:
        context = node.station.context
        disk = cls(context.store)
        disk.open.set()
        context.store = disk  # type: ignore[assignment]  # the one that it stands before answers all else
        return disk

    def hold(self) -> None:
        self.open = trio.Event()

    async def write(self, fn: Callable[[Transaction], Any]) -> Any:
        self.asked += 1
        await self.open.wait()

        def write(tx: Transaction) -> Any:
            done = fn(tx)
            if self.full:
                raise StoreFull
            return done

        return await self.store.write(write)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def pushed(frames: list[tuple[str, bytes]]) -> list[bytes]:
    """The entries that left in these frames."""
    found: list[bytes] = []
    for direction, frame in frames:
        if direction == "out" and frame[1] == Tag.PUSH:
            found.append(decode(Push, frame).entry)
    return found


async def test_an_own_entry_is_one_transaction_before_it_leaves(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    frames: list[tuple[str, bytes]] = []
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA", capture=lambda direction, frame: frames.append((direction, frame)))
        b = await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        read, device = a.station.context.store.read, a.station.context.member.device
        disk = Disk.under(a)

        disk.full = True
        with pytest.raises(StoreFull):
            await a.send("ops", "once", "SECRET", key="k")
        assert disk.asked == 1, "entry, head, outbox and the client's id go down together"
        assert (read.feeds(device=device), await a.messages(), read.posted("test", "k")) == ([], [], None)
        disk.full = False

        disk.hold()
        answers: list[Any] = []

        async def send() -> None:
            answers.append(await a.send("ops", "once", "SECRET", key="k"))

        async with trio.open_nursery() as inner:
            inner.start_soon(send)
            await trio.sleep(60)
            assert (answers, pushed(frames), await b.texts("ops")) == ([], [], [])
            disk.open.set()
        (sent,) = answers
        assert disk.asked == 2

        async def came() -> bool:
            return await b.texts("ops") == ["once"]

        await until(came)
        (row,) = read.feeds(device=device)
        kept = read.entry(bytes.fromhex(sent.entry_id))
        assert kept is not None
        assert (row.head_seq, pushed(frames)) == (1, [kept.data]), "what left is what was stored"
        await town.close()


async def test_a_restart_resends_the_stored_bytes(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        town.network.cut("xaa", "xbb")
        sent = await a.send("ops", "sealed once", "SECRET", key="k")
        name = bytes.fromhex(sent.entry_id)
        sealed = a.station.context.store.read.entry(name)
        await a.kill()
        a = await town.start("XAA")
        again = await a.send("ops", "sealed once", "SECRET", key="k")
        assert (again.entry_id, again.repeated) == (sent.entry_id, True)
        town.network.heal("xaa", "xbb")

        async def came() -> bool:
            return b.station.context.store.read.entry(name) is not None

        await until(came)
        here = b.station.context.store.read.entry(name)
        assert sealed is not None
        assert here is not None
        assert here.data == sealed.data
        assert await b.texts("ops") == ["sealed once"]
        await town.close()


async def test_what_is_not_durable_is_not_shown_counted_or_answered(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        disk = Disk.under(b)
        disk.hold()
        sent = await a.send("ops", "on its way", "SECRET")
        await trio.sleep(60)
        assert disk.asked > 0, "it came, and waits for the disk"
        assert await b.messages("ops") == []
        (channel,) = await b.channels()
        assert channel.unread == 0
        (row,) = (await a.status(sent.entry_id)).deliveries
        assert row.state in {State.QUEUED, State.SENT}
        disk.open.set()

        async def delivered() -> bool:
            (row,) = (await a.status(sent.entry_id)).deliveries
            return row.state is State.DELIVERED

        await until(delivered)
        assert await b.texts("ops") == ["on its way"]
        await town.close()


async def test_a_disk_that_is_full_takes_nothing_and_loses_nothing(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """The receiver's node lives, says nothing it cannot keep, and takes the message once there is room."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        disk = Disk.under(b)
        disk.full = True
        sent = await a.send("ops", "no room", "SECRET")
        await trio.sleep(120)
        assert not b.done.is_set(), "the node lives"
        assert await b.messages("ops") == []
        with pytest.raises(CoalchatError):
            await b.send("ops", "nor this", "SECRET")
        disk.full = False

        async def delivered() -> bool:
            (row,) = (await a.status(sent.entry_id)).deliveries
            return row.state is State.DELIVERED

        await until(delivered, within=600)
        assert await b.texts("ops") == ["no room"]
        await town.close()
