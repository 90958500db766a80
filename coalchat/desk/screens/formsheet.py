"""A sheet that is filled in: its head, fields with their verdicts and a foot; beside them, where there is room, what will come of it.

Rule: Enter and Tab go on to the next field. Keys that go on, send or choose are taken before the field gets them: what comes in one piece,
pasted or over a slow link, goes where it was meant for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.reportviews import FieldRow
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.base import Paper
from coalchat.desk.screens.door import Door
from coalchat.desk.screens.fields import FieldRows
from coalchat.desk.widgets.painted import Across, Column, Down, Painted

WIDE: Final = 110
"""Columns that have room for what will come of it."""
ROOMY: Final = 34
"""Rows that have room for blank ones between fields."""
PREVIEW: Final = 43


class FormSheet(Paper):
    """What every such sheet has; `typed`, and acts for the keys named here, are its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", priority=True, show=False),
        Binding("tab,down,enter", "app.focus_next", priority=True, show=False),
        Binding("shift+tab,up", "app.focus_previous", priority=True, show=False),
        Binding("ctrl+t", "now", priority=True, show=False),
        Binding("f6", "label", priority=True, show=False),
        Binding("alt+p", "precedence", priority=True, show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.roomy = True

    def typed(self, row: FieldRow, text: str) -> None:
        """Somebody has typed into a field."""
        raise NotImplementedError

    def fields(self) -> Sequence[FieldRow]:
        """They as they are judged now."""
        raise NotImplementedError

    def paint_head(self, width: int, height: int) -> list[Line]:
        """What it is, under which label, and who can read it."""
        raise NotImplementedError

    def paint_foot(self, width: int, height: int) -> list[Line]:
        """What is to be done before it can leave."""
        raise NotImplementedError

    def paint_preview(self, width: int, height: int) -> list[Line]:
        """What will come of it."""
        raise NotImplementedError

    def content(self) -> Iterable[Widget]:
        """The head; fields and foot; the preview beside them."""
        dress = self.door.dress
        self.rows = FieldRows(self, self.fields())
        yield Painted(dress, self.paint_head, id="report-head")
        foot = Painted(dress, self.paint_foot, id="report-foot")
        yield Across(
            Down(self.rows, foot, id="report-form"),
            Column(dress, self.paint_preview, hairline="left", id="report-preview"),
            id="report-columns",
        )

    def on_mount(self) -> None:
        """There is a size now."""
        self._arrange(self.app.size.width, self.app.size.height)
        self.begin()

    def begin(self) -> None:
        """Begin with the first field."""
        self.rows.begin()

    def on_resize(self, event: events.Resize) -> None:
        """Another size, another layout."""
        self._arrange(event.size.width, event.size.height)

    @property
    def alone(self) -> bool:
        """Whether there is no room for the preview."""
        return not self.query_one("#report-preview").display

    def _arrange(self, width: int, height: int) -> None:
        preview = self.query_one("#report-preview")
        preview.display = width >= WIDE
        preview.styles.width = PREVIEW + 1
        self.query_one("#report-foot", Painted).repaint()
        if self.roomy != (height >= ROOMY):
            self.roomy = height >= ROOMY
            self.rows.repaint()

    def repaint_around(self) -> None:
        """Paint anew what stands around the fields."""
        for name in ("#report-head", "#report-foot", "#report-preview", "#hints"):
            self.query_one(name, Painted).repaint()
