"""The form of an ROE notice, field by field, and the notice as it will appear (SPEC 8.11, look: screen 06)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coalchat.api.responses import LabelPreview
from coalchat.api.roe import IssueRoe, RoeAct, RoeNotice, RoeRule, RoeSigner, RoeVerb
from coalchat.desk.model.composing import EMPTY, denial_of
from coalchat.desk.model.reportviews import FieldRow
from coalchat.desk.model.roedraft import (
    ACK_BY,
    BASIS,
    BY_AUTHORITY,
    CHANNEL,
    EFFECTIVE,
    EXPIRES,
    FIELDS,
    LABEL,
    NATIONS,
    NUMBER,
    OF_RULE,
    OF_WHOLE,
    OPTION,
    REMARK,
    SPECIFIED,
    SPECIFY,
    STATED,
    TEXT,
    VERB,
    WORDS,
    RoeDraft,
    rules_of,
    stands_on,
)
from coalchat.desk.model.roeformviews import RoeFormView
from coalchat.desk.model.roejudging import Judged, Verdict, verbs
from coalchat.desk.model.roenotice import view_of
from coalchat.desk.model.roepowers import MEANS
from coalchat.desk.model.state import State
from coalchat.desk.model.views import Composer
from coalchat.desk.model.words import clock, day_clock, listed
from coalchat.display import display_safe
from coalchat.record import evolve
from protocol.base.limits import MAX_RULES

NAMES: Final = {
    BASIS: "Refers to",
    CHANNEL: "Channel",
    LABEL: "Label",
    NUMBER: "Rule",
    OPTION: "Option",
    VERB: "Status",
    TEXT: "Text",
    SPECIFY: "Limited to",
    NATIONS: "Applies to",
    SPECIFIED: "Units, area",
    EFFECTIVE: "Effective from",
    EXPIRES: "Until",
    ACK_BY: "Acknowledge by",
    REMARK: "Reason",
}
_SECTIONS: Final = {
    BASIS: "Notice", CHANNEL: "Notice", LABEL: "Notice", NUMBER: "Rules", NATIONS: "For whom, and when", EFFECTIVE: "For whom, and when",
    REMARK: "Reason",
}  # fmt: skip
_ALWAYS: Final = frozenset({BASIS, CHANNEL, LABEL, NUMBER, VERB})
_HELPS: Final = {
    NUMBER: "your own number of the rule: opaque to coalchat",
    OPTION: "in which of its wordings, if it has several",
    VERB: "LIMITED narrower for us · PROHIBITED not us · PERMITTED as the force: withdrawn",
    TEXT: "the rule in your own words",
    SPECIFY: "area, target, means",
    SPECIFIED: "units, area or phase that it is for",
    REMARK: "a word for people",
}
_EMPTY: Final = {
    EFFECTIVE: "empty or now: at once",
    EXPIRES: "empty: until cancelled",
    ACK_BY: "empty: nobody is asked",
}
_DTG: Final = "DDHHMMZ, HHMMZ the next one, +MIN from now"


def form_view(state: State, draft: RoeDraft, judged: Judged, confirming: IssueRoe | None, now: int) -> RoeFormView:
    """A draft as it is judged."""
    preview = draft.preview if judged.whole else None
    fields = tuple(_rows(draft, judged, state, now))
    notice = prospect(state, draft, judged)
    faults = [row for row in fields if row.bad or (row.needed and not row.text)]
    name = preview.name if preview is not None else ""
    needed = _needed(state, draft, judged)
    clause, reason = draft.trouble
    if preview is not None and preview.clause and not reason:
        clause, reason = preview.clause, preview.reason
    serial = f"{preview.serial:03d}" if preview is not None and confirming is not None else ""
    return RoeFormView(
        act=draft.act.value.upper(),
        means=MEANS[draft.act],
        name=name,
        composer=_composer(state, draft, judged),
        kept=clock(draft.at) if draft.at else "",
        fields=fields,
        wrong=sum(row.bad for row in fields),
        missing=sum(not row.bad for row in faults),
        first=_named(draft, faults[0]) if faults else "",
        ready=preview is not None and not preview.clause,
        clause=display_safe(clause),
        trouble=display_safe(reason),
        signatures=f"NOT IN FORCE until {needed} persons have signed" if needed > 1 else "",
        sending=bool(draft.client_id),
        notice=evolve(view_of(state.coalition, notice, None, now), serial=serial),
        serial=serial,
    )


def _named(draft: RoeDraft, row: FieldRow) -> str:
    """What is wrong with a field, of which rule."""
    number = display_safe(draft.text(NUMBER, row.row)) if row.row and row.key != NUMBER else ""
    return f"{row.name}{f' of {number}' if number else ''}: {row.verdict}"


def _composer(state: State, draft: RoeDraft, judged: Judged) -> Composer:
    """Where it goes, under which label, and who will be able to read it."""
    marks, label = state.coalition.marks, judged.label
    channel = state.coalition.channel(judged.channel)
    shown = evolve(EMPTY, channel=channel.title if channel else "", precedence=draft.precedence)
    if label is None or channel is None or marks.policy is None:
        return shown
    said = state.composing.preview(channel.id, label)
    preview = said if isinstance(said, LabelPreview) else None
    return evolve(
        shown,
        label=marks.text(label),
        short=marks.short(label),
        level=label.level,
        reads=tuple((reach.nation, reach.devices) for reach in preview.readers) if preview else (),
        withheld=tuple(reach.nation for reach in preview.withheld) if preview else (),
        denied=denial_of(said),
        known=preview is not None,
    )


# --- as it will appear ---


def prospect(state: State, draft: RoeDraft, judged: Judged) -> RoeNotice:
    """The notice, as far as it is written; its name as the node would call it."""
    coalition, request, basis = state.coalition, judged.request, judged.basis
    label, preview, node = judged.label, draft.preview if judged.whole else None, coalition.node
    channel = coalition.channel(judged.channel)
    rules = preview.rules if preview is not None else tuple(_restated(rule, basis) for rule in request.rules)
    if not rules and basis is not None and draft.act in OF_WHOLE | STATED:
        rules = tuple(evolve(rule, verb=RoeVerb.NONE, text="", specify="") for rule in basis.rules)
    board = state.regulating.board
    before = {rule.number: rule for rule in rules_of(basis, board)} if basis and draft.act is RoeAct.AMEND else {}
    own = RoeSigner(nation=coalition.own, person=node.person if node else "")
    marks = coalition.marks
    return RoeNotice(
        entry_id="",
        channel_id=judged.channel,
        channel_title=channel.title if channel else "",
        name=preview.name if preview is not None else f"{WORDS[draft.act]} ---",
        act=draft.act,
        serial=preview.serial if preview is not None else 0,
        nation=own.nation,
        person=own.person,
        time=draft.at or (board.at if board is not None else 0),
        marking=preview.marking if preview is not None else "",
        level=label.level if label is not None else 0,
        portion=marks.portion(label) if label is not None else "",
        nations=label.nations if label is not None else (),
        basis=request.basis,
        basis_name=basis.name if basis is not None else "",
        rules=tuple(_safe(rule) for rule in rules),
        before=tuple(before.get(rule.number) for rule in rules),
        applies_to=request.nations,
        specified=display_safe(request.specified),
        effective=request.effective,
        expires=request.expires,
        ack_by=request.ack_by,
        remark=display_safe(request.remark),
        flaw="",
        reason="",
        signers=(own,),
        needed=_needed(state, draft, judged),
        mine=True,
        answered=None,
        pending=False,
        closed=False,
        tally=(),
    )


def _needed(state: State, draft: RoeDraft, judged: Judged) -> int:
    """Of how many persons it needs the signature."""
    if judged.whole and draft.preview is not None:
        return draft.preview.needed
    board = state.regulating.board
    return max(board.needed, 1) if board is not None and draft.act in BY_AUTHORITY else 1


def _restated(rule: RoeRule, basis: RoeNotice | None) -> RoeRule:
    """A rule that goes by its number, as it was."""
    known = {one.number: one for one in (basis.rules if basis is not None else ())}
    return known.get(rule.number, rule) if rule.verb is RoeVerb.NONE else rule


def _safe(rule: RoeRule) -> RoeRule:
    return evolve(
        rule,
        number=display_safe(rule.number),
        option=display_safe(rule.option),
        text=display_safe(rule.text),
        specify=display_safe(rule.specify),
    )


# --- fields ---


def _rows(draft: RoeDraft, judged: Judged, state: State, now: int) -> Iterator[FieldRow]:
    """Every field; of rules those that are there, and one more to be typed into."""
    section = ""
    for place in _places(draft):
        named = _SECTIONS.get(place[0], section)
        said = judged.verdicts.get(place, Verdict())
        yield _row(draft, said, place, named if named != section else "", state, now)
        section = named


def _places(draft: RoeDraft) -> Iterator[tuple[str, int]]:
    keys = FIELDS[draft.act]
    of_rule = [key for key in keys if key in OF_RULE]
    for key in keys:
        if key == NUMBER:
            yield from ((each, row) for row in range(1, min(draft.rows + 1, MAX_RULES) + 1) for each in of_rule)
        elif key not in OF_RULE:
            yield key, 0


def _row(draft: RoeDraft, verdict: Verdict, place: tuple[str, int], section: str, state: State, now: int) -> FieldRow:
    key, row = place
    return FieldRow(
        key=key,
        row=row,
        section=section,
        name=f"{NAMES[key]} {row}" if row else NAMES[key],
        needed=verdict.must or (bool(draft.text(key, row)) and key in _ALWAYS),
        text=draft.text(key, row),
        verdict=display_safe(verdict.words),
        good=verdict.good,
        bad=verdict.bad,
        note="",
        help=display_safe(_help(draft, key, state, now)),
    )


def _help(draft: RoeDraft, key: str, state: State, now: int) -> str:
    policy, caveat = state.coalition.marks.policy, draft.act is RoeAct.CAVEAT
    match key:
        case "basis":
            kinds = listed([WORDS[act] for act in stands_on(draft.act)], "or")
            return f"{kinds} and its serial; F3 chooses from the board"
        case "channel":
            return " · ".join(one.title for one in state.coalition.channels if not one.title.startswith("@"))
        case "label":
            levels = " · ".join(level.name for level in policy.levels) if policy else ""
            return f"{levels}, then REL and nations; F6 chooses"
        case "verb" if not caveat:
            return " · ".join(verb.value for verb in verbs(draft.act))
        case "nations":
            return f"{' · '.join(state.coalition.marks.codes)}; empty: all that can read it"
        case "effective" | "expires" | "ack_by":
            return f"{_DTG}; now {day_clock(now)}; {_EMPTY[key]}"
        case "number" if draft.act in OF_WHOLE:
            return "the number of a rule, as it stands there; empty: all of them"
        case "text" if caveat:
            return "what your nation adds"
    return _HELPS[key]
