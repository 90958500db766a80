"""Where reports are from, and how their numbers went: a grid, a list, sparklines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.hints import ARROWS, Hints
from coalchat.desk.paint.ink import Line, Span
from coalchat.desk.paint.map import paint_map
from coalchat.desk.screens.base import Paper
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.scrolled import Scrolled


class MapScreen(Paper):
    """All reports that the node lists; Enter goes to the one that is selected."""

    HINTS: ClassVar[Hints] = ((ARROWS, "choose"), ("Enter", "go to it"), ("R", "ask again"), ("Esc", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("enter", "go", priority=True, show=False),
        Binding("r,R", "anew", show=False),
    ]

    def __init__(self, door: Door, form: str = "") -> None:
        super().__init__(door)
        self._form = form
        self.target = ""

    def content(self) -> Iterable[Widget]:
        """One painting, which scrolls."""
        yield Scrolled(self.door.dress, self._paint, id="map-rows")

    def on_mount(self) -> None:
        """Ask the node."""
        self.query_one(Scrolled).focus()
        self.action_anew()

    def banner(self) -> Banner:
        """Of all reports of which something is shown."""
        return self.door.desk.banner(self.door.desk.mapping.view().keys, self.door.now())

    def note(self) -> str:
        """What the grid is."""
        return "axes as in a grid reference"

    def _paint(self, width: int, height: int) -> list[Line]:
        return paint_map(self.door.desk.mapping.view(), width, height, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """The node has answered, or another position is selected."""
        super().changed(changes)
        if Part.MAP in changes.parts:
            self.repaint_banners()
            rows = self.query_one("#map-rows", Scrolled)
            rows.repaint()
            bar = Span(self.door.dress.glyphs.selection)
            for at, line in enumerate(rows.lines):
                if line.spans and line.spans[0].text == bar.text:
                    rows.reveal(at)

    def action_move(self, step: int) -> None:
        """Select another position."""
        self.door.put(self.door.desk.mapping.move(step))

    def action_anew(self) -> None:
        """Ask again."""
        self.door.put(self.door.desk.mapping.begin(self._form))

    def action_go(self) -> None:
        """To the report in its channel."""
        self.target = self.door.desk.mapping.selected
        self.give(None)
