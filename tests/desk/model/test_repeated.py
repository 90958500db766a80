"""Quotes and forwards in the timeline: whose, when, under which label, and whether that is so."""

from __future__ import annotations

from coalchat.api.vocabulary import Likeness
from tests.desk.model.driver import connected, full
from tests.fakes.api_records import quoted_record


def test_what_is_repeated_stands_under_the_text() -> None:
    node = full(0)
    origin = node.add_message("ops-north", "hold at\nPL RED\x1b[2J")
    for likeness in Likeness:
        node.add_message("ops-north", "", quotes=(quoted_record(origin, likeness),))
    _, *lines = connected(node).lines
    assert [line.text for line in lines] == [""] * 3
    assert [line.quote for line in lines] == [None] * 3
    told = [line.repeats[0] for line in lines]
    assert [text for _, text in told] == ["hold at\nPL RED\\u{1B}[2J"] * 3
    head = f"(S REL {', '.join(origin.nations)}) XBB Kowal {lines[0].dtg}"
    assert [whose.removeprefix(head).strip(" -") for whose, _ in told] == [
        "",
        "the original is not here",
        "THE ORIGINAL DIFFERS",
    ]
