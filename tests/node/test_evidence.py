"""Evidence made by real nodes: while a body is kept, of messages and receipts, whatever became of their author."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.evidence import CheckEvidence, EvidenceOf, ExportEvidence, Proof
from coalchat.api.vocabulary import Answer, Flag, State
from coalchat.custody.evidence import check_by_charter
from coalchat.custody.founding import Terms
from coalchat.errors import Expired, PeerCorrupt, UnknownMessage, UsageError
from coalchat.paths import Home
from coalchat.record import evolve as changed
from protocol.base.crypto import HPKE_OVERHEAD
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.trust.founding import CharterFile, SealedSecret
from protocol.trust.publication import Revocation, RevocationReason, publication_hash, publish
from tests.fakes.joined import DAY, FIRST, HOUR, SEGMENT, device_home, joined, until_time
from tests.fakes.keyed import texts
from tests.fakes.nodes import NOW, Running, Town, copy_homes, found_homes, linked, until


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """Keys are held for three days and bodies kept for four."""
    base = tmp_path_factory.mktemp("brief")
    return found_homes(base, ("XAA", "XBB"), terms=Terms("Brief", retention=4 * DAY))


@pytest.fixture
def homes(brief: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return copy_homes(brief, tmp_path)


async def export(node: Running, name: str) -> EvidenceOf:
    return await node.ask(ExportEvidence(id=name))  # type: ignore[no-any-return]


async def check(node: Running, data: bytes) -> Proof:
    return await node.ask(CheckEvidence(data=data))  # type: ignore[no-any-return]


def charter_of(node: Running) -> bytes:
    """The charter's file, as a court may have it: the secrets that were sealed in it are of no use to it."""
    documents = node.station.context.store.read.all_documents()

    def of(tag: Tag) -> list[bytes]:
        return [row.data for row in documents if row.tag == tag]

    (charter,), (policy,) = of(Tag.CHARTER), of(Tag.POLICY)
    secrets = tuple(SealedSecret(index, bytes(HPKE_OVERHEAD + 32)) for index in range(2))
    file = CharterFile(charter, policy, tuple(of(Tag.CHARTER_SIGNATURE)), secrets)
    return encode(file)


async def test_it_is_made_while_the_body_is_kept_and_holds_when_all_keys_are_gone(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        order = (await a.send("ops", "hold at PL RED", "SECRET")).entry_id
        await texts(b, ["hold at PL RED"])
        await b.acknowledge(order, Answer.CAVEAT, "by day only")

        async def answered() -> tuple[str, ...]:
            return (await export(a, order[:12])).acknowledgements

        (receipt,) = await until(answered)
        # The keys are erased by now.
        await until_time(a, FIRST + SEGMENT + 3 * DAY + HOUR)
        made, given = await export(b, order), await export(a, receipt)
        proof = await check(a, made.data)
        assert (proof.person, proof.nation, proof.device, proof.kind, proof.text) == (
            "Officer XAA",
            "XAA",
            1,
            "text",
            "hold at PL RED",
        )
        assert (proof.marking, proof.entry_id, proof.run) == ("MISSION SECRET REL XAA, XBB", order, 0)
        answer = await check(b, given.data)
        assert (answer.person, answer.state, answer.answer, answer.text, answer.covered) == (
            "Officer XBB",
            State.ACKNOWLEDGED,
            Answer.CAVEAT,
            "by day only",
            (order,),
        )
        assert [one.subject for one in await b.audited("evidence-exported")] == [order]
        assert proof.checkpoint is not None, "by now its author has made one"
        bare = changed(proof, checkpoint=None)
        assert check_by_charter(charter_of(b), made.data) == bare, "the evidence brings none along"
        with pytest.raises(PeerCorrupt):
            await check(b, made.data[:-1] + b"\x7f")

        await until_time(a, FIRST + SEGMENT + 4 * DAY + HOUR)
        for name in (order, receipt):
            with pytest.raises(Expired, match="purged: retention ended"):
                await export(a, name)
        assert check_by_charter(charter_of(a), made.data) == bare, "what was exported goes on proving"
        with pytest.raises(UnknownMessage):
            await export(a, "f" * 64)
        await town.close()


async def test_a_revoked_device_is_held_to_what_it_said(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {"laptop": device_home(tmp_path, "laptop")})
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        laptop = await joined(town, a, "laptop")
        await linked(laptop, a)
        await a.channel("ops", ["XAA", "XBB"])
        await until(laptop.channels)
        order = (await laptop.send("ops", "all clear", "SECRET")).entry_id
        await texts(b, ["all clear"])
        before = await export(b, order)

        member = a.station.context.member
        (control,) = member.controls.of(Tag.PUBLICATION)[-1:]
        newest = member.directory.publication(0, 0)
        assert newest is not None
        lost = Revocation(laptop.station.context.member.device, NOW, int(RevocationReason.COMPROMISED))
        publication = evolve(
            newest, number=newest.number + 1, previous=publication_hash(control.data), revocations=(lost,)
        )
        b.station.context.member.apply(publish(publication, a.station.seat.keys.seat.key).data)
        standing = b.station.context.member.directory.standing(lost.device, NOW)
        assert standing is not None
        assert standing.revoked == lost
        assert await export(b, order) == before
        assert (await check(b, before.data)).text == "all clear"
        await town.close()


async def test_what_was_never_read_here_proves_nothing(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {"laptop": device_home(tmp_path, "laptop")})
        a = await town.start("XAA")
        await a.channel("ops", ["XAA", "XBB"])
        await a.send("ops", "before", "SECRET REL XAA")
        await until_time(a, FIRST + 2 * SEGMENT + HOUR)
        laptop = await joined(town, a, "laptop")
        await linked(laptop, a)

        async def shown() -> object:
            return await laptop.texts("ops")

        await until(shown)
        (message,) = await laptop.messages("ops")
        assert message.flags == (Flag.UNREADABLE,)
        with pytest.raises(UsageError, match="cannot be read here"):
            await export(laptop, message.entry_id)
        await town.close()
