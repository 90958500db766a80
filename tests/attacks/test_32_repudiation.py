"""Attack 32: repudiation. An officer forks his feed, or his custodian disowns it from its first entry on.

An order and its acknowledgement that others accepted stay, marked, and can still be proven.
"""

from __future__ import annotations

from pathlib import Path

import trio
from trio.testing import MockClock

from coalchat.api.vocabulary import Answer, Flag, State
from coalchat.paths import Home
from protocol.messages.entry import open_with_content_key, read_entry
from protocol.messages.payload import TextPayload, decode_payload
from tests.attacks.test_14_revoked_device import disown, last_good
from tests.fakes.copies import flags, forks, message, says, twin
from tests.fakes.nodes import Running, Town, linked, until

LABEL = "SECRET REL XAA, XBB, XCC"


def proves(node: Running, entry_id: str) -> str:
    """The text that the kept key, the entry and its author's signature prove, whatever became of the envelope's keys."""
    context = node.station.context
    row, kept = context.store.read.message(bytes.fromhex(entry_id)), context.store.read.entry(bytes.fromhex(entry_id))
    assert row is not None
    assert kept is not None
    entry = read_entry(kept.data)
    standing = context.member.directory.standing(row.device, context.now())
    assert standing is not None
    entry.verify(standing.certified.certificate.key)
    payload = decode_payload(open_with_content_key(entry, row.ck))
    assert isinstance(payload, TextPayload)
    return payload.text


async def test_a_custodian_who_disowns_everything_takes_nothing_away(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await b.channel("ops", ("XAA", "XBB"))
        await until(a.channels)
        for text in ("one", "two"):
            await a.send("ops", text, "SECRET REL XAA, XBB")
        order = await b.send("ops", "hold fire", "SECRET REL XAA, XBB")
        await until(lambda: says(a, "one", "two", "hold fire"))
        await a.acknowledge(order.entry_id, Answer.WILCO)

        async def acknowledged() -> bool:
            status = await b.status(order.entry_id)
            return any(row.state is State.ACKNOWLEDGED and row.answer is Answer.WILCO for row in status.deliveries)

        await until(acknowledged)
        device = a.station.context.member.device
        await disown(b, device, last_good(b, device, 1))
        assert await flags(b) == {"one": (), "two": (Flag.DISOWNED,), "hold fire": ()}
        assert await acknowledged()
        two = await message(b, "two")
        assert proves(b, two.entry_id) == "two"
        await town.close()


async def test_a_receipt_names_the_branch_that_its_author_saw(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    """An officer forks at his first entry: the nations hold two orders, and who acknowledged which is on record."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ("XAA", "XBB", "XCC"))
        await a.send("ops", "hello", LABEL)
        for node in (b, c):
            await until(lambda node=node: says(node, "hello"))
        for node in (a, b, c):
            await node.stop()
        town.homes = twin(homes, "XAA", tmp_path / "twin")
        said = {}
        for home, to, text in (("XAA", "XBB", "attack"), ("twin", "XCC", "hold")):
            officer, nation = await town.start(home), await town.start(to)
            await town.join_up(nation, officer)
            said[text] = (await officer.send("ops", text, LABEL)).entry_id
            await until(lambda nation=nation, text=text: says(nation, "hello", text))
            await nation.acknowledge(said[text], Answer.WILCO)
            await officer.stop()
            await nation.stop()
        b, c = await town.start("XBB"), await town.start("XCC")
        await linked(b, c)
        await until(lambda: both(b, c))
        for node, own, other in ((b, "attack", "hold"), (c, "hold", "attack")):
            assert await flags(node) == {"hello": (), own: (Flag.DISPUTED,)}
            assert proves(node, said[own]) == own
            await until(lambda node=node, other=other: on_record(node, said[other]))
        await town.close()


async def both(*nodes: Running) -> bool:
    return len(forks(*nodes)) == len(nodes)


async def on_record(node: Running, entry_id: str) -> bool:
    refused = await node.audited("receipt-refused")
    return any(record.clause == "receipt-branch" and entry_id in record.detail for record in refused)
