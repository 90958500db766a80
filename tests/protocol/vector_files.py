"""The vector files, and a second, plain reading of what they stand on: hashlib, msgpack, nacl, cryptography.

Nothing here comes from `protocol`: an equation that holds says that SPEC's words give the same bytes as the program.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgpack
import nacl.bindings
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

FOLDER = Path(__file__).parents[2] / "protocol" / "vectors"
HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


@cache
def vectors(name: str) -> Any:
    """One file, `keys` for keys.json."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def only(name: str, section: str) -> Any:
    """The one case of a section."""
    (case,) = vectors(name)[section]
    return case


def raw(shown: Any) -> bytes:
    """Bytes of a case: hex, or the name of a recorded document."""
    if isinstance(shown, str):
        return bytes.fromhex(shown)
    return bytes.fromhex(vectors("recorded")["documents"][shown["recorded"]])


def value(shown: Any) -> Any:
    """A value of the codec from its JSON."""
    if isinstance(shown, dict):
        ((kind, text),) = shown.items()
        return bytes.fromhex(text) if kind == "bin" else int(text)
    return [value(item) for item in shown] if isinstance(shown, list) else shown


def pack(item: Any) -> bytes:
    data: bytes = msgpack.packb(item)
    return data


def unpack(data: bytes) -> Any:
    return msgpack.unpackb(data)


def h(person: str, *parts: bytes, key: bytes = b"", size: int = 32) -> bytes:
    """SPEC's H."""
    return blake2b(b"".join(parts), digest_size=size, key=key, person=person.encode()).digest()


def domain(name: str) -> bytes:
    """The bytes before what is signed or bound."""
    return f"coalchat/{name}/1".encode() + b"\0"


def ed25519_holds(public: bytes, name: str, message: bytes, signature: bytes) -> bool:
    nacl.bindings.crypto_sign_open(signature + domain(name) + message, public)  # raises if not
    return True


def mldsa_holds(public: bytes, name: str, message: bytes, signature: bytes) -> bool:
    MLDSA65PublicKey.from_public_bytes(public).verify(signature, message, domain(name))  # raises if not
    return True


def ed25519_public(seed: bytes) -> bytes:
    return nacl.bindings.crypto_sign_seed_keypair(seed)[0]


def mldsa_public(seed: bytes) -> bytes:
    return MLDSA65PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()


def xwing_pair(seed: bytes) -> MLKEM768X25519PrivateKey:
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(seed[:64]), X25519PrivateKey.from_private_bytes(seed[64:])
    )


def xwing_public(seed: bytes) -> bytes:
    mlkem = MLKEM768PrivateKey.from_seed_bytes(seed[:64]).public_key().public_bytes_raw()
    return mlkem + X25519PrivateKey.from_private_bytes(seed[64:]).public_key().public_bytes_raw()


def hpke_open(seed: bytes, info: bytes, sealed: bytes) -> bytes:
    return HPKE.decrypt(sealed, xwing_pair(seed), info)


def document_holds(data: bytes, name: str, ed25519: bytes, mldsa: bytes = b"") -> Any:
    """Body of a signed document, unpacked, once its signature holds."""
    _, _, body, signature = unpack(data)
    assert ed25519_holds(ed25519, name, body, signature[:64])
    assert len(signature) == (64 + 3_309 if mldsa else 64)
    assert not mldsa or mldsa_holds(mldsa, name, body, signature[64:])
    return unpack(body)
