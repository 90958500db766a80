"""Before a direct message: whose devices are meant, and their words; a deliberate act, nothing by default (SPEC 8.8)."""

from __future__ import annotations

from typing import Final

from coalchat.desk.model.directviews import DeviceChoice, DirectView, WordsView
from coalchat.desk.paint.dialogs.direct import paint_direct, paint_words
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.choose import Choosing
from coalchat.desk.screens.door import Door

SAME: Final = 1
ANSWERS: Final = (
    "not now",
    "all six were read out to me, the same: confirm the device",
    "one differs: it stays unconfirmed, and gets nothing",
)
"""The first changes nothing."""


class DirectDialog(Choosing):
    """Gives the index of the choice."""

    def __init__(self, door: Door, view: DirectView) -> None:
        super().__init__(door, len(view.choices))
        self._view = view

    def lines(self, width: int) -> list[Line]:
        """See `paint_direct`."""
        return paint_direct(self._view, self.cursor, width, self.door.dress.glyphs)

    def choice(self, place: int | None) -> DeviceChoice | None:
        """What was chosen, if it is anything."""
        return self._view.choices[place] if place else None


class WordsDialog(Choosing):
    """Gives the index of the answer; `SAME` says that the words are the same."""

    def __init__(self, door: Door, view: WordsView) -> None:
        super().__init__(door, len(ANSWERS))
        self._view = view

    def lines(self, width: int) -> list[Line]:
        """See `paint_words`."""
        return paint_words(self._view, ANSWERS, self.cursor, width, self.door.dress.glyphs)
