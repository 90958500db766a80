"""What is shown of what was found: words around what matched, and of a report the fields that did."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.about import CardRow, Report
from coalchat.api.search import Piece
from coalchat.node.answers.snippets import FIELDS, LONGEST, pieces, report_pieces
from coalchat.paths import Home
from coalchat.record import evolve
from tests.fakes.nodes import Town, until
from tests.node.test_reports import files
from tests.node.test_search import page

LOCATION = CardRow(
    key="LOC", row=0, name="LOCATION", type="loc", value="31NBA48121187", text="31N BA 4812 1187", wrong=False
)
ACTIVITY = CardRow(
    key="ACT", row=0, name="ACTIVITY", type="text", value="at the\nquay", text="at the\nquay", wrong=False
)
HELD = CardRow(key="SUPPLY-HELD", row=2, name="HELD", type="int", value="120", text="120", wrong=False)
REPORT = Report(
    form="SALUTE", title="What was seen", serial=3, version=1, part=False, missing=(), rows=(LOCATION, ACTIVITY, HELD)
)


def said(report: Report, marked: str) -> str:
    """What matched stands between asterisks."""
    return "".join(f"*{piece.text}*" if piece.hit else piece.text for piece in report_pieces(report, marked))


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("ACT/at the\n    \x02quay\x03//", "ACTIVITY: at the *quay*"),
        ("ACT/at \x02the\n    quay\x03//", "ACTIVITY: at *the quay*"),
        ("LOC/\x0231NBA48121187\x03//", "LOCATION: *31N BA 4812 1187*"),
        ("\x02LOC\x03/31NBA48121187//\nACT/\x02at\x03 the", "*LOCATION*: 31N BA 4812 1187 · ACTIVITY: *at* the quay"),
        ("SUPPLY-2/\x02HELD\x03:\x02120\x03//", "*HELD 2*: *120*"),
        ("\x02SALUTE\x03/003//", "LOCATION: 31N BA 4812 1187 · ACTIVITY: at the quay · HELD 2: 120"),
        ("ACT/\x02a\x03", "LOCATION: 31N BA 4812 1187 · ACTIVITY: at the quay · HELD 2: 120"),
        ("nothing", ""),
    ],
)
def test_the_fields_that_matched_are_shown_as_the_card_shows_them(marked: str, shown: str) -> None:
    assert said(REPORT, marked) == shown


def test_of_a_long_field_what_matched_is_near_the_beginning_and_of_many_fields_the_first_are_there() -> None:
    text = "word " * 100 + "the bridge " + "more " * 100
    rows = tuple(evolve(ACTIVITY, value=text, text=text) for _ in range(9))
    shown = report_pieces(evolve(REPORT, rows=rows), "\x02bridge\x03")
    assert sum(piece.hit for piece in shown) == FIELDS
    whole = "".join(piece.text for piece in shown).split(" · ")
    assert all(one.startswith("ACTIVITY: …word word") and one.endswith("…") for one in whole)
    assert all(one.index("bridge") < 40 and len(one) <= LONGEST + 20 for one in whole)


def test_a_snippet_is_cut_at_its_hits() -> None:
    cut = pieces("… the \x02bridge\x03 at \x02dawn\x03")
    assert [(piece.text, piece.hit) for piece in cut] == [
        ("… the ", False), ("bridge", True), (" at ", False), ("dawn", True),
    ]  # fmt: skip
    assert pieces("\x02bridge\x03") == (Piece(text="bridge", hit=True),)
    assert pieces("") == ()


async def test_a_report_that_was_found_is_read_by_people(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        seen = {
            "size": "3 trucks",
            "activity": "loading at the quay",
            "location": "31N BA 4812 1187",
            "time": "211200Z",
        }
        await files(a, "salute", part=True, fields=seen)
        for words, shown in (
            ("quay", "Activity: loading at the *quay*"),
            ("31NBA48121187", "Location: *31N BA 4812 1187"),
            ("load* truck*", "Size: 3 *trucks* · Activity: *loading* at the quay"),
        ):
            (one,) = (await page(a, words)).found
            text = "".join(f"*{piece.text}*" if piece.hit else piece.text for piece in one.snippet)
            assert text.startswith(shown)
            assert "//" not in text
        await town.close()
