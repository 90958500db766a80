"""Peers, audit and events, as clients ask for them."""

from __future__ import annotations

import attrs
import trio

from coalchat.api.base import MAX_WAIT, NEWEST
from coalchat.api.codec import fitting
from coalchat.api.nouns import Link
from coalchat.api.requests import AddPeer, ListAudit, ListPeers, NextEvents, RemovePeer, WorkOffline
from coalchat.api.responses import AuditPage, Done, EventPage, NewFeeds, PeerList
from coalchat.errors import UsageError
from coalchat.node.answers.session import Handlers, Session, check_limit
from coalchat.node.context import Context
from coalchat.node.journal import read_event, read_finding
from coalchat.node.links import Links
from coalchat.node.ownfeeds import OwnFeeds


@attrs.define(eq=False)
class CoalitionAnswers:
    """Handlers for peers, audit and events."""

    context: Context = attrs.field(repr=False)
    links: Links = attrs.field(repr=False)
    own: OwnFeeds = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            AddPeer: self.add,
            ListPeers: self.list,
            RemovePeer: self.remove,
            WorkOffline: self.offline,
            ListAudit: self.audit,
            NextEvents: self.events,
        }

    async def add(self, request: AddPeer, session: Session) -> Link:
        """Dial an address from now on."""
        del session
        return await self.links.add(request.address)

    async def list(self, request: ListPeers, session: Session) -> PeerList:
        """Links with their states and counters."""
        del request, session
        return PeerList(peers=self.links.listed())

    async def remove(self, request: RemovePeer, session: Session) -> Done:
        """Dial an address no more."""
        del session
        await self.links.remove(request.address)
        return Done()

    async def offline(self, request: WorkOffline, session: Session) -> NewFeeds:
        """Go on in new feeds."""
        del request, session
        return NewFeeds(left=await self.own.leave())

    async def audit(self, request: ListAudit, session: Session) -> AuditPage:
        """Audit records behind a number."""
        del session
        rows = self.context.store.read.audit_after(request.after, check_limit(request.limit) + 1)
        nouns = fitting([read_finding(row) for row in rows[: request.limit]])
        last = nouns[-1].number if nouns else request.after
        return AuditPage(records=nouns, next_number=last, more=len(nouns) < len(rows))

    async def events(self, request: NextEvents, session: Session) -> EventPage:
        """Events behind a cursor; waits for the first."""
        del session
        limit = check_limit(request.limit)
        if not 0 <= request.wait_seconds <= MAX_WAIT:
            raise UsageError(f"wait_seconds: must be from 0 to {MAX_WAIT}")
        read = self.context.store.read
        if request.cursor == NEWEST:
            return EventPage(events=(), next_cursor=read.last_cursor())
        if request.cursor < 0:
            raise UsageError("cursor: must be 0 or more")
        with trio.move_on_after(request.wait_seconds):
            await self.context.store.wait_event(request.cursor)
        events = fitting([read_event(row) for row in read.events_after(request.cursor, limit)])
        return EventPage(events=events, next_cursor=events[-1].cursor if events else request.cursor)
