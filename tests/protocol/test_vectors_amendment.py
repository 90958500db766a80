"""Our vectors of amendments, by a second reading of SPEC 6.6."""

from __future__ import annotations

from tests.protocol.test_vectors_equations import keys_of
from tests.protocol.vector_files import document_holds, h, only, raw, unpack, vectors

hexed = bytes.fromhex


def test_amendments() -> None:
    """Each follows the charter and is signed under a name of its own; nations keep their places."""
    before = unpack(hexed(only("trust", "charter")["encoded"]))
    genesis = h("charter", hexed(only("trust", "charter")["encoded"]))
    admits, suspends, reinstates = vectors("trust")["amendments"]
    for case in (admits, suspends, reinstates):
        data = hexed(case["encoded"])
        after, name = unpack(data), h("charter", data)
        assert name.hex() == case["hash"]
        assert (after[1], after[2]) == ((2, hexed(suspends["hash"])) if case is reinstates else (1, genesis))
        assert after[3:6] == before[3:6]
        assert after[6][:3] == before[6]
        assert hexed(case["signer"]) == name[:15] + bytes([case["nation"]])
        ed25519, mldsa = keys_of(admits if case is admits else vectors("trust")["roots"][case["nation"]])
        assert unpack(raw(case["signature"]))[:2] == [2, hexed(case["signer"])]
        assert document_holds(raw(case["signature"]), "charter", ed25519, mldsa) == [2, name, case["nation"], mldsa]
    added = unpack(hexed(admits["encoded"]))
    assert added[6][3][2:] == [keys_of(admits)[0], h("public key", keys_of(admits)[1])]
    assert added[7] == len(added[6]) // 2 + 1
    assert (added[-1], admits["needs"]) == (before[-1], [0, 1, 2, 3])
    secret = h("link secret", before[4], key=hexed(suspends["link_secret"]))
    assert unpack(hexed(suspends["encoded"]))[-1] == [[1, secret], [2, b"\2"]]
    assert [[tag, hexed(text)] for tag, text in suspends["settings"]] == [[1, secret], [2, b"\2"]]
    assert suspends["needs"] == [0, 1]
    assert unpack(hexed(reinstates["encoded"]))[-1] == [[1, secret]]
    assert (reinstates["needs"], reinstates["nation"]) == ([0, 1, 2], 2)
