"""Links that break, nodes that stop: nothing is lost, nothing comes twice, and others carry what they cannot open."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from coalchat.api.nouns import AuditRecord
from coalchat.api.requests import ListPeers, RemovePeer
from coalchat.api.vocabulary import LinkState, State
from coalchat.net.framing import send_frame
from coalchat.paths import Home
from protocol.base.limits import MAX_FRAME
from protocol.base.records import encode
from protocol.exchange.messages import Ping
from tests.fakes.insider import Insider
from tests.fakes.nodes import Running, Town, linked, until


async def came(node: Running, texts: list[str]) -> None:
    async def check() -> bool:
        return await node.texts("ops") == texts

    await until(check)


async def test_a_killed_node_loses_nothing(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        texts = [f"number {n}" for n in range(50)]
        for text in texts[:20]:
            await a.send("ops", text, "RESTRICTED")
        await b.kill()
        for text in texts[20:]:
            await a.send("ops", text, "RESTRICTED")
        b = await town.start("XBB")
        await came(b, texts)
        await town.close()


async def test_a_third_nation_carries_what_it_cannot_open(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(b.channels)
        await until(c.channels)
        await a.send("ops", "before", "SECRET REL XAA, XBB")
        await came(b, ["before"])
        await b.stop()
        sent = await a.send("ops", "while you were out", "SECRET REL XAA, XBB")

        async def held() -> bool:
            (row,) = (await a.status(sent.entry_id)).deliveries
            return (row.state, row.reason) == (State.HELD, "by XCC")

        await until(held)
        await a.stop()
        assert await c.texts("ops") == []
        b = await town.start("XBB")
        await linked(b, c)
        await came(b, ["before", "while you were out"])
        assert await c.texts("ops") == []
        await town.close()


async def test_a_node_that_does_not_carry_takes_nothing_for_others(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        c = await town.start("XCC", carry=False)
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(b.channels)
        await until(c.channels)
        await a.send("ops", "for two", "SECRET REL XAA, XBB")
        await a.send("ops", "for all", "SECRET")
        await came(b, ["for two", "for all"])
        await came(c, ["for all"])
        feeds = c.station.context.store.read.feeds()
        assert all(feed.released >> 2 & 1 for feed in feeds)
        await town.close()


async def test_a_channel_that_comes_after_its_messages(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """XCC is no member of the channel, so it carries entries and not the channel: XBB opens them when XAA is back."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, c = await town.start("XAA"), await town.start("XCC")
        b = await town.start("XBB")
        await town.join_up(a, b, c)
        await b.stop()
        await a.channel("ops", ["XAA", "XBB"])
        await a.send("ops", "early", "SECRET")

        async def carried() -> bool:
            return any(feed.head_seq for feed in c.station.context.store.read.feeds())

        await until(carried)
        await a.stop()
        b = await town.start("XBB")
        await linked(b, c)

        async def kept() -> bool:
            return any(feed.head_seq for feed in b.station.context.store.read.feeds())

        await until(kept)
        assert await b.messages() == []
        a = await town.start("XAA")
        await came(b, ["early"])
        sent = (await a.messages("ops"))[0]

        async def delivered() -> bool:
            return [row.state for row in (await a.status(sent.entry_id)).deliveries] == [State.DELIVERED]

        await until(delivered)
        await town.close()


async def test_both_dial_and_one_link_stays(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await town.join_up(b, a)
        await trio.sleep(5)
        await linked(a, b)
        await linked(b, a)
        up = [link.state for node in (a, b) for link in (await node.ask(ListPeers())).peers]
        assert set(up) == {LinkState.UP}
        await b.ask(RemovePeer(address=a.address))
        await trio.sleep(60)
        await linked(a, b)
        await town.close()


async def test_an_idle_link_says_nothing(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await trio.sleep(7 * 3600)  # a segment has begun: the key lists of further editions were offered
        (link,) = (await b.ask(ListPeers())).peers
        await trio.sleep(24 * 3600)
        (later,) = (await b.ask(ListPeers())).peers
        assert (link.bytes_sent, link.bytes_received) == (later.bytes_sent, later.bytes_received)
        await town.close()


async def test_a_cut_link_is_no_error_of_this_node(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """A dialled link that breaks in the middle says so, and is dialled again."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        town.network.cut("xaa", "xbb")

        async def waiting() -> str | None:
            (link,) = (await b.ask(ListPeers())).peers
            return link.reason if link.state is LinkState.WAITING else None

        assert await until(waiting) == "the link was cut"
        (closed,) = await b.audited("link-closed")
        assert closed.detail == "the link was cut"
        town.network.heal("xaa", "xbb")
        await linked(b, a)
        await town.close()


async def test_a_member_that_breaks_the_rules_of_a_link_is_accounted_for(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        b, c = await town.start("XBB"), await town.start("XCC")
        await town.join_up(b, c)
        insider = await Insider.dial(town, as_device=c, to=b)
        await send_frame(insider.stream, encode(Ping(1)), MAX_FRAME)  # before HELLO

        async def refused() -> list[AuditRecord]:
            return await b.audited("link-refused")

        (record,) = await until(refused)
        assert record.nation == "XCC"
        assert record.clause == "state"
        await town.close()
