"""The desk as pictures: each is drawn anew from the real app and compared, cell by cell, with the one that is kept.

`python -m tests.desk.test_pictures` draws them all anew; the README shows the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import anyio
import attrs
import pytest

from tests.desk.piloting import Seat, seat
from tests.desk.scene import answered, asked, custodian, inviting, reported, ruled, scene, trouble
from tests.desk.svg import picture
from tests.fakes.api_node import FakeNode

KEPT: Final = Path(__file__).parent / "pictures"
WIDE, NARROW = (120, 40), (80, 24)


@attrs.frozen
class View:
    """A view of the desk: its size, its skin, the keys pressed before, and words that stand on it then."""

    size: tuple[int, int] = WIDE
    theme: str = "dark"
    ascii_only: bool = False
    keys: tuple[str, ...] = ()
    sees: tuple[str, ...] = ("Engineers say 25 t", "Northern Guard")
    node: Callable[[], FakeNode] = scene


SEARCH: Final = ("ctrl+f", "ctrl+f", "b", "r")
FOUND: Final = ("all channels", "4 messages found", "Coffee at the bridge")
FOUND_ONE: Final = ("/", *"channel", "enter", *"air", *("down",) * 4, "space")
THREAD: Final = ("THREAD  ops-north", "5 answers", "We can lend a guide")
SALUTE: Final = (
    *"/report", "space", *"salute", "enter", *"3", "space", *"trucks", "tab", *"loading", "tab",
    *"31NBA48121187", "tab", "tab", *"221575Z",
)  # fmt: skip
FORM: Final = ("WHAT WAS SEEN", "no minute 75", "1 field to correct")
KEYS: Final = ("TO DO", "EDITIONS", "EFFECTIVE", "SEGMENTS OF EDITION")

ROE: Final = ("TO ACKNOWLEDGE", "IMPL 005", "IN FORCE", "never judges")
SIGNING: Final = ("ROE NOTICE", "Type the serial to sign", "not that force is lawful")
OWN: Final = ("up",) * 5
"""To the own message."""

VIEWS: Final[Mapping[str, View]] = {
    "main-120x40": View(),
    "main-80x24": View(NARROW),
    "main-mono-120x40": View(theme="mono"),
    "main-mono-80x24": View(NARROW, "mono"),
    "main-ascii-80x24": View(NARROW, "mono", ascii_only=True),
    "main-light-120x40": View(theme="light"),
    "main-high-contrast-120x40": View(theme="high-contrast"),
    "label-120x40": View(keys=("f6",), sees=("READABLE BY", "will be marked")),
    "label-80x24": View(NARROW, keys=("f6",), sees=("READABLE BY", "will be marked")),
    "who-120x40": View(keys=("f4",), sees=("WHO HAS IT", "GAPS", "held by XBB")),
    "who-80x24": View(NARROW, keys=("f4",), sees=("WHO HAS IT", "held by XBB")),
    "who-asked-120x40": View(keys=("f4",), sees=("acknowledge by", "E escalate to", "3 of 8"), node=asked),
    "who-asked-mono-80x24": View(NARROW, "mono", keys=("f4",), sees=("acknowledge by", "held"), node=asked),
    "keys-120x40": View(keys=("f7",), sees=KEYS),
    "keys-80x24": View(NARROW, keys=("f7",), sees=KEYS),
    "keys-mono-120x40": View(theme="mono", keys=("f7",), sees=KEYS, node=trouble),
    "keys-ascii-80x24": View(NARROW, "mono", ascii_only=True, keys=("f7",), sees=("TO DO", "Varga (2)"), node=trouble),
    "keys-emergency-120x40": View(keys=("f7",), sees=("EMERGENCY REKEY", "Holm (1)"), node=trouble),
    "report-120x40": View(keys=SALUTE, sees=FORM),
    "report-80x24": View(NARROW, keys=SALUTE, sees=FORM),
    "report-mono-120x40": View(theme="mono", keys=SALUTE, sees=FORM),
    "report-ascii-80x24": View(NARROW, "mono", ascii_only=True, keys=SALUTE, sees=FORM),
    "map-120x40": View(keys=("/", *"map", "enter"), sees=("POSITIONS", "NUMBERS", "31N BA 5012 0988"), node=reported),
    "map-mono-80x24": View(NARROW, "mono", keys=("/", *"map", "enter"), sees=("POSITIONS", "NUMBERS"), node=reported),
    "warned-80x24": View(NARROW, sees=("emergency rekey", "Engineers say 25 t"), node=trouble),
    "words-80x24": View(NARROW, keys=("/", *"dm", "space", *"Oja", "enter", "2"), sees=("COMPARE WORDS", "lemon")),
    "search-120x40": View(keys=SEARCH, sees=FOUND),
    "search-80x24": View(NARROW, keys=SEARCH, sees=FOUND),
    "thread-120x40": View(keys=("up", "up", "t"), sees=THREAD, node=answered),
    "thread-mono-80x24": View(NARROW, "mono", keys=("up", "up", "t"), sees=THREAD, node=answered),
    "roe-120x40": View(keys=("f3",), sees=(*ROE, "NOT IN FORCE", "not us"), node=ruled),
    "roe-mono-80x24": View(NARROW, "mono", keys=("f3",), sees=ROE, node=ruled),
    "roe-sign-120x40": View(keys=("f3", "a", "0", "0"), sees=SIGNING, node=ruled),
    "roe-sign-mono-80x24": View(NARROW, "mono", keys=("f3", "a", "down"), sees=("ROE NOTICE", "Say which"), node=ruled),
    "channel-120x40": View(keys=FOUND_ONE, sees=("CHANNEL", "XBB 4 devices", "not: XCC")),
    "channel-mono-80x24": View(NARROW, "mono", keys=FOUND_ONE, sees=("CHANNEL", "XBB 4 devices", "not: XCC")),
    "channel-show-80x24": View(NARROW, keys=("/", *"channel", "space", *"show", "enter"), sees=("ADMINS", "revision")),
    "recall-80x24": View(NARROW, keys=(*OWN, "x", "down", "down"), sees=("RECALL", "SPILL", "to confirm")),
    "correct-80x24": View(NARROW, keys=(*OWN, "e"), sees=("correcting 1531Z Berg", "give it up")),
    "quote-120x40": View(keys=("up", "up", "r", *OWN[1:], "q"), sees=("reply to Saar", "repeats (S")),
    "revoke-80x24": View(
        NARROW,
        keys=("f7", "x", "down", "enter", "3", "down"),
        sees=("REVOKE", "Type 4a4a4a4a"),
        node=custodian,
    ),
    "rekey-120x40": View(keys=("f7", "e", "down"), sees=("EMERGENCY REKEY", "Type XAA"), node=custodian),
    "invites-80x24": View(NARROW, keys=("f7", "i"), sees=("INVITES", "1 device to compare"), node=inviting),
    "invite-120x40": View(keys=("f7", "i", "n", "S", "enter"), sees=("INVITE", "CLEARANCE", "ADDRESS"), node=inviting),
    "compare-80x24": View(NARROW, keys=("f7", "i", "a"), sees=("COMPARE WORDS", "6 absent"), node=inviting),
    "versions-80x24": View(NARROW, keys=(*OWN, "h"), sees=("VERSION 1",)),
    "lock-80x24": View(NARROW, keys=("f5",), sees=("LOCKED", "passphrase")),
    "help-80x24": View(NARROW, keys=("f1",), sees=("KEYS",)),
    "jump-120x40": View(keys=("ctrl+k",), sees=("log-bridge", "GO TO")),
}


async def draw(view: View) -> str:
    """The picture of a view."""
    async with seat(view.node(), view.size, theme=view.theme, ascii_only=view.ascii_only) as desk:
        await desk.sees("Engineers say 25 t")
        await _settled(desk)
        for key in view.keys:
            await desk.press(key)
            await _settled(desk)  # a key may be for what the answer to the last one opens
        await desk.sees(*view.sees)
        await _settled(desk)
        return picture(desk.app)


async def _settled(desk: Seat) -> None:
    """Every question has its answer, and what it changed is drawn."""
    await desk.until(lambda: desk.app.session.idle)
    await desk.pilot.pause()


@pytest.mark.parametrize("name", VIEWS)
async def test_a_view_looks_as_its_picture(name: str) -> None:
    kept = (KEPT / f"{name}.svg").read_text("utf-8").splitlines()
    drawn = (await draw(VIEWS[name])).splitlines()
    changed = [(number, old, new) for number, (old, new) in enumerate(zip(kept, drawn, strict=False), 1) if old != new]
    assert (len(drawn), changed[:5]) == (len(kept), []), "if it is right so: python -m tests.desk.test_pictures"


def test_there_is_no_picture_without_a_view() -> None:
    assert {path.stem for path in KEPT.glob("*.svg")} == set(VIEWS)


async def _draw_all() -> None:
    KEPT.mkdir(exist_ok=True)
    for name, view in VIEWS.items():
        (KEPT / f"{name}.svg").write_text(await draw(view), "utf-8")


if __name__ == "__main__":
    anyio.run(_draw_all)
