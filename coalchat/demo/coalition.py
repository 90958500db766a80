"""The demo's coalition: three nations that found it by exchanged files, three officers and a bot who join by invites.

Everything is done as people would do it: a custodian's home a nation, offers and a charter that go round as files, an
invite a device, six words compared. Then the custodians' nodes are stopped: the story needs none of them.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Final

import attrs
import trio

from coalchat.api.vocabulary import JoinState, LinkState, Role
from coalchat.custody.founding import Progress, Terms, create_device, create_nation, found_charter, sign_charter_file
from coalchat.demo.claims import claim, until
from coalchat.demo.processes import Device, start_all, stop_all
from coalchat.paths import ensure_private_home
from coalchat.store.keyfile import KdfCost
from protocol.base.limits import ARGON2_MEMORY_MIN, ARGON2_TIME_MIN
from protocol.trust.policy import policy_from_toml

NATIONS: Final = {"XAA": "Aldania", "XBB": "Borovia", "XCC": "Cascara"}
"""Fictitious, under codes that ISO 3166 leaves to users."""
CHANNEL: Final = "ops"
CEILING: Final = "SECRET"
CLEARANCE: Final = "SECRET"
BOT_CLEARANCE: Final = "RESTRICTED"
FLOOR: Final = KdfCost(ARGON2_TIME_MIN, ARGON2_MEMORY_MIN)
"""The cheapest key derivation that is allowed: homes of the demo live for a minute."""


@attrs.define(eq=False)
class Coalition:
    """All devices of the demo.

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
        home = ensure_private_home(self.root / name.replace(" ", "-").lower())
        return Device(name, home, secrets.token_urlsafe(24).encode("ascii"), self.environ)

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


# --- founding ---


async def found(coalition: Coalition) -> Progress:
    """Found the coalition, enrol everybody, link the nodes, and make the channel; the charter as it was signed."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_unpack_devices, coalition)
        progress = await _found_charter(coalition)
        await start_all(list(coalition.custodians.values()))
    async with trio.open_nursery() as nursery:
        for code in NATIONS:
            nursery.start_soon(_enrol_nation, coalition, code)
    await stop_all(list(coalition.custodians.values()))
    await _link(coalition)
    await _make_channel(coalition)
    return progress


async def _unpack_devices(coalition: Coalition) -> None:
    async with trio.open_nursery() as nursery:
        for device in coalition.devices:
            nursery.start_soon(_unpack, device)


async def _unpack(device: Device) -> None:
    create = partial(create_device, device.home, device.passphrase, entropy=os.urandom, cost=FLOOR)
    await trio.to_thread.run_sync(create)
    await device.start()


async def _found_charter(coalition: Coalition) -> Progress:
    """Offers go to the first nation; its charter goes round, and back to all once everybody has signed."""
    exchange = coalition.root / "exchange"
    exchange.mkdir(mode=0o700)
    charter = exchange / "charter"
    async with trio.open_nursery() as nursery:
        for code, custodian in coalition.custodians.items():
            nursery.start_soon(_offer, custodian, code, exchange)
    founder = next(iter(coalition.custodians.values()))
    policy = policy_from_toml(files("protocol").joinpath("policies/example.toml").read_text("utf-8"))
    offers = [(exchange / f"{code}.offer").read_bytes() for code in NATIONS]
    start = partial(
        found_charter,
        founder.home,
        founder.passphrase,
        policy=policy,
        offers=offers,
        terms=Terms("Demonstration"),
        entropy=os.urandom,
    )
    charter.write_bytes((await trio.to_thread.run_sync(start)).file)
    progress = await _sign(founder, charter.read_bytes())
    for custodian in [*coalition.custodians.values(), *coalition.custodians.values()]:
        progress = await _sign(custodian, progress.file)
        charter.write_bytes(progress.file)
    claim(progress.coalition is not None, "every nation signed the charter")
    return progress


async def _offer(custodian: Device, code: str, exchange: Path) -> None:
    create = partial(
        create_nation,
        custodian.home,
        custodian.passphrase,
        code=code,
        name=NATIONS[code],
        person=f"Custodian {code}",
        entropy=os.urandom,
        cost=FLOOR,
    )
    (exchange / f"{code}.offer").write_bytes(await trio.to_thread.run_sync(trio.run, create))


async def _sign(custodian: Device, data: bytes) -> Progress:
    now = int(time.time())
    sign = partial(sign_charter_file, custodian.home, custodian.passphrase, data, now=now, entropy=os.urandom)
    return await trio.to_thread.run_sync(trio.run, sign)


# --- enrolment ---


async def _enrol_nation(coalition: Coalition, code: str) -> None:
    custodian = coalition.custodians[code]
    await _enrol(custodian, coalition.officers[code], f"Officer {code}", Role.OFFICER, CLEARANCE)
    if code == coalition.bot.nation:
        await _enrol(custodian, coalition.bot, "Alert bot", Role.BOT, BOT_CLEARANCE)
        # The officer's own node learns of the bot from the custodian's, as it would of anybody.
        await until(partial(_knows, coalition.officers[code], {code: 3}), "the officer's node knows the bot")


async def _enrol(custodian: Device, device: Device, person: str, role: Role, level: str) -> None:
    async with custodian.client() as keeper, device.client() as joiner:
        made = await keeper.create_invite(person, role=role, level=level, address=custodian.listen)
        joining = await joiner.join(made.code, person)
        shown = {invite.id: invite.words for invite in await keeper.invites()}[made.invite_id]
        claim(len(shown) == 6 and shown == joining.words, f"{person} sees the custodian's six words")
        await keeper.approve_invite(made.invite_id, joining.words)

        async def joined() -> bool:
            return (await joiner.join_status()).state is JoinState.JOINED

        await until(joined, f"{person} has joined")
    await device.learn_address()


async def _link(coalition: Coalition) -> None:
    """Have all nodes dial those that they have links with: whoever starts finds the others at once."""
    async with trio.open_nursery() as nursery:
        for device in coalition.devices:
            nursery.start_soon(_dial, device, coalition.peers_of(device))
    counts = {code: 3 if code == coalition.bot.nation else 2 for code in NATIONS}
    for device in coalition.devices:
        await until(partial(_knows, device, counts), f"the node of {device.name} knows every device")


async def _dial(device: Device, others: Sequence[Device]) -> None:
    async with device.client() as client:
        for known in await client.peers():  # the custodian, who was dialled to join
            if not known.inbound:
                await client.remove_peer(known.address)
        for other in others:
            await client.add_peer(other.listen)


async def _knows(device: Device, counts: Mapping[str, int]) -> bool:
    async with device.client() as client:
        nations = {nation.code: nation for nation in await client.nations()}
        now = int(time.time())
        return all(nations[code].devices == count and nations[code].keys_until > now for code, count in counts.items())


async def linked(device: Device, others: Sequence[Device]) -> bool:
    """Whether a device's node has links that are up with all of these."""
    wanted = set()
    for other in others:
        async with other.client() as client:
            wanted.add(client.node.device_id)
    async with device.client() as client:
        return wanted <= {link.device_id for link in await client.peers() if link.state is LinkState.UP}


async def _make_channel(coalition: Coalition) -> None:
    async with coalition.officers["XAA"].client() as client:
        await client.create_channel(CHANNEL, tuple(NATIONS), CEILING, "The demonstration's one channel")

    async def known(device: Device) -> bool:
        async with device.client() as client:
            return any(channel.title == CHANNEL for channel in await client.channels())

    for device in coalition.devices:
        await until(partial(known, device), f"the node of {device.name} knows the channel")
