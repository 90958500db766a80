"""The registries: each value once, no domain a prefix of another, persons that fit BLAKE2b's field."""

from enum import EnumMeta

import pytest

from protocol.base import limits
from protocol.base.crypto import MLDSA_PUBLIC, MLDSA_SIGNATURE, XWING_PUBLIC
from protocol.base.ids import CRITICAL_TAG_MAX, EXPORTER_LABEL, HYBRID_TAGS, Domain, Person, Tag
from protocol.base.records import BY_TAG
from protocol.base.signed import DOMAINS
from tests.fakes.records import every_record_class


@pytest.mark.parametrize("registry", [Tag, Domain, Person])
def test_every_name_and_value_stands_once(registry: EnumMeta) -> None:
    # An enum makes an alias of a value that stands twice, silently: then it has fewer members than names.
    assert len(registry.__members__) == len(list(registry)) > 10


def test_tags_are_one_byte_and_critical() -> None:
    assert all(0 < tag <= CRITICAL_TAG_MAX for tag in Tag)


@pytest.mark.parametrize("domain", list(Domain))
def test_a_domain_is_ascii_and_no_prefix_of_another(domain: Domain) -> None:
    prefix = domain.prefix
    assert prefix.isascii()
    assert prefix.endswith(b"\0")
    assert prefix.count(b"\0") == 1
    assert prefix.startswith(b"coalchat/")
    assert len(prefix) <= 255  # an ML-DSA context
    assert [other for other in Domain if other.prefix.startswith(prefix)] == [domain]


@pytest.mark.parametrize("person", list(Person))
def test_a_person_fits_its_field_and_stays_distinct_when_padded(person: Person) -> None:
    assert person.isascii()
    assert 1 <= len(person) <= 16
    assert "\0" not in person
    assert [p for p in Person if p.value.encode().ljust(16, b"\0") == person.value.encode().ljust(16, b"\0")] == [
        person
    ]


def test_every_hybrid_kind_is_a_signed_kind_and_every_signed_kind_a_record() -> None:
    every_record_class()
    assert HYBRID_TAGS <= set(DOMAINS) <= set(BY_TAG)


def test_the_exporter_label_is_registered_for_experiments() -> None:
    assert EXPORTER_LABEL.startswith(b"EXPORTER-")  # RFC 8446 section 7.5, RFC 5705 section 4


def test_bounds_that_must_fit_into_each_other() -> None:
    """What is full by one bound must still fit another, or a legal coalition could not be encoded."""
    assert limits.MAX_SLOTS * 1_200 + 1_024 < limits.MAX_RECORD
    assert limits.MAX_SEGMENTS * (XWING_PUBLIC + 3) + 100 < limits.MAX_RECORD
    assert limits.MAX_NATIONS <= limits.MAX_SLOTS
    assert limits.MAX_ARRAY * 34 + 100 < limits.MAX_RECORD  # a part of a directory
    assert limits.MAX_EDITIONS * limits.MAX_COMPARTMENTS <= limits.MAX_ARRAY
    assert limits.MAX_REVOCATIONS <= limits.MAX_ARRAY
    assert limits.MAX_DIRECTORY % limits.MAX_ARRAY == 0
    assert limits.MAX_FRAME > limits.MAX_RECORD + 1_000
    assert MLDSA_PUBLIC + MLDSA_SIGNATURE < limits.MAX_RECORD
    assert limits.MAX_TEXT + limits.MAX_REFS * 40 < limits.MAX_RECORD
    assert limits.MAX_RANGES * 64 < limits.MAX_RECORD
    assert limits.ARGON2_MEMORY_MIN <= limits.ARGON2_MEMORY_DEFAULT <= limits.ARGON2_MEMORY_MAX
