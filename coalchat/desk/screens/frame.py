"""The parts of the main screen: where they stand, what paints them, and which of them a change concerns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual import events, on
from textual.app import ComposeResult
from textual.widget import Widget

from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.paint.channels import channel_at, paint_channels
from coalchat.desk.paint.head import paint_head
from coalchat.desk.paint.hints import HINTS, in_keys, paint_hints, selecting
from coalchat.desk.paint.ink import Ground, Line
from coalchat.desk.paint.layout import HINTED, Layout, layout_for
from coalchat.desk.paint.notice import paint_notice, paint_warning, warning_stands
from coalchat.desk.paint.rail import paint_rail, paint_rail_line
from coalchat.desk.paint.text import ours
from coalchat.desk.paint.timeline import paint_new_below
from coalchat.desk.screens.base import Banded
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.composer import Composer
from coalchat.desk.widgets.painted import Across, Column, Down, Painted
from coalchat.desk.widgets.timeline import Timeline
from coalchat.record import evolve


class Frame(Banded[None]):
    """The main screen without its keys. Before it is `ready` it must be told of no change."""

    BLANK = True  # widgets cover it

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.ready = self._came_up = False
        self._channel = ""

    # --- parts ---

    def stage(self) -> ComposeResult:
        """The notice, and the columns."""
        dress = self.door.dress
        yield Painted(dress, self._paint_notice, ground=Ground.HEAD, id="notice")
        yield Painted(dress, self._paint_warning, ground=Ground.HEAD, id="warning")
        with Across(id="columns"):
            yield ChannelList(self.door, id="channels")
            with Down(id="middle"):
                yield Painted(dress, self._paint_head, ground=Ground.HEAD, id="head")
                yield Timeline(dress, lambda: self.door.desk.guide, id="timeline")
                yield Painted(dress, self._paint_new_below, id="new-below")
                yield Composer(dress, self.door.desk.composer, self._edited, id="composer")
            yield Column(dress, self._paint_rail, hairline="left", id="rail")

    def below(self) -> Iterable[Widget]:
        """The rail in one row, and the hints."""
        yield Painted(self.door.dress, self._paint_rail_line, ground=Ground.SIDE, id="rail-line")
        yield Painted(self.door.dress, self._paint_hints, id="hints")

    @property
    def timeline(self) -> Timeline:
        """The lines."""
        return self.query_one(Timeline)

    @property
    def composer(self) -> Composer:
        """The text being written."""
        return self.query_one(Composer)

    def _paint_notice(self, width: int, height: int) -> list[Line]:
        del height
        notice = self.door.desk.notice(self.door.now())
        if self.query_one("#warning").display:
            notice = evolve(notice, warnings=())
        return paint_notice(notice, width, self.door.dress.glyphs)

    def _paint_warning(self, width: int, height: int) -> list[Line]:
        del height
        return paint_warning(self.door.desk.notice(self.door.now()), width, self.door.dress.glyphs)

    def _place_warning(self) -> None:
        """A warning that the notice has no room for has a row, where one can be spared."""
        size, glyphs = self.app.size, self.door.dress.glyphs
        whole = warning_stands(self.door.desk.notice(self.door.now()), size.width, glyphs)
        self.query_one("#warning").display = not whole and size.height >= HINTED

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        return paint_head(self.door.desk.head(), width, self.door.dress.glyphs)

    def _paint_rail(self, width: int, height: int) -> list[Line]:
        return paint_rail(self.door.desk.rail(self.door.now()), width, height, self.door.dress.glyphs)

    def _paint_rail_line(self, width: int, height: int) -> list[Line]:
        del height
        return paint_rail_line(self.door.desk.rail(self.door.now()), width, self.door.dress.glyphs)

    def _paint_new_below(self, width: int, height: int) -> list[Line]:
        del height
        return paint_new_below(self.timeline.window.below, width, self.door.dress.glyphs, past=self.door.desk.in_past)

    def _paint_hints(self, width: int, height: int) -> list[Line]:
        del height
        hints = selecting(self.timeline.selected) if self.timeline.has_focus else HINTS
        glyphs = self.door.dress.glyphs
        return paint_hints(in_keys(hints, glyphs), ours(self.door.desk.seat, glyphs), width)

    # --- layout ---

    def on_mount(self) -> None:
        """Take all that the model knows by now: what changes from here on is told."""
        self._arrange(self.app.size.width, self.app.size.height)
        self.query_one("#new-below").display = False
        self.timeline.reset(self.door.desk.items)
        self._take_draft()
        self.composer.draft.focus()
        self.ready = True
        self.door.put(NOTHING)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """It comes up: Textual would style all widgets again, which have just been made."""
        event.refresh_styles = event.refresh_styles and self._came_up
        self._came_up = True

    def on_resize(self, event: events.Resize) -> None:
        """Another size, another layout."""
        self._arrange(event.size.width, event.size.height)

    def _arrange(self, width: int, height: int) -> None:
        layout = layout_for(width, height)
        self._place_warning()
        channels = self.query_one("#channels", ChannelList)
        channels.roomy = layout.list_roomy
        channels.styles.width = layout.list + 1
        for name, there in _shown(layout):
            self.query_one(name).display = there
        self.query_one("#rail").styles.width = layout.rail + 1
        self.composer.arrange_for(roomy=layout.roomy)

    # --- changes ---

    def changed(self, changes: Changes) -> None:
        """Bring every part up to date that the model names."""
        super().changed(changes)
        if Part.NOTICE in changes.parts:
            self._place_warning()
        for part, names in _PARTS.items():
            if part in changes.parts:
                for name in names:
                    self.query_one(name, Painted).repaint()
        if changes.reset:
            self.timeline.window.still = self.door.desk.in_past
            self.timeline.reset(self.door.desk.items)
            self.composer.complain("")
        elif changes.splices:
            self.timeline.splice(changes.splices)
            self.timeline.window.still = self.door.desk.in_past
        elif Part.CHANNELS in changes.parts and not self.door.desk.shown:
            self.timeline.redress()
        if changes.cursor and self.timeline.select(changes.cursor, centred=True):
            self.timeline.focus()
        if changes.reset or Part.COMPOSER in changes.parts:
            self._take_draft()
            self.composer.repaint()

    def _take_draft(self) -> None:
        """The text of the shown channel. What was typed before there was one is its beginning."""
        draft, desk = self.composer.draft, self.door.desk
        if desk.shown and not self._channel and draft.text and not desk.draft:
            desk.set_draft(draft.text)
        self._channel = desk.shown
        if desk.shown:
            draft.load(desk.draft)

    def _edited(self, text: str) -> None:
        if text != self.door.desk.draft:
            self.door.put(self.door.desk.set_draft(text))

    # --- the timeline ---

    @on(Timeline.Moved)
    def _moved(self) -> None:
        window = self.timeline.window
        self.door.visible = self.timeline.visible_keys
        below = self.query_one("#new-below", Painted)
        below.display = bool(window.below) or self.door.desk.in_past
        below.repaint()
        self.repaint_banners()
        self.door.put(self.door.desk.seen(self.door.visible, at_bottom=window.following))

    def on_descendant_focus(self) -> None:
        """Other keys work now."""
        self.query_one("#hints", Painted).repaint()

    def show_channel(self, channel_id: str) -> None:
        """Open a channel, ready to write."""
        self.door.put(self.door.desk.show(channel_id, self.door.now()))
        self.composer.draft.focus()


_PARTS: Final = {
    Part.NOTICE: ("#notice", "#warning", "#hints"),
    Part.CHANNELS: ("#channels",),
    Part.HEAD: ("#head",),
    Part.RAIL: ("#rail", "#rail-line"),
}


def _shown(layout: Layout) -> tuple[tuple[str, bool], ...]:
    return (
        ("#channels", layout.list > 0),
        ("#rail", layout.rail > 0),
        ("#rail-line", layout.rail_line),
        ("#hints", layout.hints),
    )


class ChannelList(Column):
    """The list of channels; a click opens one."""

    def __init__(self, door: Door, *, id: str | None = None) -> None:  # noqa: A002  # Textual's name
        super().__init__(door.dress, self._paint_list, hairline="right", id=id)
        self._door = door
        self.roomy = True

    def _paint_list(self, width: int, height: int) -> list[Line]:
        desk = self._door.desk
        return paint_channels(
            desk.channels(), width, height, self.dress.glyphs, self.roomy, desk.notice(self._door.now()).roe
        )

    def on_click(self, event: events.Click) -> None:
        """Open what was clicked on."""
        event.stop()
        row = channel_at(self._door.desk.channels(), self.size.height, self.roomy, event.y)
        screen = self.screen
        if row is not None and isinstance(screen, Frame):
            screen.show_channel(row.id)
