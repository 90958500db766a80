"""The story: its steps in order, and what is told of each.

Rule 1: a step that fails says why, and the next one is played on nodes that run again, if they can be made to.
Rule 2: what could not be played is told too: a story without one of its steps has failed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import attrs
import trio

from coalchat.api.vocabulary import Phase
from coalchat.demo.alert import bot_alert
from coalchat.demo.claims import Unproven, claim, until
from coalchat.demo.coalition import Coalition, found
from coalchat.demo.forgery import forged_refused
from coalchat.demo.founding import NATIONS
from coalchat.demo.labels import over_label_refused, receipts, released_readable, withheld_unreadable
from coalchat.demo.leaving import clean_exit
from coalchat.demo.outages import offline_catch_up, restart_no_loss
from coalchat.demo.processes import Device
from coalchat.demo.reports import report_filed
from coalchat.demo.rules import roe_acknowledged
from coalchat.demo.search import opened
from coalchat.demo.stage import Stage
from coalchat.demo.trusted import Trusted, trusted_set
from coalchat.errors import CoalchatError
from protocol.base.errors import ProtocolError
from protocol.trust.credential import Role

Play: TypeAlias = Callable[[Stage], Awaitable[str]]

DEVICES: Final = 7
"""Of three custodians, three officers and a bot."""
LIMIT: Final = 60.0
"""Seconds for one step, whatever hangs."""


async def founded(stage: Stage) -> str:
    """Three nations found the coalition, and everybody joins it: seen from each store, it is the same one."""
    progress = await found(stage.coalition)
    await stage.up()
    for device in stage.coalition.devices:
        trusted = await until(partial(_whole, device), f"{device.name} keeps every certificate")
        coalition, own = trusted.coalition, trusted.own.certificate
        claim(coalition.charter_hash == progress.charter.hash, f"{device.name} has the charter that was signed")
        claim(trusted.policy.identifier == "EXAMPLE", "its policy is EXAMPLE")
        claim(coalition.codes == tuple(NATIONS), "its nations are XAA, XBB and XCC")
        claim(coalition.codes[own.nation] == device.nation, f"{device.name} is certified by its own nation")
        async with device.client() as client:
            node = client.node
        claim((node.phase, node.nation) == (Phase.UNLOCKED, device.nation), f"{device.name} works for its nation")
        role = Role.BOT if device is stage.coalition.bot else Role.OFFICER
        claim(own.role == role, f"{device.name} is certified as {role.name.lower()}")
    claim(not any(custodian.runs for custodian in stage.coalition.custodians.values()), "no custodian's node runs")
    return (
        f"{', '.join(NATIONS)} signed one charter; 3 officers and a bot joined by invites; 4 nodes run and are linked"
    )


async def _whole(device: Device) -> Trusted | None:
    """What a device's documents prove, once all have reached its disk."""
    try:
        with opened(device) as home:
            trusted = trusted_set(home)  # verifies each nation's signature, and all that was certified since
    except Unproven:
        return None
    return trusted if len(trusted.directory.devices()) == DEVICES else None


STEPS: Final[Mapping[str, Play]] = {
    "founded": founded,
    "released-readable": released_readable,
    "withheld-unreadable": withheld_unreadable,
    "over-label-refused": over_label_refused,
    "receipts": receipts,
    "roe-acknowledged": roe_acknowledged,
    "forged-refused": forged_refused,
    "restart-no-loss": restart_no_loss,
    "offline-catch-up": offline_catch_up,
    "bot-alert": bot_alert,
    "report-filed": report_filed,
    "clean-exit": clean_exit,
}


FAULTS: Final = (
    Unproven,
    CoalchatError,
    ProtocolError,
    OSError,
    trio.TooSlowError,
    trio.BrokenResourceError,
    LookupError,  # what a program or a store gave lacks a part
    ValueError,  # or has another form
)
"""What makes a step fail; anything else is a fault of the story itself."""


@attrs.frozen
class Told:
    """What became of one step."""

    step: str
    ok: bool
    detail: str


async def tell(root: Path, environ: Mapping[str, str]) -> AsyncGenerator[Told, None]:
    """Play the story in a private directory; each step as it is over. No node is left when this ends."""
    stage = Stage(Coalition(root, environ))
    broken = ""
    try:
        for name, play in STEPS.items():
            if broken:
                yield Told(name, ok=False, detail=f"not played: {broken}")
                continue
            told = await _play(name, play, stage)
            yield told
            if not told.ok:
                broken = await _mend(name, stage)
    finally:
        with trio.CancelScope(shield=True):
            await stage.coalition.stop()


async def _play(name: str, play: Play, stage: Stage) -> Told:
    try:
        with trio.fail_after(LIMIT):
            return Told(name, ok=True, detail=await play(stage))
    except FAULTS as error:
        return Told(name, ok=False, detail=_said(error))
    except ExceptionGroup as group:  # of a step that does several things at once
        if group.split(FAULTS)[1] is not None:
            raise
        return Told(name, ok=False, detail=_said(group))


async def _mend(name: str, stage: Stage) -> str:
    """After a step that failed: why the story cannot go on, or nothing."""
    if name == "founded":
        return "there is no coalition"
    told = await _play(name, _up, stage)
    return "" if told.ok else told.detail


async def _up(stage: Stage) -> str:
    await stage.up()
    return ""


def _said(error: BaseException) -> str:
    """One line about an error: of a group, its first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) or type(error).__name__
