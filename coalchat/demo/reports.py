"""The step about reports: a SITREP that is wrong is refused field by field, sent in part, and completed by an update."""

from __future__ import annotations

import json
import secrets
from typing import Any, Final

from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Flag, Precedence
from coalchat.demo.claims import claim, present, until
from coalchat.demo.coalition import CHANNEL
from coalchat.demo.search import opened
from coalchat.demo.stage import Outcome, Sent, Stage
from coalchat.errors import ExitCode
from protocol.messages.payload import decode_payload
from protocol.messages.reports import ReportPayload

LABEL: Final = "RESTRICTED REL XAA, XBB, XCC"
FIELDS: Final = {"from": "010600Z", "to": "011200Z", "unit": "XAA LNO CELL", "strength": "148", "fuel": "2"}
ASSESSMENT: Final = "able to continue"


async def report_filed(stage: Stage) -> str:
    """XAA files a SITREP; the other two read its fields, and the update that completes it."""
    author = stage.officer("XAA")
    canary = secrets.token_hex(16)
    fields = {**FIELDS, "situation": f"harbour at 60 percent [{canary}]"}
    wrong = await _file(stage, fields | {"to": "011275Z", "effective": "101"}, "--part")
    claim(wrong.code == ExitCode.USAGE, f"what is wrong is not sent: exit {wrong.code}")
    for fault in ("TO: no minute 75", "EFFECTIVE: must be from 0 to 100"):
        claim(fault in wrong.error.get("detail", ""), f"it names {fault}: {wrong.error}")
    part = _filed(await _file(stage, fields, "--part"))
    claim(part["missing"] == ["ASSESS"], f"what is to follow is named: {part['missing']}")
    claim((part["form"], part["serial"], part["precedence"]) == ("SITREP", 1, Precedence.PRIORITY), f"numbered: {part}")
    first = Sent(canary, part["entry_id"])
    for code in ("XBB", "XCC"):
        await stage.arrived(stage.officer(code), first)
    update = _filed(
        await stage.run(author, "report", "sitrep", "--update", first.entry_id, "--set", f"assess={ASSESSMENT}")
    )
    claim((update["serial"], update["version"], update["missing"]) == (1, 2, []), f"completed: {update}")
    for code in ("XBB", "XCC"):
        message = await _has(stage, code, update["entry_id"])
        report = present(message.report, f"{code} sees the fields of the report")
        said = {row.key: row.value for row in report.rows}
        claim(said["ASSESS"] == ASSESSMENT and canary in said["SITUATION"], f"{code} reads all of them: {said}")
        claim(not report.part and not report.missing and report.title != "", f"{code} knows the form, and it is whole")
        async with stage.officer(code).client() as client:
            claim(Flag.CORRECTED in (await client.message(first.entry_id)).flags, f"{code} sees that it was updated")
        with opened(stage.officer(code)) as home:
            row = present(home.read.message(bytes.fromhex(update["entry_id"])), f"{code} keeps it")
            payload = decode_payload(row.payload)
            claim(isinstance(payload, ReportPayload) and payload.text == message.text, f"{code}'s store says the same")
    return (
        f"SITREP 001 {update['marking']}: refused with two wrong fields, sent in part, completed; XBB and XCC read it"
    )


async def _file(stage: Stage, fields: dict[str, str], *more: str) -> Outcome:
    sets = [word for name, text in fields.items() for word in ("--set", f"{name}={text}")]
    return await stage.run(stage.officer("XAA"), "report", "sitrep", CHANNEL, "--label", LABEL, *sets, *more)


def _filed(outcome: Outcome) -> dict[str, Any]:
    claim(outcome.code == ExitCode.DONE and outcome.lines, f"the report is sent: {outcome.error}")
    found: dict[str, Any] = json.loads(outcome.lines[-1])
    return found


async def _has(stage: Stage, code: str, entry_id: str) -> Message:
    async def look() -> Message | None:
        async with stage.officer(code).client() as client:
            listed = await client.reports(CHANNEL, "sitrep")
        return next((message for message in listed if message.entry_id == entry_id), None)

    return await until(look, f"{code} lists the update, and only that")
