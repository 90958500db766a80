"""What is said about messages by other messages (SPEC 8.10, 8.13, 12): quotes, versions, recalls, notices, what is missing; and
what a report says (8.12).
"""

from __future__ import annotations

from coalchat.api.vocabulary import Gap, Likeness, Role, State
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


@record
class Minimize:
    """That MINIMIZE is in force in a channel: ROUTINE and PRIORITY only after consideration.

    Attributes:
        entry_id: of the notice. nation, person: whose order it is. since: his clock. reason: his words; "" once they were
            purged.
    """

    entry_id: str
    nation: str
    person: str
    since: int
    reason: str


@record
class Deputy:
    """Who stands in for a nation in a channel, as that nation says: whom a reminder asks to see to it.

    Attributes:
        entry_id: of the notice that said so first. nation: code. person, person_id: his name, and 32 hex digits.
        since: since when. until: when it ends by itself; 0: when another word comes. by: the name of who said so.
    """

    entry_id: str
    nation: str
    person: str
    person_id: str
    since: int
    until: int
    by: str


@record
class Missing:
    """A person who has not done yet what a message asks for.

    Attributes:
        person, role: none where no device of the nation is known that could read it.
        state, since, reason: as in `nouns.Delivery`, of the furthest of his devices. gap: what is missing.
        late: its time has passed: the deadline, or of who has not even got it the handling time.
    """

    person: str | None
    role: Role | None
    state: State
    gap: Gap
    since: int
    reason: str
    late: bool


@record
class NationReceipts:
    """What is expected of a nation, against what came.

    Attributes:
        expected: persons who could read it, bots aside where an act of a person is asked for; 0: none is known.
        reached: how many of them have done it. missing: the others, those who are furthest behind first; 256 at most.
    """

    nation: str
    expected: int
    reached: int
    missing: tuple[Missing, ...]


@record
class Checkpointed:
    """That a checkpoint of its author's device covers an entry, as this node holds both: it is signed post-quantum too.

    Attributes:
        up_to: number of the entry that the checkpoint names in the feed: those before it are linked to it by hashes.
        at: when it was made, by the author's clock.
    """

    up_to: int
    at: int


@record
class CardRow:
    """One field of a report.

    Attributes:
        key, row: of the field; 0: it does not stand in rows. name: its name, or the key where the form is not here.
        type: as in `reports.FormField`, or "" where the form is not here.
        value: as it was sent. text: as people read it, with what its codes mean.
        wrong: it is not as the form says.
    """

    key: str
    row: int
    name: str
    type: str
    value: str
    text: str
    wrong: bool


@record
class Report:
    """What a report says, field by field.

    Attributes:
        form: id of its form. title: of the form, or "" where that is not here, in the very wording.
        serial: of its author's reports on the form, in this channel under this label. version: from 1.
        part: its author says that more will follow. missing: what has yet to be filled, as keys with rows.
        form_hash: 64 hex digits, of its form's wording. differs: a form of that id is here, and it is another one.
    """

    form: str
    title: str
    serial: int
    version: int
    part: bool
    missing: tuple[str, ...]
    rows: tuple[CardRow, ...]
    form_hash: str = ""
    differs: bool = False
