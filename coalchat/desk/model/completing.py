"""What Tab makes of a text being written: names, channels, commands, labels.

Rule 1: nothing is guessed. One that fits is written out; of several, what all have in common, and then they are named.
Rule 2: only what is known here is offered: persons who have written, channels in the list, words of the policy.

Nobody waits for it at the start: it is imported at the first Tab.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from coalchat.api.vocabulary import Precedence
from coalchat.config import THEMES
from coalchat.desk.model.commands import COMMANDS
from coalchat.desk.model.refusal import named
from coalchat.desk.model.state import State
from coalchat.record import record

MOST: Final = 12
"""Choices that are named."""
_WORDS: Final = {
    "ack": ("wilco", "unable", "caveat"),
    "ack-by": ("none",),
    "precedence": tuple(one.value for one in Precedence),
    "theme": THEMES,
    "channel": ("show", "widen"),
    "time": ("local", "z"),
}


@record(kw_only=False)
class Completion:
    """`text` takes the place of what stands from `start` to the cursor. `choices`: where there are several."""

    start: int
    text: str
    choices: tuple[str, ...] = ()


def complete(state: State, before: str) -> Completion | None:
    """What to do with the text before the cursor; none: nothing fits."""
    if before.startswith("/") and not before.startswith("//") and "\n" not in before:
        name, blank, rest = before[1:].partition(" ")
        if not blank:
            return _fit(0, before, [f"/{command.name}" for command in COMMANDS])
        return _argument(state, name, len(before) - len(rest), rest)
    start = max(before.rfind(" "), before.rfind("\n")) + 1
    word = before[start:]
    if word.startswith("#"):
        return _fit(start, word, _channels(state))
    if word.startswith("@"):
        return _fit(start, word, [f"@{name}" for name in _persons(state)])
    return _name(state, before)


def _argument(state: State, command: str, start: int, rest: str) -> Completion | None:
    match command:
        case "help":
            return _fit(start, rest, [one.name for one in COMMANDS])
        case "dm" | "confirm" | "deputy":
            return _fit(start, rest, _persons(state))
        case "jump" | "forward":
            return _fit(start, rest, [*_channels(state), *_persons(state)])
        case "label":
            return _label(state, start, rest)
    return _fit(start, rest, _WORDS.get(command, ()))


def _label(state: State, start: int, rest: str) -> Completion | None:
    """Level, then category or REL, then nations."""
    marks = state.coalition.marks
    policy = marks.policy
    if policy is None:
        return None
    upper = rest.upper()
    levels = [level.name for level in policy.levels[: policy.readable + 1]]
    if whole := _fit(start, upper, levels):
        return whole
    begun = next((name for name in sorted(levels, key=len, reverse=True) if upper.startswith(f"{name} ")), None)
    if begun is None:
        return None
    at = max(rest.rfind(" "), rest.rfind(",")) + 1
    offered = marks.codes if " REL " in upper else ("REL", *policy.categories)
    return _fit(start + at, upper[at:], offered)


def _name(state: State, before: str) -> Completion | None:
    """A person's name that the last words begin; the longest beginning first: "Maj Ko"."""
    persons = _persons(state)
    starts = [0, *(at + 1 for at, character in enumerate(before) if character in " \n")]
    for start in starts:
        word = before[start:]
        if len(word) > 1 and (found := _fit(start, word, persons)):
            return found
    return None


def _channels(state: State) -> list[str]:
    return [named(channel.title) for channel in state.coalition.channels]


def _persons(state: State) -> list[str]:
    """All who have written here, but us; the last one first."""
    others = sorted((one for one in state.authors.values() if not one.mine), key=lambda one: -one.position)
    return list(dict.fromkeys(one.author_person for one in others))


def _fit(start: int, begun: str, offered: Iterable[str]) -> Completion | None:
    folded = begun.casefold()
    found = list(dict.fromkeys(one for one in offered if one.casefold().startswith(folded)))
    if not found:
        return None
    if len(found) == 1:
        return Completion(start, f"{found[0]} ")
    common = _common(found)
    return Completion(start, common if len(common) > len(begun) else begun, tuple(sorted(found)[:MOST]))


def _common(names: Sequence[str]) -> str:
    """The longest beginning that all have, whatever its case."""
    first, *rest = names
    length = len(first)
    for other in rest:
        length = next(
            (at for at, (a, b) in enumerate(zip(first[:length], other, strict=False)) if a.casefold() != b.casefold()),
            min(length, len(other)),
        )
    return first[:length]
