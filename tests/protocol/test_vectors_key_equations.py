"""The verification equations of keys.json, direct.json and custody.json, with nothing of the program."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import nacl.bindings
import pytest
from cryptography.exceptions import InvalidTag

from tests.protocol.vector_files import (
    document_holds,
    domain,
    ed25519_holds,
    ed25519_public,
    h,
    hpke_open,
    mldsa_public,
    only,
    pack,
    raw,
    unpack,
    vectors,
    xwing_public,
)

hexed = bytes.fromhex
COALITION = hexed(only("trust", "charter")["coalition"])


def keys_of(case: Any) -> tuple[bytes, bytes]:
    """Public keys of two seeds."""
    return ed25519_public(hexed(case["ed25519_seed"])), mldsa_public(hexed(case["mldsa_seed"]))


# --- keys.json ---


def test_seed_chains() -> None:
    for case in vectors("keys")["chains"]:
        rows = [(hexed(row["id"]), hexed(row["seed"]), row) for row in case["segments"]]
        for here, (sid, seed, row) in enumerate(rows):
            first = only("trust", "charter")["segment"]
            assert unpack(sid) == [case["nation"], 0, 1, *case["compartment"], first + here]
            pair = h("segment kem", sid, b"\0", key=seed, size=64) + h("segment kem", sid, b"\1", key=seed)
            assert pair.hex() == row["pair"]
            assert xwing_public(pair).hex() == row["public"]
        for (sid, seed, _), (_, after, _) in pairwise(rows):
            assert h("next segment", sid, key=seed) == after
        assert len(rows) > 1


def test_segment_lists() -> None:
    for case, chain in zip(vectors("keys")["lists"], vectors("keys")["chains"], strict=True):
        data = hexed(case["list"])
        assert h("segment list", data).hex() == case["hash"]
        first = only("trust", "charter")["segment"]
        assert unpack(data)[:8] == [8, COALITION, case["nation"], 0, 1, *case["compartment"], first]
        assert [key.hex() for key in unpack(data)[8]] == [row["public"] for row in chain["segments"]]


def test_run_on() -> None:
    cases = vectors("keys")["run_on"]
    for case in cases:
        last, runs_on = case["last"], int(case["setting"] or "0", 16) > case["level"]
        for segment, key in case["keys"]:
            until = last + case["edition"] if runs_on else last
            assert key == (min(segment, last) if segment <= until else None)
    assert len({str(case["keys"]) for case in cases}) == 2


def test_prekey_statement() -> None:
    case, device = only("keys", "prekey"), vectors("trust")["devices"][0]
    body = document_holds(hexed(case["document"]), "prekey-statement", keys_of(device)[0])
    public = xwing_public(hexed(case["seed"]))
    assert body == [10, COALITION, 0, hexed(case["device"]), case["counter"], 0, b"", public, []]


def test_demand() -> None:
    case, custodian = only("keys", "demand"), vectors("trust")["custodians"][0]
    body = document_holds(hexed(case["document"]), "rekey-demand", keys_of(custodian)[0])
    assert body == [25, COALITION, 0, 0, case["edition"], hexed(case["request"]), case["at"]]
    answer = document_holds(hexed(case["answer"]), "prekey-statement", keys_of(vectors("trust")["devices"][0])[0])
    assert answer[4:7] == [only("keys", "prekey")["counter"] + 1, 0, hexed(case["request"])]


def test_otar() -> None:
    case, custodian = only("keys", "otar"), vectors("trust")["custodians"][0]
    tag, header, sealed = document_holds(raw(case["document"]), "otar", keys_of(custodian)[0])
    assert (tag, pack(header).hex()) == (11, case["header"])
    device = vectors("trust")["devices"][0]
    assert [header[3].hex(), header[4].hex()] == [device["id"], device["certificate_hash"]]
    seed = hexed(case["prekey_seed"])
    info = domain("hpke-otar") + h("otar header", pack(header)) + h("public key", xwing_public(seed))
    seeds = [hexed(each) for each in case["seeds"]]
    assert unpack(hpke_open(seed, info, sealed)) == [12, hexed(case["link_secret"]), seeds]
    chains = {tuple(c["compartment"]): c["segments"][0]["seed"] for c in vectors("keys")["chains"] if c["nation"] == 0}
    assert case["seeds"] == [chains[tuple(place)] for place in header[9]]
    with pytest.raises(InvalidTag):
        hpke_open(seed, info + b"\0", sealed)


def test_envelope() -> None:
    case = only("keys", "envelope")
    tag, ctx, commitment, wraps, signature = unpack(raw(case["document"]))
    assert (tag, ctx.hex(), commitment.hex()) == (16, case["ctx"], case["commitment"])
    assert h("commitment", ctx, key=hexed(case["tek"])) == commitment
    assert h("envelope", ctx, commitment, *wraps).hex() == case["id"]
    assert ed25519_holds(hexed(case["author_key"]), "envelope", hexed(case["id"]), signature)
    fields, channel = unpack(ctx), only("trust", "channel")
    assert [fields[1], fields[2]] == [1, COALITION]
    assert [fields[4].hex(), fields[5].hex()] == [channel["channel"], channel["revision"]]
    assert [pack(slot).hex() for slot in fields[10]] == case["slots"]
    chains = [c for c in vectors("keys")["chains"] if c["compartment"] == fields[6][1:3]]
    for place, pair in enumerate(hexed(pair) for pair in case["pairs"]):
        slot = hexed(case["slots"][place])
        hashes = h("envelope ctx", ctx), h("public key", xwing_public(pair))
        info = domain("hpke-envelope") + hashes[0] + slot + hashes[1] + commitment
        assert hpke_open(pair, info, wraps[place]).hex() == case["tek"]
        (chain,) = [c for c in chains if c["nation"] == unpack(slot)[0]]
        assert chain["segments"][0]["pair"] == pair.hex()
    assert len(wraps) == len(case["pairs"]) == 2
    assert len(raw(case["document"])) <= 300 + 1_200 * 2


# --- direct.json ---


def test_device_chains_and_editions() -> None:
    devices, first = vectors("trust")["devices"], only("trust", "charter")["segment"]
    for chain, edition in zip(vectors("direct")["chains"], vectors("direct")["editions"], strict=True):
        device, rows = devices[chain["nation"]], chain["segments"]
        for here, following in pairwise(rows):
            assert h("next segment", hexed(here["id"]), key=hexed(here["seed"])).hex() == following["seed"]
        for number, row in enumerate(rows):
            sid, seed = hexed(row["id"]), hexed(row["seed"])
            assert unpack(sid) == [hexed(device["id"]), 1, first + number]
            pair = h("segment kem", sid, b"\0", key=seed, size=64) + h("segment kem", sid, b"\1", key=seed)
            assert (pair.hex(), xwing_public(pair).hex()) == (row["pair"], row["public"])
        body = document_holds(hexed(edition["document"]), "device-edition", keys_of(device)[0])
        assert body[:6] == [98, COALITION, chain["nation"], hexed(device["id"]), 1, first]
        assert [key.hex() for key in body[6]] == [row["public"] for row in rows]
        assert unpack(hexed(edition["document"]))[1].hex() == device["id"]


def test_device_words() -> None:
    for case, device in zip(vectors("direct")["words"], vectors("trust")["devices"], strict=True):
        assert case["device"] == device["id"]
        bits = h("device words", pack([COALITION, hexed(case["device"]), hexed(case["key"])]))
        number = int.from_bytes(bits, "big") >> (256 - 66)
        assert case["words"] == [number >> 11 * (5 - place) & 2047 for place in range(6)]


def test_direct_envelope() -> None:
    case, conversation = only("direct", "envelope"), only("direct", "channel")
    tag, ctx, commitment, wraps, signature = unpack(raw(case["document"]))
    assert (tag, ctx.hex(), commitment.hex()) == (100, case["ctx"], case["commitment"])
    assert h("direct commit", ctx, key=hexed(case["tek"])) == commitment
    assert h("direct envelope", ctx, commitment, *wraps).hex() == case["id"]
    assert ed25519_holds(hexed(case["author_key"]), "direct-envelope", hexed(case["id"]), signature)
    fields = unpack(ctx)
    assert fields[:3] == [99, 1, COALITION]
    assert [pack(slot).hex() for slot in fields[9]] == case["slots"]
    devices = [slot[0] for slot in fields[9]]
    assert [device.hex() for device in devices] == sorted(device["id"] for device in vectors("trust")["devices"])
    assert fields[4] == h("direct", COALITION, *devices, size=16) == hexed(conversation["channel"])
    for place, pair in enumerate(hexed(pair) for pair in case["pairs"]):
        hashes = h("direct ctx", ctx), h("public key", xwing_public(pair))
        info = domain("hpke-direct") + hashes[0] + hexed(case["slots"][place]) + hashes[1] + commitment
        assert hpke_open(pair, info, wraps[place]).hex() == case["tek"]
    assert len(wraps) == 2
    assert len(raw(case["document"])) <= 300 + 1_200 * 2


# --- custody.json ---


@pytest.mark.parametrize("case", vectors("custody")["backups"], ids=lambda case: case["name"])
def test_backups(case: Any) -> None:
    file, kek, magic = hexed(case["file"]), hexed(case["kek"]), b"coalback\x01"
    header = (case["passes"], case["memory_kib"], hexed(case["salt"]), hexed(case["nonce"]))
    assert file.startswith(magic)
    found, commitment, sealed = unpack(file[len(magic) :])
    assert tuple(found) == header
    bound = magic + pack(header)
    assert commitment == h("backup commit", bound, key=kek)
    opened = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
        sealed, bound, header[3], h("backup", bound, key=kek)
    )
    assert opened == hexed(case["backup"])
    tag, made, coalition_id, _, device, seat, root, seeds, documents, _ = unpack(opened)
    assert (tag, coalition_id) == (27, COALITION)
    now = made // 21_600
    assert [len(part) for part in (device, seat, root)] == {
        "device": [1, 0, 0], "custodian": [1, 1, 1], "root": [0, 0, 1],
    }[case["name"]]  # fmt: skip
    assert bool(seeds) == (case["name"] == "custodian")
    assert all(segment > now for *_, segment, _, _ in seeds), "it was made in the segment after that of the vectors"
    assert bool(documents) == (case["name"] != "root")
