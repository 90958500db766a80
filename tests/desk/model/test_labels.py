"""Labels as they are written for the node, and marks for the screen."""

from __future__ import annotations

import pytest

from coalchat.desk.model.labels import HighWater, Label, Marks, combined
from coalchat.desk.model.views import UNMARKED
from coalchat.errors import UnknownLabel, UnknownNation
from coalchat.record import evolve
from tests.fakes.api_records import POLICY

ALL = ("XAA", "XBB", "XCC")
MARKS = Marks(POLICY, ALL)


def test_a_label_in_its_forms() -> None:
    label = Label(2, ("XBB", "XAA"), "CONVOY")
    assert MARKS.text(label) == "SECRET CONVOY REL XAA, XBB"
    assert MARKS.short(label) == "S CONVOY REL XAA, XBB"
    assert MARKS.portion(label) == "S CONVOY"
    assert MARKS.marking(HighWater() | label) == "MISSION SECRET CONVOY REL XAA, XBB"


def test_a_policy_without_a_prefix_is_named_by_its_identifier() -> None:
    marks = Marks(evolve(POLICY, prefix=""), ALL)
    assert marks.marking(HighWater() | Label(0, ("XAA",))) == "EXAMPLE UNCLASSIFIED REL XAA"


def test_a_mark_does_not_break() -> None:
    mark = MARKS.mark("S CONVOY", ("XBB", "XAA"), ALL)
    assert mark.replace("\u00a0", " ") == "(S CONVOY REL XAA, XBB)"
    assert " " not in mark
    assert MARKS.mark("S", ("XCC", "XBB", "XAA"), ALL) == "(S)"


def test_the_high_water_mark_has_the_highest_level_all_categories_and_the_common_nations() -> None:
    high = HighWater() | Label(1, ALL, "EXCON") | Label(2, ("XAA", "XBB"), "CONVOY") | Label(0, ("XAA", "XCC"))
    assert high == HighWater(2, frozenset({"CONVOY", "EXCON"}), frozenset({"XAA"}))
    assert MARKS.marking(high) == "MISSION SECRET CONVOY EXCON REL XAA"
    assert HighWater().level == UNMARKED


def test_what_is_made_of_two_is_seen_by_nobody_who_could_not_see_both() -> None:
    assert combined(Label(2, ("XAA", "XBB")), Label(1, ALL, "CONVOY")) == Label(2, ("XAA", "XBB"), "CONVOY")
    assert combined(Label(0, ("XAA",)), Label(0, ("XBB",))).nations == ()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("secret", Label(2, ALL)),
        ("s", Label(2, ALL)),
        ("TS rel xbb xaa", Label(3, ("XAA", "XBB"))),
        ("top  secret REL TO XAA,XCC", Label(3, ("XAA", "XCC"))),
        ("MISSION SECRET CONVOY REL XAA", Label(2, ("XAA",), "CONVOY")),
        ("example restricted excon", Label(1, ALL, "EXCON")),
    ],
)
def test_labels_as_typed(text: str, label: Label) -> None:
    assert MARKS.parse(text, ALL) == label


@pytest.mark.parametrize(
    "text", ["", "SECRE", "SECRET CONVO", "SECRET CONVOY EXCON", "REL XAA", "SECRET REL", "SECRETS"]
)
def test_nothing_is_guessed_of_a_label(text: str) -> None:
    with pytest.raises(UnknownLabel):
        MARKS.parse(text, ALL)


def test_an_unknown_nation_is_named() -> None:
    with pytest.raises(UnknownNation, match="XDD"):
        MARKS.parse("SECRET REL XAA, XDD", ALL)


def test_every_label_that_is_written_is_read_back() -> None:
    for level in range(len(POLICY.levels)):
        for category in ("", *POLICY.categories):
            for nations in (("XAA",), ("XAA", "XCC"), ALL):
                label = Label(level, nations, category)
                assert MARKS.parse(MARKS.text(label), ALL) == label
                assert MARKS.parse(MARKS.short(label), ALL) == label
                assert MARKS.parse(MARKS.marking(HighWater() | label), ALL) == label


def test_without_a_policy_there_are_no_names() -> None:
    marks = Marks()
    assert (marks.name(2), marks.letter(2), marks.marking(HighWater() | Label(2, ALL))) == ("", "", "")
    with pytest.raises(UnknownLabel):
        marks.parse("SECRET", ALL)
