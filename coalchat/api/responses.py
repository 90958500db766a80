"""What the node answers (SPEC 12). What ids, times and markings are: see `nouns`."""

from __future__ import annotations

from coalchat.api.about import Checkpointed, Confirmation, Deputy, Minimize, NationReceipts, Recall
from coalchat.api.base import Response
from coalchat.api.events import Event
from coalchat.api.nouns import (
    Addressee,
    AuditRecord,
    Channel,
    Delivery,
    Denial,
    KeyDemand,
    KeyEdition,
    KeyingDevice,
    KeyWindow,
    Level,
    Link,
    Message,
    Nation,
    NationState,
    Node,
    Reach,
    SilentDevice,
)
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Answer, Precedence, State
from coalchat.record import record


@record
class Done(Response):
    """It is done, and there is nothing to say about it."""


@record
class NewFeeds(Response):
    """Answer to `node.offline`: how many feeds of this device are left, for new ones to go on after them."""

    left: int


@record
class Welcome(Response):
    """Answer to `hello`.

    Attributes:
        api_version: the node's.
        granted: scopes of this session.
        cursor: of the newest event: who needs none of the past reads on from here.
    """

    api_version: int
    node: Node
    granted: tuple[Scope, ...]
    cursor: int


@record
class Status(Response):
    """The node at a glance.

    Attributes:
        version: of the program that runs. pid: its process. started: when.
        listen: addresses where peers may dial.
        queued: own messages that have not left for every nation yet.
        unread: messages beyond the read marks.
        cursor: of the newest event.
        warnings: one sentence each, the gravest first.
    """

    node: Node
    version: str
    pid: int
    started: int
    listen: tuple[str, ...]
    links: tuple[Link, ...]
    queued: int
    unread: int
    cursor: int
    warnings: tuple[str, ...]


@record
class PeerList(Response):
    """Peers that were added, and those connected."""

    peers: tuple[Link, ...]


@record
class ChannelList(Response):
    """Channels, by title."""

    channels: tuple[Channel, ...]


@record
class LabelPreview(Response):
    """Who would read a message with this label, decided before anything is sent.

    Attributes:
        marking: the whole label as it will be shown, with the nations written out. level, portion: as in `Message`.
        readers: nations that can, with their devices cleared for it.
        withheld: members of the channel that cannot, each with all its devices.
        denied: why it cannot be sent so; none if it can.
        warnings: what a person should know before sending, one sentence each.
        devices: of a direct message, the very devices that can read it; `readers` counts them.
        minimize: the order that is in force in the channel, or none.
    """

    marking: str
    level: int
    portion: str
    readers: tuple[Reach, ...]
    withheld: tuple[Reach, ...]
    denied: Denial | None
    warnings: tuple[str, ...]
    devices: tuple[Addressee, ...] = ()
    minimize: Minimize | None = None


@record
class NationList(Response):
    """Nations, by charter index."""

    nations: tuple[Nation, ...]


@record
class Policy(Response):
    """The security policy of the coalition (SPEC 5.1).

    Attributes:
        id: its name, as it stands in labels. prefix: what markings show in place of it; may be empty.
        levels: from the lowest to the highest; a level is named by its index. categories: their values, as marked;
            `tag_names`: the tag set of each.
        national: the own nation's policy, which says what is alike; "" where there is none.
        readable: index of the highest level that this device may read.
        handling: seconds in which messages are to be delivered, by precedence, ROUTINE first (SPEC 8.13).
    """

    id: str
    version: int
    prefix: str
    levels: tuple[Level, ...]
    categories: tuple[str, ...]
    readable: int
    handling: tuple[int, ...] = ()
    tag_names: tuple[str, ...] = ()
    national: str = ""


@record
class Keys(Response):
    """The key period that runs, by this node's clock (SPEC 7).

    Attributes:
        edition: counter of this nation's edition that runs. segment: which of its segments, from 1 to `segments`.
            All three are 0 when none runs: the last one has ended, or the next has not begun.
        segment_ends, edition_ends: when.
        published_until: end of the last edition that this nation has published; nobody can seal to it after that.
        editions: those that are published, by counter. levels: those that this device is cleared for, from the lowest.
        clock_doubtful: this node's clock lies where nothing says that it should be; nothing is sealed or erased.
        silent: to a custodian, the devices that hold a window open.
        demands: to a custodian, his newest emergency rekey, if there was one.
        keying: the nation's keying devices, by id. unshared_level: name of the level at which each device makes its own
            envelopes all the same.
    """

    edition: int
    segment: int
    segments: int
    segment_ends: int
    edition_ends: int
    published_until: int
    editions: tuple[KeyEdition, ...] = ()
    levels: tuple[KeyWindow, ...] = ()
    clock_doubtful: bool = False
    silent: tuple[SilentDevice, ...] = ()
    demands: tuple[KeyDemand, ...] = ()
    keying: tuple[KeyingDevice, ...] = ()
    unshared_level: str = ""


@record
class Sent(Response):
    """A message is durable here and will leave as links allow.

    Attributes:
        entry_id: 64 hex digits. position: as in `Message`.
        marking: as it was sealed. nations: its release set.
        repeated: this `client_id` was sent before: the answer is about that message, nothing was sent now.
    """

    entry_id: str
    channel_id: str
    position: int
    marking: str
    nations: tuple[NationState, ...]
    repeated: bool


@record
class MessagePage(Response):
    """Messages by position, oldest first.

    Attributes:
        next_position: ask on with it, in the same direction; unchanged if there was nothing.
        more: there are more in that direction now.
    """

    messages: tuple[Message, ...]
    next_position: int
    more: bool


@record
class Marked(Response):
    """The read mark of a channel.

    Attributes:
        position: everything up to it is read. newly: how many messages that were unread it passed.
    """

    channel_id: str
    position: int
    newly: int


@record
class Acknowledged(Response):
    """This device's acknowledgement of a message.

    Attributes:
        at: when. repeated: the very same was given before: nothing was sent now.
    """

    entry_id: str
    channel_id: str
    answer: Answer
    text: str
    at: int
    repeated: bool


@record
class MessageStatus(Response):
    """Who has a message.

    Attributes:
        deliveries: each recipient device, by nation and person: those that said something, and of our own messages
            also those that are cleared for it and said nothing. A nation of which no such device is known has one row
            without a person. The author's own device has no row.
        checkpoint: covers it, or none.
        recall: of what its author recalled, that he did. confirmations: then what each device of the recipients said to it.
        asked: how far it should come with each person: `delivered`, `read` or `acknowledged`.
        ack_by: as in `nouns.Message`. handle_by: by when it should be delivered, by its precedence.
        overdue: somebody is late. nations: what is expected of each, against what came; of messages of others no more is
            known than who said something. deputies: who stands in for its nations in its channel, and can read it.
    """

    entry_id: str
    channel_id: str
    marking: str
    author_time: int
    own_nation: str
    deliveries: tuple[Delivery, ...]
    checkpoint: Checkpointed | None = None
    recall: Recall | None = None
    confirmations: tuple[Confirmation, ...] = ()
    precedence: Precedence = Precedence.ROUTINE
    asked: State = State.READ
    ack_by: int = 0
    handle_by: int = 0
    overdue: bool = False
    nations: tuple[NationReceipts, ...] = ()
    deputies: tuple[Deputy, ...] = ()


@record
class EventPage(Response):
    """Events by cursor. `next_cursor` is where to read on, whether or not there was one."""

    events: tuple[Event, ...]
    next_cursor: int


@record
class AuditPage(Response):
    """Audit records by number; ask on with `next_number` as `after`."""

    records: tuple[AuditRecord, ...]
    next_number: int
    more: bool
