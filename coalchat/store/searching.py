"""Search (SPEC, "At rest"): a full-text index of what this device opened, beside the messages and under the same key.

    words of a person -> terms -> index, newest first -> what the filters let through -> a page, with what matched

Rule 1: the index holds terms and no text: what stands around a term is read from the message, where it is shown.
Rule 2: what is not shown as a text is not found: what cannot be read, what is purged or recalled, and old versions.
Rule 3: a term goes with the text that it is of, out of the file too (`secure-delete`); so it is taken out by the very text
that put it in: before that changes.
Rule 4: what a person types is words, never a language: each term is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

import attrs

from coalchat.store.rows import Found, Message
from coalchat.store.said import HIT
from coalchat.store.sql import Verbs, columns

GAP: Final = "\N{HORIZONTAL ELLIPSIS}"
"""Stands where a snippet leaves something out."""
SNIPPET_WORDS: Final = 24
_TERM: Final = re.compile(r'"([^"]*)(?:"|$)(\*?)|([^\s"]+)')


def terms(words: str) -> str:
    """What a person typed as an expression of FTS5: all of the words, `"several in a row"`, `begin*`; "" if there is none."""
    typed = words.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    found = []
    for phrase, star, word in _TERM.findall(typed):
        text, prefix = (word.rstrip("*"), word.endswith("*")) if word else (phrase, bool(star))
        if any(character.isalnum() for character in text):
            found.append(f'"{text}"' + "*" * prefix)
    return " ".join(found)


@attrs.frozen
class Sought:
    """What is searched for.

    Attributes:
        terms: of `terms`. channel: one, or none for all.
        nation, people: of the author: the one, and any of these persons; none: anybody.
        since, until: author's times, both inclusive. before_position: what stands before it.
    """

    terms: str = attrs.field(repr=False)
    channel: bytes | None = None
    nation: int | None = None
    people: Collection[bytes] | None = None
    since: int = 0
    until: int = 2**63 - 1
    before_position: int = 2**63 - 1


class SearchReads(Verbs):
    """Verbs that search."""

    def found(self, sought: Sought, *, limit: int) -> list[Found]:
        """A page of listed messages with all the terms, the newest first."""
        if not sought.terms:
            return []
        conditions: list[str] = ["search.rowid < ?"]
        values: list[object] = [sought.before_position]
        for condition, value in (
            ("channel = ?", sought.channel),
            ("nation = ?", sought.nation),
            ("author_time >= ?", sought.since or None),
            ("author_time <= ?", sought.until),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        if sought.people is not None:
            conditions.append(f"person IN ({', '.join('?' * len(sought.people))})")
            values += sought.people
        statement = (
            f"SELECT snippet(search, 0, ?, ?, ?, {SNIPPET_WORDS}), {columns(Message, of=True)}"  # noqa: S608 -- names of our own
            " FROM search CROSS JOIN message INDEXED BY message_found ON position = search.rowid AND listed = 1"
            f" WHERE search MATCH ? AND {' AND '.join(conditions)} ORDER BY search.rowid DESC LIMIT ?"
        )
        rows = self.sql.run(statement, *HIT, GAP, sought.terms, *values, limit)
        found = (Found(Message(*row), snippet) for snippet, *row in rows)
        return [one for one in found if not one.message.purged]  # the writer, who unindexes it, is not waited for

    def marked(self, position: int, terms: str) -> str:
        """All that a message says, with what of it matches the terms between `HIT`; "" if it does not, or not any more."""
        statement = "SELECT highlight(search, 0, ?, ?) FROM search WHERE search MATCH ? AND rowid = ?"
        found: str | None = self.sql.value(statement, *HIT, terms, position)
        return found or ""


class SearchWrites(SearchReads):
    """Verbs that write the index."""

    def _indexed(self, position: int) -> bool:
        return bool(self.sql.run("SELECT 1 FROM search_docsize WHERE id = ?", position))

    def index(self, position: int) -> bool:
        """Let a message be found, once its version is known; False if it has no text that is shown, or is in already."""
        if self._indexed(position):
            return False
        return (
            self.sql.change(
                "INSERT INTO search (rowid, text) SELECT position, text FROM searched WHERE position = ?", position
            )
            == 1
        )

    def unindex(self, position: int) -> bool:
        """Let a message be found no more, as long as its text is here; False if it could not be."""
        if not self._indexed(position):
            return False
        self.sql.change(
            "INSERT INTO search (search, rowid, text)"
            " SELECT 'delete', position, text FROM search_text WHERE position = ?",
            position,
        )
        return True
