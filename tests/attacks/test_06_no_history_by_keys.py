"""Attack 6 (history sharing): a joiner gets no seed from before its approval, and asking again for old keys gets nothing.

What is handed over is single entries, to a device of the own nation, by a person: what lies beyond its validity or clearance,
what nobody approved, and what a suspended device asks for, stays.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.history import ApproveHistory, AskHistory
from coalchat.api.responses import Sent
from coalchat.errors import NotAuthorised, UnknownDevice
from coalchat.node.history import ASKED, Request
from coalchat.node.membership import Membership
from coalchat.node.passing import otar_header
from coalchat.paths import Home
from protocol.base import crypto
from protocol.base.ids import Tag
from protocol.base.records import evolve
from protocol.keys.keyring import Prekey
from protocol.keys.otar import PrekeyStatement, sign_prekey
from protocol.trust.publication import Revocation, RevocationReason, publication_hash, publish
from protocol.vectors.drbg import Drbg
from tests.fakes.joined import FIRST, HOUR, SEGMENT, device_home, envelope_of, hours, joined, time, until_time
from tests.fakes.nodes import Running, Town, linked, until
from tests.fakes.thief import Thief


async def test_a_joiner_opens_nothing_sealed_before_the_segment_of_its_approval(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {"laptop": device_home(tmp_path, "laptop")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await b.channel("ops", ["XAA", "XBB"])
        await until(a.channels)
        before = envelope_of(b, (await b.send("ops", "before", "SECRET")).entry_id)
        await until_time(a, FIRST + 2 * SEGMENT + HOUR)
        same = envelope_of(b, (await b.send("ops", "same segment", "SECRET")).entry_id)
        await hours(1)
        laptop = await joined(town, a, "laptop")
        await linked(laptop, a)
        first = FIRST // SEGMENT + 2
        headers = [otar_header(c.data) for c in a.station.context.member.controls.of(Tag.OTAR)]
        assert {header.segment for header in headers} == {first}

        # It asks again, and says that it holds nothing.
        member, ring = laptop.station.context.member, laptop.station.holding.ring
        prekey = Prekey(50, Drbg("again")(96))
        await laptop.station.holding.change(lambda ring: evolve(ring, prekeys=(*ring.prekeys, prekey), seeds=()))
        statement = PrekeyStatement(member.coalition.id, 0, member.device, 50, 0, b"", crypto.xwing_public(prekey.seed))
        document = sign_prekey(statement, member.ring.device.key).data
        (session,) = [s for s in a.station.links.register.sessions() if s.peer.device == member.device]
        await session._documents.take(document)

        async def answered() -> bool:
            return laptop.station.holding.ring.seeds != ()

        await until(answered)
        assert {seed.segment for seed in laptop.station.holding.ring.seeds} == {first}
        assert {(s.counter, s.level) for s in ring.seeds} == {
            (s.counter, s.level) for s in laptop.station.holding.ring.seeds
        }
        copy = Thief.of(everyone["laptop"], tmp_path / "copy")
        assert not copy.opens(before)
        assert copy.opens(same), "control: what was sealed since that segment began it opens"
        assert Thief.of(everyone["XAA"], tmp_path / "custodian").opens(before), "control: who was there opens it"
        await until_time(a, FIRST + 4 * SEGMENT + HOUR)
        otars = [c.data for c in a.station.context.member.controls.of(Tag.OTAR)]
        assert all(otar_header(data).segment >= first for data in otars)
        await town.close()


# ------------------------------------------------------------------------------------------------ hand-over


async def greedy(laptop: Running, holder: Running, entries: list[bytes]) -> bytes:
    """A device that asks for whatever it likes, and would take it."""
    history, session = laptop.station.history, laptop.station.links.register.session(member(holder).device)
    assert session is not None
    request = Request(Drbg("greedy")(16), member(holder).device, frozenset(entries), time(laptop))
    await history._keep(ASKED, [request])
    session.speak(lambda sync: sync.ask_history(request.id, sorted(entries)))

    async def there() -> bool:
        return request.id in {one.id for one in holder.station.history.requests()}

    await until(there)
    return request.id


def member(node: Running) -> Membership:
    return node.station.context.member


def named(*messages: Sent) -> list[bytes]:
    return [bytes.fromhex(message.entry_id) for message in messages]


async def late(town: Town, level: str = "RESTRICTED") -> tuple[Running, Running, list[bytes], list[bytes]]:
    """A custodian and a laptop; what was said before the laptop was certified, and after, that it cannot read."""
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    await b.channel("ops", ["XAA", "XBB"])
    await until(a.channels)
    before = named(await b.send("ops", "before", "RESTRICTED"))
    await until_time(a, FIRST + 2 * SEGMENT + HOUR)
    laptop = await joined(town, a, "laptop", level=level)
    await linked(laptop, a)
    await hours(6)
    after = named(await b.send("ops", "after", "RESTRICTED"), await b.send("ops", "above", "SECRET"))

    async def everywhere() -> bool:
        read = (a.station.context.store.read, laptop.station.context.store.read)
        return all(r.entry(name) is not None for r in read for name in (*before, *after))

    await until(everywhere)
    return a, laptop, before, after


@pytest.fixture
def everyone(homes: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return homes | {"laptop": device_home(tmp_path, "laptop")}


async def test_nothing_goes_that_no_person_approved_nor_beyond_validity_and_clearance(
    everyone: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, laptop, before, after = await late(town)
        history, read = a.station.history, laptop.station.context.store.read

        await greedy(laptop, a, after)
        await hours(6)
        assert await laptop.audited("history-taken") == []
        assert await a.audited("history-granted") == []
        name = await greedy(laptop, a, [*before, *after, bytes(32)])
        (request,) = history.requests()
        asker = history.asker(request)
        assert asker is not None
        assert [row.entry_id for row in history.givable(request, asker)] == after[:1], "one of four"
        assert (await a.ask(ApproveHistory(id=name.hex()))).given == 1
        await until(lambda: laptop.audited("history-taken"))
        for closed in (*before, after[1]):
            message = read.message(closed)
            assert message is None or message.kind == 0
        assert "before" not in await laptop.texts("ops")
        # An approval is of one request: the same again has to be approved anew.
        assert await greedy(laptop, a, [*before, *after, bytes(32)]) == name
        await hours(6)
        assert len(await a.audited("history-granted")) == 1
        await town.close()


async def test_a_suspended_device_is_given_nothing(everyone: dict[str, Home], autojump_clock: MockClock) -> None:
    """One of which two prekeys stand at one counter, and one that was revoked while its request waited."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, laptop, _, after = await late(town)
        name = await greedy(laptop, a, after)
        device, history = member(laptop).device, a.station.history
        chain = member(a).directory.chain(member(a).device)
        newest = member(a).directory.publication(0, 0)
        assert newest is not None
        lost = Revocation(device, time(a), int(RevocationReason.LOST))
        publication = evolve(newest, number=newest.number + 1, previous=publication_hash(chain[1]), revocations=(lost,))
        (request,) = history.requests()
        assert history.asker(request) is not None, "control"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(member(a).prekeys), "clashed", lambda prekeys, one: one == device)
            assert history.asker(request) is None
        member(a).apply(publish(publication, a.station.seat.keys.seat.key).data)
        with pytest.raises(NotAuthorised):
            await a.ask(ApproveHistory(id=name.hex()))
        assert await a.audited("history-granted") == []
        assert len(await a.audited("history-refused")) == 1
        assert history.requests() == []
        await town.close()


async def test_what_was_not_asked_for_and_another_nation_end_the_link(
    everyone: dict[str, Home], autojump_clock: MockClock
) -> None:
    """Own devices are believed no more than others: a text that nobody asked for is not slipped in."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, laptop, before, after = await late(town)
        message = a.station.context.store.read.message(before[0])
        assert message is not None
        proof = a.station.history.proving.make(message)

        async def gives(name: bytes, evidence: bytes) -> None:
            session = a.station.links.register.session(member(laptop).device)
            assert session is not None
            await session.give_history(name, evidence)
            with trio.fail_after(60):
                await session.ended.wait()
            await trio.sleep(1)
            await linked(a, laptop)

        await gives(bytes(16), proof)
        await gives(bytes(16), b"")
        await gives(await greedy(laptop, a, after), proof)
        await gives(await greedy(laptop, a, before), proof[:-1] + b"x")
        refused = [one.clause for one in await laptop.audited("link-refused")]
        assert refused[:3] == ["state"] * 3
        assert len(refused) == 4
        held = laptop.station.context.store.read.message(before[0])
        assert held is None or held.kind == 0

        b = next(node for node in town.running if node.code == "XBB")
        waiting = len(a.station.history.requests())
        with pytest.raises(UnknownDevice):
            await b.ask(AskHistory(device=member(a).device.hex(), channel=""))
        session = b.station.links.register.session(member(a).device)
        assert session is not None
        session.speak(lambda sync: sync.ask_history(bytes(16), before))
        with trio.fail_after(60):
            await session.ended.wait()
        assert len(a.station.history.requests()) == waiting
        assert [one.clause for one in await a.audited("link-refused")] == ["state"]
        await town.close()
