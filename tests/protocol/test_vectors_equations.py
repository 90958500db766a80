"""The verification equations of trust.json, messages.json and link.json, with nothing of the program."""

from __future__ import annotations

import base64
from typing import Any

import nacl.bindings

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


def keys_of(case: Any) -> tuple[bytes, bytes]:
    """Public keys of two seeds."""
    return ed25519_public(hexed(case["ed25519_seed"])), mldsa_public(hexed(case["mldsa_seed"]))


def coalition() -> bytes:
    return hexed(only("trust", "charter")["coalition"])


# --- trust.json ---


def test_charter() -> None:
    case = only("trust", "charter")
    data = hexed(case["encoded"])
    assert h("charter", data).hex() == case["hash"]
    assert h("coalition", data, size=16).hex() == case["coalition"]
    tag, number, previous, _, _, policy, nations, _, segment = unpack(data)[:9]
    assert (tag, number, previous) == (1, 0, b"")
    assert policy.hex() == case["policy"] == only("labels", "policy")["hash"]
    assert case["segment"] == case["now"] // segment
    for nation, root in zip(nations, vectors("trust")["roots"], strict=True):
        assert nation[0] == root["code"]
        assert [nation[2].hex(), nation[3].hex()] == [root["public"], root["mldsa_hash"]]


def test_every_root_signed_the_charter() -> None:
    charter = hexed(only("trust", "charter")["hash"])
    for case in vectors("trust")["roots"]:
        ed25519, mldsa = keys_of(case)
        assert (ed25519.hex(), h("public key", mldsa).hex()) == (case["public"], case["mldsa_hash"])
        tag, signer, _, _ = unpack(raw(case["signature"]))
        assert (tag, signer) == (2, charter[:15] + bytes([case["nation"]]))
        assert signer.hex() == case["signer"]
        body = document_holds(raw(case["signature"]), "charter", ed25519, mldsa)
        assert body == [2, charter, case["nation"], mldsa]


def test_custodians() -> None:
    roots = vectors("trust")["roots"]
    for case in vectors("trust")["custodians"]:
        place = bytes([case["nation"], case["index"]])
        assert h("custodian id", coalition(), place, size=16).hex() == case["id"]
        root = roots[case["nation"]]
        body = document_holds(raw(case["certificate"]), "custodian-certificate", *keys_of(root))
        assert body[:6] == [4, coalition(), case["nation"], case["index"], *keys_of(case)]
        assert unpack(raw(case["certificate"]))[1].hex() == root["signer"]


def test_devices() -> None:
    custodians = vectors("trust")["custodians"]
    for case in vectors("trust")["devices"]:
        nation, (ed25519, mldsa) = bytes([case["nation"]]), keys_of(case)
        assert h("device id", coalition(), nation, ed25519, size=16).hex() == case["id"]
        name = case["name"].encode()
        assert h("person id", coalition(), nation, hexed(case["person_nonce"]), name, size=16).hex() == case["person"]
        assert h("public key", mldsa).hex() == case["mldsa_hash"]
        assert h("public key", xwing_public(hexed(case["bundle_seed"]))).hex() == case["bundle_hash"]
        request = hexed(case["request"])
        fields = [coalition(), case["nation"], ed25519, hexed(case["mldsa_hash"]), hexed(case["bundle_hash"])]
        assert document_holds(request, "certificate-request", ed25519) == [5, *fields]
        certificate = hexed(case["certificate"])
        body = document_holds(certificate, "certificate", keys_of(custodians[case["nation"]])[0])
        assert body[:3] == [6, coalition(), case["nation"]]
        assert body[4:10] == [*fields[2:], unpack(request)[3], hexed(case["person"]), case["name"]]
        assert unpack(certificate)[1].hex() == custodians[case["nation"]]["id"]
        assert unpack(request)[1].hex() == case["id"]
        assert h("certificate", certificate).hex() == case["certificate_hash"]
        assert h("document", certificate).hex() == case["document_hash"]
        assert len(certificate) <= 400


def test_publications() -> None:
    custodians, devices = vectors("trust")["custodians"], vectors("trust")["devices"]
    lists = {(case["nation"], *case["compartment"]): case["hash"] for case in vectors("keys")["lists"]}
    for case in vectors("trust")["publications"]:
        data, nation = raw(case["document"]), case["nation"]
        body = document_holds(data, "publication", *keys_of(custodians[nation]))
        assert pack(body).hex() == case["body"]
        assert unpack(data)[3][:64].hex() == case["ed25519_signature"]
        assert h("publication", data).hex() == case["hash"]
        leaf = hexed(devices[nation]["certificate_hash"])
        assert h("directory leaf", leaf).hex() == case["directory"]  # one leaf is its own root
        assert body[8].hex() == case["directory"]
        assert unpack(hexed(case["part"])) == [9, coalition(), nation, 0, body[4], 0, [leaf]]
        published = [[counter, *place, digest.hex()] for counter, *place, digest in body[13]]
        assert published == [[1, *place, lists[nation, *place]] for place in case["compartments"]]


def test_seats() -> None:
    case, device = only("trust", "seats"), vectors("trust")["devices"][0]
    ed25519, mldsa = keys_of(case)
    claim = [coalition(), case["nation"], case["index"], hexed(device["id"]), ed25519, mldsa]
    assert pack(claim).hex() == case["claim"]
    tag, signer, _, _ = unpack(raw(case["request"]))
    assert (tag, signer.hex()) == (102, device["id"])
    body = document_holds(raw(case["request"]), "seat-request", keys_of(device)[0])
    assert body[:2] == [102, claim]
    ed25519_holds(ed25519, "seat-proof", pack(claim), body[2][:64])


def test_link_secret() -> None:
    case, charter = only("trust", "link_secret"), only("trust", "charter")
    secret, seed = hexed(case["secret"]), hexed(case["bundle_seed"])
    setting = h("link secret", hexed(case["nonce"]), key=secret)
    fields = unpack(hexed(charter["encoded"]))
    assert setting.hex() == case["setting"]
    assert (fields[4], fields[16]) == (hexed(case["nonce"]), [[1, setting]])
    nation = hexed(charter["hash"]) + bytes([case["nation"]])
    info = domain("hpke-link-secret") + nation + h("public key", xwing_public(seed))
    assert hpke_open(seed, info, raw(case["sealed"])) == secret


def test_revocation() -> None:
    case, custodian = only("trust", "revocation"), vectors("trust")["custodians"][0]
    body = document_holds(hexed(case["document"]), "revocation", keys_of(custodian)[0])
    good = [[hexed(last["feed"]), last["seq"], hexed(last["entry"])] for last in case["good"]]
    assert body == [24, coalition(), 0, 0, hexed(case["device"]), case["at"], case["reason"], good]
    assert case["device"] == vectors("trust")["devices"][0]["id"]


def test_channel() -> None:
    case, device = only("trust", "channel"), vectors("trust")["devices"][0]
    founder, nonce = hexed(case["device"]), hexed(case["nonce"])
    assert h("channel id", coalition(), founder, nonce, size=16).hex() == case["channel"]
    body = document_holds(hexed(case["document"]), "channel-revision", keys_of(device)[0])
    assert body[:7] == [13, coalition(), hexed(case["channel"]), 0, b"", 0, nonce]
    assert h("revision", pack(body)).hex() == case["revision"]


# --- messages.json ---


def test_feeds() -> None:
    devices = vectors("trust")["devices"]
    for case, device in zip(vectors("messages")["feeds"], devices, strict=True):
        data = hexed(case["document"])
        body = document_holds(data, "feed", hexed(case["author_key"]))
        assert body[:4] == [14, coalition(), hexed(device["id"]), hexed(device["person"])]
        assert body[5] == unpack(hexed(only("keys", "envelope")["ctx"]))[6]
        assert h("feed id", unpack(data)[2], size=16).hex() == case["id"]


def test_entries() -> None:
    cases = vectors("messages")["entries"]
    envelope = only("keys", "envelope")
    for case in cases:
        tek, base, salt, padded = (hexed(case[name]) for name in ("tek", "base", "salt", "padded"))
        payload = hexed(case["payload"])
        assert padded.startswith(payload + b"\x80")
        assert padded == (payload + b"\x80").ljust(-(-(len(payload) + 1) // 64) * 64, b"\0")
        ck = h("entry key", base, key=tek)
        assert ck.hex() == case["ck"]
        assert h("salt", base, padded, key=ck) == salt
        both = h("message key", base, salt, key=ck, size=56)
        assert [both[:32].hex(), both[32:].hex()] == [case["key"], case["nonce"]]
        ct = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(padded, base + salt, both[32:], both[:32])
        assert ct.hex() == case["ct"]
        assert h("entry", base, salt, h("ciphertext", ct)).hex() == case["id"]
        signature = unpack(hexed(case["encoded"]))[4]
        assert hexed(case["encoded"]) == pack([18, base, salt, ct, signature])
        assert ed25519_holds(hexed(case["author_key"]), "entry", hexed(case["id"]), signature)
        assert hexed(case["header"]) == pack([30, base, salt, h("ciphertext", ct), signature])
        assert unpack(base)[6].hex() == envelope["id"]
        assert case["tek"] == envelope["tek"]
    first, second = unpack(hexed(cases[0]["base"])), unpack(hexed(cases[1]["base"]))
    assert (first[4], first[5]) == (1, b"")
    assert (second[4], second[5].hex()) == (2, cases[0]["id"])
    assert first[3] == second[3] == hexed(vectors("messages")["feeds"][0]["id"])


def test_payloads() -> None:
    payloads = {case["name"]: unpack(hexed(case["encoded"])) for case in vectors("messages")["payloads"]}
    entries = {case["name"]: case for case in vectors("messages")["entries"]}
    assert [payload[0] for payload in payloads.values()] == [64, 64, 65, 66, 67, 68, 69, 70, 77, 77, 77, 77, 64]
    assert payloads["reply"][4] == [[1, hexed(entries["first"]["id"])]]
    assert payloads["receipt"][6] == [[unpack(hexed(entries["second"]["base"]))[3], 2, hexed(entries["second"]["id"])]]
    assert payloads["complaint"][5].hex() == only("keys", "envelope")["id"]
    assert entries["receipt"]["payload"] == pack(payloads["receipt"]).hex()
    assert payloads["quoting"][4] == [[2, hexed(entries["first"]["id"])]]
    assert (payloads["correction"][7].hex(), payloads["correction"][8]) == (entries["first"]["id"], 2)
    assert [one.hex() for one in payloads["retraction"][5]] == [entries["first"]["id"]]
    assert payloads["purged"][5] == payloads["receipt"][6][0]
    assert [quote[6] for quote in payloads["quoting"][7]] == [payloads["text"][5]]
    assert payloads["notice"][5:] == [1, 1, 1, "satellite link down", b"", 0, payloads["notice"][2]]
    anew = payloads["notice stated anew"]
    assert anew[4] == [[4, hexed(entries["second"]["id"])]]
    assert (anew[2] > payloads["notice"][2], anew[5:]) == (True, payloads["notice"][5:])
    deputy, down = payloads["deputy"], payloads["deputy stands down"]
    assert (deputy[5:9], len(deputy[9]), deputy[10] > deputy[11] == deputy[2]) == ([2, 1, 1, ""], 16, True)
    assert (down[5:9], down[9:11]) == ([2, 2, 0, ""], [b"", 0])
    assert payloads["considered"][4] == [[relation, hexed(entries["second"]["id"])] for relation in (8, 9)]


def test_notices() -> None:
    case = only("messages", "notices")
    counts = [(number, entry) for number, entry, device, _ in case["notices"] if device in case["admins"]]
    assert case["notices"][case["in_force"]][:2] == [*max(counts)]


def test_deputies() -> None:
    """Folded anew by the words of SPEC 8.13."""
    case = only("messages", "deputies")
    for count, expected in enumerate(case["last_of"], 1):
        last: list[Any] | None = None
        for one in sorted(case["notices"][:count]):
            number, entry, device, on, person, _, since = one
            whose = case["persons"].get(device)
            if whose is None:
                continue
            stands = last is not None and last[3]
            if last is not None and [number, entry] == last[:2]:
                himself = person == last[4] == whose and on == last[3]
            elif on:
                free = last is None or not stands or last[4] == whose or 0 < last[5] <= since
                himself = person == whose and free and number == (last[0] if last else 0) + 1
            else:
                himself = last is not None and stands and last[4] == whose and number == last[0] + 1
            if device in case["naming"] or himself:
                last = one
        assert case["notices"][expected] == last
    assert case["last"] == case["last_of"][-1]


def test_states() -> None:
    case = only("messages", "states")
    persons: dict[tuple[int, str], tuple[int, int]] = {}
    for _, nation, person, state, up_to, at in case["receipts"]:
        if up_to >= case["seq"]:
            known = persons.get((nation, person), (0, 0))
            reached = min(state, 2) if up_to > case["seq"] else state  # an acknowledgement is of one entry
            persons[nation, person] = max(known, (reached, -at))
    nations: dict[int, tuple[int, int]] = {}
    for (nation, _), furthest in persons.items():
        nations[nation] = max(nations.get(nation, (0, 0)), furthest)
    assert case["nations"] == [[nation, state, -at] for nation, (state, at) in sorted(nations.items())]


# --- link.json ---


def test_proofs() -> None:
    for case in vectors("link")["proofs"]:
        mac = h("link proof", hexed(case["exporter"]), bytes([case["end"]]), key=hexed(case["secret"]))
        assert mac.hex() == case["mac"]
        assert case["secret"] == only("keys", "otar")["link_secret"]
    assert len({case["mac"] for case in vectors("link")["proofs"]}) == 2


def test_auths() -> None:
    device = vectors("trust")["devices"][0]
    for case in vectors("link")["auths"]:
        tag, certificate, signature = unpack(hexed(case["auth"]))
        assert (tag, certificate.hex()) == (33, device["certificate"])
        context = [case["end"], hexed(case["exporter"]), coalition(), hexed(device["certificate_hash"])]
        assert pack(context).hex() == case["context"]
        assert ed25519_holds(hexed(case["key"]), "link-auth", pack(context), signature)


def test_invite() -> None:
    case = only("link", "invites")
    data = hexed(case["encoded"])
    tag, secret, made_for, nation, custodian, _ = unpack(data)
    assert (tag, made_for, nation) == (21, coalition(), 0)
    assert h("invite key", secret).hex() == case["key"]
    assert h("public key", hexed(case["custodian_keys"])) == custodian == hexed(case["custodian"])
    code = base64.b32encode(data + h("invite check", data, size=5)).decode().rstrip("=")
    assert "-".join(code[i : i + 5] for i in range(0, len(code), 5)) == case["text"]
    for also in case["also"]:
        letters = "".join(also.upper().translate(str.maketrans("01", "OI")).replace("-", "").split())
        assert letters == code
    assert len(set(case["also"]) - {case["text"]}) >= 3


def test_comparing() -> None:
    cases = vectors("link")["comparing"]
    assert {(case["end"], case["subject"]) for case in cases} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    for case in cases:
        items = list(map(hexed, case["items"]))
        assert items == sorted(items)
        assert pack([59, [_range(case, items)]]).hex() == case["first"]
        parts = [[item for item in items if item[0] >> 4 == bits] for bits in range(16)]
        assert pack([59, [_range(case, part) for part in parts]]).hex() == case["second"]


def _range(case: Any, items: list[bytes]) -> list[Any]:
    who = bytes([case["end"], case["subject"]])
    return [len(items), h("range", who, *items, key=hexed(case["exporter"]), size=16)]


def test_keying() -> None:
    case = only("link", "keying")
    number, envelope = case["number"], raw(case["envelope"])
    asked = [hexed(case["channel"]), unpack(hexed(case["release"]))]
    assert pack([56, number, *asked]).hex() == case["request"]
    assert pack([57, number, envelope]).hex() == case["grant"]
    assert [pack([58, number, code]).hex() for code in range(5)] == case["denials"]
    context = unpack(unpack(envelope)[1])
    assert [context[4], context[6]] == asked


def test_words() -> None:
    case = only("link", "words")
    hashes = h("document", hexed(case["request"])) + h("document", raw(case["custodian"]))
    transcript = h("invite words", hexed(case["exporter"]), hexed(case["nonce"]), hashes, hexed(case["charter"]))
    bits = "".join(f"{byte:08b}" for byte in transcript)[:66]
    assert case["words"] == [int(bits[i : i + 11], 2) for i in range(0, 66, 11)]
