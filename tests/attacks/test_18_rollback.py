"""Attack 18 (a re-install that accepts old messages again, a snapshot that is rolled back).

A day-old store and all traffic again: nothing is shown twice. A device that forgot what it wrote, and wrote on: no two
texts share a key, and its peers hold the proof.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import Flag
from coalchat.node.ownfeeds import START_WAIT
from coalchat.paths import Home
from protocol.base.errors import AuthenticationError
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.messages.entry import content_key, open_entry, open_with_content_key
from protocol.messages.feed import FeedRecord
from tests.attacks.objects import ANN, ENTRY, FEED, SEALED, WORLD
from tests.fakes.copies import flags, forks, keep_store, put_store_back, says
from tests.fakes.joined import hours
from tests.fakes.nodes import Running, Town, linked, until

LABEL = "SECRET REL XAA, XBB"


def test_two_texts_at_one_place_share_no_key() -> None:
    """A snapshot that is sealed from again: the same feed, number, predecessor and envelope; another text."""
    other = WORLD.entry(ANN, FEED, SEALED, "another text")
    assert (other.base_data, content_key(SEALED.tek, other.base_data)) == (
        ENTRY.base_data,
        content_key(SEALED.tek, ENTRY.base_data),
    )
    assert other.salt != ENTRY.salt
    assert open_entry(other, SEALED.tek) != open_entry(ENTRY, SEALED.tek)
    # Nothing of the one opens under the other's salt: key and nonce come from it.
    crossed = type(other)(other.id, other.base, other.base_data, ENTRY.salt, other.ct, other.signature, other.data)
    with pytest.raises(AuthenticationError):
        open_with_content_key(crossed, content_key(SEALED.tek, other.base_data))


async def test_all_traffic_again_shows_nothing_twice(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ("XAA", "XBB"))
        await a.send("ops", "one", LABEL)
        await until(lambda: says(b, "one"))
        await b.send("ops", "copy", LABEL)
        await until(lambda: says(a, "one", "copy"))
        await b.stop()
        copy = keep_store(homes["XBB"], tmp_path / "store")
        b = await town.start("XBB")
        await linked(b, a)
        await hours(24)
        await a.send("ops", "two", LABEL)
        await b.send("ops", "copy two", LABEL)
        await until(lambda: says(a, "one", "copy", "two", "copy two"))
        await b.stop()
        put_store_back(homes["XBB"], copy)
        b = await town.start("XBB")
        await linked(b, a)
        await until(lambda: says_all(b, "one", "copy", "two", "copy two"))
        await b.send("ops", "copy three", LABEL)
        await until(lambda: says(a, "one", "copy", "two", "copy two", "copy three"))
        await trio.sleep(60)
        assert len(await b.texts("ops")) == 5
        assert len(await a.texts("ops")) == 5
        assert not forks(a, b)
        await town.close()


async def says_all(node: Running, *wanted: str) -> bool:
    return sorted(await node.texts("ops")) == sorted(wanted)


async def test_a_home_that_forked_itself_goes_on_in_a_new_feed(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    """The whole home is an older copy, and no peer is there when it writes: what nobody can find out in time."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(b, a)
        await a.channel("ops", ("XAA", "XBB"))
        await a.send("ops", "one", LABEL)
        await until(lambda: says(b, "one"))
        await a.stop()
        shutil.copytree(homes["XAA"].path, tmp_path / "copy")
        a = await town.start("XAA")
        await linked(a, b)
        await a.send("ops", "two", LABEL)
        await until(lambda: says(b, "one", "two"))
        await a.stop()
        await b.stop()
        shutil.rmtree(homes["XAA"].path)
        shutil.copytree(tmp_path / "copy", homes["XAA"].path)
        a = await town.start("XAA")
        await trio.sleep(START_WAIT + 1)
        await a.send("ops", "another two", LABEL)
        b = await town.start("XBB")
        await linked(a, b)
        await until(lambda: proven(a, b))
        assert await flags(a) == {"one": (), "another two": (Flag.DISPUTED,)}
        assert await flags(b) == {"one": (), "two": (Flag.DISPUTED,)}
        await a.send("ops", "three", LABEL)
        await until(lambda: says(b, "one", "two", "three"))
        member, read = a.station.context.member, a.station.context.store.read
        rows = read.feeds(device=member.device)
        records = [decode(FeedRecord, read_signed(row.record).body) for row in rows]
        (new,) = [record for record in records if record.predecessor]
        assert new.predecessor == forks(a)[0].feed.id
        assert (await flags(a))["three"] == (await flags(b))["three"] == ()
        await town.close()


async def proven(*nodes: Running) -> bool:
    return len(forks(*nodes)) == len(nodes)
