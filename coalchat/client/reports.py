"""What a client asks about reports (SPEC 8.12, 12.4)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from coalchat.api import nouns, reports
from coalchat.api.base import A_co, Request
from coalchat.api.vocabulary import Precedence


class ReportCalls:
    """Calls about reports."""

    async def call(self, request: Request[A_co]) -> A_co:
        """As `Client.call`."""
        raise NotImplementedError

    async def forms(self) -> tuple[reports.Form, ...]:
        """The forms of the node, in every wording; reports are filed on those that are `current`."""
        return (await self.call(reports.ListForms())).forms

    async def add_form(self, toml: str, *, check: bool = False) -> reports.FormAdded:
        """Keep a form of the users' own, or only `check` whether it could be. Raises: UsageError, AlreadyExists."""
        return await self.call(reports.AddForm(toml=toml, check=check))

    async def remove_form(self, form: str) -> reports.FormRemoved:
        """Forget an own form, in all its wordings. Raises: UsageError (there is none, or it ships)."""
        return await self.call(reports.RemoveForm(form=form))

    async def file_report(  # noqa: PLR0913  # as many as the operation has fields
        self,
        form: str,
        values: Sequence[reports.Typed],
        *,
        channel: str = "",
        label: str = "",
        part: bool = False,
        precedence: Precedence | None = None,
        ack_by: int = 0,
        client_id: str | None = None,
        reply_to: str = "",
        updates: str = "",
        considered: bool = False,
    ) -> reports.Filed:
        """Fill in a form and send it; it is durable on the node when this returns.

        Args:
            form: id or alias. values: fields by key or name; of an update those that change.
            channel, label, ack_by, client_id, reply_to, considered: as in `send`; an update needs none of the first two,
                and is not considered anew.
            part: it may be sent before it is whole. precedence: none: the form's, as far as this device may.
            updates: id of a report of this person's, of any version.

        Raises:
            UsageError: names every field that is wrong, with its rule.
            Refused, UnknownChannel, UnknownLabel, UnknownNation, UnknownMessage, AlreadyExists: as `send`.
        """
        request = reports.FileReport(
            form=form,
            channel=channel,
            label=label,
            values=tuple(values),
            part=part,
            precedence=precedence,
            ack_by=ack_by,
            client_id=secrets.token_hex(16) if client_id is None else client_id,
            reply_to=reply_to,
            updates=updates,
            considered=considered,
        )
        return await self.call(request)

    async def reports(self, channel: str = "", form: str = "", limit: int = 200) -> tuple[nouns.Message, ...]:
        """The newest reports, each in its newest version, oldest first. Raises: UnknownChannel, UsageError."""
        request = reports.ListReports(channel=channel, form=form, before_position=0, limit=limit)
        return (await self.call(request)).messages
