"""What a step of the model changed, and what it wants to know next."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any, TypeAlias

from coalchat.api.base import Request
from coalchat.desk.model.dialogviews import Refusal
from coalchat.desk.model.views import Item
from coalchat.record import record

if TYPE_CHECKING:
    from coalchat.desk.model.custodyviews import CodeView
    from coalchat.desk.model.dialogviews import Deliberate
    from coalchat.desk.model.directviews import DirectView, WordsView

Asks: TypeAlias = tuple[Request[Any], ...]
"""Requests to put to the node, in order."""


class Part(Enum):
    """A part of the screen that has to be painted anew."""

    BANNER = auto()
    NOTICE = auto()
    CHANNELS = auto()
    HEAD = auto()
    TIMELINE = auto()
    """Its `Splice`s say where."""
    COMPOSER = auto()
    RAIL = auto()
    WHO = auto()
    """The who-has-it screen, while it is open."""
    KEYS = auto()
    """The key screen, while it is open."""
    ROE = auto()
    """The ROE screens, while one is open."""
    ROE_FORM = auto()
    """The ROE notice that is being written, while it is open."""
    ROE_LOG = auto()
    """The log of ROE notices, while it is open."""
    SEARCH = auto()
    """The search screen, while it is open."""
    INVITES = auto()
    """A custodian's invites, while they are open."""
    VERSIONS = auto()
    """All versions of a message, while somebody looks at them."""
    FOUNDING = auto()
    """A channel that is made or widened, while somebody does so."""
    THREAD = auto()
    """A thread, while somebody looks at it."""
    FORM = auto()
    """The report that is being filled in, while it is open."""
    MAP = auto()
    """Positions of reports, while they are on the screen."""


@record(kw_only=False)
class Splice:
    """In the shown channel's timeline, `removed` items from `at` on give way to `items`. Splices apply in order."""

    at: int
    removed: int
    items: tuple[Item, ...]


@record(kw_only=False)
class Changes:
    """Attributes:
    parts: to paint anew.
    splices: of the shown timeline; `reset`: it is another channel's now, take all of it.
    asks: requests to put to the node, in order; their answers go into `Desk.take`.
    refusal: to be shown at once.
    bell: something of FLASH precedence has come.
    prompt: to be asked at once.
    cursor: key of the message that the cursor is to stand on, or "".
    """

    parts: frozenset[Part] = frozenset()
    splices: tuple[Splice, ...] = ()
    reset: bool = False
    asks: Asks = ()
    refusal: Refusal | None = None
    bell: bool = False
    prompt: DirectView | WordsView | Deliberate | CodeView | None = None
    cursor: str = ""

    def __add__(self, other: Changes) -> Changes:
        """Both, one after the other."""
        return Changes(
            self.parts | other.parts,
            other.splices if other.reset else self.splices + other.splices,
            self.reset or other.reset,
            self.asks + tuple(ask for ask in other.asks if ask not in self.asks),
            other.refusal or self.refusal,
            self.bell or other.bell,
            other.prompt or self.prompt,
            other.cursor or self.cursor,
        )


NOTHING = Changes()
