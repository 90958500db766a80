"""What a message repeats of others: which label that takes, and whether another will do (SPEC 5.4, 8.10).

Rule 1: the node decides; this says the same before anything is sent, so that nobody writes under a label that is refused.
Rule 2: what a repeated message repeats itself counts like it.
"""

from __future__ import annotations

from collections.abc import Iterable

from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.labels import HighWater, Label, Marks
from coalchat.desk.model.views import UNMARKED
from coalchat.desk.model.words import listed

_GONE = frozenset({Flag.UNREADABLE, Flag.PURGED, Flag.RECALLED})


def combination(marks: Marks, messages: Iterable[Message]) -> HighWater:
    """The labels of these messages, and of what they repeat, together."""
    high = HighWater()
    for message in messages:
        high |= marks.label_of(message)
        for quoted in message.quotes:
            high |= marks.label_of(quoted)
    return high


def denied(marks: Marks, label: Label, whole: HighWater) -> tuple[str, str] | None:
    """Clause and sentence, where what makes this together cannot stand under the label."""
    if whole.level == UNMARKED:
        return None
    if not whole.nations:
        return "release-empty", "what is repeated may be seen by no nation in common"
    if len(whole.categories) > 1:
        return "category-single", f"what is repeated bears {listed(sorted(whole.categories))}: no label bears both"
    wider = set(label.nations) - whole.nations
    if label.level < whole.level or wider or whole.categories - {label.category}:
        return "combination", f"what is repeated needs {marks.marking(whole)}, or narrower"
    return None


def why_not(message: Message) -> str:
    """Why a message cannot be repeated, or ""."""
    if _GONE & set(message.flags):
        return "its text is not here: there is nothing to repeat"
    if message.kind == "retraction":
        return "a notice of a recall is not repeated"
    if Flag.CORRECTED in message.flags:
        return "there is a newer version of it: repeat that one"
    return ""
