"""What ends the desk from outside: a signal, the end of its parent, the end of its terminal.

Rule 1: within a second, whatever the loop is doing: a terminal that takes no more output would hold an orderly end up for
ever. Then the terminal is put back as it was, as far as it can be, and the process ends.
Rule 2: the node runs on. Nothing that it has not got is kept: of a draft, the last few seconds.
"""

from __future__ import annotations

import os
import signal
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

GRACE: Final = 0.7
"""Seconds for an orderly end."""
HUNG_UP: Final = 128 + signal.SIGHUP
_SIGNALS: Final = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
_RESTORE: Final = b"\x1b[?2004l\x1b[?1003l\x1b[?1000l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""Undoes what the driver has set: paste, mouse and key modes, the other screen, the hidden cursor."""


class Ending:
    """The end from outside. It begins once; the exit code is the first reason's."""

    def __init__(self, leave: Callable[[int], None]) -> None:
        """`leave(code)` ends the app in order; it is called from any thread."""
        self._leave = leave
        self._lock = threading.RLock()  # a signal may come while we hold it
        self._watchdog: threading.Timer | None = None
        self.code: int | None = None
        """The exit code, once it has begun."""
        self.before: list[Any] | None = None
        """The terminal's attributes, to be put back."""
        with suppress(termios.error, ValueError, OSError):
            self.before = termios.tcgetattr(sys.__stdin__.fileno()) if sys.__stdin__ else None

    def begin(self, code: int = HUNG_UP) -> None:
        """End now."""
        with self._lock:
            if self._watchdog is not None:
                return
            self.code = code
            self._watchdog = threading.Timer(GRACE, self._cut, (code,))
            self._watchdog.daemon = True
            self._watchdog.start()
        self._leave(code)

    def over(self) -> None:
        """The app has ended by itself."""
        with self._lock:
            if self._watchdog is not None:
                self._watchdog.cancel()

    def _cut(self, code: int) -> None:
        with suppress(termios.error, OSError):
            if self.before is not None:
                termios.tcsetattr(0, termios.TCSANOW, self.before)
            os.set_blocking(2, False)
            os.write(2, _RESTORE)
        os._exit(code)


@contextmanager
def ended_by_signals(end: Callable[[int], object]) -> Iterator[None]:
    """SIGHUP, SIGTERM and SIGINT end the desk, with this exit code; for the main thread.

    Handlers of Python's own kind, not the loop's: they run even while the loop waits for a terminal that takes nothing.
    """

    def handle(number: int, frame: object) -> None:
        del frame
        end(128 + number)

    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ended_by_parent(ending: Ending, descriptor: int) -> None:
    """The end of a pipe that the parent holds ends the desk."""

    def watch() -> None:
        with suppress(OSError):
            while os.read(descriptor, 64):
                continue
        ending.begin()

    threading.Thread(target=watch, name="parent", daemon=True).start()
