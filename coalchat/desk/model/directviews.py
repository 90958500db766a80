"""What is asked before a direct message: whose devices are meant, and the words to compare. The rules of `views` hold.

Nobody waits for it at the start: it is imported when somebody is to be written to.
"""

from __future__ import annotations

from enum import Enum

from coalchat.record import record


@record
class DeviceRow:
    """A device: whose, what it may read, how it stands with this one, and its id in full."""

    nation: str
    who: str
    role: str
    clearance: str
    standing: str
    id: str
    confirmed: bool


class Step(Enum):
    """What a person may do next."""

    NOTHING = "nothing"
    WORDS = "words"
    """Compare the words of a device."""
    WRITE = "write"
    """Write to the devices that are confirmed."""


@record
class DeviceChoice:
    """What can be answered. device: id of the one that it is about, or ""."""

    step: Step
    words: str
    device: str


@record
class DirectView:
    """Who is meant, and what can be done. The first choice changes nothing."""

    title: str
    sentence: str
    devices: tuple[DeviceRow, ...]
    choices: tuple[DeviceChoice, ...]


@record
class WordsView:
    """Two devices' words, to compare by voice.

    Attributes:
        device: the other one. own: to be read out here. words: to be read out there.
    """

    device: DeviceRow
    own: tuple[str, ...]
    words: tuple[str, ...]
