"""Following the inbox: every message behind the kept position, in order, each at least once.

Rule 1: messages are read by position, events only tell that there are more: a bot that was away for longer than events
are kept misses nothing.
Rule 2: the position moves behind a message after its handlers are through with it, or it was parked; a crash before
that hands it to them once more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import attrs
import structlog
from anyio.abc import TaskStatus

from coalchat.api.base import MAX_WAIT, NEWEST
from coalchat.api.nouns import Message as Noun
from coalchat.bots.handling import Ask, Handler, Handling
from coalchat.bots.inbox import Inbox, open_inbox
from coalchat.client import Client
from coalchat.errors import UnknownMessage
from coalchat.paths import Home

PAGE: Final = 100
"""Messages asked for at once."""

log = structlog.get_logger("coalchat.bots")


@attrs.frozen
class Following:
    """A bot's handlers and its line to the node."""

    name: str
    handlers: Sequence[Handler]
    pauses: Sequence[float]
    ask: Ask = attrs.field(repr=False)

    async def run(
        self, home: Home, since: Literal["now", "beginning"], retry_parked: bool, task_status: TaskStatus[None]
    ) -> None:
        """Never ends by itself."""
        with open_inbox(home, self.name) as inbox:
            cursor = (await self.ask(lambda client: client.next_events(NEWEST, 1, 0))).next_cursor
            await self._begin(inbox, since)
            if retry_parked:
                await self._retry(inbox)
            task_status.started()
            while True:
                await self._catch_up(inbox)
                cursor = await self._next(cursor)

    async def _next(self, cursor: int) -> int:
        """Wait until something happens, or a minute has passed; the cursor behind it."""
        page = await self.ask(lambda client: client.next_events(cursor, wait_seconds=MAX_WAIT))
        return page.next_cursor

    async def _begin(self, inbox: Inbox, since: Literal["now", "beginning"]) -> None:
        """Durable at once: what comes while the bot is down after its first start is not lost."""
        newest = await self.ask(_newest)
        if inbox.position is None:
            await inbox.advance(0 if since == "beginning" else newest)
            log.info("bot starts", bot=self.name, position=inbox.position)
        elif inbox.position > newest:
            # Of another store: the home was restored, or joined anew.
            log.warning("the inbox is ahead of the store: it begins at the newest message", bot=self.name)
            await inbox.advance(newest)
        else:
            log.info("bot goes on", bot=self.name, behind=newest - inbox.position, parked=len(inbox.parked))

    async def _catch_up(self, inbox: Inbox) -> None:
        more = True
        while more:
            after = inbox.position or 0
            page = await self.ask(lambda client, after=after: client.messages(after=after, limit=PAGE))  # type: ignore[misc]
            for noun in page.messages:
                wanted = [handler for handler in self.handlers if handler.wants(noun)]
                if wanted and not await self._take(wanted, noun):
                    await inbox.park(noun.entry_id)
                    log.error("message parked", bot=self.name, entry=noun.entry_id, parked=inbox.parked_ever)
                await inbox.advance(noun.position, lazily=not wanted)
            await inbox.settle()
            more = page.more

    async def _take(self, handlers: Sequence[Handler], noun: Noun) -> bool:
        """Run all handlers of a message; whether all returned. One that fails keeps no other from it."""
        handling = Handling(self.name, self.pauses, self.ask)
        return all([await handling.handle(handler, noun) for handler in handlers])

    async def _retry(self, inbox: Inbox) -> None:
        for entry_id in tuple(inbox.parked):
            try:
                noun = await self.ask(lambda client, entry_id=entry_id: client.message(entry_id))  # type: ignore[misc]
            except UnknownMessage:
                await inbox.release(entry_id)
                continue
            if await self._take([handler for handler in self.handlers if handler.wants(noun)], noun):
                await inbox.release(entry_id)


async def _newest(client: Client) -> int:
    return max((channel.newest for channel in await client.channels()), default=0)
