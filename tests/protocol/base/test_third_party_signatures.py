"""Third-party vectors for signatures: Ed25519 as libsodium judges it, and ML-DSA-65."""

import json
from collections.abc import Callable
from pathlib import Path

from protocol.base import crypto
from protocol.base.errors import AuthenticationError
from tests.protocol.base.third_party import Count, Wycheproof, rows

hexed = bytes.fromhex


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        crypto.ed25519_verify_raw(public, message, signature)
    except AuthenticationError:
        return False
    return True


def mldsa_holds(public: bytes, message: bytes, signature: bytes, context: bytes) -> bool:
    try:
        crypto.mldsa_verify_raw(public, message, signature, context)
    except AuthenticationError:
        return False
    return True


def test_wycheproof_ed25519(wycheproof: Wycheproof, ran: Count) -> None:
    cases = wycheproof("ed25519")
    for group, test in cases:
        held = ed25519_holds(hexed(group["publicKey"]["pk"]), hexed(test["msg"]), hexed(test["sig"]))
        assert held == (test["result"] == "valid"), test["tcId"]
    ran(len(cases))


def test_rfc_8032_reference_file(registry_text: Callable[[str], str], ran: Count) -> None:
    """The signatures of the authors' sign.input: seed || public, public, message, signature || message."""
    lines = registry_text("asymmetric/Ed25519/sign.input").splitlines()
    for line in lines:
        secret, public, message, signed = (hexed(part) for part in line.split(":")[:4])
        assert crypto.ed25519_public(secret[:32]) == public
        assert ed25519_holds(public, message, signed[:64])
        assert not ed25519_holds(public, message + b"\0", signed[:64])
    ran(len(lines))


def test_ed25519_speccheck_is_libsodiums_row(shared_file: Callable[[str], Path], ran: Count) -> None:
    """Of the twelve cases that implementations disagree on, libsodium takes number 3 alone."""
    cases = json.loads(shared_file("vectors/ed25519/speccheck-cases.json").read_text(encoding="utf-8"))
    verdicts = [
        ed25519_holds(hexed(case["pub_key"]), hexed(case["message"]), hexed(case["signature"])) for case in cases
    ]
    results = shared_file("vectors/ed25519/speccheck-results.md").read_text(encoding="utf-8")
    (row,) = [line for line in results.splitlines() if line.startswith("|LibSodium")]
    assert verdicts == [cell.strip() == "V" for cell in row.strip("|").split("|")[1:]]
    assert [index for index, held in enumerate(verdicts) if held] == [3]
    ran(len(cases))


def test_cctv_ed25519(shared_file: Callable[[str], Path], ran: Count) -> None:
    """Every combination of edge cases: libsodium takes a signature only if no point in it is of small order, or
    written in a second way, and the equation holds without multiplying by the cofactor."""
    refused = {"low_order_A", "low_order_R", "non_canonical_A", "non_canonical_R", "low_order_residue"}
    cases = json.loads(shared_file("vectors/ed25519/cctv-ed25519vectors.json").read_text(encoding="utf-8"))
    held = 0
    for case in cases:
        verdict = ed25519_holds(hexed(case["key"]), case["msg"].encode(), hexed(case["sig"]))
        assert verdict == refused.isdisjoint(case["flags"] or ()), case["number"]
        held += verdict
    assert 0 < held < len(cases)
    ran(len(cases))


def test_wycheproof_mldsa_65(wycheproof: Wycheproof, ran: Count) -> None:
    cases = wycheproof("mldsa_65_verify")
    contexts = 0
    for group, test in cases:
        context = hexed(test.get("ctx", ""))
        held = mldsa_holds(hexed(group["publicKey"]), hexed(test["msg"]), hexed(test["sig"]), context)
        assert held == (test["result"] == "valid"), test["tcId"]
        contexts += bool(context)
    assert contexts > 0
    ran(len(cases))


def test_mldsa_65_known_answers(registry_text: Callable[[str], str], ran: Count) -> None:
    """Key from seed, and the deterministic signature with its context."""
    cases = rows(registry_text("asymmetric/MLDSA/kat_MLDSA_65_det_pure.rsp"))
    for case in cases:
        public, message, context = hexed(case["pk"]), hexed(case["msg"]), hexed(case["ctx"])
        signature = hexed(case["sm"])[: crypto.MLDSA_SIGNATURE]
        assert crypto.mldsa_public(hexed(case["xi"])) == public
        assert mldsa_holds(public, message, signature, context)
        assert not mldsa_holds(public, message, signature, context + b"\0")
    ran(len(cases))
