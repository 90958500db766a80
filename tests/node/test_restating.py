"""What stands in force is stated anew for who comes later, once; who knows it sees nothing of that."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.amendment import WidenChannel
from coalchat.api.deadlines import ChangeAdmins, NameDeputy, OrderMinimize
from coalchat.api.nouns import Channel
from coalchat.api.requests import AddPeer, SendMessage
from coalchat.api.vocabulary import Flag
from coalchat.api.vocabulary import Precedence as Urgency
from coalchat.errors import Refused
from coalchat.node.times import dtg
from coalchat.paths import Home
from protocol.messages.notices import Notice, NoticePayload
from protocol.messages.payload import FORMAT
from protocol.messages.refs import Ref, Relation
from protocol.trust.credential import Precedence
from protocol.trust.label import Label
from tests.fakes.joined import EDITION, SEGMENT, device_home, joined
from tests.fakes.nodes import Running, Town, linked, until

REASON = "no satellite"


async def shown(node: Running) -> Channel:
    (channel,) = await node.channels()
    return channel


async def knows(node: Running, reason: str | None = REASON) -> Channel:
    """Wait until MINIMIZE is in force at a node for that reason; or for none, until it is not."""

    async def so() -> bool:
        channels = await node.channels()
        return [c.minimize.reason if c.minimize else None for c in channels] == [reason]

    await until(so)
    return await shown(node)


async def lines(node: Running) -> list[str]:
    return [one.text for one in await node.messages("ops") if one.kind == "notice"]


def stated(node: Running, notice: Notice = Notice.MINIMIZE) -> int:
    """How often it was said, as far as a node knows."""
    (channel,) = node.station.context.member.channels
    return len(node.station.context.store.read.notices(channel, int(notice)))


async def say(node: Running, text: str, *, considered: bool = False) -> str:
    sent = await node.ask(
        SendMessage(
            channel="ops", text=text, label="RESTRICTED", precedence=Urgency.ROUTINE, ack_by=0, reply_to="",
            client_id=text, considered=considered,
        )
    )  # fmt: skip
    return str(sent.entry_id)


async def refused_below_immediate(node: Running) -> None:
    with pytest.raises(Refused) as refused:
        await say(node, f"lunch of {node.code}")
    assert refused.value.clause == "minimize"


async def test_a_nation_that_becomes_a_member_obeys_the_order_of_before(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await a.ask(OrderMinimize(channel="ops", on=True, reason=REASON))
        await a.ask(NameDeputy(channel="ops", person="Officer XAA", until=0))
        await b.ask(NameDeputy(channel="ops", person="Officer XBB", until=0))
        order = (await knows(b)).minimize
        assert order is not None

        async def named() -> bool:
            return len((await shown(a)).deputies) == len((await shown(b)).deputies) == 2

        await until(named)
        before = await lines(b)
        await trio.sleep(SEGMENT)
        assert (stated(a), stated(b)) == (1, 1), "nobody came"

        await a.ask(WidenChannel(channel="ops", nations=("XCC",)))
        channel = await knows(c)
        assert channel.minimize == order, "the same order, of the same time, by the same person"
        await refused_below_immediate(c)
        text = await say(c, "fuel state", considered=True)

        async def came() -> bool:
            return any(one.entry_id == text for one in await a.messages("ops"))

        await until(came)
        (shown_at_a,) = [one for one in await a.messages("ops") if one.entry_id == text]
        assert shown_at_a.flags == (Flag.MINIMIZE_CONSIDERED,)

        async def known() -> bool:
            return [one.person for one in (await shown(c)).deputies] == ["Officer XAA", "Officer XBB"]

        await until(known)
        assert (await shown(c)).deputies == (await shown(a)).deputies
        assert sorted(await lines(c)) == [
            *(f"DEPUTY of {one.nation}: {one.person} since {dtg(one.since)}" for one in (await shown(c)).deputies),
            f"MINIMIZE ON since {dtg(order.since)}: {REASON}",
        ]
        # Who knew it sees no second one; and it is stated once, whatever else comes.
        assert await lines(b) == before
        assert sorted(await lines(a)) == sorted(before)
        await trio.sleep(2 * SEGMENT)
        assert [stated(node) for node in (a, b, c)] == [2, 2, 1]
        assert [stated(node, Notice.DEPUTY) for node in (a, b, c)] == [4, 4, 2]

        await a.ask(OrderMinimize(channel="ops", on=False, reason=""))
        await knows(c, None)
        await say(c, "lunch")
        await town.close()


async def test_a_device_that_joins_later_obeys_it(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {name: device_home(tmp_path, name) for name in ("bo", "bea")})
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await a.ask(OrderMinimize(channel="ops", on=True, reason=REASON))
        await knows(b)
        bo = await joined(town, b, "bo")
        await knows(bo)
        await refused_below_immediate(bo)
        assert stated(a) == 1, "keys of one segment open all of it"
        await bo.ask(NameDeputy(channel="ops", person="Officer bo", until=0))

        await trio.sleep(2 * SEGMENT)
        bea = await joined(town, b, "bea")
        await knows(bea)
        await refused_below_immediate(bea)
        assert (stated(a), stated(bo)) == (2, 2)

        async def named() -> bool:
            return [one.person for one in (await shown(bea)).deputies] == ["Officer bo"]

        await until(named)
        assert stated(b, Notice.DEPUTY) == 2, "who says it of himself says it anew"
        assert len(await lines(bo)) == len(await lines(b)) == 2
        await town.close()


async def test_it_is_stated_once_an_edition_for_who_was_away(
    homes: dict[str, Home], autojump_clock: MockClock, days: None
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await a.ask(OrderMinimize(channel="ops", on=True, reason=REASON))
        await knows(b)
        await trio.sleep(EDITION - 2 * SEGMENT)
        assert stated(b) == 1
        await trio.sleep(3 * SEGMENT)
        assert stated(b) == 2
        await trio.sleep(EDITION)
        assert stated(b) == 3
        assert len(await lines(b)) == 1
        await a.ask(OrderMinimize(channel="ops", on=False, reason=""))
        await trio.sleep(EDITION)
        assert stated(b) == 4, "what was lifted is not stated anew"
        await town.close()


async def test_two_admins_apart_state_it_each_and_nobody_is_alarmed_twice(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {name: device_home(tmp_path, name) for name in ("al", "bea")})
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB"])
        al = await joined(town, a, "al")
        for node in (b, c):
            await al.ask(AddPeer(address=node.address))
            await linked(al, node)
        await until(al.channels)
        await a.ask(ChangeAdmins(channel="ops", add=("Officer al",), remove=()))
        await b.stop()
        await a.ask(OrderMinimize(channel="ops", on=True, reason=REASON))
        await knows(al)
        await a.stop()

        # Who ordered it is away: the other admin lets a nation in, and states it anew a segment later.
        await al.ask(WidenChannel(channel="ops", nations=("XCC",)))
        await until(c.channels)
        assert (await shown(c)).minimize is None
        await trio.sleep(SEGMENT)
        await knows(c)
        assert stated(al) == 2

        # Then all are back. Whatever was said how often meanwhile, and in whichever order it comes: one line, one order.
        a, b = await town.start("XAA"), await town.start("XBB")
        await linked(a, al)
        for node in (a, b, c, al):
            await knows(node)
        await trio.sleep(2 * SEGMENT)
        assert [len(await lines(node)) for node in (a, b, c, al)] == [1, 1, 1, 1]
        assert stated(al) <= 3, "of each admin one at most"
        assert {stated(node) for node in (a, b, al)} == {stated(al)}
        orders = [(await shown(node)).minimize for node in (a, b, c, al)]
        assert len({(order.entry_id, order.since) for order in orders if order}) == 1

        # While both hear each other, one says it.
        before = stated(al)
        bea = await joined(town, b, "bea")
        await knows(bea)
        await trio.sleep(3 * SEGMENT)
        assert {stated(node) for node in (a, b, al)} == {before + 1}
        await town.close()


async def test_who_is_no_admin_states_nothing_anew(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(b.channels)
        await until(c.channels)
        await c.stop()
        ordered = await a.ask(OrderMinimize(channel="ops", on=True, reason=REASON))
        await knows(b)
        # B pretends that the order was lifted, under its own name; and says it once more as it is.
        first = bytes.fromhex(ordered.minimize.entry_id)
        station, since = b.station, ordered.minimize.since
        place = station.sending.place(bytes.fromhex(ordered.id))
        label = Label(station.context.member.policy.hash, 0, frozenset(), frozenset({0, 1, 2}))
        for on, reason, number in ((False, "", 1), (True, REASON, 1), (False, "", 2)):
            refs = (Ref(int(Relation.REISSUE), first),)
            forged = NoticePayload(
                FORMAT, since + 60, False, refs, int(Notice.MINIMIZE), number, on, reason, b"", 0, since
            )  # fmt: skip
            await station.sending.send_text(place, label, forged, Precedence.ROUTINE, None)
        c = await town.start("XCC")
        await knows(c)

        async def all_here() -> bool:
            return stated(c) == 4

        await until(all_here)
        for node in (a, b, c):
            assert (await shown(node)).minimize == ordered.minimize
            texts = await lines(node)
            assert texts.count(f"MINIMIZE ON: {REASON}") == 1, "the order itself has its line everywhere"
            forged_lines = [text for text in texts if text != f"MINIMIZE ON: {REASON}"]
            assert all(text.startswith("NOT IN FORCE, not by an admin") for text in forged_lines)
            assert sum("LIFTED" in text for text in forged_lines) == 2
        await town.close()
