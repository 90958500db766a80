"""Reminders, orders about traffic, and accounts of who has what (SPEC 8.13, 12)."""

from __future__ import annotations

from coalchat.api.about import NationReceipts
from coalchat.api.base import Request, Response
from coalchat.api.nouns import Channel, Message
from coalchat.api.responses import Sent
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Answer, Role, State
from coalchat.record import record


@record
class RemindRecipients(Request[Sent]):
    """Remind who has not acknowledged a message of this device: a message under its label, that names them.

    Everybody who can read the one reads the other. What is acknowledged is the first one.

    Errors: UnknownMessage, Ambiguous; UsageError (another's; it asks for no acknowledgement; nobody is missing); Expired
    (its body is gone); UnknownDevice (`escalate` names nobody who could read it); UsageError (`deputies`, and no nation that
    lacks acknowledgements has one who can read it); Refused; AlreadyExists.

    Attributes:
        text: a word of the sender's to it, or "".
        escalate: "[NATION] NAME" of a person who is asked to see to it for his nation, or "".
        deputies: the deputy of each nation that lacks acknowledgements is asked to see to it.
        client_id, considered: as in `message.send`.
    """

    op = "message.remind"
    scope = Scope.SEND
    id: str
    text: str
    escalate: str
    client_id: str
    considered: bool
    deputies: bool = False


@record
class OrderMinimize(Request[Channel]):
    """Put MINIMIZE on in a channel, or lift it: a signed notice to all its members. The same again sends nothing.

    Errors: UnknownChannel, Ambiguous; NotAuthorised (no admin of the channel); UsageError (no reason); Refused.

    Attributes:
        reason: for people, under the lowest label that there is, to all members; up to 256 bytes.
    """

    op = "channel.minimize"
    scope = Scope.ADMIN
    channel: str
    on: bool
    reason: str


@record
class NameDeputy(Request[Channel]):
    """Say who stands in for the own nation in a channel, or that nobody does: a signed notice to all its members.

    The same again sends nothing. Errors: UnknownChannel, Ambiguous, UnknownDevice (nobody of the own nation); NotAuthorised
    (not for this device to say); UsageError (a time that is over); Refused.

    Attributes:
        person: "[NATION] NAME"; "": nobody. until: when it ends by itself, in Unix seconds; 0: when another word comes.
    """

    op = "channel.deputy"
    scope = Scope.ADMIN
    channel: str
    person: str
    until: int


@record
class ChangeAdmins(Request[Channel]):
    """Make devices admins of a channel, or no longer, by its next revision. The same again changes nothing.

    Errors: UnknownChannel, Ambiguous, UnknownDevice (none of the founding nation); NotAuthorised (no admin of the channel);
    UsageError (nobody would be left who can act; too many; MINIMIZE rests on this device, which would be none).

    Attributes:
        add, remove: each "[NATION] NAME" of a person, for all his devices that are valid or an admin's; or a device id, or
            how one begins.
    """

    op = "channel.admin"
    scope = Scope.ADMIN
    channel: str
    add: tuple[str, ...]
    remove: tuple[str, ...]


@record
class Holder:
    """One device, and what is known of it about a message.

    Attributes:
        nation, person, device, role: as in `nouns.Delivery`; of a device whose certificate is not here, "" and 0.
        author: it wrote the message. could_see: by its certificate, as this node knows it now, it can read it.
        state: the furthest that it has said, or how far the message is on the way to it; none: nothing is known.
        since: since when; 0: unknown. answer, text: of its acknowledgement.
    """

    nation: str
    person: str
    device: int
    role: Role | None
    author: bool
    could_see: bool
    state: State | None
    since: int
    answer: Answer | None
    text: str


@record
class Account:
    """Who could see a message, who has it, who read and who acknowledged it, as this node knows it.

    Attributes:
        message: without its text and quotes, unless they were asked for.
        asked, ack_by, handle_by: as in `MessageStatus`. nations: likewise.
    """

    message: Message
    asked: State
    handle_by: int
    nations: tuple[NationReceipts, ...]
    holders: tuple[Holder, ...]


@record
class AccountPage(Response):
    """Accounts by position, oldest first.

    Attributes:
        marking: of all messages that were asked for, also on other pages: their high-water mark; "" of none.
        next_position, more: as in `MessagePage`.
    """

    accounts: tuple[Account, ...]
    marking: str
    next_position: int
    more: bool


@record
class ListAccounts(Request[AccountPage]):
    """Accounts of messages of one channel, or of all, that came here in a span of time. Errors: UnknownChannel.

    Attributes:
        channel: or "" for all. after_position: 0: from the first.
        since, until: by this node's clock when they came; 0: no bound. `until` itself is not in.
        texts: with what they say. limit: 1 to 1,000.
    """

    op = "message.accounts"
    scope = Scope.READ
    channel: str
    after_position: int
    since: int
    until: int
    texts: bool
    limit: int
