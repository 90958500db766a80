"""Our vectors: a rebuild changes nothing; encoding, primitives and labels by a second reading of SPEC 3 to 5."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copy
from typing import Any

import nacl.bindings
import pytest

from protocol.base import codec
from protocol.base.errors import DecodeError, RemoteProtocolError
from protocol.base.ids import Domain, Person, Tag
from protocol.base.records import BY_TAG, decode, encode
from protocol.trust.access import Clearance, may_read, may_seal
from protocol.trust.label import Label, combine, marking, parse_label, portion_mark
from protocol.trust.policy import Policy, read_policy
from protocol.vectors.__main__ import differing, main, recorded
from protocol.vectors.drbg import Drbg
from protocol.vectors.recorder import Recorder
from tests.fakes.records import every_record_class
from tests.protocol.vector_files import (
    FOLDER,
    domain,
    ed25519_holds,
    ed25519_public,
    h,
    hpke_open,
    mldsa_holds,
    mldsa_public,
    only,
    pack,
    raw,
    unpack,
    value,
    vectors,
    xwing_public,
)

hexed = bytes.fromhex
NAMES = [
    "encoding",
    "primitives",
    "labels",
    "trust",
    "keys",
    "messages",
    "link",
    "custody",
    "direct",
    "checkpoints",
    "roe",
    "reports",
    "hostile",
]

# --- the files ---


def test_a_rebuild_changes_nothing() -> None:
    assert differing() == {}
    assert main(["--check"]) == 0
    assert main(["--unknown"]) == 2


def test_a_change_is_found_and_what_was_recorded_stays(tmp_path: Path) -> None:
    for file in FOLDER.glob("*.json"):
        copy(file, tmp_path)
    assert differing(tmp_path) == {}
    labels = tmp_path / "labels.json"
    labels.write_text(labels.read_text().replace('"(S REL XAA, XBB)"', '"(S)"'))
    (tmp_path / "stray.json").write_text("{}")
    assert set(differing(tmp_path)) == {"labels.json", "stray.json"}


def test_without_its_recorded_document_a_vector_is_made_anew(tmp_path: Path) -> None:
    for file in FOLDER.glob("*.json"):
        copy(file, tmp_path)
    kept = recorded()
    del kept["otar XAA"]
    kept["hpke seal"] = "00" + kept["hpke seal"][2:]
    (tmp_path / "recorded.json").write_text(json.dumps({"documents": kept}))
    changed = differing(tmp_path)
    assert "recorded.json" in changed
    assert (
        json.loads(changed["recorded.json"])["documents"].items()
        >= {
            name: data for name, data in kept.items() if name != "hpke seal" and not name.startswith("hostile otar")
        }.items()
    )


def test_the_recorder_keeps_what_holds() -> None:
    recorder = Recorder({"old": "aa", "stale": "bb"})
    assert recorder.keep("old", lambda: b"new", lambda data: data == b"\xaa") == b"\xaa"
    assert recorder.keep("stale", lambda: b"new", lambda data: False) == b"new"
    assert recorder.keep("missing", lambda: b"new", lambda data: True) == b"new"
    with pytest.raises(KeyError):
        recorder.keep("old", lambda: b"new", lambda data: True)


def test_fixed_entropy_is_fixed() -> None:
    entropy = Drbg("test")
    first = entropy(100)
    assert first == Drbg("test")(100) != entropy(100)
    assert first[:64] == h("coalchat vectors", b"test\0" + bytes(8), size=64)
    assert Drbg("test").fork("a")(16) == Drbg("test/a")(16) != Drbg("test")(16)
    assert Drbg("test")(0) == b""


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_what_it_holds_and_holds_it(name: str) -> None:
    file = vectors(name)
    sections = [key for key in file if key not in {"chapter", "format", "verification", "doors"}]
    assert set(sections) <= set(file["format"])
    assert file["verification"]
    assert all(len(file[section]) > 0 for section in sections)


# --- encoding.json ---


def test_values_have_their_one_encoding() -> None:
    for case in vectors("encoding")["values"]:
        data, item = hexed(case["encoded"]), value(case["value"])
        assert pack(item) == data == codec.pack(item)
        assert unpack(data) == item
        assert codec.pack(codec.unpack(data)) == data


def test_what_is_no_value_is_refused() -> None:
    for case in vectors("encoding")["refused"]:
        with pytest.raises(RemoteProtocolError) as caught:
            codec.unpack(hexed(case["encoded"]))
        assert caught.value.code == case["expect"], case["name"]


def test_records_are_their_tag_and_fields() -> None:
    every_record_class()
    cases = vectors("encoding")["records"]
    assert {case["name"] for case in cases} == {tag.name for tag in BY_TAG}
    for case in cases:
        data = hexed(case["encoded"])
        assert data == pack([case["tag"], *value(case["fields"])])
        assert encode(decode(BY_TAG[Tag(case["tag"])], data)) == data, case["name"]


def test_one_fault_is_found_and_named() -> None:
    good = {case["name"]: hexed(case["encoded"]) for case in vectors("encoding")["records"]}
    cases = vectors("encoding")["faults"]
    for case in cases:
        data, at = good[case["of"]], case["at"]
        bad = data[:at] + hexed(case["put"]) + data[at + case["cut"] :]
        assert bad != data
        with pytest.raises(RemoteProtocolError) as caught:
            decode(BY_TAG[Tag[case["of"]]], bad)
        assert (caught.value.code, caught.value.field) == (case["expect"], case["field"]), (case["of"], case["name"])
    assert len(cases) > 500


# --- primitives.json ---


def test_digests() -> None:
    cases = vectors("primitives")["digests"]
    for case in cases:
        made = h(case["person"], hexed(case["message"]), key=hexed(case["key"]), size=case["size"])
        assert made.hex() == case["digest"]
    assert {case["person"] for case in cases} == {person.value for person in Person}


def test_signatures() -> None:
    cases = vectors("primitives")["signatures"]
    for case in cases:
        secret = nacl.bindings.crypto_sign_seed_keypair(hexed(case["seed"]))[1]
        message = case["domain"].encode() + b"\0" + hexed(case["message"])
        assert ed25519_public(hexed(case["seed"])).hex() == case["public"]
        assert nacl.bindings.crypto_sign(message, secret)[:64].hex() == case["signature"]
    assert {case["domain"] for case in cases} == {known.value for known in Domain}


def test_hybrid_signature() -> None:
    case = only("primitives", "hybrid")
    message, signature = hexed(case["message"]), raw(case["signature"])
    assert case["domain"].encode() + b"\0" == domain("charter")
    assert ed25519_public(hexed(case["ed25519_seed"])).hex() == case["ed25519_public"]
    assert mldsa_public(hexed(case["mldsa_seed"])).hex() == case["mldsa_public"]
    assert ed25519_holds(hexed(case["ed25519_public"]), "charter", message, signature[:64])
    assert mldsa_holds(hexed(case["mldsa_public"]), "charter", message, signature[64:])


def test_hpke() -> None:
    case = only("primitives", "hpke")
    assert xwing_public(hexed(case["seed"])).hex() == case["public"]
    assert hpke_open(hexed(case["seed"]), hexed(case["info"]), raw(case["sealed"])).hex() == case["plaintext"]


def test_aead() -> None:
    for case in vectors("primitives")["aead"]:
        key, nonce, aad = hexed(case["key"]), hexed(case["nonce"]), hexed(case["aad"])
        sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(hexed(case["plaintext"]), aad, nonce, key)
        assert sealed.hex() == case["sealed"]


def test_argon2id() -> None:
    case = only("primitives", "argon2id")
    key = nacl.bindings.crypto_pwhash_alg(
        32,
        hexed(case["passphrase"]),
        hexed(case["salt"]),
        case["passes"],
        case["memory_kib"] * 1024,
        nacl.bindings.crypto_pwhash_ALG_ARGON2ID13,
    )
    assert key.hex() == case["key"]


def tree_root(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        paired = [h("directory node", a, b) for a, b in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = paired + hashes[len(paired) * 2 :]
    return hashes[0] if hashes else h("directory node")


def root_by_path(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 6962, 2.1.1, backwards: the last step joins the two halves at the top."""
    if size == 1:
        assert not path
        return leaf
    split = 1 << ((size - 1).bit_length() - 1)
    if index < split:
        return h("directory node", root_by_path(leaf, index, split, path[:-1]), path[-1])
    return h("directory node", path[-1], root_by_path(leaf, index - split, size - split, path[:-1]))


def test_trees() -> None:
    for case in vectors("primitives")["trees"]:
        hashes = [h("directory leaf", hexed(leaf)) for leaf in case["leaves"]]
        assert tree_root(hashes).hex() == case["root"]
        for index, path in enumerate(case["paths"]):
            steps = [hexed(step) for step in path]
            assert root_by_path(hashes[index], index, len(hashes), steps).hex() == case["root"]


# --- labels.json ---


def policy() -> Policy:
    case = only("labels", "policy")
    assert h("policy", hexed(case["encoded"])).hex() == case["hash"]
    return read_policy(hexed(case["encoded"]))


def label(case: Any) -> Label:
    return Label(policy().hash, case["level"], frozenset(case["categories"]), frozenset(case["releasable"]))


def test_label_texts() -> None:
    nations = only("labels", "policy")["nations"]
    for case in vectors("labels")["texts"]:
        assert parse_label(case["text"], policy(), nations) == label(case), case["text"]
    for case in vectors("labels")["wrong_texts"]:
        with pytest.raises(DecodeError) as caught:
            parse_label(case["text"], policy(), nations)
        assert (caught.value.code, caught.value.field) == (case["expect"], case["field"]), case["text"]


def test_markings() -> None:
    nations = only("labels", "policy")["nations"]
    for case in vectors("labels")["markings"]:
        made = label(case)
        assert marking(made, policy(), nations) == case["marking"]
        assert portion_mark(made, policy(), nations) == case["portion"]
        assert parse_label(case["marking"], policy(), nations) == made
        if case["release_key"]:
            (category,) = case["categories"] or [0]
            expected = [policy().hash, case["level"], category, case["releasable"]]
            assert unpack(hexed(case["release_key"])) == expected


def test_combinations() -> None:
    for case in vectors("labels")["combinations"]:
        parts, combined = case["labels"], case["combined"]
        assert combined["level"] == max(part["level"] for part in parts)
        assert set(combined["categories"]) == {c for part in parts for c in part["categories"]}
        assert set(combined["releasable"]) == set.intersection(*(set(part["releasable"]) for part in parts))
        assert combine([label(part) for part in parts]) == label(combined)


def expected_clause(case: Any) -> str:
    """SPEC 5.5, as a list of conditions in its order; a clause that a door does not ask is left out."""
    level, categories, releasable = case["level"], set(case["categories"]), set(case["releasable"])
    cleared, held = case["clearance"][0], set(case["clearance"][1])
    clearance = [("level-clearance", level <= cleared), ("category-clearance", categories <= held)]
    if "members" not in case:
        own = [("policy-unknown", case["same_policy"]), ("release-member", case["nation"] in releasable)]
        return next((clause for clause, holds in own + clearance if not holds), "")
    top, carried = case["ceiling"][0], set(case["ceiling"][1])
    channel = [
        ("category-single", len(categories) <= 1),
        ("release-empty", bool(releasable)),
        ("release-own-nation", case["nation"] in releasable),
        ("release-member", releasable <= set(case["members"])),
        ("level-ceiling", level <= top),
        ("category-ceiling", categories <= carried),
    ]
    return next((clause for clause, holds in channel + clearance if not holds), "")


def test_access_decisions() -> None:
    clauses = set()
    for case in vectors("labels")["reads"]:
        of = policy().hash if case["same_policy"] else bytes(32)
        level, categories = case["clearance"]
        denied = may_read(Clearance(level, tuple(categories)), case["nation"], of, label(case))
        assert (denied.clause if denied is not None else "") == case["clause"] == expected_clause(case), case["name"]
        clauses.add(case["clause"])
    for case in vectors("labels")["seals"]:
        (level, categories), (top, carried) = case["clearance"], case["ceiling"]
        denied = may_seal(
            label(case),
            policy=policy().hash,
            clearance=Clearance(level, tuple(categories)),
            nation=case["nation"],
            members=frozenset(case["members"]),
            ceiling=Clearance(top, tuple(carried)),
        )
        assert (denied.clause if denied is not None else "") == case["clause"] == expected_clause(case), case["name"]
        clauses.add(case["clause"])
    assert len(clauses) == 10
