"""Retractions over whole nodes: bodies go, headers stay, devices say so, and whoever has not is named."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.events import MessageMarked, MessagePurged
from coalchat.api.evidence import ExportEvidence
from coalchat.api.versions import Recalled, RecallMessage
from coalchat.api.vocabulary import Answer, Flag
from coalchat.errors import Expired, UsageError
from coalchat.paths import Home
from protocol.base.records import decode
from protocol.messages.payload import FORMAT
from protocol.messages.versions import Recall, RetractionPayload
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey
from tests.fakes.nodes import NOW, Running, Town, until
from tests.node.test_corrections import correct
from tests.node.test_hostile import scene
from tests.node.test_quotes import reads

Row = tuple[str, str | None, bool]


async def recall(node: Running, name: str, *, spill: bool = False) -> Recalled:
    return await node.ask(RecallMessage(id=name, spill=spill))  # type: ignore[no-any-return]


async def confirmed(node: Running, name: str) -> list[Row]:
    return [(one.nation, one.person, one.at > 0) for one in (await node.status(name)).confirmations]


def kept(node: Running, name: str) -> tuple[bytes, bytes]:
    row = node.station.context.store.read.message(bytes.fromhex(name))
    assert row is not None
    return row.payload, row.ck


async def test_a_spill_is_recalled_and_who_confirms_the_purge_is_named(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        for node in (b, c):
            await until(node.channels)
        first = (await a.send("ops", "the agent is KOWAL", "RESTRICTED")).entry_id
        await reads(b, "ops", "the agent is KOWAL")
        await reads(c, "ops", "the agent is KOWAL")
        second = (await correct(a, first, "the agent is still KOWAL")).entry_id

        async def two() -> bool:
            return all([len(await node.messages("ops")) == 2 for node in (b, c)])

        await until(two)
        await b.ask(ExportEvidence(id=first))
        await c.stop()

        told = await recall(a, second, spill=True)
        assert (set(told.recalled), told.spill, told.repeated) == ({first, second}, True, False)
        again = await recall(a, first, spill=True)
        assert (again.entry_id, again.repeated) == (told.entry_id, True)

        async def known() -> bool:
            return await confirmed(a, first) == [("XBB", "Officer XBB", True), ("XCC", "Officer XCC", False)]

        await until(known)
        for node in (a, b):
            for name in (first, second):
                assert kept(node, name) == (b"", b"")
                with pytest.raises(Expired, match="recalled by its author"):
                    await node.ask(ExportEvidence(id=name))
            old, new, notice = await node.messages("ops")
            assert [one.flags[:2] for one in (old, new)] == [(Flag.PURGED, Flag.RECALLED)] * 2
            assert old.text.startswith("recalled by its author ")
            assert (old.author_person, old.marking, old.read) == ("Officer XAA", new.marking, old.read)
            assert (notice.kind, notice.recalls) == ("retraction", tuple(sorted((first, second))))
            assert notice.text.startswith("SPILL: ")
            assert "KOWAL" not in repr(await node.messages("ops"))
            assert [one.detail for one in await node.audited("message-recalled")] == ["2 of 2, spill"]
        assert {one.entry_id for one in await b.events(MessagePurged)} == {first, second}
        assert {one.entry_id for one in await a.events(MessageMarked)} >= {first, second}
        (line, *_) = await a.messages("ops")
        assert line.recall is not None
        assert (line.recall.spill, line.recall.confirmed, line.recall.asked) == (True, 1, 2)
        with pytest.raises(Expired):
            await b.send("ops", "quoted", "SECRET", quotes=[first])

        # Who was away hears of it when he comes back; then nobody is missing.
        back = await town.start("XCC")

        async def all_of_them() -> bool:
            return [at for *_, at in await confirmed(a, second)] == [True, True]

        await until(all_of_them)
        assert kept(back, first) == (b"", b"")
        assert len(await a.audited("receipt-refused")) == 0
        await town.close()


async def test_what_is_recalled_before_it_comes_is_kept_without_its_body(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """XBB meets all of it at once, after the recall; it answers the recall, and says nothing of a text it never showed."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        await b.stop()
        order = (await a.send("ops", "hold at PL RED", "SECRET")).entry_id
        await recall(a, order)
        b = await town.start("XBB")

        async def known() -> bool:
            return await confirmed(a, order) == [("XBB", "Officer XBB", True)]

        await until(known)
        line, notice = await b.messages("ops")
        assert line.flags == (Flag.PURGED, Flag.RECALLED)
        assert notice.text.startswith(f"recalls {order[:12]}: ")
        assert kept(b, order) == (b"", b"")
        with pytest.raises(UsageError):
            await b.acknowledge(notice.entry_id, Answer.CAVEAT)
        await town.close()


async def test_nobody_recalls_what_another_said(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        (said,) = await s.c.messages("ops")
        with pytest.raises(UsageError, match="only who said it"):
            await recall(s.c, said.entry_id)
        message = s.c.station.context.store.read.message(bytes.fromhex(said.entry_id))
        assert message is not None
        sending, release = s.c.station.sending, decode(ReleaseKey, message.release)
        payload = RetractionPayload(FORMAT, NOW, False, (), (message.entry_id,), int(Recall.SPILL))
        await sending.post(sending.place(message.channel), release, payload, Precedence.ROUTINE)
        await s.c.send("ops", "control", "SECRET")
        await reads(s.b, "ops", "true", "control")
        (refused,) = await s.b.audited("entry-refused")
        assert (refused.nation, refused.clause) == ("XCC", "recall")
        assert (await s.b.status(said.entry_id)).recall is None
        await s.town.close()
