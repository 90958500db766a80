"""The charter (SPEC 6.1): which nations form the coalition, by which policy, times and suites.

A genesis charter is a text that every named nation's root signs, Ed25519 and ML-DSA-65. Its hash names the coalition.
The text carries the Ed25519 root keys and the hashes of the ML-DSA-65 ones, which travel with the signatures: 32
nations would not fit one record otherwise. Amendments are a later number with the hash of the one before: `amendment`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import attrs

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, DecodeError, StateError, VersionError
from protocol.base.ids import Person, Tag
from protocol.base.limits import MAX_LEVELS, MAX_NATIONS, MAX_SEGMENTS
from protocol.base.records import Bin, Blob, Code, Flag, Name, OptBin, Part, Seq, Uint, decode, encode, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.trust.authority import SETTING_ROE, read_roe_setting
from protocol.trust.handling import SETTING_HANDLING, SETTING_RECEIPTS, ReceiptTerms, read_handling, read_receipts
from protocol.trust.label import NATION

SUITE: int = 1
"""X-Wing HPKE (0x647a, HKDF-SHA256, ChaCha20-Poly1305), Ed25519, ML-DSA-65, XChaCha20-Poly1305, BLAKE2b."""

SETTING_LINK_SECRET: int = 1
"""Tag of the setting that commits to the link secret in force."""
SETTING_SUSPENDED: int = 2
"""Tag of the setting that names the suspended nations: one byte each, ascending."""
SETTING_RUN_ON: int = 4
"""Tag of the setting that says how many of the lowest levels run on where a nation's keys have run out: one byte."""

SECONDS = Uint(2**32 - 1)
TIME = Uint(2**40)
"""Unix time in UTC seconds."""


@record()
class Nation:
    """One nation of a charter; its index is its place in the list, for ever.

    Attributes:
        code: e.g. "XAA", of the coalition's own list of codes.
        name: for people.
        root: Ed25519 root key.
        root_mldsa: hash of the ML-DSA-65 root key.
    """

    code: Annotated[str, Code()]
    name: Annotated[str, Name()]
    root: Annotated[bytes, Bin(32)]
    root_mldsa: Annotated[bytes, Bin(32)]


@record()
class Setting:
    """A tagged setting of a later chapter, kept and passed on by programs that do not know it."""

    tag: Annotated[int, Uint(2**16 - 1)]
    value: Annotated[bytes, Blob(1_024)]


@record(Tag.CHARTER)
class Charter:
    """The charter's text.

    Attributes:
        number: 0 for genesis; rises by one with each amendment.
        previous: hash of the charter before, or none.
        quorum: k of n; more than half, so that two conflicting amendments convict a double signer.
        segment: seconds of one segment.
        edition: segments of one edition.
        holds: per level, seconds that a segment's private key is kept after its end.
        preload: seconds before an edition starts at which its seeds may be handed out.
        otar_grace: seconds for which a silent device keeps being keyed.
        retention: per level, seconds for which bodies are kept.
        exercise: an exercise coalition; real and exercise never share keys.
    """

    number: Annotated[int, Uint(2**32 - 1)]
    previous: Annotated[bytes, OptBin(32)]
    name: Annotated[str, Name()]
    nonce: Annotated[bytes, Bin(16)]
    policy: Annotated[bytes, Bin(32)]
    nations: Annotated[tuple[Nation, ...], Seq(Part(Nation), MAX_NATIONS, 1)]
    quorum: Annotated[int, Uint(MAX_NATIONS, 1)]
    segment: Annotated[int, Uint(7 * 86_400, 60)]
    edition: Annotated[int, Uint(MAX_SEGMENTS, 1)]
    holds: Annotated[tuple[int, ...], Seq(SECONDS, MAX_LEVELS, 1)]
    preload: Annotated[int, SECONDS]
    otar_grace: Annotated[int, SECONDS]
    retention: Annotated[tuple[int, ...], Seq(SECONDS, MAX_LEVELS, 1)]
    suites: Annotated[tuple[int, ...], Seq(Uint(2**16 - 1), 8, 1, ascending=True)]
    exercise: Annotated[bool, Flag()]
    settings: Annotated[tuple[Setting, ...], Seq(Part(Setting), 64, ascending=True)]

    @property
    def hash(self) -> bytes:
        """32 bytes that name this version of the charter."""
        return digest(Person.CHARTER, encode(self))

    @property
    def codes(self) -> tuple[str, ...]:
        """Nation codes by index."""
        return tuple(nation.code for nation in self.nations)

    def setting(self, tag: int) -> bytes:
        """The value of a setting; empty if it is not there."""
        return next((setting.value for setting in self.settings if setting.tag == tag), b"")

    @property
    def suspended(self) -> frozenset[int]:
        """Indices of the nations that this charter suspends."""
        return frozenset(self.setting(SETTING_SUSPENDED))

    def runs_on(self, level: int) -> bool:
        """Whether what is sealed at a level still goes to a nation's last key, one edition longer (SPEC 7.9)."""
        return level < int.from_bytes(self.setting(SETTING_RUN_ON), "big")

    @property
    def present(self) -> frozenset[int]:
        """Indices of the nations that it does not."""
        return frozenset(range(len(self.nations))) - self.suspended

    @property
    def handling(self) -> tuple[int, ...]:
        """Handling times in seconds by precedence, ROUTINE first."""
        return read_handling(self.setting(SETTING_HANDLING))

    @property
    def receipts(self) -> tuple[ReceiptTerms, ...]:
        """Which receipts are sent and expected, by level."""
        return read_receipts(self.setting(SETTING_RECEIPTS), len(self.holds))


@record(Tag.CHARTER_SIGNATURE)
class CharterSignature:
    """Body of a nation's signature of a charter: hybrid, by its root."""

    charter: Annotated[bytes, Bin(32)]
    nation: Annotated[int, NATION]
    root_mldsa: Annotated[bytes, Bin(crypto.MLDSA_PUBLIC)]


@attrs.frozen
class Coalition:
    """A founded coalition: a charter that every one of its nations signed, and its amendments.

    Attributes:
        id: 16 bytes; the hash of the genesis charter.
        charter: the text in force.
        charter_hash: its hash.
        roots: root keys by nation index.
        earlier: hashes and texts that were in force before, oldest first.
    """

    id: bytes
    charter: Charter
    charter_hash: bytes
    roots: tuple[VerifyKey, ...] = attrs.field(repr=False)
    earlier: tuple[tuple[bytes, Charter], ...] = attrs.field(default=(), repr=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """Nation codes by index."""
        return self.charter.codes

    @property
    def suspended(self) -> frozenset[int]:
        """Indices of the nations that the charter in force suspends."""
        return self.charter.suspended

    def text(self, charter_hash: bytes) -> Charter | None:
        """The text in force, or one that was, by its hash."""
        if charter_hash == self.charter_hash:
            return self.charter
        return next((charter for known, charter in self.earlier if known == charter_hash), None)

    def root_id(self, nation: int) -> bytes:
        """Signer field of what a nation's root signs in this coalition: it names the genesis charter, for ever."""
        return root_id(self.earlier[0][0] if self.earlier else self.charter_hash, nation)

    def segment_at(self, now: int) -> int:
        """Number of the segment at a Unix time: the same for all nations."""
        return now // self.charter.segment


def coalition_id(charter: bytes) -> bytes:
    """16 bytes that name the coalition of a genesis charter's bytes."""
    return digest(Person.COALITION, charter, size=16)


def key_hash(public: bytes) -> bytes:
    """32 bytes that stand for a long public key."""
    return digest(Person.KEY_HASH, public)


def root_id(charter_hash: bytes, nation: int) -> bytes:
    """Signer field of a nation root: the first 16 bytes of the charter's hash, with the nation's index in the last."""
    return charter_hash[:15] + bytes([nation])


def read_charter(data: bytes) -> Charter:
    """Decode a charter and check what its fields alone do not say.

    Raises:
        RemoteProtocolError: malformed, newer, or against its own rules; names the field.
    """
    charter = decode(Charter, data)
    if bool(charter.number) != bool(charter.previous):
        raise DecodeError("an amendment, and nothing else, names the charter before it", field="previous")
    if SUITE not in charter.suites:
        raise VersionError("names no suite that this program has", field="suites")
    for field, values in (
        ("nations", [nation.code for nation in charter.nations]),
        ("nations", [nation.root for nation in charter.nations]),
    ):
        if len(set(values)) != len(values):
            raise DecodeError("codes and root keys must differ", field=field)
    if not charter.quorum * 2 > len(charter.nations) >= charter.quorum:
        raise DecodeError("must be more than half of the nations and no more than all", field="quorum")
    if len({setting.tag for setting in charter.settings}) != len(charter.settings):
        raise DecodeError("a tag stands twice", field="settings")
    if len(charter.holds) != len(charter.retention):
        raise DecodeError("must name as many levels as holds", field="retention")
    _check_suspended(charter)
    if any(setting.tag == SETTING_ROE for setting in charter.settings):
        read_roe_setting(charter.setting(SETTING_ROE), len(charter.nations))
    run_on = [setting.value for setting in charter.settings if setting.tag == SETTING_RUN_ON]
    if run_on and not (len(run_on[0]) == 1 and 1 <= run_on[0][0] <= len(charter.holds)):
        raise DecodeError("must be one byte, from one level to all of them", field="settings")
    _ = charter.handling, charter.receipts
    return charter


def _check_suspended(charter: Charter) -> None:
    value = charter.setting(SETTING_SUSPENDED)
    named = any(setting.tag == SETTING_SUSPENDED for setting in charter.settings)
    if named and (not charter.number or not value or sorted(set(value)) != list(value)):
        raise DecodeError("suspended nations stand in an amendment, one byte each, ascending", field="settings")
    if value and (value[-1] >= len(charter.nations) or not charter.present):
        raise DecodeError("suspends a nation that it does not name, or all", field="settings")


def sign_charter(charter: Charter, nation: int, root: SigningKey) -> Signed:
    """A nation's signature of a charter.

    Raises:
        StateError: the key is not that nation's root.
    """
    public = root.public()
    named = charter.nations[nation]
    if public.ed25519 != named.root or key_hash(public.mldsa) != named.root_mldsa:
        raise StateError("the key is not this nation's root", field="nation")
    body = CharterSignature(charter.hash, nation, public.mldsa)
    return sign(Tag.CHARTER_SIGNATURE, root_id(charter.hash, nation), encode(body), root)


def check_signature(charter: Charter, data: bytes) -> tuple[int, VerifyKey]:
    """Check one nation's signature of a charter.

    Returns:
        The nation's index and its root keys.

    Raises:
        RemoteProtocolError: it is not one, of this charter.
    """
    signed = read_signed(data, Tag.CHARTER_SIGNATURE)
    nation = signed.signer[15]
    if nation >= len(charter.nations) or signed.signer != root_id(charter.hash, nation):
        raise StateError("signs another charter", field="signer")
    # The ML-DSA key is in the body: take it only as far as its hash, which the charter names, before verifying.
    body = decode(CharterSignature, signed.body)
    named = charter.nations[nation]
    if body.charter != charter.hash or body.nation != nation or key_hash(body.root_mldsa) != named.root_mldsa:
        raise AuthenticationError
    key = VerifyKey(named.root, body.root_mldsa)
    signed.verify(key)
    return nation, key


def found(charter_data: bytes, signatures: Iterable[bytes], policy_hash: bytes | None = None) -> Coalition:
    """A coalition from a genesis charter and the signatures of all its nations.

    Raises:
        RemoteProtocolError: malformed, or a signature does not hold.
        StateError: signatures are missing; names the nations.
    """
    charter = read_charter(charter_data)
    if charter.number:
        raise StateError("a coalition is founded by a charter of number 0", field="number")
    if policy_hash is not None and charter.policy != policy_hash:
        raise StateError("names another policy", field="policy")
    roots: dict[int, VerifyKey] = dict(check_signature(charter, data) for data in signatures)
    missing = [nation.code for index, nation in enumerate(charter.nations) if index not in roots]
    if missing:
        raise StateError(f"not yet signed by {', '.join(missing)}", field="charter")
    ordered = tuple(roots[index] for index in range(len(charter.nations)))
    return Coalition(coalition_id(charter_data), charter, charter.hash, ordered)
