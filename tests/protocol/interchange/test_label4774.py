"""Labels of STANAG 4774: read strictly, written so that they are read again, judged by their policy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.errors import DecodeError, RemoteProtocolError
from protocol.interchange.label4774 import (
    IDENTIFIERS,
    ROLES,
    XmlCategory,
    XmlLabel,
    label_of_spif,
    label_under,
    read_label,
    write_label,
)
from protocol.interchange.spif import SpifLabel, TagKind
from protocol.interchange.spif_marking import marking
from tests.protocol.interchange.made import LABEL, NATION, changed
from tests.protocol.interchange.test_spif import CONVOY, MADE, NATIONAL, XAA, XBB, label

WHOLE = XmlLabel(
    policy="Mission",
    classification="secret",
    categories=(
        XmlCategory(TagKind.RESTRICTIVE, "community", ("Convoy",)),
        XmlCategory(TagKind.PERMISSIVE, "Releasable To", ("XBB", "XAA"), "urn:oid:2.25.1.1"),
    ),
    created=1_790_424_000,
    uri="urn:oid:2.25.1",
    privacy_mark="ask first",
    review=1_948_147_200,
    originator="berg@xaa.example",
    originator_type="jID",
    successor=(1_893_456_000, XmlLabel("MISSION", "OPEN", (), 1_790_424_000)),
)


def test_a_label_is_read_whole() -> None:
    assert read_label(LABEL.encode()) == WHOLE


def test_it_is_judged_by_its_policy_in_any_case() -> None:
    assert label_under(WHOLE, MADE) == label(4, CONVOY, XAA, XBB)
    assert marking(MADE, label_under(WHOLE, MADE)) == "MISSION SECRET REL XAA, XBB CONVOY"
    for wrong in (
        ('2.25.1"', '2.25.9"'),
        (">Mission<", ">Another<"),
        (">secret<", ">SECRETS<"),
        (">Convoy<", ">Convoys<"),
        ("community", "communities"),
        ("RESTRICTIVE", "PERMISSIVE"),
    ):
        with pytest.raises(DecodeError):
            label_under(read_label(changed(LABEL, wrong)), MADE)
    with pytest.raises(DecodeError, match="is not ALDANIA"):
        label_under(WHOLE, NATIONAL)


def test_what_is_written_has_the_policy_s_spelling() -> None:
    written = label_of_spif(label_under(WHOLE, MADE), MADE, 1, 2)
    assert (written.policy, written.uri, written.classification) == ("MISSION", "urn:oid:2.25.1", "SECRET")
    assert [(one.kind, one.tag_name, one.values, one.uri) for one in written.categories] == [
        (TagKind.PERMISSIVE, "Releasable To", ("XAA", "XBB"), "urn:oid:2.25.1.1"),
        (TagKind.RESTRICTIVE, "Community", ("CONVOY",), "urn:oid:2.25.1.2"),
    ]
    assert label_under(read_label(write_label(written).encode()), MADE) == label(4, CONVOY, XAA, XBB)
    assert label_of_spif(SpifLabel("2.25.1", 1), MADE, 1).categories == ()


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("<slab:CreationDateTime>2026-09-26T14:00:00+02:00</slab:CreationDateTime>", "", "CreationDateTime"),
        ("2026-09-26T14:00:00+02:00", "2026-09-26T14:00:00", "CreationDateTime"),
        ("2026-09-26T14:00:00+02:00", "yesterday", "CreationDateTime"),
        ("2031-09-26T00:00:00Z", "2031-09-26", "ReviewDateTime"),
        ("2030-01-01T00:00:00Z", "soon", "SuccessionDateTime"),
        ('URI="urn:oid:2.25.1"', 'URL="urn:oid:2.25.1"', "URL"),
        ('URI="urn:oid:2.25.1"', 'URI="http://x.example"', "URI"),
        ("<slab:Classification>secret", '<slab:Classification URI="urn:oid:2.1">secret', "URI"),
        (">secret<", "> <", "Classification"),
        (">secret<", "><slab:b/><", "b"),
        ('Type="RESTRICTIVE"', 'Type="restrictive"', "Type"),
        ('TagName="community"', 'TagName=" "', "TagName"),
        ('TagName="community"', "", "TagName"),
        ("<slab:GenericValue>Convoy</slab:GenericValue>", "<slab:IntegerValue>1</slab:IntegerValue>", "IntegerValue"),
        ('IDType="jID"', 'IDType="phone"', "IDType"),
        ("<slab:PrivacyMark>ask first</slab:PrivacyMark>", "<slab:PrivacyMark><slab:b/></slab:PrivacyMark>", "b"),
        ("<slab:OriginatorID", "<slab:Extra/><slab:OriginatorID", "Extra"),
        (" <slab:OriginatorID", ' <x:OriginatorID xmlns:x="urn:x"/><slab:OriginatorID', "OriginatorID"),
        ("<slab:Classification>secret</slab:Classification>", "<slab:Classification>a</slab:Classification>" * 2, "Classification"),
        ("originatorConfidentialityLabel xmlns", "anyConfidentialityLabel xmlns", "xml"),
        ("metadatalabel:1:0", "metadatalabel:2:0", "xml"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_label_is_named(old: str, new: str, field: str) -> None:
    data = changed(LABEL, (old, new))
    if new.startswith("any"):
        data = data.replace(b"/slab:originator", b"/slab:any")
    with pytest.raises(DecodeError) as caught:
        read_label(data)
    assert caught.value.field == field


def test_a_policy_is_no_label() -> None:
    with pytest.raises(DecodeError, match="must be a confidentiality label"):
        read_label(NATION.encode())


WORDS = st.text(st.characters(exclude_categories=("C", "Z"), max_codepoint=0x2FFF), min_size=1, max_size=20)
TIMES = st.integers(0, 4_000_000_000)
URIS = st.sampled_from(["", "urn:oid:2.25.7"])
CATEGORIES = st.builds(XmlCategory, st.sampled_from(TagKind), WORDS, st.lists(WORDS, max_size=3).map(tuple), URIS)
LABELS = st.builds(
    lambda base, successor: base if successor is None else successor_of(base, *successor),
    st.builds(
        XmlLabel, WORDS, WORDS, st.lists(CATEGORIES, max_size=3).map(tuple), TIMES, uri=URIS, privacy_mark=st.just("") | WORDS,
        review=TIMES, role=st.sampled_from(ROLES), originator=WORDS, originator_type=st.sampled_from(sorted(IDENTIFIERS)),
    ),
    st.none() | st.tuples(TIMES, WORDS),
)  # fmt: skip


def successor_of(base: XmlLabel, when: int, classification: str) -> XmlLabel:
    import attrs

    return attrs.evolve(base, successor=(when, attrs.evolve(base, classification=classification)))


@given(LABELS)
def test_every_label_comes_back(made: XmlLabel) -> None:
    assert read_label(write_label(made).encode()) == made


@given(st.binary(max_size=300))
def test_anything_is_read_or_refused(data: bytes) -> None:
    for document in (data, LABEL.encode().replace(b"secret", data)):
        try:
            read_label(document)
        except RemoteProtocolError:
            continue
