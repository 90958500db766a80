"""What devices of a `Town` hold of their nation's keys, and a beginning: two nations in a channel, and a laptop."""

from __future__ import annotations

from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.keys.otar import PrekeyStatement
from tests.fakes.joined import joined
from tests.fakes.nodes import Running, Town, linked, until


def held(node: Running) -> set[int]:
    """Editions of which a node holds every compartment that it is cleared for."""
    ring = node.station.holding.ring
    wanted = set(node.station.context.member.certificate.clearance.compartments())
    found: dict[int, set[tuple[int, int]]] = {}
    for seed in ring.seeds:
        found.setdefault(seed.counter, set()).add((seed.level, seed.category))
    return {counter for counter, places in found.items() if places == wanted}


def statements(node: Running, of: Running) -> list[PrekeyStatement]:
    """What a node holds of another's prekey statements."""
    controls = node.station.context.member.controls.of(Tag.PREKEY_STATEMENT)
    return [
        decode(PrekeyStatement, read_signed(control.data).body)
        for control in controls
        if control.issuer == of.station.context.member.device
    ]


async def texts(node: Running, expected: list[str]) -> None:
    async def check() -> bool:
        return sorted(await node.texts("ops")) == sorted(expected)

    await until(check)


async def start(town: Town) -> tuple[Running, Running, Running]:
    """XAA and XBB in a channel, and a laptop of XAA that has joined."""
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    laptop = await joined(town, a, "laptop")
    await linked(laptop, a)
    await a.channel("ops", ["XAA", "XBB"])
    await until(b.channels)
    await until(laptop.channels)
    return a, b, laptop
