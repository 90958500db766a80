"""Policies of other systems: what is read, what is refused by its name, what they say of labels, what of them fits."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.errors import DecodeError, LimitError, RemoteProtocolError, VersionError
from protocol.interchange.fitting import fit, to_toml
from protocol.interchange.spif import Key, SpifClearance, SpifLabel, TagKind
from protocol.interchange.spif_marking import clearance_marking, marking
from protocol.interchange.spif_rules import alike, faults, may_read, translate_in, translate_out
from protocol.interchange.spif_xml import read_spif
from protocol.interchange.xml import MAX_NESTED, MAX_XML, read_xml
from protocol.trust.policy import policy_from_toml
from tests.protocol.interchange.made import MISSION, NATION, changed

MADE, NATIONAL = read_spif(MISSION.encode()), read_spif(NATION.encode())
XAA, XBB, OWNER = (Key("2.25.1.1", TagKind.PERMISSIVE, number) for number in (1, 2, 3))
CONVOY, EXCON, GONE = (Key("2.25.1.2", TagKind.RESTRICTIVE, number) for number in (1, 2, 3))
STAFF = Key("2.25.1.3", TagKind.INFORMATIVE, 1)
KOLONNE, INTERN = (Key("2.25.2.1", TagKind.RESTRICTIVE, number) for number in (0, 1))
EILT, NEU = (Key("2.25.2.2", TagKind.INFORMATIVE, number) for number in (0, 1))


def label(lacv: int, *values: Key) -> SpifLabel:
    return SpifLabel("2.25.1", lacv, frozenset(values))


def national(lacv: int, *values: Key) -> SpifLabel:
    return SpifLabel("2.25.2", lacv, frozenset(values))


# --- reading ---


def test_a_policy_is_read_in_order_of_hierarchy() -> None:
    assert [(one.name, one.lacv, one.colour, one.obsolete) for one in MADE.classifications] == [
        ("OPEN", 1, 0x008000, False), ("CLOSED", 2, 0xFFFFFF, True), ("SECRET", 4, 0xA3172C, False), ("SEALED", 9, None, False),
    ]  # fmt: skip
    assert (MADE.name, MADE.id, MADE.version, NATIONAL.version) == ("MISSION", "2.25.1", 7, 1)
    assert [(key.kind, value.name) for _, _, value, key in MADE.values()][3:5] == [
        (TagKind.RESTRICTIVE, "CONVOY"), (TagKind.RESTRICTIVE, "EXCON"),
    ]  # fmt: skip
    assert NATIONAL.other(MADE) is not None
    assert MADE.other(NATIONAL) is None
    assert MADE.named("secret").lacv == 4


def test_schema_3_is_refused_by_its_number() -> None:
    with pytest.raises(VersionError, match=r"schema 3\.0 is not read, only 2\.0 and 2\.1"):
        read_spif(changed(MISSION, ('"2.1"', '"3.0"')))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("http://www.xmlspif.org/spif", "http://www.xmlspif.org/other", "xml"),
        ('name="MISSION" id="2.25.1"', 'name="" id="2.25.1"', "name"),
        ('name="MISSION" id="2.25.1"', 'name="MISSION" id="3.1"', "id"),
        ('name="MISSION" id="2.25.1"', 'id="2.25.1"', "name"),
        ('lacv="4"', 'lacv="four"', "lacv"),
        ('lacv="4"', 'lacv="1"', "securityClassification lacv"),
        ('name="SECRET"', 'name="Open"', "securityClassification name"),
        ('hierarchy="30"', 'hierarchy="10"', "hierarchy"),
        ('color="green"', 'color="greenish"', "color"),
        ('obsolete="true"', 'obsolete="yes"', "obsolete"),
        ('enumType="permissive"', 'enumType="other"', "tagType"),
        ('id="2.25.1.2"', 'id="2.25.1.1"', "securityCategoryTagSet id"),
        ('name="Community" id', 'name="Administrative" id', "securityCategoryTagSet name"),
        ('name="EXCON" lacv="2"', 'name="EXCON" lacv="1"', "tagCategory lacv"),
        ("<spif:excludedClass>OPEN", "<spif:excludedClass>SHUT", "excludedClass"),
        ("<spif:excludedClass>OPEN</spif:excludedClass>", "<spif:excludedClass>OPEN</spif:excludedClass>" * 2, "excludedClass"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_policy_is_named(old: str, new: str, field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_spif(changed(MISSION, (old, new)))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('policyRef="THE MISSION" lacv="1"', 'policyRef="ANOTHER" lacv="1"', "policyRef"),
        ('lacv="4" applied="decrypt"', 'lacv="4" applied="sometimes"', "applied"),
        ('<categoryGroup tagSetRef="Kreis"', '<categoryGroup tagSetRef="Nichts"', "categoryGroup"),
        ('operation="onlyOne"', 'operation="two"', "operation"),
        (' action="discard"', "", "lacv"),
        ('<equivalentPolicy name="THE MISSION" id="2.25.1">', '<equivalentPolicy name="X" id="2.5"/><equivalentPolicy name="X" id="2.25.1">', "equivalentPolicy name"),
        ("<securityClassifications>", "<securityClassifications/><securityClassifications>", "securityClassifications"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_what_is_equivalent_is_named(old: str, new: str, field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_spif(changed(NATION, (old, new)))
    assert caught.value.field == field


def test_a_policy_without_classifications_is_none() -> None:
    empty = re.sub(r"(?s)<securityClassifications>.*</securityClassifications>", "<securityClassifications/>", NATION)
    with pytest.raises(DecodeError, match="must name one"):
        read_spif(empty.encode())


# --- documents that are no documents ---


BOMB = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "data",
    [
        f"{BOMB}{NATION}".replace("OFFEN", "&c;"),
        f'<!DOCTYPE SPIF SYSTEM "file:///etc/passwd">{NATION}',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://192.0.2.1/">%x;]><a/>',
        "<!DOCTYPE a><a/>",
    ],
)
def test_a_document_type_or_an_entity_is_never_read(data: str) -> None:
    with pytest.raises(DecodeError, match="document type or an entity"):
        read_xml(data.encode())


@pytest.mark.parametrize(
    "data",
    [b"", b" ", b"<a>", b"<a></b>", b"text", b"<a/><b/>", b"<a>&b;</a>", b"\xff\xfe", b"<a b='1' b='2'/>", b"<a>\x00</a>",
     b"<?xml version='1.0' encoding='utf-7'?><a/>", b"<?xml version='1.0' encoding='nothing'?><a/>", b"<a x:y='1'/>"],
)  # fmt: skip
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        read_xml(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<a>" + b" " * MAX_XML + b"</a>",
        b"<a>" * (MAX_NESTED + 1) + b"</a>" * (MAX_NESTED + 1),
        b"<a>" + b"<b/>" * 20_001 + b"</a>",
        b"<a " + b" ".join(b"b%d='1'" % number for number in range(33)) + b"/>",
    ],
)
def test_what_is_larger_than_such_a_document_is_refused(data: bytes) -> None:
    with pytest.raises(LimitError):
        read_xml(data)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_anything_is_read_or_refused(data: bytes) -> None:
    for document in (data, changed(MISSION, ("OPEN", "OPEN"))[:300] + data, NATION.encode().replace(b"GEHEIM", data)):
        try:
            read_spif(document)
        except RemoteProtocolError:
            continue


# --- markings ---


@pytest.mark.parametrize(
    ("made", "language", "shown"),
    [
        (label(4, XAA, XBB), "", "MISSION SECRET REL XAA, XBB"),
        (label(4, XBB, OWNER, CONVOY), "de-AT", "MISSION GEHEIMNIS REL XBB CONVOY"),
        (label(4, OWNER), "fr", "MISSION SECRET"),
        (label(1, STAFF), "", "MISSION OPEN STAFF"),
        (label(9, CONVOY, EXCON), "", "MISSION SEALED CONVOY/EXCON"),
    ],
)
def test_a_marking_is_as_the_policy_says(made: SpifLabel, language: str, shown: str) -> None:
    assert marking(MADE, made, language) == shown


def test_a_phrase_stands_for_the_policy_or_for_the_classification() -> None:
    def mark(name: str, phrase: str, code: str) -> bytes:
        element = f'<spif:markingData phrase="{phrase}"><spif:code>{code}</spif:code></spif:markingData>'
        return changed(MISSION, (f'name="{name}" lacv="2"/>', f'name="{name}" lacv="2">{element}</spif:tagCategory>'))

    assert (
        marking(read_spif(mark("EXCON", "MISSION/NORTH", "replacePolicy")), label(4, EXCON))
        == "MISSION/NORTH SECRET EXCON"
    )
    assert (
        marking(read_spif(mark("EXCON", "SECRET-EXCON", "suppressClassName")), label(4, EXCON))
        == "MISSION SECRET-EXCON"
    )


def test_a_clearance_names_all_its_classifications_and_no_policy() -> None:
    held = SpifClearance("2.25.1", frozenset({1, 4}), frozenset({CONVOY, XAA, XBB}))
    assert clearance_marking(MADE, held) == "{OPEN|SECRET} REL XAA, XBB CONVOY"
    assert clearance_marking(MADE, SpifClearance("2.25.1", frozenset({4}))) == "SECRET"


# --- validity and access ---


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (label(4, XAA, CONVOY), ()),
        (label(2), ("CLOSED is obsolete",)),
        (label(4, GONE), ("GONE is obsolete",)),
        (label(1, CONVOY), ("CONVOY does not go with OPEN",)),
        (label(4, STAFF), ("STAFF goes with OPEN only",)),
        (label(4, CONVOY, EXCON), ("Community is chosen 2 times",)),
    ],
)
def test_what_the_policy_does_not_allow_is_said(made: SpifLabel, why: tuple[str, ...]) -> None:
    assert faults(MADE, made) == why


def test_what_values_ask_for_is_checked() -> None:
    assert faults(NATIONAL, national(1, KOLONNE)) == ()
    assert faults(NATIONAL, national(1, KOLONNE, INTERN)) == ("KOLONNE asks for more",)
    assert faults(NATIONAL, national(1, NEU, EILT)) == ("NEU does not go with what else is there",)
    for operation, met in (("oneOrMore", True), ("all", False)):
        policy = read_spif(changed(NATION, ("onlyOne", operation)))
        assert (faults(policy, national(1, KOLONNE)) == ()) is met
    required = '<requiredCategory operation="oneOrMore"><categoryGroup tagSetRef="Kreis" tagType="restrictive" all="true"/></requiredCategory>'
    policy = read_spif(changed(NATION, ('hierarchy="2"/>', f'hierarchy="2">{required}</securityClassification>')))
    assert faults(policy, national(2)) == ("STRENG GEHEIM asks for more",)
    assert faults(policy, national(2, INTERN)) == ()


def test_what_the_policy_does_not_have_is_no_label_of_it() -> None:
    for made in (label(5), label(4, KOLONNE), national(1)):
        with pytest.raises(DecodeError):
            faults(MADE, made)


def test_the_access_decision() -> None:
    held = SpifClearance("2.25.1", frozenset({1, 4}), frozenset({CONVOY, XAA}))
    for made, granted in (
        (label(4), True),
        (label(4, STAFF), True),
        (label(4, CONVOY, XAA, XBB), True),
        (label(4, XBB), False),
        (label(4, EXCON), False),
        (label(4, CONVOY, EXCON), False),
        (label(2), False),  # a clearance names each classification by itself
        (label(9), False),
        (national(1), False),
        (None, False),
    ):
        assert may_read(made, held) is granted
    assert not may_read(label(1), None)


# --- equivalence ---


def test_what_is_alike_holds_in_its_direction_only() -> None:
    assert translate_in(label(4, CONVOY, STAFF), MADE, NATIONAL) == national(1, KOLONNE)
    assert translate_out(national(1, KOLONNE, EILT, NEU), NATIONAL, MADE) == label(9, CONVOY, STAFF)
    assert translate_in(label(1), MADE, NATIONAL) == national(0)
    assert translate_out(national(0), NATIONAL, MADE) == label(1, STAFF)
    for refused in (label(9), label(4, EXCON), label(4, XAA), label(2)):
        with pytest.raises(DecodeError, match="no equivalent in ALDANIA"):
            translate_in(refused, MADE, NATIONAL)
    for back in (national(2), national(1, INTERN)):
        with pytest.raises(DecodeError, match="equivalent in MISSION"):
            translate_out(back, NATIONAL, MADE)
    with pytest.raises(DecodeError, match="says nothing of ALDANIA"):
        translate_out(label(4), MADE, NATIONAL)
    with pytest.raises(DecodeError, match="says nothing of ALDANIA"):
        translate_in(national(1), NATIONAL, MADE)


def test_what_must_be_added_is_added_only_where_it_is_said_what() -> None:
    policy = read_spif(changed(NATION, ('tagType="tagType7" lacv="1"/></requiredCategory>', 'tagType="tagType7"/></requiredCategory>'), ('operation="all"', 'operation="onlyOne"')))  # fmt: skip
    assert translate_out(national(0), policy, MADE) == label(1, STAFF)
    for group in ('tagSetRef="Community" tagType="restrictive"', 'tagSetRef="Nothing" tagType="restrictive"'):
        policy = read_spif(changed(NATION, ('tagSetRef="Administrative" tagType="tagType7" lacv="1"', group), ('operation="all"', 'operation="onlyOne"')))  # fmt: skip
        with pytest.raises(DecodeError, match="is not said"):
            translate_out(national(0), policy, MADE)


def test_national_markings_are_mapped_up_and_never_down() -> None:
    assert alike(NATIONAL, "the mission", [1, 4]) == ("OFFEN", "GEHEIM")
    assert alike(NATIONAL, "THE MISSION", [1, 3, 4, 9]) == ("OFFEN", "GEHEIM", "GEHEIM", ""), (
        "9 holds for what is sent only"
    )
    with pytest.raises(DecodeError, match="says nothing of EXAMPLE"):
        alike(NATIONAL, "EXAMPLE", [0])


# --- founding on it ---


def test_a_policy_that_fits_becomes_a_policy_file() -> None:
    fitted = fit(MADE)
    policy = fitted.policy
    assert (policy.identifier, policy.version, policy.prefix) == ("MISSION", 7, "")
    assert [(one.name, one.portion, one.foreground, one.background) for one in policy.levels] == [
        ("OPEN", "O", 0xFFFFFF, 0x008000), ("SECRET", "S", 0xFFFFFF, 0xA3172C), ("SEALED", "SE", 0xFFFFFF, 0x5A5A5A),
    ]  # fmt: skip
    assert [(one.tag_name, one.value) for one in policy.categories] == [("Community", "CONVOY"), ("Community", "EXCON")]
    assert fitted.left_out == (
        "obsolete: CLOSED", "values of Releasable To: a release set names nations of the charter", "with what CONVOY may stand",
        "obsolete: GONE", "informative: Administrative", "SEALED has no colour",
    )  # fmt: skip
    text = to_toml(policy, 'of "x"\n\x1b[2J')
    assert text.splitlines()[0] == '# of "x" [2J'
    assert policy_from_toml(text) == policy


REQUIRED = '<requiredCategory operation="{}"><categoryGroup tagSetRef="{}" tagType="{}"/></requiredCategory>'


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (NATION.encode(), "KOLONNE requires another restrictive category, and a message bears one only"),
        (changed(MISSION, ('tagType="tagType7"', 'tagType="permissive"')), "all permissive"),
        (changed(MISSION, ('hierarchy="40"/>', f'hierarchy="40">{REQUIRED.format("all", "Community", "restrictive")}</spif:securityClassification>'.replace("<requiredC", "<spif:requiredC").replace("</requiredC", "</spif:requiredC"))), "SEALED requires a category"),
        (changed(MISSION, ('name="MISSION"', 'name="OUR MISSION"')), "identifier"),
        (changed(MISSION, ('name="SEALED"', f'name="{"S" * 65}"')), "name"),
        (changed(MISSION, ('name="EXCON"', 'name="convoy"')), "differ in more than case"),
        (changed(MISSION, ('version="7"', 'version="-7"')), "version"),
    ],
)  # fmt: skip
def test_what_would_lose_a_rule_or_breaks_ours_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(DecodeError, match=why):
        fit(read_spif(data))


def test_a_release_set_meets_what_asks_for_one() -> None:
    required = (
        REQUIRED.format("oneOrMore", "Releasable To", "permissive").replace("<", "<spif:").replace("<spif:/", "</spif:")
    )
    made = read_spif(changed(MISSION, ('hierarchy="40"/>', f'hierarchy="40">{required}</spif:securityClassification>')))
    assert fit(made).policy == fit(MADE).policy


def test_short_forms_differ_or_are_refused() -> None:
    alike_names = changed(NATION, ("OFFEN", "S"), ("GEHEIM", "SS"), ("STRENG GEHEIM", "SSS"), ("KOLONNE", "K"), ('operation="onlyOne"', 'operation="onlyOne"'))  # fmt: skip
    policy = read_spif(re.sub(rb"(?s)<securityCategoryTagSets>.*</securityCategoryTagSets>", b"", alike_names))
    assert [level.portion for level in fit(policy).policy.levels] == ["S", "SS", "SSS"]
    same = re.sub(rb"(?s)<securityCategoryTagSets>.*</securityCategoryTagSets>", b"", changed(NATION, ("OFFEN", "й"), ("GEHEIM", "я")))  # fmt: skip
    with pytest.raises(DecodeError, match="no short form"):
        fit(read_spif(same))
