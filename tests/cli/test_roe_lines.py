"""ROE in lines of text: pure."""

from __future__ import annotations

import pytest

from coalchat.api.roe import JUDGES_NOTHING, RoeAnswer, RoeGap, RoeVerb
from coalchat.api.vocabulary import Answer
from coalchat.cli.roe import typed_serial
from coalchat.cli.roe_lines import answer_words, board_lines, details_lines, log_lines, tally_lines
from coalchat.cli.roe_rules import rule_of
from coalchat.errors import UsageError
from coalchat.record import evolve
from tests.fakes.roe_records import GAP, HALT, PENDING, board, details, log, notice, tally


def test_the_board_says_what_is_not_in_force_and_why() -> None:
    lines = list(board_lines(board(), exercise=False))
    assert lines[0] == "ROE BOARD  for XAA at 221542ZNOV26  replayed from 41 signed entries, no gap"
    assert lines[-1] == JUDGES_NOTHING
    text = "\n".join(lines)
    for words in (
        "TO ACKNOWLEDGE 1",
        "[MISSION RESTRICTED REL XAA, XBB, XCC]",
        "IMPL 005  implements AUTH 004  effective 221800ZNOV26  until cancelled  acknowledge by 221600ZNOV26",
        "was: A  PERMITTED  Crossing of LINE GREEN  by day",
        "XAA 3/4  missing Berg",
        "XBB 3/3  complete 221522ZNOV26",
        "XCC 4/5  1 with caveat  missing Saar",
        "IN FORCE 5",
        "NOT IN FORCE 5",
        "CAVEATS 5",
    ):
        assert words in text
    dead = [line for line in lines if "NOT IN FORCE  " in line]
    assert [words for words in ("held back", "superseded", "expired", "begins", "is wider than AUTH 003") if not any(words in line for line in dead)] == []  # fmt: skip
    assert not [line for line in lines if "207 A" in line and "IMPL 006" in line and "NOT IN FORCE" not in line]


def test_who_acknowledged_with_a_caveat_is_on_the_board() -> None:
    said = RoeAnswer(nation="XBB", person="Kowal", answer=Answer.CAVEAT, text="by day", at=PENDING.time)
    over = evolve(PENDING, closed=True, reservations=(said,))
    lines = list(board_lines(board(notices=(evolve(PENDING, reservations=(said,)), over)), exercise=False))
    at = lines.index("ACKNOWLEDGED WITH CAVEAT, OR UNABLE 1")
    assert " ".join(lines[at + 1].split()) == (
        "(R REL XAA, XBB, XCC) XBB IMPL 005 acknowledged with caveat Kowal 221515ZNOV26 by day"
    )


def test_a_gap_and_a_silent_charter_are_alarms() -> None:
    gap = RoeGap(nation="XBB", channel_id="0" * 32, words="IMPL 002 is missing")
    lines = list(
        board_lines(board(gaps=(gap,), needed=0, notices=(), rulings=(), caveats=(), left_out=3), exercise=True)
    )
    assert lines[1] == "ALARM XBB IMPL 002 is missing: nothing behind it is in force"
    assert "the charter names no ROE authority: nothing can be in force" in lines
    assert "3 more are not shown: name a channel" in lines


def test_one_notice_whole() -> None:
    lines = list(details_lines(details(), exercise=True))
    assert lines[0] == "[EXERCISE MISSION RESTRICTED REL XAA, XBB, XCC]"
    beside = list(details_lines(details(), exercise=True, beside="XAA: DIENSTLICH"))
    assert beside == [f"{lines[0]}  XAA: DIENSTLICH", *lines[1:]]
    assert "NOT IN FORCE: begins 221800ZNOV26" in lines
    assert "signed by 2 of 2: with XAA Maj T. Holm" in lines
    assert "applies to XAA, XBB, XCC; AREA BLUE" in lines
    assert any("Lind" in line and "acknowledged with caveat" in line for line in lines)
    assert lines[-1] == JUDGES_NOTHING
    plain = list(
        details_lines(
            details(notice=notice("REQ 001", HALT, basis="", remark="please\nsoon"), answers=()), exercise=False
        )
    )
    assert ("counts" in plain, "    soon" in plain) == (True, True)


def test_the_log_names_every_notice_and_what_is_missing() -> None:
    lines = list(log_lines(log(gaps=(GAP,)), exercise=True))
    assert lines[0] == lines[-1] == "[EXERCISE MISSION RESTRICTED REL XAA, XBB, XCC]"
    assert "4 notices, 41 signed entries, GAP" in lines[1]
    assert lines[2] == "ALARM XBB IMPL 003 is missing: nothing behind it is in force"
    (unsigned,) = [line for line in lines if "AUTH 005" in line and "signed 1 of 2" in line]
    assert "NOT IN FORCE: signed by 1 of 2" in unsigned
    assert unsigned.startswith("(R REL XAA, XBB, XCC)  ")
    assert lines[-2] == JUDGES_NOTHING
    assert next(log_lines(log(notices=(), marking=""), exercise=False)) == "[UNMARKED: NOTHING IS LISTED]"


def test_who_is_missing_is_named_as_far_as_there_is_room() -> None:
    assert list(tally_lines([tally("XAA", 1, 5, "Berg", "Okoro")])) == ["XAA 1/5  missing Berg, Okoro and 2 more"]
    assert answer_words(None) == "not acknowledged"
    assert answer_words(Answer.WILCO) == "acknowledged, wilco"


def test_a_rule_as_it_is_typed() -> None:
    made = rule_of("104 B | limited | Halt and search | AREA BLUE")
    assert (made.number, made.option, made.verb, made.text, made.specify) == (
        "104", "B", RoeVerb.LIMITED, "Halt and search", "AREA BLUE",
    )  # fmt: skip
    assert rule_of("207|PROHIBITED|Entry").option == ""
    assert rule_of("104").verb is RoeVerb.NONE
    for text in ("", "104|LIMITED", "|LIMITED|x", "104|NONE|x", "104|WIDE|x", "1|LIMITED|a|b|c"):
        with pytest.raises(UsageError):
            rule_of(text)


def test_the_serial_is_typed_with_the_name() -> None:
    assert [typed_serial(name) for name in ("IMPL 005", "XBB IMPL-12", "impl 5")] == [5, 12, 5]
    for name in ("005", "ab12cd", "IMPL", "IMPL V", ""):
        with pytest.raises(UsageError):
            typed_serial(name)
    assert PENDING.serial == 5
