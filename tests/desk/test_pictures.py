"""The desk as pictures: each is drawn anew from the real app and compared, cell by cell, with the one that is kept.

Every screen stands there at both sizes, in colours and without; one desk draws all pictures of a node, a size and a skin, one
after the other. `python -m tests.desk.test_pictures` draws them all anew; the README shows the first.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import anyio
import attrs
import pytest
from textual.widget import Widget

import coalchat.desk.screens
from coalchat.api.vocabulary import Phase
from coalchat.desk.screens.base import Banded
from coalchat.desk.widgets.painted import Rows
from tests.desk.piloting import Seat, seat
from tests.desk.scene import (
    NOW,
    answered,
    asked,
    custodian,
    interrupted,
    inviting,
    issuing,
    locked,
    national,
    reported,
    ruled,
    scene,
    trouble,
)
from tests.desk.svg import picture
from tests.desk.test_welcome import Acts, sitting
from tests.fakes.api_node import PASSPHRASE, FakeNode

pytestmark = pytest.mark.usefixtures("unmeasured_file")

KEPT: Final = Path(__file__).parent / "pictures"
SIZES: Final = {"120x40": (120, 40), "80x24": (80, 24)}
COLOURS: Final = "dark"
MONO: Final = "mono"
ASCII: Final = "ascii"
PUT: Final = "="
"""A key that begins so is a text to put into the field."""
SEE: Final = "?"
"""One that begins so is no key: these words are waited for."""


@attrs.frozen
class Station:
    """A screen: the keys that open it from the main screen, words that stand on it then, and its class."""

    keys: tuple[str, ...] = ()
    sees: tuple[str, ...] = ("Engineers say 25 t", "Northern Guard")
    screen: str = "MainScreen"


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
        "label": Station(("f6",), ("READABLE BY", "will be marked"), "LabelDialog"),
        "who": Station(("f4",), ("WHO HAS IT", "held by XBB"), "WhoScreen"),
        "keys": Station(("f7",), ("TO DO", "EDITIONS", "EFFECTIVE", "SEGMENTS OF EDITION"), "KeysScreen"),
        "words": Station((*_command("dm Oja"), "2"), ("COMPARE WORDS", "lemon"), "WordsDialog"),
        "search": Station(
            ("ctrl+f", "ctrl+f", "=br"), ("all channels", "4 messages found", "Coffee at the bridge"), "SearchScreen"
        ),
        "help": Station(("f1",), ("ON THE SELECTED MESSAGE",), "HelpScreen"),
        "jump": Station(("ctrl+k",), ("log-bridge", "GO TO"), "JumpDialog"),
        "versions": Station((*OWN, "h"), ("VERSION 1",), "VersionsScreen"),
        "recall": Station((*OWN, "x", "down", "down"), ("RECALL", "SPILL", "to confirm"), "DeliberateDialog"),
        "channel": Station(
            (*_command("channel"), "=air", *("down",) * 4, "space"),
            ("NEW CHANNEL", "XBB 4 devices", "not: XCC"),
            "ChannelDialog",
        ),
        "report": Station(SALUTE, ("WHAT WAS SEEN", "no minute 75", "1 field to correct"), "ReportScreen"),
        "correct": Station((*OWN, "e"), ("correcting 1531Z Berg", "give it up")),
        "acknowledge": Station(("up", "up", "up", "a"), ("ACKNOWLEDGE", "WILCO"), "AcknowledgeDialog"),
        "direct": Station(_command("dm Oja"), ("Oja (1)", "device id"), "DirectDialog"),
        "quit": Station(("ctrl+c",), ("goes on receiving",), "ChooseDialog"),
        "widen": Station(("alt+2", *_command("channel widen"), "space"), ("WIDEN", "LET IN"), "WidenDialog"),
        "selecting": Station(OWN, ("recall", "Esc back")),
        # What these change, Esc does not undo: they come last.
        "refused": Station(
            ("alt+3", *_command("label SECRET"), "=Two more on the way.", "enter"),
            ("NOT SENT", "You can"),
            "RefusedDialog",
        ),
        "quote": Station(("up", "up", "r", *OWN[1:], "q"), ("quotes (S",)),
        "lock": Station(("f5",), ("LOCKED", "passphrase"), "LockScreen"),
    },
    answered: {
        "thread": Station(("up", "up", "t"), ("THREAD  #ops-north", "5 answers", "We can lend a guide"), "ThreadScreen")
    },
    national: {
        "national": Station(("up",) * 4, ("Engineers say 25 t", "XAA: GEHEIM")),
        "national-label": Station(("f6",), ("READABLE BY", "XAA: GEHEIM", "XAA: OFFEN"), "LabelDialog"),
    },
    asked: {
        "who-asked": Station(("f4",), ("acknowledge by", "held", "deputy Saar"), "WhoScreen"),
        "escalate": Station(("f4", "e"), ("ESCALATE", "ask the deputies to see to it"), "ChooseDialog"),
        "channel-show": Station(_command("channel show"), ("ADMINS", "revision", "DEPUTIES"), "ChannelScreen"),
    },
    ruled: {
        "roe": Station(("f3",), ("TO ACKNOWLEDGE", "IMPL 005", "IN FORCE", "never judges"), "RoeScreen"),
        "roe-sign": Station(("f3", "a", "0", "0"), ("ROE NOTICE", "Type the serial to sign"), "RoeAcknowledgeDialog"),
        "roe-caveat": Station(("f3", "a", "down"), ("ROE NOTICE", "Say which"), "RoeAcknowledgeDialog"),
        "roe-notice": Station(("f3", "enter", "2"), ("IMPL 005", "AREA BLUE"), "RoeNoticeScreen"),
        "roe-time": Station(("f3", "t"), ("ANOTHER TIME",), "RoeTimeDialog"),
    },
    issuing: {
        "roe-signing": Station(("f3",), ("TO SIGN", "XBB AUTH 005"), "RoeScreen"),
        "roe-acts": Station(("f3", "l", "n"), ("ISSUE A NOTICE", "not possible"), "RoeActDialog"),
        "roe-form": Station(
            (*_command("roe implement AUTH 004"), *("tab",) * 4, "ctrl+u", PUT + "wide"),
            ("IMPLEMENT", "1 field to correct"),
            "RoeFormScreen",
        ),
        "roe-log": Station(("f3", "l"), ("ROE LOG", "IMPL 003 is missing"), "RoeLogScreen"),
        "roe-log-file": Station(("f3", "l", "e"), ("WRITE THE LOG",), "RoeFileDialog"),
        "roe-endorse": Station(("f3", "s", "0", "0"), ("Type the serial to sign it too",), "RoeSignDialog"),
        # What is written stays: this comes last.
        "roe-issue": Station(
            (*_command("roe cancel IMPL 004"), "ctrl+s", "0"), ("Type the serial to issue it",), "RoeSignDialog"
        ),
    },
    reported: {"map": Station(_command("map"), ("POSITIONS", "NUMBERS"), "MapScreen")},
    interrupted: {
        "forms": Station(("f2",), ("BRIDGE", "own form, draft of 221507Z", "WARNORD"), "FormDialog"),
        "form-back": Station(
            ("f2", "enter"), ("draft of 221507Z came back", "must be a whole number", "about 31N BA"), "ReportScreen"
        ),
        "discard": Station(("f2", "enter", "alt+d"), ("Throw away what is filled in of BRIDGE?",), "ChooseDialog"),
    },
    locked: {"unlock": Station((), ("LOCKED", "passphrase"), "UnlockScreen")},
    trouble: {
        "warned": Station((), ("emergency rekey", "Engineers say 25 t")),
        "history": Station(("f7", "h"), ("HISTORY", "would go"), "HistoryDialog"),
        "keys-emergency": Station(("f7",), ("TO DO", "Varga (2)"), "KeysScreen"),
    },
    custodian: {
        "revoke": Station(("f7", "x", "down", "enter", "3", "down"), ("REVOKE", "Type 4a4a4a4a"), "DeliberateDialog"),
        "rekey": Station(("f7", "e", "down"), ("EMERGENCY REKEY", "Type XAA"), "DeliberateDialog"),
    },
    inviting: {
        "invites": Station(("f7", "i"), ("INVITES", "1 device to compare"), "InvitesScreen"),
        "compare": Station(("f7", "i", "a"), ("COMPARE WORDS", "6 absent"), "CompareDialog"),
        "invite": Station(("f7", "i", "n", "=S", "enter"), ("INVITE", "CLEARANCE"), "InviteDialog"),
        # It makes one more: it comes last.
        "code": Station(
            ("f7", "i", "n", "=Lt Saar", "enter", "=SECRET", *("enter",) * 3, "=192.0.2.7:7447", "enter"),
            ("INVITE CODE", "cannot be shown again"),
            "CodeDialog",
        ),
    },
}
_SECRET: Final = (*("space" if sign == " " else sign for sign in PASSPHRASE.decode()), "enter")
_JOINING: Final = ("2", "?INVITE", *"good", "enter", "?How you want", "=Berg", "enter", "?PASSPHRASE")
WELCOME: Final = {
    "welcome": Station((), ("WELCOME", "nothing has been sent yet"), "ChooseDialog"),
    "join-name": Station((*_JOINING[:7], "?How you want"), ("nothing has been sent yet",), "AskDialog"),
    "join-passphrase": Station((*_JOINING, *_SECRET[:3]), ("PASSPHRASE",), "SecretDialog"),
    "join-words": Station((*_JOINING, *_SECRET, "?once more", *_SECRET), ("COMPARE WORDS",), "SixWordsDialog"),
}
"""What opens where there is no home yet."""
BEHIND: Final = {"WelcomeScreen"}
"""Screens that are seen only behind a dialog."""
ALIKE: Final = {"RoeChooseDialog": "ChooseDialog", "RoeLabelDialog": "LabelDialog"}
"""Screens that look as what they are made of does: their banner is another's, and what comes of them."""


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
    Look("80x24", MONO, ascii_only=True, only=("main", "keys-emergency", "report", "jump", "roe-sign")),
    Look("120x40", "light", only=("main", "jump", "who")),
    Look("120x40", "high-contrast", only=("main", "jump", "who")),
)
DESKS: Final = [(node, look) for node, of in STATIONS.items() for look in LOOKS if look.stations(of)]
WELCOMES: Final = [look for look in LOOKS if not look.only]


async def draw(node: Callable[[], FakeNode], look: Look) -> dict[str, str]:
    """The pictures of a desk, by name."""
    found = {}
    async with seat(node(), SIZES[look.size], theme=look.theme, ascii_only=look.ascii_only) as desk:
        if node is not locked:
            await desk.sees("Engineers say 25 t")
        await _settled(desk)
        for name, station in look.stations(STATIONS[node]).items():
            if node is not locked:
                await _back(desk)
            found[look.name(name)] = await _take(desk, station)
    return found


async def draw_welcome(look: Look) -> dict[str, str]:
    """The pictures of the first run."""
    found = {}
    for name, station in WELCOME.items():
        node = FakeNode(phase=Phase.LOCKED)
        async with sitting(node, Acts(), size=SIZES[look.size], theme=look.theme, now=lambda: NOW) as desk:
            await desk.sees("WELCOME")
            found[look.name(name)] = await _take(desk, station)
    return found


async def _take(desk: Seat, station: Station) -> str:
    for key in station.keys:
        if key.startswith(SEE):
            await desk.sees(key.removeprefix(SEE))
        elif key.startswith(PUT):
            await desk.put(key.removeprefix(PUT))
        else:
            await desk.press(key)
        await _settled(desk)  # a key may be for what the answer to the last one opens
    await desk.sees(*station.sees)
    await _settled(desk)
    assert type(desk.app.screen).__name__ == station.screen, desk.text
    for rows in desk.app.screen.query(Rows):
        whole = rows.size.region
        assert rows.render_lines(whole) == Widget.render_lines(rows, whole), f"{rows!r} has more to it than its rows"
    return picture(desk.app)


async def _back(desk: Seat) -> None:
    """To the main screen as it was, in its first channel, with nothing selected."""
    while desk.app.screen is not desk.main or not desk.main.composer.draft.has_focus or desk.app.desk.correcting:
        await desk.press("escape")
        await _settled(desk)
    if desk.app.desk.shown != desk.app.desk.channels()[0].id:
        await desk.press("alt+1")
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


def test_there_is_no_screen_without_a_picture() -> None:
    rooms = pkgutil.iter_modules(coalchat.desk.screens.__path__, "coalchat.desk.screens.")
    values = [value for room in [importlib.import_module(room.name) for room in rooms] for value in vars(room).values()]
    screens = {value for value in values if isinstance(value, type) and issubclass(value, Banded)}
    whole = {kind.__name__ for kind in screens if not screens & set(kind.__subclasses__())}
    stations = [*(station for of in STATIONS.values() for station in of.values()), *WELCOME.values()]
    assert whole | {*ALIKE.values()} == {station.screen for station in stations} | BEHIND | ALIKE.keys()


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
