"""Glyphs: one cell each, no emoji, and a twin in ASCII for every one."""

from __future__ import annotations

import unicodedata

import pytest
from rich.cells import cell_len

from coalchat.api.vocabulary import Answer, State
from coalchat.desk.look.glyphs import ASCII, UNICODE, Glyphs, state_glyph
from coalchat.record import values_of

WIDER = {"read": 2, "corners": 4, "spark": 5}


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_each_has_its_cells(glyphs: Glyphs) -> None:
    for name, glyph in values_of(glyphs).items():
        assert cell_len(glyph) == len(glyph) == WIDER.get(name, 1), name


def test_the_ascii_set_is_ascii_and_the_other_has_no_emoji() -> None:
    assert all(glyph.isascii() and glyph.isprintable() for glyph in values_of(ASCII).values())
    for glyph in values_of(UNICODE).values():
        assert all(ord(character) < 0x2760 and unicodedata.east_asian_width(character) != "W" for character in glyph)
        assert not set(glyph) & set("✔⚑⚡")


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_what_must_be_told_apart_differs(glyphs: Glyphs) -> None:
    bars = [glyphs.selection, glyphs.unread, glyphs.urgent, glyphs.divider]
    ticks = [
        glyphs.stored, glyphs.left, glyphs.delivered, glyphs.read, glyphs.acknowledged, glyphs.caveat, glyphs.refused,
    ]  # fmt: skip
    for some in (bars, ticks, [glyphs.on, glyphs.off], [glyphs.chosen, glyphs.free], [glyphs.bar, glyphs.rest]):
        if glyphs is UNICODE and some == [glyphs.bar, glyphs.rest]:
            assert glyphs.bar != glyphs.rest
        assert len(set(some)) == len(some)


@pytest.mark.parametrize(
    ("state", "answer", "glyph"),
    [
        (State.QUEUED, None, "·"),
        (State.SENT, None, "↑"),
        (State.HELD, None, "↑"),
        (State.DELIVERED, None, "✓"),
        (State.READ, None, "✓✓"),
        (State.ACKNOWLEDGED, None, "◆"),
        (State.ACKNOWLEDGED, Answer.NONE, "◆"),
        (State.ACKNOWLEDGED, Answer.WILCO, "◆"),
        (State.ACKNOWLEDGED, Answer.CAVEAT, "◇"),
        (State.ACKNOWLEDGED, Answer.UNABLE, "✗"),
        (State.REFUSED, None, "✗"),
        (State.EXPIRED, None, "✗"),
    ],
)
def test_a_tick_never_says_more_than_the_state(state: State, answer: Answer | None, glyph: str) -> None:
    assert state_glyph(state, answer, UNICODE) == glyph


def test_every_state_has_a_glyph() -> None:
    assert all(state_glyph(state, None, ASCII) for state in State)
