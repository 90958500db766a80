"""Proofs of messages.json hold by their equations, computed with other libraries than the program's: evidence and forks."""

from __future__ import annotations

import nacl.bindings

from tests.protocol.vector_files import document_holds, ed25519_holds, h, only, raw, unpack, vectors

hexed = bytes.fromhex


def test_evidence() -> None:
    own, later = vectors("messages")["evidence"]
    trust, first = vectors("trust"), vectors("messages")["entries"][0]
    for case in (own, later):
        tag, _, certificate, feed, header, run, ck, payload = unpack(hexed(case["encoded"]))
        assert (tag, certificate.hex()) == (29, trust["devices"][0]["certificate"])
        assert feed.hex() == vectors("messages")["feeds"][0]["document"]
        assert (ck.hex(), payload.hex()) == (first["ck"], first["payload"])
        number, base, salt, hashed, signature = unpack(header)
        padded = payload + b"\x80" + bytes(-(len(payload) + 1) % 64)
        assert h("salt", base, padded, key=ck) == salt
        both = h("message key", base, salt, key=ck, size=56)
        ct = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(padded, base + salt, both[32:], both[:32])
        assert (number, h("ciphertext", ct)) == (30, hashed)
        assert h("entry", base, salt, hashed).hex() == case["first"] == first["id"]
        key = hexed(first["author_key"])
        if case is own:
            assert run == []
            assert ed25519_holds(key, "entry", hexed(case["first"]), signature)
        else:
            (after,) = run
            _, base, salt, hashed, signature = unpack(after)
            assert unpack(base)[5].hex() == case["first"]
            assert ed25519_holds(key, "entry", h("entry", base, salt, hashed), signature)


def test_forks() -> None:
    for case in vectors("messages")["forks"]:
        tag, feed, *runs = unpack(hexed(case["encoded"]))
        assert (tag, h("feed id", feed_body(feed), size=16).hex()) == (26, case["feed"])
        said: dict[int, set[str]] = {}
        for shown, (run, signature) in zip(case["runs"], (runs[:2], runs[2:]), strict=True):
            bases = [unpack(item[0]) for item in run]
            ids = [h("entry", *item).hex() for item in run]
            assert (shown["first"], shown["before"], shown["ids"]) == (bases[0][4], bases[0][5].hex(), ids)
            assert {base[3].hex() for base in bases} == {case["feed"]}
            for base, after, name in zip(bases, bases[1:], ids, strict=False):
                assert (after[4], after[5].hex()) == (base[4] + 1, name)
            assert ed25519_holds(hexed(case["author_key"]), "entry", hexed(ids[-1]), signature)
            for seq, name in enumerate([shown["before"], *ids], shown["first"] - 1):
                said.setdefault(seq, set()).add(name)
        assert case["seq"] == min(seq for seq, ids in said.items() if seq and len(ids) > 1)
        assert case["runs"][0]["ids"] < case["runs"][1]["ids"]


def test_checkpoints() -> None:
    case, device = (
        only("checkpoints", "checkpoint"),
        unpack(unpack(hexed(vectors("trust")["devices"][0]["certificate"]))[2]),
    )
    data = raw(case["document"])
    mldsa = unpack(unpack(data)[2])[6]
    assert h("public key", mldsa) == device[5], "the certificate names its hash"
    tag, coalition, nation, name, number, at, _, root, leaves = document_holds(data, "checkpoint", device[4], mldsa)
    assert (tag, coalition, nation, root.hex(), leaves) == (28, device[1], device[2], case["root"], case["leaves"])
    assert name == unpack(data)[1]
    shown = vectors("checkpoints")["proofs"]
    for place, proof in enumerate(shown):
        tag, device_id, of, feed, seq, entry, salt, index, path = unpack(hexed(proof["encoded"]))
        assert (tag, device_id, of, index) == (103, name, number, place)
        assert (at, h("feed id", feed_body(feed), size=16).hex()) == (number, proof["feed"])
        assert h("checkpoint leaf", salt, hexed(proof["feed"]), seq.to_bytes(8, "big"), entry).hex() == proof["leaf"]
        others = [hexed(one["leaf"]) for one in shown if one is not proof]
        assert path[0] == (h("directory node", *others) if place == 2 else others[0])
    one, two, three = (hexed(proof["leaf"]) for proof in shown)
    assert one < two < three
    assert h("directory node", h("directory node", one, two), three) == root


def feed_body(document: bytes) -> bytes:
    return unpack(document)[2]  # type: ignore[no-any-return]
