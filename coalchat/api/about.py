"""What is said about messages by other messages (SPEC 8.10, 12): that they are quoted, corrected, recalled."""

from __future__ import annotations

from coalchat.api.vocabulary import Likeness
from coalchat.record import record


@record
class Quoted:
    """What a message repeats of another.

    Attributes:
        entry_id: of the other one. nation, person, time: its author, and his clock, as the quote says.
        marking, level, portion, nations, text: as in `nouns.Message`, of the quoted one.
        likeness: whether that is so, as far as this node knows.
    """

    entry_id: str
    nation: str
    person: str
    time: int
    marking: str
    level: int
    portion: str
    nations: tuple[str, ...]
    text: str
    likeness: Likeness


@record
class Newer:
    """The newest version of a message; `time` is its author's clock."""

    entry_id: str
    version: int
    time: int


@record
class Recall:
    """That a message was recalled by its author; `time` is his clock.

    Attributes:
        retraction_id: of the entry that says so. spill: it had been sent under too low a label.
        confirmed, asked: of the devices that can read the retraction, how many said that they keep no body of it.
    """

    retraction_id: str
    time: int
    spill: bool
    confirmed: int
    asked: int


@record
class Confirmation:
    """What a device said about a retraction: nothing, or that it keeps no body of what was recalled: its word, no proof.

    Attributes:
        nation, person, device: as in `nouns.Delivery`. at: when it said so, by its clock; 0: it has said nothing.
    """

    nation: str
    person: str | None
    device: int | None
    at: int
