"""What dialogs of the desk show, as plain records. The rules of `views` hold here too."""

from __future__ import annotations

from coalchat.record import record


@record
class LevelChoice:
    """A level in the label picker; `why_not` says why it cannot be chosen, `national` what the own nation marks
    alike, "XAA: GEHEIM", or "".
    """

    level: int
    name: str
    chosen: bool
    why_not: str
    national: str = ""


@record
class NationChoice:
    """A nation in the label picker; `own` is always in. `readers` of `of` devices can read, once the node has said so."""

    code: str
    chosen: bool
    own: bool
    readers: int
    of: int


@record
class LabelPicker:
    """The label picker: what can be chosen, and what comes of it."""

    channel: str
    policy: str
    levels: tuple[LevelChoice, ...]
    nations: tuple[NationChoice, ...]
    categories: tuple[tuple[str, bool], ...]
    marking: str
    mark: str
    level: int
    denied: tuple[str, str] | None
    warnings: tuple[str, ...]
    known: bool


@record
class Refusal:
    """Why a message was not sent.

    Attributes:
        ways: what the person can do now, numbered from 1; the first is the default.
    """

    channel: str
    ceiling: str
    ceiling_level: int
    label: str
    level: int
    clause: str
    reason: str
    reads: tuple[tuple[str, int], ...]
    withheld: tuple[str, ...]
    ways: tuple[str, ...]


@record
class Target:
    """Something to jump to: a channel, a person of it, a command.

    Attributes:
        level, letter: of a channel, its ceiling; of a person, his last message here: "S".
    """

    id: str
    title: str
    note: str
    level: int
    unread: int
    letter: str = ""


@record
class Deliberate:
    """An act that is confirmed by typing what it is about.

    Attributes:
        title, note: what it is. rows: what it is about: a word and a value. sentences: what comes of it.
        choices: what can be answered; the first changes nothing.
        typed: what has to be typed. of: what that is, in words.
    """

    title: str
    note: str
    rows: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    choices: tuple[str, ...]
    typed: str
    of: str


@record
class VersionRow:
    """A version of a message: "version 2", "the newest" or "", whose, when, and its whole text under its mark."""

    title: str
    note: str
    who: str
    time: str
    id: str
    mark: str
    level: int
    text: str
