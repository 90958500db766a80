"""Other people's policies and labels: each row of their tests whose policy, label and clearance are here.

Their labels and clearances are in a form of their own, which is read here only.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from protocol.base.errors import DecodeError
from protocol.interchange.label4774 import label_of_spif, label_under, read_label, write_label
from protocol.interchange.spif import Key, Spif, SpifClearance, SpifLabel, TagKind
from protocol.interchange.spif_marking import clearance_marking, marking
from protocol.interchange.spif_rules import faults, may_read, translate_out
from protocol.interchange.spif_xml import read_spif
from protocol.interchange.xml import Element, read_xml

POLICIES = {"acme-sparrow", "tlp", "tlp-plus", "uk-demo"}
ROWS = 3
"""Rows that can be tried with what is here."""


@attrs.frozen
class Case:
    """A row, and the policies of its sequence by OID."""

    row: Element
    policies: dict[str, Spif]


def _values(element: Element) -> frozenset[Key]:
    return frozenset(
        Key(tag.get("id"), TagKind(tag.get("type").upper()), int(tag.get("lacv"))) for tag in element.all("tag")
    )


def _label(path: Path) -> SpifLabel:
    root = read_xml(path.read_bytes())
    return SpifLabel(root.need("policy").get("id"), int(root.need("classification").get("lacv")), _values(root))


def _clearance(path: Path) -> SpifClearance:
    root = read_xml(path.read_bytes())
    lacvs = frozenset(int(one.get("lacv")) for one in root.all("classification"))
    return SpifClearance(root.need("policy").get("id"), lacvs, _values(root))


def _cases(data: Path) -> Iterator[Case]:
    for sequence in read_xml((data / "labels4774" / "spiffing-tests.xml").read_bytes()).all("sequence"):
        files = [data / "spif" / one.get("spif") for one in sequence.all("policy")]
        if all(file.exists() for file in files):
            policies = {spif.id: spif for spif in (read_spif(file.read_bytes()) for file in files)}
            for row in sequence.all("test"):
                named = [row.attributes[name] for name in ("label", "clearance") if name in row.attributes]
                if all((data / "labels4774" / f"spiffing-{name}").exists() for name in named):
                    yield Case(row, policies)


def test_the_rows_that_can_be_tried_come_out_as_they_say(shared_data: Path) -> None:
    cases = list(_cases(shared_data))
    assert len(cases) == ROWS
    for case in cases:
        said = case.row.attributes
        label = _label(shared_data / "labels4774" / f"spiffing-{said['label']}")
        own = case.policies[label.policy]
        if "label-marking" in said:
            assert marking(own, label) == said["label-marking"]
        if "valid" in said:
            assert (faults(own, label) == ()) is (said["valid"] == "true")
        if "encrypt" in said:
            other = case.policies[said["encrypt"]]
            label = translate_out(label, own, other)
            assert marking(other, label) == said["encrypt-marking"]
        if "clearance" in said:
            clearance = _clearance(shared_data / "labels4774" / f"spiffing-{said['clearance']}")
            assert clearance_marking(case.policies[clearance.policy], clearance) == said["clearance-marking"]
            assert may_read(label, clearance) is (said["acdf-result"] == "1")


def test_a_label_that_crosses_as_stanag_4774_is_the_same(shared_data: Path) -> None:
    for case in _cases(shared_data):
        label = _label(shared_data / "labels4774" / f"spiffing-{case.row.get('label')}")
        own = case.policies[label.policy]
        assert label_under(read_label(write_label(label_of_spif(label, own, 1)).encode()), own) == label


def test_all_policies_are_read(shared_data: Path) -> None:
    files = list((shared_data / "spif").glob("*.xml"))
    assert {file.stem for file in files} == POLICIES
    for file in files:
        spif = read_spif(file.read_bytes())
        for one in spif.classifications:
            assert one.name in marking(spif, SpifLabel(spif.id, one.lacv))


def test_labels_without_the_time_of_their_creation_are_refused(shared_data: Path) -> None:
    files = list((shared_data / "labels4774").glob("*.nato.xml"))
    assert len(files) == 6
    for file in files:
        # One of them also has an attribute that is none: URL in the place of URI.
        mended = file.read_bytes().replace(b'URL="urn', b'URI="urn')
        with pytest.raises(DecodeError) as caught:
            read_label(mended)
        assert caught.value.field == "CreationDateTime"
        with pytest.raises(DecodeError):
            read_label(file.read_bytes())
