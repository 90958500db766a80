"""Devices that join the nations of a `Town`, and time that passes there."""

from __future__ import annotations

from pathlib import Path

import trio

from coalchat.api.enrolment import ApproveInvite, CreateInvite, Join
from coalchat.api.vocabulary import Precedence, Role
from coalchat.custody.founding import create_device
from coalchat.paths import Home, ensure_private_home
from protocol.keys.envelope import Envelope, read_envelope
from protocol.vectors.drbg import Drbg
from tests.fakes.nodes import FLOOR, NOW, PASSPHRASE, Running, Town

HOUR = 3_600
SEGMENT = 6 * HOUR
DAY = 24 * HOUR
EDITION = 12 * SEGMENT
FIRST = NOW - NOW % SEGMENT
"""When the segment began in which the test coalition was founded, and its first edition."""


def device_home(base: Path, name: str) -> Home:
    """The home of a device that belongs to no nation yet."""
    home = ensure_private_home(base / name)
    create_device(home, PASSPHRASE, entropy=Drbg(name), cost=FLOOR)
    return home


async def joined(
    town: Town,
    custodian: Running,
    name: str,
    *,
    person: str = "",
    level: str = "TOP SECRET",
    role: Role = Role.OFFICER,
) -> Running:
    """A device, of an officer unless it is said otherwise, enrolled at a custodian's node."""
    device = await town.start(name)
    made = await custodian.ask(
        CreateInvite(
            person=person or f"Officer {name}",
            role=role,
            level=level,
            categories=(),
            precedence=Precedence.FLASH,
            address=custodian.address,
        )
    )
    status = await device.ask(Join(code=made.code, display_name=name))
    await custodian.ask(ApproveInvite(id=made.invite_id, words=status.words))
    await device.node.working.wait()
    return device


def time(node: Running) -> int:
    """What a node's clock says."""
    return node.station.context.now()


async def until_time(node: Running, at: int) -> None:
    """Let time pass until a node's clock says so."""
    await trio.sleep(max(0, at - time(node)))


async def hours(count: float) -> None:
    await trio.sleep(count * HOUR)


def envelope_of(node: Running, entry_id: str) -> Envelope:
    """The envelope of an entry, as anybody may have recorded it."""
    read = node.station.context.store.read
    entry = read.entry(bytes.fromhex(entry_id))
    assert entry is not None
    row = read.envelope(entry.envelope_id)
    assert row is not None
    return read_envelope(row.data)
