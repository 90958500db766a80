"""A send that was refused: the clause, who would have read it, and the ways on (SPEC 5.5).

Rule 1: only ways that can work are offered; back to the draft always can.
Rule 2: a way prepares the draft, it sends nothing. A lower label is the person's act, never ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coalchat.api.nouns import Channel
from coalchat.api.requests import PreviewLabel
from coalchat.api.responses import LabelPreview
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.dialogviews import Refusal
from coalchat.desk.model.labels import Label
from coalchat.desk.model.log import Outgoing
from coalchat.desk.model.repeating import combination
from coalchat.desk.model.words import listed
from coalchat.record import evolve, record

MOST_WAYS: Final = 3
_CEILINGS: Final = frozenset({"level-ceiling", "category-ceiling"})
_CATEGORIES: Final = frozenset({"category-ceiling", "category-clearance", "category-single"})


@record(kw_only=False)
class Way:
    """What the person can do: write the text in this channel, under this label."""

    text: str
    channel: str
    label: Label


@record(kw_only=False)
class Refused:
    """A refused send, until its dialog is closed."""

    channel: str
    label: Label
    clause: str
    reason: str
    asked: PreviewLabel | None
    """Who would have read it is being asked."""
    ways: tuple[Way, ...]


def ways_on(coalition: Coalition, channel: Channel, label: Label, clause: str, now: int) -> tuple[Way, ...]:
    """At most three ways, the best first; the last is always back to the draft."""
    best = list(_ways(coalition, channel, label, clause, now))[: MOST_WAYS - 1]
    return (*best, Way("go back to the draft", channel.id, label))


def _ways(coalition: Coalition, channel: Channel, label: Label, clause: str, now: int) -> Iterator[Way]:
    marks, members = coalition.marks, coalition.members(channel.id)
    lower = coalition.allowed_level(channel.id)
    if clause in {"level-ceiling", "level-clearance"} and lower < label.level:
        yield Way(f"write it at {marks.name(lower)}", channel.id, evolve(label, level=lower))
    if clause in _CEILINGS and (other := _other(coalition, channel, label)) is not None:
        yield Way(f"take it to {named(other.title)}, {marks.text(label)}", other.id, label)
    if clause in _CATEGORIES and label.category:
        yield Way(f"write it without {label.category}", channel.id, evolve(label, category=""))
    if clause == "release-member" and (outside := [code for code in label.nations if code not in members]):
        yield from _without(channel, label, outside, coalition.own)
    if clause == "keys-run-out":
        silent = [n.code for n in coalition.nations if n.code in label.nations and n.keys_until <= now and not n.own]
        yield from _without(channel, label, silent, coalition.own)
    if clause in {"release-own-nation", "release-empty"} and coalition.own in members:
        nations = marks.ordered({*(code for code in label.nations if code in members), coalition.own})
        yield Way(f"release it to {listed(nations)}", channel.id, evolve(label, nations=nations))


def at_least(coalition: Coalition, channel: Channel, outgoing: Outgoing) -> tuple[Way, ...]:
    """Of what repeats others under too low a label: the label that they make together, where it can be written here."""
    whole = combination(coalition.marks, outgoing.quotes)
    members = coalition.members(channel.id)
    nations = coalition.marks.ordered(code for code in outgoing.label.nations if code in (whole.nations or ()))
    if len(whole.categories) > 1 or coalition.own not in nations or not set(nations) <= set(members):
        return ()
    category = next(iter(whole.categories), outgoing.label.category)
    label = Label(max(whole.level, outgoing.label.level), nations, category)
    return (Way(f"write it at {coalition.marks.text(label)}", channel.id, label),)


def _without(channel: Channel, label: Label, outside: list[str], own: str) -> Iterator[Way]:
    rest = tuple(code for code in label.nations if code not in outside)
    if outside and own in rest:
        yield Way(f"leave {listed(outside)} out", channel.id, evolve(label, nations=rest))


def _other(coalition: Coalition, channel: Channel, label: Label) -> Channel | None:
    """The smallest other channel that carries the label as it is."""
    fitting = [
        other
        for other in coalition.channels
        if other.id != channel.id
        and not other.devices
        and coalition.allowed_level(other.id) >= label.level
        and set(label.nations) <= set(other.members)
        and coalition.carries(other, label.category)
    ]
    return min(fitting, key=lambda other: (len(other.members), other.title), default=None)


def refusal_view(coalition: Coalition, refused: Refused, said: LabelPreview | tuple[str, str] | None) -> Refusal:
    """The refusal as it is shown; without readers where the node has not said who they would have been."""
    channel = coalition.channel(refused.channel)
    preview = said if isinstance(said, LabelPreview) else None
    level = channel.ceiling_level if channel else 0
    return Refusal(
        channel=channel.title if channel else "",
        ceiling=coalition.marks.name(level),
        ceiling_level=level,
        label=coalition.marks.text(refused.label),
        level=refused.label.level,
        clause=refused.clause,
        reason=refused.reason,
        reads=tuple((reach.nation, reach.devices) for reach in preview.readers) if preview else (),
        withheld=tuple(reach.nation for reach in preview.withheld) if preview else (),
        ways=tuple(way.text for way in refused.ways),
    )


def named(title: str) -> str:
    """ "#ops-north", however its founder wrote it; "@Kowal" is a conversation."""
    return title if title.startswith(("#", "@")) else f"#{title}"  # the node gives "@" to conversations only
