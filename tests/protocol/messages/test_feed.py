"""Feed records: whose they are, and what names them."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, DecodeError
from protocol.base.ids import Person, Tag
from protocol.base.records import encode, evolve
from protocol.base.signed import SigningKey, sign
from protocol.messages.feed import check_feed, sign_feed
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN, BO, _ = (nation.devices[0] for nation in WORLD.nations)
FEED = WORLD.feed(ANN, WORLD.channel(ANN), "secret rel xaa, xbb")


def test_a_feed_record_is_its_devices() -> None:
    assert check_feed(ANN.certificate, FEED.document.data) == FEED.record
    assert FEED.record.id == digest(Person.FEED_ID, encode(FEED.record), size=16)


def signed(by: SigningKey = ANN.key, signer: bytes = ANN.id, **changes: Any) -> bytes:
    return sign(Tag.FEED, signer, encode(evolve(FEED.record, **changes)), by).data


@pytest.mark.parametrize(
    "data",
    [
        signed(by=BO.key),
        signed(signer=BO.id),
        signed(by=BO.key, signer=BO.id, device=BO.id),
        signed(device=BO.id),
        signed(person=BO.certificate.person),
        signed(coalition=bytes(16)),
    ],
    ids=["other key", "other signer", "other device's own", "other device", "other person", "other coalition"],
)
def test_a_record_that_is_not_is_refused(data: bytes) -> None:
    check_feed(ANN.certificate, signed(predecessor=FEED.id))
    with pytest.raises(AuthenticationError):
        check_feed(ANN.certificate, data)


@pytest.mark.parametrize(
    "changes",
    [
        {"channel": bytes(16)},
        {"release": evolve(FEED.record.release, level=1)},
        {"predecessor": bytes(16)},
        {"nonce": bytes(16)},
    ],
)
def test_each_field_makes_another_feed(changes: dict[str, Any]) -> None:
    other = evolve(FEED.record, **changes)
    assert other.id != FEED.id
    assert check_feed(ANN.certificate, sign_feed(other, ANN.key).data) == other


def test_another_kind_of_document_is_no_feed_record() -> None:
    with pytest.raises(DecodeError):
        check_feed(ANN.certificate, ANN.statement_document.data)
