"""How many answers a message has, as far as messages are loaded (SPEC 12.14).

Rule 1: only what is here and can be read counts: of an answer that is withheld, or cannot be opened, there is no trace.
Rule 2: all versions of a message are one: as what answers, and as what is answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Flag
from coalchat.record import field, part, record

_CLOSED: Final = frozenset({Flag.UNREADABLE, Flag.PURGED})


@record(kw_only=False)
class _Answer:
    """What an entry answers, where, and as a version of what."""

    to: str
    channel: str
    name: str


def name_of(message: Message) -> str:
    """Id of a message's first version."""
    return message.corrects or message.entry_id


def answered(message: Message) -> tuple[str, ...]:
    """What it answers, if it can be opened and does; what it repeats stands below its text."""
    if _CLOSED & set(message.flags):
        return ()
    repeated = {quoted.entry_id for quoted in message.quotes}
    return tuple(ref for ref in message.refs[:1] if ref not in repeated)


@part
class Answers:
    """Who answers whom."""

    _answers: dict[str, _Answer] = field(factory=dict)
    _to: dict[str, set[str]] = field(factory=dict)
    _names: dict[str, str] = field(factory=dict)
    _versions: dict[str, set[str]] = field(factory=dict)

    def note(self, message: Message) -> set[str]:
        """A message as it is now; the ids of those whose number of answers is another one since."""
        entry_id, name = message.entry_id, name_of(message)
        if name != entry_id:
            self._names[entry_id] = name
            self._versions.setdefault(name, {name}).add(entry_id)
        found = answered(message)
        new = _Answer(found[0], message.channel_id, name) if found else None
        old = self._answers.get(entry_id)
        if new == old:
            return set()
        changed = self._forget(entry_id)
        if new is not None:
            self._answers[entry_id] = new
            self._to.setdefault(new.to, set()).add(entry_id)
            changed |= self._alike(new.to)
        return changed

    def drop(self, entry_ids: Iterable[str]) -> None:
        """These are no longer loaded."""
        for entry_id in entry_ids:
            self._forget(entry_id)
            self._versions.pop(self._names.pop(entry_id, ""), None)

    def count(self, message: Message) -> int:
        """How many messages of its channel answer it."""
        found = (self._answers[one] for ref in self._alike(message.entry_id) for one in self._to.get(ref, ()))
        return len({one.name for one in found if one.channel == message.channel_id})

    def _forget(self, entry_id: str) -> set[str]:
        old = self._answers.pop(entry_id, None)
        if old is None:
            return set()
        self._to[old.to].discard(entry_id)
        if not self._to[old.to]:
            del self._to[old.to]
        return self._alike(old.to)

    def _alike(self, entry_id: str) -> set[str]:
        """All versions of what an entry is a version of, as far as they are known."""
        return self._versions.get(self._names.get(entry_id, entry_id), {entry_id}) | {entry_id}
