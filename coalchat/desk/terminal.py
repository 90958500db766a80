"""The terminal under the desk: what comes from its keyboard, what goes to it, and what ends with it.

Rule 1: what is pasted is text, whatever stands in it. Textual's own parser takes an ESC inside a paste for the end of it:
the rest would be keys, and an Enter among them would send.
Rule 2: Alt with a key is that key with Alt. Terminals write ESC before it; Textual would make Enter of Alt-Enter, which
sends, typographic signs of Alt-1 to Alt-9, and text of a key that is held down.
Rule 3: where colours are not wanted, none goes out: not even "default", which is written as a colour.
Rule 4: a terminal that is gone ends the desk: Textual would read its end for ever, or stop with a traceback.
Rule 5: a key that comes before there is anything to type into waits: Textual would drop it.
"""

from __future__ import annotations

import os
import re
import selectors
from codecs import getincrementaldecoder
from collections.abc import Iterator
from threading import Event
from typing import Any, Final, Protocol

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._xterm_parser import XTermParser
from textual.color import Color
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter

from coalchat.record import record

PASTE: Final = "\x1b[200~"
PASTE_END: Final = "\x1b[201~"
MAX_PASTE: Final = 1_048_576
"""Characters after which a paste ends even if the terminal does not say so: sixty times the longest message."""
TAKE: Final = "\x1b[?1049h"
"""Takes the terminal's other screen."""
_CHUNK: Final = 4_096
_POLL: Final = 0.1
"""Seconds in which the thread sees that it shall end, and in which a lone ESC is a key."""
_ALT: Final = re.compile(r"\x1b([0-9ac-eg-z\r])")
"""All but Alt-B and Alt-F, which are steps of a word."""


@record(kw_only=False)
class Pasted:
    """Text that was pasted, with its line ends as "\\n"."""

    text: str


class Keyboard:
    """Splits what a terminal sends into keys, for Textual's parser, and pasted text."""

    def __init__(self) -> None:
        self._paste: list[str] | None = None
        self._tail = ""

    def feed(self, data: str) -> Iterator[str | Pasted]:
        """The pieces of this data, in order; a marker of a paste may be cut in two."""
        data = self._tail + data
        self._tail = ""
        while data:
            marker = PASTE if self._paste is None else PASTE_END
            before, found, data = data.partition(marker)
            if not found:
                before, self._tail = _hold_back(before, marker)
            if self._paste is not None:
                self._paste.append(before)
            elif before:
                yield _ALT.sub(_with_alt, before)
            if found and self._paste is None:
                self._paste = []
            elif self._paste is not None and (found or sum(map(len, self._paste)) > MAX_PASTE):
                yield Pasted(_lines("".join(self._paste)))
                self._paste = None

    def idle(self) -> str:
        """What was held back as the beginning of a marker, and is not: nothing came behind it."""
        held, self._tail = ("", self._tail) if self._paste is not None else (self._tail, "")
        return held


def _hold_back(text: str, marker: str) -> tuple[str, str]:
    """What can be taken now, and an end of it that may be the beginning of the marker.

    A lone ESC is not held back outside a paste: it is a key.
    """
    for length in range(min(len(marker) - 1, len(text)), 1 if marker == PASTE else 0, -1):
        if text.endswith(marker[:length]):
            return text[:-length], text[-length:]
    return text, ""


def _with_alt(match: re.Match[str]) -> str:
    """The same key as the keyboard protocol of kitty writes it, which says what is held."""
    return f"\x1b[{ord(match[1])};3u"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


class Sitter(Protocol):
    """An app at a terminal."""

    stands: Event
    """Set when it takes keys."""

    def hang_up(self) -> None:
        """End now; nobody looks any more. Called from any thread."""


class DeskDriver(LinuxDriver):
    """Textual's driver, with our keyboard and an end. It takes a screen over that shows something already."""

    def __init__(self, app: Any, **more: Any) -> None:
        super().__init__(app, **more)
        self._desk: Sitter = app
        self._taken = False

    def write(self, data: str) -> None:
        """Write to the terminal; but the screen is taken already, and many terminals would clear it."""
        if data == TAKE and not self._taken:
            self._taken = True
            return
        super().write(data)

    def _run_input_thread(self) -> None:
        while not self._desk.stands.wait(_POLL):
            if self.exit_event.is_set():
                return
        try:
            self.run_input_thread()
        except OSError:  # EIO: the other side of the terminal is closed
            self._desk.hang_up()

    def run_input_thread(self) -> None:
        """Read keys until told to end, or until there is no terminal."""
        decode = getincrementaldecoder("utf-8")("replace").decode
        keyboard, parser = Keyboard(), XTermParser(self._debug)
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_POLL):
                    data = os.read(self.fileno, _CHUNK)
                    if not data:
                        self._desk.hang_up()
                        return
                    for piece in keyboard.feed(decode(data)):
                        if isinstance(piece, Pasted):
                            self.process_message(events.Paste(piece.text))
                            continue
                        for event in parser.feed(piece):
                            self.process_message(event)
                elif held := keyboard.idle():
                    for event in parser.feed(held):
                        self.process_message(event)
                for event in parser.tick():
                    self.process_message(event)


class WithoutColour(LineFilter):
    """Leaves attributes alone: bold, underline, italic, reverse."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments without colours, and without the attribute "dim"."""
        del background
        return [Segment(text, _plain(style), control) for text, style, control in segments]


def _plain(style: Style | None) -> Style | None:
    if style is None:
        return None
    return Style(
        bold=style.bold, italic=style.italic, underline=style.underline, reverse=style.reverse, meta=style.meta or None
    )  # fmt: skip


PLAIN: Final = (WithoutColour(),)
"""Filters of a screen without colours."""


def window_title(words: str) -> str:
    """The sequence that names the window. The words are ours alone."""
    return f"\x1b]2;{words}\x07"
