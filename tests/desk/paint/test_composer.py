"""Around the text being written: who will read it and who not, whatever the width."""

from __future__ import annotations

import pytest

from coalchat.api.vocabulary import Precedence
from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.look.skin import MONO, skin_for
from coalchat.desk.paint.composer import (
    INDENT,
    paint_composer_foot,
    paint_composer_gutter,
    paint_composer_line,
    paint_composer_top,
)
from coalchat.desk.paint.ink import Ground, Ink
from coalchat.desk.paint.text import cells
from coalchat.record import evolve
from tests.desk.paint.made import composer, inks_of, text_of

MANY = tuple(f"X{n:02}" for n in range(20))


def test_label_precedence_acknowledgement_and_note() -> None:
    edge, label = paint_composer_top(composer(), 66, UNICODE, focused=True)
    assert edge.text.strip() == ""
    assert label.text == "▌ SECRET REL XAA, XBB ▾   PRIORITY   no ack asked      draft kept"
    assert [(span.text, span.level) for span in label.spans if span.ink is Ink.FILL] == [(" SECRET REL XAA, XBB ▾ ", 2)]
    assert label.ground is edge.ground is Ground.INPUT
    assert paint_composer_top(composer(), 66, UNICODE, focused=False)[1].text[0] == " "


def test_who_can_read_it_and_who_not() -> None:
    (line,) = paint_composer_foot(composer(), 66, UNICODE, focused=True)
    assert line.text == "▌ can read XAA 9 · XBB 12 devices               withheld from XCC"
    assert inks_of(line, "XCC") == {Ink.BRIGHT}
    (open_to_all,) = paint_composer_foot(composer(withheld=()), 66, UNICODE, focused=False)
    assert open_to_all.text.endswith("withheld from no nation")
    assert inks_of(open_to_all, "no nation") == {Ink.MUTED}


def test_before_the_node_has_said_so_nothing_is_claimed() -> None:
    view = composer(known=False, reads=(), withheld=())
    assert text_of(paint_composer_foot(view, 66, UNICODE, focused=False)) == ["  asking who can read it"]
    assert "asking" in paint_composer_line(view, 61, UNICODE, focused=False)[0].text
    none = composer(reads=())
    assert "nobody can read it" in paint_composer_foot(none, 66, UNICODE, focused=False)[0].text


def test_what_cannot_be_sent_has_the_clause_in_the_readers_place() -> None:
    view = composer(denied=("5.5 (3)", "above the ceiling of #log-bridge"))
    (line,) = paint_composer_foot(view, 66, UNICODE, focused=True)
    assert line.text == "▌ ✗ 5.5 (3)  above the ceiling of #log-bridge            F6 label"
    (line,) = paint_composer_foot(view, 76, UNICODE, focused=True)
    assert line.text.startswith("▌ ✗ cannot be sent: 5.5 (3)  above the ceiling of #log-bridge  ")
    (line,) = paint_composer_foot(view, 44, UNICODE, focused=True)
    assert line.text == "▌ ✗ 5.5 (3)  above the ceiling of #log-bri…"
    assert inks_of(line, "5.5 (3)") == {Ink.BRIGHT}
    (small,) = paint_composer_line(view, 61, ASCII, focused=True)
    assert small.text == "> S REL XAA, XBB v  x 5.5 (3) above the ceiling of~ F6 label"


def test_the_edge_says_what_it_answers_and_what_to_know() -> None:
    view = composer(reply="Duarte 1537Z", warnings=("XCC: keys end 221800Z", "another"))
    edge, _ = paint_composer_top(view, 66, UNICODE, focused=True)
    assert edge.text.startswith("▌ ↳ reply to Duarte 1537Z ")
    assert edge.text.endswith(" ! XCC: keys end 221800Z +1 ")
    assert cells(edge.text) == 66
    assert inks_of(edge, "XCC: keys end") == {Ink.BRIGHT}


def test_where_shades_do_not_show_the_edge_is_a_rule() -> None:
    glyphs = skin_for(MONO).glyphs
    assert paint_composer_top(composer(), 30, glyphs, focused=True)[0].text == "─" * 30
    assert paint_composer_top(composer(), 30, skin_for(MONO, ascii_only=True).glyphs, focused=True)[0].text == "-" * 30


def test_the_small_form_has_label_readers_and_withheld_in_one_row() -> None:
    (line,) = paint_composer_line(composer(), 61, UNICODE, focused=True)
    assert line.text == "▌ S REL XAA, XBB ▾  P reads XAA 9 XBB 12        withheld XCC"
    assert paint_composer_line(composer(withheld=()), 61, UNICODE, focused=True)[0].text.endswith(" withheld none")


@pytest.mark.parametrize("width", range(30, 121))
def test_those_it_is_withheld_from_are_named_or_counted_at_every_width(width: int) -> None:
    few = composer(reply="Duarte 1537Z", warnings=("a", "b"), note="not sent")
    many = composer(withheld=MANY, reads=tuple((code, 3) for code in MANY), label="SECRET REL " + ", ".join(MANY))
    for paint in (paint_composer_foot, paint_composer_line):
        *above, line = paint(few, width, UNICODE, focused=True)
        assert all(cells(row.text) <= width for row in (*above, line))
        assert line.text.endswith("XCC")
        (line,) = paint(many, width, UNICODE, focused=True)
        assert cells(line.text) <= width
        assert line.text.endswith(("20 nations", MANY[-1]))


def test_readers_are_all_named_or_counted() -> None:
    view = composer(reads=tuple((code, 3) for code in MANY))
    assert "can read 20 nations, 60 devices" in paint_composer_foot(view, 66, UNICODE, focused=False)[0].text
    assert "reads 20 nations" in paint_composer_line(view, 61, UNICODE, focused=False)[0].text


def test_a_label_that_is_too_long_takes_its_short_form() -> None:
    view = composer(label="SECRET CONVOY REL XAA, XBB, XCC, XDD, XEE", short="S CONVOY REL XAA, XBB, XCC, XDD, XEE")
    assert "S CONVOY REL XAA, XBB, XCC, XDD, XEE ▾" in paint_composer_top(view, 66, UNICODE, focused=False)[1].text


@pytest.mark.parametrize(
    ("precedence", "ink", "letter"),
    [
        (Precedence.ROUTINE, Ink.MUTED, ""),
        (Precedence.PRIORITY, Ink.TEXT, "P"),
        (Precedence.IMMEDIATE, Ink.URGENT, "O"),
        (Precedence.FLASH, Ink.URGENT, "Z"),
    ],
)
def test_the_precedence_stands_beside_the_label(precedence: Precedence, ink: Ink, letter: str) -> None:
    view = composer(precedence=precedence)
    assert inks_of(paint_composer_top(view, 66, UNICODE, focused=True)[1], precedence.value) == {ink}
    beside = " ▾  reads" if precedence is Precedence.ROUTINE else f" ▾  {precedence.value} reads"
    assert beside in paint_composer_line(view, 72, UNICODE, focused=True)[0].text
    many = evolve(view, reads=(("XAA", 100), ("XBB", 100), ("XCC", 100)), withheld=())
    assert (f" ▾  {letter} reads" if letter else " ▾  reads") in paint_composer_line(many, 55, UNICODE, True)[0].text
    assert "3 read " in paint_composer_line(many, 50, UNICODE, True)[0].text


def test_what_was_not_sent_is_bold() -> None:
    line = paint_composer_top(composer(note="not sent"), 66, UNICODE, focused=True)[1]
    assert inks_of(line, "not sent") == {Ink.BRIGHT}


def test_the_focus_bar_goes_on_beside_the_text_field() -> None:
    lines = paint_composer_gutter(3, UNICODE, focused=True)
    assert [line.text for line in lines] == ["▌"] * 3
    assert all(cells(line.text) <= INDENT for line in lines)


def test_what_is_corrected_and_what_is_repeated_have_rows_in_every_form() -> None:
    view = composer(corrects="1531Z Berg", quotes=("(S) XBB Kowal 1534Z: Route B", "(R) XCC Saar 1539Z: " + "x" * 200))
    for paint, least in ((paint_composer_top, 2), (paint_composer_line, 1)):
        for width in (61, 66, 100):
            lines = paint(view, width, UNICODE, True)
            assert len(lines) == least + 3
            assert all(cells(line.text) <= width for line in lines)
            correcting, first, second = lines[least - 1 : least + 2]
            assert correcting.text.startswith("▌ correcting 1531Z Berg")
            assert "Esc" in correcting.text
            assert "↳ quotes (S) XBB Kowal 1534Z: Route B" in first.text
            assert second.text.rstrip().endswith("…")


@pytest.mark.parametrize("width", range(30, 121))
@pytest.mark.parametrize("denied", [None, ("scope", "not here")])
@pytest.mark.parametrize("quotes", [(), ("(S) XBB Kowal 1534Z: Route B",)])
def test_a_small_screen_says_whom_it_answers_at_every_width(
    width: int, denied: tuple[str, str] | None, quotes: tuple[str, ...]
) -> None:
    view = composer(reply="Duarte 1537Z", quotes=quotes, denied=denied, note="not sent", warnings=("a", "b"))
    lines = paint_composer_line(view, width, UNICODE, focused=True)
    assert sum("Duarte 1537Z" in line.text for line in lines) == 1
    assert all(cells(line.text) <= width for line in lines)
    full = paint_composer_line(
        composer(quotes=quotes, denied=denied, note="not sent", warnings=("a", "b")), width, UNICODE, True
    )
    assert len(lines) - len(full) == ("Duarte" not in lines[-1].text), "a row of its own only where it is needed"


def test_a_reply_says_how_the_other_message_begins_where_there_is_room() -> None:
    view = composer(reply="Duarte 1537Z", about="SALUTE 003 Escort halted at the quay, and more of it")
    assert paint_composer_top(view, 60, UNICODE, True)[0].text.startswith(
        "▌ ↳ reply to Duarte 1537Z: SALUTE 003 Escort halted"
    )
    above, line = paint_composer_line(view, 61, UNICODE, True)
    assert above.text.startswith("▌ ↳ reply to Duarte 1537Z: SALUTE 003 Escort halted")
    assert "reads" in line.text
    assert len(paint_composer_line(evolve(view, quotes=("(S) XBB Kowal 1534Z: Route B",)), 61, UNICODE, True)) == 3
    warned = composer(reply="Duarte 1537Z", about="SALUTE", warnings=("XCC: keys end 221800Z",))
    assert "SALUTE" not in paint_composer_top(warned, 66, UNICODE, True)[0].text


def test_what_the_own_nation_marks_alike_stands_behind_the_label_where_all_else_has_room() -> None:
    view = composer(national="XAA: GEHEIM", note="draft")
    line = paint_composer_top(view, 66, UNICODE, focused=True)[1]
    assert line.text.rstrip() == "▌ SECRET REL XAA, XBB ▾   XAA: GEHEIM  PRIORITY             draft"
    assert inks_of(line, "XAA: GEHEIM") == {Ink.MUTED}
    full = composer(national="XAA: GEHEIM", ack="ack by 221547Z")
    assert paint_composer_top(full, 66, UNICODE, True) == paint_composer_top(
        composer(ack="ack by 221547Z"), 66, UNICODE, True
    )


def test_on_a_small_screen_it_comes_last() -> None:
    (wide,) = paint_composer_line(composer(national="XAA: GEHEIM"), 100, UNICODE, focused=True)
    assert "reads XAA 9 XBB 12 draft kept XAA: GEHEIM" in wide.text
    (line,) = paint_composer_line(composer(national="XAA: GEHEIM"), 61, UNICODE, focused=True)
    assert [line] == paint_composer_line(composer(), 61, UNICODE, focused=True)
