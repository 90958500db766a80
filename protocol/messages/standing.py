"""Which ROE notices count (SPEC 8.11): what is wrong with one, in the light of all others that are here.

`judge_all` is a pure fold over a set: the order in which entries came, and how often, does not matter.

Rule 1: what does not count is kept and named with its reason, so that nobody acts on it unknowing.
Rule 2: what gives must be whole: signed by whom and by as many as the charter asks, in its place of its series, within
what it stands on. What takes away (a cancellation, a caveat) counts also where an earlier serial is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property

import attrs

from protocol.messages.roe import (
    BY_AUTHORITY,
    TAKES_AWAY,
    WIDTH,
    WORDS,
    RoeAct,
    RoeEndorsementPayload,
    RoeNoticePayload,
    RoeRule,
    RoeVerb,
    bases,
)
from protocol.messages.signatory import Authorities, Signatory
from protocol.trust.access import may_repeat
from protocol.trust.label import ReleaseKey, label_of


class Flaw(StrEnum):
    """Why a notice does not count; of several, the first."""

    DISPUTED = "disputed"
    DISOWNED = "disowned"
    UNAUTHORISED = "unauthorised"
    UNSIGNED = "unsigned"
    SERIAL_TWICE = "serial-twice"
    OUT_OF_ORDER = "out-of-order"
    NO_BASIS = "no-basis"
    BASIS_VOID = "basis-void"
    OTHER_LABEL = "other-label"
    WIDER = "wider"


@attrs.frozen
class Logged:
    """An entry of the log, opened.

    Attributes:
        entry: its id. author: as certified. mark: DISPUTED or DISOWNED, or none.
    """

    entry: bytes
    channel: bytes
    release: ReleaseKey
    author: Signatory
    payload: RoeNoticePayload | RoeEndorsementPayload
    mark: Flaw | None = None

    @property
    def book(self) -> tuple[bytes, bytes]:
        """Channel and packed release key: within one the serials run."""
        return (self.channel, self.release.packed)


Series = tuple[tuple[bytes, bytes], int, RoeAct]
"""Book, nation, act."""


@attrs.frozen
class Notice:
    """A notice, and what is to be said of it.

    Attributes:
        flaw: why it does not count, or none. detail: in words, with numbers.
        signers: whose signatures count under it, its author's first. needed: how many it needs.
        basis: the notice that it stands on, if that is here.
    """

    logged: Logged
    said: RoeNoticePayload
    flaw: Flaw | None
    detail: str
    signers: tuple[Signatory, ...]
    needed: int
    basis: Notice | None = None

    @property
    def act(self) -> RoeAct:
        """What it does."""
        return RoeAct(self.said.act)

    @property
    def series(self) -> Series:
        """The series that its serial is of."""
        return (self.logged.book, self.logged.author.nation, self.act)

    @property
    def counts(self) -> bool:
        """Whether it does what it says."""
        return self.flaw is None


@attrs.frozen
class Gap:
    """Serials that are missing: an alarm.

    Attributes:
        first, last: of the missing ones.
    """

    series: Series
    first: int
    last: int

    @property
    def words(self) -> str:
        """E.g. "IMPL 003 is missing"."""
        name = WORDS[self.series[2]]
        if self.first == self.last:
            return f"{name} {self.first:03d} is missing"
        return f"{name} {self.first:03d} to {self.last:03d} are missing"


@attrs.frozen
class _Fault:
    flaw: Flaw
    detail: str = ""


@attrs.frozen
class Log:
    """All notices that are here, by the ids of their entries, and the signatures under them."""

    notices: Mapping[bytes, tuple[Logged, RoeNoticePayload]]
    signed: Mapping[bytes, tuple[Logged, ...]]
    rules: Authorities

    @cached_property
    def serials(self) -> dict[Series, dict[int, int]]:
        """How many notices have each serial of a series. What its author may not issue takes no place in it."""
        found: dict[Series, dict[int, int]] = {}
        for logged, said in self.notices.values():
            if self._unauthorised(logged, said) is None:
                numbers = found.setdefault(_series(logged, said), {})
                numbers[said.serial] = numbers.get(said.serial, 0) + 1
        return found

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Serials that are missing below one that is here."""
        return tuple(
            Gap(series, before + 1, after - 1)
            for series, numbers in sorted(self.serials.items())
            for before, after in zip((0, *sorted(numbers)), sorted(numbers), strict=False)
            if after > before + 1
        )

    @cached_property
    def first_gaps(self) -> dict[Series, Gap]:
        """The first gap of each series that has one."""
        return {gap.series: gap for gap in reversed(self.gaps)}

    def judge(self, entry: bytes) -> Notice:
        """What is to be said of one notice, after what it stands on: of a kind that it may, so that this ends."""
        logged, said = self.notices[entry]
        _, other = self.notices.get(said.basis, (None, None))
        sound = other is not None and RoeAct(other.act) in bases(RoeAct(said.act))
        basis = self.judge(said.basis) if sound else None
        signers = self._signers(logged, said)
        needed = self.rules.signatures if RoeAct(said.act) in BY_AUTHORITY else 1
        fault = (
            self._unauthorised(logged, said)
            or self._unsigned(signers, needed)
            or self._misplaced(logged, said)
            or _unfounded(logged, said, basis)
        )
        return Notice(
            logged, said, fault.flaw if fault else None, fault.detail if fault else "", signers, needed, basis
        )

    def _unauthorised(self, logged: Logged, said: RoeNoticePayload) -> _Fault | None:
        if logged.mark is not None:
            return _Fault(logged.mark)
        if RoeAct(said.act) not in BY_AUTHORITY:
            return None if self.rules.counts(logged.author) else _Fault(Flaw.UNAUTHORISED)
        return None if self.rules.may_issue(logged.author) else _Fault(Flaw.UNAUTHORISED)

    def _signers(self, logged: Logged, said: RoeNoticePayload) -> tuple[Signatory, ...]:
        signers = {(logged.author.nation, logged.author.person): logged.author}
        if RoeAct(said.act) in BY_AUTHORITY:
            for each in self.signed.get(logged.entry, ()):
                if each.mark is None and each.book == logged.book and self.rules.may_sign(each.author):
                    signers.setdefault((each.author.nation, each.author.person), each.author)
        first, *others = signers.values()
        return (first, *sorted(others, key=lambda who: (who.nation, who.person)))

    def _unsigned(self, signers: tuple[Signatory, ...], needed: int) -> _Fault | None:
        return None if len(signers) >= needed else _Fault(Flaw.UNSIGNED, f"signed by {len(signers)} of {needed}")

    def _misplaced(self, logged: Logged, said: RoeNoticePayload) -> _Fault | None:
        series = _series(logged, said)
        if self.serials[series][said.serial] > 1:
            return _Fault(Flaw.SERIAL_TWICE, f"{said.name} was issued twice")
        gap = self.first_gaps.get(series)
        takes = RoeAct(said.act) in TAKES_AWAY and not _withdraws(said)
        return None if gap is None or gap.first > said.serial or takes else _Fault(Flaw.OUT_OF_ORDER, gap.words)


def _series(logged: Logged, said: RoeNoticePayload) -> Series:
    return (logged.book, logged.author.nation, RoeAct(said.act))


def _withdraws(said: RoeNoticePayload) -> bool:
    """Whether a caveat gives back what an earlier one took."""
    return any(rule.verb == RoeVerb.PERMITTED for rule in said.rules)


def _unfounded(logged: Logged, said: RoeNoticePayload, basis: Notice | None) -> _Fault | None:
    """What is wrong with a notice for the sake of what it stands on."""
    act = RoeAct(said.act)
    if act in {RoeAct.REQUEST, RoeAct.AUTHORISE, RoeAct.CAVEAT}:
        return None  # an authority needs no request
    if basis is None:
        return _Fault(Flaw.NO_BASIS, "what it stands on is not here, or of another kind")
    if not basis.counts:
        return _Fault(Flaw.BASIS_VOID, f"{basis.said.name} is not valid itself")
    if act is RoeAct.AMEND and logged.author.nation != basis.logged.author.nation:
        return _Fault(Flaw.UNAUTHORISED, f"{basis.said.name} is another nation's")
    return _mislabelled(logged, said, basis) or _wider(act, said, basis)


def _mislabelled(logged: Logged, said: RoeNoticePayload, basis: Notice) -> _Fault | None:
    """A change must reach all whom the rule reached; what repeats a rule is of no lower label than it."""
    other = basis.logged
    name = basis.said.name
    if RoeAct(said.act) in {RoeAct.AMEND, RoeAct.CANCEL}:
        return None if other.book == logged.book else _Fault(Flaw.OTHER_LABEL, f"not under the label of {name}")
    kept = other.channel == logged.channel and may_repeat(label_of(logged.release), [label_of(other.release)]) is None
    return None if kept else _Fault(Flaw.OTHER_LABEL, f"in another channel than {name}, or under a lower label")


def _wider(act: RoeAct, said: RoeNoticePayload, basis: Notice) -> _Fault | None:
    beyond = sorted(said.numbers - basis.said.numbers)
    if beyond:
        return _Fault(Flaw.WIDER, f"{basis.said.name} does not have {beyond[0]}")
    authorised = {RoeAct.IMPLEMENT: basis, RoeAct.AMEND: basis.basis}.get(act)
    if authorised is None:
        return None
    for rule in said.rules:
        known = authorised.said.rule(rule.number)
        if known is None or known.option != rule.option or WIDTH[RoeVerb(rule.verb)] > WIDTH[RoeVerb(known.verb)]:
            return _Fault(Flaw.WIDER, f"{title(rule)} is wider than {authorised.said.name}")
    return None


def title(rule: RoeRule) -> str:
    """Number and option of a rule."""
    return f"{rule.number} {rule.option}".strip()


def read_log(log: Iterable[Logged], rules: Authorities) -> Log:
    """Sort entries of the log, each once."""
    once = {each.entry: each for each in log}
    notices: dict[bytes, tuple[Logged, RoeNoticePayload]] = {}
    signed: dict[bytes, list[Logged]] = {}
    for _, each in sorted(once.items()):
        if isinstance(each.payload, RoeNoticePayload):
            notices[each.entry] = (each, each.payload)
        else:
            signed.setdefault(each.payload.notice, []).append(each)
    return Log(notices, {name: tuple(ones) for name, ones in signed.items()}, rules)
