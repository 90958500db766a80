"""The ROE profile (SPEC 8.11): what is in force at a time, replayed from the log.

`fold` is pure, and over a set: nodes that hold the same entries, under the same charter and with the same marks, have
the same profile. Nothing in it goes by when an entry came or by its author's clock; only `effective` and `expires`, which
are part of what was signed, meet the time that is asked for.

Rule 1: within a series the serial decides: a later notice of a nation that states a number supersedes an earlier one.
Rule 2: a rule lasts no longer than what it stands on, and ends with it.
Rule 3: coalchat shows ROE; it never judges whether force is lawful.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import chain, islice

import attrs

from protocol.messages.roe import RoeAct, RoeRule, RoeVerb
from protocol.messages.ruling import IN_FORCE, RuleEvent, RuleState, step
from protocol.messages.signatory import Authorities
from protocol.messages.standing import Gap, Logged, Notice, Series, read_log


@attrs.frozen
class Ruling:
    """A rule as a notice began it, and what has become of it.

    Attributes:
        notice: that states it: a request, an authorisation or an implementation.
        rule: as it stands now. before: as it stood before, or as an earlier notice stated its number; none: new.
        state: a `RuleState`. since: Unix seconds of its last change. by: the notice that made it.
        began: it was in force at some time until now. begins, ends: from when until when it may be; 0: no end.
    """

    notice: Notice
    rule: RoeRule
    before: RoeRule | None
    state: RuleState
    since: int
    by: Notice
    began: bool
    begins: int
    ends: int

    @property
    def in_force(self) -> bool:
        """Whether it is in force."""
        return self.state in IN_FORCE


@attrs.frozen
class Caveat:
    """What a nation says of a rule for itself, as it stands: one that is withdrawn is none."""

    notice: Notice
    rule: RoeRule


@attrs.frozen
class Profile:
    """All that the log says at a time.

    Attributes:
        at: that time. entries: of how many it was made.
        notices: all of them, by book, nation, act and serial.
        rulings: of the notices that count. caveats: in force.
        gaps: an alarm each.
        changes: the next time at which something changes by itself, or 0.
    """

    at: int
    entries: int
    notices: tuple[Notice, ...]
    rulings: tuple[Ruling, ...]
    caveats: tuple[Caveat, ...]
    gaps: tuple[Gap, ...]
    changes: int

    def of(self, notice: Notice) -> tuple[Ruling, ...]:
        """The rules that a notice states, or changes."""
        name = notice.logged.entry
        if notice.act in {RoeAct.AMEND, RoeAct.CANCEL, RoeAct.DENY} and notice.basis is not None:
            touched = notice.said.numbers or notice.basis.said.numbers
            return tuple(r for r in self.of(notice.basis) if r.rule.number in touched)
        return tuple(ruling for ruling in self.rulings if ruling.notice.logged.entry == name)


def fold(log: Iterable[Logged], rules: Authorities, at: int) -> Profile:
    """The profile at a time.

    Args:
        log: notices and endorsements that are here, in any order.
        rules: what the charter says.
        at: Unix seconds.
    """
    read = read_log(log, rules)
    notices = sorted((read.judge(entry) for entry in read.notices), key=_place)
    counting = [notice for notice in notices if notice.counts]
    rulings = tuple(chain.from_iterable(map(_Fold(counting, at).of, counting)))
    times = {time for n in counting for time in (n.said.effective, n.said.expires) if time > at}
    entries = len(read.notices) + sum(map(len, read.signed.values()))
    return Profile(
        at, entries, tuple(notices), rulings, tuple(_caveats(counting, at)), read.gaps, min(times, default=0)
    )


def _place(notice: Notice) -> tuple[object, ...]:
    return (*notice.series, notice.said.serial, notice.logged.entry)


def _caveats(counting: list[Notice], at: int) -> Iterator[Caveat]:
    newest: dict[tuple[object, ...], Caveat] = {}
    for notice in counting:
        said = notice.said
        if notice.act is RoeAct.CAVEAT and said.effective <= at and not 0 < said.expires <= at:
            for rule in said.rules:
                newest[(*notice.series, rule.number)] = Caveat(notice, rule)
    for caveat in newest.values():
        if caveat.rule.verb != RoeVerb.PERMITTED:
            yield caveat


@attrs.frozen
class _Happening:
    """Something that befalls a rule: when, what, and by which notice."""

    time: int
    event: RuleEvent
    by: Notice

    @property
    def order(self) -> tuple[int, int, int]:
        """What ends a rule comes before what begins at the same moment: that never began."""
        return (self.time, _AT_ONCE[self.event], self.by.said.serial)


_AT_ONCE = {
    RuleEvent.AUTHORISE: 0,
    RuleEvent.DENY: 1,
    RuleEvent.EXPIRE: 2,
    RuleEvent.CANCEL: 3,
    RuleEvent.SUPERSEDE: 4,
    RuleEvent.IMPLEMENT: 5,
    RuleEvent.AMEND: 6,
}


class _Fold:
    """The notices that count, sorted, and the time that is asked for."""

    def __init__(self, counting: Iterable[Notice], at: int) -> None:
        self.at = at
        self.on: dict[tuple[bytes, RoeAct], list[Notice]] = {}
        self.stating: dict[tuple[Series, str], list[Notice]] = {}
        self.alone: dict[tuple[bytes, str], Ruling] = {}
        for notice in counting:
            if notice.basis is not None:
                self.on.setdefault((notice.said.basis, notice.act), []).append(notice)
            for number in notice.said.numbers:
                self.stating.setdefault((notice.series, number), []).append(notice)

    def of(self, notice: Notice) -> Iterator[Ruling]:
        """What became of the rules that a notice states, unless another notice speaks of them now."""
        for rule in notice.said.rules:
            if notice.act is RoeAct.IMPLEMENT:
                yield self._implemented(notice, rule)
            elif notice.act is RoeAct.AUTHORISE and not self._on(notice, rule, RoeAct.IMPLEMENT):
                yield self._authorised(notice, rule)
            elif notice.act is RoeAct.REQUEST and not self._on(notice, rule, RoeAct.AUTHORISE):
                denied = [_Happening(n.said.effective, RuleEvent.DENY, n) for n in self._on(notice, rule, RoeAct.DENY)]
                yield self._run(notice, rule, RuleState.REQUESTED, denied)

    def _authorised(self, notice: Notice, rule: RoeRule) -> Ruling:
        happens = [_Happening(0, RuleEvent.AUTHORISE, notice), *self._cancelled(notice, rule)]
        later = self._neighbours(notice, rule)[1]
        happens += _first(0, ((each.said.effective, each) for each in later))
        return self._run(notice, rule, RuleState.REQUESTED, happens)

    def _implemented(self, notice: Notice, rule: RoeRule) -> Ruling:
        before, later = self._neighbours(notice, rule)
        runs = (self._alone(each, rule.number) for each in later)
        superseded = _first(_begins(notice), ((run.begins, run.notice) for run in runs if run.began))
        ruling = self._run(notice, rule, RuleState.AUTHORISED, [*self._of_implemented(notice, rule), *superseded])
        if ruling.before or before is None:
            return ruling
        return attrs.evolve(ruling, before=self._alone(before, rule.number).rule)

    def _alone(self, notice: Notice, number: str) -> Ruling:
        """What would become of an implemented rule if no other notice stated its number."""
        key = (notice.logged.entry, number)
        if key not in self.alone:
            (rule,) = (rule for rule in notice.said.rules if rule.number == number)
            self.alone[key] = self._run(notice, rule, RuleState.AUTHORISED, self._of_implemented(notice, rule))
        return self.alone[key]

    def _of_implemented(self, notice: Notice, rule: RoeRule) -> list[_Happening]:
        """What befalls it by what stands on it, and on what it stands on."""
        begins = _begins(notice)
        happens = [_Happening(begins, RuleEvent.IMPLEMENT, notice), *self._cancelled(notice, rule)]
        happens += [] if notice.basis is None else self._cancelled(notice.basis, rule)
        happens += [
            _Happening(max(begins, each.said.effective), RuleEvent.AMEND, each)
            for each in self._on(notice, rule, RoeAct.AMEND)
        ]
        return happens

    def _cancelled(self, notice: Notice, rule: RoeRule) -> list[_Happening]:
        on = self._on(notice, rule, RoeAct.CANCEL)
        return [_Happening(each.said.effective, RuleEvent.CANCEL, each) for each in on]

    def _on(self, notice: Notice, rule: RoeRule, act: RoeAct) -> list[Notice]:
        """Notices of a kind that stand on one and are of this rule of it."""
        on = self.on.get((notice.logged.entry, act), ())
        return [each for each in on if rule.number in (each.said.numbers or notice.said.numbers)]

    def _neighbours(self, notice: Notice, rule: RoeRule) -> tuple[Notice | None, Iterator[Notice]]:
        """Of the notices of its series that state the number: the one before it, and those after it, by serial."""
        stating = self.stating[notice.series, rule.number]
        at = bisect_left(stating, notice.said.serial, key=lambda each: each.said.serial)
        return (stating[at - 1] if at else None), islice(stating, at + 1, None)

    def _run(self, notice: Notice, rule: RoeRule, state: RuleState, happens: Iterable[_Happening]) -> Ruling:
        """Let happen what has happened until now."""
        run = Ruling(notice, rule, None, state, notice.said.effective, notice, False, _begins(notice), _ends(notice))
        amended = 0
        for each in sorted(happens, key=lambda each: each.order):
            if each.time > self.at:
                break
            run = _expire(run, each.time)
            after = step(run.state, each.event)
            if each.event is RuleEvent.AMEND and after is RuleState.AMENDED and each.by.said.serial > amended:
                amended = each.by.said.serial
                new = each.by.said.rule(rule.number) or run.rule
                run = attrs.evolve(run, rule=new, before=run.rule, ends=_ends(notice, each.by))
            elif each.event is RuleEvent.AMEND or after is run.state:
                continue
            began = run.began or after in IN_FORCE
            run = attrs.evolve(run, state=after, since=each.time, by=each.by, began=began)
        return _expire(run, self.at)


def _first(begins: int, later: Iterable[tuple[int, Notice]]) -> list[_Happening]:
    """What supersedes a rule that begins then: the first of the later ones to begin, and not before it."""
    found: list[_Happening] = []
    for at, notice in later:
        if not found or at < found[0].time:
            found = [_Happening(max(at, begins), RuleEvent.SUPERSEDE, notice)]
        if at <= begins:
            break  # nothing is earlier
    return found


def _expire(run: Ruling, now: int) -> Ruling:
    after = step(run.state, RuleEvent.EXPIRE)
    if not 0 < run.ends <= now or after is run.state:
        return run
    return attrs.evolve(run, state=after, since=run.ends, by=run.notice)


def _begins(notice: Notice) -> int:
    """Not before what it stands on."""
    on = 0 if notice.basis is None else notice.basis.said.effective
    return max(notice.said.effective, on)


def _ends(notice: Notice, amended: Notice | None = None) -> int:
    """Not after what it stands on; 0: without end."""
    ends = [(amended or notice).said.expires]
    if notice.act is RoeAct.IMPLEMENT and notice.basis is not None:
        ends.append(notice.basis.said.expires)
    return min((each for each in ends if each), default=0)
