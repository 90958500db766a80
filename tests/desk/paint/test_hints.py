"""Key hints stand there whole or not at all."""

from __future__ import annotations

import pytest

from coalchat.desk.paint.hints import paint_hints
from coalchat.desk.paint.ink import Ink
from tests.desk.paint.made import inks_of

HINTS = (("^K", "jump"), ("Alt-A", "next"), ("F4", "who has it"), ("F1", "help"))


def test_keys_stand_out_and_words_do_not() -> None:
    (line,) = paint_hints(HINTS, "Berg · XAA", 60)
    assert line.text == " ^K jump  Alt-A next  F4 who has it  F1 help     Berg · XAA"
    assert inks_of(line, "Alt-A") == {Ink.ACCENT}
    assert inks_of(line, "next") == {Ink.MUTED}


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (56, " ^K jump  Alt-A next  F4 who has it  F1 help"),
        (44, " ^K jump  Alt-A next  F4 who has it"),
        (20, " ^K jump"),
        (5, " "),
    ],
)
def test_what_does_not_fit_goes_whole_from_the_right(width: int, text: str) -> None:
    assert paint_hints(HINTS, "Berg · XAA", width)[0].text == text
