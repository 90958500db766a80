"""Messages in the timeline: their columns, and what a body can never do to them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.vocabulary import Answer, Precedence, State
from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.model.overview import GUIDE
from coalchat.desk.model.reportviews import Card, CardRow
from coalchat.desk.model.views import DateLine, Item, MessageLine, Quote, UnreadLine
from coalchat.desk.paint.ink import Ground, Ink, Line
from coalchat.desk.paint.spans import width_of
from coalchat.desk.paint.text import cells, most_cells
from coalchat.desk.paint.timeline import BODY, item_height, paint_empty, paint_item, paint_new_below
from coalchat.display import display_safe
from coalchat.record import evolve
from tests.desk.paint.made import TALLIES, bodies, codes, inks_of, message, names, tally, text_of

WIDE = 65
SMALL = 60


def shown(item: Item, width: int = WIDE, **more: bool) -> list[str]:
    return text_of(paint_item(item, width, UNICODE, **more))


# --- columns ---


def test_time_nation_name_mark_and_a_body_that_hangs() -> None:
    item = message("Bridge 7 east span inspected. Single file only, 20 t limit until the engineers report.")
    assert shown(item) == [
        " 1531Z XBB Kowal     (S) Bridge 7 east span inspected. Single",
        "                     file only, 20 t limit until the engineers",
        "                     report.",
    ]
    first = paint_item(item, WIDE, UNICODE)[0]
    assert inks_of(first, "1531Z XBB") == {Ink.MUTED}
    assert inks_of(first, "Kowal") == {Ink.BRIGHT}
    assert [(span.text, span.level) for span in first.spans if span.ink is Ink.MARK] == [("(S)", 2)]


def test_a_long_name_and_a_long_code_are_cut_and_stay_in_their_columns() -> None:
    (line,) = shown(message("On my way.", nation="HALYARD", person="Brzęczyszczykiewicz"))
    assert line == " 1531Z HA… Brzęczys… (S) On my way."


def test_a_name_in_front_of_a_mark_brings_none_of_its_own() -> None:
    assert shown(message("On my way.", person="Al (U)")) == [" 1531Z XBB Al \\u{28… (S) On my way."]
    quote = Quote(person="(U REL XAA) Kowal", time="1531Z", text="Convoy 4", mark="(S)", level=2)
    begins, _ = shown(message("Copied.", quote=quote))
    assert begins.endswith("(S) ↳ \\u{28}U REL XAA) Kowal 1531Z: Convoy…")
    assert shown(message("On my way.", person="Al (Lt)")) == [" 1531Z XBB Al (Lt)   (S) On my way."]


@pytest.mark.parametrize(
    "name", ["\u0915" + "\u093e" * 3, ("\u0915\u093e" * 9), "A\U0001f3fd" * 20, "\u0915" + "\u093e" * 40]
)
def test_a_name_pushes_no_mark_out_of_sight_in_a_terminal_that_gives_its_marks_cells(name: str) -> None:
    (line,) = shown(message("On my way.", person=display_safe(name)))
    assert line.index("(S)") <= BODY + 4
    before = line[: line.index("(S)")]
    assert most_cells(before) <= BODY + 6
    assert cells(before) == BODY


def test_an_own_name_has_the_accent() -> None:
    (line,) = paint_item(message("On my way.", mine=True, person="Berg"), WIDE, UNICODE)
    assert inks_of(line, "Berg") == {Ink.ACCENT}


def test_line_breaks_of_the_body_stay_under_the_body() -> None:
    assert shown(message("first\n\n1532Z XAA Berg (U) forged")) == [
        " 1531Z XBB Kowal     (S) first",
        "",
        "                     1532Z XAA Berg (U) forged",
    ]


def test_what_it_repeats_stands_behind_a_bar_that_is_ours() -> None:
    item = message("as ordered", repeats=(("(S REL XAA) XAA Berg 221531Z", "hold\nat PL RED"),))
    lines = paint_item(item, WIDE, UNICODE)
    bar, quote = UNICODE.divider, UNICODE.quote
    assert text_of(lines) == [
        " 1531Z XBB Kowal     (S) as ordered",
        f"                     {bar} {quote} (S REL XAA) XAA Berg 221531Z",
        f"                     {bar} hold",
        f"                     {bar} at PL RED",
    ]
    assert [inks_of(line, f"{bar} ") for line in lines[1:]] == [{Ink.RULE}] * 3


def test_a_mark_that_names_many_nations_wraps_in_its_own_ink() -> None:
    mark = "(TS CONVOY REL XAA, XBB, XCC, XDD, XEE, XFF, XGG, XHH)"
    lines = paint_item(message("Go.", mark=mark, level=3), SMALL, UNICODE)
    assert text_of(lines) == [
        " 1531Z XBB Kowal     (TS CONVOY REL XAA, XBB, XCC, XDD,",
        "                     XEE, XFF, XGG, XHH) Go.",
    ]
    assert inks_of(lines[1], "XEE, XFF, XGG, XHH)") == {Ink.MARK}
    assert inks_of(lines[1], "Go.") == {Ink.TEXT}


@given(
    body=bodies,
    person=names,
    nation=codes,
    mark=names,
    quoted=st.none() | names,
    precedence=st.sampled_from(list(Precedence)),
    due=st.sampled_from(["", "ack by 1547Z"]),
    width=st.integers(25, 200),
    flags=st.tuples(*[st.booleans()] * 5),
)
def test_nothing_of_a_peer_reaches_the_columns_before_the_body(
    body: str, person: str, nation: str, mark: str, quoted: str | None, precedence: Precedence, due: str, width: int,
    flags: tuple[bool, bool, bool, bool, bool],
) -> None:  # fmt: skip
    unread, mine, sending, focused, selected = flags
    quote = None if quoted is None else Quote(person=quoted, time="1500Z", text=quoted)
    item = message(
        body, person=person, nation=nation, mark=mark, quote=quote, precedence=precedence, due=due, unread=unread,
        mine=mine, sending=sending, failed=person, remarks=(person,), answered=Answer.WILCO if mine else None,
        tallies=TALLIES if mine else (),
    )  # fmt: skip
    lines = paint_item(item, width, UNICODE, focused, selected)
    assert len(lines) == item_height(item, width, UNICODE, focused, selected)
    for place, line in enumerate(lines):
        assert cells(line.text) <= width
        assert cells(line.spans[0].text) == 1
        chrome = line.spans[1:3] if place == 0 else line.spans[1:2]
        assert sum(cells(span.text) for span in chrome) == BODY - 1
        assert place == 0 or not chrome[0].text.strip()


@given(bodies, st.integers(1, 24), st.booleans())
def test_without_room_for_a_body_its_chrome_is_cut_at_the_edge(body: str, width: int, unreadable: bool) -> None:
    for line in paint_item(message(body, unreadable=unreadable), width, UNICODE):
        assert cells(line.text) <= width


# --- the gutter ---


def gutter(lines: list[Line]) -> list[tuple[str, Ink]]:
    return [(line.spans[0].text, line.spans[0].ink) for line in lines]


def test_unread_selected_and_urgent_show_in_the_gutter_of_every_row() -> None:
    long = "word " * 20
    assert set(gutter(paint_item(message(long), WIDE, UNICODE))) == {(" ", Ink.TEXT)}
    assert set(gutter(paint_item(message(long, unread=True), WIDE, UNICODE))) == {("▎", Ink.ACCENT_PLAIN)}
    flash = message(long, unread=True, precedence=Precedence.FLASH)
    assert set(gutter(paint_item(flash, WIDE, UNICODE))) == {("┃", Ink.BRIGHT)}
    assert set(gutter(paint_item(flash, WIDE, ASCII, focused=True, selected=True))) == {(">", Ink.ACCENT)}
    assert set(gutter(paint_item(message(long), WIDE, UNICODE, selected=True))) == {("▌", Ink.MUTED)}


def test_the_selected_message_has_its_own_ground_while_keys_act_on_it() -> None:
    item = message("word " * 20)
    assert {line.ground for line in paint_item(item, WIDE, UNICODE, focused=True, selected=True)} == {Ground.SELECTED}
    assert {line.ground for line in paint_item(item, WIDE, UNICODE, selected=True)} == {Ground.BASE}


# --- precedence ---

FLASH = message("SALUTE 003\nSIZE  8 vehicles", precedence=Precedence.FLASH, due="ack by 1547Z", unread=True)


def test_a_flash_that_waits_is_the_band_with_its_deadline_at_the_right() -> None:
    lines = paint_item(FLASH, WIDE, UNICODE)
    assert text_of(lines) == [
        "┃1531Z XBB Kowal     FLASH   (S) SALUTE 003         ack by 1547Z",
        "┃                    SIZE  8 vehicles",
        "┃                    Up select  A acknowledge",
    ]
    assert [line.ground for line in lines] == [Ground.FLASH, Ground.BASE, Ground.BASE]
    assert "Up select" not in "".join(text_of(paint_item(FLASH, WIDE, UNICODE, focused=True, selected=True)))
    small = paint_item(FLASH, SMALL, ASCII)
    assert text_of(small)[0] == "#1531Z XBB Kowal     FLASH (S) SALUTE 003      ack by 1547Z"


def test_the_first_words_of_a_flash_leave_room_for_its_deadline() -> None:
    item = message("Convoy stopped by armed people at bridge 7", precedence=Precedence.FLASH, due="ack by 1547Z")
    assert text_of(paint_item(item, SMALL, UNICODE)) == [
        "┃1531Z XBB Kowal     FLASH (S) Convoy stopped  ack by 1547Z",
        "┃                    by armed people at bridge 7",
        "┃                    Up select  A acknowledge",
    ]
    narrow = paint_item(item, 45, UNICODE)
    assert text_of(narrow)[-2:] == ["┃                    ack by 1547Z", "┃                    Up select"]
    assert inks_of(narrow[-2], "ack by 1547Z") == {Ink.BRIGHT}


@pytest.mark.parametrize(
    ("change", "band"),
    [
        ({}, True),
        ({"unread": False}, True),
        ({"due": ""}, True),
        ({"due": "", "unread": False}, False),
        ({"due": "", "answered": Answer.WILCO}, False),
        ({"mine": True, "due": ""}, False),
    ],
)
def test_the_band_is_for_what_waits_alone(change: dict[str, object], band: bool) -> None:
    fields: dict[str, object] = {"precedence": Precedence.FLASH, "due": "ack by 1547Z", "unread": True, **change}
    (first, *_) = paint_item(message("Stop.", **fields), WIDE, UNICODE)
    assert (first.ground is Ground.FLASH) is band
    assert "FLASH   (S) Stop." in first.text
    if not band:
        assert inks_of(first, "FLASH") == inks_of(first, "Stop.") == {Ink.BRIGHT}


def test_immediate_is_the_word_and_the_lower_ones_print_nothing() -> None:
    (line,) = paint_item(message("Go.", precedence=Precedence.IMMEDIATE), WIDE, UNICODE)
    assert line.text.endswith("IMMEDIATE (S) Go.")
    assert inks_of(line, "IMMEDIATE") == {Ink.URGENT}
    assert shown(message("Go.", precedence=Precedence.PRIORITY)) == shown(message("Go."))


def test_a_deadline_without_flash_has_a_row_of_its_own() -> None:
    item = message("Go.", due="ack by 1600Z")
    assert shown(item)[1:] == ["                     ! ack by 1600Z"]
    assert shown(item, focused=True, selected=True)[2:] == ["▌                    A acknowledge  R reply  Enter read"]
    assert shown(item, selected=True) == ["▌" + row[1:] for row in shown(item)]


# --- what stands under a message ---


def test_receipts_stand_under_it_nation_by_nation_and_the_gap_is_bold() -> None:
    lines = paint_item(message("Go.", mine=True, tallies=TALLIES), WIDE, UNICODE)
    assert text_of(lines)[1:] == ["                     ✓✓ XAA 4/4   ✓✓ XBB 3/3   ✓ XCC 2/5"]
    assert inks_of(lines[1], "✓✓ XAA 4/4") == {Ink.MUTED}
    assert inks_of(lines[1], "✓ XCC 2/5") == {Ink.BRIGHT}


def test_a_row_of_receipts_breaks_between_nations() -> None:
    many = tuple(tally(f"X{n}{n}", State.READ, 1, 2) for n in range(6))
    assert shown(message("Go.", mine=True, tallies=many), SMALL)[1:] == [
        "                     ✓✓ X00 1/2  ✓✓ X11 1/2  ✓✓ X22 1/2",
        "                     ✓✓ X33 1/2  ✓✓ X44 1/2  ✓✓ X55 1/2",
    ]


def test_a_caveat_an_inability_and_an_unknown_nation_have_their_words() -> None:
    some = (
        tally("XBB", State.ACKNOWLEDGED, 3, 3, caveat=True),
        tally("XCC", State.READ, 0, 5, unable=True),
        tally("XDD", State.QUEUED, 0, 0),
    )
    assert shown(message("Go.", mine=True, tallies=some), 90)[1:] == [
        "                     ◇ XBB 3/3 caveat   ✗ XCC 0/5 unable   · XDD nobody known"
    ]


@pytest.mark.parametrize(
    ("change", "rows", "ink"),
    [
        ({"remarks": ("withheld from XCC",)}, ["withheld from XCC"], Ink.REMARK),
        ({"sending": True}, ["… sending"], Ink.MUTED),
        ({"failed": "the channel is closed"}, ["✗ not sent: the channel is closed"], Ink.BRIGHT),
        ({"answered": Answer.NONE}, ["◆ you acknowledged"], Ink.REMARK),
        ({"answered": Answer.WILCO}, ["◆ you acknowledged: will comply"], Ink.REMARK),
        ({"answered": Answer.CAVEAT}, ["◇ you acknowledged with a caveat"], Ink.REMARK),
        ({"answered": Answer.UNABLE}, ["✗ you answered: unable"], Ink.REMARK),
    ],
)
def test_our_remarks_are_told_from_the_text(change: dict[str, object], rows: list[str], ink: Ink) -> None:
    lines = paint_item(message("Go.", **change), WIDE, UNICODE)
    assert [row.strip() for row in text_of(lines)[1:]] == rows
    assert inks_of(lines[1], rows[0].split(" ", 1)[1]) == {ink}


def test_what_it_answers_begins_in_the_first_row_and_the_answer_below() -> None:
    quote = Quote(person="Berg", time="1531Z", text="Convoy 4", mark="(S)", level=2)
    line, below = paint_item(message("Copied.", quote=quote), WIDE, UNICODE)
    assert line.text.endswith("(S) ↳ Berg 1531Z: Convoy 4")
    assert inks_of(line, "↳ Berg 1531Z") == {Ink.MUTED}
    assert below.text.strip() == "Copied."
    other = evolve(quote, mark="(TS)", level=3, text="x" * 200)
    line, below = paint_item(message("Copied.", quote=other), WIDE, UNICODE)
    assert "(S) ↳ (TS) Berg 1531Z: xxx" in line.text
    assert inks_of(line, "(TS)") == {Ink.MARK}
    assert cells(line.text) < WIDE
    band = message("Now.", quote=quote, precedence=Precedence.FLASH, unread=True)
    assert shown(band)[0].endswith("(S) ↳ Berg 1531Z Now.")
    gone = Quote(person="", time="", text="")
    assert shown(message("Copied.", quote=gone)) == [" 1531Z XBB Kowal     (S) ↳ a message not here Copied."]


def test_what_cannot_be_opened_is_one_line_without_author() -> None:
    closed = message("key erased 211800Z · ask XAA", nation="", person="", unreadable=True)
    assert shown(closed) == [" 1531Z ── (S) cannot be opened: key erased 211800Z · ask XAA ──"]
    lines = paint_item(closed, WIDE, ASCII)
    assert text_of(lines) == [" 1531Z -- (S) cannot be opened: key erased 211800Z . ask XAA --"]
    assert inks_of(lines[0], "key erased") == {Ink.REMARK}
    said = message("cannot be opened: no key", unreadable=True)
    assert shown(said) == [" 1531Z ── (S) cannot be opened: no key ──"]


# --- lines between messages ---


def test_date_and_unread_lines() -> None:
    assert shown(DateLine(text="22 NOV 2026"), 40) == [" " + "─" * 12 + " 22 NOV 2026 " + "─" * 13]
    unread = UnreadLine(count=3, since="1536Z")
    assert shown(unread, 40) == ["▎─ 3 new since 1536Z " + "─" * 18]
    assert inks_of(paint_item(unread, 40, UNICODE)[0], "3 new") == {Ink.ACCENT}
    assert text_of(paint_item(UnreadLine(count=1, since=""), 20, ASCII)) == ["*- 1 new ----------"]


def test_the_line_below_while_one_reads_back_and_an_empty_channel() -> None:
    assert text_of(paint_new_below(12, 60, UNICODE)) == [" " * BODY + "↓ 12 new   End to them"]
    assert text_of(paint_empty((), 60, UNICODE)) == [" " * BODY + "no messages yet"]


def test_where_there_is_no_channel_it_says_what_can_be_done() -> None:
    for width in (12, 30, 61, 66):
        rows = paint_empty(GUIDE, width, UNICODE)
        assert all(width_of(row.spans) <= width for row in rows)
        said = " ".join(" ".join(text_of(rows)).split())
        assert "no channel here yet" in said or width < 61
        assert width < 30 or all(key in said for key, _ in GUIDE)


# --- ASCII ---


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])), st.integers(25, 120))
def test_with_ascii_glyphs_nothing_of_ours_is_outside_ascii(body: str, width: int) -> None:
    quote = Quote(person="Berg", time="1531Z", text="")
    items: list[Item] = [
        DateLine(text="22 NOV 2026"),
        UnreadLine(count=3, since="1536Z"),
        message(body, quote=quote, unread=True, due="ack by 1547Z", precedence=Precedence.FLASH, person="x" * 20),
        message(body, mine=True, tallies=TALLIES, sending=True, failed="because…", remarks=("a · b",)),
        message(body, answered=Answer.CAVEAT),
        message("key · gone", unreadable=True),
    ]
    for item in items:
        assert all(line.text.isascii() for line in paint_item(item, width, ASCII, focused=True, selected=True))


def test_markup_is_text() -> None:
    item: MessageLine = message("[SECRET] x [/b]", person="[/b]", mark="([S])")
    assert shown(item) == [" 1531Z XBB [/b]      ([S]) [SECRET] x [/b]"]


@pytest.mark.parametrize(
    ("answers", "more", "said"),
    [(1, False, "1 answer"), (3, False, "3 answers"), (1, True, "1+ answers"), (3, True, "3+ answers")],
)
def test_a_count_of_answers_says_when_it_may_be_more(answers: int, more: bool, said: str) -> None:
    lines = paint_item(message(answers=answers, more_answers=more), 80, UNICODE)
    assert lines[-1].text.strip() == said


def test_on_a_small_screen_what_stands_below_a_report_begins_where_its_card_does() -> None:
    card = Card(title="SALUTE 003", notes=(), rows=(CardRow(name="Size", text="8 vehicles", wrong=False),), missing=())
    item = message("", card=card, answered=Answer.NONE, answers=1)
    for width, column in ((SMALL, 7), (WIDE, 21)):
        below = text_of(paint_item(item, width, UNICODE))[-3:]
        assert [len(row[1:]) - len(row[1:].lstrip()) + 1 for row in below] == [column] * 3, below
