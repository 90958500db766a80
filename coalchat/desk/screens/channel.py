"""Channels: one is made, widened, or looked at (SPEC 12.15).

Rule: who will be able to read stands there before anything is made; leaving makes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from coalchat.api.nouns import Channel
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.foundingviews import ChannelForm, Member, Offer
from coalchat.desk.model.views import Banner
from coalchat.desk.paint.block import paint_block
from coalchat.desk.paint.channel import paint_channel, paint_channel_head
from coalchat.desk.paint.dialogs.channel import TEXTS, paint_founding, paint_widening
from coalchat.desk.paint.hints import SCROLL, Hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.screens.base import Dialog, Paper
from coalchat.desk.screens.choose import Choosing
from coalchat.desk.screens.door import Door
from coalchat.desk.widgets.block import FieldBlock
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.scrolled import Scrolled
from coalchat.errors import UsageError
from coalchat.record import evolve

_CHOICES = frozenset({"along", "choose", "use"})


class ChannelDialog(Dialog[None]):
    """Texts are typed one at a time; the rest is chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "move(-1)", priority=True, show=False),
        Binding("down,tab", "move(1)", priority=True, show=False),
        Binding("space", "choose(1)", priority=True, show=False),
        Binding("right", "along(1)", priority=True, show=False),
        Binding("left", "along(-1)", priority=True, show=False),
        Binding("enter", "use", priority=True, show=False),
    ]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self.form: ChannelForm = door.desk.founding.begin()
        self.place = self.typing = 0

    def content(self) -> Iterable[Widget]:
        """The block."""
        yield FieldBlock(self.door.dress, self._around, Field(self.door.dress, self._edited, id="value"), id="block")

    def on_mount(self) -> None:
        """Type at once."""
        self._aim()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A text takes blanks and Enter itself."""
        del parameters
        return action not in _CHOICES or self.place >= len(TEXTS)

    @property
    def offer(self) -> Offer:
        """What can be chosen, and what comes of it."""
        return self.door.desk.founding.offer(self.form)

    def _around(self, width: int, place: int) -> tuple[list[Line], list[Line]]:
        del place
        return paint_founding(self.form, self.offer, self.place, self.typing, width, self.door.dress.glyphs)

    def _edited(self, text: str) -> None:
        self.form = evolve(self.form, **{TEXTS[self.typing][0]: text})

    def _aim(self) -> None:
        """Keys go to the text under the cursor, or to what is chosen."""
        field = self.query_one(Field)
        if self.place < len(TEXTS):
            self.typing = self.place
            field.load(getattr(self.form, TEXTS[self.typing][0]))
            field.focus()
        else:
            self.set_focus(None)
        self.query_one(FieldBlock).repaint()

    def changed(self, changes: Changes) -> None:
        """The node has made it, or says why not."""
        super().changed(changes)
        if Part.FOUNDING in changes.parts:
            if self.door.desk.founding.done:
                self.give(None)
                return
            self.query_one(FieldBlock).repaint()

    def action_move(self, step: int) -> None:
        """Another text, or another choice."""
        offer = self.offer
        count = len(TEXTS) + 1 + bool(offer.categories) + len(offer.members)
        self.place = (self.place + step) % count
        self._aim()

    def action_along(self, step: int) -> None:
        """The next level or category; among nations, which stand in a row, only the cursor moves."""
        first = len(TEXTS) + 1 + bool(self.offer.categories)
        if self.place < first:
            self.action_choose(step)
        elif first <= self.place + step < first + len(self.offer.members):
            self.action_move(step)

    def action_choose(self, step: int) -> None:
        """The next level or category, or a nation in or out."""
        offer, place = self.offer, self.place - len(TEXTS)
        if place == 0:
            self.form = evolve(self.form, level=(self.form.level + step) % max(1, len(offer.levels)))
        elif place == 1 and offer.categories:
            names = ("", *offer.categories)
            at = names.index(self.form.category) if self.form.category in names else 0
            self.form = evolve(self.form, category=names[(at + step) % len(names)])
        else:
            member = offer.members[place - 1 - bool(offer.categories)]
            self.form = evolve(self.form, nations=toggled(self.form.nations, member))
        self.query_one(FieldBlock).repaint()

    def action_use(self) -> None:
        """Make it."""
        self.door.put(self.door.desk.founding.create(self.form))

    def action_leave(self) -> None:
        """Not now; what was typed is there the next time."""
        self.door.desk.founding.keep(self.form)
        self.give(None)

    @on(Field.Submitted)
    def _submitted(self) -> None:
        self.action_move(1)


class WidenDialog(Choosing):
    """Nations that are let into a channel."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "mark", priority=True, show=False)]

    def __init__(self, door: Door, channel: Channel) -> None:
        self._channel = channel
        self.members = door.desk.founding.outside(channel)
        super().__init__(door, len(self.members))

    @property
    def chosen(self) -> tuple[str, ...]:
        """Codes of those that are to be let in."""
        return tuple(member.code for member in self.members if member.chosen)

    def lines(self, width: int) -> list[Line]:
        """See `paint_widening`."""
        channel, founding = self._channel, self.door.desk.founding
        offer = founding.offer(ChannelForm(nations=(*channel.members, *self.chosen)))
        offer = evolve(offer, ceiling=channel.ceiling)
        return paint_widening(channel.title, self.members, offer, self.cursor, width, self.door.dress.glyphs)

    def _paint(self, width: int, height: int) -> list[Line]:
        del height
        return paint_block(self.lines(width), width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """They are members, or the node says why not."""
        super().changed(changes)
        if Part.FOUNDING in changes.parts:
            if self.door.desk.founding.done:
                self.give(None)
                return
            self.repaint()

    def action_mark(self) -> None:
        """This one, or not."""
        self.members = tuple(
            evolve(member, chosen=not member.chosen) if place == self.cursor else member
            for place, member in enumerate(self.members)
        )
        self.repaint()

    def action_choose(self) -> None:
        """Let them in."""
        self.door.put(self.door.desk.founding.widen(self._channel, self.chosen))

    def action_take(self, number: int) -> None:
        """Numbers choose nothing here."""
        del number


class ChannelScreen(Paper):
    """What is known of the shown channel."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("w,W", "widen", show=False)]

    @property
    def hints(self) -> Hints:
        """W only where it does something."""
        widen: Hints = (("W", "let nations in"),) if self.door.desk.founding.view().admin else ()
        return (*widen, SCROLL, ("Esc", "back"))

    def content(self) -> Iterable[Widget]:
        """The head stays; the rows scroll."""
        yield Painted(self.door.dress, self._paint_head, id="channel-head")
        yield Scrolled(self.door.dress, self._paint_rows, id="channel-rows")

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(Scrolled).focus()

    def banner(self) -> Banner:
        """Nothing here bears a label."""
        return self.door.desk.banner((), self.door.now())

    def _paint_head(self, width: int, height: int) -> list[Line]:
        del height
        return paint_channel_head(self.door.desk.founding.view(), width, self.door.dress.glyphs)

    def _paint_rows(self, width: int, height: int) -> list[Line]:
        del height
        return paint_channel(self.door.desk.founding.view(), width, self.door.dress.glyphs)

    def changed(self, changes: Changes) -> None:
        """It is wider now, or its members have other devices."""
        super().changed(changes)
        if {Part.CHANNELS, Part.HEAD} & changes.parts:
            self.query_one("#channel-head", Painted).repaint()
            self.query_one("#channel-rows", Scrolled).repaint()
            self.query_one("#hints", Painted).repaint()

    def action_widen(self) -> None:
        """Let nations in."""
        try:
            channel = self.door.desk.founding.may_widen()
        except UsageError:
            return  # the hints do not offer it
        self.open(WidenDialog(self.door, channel))


def toggled(codes: tuple[str, ...], member: Member) -> tuple[str, ...]:
    """With this nation in or out; the own one stays."""
    if member.own:
        return codes
    rest = tuple(code for code in codes if code != member.code)
    return rest if member.code in codes else (*codes, member.code)
