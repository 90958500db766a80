"""The screens of a desk all of whose peers are hostile: what they write is made safe at the model's door, not first at the
terminal's, and no text moves a banner, a mark or a column.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

import attrs
import pytest
from rich.cells import cell_len

from coalchat.desk.screens.base import Banded
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.timeline import Timeline
from coalchat.display import display_safe
from tests.desk.piloting import seat
from tests.desk.poison import MARK, WAY, Poison, crowded

SIZE: Final = (120, 60)
TYPED: Final = "/"
"""A text of WAY begins so; anything else is a key."""


@attrs.define
class Screen:
    """What stood there after a step."""

    name: str
    words: str
    banner: str
    rows: list[str]
    unsafe: list[str] = attrs.field(factory=list)


@attrs.define
class Walk:
    """All screens, and what hostile peers had put into them."""

    screens: list[Screen]
    poison: Poison


@pytest.fixture(scope="module")
async def walk() -> Walk:
    """Every screen once, on the way."""
    node = crowded()
    node.twist = poison = Poison()
    found = Walk([], poison)
    async with seat(node, SIZE) as desk:
        for step in WAY:
            for key in step.keys:
                name, text = (key[0], key[1:]) if key.startswith(TYPED) else (key, "")
                await desk.press(name)
                if text:
                    await desk.put(text)
                await desk.until(lambda: desk.app.session.idle)
            await desk.sees(step.words)
            screen = desk.app.screen
            assert isinstance(screen, Banded)
            lines = [line for painted in screen.query(Painted) for line in painted.lines]
            lines += [
                timeline._lines(row.item)[row.line] for timeline in screen.query(Timeline) for row in timeline.rows
            ]
            texts = {span.text for line in lines for span in line.spans}
            found.screens.append(
                Screen(
                    type(screen).__name__, step.words, screen.banner().marking, desk.rows,
                    [text for text in texts if display_safe(text) != text],
                )
            )  # fmt: skip
    return found


async def test_what_is_painted_is_safe_before_it_comes_to_the_terminal(walk: Walk) -> None:
    assert not [(screen.name, screen.unsafe[:3]) for screen in walk.screens if screen.unsafe]


async def test_both_banners_stand_on_every_screen(walk: Walk) -> None:
    assert len({screen.name for screen in walk.screens}) >= 14
    for screen in walk.screens:
        assert screen.banner in screen.rows[0], screen.name
        assert screen.banner in screen.rows[-1], screen.name


async def test_every_row_is_as_wide_as_the_screen(walk: Walk) -> None:
    wrong = [(screen.name, row) for screen in walk.screens for row in screen.rows if cell_len(row) != SIZE[0]]
    assert not wrong


async def test_every_body_bears_its_mark(walk: Walk) -> None:
    bodies, mark = 0, re.compile(r"\((?:S|R)[^()]*\)")
    for screen in (one for one in walk.screens if one.name == "MainScreen"):
        for above, row in pairwise(screen.rows):
            for found in MARK.finditer(row):
                if walk.poison.put.get(int(found[1])) == "Message.text":
                    # Of what was corrected, the words begin below the mark.
                    assert mark.search(row[: found.start()]) or mark.search(above), row
                    bodies += 1
    assert bodies > len(WAY)
