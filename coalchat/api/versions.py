"""What becomes of messages after they were sent (SPEC 8.10, 12)."""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Message
from coalchat.api.responses import Sent
from coalchat.api.scopes import Scope
from coalchat.record import record


@record
class VersionList(Response):
    """All versions of a message that are here, the first one first, each with its own text."""

    versions: tuple[Message, ...]


@record
class CorrectMessage(Request[Sent]):
    """Sign a new version of a message of this person's, in its channel and under its label, and queue it.

    Errors: UnknownMessage, Ambiguous; UsageError (another's, or of a kind that is not corrected); Expired (its body is
    gone); Refused; AlreadyExists (`client_id` was used for another text).

    Attributes:
        id: of any version. text: in the place of the whole text. client_id: as in `message.send`.
    """

    op = "message.correct"
    scope = Scope.SEND
    id: str
    text: str
    client_id: str


@record
class ListVersions(Request[VersionList]):
    """The versions of a message, named by any of them. Errors: UnknownMessage, Ambiguous."""

    op = "message.versions"
    scope = Scope.READ
    id: str


@record
class Recalled(Response):
    """A retraction is durable here and will leave as links allow.

    Attributes:
        entry_id: of the retraction. recalled: what it recalls, with all versions.
        spill: it says that they were sent under too low a label.
        repeated: they were recalled before for this reason; nothing was sent now.
    """

    entry_id: str
    channel_id: str
    recalled: tuple[str, ...]
    spill: bool
    repeated: bool


@record
class RecallMessage(Request[Recalled]):
    """Recall a message of this person's, with all its versions: readers' devices are told to forget what it says.

    What their devices confirm stands in `message.status`; it is their word. Errors: UnknownMessage, Ambiguous; UsageError
    (another's, or of a kind that is not recalled); Refused.

    Attributes:
        spill: it was sent under too low a label; readers are told so.
    """

    op = "message.recall"
    scope = Scope.SEND
    id: str
    spill: bool
