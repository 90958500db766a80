"""The file by which an amendment goes round (SPEC 6.6), until everybody whom it needs has signed it.

1. One nation writes the text: for an admission from the newcomer's offer, for a suspension with a new link secret.
2. The file goes round; each nation checks and signs. To a suspension it adds its offer, for the key to seal to; to a
reinstatement the nation does that comes back.
3. Whoever knows the link secret seals it to those who have signed: to the newcomer, to all who stay, to who comes back.
4. It is complete when all have signed and each has its secret. Then each takes it in.

The file brings the charters before, so that a newcomer can follow them from the founding, and who comes back from his own. What it brings for people to
trust is no more than that: who stands behind a root is compared by another way, as in founding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import attrs

from protocol.base.crypto import xwing_public
from protocol.base.errors import DecodeError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_AMENDMENT_FILE, MAX_ARRAY, MAX_NATIONS, MAX_RECORD
from protocol.base.records import Blob, Part, Seq, decode, encode, evolve, record
from protocol.base.signed import SigningKey
from protocol.trust.amendment import Change, admission, build_coalition, check_amendment, reinstatement, suspension
from protocol.trust.charter import Charter, Coalition, check_signature, read_charter, sign_charter
from protocol.trust.founding import NationOffer, SealedSecret, make_offer, open_secret, read_offer, seal_secret
from protocol.trust.policy import Policy, read_policy

DOCUMENT = Blob(8_192, 1)


@record(Tag.AMENDMENT_FILE, max_size=MAX_AMENDMENT_FILE)
class AmendmentFile:
    """An amendment on its way round.

    Attributes:
        charter, policy: canonical bytes.
        earlier: the charters before, the founding one among them, and their signatures.
        signatures: of the amendment, as far as they were given.
        offers: the newcomer's; or, as they sign, of those who stay, or of who comes back.
        secrets: the link secret that the amendment commits to, sealed to the nations of the offers.
    """

    charter: Annotated[bytes, Blob(MAX_RECORD, 1)]
    policy: Annotated[bytes, Blob(MAX_RECORD, 1)]
    earlier: Annotated[tuple[bytes, ...], Seq(Blob(MAX_RECORD, 1), MAX_ARRAY, 2)]
    signatures: Annotated[tuple[bytes, ...], Seq(DOCUMENT, MAX_NATIONS)]
    offers: Annotated[tuple[bytes, ...], Seq(DOCUMENT, MAX_NATIONS)]
    secrets: Annotated[tuple[SealedSecret, ...], Seq(Part(SealedSecret), MAX_NATIONS, ascending=True)]


@attrs.frozen
class Round:
    """An amendment file whose parts hold together.

    Attributes:
        coalition: under the charter before. amendments: the documents of those amendments that led to it.
        signed: indices of the nations that have signed. offers: by index.
    """

    file: AmendmentFile = attrs.field(repr=False)
    coalition: Coalition
    amendments: tuple[bytes, ...] = attrs.field(repr=False)
    charter: Charter
    policy: Policy
    change: Change
    signed: frozenset[int]
    offers: dict[int, NationOffer] = attrs.field(repr=False)

    @property
    def sealed_to(self) -> frozenset[int]:
        """Indices of the nations that find the link secret in the file."""
        return frozenset(secret.nation for secret in self.file.secrets)

    @property
    def owed(self) -> frozenset[int]:
        """Indices of the nations that must find it there."""
        return self.change.told

    @property
    def complete(self) -> bool:
        """Whether it can be put in force."""
        return self.change.needs <= self.signed and self.owed <= self.sealed_to

    @property
    def documents(self) -> tuple[bytes, ...]:
        """The amendment's own documents."""
        return (self.file.charter, *self.file.signatures)


def start_admission(
    coalition: Coalition, earlier: Sequence[bytes], policy: bytes, offer: bytes, link_secret: bytes
) -> AmendmentFile:
    """The unsigned file that admits a nation.

    Args:
        earlier: the coalition's charters and their signatures.
        offer: the newcomer's, signed.
        link_secret: the one in force.

    Raises:
        RemoteProtocolError: the offer is not valid, or its code or root is taken.
    """
    newcomer = read_offer(offer)
    charter = admission(coalition.charter, newcomer.nation)
    secret = seal_secret(charter, len(charter.nations) - 1, newcomer.bundle, link_secret)
    file = AmendmentFile(encode(charter), policy, tuple(earlier), (), (offer,), (secret,))
    read_round(encode(file))
    return file


def start_suspension(
    coalition: Coalition, earlier: Sequence[bytes], policy: bytes, nation: int, link_secret: bytes
) -> AmendmentFile:
    """The unsigned file that suspends a nation, without the new link secret yet: sign it, and `seal` it.

    Args:
        link_secret: 32 bytes, drawn for this.

    Raises:
        RemoteProtocolError: it is suspended already, or too few would be left.
    """
    charter = suspension(coalition.charter, nation, link_secret)
    file = AmendmentFile(encode(charter), policy, tuple(earlier), (), (), ())
    read_round(encode(file))
    return file


def start_reinstatement(coalition: Coalition, earlier: Sequence[bytes], policy: bytes, nation: int) -> AmendmentFile:
    """The unsigned file that takes back the suspension of a nation; once that has signed, `seal` it the link secret in force.

    Raises:
        RemoteProtocolError: it is not suspended.
    """
    charter = reinstatement(coalition.charter, nation)
    file = AmendmentFile(encode(charter), policy, tuple(earlier), (), (), ())
    read_round(encode(file))
    return file


def read_round(data: bytes) -> Round:
    """Check an amendment file.

    Raises:
        RemoteProtocolError: malformed, its parts do not belong together, or a signature in it does not hold.
    """
    file = decode(AmendmentFile, data)
    charter, policy = read_charter(file.charter), read_policy(file.policy)
    coalition, amendments = build_coalition(file.earlier, policy.hash)
    change = check_amendment(coalition.charter, charter)
    signed = [check_signature(charter, signature)[0] for signature in file.signatures]
    if len(set(signed)) != len(signed) or not change.needs.issuperset(signed):
        raise DecodeError("are not one each of the nations that it needs", field="signatures")
    offers = {}
    for data_of_one in file.offers:
        offer = read_offer(data_of_one)
        index = next((i for i in change.told if charter.nations[i] == offer.nation), None)
        if index is None or index in offers:
            raise DecodeError("are not one each of the nations to be told the link secret", field="offers")
        offers[index] = offer
    if change.admitted is not None and change.admitted not in offers:
        raise DecodeError("the newcomer's is not here", field="offers")
    sealed = [secret.nation for secret in file.secrets]
    if len(set(sealed)) != len(sealed) or not offers.keys() >= set(sealed):
        raise DecodeError("must be for nations whose offers are here", field="secrets")
    return Round(file, coalition, amendments, charter, policy, change, frozenset(signed), offers)


def sign_round(known: Round, nation: int, root: SigningKey, bundle: bytes) -> Round:
    """A file with one more signature, and the signer's offer where he is to be told the link secret.

    Args:
        bundle: X-Wing private key of the nation's custodian's device.

    Raises:
        StateError: the key is not that nation's root.
        RemoteProtocolError: nobody needs its signature.
    """
    signature = sign_charter(known.charter, nation, root)
    file = evolve(known.file, signatures=(*known.file.signatures, signature.data))
    if nation in known.owed and nation not in known.offers:
        named, public = known.charter.nations[nation], root.public()
        offer = NationOffer(named.code, named.name, public.ed25519, public.mldsa, xwing_public(bundle))
        file = evolve(file, offers=(*file.offers, make_offer(offer, root).data))
    return read_round(encode(file))


def seal_round(known: Round, link_secret: bytes) -> Round:
    """A file in which each nation that offered a key finds the link secret."""
    missing = sorted(known.offers.keys() - known.sealed_to)
    more = [seal_secret(known.charter, index, known.offers[index].bundle, link_secret) for index in missing]
    secrets = tuple(sorted((*known.file.secrets, *more), key=lambda secret: secret.nation))
    return attrs.evolve(known, file=evolve(known.file, secrets=secrets))


def round_secret(known: Round, nation: int, bundle: bytes) -> bytes | None:
    """The link secret that the amendment commits to, if it is sealed to this nation.

    Raises:
        AuthenticationError: what is sealed there is not that.
    """
    if nation not in known.sealed_to:
        return None
    return open_secret(known.charter, known.file.secrets, nation, bundle)
