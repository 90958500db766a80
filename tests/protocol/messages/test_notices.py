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
    deputies_said,
    first_of,
    in_force,
    wants_consideration,
)
from protocol.messages.payload import FORMAT, decode_payload, encode_payload, kind_of
from protocol.messages.refs import Ref, Relation
from protocol.trust.credential import Precedence

NOW = 1_790_000_000
DEPUTY = NoticePayload(FORMAT, NOW, False, (), int(Notice.DEPUTY), 1, True, "", b"p" * 16, NOW + 60, NOW)
DOWN = evolve(DEPUTY, number=2, on=False, person=b"", until=0)
NOTICE = NoticePayload(FORMAT, NOW, False, (), int(Notice.MINIMIZE), 1, True, "satellite link down", b"", 0, NOW)
ANN, BEN, CAT = (name * 16 for name in (b"a", b"b", b"c"))


@pytest.mark.parametrize(
    "payload",
    [NOTICE, evolve(NOTICE, on=False), evolve(NOTICE, on=False, reason=""), DEPUTY, evolve(DEPUTY, until=0), DOWN],
)
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


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        (evolve(NOTICE, person=b"p" * 16), "person"),
        (evolve(NOTICE, until=NOW + 1), "until"),
        (evolve(DEPUTY, person=b""), "person"),
        (evolve(DEPUTY, until=NOW), "until"),
        (evolve(DOWN, person=b"p" * 16), "person"),
        (evolve(DOWN, until=NOW + 1), "until"),
    ],
)
def test_who_stands_in_is_named_and_nobody_else(payload: NoticePayload, field: str) -> None:
    with pytest.raises(DecodeError) as refused:
        decode_payload(encode(payload))
    assert refused.value.field == field
    with pytest.raises(LocalProtocolError):
        encode_payload(payload)


@pytest.mark.parametrize("changes", [{"notice": 3}, {"number": 0}, {"number": MAX_NOTICE + 1}, {"reason": "x" * 257}])
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


PERSONS = {ANN: b"ann", BEN: b"ben", CAT: b"cat"}
CUSTODIAN = CAT


def deputy(given: list[Given]) -> tuple[bytes, bool] | None:
    said = deputies_said(given, PERSONS, {CUSTODIAN})
    return (said[-1].person, said[-1].on) if said else None


def of(number: int, device: bytes, person: bytes = b"", entry: bytes = b"e", **more: int) -> Given:
    fields = {"until": 0, "since": NOW} | more
    return Given(number, entry * 32, device, on=bool(person), person=person, **fields)


def test_who_stands_in_follows_from_what_is_here_and_not_from_its_order() -> None:
    words = [of(1, CUSTODIAN, b"ann"), of(2, ANN), of(3, BEN, b"ben"), of(4, CUSTODIAN, b"ann"), of(4, BEN, entry=b"a")]
    for given in permutations(words):
        assert deputy([*given]) == (b"ann", True), "the custodian's word and Ben's own have one number: his stands"
    assert [deputy(words[:count]) for count in range(5)] == [
        None, (b"ann", True), (b"", False), (b"ben", True), (b"ann", True),
    ]  # fmt: skip


def test_a_person_speaks_of_himself_alone_and_where_nobody_stands_in() -> None:
    taken = of(1, CUSTODIAN, b"ann", until=NOW + 60)
    assert deputy([of(1, BEN, b"ann")]) is None, "of another"
    assert deputy([of(2, BEN, b"ben")]) is None, "not the next number"
    assert deputy([of(1, b"x" * 16, b"ben")]) is None, "a stranger's device"
    assert deputy([taken, of(2, BEN, b"ben")]) == (b"ann", True), "another stands in"
    assert deputy([taken, of(2, BEN)]) == (b"ann", True), "he is not the one who stands down"
    assert deputy([taken, of(2, BEN, b"ben", since=NOW + 60)]) == (b"ben", True), "her time was over"
    assert deputy([taken, of(2, ANN, b"ann", until=NOW + 90)]) == (b"ann", True), "she stands in for longer"
    assert deputy([taken, of(2**32 - 1, BEN, b"ben"), of(2, CUSTODIAN, b"ben")]) == (b"ben", True)


def test_what_is_stated_anew_is_what_it_names() -> None:
    first, again = of(1, ANN, b"ann"), of(1, CUSTODIAN, b"ann")
    for given in permutations([first, again, of(1, ANN, b"ann")]):
        assert deputy([*given]) == (b"ann", True)
    assert deputy([again]) == (b"ann", True), "who came later knows no more"
    assert deputy([of(1, BEN, b"ann")]) is None
    assert first_of((), b"e") == b"e"
    assert first_of((Ref(int(Relation.REPLY), b"r"), Ref(int(Relation.REISSUE), b"f")), b"e") == b"f"
    complained = (Ref(int(Relation.REISSUE), b"g"), Ref(int(Relation.REISSUE), b"f"))
    assert first_of(complained, b"e") == b"f", "said again after a complaint: what was stated anew"


def test_what_is_urgent_needs_no_consideration() -> None:
    assert [wants_consideration(each) for each in Precedence] == [True, True, False, False]


def test_what_was_considered_is_named() -> None:
    refs = (Ref(int(Relation.REPLY), b"r" * 32), Ref(int(Relation.CONSIDERED), b"n" * 32))
    assert considered(refs) == b"n" * 32
    assert considered(refs[:1]) == b""
