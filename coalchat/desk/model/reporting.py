"""Filling in reports at the desk (SPEC 8.12): drafts by channel and form, judged as they are typed.

Rule 1: the node's forms are the desk's, and so are the rules: the same code judges here and there; the node decides.
Rule 2: a draft stays until its report is durable on the node, or is emptied: neither Esc nor a refusal loses a word.
Rule 3: of a group of rows the first empty one stands there to be typed into, and only that one.

Nobody waits for it at the start: it is imported when a form is asked for.
"""

from __future__ import annotations

from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.reports import Filed, FileReport, FormList, ListForms, Typed
from coalchat.api.reports import Form as FormNoun
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.composing import minimize_words
from coalchat.desk.model.formview import ACK, ReportDraft, ack_by_of, filled_of, form_view, names_of, precedence_of
from coalchat.desk.model.reportviews import FormView
from coalchat.desk.model.state import State
from coalchat.errors import CoalchatError
from coalchat.record import field, part
from protocol.messages.dtg import group_of
from protocol.messages.fields import Field, FieldType, Need
from protocol.messages.forms import Form, find_form

_CHANGED: Final = Changes(frozenset({Part.FORM}))


@part
class Reporting:
    """Drafts of reports. `open`: the one on the screen; `filed`: it has been sent, and its screen may go."""

    _state: State
    forms: tuple[Form, ...] = ()
    nouns: tuple[FormNoun, ...] = ()
    open: ReportDraft | None = None
    filed: bool = False
    trouble: str = ""
    _drafts: dict[tuple[str, str], ReportDraft] = field(factory=dict)

    # --- answers ---

    def begin(self) -> Changes:
        """Ask for the forms, where they are not here yet."""
        return NOTHING if self.forms else Changes(asks=(ListForms(),))

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is for a form."""
        match request, answer:
            case ListForms(), FormList():
                self.nouns, self.forms, self.trouble = answer.forms, tuple(map(_form, answer.forms)), ""
            case FileReport(), Filed():
                self._gone(request)
            case _:
                return NOTHING
        return _CHANGED

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not for a form."""
        if isinstance(request, ListForms):
            self.trouble = str(error)
            return _CHANGED
        if not isinstance(request, FileReport):
            return None
        for draft in self._drafts.values():
            if draft.client_id == request.client_id:
                draft.client_id, draft.trouble = "", str(error)
        return _CHANGED

    def _gone(self, request: FileReport) -> None:
        for key, draft in tuple(self._drafts.items()):
            if draft.client_id == request.client_id:
                del self._drafts[key]
                self.filed = self.filed or draft is self.open

    # --- drafts ---

    def kept(self) -> str:
        """Id of the form whose draft in the shown channel was changed last, or ""."""
        drafts = [draft for draft in self._drafts.values() if draft.channel == self._state.shown and draft.typed]
        newest = max(drafts, key=lambda draft: draft.at, default=None)
        return "" if newest is None else newest.form.id

    def choose(self, name: str) -> bool:
        """Fill in this form in the shown channel; False: there is none of that name."""
        form = find_form(self.forms, name)
        if form is None:
            return False
        self._turn_to(ReportDraft(self._state.shown, form, form.id))
        return True

    def update(self, entry_id: str) -> bool:
        """Fill in the report that is there anew; False: it is none of this person's, or its form is not here."""
        message = self._state.find(entry_id)
        report = None if message is None or not message.mine else message.report
        form = None if report is None or not report.title else find_form(self.forms, report.form)
        if form is None or report is None or message is None:
            return False
        typed = {(row.key, row.row): row.value for row in report.rows}
        draft = ReportDraft(
            message.channel_id, form, f"{form.id} {report.serial:03}", entry_id, typed, frozenset(typed)
        )  # fmt: skip
        self._turn_to(draft)
        return True

    def _turn_to(self, draft: ReportDraft) -> None:
        key = (draft.channel, draft.updates or draft.form.id)
        self.open, self.filed = self._drafts.setdefault(key, draft), False

    def type(self, key: str, row: int, text: str, now: int) -> Changes:
        """A person has typed into a field."""
        draft = self.open
        if draft is None:
            return NOTHING
        if key == ACK:
            draft.ack = text
        elif text:
            draft.typed[key, row] = text
        else:
            draft.typed.pop((key, row), None)
        draft.at, draft.trouble = now, ""
        return _CHANGED

    def set_precedence(self) -> Changes:
        """The next one, in a circle."""
        draft = self.open
        if draft is None:
            return NOTHING
        order = tuple(Precedence)
        draft.precedence = order[(order.index(precedence_of(draft)) + 1) % len(order)]
        return _CHANGED

    def written_now(self, key: str, now: int) -> str:
        """What stands for now in a field of times; "" for any other."""
        draft = self.open
        found = None if draft is None else draft.form.field(key)
        return group_of(now) if found is not None and found.type == FieldType.DTG else ""

    # --- sending ---

    def confirm_needed(self, now: int, *, part: bool) -> str:
        """The sentence to confirm before sending, or "": also where something stands in the way."""
        draft = self.open
        if draft is None or _obstacle(draft, now, part=part):
            return ""
        said = ["FLASH interrupts everybody who gets it."] if precedence_of(draft) is Precedence.FLASH else []
        channel = self._state.coalition.channel(draft.channel)
        if self.minimize and channel is not None and channel.minimize is not None:
            said.append(f"{minimize_words(channel.minimize)}. Is it urgent?")
        return " ".join((*said, "Send it?")) if said else ""

    @property
    def minimize(self) -> str:
        """Id of the notice to be considered before it is sent; "" if none."""
        draft = self.open
        if draft is None or draft.updates:
            return ""
        return self._state.composing.minimize(draft.channel, precedence_of(draft))

    def send(self, client_id: str, now: int, considered: str = "", *, part: bool) -> Changes:
        """Ask the node to send it; what stands in the way is said instead. `considered`: as `minimize` was, when asked."""
        draft = self.open
        if draft is None or draft.client_id:
            return NOTHING
        draft.trouble = _obstacle(draft, now, part=part)
        if draft.trouble:
            return _CHANGED
        marks, label = self._state.coalition.marks, self._state.composing.label(draft.channel)
        typed = [Typed(name=key, row=row, text=text) for (key, row), text in draft.typed.items()]
        typed += [Typed(name=key, row=row, text="") for key, row in draft.before - draft.typed.keys()]
        draft.client_id = client_id
        request = FileReport(
            form=draft.form.id,
            channel="" if draft.updates else draft.channel,
            label="" if draft.updates else marks.text(label),
            values=tuple(typed),
            part=part,
            precedence=draft.precedence,
            ack_by=ack_by_of(draft, now) or 0,
            client_id=client_id,
            reply_to="",
            updates=draft.updates,
            # Of an order that came since, the person knows nothing: the node refuses, and says so.
            considered=bool(considered) and self.minimize == considered,
        )
        return _CHANGED + Changes(asks=(request,))

    def first_fault(self, now: int) -> tuple[str, int] | None:
        """The first field that is wrong, or must be filled and is empty."""
        view = self.view(now)
        found = (one for one in view.fields if one.bad or (one.needed and not one.text)) if view else iter(())
        return next(((one.key, one.row) for one in found), None)

    # --- views ---

    def view(self, now: int) -> FormView | None:
        """The form on the screen; none: there is none."""
        if self.open is None:
            return None
        channel = self._state.coalition.channel(self.open.channel)
        return form_view(self.open, channel.title if channel else "", now)


def _obstacle(draft: ReportDraft, now: int, *, part: bool) -> str:
    filled, ack_by = filled_of(draft, now), ack_by_of(draft, now)
    if filled.wrong or filled.missing or ack_by is None or (draft.form.ack and not ack_by):
        return "it is not sent while a field is wrong, or empty that must be filled"
    if filled.open and not (part and draft.form.parts):
        follow = ", ".join(names_of(draft.form, filled.open))
        return f"{follow} empty: ^P sends it as a part" if draft.form.parts else f"{follow}: must be filled"
    return ""


def _form(noun: FormNoun) -> Form:
    fields = tuple(
        Field(
            one.key, one.name, one.section, one.hint, int(FieldType[one.type.upper()]), int(Need[one.need.upper()]),
            one.rows, one.least, one.most, one.codes,
        )
        for one in noun.fields
    )  # fmt: skip
    return Form(
        noun.id, noun.version, noun.title, noun.aliases, noun.precedence.rank, noun.parts, noun.ack, fields
    )  # fmt: skip
