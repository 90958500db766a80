"""Founding a coalition (SPEC 6.1): the files that nations exchange until every root has signed one charter.

1. Each nation offers itself: code, name, root keys, and the bundle key of its custodian's device (`NationOffer`).
2. One nation makes the charter from the offers, draws the link secret, and seals it to each bundle key.
3. The charter file goes round; each nation checks and signs. It is complete when all have.

The link secret is not part of the charter's text; it only ever stands sealed in the file. The text commits to it, so
that whoever carries the file cannot put another one in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, DecodeError, StateError
from protocol.base.ids import Domain, Person, Tag
from protocol.base.limits import MAX_CHARTER_FILE, MAX_NATIONS, MAX_RECORD
from protocol.base.records import Bin, Blob, Code, Name, Part, Seq, decode, encode, evolve, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.trust.charter import (
    SETTING_LINK_SECRET,
    Charter,
    Coalition,
    Nation,
    Setting,
    check_signature,
    found,
    key_hash,
    read_charter,
)
from protocol.trust.label import NATION
from protocol.trust.policy import Policy, read_policy

MAX_LINK_SECRETS = 4
"""Kept by a device: the one in force, and those that others may still prove."""


@record(Tag.NATION_OFFER)
class NationOffer:
    """A nation offers itself for a charter; signed by its root.

    Attributes:
        root, root_mldsa: root keys, by value.
        bundle: X-Wing key of the custodian's device, to which the link secret is sealed.
    """

    code: Annotated[str, Code()]
    name: Annotated[str, Name()]
    root: Annotated[bytes, Bin(32)]
    root_mldsa: Annotated[bytes, Bin(crypto.MLDSA_PUBLIC)]
    bundle: Annotated[bytes, Bin(crypto.XWING_PUBLIC)]

    @property
    def nation(self) -> Nation:
        """As it stands in a charter."""
        return Nation(self.code, self.name, self.root, key_hash(self.root_mldsa))


@record()
class SealedSecret:
    """The link secret, sealed to one nation's custodian."""

    nation: Annotated[int, NATION]
    sealed: Annotated[bytes, Bin(crypto.HPKE_OVERHEAD + 32)]


@record(Tag.CHARTER_FILE, max_size=MAX_CHARTER_FILE)
class CharterFile:
    """A charter on its way round.

    Attributes:
        charter, policy: canonical bytes.
        signatures: documents, by nation index as far as they were given.
        secrets: one a nation.
    """

    charter: Annotated[bytes, Blob(MAX_RECORD, 1)]
    policy: Annotated[bytes, Blob(MAX_RECORD, 1)]
    signatures: Annotated[tuple[bytes, ...], Seq(Blob(8_192, 1), MAX_NATIONS)]
    secrets: Annotated[tuple[SealedSecret, ...], Seq(Part(SealedSecret), MAX_NATIONS, ascending=True)]


def make_offer(offer: NationOffer, root: SigningKey) -> Signed:
    """Sign an offer with the nation's root."""
    return sign(Tag.NATION_OFFER, key_hash(offer.root)[:16], encode(offer), root)


def read_offer(data: bytes) -> NationOffer:
    """Check an offer: it is signed by the root that it names.

    Whether that root is the nation's is for people to settle: compare its fingerprint by another way.

    Raises:
        RemoteProtocolError: malformed, or not signed by its own root.
    """
    signed = read_signed(data, Tag.NATION_OFFER)
    offer = decode(NationOffer, signed.body)
    if signed.signer != key_hash(offer.root)[:16]:
        raise AuthenticationError
    signed.verify(VerifyKey(offer.root))
    crypto.xwing_check(offer.bundle)
    return offer


def seal_secret(charter: Charter, nation: int, bundle: bytes, link_secret: bytes) -> SealedSecret:
    """Seal a link secret to a nation's custodian, for one charter.

    Args:
        bundle: the bundle key of the nation's offer.
    """
    return SealedSecret(nation, crypto.hpke_seal(bundle, _info(charter, nation, bundle), link_secret))


def open_secret(charter: Charter, secrets: Sequence[SealedSecret], nation: int, bundle_seed: bytes) -> bytes:
    """The link secret that a charter commits to, as the custodian of a nation.

    Raises:
        AuthenticationError: it was sealed to another key or for another charter, or is not the one that the charter
            commits to.
        StateError: there is none for this nation.
    """
    for secret in secrets:
        if secret.nation == nation:
            public = crypto.xwing_public(bundle_seed)
            opened = crypto.hpke_open(bundle_seed, _info(charter, nation, public), secret.sealed)
            if not commits_to(charter, opened):
                raise AuthenticationError
            return opened
    raise StateError("holds no link secret for this nation", field="secrets")


def commits_to(charter: Charter, link_secret: bytes) -> bool:
    """Whether a link secret is the one that a charter commits to."""
    return link_secret_setting(link_secret, charter.nonce) in charter.settings


def newest_first(charter: Charter, link_secrets: Iterable[bytes]) -> tuple[bytes, ...]:
    """Link secrets, each once, with the one first that the charter in force commits to: others come in any order."""
    known = dict.fromkeys(link_secrets)
    return tuple(sorted(known, key=lambda secret: not commits_to(charter, secret)))[:MAX_LINK_SECRETS]


def _info(charter: Charter, nation: int, bundle: bytes) -> bytes:
    return Domain.HPKE_LINK_SECRET.prefix + charter.hash + bytes([nation]) + key_hash(bundle)


def link_secret_setting(link_secret: bytes, nonce: bytes) -> Setting:
    """The charter's commitment to its link secret.

    Args:
        nonce: of the charter.
    """
    return Setting(SETTING_LINK_SECRET, digest(Person.LINK_SECRET, nonce, key=link_secret))


def start_file(charter: Charter, policy: Policy, offers: Sequence[NationOffer], link_secret: bytes) -> CharterFile:
    """The unsigned file.

    Raises:
        DecodeError: charter, policy and offers do not belong together.
    """
    if charter.policy != policy.hash:
        raise DecodeError("names another policy", field="policy")
    if tuple(offer.nation for offer in offers) != charter.nations:
        raise DecodeError("are not the charter's nations", field="offers")
    secrets = tuple(seal_secret(charter, index, offer.bundle, link_secret) for index, offer in enumerate(offers))
    return CharterFile(encode(charter), encode(policy), (), secrets)


def read_file(data: bytes) -> tuple[CharterFile, Charter, Policy, frozenset[int]]:
    """Check a charter file.

    Returns:
        The file, its charter and policy, and the nations that have signed.

    Raises:
        RemoteProtocolError: malformed, or a signature in it does not hold.
    """
    file = decode(CharterFile, data)
    charter, policy = read_charter(file.charter), read_policy(file.policy)
    if charter.number:
        raise DecodeError("a coalition is founded by a charter of number 0", field="number")
    if charter.policy != policy.hash:
        raise DecodeError("names another policy", field="policy")
    if len(charter.holds) != len(policy.levels):
        raise DecodeError("must name one value a level of the policy", field="holds")
    signed = [check_signature(charter, signature)[0] for signature in file.signatures]
    if len(set(signed)) != len(signed):
        raise DecodeError("a nation signed twice", field="signatures")
    if tuple(secret.nation for secret in file.secrets) != tuple(range(len(charter.nations))):
        raise DecodeError("must be one a nation", field="secrets")
    return file, charter, policy, frozenset(signed)


def add_signature(file: CharterFile, signature: Signed) -> CharterFile:
    """The file with one more signature."""
    return evolve(file, signatures=(*file.signatures, signature.data))


def complete(file: CharterFile) -> Coalition:
    """The coalition of a file that every nation has signed.

    Raises:
        StateError: signatures are missing.
    """
    return found(file.charter, file.signatures)


def open_link_secret(file: CharterFile, nation: int, bundle_seed: bytes) -> bytes:
    """The link secret, as the custodian of a nation: see `open_secret`."""
    return open_secret(read_charter(file.charter), file.secrets, nation, bundle_seed)
