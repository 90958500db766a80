"""Issuing ROE notices at the desk (SPEC 8.11, 12.16): drafts by act, judged as they are typed, looked at by the node before.

Rule 1: a notice leaves once a person has typed its serial; the node issues it under that very serial, or refuses.
Rule 2: a draft stays until its notice is durable on the node: neither Esc nor a refusal, nor a lost answer, loses a word.
Rule 3: the node is asked what it would be whenever nothing is wrong with its fields; of its answers only that to the newest
question matters.

Nobody waits for it at the start: it is imported when a notice is to be issued.
"""

from __future__ import annotations

from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.roe import IssueRoe, RoeAct, RoeBoard, RoeIssued, RoeNotice
from coalchat.api.roe_log import PreviewRoe, RoePreview
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model import choosing
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.dialogviews import LabelPicker
from coalchat.desk.model.labels import HighWater, Label
from coalchat.desk.model.roedraft import (
    BASIS,
    CHANNEL,
    FIELDS,
    LABEL,
    TIMES,
    RoeDraft,
    candidates,
    fill,
    name_of,
    stands_on,
)
from coalchat.desk.model.roeformview import form_view
from coalchat.desk.model.roeformviews import ActChoice, BasisChoice, RoeFormView
from coalchat.desk.model.roejudging import Judged, judge
from coalchat.desk.model.roenotice import label_of
from coalchat.desk.model.roepowers import act_choices, why_not_on
from coalchat.desk.model.state import State
from coalchat.errors import CoalchatError
from coalchat.record import evolve, field, part
from protocol.messages.dtg import group_of

_CHANGED: Final = Changes(frozenset({Part.ROE_FORM}))
_FAULTS: Final = "it is not issued while a field is wrong, or empty that must be filled"


@part
class RoeIssuing:
    """Attributes:
    draft: the notice on the screen. issued: it is issued, and its screen may go.
    confirming: as it is put before the person, who is to type its serial; none: it is not.
    """

    _state: State
    draft: RoeDraft | None = None
    issued: bool = False
    confirming: IssueRoe | None = None
    _wants: bool = False
    """The person has asked for that, and the node has not answered yet."""
    _drafts: dict[tuple[RoeAct, str], RoeDraft] = field(factory=dict)

    # --- beginning ---

    def acts(self, entry_id: str = "") -> tuple[ActChoice, ...]:
        """What may be issued, and what not and why; of a notice, what may be done with it."""
        return act_choices(self._board, self._notice(entry_id))

    def begin(self, act: RoeAct, entry_id: str = "") -> Changes:
        """Write a notice, of another one or not."""
        lead = self._notice(entry_id)
        if (act, entry_id) not in self._drafts:
            self._drafts[act, entry_id] = self._fresh(act, lead)
        self.draft, self.issued = self._drafts[act, entry_id], False
        return self._moved()

    def _fresh(self, act: RoeAct, lead: RoeNotice | None) -> RoeDraft:
        draft = RoeDraft(act, lead=lead.entry_id if lead is not None else "")
        if lead is not None and lead.act in stands_on(act):
            draft.basis, draft.typed[BASIS, 0] = lead.entry_id, name_of(lead)
        if lead is not None and (draft.basis or act is RoeAct.CAVEAT):
            fill(draft, lead, self._board)
        shown = self._state.coalition.channel(self._state.shown)
        if CHANNEL in FIELDS[act] and lead is None and shown is not None and not shown.title.startswith("@"):
            draft.typed[CHANNEL, 0] = shown.title
            # A series goes on under the label that it has. A caveat's may be for its nation alone.
            known = self._board.notices if self._board is not None else ()
            found = [n for n in known if n.channel_id == shown.id and n.act is not RoeAct.CAVEAT]
            last = max(found, key=lambda n: n.time, default=None)
            if last is not None:
                draft.typed[LABEL, 0] = self._state.coalition.marks.text(label_of(self._state.coalition, last))
        return draft

    @property
    def _board(self) -> RoeBoard | None:
        return self._state.regulating.board

    def _notice(self, entry_id: str) -> RoeNotice | None:
        rules, log = self._state.regulating, self._state.roe_log
        known = rules.notice(entry_id) or (log.notice(entry_id) if log is not None else None)
        details = rules.details.get(entry_id)
        return known or (details.notice if details is not None else None)

    # --- writing ---

    def type(self, key: str, row: int, text: str, now: int) -> Changes:
        """A person has typed into a field."""
        draft = self.draft
        if draft is None:
            return NOTHING
        if text:
            draft.typed[key, row] = text
        else:
            draft.typed.pop((key, row), None)
        draft.at, draft.trouble = now, ("", "")
        if key == BASIS:
            basis = judge(draft, self._board, self._state.coalition, now).basis
            if basis is not None and basis.entry_id != draft.basis:
                draft.basis = basis.entry_id
                fill(draft, basis, self._board)
        return self._moved(now)

    def bases(self) -> tuple[BasisChoice, ...]:
        """Notices that it may refer to."""
        draft, board = self.draft, self._board
        if draft is None or board is None:
            return ()
        return tuple(
            BasisChoice(key=one.entry_id, title=f"{name_of(one)}  {why_not_on(draft.act, one, board) or one.reason or 'counts'}")
            for one in candidates(draft.act, board.notices)
        )  # fmt: skip

    def choose_basis(self, entry_id: str, now: int) -> Changes:
        """It refers to this one."""
        draft, notice = self.draft, self._notice(entry_id)
        if draft is None or notice is None:
            return NOTHING
        draft.basis, draft.typed[BASIS, 0], draft.at = entry_id, name_of(notice), now
        fill(draft, notice, self._board)
        return self._moved(now)

    def set_precedence(self) -> Changes:
        """The next one, in a circle."""
        if self.draft is None:
            return NOTHING
        order = tuple(Precedence)
        self.draft.precedence = order[(order.index(self.draft.precedence) + 1) % len(order)]
        return self._moved()

    def written_now(self, key: str, now: int) -> str:
        """What stands for now in a field of times; "" for any other."""
        return ("now" if key == "effective" else group_of(now)) if key in TIMES else ""

    # --- its label ---

    def label(self, now: int) -> Label:
        """The label that it bears now: what a picker begins with."""
        judged = self._judged(now)
        label = judged.label if judged is not None else None
        return label or self._state.coalition.default_label(judged.channel if judged is not None else "")

    def picker(self, label: Label, now: int) -> LabelPicker:
        """The label picker with this choice."""
        return choosing.picker(self._state, label, self._channel(now))

    def consider(self, label: Label, now: int) -> Changes:
        """Ask who could read such a label."""
        composing = self._state.composing
        return Changes(asks=composing.ask(self._channel(now), composing.with_own(label)))

    def set_label(self, label: Label, now: int) -> Changes:
        """A label was chosen."""
        marks = self._state.coalition.marks
        return self.type(LABEL, 0, marks.text(self._state.composing.with_own(label)), now)

    @property
    def has_label(self) -> bool:
        """Whether its label can be chosen: what changes a rule keeps that of the rule."""
        return self.draft is not None and LABEL in FIELDS[self.draft.act]

    @property
    def has_basis(self) -> bool:
        """Whether it refers to another notice, or may."""
        return self.draft is not None and BASIS in FIELDS[self.draft.act]

    def _channel(self, now: int) -> str:
        judged = self._judged(now)
        return judged.channel if judged is not None else ""

    # --- issuing ---

    def prepare(self, now: int) -> Changes:
        """The person wants to issue it: ask the node once more what it would be; what stands in the way is said instead."""
        draft, judged = self.draft, self._judged(now)
        if draft is None or judged is None or draft.client_id:
            return NOTHING
        draft.trouble = ("", "") if judged.whole else ("", _FAULTS)
        if not judged.whole:
            return _CHANGED
        self._wants, self.confirming = True, None
        draft.considered, draft.preview = judged.request, None
        return _CHANGED + Changes(asks=(PreviewRoe(notice=judged.request),))

    def confirm_needed(self) -> str:
        """What is to be confirmed before its text is put before the person, or ""."""
        flash = self.draft is not None and self.draft.precedence is Precedence.FLASH
        return "FLASH interrupts everybody who gets it. Go on?" if flash else ""

    def stop(self) -> None:
        """It is not issued now."""
        self.confirming, self._wants = None, False

    def issue(self, client_id: str, serial: int) -> Changes:
        """The person has typed the serial."""
        draft, confirming = self.draft, self.confirming
        if draft is None or confirming is None or draft.client_id:
            return NOTHING
        draft.client_id, draft.trouble = client_id, ("", "")
        self.stop()
        return _CHANGED + Changes(asks=(evolve(confirming, client_id=client_id, serial=serial),))

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is for a notice that is written."""
        match request, answer:
            case PreviewRoe(), RoePreview():
                return self._previewed(request.notice, answer)
            case IssueRoe(), RoeIssued():
                self._gone(request)
                rules = self._state.regulating
                rules.acted, rules.trouble = ("issued", answer.notice), ""
                return Changes(frozenset({Part.ROE_FORM, Part.ROE}), asks=rules.moved(answer.notice.entry_id))
        return NOTHING

    def _previewed(self, notice: IssueRoe, preview: RoePreview) -> Changes:
        draft = self.draft
        if draft is None or notice != draft.considered:
            return Changes()
        draft.preview = preview
        if self._wants:
            self._wants = False
            if preview.clause:
                draft.trouble = (preview.clause, preview.reason)
            else:
                self.confirming = notice
        return _CHANGED

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not for a notice that is written."""
        if isinstance(request, PreviewRoe):
            draft = self.draft
            if draft is not None and request.notice == draft.considered:
                draft.trouble, self._wants = (error.clause, error.detail or str(error)), False
            return _CHANGED
        if not isinstance(request, IssueRoe):
            return None
        for draft in self._drafts.values():
            if draft.client_id == request.client_id:
                draft.client_id, draft.trouble = "", (error.clause, error.detail or str(error))
        return _CHANGED

    def _gone(self, request: IssueRoe) -> None:
        for key, draft in tuple(self._drafts.items()):
            if draft.client_id == request.client_id:
                del self._drafts[key]
                self.issued = self.issued or draft is self.draft

    # --- views ---

    def _judged(self, now: int) -> Judged | None:
        return judge(self.draft, self._board, self._state.coalition, now) if self.draft is not None else None

    def _moved(self, now: int = 0) -> Changes:
        """Something of it is another: ask who could read it, and what it would be. Nothing of before is confirmed."""
        self.stop()
        draft, judged = self.draft, self._judged(now or (self.draft.at if self.draft is not None else 0))
        asks: Asks = ()
        if draft is not None and judged is not None:
            if judged.label is not None and judged.channel:
                asks += self._state.composing.ask(judged.channel, judged.label)
            if not judged.whole:
                draft.considered = draft.preview = None
            elif judged.request != draft.considered:
                draft.considered, draft.preview = judged.request, None
                asks += (PreviewRoe(notice=judged.request),)
        return Changes(frozenset({Part.ROE_FORM, Part.BANNER}), asks=asks)

    def high_water(self, now: int) -> HighWater:
        """Of what is being written, and of what it refers to: its rules are written out."""
        judged, coalition, high = self._judged(now), self._state.coalition, HighWater()
        if judged is not None and judged.label is not None:
            high |= judged.label
        # What was chosen once may have left its rules here.
        known = {self.draft.lead, self.draft.basis} if self.draft is not None else set()
        for notice in filter(None, (self._notice(entry_id) for entry_id in known if entry_id)):
            high |= label_of(coalition, notice)
        return high

    def first_fault(self, now: int) -> tuple[str, int] | None:
        """The first field that is wrong, or must be filled and is empty."""
        judged = self._judged(now)
        found = (place for place, said in judged.verdicts.items() if said.bad or said.must) if judged else iter(())
        return next(found, None)

    def view(self, now: int) -> RoeFormView | None:
        """The form on the screen; none: there is none."""
        judged = self._judged(now)
        if self.draft is None or judged is None:
            return None
        return form_view(self._state, self.draft, judged, self.confirming, now)
