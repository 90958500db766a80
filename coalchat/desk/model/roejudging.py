"""What is right and wrong with an ROE notice that is being written, field by field, as it is typed (SPEC 8.11).

Rule 1: what a field alone can say is judged here, against the board; whether the notice would count, the node says.
Rule 2: one that was not changed of what it stands on goes by its number: the node states it as it was, to the letter; of an
amendment it is left out.
Rule 3: nothing is guessed: a name that two notices have, or a word that two verbs begin with, is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from unicodedata import normalize

from coalchat.api.roe import IssueRoe, RoeAct, RoeBoard, RoeNotice, RoeRule, RoeVerb
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.labels import Label
from coalchat.desk.model.roedraft import (
    ACK_BY,
    BASIS,
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
    candidates,
    is_called,
    name_of,
    spelled,
    stands_on,
)
from coalchat.desk.model.roenotice import label_of
from coalchat.desk.model.words import day_clock, deadline_of, dtg, listed
from coalchat.display import display_safe
from coalchat.errors import CoalchatError
from coalchat.record import evolve, record
from protocol.base.errors import DecodeError
from protocol.base.limits import MAX_PURPOSE, MAX_RULES
from protocol.messages import roe_acts as protocol
from protocol.messages.dtg import moment, written_time

Place = tuple[str, int]
"""Field and row."""
Verdicts = dict[Place, "Verdict"]
_AUTHORISED: Final = frozenset({RoeAct.IMPLEMENT, RoeAct.AMEND})
_BYTES: Final = {
    NUMBER: 16,
    OPTION: 16,
    TEXT: MAX_PURPOSE * 4,
    SPECIFY: MAX_PURPOSE,
    SPECIFIED: MAX_PURPOSE,
    REMARK: MAX_PURPOSE * 4,
}
_WIDTH: Final = {RoeVerb[verb.name]: width for verb, width in protocol.WIDTH.items()}


@record(kw_only=False)
class Verdict:
    """What a field says: in words, and whether it is right. `must`: it must be filled."""

    words: str = ""
    good: bool = False
    bad: bool = False
    must: bool = False


RIGHT: Final = Verdict(good=True)
MISSING: Final = Verdict("must be filled", must=True)


def wrong(words: str) -> Verdict:
    """It is not right, and why."""
    return Verdict(words, bad=True)


@record(kw_only=False)
class Judged:
    """A draft as it stands.

    Attributes:
        verdicts: by field and row. basis: what it stands on, if that is known. channel, label: where it will go, or "" and none.
        request: what it makes so far; `whole`: nothing is wrong or missing, so that it may be put to the node.
    """

    verdicts: Verdicts
    basis: RoeNotice | None
    channel: str
    label: Label | None
    request: IssueRoe
    whole: bool


def judge(draft: RoeDraft, board: RoeBoard | None, coalition: Coalition, now: int) -> Judged:
    """What is right and wrong, and the request that it makes."""
    verdicts: Verdicts = {}
    keys = FIELDS[draft.act]
    notices = board.notices if board is not None else ()
    lead = next((one for one in notices if one.entry_id == draft.lead), None)
    basis = None
    if BASIS in keys:
        basis, verdicts[BASIS, 0] = _basis(draft, notices)
    ground = basis or lead
    channel = ground.channel_id if ground is not None else ""
    if CHANNEL in keys:
        channel, verdicts[CHANNEL, 0] = _channel(draft.text(CHANNEL), channel, coalition)
    label = label_of(coalition, ground) if ground is not None else None
    if LABEL in keys:
        label, verdicts[LABEL, 0] = _label(draft.text(LABEL), label, channel, coalition)
    rules = _rules(draft, _authority(draft.act, basis, notices), verdicts, whole=basis is not None)
    nations = _nations(draft.text(NATIONS), label, coalition, verdicts) if NATIONS in keys else ()
    for key in (SPECIFIED, REMARK):
        if key in keys:
            verdicts[key, 0] = _words(key, draft.text(key))
    times = _times(draft, keys, now, verdicts)
    faults = any(verdict.bad or verdict.must for verdict in verdicts.values())
    request = IssueRoe(
        act=draft.act,
        client_id="",
        basis=basis.entry_id if basis is not None else "",
        channel=channel,
        label=coalition.marks.text(label) if label is not None else "",
        rules=rules,
        nations=nations,
        specified=draft.text(SPECIFIED).strip(),
        effective=times.get(EFFECTIVE, 0),
        expires=times.get(EXPIRES, 0),
        ack_by=times.get(ACK_BY, 0),
        remark=draft.text(REMARK).strip(),
        precedence=draft.precedence,
    )
    return Judged(verdicts, basis, channel, label, request, bool(channel and label is not None and not faults))


def _basis(draft: RoeDraft, notices: tuple[RoeNotice, ...]) -> tuple[RoeNotice | None, Verdict]:
    known = candidates(draft.act, notices)
    typed = spelled(draft.text(BASIS))
    if not typed:
        kinds = listed([WORDS[act] for act in stands_on(draft.act)], "or")
        return None, Verdict("unasked") if draft.act is RoeAct.AUTHORISE else Verdict(f"which {kinds}? F3", must=True)
    chosen = [one for one in known if one.entry_id == draft.basis and name_of(one).upper() == typed]
    found = chosen or [one for one in known if is_called(one, typed)]
    found = [one for one in found if not one.flaw] or found
    if not found:
        other = any(is_called(one, typed) for one in notices)
        return None, wrong(f"{WORDS[draft.act]} does not stand on it" if other else "no such notice here: F3")
    if len(found) > 1:
        return None, wrong("several are called so: F3")
    if found[0].flaw and draft.act is not RoeAct.AUTHORISE:
        return found[0], wrong(f"does not count: {found[0].reason}")
    return found[0], Verdict(found[0].reason or "counts", good=True)


def _channel(text: str, usual: str, coalition: Coalition) -> tuple[str, Verdict]:
    typed = text.strip().lstrip("#").casefold()
    if not typed:
        return usual, Verdict("as what it stands on") if usual else MISSING
    found = [one for one in coalition.channels if one.title.lstrip("#").casefold() == typed]
    if len(found) != 1:
        return "", wrong("several are called so" if found else "no such channel")
    return found[0].id, Verdict(f"ceiling {coalition.marks.name(found[0].ceiling_level)}", good=True)


def _label(text: str, usual: Label | None, channel: str, coalition: Coalition) -> tuple[Label | None, Verdict]:
    if not text.strip():
        return usual, Verdict(f"as it: {coalition.marks.short(usual)}") if usual is not None else MISSING
    try:
        label = coalition.marks.parse(text, coalition.members(channel))
    except CoalchatError as error:
        return None, wrong(f"unknown: {error.detail}" if error.detail else str(error))
    label = Label(label.level, coalition.marks.ordered({*label.nations, coalition.own} - {""}), label.category)
    return label, Verdict(coalition.marks.short(label), good=True)


def _authority(act: RoeAct, basis: RoeNotice | None, notices: tuple[RoeNotice, ...]) -> RoeNotice | None:
    """What was authorised, which nothing that it stands under may be wider than."""
    if act is RoeAct.AMEND and basis is not None:
        return next((one for one in notices if one.entry_id == basis.basis), None)
    return basis


def _rules(draft: RoeDraft, authority: RoeNotice | None, verdicts: Verdicts, *, whole: bool) -> tuple[RoeRule, ...]:
    """The rules. `whole`: none means all of those of the basis."""
    keys = [key for key in OF_RULE if key in FIELDS[draft.act]]
    rules, seen = [], set[str]()
    for row in range(1, draft.rows + 1):
        typed = {key: draft.text(key, row).strip() for key in keys}
        if not any(typed.values()):
            continue
        stated = RoeRule(
            number=normalize("NFC", typed[NUMBER]),
            option=normalize("NFC", typed.get(OPTION, "")),
            verb=RoeVerb.NONE,
            text=typed.get(TEXT, ""),
            specify=typed.get(SPECIFY, ""),
        )
        stated, said = _rule(draft.act, stated, typed.get(VERB, ""), authority)
        if stated.number in seen:
            said[NUMBER] = wrong("stands here twice")
        seen.add(stated.number)
        same = whole and all(draft.filled.get((key, row), "").strip() == text for key, text in typed.items())
        if same and draft.act is RoeAct.AMEND:
            said[NUMBER] = Verdict("as it stands: not amended")
        elif same and draft.act in STATED:
            rules.append(RoeRule(number=stated.number, option="", verb=RoeVerb.NONE, text="", specify=""))
        else:
            rules.append(stated)
        verdicts |= {(key, row): said[key] for key in keys}
    if len(seen) > MAX_RULES:
        verdicts[NUMBER, draft.rows] = wrong(f"more than {MAX_RULES} rules")
    elif not rules and draft.act is RoeAct.AMEND and whole:
        verdicts[NUMBER, 1] = Verdict("change something of a rule", must=True)
    elif not rules and not seen and not (whole or draft.act in OF_WHOLE):
        verdicts[NUMBER, 1] = MISSING
    return tuple(rules)


def _rule(act: RoeAct, stated: RoeRule, verb: str, authority: RoeNotice | None) -> tuple[RoeRule, dict[str, Verdict]]:
    """A rule with its verb, and what is to be said of each of its fields."""
    texts = {NUMBER: stated.number, OPTION: stated.option, TEXT: stated.text, SPECIFY: stated.specify}
    said = {key: _words(key, text) for key, text in texts.items()}
    found, said[VERB] = _verb(act, verb)
    stated = evolve(stated, verb=found)
    if not stated.number:
        said[NUMBER] = MISSING
    elif act not in {RoeAct.CAVEAT, RoeAct.AUTHORISE} and authority is not None:
        said |= dict(_beside(act, stated, authority))
    if act is RoeAct.CAVEAT and found is RoeVerb.LIMITED and not stated.text:
        said[TEXT] = Verdict("a caveat is its text", must=True)
    return stated, said


def _beside(act: RoeAct, stated: RoeRule, authority: RoeNotice) -> Iterator[tuple[str, Verdict]]:
    """What is wrong with a rule beside that of what it stands on."""
    known = next((rule for rule in authority.rules if rule.number == stated.number), None)
    if known is None:
        yield NUMBER, wrong(f"{authority.name} does not have it")
    elif act in _AUTHORISED and stated.option != known.option:
        yield OPTION, wrong(f"{authority.name} has {known.number} {known.option}".rstrip())
    elif act in _AUTHORISED and _WIDTH[stated.verb] > _WIDTH[known.verb]:
        yield VERB, wrong(f"wider than {known.verb.value}")


def verbs(act: RoeAct) -> tuple[RoeVerb, ...]:
    """What a rule may do."""
    left_out = {RoeVerb.NONE, *({RoeVerb.RETAINED} if act is RoeAct.CAVEAT else set())}
    return tuple(verb for verb in RoeVerb if verb not in left_out)


def _verb(act: RoeAct, text: str) -> tuple[RoeVerb, Verdict]:
    if act in OF_WHOLE:
        return RoeVerb.NONE, RIGHT
    if not text:
        return RoeVerb.NONE, MISSING
    found = [verb for verb in verbs(act) if verb.value.startswith(text.upper())]
    if len(found) != 1:
        return RoeVerb.NONE, wrong(listed([one.value for one in found or verbs(act)], "or").lower())
    means = {RoeVerb.LIMITED: "narrower", RoeVerb.PROHIBITED: "not us", RoeVerb.PERMITTED: "as the force"}
    words = means[found[0]] if act is RoeAct.CAVEAT else found[0].value
    return found[0], Verdict(words, good=True)


def _words(key: str, text: str) -> Verdict:
    text = text.strip()
    if len(text.encode("utf-8", "surrogatepass")) > _BYTES.get(key, MAX_PURPOSE):
        return wrong(f"longer than {_BYTES[key]} bytes")
    if key in {NUMBER, OPTION} and display_safe(text) != text:
        return wrong("has a character that nobody sees")
    return Verdict(good=bool(text))


def _nations(text: str, label: Label | None, coalition: Coalition, verdicts: Verdicts) -> tuple[str, ...]:
    given = tuple(text.upper().replace(",", " ").split())
    unknown = [code for code in given if code not in coalition.marks.codes]
    blind = [code for code in given if label is not None and code not in label.nations]
    verdicts[NATIONS, 0] = Verdict("all that can read it") if not given else RIGHT
    if unknown:
        verdicts[NATIONS, 0] = wrong(f"no nation {unknown[0]}")
    elif blind:
        verdicts[NATIONS, 0] = wrong(f"{listed(blind)} cannot read it")
    return coalition.marks.ordered(given)


def _times(draft: RoeDraft, keys: tuple[str, ...], now: int, verdicts: Verdicts) -> dict[str, int]:
    times: dict[str, int] = {}
    for key in (EFFECTIVE, EXPIRES, ACK_BY):
        if key in keys:
            times[key], verdicts[key, 0] = _time(key, draft.text(key), now)
    if 0 < times.get(EXPIRES, 0) <= max(times.get(EFFECTIVE, 0), now) and verdicts[EXPIRES, 0].good:
        verdicts[EXPIRES, 0] = wrong("is over before it begins")
    return times


def _time(key: str, text: str, now: int) -> tuple[int, Verdict]:
    nothing = {EFFECTIVE: "at once", EXPIRES: "until cancelled", ACK_BY: "nobody is asked"}
    text = text.strip()
    if not text or text.lower() == "none" or (key == EFFECTIVE and text.lower() == "now"):
        return 0, Verdict(nothing[key], good=bool(text))
    at = deadline_of(text, now)
    if at is None:
        try:
            at = moment(written_time(text, now))
        except DecodeError as error:
            return 0, wrong("1800Z, +30, 221800Z, now" if "date-time" in error.detail else error.detail)
    if key != EFFECTIVE and at <= now:
        return at, wrong(f"{day_clock(at)} is over")
    return at, Verdict(dtg(at) + (" (past)" if at < now else ""), good=True)
