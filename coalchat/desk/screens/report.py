"""Filling in a report: fields with their verdicts, and beside them the report as it will appear (look: screen 06).

Rule 1: Esc keeps what was typed; only a report that is durable on the node, or an emptied field, takes it away.
Rule 2: Enter goes on to the next field; only ^S and ^P send.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.reportviews import FieldRow, FormView
from coalchat.desk.model.views import Banner, Composer
from coalchat.desk.model.words import day_clock
from coalchat.desk.paint.hints import Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.report import (
    paint_foot,
    paint_preview,
    paint_report_head,
)
from coalchat.desk.screens.choose import ChooseDialog
from coalchat.desk.screens.door import Door
from coalchat.desk.screens.fields import FieldEntry, once_told
from coalchat.desk.screens.formsheet import FormSheet
from coalchat.desk.screens.label import LabelDialog

_SHOWS: Final = frozenset({Part.FORM, Part.COMPOSER, Part.BANNER})


class ReportScreen(FormSheet):
    """One report, as long as it is filled in."""

    HINTS: ClassVar[Hints] = (
        ("^S", "send"),
        ("^P", "send part"),
        ("Esc", "keep draft"),
        ("Alt-D", "discard"),
        ("F6", "label"),
        ("^T", "now"),
        ("Alt-P", "precedence"),
        ("Tab", "next"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send(False)", priority=True, show=False),
        Binding("ctrl+p", "send(True)", priority=True, show=False),
        Binding("alt+d", "discard", priority=True, show=False),
        Binding("f2", "other", priority=True, show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.other = False
        self.view = self._seen()

    def _seen(self) -> FormView:
        """The report as it is now."""
        view = self.door.desk.reporting.view(self.door.now())
        if view is None:
            raise LookupError("no form is open")
        return view

    def fields(self) -> Sequence[FieldRow]:
        """They as they are judged now."""
        return self.view.fields

    def banner(self) -> Banner:
        """Of the main screen, and of what is being filled in."""
        return self.door.desk.reporting.banner(self.door.visible, self.door.now())

    def note(self) -> str:
        """At the right of the hints."""
        return "F2 other form"

    # --- painting ---

    @property
    def _composer(self) -> Composer:
        return self.door.desk.reporting.beside(self.door.desk.composer())

    def paint_head(self, width: int, height: int) -> list[Line]:
        """See `FormSheet`."""
        del height
        return paint_report_head(self.view, self._composer, width, self.door.dress.glyphs, self.roomy)

    def paint_foot(self, width: int, height: int) -> list[Line]:
        """See `FormSheet`."""
        del height
        return paint_foot(self.view, width, self.door.dress.glyphs)

    def paint_preview(self, width: int, height: int) -> list[Line]:
        """See `FormSheet`."""
        del height
        return paint_preview(self.view, self._composer, width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """It was judged anew, the label is another one, or it is gone."""
        super().changed(changes)
        if not changes.parts & _SHOWS:
            return
        if self.door.desk.reporting.filed:
            self.give(None)
            return
        if self.door.desk.reporting.open is None:
            return  # discarded: it is on its way out
        self.view = self._seen()
        self.rows.take(self.view.fields)
        self.repaint_around()

    # --- keys ---

    def typed(self, row: FieldRow, text: str) -> None:
        """Somebody has typed."""
        self.door.put(self.door.desk.reporting.type(row.key, row.row, text, self.door.now()))

    @property
    def _entries(self) -> dict[tuple[str, int], FieldEntry]:
        return self.rows.entries

    def action_now(self) -> None:
        """Put the time of now into a field of times."""
        entry = self.rows.focused
        if entry is not None and (now := self.door.desk.reporting.written_now(entry.row.key, self.door.now())):
            entry.field.load(now)

    def action_label(self) -> None:
        """Choose the label; an update keeps that of its report."""
        reporting = self.door.desk.reporting
        if reporting.open is not None and reporting.open.updates:
            self.door.put(reporting.refuse_label())
            return

        def chosen(label: tuple[int, tuple[str, ...], str] | None) -> None:
            if label is not None:
                changes = self.door.desk.set_label(*label)
                reporting.relabel()
                self.door.put(changes)

        self.open(LabelDialog(self.door), chosen)

    def action_precedence(self) -> None:
        """The next precedence, in a circle."""
        self.door.put(self.door.desk.reporting.set_precedence())

    def action_other(self) -> None:
        """Another form; this draft is kept."""
        self.other = True
        self.give(None)

    def action_discard(self) -> None:
        """Throw away what is filled in, also what was typed before the key in one piece with it."""
        once_told(self, self._discard)

    def _discard(self) -> None:
        """Throw it away, once a person has said so."""
        reporting = self.door.desk.reporting
        if reporting.open is None or not reporting.open.begun:
            self.give(None)
            return

        def chosen(way: int | None) -> None:
            if way == 1 and not self.view.sending:
                self.door.put(reporting.discard())
                self.give(None)

        sentence = f"Throw away what is filled in of {self.view.title}? It cannot be brought back."
        self.open(ChooseDialog(self.door, "DISCARD", sentence, ("keep it", "throw it away")), chosen)

    def action_send(self, part: bool) -> None:
        """Send it, once what was typed before the key is judged: keys may come in one piece."""
        once_told(self, partial(self._send, part))

    def _send(self, part: bool) -> None:
        """Send it, or say what stands in the way."""
        reporting = self.door.desk.reporting

        def send(considered: str = "") -> None:
            self.door.put(reporting.send(secrets.token_hex(16), self.door.now(), considered, part=part))
            fault = reporting.first_fault(self.door.now())
            if fault in self._entries and not self.view.sending:
                self._entries[fault].field.focus()

        sentence, considered = reporting.confirm_needed(self.door.now(), part=part), reporting.minimize
        if not sentence:
            send()
            return

        def chosen(way: int | None) -> None:
            if way == 1:
                send(considered)

        self.open(ChooseDialog(self.door, "SEND", sentence, ("go back to the form", "send it")), chosen)


class FormDialog(ChooseDialog):
    """Which form; drafts that are kept come first."""

    def __init__(self, door: Door) -> None:
        reporting = door.desk.reporting
        waiting = reporting.waiting()
        forms = {one.form.id: one for one in reporting.known if one.current}
        self.ids = (*(form for form in waiting if form in forms), *(form for form in forms if form not in waiting))
        column = max(map(len, self.ids), default=0) + 1
        names = []
        for name in self.ids:
            told = ["own form"] if forms[name].own else []
            told += [f"draft of {day_clock(waiting[name])}"] if name in waiting else []
            names.append(f"{name.ljust(column)}{forms[name].form.title}" + (f"  ({', '.join(told)})" if told else ""))
        sentence = reporting.trouble or "Which form? Nothing is sent before you say so."
        super().__init__(door, "REPORT", sentence, tuple(names))
