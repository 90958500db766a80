"""Evidence: what proves one entry by the charter alone, and everything that does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from protocol.base.errors import AuthenticationError, DecodeError, LimitError, RemoteProtocolError
from protocol.base.limits import MAX_EVIDENCE_RUN
from protocol.base.records import decode, encode, evolve
from protocol.messages.entry import Entry, content_key, open_entry, read_header
from protocol.messages.evidence import Evidence, Proved, check_evidence, make_evidence
from protocol.messages.payload import FORMAT, TextPayload
from protocol.messages.receipts import Range, ReceiptPayload, ReceiptState, Response
from protocol.messages.refs import Ref, Relation
from protocol.messages.versions import Quote, QuotingPayload
from tests.fakes.coalition import FakeEnvelope, FakeFeed, make_coalition

WORLD = make_coalition()
XAA, XBB = WORLD.nation("XAA"), WORLD.nation("XBB")
ANN, BO = WORLD.device("XAA"), WORLD.device("XBB")
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret rel xaa, xbb", OPS)
FEED = WORLD.feed(ANN, OPS, SEALED.release)
FIRST = WORLD.entry(ANN, FEED, SEALED, "convoy leaves at dawn")
SECOND = WORLD.entry(ANN, FEED, SEALED, "and by road", prev=FIRST)


def unsigned(entry: Entry) -> Entry:
    """The entry with a signature that does not hold; its id is the same."""
    return read_header(encode(evolve(decode_header(entry), signature=bytes(64))))


def decode_header(entry: Entry) -> object:
    from protocol.messages.entry import EntryHeader

    return decode(EntryHeader, entry.header)


def made(entry: Entry = FIRST, *later: Entry, feed: FakeFeed = FEED, sealed: FakeEnvelope = SEALED) -> bytes:
    whole = next(each for each in (FIRST, SECOND) if each.id == entry.id)
    documents = (XAA.custodian_document.data, ANN.document.data, feed.document.data)
    return make_evidence(
        documents, entry, later, content_key(sealed.tek, whole.base_data), open_entry(whole, sealed.tek)[0]
    )


def check(data: bytes) -> Proved:
    return check_evidence(WORLD.coalition, WORLD.policy, data)


def test_it_proves_person_label_place_and_text() -> None:
    proved = check(made())
    assert isinstance(proved.payload, TextPayload)
    assert proved.payload.text == "convoy leaves at dawn"
    assert proved.author.certificate == ANN.certificate
    assert (proved.feed, proved.entry.id, proved.run) == (FEED.record, FIRST.id, 0)
    assert proved.entry.bare


def test_the_headers_that_retention_leaves_are_enough_for_a_later_entry() -> None:
    assert check(made(read_header(FIRST.header))).entry.id == FIRST.id


def test_a_later_signature_proves_it() -> None:
    bad = unsigned(FIRST)
    with pytest.raises(AuthenticationError):
        check(made(bad))
    assert check(made(bad, SECOND)).run == 1
    third = WORLD.entry(ANN, FEED, SEALED, "over", prev=SECOND)
    assert check(made(bad, unsigned(SECOND), third)).run == 2
    for run in ((unsigned(SECOND),), (third,), (SECOND, SECOND), (unsigned(SECOND), SECOND)):
        with pytest.raises(AuthenticationError):
            check(made(bad, *run))


def test_a_run_that_no_feed_can_have_is_refused() -> None:
    given = decode(Evidence, made(unsigned(FIRST), SECOND))
    with pytest.raises(Exception, match=str(MAX_EVIDENCE_RUN)):
        encode(evolve(given, later=given.later * (MAX_EVIDENCE_RUN + 1)))
    with pytest.raises(LimitError):
        check(made() + bytes(131_072))


OTHER = make_coalition(seed="another coalition")
ELSEWHERE = WORLD.feed(ANN, OPS, "unclassified")
ALTERED: dict[str, Callable[[Evidence], Evidence]] = {
    "a custodian of another nation": lambda e: evolve(e, custodian=XBB.custodian_document.data),
    "a custodian of another coalition": lambda e: evolve(e, custodian=OTHER.nation("XAA").custodian_document.data),
    "another device's certificate": lambda e: evolve(e, certificate=BO.document.data),
    "another feed of the author": lambda e: evolve(e, feed=ELSEWHERE.document.data),
    "another device's feed": lambda e: evolve(e, feed=WORLD.feed(BO, OPS, SEALED.release).document.data),
    "another entry": lambda e: evolve(e, header=SECOND.header),
    "another key": lambda e: evolve(e, ck=content_key(bytes(32), FIRST.base_data)),
    "another text": lambda e: evolve(e, payload=open_entry(SECOND, SEALED.tek)[0]),
    "a byte more of text": lambda e: evolve(e, payload=e.payload + b"\0"),
    "an entry in place of its header": lambda e: evolve(e, header=FIRST.data),
}


@pytest.mark.parametrize("name", ALTERED)
def test_nothing_in_it_can_be_another(name: str) -> None:
    with pytest.raises(RemoteProtocolError):
        check(encode(ALTERED[name](decode(Evidence, made()))))


def test_no_bit_of_it_can_be_another() -> None:
    data = made()
    given = decode(Evidence, data)
    start = data.index(given.certificate)  # the custodian's certificate is one hybrid document: its ends will do
    for at in (*range(12, 60), *range(start - 80, len(data))):
        bent = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(RemoteProtocolError):
            check(bent)


def test_a_charter_of_others_proves_nothing() -> None:
    with pytest.raises(AuthenticationError):
        check_evidence(OTHER.coalition, OTHER.policy, made())
    with pytest.raises(DecodeError):
        check_evidence(WORLD.coalition, evolve(WORLD.policy, version=99), made())


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"releasable": (0, 1, 9)}, "releasable"), ({"level": 9}, "release"), ({"category": 9}, "release")],
)
def test_a_label_that_charter_and_policy_do_not_have_is_none(changes: dict[str, object], field: str) -> None:
    """Its author signed it: by the charter it has no words."""
    feed = WORLD.feed(ANN, OPS, evolve(FEED.record.release, **changes))
    with pytest.raises(DecodeError) as refused:
        check(encode(evolve(decode(Evidence, made()), feed=feed.document.data)))
    assert refused.value.field == field


def test_a_receipt_is_proved_as_a_message_is() -> None:
    covered = (Range(FEED.id, 1, FIRST.id),)
    payload = ReceiptPayload(
        1, WORLD.now, False, (), int(ReceiptState.ACKNOWLEDGED), covered, int(Response.WILCO), ""
    )  # fmt: skip
    sealed = WORLD.envelope(BO, SEALED.release, OPS)
    feed = WORLD.feed(BO, OPS, SEALED.release)
    entry = WORLD.entry(BO, feed, sealed, payload)
    documents = (XBB.custodian_document.data, BO.document.data, feed.document.data)
    data, ck = open_entry(entry, sealed.tek)
    proved = check(make_evidence(documents, entry, (), ck, data))
    assert (proved.payload, proved.author.certificate) == (payload, BO.certificate)


QUOTE = Quote(0, "Ann", WORLD.now, 2, 0, (0, 1), "convoy leaves at dawn")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"nation": 31}, "nation"),
        ({"releasable": (0, 31)}, "releasable"),
        ({"level": 15}, "release"),
        ({"category": 32}, "release"),
    ],
)
def test_a_quote_in_it_is_of_labels_and_nations_that_there_are(changes: dict[str, Any], field: str | None) -> None:
    refs = (Ref(int(Relation.QUOTE), SECOND.id),)
    payload = QuotingPayload(FORMAT, WORLD.now, False, refs, "", 0, (evolve(QUOTE, **changes),))
    entry = WORLD.entry(ANN, FEED, SEALED, payload)
    documents = (XAA.custodian_document.data, ANN.document.data, FEED.document.data)
    key, said = content_key(SEALED.tek, entry.base_data), open_entry(entry, SEALED.tek)[0]
    data = make_evidence(documents, entry, (), key, said)
    if field is None:
        assert check(data).payload == payload
        return
    with pytest.raises(DecodeError) as refused:
        check(data)
    assert refused.value.field == field
