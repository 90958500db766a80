"""Homes, keys and charters: what goes wrong has one line, its exit code, and changes nothing."""

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Make, found
from tests.cli.laptops import Laptop, until

CREATE = ("nation", "create", "XAA", "Alfaland", "--person", "Cdr Aalto")


@pytest.fixture
def founding(make: Make) -> Laptop:
    """A laptop with a nation's keys that has founded nothing yet."""
    laptop = make("xaa")
    laptop.run(*CREATE, "--out", "xaa.offer")
    return laptop


def test_an_offer_goes_to_stdout_or_a_new_file(make: Make) -> None:
    one, other = make("one"), make("other")
    told = one.run(*CREATE)
    assert told.out.startswith("-----BEGIN COALCHAT NATION OFFER-----\n")
    assert "fingerprint of its root: " in told.err
    (one.desk / "taken").write_text("mine")
    assert "the file taken" in other.run(*CREATE, "--out", "taken", code=1).err
    assert (one.desk / "taken").read_text() == "mine"
    assert not (other.home / "keys").exists()
    record = other.run(*CREATE, "--json").record
    assert (record["code"], record["name"]) == ("XAA", "Alfaland")
    assert record["offer"].startswith("-----BEGIN COALCHAT NATION OFFER-----")
    assert len(record["fingerprint"]) == len("0123 4567 89ab cdef 0123 4567 89ab cdef")


@pytest.mark.parametrize(
    "arguments",
    [("xaa", "Alfaland", "--person", "A"), ("XAA", "", "--person", "A"), ("XAA", "Alfaland", "--person", "A" * 41)],
)
def test_a_name_that_breaks_its_rule_makes_no_keys(make: Make, arguments: tuple[str, ...]) -> None:
    laptop = make("xaa")
    laptop.run("nation", "create", *arguments, "--out", "o", code=2)
    assert not (laptop.home / "keys").exists()
    assert not (laptop.desk / "o").exists()


def test_a_home_is_one_device(founding: Laptop) -> None:
    keys = (founding.home / "keys").read_bytes()
    error = founding.run(*CREATE, "--json", code=1).error
    assert error["code"] == "already-exists"
    assert (founding.home / "keys").read_bytes() == keys


def test_without_a_passphrase_nothing_is_made_and_nothing_opened(founding: Laptop, make: Make) -> None:
    assert "a new home needs a passphrase" in make("new").run(*CREATE, passphrase=False, code=2).err
    error = founding.run("status", "--json", passphrase=False, code=6).error
    assert error["code"] == "locked"
    assert "--passphrase-fd" in error["hint"]
    founding.run("node", "status", code=75)


def test_a_wrong_passphrase_leaves_no_node(founding: Laptop) -> None:
    (founding.desk / "pass").write_text("wrong\n")
    for command in (("status",), ("node", "run"), ("charter", "found", "xaa.offer", "--name", "N", "--out", "c")):
        told = founding.run(*command, code=5)
        assert told.err.splitlines()[-1] == "coalchat: that is not the passphrase of this home"
    assert not (founding.desk / "c").exists()
    founding.run("node", "status", code=75)


def test_a_home_that_others_can_read_is_refused(founding: Laptop) -> None:
    founding.home.chmod(0o750)
    for command in (("status",), ("node", "run"), ("node", "status"), (*CREATE,)):
        assert founding.run(*command, "--json", code=5).error["code"] == "home-not-private"
    founding.home.chmod(0o700)
    (founding.desk / "pass").chmod(0o644)
    assert founding.run("status", "--json", code=5).error["code"] == "not-private"


def test_there_must_be_a_home(make: Make) -> None:
    laptop = make("xaa")
    for command in (("status",), ("node", "run"), ("node", "stop"), ("charter", "sign", "x")):
        assert laptop.run(*command, "--json", code=2).error["code"] == "no-home"
    (laptop.home / "config.toml").unlink()
    laptop.home.rmdir()
    assert laptop.run("status", "--json", code=2).error["code"] == "no-home"


def test_a_home_has_one_node(founding: Laptop) -> None:
    status = founding.node(phase="founding")
    for command in (("node", "run"), ("charter", "found", "xaa.offer", "--name", "N", "--out", "c")):
        assert founding.run(*command, "--json", code=75).error["code"] == "home-in-use"
    assert founding.run("node", "status", "--json").record["pid"] == status["pid"]
    assert founding.run("channel", "list", "--json", code=1).error["code"] == "no-coalition"
    assert founding.run("node", "stop").out == "stopped\n"
    assert founding.run("node", "stop", "--json").record == {"node": "none ran"}
    founding.run("node", "status", code=75)


def test_a_locked_node_takes_the_passphrase(founding: Laptop) -> None:
    founding.node(phase="locked", passphrase=False)
    assert founding.run("status", "--json", passphrase=False, code=6).error["code"] == "locked"
    assert founding.run("node", "unlock", "--json").record["phase"] == "founding"
    assert founding.run("status", "--json", passphrase=False).record["node"]["phase"] == "founding"


def test_a_node_that_was_killed_is_started_anew(founding: Laptop) -> None:
    pid = founding.run("status", "--json").record["pid"]
    os.kill(pid, 9)
    until(lambda: founding.run("status", "--json").record["pid"] != pid)
    assert b"correct horse" not in (founding.home / "node.log").read_bytes()


def test_settings_that_are_wrong_are_named(founding: Laptop) -> None:
    (founding.home / "config.toml").write_text("lisen = 1\n")
    told = founding.run("status", code=2)
    assert told.err.startswith("coalchat: that is not a valid request: config.toml: lisen: no such setting")


# --- charters ---


def test_a_charter_is_signed_by_all_and_entered_by_each(make: Make) -> None:
    xaa, xbb, xcc = found(make, "XAA", "XBB", "XCC")
    record = xaa.run("charter", "show", "guard.charter", "--json", passphrase=False).record
    assert record["complete"]
    assert record["missing"] == []
    assert [(n["code"], n["signed"]) for n in record["nations"]] == [("XAA", True), ("XBB", True), ("XCC", True)]
    assert (record["policy"], record["segment"], record["edition"]) == ("EXAMPLE", 21_600, 12)
    assert not record["exercise"]
    before = (xcc.desk / "guard.charter").read_bytes()
    assert xcc.run("charter", "sign", "guard.charter", "--json").record["coalition_id"] == record["coalition_id"]
    assert (xcc.desk / "guard.charter").read_bytes() == before
    for laptop in (xaa, xcc):
        assert laptop.run("status", "--json").record["node"]["coalition"] == "Northern Guard"
    assert [nation["code"] for nation in xcc.run("nation", "list", "--json").records] == ["XAA", "XBB", "XCC"]
    assert xbb.run("charter", "sign", "guard.charter", "--json").record["complete"]


def test_who_is_not_in_the_charter_cannot_sign_it(make: Make, founding: Laptop) -> None:
    stranger = make("stranger")
    create = ("nation", "create", "XZZ", "Zululand", "--person", "Cdr Z", "--out", "xzz.offer")
    read_out = stranger.run(*create, "--json").record["fingerprint"]
    found_it = (
        *("charter", "found", "--name", "N", "--exercise", "--segment", "30m", "--edition", "4"),
        *("--retention", "2d"),
    )
    told = stranger.run(*found_it, "xaa.offer", "--out", "c", "--json", code=5)
    assert told.error["code"] == "not-authorised"
    record = founding.run(*found_it, "xaa.offer", "--out", "c", "--json").record
    assert (record["exercise"], record["segment"], record["edition"]) == (True, 1_800, 4)
    assert set(record["retention"]) == {172_800}
    assert "texts are kept 2d after their segment" in founding.run("charter", "show", "c", passphrase=False).out
    assert record["run_on"] == ["UNCLASSIFIED", "RESTRICTED"]
    unknown = founding.run(*found_it, "--run-on", "SECRETS", "xaa.offer", "--out", "u", "--json", code=2)
    assert "UNCLASSIFIED, RESTRICTED, SECRET, TOP SECRET" in unknown.err
    low = ("--run-on", "unclassified")
    endless = founding.run(*found_it[:-1], "none", *low, "xaa.offer", "--out", "e").out
    assert "texts are kept without end" in endless
    assert "sending to it stops above UNCLASSIFIED, and one edition later altogether" in endless
    before = (stranger.desk / "c").read_bytes()
    assert stranger.run("charter", "sign", "c", "--json", code=5).error["code"] == "not-authorised"
    assert (stranger.desk / "c").read_bytes() == before
    record = stranger.run("charter", "found", "xaa.offer", "xzz.offer", "--name", "M", "--out", "m", "--json").record
    assert record["missing"] == ["XAA"]
    assert record["coalition_id"] is None
    # What the founder compares is what the other nation's custodian reads out.
    assert {n["code"]: n["fingerprint"] for n in record["nations"]}["XZZ"] == read_out
    assert read_out in stranger.run("charter", "show", "m", passphrase=False).out


def test_a_home_belongs_to_one_coalition_and_its_charter_says_whether_it_is_an_exercise(make: Make) -> None:
    laptop = make("xaa")
    laptop.run(*CREATE, "--out", "xaa.offer")
    for name, exercise in (("real", ()), ("play", ("--exercise",))):
        laptop.run("charter", "found", "xaa.offer", "--name", name, *exercise, "--out", name)
    laptop.run("charter", "sign", "play")
    assert laptop.run("status", "--json").record["node"]["exercise"]
    laptop.run("node", "stop")
    told = laptop.run("charter", "sign", "real", "--json", code=1)
    assert told.error["code"] == "already-exists"
    node = laptop.run("status", "--json").record["node"]
    assert (node["coalition"], node["exercise"]) == ("play", True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("xaa.offer", "xaa.offer"), "no charter can be made of this"),
        (("pass",), "pass is not a coalchat nation offer"),
        (("nowhere",), "cannot read nowhere: No such file or directory"),
        (("xaa.offer", "--segment", "6"), "'6' is not a length of time"),
        (("xaa.offer", "--segment", "1s"), "no charter can be made of this"),
        (("xaa.offer", "--policy", "COSMIC"), "there is no policy 'COSMIC'"),
        (("xaa.offer", "--policy", "bad.toml"), "bad.toml is not a valid policy"),
        (("xaa.offer", "--policy", "nowhere.toml"), "cannot read nowhere.toml"),
    ],
)
def test_a_charter_that_cannot_be_made(founding: Laptop, arguments: tuple[str, ...], says: str) -> None:
    (founding.desk / "bad.toml").write_text("levels = 3\n")
    told = founding.run("charter", "found", *arguments, "--name", "N", "--out", "c", code=2)
    assert says in told.err
    assert not (founding.desk / "c").exists()


def test_a_policy_of_ones_own(founding: Laptop) -> None:
    example = Path("protocol/policies/example.toml").read_text()
    (founding.desk / "own.toml").write_text(example.replace('"EXAMPLE"', '"OWN"'))
    found_it = ("charter", "found", "xaa.offer", "--name", "N", "--policy", "own.toml", "--out", "c", "--json")
    assert founding.run(*found_it).record["policy"] == "OWN"


def test_a_charter_that_was_altered_is_refused(founding: Laptop) -> None:
    founding.run("charter", "found", "xaa.offer", "--name", "Northern", "--out", "c")
    text = (founding.desk / "c").read_text()
    middle = len(text) // 2
    (founding.desk / "c").write_text(text[:middle] + ("B" if text[middle] == "A" else "A") + text[middle + 1 :])
    assert "this is not a valid charter file" in founding.run("charter", "show", "c", code=2).err
    assert "this is not a valid charter file" in founding.run("charter", "sign", "c", code=2).err
