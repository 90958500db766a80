"""The one door for peer text: nothing that a terminal acts on, and nothing invisible, passes."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coalchat.display import ELLIPSIS, MAX_MARKS, MAX_SPACING, display_safe, display_safe_json
from coalchat.record import values_of
from tests.fakes.api_records import channel_record, message_record

anything = st.text(st.characters(codec=None)) | st.text(  # surrogates too
    st.sampled_from("ab \n\r\t\x1b[]\x9b\x07\u202e\u2066\u200b\u0301\u0302\u1161\ufe0f\ud800\ue000\u2028\\u{}e…"),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;aGk=\x07", "\\u{1B}]52;c;aGk=\\u{7}"),
        ("\x1b[2J", "\\u{1B}[2J"),
        ("\x1bP1;1|x\x1b\\", "\\u{1B}P1;1|x\\u{1B}\\"),
        ("\x9b31m\x9d0;t\x9c\x90", "\\u{9B}31m\\u{9D}0;t\\u{9C}\\u{90}"),
        ("\x7f\x00\x08", "\\u{7F}\\u{0}\\u{8}"),
        ("a\u202eb\u2066c\u200fd\u061ce", "a\\u{202E}b\\u{2066}c\\u{200F}d\\u{61C}e"),
        ("a\u200bb\u200dc\u2060d\ufeffe\u00adf", "a\\u{200B}b\\u{200D}c\\u{2060}d\\u{FEFF}e\\u{AD}f"),
        ("\U000e0041\U000e0100", "\\u{E0041}\\u{E0100}"),
        ("a\u2028b\u2029c\x85d", "a\\u{2028}b\\u{2029}c\\u{85}d"),
        ("\ud83d\ue000\U0010ffff\u0378", "\\u{D83D}\\u{E000}\\u{10FFFF}\\u{378}"),
        ("\u3164\uffa0\u115f\u034f\ufe0f", "\\u{3164}\\u{FFA0}\\u{115F}\\u{34F}\\u{FE0F}"),
        ("\U0001f44d\U0001f3fd x\U0001f3fb", "\U0001f44d\\u{1F3FD} x\\u{1F3FB}"),
        ("a\tb\nc\r\nd", "a b\\u{A}c\\u{D}\\u{A}d"),
    ],
)
def test_what_a_terminal_would_act_on_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert display_safe(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "[SECRET] x",
        "[@click=app.quit]x[/]",
        "[/b]",
        "\\u{202E}",
        "żółć 日本語 ½ °C „x“",
        "e\u0301",
        "שלום",
        "🙂",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert display_safe(text) == text


def test_lines_are_kept_where_they_are_wanted() -> None:
    assert display_safe("a\r\nb\n\tc\rd", multiline=True) == "a\nb\n    c\\u{D}d"


def test_a_flood_of_marks_is_capped_and_counted() -> None:
    assert display_safe("e" + 100 * "\u0301" + "x") == "e" + MAX_MARKS * "\u0301" + "\\u{+92 marks}x"


def test_a_flood_of_marks_that_may_have_cells_of_their_own_ends_sooner() -> None:
    assert display_safe("\u0915" + 10 * "\u093e" + "x") == "\u0915" + MAX_SPACING * "\u093e" + "\\u{+7 marks}x"
    assert display_safe("\u0915\u093e\u0903") == "\u0915\u093e\u0903"
    # What stands behind a mark that is not shown is not shown either: an order of their own would be another text.
    assert display_safe("\u0915" + 4 * "\u093e" + "\u0301") == "\u0915" + MAX_SPACING * "\u093e" + "\\u{+2 marks}"


def test_a_flood_of_jamo_is_capped_like_marks() -> None:
    assert display_safe("\u1100" + 20 * "\u1161") == "\u1100" + MAX_MARKS * "\u1161" + "\\u{+12 marks}"


def test_a_mark_never_sits_on_what_stands_before_the_text() -> None:
    assert display_safe("\u0301a") == "\\u{301}a"
    assert display_safe("a\n\u0301", multiline=True) == "a\n\\u{301}"


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abcdef", 1, "…"),
        ("abc\u202edef", 6, "abc…"),
        ("abc\u202edef", 12, "abc\\u{202E}…"),
        ("abce\u0301\u0301\u0301", 6, "abc…"),
        ("a" + 30 * "\u0301", 16, "a" + 8 * "\u0301" + "…"),
        ("\u202e\u0301\u0301\u0301x", 10, "…"),
        ("abcdefg\\u{" + 100 * "x" + "}", 12, "abcdefg\\u{x…"),
    ],
)
def test_a_limit_cuts_between_characters(text: str, limit: int, shown: str) -> None:
    assert display_safe(text, limit=limit) == shown


def test_a_limit_below_one_is_a_bug() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        display_safe("abc", limit=0)


@given(anything, st.booleans(), st.none() | st.integers(1, 40))
@example("\x1b[31m" * 20, True, 7)
def test_nothing_that_acts_or_hides_passes(text: str, multiline: bool, limit: int | None) -> None:
    shown = display_safe(text, multiline=multiline, limit=limit)
    assert "\n" not in shown or multiline
    for character in shown.replace("\n", ""):
        category = unicodedata.category(character)
        assert category[0] != "C"
        assert category not in {"Zl", "Zp"}
    shown.encode("utf-8")
    if limit is not None:
        assert len(shown) <= limit
    assert not any(line and unicodedata.category(line[0])[0] == "M" for line in shown.split("\n"))


@given(anything, st.booleans(), st.none() | st.integers(1, 40))
def test_it_is_idempotent(text: str, multiline: bool, limit: int | None) -> None:
    once = display_safe(text, multiline=multiline, limit=limit)
    assert display_safe(once, multiline=multiline, limit=limit) == once
    assert once.endswith(ELLIPSIS) or once == display_safe(text, multiline=multiline)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | anything,
        lambda inner: st.lists(inner) | st.dictionaries(anything, inner),
    )
)
def test_json_is_printable_ascii_and_exact(value: object) -> None:
    line = display_safe_json(value)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line) == value


def test_json_takes_records_and_bytes() -> None:
    channel = channel_record(1, "#ops\x7f", ("XAA",), "SECRET", "")
    message = message_record(1, channel, "\u202e")
    assert json.loads(display_safe_json(message)) == json.loads(json.dumps(values_of(message)))
    assert display_safe_json({"id": b"\x01\xff"}) == '{"id": "01ff"}'
    assert "\x7f" not in display_safe_json(channel)


@pytest.mark.parametrize("value", [object(), {1.5, 2}, {"x": float("nan")}])
def test_json_refuses_what_it_has_no_form_for(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        display_safe_json(value)
