"""One entry sealed and opened, beside the sum of the primitives that cannot be avoided.

The primitives of an entry: one Ed25519 signature, one XChaCha20-Poly1305, five BLAKE2b, and the encoding of three
records, their rules left out (opening also packs what it unpacked: only bytes that encode back are accepted). They
are called on the entry's own bytes, twice:

  bare        the libraries themselves, as a C program in Python's clothes would: the limit
  our doors   `base.crypto` and `base.codec`, which check lengths, types and canonical form: what an entry costs beyond
              the rooms it stands on

What lies above is `records` and `messages.entry`: the fields' rules, padding, recomputing the salt, objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Final

import msgpack
import nacl.bindings as sodium

from benchmarks import samples
from benchmarks.table import Row, timed
from benchmarks.turns import QUICK_ROUNDS, Rounds, seconds_each
from protocol.base import codec, crypto
from protocol.base.ids import Domain, Person
from protocol.messages.entry import Entry, open_entry, pad, read_entry, seal_entry
from protocol.messages.payload import decode_payload, encode_payload

SECTION: Final = "one entry of 200 B and one reference, on one core"
BURST: Final = 200
GOAL: Final = 0.85

Parts = dict[str, Callable[[], object]]


def run() -> Iterator[Row]:
    payload, base = samples.text(), samples.base()
    entry, public = samples.entry(payload), crypto.ed25519_public(samples.SEED)

    def seal() -> Entry:
        return seal_entry(base, encode_payload(payload), samples.TEK, samples.SEED)

    def open_() -> object:
        read = read_entry(entry.data)
        read.verify(public)
        return decode_payload(open_entry(read, samples.TEK)[0])

    assert seal() == entry
    assert open_() == payload
    pieces = Pieces(entry, encode_payload(payload), public)
    for what, ours, bare, doors in (
        ("seal", seal, bare_sealing(pieces), door_sealing(pieces)),
        ("open", open_, bare_opening(pieces), door_opening(pieces)),
    ):
        by_bare, by_doors, each = _measure(ours, bare, doors)
        yield timed(SECTION, f"{what}, beside its primitives bare", by_bare, goal=GOAL)
        for part, taken in each.items():
            yield Row(SECTION, f"  {part}", "µs", peer=taken * 1e6)
        yield timed(SECTION, f"{what}, beside our doors to them", by_doors, goal=GOAL)


def _measure(ours: Callable[[], object], bare: Parts, doors: Parts) -> tuple[Rounds, Rounds, dict[str, float]]:
    """Ours and each sum of parts in turn; and what each bare part took."""
    by_bare, by_doors, each = Rounds(), Rounds(), dict.fromkeys(bare, 0.0)
    for _ in range(QUICK_ROUNDS):
        mine = seconds_each(ours, BURST)
        now = {name: seconds_each(part, BURST) for name, part in bare.items()}
        by_bare.add(mine, sum(now.values()))
        by_doors.add(mine, sum(seconds_each(part, BURST) for part in doors.values()))
        for name, taken in now.items():
            each[name] += taken / QUICK_ROUNDS
    return by_bare, by_doors, each


class Pieces:
    """What the primitives of one entry are called on; checked to be its own."""

    def __init__(self, entry: Entry, payload: bytes, public: bytes) -> None:
        self.padded, self.public, self.signature = pad(payload), public, entry.signature
        self.base, self.salt, self.ct, self.id = entry.base_data, entry.salt, entry.ct, entry.id
        self.aad = self.base + self.salt
        self.signed = Domain.ENTRY.prefix + entry.id
        self.secret = sodium.crypto_sign_seed_keypair(samples.SEED)[1]
        self.ck = crypto.digest(Person.ENTRY_KEY, self.base, key=samples.TEK)
        both = crypto.digest(Person.MESSAGE_KEY, self.aad, key=self.ck, size=56)
        self.key, self.nonce = both[:32], both[32:]
        self.data = (payload, self.base, entry.data)
        self.shapes = tuple(codec.unpack(data) for data in self.data)
        assert crypto.aead_open(self.key, self.nonce, self.aad, self.ct) == self.padded
        assert sodium.crypto_sign(self.signed, self.secret)[:64] == entry.signature
        assert bare_hashes(self)() == door_hashes(self)() == entry.id
        assert tuple(codec.pack(shape) for shape in self.shapes) == self.data


# --- bare ---


def bare_sealing(p: Pieces) -> Parts:
    seal, pack = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt, msgpack.Packer().pack
    return {
        "Ed25519": lambda: sodium.crypto_sign(p.signed, p.secret),
        "XChaCha20-Poly1305": lambda: seal(p.padded, p.aad, p.nonce, p.key),
        "BLAKE2b, 5 times": bare_hashes(p),
        "msgpack, 3 records": lambda: [pack(shape) for shape in p.shapes],
    }


def bare_opening(p: Pieces) -> Parts:
    unseal, pack = sodium.crypto_aead_xchacha20poly1305_ietf_decrypt, msgpack.Packer().pack
    signed = p.signature + p.signed
    return {
        "Ed25519": lambda: sodium.crypto_sign_open(signed, p.public),
        "XChaCha20-Poly1305": lambda: unseal(p.ct, p.aad, p.nonce, p.key),
        "BLAKE2b, 5 times": bare_hashes(p),
        "msgpack, 3 records, both ways": lambda: [pack(msgpack.unpackb(data, use_list=False)) for data in p.data],
    }


def bare_hashes(p: Pieces) -> Callable[[], bytes]:
    def hashes() -> bytes:
        blake2b(p.base, digest_size=32, key=samples.TEK, person=b"entry key").digest()
        blake2b(p.base + p.padded, digest_size=32, key=p.ck, person=b"salt").digest()
        blake2b(p.aad, digest_size=56, key=p.ck, person=b"message key").digest()
        inner = blake2b(p.ct, digest_size=32, person=b"ciphertext").digest()
        return blake2b(p.aad + inner, digest_size=32, person=b"entry").digest()

    return hashes


# --- through our doors ---


def door_sealing(p: Pieces) -> Parts:
    return {
        "Ed25519": lambda: crypto.ed25519_sign(samples.SEED, Domain.ENTRY, p.id),
        "XChaCha20-Poly1305": lambda: crypto.aead_seal(p.key, p.nonce, p.aad, p.padded),
        "BLAKE2b": door_hashes(p),
        "codec": lambda: [codec.pack(shape) for shape in p.shapes],
    }


def door_opening(p: Pieces) -> Parts:
    return {
        "Ed25519": lambda: crypto.ed25519_verify(p.public, Domain.ENTRY, p.id, p.signature),
        "XChaCha20-Poly1305": lambda: crypto.aead_open(p.key, p.nonce, p.aad, p.ct),
        "BLAKE2b": door_hashes(p),
        "codec": lambda: [codec.unpack(data) for data in p.data],
    }


def door_hashes(p: Pieces) -> Callable[[], bytes]:
    def hashes() -> bytes:
        crypto.digest(Person.ENTRY_KEY, p.base, key=samples.TEK)
        crypto.digest(Person.SALT, p.base, p.padded, key=p.ck)
        crypto.digest(Person.MESSAGE_KEY, p.base, p.salt, key=p.ck, size=56)
        return crypto.digest(Person.ENTRY, p.base, p.salt, crypto.digest(Person.CIPHERTEXT, p.ct))

    return hashes
