"""Founding: offers, the charter file on its way round, and the link secret that only custodians open."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.errors import AuthenticationError, DecodeError, RemoteProtocolError, StateError
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.base.signed import SigningKey, sign
from protocol.trust.charter import found, key_hash, sign_charter
from protocol.trust.founding import (
    CharterFile,
    NationOffer,
    SealedSecret,
    add_signature,
    complete,
    link_secret_setting,
    make_offer,
    open_link_secret,
    read_file,
    read_offer,
    start_file,
)
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ROOTS = tuple(nation.root for nation in WORLD.nations)
BUNDLES = tuple(nation.devices[0].bundle for nation in WORLD.nations)
OFFERS = tuple(
    NationOffer(named.code, named.name, root.public().ed25519, root.public().mldsa, crypto.xwing_public(bundle))
    for named, root, bundle in zip(WORLD.charter.nations, ROOTS, BUNDLES, strict=True)
)
SECRET = bytes(range(32))
CHARTER = evolve(WORLD.charter, settings=(link_secret_setting(SECRET, WORLD.charter.nonce),))
SIGNATURES = tuple(sign_charter(CHARTER, index, root).data for index, root in enumerate(ROOTS))
FILE = start_file(CHARTER, WORLD.policy, OFFERS, SECRET)


def signed_by(*nations: int, file: CharterFile = FILE) -> CharterFile:
    for nation in nations:
        file = add_signature(file, sign_charter(CHARTER, nation, ROOTS[nation]))
    return file


# ------------------------------------------------------------------------------------------------ offers


def test_an_offer_is_signed_by_the_root_it_names() -> None:
    for offer, root in zip(OFFERS, ROOTS, strict=True):
        assert read_offer(make_offer(offer, root).data) == offer


def small_order(bundle: bytes) -> bytes:
    return bundle[:-32] + bytes(32)


@pytest.mark.parametrize(
    "data",
    [
        make_offer(OFFERS[0], ROOTS[1]).data,
        make_offer(evolve(OFFERS[0], root=ROOTS[1].public().ed25519), ROOTS[0]).data,
        sign(Tag.NATION_OFFER, key_hash(ROOTS[1].public().ed25519)[:16], encode(OFFERS[0]), ROOTS[0]).data,
        make_offer(evolve(OFFERS[0], bundle=small_order(OFFERS[0].bundle)), ROOTS[0]).data,
    ],
    ids=["by another", "naming another", "under another name", "with an unusable key"],
)
def test_an_offer_that_does_not_hold_is_refused(data: bytes) -> None:
    read_offer(make_offer(OFFERS[0], ROOTS[0]).data)
    with pytest.raises(AuthenticationError):
        read_offer(data)


# ------------------------------------------------------------------------------------------------ the file


def test_a_file_goes_round_and_makes_the_coalition() -> None:
    for signers in ((), (1,), (2, 0), (0, 1, 2)):
        file = signed_by(*signers)
        assert read_file(encode(file)) == (file, CHARTER, WORLD.policy, frozenset(signers))
    assert complete(signed_by(2, 0, 1)) == found(encode(CHARTER), SIGNATURES)


def test_an_unsigned_file_makes_none_and_says_who_is_missing() -> None:
    with pytest.raises(StateError, match="XAA, XCC"):
        complete(signed_by(1))


def test_charter_policy_and_offers_belong_together() -> None:
    other = evolve(WORLD.policy, version=2)
    with pytest.raises(DecodeError):
        start_file(CHARTER, other, OFFERS, SECRET)
    for offers in (OFFERS[:2], OFFERS[::-1], (evolve(OFFERS[0], name="Other"), *OFFERS[1:])):
        with pytest.raises(DecodeError):
            start_file(CHARTER, WORLD.policy, offers, SECRET)


def short_holds() -> bytes:
    charter = evolve(CHARTER, holds=CHARTER.holds[:3], retention=CHARTER.retention[:3])
    return encode(charter)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"policy": encode(evolve(WORLD.policy, version=2))}, DecodeError),
        ({"charter": short_holds()}, DecodeError),
        ({"signatures": (SIGNATURES[0],) * 2}, DecodeError),
        ({"signatures": (make_coalition(seed="other").signatures[0],)}, StateError),
        ({"secrets": FILE.secrets[:2]}, DecodeError),
        ({"secrets": ()}, DecodeError),
        ({"secrets": (*FILE.secrets, evolve(FILE.secrets[2], nation=3))}, DecodeError),
    ],
)
def test_a_file_whose_parts_disagree_is_refused(changes: dict[str, Any], error: type[RemoteProtocolError]) -> None:
    read_file(encode(evolve(FILE, signatures=SIGNATURES)))
    with pytest.raises(error):
        read_file(encode(evolve(FILE, **changes)))


# ------------------------------------------------------------------------------------------------ the link secret


def test_each_custodian_opens_the_link_secret() -> None:
    for nation, bundle in enumerate(BUNDLES):
        assert open_link_secret(FILE, nation, bundle) == SECRET
    assert SECRET not in encode(FILE)


def test_nobody_else_does() -> None:
    with pytest.raises(AuthenticationError):
        open_link_secret(FILE, 0, BUNDLES[1])
    swapped = (evolve(FILE.secrets[1], nation=0), evolve(FILE.secrets[0], nation=1), FILE.secrets[2])
    for nation in (0, 1):
        with pytest.raises(AuthenticationError):
            open_link_secret(evolve(FILE, secrets=swapped), nation, BUNDLES[nation])
    with pytest.raises(StateError):
        open_link_secret(evolve(FILE, secrets=FILE.secrets[:2]), 2, BUNDLES[2])


def test_a_secret_sealed_for_another_charter_does_not_open() -> None:
    nonce = bytes(16)
    charter = evolve(CHARTER, nonce=nonce, settings=(link_secret_setting(SECRET, nonce),))
    other = start_file(charter, WORLD.policy, OFFERS, SECRET)
    assert open_link_secret(other, 0, BUNDLES[0]) == SECRET
    with pytest.raises(AuthenticationError):
        open_link_secret(evolve(FILE, secrets=other.secrets), 0, BUNDLES[0])


def test_whoever_carries_the_file_cannot_put_another_secret_in_its_place() -> None:
    """The seals need no secret to be made: the charter's own commitment tells."""
    replaced = start_file(CHARTER, WORLD.policy, OFFERS, bytes(32))
    assert read_file(encode(replaced))[1] == CHARTER
    with pytest.raises(AuthenticationError):
        open_link_secret(replaced, 0, BUNDLES[0])
    other_nonce = evolve(CHARTER, settings=(link_secret_setting(SECRET, bytes(16)),))
    for settings in ((), other_nonce.settings):
        file = start_file(evolve(CHARTER, settings=settings), WORLD.policy, OFFERS, SECRET)
        with pytest.raises(AuthenticationError):
            open_link_secret(file, 0, BUNDLES[0])
    assert open_link_secret(FILE, 0, BUNDLES[0]) == SECRET


def test_the_largest_file_fits() -> None:
    root = SigningKey(bytes(32), bytes(32)).public()
    offer = NationOffer("X" * 16, "N" * 64, root.ed25519, root.mldsa, OFFERS[0].bundle)
    secret = SealedSecret(31, bytes(crypto.HPKE_OVERHEAD + 32))
    most = CharterFile(
        bytes(65_536),
        bytes(65_536),
        (SIGNATURES[0],) * 32,
        tuple(evolve(secret, nation=index) for index in range(32)),
    )
    assert encode(most)
    assert encode(offer)
