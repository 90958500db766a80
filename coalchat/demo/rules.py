"""The step about rules of engagement: issued and signed twice, in force everywhere, acknowledged with a caveat.

The rule is invented for the demonstration, number and all: coalchat brings no rules along.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.roe import RoeBoard, RoeNotice
from coalchat.api.vocabulary import Answer
from coalchat.demo.claims import claim, present, until
from coalchat.demo.coalition import CHANNEL
from coalchat.demo.processes import Device
from coalchat.demo.search import opened
from coalchat.demo.stage import Outcome, Stage
from coalchat.demo.trusted import trusted_set
from coalchat.errors import ExitCode
from protocol.messages.entry import read_entry
from protocol.messages.payload import decode_payload
from protocol.messages.receipts import ReceiptPayload, Response
from protocol.trust.access import Clause

RULE: Final = "EX1 A|LIMITED|Crossing of LINE GREEN|by day"
LABEL: Final = "RESTRICTED REL XAA, XBB, XCC"
CAVEAT: Final = "only with a Cascaran officer present"


async def roe_acknowledged(stage: Stage) -> str:
    """XBB issues, XAA signs, all have it in force; XCC acknowledges with a caveat, and may cancel nothing."""
    author, second, third = (stage.officer(code) for code in ("XBB", "XAA", "XCC"))
    await _done(stage, author, "roe", "authorise", "--channel", CHANNEL, "--label", LABEL, "--rule", RULE)
    await _second(stage, second, "AUTH 001")
    await _stands(author, "AUTH 001", "authorised, not implemented: held back")
    await _done(stage, author, "roe", "implement", "AUTH 001", "--ack-by", "312359ZDEC49")
    alone = await _stands(third, "IMPL 001", "signed by 1 of 2")
    claim(not any(ruling.in_force for ruling in alone.rulings), "nothing is in force by one signature")
    await _second(stage, second, "IMPL 001")
    for device in (author, second, third):
        board = await _stands(device, "IMPL 001", "")
        (ruling,) = board.rulings
        claim((ruling.in_force, ruling.rule.number, board.gaps) == (True, "EX1", ()), f"{device.name} has it in force")
    refused = await stage.run(third, "roe", "cancel", "IMPL 001")
    claim(refused.code == ExitCode.REFUSED, f"XCC may not cancel it: exit {refused.code}")
    claim(refused.error.get("clause") == Clause.ROE_AUTHORITY.value, f"and is told why: {refused.error}")
    await _done(stage, third, "roe", "ack", "IMPL 001", "--caveat", CAVEAT)
    await _done(stage, second, "roe", "ack", "IMPL 001")
    notice = await until(lambda: _answered(author), "its author sees that both have acknowledged")
    _check_caveat(author, third, notice)
    return "IMPL 001 signed by 2 of 2, in force at 3 nodes; XCC's caveat verified against its certificate; XCC may not cancel"


async def _done(stage: Stage, device: Device, *arguments: str) -> Outcome:
    outcome = await stage.run(device, *arguments)
    claim(outcome.code == ExitCode.DONE, f"{' '.join(arguments[:3])}: {outcome.error.get('detail', '')}")
    return outcome


async def _second(stage: Stage, device: Device, name: str) -> None:
    await _stands(device, name, "signed by 1 of 2")
    await _done(stage, device, "roe", "endorse", name)


async def _stands(device: Device, name: str, reason: str) -> RoeBoard:
    """Wait until a device's node says so of a notice."""
    async with device.client() as client:

        async def so() -> RoeBoard | None:
            board = await client.roe_board()
            return board if any((n.name, n.reason) == (name, reason) for n in board.notices) else None

        return await until(so, f"at {device.name} {name} is {reason or 'in force'}")


async def _answered(author: Device) -> RoeNotice | None:
    async with author.client() as client:
        details = await client.roe_notice("IMPL 001")
    given = {answer.nation: answer.answer for answer in details.answers}
    return details.notice if given == {"XAA": Answer.NONE, "XCC": Answer.CAVEAT} else None


def _check_caveat(author: Device, reader: Device, notice: RoeNotice) -> None:
    """The entry behind it in the author's store: signed by the reader's certified key, about this notice."""
    with opened(reader) as home:
        key = home.ring.device.key.public().ed25519
    with opened(author) as home:
        certificate = trusted_set(home).certificate(key)
        row = present(home.read.message(bytes.fromhex(notice.entry_id)), "the notice")
        given = home.read.acknowledgement(row.feed_id, row.seq, certificate.device)
        found = present(given, "the acknowledgement of XCC")
        entry = read_entry(present(home.read.entry(found.receipt_id), "its entry").data)
        payload = decode_payload(present(home.read.message(found.receipt_id), "its text").payload)
    entry.verify(certificate.key)
    claim(entry.id == found.receipt_id, "it is the entry that it is kept as")
    claim(isinstance(payload, ReceiptPayload), "it is a receipt")
    if isinstance(payload, ReceiptPayload):
        claim((payload.response, payload.text) == (Response.CAVEAT, CAVEAT), "it says so under XCC's signature")
        claim(row.entry_id in {part.entry for part in payload.ranges}, "it names this notice")
