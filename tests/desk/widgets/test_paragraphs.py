"""Paragraphs of which one stays in sight."""

from __future__ import annotations

from textual.app import App, ComposeResult

from coalchat.desk.look.skin import DARK, skin_for
from coalchat.desk.paint.ink import Line, Span
from coalchat.desk.widgets.painted import Dress
from coalchat.desk.widgets.paragraphs import Paragraphs


class Sheet(App[None]):
    CSS = "Paragraphs { height: 4; }"

    def __init__(self, *heights: int) -> None:
        super().__init__()
        self.heights = list(heights)
        self.widget = Paragraphs(Dress(skin_for(DARK)), self.paint)

    def paint(self, width: int) -> list[list[Line]]:
        return [[Line((Span(f"{place}.{row}"),)) for row in range(height)] for place, height in enumerate(self.heights)]

    def compose(self) -> ComposeResult:
        yield self.widget

    @property
    def rows(self) -> list[str]:
        return [self.widget.render_line(y).text.rstrip() for y in range(self.widget.size.height)]


async def test_the_one_that_is_shown_stands_there_whole() -> None:
    app = Sheet(2, 3, 1, 2)
    async with app.run_test(size=(20, 10)):
        assert app.rows == ["0.0", "0.1", "1.0", "1.1"]
        app.widget.show(1)
        assert app.rows == ["0.1", "1.0", "1.1", "1.2"]
        app.widget.show(3)
        assert app.rows == ["1.2", "2.0", "3.0", "3.1"]
        app.widget.show(0)
        assert app.rows == ["0.0", "0.1", "1.0", "1.1"]


async def test_of_one_that_is_too_high_the_beginning_is_shown_and_of_none_nothing_moves() -> None:
    app = Sheet(2, 9)
    async with app.run_test(size=(20, 10)):
        app.widget.show(1)
        assert app.rows == ["1.0", "1.1", "1.2", "1.3"]
        app.widget.show(2)
        assert app.rows == ["1.0", "1.1", "1.2", "1.3"]


async def test_it_goes_by_the_heights_of_now() -> None:
    app = Sheet(1, 1)
    async with app.run_test(size=(20, 10)):
        app.heights = [6, 2]
        app.widget.show(1)
        assert app.rows == ["0.4", "0.5", "1.0", "1.1"]
