"""What every screen has: two banners with its content between them, and an ear for changes of the model.

Rule 1: a dialog stands over the main screen and draws the banners itself: what it dims, it must not dim those.
Rule 2: no dialog is higher than the space between the banners, at any size of the terminal; what does not fit scrolls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar, Final, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen, ScreenResultType
from textual.widget import Widget

from coalchat.desk.look.theme import css_variables
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.banner import paint_banner
from coalchat.desk.paint.hints import SCROLL, Hints, in_keys, paint_hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled
from coalchat.desk.widgets.timeline import Timeline

DIM: Final = 0.55
"""How much of what stands behind a dialog is covered by its ground."""
T = TypeVar("T")


class Banded(Screen[ScreenResultType]):
    """A screen between two banners."""

    ALLOW_SELECT = False
    AUTO_FOCUS: ClassVar[str | None] = ""

    def __init__(self, door: Door) -> None:
        super().__init__()
        self.door = door
        self._given = False

    def compose(self) -> ComposeResult:
        """Banner, content, banner."""
        yield Painted(self.door.dress, self._paint_banner, id="banner-top")
        yield from self.stage()
        yield from self.below()
        yield Painted(self.door.dress, self._paint_lower_banner, id="banner-bottom")

    def open(self, screen: Screen[T], then: Callable[[T | None], None] | None = None) -> None:
        """Put another screen on top; `then` gets what it gives, or None."""
        _ = self.app.push_screen(screen, then)

    def give(self, result: ScreenResultType | None = None) -> None:
        """Leave with a result: once, and only while this is the screen in front."""
        if self.is_active and not self._given:
            self._given = True
            _ = self.dismiss(result)

    def content(self) -> Iterable[Widget]:
        """What stands between the banners."""
        return ()

    def stage(self) -> ComposeResult:
        """The content, in all the room that there is."""
        with Vertical(id="stage"):
            yield from self.content()

    def below(self) -> Iterable[Widget]:
        """Rows above the lower banner."""
        return ()

    def banner(self) -> Banner:
        """What the banners say."""
        return self.door.banner()

    def _paint_banner(self, width: int, height: int) -> list[Line]:
        del height
        return paint_banner(self.banner(), width, self.door.dress.glyphs)

    def _paint_lower_banner(self, width: int, height: int) -> list[Line]:
        del height
        return paint_banner(self.banner(), width, self.door.dress.glyphs, bottom=True)

    def repaint_banners(self) -> None:
        """What is on the screen has changed."""
        for name in ("#banner-top", "#banner-bottom"):
            self.query_one(name, Painted).repaint()

    def changed(self, changes: Changes) -> None:
        """The model has changed."""
        if Part.BANNER in changes.parts:
            self.repaint_banners()

    def redress(self) -> None:
        """The skin has changed."""
        for widget in self.query(Widget):
            if isinstance(widget, Painted | Field | Timeline):
                widget.redress()

    def paint_keys(self, hints: Hints, note: str, width: int) -> list[Line]:
        """A row of hints; scrolling is named where there is something to scroll to."""
        if not any(rows.scrolls for rows in self.query(Scrolled)):
            hints = tuple(hint for hint in hints if hint != SCROLL)
        return paint_hints(in_keys(hints, self.door.dress.glyphs), note, width)

    @on(Scrolled.Grew)
    def _grew(self) -> None:
        for hints in self.query("#hints").results(Painted):
            hints.repaint()


class Paper(Banded[None]):
    """A whole screen that Esc leaves, with a row of hints."""

    HINTS: ClassVar[Hints] = (("Esc", "back"),)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,Q", "leave", show=False)]

    def below(self) -> Iterable[Widget]:
        """The hints."""
        yield Painted(self.door.dress, self._paint_hints, id="hints")

    def _paint_hints(self, width: int, height: int) -> list[Line]:
        del height
        return self.paint_keys(self.hints, self.note(), width)

    @property
    def hints(self) -> Hints:
        """What keys do here."""
        return self.HINTS

    def note(self) -> str:
        """At the right of the hints."""
        return ""

    def action_leave(self) -> None:
        """Back to where one was."""
        self.give(None)


class Dialog(Banded[ScreenResultType], ModalScreen[ScreenResultType]):
    """A raised block over what one was doing. Esc leaves it, with nothing done."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", show=False)]

    def compose(self) -> ComposeResult:
        """The banners at the edges, the block over what is behind: a container between would hide that."""
        yield Painted(self.door.dress, self._paint_banner, id="banner-top")
        yield from self.content()
        yield Painted(self.door.dress, self._paint_lower_banner, id="banner-bottom")

    def on_mount(self) -> None:
        """Dim what is behind, where there are shades."""
        if self.door.dress.skin.tokens is not None:
            self.styles.background = Color.parse(css_variables(self.door.dress.skin)["d-bg"]).with_alpha(DIM)

    def banner(self) -> Banner:
        """That of the screen over which it stands: what is behind it is still to be seen."""
        stack = self.app.screen_stack
        behind = stack[stack.index(self) - 1] if self in stack[1:] else None
        return behind.banner() if isinstance(behind, Banded) else super().banner()

    def action_leave(self) -> None:
        """Leave it, with nothing done."""
        self.give(None)
