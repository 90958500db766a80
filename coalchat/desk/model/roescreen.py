"""The ROE screens in words (SPEC 8.11, look: screens 04 and 05): the board, one notice, the row under the banner.

Rule 1: what is not in force says so, with the node's reason; nothing here judges, and the words say that.
Rule 2: the own nation's column comes first, and every caveat stands with its author and its mark.

Only `line` is wanted on the main screen; all of it is imported once the node has told of ROE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from coalchat.api.roe import JUDGES_NOTHING, RoeBoard, RoeCaveat, RoeNotice, RoeRule, RoeRuling, RoeTally, RoeVerb
from coalchat.api.vocabulary import Answer
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.labels import NO_BREAK, HighWater, Label
from coalchat.desk.model.regulating import Regulating
from coalchat.desk.model.roeviews import (
    BoardView,
    CaveatRow,
    ChangeRow,
    Choice,
    DeadRow,
    NoticeView,
    PendingRow,
    RuleRow,
    Stance,
    TallyRow,
)
from coalchat.desk.model.words import clock_beside, counted, day_clock, dtg, left, listed

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
_ORDER: Final = (RoeVerb.PROHIBITED, RoeVerb.LIMITED)
"""Of several caveats of a nation on a rule the most restrictive is shown."""


def rule_name(rule: RoeRule) -> str:
    """ "112 A"."""
    return f"{rule.number} {rule.option}".strip()


# --- labels ---


def _label(coalition: Coalition, one: RoeRuling | RoeCaveat | RoeNotice) -> Label:
    category = one.portion.removeprefix(coalition.marks.letter(one.level)).strip()
    return Label(one.level, coalition.marks.ordered(one.nations), category)


def high_water(coalition: Coalition, board: RoeBoard | None) -> HighWater:
    """Of all that stands on a board."""
    high = HighWater()
    for one in _labelled(board) if board is not None else ():
        high |= _label(coalition, one)
    return high


def _labelled(board: RoeBoard) -> list[RoeRuling | RoeCaveat | RoeNotice]:
    return [*board.rulings, *board.caveats, *board.notices]


def notice_water(coalition: Coalition, notice: RoeNotice) -> HighWater:
    """Of one notice."""
    return HighWater() | _label(coalition, notice)


def _mark(coalition: Coalition, one: RoeRuling | RoeCaveat | RoeNotice, high: HighWater) -> str:
    """The release set stands in it where it is narrower than what else is there."""
    return coalition.marks.mark(one.portion, one.nations, high.nations or ()).replace(NO_BREAK, " ")


# --- the board ---


def board_view(coalition: Coalition, rules: Regulating, now: int) -> BoardView:
    """All of it, as it is known now."""
    board = rules.shown
    own = coalition.own
    if board is None:
        at = day_clock(rules.at or now)
        return BoardView(
            title=f"for {own} at {at}", note="", gap=False, alarms=(), trouble=rules.trouble, pending=(), profile="",
            nations=(), own=own, rules=(), caveats=(), dead=(), left_out=0, words=JUDGES_NOTHING, known=False,
            past=bool(rules.at),
        )  # fmt: skip
    widest = HighWater(nations=frozenset().union(*(one.nations for one in _labelled(board))))
    nations = (own, *(code for code in coalition.marks.codes if code != own and code in (widest.nations or ())))
    in_force = [ruling for ruling in board.rulings if ruling.in_force]
    alarms = [f"{gap.nation} {gap.words}: nothing behind it is in force" for gap in board.gaps]
    if not board.needed:
        alarms.append("the charter names no ROE authority: nothing can be in force")
    signed = f"replayed from {counted(board.entries, 'signed entry', 'signed entries')}"
    return BoardView(
        title=f"for {own} at {day_clock(board.at)}",
        note=f"{signed} · {'GAP' if board.gaps else 'no gap'}",
        gap=bool(board.gaps),
        alarms=tuple(alarms),
        trouble=rules.trouble,
        pending=tuple(_pending(coalition, notice, widest, now) for notice in board.notices if notice.pending),
        profile=_profile(in_force),
        nations=nations,
        own=own,
        rules=tuple(_rule(coalition, ruling, board, nations, widest) for ruling in in_force),
        caveats=tuple(_caveats(coalition, board, widest)),
        dead=tuple(_dead(coalition, board, widest)),
        left_out=board.left_out,
        words=board.words,
        known=True,
        past=bool(rules.at),
    )


def _profile(in_force: list[RoeRuling]) -> str:
    if not in_force:
        return "nothing"
    words = f"{counted(len(in_force), 'rule')} · most restrictive wins for each nation"
    number = profile_number(in_force)
    return f"profile {number} · {words}" if number else words


def profile_number(in_force: Iterable[RoeRuling]) -> str:
    """Serial of the newest notice that put something in force, where all are of one series; else ""."""
    rulings = list(in_force)
    if len({(r.channel_id, r.marking, r.nation) for r in rulings}) != 1:
        return ""
    return max(ruling.notice.rpartition(" ")[2] for ruling in rulings)


def _pending(coalition: Coalition, notice: RoeNotice, widest: HighWater, now: int) -> PendingRow:
    return PendingRow(
        key=notice.entry_id,
        name=notice.name,
        what=_what(notice),
        by=f"acknowledge by {clock_beside(notice.ack_by, now)}",
        left=left(notice.ack_by, now),
        overdue=notice.ack_by <= now,
        mark=_mark(coalition, notice, widest),
        level=notice.level,
        changes=tuple(_changes(notice)),
        tallies=tuple(_tally(coalition, row, now) for row in notice.tally if row.persons),
    )


def _what(notice: RoeNotice) -> str:
    """ "implements AUTH 004 · effective 221800Z"."""
    on = f"{STANDS[notice.act]} {notice.basis_name or notice.basis[:12]}" if notice.basis else notice.act.value
    return f"{on} · " + (f"effective {day_clock(notice.effective)}" if notice.effective else "effective at once")


def _changes(notice: RoeNotice) -> Iterator[ChangeRow]:
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


def _tally(coalition: Coalition, row: RoeTally, now: int) -> TallyRow:
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


def _rule(
    coalition: Coalition, ruling: RoeRuling, board: RoeBoard, nations: tuple[str, ...], widest: HighWater
) -> RuleRow:
    return RuleRow(
        rule=rule_name(ruling.rule),
        verb=ruling.rule.verb.value,
        text=ruling.rule.text,
        specify=ruling.rule.specify,
        since=day_clock(ruling.since),
        by=ruling.by,
        mark=_mark(coalition, ruling, widest),
        level=ruling.level,
        for_us=ruling.applies,
        stances=tuple(_stance(ruling, board, nation) for nation in nations),
    )


def _stance(ruling: RoeRuling, board: RoeBoard, nation: str) -> Stance:
    if nation not in ruling.nations or (ruling.applies_to and nation not in ruling.applies_to):
        return Stance(nation=nation, words="not for it", caveat=False, out=True)
    said = [
        caveat.verb
        for caveat in board.caveats
        if (caveat.nation, caveat.number, caveat.channel_id) == (nation, ruling.rule.number, ruling.channel_id)
    ]
    verb = next((verb for verb in _ORDER if verb in said), None)
    words = {RoeVerb.PROHIBITED: "not us", RoeVerb.LIMITED: "narrower"}
    return Stance(
        nation=nation,
        words=words[verb] if verb else "as force",
        caveat=verb is not None,
        out=verb is RoeVerb.PROHIBITED,
    )


def _caveats(coalition: Coalition, board: RoeBoard, widest: HighWater) -> Iterator[CaveatRow]:
    """What a nation says in one breath of several rules stands in one row."""
    grouped: dict[tuple[object, ...], list[RoeCaveat]] = {}
    for one in board.caveats:
        key = (one.nation, one.verb, one.text, one.person, one.marking, one.time)
        grouped.setdefault(key, []).append(one)
    options = {(r.channel_id, r.rule.number): rule_name(r.rule) for r in board.rulings if r.in_force}
    for found in grouped.values():
        first = found[0]
        out = first.verb is RoeVerb.PROHIBITED
        yield CaveatRow(
            nation=first.nation,
            rules=", ".join(options.get((one.channel_id, one.number), one.number) for one in found),
            text=first.text or ("takes no part" if out else ""),
            mark=_mark(coalition, first, widest),
            level=first.level,
            who=f"{first.person} {day_clock(first.time)}",
            out=out,
        )


def _dead(coalition: Coalition, board: RoeBoard, widest: HighWater) -> Iterator[DeadRow]:
    for notice in board.notices:
        if notice.flaw:
            yield DeadRow(
                key=notice.entry_id,
                name=notice.name,
                what=", ".join(rule_name(rule) for rule in notice.rules) or _what(notice),
                mark=_mark(coalition, notice, widest),
                level=notice.level,
                reason=f"{notice.reason} · from {notice.nation} {notice.person} {day_clock(notice.time)}",
                alarm=notice.flaw != "unsigned",
            )
    pending = {notice.entry_id for notice in board.notices if notice.pending}
    for ruling in board.rulings:
        if not ruling.in_force and ruling.entry_id not in pending:
            yield DeadRow(
                key=ruling.entry_id,
                name=f"{ruling.notice} / {rule_name(ruling.rule)}",
                what=" ".join(word for word in (ruling.rule.text, ruling.rule.specify) if word),
                mark=_mark(coalition, ruling, widest),
                level=ruling.level,
                reason=ruling.reason,
                alarm=False,
            )


# --- one notice ---


def notice_view(coalition: Coalition, rules: Regulating, entry_id: str, now: int) -> NoticeView | None:
    """One notice, as it is known now; none: not at all."""
    details = rules.details.get(entry_id)
    notice = rules.notice(entry_id) or (details.notice if details is not None else None)
    if notice is None:
        return None
    numbers = {rule.number for rule in notice.rules}
    board, node = rules.board, coalition.node
    own = [
        f"{caveat.number} {'not us' if caveat.verb is RoeVerb.PROHIBITED else ''} {caveat.text}".replace(
            "  ", " "
        ).strip()
        for caveat in (board.caveats if board is not None else ())
        if caveat.nation == coalition.own and caveat.number in numbers and caveat.channel_id == notice.channel_id
    ]
    others = listed([f"{who.person}, {who.nation}" for who in notice.signers[1:]])
    answers = details.answers if details is not None else ()
    who = f"{node.person}, {node.nation}" if node else ""
    return NoticeView(
        key=notice.entry_id,
        name=notice.name,
        what=_what(notice).partition(" · ")[0],
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
        changes=tuple(_changes(notice)),
        scope=_scope(notice),
        remark=notice.remark,
        own=tuple(own),
        serial=f"{notice.serial:03d}",
        answered=notice.answered,
        may=not notice.flaw and not notice.mine and coalition.may_acknowledge,
        tallies=tuple(_tally(coalition, row, now) for row in notice.tally if row.persons),
        answers=tuple(
            f"{one.nation} {one.person} {day_clock(one.at)} {_ANSWERS[one.answer]}"
            + (f": {one.text}" if one.text else "")
            for one in answers
        ),
        signs=f"You sign as {who} on device {node.device}. No undo." if node else "",
        seen_by=f"Seen by {' '.join(notice.nations)}, kept as evidence. It says you understood, not that force is lawful.",
        words=JUDGES_NOTHING,
    )


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
