"""What a client may ask (SPEC 12.4). Enrolment has its own module.

A channel is named by its title, its id, or a prefix of the id that fits one only; a message by its id or such a prefix.
Errors that any operation may give: Locked, NoCoalition, NotAuthorised, UsageError, TryAgain, StoreCorrupt,
InternalError; further ones stand with the class.
"""

from __future__ import annotations

from coalchat.api.base import Request
from coalchat.api.nouns import Channel, Link, Message, Node
from coalchat.api.responses import (
    Acknowledged,
    AuditPage,
    ChannelList,
    Done,
    EventPage,
    Keys,
    LabelPreview,
    Marked,
    MessagePage,
    MessageStatus,
    NationList,
    NewFeeds,
    PeerList,
    Policy,
    Sent,
    Status,
    Welcome,
)
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.record import field, record


@record
class Hello(Request[Welcome]):
    """First request of every session; anything else before it closes the connection.

    Errors: ApiVersionMismatch; NotAuthorised (wrong token).

    Attributes:
        client_name: for the log and the audit record, e.g. "desk", up to 64 characters.
        token: from the home (`client.token`), 64 hex digits.
        scopes: what it asks for; it is granted those of them that the token has.
    """

    op = "hello"
    scope = None
    api_version: int
    client_name: str
    token: str = field(repr=False)
    scopes: tuple[Scope, ...]


@record
class Unlock(Request[Node]):
    """Open the key file and the store. An unlocked node answers at once and checks nothing. Errors: WrongPassphrase."""

    op = "unlock"
    scope = Scope.READ
    passphrase: bytes = field(repr=False)


@record
class CheckPassphrase(Request[Done]):
    """Whether this is the passphrase of the home: for a front end that has locked its screen. It opens and changes nothing.

    Errors: WrongPassphrase.
    """

    op = "passphrase.check"
    scope = Scope.READ
    passphrase: bytes = field(repr=False)


@record
class GetStatus(Request[Status]):
    """The node at a glance; a locked node answers too."""

    op = "status"
    scope = Scope.READ


@record
class Stop(Request[Done]):
    """End the node. It answers first, then it closes all connections and exits."""

    op = "stop"
    scope = Scope.ADMIN


@record
class ListChannels(Request[ChannelList]):
    """All channels here."""

    op = "channel.list"
    scope = Scope.READ


@record
class CreateChannel(Request[Channel]):
    """Found a channel.

    Errors: UnknownNation, UnknownLabel, AlreadyExists (the title), Refused (own nation left out, ceiling too high).

    Attributes:
        members: nation codes. ceiling: label text without REL. purpose: one line.
    """

    op = "channel.create"
    scope = Scope.ADMIN
    repeatable = False
    title: str
    members: tuple[str, ...]
    ceiling: str
    purpose: str


@record
class PreviewLabel(Request[LabelPreview]):
    """Who would read it. A denial is an answer, not an error. Errors: UnknownChannel, UnknownLabel, UnknownNation."""

    op = "label.preview"
    scope = Scope.READ
    channel: str
    label: str


@record
class SendMessage(Request[Sent]):
    """Seal a message and queue it; the answer comes when it is durable.

    Errors: Refused, UnknownChannel, UnknownLabel, UnknownNation, UnknownMessage (reply_to, quotes), AlreadyExists
    (`client_id` was used for another text or label), Expired (what is quoted was purged).

    Attributes:
        label: `[policy] LEVEL [CATEGORY] [REL [TO] A, B]`; without REL the channel's members.
        ack_by: when it should be acknowledged; 0: not asked.
        client_id: made by the client, 1 to 128 characters: the same one is sent once, however often it is asked for.
        reply_to: entry id, or "".
        quotes: ids of messages that are repeated whole, of any channel; then `text` may be "". The label must be at least
            what theirs make together (SPEC 5.4), and all texts together have at most 16,384 bytes.
        considered: a person has considered MINIMIZE, where it is in force: without that, what is below IMMEDIATE is
            refused there (clause `minimize`).
    """

    op = "message.send"
    scope = Scope.SEND
    channel: str
    text: str
    label: str
    precedence: Precedence
    ack_by: int
    client_id: str
    reply_to: str
    quotes: tuple[str, ...] = ()
    considered: bool = False


@record
class ListMessages(Request[MessagePage]):
    """A page of messages, oldest first: the first behind a position, or the last before one. Errors: UnknownChannel.

    Attributes:
        channel: one, or "" for all.
        after_position: 0: from the first.
        before_position: 0: a page forward; `NEWEST`: the last page there is. Not both.
        limit: 1 to 1,000.
    """

    op = "message.list"
    scope = Scope.READ
    channel: str
    after_position: int
    before_position: int
    limit: int


@record
class ShowMessage(Request[Message]):
    """One message. Errors: UnknownMessage, Ambiguous."""

    op = "message.show"
    scope = Scope.READ
    id: str


@record
class MarkRead(Request[Marked]):
    """Move the read mark of a channel to a message: a person's act, of which READ receipts go out.

    It never moves back. Errors: UnknownChannel, UnknownMessage.
    """

    op = "message.mark"
    scope = Scope.SEND
    channel: str
    entry_id: str


@record
class AcknowledgeMessage(Request[Acknowledged]):
    """Acknowledge a message: a person's deliberate, signed act, which goes out at once. A later one takes its place.

    Errors: UnknownMessage, Ambiguous; NotAuthorised (a bot); Refused; UsageError (an own message, one that cannot be
    read, a caveat without text, a text without an answer).

    Attributes:
        text: the caveat, or why unable; up to 256 bytes.
    """

    op = "message.acknowledge"
    scope = Scope.SEND
    id: str
    answer: Answer
    text: str


@record
class GetMessageStatus(Request[MessageStatus]):
    """Who has a message. Errors: UnknownMessage, Ambiguous."""

    op = "message.status"
    scope = Scope.READ
    id: str


@record
class NextEvents(Request[EventPage]):
    """Events behind a cursor; if there is none yet, wait for the first.

    Attributes:
        cursor: 0: from the first; `NEWEST`: none, only tell the cursor.
        limit: 1 to 1,000.
        wait_seconds: 0 to 60; then an empty page comes back.
    """

    op = "events.next"
    scope = Scope.READ
    cursor: int
    limit: int
    wait_seconds: int


@record
class AddPeer(Request[Link]):
    """Dial this address from now on; one that is there already is left as it is."""

    op = "peer.add"
    scope = Scope.ADMIN
    address: str


@record
class ListPeers(Request[PeerList]):
    """Links with their states and counters."""

    op = "peer.list"
    scope = Scope.READ


@record
class RemovePeer(Request[Done]):
    """Dial it no more and close its link. Errors: UnknownPeer."""

    op = "peer.remove"
    scope = Scope.ADMIN
    repeatable = False
    address: str


@record
class ListAudit(Request[AuditPage]):
    """Audit records behind a number (0: from the first), oldest first; `limit` is 1 to 1,000."""

    op = "audit.list"
    scope = Scope.READ
    after: int
    limit: int


@record
class ListNations(Request[NationList]):
    """Nations of the charter."""

    op = "nation.list"
    scope = Scope.READ


@record
class WorkOffline(Request[NewFeeds]):
    """A person says that no peer can tell how far the feeds of this restored home go: it goes on in new ones."""

    op = "node.offline"
    scope = Scope.ADMIN


@record
class ShowPolicy(Request[Policy]):
    """The coalition's security policy: what labels are made of."""

    op = "policy.show"
    scope = Scope.READ


@record
class ShowKeys(Request[Keys]):
    """The key period that runs."""

    op = "keys.show"
    scope = Scope.READ


@record
class ConfirmClock(Request[Keys]):
    """A person says that this node's clock is right: it is believed for one edition more."""

    op = "keys.confirm_clock"
    scope = Scope.ADMIN
