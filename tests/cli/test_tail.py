"""What `tail` says of what becomes of messages: plain lines, each with its marking first."""

from __future__ import annotations

import pytest

from coalchat.api.about import Recall
from coalchat.api.events import MessageMarked, MessagePurged, ReceiptArrived, StateChanged
from coalchat.api.nouns import Delivery, Disowned
from coalchat.api.responses import MessageStatus
from coalchat.api.vocabulary import Answer, Flag, Role, State
from coalchat.cli.tail import Change, change_line, change_record, change_words
from coalchat.display import display_safe
from coalchat.record import evolve
from tests.fakes.api_records import channel_record, message_record

OPS = channel_record(1, "#ops", ("XAA", "XBB"), "MISSION SECRET", "")
MESSAGE = message_record(1, OPS, "hold")
ABOUT = {"channel_id": OPS.id, "entry_id": MESSAGE.entry_id}
RECEIPT = ReceiptArrived(**ABOUT, nation="XBB", person="Ko\x1bwal", device=2, state=State.READ)
RECALLED = Recall(retraction_id="ab" * 32, time=1, spill=False, confirmed=2, asked=3)


@pytest.mark.parametrize(
    ("body", "message", "said"),
    [
        (RECEIPT, MESSAGE, "XBB Ko\\u{1B}wal (2): read"),
        (StateChanged(**ABOUT, nation="XCC", state=State.HELD, reason="by XBB"), MESSAGE, "XCC: held, by XBB"),
        (StateChanged(**ABOUT, nation="XCC", state=State.SENT, reason=""), MESSAGE, "XCC: sent"),
        (MessagePurged(**ABOUT), evolve(MESSAGE, text="recalled by its author"), "recalled by its author"),
        (MessageMarked(**ABOUT), MESSAGE, ""),
        (
            MessageMarked(**ABOUT),
            evolve(
                MESSAGE,
                text="corrected: see 12",
                flags=(Flag.DISPUTED, Flag.DISOWNED, Flag.CORRECTED),
                disowned=Disowned(nation="XBB", time=1),
                recall=RECALLED,
            ),
            "DISPUTED: two entries stand at this number; DISOWNED BY XBB; corrected: see 12; 2 of 3 devices say that they purged it",
        ),
    ],
)
def test_what_becomes_of_a_message(body: Change, message: object, said: str) -> None:
    assert display_safe(change_words(body, message, None)) == said  # type: ignore[arg-type]


def test_an_acknowledgement_comes_with_its_words() -> None:
    row = Delivery(
        nation="XBB",
        person="Kowal",
        device=2,
        role=Role.OFFICER,
        state=State.ACKNOWLEDGED,
        since=1,
        answer=Answer.CAVEAT,
        reason="by day",
    )
    status = MessageStatus(
        entry_id=MESSAGE.entry_id,
        channel_id=OPS.id,
        marking=MESSAGE.marking,
        author_time=1,
        own_nation="XAA",
        deliveries=(evolve(row, device=1, answer=None, state=State.READ), row),
    )
    given = evolve(RECEIPT, person="Kowal", state=State.ACKNOWLEDGED)
    assert change_words(given, MESSAGE, status) == "XBB Kowal (2): acknowledged, caveat: by day"
    plain = evolve(status, deliveries=(evolve(row, answer=Answer.NONE, reason=""),))
    assert change_words(given, MESSAGE, plain) == "XBB Kowal (2): acknowledged"
    assert change_words(given, MESSAGE, evolve(status, deliveries=())) == "XBB Kowal (2): acknowledged"


def test_the_marking_comes_first_and_a_program_is_told_what_it_is() -> None:
    line = change_line(MESSAGE, "XBB Kowal (2): read", exercise=False)
    assert line.startswith(f"[{MESSAGE.marking}]  #ops  {MESSAGE.entry_id[:12]}  of ")
    assert line.endswith("  XBB Kowal (2): read")
    assert change_line(MESSAGE, "x", exercise=True).startswith(f"[EXERCISE {MESSAGE.marking}]  ")
    record = change_record(RECEIPT, MESSAGE, "read", 7)
    assert (record["event"], record["state"], record["cursor"], record["marking"]) == (
        "receipt",
        State.READ,
        7,
        MESSAGE.marking,
    )
