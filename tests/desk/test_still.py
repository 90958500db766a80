"""The first picture is the screen that takes its place, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from rich.cells import cell_len
from rich.color import ColorSystem
from rich.style import Style

from coalchat.desk.look.runs import Run
from coalchat.desk.look.skin import SKINS, skin_for
from coalchat.desk.model.desk import Desk
from coalchat.desk.paint.screen import LEAST, paint_screen
from coalchat.desk.still import colours_of, runs_of, still
from tests.desk.piloting import Seat, seat
from tests.desk.scene import NOW, scene, trouble
from tests.fakes.api_node import FakeNode

TRUE = {"COLORTERM": "truecolor"}
SIZES = [(120, 40), (80, 24), (109, 30), (110, 29), (60, 18), LEAST]


def looks(parts: Iterable[Run]) -> Iterator[tuple[Any, ...]]:
    """Each cell: what stands in it, and how it looks."""
    for text, style in parts:
        colours = [colour.triplet if colour else None for colour in (style.color, style.bgcolor)]
        attributes = (style.bold, style.italic, style.underline, style.reverse)
        for character in text:
            yield character, *colours, *(bool(one) for one in attributes)


def alive(desk: Seat) -> list[list[tuple[Any, ...]]]:
    """What the screen shows."""
    strips = desk.app.screen._compositor.render_strips()
    return [list(looks((part.text, part.style or Style()) for part in strip)) for strip in strips]


async def compare(node: FakeNode, size: tuple[int, int], skin: str, *, ascii_only: bool = False) -> None:
    async with seat(node, size, theme=skin, ascii_only=ascii_only) as desk:
        await desk.until(
            lambda: desk.app.session.idle and bool(desk.main.timeline.visible_keys) is bool(desk.app.desk.items)
        )
        desk.main.repaint_banners()
        await desk.pilot.pause()
        worn = desk.app.dress.skin
        rows = paint_screen(desk.app.desk, NOW, *size, worn.glyphs)
        assert len(rows) == size[1]
        draft = desk.main.composer.draft.region
        for y, (still_row, live_row) in enumerate(zip(rows, alive(desk), strict=True)):
            ours, real = list(looks(runs_of(still_row, worn))), live_row
            if y == draft.y:  # the cursor appears when there is somebody to type for
                ours, real = ours[: draft.x], real[: draft.x]
            assert "".join(cell[0] for cell in ours) == "".join(cell[0] for cell in real), f"row {y}"
            assert ours == real, f"row {y}"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_it_is_the_screen_at_every_size(size: tuple[int, int]) -> None:
    await compare(scene(), size, "dark")


@pytest.mark.parametrize("skin", [skin for skin in SKINS if skin != "dark"])
async def test_it_is_the_screen_in_every_skin(skin: str) -> None:
    await compare(scene(), (120, 40), skin, ascii_only=skin == "mono")


async def test_it_is_the_screen_with_a_warning_in_a_row_of_its_own() -> None:
    await compare(trouble(), (80, 24), "dark")


async def test_it_is_the_screen_before_anything_was_said() -> None:
    node = FakeNode()
    node.add_channel("ops", "XAA", "XBB")
    await compare(node, (80, 24), "dark")


CODE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")


def written(environ: dict[str, str], skin: str = "dark", size: tuple[int, int] = (80, 24)) -> str:
    return still(Desk(), NOW, size, skin_for(skin), environ).decode()


def test_it_writes_each_row_whole_at_its_place() -> None:
    data = written(TRUE)
    rows = re.split(r"\x1b\[\d+;1H", data)[1:]
    assert len(rows) == 24
    assert {cell_len(CODE.sub("", row)) for row in rows} == {80}
    assert {code[1] for code in CODE.findall(data)} == {"H", "m"}
    assert "\x1b" not in CODE.sub("", data)


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        (TRUE, ColorSystem.TRUECOLOR),
        ({"TERM": "xterm-256color"}, ColorSystem.EIGHT_BIT),
        ({"TERM": "xterm"}, ColorSystem.STANDARD),
        ({}, ColorSystem.STANDARD),
    ],
)
def test_it_writes_the_colours_that_the_terminal_has(environ: dict[str, str], colours: ColorSystem) -> None:
    assert colours_of(environ) is colours
    codes = {code[0] for code in CODE.findall(written(environ)) if code[1] == "m"}
    assert any("38;2;" in code for code in codes) is (colours is ColorSystem.TRUECOLOR)
    assert any("38;5;" in code for code in codes) is (colours is ColorSystem.EIGHT_BIT)


def test_without_colours_it_writes_none() -> None:
    codes = {code[0] for code in CODE.findall(written({"NO_COLOR": "1"}, "mono")) if code[1] == "m"}
    assert codes <= {"0", "1", "3", "4", "7", "1;7", "1;4"}
    assert "7" in "".join(codes)


def test_there_is_none_where_textual_would_change_it_or_where_there_is_no_room() -> None:
    assert written({**TRUE, "NO_COLOR": "1"}) == ""
    assert written(TRUE, size=(LEAST[0] - 1, LEAST[1])) == ""
    assert written(TRUE, size=(LEAST[0], LEAST[1] - 1)) == ""
