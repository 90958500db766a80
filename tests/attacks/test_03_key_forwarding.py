"""Attack 3 (Matrix key forwarding): keys count only as the word of a custodian of the own nation, whoever brings them.

Entries under another nation's envelope: tests/node/test_insiders.py. Here: OTARs and publications.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.node.membership import Membership
from coalchat.paths import Home
from protocol.base.errors import RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import SigningKey, read_signed, sign
from protocol.keys.otar import Otar
from protocol.trust.credential import custodian_id
from protocol.trust.publication import Publication
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, device_home, joined, until_time
from tests.fakes.nodes import Running, Town, linked

Forge = Callable[[Otar, Membership, SigningKey, SigningKey], bytes]


def by(nation: int, member: Membership, otar: Otar, key: SigningKey) -> bytes:
    return sign(Tag.OTAR, custodian_id(member.coalition.id, nation, 0), encode(otar), key).data


FORGERIES: dict[str, Forge] = {
    "by another device": lambda otar, member, _, device: by(0, member, otar, device),
    "by another nation's custodian, in his own name": lambda otar, member, other, _: by(1, member, otar, other),
    "by another nation's custodian, in ours": lambda otar, member, other, _: by(0, member, otar, other),
    "by him, for his own nation": lambda otar, member, other, _: by(
        1, member, evolve(otar, header=evolve(otar.header, nation=1)), other
    ),
}


@pytest.mark.parametrize("forged", FORGERIES, ids=str)
async def test_an_otar_that_no_custodian_of_the_own_nation_signed(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock, forged: str
) -> None:
    everyone = homes | {name: device_home(tmp_path, name) for name in ("laptop", "radio")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b = await town.start("XAA"), await town.start("XBB")
        laptop = await joined(town, a, "laptop")
        radio = await joined(town, a, "radio")
        await linked(laptop, a)
        await town.join_up(b, laptop)
        await until_time(a, FIRST + 8 * HOUR)  # it has stated a prekey
        town.network.cut("xaa", "laptop")
        await until_time(a, FIRST + EDITION - DAY + HOUR)
        mine = laptop.station.context.member.device
        good = [c.data for c in a.station.context.member.controls.of(Tag.OTAR) if (c.issuer, c.number) == (mine, 2)]
        assert len(good) == 2
        other = b.station.context.member.ring.custodian[0].seat.key
        device = radio.station.context.member.ring.device.key
        before = laptop.station.holding.ring
        (session,) = laptop.station.links.register.sessions()
        for data in good:
            otar = decode(Otar, read_signed(data, Tag.OTAR).body)
            await session._documents.take(FORGERIES[forged](otar, laptop.station.context.member, other, device))
        await trio.sleep(60)
        assert laptop.station.holding.ring.seeds == before.seeds
        refused = await laptop.audited("document-refused")
        assert len(refused) == 2
        assert {record.nation for record in refused} == {"XBB"}
        for data in good:  # control: the very same, as its custodian signed it, by the same hand
            await session._documents.take(data)
        await trio.sleep(60)
        assert {seed.counter for seed in laptop.station.holding.ring.seeds} == {1, 2}
        await town.close()


def republished(a: Running, b: Running, key: SigningKey, name: int) -> bytes:
    """XAA's next publication, signed by somebody else."""
    member = a.station.context.member
    (newest,) = member.directory.publications(0)
    publication: Publication = evolve(newest, number=newest.number + 1, issued=b.station.context.now())
    return sign(Tag.PUBLICATION, custodian_id(member.coalition.id, name, 0), encode(publication), key).data


async def test_a_publication_that_its_own_custodian_did_not_sign(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        before = b.station.context.member.directory.publications(0)
        assert before == ()
        await town.join_up(a, b)
        (before_,) = b.station.context.member.directory.publications(0)
        (session,) = b.station.links.register.sessions()
        theirs = b.station.context.member.ring.custodian[0].seat.key
        own_device = a.station.context.member.ring.device.key
        for key, name in ((theirs, 0), (theirs, 1), (own_device, 0)):
            data = republished(a, b, key, name)
            with pytest.raises(RemoteProtocolError):
                b.station.context.member.apply(data)
            await session._documents.take(data)
        assert b.station.context.member.directory.publications(0) == (before_,)
        assert len(await b.audited("document-refused")) == 3
        await town.close()
