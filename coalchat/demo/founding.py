"""Founding and joining, as people do it: a custodian's home a nation, offers and a charter that go round as files, an
invite a device, six words compared. Who the devices are is the caller's.
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

import trio

from coalchat.api.vocabulary import JoinState, LinkState, Precedence, Role
from coalchat.custody.authorities import RoePower
from coalchat.custody.founding import Progress, Terms, create_device, create_nation, found_charter, sign_charter_file
from coalchat.demo.claims import claim, until
from coalchat.demo.processes import Device
from coalchat.paths import ensure_private_home
from coalchat.store.keyfile import KdfCost
from protocol.base.limits import ARGON2_MEMORY_MIN, ARGON2_TIME_MIN
from protocol.trust.policy import policy_from_toml

NATIONS: Final = {"XAA": "Aldania", "XBB": "Borovia", "XCC": "Cascara"}
"""Fictitious, under codes that ISO 3166 leaves to users."""
ROE: Final = (RoePower("XBB"), RoePower("XAA", issues=False))
"""Who issues ROE notices, and who else signs them."""
FLOOR: Final = KdfCost(ARGON2_TIME_MIN, ARGON2_MEMORY_MIN)
"""The cheapest key derivation that is allowed: homes of the demo live for minutes."""


def device(root: Path, name: str, environ: Mapping[str, str], *, captured: bool = False) -> Device:
    """A device with a home of its own below this directory; the first word of its name is its nation."""
    home = ensure_private_home(root / name.replace(" ", "-").lower())
    return Device(name, home, secrets.token_urlsafe(24).encode("ascii"), environ, captured=captured)


async def unpack(new: Device) -> None:
    """Give a device its keys, and start its node."""
    create = partial(create_device, new.home, new.passphrase, entropy=os.urandom, cost=FLOOR)
    await trio.to_thread.run_sync(create)
    await new.start()


async def found(custodians: Mapping[str, Device], persons: Mapping[str, str], exchange: Path) -> Progress:
    """Found the coalition of these nations' custodians; the charter as it was signed.

    Offers go to the first nation; its charter goes round, and back to those who had to sign before the others had.

    Args:
        custodians: by nation code, none of them running. persons: their names. exchange: a directory to be made.
    """
    exchange.mkdir(mode=0o700)  # noqa: ASYNC240 - one directory of ours
    charter = exchange / "charter"
    async with trio.open_nursery() as nursery:
        for code, custodian in custodians.items():
            nursery.start_soon(_offer, custodian, code, persons[code], exchange)
    founder = next(iter(custodians.values()))
    policy = policy_from_toml(files("protocol").joinpath("policies/example.toml").read_text("utf-8"))
    offers = [(exchange / f"{code}.offer").read_bytes() for code in custodians]
    start = partial(
        found_charter,
        founder.home,
        founder.passphrase,
        policy=policy,
        offers=offers,
        terms=Terms("Demonstration", roe=ROE, signatures=2),
        entropy=os.urandom,
    )
    progress = await trio.to_thread.run_sync(start)
    *first, last = custodians.values()
    for custodian in (*first[1:], last):
        progress = await _sign(custodian, progress.file)
    charter.write_bytes(progress.file)
    async with trio.open_nursery() as nursery:
        for custodian in first:
            nursery.start_soon(_sign, custodian, progress.file)
    claim(progress.coalition is not None, "every nation signed the charter")
    return progress


async def _offer(custodian: Device, code: str, person: str, exchange: Path) -> None:
    create = partial(
        create_nation,
        custodian.home,
        custodian.passphrase,
        code=code,
        name=NATIONS[code],
        person=person,
        entropy=os.urandom,
        cost=FLOOR,
    )
    (exchange / f"{code}.offer").write_bytes(await trio.to_thread.run_sync(trio.run, create))


async def _sign(custodian: Device, data: bytes) -> Progress:
    now = int(time.time())
    sign = partial(sign_charter_file, custodian.home, custodian.passphrase, data, now=now, entropy=os.urandom)
    return await trio.to_thread.run_sync(trio.run, sign)


async def enrol(
    custodian: Device,
    joiner: Device,
    person: str,
    role: Role,
    level: str,
    precedence: Precedence = Precedence.IMMEDIATE,
) -> None:
    """Have a device join by an invite, and its words compared."""
    async with custodian.client() as keeper, joiner.client() as joining:
        made = await keeper.create_invite(
            person, role=role, level=level, precedence=precedence, address=custodian.listen
        )
        state = await joining.join(made.code, person)
        shown = {invite.id: invite.words for invite in await keeper.invites()}[made.invite_id]
        claim(len(shown) == 6 and shown == state.words, f"{person} sees the custodian's six words")
        await keeper.approve_invite(made.invite_id, state.words)

        async def joined() -> bool:
            return (await joining.join_status()).state is JoinState.JOINED

        await until(joined, f"{person} has joined")
    await joiner.learn_address()


async def dial(one: Device, others: Sequence[Device]) -> None:
    """Have a node dial these, and no others: whoever starts finds them at once."""
    async with one.client() as client:
        for known in await client.peers():  # the custodian, who was dialled to join
            if not known.inbound:
                await client.remove_peer(known.address)
        for other in others:
            await client.add_peer(other.listen)


async def knows(one: Device, counts: Mapping[str, int]) -> bool:
    """Whether a node knows so many devices of each nation, and can seal to all of them."""
    async with one.client() as client:
        nations = {nation.code: nation for nation in await client.nations()}
        now = int(time.time())
        return all(nations[code].devices == count and nations[code].keys_until > now for code, count in counts.items())


async def knows_channel(one: Device, title: str) -> bool:
    """Whether a node knows a channel."""
    async with one.client() as client:
        return any(channel.title == title for channel in await client.channels())


async def linked(one: Device, others: Sequence[Device]) -> bool:
    """Whether a device's node has links that are up with all of these."""
    wanted = set()
    for other in others:
        async with other.client() as client:
            wanted.add(client.node.device_id)
    async with one.client() as client:
        return wanted <= {link.device_id for link in await client.peers() if link.state is LinkState.UP}
