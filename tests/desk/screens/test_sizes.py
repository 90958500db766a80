"""Every screen at every size: both banners, whole rows, no exception; and while the terminal is resized."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from coalchat.desk.paint.layout import layout_for
from tests.desk.piloting import Seat, seat
from tests.desk.scene import NOW, ruled
from tests.fakes.api_node import FakeNode

SIZES = [
    (40, 12),
    (60, 18),
    (60, 20),
    (71, 19),
    (72, 24),
    (80, 24),
    (100, 30),
    (109, 30),
    (110, 29),
    (120, 40),
    (200, 60),
]
SCREENS = {"main": (), "jump": ("ctrl+k",), "label": ("f6",), "who": ("f4",), "keys": ("f7",), "help": ("f1",), "quit": ("ctrl+c",),
           "acknowledge": ("up", "up", "up", "a"), "search": ("ctrl+f",), "thread": ("up", "t"), "report": ("f2", "enter"),
           "roe": ("f3",), "sign": ("f3", "a"), "notices": ("f3", "enter")}  # fmt: skip


def check(desk: Seat) -> None:
    """The banners stand first and last, and every row is as wide as the terminal."""
    width, height = desk.app.size
    rows = desk.rows
    assert len(rows) == height
    assert {cell_len(row) for row in rows} == {width}
    marking = desk.app.screen.query_one("#banner-top")
    assert marking.region.y == 0
    assert marking.region.height >= 1
    assert "MISSION" in rows[0]
    assert "MISSION" in rows[-1]
    assert desk.app.screen.query_one("#banner-bottom").region.bottom == height


# Colours change no layout: without them the smallest, the common and the largest are looked at.
@pytest.mark.parametrize(
    ("size", "skin"),
    [*((size, "dark") for size in SIZES), *((size, "mono") for size in SIZES[::4])],
    ids=lambda of: of if isinstance(of, str) else f"{of[0]}x{of[1]}",
)
@pytest.mark.usefixtures("unmeasured")  # the same lines run at each size
async def test_every_screen_fits(size: tuple[int, int], skin: str) -> None:
    async with seat(ruled(), size, theme=skin) as desk:
        await desk.until(lambda: desk.main.timeline.visible_keys)
        for keys in SCREENS.values():
            for key in keys:
                await desk.press(key)
                await desk.until(lambda: desk.app.session.idle)
            check(desk)
            while desk.app.screen is not desk.main or not desk.main.composer.draft.has_focus:
                await desk.press("escape")


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_that_is_open_follows_the_size(screen: str) -> None:
    async with seat(ruled()) as desk:
        await desk.until(lambda: desk.main.timeline.visible_keys)
        for key in SCREENS[screen]:
            await desk.press(key)
            await desk.until(lambda: desk.app.session.idle)
        for width, height in [*SIZES, *reversed(SIZES), (10, 3), (1, 1), (120, 40)]:
            await desk.resize(width, height)
            if width >= 40:
                check(desk)


async def test_what_is_withheld_is_said_at_every_size() -> None:
    node = FakeNode()
    node.add_channel("#ops", "XAA", "XBB", "XCC")
    async with seat(node) as desk:
        desk.app.door.put(desk.app.desk.set_label(2, ("XAA", "XBB")))
        await desk.until(lambda: desk.app.desk.composer().known and desk.app.desk.composer().withheld)
        for width, height in SIZES:
            await desk.resize(width, height)
            await desk.until(lambda: any("withheld" in row and "XCC" in row for row in desk.rows))


def test_the_layout_gives_up_the_right_things_first() -> None:
    wide, common, narrow, flat = (layout_for(*size) for size in ((120, 40), (80, 24), (71, 24), (80, 19)))
    assert (wide.list, wide.rail, wide.rail_line, wide.hints, wide.roomy) == (24, 28, False, True, True)
    assert (common.list, common.rail, common.rail_line, common.hints, common.roomy) == (18, 0, True, True, False)
    assert (narrow.list, narrow.rail_line) == (0, True)
    assert (flat.list, flat.hints) == (18, False)
    assert layout_for(40, 12).rail_line is False


async def test_the_reader_stays_where_he_is_when_the_width_changes() -> None:
    node = FakeNode()
    node.add_channel("#ops", "XAA", "XBB")
    for number in range(60):
        node.add_message("#ops", f"message number {number} " + "with many words " * 6, author_time=NOW)
    async with seat(node) as desk:
        await desk.press("pageup", "pageup")
        first = desk.main.timeline.visible_keys[0]
        for width in (80, 60, 120):
            await desk.resize(width, 40)
            assert desk.main.timeline.visible_keys[0] == first
