"""An emergency rekey of many devices: it shows how far it is, holds nobody up, and goes on after a kill.

The custodian's node is whole; the devices are certificates and prekey statements, made by real keys.
"""

from __future__ import annotations

from collections import Counter

import pytest
import trio
from hypothesis import settings
from trio.testing import MockClock

from coalchat.api.emergency import RekeyNation
from coalchat.api.events import RekeyMoved
from coalchat.api.requests import ListAudit, NextEvents, ShowKeys
from coalchat.api.responses import EventPage, Keys
from coalchat.cli.keys import follow_rekey
from coalchat.cli.options import Asked
from coalchat.client.stream import EventStream
from coalchat.node.orders import newest_demand
from coalchat.node.passing import otar_header
from coalchat.paths import Home
from protocol.base.ids import Tag
from protocol.keys.otar import open_otar
from tests.fakes.many import Handheld, handhelds, state
from tests.fakes.nodes import Running, Town, until

MANY = min(1_000, 2 * settings().max_examples)
"""A thousand in `make proof`; everywhere else 200, because each costs 6 ms."""
WAVE = MANY * 7 // 10


class Near:
    """A client's way to a node without a socket, as far as following a rekey needs it."""

    def __init__(self, node: Running) -> None:
        self.node = node

    async def keys(self) -> Keys:
        return await self.node.ask(ShowKeys())  # type: ignore[no-any-return]

    def events(self, cursor: int = 0) -> EventStream:
        async def fetch(cursor: int, limit: int, wait: int) -> EventPage:
            return await self.node.ask(NextEvents(cursor=cursor, limit=limit, wait_seconds=wait))  # type: ignore[no-any-return]

        return EventStream(fetch, cursor)


@pytest.mark.proof
async def test_a_rekey_of_many_shows_progress_and_resumes_after_a_kill(
    homes: dict[str, Home], autojump_clock: MockClock, capsys: pytest.CaptureFixture[str]
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        devices = await handhelds(a, MANY)
        await a.ask(RekeyNation(rehearse=False))
        demand = newest_demand(a.station.context.member.controls, 0)
        assert demand is not None
        await state(a, devices[:WAVE], demand.request)

        events = Near(a).events()
        first = await _moved(events)
        assert (first.devices, first.answered) == (MANY, WAVE)
        await a.send("ops", "while it seals", "RESTRICTED REL TO XAA, XBB")
        while not await b.texts("ops"):
            await trio.lowlevel.checkpoint()
        cut = _sealed(a)
        keyed = len({device for device, _ in cut})
        assert first.keyed < keyed < WAVE, "a message went to and fro meanwhile"
        a.scope.cancel()  # in the middle of a batch
        await a.done.wait()

        a = await town.start("XAA")
        shown = await Near(a).keys()
        assert keyed <= shown.demands[0].keyed < WAVE
        keyed = shown.demands[0].keyed
        assert f"emergency rekey: {keyed} of {MANY} devices are keyed" in a.station.warnings()
        nursery.start_soon(state, a, devices[WAVE:], demand.request)
        capsys.readouterr()
        await follow_rekey(Asked(), Near(a))  # type: ignore[arg-type]
        lines = capsys.readouterr().out.splitlines()
        assert f" {keyed} of {MANY} devices are keyed" in lines[0]
        assert f" {MANY} of {MANY} devices are keyed, {MANY} have answered" in lines[-1]

        await trio.sleep(60)
        told = [event.keyed for event in await _all_moved(a)]
        assert told == sorted(set(told)), "it rises, over the kill too"
        assert (told[0], told[-1]) == (first.keyed, MANY)
        assert len(told) < MANY / 10, "a client is told of many at a time"
        sealed = _sealed(a)
        assert cut.items() <= sealed.items(), "what was sealed before the kill is what waits"
        assert Counter(edition for _, edition in sealed) == {1: MANY, 4: MANY}
        once = Counter(await _accounted(a))
        assert set(once.values()) == {1}
        assert len(once) == 2 * MANY
        for one in (devices[0], devices[WAVE - 1], devices[-1]):
            _opens(a, one)
        await town.close()


async def _moved(events: EventStream) -> RekeyMoved:
    async for event in events:
        if isinstance(event.body, RekeyMoved):
            return event.body
    raise AssertionError


async def _all_moved(node: Running) -> list[RekeyMoved]:
    return await node.events(RekeyMoved)


def _sealed(node: Running) -> dict[tuple[bytes, int], bytes]:
    """Names of the OTARs on disk, by device and edition."""
    rows = node.station.context.store.read.documents(int(Tag.OTAR))
    found = {(row.issuer, row.number): row.hash for row in rows}
    assert len(found) == len(rows)
    return found


async def _accounted(node: Running) -> list[tuple[str, str]]:
    """What the audit record says was sealed."""
    found, after = [], 0
    while records := (await node.ask(ListAudit(after=after, limit=1000))).records:
        found += [(one.subject, one.detail) for one in records if one.event == "otar-sealed"]
        after = records[-1].number
    return found


def _opens(node: Running, one: Handheld) -> None:
    """The new seeds reach who holds the prekey."""
    member = node.station.context.member
    (otar,) = [c for c in member.controls.by(Tag.OTAR, one.certified.device) if c.number == 4]
    header = otar_header(otar.data)
    custodian, publication = member.directory.custodian(0, 0), member.directory.publication(0, 0)
    assert custodian is not None
    assert publication is not None
    delivery = open_otar(
        otar.data,
        certificate=one.certified.certificate,
        certificate_hash=one.certified.hash,
        custodian=custodian,
        prekey_seed=one.prekey,
        prekey_counter=1,
        edition=next(e for e in publication.editions if e.counter == header.edition),
        keys=member.keys,
    )
    assert len(delivery.chains) == len(one.certified.certificate.clearance.compartments())
