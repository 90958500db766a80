"""Policies and labels of other systems at the command line: without node or home, and beside a coalition."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalchat.cli.labelling import judged, label_lines
from protocol.interchange.label4774 import read_label
from protocol.interchange.spif_xml import read_spif
from tests.cli.conftest import Make, linked
from tests.cli.laptops import until
from tests.protocol.interchange.made import LABEL, MISSION, NATION, changed

BESIDE = NATION.replace('"THE MISSION"', '"EXAMPLE"').replace('lacv="4"', 'lacv="3"')
"""The same nation's policy, beside the coalition's: its levels by their places."""


def put(folder: Path, name: str, data: bytes | str) -> str:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def test_a_policy_is_checked_imported_and_founded_on(make: Make, tmp_path: Path) -> None:
    laptop = make("xaa")
    mission, nation = put(tmp_path, "mission.xml", MISSION), put(tmp_path, "nation.xml", NATION)
    found = laptop.run("policy", "check", mission, "--json").record
    assert (found["policy"], found["fits"], found["classifications"]) == (
        "MISSION",
        True,
        ["OPEN", "CLOSED", "SECRET", "SEALED"],
    )
    assert "KOLONNE requires another" in laptop.run("policy", "check", nation).out
    assert (
        "schema 3.0 is not read"
        in laptop.run("policy", "check", put(tmp_path, "new.xml", changed(MISSION, ('"2.1"', '"3.0"'))), code=2).err
    )
    refused = tmp_path / "refused.toml"
    assert (
        "requires another restrictive category"
        in laptop.run("policy", "import", nation, "--out", str(refused), code=2).err
    )
    assert not refused.exists()
    made = tmp_path / "mission.toml"
    told = laptop.run("policy", "import", mission, "--out", str(made))
    assert "left out: obsolete: CLOSED\n" in told.err
    laptop.run(
        "nation", "create", "XAA", "Republic of XAA", "--person", "Cdr XAA", "--out", str(tmp_path / "xaa.offer")
    )
    laptop.run(
        "charter", "found", str(tmp_path / "xaa.offer"), "--policy", str(made), "--name", "Alone", "--out", str(tmp_path / "alone.charter")
    )  # fmt: skip
    laptop.run("policy", "import", mission, "--out", str(made), code=1)


def test_labels_leave_as_stanag_4774_and_national_markings_stand_beside(make: Make, tmp_path: Path) -> None:
    pair = linked(make)
    xaa = pair.xaa
    entry_id = xaa.run("send", "#ops", "labelled for elsewhere", "--label", "restricted rel to xbb, xaa").out.strip()
    exported = xaa.run("label", "export", entry_id[:12], "--review", "2031-01-01T00:00Z").out
    label = read_label(exported.encode())
    sent = next(one for one in xaa.run("read", "#ops", "--json").records if one["entry_id"] == entry_id)
    assert (label.policy, label.classification, label.created) == ("EXAMPLE", "RESTRICTED", sent["author_time"])
    assert [(one.kind, one.tag_name, one.values) for one in label.categories] == [
        ("PERMISSIVE", "Releasable To", ("XAA", "XBB"))
    ]
    text = xaa.run("label", "export", "SECRET CONVOY", "--channel", "#ops", "--json").record["xml"]
    categories = [(one.kind, one.tag_name, one.values) for one in read_label(text.encode()).categories]
    assert categories == [
        ("RESTRICTIVE", "Community of Interest", ("CONVOY",)),
        ("PERMISSIVE", "Releasable To", ("XAA", "XBB")),
    ]
    assert "without REL" in xaa.run("label", "export", "SECRET", code=2).err
    assert "unknown level" in xaa.run("label", "export", "PURPLE REL XAA", code=2).err

    def beside() -> str:
        return xaa.run("label", "check", "RESTRICTED", "--channel", "#ops").out

    assert "OFFEN" not in beside()
    kept = xaa.run("policy", "national", put(tmp_path, "beside.xml", BESIDE), "--json").record
    assert [level["national"] for level in kept["levels"]] == ["OFFEN", "OFFEN", "GEHEIM", "GEHEIM"]
    assert kept["national"] == "ALDANIA 1"
    assert beside().startswith("MISSION RESTRICTED REL XAA, XBB  XAA: OFFEN\n")
    marked, short = "[MISSION RESTRICTED REL XAA, XBB]  XAA: OFFEN", entry_id[:12]
    for command in (
        ("read", "#ops"),
        ("search", "labelled"),
        ("status", short),
        ("export",),
        ("tail", "--cursor", "0", "--count", "1"),
    ):
        shown = xaa.run(*command)
        assert marked in shown.out, command
        records = xaa.run(*command, "--json").records
        assert any(record.get("national") == "OFFEN" for record in records), command
    assert xaa.run("export").out.startswith(f"{marked}\n")
    assert xaa.run("send", "#ops", "more", "--label", "SECRET").err.startswith(
        "MISSION SECRET REL XAA, XBB  XAA: GEHEIM\n"
    )
    assert "XAA:" not in pair.xbb.run("read", "#ops").out, "it is of the device that was given it alone"
    assert xaa.run("policy", "national", "--remove", "--json").record["national"] == ""
    until(lambda: "OFFEN" not in beside())


def test_a_label_is_read_and_judged_without_a_node(make: Make, tmp_path: Path) -> None:
    laptop = make("xaa")
    label, mission = put(tmp_path, "label.xml", LABEL), put(tmp_path, "mission.xml", MISSION)
    out = laptop.run("label", "read", label, "--policy", mission, "--language", "de").out
    assert out.startswith("[MISSION GEHEIMNIS REL XAA, XBB CONVOY]\noriginator label: Mission secret\n")
    wrong = put(tmp_path, "wrong.xml", changed(LABEL, (">secret<", ">open<")))
    assert "CONVOY does not go with OPEN" in laptop.run("label", "read", wrong, "--policy", mission, code=3).err
    assert (
        "CreationDateTime"
        in laptop.run("label", "read", put(tmp_path, "no.xml", changed(LABEL, ("2026-09-26T14", "x"))), code=2).err
    )


@pytest.mark.parametrize(
    ("document", "equivalent", "wrong"),
    [
        (changed(LABEL, ("PERMISSIVE", "INFORMATIVE"), ("Releasable To", "Administrative"), (">XBB<", ">STAFF<"), ("<slab:GenericValue>XAA</slab:GenericValue>", "")), "ALDANIA GEHEIM KOLONNE", ("STAFF goes with OPEN only",)),
        (LABEL.encode(), None, ("equivalentSecCategoryTag: XAA of MISSION has no equivalent in ALDANIA",)),
    ],
)  # fmt: skip
def test_what_it_is_in_another_policy_is_said(document: bytes, equivalent: str | None, wrong: tuple[str, ...]) -> None:
    label = read_label(document)
    lines, said, why = judged(label, read_spif(MISSION.encode()), read_spif(NATION.encode()), "")
    assert (said.get("equivalent"), why) == (equivalent, wrong)
    assert lines[0] == f"[{said['marking']}]"
    assert any("ask first" in line for line in label_lines(label))
