"""What filing reports leaves here (SPEC, "At rest"): forms of the users' own, and reports that are half filled in.

Neither leaves this node: a form is handed over by people, a draft by being sent.
"""

from __future__ import annotations

from typing import Final

from coalchat.store.sql import Verbs

FORM: Final = "form/"
"""Names of forms in `meta`, by the hash of their wording."""
DRAFT: Final = "report-draft/"
"""Names of drafts there: the channel, and what is being filled in."""


def _end(prefix: str) -> str:
    """What comes behind all names with this beginning."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)


class FilingReads(Verbs):
    """Verbs that read them."""

    def own_form(self, form_hash: bytes) -> bytes | None:
        """A form by the hash of its wording."""
        form: bytes | None = self.sql.value("SELECT value FROM meta WHERE key = ?", FORM + form_hash.hex())
        return form

    def own_forms(self) -> list[bytes]:
        """All of them, in every wording that is kept."""
        return self._of(FORM)

    def report_draft(self, channel: bytes, name: str) -> bytes | None:
        """What is being filled in under this name."""
        draft: bytes | None = self.sql.value("SELECT value FROM meta WHERE key = ?", _draft(channel, name))
        return draft

    def report_drafts(self) -> list[bytes]:
        """All that is being filled in."""
        return self._of(DRAFT)

    def _of(self, prefix: str) -> list[bytes]:
        rows = self.sql.run("SELECT value FROM meta WHERE key >= ? AND key < ? ORDER BY key", prefix, _end(prefix))
        return [value for (value,) in rows]


class FilingWrites(FilingReads):
    """Verbs that write them."""

    def put_own_form(self, form_hash: bytes, form: bytes) -> bool:
        """Keep a form; False if that very wording is here."""
        return self._put(FORM + form_hash.hex(), form)

    def drop_own_form(self, form_hash: bytes) -> bool:
        """Forget a wording; False if it was not here."""
        return self._drop(FORM + form_hash.hex())

    def set_report_draft(self, channel: bytes, name: str, draft: bytes) -> None:
        """Keep what is being filled in, in the place of what was there; b"" forgets it."""
        key = _draft(channel, name)
        self._drop(key)
        if draft:
            self._put(key, draft)

    def _put(self, key: str, value: bytes) -> bool:
        added = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING"
        return self.sql.change(added, key, value) == 1

    def _drop(self, key: str) -> bool:
        return self.sql.change("DELETE FROM meta WHERE key = ?", key) == 1


def _draft(channel: bytes, name: str) -> str:
    return f"{DRAFT}{channel.hex()}/{name}"
