"""Rules of engagement, as clients ask for them: the board, a notice, and the acts."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from coalchat.api import roe as api
from coalchat.api import roe_log
from coalchat.api.base import MAX_CLIENT_ID
from coalchat.api.codec import PAGE_ROOM, fitting
from coalchat.errors import UnknownMessage, UnknownNation, UsageError
from coalchat.node.accounting import high_water
from coalchat.node.answers.messages import MessageAnswers
from coalchat.node.answers.naming import find_channel
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.node.issuing import Issuing, find_notice
from coalchat.node.roe import Roe
from coalchat.node.roe_nouns import Nouns, rule_noun
from coalchat.node.sending import Key
from protocol.messages.payload import FORMAT
from protocol.messages.profile import Profile
from protocol.messages.receipts import Response
from protocol.messages.roe import RoeAct, RoeNoticePayload, RoeRule, RoeVerb, bases
from protocol.messages.standing import Notice
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Precedence
from protocol.trust.label import Label, label_of

PARTS = 3
"""Lists of the board that share a frame."""
MAX_GAPS = 100
"""Gaps that are named."""


@attrs.define(eq=False)
class RoeAnswers:
    """Handlers for ROE."""

    context: Context = attrs.field(repr=False)
    messages: MessageAnswers = attrs.field(repr=False)
    roe: Roe = attrs.field(init=False, repr=False)
    issuing: Issuing = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.roe = self.messages.roe
        self.issuing = Issuing(self.context, self.messages.sending, self.messages.receipting, self.roe)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            api.ListRoe: self.board,
            api.ShowRoe: self.show,
            roe_log.ListRoeLog: self.log,
            roe_log.PreviewRoe: self.preview,
            api.IssueRoe: self.issue,
            api.EndorseRoe: self.endorse,
            api.AcknowledgeRoe: self.acknowledge,
        }

    async def board(self, request: api.ListRoe, session: Session) -> api.RoeBoard:
        """What is in force at a time, and what is not."""
        del session
        if request.at < 0:
            raise UsageError("at: must be a time")
        channel = find_channel(self.context, request.channel).channel if request.channel else None
        profile = self.roe.profile(request.at)
        nouns = self._nouns(profile)
        notices = [
            nouns.notice(notice) for notice in profile.notices if channel is None or notice.logged.channel == channel
        ]
        notices.sort(key=lambda n: (not n.pending, n.ack_by if n.pending else 0, -n.time, n.entry_id))
        shown = fitting(notices, PAGE_ROOM // PARTS)
        rules, me = self.roe.rules, self.roe.me()
        here = None if channel is None else channel.hex()
        rulings = [noun for noun in map(nouns.ruling, profile.rulings) if here in {None, noun.channel_id}]
        rulings.sort(key=lambda r: (not r.in_force, r.channel_id))
        caveats = [noun for noun in map(nouns.caveat, profile.caveats) if here in {None, noun.channel_id}]
        kept = fitting(rulings, PAGE_ROOM // PARTS), fitting(caveats, PAGE_ROOM // PARTS)
        left_out = len(notices) - len(shown) + len(rulings) - len(kept[0]) + len(caveats) - len(kept[1])
        return api.RoeBoard(
            at=profile.at,
            entries=profile.entries,
            gaps=tuple(gap for gap in map(nouns.gap, profile.gaps[:MAX_GAPS]) if here in {None, gap.channel_id}),
            rulings=kept[0],
            caveats=kept[1],
            notices=shown,
            left_out=left_out,
            changes=profile.changes,
            needed=rules.signatures if rules.named else 0,
            own_nation=self.context.code(self.context.member.nation),
            words=api.JUDGES_NOTHING,
            speaks=rules.counts(me),
            issues=rules.may_issue(me),
            signs=rules.may_sign(me),
            authorities=tuple(
                api.RoeAuthority(nation=nouns.code(one.nation), name=one.name, issues=one.issues) for one in rules.named
            ),
        )

    async def log(self, request: roe_log.ListRoeLog, session: Session) -> roe_log.RoeLog:
        """Every notice that is here, page by page."""
        del session
        channel = find_channel(self.context, request.channel).channel if request.channel else None
        profile = self.roe.profile()
        found = [notice for notice in profile.notices if channel in {None, notice.logged.channel}]
        found.sort(key=lambda n: (n.said.time, n.act, n.logged.author.nation, n.said.serial, n.logged.entry))
        ids = [notice.logged.entry.hex() for notice in found]
        if request.after and request.after not in ids:
            raise UnknownMessage(request.after)
        start = ids.index(request.after) + 1 if request.after else 0
        nouns = self._nouns(profile)
        page = fitting(map(nouns.notice, found[start : start + roe_log.MAX_NOTICES]))
        gaps = [gap for gap in profile.gaps if channel in {None, gap.series[0][0]}]
        end = start + len(page)
        return roe_log.RoeLog(
            at=profile.at,
            own_nation=self.context.code(self.context.member.nation),
            marking=high_water(self.context, {notice.logged.release.packed for notice in found}),
            entries=profile.entries,
            gaps=tuple(map(nouns.gap, gaps[:MAX_GAPS])),
            notices=page,
            next=page[-1].entry_id if page and end < len(found) else "",
            words=api.JUDGES_NOTHING,
        )

    async def preview(self, request: roe_log.PreviewRoe, session: Session) -> roe_log.RoePreview:
        """What a notice would be."""
        del session
        said, place, label = self._said(request.notice)
        prospect = self.issuing.consider(said, place, label)
        precedence, denial = Precedence[request.notice.precedence.value], prospect.denial
        denial = self.issuing.sending.beyond_scope(prospect.said, precedence) if denial is None else denial
        return roe_log.RoePreview(
            name=prospect.said.name,
            serial=prospect.said.serial,
            needed=prospect.needed,
            marking=self.context.member.marking(label),
            rules=tuple(map(rule_noun, prospect.said.rules)),
            clause="" if denial is None else str(denial.clause),
            reason="" if denial is None else denial.reason,
        )

    async def show(self, request: api.ShowRoe, session: Session) -> api.RoeDetails:
        """One notice."""
        del session
        return self._details(self._find(request.id))

    async def issue(self, request: api.IssueRoe, session: Session) -> api.RoeIssued:
        """Issue a notice."""
        if not 1 <= len(request.client_id) <= MAX_CLIENT_ID:
            raise UsageError(f"client_id: must have 1 to {MAX_CLIENT_ID} characters")
        said, place, label = self._said(request)
        key = Key(session.name, request.client_id)
        posted = await self.issuing.issue(said, place, label, Precedence[request.precedence.value], key)
        return self._issued(posted.message.entry_id, repeated=posted.repeated)

    async def endorse(self, request: api.EndorseRoe, session: Session) -> api.RoeIssued:
        """Sign what another issued."""
        del session
        notice = self._find(request.id)
        await self.issuing.endorse(notice)
        return self._issued(notice.logged.entry, repeated=False)

    async def acknowledge(self, request: api.AcknowledgeRoe, session: Session) -> api.RoeDetails:
        """Acknowledge a notice."""
        del session
        notice = self._find(request.id)
        row = self.context.store.read.message(notice.logged.entry)
        if row is None:
            raise UsageError("id: it is not here")
        response = Response[request.answer.name]
        await self.issuing.acknowledge(notice, row, request.serial, response, request.text)
        return self._details(notice)

    # --- what is found and shown ---

    def _said(self, request: api.IssueRoe) -> tuple[RoeNoticePayload, ChannelRevision, Label]:
        """What a request asks to have issued, where, and under which label. Raises: as `IssueRoe`, without Refused."""
        act = RoeAct[request.act.name]
        basis = self._find(request.basis) if request.basis else None
        if basis is not None and bases(act) and basis.act not in bases(act):
            raise UsageError(f"basis: {basis.said.name} is of a kind that this does not stand on")
        where = request.channel or ("" if basis is None else basis.logged.channel.hex())
        if not where:
            raise UsageError("channel: say where to, or what it stands on")
        place = find_channel(self.context, where)
        if basis is not None and not request.label:
            label = label_of(basis.logged.release)
        else:
            label = self.issuing.sending.label(request.label, place)
        rules = tuple(_rule(rule) for rule in request.rules)
        if basis is not None and act in {RoeAct.AUTHORISE, RoeAct.IMPLEMENT}:  # as asked for, or authorised
            known = {rule.number: rule for rule in basis.said.rules}
            rules = tuple(known.get(r.number, r) if r.verb == RoeVerb.NONE else r for r in rules) or basis.said.rules
        said = RoeNoticePayload(
            format=FORMAT,
            time=self.context.now(),
            noplay=False,
            refs=(),
            act=int(act),
            serial=request.serial,
            basis=basis.logged.entry if basis is not None and bases(act) else b"",
            rules=rules,
            nations=self._nations(request.nations),
            applies=request.specified,
            effective=request.effective,
            expires=request.expires,
            ack_by=request.ack_by,
            remark=request.remark,
        )
        return said, place, label

    def _find(self, given: str) -> Notice:
        return find_notice(self.roe.profile().notices, self.context.member.coalition.codes, given)

    def _nouns(self, profile: Profile) -> Nouns:
        return Nouns(self.context, profile, {row.entry_id: row for row in self.roe.rows()})

    def _details(self, notice: Notice) -> api.RoeDetails:
        nouns = self._nouns(self.roe.profile())
        answers = nouns.answers(nouns.rows[notice.logged.entry])
        return api.RoeDetails(
            notice=nouns.notice(notice),
            answers=fitting([nouns.answer(given) for given in answers]) if answers else (),
            words=api.JUDGES_NOTHING,
        )

    def _issued(self, entry_id: bytes, *, repeated: bool) -> api.RoeIssued:
        profile = self.roe.profile()
        (notice,) = (notice for notice in profile.notices if notice.logged.entry == entry_id)
        return api.RoeIssued(notice=self._nouns(profile).notice(notice), repeated=repeated)

    def _nations(self, given: Sequence[str]) -> tuple[int, ...]:
        codes = self.context.member.coalition.codes
        for code in given:
            if code not in codes:
                raise UnknownNation(code)
        return tuple(sorted({codes.index(code) for code in given}))


def _rule(rule: api.RoeRule) -> RoeRule:
    return RoeRule(rule.number, rule.option, int(RoeVerb[rule.verb.name]), rule.text, rule.specify)
