"""Rows for the store's tests: what a test does not say has a value that does not matter to it."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import attrs

from coalchat.store.faces import Transaction
from coalchat.store.rows import (
    EVERYONE,
    Acknowledgement,
    Channel,
    Document,
    Entry,
    Envelope,
    Feed,
    Invite,
    Message,
    Outgoing,
    Parked,
    ReceiptMark,
)
from protocol.messages.payload import FORMAT, TextPayload, encode_payload

KEY = bytes(range(32))


def ident(name: str, size: int = 16) -> bytes:
    """An id that is always the same for a name and looks like any other."""
    return blake2b(name.encode(), digest_size=size).digest()


def document(name: str, **changes: Any) -> Document:
    made = Document(ident(name, 32), 7, b"issuer", 1, EVERYONE, f"document {name}".encode(), 1)
    return attrs.evolve(made, **changes)


def feed(name: str = "feed", **changes: Any) -> Feed:
    made = Feed(ident(name), ident("device"), 0, ident("channel"), b"release", f"record {name}".encode(), 0b11)
    return attrs.evolve(made, **changes)


def entry(seq: int, name: str = "feed", **changes: Any) -> Entry:
    wire = f"wire bytes of {name} {seq}".encode()
    made = Entry(ident(f"{name} {seq}", 32), ident(name), seq, ident("envelope", 32), 0, wire, 1)
    return attrs.evolve(made, **changes)


def parked(seq: int, name: str = "feed", **changes: Any) -> Parked:
    one = entry(seq, name)
    made = Parked(one.feed_id, seq, one.entry_id, one.envelope_id, "signature", ident("peer"), one.data, 1)
    return attrs.evolve(made, **changes)


def envelope(name: str = "envelope", **changes: Any) -> Envelope:
    made = Envelope(ident(name, 32), ident("device"), ident("channel"), b"release", 5, f"wraps {name}".encode(), 1)
    return attrs.evolve(made, **changes)


def channel(name: str = "channel", **changes: Any) -> Channel:
    return attrs.evolve(Channel(ident(name), ident(f"revision {name}", 32), name, b"", 1), **changes)


def message(seq: int, name: str = "feed", **changes: Any) -> Message:
    made = Message(
        ident(f"{name} {seq}", 32),
        ident("channel"),
        ident(name),
        seq,
        5,
        ident("device"),
        0,
        ident("person"),
        64,
        1,
        0,
        b"release",
        f"payload of {name} {seq}".encode(),
        ident(f"ck {name} {seq}", 32),
        1,
    )
    return attrs.evolve(made, **changes)


def text(words: str) -> bytes:
    """The payload of a message that says so."""
    return encode_payload(TextPayload(FORMAT, 1, False, (), words, 0))


def mark(**changes: Any) -> ReceiptMark:
    made = ReceiptMark(
        ident("feed"), ident("device"), 0, ident("person"), 1, 1, ident("feed 1", 32), ident("receipt", 32), 1
    )
    return attrs.evolve(made, **changes)


def acknowledgement(**changes: Any) -> Acknowledgement:
    made = Acknowledgement(
        ident("feed"), 1, ident("device"), 0, ident("person"), ident("feed 1", 32), ident("receipt", 32), 1, 0, "", 1
    )
    return attrs.evolve(made, **changes)


def outgoing(seq: int, **changes: Any) -> Outgoing:
    return attrs.evolve(Outgoing(ident(f"feed {seq}", 32), 1, "queued", "", 1), **changes)


def invite(name: str = "invite", **changes: Any) -> Invite:
    return attrs.evolve(Invite(ident(name), "open", b"key of an invite", b"", 100), **changes)


def post(transaction: Transaction, seq: int, name: str = "feed", **changes: Any) -> int:
    """A message with all that must stand before it; its position."""
    one = message(seq, name, **changes)
    if transaction.channel(one.channel) is None:
        transaction.put_channel(channel(channel=one.channel))
    transaction.put_feed(feed(name))
    transaction.put_entry(entry(seq, name))
    transaction.advance_feed(one.feed_id, seq, one.entry_id)
    position = transaction.put_message(one)
    assert position is not None
    return position
