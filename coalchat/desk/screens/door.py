"""What all screens share: the model, the way to the node, the skin, the clock."""

from __future__ import annotations

from collections.abc import Callable

from coalchat.desk.model.changes import Changes
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import Banner
from coalchat.desk.widgets.painted import Dress
from coalchat.record import part


@part
class Door:
    """One for an app.

    Attributes:
        put: puts what an act of the model asks for to the node, and shows what it changed.
        now: Unix seconds.
        visible: messages of which something is on the main screen: they decide its banner.
    """

    desk: Desk
    dress: Dress
    put: Callable[[Changes], None]
    now: Callable[[], int]
    visible: tuple[str, ...] = ()

    def banner(self, *more: str) -> Banner:
        """The banner of the main screen, and of these messages."""
        return self.desk.banner((*self.visible, *more), self.now())
