"""Attack 14 (Sender Keys: a removed member goes on): a revoked device back-dates what it writes, and forks earlier.

What leads to the last good entry that its nation names is accepted late; all else that is new is refused; what was
accepted before stays, and is marked; and every node says the same, whatever came first.
"""

from __future__ import annotations

from pathlib import Path

import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import Flag
from coalchat.node.keeping import tell_marked
from coalchat.paths import Home
from coalchat.store.faces import Transaction
from protocol.messages.verdict import Disowning
from tests.fakes.copies import flags, forks, message, says, twin
from tests.fakes.nodes import Running, Town, linked, until

LABEL = "SECRET REL XAA, XBB, XCC"
GOOD = [f"good {number}" for number in range(1, 5)]
LATE = ["late 5", "late 6"]
AT = 1_790_003_600


def feed_of(node: Running, device: bytes) -> bytes:
    (row,) = [row for row in node.station.context.store.read.feeds(device=device) if row.head_seq > 1]
    return row.feed_id


def last_good(node: Running, device: bytes, seq: int) -> Disowning:
    """What a custodian says who holds what this node holds, and calls the entry at a number the last good one."""
    feed = feed_of(node, device)
    entry = node.station.context.store.read.entry_at(feed, seq)
    assert entry is not None
    return Disowning(0, AT, {feed: (seq, entry.entry_id)})


async def disown(node: Running, device: bytes, disowning: Disowning) -> None:
    """A node learns of a revocation."""
    context = node.station.context
    context.member.verdicts.disownings[device] = (disowning,)

    def tell(tx: Transaction) -> None:
        for row in tx.feeds(device=device):
            tell_marked(tx, context, row.feed_id, context.now())

    await context.store.write(tell)


async def begin(town: Town, tmp_path: Path) -> bytes:
    """XAA has said four good things and two more, to XCC alone; there is a copy of it from after the second."""
    a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
    await town.join_up(a, b, c)
    await a.channel("ops", ("XAA", "XBB", "XCC"))
    await until(b.channels)
    await b.stop()
    for text in GOOD[:2]:
        await a.send("ops", text, LABEL)
    await until(lambda: says(c, *GOOD[:2]))
    await a.stop()
    town.homes = twin(town.homes, "XAA", tmp_path / "twin")
    a = await town.start("XAA")
    await linked(c, a)
    for text in (*GOOD[2:], *LATE):
        await a.send("ops", text, LABEL)
    await until(lambda: says(c, *GOOD, *LATE))
    await a.stop()
    await c.stop()
    return a.station.context.member.device


async def thief(town: Town, *texts: str) -> Running:
    """Who has the copy goes on with it."""
    found = await town.start("twin")
    for text in texts:
        await found.send("ops", text, LABEL)
    return found


EXPECTED = dict.fromkeys(GOOD[:2], ()) | dict.fromkeys(GOOD[2:], (Flag.DISPUTED,))
"""Once the thief has forged: which of the two stood first nobody can say, so the revocation lifts no dispute."""


async def test_what_leads_to_the_last_good_entry_comes_late_and_nothing_else(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        device = await begin(town, tmp_path)
        c = await town.start("XCC")
        last = last_good(c, device, 4)
        await disown(c, device, last)
        b = await town.start("XBB")
        await disown(b, device, last)
        await linked(b, c)
        await until(lambda: says(b, *GOOD))
        assert await flags(b) == dict.fromkeys(GOOD, ())
        assert not b.station.context.store.read.parked_of_feed(next(iter(last.heads)))
        # What XCC had before stays there, with the mark, and in words.
        assert await flags(c) == dict.fromkeys(GOOD, ()) | dict.fromkeys(LATE, (Flag.DISOWNED,))
        disowned = (await message(c, LATE[0])).disowned
        assert disowned is not None
        assert (disowned.nation, disowned.time) == ("XAA", AT)
        t = await thief(town, "forged 3", "forged 4", "forged 5")
        await town.join_up(b, t)
        await until(lambda: proven(b, c))
        await trio.sleep(60)
        assert await flags(b) == EXPECTED
        assert await flags(c) == EXPECTED | dict.fromkeys(LATE, (Flag.DISPUTED, Flag.DISOWNED))
        await town.close()


async def test_who_meets_the_thief_first_takes_nothing_of_him_and_says_the_same(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        device = await begin(town, tmp_path)
        c = await town.start("XCC")
        last = last_good(c, device, 4)
        await c.stop()
        b, t = await town.start("XBB"), await thief(town, "forged 3", "forged 4", "forged 5")
        await disown(b, device, last)
        await town.join_up(b, t)
        await trio.sleep(60)
        assert await b.texts("ops") == []
        await t.stop()
        # What waits is durable, and is no more than that after a restart either.
        assert len(b.station.context.store.read.parked_of_feed(next(iter(last.heads)))) == 4
        await b.stop()
        b = await town.start("XBB")
        await disown(b, device, last)
        assert await b.texts("ops") == []
        c = await town.start("XCC")
        await disown(c, device, last)
        await linked(b, c)
        await until(lambda: says(b, *GOOD))
        await until(lambda: proven(b, c))
        assert await flags(b) == EXPECTED
        assert await flags(c) == EXPECTED | dict.fromkeys(LATE, (Flag.DISPUTED, Flag.DISOWNED))
        await town.close()


async def proven(*nodes: Running) -> bool:
    return len(forks(*nodes)) == len(nodes)
