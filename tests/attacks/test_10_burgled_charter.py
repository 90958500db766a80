"""Attack 10 (Roesler and others 2018, burgling into a group): who is no admin, or one signature short, changes nothing.

An insider with a link, a random key, and a nation that would like more: none of them edits a channel's members or
ceiling, or the charter. The controls: an admin, and all signatures, do.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.amendment import AdmitNation, WidenChannel
from coalchat.errors import NotAuthorised
from coalchat.node.amending import _offer
from coalchat.paths import Home
from protocol.base.errors import RemoteProtocolError
from protocol.base.records import evolve
from protocol.base.signed import SigningKey
from protocol.trust.access import Clearance
from protocol.trust.amending import read_round, sign_round
from protocol.trust.amendment import Gathering
from protocol.trust.channel import sign_revision
from tests.fakes.amended import newcomer, signed
from tests.fakes.nodes import Running, Town, linked, until


async def start(nursery: trio.Nursery, homes: dict[str, Home]) -> tuple[Town, Running, Running]:
    town = Town(nursery, homes)
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    await a.channel("ops", ["XAA", "XBB"], "SECRET")
    await until(b.channels)
    return town, a, b


@pytest.mark.parametrize(
    "changes", [{"members": (0, 1, 2)}, {"ceiling": Clearance(3, ())}, {"admins": (bytes(16),)}], ids=str
)
async def test_who_is_no_admin_edits_no_channel(
    homes: dict[str, Home], changes: dict[str, object], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b = await start(nursery, homes)
        mine, theirs = a.station.context.member, b.station.context.member
        (known,) = mine.channels.values()
        more = evolve(known, number=1, previous=known.hash, **changes)
        random = SigningKey(bytes(range(32)))
        for forged in (
            sign_revision(more, theirs.device, theirs.ring.device.key),
            sign_revision(more, mine.device, theirs.ring.device.key),
            sign_revision(more, mine.device, random),
            sign_revision(more, bytes(16), random),
        ):
            with pytest.raises(RemoteProtocolError):
                mine.apply(forged.data)
            assert mine.channels[known.channel] == known
        with pytest.raises(NotAuthorised):
            await b.ask(WidenChannel(channel="ops", nations=("XCC",)))
        assert mine.apply(sign_revision(more, mine.device, mine.ring.device.key).data)[1], "control: an admin does"
        await town.close()


async def test_an_amendment_one_signature_short_is_refused_over_a_link(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    new = await trio.to_thread.run_sync(newcomer, tmp_path, "XDD")
    async with trio.open_nursery() as nursery:
        town, a, b = await start(nursery, homes)
        before = a.station.context.member.coalition
        drafted = await a.ask(AdmitNation(offer=new.offer))
        file = (await signed(drafted.file, b)).file
        short = read_round(await new.sign(file, town.now))
        assert not short.complete

        # XBB, who would like XDD in, acts as if it were in force, and signs for the one that is missing.
        member = b.station.context.member
        ring = member.ring.custodian[0].root[0].key
        gathering = Gathering(limit=0)
        for data in short.documents:
            gathering.take(data)
        assert gathering.ripe(member.coalition) is None
        with pytest.raises(RemoteProtocolError):
            sign_round(short, 2, ring, bytes(96))
        _offer(member, 1, short.documents)
        await a.stop()
        a = await town.start("XAA")
        await linked(b, a)
        assert a.station.context.member.coalition == before
        refused = await a.audited("document-refused")
        assert [(r.nation, r.clause) for r in refused] == [("XBB", "state")]
        assert await a.audited("charter-amended") == []

        # The control: with the last signature it is in force, at once.
        c = await town.start("XCC")
        done = await new.sign((await signed(file, c)).file, town.now)
        assert (await signed(done, a)).in_force
        assert a.station.context.member.coalition.codes == ("XAA", "XBB", "XCC", "XDD")
        await town.close()
