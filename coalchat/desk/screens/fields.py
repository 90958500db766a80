"""Fields of a form, one below the other: each with its name, its verdict, and what stands below it (look: screen 06).

Rule: what is typed goes to the model at once and comes back judged; nothing is judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import Screen

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.reportviews import FieldRow
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.report import NAME, VERDICT, paint_name, paint_note, paint_section, paint_verdict
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.painted import Across, Down, Painted


class Sheet(Protocol):
    """The screen that they stand on. `roomy`: there are rows for blank ones between fields."""

    door: Door
    roomy: bool

    def typed(self, row: FieldRow, text: str) -> None:
        """Somebody has typed into one."""


def once_told(sheet: Screen[Any], act: Callable[[], object]) -> None:
    """Do something on a sheet that is still on top once what was typed before is judged, be it in one piece with the key."""

    def on_top() -> None:
        if sheet.is_current:
            act()

    if isinstance(sheet.focused, Field):
        sheet.focused.call_later(on_top)  # behind the keys that wait for it
    else:
        act()


class FieldEntry(Down):
    """A field with its name, its verdict, and what stands below it."""

    def __init__(self, sheet: Sheet, row: FieldRow, first: bool) -> None:
        super().__init__(classes="entry")
        self._sheet, self.row, self._first = sheet, row, first
        dress = sheet.door.dress
        self.field = Field(dress, self._edited)
        self.field.styles.height = 1
        self.field.soft_wrap = False  # one row: what is longer moves sideways, and is not cut between words

    def compose(self) -> ComposeResult:
        """Heading, row, note."""
        dress = self._sheet.door.dress
        if self.row.section:
            yield Painted(dress, self._paint_section, id="section")
        with Across(classes="entry-row"):
            yield Painted(dress, self._paint_name, id="name")
            yield self.field
            yield Painted(dress, self._paint_verdict, id="verdict")
        yield Painted(dress, self._paint_note, id="note")

    def on_mount(self) -> None:
        """Columns as the painting says."""
        self.query_one("#name").styles.width = NAME
        self.query_one("#verdict").styles.width = VERDICT
        self.load(self.row.text)

    def load(self, text: str) -> None:
        """Have another text. Where nobody is in it, its beginning is in sight."""
        self.field.load(text)
        if not self.field.has_focus:
            self.field.move_cursor((0, 0))

    @property
    def _glyphs(self) -> Glyphs:
        return self._sheet.door.dress.glyphs

    def _paint_section(self, width: int, height: int) -> list[Line]:
        del height
        lines = paint_section(self.row.section, self._first, width, self._glyphs)
        return [Line(), *lines] if self._sheet.roomy and not self._first else lines

    def _paint_name(self, width: int, height: int) -> list[Line]:
        del width, height
        edge = self._sheet.door.dress.skin.tokens is None
        return paint_name(self.row, self._glyphs, self.field.has_focus, edge)

    def _paint_verdict(self, width: int, height: int) -> list[Line]:
        del height
        return paint_verdict(self.row, width, self._glyphs)

    def _paint_note(self, width: int, height: int) -> list[Line]:
        del height
        lines = paint_note(self.row, width, self._glyphs, self.field.has_focus)
        return lines or ([Line()] if self._sheet.roomy else [])

    def show(self, row: FieldRow) -> None:
        """Judged anew."""
        if row != self.row:
            self.row = row
            self.repaint()

    def repaint(self) -> None:
        """Paint what stands around the field."""
        for painted in self.query(Painted):
            painted.repaint()

    def _edited(self, text: str) -> None:
        if self.is_mounted and text != self.row.text:
            self._sheet.typed(self.row, text)

    def on_descendant_focus(self) -> None:
        """What it takes is said; one goes on at its end."""
        if self.field.cursor_location == (0, 0):  # else somebody has pointed into it
            self.field.move_cursor(self.field.document.end)
        self.repaint()
        self.scroll_visible(animate=False)

    def on_descendant_blur(self) -> None:
        """No more."""
        self.field.move_cursor((0, 0))
        self.repaint()


class FieldRows(VerticalScroll, can_focus=False):
    """All fields of a form. `entries`: by key and row."""

    def __init__(self, sheet: Sheet, rows: Iterable[FieldRow]) -> None:
        self._sheet = sheet
        self.entries = {(row.key, row.row): FieldEntry(sheet, row, not at) for at, row in enumerate(rows)}
        super().__init__(*self.entries.values(), id="report-fields", can_focus=False)

    def on_mount(self) -> None:
        """The bar beside them is drawn with signs that ASCII lacks."""
        if self._sheet.door.dress.glyphs.ellipsis.isascii():
            self.styles.scrollbar_size_vertical = 0

    @property
    def focused(self) -> FieldEntry | None:
        """The one that somebody is in."""
        return next((entry for entry in self.entries.values() if entry.field.has_focus), None)

    def begin(self) -> None:
        """To the first field."""
        next(iter(self.entries.values())).field.focus()

    def repaint(self) -> None:
        """Paint what stands around each."""
        for entry in self.entries.values():
            entry.repaint()

    def take(self, found: Iterable[FieldRow]) -> None:
        """Bring the fields up to date; rows come and go where one types."""
        rows = {(row.key, row.row): row for row in found}
        for key in tuple(self.entries):
            if key in rows:
                self.entries[key].show(rows[key])
            else:
                _ = self.entries.pop(key).remove()
        before: FieldEntry | None = None
        for key, row in rows.items():
            if key not in self.entries:
                entry = self.entries[key] = FieldEntry(self._sheet, row, False)
                _ = self.mount(entry, after=before)
            before = self.entries[key]

    def put(self, found: Iterable[FieldRow], *, everywhere: bool = False) -> None:
        """The same, where the model may have other texts than were typed: but not below somebody's hands, unless `everywhere`."""
        rows = tuple(found)
        self.take(rows)
        for row in rows:
            entry = self.entries[row.key, row.row]
            if entry.is_mounted and (everywhere or not entry.field.has_focus):
                entry.load(row.text)
