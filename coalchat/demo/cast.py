"""The live demo's coalition: who is in it, with what node, and what channels they have.

Lt Berg is who looks: his nation's liaison officer. The others' nodes are as real as his; what their officers do is in
`script`. One officer a nation is its COMSEC custodian too, as in small contingents, so that everybody whom a message
waits for is somebody whom the story has met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import attrs
import trio

from coalchat.api.vocabulary import Role
from coalchat.demo import founding
from coalchat.demo.claims import until
from coalchat.demo.processes import Device, start_all, stop_all

CLEARANCE: Final = "SECRET"
BOT_CLEARANCE: Final = "RESTRICTED"
BOT: Final = "sensor-7"

OPS: Final = "ops-north"
INTEL: Final = "intel-fusion"
MED: Final = "med"
ALERTS: Final = "alerts"


@attrs.frozen
class Room:
    """A channel that is founded at the start."""

    title: str
    members: tuple[str, ...]
    ceiling: str
    purpose: str


ROOMS: Final = (
    Room(OPS, ("XAA", "XBB", "XCC"), "SECRET", "Operations in the north"),
    Room(INTEL, ("XAA", "XBB"), "SECRET", "Intelligence of two nations"),
    Room(MED, ("XAA", "XBB", "XCC"), "RESTRICTED", "Medical evacuation and beds"),
    Room(ALERTS, ("XAA", "XBB", "XCC"), "RESTRICTED", "What machines report"),
)


@attrs.define(eq=False)
class Cast:
    """All devices of the live demo.

    Attributes:
        adler, kowal, lind: officers who are their nations' custodians too. berg: whose desk is opened.
        saar: whose node is off. sensor: the bot's.
    """

    root: Path
    environ: Mapping[str, str] = attrs.field(repr=False)
    adler: Device = attrs.field(init=False)
    berg: Device = attrs.field(init=False)
    kowal: Device = attrs.field(init=False)
    lind: Device = attrs.field(init=False)
    saar: Device = attrs.field(init=False)
    sensor: Device = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.adler = self._device("XAA WO Adler")
        self.berg = self._device("XAA Lt Berg")
        self.kowal = self._device("XBB Maj Kowal")
        self.lind = self._device("XCC Cpt Lind")
        self.saar = self._device("XCC Lt Saar")
        self.sensor = self._device(f"XAA {BOT}")

    def _device(self, name: str) -> Device:
        return founding.device(self.root, name, self.environ)

    @property
    def custodians(self) -> dict[str, Device]:
        """By nation code."""
        return {device.nation: device for device in (self.adler, self.kowal, self.lind)}

    @property
    def running(self) -> list[Device]:
        """Those whose nodes run while the user looks."""
        return [self.berg, self.kowal, self.lind, self.adler, self.sensor]

    @property
    def everything(self) -> list[Device]:
        """Those and Saar's."""
        return [*self.running, self.saar]

    def peers_of(self, device: Device) -> Sequence[Device]:
        """Officers' nodes have links with each other; the bot's with its own nation's only."""
        own = [self.berg, self.adler]
        if device is self.sensor:
            return own
        others = [other for other in (*own, self.kowal, self.lind) if other is not device]
        return [*others, self.sensor] if device in own else others

    async def stop(self) -> None:
        """Stop every node."""
        await stop_all(self.everything)


def person_of(device: Device) -> str:
    """Name of whose device it is."""
    return device.name.partition(" ")[2]


async def gather(cast: Cast) -> None:
    """Found the coalition, enrol everybody, link the nodes, and make the channels; Saar's node is off again."""
    custodians = cast.custodians
    joiners = (cast.berg, cast.sensor, cast.saar)
    async with trio.open_nursery() as nursery:
        for device in joiners:
            nursery.start_soon(founding.unpack, device)
        persons = {code: person_of(custodian) for code, custodian in custodians.items()}
        await founding.found(custodians, persons, cast.root / "exchange")
        await start_all(list(custodians.values()))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_enrol_own, cast)
        nursery.start_soon(_enrol_saar, cast)
    async with trio.open_nursery() as nursery:
        for device in cast.running:
            nursery.start_soon(founding.dial, device, cast.peers_of(device))
    await _all_know(cast)
    await _found_rooms(cast)


async def _enrol_own(cast: Cast) -> None:
    await founding.enrol(cast.adler, cast.berg, person_of(cast.berg), Role.OFFICER, CLEARANCE)
    await founding.enrol(cast.adler, cast.sensor, BOT, Role.BOT, BOT_CLEARANCE)


async def _enrol_saar(cast: Cast) -> None:
    await founding.enrol(cast.lind, cast.saar, person_of(cast.saar), Role.OFFICER, CLEARANCE)
    await cast.saar.stop()


async def _all_know(cast: Cast) -> None:
    counts = {"XAA": 3, "XBB": 1, "XCC": 2}
    async with trio.open_nursery() as nursery:
        for device in cast.running:
            what = f"the node of {device.name} knows every device"
            nursery.start_soon(until, partial(founding.knows, device, counts), what)


async def _found_rooms(cast: Cast) -> None:
    async with cast.berg.client() as client:
        for room in ROOMS:
            await client.create_channel(room.title, room.members, room.ceiling, room.purpose)
    async with trio.open_nursery() as nursery:
        for device in cast.running:
            for room in ROOMS:
                if device.nation in room.members:
                    known = partial(founding.knows_channel, device, room.title)
                    nursery.start_soon(until, known, f"the node of {device.name} knows #{room.title}")
