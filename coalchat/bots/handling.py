"""One message and the handlers that want it.

Rule 1: an answer's id comes from the bot's name, the message, the handler's place among all and the answer's place among
its own: a handler that is run again answers once. So handlers keep their order from one version of a bot to the next.
Rule 2: a handler that fails is run again after each pause; what policy refuses is not tried again.
Rule 3: a log names messages by id, and errors by kind and place, never by their words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import anyio
import attrs
import structlog

from coalchat.api.nouns import Message as Noun
from coalchat.api.responses import Sent
from coalchat.api.vocabulary import Flag
from coalchat.bots.faults import describe
from coalchat.bots.message import Answer, Message
from coalchat.client import Client
from coalchat.errors import AlreadyExists, Refused

T = TypeVar("T")
Handle = Callable[[Message], Awaitable[object]]

log = structlog.get_logger("coalchat.bots")


class Ask(Protocol):
    """The bot's line to its node."""

    async def __call__(self, act: Callable[[Client], Awaitable[T]]) -> T:
        """Do something with the node, however long it is away."""


@attrs.frozen
class Handler:
    """A function of the author's.

    Attributes:
        index: its place among the bot's handlers.
        channels: as the author named them; none: all.
        own, bots: it also wants what this device, and what other bots, sent.
    """

    index: int
    act: Handle
    channels: tuple[str, ...]
    own: bool
    bots: bool

    @property
    def name(self) -> str:
        """For the log."""
        return getattr(self.act, "__name__", "handler")

    def wants(self, noun: Noun) -> bool:
        """Whether a message is for it. What cannot be read, or not any more, is for nobody; a correction is."""
        if {Flag.UNREADABLE, Flag.PURGED, Flag.CORRECTED} & set(noun.flags) or (noun.mine and not self.own):
            return False
        if noun.kind in {
            "retraction",
            "notice",
        }:  # the node's words: what was recalled is gone, `bot.minimize` asks for orders
            return False
        if Flag.AUTO in noun.flags and not noun.mine and not self.bots:
            return False
        titles = {plain(channel) for channel in self.channels}
        return not titles or plain(noun.channel_title) in titles or noun.channel_id in titles


def plain(title: str) -> str:
    """A channel's title without the sign that screens put before it."""
    return title.removeprefix("#").casefold()


@attrs.frozen
class Handling:
    """Running handlers on messages."""

    name: str
    pauses: Sequence[float]
    ask: Ask = attrs.field(repr=False)

    async def handle(self, handler: Handler, noun: Noun) -> bool:
        """Run a handler until it returns; whether it did."""
        for attempt, pause in enumerate((*self.pauses, None), 1):
            try:
                await handler.act(self._message(handler, noun))
            except Exception as error:  # noqa: BLE001 - the author's code: the bot lives on
                last = pause is None or isinstance(error, Refused)
                log.warning(
                    "handler failed",
                    bot=self.name,
                    handler=handler.name,
                    entry=noun.entry_id,
                    attempt=attempt,
                    error=describe(error),
                )
                if last:
                    return False
                await anyio.sleep(pause or 0)
            else:
                return True
        return False

    def _message(self, handler: Handler, noun: Noun) -> Message:
        async def send(answer: Answer) -> Sent | None:
            return await self._reply(noun, answer, f"{self.name}:{noun.entry_id}:{handler.index}.{answer.key}")

        return Message(noun, send)

    async def _reply(self, noun: Noun, answer: Answer, client_id: str) -> Sent | None:
        async def act(client: Client) -> Sent:
            return await client.send(
                noun.channel_id,
                answer.text,
                noun.marking,
                precedence=answer.precedence,
                considered=answer.considered,
                ack_by=answer.ack_by,
                client_id=client_id,
                reply_to=noun.entry_id,
            )

        try:
            return await self.ask(act)
        except AlreadyExists:
            log.info("answered before", bot=self.name, entry=noun.entry_id)
            return None
