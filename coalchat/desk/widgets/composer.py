"""The composer: the text being written, inside chrome that a text cannot draw in.

Rule 1: Enter sends and nothing else does. Alt-Enter and ^J begin a line; a pasted text brings its lines along.
Rule 2: each edit reaches the model at once, so the model's draft and the text are always the same.
Rule 3: an error stands under the text until the text changes or another takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from coalchat.desk.model.views import Composer as ComposerView
from coalchat.desk.paint.composer import (
    INDENT,
    paint_composer_foot,
    paint_composer_gutter,
    paint_composer_line,
    paint_composer_top,
)
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.text import cut
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.painted import Across, Dress, Painted
from coalchat.display import display_safe

MAX_ROWS: Final = 6
"""Rows of text before it scrolls."""
PASTE_ASKS: Final = 3
"""Lines that may be pasted without a question."""
NEWLINES: Final = {"alt+enter", "ctrl+j", "shift+enter"}


class Draft(Field):
    """The text itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False),
        Binding("shift+tab", "screen.select_last", show=False),
        Binding("pageup", "screen.page(-1)", show=False),
        Binding("pagedown", "screen.page(1)", show=False),
        Binding("escape", "screen.step_back", show=False),
        Binding("ctrl+c", "copy_or_quit", show=False),
    ]

    class Pasted(Message):
        """More was pasted than goes in without a question."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def update_suggestion(self) -> None:
        """Every edit: grow or shrink, and tell."""
        self._fit()
        super().update_suggestion()

    def _fit(self) -> None:
        self.styles.height = max(1, min(MAX_ROWS, self.wrapped_document.height))

    def on_resize(self) -> None:
        """Another width, other rows."""
        self.call_after_refresh(self._fit)

    async def on_key(self, event: events.Key) -> None:
        """What is not typing."""
        empty = not self.text
        if event.key == "enter":
            self.post_message(self.Submitted())
        elif event.key in NEWLINES:
            self.put("\n")
        elif event.key == "up" and empty:
            await self.run_action("screen.select_last")
        elif event.key == "end" and empty:
            await self.run_action("screen.read_all")
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """A few lines go in; more are asked about."""
        event.stop()
        event.prevent_default()
        text = display_safe(event.text, multiline=True).strip("\n")
        if text.count("\n") >= PASTE_ASKS:
            self.post_message(self.Pasted(text))
        else:
            self.put(text)

    async def action_copy_or_quit(self) -> None:
        """^C copies what is selected; with nothing selected it asks whether to quit."""
        if self.selected_text:
            self.app.copy_to_clipboard(self.selected_text)
        else:
            await self.run_action("app.ask_quit")

    async def action_complete(self) -> None:
        """Complete what stands before the cursor."""
        await self.run_action("screen.complete")

    @property
    def before(self) -> str:
        """The text before the cursor."""
        return self.get_text_range((0, 0), self.cursor_location)

    def complete(self, start: int, text: str) -> None:
        """Put a text in the place of what stands from a place to the cursor."""
        lines = self.text[:start].split("\n")
        result = self.replace(
            text, (len(lines) - 1, len(lines[-1])), self.cursor_location, maintain_selection_offset=False
        )
        self.move_cursor(result.end_location)


class Composer(Widget):
    """The draft and its chrome, which cover it."""

    BLANK = True

    def __init__(
        self, dress: Dress, view: Callable[[], ComposerView], edited: Callable[[str], object], *, id: str | None = None  # noqa: A002  # Textual's name
    ) -> None:  # fmt: skip
        super().__init__(id=id)
        self.dress = dress
        self._view = view
        self._told = edited
        self._error = ""
        self.roomy = True

    def compose(self) -> ComposeResult:
        """Chrome above, the text with its bar, chrome below."""
        yield Painted(self.dress, self._paint_top, ground=Ground.INPUT, id="composer-top")
        with Across(id="composer-text"):
            yield Painted(self.dress, self._paint_gutter, ground=Ground.INPUT, id="composer-gutter")
            yield Draft(self.dress, self._edited, id="draft")
        yield Painted(self.dress, self._paint_foot, ground=Ground.INPUT, id="composer-foot")
        yield Painted(self.dress, self._paint_error, ground=Ground.INPUT, id="composer-error")

    def on_mount(self) -> None:
        """The gutter is as wide as the painting says."""
        self.query_one("#composer-gutter").styles.width = INDENT
        self._show_error()

    @property
    def draft(self) -> Draft:
        """The text."""
        return self.query_one("#draft", Draft)

    # --- painting ---

    def _paint_top(self, width: int, height: int) -> list[Line]:
        del height
        paint = paint_composer_top if self.roomy else paint_composer_line
        return paint(self._view(), width, self.dress.glyphs, self.draft.has_focus)

    def _paint_foot(self, width: int, height: int) -> list[Line]:
        del height
        return paint_composer_foot(self._view(), width, self.dress.glyphs, self.draft.has_focus)

    def _paint_gutter(self, width: int, height: int) -> list[Line]:
        del width
        return paint_composer_gutter(height, self.dress.glyphs, self.draft.has_focus)

    def _paint_error(self, width: int, height: int) -> list[Line]:
        del height
        text = cut(display_safe(self._said()), max(1, width - INDENT - 1), self.dress.glyphs)
        return [Line((Span(" " * INDENT), Span(text, Ink.BRIGHT)), Ground.INPUT)]

    def repaint(self) -> None:
        """The model's composer has changed."""
        self._place_foot()
        self._show_error()
        for part in self.query(Painted):
            part.repaint()

    def arrange_for(self, *, roomy: bool) -> None:
        """With room, label and readers have rows of their own."""
        if roomy != self.roomy:
            self.roomy = roomy
            self._place_foot()
            self._show_error()
            self.query_one("#composer-top", Painted).redress()

    def _place_foot(self) -> None:
        """Who alone can read a direct message is named in every size."""
        view = self._view()
        self.query_one("#composer-foot").display = self.roomy or (bool(view.only) and view.denied is None)

    # --- errors ---

    @property
    def error(self) -> str:
        """What stands under the text, or ""."""
        return self._error

    def complain(self, sentence: str) -> None:
        """Say under the text why it was not done; "" takes it back."""
        self._error = sentence
        self._show_error()

    def _said(self) -> str:
        """What is wrong; where the row above has no room for it, also what the node refused."""
        return self._error or ("" if self.roomy else self._view().trouble)

    def _show_error(self) -> None:
        row = self.query_one("#composer-error", Painted)
        row.display = bool(self._said())
        row.redress()

    def _edited(self, text: str) -> None:
        if self._error and self.is_mounted:
            self.complain("")
        self._told(text)

    def on_descendant_focus(self) -> None:
        """The bar is drawn otherwise now."""
        self.repaint()

    def on_descendant_blur(self) -> None:
        """Likewise."""
        self.repaint()
