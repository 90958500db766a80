"""Before the desk can work: the passphrase, or why the node cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.overview import locked_banner
from coalchat.desk.model.views import Banner, NodeState
from coalchat.desk.paint.dialogs import paint_unlock
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.base import Banded
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import SecretField


class UnlockScreen(Banded[None]):
    """Shows the state of the node; with a field while it is locked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q,ctrl+c", "app.leave", show=False),
        Binding("r,R", "app.try_again", show=False),
    ]

    def __init__(
        self, door: Door, state: NodeState, why: str, given: Callable[[bytes], None], *, hidden: bool = False
    ) -> None:
        """`hidden`: the desk is locked, and its banner says nothing."""
        super().__init__(door)
        self._hidden = hidden
        self._state, self._why = state, why
        self._tell = given

    def content(self) -> Iterable[Widget]:
        """The block."""
        yield FieldBlock(self.door.dress, self._around, SecretField(self.door.dress, id="passphrase"), id="block")

    def banner(self) -> Banner:
        """As behind it."""
        return locked_banner(self.door.now()) if self._hidden else super().banner()

    def on_mount(self) -> None:
        """A passphrase can be typed at once."""
        self._apply()

    def show(self, state: NodeState, why: str) -> None:
        """Another state."""
        if (state, why) == (self._state, self._why):
            return
        self._state, self._why = state, why
        if self.is_mounted:
            self._apply()

    def _apply(self) -> None:
        field = self.query_one(SecretField)
        field.display = self._state is NodeState.LOCKED
        if field.display:
            field.focus()
        self.query_one(FieldBlock).repaint()

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        why = f"{self._why}. R tries again." if self._state is NodeState.FAILED else self._why
        return paint_unlock(self._state, why, width, self.door.dress.glyphs)

    @on(SecretField.Submitted)
    def _submitted(self) -> None:
        secret = self.query_one(SecretField).take()
        self.show(NodeState.CONNECTING, "")
        self._tell(secret)
