"""Who has a message: one row a person, the gaps once more below (look: screen 07)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.hints import Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.who import paint_who, paint_who_head
from coalchat.desk.screens.base import Paper
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled


class WhoScreen(Paper):
    """Follows the message as receipts come in."""

    HINTS: ClassVar[Hints] = (("PgUp PgDn", "scroll"), ("Esc", "back"))

    def __init__(self, door: Door, key: str) -> None:
        super().__init__(door)
        self._key = key

    def content(self) -> Iterable[Widget]:
        """The head stays; the rows scroll."""
        yield Painted(self.door.dress, self._paint_head, id="who-head")
        yield Scrolled(self.door.dress, self._paint_rows, id="who-rows")

    def on_mount(self) -> None:
        """Keys scroll. The node is asked how far it is by now."""
        self.query_one(Scrolled).focus()
        self.door.put(self.door.desk.select(self._key))

    def banner(self) -> Banner:
        """A part of the text stands here."""
        return self.door.banner(self._key)

    def note(self) -> str:
        """Where the times come from."""
        return "times Z, from signed receipts"

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        who = self.door.desk.who(self._key, self.door.now())
        return paint_who_head(who, width, self.door.dress.glyphs) if who is not None else []

    def _paint_rows(self, width: int, height: int) -> list[Line]:
        del height
        who = self.door.desk.who(self._key, self.door.now())
        return paint_who(who, width, self.door.dress.glyphs) if who is not None else []

    def changed(self, changes: Changes) -> None:
        """A receipt has come, or time has passed."""
        super().changed(changes)
        if changes.parts & {Part.WHO, Part.RAIL}:
            self.query_one("#who-head", Painted).repaint()
            self.query_one("#who-rows", Scrolled).repaint()
