"""Date-time groups, ISO 8601 and lengths: pure."""

from datetime import UTC, datetime

import pytest

from coalchat.cli.times import dtg, length, parse_length, parse_time
from coalchat.errors import UsageError

AT = int(datetime(2026, 11, 22, 18, 30, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "text",
    [
        "221830ZNOV26",
        " 221830znov26 ",
        "221830Z NOV 26",
        "221930ANOV26",  # an hour east
        "221730NNOV26",  # an hour west
        "230630MNOV26",  # twelve hours east
        "220630YNOV26",  # twelve hours west
        "222030BNOV26",
        "2026-11-22T18:30Z",
        "2026-11-22 19:30+01:00",
    ],
)
def test_times_are_read(text: str) -> None:
    assert parse_time(text) == AT


@pytest.mark.parametrize(
    "text",
    ["", "now", "tomorrow", "321830ZNOV26", "222530ZNOV26", "221830ZXXX26", "310000ZFEB26", "221830NOV26", "1795"],
)
def test_what_is_no_time_is_refused_with_the_form_it_should_have(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time") as caught:
        parse_time(text)
    assert "221830ZNOV26" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "at"), [("+30m", AT + 1_800), (" +2H ", AT + 7_200), ("-3d", AT - 259_200), ("+0s", AT)]
)
def test_times_from_now(text: str, at: int) -> None:
    assert parse_time(text, AT) == at


@pytest.mark.parametrize("text", ["+", "+2", "+2w", "++2h", "+-2h", "2h", "+2h30m"])
def test_a_length_from_now_is_one_number_with_its_unit(text: str) -> None:
    with pytest.raises(UsageError, match="is not a time"):
        parse_time(text, AT)


@pytest.mark.parametrize("text", ["2026-11-22T18:30", "2026-11-22"])
def test_a_time_must_say_its_zone(text: str) -> None:
    with pytest.raises(UsageError, match="time zone"):
        parse_time(text)


def test_local_time_is_no_zone() -> None:
    with pytest.raises(UsageError, match="is not a time"):
        parse_time("221830JNOV26")


def test_times_are_written_as_they_are_read() -> None:
    assert dtg(AT) == "221830ZNOV26"
    assert dtg(0) == "-"
    assert dtg(2**62) == "-"
    assert parse_time(dtg(AT)) == AT


def test_lengths() -> None:
    assert [parse_length(text) for text in ("90s", "30m", "6H", " 2d ")] == [90, 1_800, 21_600, 172_800]
    for text in ("", "6", "h", "-6h", "6 h", "1.5h", "6w", "٦h"):
        with pytest.raises(UsageError, match="is not a length of time"):
            parse_length(text)
    assert [length(seconds) for seconds in (0, 1, 90, 1_800, 21_600, 86_400, 2_592_000)] == [
        "0d",
        "1s",
        "90s",
        "30m",
        "6h",
        "1d",
        "30d",
    ]
