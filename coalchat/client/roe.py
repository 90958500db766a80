"""What a client asks about rules of engagement (SPEC 12.4): a part of `Client`."""

from __future__ import annotations

from coalchat.api import roe
from coalchat.api.base import A_co, Request
from coalchat.api.roe_log import ListRoeLog, PreviewRoe, RoeLog, RoePreview
from coalchat.api.vocabulary import Answer
from coalchat.record import evolve


class RoeCalls:
    """Calls about ROE."""

    async def call(self, request: Request[A_co]) -> A_co:
        """As `Client.call`."""
        raise NotImplementedError

    async def roe_board(self, channel: str = "", at: int = 0) -> roe.RoeBoard:
        """What is in force at a time (0: now), and all that is not, with its reason. Raises: UnknownChannel."""
        return await self.call(roe.ListRoe(channel=channel, at=at))

    async def roe_notice(self, notice: str) -> roe.RoeDetails:
        """One notice by its name ("IMPL 005") or id, and who answered what. Raises: UnknownMessage, Ambiguous."""
        return await self.call(roe.ShowRoe(id=notice))

    async def roe_log(self, channel: str = "") -> RoeLog:
        """Every notice that is here, the oldest first: all pages in one. Raises: UnknownChannel."""
        page = await self.call(ListRoeLog(channel=channel, after=""))
        found = list(page.notices)
        while page.next:
            page = await self.call(ListRoeLog(channel=channel, after=page.next))
            found += page.notices
        return evolve(page, notices=tuple(found))

    async def preview_roe(self, notice: roe.IssueRoe) -> RoePreview:
        """What a notice would be, were it issued now: its serial, or the clause that refuses it.

        Raises:
            as `issue_roe`, without Refused.
        """
        return await self.call(PreviewRoe(notice=notice))

    async def issue_roe(self, notice: roe.IssueRoe) -> roe.RoeIssued:
        """Issue a notice; it is durable on the node when this returns.

        Raises:
            Refused: it would not count, or it may not be sealed so; `.clause` names the rule.
            UsageError, UnknownChannel, UnknownLabel, UnknownNation, UnknownMessage: as they say.
        """
        return await self.call(notice)

    async def endorse_roe(self, notice: str) -> roe.RoeIssued:
        """Sign a notice that another issued. Raises: Refused, UsageError, UnknownMessage, Ambiguous."""
        return await self.call(roe.EndorseRoe(id=notice))

    async def acknowledge_roe(
        self, notice: str, serial: int, answer: Answer = Answer.NONE, text: str = ""
    ) -> roe.RoeDetails:
        """Acknowledge a notice in the person's name, who typed its serial.

        Raises:
            NotAuthorised, Refused, UsageError, UnknownMessage, Ambiguous: as they say.
        """
        return await self.call(roe.AcknowledgeRoe(id=notice, serial=serial, answer=answer, text=text))
