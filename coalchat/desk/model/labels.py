"""Labels and marks, as the policy writes them (SPEC 5.2 and 5.4).

Rule 1: the node decides; this only writes labels for it and marks for the screen.
Rule 2: categories stand in the policy's order, nations in the charter's.
Rule 3: a portion mark never breaks over two lines: it is joined by no-break spaces.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from coalchat.api.about import Quoted
from coalchat.api.nouns import Message
from coalchat.api.responses import Policy
from coalchat.desk.model.views import UNMARKED
from coalchat.errors import UnknownLabel, UnknownNation
from coalchat.record import record

NO_BREAK: Final = "\u00a0"
_RELEASE: Final = re.compile(r"^(?P<head>.*?)(?:\s+|^)REL(?:\s+TO)?(?:\s+(?P<nations>.*))?$")


@record(kw_only=False)
class Label:
    """What a message is sealed under: level by its index, release set, and a category or ""."""

    level: int
    nations: tuple[str, ...]
    category: str = ""


@record(kw_only=False)
class HighWater:
    """The highest of several labels: level, all categories, and the nations that may see all of them."""

    level: int = UNMARKED
    categories: frozenset[str] = frozenset()
    nations: frozenset[str] | None = None
    """None: no label yet."""

    def __or__(self, label: Label) -> HighWater:
        """With one label more."""
        return HighWater(
            max(self.level, label.level),
            self.categories | ({label.category} - {""}),
            frozenset(label.nations) if self.nations is None else self.nations & frozenset(label.nations),
        )


@record(kw_only=False)
class Marks:
    """How this coalition writes labels: its policy, and the codes of its nations in charter order."""

    policy: Policy | None = None
    codes: tuple[str, ...] = ()

    def ordered(self, nations: Iterable[str]) -> tuple[str, ...]:
        """In charter order, each once; what the charter does not name comes last."""
        found = set(nations)
        return (*(code for code in self.codes if code in found), *sorted(found - set(self.codes)))

    def name(self, level: int) -> str:
        """Name of a level, or "" where none is known."""
        return self.policy.levels[level].name if self.policy and 0 <= level < len(self.policy.levels) else ""

    def letter(self, level: int) -> str:
        """Its short form."""
        return self.policy.levels[level].portion if self.policy and 0 <= level < len(self.policy.levels) else ""

    def text(self, label: Label) -> str:
        """ "SECRET CONVOY REL XAA, XBB": what the node is told, and the composer shows."""
        return _with_release(_words(self.name(label.level), label.category), self.ordered(label.nations))

    def short(self, label: Label) -> str:
        """ "S CONVOY REL XAA, XBB"."""
        return _with_release(_words(self.letter(label.level), label.category), self.ordered(label.nations))

    def portion(self, label: Label) -> str:
        """ "S CONVOY"."""
        return _words(self.letter(label.level), label.category)

    def mark(self, portion: str, nations: Collection[str], members: Collection[str]) -> str:
        """The portion mark: the release set stands in it only where it is not the channel's."""
        same = set(nations) == set(members)
        inner = portion if same else _with_release(portion, self.ordered(nations))
        return f"({inner})".replace(" ", NO_BREAK)

    def marking(self, high: HighWater) -> str:
        """ "MISSION SECRET CONVOY REL XAA, XBB"."""
        policy = self.policy
        if policy is None:
            return ""
        known = [category for category in policy.categories if category in high.categories]
        categories = [*known, *sorted(high.categories - set(policy.categories))]
        head = _words(policy.prefix or policy.id, self.name(high.level), *categories)
        return _with_release(head, self.ordered(high.nations or ()))

    def category_of(self, message: Message | Quoted) -> str:
        """Category of a message, or of what is quoted, from its portion mark."""
        return message.portion.removeprefix(self.letter(message.level)).strip()

    def label_of(self, message: Message | Quoted) -> Label:
        """Label of a message, or of what is quoted."""
        return Label(message.level, self.ordered(message.nations), self.category_of(message))

    def parse(self, text: str, members: tuple[str, ...]) -> Label:
        """The label that a person typed: level by name or letter; without REL it is released to `members`.

        Raises:
            UnknownLabel, UnknownNation: what is unknown is named; nothing is guessed.
        """
        match = _RELEASE.match(" ".join(text.upper().split()))
        head = match["head"] if match else " ".join(text.upper().split())
        nations = members
        if match:
            nations = tuple(code for code in re.split(r"[ ,]+", match["nations"] or "") if code)
            for code in nations:
                if code not in self.codes:
                    raise UnknownNation(code)
            if not nations:
                raise UnknownLabel("REL names no nation")
        level, rest = self._level_of(head)
        categories = {category.upper(): category for category in self.policy.categories} if self.policy else {}
        if rest and rest not in categories:
            raise UnknownLabel(rest)
        return Label(level, self.ordered(nations), categories[rest] if rest else "")

    def clearance(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Name of the level, and the categories, that a person typed: "SECRET CONVOY, MEDICAL".

        Raises:
            UnknownLabel: what is unknown is named.
        """
        level, rest = self._level_of(" ".join(text.upper().split()))
        categories = {category.upper(): category for category in self.policy.categories} if self.policy else {}
        found: list[str] = []
        for word in (part.strip() for part in re.split(r"[,/]", rest) if part.strip()):
            # One name may have a blank in it; several may stand without a comma.
            for name in [word] if word in categories else word.split():
                if name not in categories:
                    raise UnknownLabel(f"category {name}")
                found.append(categories[name])
        return self.name(level), tuple(dict.fromkeys(found))

    def level_of(self, marking: str) -> int:
        """Index of the level that a clearance or ceiling names.

        Raises:
            UnknownLabel: none of the policy.
        """
        return self._level_of(" ".join(marking.upper().split()))[0]

    def _level_of(self, head: str) -> tuple[int, str]:
        policy = self.policy
        if policy is None:
            raise UnknownLabel(head)
        for start in (head, *(head[len(name) + 1 :] for name in (policy.prefix, policy.id) if _begins(head, name))):
            spelled = [
                (word.upper(), index)
                for index, level in enumerate(policy.levels)
                for word in (level.name, level.portion)
            ]
            for word, index in sorted(spelled, key=lambda pair: -len(pair[0])):
                if start == word or _begins(start, word):
                    return index, start[len(word) :].strip(" ,")
        raise UnknownLabel(head, hint=f"the policy has {', '.join(level.name for level in policy.levels)}")


def combined(one: Label, other: Label) -> Label:
    """Label of what is made of both (SPEC 5.4). A message bears one category only: the other's, where both have one."""
    return Label(
        max(one.level, other.level),
        tuple(code for code in other.nations if code in one.nations),
        other.category or one.category,
    )


def _begins(text: str, word: str) -> bool:
    return bool(word) and text.startswith(word.upper() + " ")


def _words(*words: str) -> str:
    return " ".join(word for word in words if word)


def _with_release(head: str, nations: tuple[str, ...]) -> str:
    return f"{head} REL {', '.join(nations)}" if nations else head
