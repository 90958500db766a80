"""Times, ages and counts in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.desk.model import words
from coalchat.desk.model.words import DAY, HOUR, MINUTE

NOW = 1_795_362_120
"""221542Z NOV 26."""


def test_the_forms_of_a_time() -> None:
    assert words.clock(NOW) == "1542Z"
    assert words.day_clock(NOW) == "221542Z"
    assert words.dtg(NOW) == "221542Z NOV 26"
    assert words.date(NOW) == "22 NOV 2026"
    assert words.clock_beside(NOW, NOW + HOUR) == "1542Z"
    assert words.clock_beside(NOW, NOW + DAY) == "221542Z"
    assert words.clock_beside(NOW, NOW + 26 * DAY) == "221542Z"
    assert words.clock_beside(NOW, NOW - 30 * DAY) == "221542Z NOV 26"


@pytest.mark.parametrize(("month", "name"), list(enumerate(words.MONTHS)))
def test_month_names_are_fixed(month: int, name: str) -> None:
    assert words.date(NOW - NOW % DAY + (month - 10) * 30 * DAY + 8 * DAY).split()[1] in words.MONTHS
    assert len(name) == 3
    assert name.isascii()


@given(st.integers(-(2**63), 2**63 - 1))
def test_no_clock_of_a_peer_breaks_a_word(seconds: int) -> None:
    assert words.dtg(seconds)[6] == "Z"
    assert len(words.dtg(seconds)) == len("221542Z NOV 26")
    assert len(words.date(seconds)) == len("22 NOV 2026")
    assert words.day(seconds) >= 0


@pytest.mark.parametrize(
    ("seconds", "word"),
    [
        (-5, "now"),
        (59, "now"),
        (60, "1 min"),
        (12 * MINUTE + 59, "12 min"),
        (HOUR, "1 h"),
        (2 * HOUR, "2 h"),
        (47 * HOUR, "47 h"),
        (3 * DAY, "3 d"),
    ],
)
def test_ages(seconds: int, word: str) -> None:
    assert words.age(seconds) == word


@pytest.mark.parametrize(
    ("remains", "word"),
    [
        (3 * DAY + HOUR, "3 d"),
        (2 * HOUR + 18 * MINUTE + 59, "2h18"),
        (18 * MINUTE + 59, "18 min"),
        (10 * MINUTE, "10 min"),
        (9 * MINUTE + 59, "9:50"),
        (4 * MINUTE + 51, "4:50"),
        (MINUTE, "1:00"),
        (59, "0:59"),
        (1, "0:01"),
        (0, "OVERDUE"),
        (-59, "OVERDUE"),
        (-3 * MINUTE - 5, "OVERDUE 3 min"),
        (-2 * HOUR - MINUTE, "OVERDUE 2h01"),
        (-5 * DAY, "OVERDUE 5 d"),
    ],
)
def test_what_remains(remains: int, word: str) -> None:
    assert words.left(NOW + remains, NOW) == word


@given(st.integers(0, 10 * DAY), st.integers(0, 30))
def test_a_later_deadline_never_shows_less_time(remains: int, more: int) -> None:
    assert not words.left(NOW + remains + more + 1, NOW).startswith("OVERDUE")
    assert words.left(NOW - remains, NOW).startswith("OVERDUE")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("none", 0),
        ("NONE", 0),
        ("+15", NOW + 15 * MINUTE),
        ("1547Z", NOW + 5 * MINUTE),
        ("15:47", NOW + 5 * MINUTE),
        ("1541z", NOW - MINUTE + DAY),
        ("1542Z", NOW + DAY),
        ("2461Z", None),
        ("1260", None),
        ("+0", None),
        ("soon", None),
        ("", None),
        ("\u0661\u0665\u0664\u0667Z", None),
    ],
)
def test_deadlines_as_typed(text: str, at: int | None) -> None:
    assert words.deadline_of(text, NOW) == at


def test_lists_and_counts() -> None:
    assert [words.listed(names) for names in ((), ("A",), ("A", "B"), ("A", "B", "C"))] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]
    assert words.counted(1, "device") == "1 device"
    assert words.counted(3, "device") == "3 devices"
