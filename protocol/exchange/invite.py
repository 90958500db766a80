"""Invites (SPEC 9.4): what a custodian hands to a person who is to join, out of band, and its text form.

An invite is a secret for one use, with what the joiner needs to know whom to trust: the coalition's id, the nation's
index, the hash of its custodian's keys, and an address to dial. Both sides use K = BLAKE2b(secret); the custodian keeps
only K.

Text form: the canonical record and 5 bytes of checksum in base32 (RFC 4648, no padding), in groups of five. Case,
spaces, line breaks and the place of hyphens do not matter, and 0 and 1 are read as the letters they look like; a typo
is found, and the message says where as far as that can be known.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Final

from protocol.base.crypto import Entropy, digest
from protocol.base.errors import DecodeError
from protocol.base.ids import Person, Tag
from protocol.base.limits import MAX_ADDRESS
from protocol.base.records import Bin, Name, decode, encode, record
from protocol.exchange.messages import document_hash
from protocol.trust.charter import key_hash
from protocol.trust.credential import CustodianCertificate
from protocol.trust.label import NATION

SECRET: Final = 16
"""Bytes of an invite's secret."""
WORDS: Final = 6
"""Words that two people compare; 11 bits each."""
GROUP: Final = 5

_CHECK: Final = 5
_LOOKALIKES: Final = str.maketrans("01", "OI")
_MAX_CODE: Final = 1_024
"""Characters of a code without its hyphens: more than any invite has."""


@record(Tag.INVITE, max_size=512)
class Invite:
    """An invite.

    Attributes:
        custodian: `custodian_hash` of the custodian who will approve.
        address: of the custodian's node, "host:port".
    """

    secret: Annotated[bytes, Bin(SECRET)]
    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    custodian: Annotated[bytes, Bin(32)]
    address: Annotated[str, Name(MAX_ADDRESS)]

    def __repr__(self) -> str:
        return f"Invite(nation={self.nation}, address={self.address!r})"

    @property
    def key(self) -> bytes:
        """K: proves the link and keys the MAC of the joiner's offer."""
        return invite_key(self.secret)


def make_invite(coalition: bytes, custodian: CustodianCertificate, address: str, entropy: Entropy) -> Invite:
    """A new invite of a custodian."""
    return Invite(entropy(SECRET), coalition, custodian.nation, custodian_hash(custodian), address)


def invite_key(secret: bytes) -> bytes:
    """K of an invite's secret; 32 bytes."""
    return digest(Person.INVITE_KEY, secret)


def custodian_hash(certificate: CustodianCertificate) -> bytes:
    """32 bytes that stand for both keys of a custodian, whatever certificate they are in."""
    return key_hash(certificate.key + certificate.mldsa)


def write_invite(invite: Invite) -> str:
    """The text form: groups of five upper-case characters, with hyphens."""
    data = encode(invite)
    code = base64.b32encode(data + _checksum(data)).decode("ascii").rstrip("=")
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_invite(text: str) -> Invite:
    """Read the text form.

    Raises:
        DecodeError: says what is wrong, and in which group if that is known; nothing is guessed.
    """
    code = re.sub(r"[\s-]+", "", text).upper().translate(_LOOKALIKES)
    if not code:
        raise DecodeError("is empty", field="invite")
    if len(code) > _MAX_CODE:
        raise DecodeError("is too long to be an invite", field="invite")
    wrong = re.search(r"[^A-Z2-7]", code)
    if wrong:
        place = f"group {wrong.start() // GROUP + 1}, character {wrong.start() % GROUP + 1}"
        raise DecodeError(f"{place} is neither a letter nor a digit from 2 to 7", field="invite")
    try:
        data = base64.b32decode(code + "=" * (-len(code) % 8))
    except binascii.Error:
        raise DecodeError("has a character too few or too many", field="invite") from None
    body, check = data[:-_CHECK], data[-_CHECK:]
    # The last character has spare bits: compare what was written, not only what it decodes to.
    if check != _checksum(body) or base64.b32encode(data).decode("ascii").rstrip("=") != code:
        raise DecodeError("is mistyped or cut short: its check does not hold", field="invite")
    return decode(Invite, body)


def _checksum(data: bytes) -> bytes:
    return digest(Person.INVITE_CHECK, data, size=_CHECK)


def transcript_words(
    exporter: bytes, nonce: bytes, request: bytes, custodian: bytes, charter: bytes
) -> tuple[int, ...]:
    """Six indices below 2,048 that are equal at both ends if nobody stands between.

    Args:
        exporter: 32 bytes of the TLS exporter.
        nonce: of the WELCOME, 16 bytes.
        request: the joiner's certificate request document.
        custodian: the custodian's certificate document.
        charter: the charter's hash.
    """
    transcript = digest(Person.INVITE_WORDS, exporter, nonce, document_hash(request), document_hash(custodian), charter)
    bits = int.from_bytes(transcript[:9], "big") >> (72 - 11 * WORDS)
    return tuple(bits >> 11 * place & 2_047 for place in reversed(range(WORDS)))
