"""What a terminal sends, split into keys and pasted text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key

from coalchat.desk.terminal import MAX_PASTE, PASTE, PASTE_END, Keyboard, Pasted


def fed(*parts: str) -> list[str | Pasted]:
    """The pieces, with adjacent texts joined."""
    keyboard, out = Keyboard(), list[str | Pasted]()
    for part in parts:
        out += keyboard.feed(part)
    if held := keyboard.idle():
        out.append(held)
    joined: list[str | Pasted] = []
    for piece in out:
        last = joined[-1] if joined else None
        if isinstance(piece, str) and isinstance(last, str):
            joined[-1] = last + piece
        else:
            joined.append(piece)
    return joined


def keys(sent: str) -> list[str]:
    """The keys that Textual makes of it."""
    parser, found = XTermParser(), []
    for piece in fed(sent):
        assert isinstance(piece, str)
        found += [event.key for event in parser.feed(piece) if isinstance(event, Key)]
    return found


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("\r", "enter"),
        ("\x1b\r", "alt+enter"),  # Textual's own reading is "enter", which sends
        ("\n", "ctrl+j"),
        ("\x1b1", "alt+1"),  # and a Spanish exclamation mark
        ("\x1b9", "alt+9"),
        ("\x1ba", "alt+a"),
        ("\x1bp", "alt+p"),
        ("\x1bf", "ctrl+right"),
        ("\x1bb", "ctrl+left"),
        ("\x1b[A", "up"),
        ("\x1b[21~", "f10"),
        ("\x1bOP", "f1"),
        ("\x0b", "ctrl+k"),
        ("¡", "inverted_exclamation_mark"),
    ],
)
def test_keys_are_what_was_pressed(sent: str, key: str) -> None:
    assert keys(sent) == [key]


def test_a_key_that_is_held_down_is_no_text() -> None:
    assert keys("\x1bp" * 5) == ["alt+p"] * 5
    assert keys("\x1b1\x1b2") == ["alt+1", "alt+2"]


def test_pasted_text_is_text_whatever_stands_in_it() -> None:
    hostile = "a\x1b]0;title\x07\r\nb\x1b[21~\x03\x1b\r"
    assert fed(f"x{PASTE}{hostile}{PASTE_END}y") == ["x", Pasted("a\x1b]0;title\x07\nb\x1b[21~\x03\x1b\n"), "y"]


def test_a_paste_inside_a_paste_is_text_too() -> None:
    assert fed(f"{PASTE}a{PASTE}b{PASTE_END}") == [Pasted(f"a{PASTE}b")]


def test_line_ends_of_a_paste_are_one_kind() -> None:
    assert fed(f"{PASTE}a\rb\r\nc\nd\x00{PASTE_END}") == [Pasted("a\nb\nc\nd")]


def test_a_paste_that_never_ends_ends_somewhere() -> None:
    pieces = fed(PASTE, "x" * MAX_PASTE, "y", "z")
    assert isinstance(pieces[0], Pasted)
    assert pieces[1:] == ["z"]


def test_a_lone_escape_is_not_held_back() -> None:
    assert fed("\x1b") == ["\x1b"]
    keyboard = Keyboard()
    assert list(keyboard.feed("\x1b[")) == []  # it may be the beginning of a paste
    assert keyboard.idle() == "\x1b["
    assert keyboard.idle() == ""


pieces_of_input = st.lists(
    st.sampled_from([PASTE, PASTE_END, "\x1b", "[", "2", "00~", "a", "\r", "\n", "\x1b[A", "é", "松", "\x1b1"]),
    max_size=12,
)


@given(pieces_of_input, st.data())
def test_however_a_paste_is_cut_it_is_the_same(parts: list[str], data: st.DataObject) -> None:
    text = PASTE + "".join(parts).replace(PASTE_END, "") + PASTE_END + "k"
    at = sorted(data.draw(st.lists(st.integers(len(PASTE), len(text) - 1), max_size=4)))
    cuts = [text[i:j] for i, j in zip([0, *at], [*at, len(text)], strict=True)]
    assert fed(*cuts) == fed(text)
