"""A message as a bot's handler gets it, and its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import attrs

from coalchat.api.nouns import Message as Noun
from coalchat.api.responses import Sent
from coalchat.api.vocabulary import Flag, Precedence
from coalchat.display import display_safe


@attrs.frozen(kw_only=True)
class Answer:
    """What a handler wants to answer.

    Attributes:
        key: its place among the answers to this message; the same one is sent once.
    """

    text: str = attrs.field(repr=False)
    key: str
    precedence: Precedence
    ack_by: int
    considered: bool = False


@attrs.define(eq=False)
class Message:
    """A message that has come in.

    Attributes:
        noun: the local API's own record, with everything it knows.
    """

    noun: Noun = attrs.field(repr=False)
    _send: Callable[[Answer], Awaitable[Sent | None]] = attrs.field(repr=False)
    _answers: int = attrs.field(default=0, init=False, repr=False)

    @property
    def entry_id(self) -> str:
        """64 hex digits: the same at every nation."""
        return self.noun.entry_id

    @property
    def text(self) -> str:
        """As its author wrote it, any characters: for a screen, a log or a file take `safe_text`."""
        return self.noun.text

    @property
    def safe_text(self) -> str:
        """The text without characters that a terminal could act on, or that nobody can see."""
        return display_safe(self.noun.text, multiline=True)

    @property
    def channel(self) -> str:
        """Title of its channel."""
        return self.noun.channel_title

    @property
    def label(self) -> str:
        """Its marking, release set and all: to be shown wherever the text is."""
        return self.noun.marking

    @property
    def nations(self) -> tuple[str, ...]:
        """Its release set, as nation codes."""
        return self.noun.nations

    @property
    def nation(self) -> str:
        """Code of the author's nation, by his certificate."""
        return self.noun.author_nation

    @property
    def person(self) -> str:
        """The author's name, by his certificate; safe on a screen."""
        return display_safe(self.noun.author_person)

    @property
    def precedence(self) -> Precedence:
        """ROUTINE to FLASH."""
        return self.noun.precedence

    @property
    def flags(self) -> tuple[Flag, ...]:
        """What one should know besides the text: disputed, disowned, not verified, no play, from a bot."""
        return self.noun.flags

    @property
    def corrects(self) -> str:
        """Entry id of the first version of what this corrects; "" of a message that corrects nothing."""
        return self.noun.corrects

    @property
    def at(self) -> datetime:
        """When it was written, by the author's clock, in UTC."""
        return datetime.fromtimestamp(self.noun.author_time, UTC)

    async def reply(
        self,
        text: str,
        *,
        precedence: Precedence = Precedence.ROUTINE,
        ack_by: int = 0,
        key: str | None = None,
        considered: bool = False,
    ) -> Sent | None:
        """Answer in the same channel, under the same label: released to no nation more, and at no lower level.

        It is durable on the node when this returns, however long the node was away meanwhile. A handler that is run
        again for this message (after an error, or a crash) does not answer twice: its first answer is this one's first,
        and so on.

        Args:
            text: up to 16,384 bytes of UTF-8.
            precedence: up to what the bot is certified for.
            ack_by: Unix time by which it should be acknowledged; 0: not asked.
            key: names the answer where answers are not given in one order, e.g. by several tasks.
            considered: send it also where MINIMIZE is in force.

        Returns:
            What was sent, or had been sent before; None: it was answered before in other words, which stand.

        Raises:
            Refused: by policy; `.clause` names the rule.
        """
        number, self._answers = self._answers, self._answers + 1
        place = str(number) if key is None else f"key-{key}"
        return await self._send(
            Answer(text=text, key=place, precedence=precedence, ack_by=ack_by, considered=considered)
        )
