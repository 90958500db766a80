"""A send that was refused: the clause, who would have read it, and the ways on."""

from __future__ import annotations

from coalchat.desk.model.dialogviews import Refusal
from coalchat.desk.paint.dialogs import paint_refusal
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.choose import Choosing
from coalchat.desk.screens.door import Door


class RefusedDialog(Choosing):
    """Gives the index of the way; nothing is sent by taking one."""

    def __init__(self, door: Door, refusal: Refusal) -> None:
        super().__init__(door, len(refusal.ways))
        self._refusal = refusal

    def lines(self, width: int) -> list[Line]:
        """See `paint_refusal`."""
        return paint_refusal(self._refusal, width, self.door.dress.glyphs, self.cursor)
