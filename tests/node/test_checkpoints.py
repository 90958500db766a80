"""Checkpoints between whole nodes: made once in an edition, given to whom they may be, and held against what stands there."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest
import trio
from trio.testing import MockClock

from coalchat.api.about import Checkpointed
from coalchat.api.emergency import RevokeDevices
from coalchat.api.evidence import CheckEvidence, EvidenceOf, ExportEvidence, Proof
from coalchat.api.vocabulary import RevocationReason
from coalchat.cli.evidence import proof_lines
from coalchat.node.checkpointing import GATHER
from coalchat.node.incoming import Incoming
from coalchat.paths import Home
from coalchat.record import evolve as changed
from protocol.base.ids import Tag
from protocol.base.limits import CHECKPOINT_ENTRIES
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.messages.checkpoint import Checkpoint, Head, make_checkpoint
from protocol.vectors.drbg import Drbg
from tests.fakes.joined import EDITION, FIRST, HOUR, SEGMENT, device_home, until_time
from tests.fakes.keyed import start
from tests.fakes.nodes import Running, Town, linked, until


def checkpoints(node: Running) -> dict[int, Checkpoint]:
    """Those that a node holds, by nation."""
    controls = node.station.context.member.controls.of(Tag.CHECKPOINT)
    found = [decode(Checkpoint, read_signed(control.data).body) for control in controls]
    assert len({one.device for one in found}) == len(found), "of a device one is kept"
    return {one.nation: one for one in found}


def proofs(node: Running) -> set[bytes]:
    """Feeds of which a node holds proofs, in memory and on disk."""
    here = {control.issuer for control in node.station.context.member.controls.of(Tag.CHECKPOINT_PROOF)}
    rows = node.station.context.store.read.documents(int(Tag.CHECKPOINT_PROOF))
    assert sorted(row.issuer for row in rows) == sorted(here)
    return here


def feeds(node: Running, of: Running) -> set[bytes]:
    device = of.station.context.member.device
    return {row.feed_id for row in node.station.context.store.read.feeds(device=device)}


async def covered(node: Running, entry: str) -> Checkpointed | None:
    return (await node.status(entry)).checkpoint


async def proved(node: Running, entry: str) -> Proof:
    made: EvidenceOf = await node.ask(ExportEvidence(id=entry))
    return await node.ask(CheckEvidence(data=made.data))  # type: ignore[no-any-return]


async def test_once_in_an_edition_all_that_was_written_is_signed_post_quantum(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = await town.start("XAA"), await town.start("XBB"), await town.start("XCC", carry=False)
        await town.join_up(a, b, c)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(b.channels)
        await until(c.channels)
        narrow = (await a.send("ops", "for two", "SECRET REL TO XAA, XBB")).entry_id
        await a.send("ops", "for three", "SECRET")
        await until(lambda: b.texts("ops"))
        await until_time(a, FIRST + EDITION - HOUR)
        assert checkpoints(a) == checkpoints(b) == {}
        assert await covered(b, narrow) is None
        await until_time(a, FIRST + EDITION + SEGMENT + HOUR)
        first = checkpoints(a)
        assert first == checkpoints(b) == checkpoints(c)
        assert first[0].leaves == len(feeds(a, a)) == 2
        both, few = feeds(b, a), feeds(c, a)
        assert proofs(b) >= both
        assert (len(both), len(few)) == (2, 1)
        assert proofs(c) & both == few, "of a feed that it may not have it is told nothing but the number of leaves"
        (hidden,) = both - few
        (one,) = a.station.context.member.controls.by(Tag.CHECKPOINT_PROOF, hidden)
        assert [one.is_for(2, carries=carries) for carries in (False, True)] == [False, True], "as the feed itself"
        seen = await covered(b, narrow)
        assert seen == await covered(a, narrow) == Checkpointed(up_to=1, at=first[0].at)
        proof = await proved(b, narrow)
        assert proof.checkpoint == seen
        assert any("post-quantum signed up to number 1 of its feed" in line for line in proof_lines(proof))
        assert any("outlasts quantum computers" in line for line in proof_lines(changed(proof, checkpoint=None)))

        later = (await a.send("ops", "later", "SECRET REL TO XAA, XBB")).entry_id
        await b.stop()
        b = await town.start("XBB")
        await linked(b, a)
        await until(lambda: _has(b, later))
        assert await covered(b, later) is None
        assert await covered(b, narrow) == seen, "also after a start"
        await until_time(a, FIRST + 2 * EDITION + SEGMENT + HOUR)
        second = checkpoints(b)
        assert second[0].number > first[0].number
        assert len(proofs(b)) == len(proofs(a)), "those of the one before are over"
        after = await covered(b, later)
        assert after is not None
        assert await covered(b, narrow) == after
        assert after.at == second[0].at
        await until_time(a, FIRST + 3 * EDITION + 3 * SEGMENT)
        assert checkpoints(b) == second, "who has written nothing since makes none"
        for node in (a, b, c):
            assert not await node.audited("document-refused")
            assert not await node.audited("checkpoint-contradicted")
        await town.close()


async def _has(node: Running, entry: str) -> bool:
    return entry in {message.entry_id for message in await node.messages("ops")}


async def test_after_many_entries_it_does_not_wait(
    homes: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coalchat.node.checkpointing.CHECKPOINT_ENTRIES", 3)
    assert CHECKPOINT_ENTRIES == 4_096
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        for text in ("one", "two"):
            await a.send("ops", text, "SECRET REL TO XAA")
        await trio.sleep(2 * GATHER)
        assert checkpoints(a) == {}
        await a.send("ops", "three", "SECRET REL TO XAA")
        await trio.sleep(2 * GATHER)
        assert set(checkpoints(a)) == {0}
        await town.close()


async def test_another_head_than_stands_here_is_told_once(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    """The device itself lies: it signs a head that it did not send, for a number that comes later."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        first = (await a.send("ops", "first", "SECRET")).entry_id
        await until(lambda: _has(b, first))
        (row,) = [row for row in a.station.context.store.read.feeds() if row.head_seq]
        member = a.station.context.member
        false = Head(row.feed_id, row.record, 2, bytes(range(32)))
        signed, made = make_checkpoint(member.certificate, member.ring.device.key, 1, town.now, [false], Drbg("false"))
        link = Incoming(b.station.context, 0)
        for data in (*made, signed.data):  # the proof waits for what it stands on
            await link.take(data)
        await trio.sleep(2 * GATHER)
        assert not await b.audited("checkpoint-contradicted"), "it has not come so far"
        assert await covered(b, first) is None
        second = (await a.send("ops", "second", "SECRET")).entry_id
        await until(lambda: _has(b, second))
        await trio.sleep(2 * GATHER)
        (line,) = await b.audited("checkpoint-contradicted")
        assert (line.subject, line.nation) == (row.feed_id.hex(), "XAA")
        assert any("does not agree with the checkpoint" in said for said in b.station.warnings())
        assert [await covered(b, entry) for entry in (first, second)] == [None, None]
        assert await b.texts("ops") == ["first", "second"], "it takes nothing away"
        await b.stop()
        b = await town.start("XBB")
        await trio.sleep(2 * GATHER)
        assert len(await b.audited("checkpoint-contradicted")) == 1
        assert any("does not agree with the checkpoint" in said for said in b.station.warnings())

        # What a peer invents is refused; what is over is passed over, and is no fault of who brings it.
        link = Incoming(b.station.context, 0)
        other, others = make_checkpoint(
            member.certificate, member.ring.device.key, 1, town.now, [attrs.evolve(false, seq=1)], Drbg("other")
        )
        await link.take(other.data)
        await link.take(others[0])
        newer, newest = make_checkpoint(
            member.certificate, member.ring.device.key, 5, town.now, [attrs.evolve(false, seq=1)], Drbg("newer")
        )
        await link.take(newer.data)
        await link.take(made[0])
        assert [line.clause for line in await b.audited("document-refused")] == ["replay", "authentication"]
        assert proofs_in_memory(b) == set(), "those of the one before are over"
        await link.take(newest[0])
        assert proofs_in_memory(b) == {row.feed_id}
        await town.close()


def proofs_in_memory(node: Running) -> set[bytes]:
    return {control.issuer for control in node.station.context.member.controls.of(Tag.CHECKPOINT_PROOF)}


async def test_of_a_revoked_device_none_counts_any_more(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    """What was taken before stays; who holds its keys now makes no other. It is no fault of who brings it."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {"laptop": device_home(tmp_path, "laptop")})
        a, b, laptop = await start(town)
        await laptop.send("ops", "before", "SECRET")
        await until(lambda: b.texts("ops"))
        (row,) = [row for row in laptop.station.context.store.read.feeds() if row.head_seq]
        member = laptop.station.context.member
        head = Head(row.feed_id, row.record, row.head_seq, row.head_id)

        def made(number: int) -> tuple[bytes, ...]:
            signed, proofs = make_checkpoint(
                member.certificate, member.ring.device.key, number, town.now, [head], Drbg(f"made {number}")
            )
            return (signed.data, *proofs)

        link = Incoming(b.station.context, 0)
        for data in made(1):
            await link.take(data)
        (before,) = b.station.context.member.controls.of(Tag.CHECKPOINT)
        await a.ask(RevokeDevices(device=member.device.hex(), person="", reason=RevocationReason.LOST, rehearse=False))
        await until(lambda: _revoked(b, member.device))
        for data in made(2):
            await link.take(data)
        await link.settled()
        assert not await b.audited("document-refused")
        assert b.station.context.member.controls.of(Tag.CHECKPOINT) == (before,)
        assert proofs(b) == {row.feed_id}
        await b.stop()
        b = await town.start("XBB")
        assert b.station.context.member.controls.of(Tag.CHECKPOINT) == (before,)
        assert proofs(b) == {row.feed_id}
        await town.close()


async def _revoked(node: Running, device: bytes) -> bool:
    member = node.station.context.member
    standing = member.directory.standing(device, node.station.context.now())
    return standing is not None and standing.revoked is not None
