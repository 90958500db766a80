"""The log of ROE notices: one after the other as they were signed, to be opened, acted on, and written to a file (SPEC 12.16).

Rule 1: a file is made anew, for its owner alone; what exists is never overwritten.
Rule 2: what it gets is the log as the node has it, exact, in JSON that is safe to print: the same as `coalchat roe log --json`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.roeformviews import LogView
from coalchat.desk.model.views import Banner
from coalchat.desk.model.words import day_clock
from coalchat.desk.paint.block import EMPTY, block_hints, block_row, block_text
from coalchat.desk.paint.hints import Hints
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.roelog import paint_log, paint_log_head
from coalchat.desk.screens.base import Dialog, Paper
from coalchat.desk.screens.door import Door
from coalchat.desk.screens.roesheet import RoeSheet
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.paragraphs import Paragraphs
from coalchat.desk.widgets.scrolled import Scrolled
from coalchat.display import display_safe, display_safe_json
from coalchat.errors import CoalchatError
from coalchat.paths import write_new


class RoeLogScreen(RoeSheet):
    """Follows the node as long as it is open."""

    HINTS: ClassVar[Hints] = (
        ("Enter", "open"),
        ("S", "sign"),
        ("N", "new notice on it"),
        ("E", "export"),
        ("Esc", "back"),
        ("PgUp PgDn", "scroll"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("enter", "open_notice", show=False),
        Binding("e,E", "export", show=False),
        Binding("l,L", "leave", show=False),
    ]

    def __init__(self, door: Door, notice: Callable[[str], Paper]) -> None:
        """`notice`: the screen of one notice."""
        super().__init__(door)
        self._notice = notice
        self._key = ""

    def on_mount(self) -> None:
        """Keys scroll. The node is asked anew."""
        self.query_one(Scrolled).focus()
        self.door.put(self.door.desk.roe.log.begin())

    def on_unmount(self) -> None:
        """Nobody looks at it any more."""
        self.door.desk.roe.log.end()

    @property
    def view(self) -> LogView:
        """What is known now."""
        return self.door.desk.roe.log.view(self.door.now())

    def banner(self) -> Banner:
        """The highest of all that stands here."""
        return self.door.desk.roe.log_banner(self.door.now())

    def note(self) -> str:
        """In which time."""
        return "times Z"

    def words(self) -> str:
        """What is said of all of it."""
        return self.view.words

    def at(self) -> str:
        """The notice under the cursor."""
        rows = self.view.rows
        return rows[self.cursor].key if rows else ""

    @property
    def cursor(self) -> int:
        """Place of the row under the cursor: at first the newest notice."""
        keys = [row.key for row in self.view.rows]
        return keys.index(self._key) if self._key and self._key in keys else max(0, len(keys) - 1)

    def paint_head(self, width: int, height: int) -> list[Line]:
        """Of when, and what came of the last act."""
        del height
        return paint_log_head(self.view, width, self.door.dress.glyphs)

    def rows(self) -> Scrolled:
        """All notices."""
        return Paragraphs(self.door.dress, self._paint_notices, id="roe-rows")

    def _paint_notices(self, width: int) -> list[list[Line]]:
        return paint_log(self.view, self.cursor, width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """It has come, or there is more of it."""
        super().changed(changes)
        if Part.ROE_LOG in changes.parts:
            self._show()

    def _show(self) -> None:
        self.query_one(Paragraphs).show(self.cursor)

    def action_move(self, step: int) -> None:
        """To another notice; rows of what is missing are passed."""
        keys = [row.key for row in self.view.rows]
        place = self.cursor + step
        while 0 <= place < len(keys) and not keys[place]:
            place += step
        if 0 <= place < len(keys):
            self._key = keys[place]
            self._show()

    def action_open_notice(self) -> None:
        """The notice under the cursor, whole."""
        if key := self.at():
            self.open(self._notice(key))

    def action_export(self) -> None:
        """Write all of it to a file, whose name is asked for."""

        def named(path: str | None) -> None:
            if path:
                self.run_worker(self._write(path), name="roe-log", group="roe-log", exclusive=True)

        if self.view.known:
            name = f"roe-log-{day_clock(self.door.now())}.json"
            self.open(RoeFileDialog(self.door, name), named)

    async def _write(self, path: str) -> None:
        log = self.door.desk.roe.log
        try:
            data = display_safe_json(await self.door.roe_log()).encode("ascii") + b"\n"
            where = await asyncio.to_thread(_write_new, path, data)
        except (CoalchatError, RuntimeError) as error:
            self.door.put(log.wrote("", display_safe(str(error))))
        else:
            self.door.put(log.wrote(display_safe(where)))


def _write_new(path: str, data: bytes) -> str:
    """Make a file; where it is."""
    where = Path(path).expanduser().resolve()
    write_new(where, data)
    return str(where)


class RoeFileDialog(Dialog[str]):
    """Gives the name of a file."""

    def __init__(self, door: Door, name: str) -> None:
        super().__init__(door)
        self._proposed = name

    def content(self) -> Iterable[Widget]:
        """A question and its field."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, id="file"), id="block")

    def on_mount(self) -> None:
        """A name that is free stands there."""
        field = self.query_one(Field)
        field.load(self._proposed)
        field.focus()

    def banner(self) -> Banner:
        """That of the log."""
        return self.door.desk.roe.log_banner(self.door.now())

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        glyphs = self.door.dress.glyphs
        above = [
            block_row([Span("WRITE THE LOG TO A FILE", Ink.BRIGHT)], width, glyphs),
            EMPTY,
            *block_text(
                "All notices, exact, as coalchat roe log --json writes them. The file is readable by you alone; "
                "it bears the marking of all of it. One that exists is not overwritten.",
                Ink.MUTED, width, glyphs,
            ),
            EMPTY,
        ]  # fmt: skip
        return above, [EMPTY, block_hints((("Enter", "write"),), (("Esc", "not now"),), width, glyphs)]

    @on(Field.Submitted)
    def _entered(self) -> None:
        if typed := self.query_one(Field).text.strip():
            self.give(typed)
