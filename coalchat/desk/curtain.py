"""What stands on the terminal while the desk is loaded: two banners that claim nothing, and a word between them.

Python takes longer to import a full-screen program than a person waits without a doubt. This is written before that, with
attributes only, so that every skin may follow; the desk paints over it.

Rule: what is typed meanwhile is kept for the desk, and shown by nobody: a terminal left alone would write it into the
picture, and hold it back until Enter.
"""

from __future__ import annotations

import os
import termios
from contextlib import suppress
from typing import Any, Final, NoReturn

WORD: Final = "coalchat"
UNKNOWN: Final = "UNMARKED – TREAT AS THE HIGHEST YOU KNOW"  # noqa: RUF001  # the dash of all our markings
"""As the desk says it until it knows more."""
_ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[2J"
_LEAVE: Final = b"\x1b[?25h\x1b[?1049l"
_BANNER: Final = "\x1b[{row};1H\x1b[1;7m{words}\x1b[0m"
_LFLAG: Final = 3


class Curtain:
    """It hangs from when it is made until the terminal is given back."""

    def __init__(self, keyboard: int, screen: int, *, ascii_only: bool) -> None:
        """Take the screen, and say on it what it may hold. Without a size there is nothing to draw on.

        Args:
            keyboard, screen: descriptors of the terminal.
        """
        self._keyboard, self._screen = keyboard, screen
        self.before: list[Any] | None = None
        """The terminal's attributes as they were."""
        with suppress(termios.error, OSError):
            self.before = termios.tcgetattr(keyboard)
            quiet = termios.tcgetattr(keyboard)
            quiet[_LFLAG] &= ~(termios.ECHO | termios.ICANON)
            termios.tcsetattr(keyboard, termios.TCSANOW, quiet)
        with suppress(OSError):
            columns, rows = self.size = os.get_terminal_size(screen)
            marking = UNKNOWN.replace("\u2013", "-") if ascii_only else UNKNOWN
            words = marking[:columns].center(columns)
            middle = f"\x1b[{max(2, rows // 2)};{max(1, (columns - len(WORD)) // 2 + 1)}H{WORD[:columns]}"
            banners = "".join(_BANNER.format(row=row, words=words) for row in dict.fromkeys((1, rows)))
            os.write(screen, f"{_ENTER}{middle}{banners}".encode())

    size: tuple[int, int] = (0, 0)
    """Columns and rows."""

    def show(self, picture: bytes) -> None:
        """Paint over it."""
        with suppress(OSError):
            while picture:
                picture = picture[os.write(self._screen, picture) :]

    def drop(self) -> None:
        """Give the screen back: the desk could not be loaded."""
        with suppress(OSError):
            os.write(self._screen, _LEAVE)
        self.give_back()

    def end(self, code: int) -> NoReturn:
        """A signal ends what has not begun."""
        self.drop()
        os._exit(code)

    def give_back(self) -> None:
        """Let the keyboard be as it was; the desk has given the screen back."""
        with suppress(termios.error, OSError):
            if self.before is not None:
                termios.tcsetattr(self._keyboard, termios.TCSANOW, self.before)
