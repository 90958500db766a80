"""Vectors of SPEC 4: how the primitives are used; what they are, third-party vectors say."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.base import crypto, merkle
from protocol.base.ids import Domain, Person
from protocol.vectors.notation import Case, File
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import ENTROPY

MESSAGE = b"coalchat"
TREES = range(9)


def build(recorder: Recorder) -> File:
    """The file's content."""
    return {
        "chapter": "4 Primitives",
        "format": {
            "digests": "BLAKE2b of `message` with `person`, `key` (none: empty) and `size`",
            "signatures": "by the Ed25519 `seed`; `public` is its key",
            "hybrid": "Ed25519, then ML-DSA-65, by two seeds; ML-DSA draws its own randomness: the signature is recorded",
            "hpke": "sealed to the X-Wing pair of a 96-byte seed; HPKE draws its own randomness: `sealed` is recorded",
            "aead": "XChaCha20-Poly1305",
            "argon2id": "32 bytes; far less memory than a key file may use",
            "trees": "leaves of a Merkle tree before hashing, its root, and the audit path of each leaf",
        },
        "verification": [
            "digest = BLAKE2b(size, person, key, message)",
            "Ed25519 verifies signature over domain || 0x00 || message",
            "both halves of the hybrid signature verify: Ed25519 as above, ML-DSA-65 over message in the context domain || 0x00",
            "hpke: public is the seed's; open(seed, info, sealed) = plaintext",
            "aead: open(key, nonce, aad, sealed) = plaintext; seal gives sealed",
            "argon2id(passphrase, salt, passes, memory_kib) = key",
            "root of trees as RFC 6962 2.1, with the persons of SPEC 6.3; each path leads to it",
        ],
        "digests": list(_digests()),
        "signatures": list(_signatures()),
        "hybrid": [_hybrid(recorder)],
        "hpke": [_hpke(recorder)],
        "aead": list(_aead()),
        "argon2id": [_argon2id()],
        "trees": [_tree(size) for size in TREES],
    }


def _digests() -> Iterator[Case]:
    entropy = ENTROPY.fork("digests")
    for person in Person:
        for key, size in ((b"", 32), (entropy(32), 64)):
            value = crypto.digest(person, MESSAGE, key=key, size=size)
            yield {
                "person": person.value,
                "key": key.hex(),
                "message": MESSAGE.hex(),
                "size": size,
                "digest": value.hex(),
            }


def _signatures() -> Iterator[Case]:
    entropy = ENTROPY.fork("signatures")
    for domain in Domain:
        seed = entropy(32)
        yield {
            "domain": domain.value,
            "seed": seed.hex(),
            "public": crypto.ed25519_public(seed).hex(),
            "message": MESSAGE.hex(),
            "signature": crypto.ed25519_sign(seed, domain, MESSAGE).hex(),
        }


def _hybrid(recorder: Recorder) -> Case:
    entropy = ENTROPY.fork("hybrid")
    ed25519, mldsa = entropy(32), entropy(32)
    keys = crypto.ed25519_public(ed25519), crypto.mldsa_public(mldsa)

    def holds(recorded: bytes) -> bool:
        crypto.hybrid_verify(*keys, Domain.CHARTER, MESSAGE, recorded)
        return recorded[: crypto.SIGNATURE] == crypto.ed25519_sign(ed25519, Domain.CHARTER, MESSAGE)

    recorder.keep("hybrid signature", lambda: crypto.hybrid_sign(ed25519, mldsa, Domain.CHARTER, MESSAGE), holds)
    return {
        "domain": Domain.CHARTER.value,
        "ed25519_seed": ed25519.hex(),
        "mldsa_seed": mldsa.hex(),
        "ed25519_public": keys[0].hex(),
        "mldsa_public": keys[1].hex(),
        "message": MESSAGE.hex(),
        "signature": {"recorded": "hybrid signature"},
    }


def _hpke(recorder: Recorder) -> Case:
    seed, info = ENTROPY.fork("hpke")(96), b"info"
    public = crypto.xwing_public(seed)
    recorder.keep(
        "hpke seal",
        lambda: crypto.hpke_seal(public, info, MESSAGE),
        lambda recorded: crypto.hpke_open(seed, info, recorded) == MESSAGE,
    )
    return {
        "seed": seed.hex(),
        "public": public.hex(),
        "info": info.hex(),
        "plaintext": MESSAGE.hex(),
        "sealed": {"recorded": "hpke seal"},
    }


def _aead() -> Iterator[Case]:
    entropy = ENTROPY.fork("aead")
    for aad, plaintext in ((b"", b""), (b"aad", b""), (b"", MESSAGE), (b"aad", MESSAGE * 20)):
        key, nonce = entropy(32), entropy(24)
        yield {
            "key": key.hex(),
            "nonce": nonce.hex(),
            "aad": aad.hex(),
            "plaintext": plaintext.hex(),
            "sealed": crypto.aead_seal(key, nonce, aad, plaintext).hex(),
        }


def _argon2id() -> Case:
    passphrase, salt = b"correct horse", ENTROPY.fork("argon2id")(16)
    key = crypto.argon2id(passphrase, salt, passes=3, memory_kib=64)
    return {"passphrase": passphrase.hex(), "salt": salt.hex(), "passes": 3, "memory_kib": 64, "key": key.hex()}


def _tree(size: int) -> Case:
    leaves = [bytes([index]) for index in range(size)]
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    return {
        "leaves": [leaf.hex() for leaf in leaves],
        "root": merkle.root(hashes).hex(),
        "paths": [[step.hex() for step in merkle.inclusion_proof(hashes, index)] for index in range(size)],
    }
