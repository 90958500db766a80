"""Keys: what runs, what opens how long, what will stop, what waits for somebody (look: screen 11)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.keyviews import HistoryView, KeyScreen
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.dialogs.history import paint_history
from coalchat.desk.paint.hints import SCROLL, Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.keys import paint_keys, paint_keys_head
from coalchat.desk.screens.base import Paper
from coalchat.desk.screens.choose import ChooseDialog, Choosing
from coalchat.desk.screens.custody import ACTS, Custodial
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled

_SHOWS: Final = frozenset({Part.KEYS, Part.RAIL, Part.NOTICE, Part.BANNER})


class KeysScreen(Custodial, Paper):
    """Follows the node as long as it is open. `act`: what is done once it is known whether this home is a custodian's."""

    HINTS: ClassVar[Hints] = (SCROLL, ("H", "requests for history"), ("Esc", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h,H", "history", show=False),
        Binding("x,X", "revoke", show=False),
        Binding("e,E", "rekey", show=False),
        Binding("r,R", "renew", show=False),
        Binding("i,I", "invites", show=False),
        Binding("f7", "leave", priority=True, show=False),
    ]

    def __init__(self, door: Door, act: str = "") -> None:
        super().__init__(door)
        self._act = act

    @property
    def hints(self) -> Hints:
        """A custodian's acts stand there only where he sits."""
        return (*ACTS, *self.HINTS[1:]) if self.custody.here else self.HINTS

    def content(self) -> Iterable[Widget]:
        """The head stays; the rows scroll."""
        yield Painted(self.door.dress, self._paint_head, id="keys-head")
        yield Scrolled(self.door.dress, self._paint_rows, id="keys-rows")

    def on_mount(self) -> None:
        """Keys scroll. The node is asked for what only this screen shows."""
        self.query_one(Scrolled).focus()
        self.door.put(self.door.desk.open_keys())

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self.door.desk.close_keys()

    def banner(self) -> Banner:
        """Nothing here bears a label."""
        return self.door.desk.banner((), self.door.now())

    def note(self) -> str:
        """In which time."""
        return "times Z"

    @property
    def view(self) -> KeyScreen:
        """What is known now."""
        return self.door.desk.keys(self.door.now())

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        return paint_keys_head(self.view, width, self.door.dress.glyphs)

    def _paint_rows(self, width: int, height: int) -> list[Line]:
        return paint_keys(self.view, width, height, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """Something of it has changed, or a minute has passed."""
        super().changed(changes)
        if changes.parts & _SHOWS:
            self.query_one("#keys-head", Painted).repaint()
            self.query_one("#keys-rows", Scrolled).repaint()
            self.query_one("#hints", Painted).repaint()
            self._do_what_was_asked()

    def _do_what_was_asked(self) -> None:
        if self._act and self.door.desk.custodians_known:
            act, self._act = self._act, ""
            getattr(self, f"action_{act}")()

    def action_history(self) -> None:
        """Decide about a request: the only one, or the one that is chosen."""
        requests = self.door.desk.history_requests()
        if len(requests) == 1:
            self._ask_about(requests[0])
        if len(requests) < 2:
            return

        def chosen(place: int | None) -> None:
            if place:
                self._ask_about(requests[place - 1])

        choices = ("none now", *(f"{one.who}: {one.givable} of {one.asked} would go" for one in requests))
        sentence = f"{len(requests)} devices of your nation ask for history."
        self.open(ChooseDialog(self.door, "REQUESTS FOR HISTORY", sentence, choices), chosen)

    def _ask_about(self, request: HistoryView) -> None:
        def chosen(place: int | None) -> None:
            if place:
                self.door.put(self.door.desk.decide_history(request.id, approve=place == APPROVE))

        self.open(HistoryDialog(self.door, request), chosen)


APPROVE: Final = 1
DECISIONS: Final = ("not now", "let it have them: the texts leave this device", "refuse: it gets nothing")
"""The first changes nothing."""


class HistoryDialog(Choosing):
    """What would go to whom, and what can be answered; nothing by default."""

    def __init__(self, door: Door, request: HistoryView) -> None:
        super().__init__(door, len(DECISIONS))
        self._request = request

    def lines(self, width: int) -> list[Line]:
        """See `paint_history`."""
        return paint_history(self._request, DECISIONS, self.cursor, width, self.door.dress.glyphs)
