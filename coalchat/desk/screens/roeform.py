"""Issuing an ROE notice: which act, its fields, the notice as it will appear, and its serial to be typed (SPEC 12.16).

Rule 1: Esc keeps what was typed, and so does a refusal: only a notice that is durable on the node takes it away.
Rule 2: Enter goes on to the next field. ^S asks the node what it would be; it leaves once its serial is typed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from coalchat.api.roe import RoeAct
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.dialogviews import LabelPicker
from coalchat.desk.model.labels import Label
from coalchat.desk.model.reportviews import FieldRow
from coalchat.desk.model.roeformviews import ActChoice, RoeFormView
from coalchat.desk.model.roeissuing import RoeIssuing
from coalchat.desk.model.roeviews import NoticeView
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.dialogs.roesign import SignWords
from coalchat.desk.paint.hints import Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.roeform import paint_acts, paint_form_foot, paint_form_head, paint_form_preview, readers
from coalchat.desk.screens.choose import ChooseDialog, Choosing
from coalchat.desk.screens.door import Door
from coalchat.desk.screens.fields import once_told
from coalchat.desk.screens.formsheet import FormSheet
from coalchat.desk.screens.label import LabelDialog
from coalchat.desk.screens.roesign import RoeSignDialog

_SHOWS: Final = frozenset({Part.ROE_FORM, Part.ROE, Part.COMPOSER, Part.BANNER})


class RoeChooseDialog(ChooseDialog):
    """Which notice; the banner is that of the board, where they stand."""

    def banner(self) -> Banner:
        """The highest of all that stands on the board."""
        return self.door.desk.roe.banner("", self.door.now())


class RoeActDialog(Choosing):
    """Gives the place of an act in `RoeAct`; one that is not possible says why, and gives nothing."""

    def __init__(self, door: Door, key: str = "") -> None:
        super().__init__(door, len(RoeAct))
        self._key, self._why = key, ""
        self.cursor = next((place for place, one in enumerate(self._choices) if not one.why_not), 0)

    @property
    def _choices(self) -> tuple[ActChoice, ...]:
        return self.door.desk.roe.issuing.acts(self._key)

    def banner(self) -> Banner:
        """That of the board, or of the notice that it is of."""
        return self.door.desk.roe.banner(self._key, self.door.now())

    def lines(self, width: int) -> list[Line]:
        """As `paint_acts`."""
        view = self.door.desk.roe.notice(self._key, self.door.now()) if self._key else None
        title = f"ISSUE A NOTICE ON {view.name}" if view is not None else "ISSUE A NOTICE"
        return paint_acts(title, self._choices, self.cursor, self._why, width, self.door.dress.glyphs)

    def action_move(self, step: int) -> None:
        """Move the cursor, over what is not possible too: its reason stands there."""
        self._why = ""
        super().action_move(step)

    def action_choose(self) -> None:
        """Take what is under the cursor, if it is possible."""
        self.action_take(self.cursor + 1)

    def action_take(self, number: int) -> None:
        """Take the act with this number, if it is possible."""
        if number > self.count:
            return
        choice = self._choices[number - 1]
        self.cursor, self._why = (
            number - 1,
            f"{choice.word} is not possible: {choice.why_not}" if choice.why_not else "",
        )
        if choice.why_not:
            self.repaint()
        else:
            self.give(number - 1)


class RoeLabelDialog(LabelDialog):
    """The label of a notice; what is being written elsewhere keeps its own."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.label: Label = door.desk.roe.issuing.label(door.now())
        self.cursor = max(0, self.label.level)

    def banner(self) -> Banner:
        """That of the form."""
        return self.door.desk.roe.form_banner(self.door.now())

    @property
    def view(self) -> LabelPicker:
        """What can be chosen, and what comes of it."""
        return self.door.desk.roe.issuing.picker(self.label, self.door.now())

    def _consider(self) -> None:
        self.door.put(self.door.desk.roe.issuing.consider(self.label, self.door.now()))
        self.repaint()


class RoeFormScreen(FormSheet):
    """One notice, as long as it is written."""

    HINTS: ClassVar[Hints] = (
        ("^S", "issue"),
        ("Esc", "keep draft"),
        ("Tab", "next"),
        ("F3", "refers to"),
        ("F6", "label"),
        ("^T", "now"),
        ("Alt-P", "precedence"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "issue", priority=True, show=False),
        Binding("f3", "basis", priority=True, show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._signing = False
        self.view = self._seen()

    @property
    def _issuing(self) -> RoeIssuing:
        return self.door.desk.roe.issuing

    def _seen(self) -> RoeFormView:
        """The notice as it is now."""
        view = self._issuing.view(self.door.now())
        if view is None:
            raise LookupError("no notice is being written")
        return view

    def fields(self) -> Sequence[FieldRow]:
        """They as they are judged now."""
        return self.view.fields

    def begin(self) -> None:
        """What it refers to is asked first, where that is not known."""
        super().begin()
        first = self.view.fields[0]
        if first.key == "basis" and first.needed and not first.text:
            self.action_basis()

    @property
    def hints(self) -> Hints:
        """What can be chosen here: not every notice refers to another, nor has a label of its own."""
        left_out = {*(() if self._issuing.has_basis else ("F3",)), *(() if self._issuing.has_label else ("F6",))}
        return tuple(hint for hint in self.HINTS if hint[0] not in left_out)

    def banner(self) -> Banner:
        """Of what is being written, and of what it refers to."""
        return self.door.desk.roe.form_banner(self.door.now())

    def note(self) -> str:
        """At the right of the hints."""
        return f"kept {self.view.kept}" if self.view.kept else ""

    # --- painting ---

    def paint_head(self, width: int, height: int) -> list[Line]:
        """See `FormSheet`."""
        del height
        return paint_form_head(self.view, width, self.door.dress.glyphs, self.roomy)

    def paint_foot(self, width: int, height: int) -> list[Line]:
        """See `FormSheet`."""
        del height
        return paint_form_foot(self.view, width, self.door.dress.glyphs, self.alone)

    def paint_preview(self, width: int, height: int) -> list[Line]:
        """See `FormSheet`."""
        del height
        return paint_form_preview(self.view, width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """It was judged anew, the node has said what it would be, or it is issued."""
        super().changed(changes)
        if not changes.parts & _SHOWS:
            return
        if self._issuing.issued:
            self.give(None)
            return
        self.view = self._seen()
        self.rows.put(self.view.fields)
        self.repaint_around()
        if self.view.serial and not self._signing and self.is_active:
            self._sign()

    # --- keys ---

    def typed(self, row: FieldRow, text: str) -> None:
        """Somebody has typed."""
        self.door.put(self._issuing.type(row.key, row.row, text, self.door.now()))

    def action_now(self) -> None:
        """Put now into a field of times."""
        entry = self.rows.focused
        if entry is not None and (now := self._issuing.written_now(entry.row.key, self.door.now())):
            entry.field.load(now)

    def action_precedence(self) -> None:
        """The next precedence, in a circle."""
        self.door.put(self._issuing.set_precedence())

    def action_basis(self) -> None:
        """Choose from the board what it refers to."""
        found = self._issuing.bases()
        if not found:
            return

        def chosen(place: int | None) -> None:
            if place:
                self.door.put(self._issuing.choose_basis(found[place - 1].key, self.door.now()))
                self.rows.put(self.view.fields, everywhere=True)

        choices = ("go back to the form", *(one.title for one in found))
        sentence = "Which notice does it refer to? Its rules are written out, to be changed."
        self.open(RoeChooseDialog(self.door, self.view.act, sentence, choices), chosen)

    def action_label(self) -> None:
        """Choose its label; what changes a rule keeps the label of that."""

        def chosen(label: tuple[int, tuple[str, ...], str] | None) -> None:
            if label is not None:
                self.door.put(self._issuing.set_label(Label(*label), self.door.now()))
                self.rows.put(self.view.fields, everywhere=True)

        if self._issuing.has_label:
            self.open(RoeLabelDialog(self.door), chosen)

    # --- issuing ---

    def action_issue(self) -> None:
        """Issue it, once what was typed before the key is judged: keys may come in one piece."""
        once_told(self, self._issue)

    def _issue(self) -> None:
        """Ask the node what it would be; or say what stands in the way, and go there."""
        issuing, now = self._issuing, self.door.now()
        fault = issuing.first_fault(now)
        sentence = issuing.confirm_needed() if fault is None else ""
        if not sentence:
            self.door.put(issuing.prepare(now))
            if fault in self.rows.entries:
                self.rows.entries[fault].field.focus()
            return

        def chosen(way: int | None) -> None:
            if way == 1:
                self.door.put(issuing.prepare(self.door.now()))

        self.open(ChooseDialog(self.door, "ISSUE", sentence, ("go back to the form", "go on")), chosen)

    def _sign(self) -> None:
        """Its whole text, who can read it, and its serial to be typed."""
        view, issuing = self.view, self._issuing
        self._signing = True
        sentences = [readers(view, self.door.dress.glyphs)]
        sentences += [f"{view.signatures}: yours is the first."] if view.signatures else []
        words = SignWords(verb="issue it", sentences=tuple(sentences), enter="issues it once the serial matches")

        def signed(given: bool | None) -> None:
            self._signing = False
            if given:
                self.door.put(issuing.issue(secrets.token_hex(16), int(view.serial)))
            else:
                issuing.stop()

        def look() -> NoticeView:
            return view.notice

        self.open(RoeSignDialog(self.door, look, words, self.banner), signed)
