"""The desk as pictures: each is drawn anew from the real app and compared, cell by cell, with the one that is kept.

Every screen stands there at both sizes, in colours and without; one desk draws all pictures of a node, a size and a skin, one
after the other. `python -m tests.desk.test_pictures` draws them all anew; the README shows the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import anyio
import attrs
import pytest

from tests.desk.piloting import Seat, seat
from tests.desk.scene import (
    NOW,
    answered,
    asked,
    custodian,
    interrupted,
    inviting,
    issuing,
    national,
    reported,
    ruled,
    scene,
    trouble,
)
from tests.desk.svg import picture
from tests.desk.test_welcome import Acts, sitting
from tests.fakes.api_node import FakeNode

KEPT: Final = Path(__file__).parent / "pictures"
SIZES: Final = {"120x40": (120, 40), "80x24": (80, 24)}
COLOURS: Final = "dark"
MONO: Final = "mono"
ASCII: Final = "ascii"
PUT: Final = "="
"""A key that begins so is a text to put into the field."""


@attrs.frozen
class Station:
    """A screen: the keys that open it from the main screen, and words that stand on it then."""

    keys: tuple[str, ...] = ()
    sees: tuple[str, ...] = ("Engineers say 25 t", "Northern Guard")


def _command(line: str) -> tuple[str, ...]:
    return ("/", PUT + line, "enter")


OWN: Final = ("up",) * 5
"""To the own message."""
SALUTE: Final = (
    *_command("report salute"), "=3 trucks", "tab", "=loading", "tab", "=31NBA48121187", "tab", "tab", "=221575Z",
)  # fmt: skip

STATIONS: Final[Mapping[Callable[[], FakeNode], Mapping[str, Station]]] = {
    scene: {
        "main": Station(),
        "label": Station(("f6",), ("READABLE BY", "will be marked")),
        "who": Station(("f4",), ("WHO HAS IT", "held by XBB")),
        "keys": Station(("f7",), ("TO DO", "EDITIONS", "EFFECTIVE", "SEGMENTS OF EDITION")),
        "words": Station((*_command("dm Oja"), "2"), ("COMPARE WORDS", "lemon")),
        "search": Station(("ctrl+f", "ctrl+f", "=br"), ("all channels", "4 messages found", "Coffee at the bridge")),
        "help": Station(("f1",), ("KEYS",)),
        "jump": Station(("ctrl+k",), ("log-bridge", "GO TO")),
        "versions": Station((*OWN, "h"), ("VERSION 1",)),
        "recall": Station((*OWN, "x", "down", "down"), ("RECALL", "SPILL", "to confirm")),
        "channel": Station(
            (*_command("channel"), "=air", *("down",) * 4, "space"), ("CHANNEL", "XBB 4 devices", "not: XCC")
        ),
        "report": Station(SALUTE, ("WHAT WAS SEEN", "no minute 75", "1 field to correct")),
        "correct": Station((*OWN, "e"), ("correcting 1531Z Berg", "give it up")),
        # What these change, Esc does not undo: they come last.
        "quote": Station(("up", "up", "r", *OWN[1:], "q"), ("repeats (S",)),
        "lock": Station(("f5",), ("LOCKED", "passphrase")),
    },
    answered: {"thread": Station(("up", "up", "t"), ("THREAD  ops-north", "5 answers", "We can lend a guide"))},
    national: {
        "national": Station(("up",) * 4, ("Engineers say 25 t", "XAA: GEHEIM")),
        "national-label": Station(("f6",), ("READABLE BY", "XAA: GEHEIM", "XAA: OFFEN")),
    },
    asked: {
        "who-asked": Station(("f4",), ("acknowledge by", "held", "deputy Saar")),
        "escalate": Station(("f4", "e"), ("ESCALATE", "ask the deputies to see to it")),
        "channel-show": Station(_command("channel show"), ("ADMINS", "revision", "DEPUTIES")),
    },
    ruled: {
        "roe": Station(("f3",), ("TO ACKNOWLEDGE", "IMPL 005", "IN FORCE", "never judges")),
        "roe-sign": Station(("f3", "a", "0", "0"), ("ROE NOTICE", "Type the serial to sign")),
        "roe-caveat": Station(("f3", "a", "down"), ("ROE NOTICE", "Say which")),
    },
    issuing: {
        "roe-signing": Station(("f3",), ("TO SIGN", "XBB AUTH 005")),
        "roe-acts": Station(("f3", "l", "n"), ("ISSUE A NOTICE", "not possible")),
        "roe-form": Station(
            (*_command("roe implement AUTH 004"), *("tab",) * 4, "ctrl+u", PUT + "wide"),
            ("IMPLEMENT", "1 field to correct"),
        ),
        "roe-log": Station(("f3", "l"), ("ROE LOG", "IMPL 003 is missing")),
        "roe-log-file": Station(("f3", "l", "e"), ("WRITE THE LOG",)),
        "roe-endorse": Station(("f3", "s", "0", "0"), ("Type the serial to sign it too",)),
        # What is written stays: this comes last.
        "roe-issue": Station((*_command("roe cancel IMPL 004"), "ctrl+s", "0"), ("Type the serial to issue it",)),
    },
    reported: {"map": Station(_command("map"), ("POSITIONS", "NUMBERS"))},
    interrupted: {
        "forms": Station(("f2",), ("BRIDGE", "own form, draft of 221507Z", "WARNORD")),
        "form-back": Station(("f2", "enter"), ("draft of 221507Z came back", "must be a whole number", "about 31N BA")),
        "discard": Station(("f2", "enter", "alt+d"), ("Throw away what is filled in of BRIDGE?",)),
    },
    trouble: {
        "warned": Station((), ("emergency rekey", "Engineers say 25 t")),
        "keys-emergency": Station(("f7",), ("TO DO", "Varga (2)")),
    },
    custodian: {
        "revoke": Station(("f7", "x", "down", "enter", "3", "down"), ("REVOKE", "Type 4a4a4a4a")),
        "rekey": Station(("f7", "e", "down"), ("EMERGENCY REKEY", "Type XAA")),
    },
    inviting: {
        "invites": Station(("f7", "i"), ("INVITES", "1 device to compare")),
        "compare": Station(("f7", "i", "a"), ("COMPARE WORDS", "6 absent")),
        "invite": Station(("f7", "i", "n", "=S", "enter"), ("INVITE", "CLEARANCE")),
    },
}
WELCOME: Final = {"welcome": Station((), ("WELCOME", "nothing has been sent yet"))}
"""What opens where there is no home yet."""


@attrs.frozen
class Look:
    """A size, and a skin; `only` some stations: the others differ from those in colours alone."""

    size: str
    theme: str = COLOURS
    ascii_only: bool = False
    only: tuple[str, ...] = ()

    def name(self, station: str) -> str:
        """Of a picture."""
        skin = ASCII if self.ascii_only else self.theme
        return f"{station}-{self.size}" if skin == COLOURS else f"{station}-{skin}-{self.size}"

    def stations(self, of: Mapping[str, Station]) -> Mapping[str, Station]:
        """Those of its pictures."""
        return {name: station for name, station in of.items() if not self.only or name in self.only}


LOOKS: Final = (
    *(Look(size, theme) for size in SIZES for theme in (COLOURS, MONO)),
    Look("80x24", MONO, ascii_only=True, only=("main", "keys-emergency", "report")),
    Look("120x40", "light", only=("main",)),
    Look("120x40", "high-contrast", only=("main",)),
)
DESKS: Final = [(node, look) for node, of in STATIONS.items() for look in LOOKS if look.stations(of)]
WELCOMES: Final = [look for look in LOOKS if not look.only]


async def draw(node: Callable[[], FakeNode], look: Look) -> dict[str, str]:
    """The pictures of a desk, by name."""
    found = {}
    async with seat(node(), SIZES[look.size], theme=look.theme, ascii_only=look.ascii_only) as desk:
        await desk.sees("Engineers say 25 t")
        await _settled(desk)
        for name, station in look.stations(STATIONS[node]).items():
            await _back(desk)
            found[look.name(name)] = await _take(desk, station)
    return found


async def draw_welcome(look: Look) -> dict[str, str]:
    """The pictures of the first run."""
    async with sitting(FakeNode(), Acts(), size=SIZES[look.size], theme=look.theme, now=lambda: NOW) as desk:
        return {look.name(name): await _take(desk, station) for name, station in WELCOME.items()}


async def _take(desk: Seat, station: Station) -> str:
    for key in station.keys:
        if key.startswith(PUT):
            await desk.put(key.removeprefix(PUT))
        else:
            await desk.press(key)
        await _settled(desk)  # a key may be for what the answer to the last one opens
    await desk.sees(*station.sees)
    await _settled(desk)
    return picture(desk.app)


async def _back(desk: Seat) -> None:
    """To the main screen as it was, with nothing selected."""
    while desk.app.screen is not desk.main or not desk.main.composer.draft.has_focus or desk.app.desk.correcting:
        await desk.press("escape")
        await _settled(desk)
    desk.main.timeline.to_end()
    await _settled(desk)


async def _settled(desk: Seat) -> None:
    """Every question has its answer, and what it changed is drawn."""
    await desk.until(lambda: not hasattr(desk.app, "session") or desk.app.session.idle)
    await desk.pilot.pause()


def differing(drawn: Mapping[str, str]) -> dict[str, list[tuple[int, str, str]]]:
    """Lines that are not as they are kept, by picture."""
    found = {}
    for name, svg in drawn.items():
        path = KEPT / f"{name}.svg"
        old, new = path.read_text("utf-8").splitlines() if path.exists() else [], svg.splitlines()
        if old != new:
            changed = zip(old, new, strict=False)
            found[name] = [(number, was, now) for number, (was, now) in enumerate(changed, 1) if was != now][:3]
    return found


@pytest.mark.parametrize(("node", "look"), DESKS, ids=[look.name(node.__name__) for node, look in DESKS])
async def test_a_desk_looks_as_its_pictures(node: Callable[[], FakeNode], look: Look) -> None:
    assert differing(await draw(node, look)) == {}, "if it is right so: python -m tests.desk.test_pictures"


@pytest.mark.parametrize("look", WELCOMES, ids=[look.name("welcome") for look in WELCOMES])
async def test_the_first_run_looks_as_its_pictures(look: Look) -> None:
    assert differing(await draw_welcome(look)) == {}, "if it is right so: python -m tests.desk.test_pictures"


def test_there_is_no_picture_without_a_screen() -> None:
    named = {look.name(name) for node, look in DESKS for name in look.stations(STATIONS[node])}
    named |= {look.name(name) for look in WELCOMES for name in WELCOME}
    assert {path.stem for path in KEPT.glob("*.svg")} == named


async def _draw_all() -> None:
    drawn: dict[str, str] = {}
    for node, look in DESKS:
        drawn |= await draw(node, look)
    for look in WELCOMES:
        drawn |= await draw_welcome(look)
    KEPT.mkdir(exist_ok=True)
    for path in KEPT.glob("*.svg"):
        path.unlink()
    for name, svg in drawn.items():
        (KEPT / f"{name}.svg").write_text(svg, "utf-8")


if __name__ == "__main__":
    anyio.run(_draw_all)
