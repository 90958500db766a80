"""What stands on the terminal while the desk is loaded: two banners that claim nothing, and a word between them.

Python takes longer to import a full-screen program than a person waits without a doubt. This is written before that, with
attributes only, so that every skin may follow; the desk paints over it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

WORD: Final = "coalchat"
UNKNOWN: Final = "UNMARKED – TREAT AS THE HIGHEST YOU KNOW"  # noqa: RUF001  # the dash of all our markings
"""As the desk says it until it knows more."""
_ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[2J"
_LEAVE: Final = "\x1b[?25h\x1b[?1049l"
_BANNER: Final = "\x1b[{row};1H\x1b[1;7m{words}\x1b[0m"


def raise_curtain(descriptor: int, *, ascii_only: bool) -> None:
    """Take the screen, and say on it what it may hold. Without a size there is nothing to draw on."""
    with suppress(OSError):
        columns, rows = os.get_terminal_size(descriptor)
        marking = UNKNOWN.replace("\u2013", "-") if ascii_only else UNKNOWN
        words = marking[:columns].center(columns)
        middle = f"\x1b[{max(2, rows // 2)};{max(1, (columns - len(WORD)) // 2 + 1)}H{WORD[:columns]}"
        banners = "".join(_BANNER.format(row=row, words=words) for row in dict.fromkeys((1, rows)))
        os.write(descriptor, f"{_ENTER}{middle}{banners}".encode())


def drop_curtain(descriptor: int) -> None:
    """Give the screen back: the desk could not be loaded."""
    with suppress(OSError):
        os.write(descriptor, _LEAVE.encode())
