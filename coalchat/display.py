"""The one door for peer text to any screen, log or export (SPEC 12).

Rule 1: a character that a terminal could act on, or that nobody can see, is shown as `\\u{202E}`: ASCII, with the code
point in hex. That is every control (C0, DEL, C1), format character (bidirectional controls, zero-width, tags), line and
paragraph separator, surrogate, private use, unassigned code point (of this Python's Unicode), and what is invisible by
default though Unicode calls it a letter or a mark (Hangul fillers, variation selectors, the grapheme joiner), and skin tones,
which are two cells wide or none, as the terminal likes.
Rule 2: nothing is silently deleted. A flood of combining marks ends in `\\u{+92 marks}`: of marks that have a cell of their own
in some terminals and none in others, sooner.
Rule 3: text that looks like markup stays as it is: `[SECRET] x`. Widgets take plain text, never markup.
Rule 4: `display_safe(display_safe(x)) == display_safe(x)`. The price: who types `\\u{202E}` by hand gets the same
picture, which deceives nobody. Where text must be exact, `display_safe_json` gives it.
"""

from __future__ import annotations

import unicodedata
from typing import Any, Final

from coalchat.record import is_record, values_of

MAX_MARKS: Final = 8
"""Combining marks on one base: Unicode's Stream-Safe Text allows 30, living scripts use up to 4."""
MAX_SPACING: Final = 3
"""Of these, spacing ones: a terminal that draws each in a cell of its own must not push away what stands behind. Indic
scripts use up to 3, a vowel sign in two parts and a visarga."""
ELLIPSIS: Final = "…"
TAB: Final = "    "
"""A tab in text of several lines; in one line it is a single space."""
_LONGEST_ESCAPE: Final = len("\\u{+1048576 marks}")
"""Who types an opening brace by hand and closes it far away must not hide what stands between from the cut."""

_INVISIBLE: Final = frozenset(
    map(
        chr,
        (
            0x034F,  # combining grapheme joiner
            0x115F,  # Hangul choseong filler
            0x1160,  # Hangul jungseong filler
            0x17B4,  # Khmer inherent vowels
            0x17B5,
            0x180B,  # Mongolian variation selectors
            0x180C,
            0x180D,
            0x180F,
            0x3164,  # Hangul filler
            0xFFA0,  # half-width Hangul filler
            *range(0xFE00, 0xFE10),  # variation selectors
            *range(0xE0100, 0xE01F0),  # variation selectors supplement
            *range(0x1F3FB, 0x1F400),  # skin tones
        ),
    )
)
"""Default_Ignorable_Code_Point of categories other than C: a name of these alone would look empty. And what changes the width
of what stands before it.
"""


def display_safe(text: str, *, multiline: bool = False, limit: int | None = None) -> str:
    """Text that is safe to print.

    Args:
        text: anything, from anybody.
        multiline: keep line breaks ("\\n" and "\\r\\n"; a lone "\\r" is shown as an escape). Without it the result is one
            line.
        limit: at most this many characters (≥ 1) in the result, of which the last is then "…"; an escape or a character
            with its marks is never cut in two.

    Returns:
        No character of it is a control, except "\\n" with `multiline`, and it always encodes as UTF-8.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_units(text, multiline=multiline))
    if limit is None or len(text) <= limit:
        return text
    return _cut(text, limit)


def _units(text: str, *, multiline: bool) -> list[str]:
    if multiline:
        text = text.replace("\r\n", "\n")
    out: list[str] = []
    marks = spacing = hidden = 0
    # At the beginning of a line a mark has no base of its own: it would sit on our label.
    bare = True
    for character in text:
        if character == "\n" and multiline:
            _end_flood(out, hidden)
            out.append("\n")
            marks = spacing = hidden = 0
            bare = True
            continue
        if character == "\t":
            shown = TAB if multiline else " "
        elif _is_hidden(character):
            shown = escape(character)
        elif _is_mark(character):
            if not bare:
                marks += 1
                spacing += unicodedata.category(character) == "Mc"
                if hidden or marks > MAX_MARKS or spacing > MAX_SPACING:
                    hidden += 1
                else:
                    out.append(character)
                continue
            shown = escape(character)
        else:
            shown = character
        _end_flood(out, hidden)
        out.append(shown)
        marks = spacing = hidden = 0
        bare = False
    _end_flood(out, hidden)
    return out


def _end_flood(out: list[str], hidden: int) -> None:
    if hidden:
        out.append(f"\\u{{+{hidden} marks}}")


def escape(character: str) -> str:
    """One character as its visible, ASCII escape."""
    return f"\\u{{{ord(character):X}}}"


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] == "C" or category in {"Zl", "Zp"} or character in _INVISIBLE


def _is_mark(character: str) -> bool:
    # Medial and final jamo have no width of their own either, though Unicode calls them letters.
    return (
        unicodedata.category(character)[0] == "M"
        or "\u1161" <= character <= "\u11ff"
        or "\ud7b0" <= character <= "\ud7ff"
    )


def _cut(text: str, limit: int) -> str:
    """Shorten safe text to `limit` characters, the last an ellipsis, at the end of a whole unit."""
    if limit < 1:
        raise ValueError("the limit must be at least 1")
    end = limit - 1
    # What begins beyond the cut must not be a mark of the character before it, nor the rest of an escape.
    while end > 0 and _is_mark(text[end]):
        end -= 1
    opened = text.rfind("\\u{", 0, end + 2)
    if opened >= 0 and end <= text.find("}", opened) < opened + _LONGEST_ESCAPE:
        end = opened
    return text[:end] + ELLIPSIS


def display_safe_json(value: Any) -> str:
    """One line of JSON with the data exact, safe to print.

    Every character outside printable ASCII is written as a JSON escape, which a reader of JSON turns back into the very
    same text: `ensure_ascii` covers all that is not ASCII (so C1, bidirectional controls, separators), JSON itself covers
    C0, and DEL, which both leave alone, is replaced here.

    Args:
        value: JSON values; records become objects of their fields, bytes their hex.

    Raises:
        TypeError: a value that JSON has no form for.
        ValueError: NaN or infinity.
    """
    import json  # noqa: PLC0415  # a screen needs none

    packed = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(", ", ": "), default=_plain)
    # Outside a string JSON has no DEL; inside one this is its escape.
    return packed.replace("\x7f", "\\u007f")


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if is_record(type(value)):
        fields = values_of(value)
        kind = getattr(type(value), "kind", None)  # which of several records it is, in the events
        return {"kind": kind, **fields} if isinstance(kind, str) else fields
    raise TypeError(f"{type(value).__name__} has no JSON form")
