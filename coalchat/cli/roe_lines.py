"""ROE in lines of text, for people and screen readers: the board, one notice.

Rule 1: a marking stands above all that it covers. Rule 2: NOT IN FORCE is said in words, with the reason, never by order
or place alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coalchat.api.roe import (
    RoeAnswer,
    RoeBoard,
    RoeCaveat,
    RoeDetails,
    RoeNotice,
    RoeRule,
    RoeRuling,
    RoeTally,
    RoeVerb,
)
from coalchat.api.roe_log import RoeLog
from coalchat.api.vocabulary import Answer
from coalchat.cli.beside import marked
from coalchat.cli.output import body, columns, short
from coalchat.cli.times import dtg

CAVEATS = {RoeVerb.LIMITED: "narrower", RoeVerb.PROHIBITED: "not us", RoeVerb.PERMITTED: "as the force"}
STANDS = {
    "authorise": "answers",
    "deny": "denies",
    "implement": "implements",
    "amend": "amends",
    "cancel": "cancels",
}


def answer_words(answer: Answer | None) -> str:
    """How somebody acknowledged."""
    words = {Answer.NONE: "acknowledged", Answer.CAVEAT: "acknowledged with caveat", Answer.UNABLE: "unable"}
    return "not acknowledged" if answer is None else words.get(answer, f"acknowledged, {answer}")


def board_lines(board: RoeBoard, *, exercise: bool) -> Iterator[str]:
    """The board, section by section."""
    state = "GAP" if board.gaps else "no gap"
    yield f"ROE BOARD  for {board.own_nation} at {dtg(board.at)}  replayed from {board.entries} signed entries, {state}"
    yield from (f"ALARM {gap.nation} {gap.words}: nothing behind it is in force" for gap in board.gaps)
    if not board.needed:
        yield "the charter names no ROE authority: nothing can be in force"
    pending = [notice for notice in board.notices if notice.pending]
    yield f"TO ACKNOWLEDGE {len(pending)}"
    for notice in pending:
        yield from (f"  {line}" for line in _head(notice, exercise=exercise))
        yield from (f"    {line}" for line in _rule_lines(notice.rules, notice.before))
        yield from (f"    {line}" for line in tally_lines(notice.tally))
    for title, rulings in (
        ("IN FORCE", [ruling for ruling in board.rulings if ruling.in_force]),
        ("NOT IN FORCE", [ruling for ruling in board.rulings if not ruling.in_force]),
    ):
        yield f"{title} {len(rulings)}"
        yield from columns([_ruling(ruling) for ruling in rulings]) if rulings else ()
    yield from columns([_flawed(notice) for notice in board.notices if notice.flaw]) if _any_flaw(board) else ()
    yield f"CAVEATS {len(board.caveats)}"
    yield from columns([_caveat(caveat) for caveat in board.caveats]) if board.caveats else ()
    reserved = [(notice, one) for notice in board.notices if not notice.closed for one in notice.reservations]
    yield f"ACKNOWLEDGED WITH CAVEAT, OR UNABLE {len(reserved)}"
    yield from columns([_reserved(notice, one) for notice, one in reserved]) if reserved else ()
    if board.left_out:
        yield f"{board.left_out} more are not shown: name a channel"
    yield board.words


def _any_flaw(board: RoeBoard) -> bool:
    return any(notice.flaw for notice in board.notices)


def _ruling(ruling: RoeRuling) -> Sequence[str]:
    rule = ruling.rule
    words = " / ".join(text for text in (rule.text, rule.specify) if text)
    where = ", ".join(ruling.applies_to)
    state = f"since {dtg(ruling.since)}" if ruling.in_force else f"NOT IN FORCE  {ruling.reason}"
    return (
        f"  ({ruling.portion})",
        f"{rule.number} {rule.option}".strip(),
        rule.verb,
        f"{ruling.nation} {ruling.notice}",
        state,
        "" if ruling.applies or not ruling.in_force else "NOT FOR US",
        where,
        words,
    )


def _flawed(notice: RoeNotice) -> Sequence[str]:
    numbers = ", ".join(f"{rule.number} {rule.option}".strip() for rule in notice.rules)
    return (
        f"  ({notice.portion})",
        f"{notice.nation} {notice.name}",
        "NOT IN FORCE",
        notice.reason,
        f"from {notice.person} {dtg(notice.time)}",
        numbers,
        short(notice.entry_id),
    )


def _caveat(caveat: RoeCaveat) -> Sequence[str]:
    mark = f"  ({caveat.portion} REL {', '.join(caveat.nations)})"
    return (
        mark,
        caveat.nation,
        caveat.number,
        CAVEATS[caveat.verb],
        f"{caveat.person} {dtg(caveat.time)}",
        caveat.text,
    )


def _reserved(notice: RoeNotice, one: RoeAnswer) -> Sequence[str]:
    mark = f"  ({notice.portion} REL {', '.join(notice.nations)})"
    return (mark, one.nation, notice.name, answer_words(one.answer), f"{one.person} {dtg(one.at)}", one.text)


def _head(notice: RoeNotice, *, exercise: bool, beside: str = "") -> Iterator[str]:
    yield marked(f"EXERCISE {notice.marking}" if exercise else notice.marking, beside)
    on = f"{STANDS[notice.act]} {notice.basis_name or short(notice.basis)}" if notice.basis else ""
    deadline = f"acknowledge by {dtg(notice.ack_by)}" if notice.ack_by else ""
    begins = f"effective {dtg(notice.effective)}" if notice.effective else "effective at once"
    ends = f"until {dtg(notice.expires)}" if notice.expires else "until cancelled"
    yield "  ".join(word for word in (notice.name, on, begins, ends, deadline, short(notice.entry_id)) if word)


def _rule_lines(rules: Sequence[RoeRule], before: Sequence[RoeRule | None]) -> Iterator[str]:
    for rule, was in zip(rules, before, strict=True):
        yield "  ".join(
            word for word in (f"{rule.number} {rule.option}".strip(), rule.verb, rule.text, rule.specify) if word
        )
        if was is not None:
            yield "  was: " + "  ".join(word for word in (was.option, was.verb, was.text, was.specify) if word)


def tally_lines(tally: Sequence[RoeTally]) -> Iterator[str]:
    """Who has acknowledged, by nation, and who is missing."""
    for row in tally:
        if not row.persons:
            continue  # there its author is alone
        words = [f"{row.nation} {row.acknowledged}/{row.persons}"]
        words += [f"{row.caveats} with caveat"] if row.caveats else []
        words += [f"{row.unable} unable"] if row.unable else []
        words += [f"complete {dtg(row.since)}"] if row.since else []
        more = row.persons - row.acknowledged - len(row.missing)
        words += ["missing " + ", ".join(row.missing) + (f" and {more} more" if more else "")] if row.missing else []
        yield "  ".join(words)


def details_lines(details: RoeDetails, *, exercise: bool, beside: str = "") -> Iterator[str]:
    """One notice, whole. `beside`: what the own nation marks alike, "XAA: GEHEIM", or ""."""
    notice = details.notice
    yield from _head(notice, exercise=exercise, beside=beside)
    yield f"NOT IN FORCE: {notice.reason}" if notice.reason else "counts"
    yield f"from {notice.nation} {notice.person}, {dtg(notice.time)}"
    others = ", ".join(f"{who.nation} {who.person}" for who in notice.signers[1:])
    yield f"signed by {len(notice.signers)} of {notice.needed}" + (f": with {others}" if others else "")
    yield from (f"  {line}" for line in _rule_lines(notice.rules, notice.before))
    to = ", ".join(notice.applies_to or notice.nations)
    yield f"applies to {to}" + (f"; {notice.specified}" if notice.specified else "")
    yield from body(notice.remark) if notice.remark else ()
    yield from tally_lines(notice.tally)
    yield from (
        columns([(f"  {a.nation} {a.person}", dtg(a.at), answer_words(a.answer), a.text) for a in details.answers])
        if details.answers
        else ()
    )
    yield details.words


def log_lines(log: RoeLog, *, exercise: bool) -> Iterator[str]:
    """Every notice, as it was signed; what is missing, first and in words."""
    marking = log.marking or "UNMARKED: NOTHING IS LISTED"
    marking = f"[EXERCISE {marking}]" if exercise else f"[{marking}]"
    yield marking
    state = "GAP" if log.gaps else "no gap"
    yield f"ROE LOG  {len(log.notices)} notices, {log.entries} signed entries, {state}, as {log.own_nation} has it at {dtg(log.at)}"
    yield from (f"ALARM {gap.nation} {gap.words}: nothing behind it is in force" for gap in log.gaps)
    yield from columns([_logged(notice) for notice in log.notices]) if log.notices else ()
    yield log.words
    yield marking


def _logged(notice: RoeNotice) -> Sequence[str]:
    """One notice: its mark, when, whose, signed by how many, how it stands, its rules, from whom."""
    mark = f"({notice.portion} REL {', '.join(notice.nations)})"
    numbers = ", ".join(f"{rule.number} {rule.option}".strip() for rule in notice.rules) or "all its rules"
    signers = ", ".join(f"{who.nation} {who.person}" for who in notice.signers)
    return (
        mark,
        dtg(notice.time),
        f"{notice.nation} {notice.name}",
        f"signed {len(notice.signers)} of {notice.needed}",
        f"NOT IN FORCE: {notice.reason}" if notice.reason else "counts",
        f"{STANDS[notice.act]} {notice.basis_name or short(notice.basis)}" if notice.basis else "",
        numbers,
        signers,
        short(notice.entry_id),
    )
