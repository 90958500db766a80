"""What is measured: real objects of a small coalition, with real keys out of fixed entropy."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import protocol
from protocol.base import crypto
from protocol.base.ids import VERSION
from protocol.keys.envelope import Context, Envelope, Slot, seal_envelope
from protocol.messages.entry import Entry, EntryBase, seal_entry
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from protocol.messages.refs import Ref, Relation
from protocol.trust.label import ReleaseKey
from protocol.trust.policy import Policy, policy_from_toml
from protocol.vectors.drbg import Drbg
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import NOW, World, build

ENTROPY: Final = Drbg("coalchat benchmarks")
TEXT: Final = 200
"""Bytes of the text that every goal speaks of."""
TEK: Final = ENTROPY.fork("tek")(32)
SEED: Final = ENTROPY.fork("device")(32)
FEED: Final = ENTROPY.fork("feed")(16)


@cache
def policy() -> Policy:
    """The EXAMPLE policy."""
    path = Path(protocol.__path__[0]) / "policies" / "example.toml"
    return policy_from_toml(path.read_text(encoding="utf-8"))


@cache
def world() -> World:
    """Three nations, two of which key a device."""
    return build(policy(), Recorder({}))


def text(refs: int = 1, *, ack_by: int = 0) -> TextPayload:
    """A message of 200 bytes of text."""
    draw = ENTROPY.fork("refs")
    named = tuple(Ref(int(Relation.REPLY), draw(32)) for _ in range(refs))
    return TextPayload(FORMAT, NOW, False, named, "x" * TEXT, ack_by)


def base(*, seq: int = 100, precedence: int = 0) -> EntryBase:
    """What an entry says in clear, somewhere in a feed."""
    draw = ENTROPY.fork("entry base")
    return EntryBase(VERSION, precedence, FEED, seq, b"" if seq == 1 else draw(32), draw(32))


def entry(payload: TextPayload, place: EntryBase | None = None) -> Entry:
    """A sealed and signed entry."""
    return seal_entry(place or base(), encode_payload(payload), TEK, SEED)


@cache
def _segment_keys(nations: int) -> tuple[bytes, ...]:
    draw = ENTROPY.fork("segment keys")
    return tuple(crypto.xwing_public(draw(crypto.XWING_SEED)) for _ in range(nations))


def envelope(nations: int) -> Envelope:
    """An envelope with one slot a nation, for a label with a category."""
    coalition, draw = world().coalition, ENTROPY.fork("envelope")
    context = Context(
        version=VERSION,
        coalition=coalition.id,
        charter=coalition.charter_hash,
        channel=draw(16),
        revision=draw(32),
        release=ReleaseKey(policy().hash, 2, 1, tuple(range(nations))),
        nation=0,
        device=draw(16),
        segment=world().segment,
        slots=tuple(Slot(nation, 0, 1) for nation in range(nations)),
        not_after=NOW + 27_000,
    )
    return seal_envelope(context, TEK, _segment_keys(nations), SEED)
