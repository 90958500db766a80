"""What all screens share: the model, the way to the node, the skin, the clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

from coalchat.desk.model.changes import Changes
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import Banner
from coalchat.desk.widgets.painted import Dress
from coalchat.record import part

if TYPE_CHECKING:
    from coalchat.api.roe_log import RoeLog


class Owner(Protocol):
    """What a screen may ask of the app."""

    def wear(self, theme: str) -> str:
        """Another skin, from now on and the next time; why not the next time, or ""."""

    def tell_time(self, *, local: bool | None) -> str:
        """Times of messages in this machine's zone, in Z, or the other way round; why not the next time, or ""."""

    def lock(self) -> None:
        """Show nothing until the passphrase is given."""


@part
class Door:
    """One for an app.

    Attributes:
        put: puts what an act of the model asks for to the node, and shows what it changed.
        now: Unix seconds.
        owner: the app.
        roe_log: the log of ROE notices as the node has it, for a file.
        visible: messages of which something is on the main screen: they decide its banner.
    """

    desk: Desk
    dress: Dress
    put: Callable[[Changes], None]
    now: Callable[[], int]
    owner: Owner
    roe_log: Callable[[], Awaitable[RoeLog]]
    visible: tuple[str, ...] = ()

    def banner(self, *more: str) -> Banner:
        """The banner of the main screen, and of these messages."""
        return self.desk.banner((*self.visible, *more), self.now())
