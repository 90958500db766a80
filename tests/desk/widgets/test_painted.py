"""Widgets that show a painting: whole rows, only what differs, and a window on what is too high."""

from __future__ import annotations

from typing import Any

from rich.style import Style
from textual.app import App, ComposeResult
from textual.geometry import Region, Size
from textual.pilot import Pilot

from coalchat.desk.look.skin import DARK, MONO, skin_for
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.terminal import PLAIN
from coalchat.desk.widgets.painted import Dress, Painted
from coalchat.desk.widgets.scrolled import Scrolled


class Sheet(App[None]):
    """One widget with lines that the test gives it."""

    CSS = "#auto { height: auto; } #window { height: 4; }"

    def __init__(self, kind: type[Painted], name: str, *texts: str) -> None:
        super().__init__()
        self.dress = Dress(skin_for(DARK))
        self.texts = list(texts)
        self.widget = kind(self.dress, self.paint, id=name)

    def paint(self, width: int, height: int) -> list[Line]:
        return [Line((Span(text),)) for text in self.texts]

    def compose(self) -> ComposeResult:
        yield self.widget

    @property
    def rows(self) -> list[str]:
        """What the widget shows."""
        return [self.widget.render_line(y).text.rstrip() for y in range(self.widget.size.height)]


async def resized(app: Sheet, pilot: Pilot[None], size: Size) -> None:
    """Another size of the terminal, once the widget that fills it has it: one pause is not always enough for that."""
    await pilot.resize_terminal(*size)
    while app.widget.size != size:
        await pilot.pause()


async def test_a_painting_is_as_high_as_it_needs_to_be() -> None:
    app = Sheet(Painted, "auto", "one", "two")
    async with app.run_test(size=(20, 10)) as pilot:
        assert app.widget.size.height == 2
        app.texts.append("three")
        app.widget.repaint()
        await pilot.pause()
        assert app.rows == ["one", "two", "three"]


async def test_only_rows_that_differ_are_drawn_again() -> None:
    app = Sheet(Painted, "fixed", *"abcdef")
    async with app.run_test(size=(20, 6)):
        assert app.rows == list("abcdef")
        drawn: list[Any] = []
        app.widget.refresh = lambda *regions, **more: drawn.extend(regions)  # type: ignore[method-assign, assignment]
        app.widget.repaint()
        assert drawn == []
        app.texts[3] = "D"
        app.widget.repaint()
        assert drawn == [Region(0, 3, 20, 1)]
        assert app.rows == list("abcDef")


async def test_a_row_that_looks_as_before_is_not_drawn_again() -> None:
    app = Sheet(Painted, "fixed", *"ab")
    async with app.run_test(size=(20, 2)) as pilot:
        first, second = app.widget.render_lines(Region(0, 0, 20, 2))
        app.texts[1] = "B"
        app.widget.repaint()
        await pilot.pause()
        again, other = app.widget.render_lines(Region(0, 0, 20, 2))
        assert again is first
        assert (second.text.strip(), other.text.strip()) == ("b", "B")
        await resized(app, pilot, Size(10, 2))
        assert [strip.cell_length for strip in app.widget.render_lines(Region(0, 0, 10, 2))] == [10, 10]


async def test_of_a_row_that_is_no_more_no_text_stays() -> None:
    app = Sheet(Painted, "fixed", *"ab")
    async with app.run_test(size=(20, 2)) as pilot:
        assert app.rows == list("ab")
        del app.texts[1]
        await resized(app, pilot, Size(20, 1))
        assert app.rows == list("a")
        assert "b" not in {strip.text.strip() for _, _, strip in app.widget._strips.values()}


async def test_rows_go_through_the_filters_of_the_app_and_are_cut_to_what_is_asked() -> None:
    app = Sheet(Painted, "fixed", "abc", "def")
    async with app.run_test(size=(20, 2)):
        (row,) = app.widget.render_lines(Region(1, 1, 4, 1))
        assert row.text == "ef  "
        assert Style() not in {segment.style for segment in row}
        app.widget.get_line_filters = lambda: PLAIN  # type: ignore[method-assign]
        (row,) = app.widget.render_lines(Region(1, 1, 4, 1))
        assert row.text == "ef  "
        assert {segment.style for segment in row} == {Style()}


async def test_another_skin_is_another_look_of_the_same() -> None:
    app = Sheet(Painted, "auto", "one")
    async with app.run_test(size=(20, 4)) as pilot:
        before = app.widget.render_line(0)
        app.dress.skin = skin_for(MONO)
        app.widget.redress()
        await pilot.pause()
        after = app.widget.render_line(0)
        assert before.text == after.text
        assert before != after


async def test_a_window_on_a_painting_scrolls_as_far_as_there_is_something() -> None:
    app = Sheet(Scrolled, "window", *"abcdefgh")
    async with app.run_test(size=(20, 10)) as pilot:
        app.widget.focus()
        assert app.rows == list("abcd")
        await pilot.press("down", "down")
        assert app.rows == list("cdef")
        await pilot.press("end")
        assert app.rows == list("efgh")
        await pilot.press("down")
        assert app.rows == list("efgh")
        await pilot.press("pageup")
        assert app.rows == list("bcde")
        await pilot.press("home", "pagedown", "up")
        assert app.rows == list("cdef")
        del app.texts[3:]
        app.widget.repaint()
        await pilot.pause()
        assert app.rows == ["a", "b", "c", ""]


async def test_a_window_goes_to_a_row_and_no_further() -> None:
    app = Sheet(Scrolled, "window", *"abcdefgh")
    async with app.run_test(size=(20, 10)):
        window = app.widget
        assert isinstance(window, Scrolled)
        window.reveal(5)
        assert app.rows == list("cdef")
        window.reveal(3)
        assert app.rows == list("cdef")
        window.reveal(0)
        assert app.rows == list("abcd")


def test_a_row_on_the_screen_is_as_wide_as_it_was_asked_for() -> None:
    dress = Dress(skin_for(DARK))
    for text in ("", "short", "much longer than that", "松本松本松本", "a\x1b[31mb"):
        strip = dress.row(Line((Span(text, Ink.BRIGHT),), Ground.SIDE), 9)
        assert strip.cell_length == 9
        assert "\x1b" not in strip.text
