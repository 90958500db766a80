"""Who has a message: one row a person, the gaps once more below, with what closes them (look: screen 07).

Rule 1: a reminder is asked about with whom it names, and leaves by a choice that is not the first.
Rule 2: keys act on the message of this screen, and each gap names the one that closes it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.api.vocabulary import Answer
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.views import Banner, MessageLine
from coalchat.desk.model.whoviews import WhoHasIt
from coalchat.desk.paint.hints import SCROLL, Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.who import paint_who, paint_who_head
from coalchat.desk.screens.acknowledge import AcknowledgeDialog
from coalchat.desk.screens.base import Paper
from coalchat.desk.screens.choose import ChooseDialog
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled

NAMED = 6
"""Persons whom the question names; of more it says how many."""
_DEPUTIES = "deputies"
"""Nobody is called so with a nation before it."""


class WhoScreen(Paper):
    """Follows the message as receipts come in."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,R", "remind", show=False),
        Binding("e,E", "escalate", show=False),
        Binding("a,A", "acknowledge", show=False),
        Binding("s,S", "sort", show=False),
        Binding("f4", "leave", priority=True, show=False),
    ]

    def __init__(self, door: Door, key: str) -> None:
        super().__init__(door)
        self._key = key
        self._by_gap = False

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

    def _paint_hints(self, width: int, height: int) -> list[Line]:
        del height
        who = self.view
        acts: Hints = (("R", "remind"), ("E", "escalate")) if who is not None and who.may_remind else ()
        if who is not None and self._line() is not None:
            acts = (("A", "acknowledge"),)
        hints = (SCROLL, *acts, ("S", "sort by gap"), ("Esc", "back"))
        return self.paint_keys(hints, self.note(), width)

    def note(self) -> str:
        """Where the times come from."""
        return "times Z, from signed receipts"

    @property
    def view(self) -> WhoHasIt | None:
        """What is known now."""
        return self.door.desk.who(self._key, self.door.now())

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        return paint_who_head(self.view, width, self.door.dress.glyphs) if self.view is not None else []

    def _paint_rows(self, width: int, height: int) -> list[Line]:
        del height
        who = self.view
        return paint_who(who, width, self.door.dress.glyphs, by_gap=self._by_gap) if who is not None else []

    def changed(self, changes: Changes) -> None:
        """A receipt has come, or time has passed."""
        super().changed(changes)
        if changes.parts & {Part.WHO, Part.RAIL}:
            self.query_one("#who-head", Painted).repaint()
            self.query_one("#hints", Painted).repaint()
            self.query_one("#who-rows", Scrolled).repaint()

    # --- acts ---

    def action_sort(self) -> None:
        """Who is furthest behind first, or by name again."""
        self._by_gap = not self._by_gap
        self.query_one("#who-rows", Scrolled).repaint()

    def action_remind(self) -> None:
        """Remind those who are missing."""
        who = self.view
        if who is not None and who.may_remind:
            self._ask(who, ("send the reminder",), ("",))

    def action_escalate(self) -> None:
        """Remind them, and ask somebody who has it to see to it."""
        who = self.view
        if who is None or not who.may_remind or not (who.deputies or who.persons):
            return
        named = who.persons[:7]
        deputies = (f"ask the deputies to see to it: {who.deputies}",) if who.deputies else ()
        choices = (*deputies, *(f"ask {name} to see to it" for name in named))
        self._ask(who, choices, (*([_DEPUTIES] if deputies else ()), *named))

    def _ask(self, who: WhoHasIt, choices: tuple[str, ...], escalate: tuple[str, ...]) -> None:
        order, words = self.door.desk.afterwards.reminding.order(self._key)
        sentence = f"{_missing(who)} did not acknowledge {who.title}. Everybody who can read it will see the reminder."

        def chosen(place: int | None) -> None:
            if place:
                asked = escalate[place - 1]
                to = "" if asked == _DEPUTIES else asked
                made = self.door.desk.afterwards.reminding.remind(
                    self._key, to, secrets.token_hex(16), order, deputies=asked == _DEPUTIES
                )
                self.door.put(made)

        title = "ESCALATE" if escalate[0] else "REMIND"
        self.open(ChooseDialog(self.door, title, f"{sentence} {words}".rstrip(), ("not now", *choices)), chosen)

    def action_acknowledge(self) -> None:
        """Acknowledge it: asks how."""
        line = self._line()
        if line is None:
            return

        def chosen(given: tuple[Answer, str] | None) -> None:
            if given is not None:
                self.door.put(self.door.desk.acknowledge(self._key, *given, self.door.now()))

        self.open(AcknowledgeDialog(self.door, line), chosen)

    def _line(self) -> MessageLine | None:
        """The message, if this person may acknowledge it."""
        for item in self.door.desk.items:
            if isinstance(item, MessageLine) and item.key == self._key:
                return None if item.mine or item.unreadable or item.reminds else item
        return None


def _missing(who: WhoHasIt) -> str:
    """ "XBB Kowal, XCC Lind and 2 more"."""
    names = [f"{nation.tally.nation} {one.person}" for nation in who.nations for one in nation.persons if one.gap]
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
