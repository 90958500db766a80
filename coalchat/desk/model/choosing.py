"""What can be chosen: labels in the picker, and places to jump to.

Rule 1: a level above the ceiling or the clearance is shown, with the reason, and cannot be chosen.
Rule 2: a target is there only if jumping to it does something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coalchat.api.nouns import Channel, Message
from coalchat.api.responses import LabelPreview
from coalchat.desk.model.commands import COMMANDS, WITHIN
from coalchat.desk.model.composing import denial_of
from coalchat.desk.model.dialogviews import LabelPicker, LevelChoice, NationChoice, Target
from coalchat.desk.model.labels import HighWater, Label
from coalchat.desk.model.refusal import named
from coalchat.desk.model.repeating import combination
from coalchat.desk.model.sending import last_label
from coalchat.desk.model.state import State
from coalchat.desk.model.views import UNMARKED
from coalchat.desk.model.words import clock, listed


def picker(state: State, label: Label, elsewhere: str = "") -> LabelPicker:
    """The label picker for the shown channel, with this label chosen; or for a channel `elsewhere`, where nothing was written."""
    coalition, marks = state.coalition, state.coalition.marks
    where = elsewhere or state.shown
    label = state.composing.with_own(label)
    said = state.composing.preview(where, label)
    preview = said if isinstance(said, LabelPreview) else None
    channel, policy = coalition.channel(where), marks.policy
    denied = denial_of(said) if elsewhere else state.composing.denial(where, label) if where else None
    categories = [c for c in (policy.categories if policy else ()) if channel and coalition.carries(channel, c)]
    return LabelPicker(
        channel=channel.title if channel else "",
        policy=f"{policy.id} {policy.version}" if policy else "",
        levels=_levels(state, channel, label.level, free=bool(elsewhere)),
        nations=_nations(state, where, label, preview),
        categories=tuple((category, category == label.category) for category in categories),
        marking=preview.marking if preview else marks.marking(HighWater() | label),
        mark=marks.mark(marks.portion(label), label.nations, coalition.members(where)),
        level=label.level if policy else UNMARKED,
        denied=denied,
        warnings=(*(() if elsewhere else _narrower(state, label)), *(preview.warnings if preview else ())),
        known=preview is not None,
    )


def _levels(state: State, channel: Channel | None, chosen: int, *, free: bool) -> tuple[LevelChoice, ...]:
    """All levels. `free`: nothing is repeated."""
    policy = state.coalition.marks.policy
    if policy is None or channel is None:
        return ()
    coalition, marks, rows = state.coalition, state.coalition.marks, []
    least = 0 if free else combination(marks, state.composing.draft(channel.id).quotes).level
    for index, level in enumerate(policy.levels):
        why_not = "above your clearance" if index > policy.readable else ""
        why_not = f"above {named(channel.title)}" if index > channel.ceiling_level else why_not
        why_not = "below what you repeat" if index < least else why_not
        choice = LevelChoice(
            level=index, name=level.name, chosen=index == chosen, why_not=why_not, national=coalition.beside(index)
        )
        rows.append(choice)
    return tuple(rows)


def _nations(state: State, where: str, label: Label, preview: LabelPreview | None) -> tuple[NationChoice, ...]:
    coalition = state.coalition
    reaches = {reach.nation: (0, reach.of) for reach in preview.withheld} if preview else {}
    reaches |= {reach.nation: (reach.devices, reach.of) for reach in preview.readers} if preview else {}
    devices = {nation.code: (0, nation.devices) for nation in coalition.nations}
    rows = []
    for code in coalition.members(where):
        readers, of = reaches.get(code) or devices.get(code, (0, 0))
        chosen, own = code in label.nations, code == coalition.own
        rows.append(NationChoice(code=code, chosen=chosen, own=own, readers=readers, of=of))
    return tuple(rows)


def _narrower(state: State, label: Label) -> tuple[str, ...]:
    last = last_label(state) if state.shown else None
    lost = [code for code in last.nations if code not in label.nations] if last else []
    verb = "loses" if len(lost) == 1 else "lose"
    return (f"Narrower than your last message: {listed(lost)} {verb} sight of it.",) if lost else ()


# --- places to jump to ---


def targets(state: State, query: str) -> tuple[Target, ...]:
    """Channels, those seen last first; then people, then commands; within these the best match first.

    A word finds a command by its help too, and a slash nothing but commands. What stands within a command is for who has a
    word of it: of nothing at all it would be a long list.
    """
    words = query.casefold().split()
    if query.lstrip().startswith("/"):
        known = (*COMMANDS, *WITHIN) if words[0][1:] else COMMANDS
        names = [(command.name, _command(command.name, command.help)) for command in known]
        return tuple(best([word for word in (words[0][1:], *words[1:]) if word], names))
    known = (*COMMANDS, *WITHIN) if words else COMMANDS
    by_name = best(words, [(command.name, _command(command.name, command.help)) for command in known])
    by_help = best(words, [(command.help, _command(command.name, command.help)) for command in known])
    return (
        *best(words, [(channel.title, _channel(state, channel)) for channel in _lately(state)]),
        *best(words, [(_name(message), _person(state, message)) for message in _people(state)]),
        *by_name,
        *(target for target in by_help if target not in by_name),
    )


def places(state: State, query: str) -> tuple[Target, ...]:
    """Channels other than the shown one, the best match first."""
    others = [channel for channel in state.coalition.channels if channel.id != state.shown]
    return tuple(best(query.casefold().split(), [(channel.title, _channel(state, channel)) for channel in others]))


def best(words: Sequence[str], named_targets: Iterable[tuple[str, Target]]) -> list[Target]:
    """Those whose name has all these words; where one begins with the first, it comes first."""
    found = []
    for order, (name, target) in enumerate(named_targets):
        folded = name.casefold().lstrip("#@")
        if all(word.lstrip("#@") in folded for word in words):
            starts = bool(words) and folded.startswith(words[0].lstrip("#@"))
            found.append((not starts, order, target))
    return [target for _, _, target in sorted(found, key=lambda row: row[:2])]


def _lately(state: State) -> list[Channel]:
    """All channels: those that were shown before this one, the last one first, then the others."""
    order = {channel_id: -place for place, channel_id in enumerate(state.recent) if channel_id != state.shown}
    return sorted(state.coalition.channels, key=lambda channel: order.get(channel.id, 1))


def _people(state: State) -> list[Message]:
    """The last message of each author but ourselves, the newest first."""
    others = [message for message in state.authors.values() if not message.mine]
    return sorted(others, key=lambda message: -message.position)


def _name(message: Message) -> str:
    return f"{message.author_person} {message.author_nation}"


def _channel(state: State, channel: Channel) -> Target:
    return Target(
        id=channel.id,
        title=named(channel.title),
        note=channel.purpose,
        level=channel.ceiling_level,
        unread=channel.unread,
        letter=state.coalition.marks.letter(channel.ceiling_level),
    )


def _person(state: State, message: Message) -> Target:
    channel = state.coalition.channel(message.channel_id)
    where = f" in {named(channel.title)}" if channel else ""
    return Target(
        id=message.entry_id,
        title=_name(message),
        note=f"last wrote {clock(message.author_time)}{where}",
        level=message.level,
        unread=0,
        letter=message.portion,
    )


def _command(name: str, says: str) -> Target:
    return Target(id=f"/{name}", title=f"/{name}", note=says, level=UNMARKED, unread=0)
