"""ROE as clients see them (SPEC 8.11, 12): rulings, caveats, notices, and who has acknowledged."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

import attrs

from coalchat.api import roe as api
from coalchat.api.vocabulary import Answer
from coalchat.custody.notices import notice_text
from coalchat.node.context import Context
from coalchat.node.folding import ANSWERS
from coalchat.node.roe import Roe
from coalchat.node.times import dtg
from coalchat.store.rows import Acknowledgement, Message
from protocol.base.records import decode
from protocol.messages.profile import Caveat, Profile, Ruling
from protocol.messages.receipts import Response
from protocol.messages.roe import RoeAct, RoeNoticePayload, RoeRule, RoeVerb
from protocol.messages.ruling import RuleState
from protocol.messages.signatory import PERSONS
from protocol.messages.standing import Flaw, Gap, Notice
from protocol.trust.label import ReleaseKey, label_of

MAX_RESERVATIONS = 16
"""Of a notice, on the board; the notice itself shows all."""
MAX_MISSING = 32
"""Names of a tally: beyond them the number says it."""

_FLAWS = {
    Flaw.DISPUTED: "disputed: its author signed two entries at its place",
    Flaw.DISOWNED: "disowned by its nation",
    Flaw.UNAUTHORISED: "its author is not one whom the charter names",
}
_ENDED = frozenset({RuleState.CANCELLED, RuleState.EXPIRED, RuleState.SUPERSEDED, RuleState.DENIED})
_RESERVED = frozenset({Answer.CAVEAT, Answer.UNABLE})
_RULED = frozenset({RoeAct.REQUEST, RoeAct.AUTHORISE, RoeAct.IMPLEMENT, RoeAct.AMEND})
"""Kinds of which nothing is in force while none of their rules is."""


def roe_line(context: Context, roe: Roe, entry_id: bytes, said: RoeNoticePayload) -> str:
    """A notice as it stands in a timeline: what it says, and above it if it is not in force."""
    profile = roe.profile()
    notice = next((n for n in profile.notices if n.logged.entry == entry_id), None)
    basis = next((n for n in profile.notices if n.logged.entry == said.basis), None)
    text = notice_text(said, context.member.coalition.codes, "" if basis is None else basis.said.name)
    why = "" if notice is None else notice_reason(profile, notice)
    return f"NOT IN FORCE: {why}\n{text}" if why else text


def ruling_reason(ruling: Ruling) -> str:
    """Why a rule is not in force; "" if it is."""
    state, by = ruling.state, ruling.by.said.name
    at = f" at {dtg(ruling.since)}" if ruling.since else ""
    words = {
        RuleState.REQUESTED: "requested, and not answered",
        RuleState.DENIED: f"denied by {by}",
        RuleState.SUPERSEDED: f"superseded by {by}{at}",
        RuleState.CANCELLED: f"cancelled by {by}{at}",
        RuleState.EXPIRED: f"expired {dtg(ruling.since)}",
        RuleState.AUTHORISED: "authorised, not implemented: held back"
        if ruling.notice.act is RoeAct.AUTHORISE
        else f"begins {dtg(ruling.begins)}",
    }
    return words.get(state, "")


def notice_reason(profile: Profile, notice: Notice) -> str:
    """Why nothing of a notice is in force; "" if something is, or it is of a kind that has done what it does."""
    if notice.flaw is not None:
        return notice.detail or _FLAWS[notice.flaw]
    said = notice.said
    if notice.act in _RULED:
        rulings = profile.of(notice)
        # Of what was authorised and implemented the implementation speaks.
        alive = not rulings or any(ruling.in_force for ruling in rulings)
        return "" if alive else ruling_reason(rulings[0])
    if said.effective > profile.at:
        return f"begins {dtg(said.effective)}"
    return f"expired {dtg(said.expires)}" if 0 < said.expires <= profile.at else ""


def is_closed(profile: Profile, notice: Notice) -> bool:
    """Whether nothing of a notice is in force, or will be, so that nobody need answer it."""
    if not notice.counts:
        return True
    rulings = profile.of(notice)
    ended = bool(rulings) and all(ruling.state in _ENDED for ruling in rulings)
    return notice.act in _RULED and ended


@attrs.frozen
class Nouns:
    """Makes nouns of one profile."""

    context: Context = attrs.field(repr=False)
    profile: Profile = attrs.field(repr=False)
    rows: dict[bytes, Message] = attrs.field(repr=False)
    _cleared: dict[tuple[int, bytes], dict[bytes, str]] = attrs.field(factory=dict, init=False, repr=False)

    def code(self, nation: int) -> str:
        """A nation's code; of one that the charter does not have, its index."""
        codes = self.context.member.coalition.codes
        return codes[nation] if nation < len(codes) else str(nation)

    def codes(self, nations: Iterable[int]) -> tuple[str, ...]:
        """Codes of nations."""
        return tuple(self.code(nation) for nation in nations)

    # --- rulings, caveats, gaps ---

    def ruling(self, ruling: Ruling) -> api.RoeRuling:
        """One rule."""
        notice, said = ruling.notice, ruling.notice.said
        label = label_of(notice.logged.release)
        return api.RoeRuling(
            entry_id=notice.logged.entry.hex(),
            channel_id=notice.logged.channel.hex(),
            notice=said.name,
            nation=self.code(notice.logged.author.nation),
            rule=rule_noun(ruling.rule),
            before=None if ruling.before is None else rule_noun(ruling.before),
            state=api.RoeState(ruling.state.name.lower()),
            in_force=ruling.in_force,
            applies=not said.nations or self.context.member.nation in said.nations,
            reason=ruling_reason(ruling),
            since=ruling.since or notice.said.time,
            by=ruling.by.said.name,
            begins=ruling.begins,
            ends=ruling.ends,
            marking=self.context.member.marking(label),
            level=label.level,
            portion=self.context.member.portion(label),
            nations=self.codes(sorted(label.releasable)),
            applies_to=self.codes(said.nations),
            specified=said.applies,
        )

    def caveat(self, caveat: Caveat) -> api.RoeCaveat:
        """One caveat."""
        logged = caveat.notice.logged
        label = label_of(logged.release)
        return api.RoeCaveat(
            entry_id=logged.entry.hex(),
            channel_id=logged.channel.hex(),
            notice=caveat.notice.said.name,
            nation=self.code(logged.author.nation),
            person=logged.author.name,
            number=caveat.rule.number,
            verb=_VERBS[RoeVerb(caveat.rule.verb)],
            text="; ".join(text for text in (caveat.rule.text, caveat.rule.specify) if text),
            time=caveat.notice.said.time,
            marking=self.context.member.marking(label),
            level=label.level,
            portion=self.context.member.portion(label),
            nations=self.codes(sorted(label.releasable)),
        )

    def gap(self, gap: Gap) -> api.RoeGap:
        """One gap."""
        (channel, release), nation, act = gap.series
        return api.RoeGap(
            nation=self.code(nation),
            channel_id=channel.hex(),
            words=gap.words,
            act=api.RoeAct(act.name.lower()),
            marking=self.context.member.marking(label_of(decode(ReleaseKey, release))),
            first=gap.first,
            last=gap.last,
        )

    # --- notices ---

    def notice(self, notice: Notice) -> api.RoeNotice:
        """One notice."""
        logged, said, member = notice.logged, notice.said, self.context.member
        label = label_of(logged.release)
        place = member.place(logged.channel)
        row = self.rows[logged.entry]
        answers = self.answers(row)
        tally = self._tally(notice, row, answers)
        me = (member.nation, member.certificate.person)
        answered = next((ANSWERS[Response(a.answer)] for a in answers if (a.nation, a.person) == me), None)
        mine = (logged.author.nation, logged.author.person) == me
        closed = is_closed(self.profile, notice)
        concerns = not said.nations or member.nation in said.nations
        asked = said.ack_by > 0 and concerns and member.certificate.role in PERSONS
        befores = {r.rule.number: r.before for r in self.profile.of(notice)} if notice.act in _RULED else {}
        return api.RoeNotice(
            entry_id=logged.entry.hex(),
            channel_id=logged.channel.hex(),
            channel_title="" if place is None else getattr(place, "title", ""),
            name=said.name,
            act=api.RoeAct(notice.act.name.lower()),
            serial=said.serial,
            nation=self.code(logged.author.nation),
            person=logged.author.name,
            time=said.time,
            marking=member.marking(label),
            level=label.level,
            portion=member.portion(label),
            nations=self.codes(sorted(label.releasable)),
            basis=said.basis.hex(),
            basis_name="" if notice.basis is None else notice.basis.said.name,
            rules=tuple(rule_noun(rule) for rule in said.rules),
            before=tuple(_before(befores.get(rule.number)) for rule in said.rules),
            applies_to=self.codes(said.nations),
            specified=said.applies,
            effective=said.effective,
            expires=said.expires,
            ack_by=said.ack_by,
            remark=said.remark,
            flaw="" if notice.flaw is None else notice.flaw.value,
            reason=notice_reason(self.profile, notice),
            signers=tuple(api.RoeSigner(nation=self.code(who.nation), person=who.name) for who in notice.signers),
            needed=notice.needed,
            mine=mine,
            answered=answered,
            pending=asked and notice.counts and not closed and not mine and answered is None,
            closed=closed,
            tally=tally,
            reservations=self._reservations(answers),
            signed=any((who.nation, who.person) == me for who in notice.signers),
        )

    def answers(self, row: Message) -> list[Acknowledgement]:
        """The newest acknowledgement of each person, of this very entry."""
        newest: dict[tuple[int, bytes], Acknowledgement] = {}
        for given in self.context.store.read.acknowledgements(row.feed_id, row.seq):
            key = (given.nation, given.person)
            if given.entry_id == row.entry_id and (key not in newest or given.at > newest[key].at):
                newest[key] = given
        newest.pop((row.nation, row.person), None)
        return [newest[key] for key in sorted(newest)]

    def _reservations(self, answers: list[Acknowledgement]) -> tuple[api.RoeAnswer, ...]:
        newest = sorted(answers, key=lambda given: given.at, reverse=True)
        found = (given for given in newest if ANSWERS[Response(given.answer)] in _RESERVED)
        return tuple(self.answer(given) for given in islice(found, MAX_RESERVATIONS))

    def answer(self, given: Acknowledgement) -> api.RoeAnswer:
        """How one person acknowledged."""
        standing = self.context.member.directory.standing(given.device, self.context.now())
        return api.RoeAnswer(
            nation=self.code(given.nation),
            person="" if standing is None else standing.certified.certificate.name,
            answer=ANSWERS[Response(given.answer)],
            text=given.text,
            at=given.at,
        )

    def _tally(self, notice: Notice, row: Message, answers: list[Acknowledgement]) -> tuple[api.RoeTally, ...]:
        said = notice.said
        if not said.ack_by and not answers:
            return ()
        released = notice.logged.release.releasable
        asked = [nation for nation in released if not said.nations or nation in said.nations]
        return tuple(self._of_nation(notice, row, nation, answers) for nation in asked)

    def _of_nation(self, notice: Notice, row: Message, nation: int, answers: list[Acknowledgement]) -> api.RoeTally:
        given = {a.person: a for a in answers if a.nation == nation}
        known = self._persons(nation, notice.logged.release)
        if nation == row.nation:
            known = {person: name for person, name in known.items() if person != row.person}
        missing = sorted(name for person, name in known.items() if person not in given)
        said = [ANSWERS[Response(a.answer)] for a in given.values()]
        return api.RoeTally(
            nation=self.code(nation),
            persons=len(known.keys() | given.keys()),
            acknowledged=len(given),
            caveats=said.count(Answer.CAVEAT),
            unable=said.count(Answer.UNABLE),
            missing=tuple(missing[:MAX_MISSING]),
            since=max((a.at for a in given.values()), default=0) if not missing else 0,
        )

    def _persons(self, nation: int, release: ReleaseKey) -> dict[bytes, str]:
        """Persons of a nation, with their names, whose devices may read what is released so."""
        key = (nation, release.packed)
        if key not in self._cleared:
            cleared = self.context.member.cleared(nation, label_of(release))
            persons = {c.certificate.person: c.certificate.name for c in cleared if c.certificate.role in PERSONS}
            self._cleared[key] = persons
        return self._cleared[key]


_VERBS = {verb: api.RoeVerb(verb.name) for verb in RoeVerb}


def rule_noun(rule: RoeRule) -> api.RoeRule:
    """A rule."""
    return api.RoeRule(
        number=rule.number,
        option=rule.option,
        verb=_VERBS[RoeVerb(rule.verb)],
        text=rule.text,
        specify=rule.specify,
    )


def _before(rule: RoeRule | None) -> api.RoeRule | None:
    return None if rule is None else rule_noun(rule)
