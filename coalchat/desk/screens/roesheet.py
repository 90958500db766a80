"""What the ROE screens share: a head, rows that scroll, the words that nothing here judges; and what is done with a notice.

Rule: what cannot be done says why, with the clause; nothing is left out without a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.api.roe import RoeAct
from coalchat.api.vocabulary import Answer
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.roeviews import SigningRow
from coalchat.desk.paint.dialogs.roesign import SignWords
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.roe import paint_words
from coalchat.desk.screens.base import Paper
from coalchat.desk.screens.roeform import RoeActDialog, RoeChooseDialog, RoeFormScreen
from coalchat.desk.screens.roesign import RoeAcknowledgeDialog, RoeSignDialog
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled

_SHOWS: Final = frozenset({Part.ROE, Part.ROE_LOG, Part.NOTICE, Part.BANNER, Part.RAIL})


class RoeSheet(Paper):
    """A screen of ROE."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,N", "new", show=False),
        Binding("s,S", "sign", show=False),
    ]

    def content(self) -> Iterable[Widget]:
        """The head and the words stay; the rows scroll."""
        yield Painted(self.door.dress, self.paint_head, id="roe-head")
        yield self.rows()
        yield Painted(self.door.dress, self._paint_words, id="roe-words")

    def paint_head(self, width: int, height: int) -> list[Line]:
        """The head."""
        raise NotImplementedError

    def rows(self) -> Scrolled:
        """The rows, as `#roe-rows`."""
        return Scrolled(self.door.dress, self.paint_rows, id="roe-rows")

    def paint_rows(self, width: int, height: int) -> list[Line]:
        """What stands in them."""
        raise NotImplementedError

    def words(self) -> str:
        """What is said of all of it."""
        raise NotImplementedError

    def at(self) -> str:
        """Id of the notice that an act is of, or ""."""
        return ""

    def _paint_words(self, width: int, height: int) -> list[Line]:
        del height
        return paint_words(self.words(), width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """The node has said more, or time has passed."""
        super().changed(changes)
        if changes.parts & _SHOWS:
            self.repaint_banners()
            self.query_one("#roe-head", Painted).repaint()
            self.query_one("#roe-rows", Scrolled).repaint()
            self.query_one("#roe-words", Painted).repaint()

    # --- acts ---

    def acknowledge(self, key: str) -> None:
        """Ask how, with the whole text on the screen; nothing happens where there is nothing to acknowledge."""
        view = self.door.desk.roe.notice(key, self.door.now())
        if view is None or not view.may:
            return

        def signed(given: tuple[Answer, str] | None) -> None:
            if given is not None:
                self.door.put(self.door.desk.roe.acknowledge(view, *given))

        self.open(RoeAcknowledgeDialog(self.door, key), signed)

    def action_new(self) -> None:
        """Issue a notice, of the one that is looked at: which act is asked, and what is not possible says why."""
        key = self.at()

        def chosen(place: int | None) -> None:
            if place is not None:
                self.write(tuple(RoeAct)[place], key)

        self.open(RoeActDialog(self.door, key), chosen)

    def write(self, act: RoeAct, key: str = "") -> None:
        """Write a notice, of another one or not."""
        issuing = self.door.desk.roe.issuing
        why = next(choice.why_not for choice in issuing.acts(key) if choice.act is act)
        if why:
            self.door.put(self.door.desk.roe.say(f"{act.value} is not possible: {why}"))
            return
        self.door.put(issuing.begin(act, key))
        self.open(RoeFormScreen(self.door))

    def action_sign(self) -> None:
        """Sign what another issued: the notice that is looked at, the only one that waits, or the one that is chosen."""
        roe, key = self.door.desk.roe, self.at()
        waiting = roe.signing()
        if key or len(waiting) == 1:
            self.sign(key or waiting[0].key)
        elif waiting:
            self._choose(waiting)
        else:
            self.door.put(roe.say(roe.why_not_sign()))

    def _choose(self, waiting: tuple[SigningRow, ...]) -> None:
        def chosen(place: int | None) -> None:
            if place:
                self.sign(waiting[place - 1].key)

        choices = ("none now", *(f"{one.name}  signed {one.count}" for one in waiting))
        self.open(RoeChooseDialog(self.door, "SIGN", "Several notices wait for a signature of yours.", choices), chosen)

    def sign(self, key: str) -> None:
        """Put the whole text before the person, who types the serial."""
        roe = self.door.desk.roe
        view = roe.notice(key, self.door.now())
        if view is None:
            return
        if not view.endorses:
            self.door.put(roe.say(roe.why_not_sign(key)))
            return
        self.door.put(roe.open(key))

        def signed(given: bool | None) -> None:
            if given:
                self.door.put(roe.endorse(view))

        words = SignWords(
            verb="sign it too",
            sentences=(f"Issued by {view.author}; signed by {view.count}. Your signature says that it is to count.",),
            enter="signs once the serial matches",
        )
        look = lambda: roe.notice(key, self.door.now())  # noqa: E731  # as short as what it says
        self.open(RoeSignDialog(self.door, look, words, lambda: roe.banner(key, self.door.now())), signed)
