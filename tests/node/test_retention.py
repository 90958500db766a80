"""Bodies are purged when their retention is over: own, received and carried; the headers stay, and go on to who comes later."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.events import MessagePurged
from coalchat.api.requests import AddPeer, RemovePeer, ShowKeys
from coalchat.api.responses import Keys
from coalchat.api.vocabulary import Answer, Flag, State
from coalchat.cli.keys import key_lines
from coalchat.cli.reading import message_lines
from coalchat.custody.founding import Terms
from coalchat.errors import AlreadyExists
from coalchat.node.retaining import Retaining
from coalchat.node.times import dtg
from coalchat.paths import Home
from coalchat.record import evolve
from coalchat.store.sql import Sql
from protocol.messages.entry import read_any_entry, read_entry, read_header
from tests.fakes.insider import Insider
from tests.fakes.joined import DAY, FIRST, HOUR, SEGMENT, device_home, joined, until_time
from tests.fakes.keyed import texts
from tests.fakes.nodes import Running, Town, copy_homes, found_homes, linked, until

CANARY = "the bridge at dawn"
OVER = FIRST + SEGMENT + DAY
"""When what was said in the first segment is purged."""
WORDS = f"purged: retention ended {dtg(OVER)}"


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """Homes of a coalition that keeps bodies for a day, and keys for three."""
    base = tmp_path_factory.mktemp("brief")
    return found_homes(base, ("XAA", "XBB", "XCC"), terms=Terms("Brief", retention=DAY))


@pytest.fixture
def homes(brief: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return copy_homes(brief, tmp_path)


def everything(node: Running) -> bytes:
    """All that a node's store holds, opened, table by table."""
    sql: Sql = node.station.context.store.read.sql
    names = [row[0] for row in sql.run("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = [row for name in names for row in sql.run(f"SELECT * FROM {name}")]
    return b"".join(v if isinstance(v, bytes) else str(v).encode() for row in rows for v in row)


def whole(node: Running) -> list[bool]:
    """Of each entry, whether its ciphertext is here."""
    read = node.station.context.store.read
    rows = [row for feed in read.feeds() for row in read.entries_from(feed.feed_id, 1, 999)]
    assert all(read_any_entry(row.data).bare == row.bare for row in rows)
    assert all(read_any_entry(row.data).id == row.entry_id for row in rows)
    return [not row.bare for row in rows]


async def test_what_is_over_is_purged_everywhere_and_named(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"late": device_home(tmp_path, "late")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, c = await town.start("XAA"), await town.start("XBB"), await town.start("XCC")
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        sent = await a.send("ops", CANARY, "SECRET", key="once")
        await texts(b, [CANARY])
        await b.acknowledge(sent.entry_id, Answer.WILCO, "by " + CANARY)

        async def answered() -> bool:
            return any(row.answer is Answer.WILCO for row in (await a.status(sent.entry_id)).deliveries)

        await until(answered)
        name, sent_at = bytes.fromhex(sent.entry_id), (await b.messages("ops"))[0].author_time
        await until_time(a, OVER - HOUR)
        assert all(whole(c)), "what is carried is kept as long as what is read"
        assert await b.texts("ops") == [CANARY]
        assert CANARY.encode() in everything(a)
        kept = c.station.context.store.read.entry(name)
        assert kept is not None

        await until_time(a, OVER + 60)
        for node in (a, b, c):
            assert not any(whole(node)), node.code
            assert CANARY.encode() not in everything(node), node.code
            row = node.station.context.store.read.entry(name)
            assert row is not None
            read_header(row.data).verify(a.station.context.member.certificate.key)
        for node in (a, b):
            (line,) = await node.messages("ops")
            assert (line.text, line.flags, line.author_person, line.portion) == (
                WORDS,
                (Flag.PURGED,),
                "Officer XAA",
                "S",
            )
            assert (line.kind, line.author_time) == ("text", sent_at)
            assert any(WORDS in text for text in message_lines(line, exercise=False))
            assert await node.events(MessagePurged) == [
                MessagePurged(channel_id=line.channel_id, entry_id=sent.entry_id)
            ]
            assert [one.detail for one in await node.audited("bodies-purged")] != []
            message = node.station.context.store.read.message(name)
            assert message is not None
            assert message.ck == b""
        assert await c.audited("bodies-purged") == [], "of what is only carried nothing is told"
        (answer,) = [row for row in (await a.status(sent.entry_id)).deliveries if row.answer is not None]
        assert (answer.answer, answer.reason) == (Answer.WILCO, WORDS)

        # Its sender's program asks again: nothing is sent twice, whatever it says now.
        again = await a.send("ops", "something else", "SECRET", key="once")
        assert (again.entry_id, again.repeated) == (sent.entry_id, True)
        with pytest.raises(AlreadyExists):
            await a.send("ops", "something else", "RESTRICTED", key="once")

        # Who comes later is given the headers, and what came after them whole.
        await a.send("ops", "and goes on", "SECRET")
        late = await joined(town, b, "late")
        await linked(late, b)
        await texts(late, ["and goes on"])
        assert sorted(set(whole(late))) == [False, True]
        assert late.station.context.store.read.entry(name) is not None
        assert await late.audited("entry-refused") == []

        # The same entry, whole, from who kept it: nothing of it is taken up again.
        insider = await Insider.dial(town, as_device=c, to=b)
        insider.offer(kept.data)
        await insider.speak(5)
        assert CANARY.encode() not in everything(b)
        row = b.station.context.store.read.entry(name)
        assert row is not None
        assert row.bare
        assert (await b.texts("ops"))[0] == WORDS
        await town.close()


async def test_a_header_is_not_taken_for_a_message_before_its_time(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """A relay that passes on less cannot make a message vanish: who brings the whole entry is still listened to."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = await town.start("XAA"), await town.start("XBB"), await town.start("XCC")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await a.send("ops", "first", "SECRET")
        await texts(b, ["first"])
        await b.ask(RemovePeer(address=a.address))
        sent = await a.send("ops", CANARY, "SECRET")
        row = a.station.context.store.read.entry(bytes.fromhex(sent.entry_id))
        assert row is not None
        first = a.station.context.store.read.entry_at(row.feed_id, 1)
        assert first is not None

        insider = await Insider.dial(town, as_device=c, to=b)
        insider.offer(first.data, read_entry(row.data).header)
        await insider.speak(5)
        (refused,) = await b.audited("entry-refused")
        assert (refused.subject, refused.clause) == (sent.entry_id, "state")
        assert b.station.context.store.read.entry(row.entry_id) is None
        await insider.hang_up()
        await b.ask(AddPeer(address=a.address))
        await texts(b, ["first", CANARY])
        await town.close()


async def test_a_device_that_was_off_purges_at_its_start_and_a_stop_in_between_loses_no_step(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA"])
        for number in range(5):
            await a.send("ops", f"{CANARY} {number}", "SECRET")
        await a.stop()
        await trio.sleep(2 * DAY)
        town.now += 400 * DAY
        a = await town.start("XAA")
        await trio.sleep(HOUR)
        assert all(CANARY in text for text in await a.texts("ops")), "a clock in doubt purges nothing"
        assert all(whole(a))
        await a.stop()
        town.now -= 400 * DAY
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("coalchat.node.retaining.BATCH", 2)
            patch.setattr(Retaining, "purge", _one_batch)
            a = await town.start("XAA")
            await trio.sleep(1)
            assert whole(a) == [False, False, False, False, True], "at its start, and when the segment has begun"
            assert [CANARY in text for text in await a.texts("ops")] == [False, False, False, False, True]
            await a.stop()
        a = await town.start("XAA")
        assert not any(whole(a))
        assert set(await a.texts("ops")) == {WORDS}
        assert [one.detail for one in await a.audited("bodies-purged")] == ["2", "2", "1"]
        assert a.station.context.store.read.kept_envelopes(99_999_999) == []
        await town.close()


async def _one_batch(part: Retaining) -> None:
    """The node is killed after a commit."""
    names = list(part._over())
    await part.context.store.write(lambda tx: part._batch(tx, names, part.context.now()))


async def test_until_when_bodies_are_kept_is_shown(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        keys = await a.ask(ShowKeys())
        assert {level.bodies_until for level in keys.levels} == {OVER}
        assert any(line.endswith(f"texts of now until {dtg(OVER)}") for line in key_lines(keys))
        assert any(line.endswith("texts of now without end") for line in key_lines(_endless(keys)))
        await town.close()


def _endless(keys: Keys) -> Keys:
    return evolve(keys, levels=tuple(evolve(level, bodies_until=0) for level in keys.levels))


async def test_what_comes_after_its_retention_is_counted_and_not_kept(
    homes: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here keys are held longer than bodies are: what comes on the second day opens, and is not kept."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        sent = await a.send("ops", "order", "SECRET")
        await texts(b, ["order"])
        await b.ask(RemovePeer(address=a.address))
        await a.send("ops", CANARY, "SECRET")
        await b.acknowledge(sent.entry_id, Answer.CAVEAT, CANARY)
        monkeypatch.setattr(Retaining, "purge", _never)
        await until_time(a, OVER + HOUR)
        assert all(whole(a))
        await b.ask(AddPeer(address=a.address))
        await texts(b, ["order", WORDS])

        async def answered() -> bool:
            rows = (await a.status(sent.entry_id)).deliveries
            return any((row.answer, row.reason) == (Answer.CAVEAT, WORDS) for row in rows)

        await until(answered)
        await trio.sleep(60)
        second = (await b.messages("ops"))[1]
        assert (second.author_person, second.flags) == ("Officer XAA", (Flag.PURGED,))
        rows = (await a.status(second.entry_id)).deliveries
        assert {row.state for row in rows} == {State.SENT}, "nobody has it, and nobody says so"
        kept = b.station.context.store.read.entry(bytes.fromhex(second.entry_id))
        assert kept is not None
        assert kept.bare
        message = b.station.context.store.read.message(kept.entry_id)
        assert message is not None
        assert (message.payload, message.ck) == (b"", b"")
        await town.close()


async def _never(part: Retaining) -> None:
    """These nodes have not come to it yet."""
