"""The label picker: level, nations, category, and at once who could read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeAlias

from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.dialogviews import LabelPicker
from coalchat.desk.model.labels import Label
from coalchat.desk.paint.block import paint_fitting, under_cursor
from coalchat.desk.paint.dialogs import paint_picker
from coalchat.desk.paint.ink import Ground, Line
from coalchat.desk.screens.base import Dialog
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.scrolled import Scrolled
from coalchat.record import evolve

Choice: TypeAlias = tuple[int, tuple[str, ...], str]
"""Level, nations, category or ""."""


class LabelDialog(Dialog[Choice]):
    """Gives the label that was chosen. Nothing is changed before Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("space", "choose", priority=True, show=False),
        Binding("enter", "use", priority=True, show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.label: Label = door.desk.label
        self.cursor = max(0, self.label.level)

    def content(self) -> Iterable[Widget]:
        """The block."""
        yield Scrolled(self.door.dress, self._paint, ground=Ground.INPUT, id="block")

    def on_mount(self) -> None:
        """Ask who could read the label that is there."""
        self.query_one(Scrolled).focus()
        self._consider()

    @property
    def view(self) -> LabelPicker:
        """What can be chosen, and what comes of it."""
        return self.door.desk.picker(self.label.level, self.label.nations, self.label.category)

    def _paint(self, width: int, height: int) -> list[Line]:
        glyphs = self.door.dress.glyphs
        return paint_fitting(paint_picker(self.view, width, glyphs, self.cursor), width, glyphs, height)

    def repaint(self) -> None:
        """Paint the block anew, with the cursor in sight."""
        block = self.query_one(Scrolled)
        block.repaint()
        if (row := under_cursor(block.lines, self.door.dress.glyphs)) is not None:
            block.reveal(row)

    def changed(self, changes: Changes) -> None:
        """The node has said who could read it."""
        super().changed(changes)
        if Part.COMPOSER in changes.parts:
            self.repaint()

    def _consider(self) -> None:
        self.door.put(self.door.desk.consider(self.label.level, self.label.nations, self.label.category))
        self.repaint()

    def action_move(self, step: int) -> None:
        """Move the cursor, over what cannot be chosen too: its reason stands there."""
        view = self.view
        count = len(view.levels) + len(view.nations) + (len(view.categories) + 1 if view.categories else 0)
        self.cursor = (self.cursor + step) % max(1, count)
        self.repaint()

    def action_choose(self) -> None:
        """Choose what is under the cursor; of nations, put it in or take it out."""
        view, place = self.view, self.cursor
        if place < len(view.levels):
            level = view.levels[place]
            if not level.why_not:
                self.label = evolve(self.label, level=level.level)
        elif (place := place - len(view.levels)) < len(view.nations):
            self._toggle(view.nations[place].code, own=view.nations[place].own)
        else:
            place -= len(view.nations) + 1
            self.label = evolve(self.label, category=view.categories[place][0] if place >= 0 else "")
        self._consider()

    def _toggle(self, code: str, *, own: bool) -> None:
        nations = self.label.nations
        if not own:
            rest = tuple(other for other in nations if other != code)
            self.label = evolve(self.label, nations=rest if code in nations else (*nations, code))

    def action_use(self) -> None:
        """Use it for what is being written."""
        self.give((self.label.level, self.label.nations, self.label.category))
