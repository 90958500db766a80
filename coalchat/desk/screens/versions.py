"""All versions of a message, each with its own text: nothing that was said is changed (SPEC 8.10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.hints import SCROLL, Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.versions import paint_versions, paint_versions_head
from coalchat.desk.screens.base import Paper
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled


class VersionsScreen(Paper):
    """Follows the node as long as it is open."""

    HINTS: ClassVar[Hints] = (SCROLL, ("Esc", "back"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("h,H", "leave", show=False)]

    def content(self) -> Iterable[Widget]:
        """The head stays; the rows scroll."""
        yield Painted(self.door.dress, self._paint_head, id="versions-head")
        yield Scrolled(self.door.dress, self._paint_rows, id="versions-rows")

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(Scrolled).focus()

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self.door.desk.afterwards.close()

    def banner(self) -> Banner:
        """The texts of all versions stand here."""
        return self.door.desk.banner_of(self.door.desk.afterwards.high_water(), self.door.now())

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        return paint_versions_head(len(self.door.desk.afterwards.versions), width, self.door.dress.glyphs)

    def _paint_rows(self, width: int, height: int) -> list[Line]:
        del height
        afterwards = self.door.desk.afterwards
        return paint_versions(afterwards.rows(), afterwards.trouble, width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """They have come; or lines have changed, and perhaps these: they are asked for anew."""
        super().changed(changes)
        if Part.VERSIONS in changes.parts:
            self.query_one("#versions-head", Painted).repaint()
            self.query_one("#versions-rows", Scrolled).repaint()
            self.repaint_banners()
        elif Part.TIMELINE in changes.parts:
            self.door.put(self.door.desk.afterwards.look_again())
