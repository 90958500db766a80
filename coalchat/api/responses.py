"""What the node answers (SPEC 12). What ids, times and markings are: see `nouns`."""

from __future__ import annotations

import attrs

from coalchat.api.base import Response
from coalchat.api.events import Event
from coalchat.api.nouns import (
    AuditRecord,
    Channel,
    Delivery,
    Denial,
    Link,
    Message,
    Nation,
    NationState,
    Node,
    Reach,
)
from coalchat.api.scopes import Scope


@attrs.frozen(kw_only=True)
class Done(Response):
    """It is done, and there is nothing to say about it."""


@attrs.frozen(kw_only=True)
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


@attrs.frozen(kw_only=True)
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


@attrs.frozen(kw_only=True)
class PeerList(Response):
    """Peers that were added, and those connected."""

    peers: tuple[Link, ...]


@attrs.frozen(kw_only=True)
class ChannelList(Response):
    """Channels, by title."""

    channels: tuple[Channel, ...]


@attrs.frozen(kw_only=True)
class LabelPreview(Response):
    """Who would read a message with this label, decided before anything is sent.

    Attributes:
        marking: the whole label as it will be shown, with the nations written out.
        readers: nations that can, with their devices cleared for it.
        withheld: members of the channel that cannot, with all their devices.
        denied: why it cannot be sent so; none if it can.
        warnings: what a person should know before sending, one sentence each.
    """

    marking: str
    readers: tuple[Reach, ...]
    withheld: tuple[Reach, ...]
    denied: Denial | None
    warnings: tuple[str, ...]


@attrs.frozen(kw_only=True)
class NationList(Response):
    """Nations, by charter index."""

    nations: tuple[Nation, ...]


@attrs.frozen(kw_only=True)
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


@attrs.frozen(kw_only=True)
class MessagePage(Response):
    """Messages by position.

    Attributes:
        next_position: ask on with it as `after_position`; unchanged if there was nothing.
        more: there are more now.
    """

    messages: tuple[Message, ...]
    next_position: int
    more: bool


@attrs.frozen(kw_only=True)
class Marked(Response):
    """The read mark of a channel.

    Attributes:
        position: everything up to it is read. newly: how many messages that were unread it passed.
    """

    channel_id: str
    position: int
    newly: int


@attrs.frozen(kw_only=True)
class MessageStatus(Response):
    """Who has a message.

    Attributes:
        deliveries: each recipient device, by nation and person; a nation of which nothing is known has one row without
            a person. The author's own device has no row.
    """

    entry_id: str
    channel_id: str
    marking: str
    author_time: int
    own_nation: str
    deliveries: tuple[Delivery, ...]


@attrs.frozen(kw_only=True)
class EventPage(Response):
    """Events by cursor. `next_cursor` is where to read on, whether or not there was one."""

    events: tuple[Event, ...]
    next_cursor: int


@attrs.frozen(kw_only=True)
class AuditPage(Response):
    """Audit records by number; ask on with `next_number` as `after`."""

    records: tuple[AuditRecord, ...]
    next_number: int
    more: bool
