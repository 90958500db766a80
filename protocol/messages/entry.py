"""Entries (SPEC 8.2): how one payload is sealed, named, signed, opened and proved.

    base  = [tag, version, precedence, feed, seq, prev, envelope]                 the exact bytes are kept
    ck    = BLAKE2b-256(key = TEK, person "entry key", base)                      proves one entry without the TEK
    salt  = BLAKE2b-256(key = ck, person "salt", base || padded)                  recomputed by the opener, else refused
    key || nonce = BLAKE2b-448(key = ck, person "message key", base || salt)
    ct    = XChaCha20-Poly1305(key, nonce, aad = base || salt, padded)
    id    = BLAKE2b-256(person "entry", base || salt || BLAKE2b-256("ciphertext", ct))
    sig   = Ed25519(domain || id), which is not part of the id

Rule 1: no byte that is accepted is unauthenticated: the codec is canonical, padding is checked, the id covers all else.
Rule 2: nothing is drawn at random here: a restored snapshot cannot repeat a nonce for another text.
Rule 3: a key and a ciphertext do not commit to one text by themselves; recomputing the salt does.
Rule 4: of an entry whose retention is over its header stays (SPEC 10.8): it has the same id and the same signature, so the
chain verifies without the ciphertext, and it opens under no key.
"""

from __future__ import annotations

from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, LocalProtocolError, VersionError
from protocol.base.ids import VERSION, Domain, Person, Tag
from protocol.base.limits import MAX_RECORD, MAX_SEQ
from protocol.base.records import Bin, Blob, OptBin, Uint, decode, encode, record
from protocol.keys.envelope import TEK
from protocol.trust.credential import PRECEDENCE

PAD_BLOCK = 64
"""Bytes: an entry's length tells its payload's in steps of this size."""
_HEADER_TAG = bytes([Tag.ENTRY_HEADER])
"""Where the one byte of a record's tag stands, behind the byte of its array: a header's."""


@record(Tag.ENTRY_BASE, max_size=256)
class EntryBase:
    """What an entry says in clear, under its signature and in the AEAD's associated data.

    Attributes:
        precedence: signed; clamped by receivers to the author's ceiling.
        feed: 16 bytes.
        seq: from 1, without gaps.
        prev: id of the entry before, none for the first.
        envelope: id of the envelope it is sealed under.
    """

    version: Annotated[int, Uint(255)]
    precedence: Annotated[int, PRECEDENCE]
    feed: Annotated[bytes, Bin(16)]
    seq: Annotated[int, Uint(MAX_SEQ, 1)]
    prev: Annotated[bytes, OptBin(32)]
    envelope: Annotated[bytes, Bin(32)]


@record(Tag.ENTRY)
class _Wire:
    """An entry as it travels."""

    base: Annotated[bytes, Blob(256, 1)]
    salt: Annotated[bytes, Bin(32)]
    ct: Annotated[bytes, Blob(MAX_RECORD, PAD_BLOCK + crypto.AEAD_TAG)]
    signature: Annotated[bytes, Bin(crypto.SIGNATURE)]


@record(Tag.ENTRY_HEADER, max_size=512)
class EntryHeader:
    """What stays of an entry when its ciphertext is gone.

    Attributes:
        base: a packed `EntryBase`.
        hash: of the ciphertext.
        signature: the author's, of the entry's id.
    """

    base: Annotated[bytes, Blob(256, 1)]
    salt: Annotated[bytes, Bin(32)]
    hash: Annotated[bytes, Bin(32)]
    signature: Annotated[bytes, Bin(crypto.SIGNATURE)]


@attrs.frozen
class Entry:
    """An entry whose form is right; its signature may not have been checked yet.

    Attributes:
        id: 32 bytes.
        base: decoded; `base_data` are the exact bytes.
        ct: the ciphertext; empty where only the header is here.
        data: the exact bytes of the whole, or of its header.
    """

    id: bytes
    base: EntryBase
    base_data: bytes = attrs.field(repr=False)
    salt: bytes = attrs.field(repr=False)
    ct: bytes = attrs.field(repr=False)
    signature: bytes = attrs.field(repr=False)
    data: bytes = attrs.field(repr=False)

    @property
    def bare(self) -> bool:
        """Whether only the header is here."""
        return not self.ct

    @property
    def header(self) -> bytes:
        """Its header, encoded: what stays when the ciphertext goes."""
        if self.bare:
            return self.data
        return encode(EntryHeader(self.base_data, self.salt, digest(Person.CIPHERTEXT, self.ct), self.signature))

    def verify(self, author_key: bytes) -> None:
        """Check the entry's own signature.

        Raises:
            AuthenticationError: it does not hold; a later entry of the feed may still authenticate this one.
        """
        crypto.ed25519_verify(author_key, Domain.ENTRY, self.id, self.signature)


def pad(payload: bytes) -> bytes:
    """Append 0x80 and zeros up to the next multiple of 64 bytes; always at least one byte."""
    padded = payload + b"\x80"
    return padded + bytes(-len(padded) % PAD_BLOCK)


def unpad(padded: bytes) -> bytes:
    """Undo `pad`.

    Raises:
        AuthenticationError: the padding is not the one that `pad` makes.
    """
    payload = padded.rstrip(b"\x00")
    if not payload.endswith(b"\x80") or pad(payload[:-1]) != padded:
        raise AuthenticationError
    return payload[:-1]


def entry_id(base_data: bytes, salt: bytes, ct: bytes) -> bytes:
    """32 bytes that name an entry; base delimits itself."""
    return header_id(base_data, salt, digest(Person.CIPHERTEXT, ct))


def header_id(base_data: bytes, salt: bytes, ct_hash: bytes) -> bytes:
    """The same, from the hash of the ciphertext."""
    return digest(Person.ENTRY, base_data, salt, ct_hash)


def content_key(tek: bytes, base_data: bytes) -> bytes:
    """ck: opens and proves this one entry.

    Raises:
        LocalProtocolError: not a TEK: BLAKE2b takes a key of any length, and none at all.
    """
    if len(tek) != TEK:
        raise LocalProtocolError(f"must be {TEK} bytes", field="tek")
    return digest(Person.ENTRY_KEY, base_data, key=tek)


def _salt(ck: bytes, base_data: bytes, padded: bytes) -> bytes:
    return digest(Person.SALT, base_data, padded, key=ck)


def _key_nonce(ck: bytes, base_data: bytes, salt: bytes) -> tuple[bytes, bytes]:
    both = digest(Person.MESSAGE_KEY, base_data, salt, key=ck, size=crypto.AEAD_KEY + crypto.AEAD_NONCE)
    return both[: crypto.AEAD_KEY], both[crypto.AEAD_KEY :]


def seal_entry(base: EntryBase, payload: bytes, tek: bytes, device_seed: bytes) -> Entry:
    """Seal one payload under an envelope's TEK and sign it.

    Raises:
        LocalProtocolError: too long, or the first entry has a predecessor, or a later one has none.
    """
    if (base.seq == 1) != (base.prev == b""):
        raise LocalProtocolError("must name the entry before, if any", field="prev")
    base_data = encode(base)
    padded = pad(payload)
    ck = content_key(tek, base_data)
    salt = _salt(ck, base_data, padded)
    key, nonce = _key_nonce(ck, base_data, salt)
    ct = crypto.aead_seal(key, nonce, base_data + salt, padded)
    eid = entry_id(base_data, salt, ct)
    signature = crypto.ed25519_sign(device_seed, Domain.ENTRY, eid)
    return Entry(eid, base, base_data, salt, ct, signature, encode(_Wire(base_data, salt, ct, signature)))


def read_entry(data: bytes) -> Entry:
    """Take an entry apart and check its form.

    Raises:
        RemoteProtocolError: malformed or newer.
    """
    wire = decode(_Wire, data)
    base = _read_base(wire.base)
    if len(wire.ct) % PAD_BLOCK != crypto.AEAD_TAG:
        raise AuthenticationError
    return Entry(entry_id(wire.base, wire.salt, wire.ct), base, wire.base, wire.salt, wire.ct, wire.signature, data)


def read_header(data: bytes) -> Entry:
    """Take the header of an entry apart and check its form; the entry has no ciphertext.

    Raises:
        RemoteProtocolError: malformed or newer.
    """
    header = decode(EntryHeader, data)
    name = header_id(header.base, header.salt, header.hash)
    return Entry(name, _read_base(header.base), header.base, header.salt, b"", header.signature, data)


def read_any_entry(data: bytes) -> Entry:
    """An entry or a header, by its tag.

    Raises:
        RemoteProtocolError: malformed or newer.
    """
    return read_header(data) if data[1:2] == _HEADER_TAG else read_entry(data)


def _read_base(data: bytes) -> EntryBase:
    base = decode(EntryBase, data)
    if base.version != VERSION:
        raise VersionError("of another version", field="entry")
    if (base.seq == 1) != (base.prev == b""):
        raise AuthenticationError
    return base


def open_entry(entry: Entry, tek: bytes) -> tuple[bytes, bytes]:
    """Open with the envelope's TEK.

    Returns:
        (payload, ck).

    Raises:
        AuthenticationError: wrong key, altered bytes, bad padding, or a salt that is not this text's.
    """
    ck = content_key(tek, entry.base_data)
    return open_with_content_key(entry, ck), ck


def open_with_content_key(entry: Entry, ck: bytes) -> bytes:
    """Open with the entry's own key, as evidence does.

    Raises:
        AuthenticationError: as `open_entry`.
    """
    if entry.bare:
        raise AuthenticationError
    key, nonce = _key_nonce(ck, entry.base_data, entry.salt)
    opened = True
    try:
        padded = crypto.aead_open(key, nonce, entry.base_data + entry.salt, entry.ct)
    except AuthenticationError:
        opened, padded = False, bytes(len(entry.ct) - crypto.AEAD_TAG)  # refused below, after the same work
    salted = crypto.same(_salt(ck, entry.base_data, padded), entry.salt)
    if not (opened and salted):
        raise AuthenticationError
    return unpad(padded)


def prove_payload(entry: Entry, ck: bytes, payload: bytes) -> None:
    """Check that an entry, whole or bare, is what sealing this payload under this key makes.

    Raises:
        AuthenticationError: the key or the payload is another.
    """
    padded = pad(payload)
    if not crypto.same(_salt(ck, entry.base_data, padded), entry.salt):
        raise AuthenticationError
    key, nonce = _key_nonce(ck, entry.base_data, entry.salt)
    ct = crypto.aead_seal(key, nonce, entry.base_data + entry.salt, padded)
    if entry_id(entry.base_data, entry.salt, ct) != entry.id:
        raise AuthenticationError
