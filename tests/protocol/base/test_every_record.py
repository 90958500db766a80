"""Every record class of the protocol, whatever module it stands in: no decoder crashes, none takes two encodings."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol.base.errors import RemoteProtocolError
from protocol.base.records import BY_TAG, decode, encode
from tests.fakes.records import every_record_class, mutated, record_of

CLASSES = every_record_class()
NAMES = [tag.name for tag in sorted(BY_TAG)]
every_class = pytest.mark.parametrize("cls", CLASSES, ids=NAMES)


def some(share: int) -> settings:
    """A share of the profile's examples: these run once for each of some forty classes."""
    return settings(
        max_examples=max(5, settings().max_examples // share),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


def refused_or_same(cls: type, data: bytes) -> bool:
    """Whether `data` decodes; if so, the record must give the same bytes back."""
    try:
        value: Any = decode(cls, data)
    except RemoteProtocolError:
        return False
    assert encode(value) == data
    return True


def test_every_class_is_here() -> None:
    assert len(CLASSES) == len(BY_TAG) >= 24


@pytest.mark.proof
@every_class
@some(4)
@given(data=st.data())
def test_every_record_round_trips(cls: type, data: st.DataObject) -> None:
    value: Any = data.draw(record_of(cls))
    encoded = encode(value)
    assert decode(cls, encoded) == value
    assert refused_or_same(cls, encoded)


@pytest.mark.proof
@every_class
@some(4)
@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_are_refused_or_encode_back(cls: type, data: bytes) -> None:
    refused_or_same(cls, data)


@pytest.mark.proof
@every_class
@some(4)
@given(data=st.data())
def test_mutated_records_are_refused_or_encode_back(cls: type, data: st.DataObject) -> None:
    refused_or_same(cls, data.draw(record_of(cls).map(encode).flatmap(mutated)))


@pytest.mark.proof
@every_class
@some(20)
@given(data=st.data())
def test_no_record_decodes_as_another_class(cls: type, data: st.DataObject) -> None:
    encoded = encode(data.draw(record_of(cls)))
    assert not any(refused_or_same(other, encoded) for other in CLASSES if other is not cls)
