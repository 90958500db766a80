"""The charter: what its text may say, and that a coalition exists only when every root has signed it."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    LimitError,
    LocalProtocolError,
    RemoteProtocolError,
    StateError,
    VersionError,
)
from protocol.base.ids import Domain, Tag
from protocol.base.limits import MAX_RECORD
from protocol.base.records import encode, evolve
from protocol.base.signed import VerifyKey, sign
from protocol.trust.charter import (
    Charter,
    CharterSignature,
    Nation,
    Setting,
    check_signature,
    coalition_id,
    found,
    key_hash,
    read_charter,
    root_id,
    sign_charter,
)
from tests.fakes.coalition import NOW, make_coalition

WORLD = make_coalition()
CHARTER = WORLD.charter
XAA, XBB, XCC = CHARTER.nations
ROOTS = [nation.root for nation in WORLD.nations]


def test_a_charter_round_trips_and_names_its_nations() -> None:
    assert read_charter(WORLD.charter_data) == CHARTER
    assert CHARTER.codes == ("XAA", "XBB", "XCC")
    assert len(CHARTER.hash) == 32


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"number": 1}, DecodeError, "previous"),
        ({"previous": bytes(32)}, DecodeError, "previous"),
        ({"settings": (Setting(2, b"\0"),)}, DecodeError, "settings"),
        ({"suites": (2,)}, VersionError, "suites"),
        ({"nations": (XAA, evolve(XBB, code="XAA"), XCC)}, DecodeError, "nations"),
        ({"nations": (XAA, evolve(XBB, root=XAA.root), XCC)}, DecodeError, "nations"),
        ({"quorum": 1}, DecodeError, "quorum"),
        ({"quorum": 4}, DecodeError, "quorum"),
        ({"nations": (XAA, XBB), "quorum": 1}, DecodeError, "quorum"),
        ({"retention": CHARTER.retention[:-1]}, DecodeError, "retention"),
    ],
)
def test_a_text_against_its_own_rules_is_refused(
    changes: dict[str, Any], error: type[RemoteProtocolError], field: str
) -> None:
    read_charter(encode(CHARTER))
    with pytest.raises(error) as refusal:
        read_charter(encode(evolve(CHARTER, **changes)))
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "changes",
    [
        {"nations": ()},
        {"nations": (evolve(XAA, code="xaa"), XBB, XCC)},
        {"segment": 59},
        {"segment": 7 * 86_400 + 1},
        {"edition": 49},
        {"holds": (), "retention": ()},
        {"suites": ()},
        {"suites": (2, 1)},
        {"name": ""},
        {"settings": (Setting(9, b"b"), Setting(8, b"a"))},
        {"settings": (Setting(9, b"a"), Setting(9, b"a"))},
    ],
)
def test_a_field_against_its_own_rule_is_never_emitted(changes: dict[str, Any]) -> None:
    assert encode(CHARTER)
    with pytest.raises(LocalProtocolError):
        encode(evolve(CHARTER, **changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"nations": (XAA,), "quorum": 1},
        {"nations": (XAA, XBB), "quorum": 2},
        {"quorum": 3},
        {"suites": (1, 2)},
        {"settings": (Setting(9, b"of a later chapter"),)},
        {"exercise": False},
    ],
)
def test_texts_that_are_accepted(changes: dict[str, Any]) -> None:
    charter = evolve(CHARTER, **changes)
    assert read_charter(encode(charter)) == charter


# ------------------------------------------------------------------------------------------------ signatures


def test_a_signature_gives_the_nation_and_both_its_root_keys() -> None:
    for index, (data, root) in enumerate(zip(WORLD.signatures, ROOTS, strict=True)):
        assert check_signature(CHARTER, data) == (index, root.public())


def test_only_a_nations_own_root_signs_for_it() -> None:
    sign_charter(CHARTER, 1, ROOTS[1])
    with pytest.raises(StateError):
        sign_charter(CHARTER, 1, ROOTS[0])
    mixed = evolve(CHARTER, nations=(XAA, evolve(XBB, root_mldsa=XAA.root_mldsa), XCC))
    with pytest.raises(StateError):
        sign_charter(mixed, 1, ROOTS[1])


def forged(charter: Charter = CHARTER, signer: bytes = b"", key: int = 1, **changes: Any) -> bytes:
    """XBB's signature with some of its parts replaced, signed by the root of nation `key`."""
    body = CharterSignature(CHARTER.hash, 1, ROOTS[1].public().mldsa)
    where = signer or root_id(charter.hash, 1)
    return sign(Tag.CHARTER_SIGNATURE, where, encode(evolve(body, **changes)), ROOTS[key]).data


def test_the_forger_above_can_make_a_good_one() -> None:
    assert check_signature(CHARTER, forged()) == (1, ROOTS[1].public())


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (forged(key=0), AuthenticationError),
        (forged(charter=evolve(CHARTER, name="Other")), StateError),
        (forged(signer=root_id(CHARTER.hash, 3)), StateError),
        (forged(signer=root_id(CHARTER.hash, 0)), AuthenticationError),
        (forged(nation=0), AuthenticationError),
        (forged(root_mldsa=ROOTS[0].public().mldsa), AuthenticationError),
        (WORLD.nations[1].custodian_document.data, DecodeError),
    ],
    ids=["root key", "charter", "no such nation", "another signer", "another nation", "ML-DSA key", "kind"],
)
def test_a_forged_signature_is_refused(data: bytes, error: type[RemoteProtocolError]) -> None:
    with pytest.raises(error):
        check_signature(CHARTER, data)


def test_the_signature_of_another_text_is_refused() -> None:
    other = evolve(CHARTER, name="Other")
    data = sign_charter(other, 1, ROOTS[1]).data
    assert check_signature(other, data)[0] == 1
    with pytest.raises(StateError):
        check_signature(CHARTER, data)
    # Moved under this charter's name: the body still says what was signed.
    body = CharterSignature(other.hash, 1, ROOTS[1].public().mldsa)
    with pytest.raises(AuthenticationError):
        check_signature(CHARTER, sign(Tag.CHARTER_SIGNATURE, root_id(CHARTER.hash, 1), encode(body), ROOTS[1]).data)


def test_either_half_of_a_hybrid_signature_must_hold() -> None:
    body = encode(CharterSignature(CHARTER.hash, 1, ROOTS[1].public().mldsa))
    classical = crypto.ed25519_sign(ROOTS[1].ed25519, Domain.CHARTER, body)
    quantum = crypto.mldsa_sign(ROOTS[1].mldsa, Domain.CHARTER, body)
    other_classical = crypto.ed25519_sign(ROOTS[0].ed25519, Domain.CHARTER, body)
    other_quantum = crypto.mldsa_sign(ROOTS[0].mldsa, Domain.CHARTER, body)
    signer = root_id(CHARTER.hash, 1)

    def document(signature: bytes) -> bytes:
        return pack((int(Tag.CHARTER_SIGNATURE), signer, body, signature))

    assert check_signature(CHARTER, document(classical + quantum))
    for signature in (other_classical + quantum, classical + other_quantum):
        with pytest.raises(AuthenticationError):
            check_signature(CHARTER, document(signature))
    with pytest.raises(DecodeError):
        check_signature(CHARTER, document(classical))


# ------------------------------------------------------------------------------------------------ founding


def test_a_coalition_is_founded_by_all_its_nations_in_any_order() -> None:
    coalition = found(WORLD.charter_data, reversed(WORLD.signatures), WORLD.policy.hash)
    assert coalition == WORLD.coalition
    assert coalition.id == coalition_id(WORLD.charter_data)
    assert coalition.roots == tuple(root.public() for root in ROOTS)
    assert coalition.codes == CHARTER.codes
    assert coalition.segment_at(NOW) == NOW // 21_600
    assert repr(coalition.roots[0]) not in repr(coalition)


def test_signing_twice_is_signing_once() -> None:
    assert found(WORLD.charter_data, [*WORLD.signatures, WORLD.signatures[0]]) == WORLD.coalition


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_one_signature_short_is_no_coalition_and_the_nation_is_named(missing: int) -> None:
    given = [data for index, data in enumerate(WORLD.signatures) if index != missing]
    with pytest.raises(StateError, match=CHARTER.codes[missing]):
        found(WORLD.charter_data, given)


def test_a_charter_of_another_policy_is_refused() -> None:
    found(WORLD.charter_data, WORLD.signatures, CHARTER.policy)
    with pytest.raises(StateError):
        found(WORLD.charter_data, WORLD.signatures, b"q" * 32)


def test_a_charter_too_long_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(LimitError):
        found(WORLD.charter_data + bytes(MAX_RECORD), WORLD.signatures)


def test_ids_follow_the_text_and_the_index() -> None:
    assert coalition_id(encode(evolve(CHARTER, nonce=bytes(16)))) != WORLD.id
    ids = {root_id(CHARTER.hash, index) for index in range(32)}
    assert len(ids) == 32
    assert {len(one) for one in ids} == {16}


def test_a_nation_of_a_charter_names_its_long_key_by_hash() -> None:
    public = VerifyKey(ROOTS[0].public().ed25519, ROOTS[0].public().mldsa)
    assert Nation("XAA", "Nation XAA", public.ed25519, key_hash(public.mldsa)) == XAA
