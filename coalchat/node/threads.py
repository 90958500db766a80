"""Threads (SPEC 12.14): who answers whom, by the references of what can be read here.

Rule 1: what this device cannot read is no part of a thread: one begins below it, and says nothing of it.
Rule 2: all versions of a message are one; whoever answers any of them answers it.
Rule 3: arrival says nothing of order: an answer may have come before what it answers.
"""

from __future__ import annotations

from typing import Final

import attrs

from coalchat.node.versioning import all_versions, same_author
from coalchat.store.faces import Reader
from coalchat.store.rows import Message
from protocol.messages.payload import decode_payload
from protocol.messages.refs import Relation

MAX_DEPTH: Final = 1_000
"""Answers to answers that are followed: more than anybody reads."""
LOOKED_AT: Final = 500
"""Messages of a page: a few hundredths of a second of the node's time."""
SLACK: Final = 86_400
"""Seconds by which an author's clock may be ahead of those who answer him."""


@attrs.frozen
class Said:
    """A message with all its versions.

    Attributes:
        name: id of the first version, whether it is here or not. first, newest: of those that can be read here.
        to: what it answers, or none that can be read here.
    """

    name: bytes
    first: Message
    newest: Message
    to: bytes | None


@attrs.define(eq=False)
class Threads:
    """Threads of one channel, for as long as one question takes."""

    read: Reader
    channel: bytes
    _said: dict[bytes, Said | None] = attrs.field(factory=dict)

    def said(self, entry_id: bytes) -> Said | None:
        """What an entry is a version of, with what it answers; none: it cannot be read here, or stands elsewhere."""
        row = self.read.message(entry_id)
        if row is None or row.channel != self.channel or not row.listed:
            return None
        name = self._name(row)
        if name not in self._said:
            versions = [one for one in all_versions(self.read, row) if one.kind]
            self._said[name] = self._of(name, versions) if versions else None
        return self._said[name]

    def _name(self, row: Message) -> bytes:
        version = self.read.version(row.entry_id)
        first = None if version is None else self.read.message(version.first)
        return row.entry_id if version is None or (first and not same_author(first, row)) else version.first

    def _of(self, name: bytes, versions: list[Message]) -> Said:
        replied = answers(versions[0])
        parent = None if replied is None else self.read.message(replied)
        to = None
        if parent is not None and parent.channel == self.channel and parent.listed:
            readable = any(one.kind for one in all_versions(self.read, parent))
            to = self._name(parent) if readable else None
        return Said(name, versions[0], versions[-1], None if to == name else to)

    def first(self, said: Said) -> Said:
        """The first message of the thread that a message belongs to."""
        for _ in range(MAX_DEPTH):
            above = None if said.to is None else self._above(said)
            if above is None:
                break
            said = above
        return said

    def _above(self, said: Said) -> Said | None:
        if said.to in self._said:
            return self._said[said.to]
        replied = answers(said.first)
        return None if replied is None else self.said(replied)

    def page(self, first: Said, before: int | None) -> tuple[list[Said], int, bool]:
        """Answers below a first message among the messages before a position: they, the first position that was looked at,
        and whether there may be more before it.
        """
        end = self.read.last_position() + 1 if before is None else before
        rows = self.read.messages(self.channel, before_position=end, limit=LOOKED_AT)
        since = min(first.first.received, first.first.author_time) - SLACK
        found = []
        for row in rows:
            if answers(row) is None:
                continue
            said = self.said(row.entry_id)
            if said is None or said.name == first.name or said.first.entry_id != row.entry_id:
                continue
            if self.first(said).name == first.name:
                found.append(said)
        more = len(rows) == LOOKED_AT and rows[0].received >= since
        return found, rows[0].position if rows else end, more


def answers(row: Message) -> bytes | None:
    """The entry that a message answers, if it says so; of what is purged nothing is known."""
    if not row.kind or row.purged:
        return None
    replies = (ref.entry for ref in decode_payload(row.payload).refs if ref.relation == Relation.REPLY)
    return next(replies, None)
