"""A text that is being written, and all that goes with it."""

from __future__ import annotations

from typing import Final

from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.labels import Label
from coalchat.record import part

BREVITY: Final = 200
"""Words of a FLASH or IMMEDIATE message."""


@part
class Draft:
    """What is being written in one channel.

    Attributes:
        chosen: the person's label, or none: the default.
        answers: the message that it answers. quotes: those that it repeats. before: what was chosen before these raised
            the label. corrects: the own message of which it is a new version; its label and precedence are that one's.
        last: label of the last own message here, and its position. settled: of the last one sent from this draft;
            what other clients send does not change the label under the person's hands.
        kept: the text was here when the channel was opened. returned: it was sent, and came back.
    """

    text: str = ""
    chosen: Label | None = None
    precedence: Precedence = Precedence.ROUTINE
    ack_by: int = 0
    answers: Message | None = None
    quotes: tuple[Message, ...] = ()
    corrects: Message | None = None
    before: Label | None = None
    last: tuple[int, Label] | None = None
    settled: Label | None = None
    kept: bool = False
    returned: bool = False

    @property
    def brief(self) -> bool:
        """Whether it is as short as its precedence wants it."""
        return self.precedence.rank < Precedence.IMMEDIATE.rank or len(self.text.split()) <= BREVITY

    def put_above(self, text: str) -> None:
        """Give a text back; what was typed meanwhile stands below it."""
        self.text = f"{text}\n{self.text}" if self.text.strip() else text
        self.returned = True

    def sent(self, label: Label) -> None:
        """The text is on its way: the next message starts plain, with the same label."""
        self.text, self.answers, self.quotes, self.before = "", None, (), None
        self.chosen, self.settled = None, label
        self.precedence, self.ack_by = Precedence.ROUTINE, 0
        self.kept = self.returned = False

    @property
    def says_something(self) -> bool:
        """Whether there is something to send: what is repeated needs no words."""
        return bool(self.text.strip() or self.quotes)

    @property
    def shown(self) -> tuple[Message, ...]:
        """Messages of which something stands beside the text."""
        return (*((self.answers,) if self.answers else ()), *self.quotes, *((self.corrects,) if self.corrects else ()))
