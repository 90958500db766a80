"""A field to type into: Textual's text area in our skin, of one row. And one whose text is never shown.

Rule 1: what is pasted passes `display_safe` first: an escape sequence becomes text that one can see, and deletes nothing.
Rule 2: a secret is kept as bytes in the field alone; nothing of it is in a repr, a message or a style.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual._text_area_theme import TextAreaTheme
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets._text_area import TextArea

from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.widgets.painted import Dress
from coalchat.display import display_safe

THEME: Final = "desk"
SIGNS: Final = 8
"""Signs of a secret of whatever length."""
_UNDERLINED: Final = Style(underline=True)
MAX_SECRET: Final = 1_024
"""Bytes of a passphrase, as at the command line."""


class Field(TextArea):
    """One row of text. Enter submits it; there is no other line."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "app.focus_next", show=False)]
    ALLOW_SELECT = False

    class Submitted(Message):
        """Enter."""

    def __init__(
        self, dress: Dress, edited: Callable[[str], object] | None = None, *, id: str | None = None  # noqa: A002  # Textual's name
    ) -> None:  # fmt: skip
        self._edited = edited
        super().__init__(id=id, compact=True, highlight_cursor_line=False)
        self.dress = dress
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self.redress()

    def redress(self) -> None:
        """Take the skin's cursor. Text and ground come from the style sheet."""
        plain = Style()
        self.register_theme(
            TextAreaTheme(
                THEME,
                cursor_style=self.dress.skin.style(Ink.NOW, ground=Ground.INPUT),
                selection_style=Style(reverse=True),
                cursor_line_style=plain,
                cursor_line_gutter_style=plain,
                gutter_style=plain,
                bracket_matching_style=plain,
            )
        )
        self.theme = THEME

    def render_line(self, y: int) -> Strip:
        """One row; where no shade shows that it is a field, it is underlined."""
        row = super().render_line(y)
        return row.apply_style(_UNDERLINED) if self.dress.glyphs.flat and self.has_class("well") else row

    def update_suggestion(self) -> None:
        """Textual's hook at the end of every edit: tell at once, so that nobody ever has an older text."""
        if self._edited is not None:
            self._edited(self.text)

    def put(self, text: str) -> None:
        """Write something at the cursor, in place of what is selected."""
        result = self.replace(text, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)

    def load(self, text: str) -> None:
        """Have another text, with the cursor at its end."""
        if text != self.text:
            self.load_text(text)
            self.move_cursor(self.document.end)

    async def on_key(self, event: events.Key) -> None:
        """Enter is ours."""
        if event.key in {"enter", "ctrl+j", "alt+enter", "shift+enter"}:
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())

    def on_paste(self, event: events.Paste) -> None:
        """One row stays one row."""
        event.stop()
        event.prevent_default()
        self.put(display_safe(" ".join(event.text.split("\n"))))


class SecretField(Widget, can_focus=True):
    """A passphrase: signs that say that there is one, and not how long it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+u", "clear", show=False)]

    class Submitted(Message):
        """Enter, and there is something."""

    def __init__(self, dress: Dress, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(id=id)
        self.dress = dress
        self._typed = ""

    def take(self) -> bytes:
        """The secret, which the field then has no more."""
        typed, self._typed = self._typed, ""
        self.refresh()
        return typed.encode("utf-8", "surrogateescape")

    def action_clear(self) -> None:
        """Begin anew."""
        self._typed = ""
        self.refresh()

    def _add(self, text: str) -> None:
        if len((self._typed + text).encode("utf-8", "surrogateescape")) <= MAX_SECRET:
            self._typed += text
            self.refresh()

    def on_key(self, event: events.Key) -> None:
        """Type, delete, submit."""
        if event.key in {"enter", "ctrl+j"}:
            if self._typed:
                self.post_message(self.Submitted())
        elif event.key == "backspace":
            self._typed = self._typed[:-1]
            self.refresh()
        elif event.is_printable and event.character:
            self._add(event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Without a line end after it, as from a file."""
        event.stop()
        self._add(event.text.rstrip("\n"))

    def render_line(self, y: int) -> Strip:
        """Signs and the cursor."""
        width = self.size.width
        signs = self.dress.glyphs.on * min(SIGNS if self._typed else 0, max(0, width - 1))
        spans = [Span(signs, Ink.BRIGHT)]
        if self.has_focus:
            spans.append(Span(" ", Ink.NOW))
        spans.append(Span(" " * max(0, width - sum(len(span.text) for span in spans)), Ink.WELL))
        return self.dress.row(Line(tuple(spans) if y == 0 else ()), width)
