"""Attack 8 (vodozemac 2026): an X25519 half of small order in a prekey or a segment key makes one half of the exchange known.

Refused where such a key is published, and again where it would be used.
"""

from __future__ import annotations

import pytest

from protocol.base import crypto
from protocol.base.errors import AuthenticationError
from protocol.base.records import encode, evolve
from protocol.keys.edition import SegmentKeys
from protocol.keys.envelope import seal_envelope
from protocol.keys.otar import check_prekey, seal_otar, sign_prekey
from protocol.keys.statements import Statements
from tests.attacks.objects import ANN, SEALED, WORLD

POINTS = [
    bytes(32),
    b"\1" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]
IDS = [point.hex()[:8] for point in POINTS]


def bad(key: bytes, point: bytes) -> bytes:
    return key[: -len(point)] + point


@pytest.mark.parametrize("point", POINTS, ids=IDS)
def test_a_prekey_is_refused_when_it_is_stated_and_when_it_is_sealed_to(point: bytes) -> None:
    stated = evolve(ANN.statement, counter=2, key=bad(ANN.statement.key, point))
    document = sign_prekey(stated, ANN.key).data
    with pytest.raises(AuthenticationError):
        check_prekey(ANN.certificate, document)
    known = Statements()
    with pytest.raises(AuthenticationError):
        known.apply(ANN.certificate, document)
    assert known.highest(ANN.id) == 0
    custodian = WORLD.nation("XAA").custodian
    seeds = tuple(bytes(chain.seed) for chain in ANN.delivery.chains)
    with pytest.raises(AuthenticationError):
        seal_otar(custodian=custodian, header=ANN.delivery.header, prekey=stated.key, seeds=seeds)
    seal_otar(custodian=custodian, header=ANN.delivery.header, prekey=ANN.statement.key, seeds=seeds)  # control


@pytest.mark.parametrize("point", POINTS, ids=IDS)
def test_a_segment_key_is_refused_when_it_is_wrapped_to(point: bytes) -> None:
    context = SEALED.envelope.context
    publics = [WORLD.keys.public_key(context.slot_segment(slot)) or b"" for slot in context.slots]
    seal_envelope(context, SEALED.tek, publics, ANN.key.ed25519)  # control
    with pytest.raises(AuthenticationError):
        seal_envelope(context, SEALED.tek, [*publics[:-1], bad(publics[-1], point)], ANN.key.ed25519)
    with pytest.raises(AuthenticationError):
        crypto.xwing_check(bad(publics[0], point))


def test_a_list_with_such_a_key_is_not_the_published_one_either() -> None:
    keys = SegmentKeys(WORLD.directory)
    good = keys.apply(WORLD.nation("XAA").lists[0])
    for point in POINTS:
        with pytest.raises(AuthenticationError):
            keys.apply(encode(evolve(good, keys=(*good.keys[:-1], bad(good.keys[-1], point)))))
    assert keys.apply(WORLD.nation("XAA").lists[0]) == good
