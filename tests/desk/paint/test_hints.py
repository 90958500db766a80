"""Key hints stand there whole or not at all."""

from __future__ import annotations

import pytest

from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.paint.hints import ARROWS, in_keys, paint_hints, selecting
from coalchat.desk.paint.ink import Ink
from tests.desk.paint.made import inks_of, message

HINTS = (("^K", "jump"), ("Alt-A", "next"), ("F4", "who has it"), ("F1", "help"))


def test_keys_stand_out_and_words_do_not() -> None:
    (line,) = paint_hints(HINTS, "Berg · XAA", 60)
    assert line.text == " ^K jump  Alt-A next  F4 who has it  F1 help     Berg · XAA"
    assert inks_of(line, "Alt-A") == {Ink.ACCENT}
    assert inks_of(line, "next") == {Ink.MUTED}


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (57, " ^K jump  Alt-A next  F4 who has it  F1 help  Berg · XAA"),
        (47, " ^K jump  Alt-A next  F4 who has it  F1 help"),
        (44, " ^K jump  Alt-A next  F4 who  F1 help"),
        (30, " ^K jump  Alt-A next  F1 help"),
        (20, " ^K jump  F1 help"),
        (10, " F1 help"),
        (5, " "),
    ],
)
def test_what_does_not_fit_goes_whole_from_the_right_but_never_the_help(width: int, text: str) -> None:
    assert paint_hints(HINTS, "Berg · XAA", width)[0].text == text


def test_only_what_a_message_can_be_asked_for_is_named() -> None:
    others, own = (dict(selecting(message(mine=mine))) for mine in (False, True))
    assert "A" in others
    assert "A" not in own
    assert {"E", "X"} <= set(own) - set(others)
    assert "H" in dict(selecting(message(versions=True)))
    assert "H" not in others
    assert dict(selecting(message(unreadable=True))) == {"Enter": "read to here", "Esc": "back"}
    assert "again" in dict(selecting(message(failed="refused")))["Enter"]
    assert selecting(None) == (("Esc", "back"),)
    for hints in (selecting(message(mine=True, versions=True)), selecting(message())):
        assert paint_hints(hints, "", 80)[0].text.endswith("Esc back")


def test_arrow_keys_are_named_where_there_are_no_arrows() -> None:
    hints = ((ARROWS, "choose"), ("Esc", "back"))
    assert in_keys(hints, UNICODE)[0] == ("↑↓", "choose")
    assert in_keys(hints, ASCII)[0] == ("Up Down", "choose")
