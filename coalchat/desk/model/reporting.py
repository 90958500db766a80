"""Filling in reports at the desk (SPEC 8.12): drafts by channel and form, judged as they are typed.

Rule 1: the node's forms are the desk's, and so are the rules: the same code judges here and there; the node decides.
Rule 2: a draft stays until its report is durable on the node, or is discarded: neither Esc nor a refusal, nor the desk's
end, loses a word.
Rule 3: of a group of rows the first empty one stands there to be typed into, and only that one.

Nobody waits for it at the start: it is imported when a form is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.drafts import ListReportDrafts, ReportDraftList, SetReportDraft
from coalchat.api.drafts import ReportDraft as KeptDraft
from coalchat.api.reports import Filed, FileReport, FormList, ListForms, Typed
from coalchat.api.responses import LabelPreview
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model import overview
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.composing import FLASH, minimize_words
from coalchat.desk.model.formbook import KnownForm, known_form
from coalchat.desk.model.formview import ACK, ReportDraft, ack_by_of, filled_of, form_view, names_of, precedence_of
from coalchat.desk.model.keptreports import KeptReports, Place
from coalchat.desk.model.reportviews import FormView
from coalchat.desk.model.state import State
from coalchat.desk.model.views import Banner, Composer
from coalchat.errors import CoalchatError, UnknownLabel, UnknownNation
from coalchat.record import evolve, field, part
from protocol.messages.dtg import group_of
from protocol.messages.fields import FieldType
from protocol.messages.forms import Form, find_form

_CHANGED: Final = Changes(frozenset({Part.FORM}))
_LABELLED: Final = Changes(frozenset({Part.COMPOSER, Part.BANNER}))


@part
class Reporting:
    """Drafts of reports. `open`: the one on the screen; `filed`: it has been sent, and its screen may go.

    `ready`: the node has said which forms there are, and what it kept, or that it cannot, since a form was asked for.
    """

    _state: State
    known: tuple[KnownForm, ...] = ()
    open: ReportDraft | None = None
    filed: bool = False
    trouble: str = ""
    _waits: set[type[Request[Any]]] = field(factory=lambda: {ListForms})
    _drafts: dict[Place, ReportDraft] = field(factory=dict)
    _kept: KeptReports = field(factory=KeptReports)

    @property
    def forms(self) -> tuple[Form, ...]:
        """Those that reports are filed on, by id."""
        return tuple(one.form for one in self.known if one.current)

    @property
    def ready(self) -> bool:
        """Whether what was asked for last is here."""
        return not self._waits

    # --- answers ---

    def begin(self) -> Changes:
        """Ask for the forms, which may be others by now, and the first time for what is kept."""
        asks = (*self._kept.begin(), ListForms())
        self._waits = {type(ask) for ask in asks}
        return Changes(asks=asks)

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is for a form."""
        match request, answer:
            case ListForms(), FormList():
                self.known, self.trouble = tuple(map(known_form, answer.forms)), ""
            case ListReportDrafts(), ReportDraftList():
                self._kept.took(answer.drafts)
            case FileReport(), Filed():
                self._gone(request)
            case _:
                return NOTHING
        self._waits.discard(type(request))
        return _CHANGED

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not for a form."""
        match request:
            case ListForms():
                self.trouble = str(error)
            case ListReportDrafts():
                pass  # asked anew with the next form; until then nothing that is kept is touched
            case SetReportDraft():
                self._kept.failed(request)
                place = (request.channel, request.updates or request.form)
                if place in self._drafts:
                    self._drafts[place].trouble = f"not kept for later: {error}"
            case FileReport():
                for draft in self._drafts.values():
                    if draft.client_id == request.client_id:
                        draft.client_id, draft.trouble = "", str(error)
            case _:
                return None
        self._waits.discard(type(request))
        return _CHANGED

    def _gone(self, request: FileReport) -> None:
        for place, draft in tuple(self._drafts.items()):
            if draft.client_id == request.client_id:
                del self._drafts[place]
                self.filed = self.filed or draft is self.open

    # --- drafts ---

    def tick(self) -> Asks:
        """A second has passed: what to keep."""
        return self._keep(now=False)

    def keep(self) -> Asks:
        """Keep whatever is not kept yet: the desk is left."""
        return self._keep(now=True)

    def _keep(self, *, now: bool) -> Asks:
        drafts = {place: self._as_kept(draft) for place, draft in self._drafts.items() if draft.begun}
        return self._kept.keep(drafts, now=now)

    def _as_kept(self, draft: ReportDraft) -> SetReportDraft:
        label = "" if draft.label is None or draft.updates else self._state.coalition.marks.text(draft.label)
        return SetReportDraft(
            channel=draft.channel,
            form=draft.form.id,
            form_hash=draft.form_hash,
            updates=draft.first,
            label=label,
            precedence=draft.precedence,
            ack=draft.ack,
            at=draft.at,
            values=tuple(Typed(name=key, row=row, text=text) for (key, row), text in draft.typed.items()),
        )

    def waiting(self) -> dict[str, int]:
        """Forms of which a draft waits in the shown channel, with when it was changed last; the newest first."""
        shown = self._state.shown
        found = {draft.form.id: draft.at for (channel, name), draft in self._drafts.items()
                 if channel == shown and name == draft.form.id and draft.begun}  # fmt: skip
        for (channel, name), kept in self._kept.away.items():
            if channel == shown and name == kept.form:
                found[kept.form] = kept.at
        return dict(sorted(found.items(), key=lambda one: -one[1]))

    def choose(self, name: str) -> Changes | None:
        """Fill in this form in the shown channel; none: there is none of that name."""
        form = find_form(self.forms, name)
        if form is None:
            return None
        known = next(one for one in self.known if one.form is form)
        return self._turn_to(ReportDraft(self._state.shown, form, form.id, known.hash))

    def update(self, entry_id: str) -> Changes | None:
        """Fill in the report that is there anew; none: it is none of this person's, or its form is not here."""
        message = self._state.find(entry_id)
        report = None if message is None or not message.mine else message.report
        if message is None or report is None or not report.title:
            return None
        known = next((one for one in self.known if report.form_hash and one.hash == report.form_hash), None)
        if known is None:
            return None
        form, first = known.form, message.corrects or message.entry_id
        before = self._state.find(first)
        typed = {(row.key, row.row): row.value for row in report.rows}
        draft = ReportDraft(
            message.channel_id,
            form,
            f"{form.id} {report.serial:03}",
            known.hash,
            updates=entry_id,
            first=first,
            label=self._state.coalition.marks.label_of(message),
            as_before=(before or message).precedence,
            typed=typed,
            before=frozenset(typed),
        )
        return self._turn_to(draft)

    def _turn_to(self, draft: ReportDraft) -> Changes:
        kept = self._kept.open(draft.place)
        if kept is not None:
            self._give_back(draft, kept, returned=True)
        here = self._drafts.setdefault(draft.place, draft)
        if here is not draft and here.begun and here.form_hash != draft.form_hash:
            self._give_back(draft, self._as_kept(here), returned=here.returned)
            here = self._drafts[draft.place] = draft
        if not here.begun:  # nothing was typed: what stands there may be of an older version by now
            here = self._drafts[draft.place] = draft
        here.updates, here.before = draft.updates, draft.before
        self.open, self.filed = here, False
        return Changes(asks=self._ask_label(here)) + _LABELLED

    def _give_back(self, draft: ReportDraft, kept: KeptDraft | SetReportDraft, *, returned: bool) -> None:
        """What was kept of it; what the form has no place for any more is said."""
        state, lost = self._state, []
        draft.typed = {}
        for one in kept.values:
            if draft.form.field(one.name) is None:
                lost.append(f"{one.name}: {one.text}")
            else:
                draft.typed[one.name, one.row] = one.text
        draft.ack, draft.at, draft.precedence, draft.returned = kept.ack, kept.at, kept.precedence, returned
        if lost:
            draft.trouble = f"the form is another one now, and has no place for {'; '.join(lost)}"
        if kept.label and not draft.updates:
            try:
                draft.label = state.coalition.marks.parse(kept.label, state.coalition.members(draft.channel))
            except (UnknownLabel, UnknownNation):
                draft.label = None  # it is called otherwise now: the head shows under which it would go

    def _ask_label(self, draft: ReportDraft) -> Asks:
        """A draft comes back under the label that it was begun under, unless a text stands there under another."""
        composing = self._state.composing
        if draft.updates and draft.label is not None:
            return composing.ask(draft.channel, draft.label)
        if draft.label is not None and not composing.draft(draft.channel).says_something:
            return composing.choose(draft.channel, draft.label)
        return composing.ask(draft.channel)

    def discard(self) -> Changes:
        """A person throws away what is filled in."""
        if self.open is not None and not self.open.client_id:
            self._drafts.pop(self.open.place, None)
            self.open = None
        return Changes(asks=self._keep(now=True))

    def refuse_label(self) -> Changes:
        """A person wants another label for an update."""
        if self.open is None:
            return NOTHING
        self.open.trouble = "an update keeps the label of its report"
        return _CHANGED

    def relabel(self) -> None:
        """A person has chosen the label anew, with the form before him."""
        if self.open is not None and not self.open.updates:
            self.open.label = self._state.composing.label(self.open.channel) if self.open.begun else None

    def type(self, key: str, row: int, text: str, now: int) -> Changes:
        """A person has typed into a field."""
        draft = self.open
        if draft is None:
            return NOTHING
        begun = draft.begun
        if key == ACK:
            draft.ack = text
        elif text:
            draft.typed[key, row] = text
        else:
            draft.typed.pop((key, row), None)
        draft.at, draft.trouble, draft.returned = now, "", False
        draft.label = draft.label or self._state.composing.label(draft.channel)
        return _CHANGED if begun == draft.begun else _CHANGED + Changes(frozenset({Part.BANNER}))

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
        said = [FLASH] if precedence_of(draft) is Precedence.FLASH else []
        marks, label = self._state.coalition.marks, self._state.composing.label(draft.channel)
        if draft.label is not None and draft.label != label and not draft.updates:
            said.append(f"It was begun under {marks.text(draft.label)}, and goes under {marks.text(label)}.")
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
            precedence=draft.precedence or draft.as_before,
            ack_by=ack_by_of(draft, now) or 0,
            client_id=client_id,
            reply_to="",
            updates=draft.updates,
            # Of an order that came since, the person knows nothing: the node refuses, and says so.
            considered=bool(considered) and self.minimize == considered,
            drafted=True,
        )
        return _CHANGED + Changes(asks=(request,))

    def first_fault(self, now: int) -> tuple[str, int] | None:
        """The first field that is wrong, or must be filled and is empty."""
        view = self.view(now)
        found = (one for one in view.fields if one.bad or (one.needed and not one.text)) if view else iter(())
        return next(((one.key, one.row) for one in found), None)

    # --- views ---

    def beside(self, composer: Composer) -> Composer:
        """The composer's head, as it is of what is filled in: an update has its report's label and readers."""
        draft = self.open
        if draft is None or draft.label is None or not draft.updates:
            return composer
        composing, marks, label = self._state.composing, self._state.coalition.marks, draft.label
        said = composing.preview(draft.channel, label)
        preview = said if isinstance(said, LabelPreview) else None
        return evolve(
            composer,
            label=marks.text(label),
            short=marks.short(label),
            level=label.level,
            reads=tuple((reach.nation, reach.devices) for reach in preview.readers) if preview else (),
            withheld=tuple(reach.nation for reach in preview.withheld) if preview else (),
            denied=None,
            minimize="",
        )

    def banner(self, visible_keys: Iterable[str], now: int) -> Banner:
        """The high-water mark of these lines and of what is filled in."""
        draft = self.open
        labels = [] if draft is None or draft.label is None else [draft.label]
        if draft is not None and draft.begun and not draft.updates:
            labels.append(self._state.composing.label(draft.channel))
        return overview.banner(self._state, visible_keys, now, labels)

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
