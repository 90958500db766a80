"""Who has a message: its recipients rolled up by person and by nation (SPEC 8.5 and 10.5).

Rule 1: no over-claim. A nation is shown at the furthest state that somebody reached, with how many of its persons are
there at least; it is complete only if all are.
Rule 2: a person is where the furthest of the person's devices is.
Rule 3: a bot can be delivered to and no more: above that it makes nobody incomplete.
Rule 4: one question about a message at a time; what is told meanwhile makes one question more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from coalchat.api.nouns import Delivery, Message, NationState
from coalchat.api.requests import GetMessageStatus
from coalchat.api.responses import MessageStatus
from coalchat.api.vocabulary import Answer, Role, State
from coalchat.desk.model.changes import Asks
from coalchat.desk.model.whoviews import NationRow, PersonRow, Tally
from coalchat.desk.model.words import clock, clock_beside
from coalchat.record import field, part, record

_CLOSES: Final = {
    State.QUEUED: "a link that takes it",
    State.SENT: "contact with the device",
    State.HELD: "contact with the device",
    State.DELIVERED: "the person reading it",
    State.READ: "the person acknowledging it",
    State.REFUSED: "sending it anew",
    State.EXPIRED: "sending it anew",
}


@part
class Receipts:
    """What the node has said about messages, by entry id."""

    _statuses: dict[str, MessageStatus] = field(factory=dict)
    _first: dict[str, tuple[NationState, ...]] = field(factory=dict)
    _asked: set[str] = field(factory=set)
    _moved: set[str] = field(factory=set)
    _stale: set[str] = field(factory=set)

    def start(self) -> None:
        """A new connection: nothing is under way."""
        self._asked.clear()

    def ask(self, entry_id: str) -> Asks:
        """Ask anew about a message."""
        if entry_id in self._asked:
            self._moved.add(entry_id)
            return ()
        self._asked.add(entry_id)
        self._stale.discard(entry_id)
        return (GetMessageStatus(id=entry_id),)

    def lacks(self, entry_id: str) -> Asks:
        """Ask about a message of which nothing is known, or that has moved since."""
        known = entry_id in self._statuses and entry_id not in self._stale
        return () if known or entry_id in self._asked else self.ask(entry_id)

    def moved(self, entry_id: str) -> None:
        """A message that nobody looks at has moved: it is asked about when somebody does."""
        self._stale.add(entry_id)

    def renamed(self, channel_ids: Collection[str], looked_at: Iterable[str]) -> Asks:
        """Other persons stand in there for their nations: what is known is asked about when somebody looks, or does."""
        told = {key for key, status in self._statuses.items() if status.channel_id in channel_ids}
        self._stale |= told
        return tuple(ask for key in looked_at if key in told for ask in self.lacks(key))

    def sent(self, entry_id: str, nations: tuple[NationState, ...]) -> None:
        """What the answer to sending said, before persons are known."""
        self._first[entry_id] = nations

    def took(self, status: MessageStatus) -> Asks:
        """The node's answer; a question more, if it moved meanwhile."""
        self._statuses[status.entry_id] = status
        self._first.pop(status.entry_id, None)
        return self.failed(status.entry_id)

    def failed(self, entry_id: str) -> Asks:
        """There is no answer, or it is here: the next question may go out."""
        self._asked.discard(entry_id)
        if entry_id not in self._moved:
            return ()
        self._moved.discard(entry_id)
        return self.ask(entry_id)

    def forget(self, entry_id: str) -> None:
        """The message was dropped."""
        for known in (self._statuses, self._first):
            known.pop(entry_id, None)
        self._stale.discard(entry_id)

    # --- views ---

    def tallies(self, message: Message, order: Sequence[str]) -> tuple[Tally, ...]:
        """How far an own message is, by nation. Of a nation of which no person is known, `of` is 0."""
        if (status := self._statuses.get(message.entry_id)) is not None:
            return tuple(_tally(nation, rows) for nation, rows in _by_nation(status.deliveries, order))
        first = {state.nation: state.state for state in self._first.get(message.entry_id, ())}
        return tuple(_nobody(nation, first[nation]) for nation in order if nation in first)

    def nations(self, message: Message, order: Sequence[str], at: At | None = None) -> tuple[NationRow, ...]:
        """The same with its persons. `at`: what the desk knows besides of this moment."""
        status = self._statuses.get(message.entry_id)
        if status is None:
            return tuple(NationRow(tally=tally, persons=()) for tally in self.tallies(message, order))
        wanted = wanted_of(message, status)
        at = at or At()
        deputies = {one.nation: one.person for one in status.deputies if not 0 < one.until <= at.now}
        return tuple(
            _nation(nation, rows, wanted, message.mine, at, deputies.get(nation, ""))
            for nation, rows in _by_nation(status.deliveries, order)
        )

    def others(self, message: Message) -> tuple[str, ...]:
        """Who else could be asked to see to it: "XCC Mets"."""
        status = self._statuses.get(message.entry_id)
        if status is None:
            return ()
        wanted = wanted_of(message, status)
        return tuple(
            f"{nation} {name}"
            for nation, rows in _by_nation(status.deliveries, message.nations)
            for name in deputies(rows, wanted)
        )

    def complete(self, message: Message) -> bool:
        """Whether every known person of every nation has done what the message asks for."""
        status = self._statuses.get(message.entry_id)
        if status is None:
            return False
        wanted = wanted_of(message, status)
        rows = _by_nation(status.deliveries, message.nations)
        return all(_persons(of) and not any(_gap(_best(devices), wanted) for devices in _persons(of)) for _, of in rows)

    def delivered(self, message: Message) -> bool:
        """Whether every known person of every nation has it."""
        status = self._statuses.get(message.entry_id)
        if status is None:
            return False
        rows = _by_nation(status.deliveries, message.nations)
        return all(
            _persons(of) and all(_best(devices).state.reaches(State.DELIVERED) for devices in _persons(of))
            for _, of in rows
        )


def wanted_of(message: Message, status: MessageStatus) -> State:
    """How far a message should come with a person."""
    return State.ACKNOWLEDGED if message.ack_by else status.asked


def _by_nation(deliveries: Iterable[Delivery], order: Sequence[str]) -> list[tuple[str, list[Delivery]]]:
    found: dict[str, list[Delivery]] = {nation: [] for nation in order}
    for delivery in deliveries:
        found.setdefault(delivery.nation, []).append(delivery)
    return [(nation, rows) for nation, rows in found.items() if rows]


def _persons(rows: Iterable[Delivery]) -> list[list[Delivery]]:
    """Devices of each person; of one without a certificate here nobody knows whose it is: it stands alone.

    A bot is nobody's device, whatever its name: what it has, no person has.
    """
    persons: dict[tuple[str, bool, int | None], list[Delivery]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.person is not None:
            name = row.person_id or row.person
            persons[name, row.role is Role.BOT, None if name else index].append(row)
    return list(persons.values())


def _best(devices: Sequence[Delivery]) -> Delivery:
    return max(devices, key=lambda row: (row.state.rank, row.answer is not None, -row.since))


def _capped(row: Delivery) -> State:
    return State.DELIVERED if row.role is Role.BOT and row.state.reaches(State.DELIVERED) else row.state


def _wanted(row: Delivery, wanted: State) -> State:
    return State.DELIVERED if row.role is Role.BOT else wanted


def _gap(row: Delivery, wanted: State) -> bool:
    return not row.state.reaches(_wanted(row, wanted))


def _tally(nation: str, rows: Sequence[Delivery]) -> Tally:
    best = [_best(devices) for devices in _persons(rows)]
    if not best:
        return _nobody(nation, max((row.state for row in rows), key=lambda state: state.rank))
    state = max((_capped(row) for row in best), key=lambda state: state.rank)
    counted = [row for row in best if row.role is not Role.BOT] if state.rank > State.DELIVERED.rank else best
    answers = {row.answer for row in best}
    return Tally(
        nation=nation,
        state=state,
        reached=sum(row.state.reaches(state) for row in counted),
        of=len(counted),
        caveat=Answer.CAVEAT in answers,
        unable=Answer.UNABLE in answers,
    )


def _nobody(nation: str, state: State) -> Tally:
    return Tally(nation=nation, state=state, reached=0, of=0, caveat=False, unable=False)


@record
class At:
    """What the desk knows of this moment.

    Attributes:
        now: Unix seconds, or 0: times then bear their day. own, person: this person's nation and name.
        away: of nations without a link, since when: "no link since 1210Z".
    """

    now: int = 0
    own: str = ""
    person: str = ""
    away: tuple[tuple[str, str], ...] = ()


def _nation(nation: str, rows: Sequence[Delivery], wanted: State, mine: bool, at: At, deputy: str) -> NationRow:
    persons = _persons(rows)
    asked = deputy or next(iter(deputies(rows, wanted)), "")
    return NationRow(
        tally=_tally(nation, rows),
        persons=tuple(_person(devices, wanted, mine, asked, at) for devices in persons),
        deputy=deputy,
        lacks=not persons or any(row.role is not Role.BOT and _gap(row, wanted) for row in map(_best, persons)),
    )


def deputies_asked(nations: Iterable[NationRow]) -> str:
    """Whom an escalation to the nations' deputies asks: "XBB Kowal; XCC has none"; "" where none of these has one."""
    lacking = [row for row in nations if row.lacks]
    if not any(row.deputy for row in lacking):
        return ""
    return "; ".join(f"{row.tally.nation} {row.deputy or 'has none'}" for row in lacking)


def deputies(rows: Sequence[Delivery], wanted: State) -> list[str]:
    """Persons of a nation who have it, where another lacks it: who is furthest comes first."""
    best = [_best(devices) for devices in _persons(rows)]
    if not any(_gap(row, wanted) for row in best):
        return []
    there = [row for row in best if row.person and row.role is not Role.BOT and row.state.reaches(State.DELIVERED)]
    return [row.person or "" for row in sorted(there, key=lambda row: (-row.state.rank, row.person or ""))]


def _times(devices: Sequence[Delivery], at: At) -> tuple[tuple[State, str], ...]:
    """When the first of his devices was so far."""
    first: dict[State, int] = {}
    for row in devices:
        known = {State.DELIVERED: row.delivered_at, State.READ: row.read_at, row.state: row.since}
        for state, when in known.items():
            if when:
                first[state] = min(when, first.get(state, when))
    return tuple((state, stamp(when, at.now)) for state, when in first.items() if state is not State.QUEUED)


def stamp(seconds: int, now: int) -> str:
    """ "1538", of another day "211538": all of them are in Z."""
    return clock_beside(seconds, now).removesuffix("Z")


def _closes(row: Delivery, wanted: State, mine: bool, you: bool, deputy: str) -> tuple[str, str]:
    """The key, and what it does; or nobody's key, and what closes the gap."""
    if wanted is State.ACKNOWLEDGED and you:
        return ("A", "acknowledge")
    if wanted is State.ACKNOWLEDGED and mine and row.state.reaches(State.DELIVERED):
        return ("R", "remind")
    if wanted is State.ACKNOWLEDGED and mine and row.state.rank >= 0 and deputy not in {"", row.person}:
        return ("E", f"escalate to {deputy}")
    return ("", _CLOSES.get(row.state, ""))


def _person(devices: Sequence[Delivery], wanted: State, mine: bool, deputy: str, at: At) -> PersonRow:
    best = _best(devices)
    you = bool(best.person) and (best.nation, best.person) == (at.own, at.person)
    gap, now = _gap(best, wanted), _now(best, wanted)
    away = dict(at.away).get(best.nation, "") if best.state is State.QUEUED else ""
    numbers = sorted({row.device for row in devices if row.device})
    return PersonRow(
        person=best.person or "unknown",
        role="" if best.role is None else best.role.value,
        device=",".join(map(str, numbers)),
        state=best.state,
        answer=best.answer,
        since=clock(best.since) if best.since else "",
        now=now,
        gap=gap,
        times=_times(devices, at),
        why=f"{now}, {away}" if away else now,
        you=you,
        closes=_closes(best, wanted, mine, you, deputy) if gap else ("", ""),
    )


def _now(row: Delivery, wanted: State) -> str:
    """Where a person stands, in words that never say more than the state."""
    if row.state is State.ACKNOWLEDGED:
        word = {Answer.WILCO: "wilco", Answer.UNABLE: "unable", Answer.CAVEAT: "caveat"}.get(row.answer or Answer.NONE)
        return _because(word, row.reason) if word else "acknowledged"
    if row.state is State.DELIVERED and row.role is Role.BOT and wanted is State.ACKNOWLEDGED:
        return "bot, cannot acknowledge"
    if row.state is State.HELD:
        return f"held {row.reason}".strip()
    words = {State.QUEUED: "queued here", State.SENT: "left, nothing heard"}
    return _because(words.get(row.state, row.state.value), row.reason)


def _because(word: str, reason: str) -> str:
    return f"{word}: {reason}" if reason else word
