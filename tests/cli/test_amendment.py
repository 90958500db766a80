"""The charter is amended by files, by commands: a third nation joins while a node runs, is suspended, and comes back."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Make, found
from tests.cli.laptops import until


@pytest.mark.usefixtures("unmeasured")
def test_a_nation_is_admitted_suspended_and_reinstated(make: Make) -> None:
    xaa, xbb = found(make, "XAA", "XBB")
    xcc = make("xcc")
    xcc.run("nation", "create", "XCC", "Charlie", "--person", "Cdr Cole", "--out", "xcc.offer")
    address = xaa.node("--listen", "127.0.0.1:0")["listen"][0]

    # XAA's node runs on; the homes of XBB and of the newcomer are opened for the act.
    drafted = xaa.run("charter", "admit", "xcc.offer", "--out", "xcc.amendment", "--json").record
    assert drafted["changes"][0] == "admits XCC (Charlie), which reads only from then on"
    assert (drafted["signed"], drafted["missing"], drafted["in_force"]) == (["XAA"], ["XBB", "XCC"], False)
    assert xbb.run("charter", "sign", "xcc.amendment", "--json").record["missing"] == ["XCC"]
    assert "fingerprint of XCC: " in xcc.run("charter", "show", "xcc.amendment", passphrase=False).out
    assert xcc.run("charter", "sign", "xcc.amendment", "--json").record["in_force"]
    assert "in force here" in xaa.run("charter", "sign", "xcc.amendment").out

    # The newcomer links and is heard; who does not know it yet learns it on the way.
    for laptop in (xbb, xcc):
        laptop.node()
        laptop.run("peer", "add", address)
    xaa.run("channel", "create", "#ops", "--members", "XAA,XBB", "--ceiling", "SECRET")
    until(lambda: xbb.run("channel", "list").out)
    assert xbb.run("channel", "widen", "#ops", "--add", "XCC", "--json", code=5).error["code"] == "not-authorised"
    xaa.run("channel", "widen", "#ops", "--add", "XCC")
    until(lambda: xcc.run("channel", "list").out)
    xcc.run("send", "#ops", "here we are", "--label", "RESTRICTED", "--wait", "delivered")
    assert "here we are" in xbb.run("read", "#ops").out

    # It is suspended: the file goes to XBB and back, and once more to XBB.
    assert xcc.run("charter", "suspend", "XCC", "--out", "own", "--json", code=5).error["code"] == "not-authorised"
    assert not (xcc.desk / "own").exists()
    xaa.run("charter", "suspend", "XCC", "--out", "xcc.suspension")
    assert "not yet sealed to XBB" in xbb.run("charter", "sign", "xcc.suspension").out
    assert xaa.run("charter", "sign", "xcc.suspension", "--json").record["in_force"]
    assert xbb.run("charter", "sign", "xcc.suspension", "--json").record["in_force"]
    label = ("--label", "RESTRICTED REL TO XAA, XBB, XCC")
    assert xbb.run("send", "#ops", "for XCC", *label, "--json", code=3).error["clause"] == "release-member"
    assert [nation["suspended"] for nation in xbb.run("nation", "list", "--json").records] == [False, False, True]

    # They take it back: XCC, which was told of nothing, signs too, and whoever of the others comes next seals it the secret.
    said = xaa.run("charter", "reinstate", "XCC", "--out", "xcc.back", "--json").record
    assert (said["reinstates"], said["missing"], said["unsealed"]) == ("XCC", ["XBB", "XCC"], ["XCC"])
    assert not xcc.run("charter", "sign", "xcc.back", "--json").record["in_force"]
    assert xbb.run("charter", "sign", "xcc.back", "--json").record["in_force"]
    assert "in force here" in xcc.run("charter", "sign", "xcc.back").out
    assert [nation["suspended"] for nation in xcc.run("nation", "list", "--json").records] == [False, False, False]
