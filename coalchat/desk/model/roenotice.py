"""One ROE notice in words, and its rules (SPEC 8.11, look: screen 05).

Rule: what is not in force says so, with the node's reason; nothing here judges, and the words say that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from coalchat.api.roe import (
    JUDGES_NOTHING,
    RoeAnswer,
    RoeBoard,
    RoeCaveat,
    RoeNotice,
    RoeRule,
    RoeRuling,
    RoeTally,
    RoeVerb,
)
from coalchat.api.vocabulary import Answer
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.labels import NO_BREAK, HighWater, Label
from coalchat.desk.model.regulating import Regulating
from coalchat.desk.model.roedraft import name_of
from coalchat.desk.model.roepowers import waits, why_not_sign
from coalchat.desk.model.roeviews import CaveatRow, ChangeRow, Choice, NoticeView, TallyRow
from coalchat.desk.model.words import clock_beside, day_clock, dtg, left, listed
from coalchat.record import evolve

STANDS: Final = {
    "authorise": "answers",
    "deny": "denies",
    "implement": "implements",
    "amend": "amends",
    "cancel": "cancels",
}
_ANSWERS: Final = {
    Answer.NONE: "acknowledged",
    Answer.CAVEAT: "with caveat",
    Answer.UNABLE: "unable",
    Answer.WILCO: "will comply",
}


def rule_name(rule: RoeRule) -> str:
    """ "112 A"."""
    return f"{rule.number} {rule.option}".strip()


def label_of(coalition: Coalition, one: RoeRuling | RoeCaveat | RoeNotice) -> Label:
    """Its label."""
    category = one.portion.removeprefix(coalition.marks.letter(one.level)).strip()
    return Label(one.level, coalition.marks.ordered(one.nations), category)


def notice_water(coalition: Coalition, notice: RoeNotice, board: RoeBoard | None) -> HighWater:
    """Of one notice, and of the caveats that stand beside its rules."""
    high = HighWater() | label_of(coalition, notice)
    for caveat in _caveats_on(notice, board):
        high |= label_of(coalition, caveat)
    return high


def _caveats_on(notice: RoeNotice, board: RoeBoard | None) -> list[RoeCaveat]:
    numbers = {rule.number for rule in notice.rules}
    known = board.caveats if board is not None else ()
    return [one for one in known if one.number in numbers and one.channel_id == notice.channel_id]


def mark_of(coalition: Coalition, one: RoeRuling | RoeCaveat | RoeNotice, high: HighWater) -> str:
    """Its portion mark: the release set stands in it where it is narrower than what else is there."""
    return coalition.marks.mark(one.portion, one.nations, high.nations or ()).replace(NO_BREAK, " ")


def what_of(notice: RoeNotice) -> str:
    """ "implements AUTH 004 · effective 221800Z"."""
    on = f"{STANDS[notice.act]} {notice.basis_name or notice.basis[:12]}" if notice.basis else notice.act.value
    return f"{on} · " + (f"effective {day_clock(notice.effective)}" if notice.effective else "effective at once")


def changes_of(notice: RoeNotice) -> Iterator[ChangeRow]:
    """Its rules, each with what it was before."""
    for rule, before in zip(notice.rules, notice.before, strict=True):
        was = ""
        only = False
        if before is not None and before != rule:
            only = (before.verb, before.text, before.option) == (rule.verb, rule.text, rule.option)
            parts = (before.specify,) if only else (before.option, before.verb, before.text, before.specify)
            was = " ".join(part for part in parts if part) or "nothing"
        verb = "" if rule.verb is RoeVerb.NONE else rule.verb.value
        yield ChangeRow(
            rule=rule_name(rule),
            verb=verb,
            text=rule.text,
            specify=rule.specify,
            was=was,
            old=before.specify if only and before is not None else "",
            new=rule.specify if only else "",
        )


def tally_of(coalition: Coalition, row: RoeTally, now: int) -> TallyRow:
    """How far a nation is with it."""
    me = coalition.node.person if coalition.node else ""
    own = row.nation == coalition.own
    waits = own and me in row.missing
    names = ["you" if waits and name == me else name for name in row.missing]
    names.sort(key=lambda name: name != "you")
    more = row.persons - row.acknowledged - len(row.missing)
    words = [f"nation {clock_beside(row.since, now)}"] if row.since else []
    words += ["caveat" if row.caveats == 1 else f"{row.caveats} caveats"] if row.caveats else []
    words += [f"{row.unable} unable"] if row.unable else []
    words += [", ".join(names[:2]) + (f" +{len(names) - 2 + more}" if len(names) + more > 2 else "")] if names else []
    return TallyRow(
        nation=row.nation,
        done=row.acknowledged,
        of=row.persons,
        caveats=row.caveats,
        unable=row.unable,
        complete=row.acknowledged >= row.persons,
        words=" · ".join(words),
        own=own,
        waits=waits,
    )


def notice_view(coalition: Coalition, rules: Regulating, entry_id: str, now: int) -> NoticeView | None:
    """One notice, as it is known now; none: not at all."""
    details = rules.details.get(entry_id)
    notice = rules.notice(entry_id) or (details.notice if details is not None else None)
    if notice is None:
        return None
    view = view_of(coalition, notice, rules.board, now, details.answers if details is not None else ())
    why = why_not_sign(notice, rules.board)
    return evolve(
        view,
        stands=tuple(_stands(notice, rules.board)),
        said=tuple(_said_by_others(coalition, notice, rules.board)),
        endorses=not why,
        why_not=why if waits(notice) else "",
        done=rules.said,
        trouble=rules.trouble,
    )


def view_of(
    coalition: Coalition, notice: RoeNotice, board: RoeBoard | None, now: int, answers: Iterable[RoeAnswer] = ()
) -> NoticeView:
    """A notice, also one that is not issued yet."""
    node = coalition.node
    own = [
        f"{caveat.number} {'not us' if caveat.verb is RoeVerb.PROHIBITED else ''} {caveat.text}".replace(
            "  ", " "
        ).strip()
        for caveat in _caveats_on(notice, board)
        if caveat.nation == coalition.own
    ]
    others = listed([f"{who.person}, {who.nation}" for who in notice.signers[1:]])
    who = f"{node.person}, {node.nation}" if node else ""
    return NoticeView(
        key=notice.entry_id,
        name=notice.name,
        what=what_of(notice).partition(" · ")[0],
        marking=notice.marking,
        level=notice.level,
        reason=notice.reason,
        by=dtg(notice.ack_by) if notice.ack_by else "",
        left=left(notice.ack_by, now) if notice.ack_by and notice.answered is None else "",
        overdue=0 < notice.ack_by <= now,
        author=f"{notice.person}, {notice.nation} {day_clock(notice.time)}",
        signed=f"signed with {others}" if others else "",
        count=f"{len(notice.signers)} of {notice.needed}",
        whole=len(notice.signers) >= notice.needed,
        changes=tuple(changes_of(notice)),
        scope=_scope(notice),
        remark=notice.remark,
        own=tuple(own),
        serial=f"{notice.serial:03d}",
        answered=notice.answered,
        may=not notice.flaw and not notice.mine and coalition.may_acknowledge,
        tallies=tuple(tally_of(coalition, row, now) for row in notice.tally if row.persons),
        answers=tuple(
            f"{one.nation} {one.person} {day_clock(one.at)} {_ANSWERS[one.answer]}"
            + (f": {one.text}" if one.text else "")
            for one in answers
        ),
        signs=f"You sign as {who} on device {node.device}. No undo." if node else "",
        seen_by=f"Seen by {' '.join(notice.nations)}, kept as evidence. It says you understood, not that force is lawful.",
        words=JUDGES_NOTHING,
    )


def _stands(notice: RoeNotice, board: RoeBoard | None) -> Iterator[str]:
    """What it stands on, and what stands on it."""
    if notice.basis:
        yield f"stands on {notice.basis_name or notice.basis[:12]}"
    later = [name_of(one) for one in (board.notices if board is not None else ()) if one.basis == notice.entry_id]
    if later:
        yield f"on it stand {listed(later)}" if len(later) > 1 else f"on it stands {later[0]}"


def caveat_rows(
    coalition: Coalition, caveats: Iterable[RoeCaveat], names: dict[tuple[str, str], str], widest: HighWater
) -> Iterator[CaveatRow]:
    """What a nation says in one breath of several rules stands in one row. `names`: of rules, by channel and number."""
    grouped: dict[tuple[object, ...], list[RoeCaveat]] = {}
    for one in caveats:
        key = (one.nation, one.verb, one.text, one.person, one.marking, one.time)
        grouped.setdefault(key, []).append(one)
    for found in grouped.values():
        first = found[0]
        out = first.verb is RoeVerb.PROHIBITED
        yield CaveatRow(
            nation=first.nation,
            rules=", ".join(names.get((one.channel_id, one.number), one.number) for one in found),
            text=first.text or ("takes no part" if out else ""),
            mark=mark_of(coalition, first, widest),
            level=first.level,
            who=f"{first.person} {day_clock(first.time)}",
            out=out,
        )


def _said_by_others(coalition: Coalition, notice: RoeNotice, board: RoeBoard | None) -> Iterator[CaveatRow]:
    names = {(notice.channel_id, rule.number): rule_name(rule) for rule in notice.rules}
    found = [one for one in _caveats_on(notice, board) if one.nation != coalition.own]
    return caveat_rows(coalition, found, names, HighWater())


def _scope(notice: RoeNotice) -> str:
    begins = f"effective {dtg(notice.effective)}" if notice.effective else "effective at once"
    ends = f"until {dtg(notice.expires)}" if notice.expires else "until cancelled"
    to = " ".join(notice.applies_to or notice.nations)
    return f"{begins} {ends} · applies to {to}" + (f", {notice.specified}" if notice.specified else "")


def choices(rules: Regulating) -> tuple[Choice, ...]:
    """All notices of the board, what waits first."""
    board = rules.shown
    return tuple(
        Choice(
            key=notice.entry_id,
            title=f"{notice.nation} {notice.name}  "
            + ("to acknowledge" if notice.pending else f"NOT IN FORCE: {notice.reason}" if notice.reason else "counts"),
        )
        for notice in (board.notices if board is not None else ())
    )
