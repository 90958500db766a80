"""The dialogs: what they say, and where the cursor is."""

from __future__ import annotations

import inspect

import pytest

from coalchat.api.vocabulary import Precedence
from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.model.custodyviews import CodeView
from coalchat.desk.model.dialogviews import Target
from coalchat.desk.model.reportviews import Card, CardRow
from coalchat.desk.model.views import UNMARKED, NodeState
from coalchat.desk.paint import dialogs
from coalchat.desk.paint.dialogs import (
    paint_confirm,
    paint_crash,
    paint_help,
    paint_jump,
    paint_picker,
    paint_refusal,
    paint_unlock,
)
from coalchat.desk.paint.dialogs.acknowledge import paint_answer
from coalchat.desk.paint.dialogs.asking import paint_choices
from coalchat.desk.paint.dialogs.invites import paint_code
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.record import evolve
from tests.desk.paint.made import inks_of, message, picker, refusal, text_of


def bars(lines: list[Line]) -> list[int]:
    return [place for place, line in enumerate(lines) if line.spans and line.spans[0].ink is Ink.ACCENT]


# --- refused ---


def test_a_refusal_says_the_clause_the_audience_and_the_ways_on() -> None:
    lines = paint_refusal(refusal(), 60, UNICODE, cursor=1)
    assert text_of(lines) == [
        "  ✗ NOT SENT",
        "",
        "  Nothing left this device. The text is kept as a draft.",
        "",
        "  label     SECRET REL XAA, XBB, XCC",
        "  channel  #log-bridge   ceiling RESTRICTED",
        "",
        "┃ 5.5 (3)",
        "┃ The channel carries nothing above RESTRICTED.",
        "",
        "  If it had been sent, these would have seen it:",
        "    XAA 9 · XBB 12 devices",
        "    withheld from XCC",
        "",
        "  You can",
        "  1  write it at RESTRICTED",
        "▌ 2  send it in #ops-north",
        "",
        "  ↑↓ choose  Enter do it             Esc back to the draft",
    ]
    assert bars(lines) == [16]
    assert inks_of(lines[16], "send it in") == {Ink.BRIGHT}
    assert inks_of(lines[5], "RESTRICTED") == {Ink.MARK}


def test_a_refusal_without_an_audience_claims_none() -> None:
    words = "\n".join(text_of(paint_refusal(refusal(reads=(), withheld=()), 60, ASCII)))
    assert "would have seen" not in words
    assert words.isascii()
    assert "nobody" in "\n".join(text_of(paint_refusal(refusal(reads=()), 60, ASCII)))


# --- label picker ---


def test_the_picker_has_levels_and_nations_beside_the_readers() -> None:
    lines = paint_picker(picker(), 92, UNICODE, cursor=4)
    assert text_of(lines) == [
        "  LABEL   #ops-north                                              policy EXAMPLE/MISSION 3",
        "",
        "  LEVEL                                       │ READABLE BY",
        "  ○  UNCLASSIFIED                             │ XAA ━━━━━━━━━─────  9 of 14 devices",
        "  ○  RESTRICTED                               │ XBB ━━━━━━━━━━━━━━ 12 of 12 devices",
        "  ●  SECRET                                   │",
        "     TOP SECRET     above the ceiling of      │ WITHHELD FROM",
        "                    #ops-north                │ XCC  whole nation, not released",
        "                                              │ XAA  5 devices: not cleared for it",
        "  RELEASABLE TO                               │",
        "▌ ■ XAA  yours, always                        │ XCC will see nothing: no line, no gap, no",
        "  ■ XBB                                       │ count.",
        "  □ XCC                                       │",
        "                                              │",
        "  CATEGORY                                    │",
        "  ● none                                      │",
        "  ○ CONVOY                                    │",
        "",
        "  will be marked",
        "   MISSION SECRET REL XAA, XBB     portion (S REL XAA, XBB)",
        "",
        "  ↑↓ move  Space choose                                            Enter use  Esc keep old",
    ]
    assert bars(lines) == [10]
    assert inks_of(lines[6], "TOP SECRET") == {Ink.FAINT}


def test_the_cursor_runs_through_levels_nations_and_categories() -> None:
    rows = [
        next(row for row in text_of(paint_picker(picker(), 60, ASCII, cursor)) if row.startswith(">"))
        for cursor in range(9)
    ]
    words = ["UNCLASSIFIED", "RESTRICTED", "SECRET", "TOP SECRET", "XAA", "XBB", "XCC", "none", "CONVOY"]
    assert all(word in row for word, row in zip(words, rows, strict=True))


def test_the_picker_says_what_the_own_nation_marks_alike() -> None:
    levels = tuple(
        evolve(level, national=said)
        for level, said in zip(picker().levels, ("XAA: OFFEN", "", "XAA: GEHEIM", "XAA: STRENG GEHEIM"), strict=True)
    )
    for width, glyphs in ((92, UNICODE), (60, ASCII)):
        rows = text_of(paint_picker(picker(levels=levels), width, glyphs))
        assert any("SECRET" in row and "  XAA: GEHEIM" in row for row in rows), "beside it, not in its place"
        assert any("UNCLASSIFIED" in row and "OFFEN" in row for row in rows)
        assert not any("STRENG" in row for row in rows), "why it cannot be chosen stands there"
    long = tuple(evolve(level, national="XAA: " + "GEHEIM" * 5) for level in picker().levels)
    assert text_of(paint_picker(picker(levels=long), 92, UNICODE)) == text_of(paint_picker(picker(), 92, UNICODE))


def test_the_narrow_picker_has_the_same_words_below_each_other() -> None:
    narrow = "\n".join(text_of(paint_picker(picker(), 60, UNICODE)))
    for words in (
        "READABLE BY",
        "9 of 14 devices",
        "WITHHELD FROM",
        "XCC  whole nation",
        "MISSION SECRET REL XAA, XBB",
    ):
        assert words in narrow


def test_a_label_that_cannot_be_used_shows_no_marking_but_the_clause() -> None:
    rows = text_of(paint_picker(picker(denied=("5.5 (3)", "above the ceiling")), 60, UNICODE))
    assert "┃ ✗ cannot be used here: 5.5 (3)" in rows
    assert "  will be marked" not in rows


def test_warnings_and_what_is_not_known_yet() -> None:
    rows = "\n".join(text_of(paint_picker(picker(warnings=("Narrower than before.",), known=False), 92, UNICODE)))
    assert "! Narrower than before." in rows
    assert "asking who can read it" in rows
    assert "of 14 devices" not in rows


# --- jump ---

TARGETS = tuple(
    Target(id=f"{n}", title=f"#c{n}", note="engineers", level=2, unread=n % 3, letter="S") for n in range(20)
)


@pytest.mark.parametrize("cursor", [0, 7, 19])
@pytest.mark.parametrize("height", [3, 8, 22, 40])
def test_the_target_under_the_cursor_is_in_sight(cursor: int, height: int) -> None:
    lines = paint_jump(TARGETS, cursor, 50, height, UNICODE)
    assert len(lines) == height
    (bar,) = bars(lines)
    assert lines[bar].text.split()[1:3] == [f"#c{cursor}", "engineers"]
    assert lines[bar].ground is Ground.SELECTED
    assert lines[-1].text.rstrip().endswith("Esc back")


def test_jump_targets_show_what_is_unread_and_what_does_not_match() -> None:
    command = Target(id="/label", title="/label", note="choose the label", level=UNMARKED, unread=0)
    lines = paint_jump((TARGETS[2], command), 1, 40, 5, ASCII)
    assert text_of(lines)[:2] == ["  #c2     engineers           2 new  S", "> /label  choose the label"]
    assert inks_of(lines[0], "engineers") == {Ink.MUTED}, "no text has the colour of a level but its letter"
    assert Span("S", Ink.MARK, 2) in lines[0].spans
    assert inks_of(lines[1], "choose the label") == {Ink.MUTED}
    assert text_of(paint_jump((), 0, 40, 4, ASCII))[0] == "  nothing matches"


# --- the rest ---


def test_nothing_is_confirmed_by_default() -> None:
    lines = paint_confirm("CONFIRM", "XCC will not see it.", ("go back", "send it so"), 0, 50, UNICODE)
    assert text_of(lines) == [
        "  CONFIRM",
        "",
        "  XCC will not see it.",
        "",
        "▌ ● go back",
        "  ○ send it so",
        "",
        "  ↑↓ choose  Enter answer            Esc not now",
    ]


@pytest.mark.parametrize("state", list(NodeState))
def test_before_the_desk_every_state_of_the_node_has_its_words(state: NodeState) -> None:
    above, below = paint_unlock(state, "the file is held by another node", 60, UNICODE)
    words = text_of([*above, *below])
    assert words[0] == "  coalchat   the label is the lock"
    assert "┃ the file is held by another node" in words
    assert ("  passphrase" in words) is (state is NodeState.LOCKED)
    assert ("Enter unlock" in words[-1]) is (state is NodeState.LOCKED)


def test_no_dialog_takes_a_secret() -> None:
    for name in dialogs.__all__:
        parameters = inspect.signature(getattr(dialogs, name)).parameters
        assert not {"passphrase", "secret", "length", "error", "exception"} & set(parameters)


def test_help_puts_keys_beside_commands_or_above_them() -> None:
    keys = (
        ("WRITING", (("^J", "new line"),)),
        ("GOING", (("^K", "jump to a channel"), ("Alt-1 … Alt-9", "channel at this place"))),
    )
    commands = (("/label S XAA", "the label of the next message"), ("/a-command-that-is-long", "has its own row"))
    wide = text_of(paint_help("Begin so.", keys, commands, 92, UNICODE))
    assert wide[0] == "  Begin so."
    assert wide[2].split() == ["WRITING", "COMMANDS"]
    assert wide[3].split()[:3] == ["^J", "new", "line"]
    assert wide[6].split()[:2] == ["^K", "jump"]
    narrow = text_of(paint_help("", keys, commands, 50, ASCII))
    assert narrow == [
        "  WRITING",
        "  ^J             new line",
        "",
        "  GOING",
        "  ^K             jump to a channel",
        "  Alt-1 ~ Alt-9  channel at this place",
        "",
        "  COMMANDS",
        "  /label S XAA        the label of the next",
        "                      message",
        "  /a-command-that-is-long",
        "                      has its own row",
        "",
        "                                        Esc back",
    ]
    assert all(row.isascii() for row in narrow)


def test_a_crash_says_where_and_nothing_of_what_was_there() -> None:
    lines = text_of(paint_crash("KeyError", "coalchat/desk/app.py:120 in on_mount", "", 60, UNICODE))
    assert lines[0] == "  ✗ THE DESK HAS STOPPED"
    assert "  fault    KeyError" in lines
    assert "  place    coalchat/desk/app.py:120 in on_mount" in lines
    assert not any("report" in line for line in lines)
    assert "  report   desk.log" in text_of(paint_crash("KeyError", "x", "desk.log", 60, UNICODE))


def test_an_invites_code_is_broken_between_its_groups_only() -> None:
    code = "-".join(f"G{number:04}" for number in range(30))
    view = CodeView(code=code, person="Lt Saar", until="251542Z NOV 26")
    for width in (40, 80, 92):
        rows = [line.text.strip() for line in paint_code(view, width, UNICODE) if "G0" in line.text]
        assert "".join(rows) == code
        assert all(row.endswith("-") and len(row) <= width - 4 for row in rows[:-1])


def test_an_acknowledgement_shows_whose_message_it_is_under_which_mark_and_a_report_as_its_card() -> None:
    card = Card(title="SALUTE 003", notes=(), rows=(CardRow(name="Size", text="8 vehicles", wrong=False),), missing=())
    flash = message("SALUTE/003//", card=card, precedence=Precedence.FLASH, due="ack by 1547Z")
    above, below = paint_answer(flash, ("not now", "acknowledge"), 0, "", 60, UNICODE)
    assert text_of(above)[:5] == [
        "  ACKNOWLEDGE                                 ack by 1547Z",
        "",
        "  1531Z XBB Kowal  FLASH (S)",
        "  SALUTE 003",
        "  SIZE  8 vehicles",
    ]
    assert inks_of(above[2], "(S)") == {Ink.MARK}
    assert "Esc not now" in below[-1].text
    above, below = paint_answer(message("text", person="(R) " * 40), ("not now", "yes"), 1, "say why", 60, UNICODE)
    assert above[2].spans[-1] == Span("(S)", Ink.MARK, 2)
    assert text_of(below)[0] == "  say why"


def test_one_answer_is_not_chosen() -> None:
    assert paint_choices(("close",), 0, 40, UNICODE)[-1].text == "  Enter close"
    assert paint_choices(("a", "b"), 0, 60, UNICODE, "keep waiting")[-1].text.endswith("Esc keep waiting")
