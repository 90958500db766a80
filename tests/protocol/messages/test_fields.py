"""Written forms: each type takes what people type, writes it one way, and says which rule was broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.errors import DecodeError
from protocol.messages.dtg import group_of, moment, spaced, written_time
from protocol.messages.fields import FieldType, is_written, shown_value, written_value
from protocol.messages.place import degrees_of, exactness, grid_of, metres_between, spaced_place, written_place
from protocol.vectors.reports import field
from tests.protocol.vector_files import vectors

NOW = 1_790_000_000


def test_the_vectors() -> None:
    cases = vectors("reports")["values"]
    assert {case["type"] for case in cases} == {kind.name for kind in FieldType}
    for case in cases:
        of = field(FieldType[case["type"]])
        if "rule" in case:
            with pytest.raises(DecodeError) as caught:
                written_value(of, case["typed"], case["now"])
            assert caught.value.detail == case["rule"]
            continue
        written = written_value(of, case["typed"], case["now"])
        assert (written, shown_value(of, written)) == (case["written"], case["shown"]), case["typed"]
        assert is_written(of, written)


@given(st.sampled_from(FieldType), st.text(max_size=40) | st.text("0123456789 -+.:/NSEWABCZ", max_size=24))
def test_a_written_form_is_its_own(kind: FieldType, text: str) -> None:
    of = field(kind)
    try:
        written = written_value(of, text, NOW)
    except DecodeError:
        return
    assert is_written(of, written) or not written
    assert not written or shown_value(of, written)


def test_nothing_is_nothing_and_what_cannot_be_written_is_not() -> None:
    assert all(written_value(field(kind), " \r\n", NOW) == "" for kind in FieldType)
    assert not any(is_written(field(kind), "") for kind in FieldType)
    assert not is_written(field(FieldType.DTG), "221830znov26")
    with pytest.raises(DecodeError, match="Unicode"):
        written_value(field(FieldType.TEXT), "\ud800", NOW)


def test_a_time_without_month_is_the_nearest() -> None:
    (last, this) = (moment(written_time("301200Z", at)) for at in (moment("021200ZNOV26"), moment("221200ZNOV26")))
    assert (last, this) == (moment("301200ZOCT26"), moment("301200ZNOV26"))
    assert written_time("011200Z", moment("301200ZDEC26")) == "011200ZJAN27"
    with pytest.raises(DecodeError, match="no day 32"):
        written_time("321200Z", NOW)
    with pytest.raises(DecodeError, match="no year 1999"):
        written_time("1999-01-01T00:00Z", NOW)
    assert written_time("2026-11-22T18:30:15Z", NOW) == "22183015ZNOV26"


def test_zones_are_hours_and_stay_as_they_were_written() -> None:
    assert moment("221830BNOV26") == moment("221630ZNOV26") == moment("221530NNOV26")
    assert written_time("221830-0330NOV26", NOW) == "222200ZNOV26"
    assert spaced("22183015ANOV26") == "22183015A NOV 26"
    assert group_of(moment("221830ZNOV26")) == "221830ZNOV26"
    for bad in ("221830", "221830Z", "221830znov26", "221830ZNOV2026", "no"):
        with pytest.raises(DecodeError):
            moment(bad)


def test_places_taken_apart() -> None:
    grid = grid_of("31UDQ48251193")
    assert grid is not None
    assert (grid.zone, grid.number, grid.square, grid.digits, grid.size) == ("31U", 31, "DQ", "48251193", 10)
    assert (grid.east, grid.north) == (448_250, 5_411_930)
    assert grid_of("ZAH1234") is grid_of("51N 1E") is grid_of("99UDQ1212") is None
    assert degrees_of("51.5S 0.5W") == (-51.5, -0.5)
    assert degrees_of("51.5N 0.5E") == (51.5, 0.5)
    assert degrees_of("31UDQ4812") is None
    assert spaced_place("51.5N 0.5E") == "51.5N 0.5E"
    assert exactness("nowhere") == 0


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ("31UDQ48251193", "31UDQ47251193", 1_000),
        ("31UDQ0000", "31UCQ9900", 1_000),  # over the edge of a square
        ("31UDQ48251193", "31UDQ4811", 499),  # to the middle of a square kilometre
        ("31UDQ48251193", "32UKQ48251193", None),
        ("31UDQ48251193", "51.5N 0.5E", None),
        ("51.5N 0.5E", "31UDQ48251193", None),
    ],
)
def test_metres_between_references(one: str, other: str, metres: int | None) -> None:
    assert metres_between(one, other) == metres


def test_rows_begin_where_the_band_does() -> None:
    """Known references of the world: Sydney, the equator at 31N, 60 N, and the far north."""
    for text, north in (("56HLH3471", 6_271_000), ("31NAA6600", 0), ("32VNM9767", 6_667_000), ("33XVG1486", 8_686_000)):
        grid = grid_of(text)
        assert grid is not None
        assert grid.north == north
    assert written_place("60CWU0000")
