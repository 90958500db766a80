"""Attack 6 (history sharing): a joiner gets no seed from before its approval, and asking again for old keys gets nothing.

Hand-over of history is not built: there is no request that could be answered with an older key.
"""

from __future__ import annotations

from pathlib import Path

import trio
from trio.testing import MockClock

from coalchat.node.passing import otar_header
from coalchat.paths import Home
from protocol.base import crypto
from protocol.base.ids import Tag
from protocol.base.records import evolve
from protocol.keys.keyring import Prekey
from protocol.keys.otar import PrekeyStatement, sign_prekey
from protocol.vectors.drbg import Drbg
from tests.fakes.joined import FIRST, HOUR, SEGMENT, device_home, envelope_of, hours, joined, until_time
from tests.fakes.nodes import Town, linked, until
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
        await session._document(document)

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
