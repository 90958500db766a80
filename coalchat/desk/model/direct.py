"""Beginning a direct message (SPEC 8.8): whom a name means, whose words were compared, and where it is written.

Rule 1: a name means one person, or nobody: of several the choices are shown, each with its device id, and none is taken.
Rule 2: what has the form of a device id, or of its beginning, is never looked up as a name; only a whole one is taken as an
id, and a name never is.
Rule 3: nothing is begun with a device whose words were not compared. That they are the same is a person's word.
Rule 4: a conversation is its devices. One that is not there yet stands in the list without messages until the first was
sent; the node then says which it is.

Nobody waits for it at the start: it is imported when somebody is to be written to.
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.direct import ConfirmDevice, DeviceList, DeviceWords, ListDevices, ShowWords
from coalchat.api.nouns import Addressee, Channel
from coalchat.desk.model.acts import show
from coalchat.desk.model.changes import NOTHING, Changes
from coalchat.desk.model.directviews import DeviceChoice, DeviceRow, DirectView, Step, WordsView
from coalchat.desk.model.labels import HighWater
from coalchat.desk.model.state import State
from coalchat.desk.model.words import counted
from coalchat.display import display_safe
from coalchat.errors import CoalchatError, UnknownLabel, UsageError
from coalchat.record import part

AT: Final = "@"
HEX_BEGINNING, HEX_ID = 8, 32
"""Hex digits from which on a text could be the beginning of a device id, and of a whole one."""
TITLE: Final = "DIRECT MESSAGE"
PURPOSE: Final = "direct: these devices alone can read it, your nation cannot"
_BACK: Final = DeviceChoice(step=Step.NOTHING, words="back", device="")
_NOT_NOW: Final = DeviceChoice(step=Step.NOTHING, words="not now", device="")


@part
class Direct:
    """Attributes:
    given: name or id that was asked about, "" when that is settled. writing: to write, else only to confirm.
    devices: all that may be addressed, as the node said last.
    """

    _state: State
    given: str = ""
    writing: bool = False
    devices: tuple[Addressee, ...] = ()

    def begin(self, given: str, *, writing: bool) -> Changes:
        """Ask whose devices there are.

        Raises:
            UsageError: nobody is named.
        """
        given = " ".join(given.split()).removeprefix(AT)
        if not given:
            name = "dm" if writing else "confirm"
            raise UsageError(f"/{name} names nobody", hint=f"write it as /{name} NAME, or with the id of a device")
        self.given, self.writing = given, writing
        return Changes(asks=(ListDevices(),))

    def words(self, device: str) -> Changes:
        """Ask for the words of a device."""
        return Changes(asks=(ShowWords(device=device),))

    def confirm(self, view: WordsView) -> Changes:
        """A person says that these very words were read out to him."""
        return Changes(asks=(ConfirmDevice(device=view.device.id, words=view.words),))

    def write(self) -> Changes:
        """Write to the devices of the one who is meant that are confirmed."""
        meant, self.given = [one for one in self._meant() if one.confirmed and not one.own], ""
        return _open(self._state, meant, self._own()) if meant and _persons(meant) == 1 else NOTHING

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is about this."""
        match request, answer:
            case ListDevices(), DeviceList():
                self.devices = answer.devices
                return self._resolve() if self.given else NOTHING
            case ShowWords(), DeviceWords():
                view = WordsView(device=_row(answer.device), own=answer.own, words=answer.words)
                return Changes(prompt=view)
            case ConfirmDevice(), Addressee():
                return Changes(asks=(ListDevices(),))
        return NOTHING

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not about this."""
        if not isinstance(request, ListDevices | ShowWords | ConfirmDevice):
            return None
        self.given = ""
        said = f"{error}; {error.hint}" if error.hint else str(error)
        return Changes(prompt=DirectView(title=TITLE, sentence=said, devices=(), choices=(_BACK,)))

    # --- who is meant ---

    def _meant(self) -> list[Addressee]:
        """The device of an id, or those that have a name: as it is written, else whatever its case."""
        text = self.given
        if HEX_BEGINNING <= len(text) <= HEX_ID and set(text) <= set(string.hexdigits):
            return [one for one in self.devices if one.device_id == text.lower()]
        exact = [one for one in self.devices if one.person == text]
        return exact or [one for one in self.devices if one.person.casefold() == text.casefold()]

    def _own(self) -> list[Addressee]:
        """This person's devices that a conversation of his has: this one, and those that he confirmed."""
        own = next((one for one in self.devices if one.own), None)
        return [one for one in self.devices if own and _person(one) == _person(own) and (one.own or one.confirmed)]

    def _resolve(self) -> Changes:
        meant = self._meant()
        others = [one for one in meant if not one.own]
        if not others:
            wrong = (
                "That is this very device."
                if meant
                else f"No device of the coalition belongs to {display_safe(self.given)}."
            )
            return self._refuse(wrong, ())
        if _persons(others) > 1:
            wrong = f"Several are called {display_safe(self.given)}. Write /{self._command} and the id of the device that you mean."
            return self._refuse(wrong, others)
        open_ = [one for one in others if not one.confirmed]
        if self.writing and not open_:
            return self.write()
        return Changes(prompt=self._ask(others, open_))

    @property
    def _command(self) -> str:
        return "dm" if self.writing else "confirm"

    def _refuse(self, sentence: str, devices: Iterable[Addressee]) -> Changes:
        self.given = ""
        rows = tuple(_row(one) for one in devices)
        return Changes(prompt=DirectView(title=TITLE, sentence=sentence, devices=rows, choices=(_BACK,)))

    def _ask(self, others: list[Addressee], open_: list[Addressee]) -> DirectView:
        ready = len(others) - len(open_)
        choices = [_NOT_NOW if open_ else _BACK]
        if ready:
            choices.append(
                DeviceChoice(step=Step.WRITE, words=f"write to the {counted(ready, 'confirmed device')}", device="")
            )
        choices += [
            DeviceChoice(step=Step.WORDS, words=f"compare the words of {_who(one)}", device=one.device_id)
            for one in open_
        ]
        sentence = "A device that was not confirmed gets nothing. Compare its words by voice, with somebody whose voice you know."
        if not open_:
            sentence = "All of them are confirmed."
        rows = tuple(_row(one) for one in others)
        return DirectView(title=TITLE, sentence=sentence, devices=rows, choices=tuple(choices))


def _person(one: Addressee) -> tuple[str, str]:
    return one.nation, one.person_id or one.person


def _persons(devices: Iterable[Addressee]) -> int:
    return len({_person(one) for one in devices})


def _who(one: Addressee) -> str:
    return f"{one.person} ({one.device})"


def _row(one: Addressee) -> DeviceRow:
    standing = "not confirmed: gets nothing"
    if one.confirmed:
        standing = "confirmed" if one.keys else "confirmed, has stated no keys for now"
    return DeviceRow(
        nation=one.nation,
        who=_who(one),
        role=one.role.value,
        clearance=one.clearance,
        standing="this device" if one.own else standing,
        id=one.device_id,
        confirmed=one.confirmed,
    )


# --- where it is written ---


def _open(state: State, meant: list[Addressee], own: list[Addressee]) -> Changes:
    """Show the conversation of these devices and our own; one that is not there yet is begun."""
    together = {one.device_id: one for one in (*own, *meant)}
    for channel in state.coalition.channels:
        if channel.devices and {one.device_id for one in channel.devices} == set(together):
            return show(state, channel.id)
    # The one confirmed device is named by its id, which nobody else has; of several only the person's name says all.
    name = meant[0].device_id if len(meant) == 1 else meant[0].person
    level, categories = _ceiling(state, list(together.values()))
    channel = Channel(
        id=f"{AT}{name}",
        title=f"{AT}{meant[0].person}",
        members=state.coalition.marks.ordered(one.nation for one in together.values()),
        ceiling=state.coalition.marks.marking(HighWater(level, categories)),
        ceiling_level=level,
        purpose=PURPOSE,
        admin=False,
        unread=0,
        unread_precedence=None,
        read_position=0,
        newest=0,
        devices=tuple(together.values()),
    )
    state.begin(channel)
    return show(state, channel.id)


def _ceiling(state: State, devices: list[Addressee]) -> tuple[int, frozenset[str]]:
    """The highest level and the categories that all of them are cleared for."""
    marks, policy = state.coalition.marks, state.coalition.marks.policy
    levels = []
    for one in devices:
        try:
            levels.append(marks.level_of(one.clearance))
        except UnknownLabel:
            levels.append(0)  # a clearance that the policy does not know opens the lowest, if anything
    known = policy.categories if policy else ()
    held = frozenset(c for c in known if all(f" {c} " in f"{one.clearance} " for one in devices))
    return min(levels, default=0), held
