"""The first picture: the desk as its node knows it, on the terminal before the library that makes it live is loaded.

An officer reads before he types. What he reads is in the node, and takes a fifth of the time that the library takes.

Rule 1: it is the main screen itself, by the same paintings (`paint.screen`): nothing moves when the live one takes over.
Rule 2: it shows and does nothing: no read mark moves, and what is typed meanwhile waits for the desk.
Rule 3: where Textual would change colours after us (a theme in colours though NO_COLOR is set), there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.color import ColorSystem
from rich.style import Style

from coalchat.desk.look.runs import Run, runs
from coalchat.desk.look.skin import Skin
from coalchat.desk.model.desk import Desk
from coalchat.desk.paint.ink import Ink
from coalchat.desk.paint.screen import Painting, paint_screen

_REVERSE: Final = Style(reverse=True)
_OF_TERM: Final = {"kitty": ColorSystem.EIGHT_BIT, "256color": ColorSystem.EIGHT_BIT}
"""Colours by the end of TERM, as rich tells them, which paints what comes after."""


def still(desk: Desk, now: int, size: tuple[int, int], skin: Skin, environ: Mapping[str, str]) -> bytes:
    """What to write to a terminal of this size (columns, rows); nothing where there is no room for a picture."""
    if skin.tokens is not None and environ.get("NO_COLOR"):
        return b""
    rows = paint_screen(desk, now, *size, skin.glyphs)
    colours = colours_of(
        environ
    )  # rich writes no attribute either where there are none; a skin without colours has none
    written = (
        f"\x1b[{y};1H" + "".join(style.render(text, color_system=colours) for text, style in runs_of(row, skin))
        for y, row in enumerate(rows, 1)
    )
    return "".join(written).encode()


def colours_of(environ: Mapping[str, str]) -> ColorSystem:
    """How many colours the terminal has, by what it says of itself."""
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return ColorSystem.TRUECOLOR
    return _OF_TERM.get(environ.get("TERM", "").strip().lower().rpartition("-")[2], ColorSystem.STANDARD)


def runs_of(row: Painting, skin: Skin) -> list[Run]:
    """A row as it looks."""
    bar = skin.style(Ink.RULE) + _REVERSE
    found: list[Run] = []
    for piece in row:
        found += [(" ", bar)] if piece.barred else runs(piece.line, piece.width, skin)
    return found
