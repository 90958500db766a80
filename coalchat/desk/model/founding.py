"""Channels that are made, widened and looked at from the desk (SPEC 12.15).

Rule 1: what cannot be chosen is not offered: levels above the own clearance, nations that the charter suspends.
Rule 2: it is asked for once. What was refused is said where it was chosen; whether something was done whose answer was lost,
the list of channels says.

Nobody waits for it at the start: it is imported when somebody makes, widens or looks at a channel.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

from coalchat.api.amendment import WidenChannel
from coalchat.api.base import Request, Response
from coalchat.api.nouns import Channel
from coalchat.api.requests import CreateChannel, ListChannels
from coalchat.desk.model.acts import show
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.foundingviews import ChannelForm, ChannelView, Member, Offer
from coalchat.desk.model.labels import Label
from coalchat.desk.model.words import day_clock, listed
from coalchat.errors import AlreadyExists, CoalchatError, Refused, UnknownLabel, UnknownNation, UsageError
from coalchat.record import field, part

if TYPE_CHECKING:
    from coalchat.desk.model.state import State

TITLE, PURPOSE, CEILING, MEMBERS = "title", "purpose", "ceiling", "members"
_CHANGED: Final = frozenset({Part.FOUNDING})
_CEILINGS: Final = frozenset({"level-clearance", "category-clearance", "level-ceiling"})


@part
class Founding:
    """Attributes:
    form: what was chosen for a channel that is not made yet. asking: the node has been asked.
    error: field, or "" for all of it, and what is wrong with it. done: id of the channel that was made or widened, or "".
    """

    _state: State = field(repr=False)
    form: ChannelForm | None = None
    asking: bool = False
    error: tuple[str, str] = ("", "")
    done: str = ""

    # --- making ---

    def begin(self) -> ChannelForm:
        """What was chosen last and not done, or a form with the own nation, as high as this device reads."""
        self.error, self.done, self.asking = ("", ""), "", False
        if self.form is not None:
            return self.form
        policy, own = self._state.coalition.marks.policy, self._state.coalition.own
        return ChannelForm(level=policy.readable if policy else 0, nations=(own,) if own else ())

    def keep(self, form: ChannelForm) -> None:
        """Left before it was made: nothing that was typed is lost."""
        if not self.done:
            self.form = form

    def offer(self, form: ChannelForm) -> Offer:
        """What can be chosen, and who will be able to read with this choice."""
        coalition = self._state.coalition
        policy, clearance = coalition.marks.policy, coalition.node.clearance if coalition.node else ""
        levels = policy.levels[: policy.readable + 1] if policy else ()
        return Offer(
            levels=tuple(level.name for level in levels),
            categories=tuple(c for c in (policy.categories if policy else ()) if f" {c} " in f"{clearance} "),
            ceiling=self._ceiling(form),
            members=self._members(form.nations),
            error=self.error,
            asking=self.asking,
        )

    def _ceiling(self, form: ChannelForm) -> str:
        return self._state.coalition.marks.text(Label(form.level, (), form.category))

    def _members(self, chosen: tuple[str, ...]) -> tuple[Member, ...]:
        own = self._state.coalition.own
        return tuple(
            Member(
                code=nation.code,
                name=nation.name,
                chosen=nation.code in chosen or nation.code == own,
                own=nation.code == own,
                devices=nation.devices,
            )
            for nation in sorted(self._state.coalition.nations, key=lambda nation: nation.index)
            if not nation.suspended
        )

    def create(self, form: ChannelForm) -> Changes:
        """Make the channel."""
        if self.asking:
            return NOTHING
        self.form, self.error, self.done = form, ("", ""), ""
        if not _tidy(form.title):
            self.error = (TITLE, "what is it called?")
            return Changes(_CHANGED)
        self.asking = True
        request = CreateChannel(
            title=_tidy(form.title),
            members=tuple(member.code for member in self._members(form.nations) if member.chosen),
            ceiling=self._ceiling(form),
            purpose=_tidy(form.purpose),
        )
        return Changes(_CHANGED, asks=(request,))

    # --- widening ---

    def may_widen(self) -> Channel:
        """The shown channel.

        Raises:
            UsageError: none is shown, it is a conversation, or this device is none of its admins.
        """
        channel = self._shown()
        if channel.devices:
            raise UsageError("a conversation is of its devices: write to others in one of its own")
        if not channel.admin:
            who = listed(channel.admins)
            raise UsageError(f"only an admin of the channel widens it{f': {who}' if who else ''}")
        if not self.outside(channel):
            raise UsageError("all nations are members already")
        self.error, self.done, self.asking = ("", ""), "", False
        return channel

    def outside(self, channel: Channel) -> tuple[Member, ...]:
        """Nations that may become members."""
        return tuple(member for member in self._members(()) if member.code not in channel.members)

    def widen(self, channel: Channel, codes: tuple[str, ...]) -> Changes:
        """Make these nations members too."""
        if self.asking:
            return NOTHING
        self.error, self.done = ("", ""), ""
        if not codes:
            self.error = (MEMBERS, "choose who becomes a member first")
            return Changes(_CHANGED)
        self.asking = True
        return Changes(_CHANGED, asks=(WidenChannel(channel=channel.id, nations=codes),))

    # --- looking ---

    def _shown(self) -> Channel:
        channel = self._state.coalition.channel(self._state.shown)
        if channel is None:
            raise UsageError("no channel is open")
        return channel

    def view(self) -> ChannelView:
        """The shown channel.

        Raises:
            UsageError: none is.
        """
        channel, coalition = self._shown(), self._state.coalition
        nations = {nation.code: nation for nation in coalition.nations}
        own = coalition.own
        members = tuple(
            Member(code=code, name=nations[code].name, chosen=True, own=code == own, devices=nations[code].devices)
            if code in nations
            else Member(code=code, name="", chosen=True, own=code == own, devices=0)
            for code in coalition.members(channel.id)
        )
        deputies = {
            one.nation: f"{one.person} until {day_clock(one.until)}" if one.until else one.person
            for one in channel.deputies
        }
        return ChannelView(
            id=channel.id,
            title=channel.title,
            purpose=channel.purpose,
            ceiling=channel.ceiling,
            level=channel.ceiling_level,
            members=() if channel.devices else members,
            devices=tuple(f"{d.nation} {d.person} ({d.device})  {d.clearance}" for d in channel.devices),
            admins=channel.admins,
            revision=channel.revision,
            admin=channel.admin and bool(self.outside(channel)) and not channel.devices,
            deputies=()
            if channel.devices
            else tuple((code, deputies.get(code, "")) for code in coalition.members(channel.id)),
        )

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is about this."""
        if not isinstance(request, CreateChannel | WidenChannel) or not isinstance(answer, Channel):
            return NOTHING
        self.asking, self.done = False, answer.id
        coalition = self._state.coalition
        others = tuple(one for one in coalition.channels if one.id != answer.id and not coalition.is_begun(one.id))
        changes = Changes(_CHANGED, asks=(ListChannels(),))
        if isinstance(request, CreateChannel):
            self.form = None
            coalition.took_channels((*others, answer))
            changes += self._state.redraw(Part.CHANNELS) + show(self._state, answer.id)
        return changes

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not about this."""
        if not isinstance(request, CreateChannel | WidenChannel):
            return None
        self.asking = False
        said = str(error)
        self.error = (_field_of(error) if isinstance(request, CreateChannel) else MEMBERS, said)
        return Changes(_CHANGED, asks=(ListChannels(),))


def _field_of(error: CoalchatError) -> str:
    """What of the form an error is about."""
    if isinstance(error, AlreadyExists):
        return TITLE
    if isinstance(error, UnknownLabel):
        return CEILING
    if isinstance(error, UnknownNation):
        return MEMBERS
    if isinstance(error, Refused):
        return CEILING if error.clause in _CEILINGS else MEMBERS if str(error.clause).startswith("release") else ""
    named = (error.detail or "").split(":")[0].strip()
    return named if named in {TITLE, PURPOSE, CEILING, MEMBERS} else ""


def _tidy(name: str) -> str:
    """As records want it: on one line, an accent composed in one way."""
    return unicodedata.normalize("NFC", " ".join(name.split()))
