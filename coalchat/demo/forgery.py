"""The step about forgeries: an insider's and a stranger's, against a node that knows whom to believe."""

from __future__ import annotations

import json
from typing import Any

import trio

from coalchat.demo.claims import claim, present, until
from coalchat.demo.forger import LIE, Forger, knock
from coalchat.demo.search import places, remains_of, unchanging
from coalchat.demo.stage import Stage
from coalchat.errors import ExitCode

EXPECTED = {
    "entry-refused": "an altered entry",
    "envelope-refused": "a relabelled envelope",
    "link-stranger": "a stranger without the link secret",
}


async def forged_refused(stage: Stage) -> str:
    """XCC's own device, run by an attacker, forges what XAA said; then a stranger knocks."""
    target, thief = stage.officer("XBB"), stage.officer("XCC")
    original = present(stage.withheld, "a message to forge")
    await stage.quiet(*stage.coalition.devices)
    await thief.stop()
    forger = Forger.of(thief, original.id)
    await stage.quiet(target)
    before, last = unchanging(target), await _last(stage)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(forger.attack, target.listen)
        await until(_written(stage, last, {"entry-refused", "envelope-refused"}), "XBB's node refuses both forgeries")
        nursery.cancel_scope.cancel()
    told = await knock(target.listen)
    claim(told == 0, f"a stranger is told nothing, but: {told} bytes")
    await until(_written(stage, last, {"link-stranger"}), "XBB's node notices the stranger")
    claim(before == unchanging(target), "nothing in XBB's store has changed")
    claim(not places(remains_of(target), LIE), "XBB holds nothing of the forged text")
    await _audited(stage, last, forger)
    await stage.up()
    return f"refused and in XBB's audit record: {', '.join(EXPECTED.values())}; its store is unchanged"


async def _last(stage: Stage) -> int:
    """Number of the newest record."""
    number = 0
    async with stage.officer("XBB").client() as client:
        while (page := await client.audit(number)).records:
            number = page.next_number
    return number


def _written(stage: Stage, after: int, events: set[str]) -> Any:
    async def look() -> bool:
        async with stage.officer("XBB").client() as client:
            return events <= {record.event for record in (await client.audit(after)).records}

    return look


async def _audited(stage: Stage, after: int, forger: Forger) -> None:
    """What `coalchat audit list` shows to XBB's officer."""
    listed = await stage.run(stage.officer("XBB"), "audit", "list")
    claim(listed.code == ExitCode.DONE, f"the audit record is listed: {listed.error}")
    records = [json.loads(line) for line in listed.lines]
    news = [record for record in records if record.get("number", 0) > after]
    by_event = {record["event"]: record for record in news}
    for event, what in EXPECTED.items():
        claim(event in by_event, f"`audit list` shows {what}")
        claim(by_event[event]["clause"], f"`audit list` says by which rule {what} was refused")
    claim(by_event["entry-refused"]["subject"] == forger.altered.id.hex(), "it names the altered entry")
    claim({by_event[event]["nation"] for event in ("entry-refused", "envelope-refused")} == {"XCC"}, "it says by whom")
