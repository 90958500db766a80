"""The story's coalition: three nations, an officer's device each, and a bot; they join by invites of three custodians.

Then the custodians' nodes are stopped: the story needs none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

import attrs
import trio

from coalchat.api.vocabulary import Role
from coalchat.custody.founding import Progress
from coalchat.demo import founding
from coalchat.demo.claims import until
from coalchat.demo.founding import NATIONS
from coalchat.demo.processes import Device, start_all, stop_all

CHANNEL: Final = "ops"
CEILING: Final = "SECRET"
CLEARANCE: Final = "SECRET"
BOT_CLEARANCE: Final = "RESTRICTED"


@attrs.define(eq=False)
class Coalition:
    """All devices of the story.

    Attributes:
        root: private directory in which everything lies.
        custodians, officers: by nation code.
    """

    root: Path
    environ: Mapping[str, str] = attrs.field(repr=False)
    custodians: dict[str, Device] = attrs.field(init=False)
    officers: dict[str, Device] = attrs.field(init=False)
    bot: Device = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.custodians = {code: self._device(f"{code} custodian") for code in NATIONS}
        self.officers = {code: self._device(f"{code} officer") for code in NATIONS}
        self.bot = self._device("XAA bot")

    def _device(self, name: str) -> Device:
        return founding.device(self.root, name, self.environ, captured=True)

    @property
    def devices(self) -> list[Device]:
        """Those that play the story."""
        return [*self.officers.values(), self.bot]

    @property
    def everything(self) -> list[Device]:
        """Those and the custodians'."""
        return [*self.devices, *self.custodians.values()]

    def peers_of(self, device: Device) -> list[Device]:
        """Officers' nodes have links with each other; the bot's has one with its own nation's officer only."""
        home = self.officers[self.bot.nation]
        if device is self.bot:
            return [home]
        others = [other for other in self.officers.values() if other is not device]
        return [*others, self.bot] if device is home else others

    async def start_missing(self) -> None:
        """Start the nodes that do not run."""
        missing = [device for device in self.devices if not device.runs]
        await stop_all(missing)
        await start_all(missing)

    async def stop(self) -> None:
        """Stop every node."""
        await stop_all(self.everything)


async def found(coalition: Coalition) -> Progress:
    """Found the coalition, enrol everybody, link the nodes, and make the channel; the charter as it was signed."""
    persons = {code: f"Custodian {code}" for code in NATIONS}
    async with trio.open_nursery() as nursery:
        for device in coalition.devices:
            nursery.start_soon(founding.unpack, device)
        progress = await founding.found(coalition.custodians, persons, coalition.root / "exchange")
        await start_all(list(coalition.custodians.values()))
    async with trio.open_nursery() as nursery:
        for code in NATIONS:
            nursery.start_soon(_enrol_nation, coalition, code)
    await stop_all(list(coalition.custodians.values()))
    await _link(coalition)
    await _make_channel(coalition)
    return progress


async def _enrol_nation(coalition: Coalition, code: str) -> None:
    custodian = coalition.custodians[code]
    await founding.enrol(custodian, coalition.officers[code], f"Officer {code}", Role.OFFICER, CLEARANCE)
    if code == coalition.bot.nation:
        await founding.enrol(custodian, coalition.bot, "Alert bot", Role.BOT, BOT_CLEARANCE)
        # The officer's own node learns of the bot from the custodian's, as it would of anybody.
        await until(partial(founding.knows, coalition.officers[code], {code: 3}), "the officer's node knows the bot")


async def _link(coalition: Coalition) -> None:
    async with trio.open_nursery() as nursery:
        for device in coalition.devices:
            nursery.start_soon(founding.dial, device, coalition.peers_of(device))
    counts = {code: 3 if code == coalition.bot.nation else 2 for code in NATIONS}
    for device in coalition.devices:
        await until(partial(founding.knows, device, counts), f"the node of {device.name} knows every device")


async def _make_channel(coalition: Coalition) -> None:
    async with coalition.officers["XAA"].client() as client:
        await client.create_channel(CHANNEL, tuple(NATIONS), CEILING, "The demonstration's one channel")
    for device in coalition.devices:
        await until(partial(founding.knows_channel, device, CHANNEL), f"the node of {device.name} knows the channel")
