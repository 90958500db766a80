"""Reports: forms, and what is filled into them (SPEC 8.12, 12)."""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.nouns import NationState
from coalchat.api.responses import MessagePage
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Precedence
from coalchat.record import record


@record
class FormField:
    """One field of a form, as in SPEC's part Field.

    Attributes:
        type: "text", "unit", "dtg", "loc", "int", "code", "codes" or "counts". need: "may", "whole" or "first".
        codes: a code, a space, what it means.
    """

    key: str
    name: str
    section: str
    hint: str
    type: str
    need: str
    rows: bool
    least: int
    most: int
    codes: tuple[str, ...]


@record
class Form:
    """A form of this node, as in SPEC's part Form.

    Attributes:
        hash: 64 hex digits, of its wording. own: a user brought it. current: reports are filed on it; otherwise there is a
            newer wording, and it explains those that were filed before.
    """

    id: str
    version: int
    title: str
    aliases: tuple[str, ...]
    precedence: Precedence
    parts: bool
    ack: bool
    fields: tuple[FormField, ...]
    hash: str = ""
    own: bool = False
    current: bool = True


@record
class FormList(Response):
    """The forms of this node, by id and version."""

    forms: tuple[Form, ...]


@record
class ListForms(Request[FormList]):
    """All forms."""

    op = "report.forms"
    scope = Scope.READ


@record
class FormAdded(Response):
    """A form that was read.

    Attributes:
        new: it is kept since now; otherwise that very wording was here, or nothing was to be kept.
        reports: so many reports here were filed on it.
    """

    form: Form
    new: bool
    reports: int


@record
class AddForm(Request[FormAdded]):
    """Keep a form of the users' own; the same again changes nothing.

    Errors: UsageError (no form, or its name is another's; names every fault with line, field and rule); AlreadyExists
    (that version is here in other words, or a newer one).

    Attributes:
        toml: the form file. check: only say what would come of it.
    """

    op = "report.form_add"
    scope = Scope.ADMIN
    toml: str
    check: bool


@record
class FormRemoved(Response):
    """A form was forgotten, in all its wordings.

    Attributes:
        wordings: how many. reports: so many here were filed on it: they are read by their keys now.
    """

    id: str
    wordings: int
    reports: int


@record
class RemoveForm(Request[FormRemoved]):
    """Forget an own form. Errors: UsageError (there is none, or it ships)."""

    op = "report.form_remove"
    scope = Scope.ADMIN
    form: str


@record
class Typed:
    """What was typed into a field.

    Attributes:
        name: the field's key or its name, in any case. row: of a field in rows, from 1; else 0.
        text: in any form that the field takes; of an update "" empties it.
    """

    name: str
    row: int
    text: str


@record
class Filed(Response):
    """A report is durable here and will leave as links allow.

    Attributes:
        entry_id, channel_id, position, marking, nations, repeated: as in `Sent`.
        form: id of its form. serial: of its author's reports on it, in this channel under this label. version: from 1.
        precedence: with which it goes. missing: what has yet to be filled, as keys with rows; none of a whole report.
    """

    entry_id: str
    channel_id: str
    position: int
    marking: str
    nations: tuple[NationState, ...]
    repeated: bool
    form: str
    serial: int
    version: int
    precedence: Precedence
    missing: tuple[str, ...]


@record
class FileReport(Request[Filed]):
    """Fill in a form, seal it as a message and queue it; the answer comes when it is durable.

    Errors: UsageError (names every field that is wrong, with its rule); as `message.send`; of an update UnknownMessage,
    Ambiguous, Expired.

    Attributes:
        form: id or alias; of an update "" or the same. channel, label: as in `message.send`; of an update "".
        values: of an update what changes: the rest stays as it was.
        part: what may follow may be left empty.
        precedence: none: the form's, or of an update as before; at most what this device is certified for.
        ack_by, client_id, reply_to, considered: as in `message.send`; an update is never asked about.
        updates: id of any version of a report of this person's, or "".
        drafted: it was kept as a draft (`report.draft`), which is forgotten with it.
    """

    op = "report.file"
    scope = Scope.SEND
    form: str
    channel: str
    label: str
    values: tuple[Typed, ...]
    part: bool
    precedence: Precedence | None
    ack_by: int
    client_id: str
    reply_to: str
    updates: str
    considered: bool = False
    drafted: bool = False


@record
class ListReports(Request[MessagePage]):
    """The newest reports, oldest first; of each its newest version. Errors: UnknownChannel, UsageError (the form).

    Attributes:
        channel: one, or "" for all. form: id or alias, or "" for any.
        before_position: those before it, or 0: the newest.
    """

    op = "report.list"
    scope = Scope.READ
    channel: str
    form: str
    before_position: int
    limit: int
