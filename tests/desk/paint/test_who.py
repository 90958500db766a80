"""The screen of who has a message: the staircase, and the gaps with what closes them."""

from __future__ import annotations

import pytest

from coalchat.api.vocabulary import Answer, State
from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.model.whoviews import NationRow
from coalchat.desk.paint.ink import Ground, Ink
from coalchat.desk.paint.text import cells
from coalchat.desk.paint.who import paint_who, paint_who_head
from coalchat.record import evolve
from tests.desk.paint.made import NATIONS, TALLIES, inks_of, person, tally, text_of, who


def test_the_head_says_what_and_how_far() -> None:
    lines = paint_who_head(who(asked=True, by="221547Z", left="5 min"), 120, UNICODE)
    assert text_of(lines) == [
        " WHO HAS IT  1531Z Berg" + " " * 81 + "entry 4f1c 88d2",
        "",
        " (S) Convoy 4 delayed 40 min at bridge 7.",
        "",
        " acknowledge by 221547Z  5 min   acknowledged ━━────────────────── 1 of 12   released to XAA XBB XCC",
        "",
        "                 ROLE       DEVICE  STORED   LEFT    DELIVERED   READ       ACK       NOW",
        "─" * 120,
    ]
    assert lines[0].ground is Ground.HEAD
    assert inks_of(lines[4], "221547Z") == {Ink.BRIGHT}
    late = paint_who_head(who(asked=True, by="221547Z", left="OVERDUE 3 min", overdue=True), 120, UNICODE)
    assert inks_of(late[4], " OVERDUE 3 min ") == {Ink.NOW}


def test_a_small_head_has_no_free_rows() -> None:
    assert text_of(paint_who_head(who(), 80, ASCII)) == [
        " WHO HAS IT  1531Z Berg" + " " * 41 + "entry 4f1c 88d2",
        " (S) Convoy 4 delayed 40 min at bridge 7.",
        " read =====--------------- 3 of 12   released to XAA XBB XCC",
        "              ROLE    LEFT DELIV  READ    ACK    NOW",
    ]
    assert text_of(paint_who_head(who(), 60, UNICODE))[-1] == "             LEFT DELIV  READ    ACK    NOW"


def test_the_staircase_at_120() -> None:
    lines = paint_who(who(), 120, UNICODE)
    assert text_of(lines)[:13] == [
        " XAA" + " " * 104 + "✓✓ 4/4 read",
        " Okoro           OFFICER    1       ·        ↑       ✓           ✓✓                   read",
        "",
        " XBB" + " " * 104 + "✓✓ 3/3 read",
        " Kowal           OFFICER    1       ·        ↑       ✓           ✓✓                   read",
        " Reyes           OFFICER    1       ·        ↑       ✓ 1537      ✓✓ 1538    ◇ 211541  caveat: watch only",
        "",
        " XCC" + " " * 88 + "✓ 2/5 delivered · 3 missing",
        "┃Lind            OFFICER    1       ·        ↑                                        held by XBB",
        "┃Saar            OFFICER    1       ·        ↑                                        sent, nothing heard",
        "┃Oja             OFFICER    1       ·                                                 queued here",
        "",
        " GAPS " + "─" * 96 + " what closes them",
    ]
    assert inks_of(lines[8], "Lind") == inks_of(lines[8], "held by XBB") == {Ink.BRIGHT}
    assert inks_of(lines[1], "Okoro") == {Ink.TEXT}


def test_a_nations_deputy_stands_beside_it_as_far_as_there_is_room() -> None:
    def rows(width: int) -> list[str]:
        nations = tuple(evolve(one, deputy="Maj Kowal\nFORGED", lacks=True) for one in NATIONS)
        return [
            line
            for line in text_of(paint_who(who(nations=nations, asked=True), width, UNICODE))
            if line.startswith(" X")
        ]

    assert [line.split("   ")[0] for line in rows(120)] == [
        f" {code}  deputy Maj Kowal FORGED" for code in ("XAA", "XBB", "XCC")
    ]
    assert rows(120)[2].endswith("0/3 acknowledged · 3 missing")
    assert "deputy Maj" in rows(60)[2]
    assert "deputy" not in rows(40)[2], "what is missing comes first"
    assert all(cells(line) <= 40 for line in rows(40))


def test_the_staircase_at_80_in_ascii() -> None:
    lines = text_of(paint_who(who(), 80, ASCII))
    assert lines[4] == " Reyes        OFFICER ^    + 1537 ++ 1538 C      caveat: watch only"
    assert lines[7] == "#Saar         OFFICER ^                          sent, nothing heard"
    assert all(line.isascii() for line in lines)


def test_the_gaps_come_with_what_closes_them() -> None:
    rows = [row.split("  ") for row in text_of(paint_who(who(), 120, UNICODE))[-3:]]
    assert [[part.strip() for part in row if part.strip()] for row in rows] == [
        ["┃Lind", "XCC", "held by XBB since 1538Z", "contact with the device"],
        ["┃Saar", "XCC", "sent, nothing heard since 1538Z", "E escalate to Mets"],
        ["┃Oja", "XCC", "queued here, no link since 1210Z"],
    ]
    (saar,) = [line for line in paint_who(who(), 120, UNICODE) if "escalate" in line.text]
    assert inks_of(saar, "E") == {Ink.ACCENT}
    assert inks_of(saar, "escalate to Mets") == {Ink.TEXT}


@pytest.mark.parametrize(("width", "at"), [(120, 72), (80, 50), (66, 47)])
def test_what_closes_the_gaps_stands_in_one_column(width: int, at: int) -> None:
    escalate = ("E", "escalate to Saar")
    nation = NationRow(
        tally=tally("XCC", State.ACKNOWLEDGED, 0, 2),
        persons=(
            person("Lind", State.HELD, "held", gap=True, closes=("R", "remind")),
            person("Oja", State.QUEUED, "queued here, no link since 1342Z", gap=True, since="", closes=escalate),
        ),
    )
    rows = [line.text for line in paint_who(who(nations=(nation,), asked=True), width, UNICODE)][-2:]
    places = {row.index(words) for row, words in zip(rows, ("R remind", "E escalate to Saar"), strict=True)}
    assert places == {at}
    assert all(row[at - 2 : at] == "  " and cells(row) < width for row in rows)


def test_who_is_furthest_behind_comes_first_when_asked_for() -> None:
    rows = text_of(paint_who(who(), 120, UNICODE, by_gap=True))
    names = [row[1:6].strip() for row in rows[:11] if "OFFICER" in row]
    assert names == ["Okoro", "Kowal", "Reyes", "Oja", "Saar", "Lind"]


def test_where_acknowledgements_are_asked_for_they_are_counted_and_this_person_told() -> None:
    berg = person("Berg", State.READ, "read", gap=True, you=True, closes=("A", "acknowledge"))
    okoro = person("Okoro", State.ACKNOWLEDGED, "acknowledged")
    bot = person("sensor-7", State.DELIVERED, "bot, cannot acknowledge", role="bot")
    nation = NationRow(tally=tally("XAA", State.ACKNOWLEDGED, 1, 2), persons=(berg, okoro, bot))
    view = who(nations=(nation,), asked=True, author="XAA", stored="1537", said="reminded")
    head, *rows = text_of(paint_who(view, 120, UNICODE))
    assert head.endswith("◆ author's nation · 1/2 acknowledged · 1 read · 1 missing · you are missing")
    assert rows[0].split() == ["┃Berg", "you", "OFFICER", "1", "1537", "↑", "✓", "✓✓", "A", "to", "acknowledge"]
    assert paint_who_head(view, 120, UNICODE)[0].text.rstrip().endswith("reminded")


def test_without_gaps_there_is_no_such_section() -> None:
    view = who(nations=(NationRow(tally=TALLIES[0], persons=(person("Okoro", State.READ, "read"),)),))
    assert not any("GAPS" in row for row in text_of(paint_who(view, 100, UNICODE)))


@pytest.mark.parametrize(
    ("state", "answer", "ticks"),
    [
        (State.QUEUED, None, "·"),
        (State.SENT, None, "· ↑"),
        (State.HELD, None, "· ↑"),
        (State.DELIVERED, None, "· ↑ ✓"),
        (State.READ, None, "· ↑ ✓ ✓✓"),
        (State.ACKNOWLEDGED, Answer.WILCO, "· ↑ ✓ ✓✓ ◆"),
        (State.ACKNOWLEDGED, Answer.CAVEAT, "· ↑ ✓ ✓✓ ◇"),
        (State.ACKNOWLEDGED, Answer.UNABLE, "· ↑ ✓ ✓✓ ✗"),
        (State.REFUSED, None, "· ✗"),
        (State.EXPIRED, None, "· ✗"),
    ],
)
def test_ticks_stand_for_what_is_known_and_no_more(state: State, answer: Answer | None, ticks: str) -> None:
    one = person("Lind", state, "", answer=answer, role="", device="", since="")
    view = who(nations=(NationRow(tally=TALLIES[2], persons=(one,)),))
    assert paint_who(view, 120, UNICODE)[1].text.split() == ["Lind", *ticks.split()]


def test_a_nation_of_which_nobody_is_known_says_so() -> None:
    view = who(nations=(NationRow(tally=tally("XDD", State.QUEUED, 0, 0), persons=()),))
    rows = text_of(paint_who(view, 80, UNICODE))
    assert rows[0].split() == ["XDD", "·", "nobody", "known"]
    assert rows[1] == " none of its devices is known"
    assert text_of(paint_who(who(nations=()), 80, UNICODE)) == [" nobody known"]


@pytest.mark.parametrize("width", range(20, 160, 7))
def test_it_fits_at_every_width(width: int) -> None:
    view = who(asked=True, by="221547Z", left="OVERDUE 12 min", overdue=True, excerpt="松本 " * 60)
    for line in [*paint_who_head(view, width, UNICODE), *paint_who(view, width, UNICODE)]:
        assert cells(line.text) <= width


@pytest.mark.parametrize("width", [38, 80, 120])
def test_what_the_own_nation_marks_alike_stands_at_the_right_of_the_mark(width: int) -> None:
    lines = paint_who_head(who(national="XAA: GEHEIM"), width, UNICODE)
    (row,) = (line.text for line in lines if "(S) Convoy" in line.text)
    assert row.rstrip().endswith("  XAA: GEHEIM") is (width > 38)
    assert "GEH" in row or width == 38, "whole or not at all"
