"""History hand-over, as clients ask for it."""

from __future__ import annotations

import attrs

from coalchat.api.history import (
    ApproveHistory,
    AskHistory,
    HistoryApproved,
    HistoryAsked,
    HistoryList,
    ListHistory,
    RefuseHistory,
)
from coalchat.api.history import HistoryRequest as RequestNoun
from coalchat.api.responses import Done
from coalchat.node.answers.naming import find_channel
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.node.history import History, Request
from protocol.base.records import decode
from protocol.trust.credential import Certificate
from protocol.trust.label import ReleaseKey, label_of


@attrs.define(eq=False)
class HistoryAnswers:
    """Handlers for the hand-over of history."""

    context: Context = attrs.field(repr=False)
    history: History = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            AskHistory: self.ask,
            ListHistory: self.list,
            ApproveHistory: self.approve,
            RefuseHistory: self.refuse,
        }

    async def ask(self, request: AskHistory, session: Session) -> HistoryAsked:
        """Ask another device of this nation."""
        del session
        channel = find_channel(self.context, request.channel).channel if request.channel else None
        asked = await self.history.ask(request.device, channel)
        certificate = self._certificate(asked.device)
        person = "" if certificate is None else certificate.name
        return HistoryAsked(device_id=asked.device.hex(), person=person, asked=len(asked.entries))

    async def list(self, request: ListHistory, session: Session) -> HistoryList:
        """What waits for a person here."""
        del request, session
        return HistoryList(requests=tuple(self._noun(one) for one in self.history.requests()))

    async def approve(self, request: ApproveHistory, session: Session) -> HistoryApproved:
        """A person approves."""
        del session
        asked, given = await self.history.approve(request.id)
        return HistoryApproved(device_id=asked.device.hex(), asked=len(asked.entries), given=given)

    async def refuse(self, request: RefuseHistory, session: Session) -> Done:
        """A person refuses."""
        del session
        await self.history.refuse(request.id)
        return Done()

    def _certificate(self, device: bytes) -> Certificate | None:
        standing = self.context.member.directory.standing(device, self.context.now())
        return None if standing is None else standing.certified.certificate

    def _noun(self, one: Request) -> RequestNoun:
        member, certificate, asker = self.context.member, self._certificate(one.device), self.history.asker(one)
        rows = [] if asker is None else self.history.givable(one, asker)
        segments = [row.n * member.coalition.charter.segment for row in rows]
        releases = {row.release: decode(ReleaseKey, row.release) for row in rows}.values()
        return RequestNoun(
            id=one.id.hex(),
            person="" if certificate is None else certificate.name,
            device=0 if certificate is None else certificate.number,
            device_id=one.device.hex(),
            at=one.at,
            asked=len(one.entries),
            givable=len(rows),
            markings=tuple(sorted(member.marking(label_of(release)) for release in releases)),
            first=min(segments, default=0),
            last=max(segments, default=0),
        )
