"""The key screen: to do first, states in words, one scale, what stops beside when; the same words at both sizes."""

from __future__ import annotations

import pytest

from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.paint.ink import Ink
from coalchat.desk.paint.keys import paint_keys, paint_keys_head
from coalchat.desk.paint.keyscale import NAMES, paint_scale
from tests.desk.paint.made import inks_of, text_of
from tests.desk.paint.made_keys import key_screen, scale

HEADS = ["TO DO", "EMERGENCY REKEY", "EDITIONS", "SEGMENTS OF EDITION 12", "SILENT DEVICES", "KEYING DEVICES",
         "HOW LONG TEXTS CAN BE OPENED", "OTHER NATIONS, AS SEEN FROM HERE", "CERTIFICATES THAT END"]  # fmt: skip


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_section_stands_in_its_order_and_no_word_is_lost(width: int, glyphs: object) -> None:
    lines = text_of(paint_keys(key_screen(), width, 20, glyphs))  # type: ignore[arg-type]
    found = [head for line in lines for head in HEADS if line.startswith(f" {head} ")]
    assert found == HEADS
    whole = " ".join(" ".join(lines).split())
    for words in (
        "asks for history: 31 of 40 messages would go", "H decide", "EFFECTIVE", "RESERVE", "SUPERSEDED",
        "a cut-off sender may still use the old key until 230600Z", "11 of 14 devices keyed", "12 have answered",
        "nothing heard since 171342Z, holds a window open",
        "this nation's devices seal under its envelopes, but not at TOP SECRET", "not cleared: this device never held a key of it",
        "no key held", "for ever", "then it can send nothing", "after that nothing can be sent to it",
    ):  # fmt: skip
        assert words in whole, words


def test_both_windows_are_said_in_whole_words_at_both_sizes() -> None:
    wide = text_of(paint_keys(key_screen(), 120, 20, UNICODE))
    row = next(place for place, line in enumerate(wide) if "ON THE WIRE: CLOSED TO A LATER THIEF AFTER" in line)
    assert "ON THIS DEVICE: KEYS KEPT UNTIL" in wide[row]
    assert wide[row + 1].split() == ["Varga", "251800Z", "221800Z", "221800Z", "DEC", "26"]
    for word in ("251800Z", "221800Z"):
        assert wide[row + 1].index(word) == wide[row].index({"251800Z": "ON THE", "221800Z": "ON THIS"}[word])
    small = text_of(paint_keys(key_screen(), 80, 20, UNICODE))
    at = next(place for place, line in enumerate(small) if "closed to a later thief after 251800Z" in line)
    assert small[at].strip().startswith("Varga")
    assert small[at + 1].strip() == "on this device: keys kept until 221800Z, texts of now until 221800Z DEC 26"


def test_what_needs_a_look_is_bold_and_what_is_fine_is_muted() -> None:
    lines = paint_keys(key_screen(), 120, 20, UNICODE)
    by_words = {words: next(line for line in lines if words in line.text) for words in
                ("published until 261800Z", "ended 211800Z", "XAA 13", "a cut-off sender", "in 9 d", "in 61 d", "nobody uses")}  # fmt: skip
    assert inks_of(by_words["published until 261800Z"], "published until 261800Z") == {Ink.MUTED}
    assert inks_of(by_words["ended 211800Z"], "nothing can be sent to it now") == {Ink.BRIGHT}
    assert inks_of(by_words["XAA 13"], "not all held") == {Ink.BRIGHT}
    assert inks_of(by_words["a cut-off sender"], "a cut-off sender") == {Ink.BRIGHT}
    assert inks_of(by_words["in 9 d"], "then it gets no keys") == {Ink.BRIGHT}
    assert inks_of(by_words["nobody uses"], "not valid now: nobody uses its envelopes") == {Ink.BRIGHT}
    assert inks_of(by_words["in 61 d"], "in 61 d") == {Ink.MUTED}


def test_nothing_to_do_is_said_too() -> None:
    lines = paint_keys(key_screen(todo=()), 80, 20, UNICODE)
    assert lines[0].text.startswith(" TO DO ──")
    assert lines[0].text.endswith(" nothing ")
    (head,) = paint_keys_head(key_screen(todo=()), 120, UNICODE)
    assert "to do" not in head.text


def test_the_head_keeps_what_is_to_do_and_the_segment_and_says_trouble() -> None:
    wide, small = (paint_keys_head(key_screen(), width, UNICODE)[0].text for width in (120, 76))
    assert wide.startswith(" KEYS  XAA Varga  ! 2 to do")
    assert small.startswith(" KEYS  ! 2 to do")
    assert small.rstrip().endswith("edition 12 · segment 2 of 4 · ends 221800Z in 2h18")
    _, clock, trouble = paint_keys_head(key_screen(doubtful=True, trouble="no link to that device is up"), 120, UNICODE)
    assert clock.text.strip().startswith("CLOCK DOUBTFUL: nothing is sealed and nothing erased")
    assert trouble.text.strip() == "✗ not done: no link to that device is up"


def test_before_the_node_has_answered_nothing_is_claimed() -> None:
    assert text_of(paint_keys(key_screen(known=False), 80, 20, UNICODE)) == [" asking the node"]


def test_bars_and_dots_stand_where_time_puts_them() -> None:
    width = NAMES + 2 + 80
    head, *rows = paint_scale(scale(4), width, 12, UNICODE)
    assert [head.text.index(name) - NAMES - 1 for name in ("22 NOV", "23 NOV")] == [0, 40]
    for number, row in enumerate(rows[:4]):
        drawn = row.text[NAMES + 1 :]
        bar = "━" if number < 2 else "─"
        assert drawn.rstrip() == " " * (10 * number) + bar * 10 + "·" * 40
    assert inks_of(rows[1], "━") == {Ink.BRIGHT}
    assert rows[4].text.index("↑") == NAMES + 1 + 24
    assert rows[5].text.strip().startswith("segment 2 is effective")


def test_of_many_segments_those_around_the_one_that_runs_are_shown() -> None:
    lines = text_of(paint_scale(scale(72), 80, 6, UNICODE))
    assert [line.split()[0] for line in lines[1:7]] == ["1", "2", "3", "4", "5", "6"]
    assert len(lines) == 9


def test_a_scale_without_room_is_its_words() -> None:
    lines = paint_scale(scale(), 24, 6, UNICODE)
    assert " ".join(" ".join(text_of(lines)).split()) == scale().words


def test_now_at_the_end_of_the_scale_stays_on_it() -> None:
    lines = paint_scale(scale(now=1.0), 80, 6, ASCII)
    assert any(line.text.rstrip().endswith("now ^") for line in lines)
