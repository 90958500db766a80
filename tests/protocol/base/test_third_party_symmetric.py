"""Third-party vectors for XChaCha20-Poly1305, BLAKE2b and the msgpack profile."""

import json
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from protocol.base import codec, crypto
from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.ids import Person
from tests.protocol.base.third_party import Count, Wycheproof

hexed = bytes.fromhex


def test_wycheproof_xchacha20_poly1305(wycheproof: Wycheproof, ran: Count) -> None:
    cases = wycheproof("xchacha20_poly1305")
    for _, test in cases:
        key, nonce, aad = hexed(test["key"]), hexed(test["iv"]), hexed(test["aad"])
        plaintext, sealed = hexed(test["msg"]), hexed(test["ct"]) + hexed(test["tag"])
        if test["result"] == "valid":
            assert crypto.aead_open(key, nonce, aad, sealed) == plaintext, test["tcId"]
            assert crypto.aead_seal(key, nonce, aad, plaintext) == sealed, test["tcId"]
        else:
            with pytest.raises(AuthenticationError):
                crypto.aead_open(key, nonce, aad, sealed)
    ran(len(cases))


def blake2_cases(text: str) -> list[tuple[bytes, bytes, bytes]]:
    """(in, key, hash) of the reference file's blocks of three lines."""
    fields = [line.partition(":") for line in text.splitlines() if ":" in line]
    values = [hexed(value.strip()) for _, _, value in fields]
    assert [name for name, _, _ in fields[:3]] == ["in", "key", "hash"]
    return list(zip(values[::3], values[1::3], values[2::3], strict=True))


def test_blake2b_known_answers(shared_file: Callable[[str], Path], ran: Count) -> None:
    """Of hashlib's BLAKE2b, which `crypto.digest` is: the file has keys but no persons, and we always have one."""
    cases = blake2_cases(shared_file("vectors/blake2/blake2b-kat.txt").read_text(encoding="utf-8"))
    for message, key, expected in cases:
        assert blake2b(message, key=key).digest() == expected
        ours = crypto.digest(Person.ENTRY, message[:3], message[3:], key=key, size=64)
        assert ours == blake2b(message, key=key, person=b"entry").digest() != expected
    ran(len(cases))


# --- msgpack test suite: the profile is what it allows, by a reading of its own ---


def allowed(case: dict[str, Any]) -> bool:
    """Whether a value of the suite has an encoding in the profile."""
    kind, value = next((kind, value) for kind, value in case.items() if kind != "msgpack")
    if kind in {"binary", "string"}:
        return True
    if kind in {"number", "bignum"}:
        number = int(value) if isinstance(value, str) else value
        return isinstance(number, int) and 0 <= number < 2**64
    return kind == "array" and all(allowed({_kind(item): item}) for item in value)


def _kind(value: object) -> str:
    return {str: "string", int: "number", float: "float", list: "array", dict: "map", bool: "bool"}.get(
        type(value), "nil"
    )


def canonical(encodings: list[bytes]) -> bytes:
    """The shortest that is neither a signed integer nor a float."""
    signed_or_float = {*range(0xD0, 0xD4), 0xCA, 0xCB}
    return min((data for data in encodings if data[0] not in signed_or_float), key=len)


def test_msgpack_test_suite(shared_file: Callable[[str], Path], ran: Count) -> None:
    """What the profile allows round-trips in one encoding; every other encoding, and every other value, is refused."""
    suite = json.loads(shared_file("vectors/msgpack/msgpack-test-suite.json").read_text(encoding="utf-8"))
    taken = refused = 0
    for case in (case for cases in suite.values() for case in cases):
        encodings = [hexed(text.replace("-", "")) for text in case["msgpack"]]
        only = canonical(encodings) if allowed(case) else None
        for data in encodings:
            if data == only:
                assert codec.pack(codec.unpack(data)) == data, case
                taken += 1
            else:
                with pytest.raises(RemoteProtocolError):
                    codec.unpack(data)
                refused += 1
    assert taken >= 30
    ran(taken + refused)
