"""Signed documents (SPEC 3.5): `[tag, signer, body, signature]`, kept and passed on as the received bytes.

Rule 1: the signer is named outside the body, so that a body is decoded only after its signature was verified; the
body names it again, or what it is made of, and the record's own module checks that the two agree.
Rule 2: the tag chooses the domain: a signature made for one kind of document verifies as no other.
Rule 3: some kinds are hybrid (`HYBRID_TAGS`): Ed25519 and ML-DSA-65, both must verify.
"""

from __future__ import annotations

from typing import Final

import attrs

from protocol.base import crypto
from protocol.base.codec import pack, unpack_loose
from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.ids import HYBRID_TAGS, Domain, Person, Tag
from protocol.base.limits import MAX_RECORD
from protocol.base.records import peek

DOMAINS: Final = {
    Tag.CHARTER_SIGNATURE: Domain.CHARTER,
    Tag.NATION_OFFER: Domain.NATION_OFFER,
    Tag.CUSTODIAN_CERTIFICATE: Domain.CUSTODIAN_CERTIFICATE,
    Tag.CERTIFICATE_REQUEST: Domain.CERTIFICATE_REQUEST,
    Tag.CERTIFICATE: Domain.CERTIFICATE,
    Tag.PUBLICATION: Domain.PUBLICATION,
    Tag.REVOCATION: Domain.REVOCATION,
    Tag.PREKEY_STATEMENT: Domain.PREKEY_STATEMENT,
    Tag.REKEY_DEMAND: Domain.REKEY_DEMAND,
    Tag.OTAR: Domain.OTAR,
    Tag.CHANNEL_REVISION: Domain.CHANNEL_REVISION,
    Tag.FEED: Domain.FEED,
    Tag.CHECKPOINT: Domain.CHECKPOINT,
    Tag.DEVICE_EDITION: Domain.DEVICE_EDITION,
    Tag.SEAT_REQUEST: Domain.SEAT_REQUEST,
}
"""Kinds of document that stand in this wrapper, and the domain of their signatures."""


@attrs.frozen
class SigningKey:
    """Secret signing key: an Ed25519 seed and, for hybrid signers, an ML-DSA-65 seed. Its repr shows neither."""

    ed25519: bytes = attrs.field(repr=False)
    mldsa: bytes = attrs.field(default=b"", repr=False)

    def public(self) -> VerifyKey:
        """The public half."""
        return VerifyKey(crypto.ed25519_public(self.ed25519), crypto.mldsa_public(self.mldsa) if self.mldsa else b"")


@attrs.frozen
class VerifyKey:
    """Public signing key: Ed25519 (32 bytes) and, for hybrid signers, ML-DSA-65 (1,952 bytes)."""

    ed25519: bytes
    mldsa: bytes = b""


@attrs.frozen
class Signed:
    """A signed document whose signature may not have been checked yet.

    Attributes:
        tag: the kind; the body begins with the same tag.
        signer: 16 bytes that name the signing key.
        body: canonical bytes of the record.
        signature: Ed25519 (64 bytes), or Ed25519 and ML-DSA-65 (3,373 bytes).
        data: the exact bytes of the whole document.
    """

    tag: Tag
    signer: bytes
    body: bytes
    signature: bytes = attrs.field(repr=False)
    data: bytes = attrs.field(repr=False)

    @property
    def hash(self) -> bytes:
        """32 bytes that name this document in inventories."""
        return crypto.digest(Person.DOCUMENT, self.data)

    def verify(self, key: VerifyKey) -> None:
        """Check the signature.

        Raises:
            AuthenticationError: it does not hold.
        """
        domain = DOMAINS[self.tag]
        if self.tag in HYBRID_TAGS:
            crypto.hybrid_verify(key.ed25519, key.mldsa, domain, self.body, self.signature)
        else:
            crypto.ed25519_verify(key.ed25519, domain, self.body, self.signature)


def sign(tag: Tag, signer: bytes, body: bytes, key: SigningKey) -> Signed:
    """Make a signed document from a record's bytes."""
    domain = DOMAINS[tag]
    if tag in HYBRID_TAGS:
        if not key.mldsa:
            raise LocalProtocolError("needs a hybrid key", field=tag.name)
        signature = crypto.hybrid_sign(key.ed25519, key.mldsa, domain, body)
    else:
        signature = crypto.ed25519_sign(key.ed25519, domain, body)
    return Signed(tag, signer, body, signature, pack((int(tag), signer, body, signature)))


def read_signed(data: bytes, expected: Tag | None = None) -> Signed:
    """Take a document apart; nothing in it is verified yet.

    Raises:
        LimitError, VersionError, DecodeError: not a signed document, or not of the expected kind.
    """
    value = unpack_loose(data, max_size=MAX_RECORD)
    tag = peek(value)
    if tag not in DOMAINS or (expected is not None and tag != expected):
        raise DecodeError("is not the expected kind of document", field="tag")
    if type(value) is not tuple or len(value) != 4:
        raise DecodeError("must be an array of 4", field=tag.name)
    signer, body, signature = value[1:]
    if type(signer) is not bytes or type(body) is not bytes or type(signature) is not bytes:
        raise DecodeError("must hold three bins", field=tag.name)
    if len(signer) != 16 or not body:
        raise DecodeError("must name its signer and have a body", field=tag.name)
    if len(signature) != (crypto.HYBRID_SIGNATURE if tag in HYBRID_TAGS else crypto.SIGNATURE):
        raise DecodeError("signature has the wrong length", field=tag.name)
    if pack((int(tag), signer, body, signature)) != data:
        raise DecodeError("not the canonical encoding", field=tag.name)
    return Signed(tag, signer, body, signature, data)
