"""Grid references and degrees beside each other: known places, no more figures than were meant, and no library."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.desk.model.converting import drawn_at, other_form
from protocol.base.errors import DecodeError
from protocol.messages.place import degrees_of, grid_of, metres_between, written_place


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("48.85822N 2.29450E", "about 31U DQ 48251 11934"),  # a tower that every surveyor knows
        ("31UDQ4825111932", "about 48.85820N 2.29450E"),
        ("31UDQ48251193", "about 48.8582N 2.2946E"),
        ("31UDQ41", "about 48.9N 2.2E"),
        ("51.5074N 0.1278W", "about 30U XC 9931 1016"),
        ("33.8568S 151.2153E", "about 56H LH 3490 5228"),
        ("60.5N 5.9E", "about 32V LN 2 1"),  # the zone is wider there
        ("51N 1E", ""),  # a degree is longer than a square
        ("89N 1E", ""),
        ("90N 180E", ""),
        ("ZAH1234", ""),
        ("31NBK4812", ""),  # there is no such square
        ("at the bridge", ""),
    ],
)
def test_the_other_form_says_no_more_than_was_meant(written: str, other: str) -> None:
    assert other_form(written) == other


@given(st.floats(-79.9, 83.9), st.floats(-179.99, 179.99))
def test_what_is_converted_lies_where_it_was(north: float, east: float) -> None:
    degrees = written_place(f"{north:.5f} {east:.5f}")
    grid = drawn_at(degrees)
    assert grid is not None
    reference = f"{grid.zone}{grid.square}{grid.digits}"
    assert written_place(reference) == reference, "it is a reference that a person could type"
    back = degrees_of(other_form(reference).removeprefix("about "))
    given_ = degrees_of(degrees)
    assert back is not None
    assert given_ is not None
    assert abs(back[0] - given_[0]) < 0.00003
    again = drawn_at(written_place(f"{back[0]:.5f} {back[1]:.5f}"))
    if again is not None and again.number == grid.number:
        apart = metres_between(reference, f"{again.zone}{again.square}{again.digits}")
        assert apart is not None
        assert apart <= 4


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", max_size=15))
def test_whatever_is_written_is_shown_or_not_and_nothing_fails(text: str) -> None:
    try:
        written = written_place(text)
    except DecodeError:
        written = text
    assert other_form(written) == "" or grid_of(written) is not None or degrees_of(written) is not None


def test_without_the_library_there_is_nothing_beside_it() -> None:
    code = (
        "import sys; sys.modules['mgrs'] = None\n"
        "from coalchat.desk.model.converting import drawn_at, other_form\n"
        "print([other_form('31UDQ48251193'), other_form('51.5N 0.1W'), drawn_at('51.5N 0.1W'), drawn_at('31UDQ48251193').zone])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "['', '', None, '31U']"
