"""What is said when the desk itself fails: what kind of fault and where, and nothing else.

Rule: no value of any variable and no words of the exception, which may hold a message, a name or a secret. A
`CoalchatError` has words made for people: those may stand.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.paint.dialogs import paint_crash
from coalchat.errors import CoalchatError
from coalchat.grouped import leaf

WIDTH: Final = 78
_ROOT: Final = Path(__file__).resolve().parents[2]
_OURS: Final = ("coalchat", "protocol")
MOST: Final = 12
"""Frames that are named: the last ones."""


def leaf_of(error: BaseException) -> BaseException:
    """The error itself: groups and workers wrap what happened in them."""
    error = leaf(error)
    wrapped = getattr(error, "error", None)  # Textual's WorkerFailed
    return leaf_of(wrapped) if isinstance(wrapped, BaseException) else error


def places(error: BaseException) -> list[str]:
    """`coalchat/desk/app.py:120 in on_mount` for each of our frames, the innermost last."""
    found = []
    for frame in traceback.extract_tb(error.__traceback__, limit=None):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT) and path.relative_to(_ROOT).parts[0] in _OURS:
            found.append(f"{path.relative_to(_ROOT)}:{frame.lineno} in {frame.name}")
    return found[-MOST:]


def report(error: BaseException, glyphs: Glyphs) -> str:
    """The lines for the terminal after the screen is gone."""
    fault = leaf_of(error)
    where = places(fault)
    lines = [
        line.text.rstrip() for line in paint_crash(type(fault).__name__, where[-1] if where else "", "", WIDTH, glyphs)
    ]
    if isinstance(fault, CoalchatError):
        lines += ["", f"  {fault}"]
    if where:
        lines += ["", "  To report it, these lines say where; they hold no text of a message:"]
        lines += [f"    {place}" for place in where]
    return "\n".join([*lines, ""])
