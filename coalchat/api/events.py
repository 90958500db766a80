"""What happened, in order (SPEC 12.5).

Events are pulled from the store by cursor (`events.next`): a slow reader costs the node no memory, a reader that was
away goes on where it stopped, nothing is lost and nothing comes twice. An event says that something changed and names
it; the client fetches what it wants to show.
"""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from coalchat.api.vocabulary import ControlSubject, LinkState, Phase, Precedence, State
from coalchat.record import record


@record
class MessageArrived:
    """A message can be read here: received, or sent by this device (`mine`)."""

    kind: ClassVar[str] = "message"
    channel_id: str
    entry_id: str
    position: int
    author_nation: str
    precedence: Precedence
    mine: bool


@record
class ReceiptArrived:
    """A recipient's signed receipt moved one of our messages on; or this device acknowledged a message of another's."""

    kind: ClassVar[str] = "receipt"
    channel_id: str
    entry_id: str
    nation: str
    person: str
    device: int
    state: State


@record
class StateChanged:
    """One of our messages moved on with a nation without a receipt: sent, held, refused, expired."""

    kind: ClassVar[str] = "state"
    channel_id: str
    entry_id: str
    nation: str
    state: State
    reason: str


@record
class MessagePurged:
    """A message's retention is over, or its author recalled it: its body is gone from this device, its line stays."""

    kind: ClassVar[str] = "purged"
    channel_id: str
    entry_id: str


@record
class MarkMoved:
    """A person has read a channel up to a position, at whatever client of this node."""

    kind: ClassVar[str] = "mark"
    channel_id: str
    position: int


@record
class MessageMarked:
    """A message is shown otherwise from now on: it is disputed, disowned, corrected, or its recall confirmed by one more."""

    kind: ClassVar[str] = "marked"
    channel_id: str
    entry_id: str


@record
class RoeChanged:
    """An ROE notice, a signature under it, or somebody's acknowledgement of it came: the board may say something else.

    Attributes:
        entry_id: of the notice.
    """

    kind: ClassVar[str] = "roe"
    channel_id: str
    entry_id: str


@record
class RekeyMoved:
    """An emergency rekey of this nation went on, as its custodian's node counts it: more of its devices are keyed.

    Attributes:
        at: when new prekeys were demanded. devices: that have to be keyed. answered: whose prekey answers the demand.
        keyed: to whom the seeds were sealed.
    """

    kind: ClassVar[str] = "rekey"
    at: int
    devices: int
    answered: int
    keyed: int


@record
class LinkChanged:
    """A link to a peer came up or went."""

    kind: ClassVar[str] = "link"
    address: str
    nation: str
    state: LinkState
    reason: str


@record
class AuditWritten:
    """The audit record has a new line."""

    kind: ClassVar[str] = "audit"
    number: int
    event: str
    nation: str


@record
class ControlChanged:
    """The coalition, a channel, the keys, an invite or the node itself changed.

    Attributes:
        subject: what to fetch anew. id: which one: a channel's or an invite's id, a nation's code, or "".
        phase: the node's phase by now.
    """

    kind: ClassVar[str] = "control"
    subject: ControlSubject
    id: str
    phase: Phase


Body: TypeAlias = (
    MessageArrived
    | ReceiptArrived
    | StateChanged
    | MessagePurged
    | MarkMoved
    | MessageMarked
    | RoeChanged
    | RekeyMoved
    | LinkChanged
    | AuditWritten
    | ControlChanged
)
"""One of these; on the wire its map has one key more, `kind`."""


@record
class Event:
    """One event.

    Attributes:
        cursor: of this event, ≥ 1: to read on behind it.
        time: when this node saw it.
    """

    cursor: int
    time: int
    body: Body
