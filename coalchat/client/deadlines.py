"""The client's methods for reminders, orders about traffic, and accounts (SPEC 8.13, 12)."""

from __future__ import annotations

import secrets

from coalchat.api import deadlines, nouns, responses
from coalchat.api.base import MAX_LIMIT, A_co, Request


class DeadlineCalls:
    """A part of `Client`."""

    async def call(self, request: Request[A_co]) -> A_co:
        """Ask anything."""
        raise NotImplementedError

    async def minimize(self, channel: str, reason: str = "", *, on: bool = True) -> nouns.Channel:
        """Put MINIMIZE on in a channel, or lift it. Raises: UnknownChannel, NotAuthorised, UsageError, Refused."""
        return await self.call(deadlines.OrderMinimize(channel=channel, on=on, reason=reason))

    async def name_deputy(self, channel: str, person: str, *, until: int = 0) -> nouns.Channel:
        """Say who stands in for the own nation in a channel; `person` "": nobody.

        Args:
            person: "[NATION] NAME". until: when it ends by itself, in Unix seconds; 0: when another word comes.

        Raises:
            UnknownChannel, UnknownDevice, Ambiguous, NotAuthorised, UsageError, Refused: as they say.
        """
        return await self.call(deadlines.NameDeputy(channel=channel, person=person, until=until))

    async def change_admins(
        self, channel: str, *, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()
    ) -> nouns.Channel:
        """Make devices admins of a channel, or no longer: each a person's name, or a device id.

        Raises:
            UnknownChannel, UnknownDevice, Ambiguous, NotAuthorised, UsageError: as they say.
        """
        return await self.call(deadlines.ChangeAdmins(channel=channel, add=add, remove=remove))

    async def remind(
        self,
        entry_id: str,
        text: str = "",
        *,
        escalate: str = "",
        deputies: bool = False,
        client_id: str | None = None,
        considered: bool = False,
    ) -> responses.Sent:
        """Remind who has not acknowledged a message of this device.

        Args:
            text: a word to it. escalate: "[NATION] NAME" of a person who is asked to see to it, or "".
            deputies: the deputy of each nation that lacks acknowledgements is asked to see to it.
            client_id, considered: as in `send`.

        Raises:
            UnknownMessage, Ambiguous, UnknownDevice, Refused, Expired: as they say. UsageError: nobody is missing, ...
        """
        key = secrets.token_hex(16) if client_id is None else client_id
        return await self.call(
            deadlines.RemindRecipients(
                id=entry_id, text=text, escalate=escalate, client_id=key, considered=considered, deputies=deputies
            )
        )

    async def accounts(
        self, channel: str = "", *, since: int = 0, until: int = 0, texts: bool = False
    ) -> tuple[list[deadlines.Account], str]:
        """Who could see, has, read and acknowledged the messages that came here in a span of time, page by page.

        Returns:
            The accounts, oldest first, and the marking of all of them together.

        Raises:
            UnknownChannel: as it says.
        """
        found: list[deadlines.Account] = []
        after = 0
        while True:
            page = await self.call(
                deadlines.ListAccounts(
                    channel=channel, after_position=after, since=since, until=until, texts=texts, limit=MAX_LIMIT
                )
            )
            found += page.accounts
            if not page.more or page.next_position <= after:
                return found, page.marking
            after = page.next_position
