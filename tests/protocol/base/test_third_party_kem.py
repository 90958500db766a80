"""Third-party vectors for X-Wing HPKE and what it is made of, all through `crypto.xwing_public` and `crypto.hpke_open`.

ML-KEM-768 and X25519 have no door of their own in `protocol.base`: each vector becomes one half of an X-Wing key, and
`xwing_schedule` seals what must open. So nothing here asks `cryptography` directly.
"""

import json
from collections.abc import Callable
from pathlib import Path

import nacl.bindings
import pytest

from protocol.base import crypto
from protocol.base.errors import AuthenticationError, LocalProtocolError
from protocol.vectors.drbg import Drbg
from tests.protocol.base import xwing_schedule
from tests.protocol.base.third_party import Count, Wycheproof, rows

hexed = bytes.fromhex
INFO, TEXT = b"third party", b"opened"
MLKEM_CIPHERTEXT = 1_088


def test_hpke_pq(registry_text: Callable[[str], str], ran: Count) -> None:
    """Suite 0x647a / HKDF-SHA256 / ChaCha20-Poly1305, base mode: key schedule, then opening by the recipient's seed."""
    cases = [
        vector
        for vector in json.loads(registry_text("HPKE/hpke-pq-test-vectors.json"))
        if (vector["mode"], vector["kem_id"], vector["kdf_id"], vector["aead_id"]) == (0, 0x647A, 1, 3)
    ]
    opened = 0
    for vector in cases:
        seed, info, enc = xwing_schedule.expand(hexed(vector["skRm"])), hexed(vector["info"]), hexed(vector["enc"])
        assert crypto.xwing_public(seed) == hexed(vector["pkRm"])
        key, nonce = hexed(vector["key"]), hexed(vector["base_nonce"])
        assert xwing_schedule.key_schedule(hexed(vector["shared_secret"]), info) == (key, nonce)
        # The first message is the vector's own, once with its AAD to check key and nonce, once as we send: without.
        first = vector["encryptions"][0]
        plaintext = hexed(first["pt"])
        assert hexed(first["nonce"]) == nonce
        assert xwing_schedule.chacha20_poly1305(key, nonce, hexed(first["aad"]), plaintext) == hexed(first["ct"])
        bare = enc + xwing_schedule.chacha20_poly1305(key, nonce, b"", plaintext)
        assert crypto.hpke_open(seed, info, bare) == plaintext
        opened += 1
        for wrong_info, sealed in (
            (info + b"\0", bare),
            (info, enc + hexed(first["ct"])),  # sealed with an AAD that the single shot does not have
            (info, bare[:-1]),
        ):
            with pytest.raises(AuthenticationError):
                crypto.hpke_open(seed, wrong_info, sealed)
    ran(opened)


def test_x_wing_draft(shared_file: Callable[[str], Path], ran: Count) -> None:
    cases = json.loads(shared_file("vectors/xwing/xwing-test-vectors.json").read_text(encoding="utf-8"))
    for vector in cases:
        seed, secret = xwing_schedule.expand(hexed(vector["sk"])), hexed(vector["ss"])
        assert crypto.xwing_public(seed) == hexed(vector["pk"])
        crypto.xwing_check(hexed(vector["pk"]))
        sealed = hexed(vector["ct"]) + xwing_schedule.seal(secret, INFO, TEXT)
        assert crypto.hpke_open(seed, INFO, sealed) == TEXT
        # What the vector derives from its encapsulation seed: the X25519 share is its second half's public key.
        share = nacl.bindings.crypto_scalarmult_base(hexed(vector["eseed"])[32:])
        assert hexed(vector["ct"])[MLKEM_CIPHERTEXT:] == share
    ran(len(cases))


def opens_with(mlkem_seed: bytes, ciphertext: bytes, secret: bytes) -> bool:
    """Whether decapsulating `ciphertext` gives `secret`: the ML-KEM half of an X-Wing key with a fixed X25519 half."""
    entropy = Drbg("third party ML-KEM")
    private, ephemeral = entropy(32), entropy(32)
    public, share = nacl.bindings.crypto_scalarmult_base(private), nacl.bindings.crypto_scalarmult_base(ephemeral)
    shared = xwing_schedule.combine(secret, nacl.bindings.crypto_scalarmult(ephemeral, public), share, public)
    sealed = ciphertext + share + xwing_schedule.seal(shared, INFO, TEXT)
    try:
        return crypto.hpke_open(mlkem_seed + private, INFO, sealed) == TEXT
    except AuthenticationError:
        return False


def test_wycheproof_mlkem_768(wycheproof: Wycheproof, ran: Count) -> None:
    """Keys from seeds, decapsulation with implicit rejection, and wrong lengths."""
    cases = wycheproof("mlkem_768")
    lengths = keys = 0
    for _, test in cases:
        seed, ciphertext, secret = hexed(test["seed"]), hexed(test["c"]), hexed(test["K"])
        if len(seed) != 64:
            with pytest.raises(LocalProtocolError):
                crypto.xwing_public(seed + bytes(32))
            assert test["result"] == "invalid"
            lengths += 1
            continue
        if "ek" in test and test["result"] == "valid":
            assert crypto.xwing_public(seed + b"\1" * 32)[:1_184] == hexed(test["ek"]), test["tcId"]
            keys += 1
        assert opens_with(seed, ciphertext, secret or bytes(32)) == (test["result"] == "valid"), test["tcId"]
        if test["result"] == "valid":
            assert not opens_with(seed, ciphertext, bytes(32)), test["tcId"]
        lengths += len(ciphertext) != MLKEM_CIPHERTEXT
    assert lengths > 0
    assert keys > 0
    ran(len(cases))


def test_mlkem_768_known_answers(registry_text: Callable[[str], str], ran: Count) -> None:
    """Key from d and z, decapsulation, and implicit rejection of the second ciphertext."""
    cases = rows(registry_text("asymmetric/MLKEM/kat_MLKEM_768.rsp"))
    for case in cases:
        seed = hexed(case["d"]) + hexed(case["z"])
        assert crypto.xwing_public(seed + b"\1" * 32)[:1_184] == hexed(case["pk"])
        assert opens_with(seed, hexed(case["ct"]), hexed(case["ss"]))
        assert opens_with(seed, hexed(case["ct_n"]), hexed(case["ss_n"]))
        assert not opens_with(seed, hexed(case["ct_n"]), hexed(case["ss"]))
    ran(len(cases))


def x25519_half(case: dict[str, str], private: bytes, share: bytes, shared: bytes) -> tuple[bytes, bytes]:
    """(seed, sealed): an X-Wing key with the ML-KEM half of a known answer, and what opens if X25519 gives `shared`."""
    public = nacl.bindings.crypto_scalarmult_base(private)
    secret = xwing_schedule.combine(hexed(case["ss"]), shared, share, public)
    seed = hexed(case["d"]) + hexed(case["z"]) + private
    return seed, hexed(case["ct"]) + share + xwing_schedule.seal(secret, INFO, TEXT)


def test_wycheproof_x25519(wycheproof: Wycheproof, registry_text: Callable[[str], str], ran: Count) -> None:
    """Points of small order are refused as public key and as share; all others open, also those written oddly."""
    known = rows(registry_text("asymmetric/MLKEM/kat_MLKEM_768.rsp"))[0]
    mlkem_public = hexed(known["pk"])
    cases = wycheproof("x25519")
    refused = 0
    for _, test in cases:
        private, point, shared = hexed(test["private"]), hexed(test["public"]), hexed(test["shared"])
        seed, sealed = x25519_half(known, private, point, shared)
        if shared == bytes(32):
            with pytest.raises(AuthenticationError):
                crypto.xwing_check(mlkem_public + point)
            with pytest.raises(AuthenticationError):
                crypto.hpke_seal(mlkem_public + point, INFO, TEXT)
            with pytest.raises(AuthenticationError):
                crypto.hpke_open(seed, INFO, sealed)
            refused += 1
        else:
            crypto.xwing_check(mlkem_public + point)
            assert crypto.hpke_open(seed, INFO, sealed) == TEXT, test["tcId"]
    assert refused == sum("ZeroSharedSecret" in test["flags"] for _, test in cases) > 0
    ran(len(cases))
