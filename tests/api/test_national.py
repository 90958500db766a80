"""What the own nation marks alike, in words."""

from __future__ import annotations

import pytest

from coalchat.api.national import beside
from tests.fakes.api_records import POLICY, national_policy


@pytest.mark.parametrize(
    ("level", "words"),
    [(0, "XAA: OFFEN"), (2, "XAA: GEHEIM"), (3, "XAA: no equivalent"), (-1, ""), (4, "")],
)
def test_the_code_stands_before_it_and_what_has_none_says_so(level: int, words: str) -> None:
    assert beside(national_policy("OFFEN", "DIENSTLICH", "GEHEIM", ""), "XAA", level) == words


def test_where_no_national_policy_was_given_nothing_stands_there() -> None:
    assert beside(POLICY, "XAA", 2) == beside(None, "XAA", 2) == ""
    assert beside(national_policy("OFFEN", "", "GEHEIM", ""), "", 2) == "", "before it is known whose device this is"
