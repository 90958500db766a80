"""The rail: who has it, what is due, keys and links; and the same in one row."""

from __future__ import annotations

import pytest

from coalchat.api.vocabulary import Answer, LinkState, State
from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.model.whoviews import NationRow
from coalchat.desk.paint.ink import Ground, Ink
from coalchat.desk.paint.rail import paint_rail, paint_rail_line, progress
from coalchat.desk.paint.text import cells
from coalchat.record import evolve
from tests.desk.paint.made import KEYS, NATIONS, TALLIES, due, inks_of, link, person, rail, tally, text_of, who


def test_the_whole_rail() -> None:
    lines = paint_rail(rail(), 28, 36, UNICODE)
    assert len(lines) == 36
    assert text_of(lines)[:30] == [
        " WHO HAS IT",
        "",
        " 1531Z Berg Convoy 4 delay…",
        "",
        " ✓✓ XAA  4/4  read",
        " ✓✓ XBB  3/3  read",
        " ✓  XCC  2/5  delivered",
        "      Lind  held by XBB",
        "      Saar  sent",
        "      Oja   queued here",
        "",
        " DUE ──────────────────────",
        " 1547Z ack Duarte…    5 min",
        " 1547Z ack Kowal",
        "            OVERDUE 12 min",
        "",
        " KEYS ─────────────────────",
        " edition 12    segment 3/12",
        " ━━━━━━━━━━━━━─────────────",
        " segment ends 221800Z",
        " keys until 251800Z",
        "",
        " LINKS ────────────────────",
        " XBB             up     3 h",
        " XCC        waiting     2 h",
        "   no answer",
        " not out yet: 1 of yours",
        "",
        "",
        "",
    ]
    assert (lines[0].ground, lines[1].ground) == (Ground.HEAD, Ground.SIDE)
    assert inks_of(lines[4], "✓✓") == {Ink.MUTED}
    assert inks_of(lines[6], "2/5") == {Ink.BRIGHT}
    assert inks_of(lines[14], " OVERDUE 12 min ") == {Ink.NOW}
    assert inks_of(lines[24], "waiting") == {Ink.BRIGHT}


def test_the_deputy_is_named_of_a_nation_that_lacks_somebody() -> None:
    named = who(
        nations=tuple(evolve(one, deputy="Maj Kowalczyk-Brzezinski", lacks=n == 2) for n, one in enumerate(NATIONS))
    )
    assert "deputy" not in "".join(text_of(paint_rail(rail(who=named), 28, 36, UNICODE))), (
        "nobody was asked to acknowledge"
    )
    named = evolve(named, asked=True, by="221547Z", left="5 min")
    lines = text_of(paint_rail(rail(who=named), 28, 36, UNICODE))
    assert lines[5:9] == [
        " ✓✓ XAA  4/4  read", " ✓✓ XBB  3/3  read", " ✓  XCC  2/5  delivered", "      deputy Maj Kowalczyk…",
    ]  # fmt: skip
    assert "deputy" not in "".join(text_of(paint_rail(rail(who=named), 28, 20, UNICODE))), (
        "no names where there is no room"
    )


def test_where_rows_are_scarce_blanks_go_first_then_names_are_counted_then_the_end_is_cut() -> None:
    roomy, tight, fewer, none, cut_off = (
        text_of(paint_rail(rail(), 28, rows, UNICODE)) for rows in (27, 26, 21, 20, 18)
    )
    assert (roomy[1], roomy[26]) == ("", " not out yet: 1 of yours")
    assert tight[5:9] == ["      Lind  held by XBB", "      Saar  sent", "      Oja   queued here", " DUE " + "─" * 22]
    assert (tight[21], tight[22:]) == (" not out yet: 1 of yours", [""] * 4)
    assert fewer[5:7] == ["      Lind  held by XBB", "      … 2 missing"]
    assert none[5:7] == ["      … 3 missing", " DUE " + "─" * 22]
    assert (len(cut_off), cut_off[-1]) == (18, " …")


@pytest.mark.parametrize("height", range(45))
def test_it_has_exactly_the_rows_it_was_asked_for(height: int) -> None:
    assert len(paint_rail(rail(), 28, height, UNICODE)) == height


def test_without_a_message_it_says_so_and_every_section_has_a_row() -> None:
    empty = rail(who=None, due=(), keys=None, links=(), queued=0)
    assert [row for row in text_of(paint_rail(empty, 28, 20, UNICODE)) if row] == [
        " WHO HAS IT",
        " no message selected",
        " DUE ──────────────────────",
        " nothing",
        " KEYS ─────────────────────",
        " none yet",
        " LINKS ────────────────────",
        " none",
        " not out yet: nothing",
    ]


def test_a_deadline_of_the_selected_message_stands_under_its_title() -> None:
    lines = paint_rail(rail(who=who(asked=True, by="1547Z", left="OVERDUE 1 min", overdue=True)), 28, 36, UNICODE)
    assert text_of(lines)[4:6] == [" ack by 1547Z", "             OVERDUE 1 min"]
    assert inks_of(lines[5], " OVERDUE 1 min ") == {Ink.NOW}
    soon = paint_rail(rail(who=who(asked=True, by="1547Z", left="5 min")), 28, 36, UNICODE)
    assert soon[4].text == " ack by 1547Z         5 min"


def test_caveats_refusals_and_unknown_nations_are_told_in_words() -> None:
    nations = (
        NationRow(tally=tally("XBB", State.ACKNOWLEDGED, 3, 3, caveat=True), persons=()),
        NationRow(
            tally=tally("XCC", State.QUEUED, 0, 2, unable=True),
            persons=(
                person("Lind", State.REFUSED, "refused: no such channel", gap=True),
                person("Saar", State.ACKNOWLEDGED, "unable: no fuel", gap=True, answer=Answer.UNABLE),
            ),
        ),
        NationRow(tally=tally("XDD", State.QUEUED, 0, 0), persons=()),
    )
    lines = paint_rail(rail(who=who(nations=nations)), 28, 36, UNICODE)
    assert text_of(lines)[4:9] == [
        " ◇  XBB  3/3  caveat",
        " ✗  XCC  0/2  unable",
        "      Lind  refused: no su…",
        "      Saar  unable: no fuel",
        " ·  XDD  ?    queued",
    ]
    assert inks_of(lines[6], "refused") == {Ink.BRIGHT}


def test_a_key_period_that_ends_soon_is_bold() -> None:
    lines = paint_rail(rail(keys=evolve(KEYS, soon=True)), 28, 36, ASCII)
    row = next(line for line in lines if "251800Z" in line.text)
    assert row.text.rstrip() == " ! keys until 251800Z"
    assert inks_of(row, "keys until") == {Ink.BRIGHT}


@pytest.mark.parametrize(("done", "full"), [(-1.0, 0), (0.0, 0), (0.26, 3), (0.5, 5), (1.0, 10), (7.0, 10)])
def test_progress_has_its_width_whatever_it_is_told(done: float, full: int) -> None:
    bar, rest = progress(done, 10, ASCII)
    assert (bar.text, rest.text) == ("=" * full, "-" * (10 - full))


def test_in_one_row_gaps_come_before_what_is_fine() -> None:
    (line,) = paint_rail_line(rail(), 80, UNICODE)
    assert line.text == " 1531Z  ✓✓ XAA 4/4  ✓✓ XBB 3/3  ✓ XCC 2/5  XCC 2 h  1 not out  XBB up  key 12·3"
    assert inks_of(line, "XCC 2 h") == {Ink.BRIGHT}
    assert inks_of(line, "XBB up") == {Ink.MUTED}
    (narrow,) = paint_rail_line(rail(), 60, UNICODE)
    assert narrow.text == " 1531Z ✓✓ XAA 4/4 ✓✓ XBB 3/3 ✓ XCC 2/5   XCC 2 h  1 not out"
    refused = rail(who=None, links=(link("XCC", LinkState.REFUSED, "2 h", "not a member"),), queued=0)
    assert paint_rail_line(refused, 40, ASCII)[0].text.split() == ["XCC", "refused", "key", "12.3"]


def test_a_due_that_fits_has_one_row() -> None:
    lines = paint_rail(rail(due=(due("ack Kowal", "2h18"),)), 28, 36, UNICODE)
    assert " 1547Z ack Kowal       2h18" in text_of(lines)
    late = paint_rail(rail(due=(due("acks", "OVERDUE", overdue=True),)), 28, 36, UNICODE)
    assert " 1547Z acks        OVERDUE" in text_of(late)


@pytest.mark.parametrize("width", range(8, 60))
def test_both_forms_fit_at_every_width(width: int) -> None:
    view = rail(who=who(nations=tuple(NationRow(tally=each, persons=()) for each in TALLIES * 6)))
    for line in [*paint_rail(view, width, 30, UNICODE), *paint_rail_line(view, width, UNICODE)]:
        assert cells(line.text) <= width


def test_what_the_own_nation_marks_alike_stands_behind_the_mark_of_the_message() -> None:
    of = who(national="XAA: GEHEIM")
    lines = paint_rail(rail(who=of), 28, 40, UNICODE)
    assert text_of(lines)[2:6] == [" 1531Z Berg Convoy 4 delay…", "", " (S)  XAA: GEHEIM", " ✓✓ XAA  4/4  read"]
    assert inks_of(lines[4], "(S)") == {Ink.MARK}
    longer = text_of(paint_rail(rail(who=evolve(of, mark="(S REL XAA, XBB)")), 28, 40, UNICODE))
    assert longer[4:6] == [" (S REL XAA, XBB)", " XAA: GEHEIM"]
    too_long = text_of(paint_rail(rail(who=evolve(of, national="XAA: " + "STRENG GEHEIM " * 2)), 28, 40, UNICODE))
    assert too_long == text_of(paint_rail(rail(), 28, 40, UNICODE)), "whole or not at all"


def test_it_goes_before_a_name_does_and_gives_back_its_row() -> None:
    tight = text_of(paint_rail(rail(who=who(national="XAA: GEHEIM")), 28, 23, UNICODE))
    assert tight[2] == " (S)  XAA: GEHEIM"
    tighter = paint_rail(rail(who=who(national="XAA: GEHEIM")), 28, 22, UNICODE)
    assert tighter == paint_rail(rail(), 28, 22, UNICODE)
