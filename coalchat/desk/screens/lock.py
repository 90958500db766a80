"""The desk is locked: nothing of the coalition is on the screen until the node has seen the passphrase (SPEC 12.11).

Rule 1: it stands before every other screen, and nothing opens before it. What happens meanwhile happens behind it.
Rule 2: the passphrase is compared by the node, which opens nothing for it and waits after a wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.overview import locked_banner
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.dialogs.asking import paint_lock
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.base import Banded
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import SecretField


class LockScreen(Banded[None]):
    """A field for the passphrase, and nothing else."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q,ctrl+c", "app.leave_if_sent", show=False)]

    def __init__(self, door: Door, given: Callable[[bytes], None]) -> None:
        super().__init__(door)
        self._tell = given
        self._why, self._asking = "", False

    def content(self) -> Iterable[Widget]:
        """The block."""
        yield FieldBlock(self.door.dress, self._around, SecretField(self.door.dress, id="passphrase"), id="block")

    def on_mount(self) -> None:
        """It can be typed at once."""
        self.set_focus(self.query_one(SecretField))  # `focus` waits its turn behind what was typed in the same burst

    def banner(self) -> Banner:
        """Not even the coalition's name, and no marking: there is nothing that could bear one."""
        return locked_banner(self.door.now())

    def say(self, why: str) -> None:
        """Why it stays locked."""
        self._why, self._asking = why, False
        self.query_one(FieldBlock).repaint()

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        return paint_lock(self._why, self._asking, width, self.door.dress.glyphs)

    @on(SecretField.Submitted)
    def _submitted(self) -> None:
        secret = self.query_one(SecretField).take()
        if not self._asking:
            self._why, self._asking = "", True
            self.query_one(FieldBlock).repaint()
            self._tell(secret)
