"""Attack 27: a device, or a custodian, shows different heads to two nations.

Once the two meet, in whatever order, both hold the proof and say the same; nothing that was accepted before goes away.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import trio
from trio.testing import MockClock

from coalchat.api.events import MessageMarked
from coalchat.api.vocabulary import Flag
from coalchat.custody.keying import certify_custodian
from coalchat.node.keeping import keep_control
from coalchat.paths import Home
from protocol.base.ids import Tag
from protocol.base.records import evolve
from protocol.base.signed import Signed
from protocol.trust.credential import custodian_id
from protocol.trust.publication import Publication, publication_hash, publish
from tests.fakes.copies import flags, forks, says, twin
from tests.fakes.nodes import Running, Town, linked, until

LABEL = "SECRET REL XAA, XBB, XCC"


async def begin(town: Town) -> bytes:
    """XAA has said "one" to the others; nobody runs. Its device."""
    a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
    await town.join_up(a, b, c)
    await a.channel("ops", ("XAA", "XBB", "XCC"))
    await a.send("ops", "one", LABEL)
    for node in (b, c):
        await until(lambda node=node: says(node, "one"))
    for node in (a, b, c):
        await node.stop()
    return a.station.context.member.device


async def tell(town: Town, home: str, to: str, *texts: str) -> None:
    """A home says something to one nation alone."""
    device, other = await town.start(home), await town.start(to)
    await town.join_up(other, device)
    for text in texts:
        await device.send("ops", text, LABEL)
    await until(lambda: says(other, "one", *texts))
    await device.stop()
    await other.stop()


async def test_a_device_that_shows_two_heads(homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        await begin(town)
        town.homes = twin(homes, "XAA", tmp_path / "twin")
        left, right = ("left two", "left three"), ("right two", "right three")
        await tell(town, "XAA", "XBB", *left)
        await tell(town, "twin", "XCC", *right)
        b, c = await town.start("XBB"), await town.start("XCC")
        await linked(b, c)
        await until(lambda: held(b, c))
        for node, told in ((b, left), (c, right)):
            assert await flags(node) == {"one": (), **dict.fromkeys(told, (Flag.DISPUTED,))}
            marked = {body.entry_id for body in await node.events(MessageMarked)}
            assert marked == {one.entry_id for one in await node.messages() if one.text in told}
            assert {record.nation for record in await node.audited("entry-fork")} == {"XAA"}
        (one, other) = forks(b, c)
        assert one == other
        # They stay so, and nothing is told anew.
        before = len(await b.audited("entry-fork"))
        for node in (b, c):
            await node.stop()
        c, b = await town.start("XCC"), await town.start("XBB")
        await linked(b, c)
        assert [fork.data for fork in forks(b, c)] == [one.data, one.data]
        assert await flags(b) == {"one": (), **dict.fromkeys(left, (Flag.DISPUTED,))}
        assert len(await b.audited("entry-fork")) == before
        await town.close()


async def held(*nodes: Running) -> bool:
    return len(forks(*nodes)) == len(nodes) and len({fork.data for fork in forks(*nodes)}) == 1


# ------------------------------------------------------------------------------------------------ a custodian


def published(custodian: Running, **changes: int) -> Signed:
    """The next publication of a nation, as its custodian could sign it."""
    member = custodian.station.context.member
    keys = custodian.station.holding.ring.custodian[0]
    seat = custodian_id(member.coalition.id, member.nation, keys.index)
    (control,) = member.controls.at(Tag.PUBLICATION, seat)
    newest = publication(custodian, member.nation)
    following = evolve(newest, number=newest.number + 1, previous=publication_hash(control.data), **changes)
    return publish(following, keys.seat.key)


async def give(node: Running, document: Signed) -> None:
    """A node is given a document, as by a link."""
    control, _ = node.station.context.member.apply(document.data)
    await keep_control(node.station.context, control)
    node.station.context.control_changed(control.hash)


def publication(node: Running, nation: int) -> Publication:
    found = node.station.context.member.directory.publication(nation, 0)
    assert found is not None
    return found


async def test_a_custodian_who_publishes_two_states(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        now = a.station.context.now()
        left, right = published(a, issued=now), published(a, issued=now + 1)
        for node in (a, b, c):
            await node.stop()
        b = await town.start("XBB")
        await give(b, left)
        await b.stop()
        c = await town.start("XCC")
        await give(c, right)
        b = await town.start("XBB")
        await linked(b, c)
        both = {left.hash, right.hash}
        for node in (b, c):
            controls = node.station.context.member.controls
            await until(lambda controls=controls: there(controls, both))
            (record,) = await node.audited("custodian-fork")
            assert record.detail.startswith("two publications, number")
            assert any("custodian of XAA" in warning for warning in node.station.warnings())
        # What counted goes on to count; a third makes no further proof.
        assert (publication(b, 0).issued, publication(c, 0).issued) == (now, now + 1)
        # After a restart it is the same, and he goes on under a number beyond both.
        await b.stop()
        b = await town.start("XBB")
        assert both <= set(b.station.context.member.controls)
        assert publication(b, 0).issued == now
        keys = a.station.holding.ring.custodian[0]
        beyond = publish(
            evolve(publication(b, 0), number=publication(b, 0).number + 2, previous=bytes(32)), keys.seat.key
        )
        for node in (b, c):
            await give(node, beyond)
        assert publication(b, 0) == publication(c, 0)
        assert both <= set(b.station.context.member.controls)
        await b.stop()
        b = await town.start("XBB")
        assert both <= set(b.station.context.member.controls)
        assert publication(b, 0) == publication(c, 0)
        # Likewise two certificates of his seat and time, by which his nation's root contradicts itself.
        member = b.station.context.member
        seat = member.directory.custodian(0, 0)
        assert seat is not None
        twice = certify_custodian(member.coalition, 0, evolve(keys, seat=keys.root[0]), seat.not_before)
        await linked(b, c)
        await give(b, twice)
        for node in (b, c):
            controls = node.station.context.member.controls
            await until(lambda controls=controls: there(controls, {twice.hash}))
            assert node.station.context.member.directory.custodian(0, 0) == seat
            assert (await node.audited("custodian-fork"))[-1].detail.startswith("two certificates")
        await town.close()


async def there(controls: Iterable[bytes], both: set[bytes]) -> bool:
    return both <= set(controls)
