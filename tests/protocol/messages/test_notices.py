"""Channel notices: of an admin, by number and by nothing else; and what MINIMIZE wants to be considered."""

from __future__ import annotations

from itertools import permutations

import pytest

from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.messages.notices import (
    MAX_NOTICE,
    Given,
    Notice,
    NoticePayload,
    considered,
    in_force,
    wants_consideration,
)
from protocol.messages.payload import FORMAT, decode_payload, encode_payload, kind_of
from protocol.messages.refs import Ref, Relation
from protocol.trust.credential import Precedence

NOW = 1_790_000_000
NOTICE = NoticePayload(FORMAT, NOW, False, (), int(Notice.MINIMIZE), 1, True, "satellite link down")
ANN, BEN, CAT = (name * 16 for name in (b"a", b"b", b"c"))


@pytest.mark.parametrize("payload", [NOTICE, evolve(NOTICE, on=False), evolve(NOTICE, on=False, reason="")])
def test_it_reads_back(payload: NoticePayload) -> None:
    assert decode_payload(encode_payload(payload)) == payload
    assert kind_of(payload) is Tag.NOTICE


def test_what_begins_says_why() -> None:
    bad = evolve(NOTICE, reason="")
    with pytest.raises(DecodeError) as refused:
        decode_payload(encode(bad))
    assert refused.value.field == "reason"
    with pytest.raises(LocalProtocolError):
        encode_payload(bad)


@pytest.mark.parametrize("changes", [{"notice": 2}, {"number": 0}, {"number": MAX_NOTICE + 1}, {"reason": "x" * 257}])
def test_fields_keep_their_bounds(changes: dict[str, int | str]) -> None:
    with pytest.raises(LocalProtocolError):
        encode_payload(evolve(NOTICE, **changes))


def test_the_highest_number_of_an_admin_counts_in_whatever_order_they_come() -> None:
    on, off = Given(1, b"z" * 32, ANN, on=True), Given(2, b"a" * 32, BEN, on=False)
    twin, stranger = Given(2, b"b" * 32, ANN, on=True), Given(MAX_NOTICE, b"c" * 32, CAT, on=False)
    for given in permutations([on, off, twin, stranger]):
        assert in_force(given, {ANN, BEN}) is twin
        assert in_force(given, {BEN}) is off
    assert in_force([on, off], set()) is None
    assert in_force([], {ANN}) is None


def test_what_is_urgent_needs_no_consideration() -> None:
    assert [wants_consideration(each) for each in Precedence] == [True, True, False, False]


def test_what_was_considered_is_named() -> None:
    refs = (Ref(int(Relation.REPLY), b"r" * 32), Ref(int(Relation.CONSIDERED), b"n" * 32))
    assert considered(refs) == b"n" * 32
    assert considered(refs[:1]) == b""
