"""This node's own affairs (SPEC, "At rest"): counters and marks, addresses, invites, and who posted what.

A client's own id for a message stays here: it never leaves the node.
"""

from __future__ import annotations

from coalchat.store.errors import StoreConflict
from coalchat.store.rows import Confirmed, Invite, Peer
from coalchat.store.sql import Verbs

DRAFT, DRAFT_END = "draft/", "draft0"
"""Names of drafts in `meta`, and what comes behind them all."""


def _draft(value: bytes) -> tuple[str, str]:
    """Head and text: a head is one line."""
    head, _, text = value.decode("utf-8", "surrogatepass").partition("\n")
    return head, text


class LocalReads(Verbs):
    """Verbs that read them."""

    def meta(self, key: str) -> bytes | None:
        """A value that the node keeps under a name."""
        value: bytes | None = self.sql.value("SELECT value FROM meta WHERE key = ?", key)
        return value

    def drafts(self) -> list[tuple[bytes, str, str]]:
        """Texts that are being written: channel, one line that says how they are to go, text."""
        rows = self.sql.run("SELECT key, value FROM meta WHERE key >= ? AND key < ? ORDER BY key", DRAFT, DRAFT_END)
        return [(bytes.fromhex(key.removeprefix(DRAFT)), *_draft(value)) for key, value in rows]

    def peers(self) -> list[Peer]:
        """Addresses to dial, oldest first."""
        return self.sql.all(Peer, "ORDER BY added, address")

    def posted(self, client: str, client_id: str) -> bytes | None:
        """Id of the entry that a client has posted under its own id."""
        entry_id: bytes | None = self.sql.value(
            "SELECT entry_id FROM posted WHERE client = ? AND client_id = ?", client, client_id
        )
        return entry_id

    def confirmed(self) -> list[Confirmed]:
        """Devices that a person confirmed by words."""
        return self.sql.all(Confirmed, "ORDER BY device")

    def invite(self, invite_id: bytes) -> Invite | None:
        """One invite."""
        return self.sql.one(Invite, "WHERE invite_id = ?", invite_id)

    def invites(self, state: str | None = None) -> list[Invite]:
        """Invites, all or in one state: those that expire first, first."""
        if state is None:
            return self.sql.all(Invite, "ORDER BY expires, invite_id")
        return self.sql.all(Invite, "WHERE state = ? ORDER BY expires, invite_id", state)


class LocalWrites(LocalReads):
    """Verbs that write them."""

    def set_meta(self, key: str, value: bytes) -> None:
        """Keep a value under a name, in the place of what was there."""
        self.sql.change(
            "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            value,
        )

    def set_draft(self, channel: bytes, head: str, text: str) -> None:
        """Keep a text that is being written in a channel, in the place of what was there. `head`: one line."""
        self.set_meta(DRAFT + channel.hex(), f"{head}\n{text}".encode("utf-8", "surrogatepass"))

    def drop_draft(self, channel: bytes) -> None:
        """Forget it."""
        self.sql.change("DELETE FROM meta WHERE key = ?", DRAFT + channel.hex())

    def put_peer(self, peer: Peer) -> bool:
        """Add an address, or change its note; True."""
        return self.sql.insert(peer, "ON CONFLICT (address) DO UPDATE SET note = excluded.note")

    def drop_peer(self, address: str) -> bool:
        """Forget an address; False if it was not there."""
        return self.sql.change("DELETE FROM peer WHERE address = ?", address) == 1

    def put_posted(self, client: str, client_id: str, entry_id: bytes) -> bool:
        """Remember what a client's id became; False if that is known.

        Raises:
            StoreConflict: that id became another entry, or the entry is not one of our messages.
        """
        known = self.posted(client, client_id)
        if known is not None and known != entry_id:
            raise StoreConflict("the client has used this id for another message")
        return known is None and (
            self.sql.change(
                "INSERT INTO posted (client, client_id, entry_id) VALUES (?, ?, ?)", client, client_id, entry_id
            )
            == 1
        )

    def put_confirmed(self, confirmed: Confirmed) -> bool:
        """Remember that a device was confirmed; False if it was before."""
        return self.sql.insert(confirmed, "ON CONFLICT (device) DO NOTHING")

    def drop_confirmed(self, device: bytes) -> bool:
        """Forget that a device was confirmed; False if it was not."""
        return self.sql.change("DELETE FROM confirmed WHERE device = ?", device) == 1

    def put_invite(self, invite: Invite) -> bool:
        """Keep an invite, in the place of what was known of it; True. To close one, put it without its key."""
        return self.sql.insert(
            invite,
            "ON CONFLICT (invite_id) DO UPDATE SET state = excluded.state, key = excluded.key, data = excluded.data,"
            " expires = excluded.expires",
        )

    def drop_invite(self, invite_id: bytes) -> bool:
        """Forget an invite; False if it was not there."""
        return self.sql.change("DELETE FROM invite WHERE invite_id = ?", invite_id) == 1
