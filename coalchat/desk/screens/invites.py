"""A custodian's invites: made, compared by six words and approved, withdrawn (SPEC 6.6, 12.11).

Rule 1: a device is certified only by the choice that says that all six words were the same; the first choice changes
nothing.
Rule 2: an invite's code stands on one dialog, once. It is given to nothing else and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.custodyviews import CodeView, InviteForm, InviteRow, Invites
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.dialogs.invites import paint_code, paint_compare, paint_form
from coalchat.desk.paint.hints import ARROWS, Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.invites import paint_invites, paint_invites_head
from coalchat.desk.screens.base import Dialog, Paper
from coalchat.desk.screens.choose import ChooseDialog, Choosing
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled
from coalchat.errors import CoalchatError
from coalchat.record import evolve

SAME, DIFFER = 1, 2
ANSWERS: Final = (
    "not now",
    "all six were read out to me, the same: certify the device",
    "one differs: withdraw the invite, and certify nobody",
)
"""The first changes nothing."""


class InvitesScreen(Paper):
    """Follows the node as long as it is open."""

    HINTS: ClassVar[Hints] = (
        (ARROWS, "choose"),
        ("N", "new"),
        ("A", "compare words, approve"),
        ("W", "withdraw"),
        ("Esc", "back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
        Binding("n,N", "invite", show=False),
        Binding("a,A,enter", "approve", show=False),
        Binding("w,W", "withdraw", show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.cursor = 0

    def content(self) -> Iterable[Widget]:
        """The head stays; the rows scroll."""
        yield Painted(self.door.dress, self._paint_head, id="invites-head")
        yield Scrolled(self.door.dress, self._paint_rows, id="invites-rows")

    def on_mount(self) -> None:
        """The node is asked for what only this screen shows."""
        self.query_one(Scrolled).focus()
        self.door.put(self.door.desk.custody.begin())

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self.door.desk.custody.end()

    def banner(self) -> Banner:
        """Nothing here bears a label."""
        return self.door.desk.banner((), self.door.now())

    @property
    def view(self) -> Invites:
        """What is known now."""
        return self.door.desk.custody.view()

    @property
    def row(self) -> InviteRow | None:
        """The invite under the cursor."""
        rows = self.view.rows
        return rows[min(self.cursor, len(rows) - 1)] if rows else None

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        return paint_invites_head(self.view, width, self.door.dress.glyphs)

    def _paint_rows(self, width: int, height: int) -> list[Line]:
        del height
        return paint_invites(self.view, self.cursor, width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """A device has asked, or an act was done."""
        super().changed(changes)
        if Part.INVITES in changes.parts:
            self.cursor = max(0, min(self.cursor, len(self.view.rows) - 1))
            self.query_one("#invites-head", Painted).repaint()
            self.query_one("#invites-rows", Scrolled).repaint()

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.cursor = (self.cursor + step) % max(1, len(self.view.rows))
        rows = self.query_one("#invites-rows", Scrolled)
        rows.repaint()
        bar = self.door.dress.glyphs.selection
        for place, line in enumerate(rows.lines):
            if line.spans and line.spans[0].text == bar:
                rows.reveal(place, 3)

    def action_invite(self) -> None:
        """Make an invite."""
        self.open(InviteDialog(self.door))

    def action_approve(self) -> None:
        """Compare the words of the device that has asked."""
        row = self.row
        if row is None or not row.asks:
            self.door.put(self.door.desk.custody.complain("no device has shown this invite's code yet"))
            return

        def chosen(place: int | None) -> None:
            if place == SAME:
                self.door.put(self.door.desk.custody.approve(row))
            elif place == DIFFER:
                self.door.put(self.door.desk.custody.withdraw(row))

        self.open(CompareDialog(self.door, row), chosen)

    def action_withdraw(self) -> None:
        """End the invite under the cursor: asks."""
        row = self.row
        if row is None or not row.open:
            self.door.put(self.door.desk.custody.complain("there is no open invite here"))
            return

        def chosen(place: int | None) -> None:
            if place:
                self.door.put(self.door.desk.custody.withdraw(row))

        sentence = f"The invite for {row.person}, {row.what}. Its code will open nothing any more."
        self.open(ChooseDialog(self.door, "WITHDRAW", sentence, ("leave it", "withdraw it")), chosen)


class CompareDialog(Choosing):
    """Gives the index of the answer; `SAME` says that the words are the same."""

    def __init__(self, door: Door, row: InviteRow) -> None:
        super().__init__(door, len(ANSWERS))
        self._row = row

    def lines(self, width: int) -> list[Line]:
        """See `paint_compare`."""
        return paint_compare(self._row, ANSWERS, self.cursor, width, self.door.dress.glyphs)


class CodeDialog(Choosing):
    """Shows the code until it is closed."""

    def __init__(self, door: Door, view: CodeView) -> None:
        super().__init__(door, 1)
        self._view = view

    def lines(self, width: int) -> list[Line]:
        """See `paint_code`."""
        return paint_code(self._view, width, self.door.dress.glyphs)


FIELDS: Final = (
    ("person", "NAME", "as the certificate will say"),
    ("clearance", "CLEARANCE", "highest level, and categories"),
    ("role", "ROLE", "officer, controller, custodian, bot, relay, auditor"),
    ("precedence", "PRECEDENCE", "the highest it may use"),
    ("address", "ADDRESS", "HOST:PORT at which the joiner dials this node"),
)
"""Name in the form, head, and what it is."""


class InviteDialog(Dialog[None]):
    """One field at a time; what was typed into the others stands above and below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "move(-1)", priority=True, show=False),
        Binding("down,tab", "move(1)", priority=True, show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.form: InviteForm = door.desk.custody.blank_form()
        self.place = 0
        self._error = ""

    def content(self) -> Iterable[Widget]:
        """The block."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, self._edited, id="value"), id="block")

    def on_mount(self) -> None:
        """Type at once."""
        field = self.query_one(Field)
        field.load(getattr(self.form, FIELDS[self.place][0]))
        field.focus()

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        values = tuple((head, what, getattr(self.form, name)) for name, head, what in FIELDS)
        return paint_form(values, self.place, self._error, width, self.door.dress.glyphs)

    def _edited(self, text: str) -> None:
        self.form = evolve(self.form, **{FIELDS[self.place][0]: text})
        if self._error and self.is_mounted:
            self._complain("")

    def _complain(self, sentence: str) -> None:
        self._error = sentence
        self.query_one(FieldBlock).repaint()

    def action_move(self, step: int) -> None:
        """Another field."""
        self.place = (self.place + step) % len(FIELDS)
        self.query_one(Field).load(getattr(self.form, FIELDS[self.place][0]))
        self._complain("")

    @on(Field.Submitted)
    def _submitted(self) -> None:
        if self.place < len(FIELDS) - 1:
            self.action_move(1)
            return
        try:
            changes = self.door.desk.custody.invite(self.form)
        except CoalchatError as error:
            self._complain(error.detail or str(error))
            return
        self.give(None)
        self.door.put(changes)
