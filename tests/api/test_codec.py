"""Frames: what one side encodes the other reads, and nothing else passes."""

from __future__ import annotations

from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coalchat.api import codec, events, nouns, requests, responses
from coalchat.api.base import Request, answer_of
from coalchat.api.codec import (
    HEADER,
    MAX_FRAME,
    body_length,
    decode_result,
    encode_error,
    encode_request,
    encode_result,
    fitting,
    read_reply,
    read_request,
)
from coalchat.api.operations import OPERATIONS
from coalchat.api.shapes import MAX_INT, MIN_INT
from coalchat.api.vocabulary import State
from coalchat.errors import (
    BY_CODE,
    ApiDecodeError,
    CoalchatError,
    ExitCode,
    Locked,
    Refused,
    TooLong,
    UnknownChannel,
    error_from,
)
from coalchat.record import evolve, fields_of, is_record, record
from tests.fakes.api_records import channel_record, message_record


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a field's type."""
    if get_origin(hint) in {Union, UnionType}:
        return st.one_of(*map(values, get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    if isinstance(hint, type) and is_record(hint):
        return records(hint)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=20),
        int: st.integers(MIN_INT, MAX_INT),
        bool: st.booleans(),
        bytes: st.binary(max_size=20),
        NoneType: st.none(),
    }
    return plain[hint]


def records(cls: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{name: values(hints[name]) for name in fields_of(cls)})


any_request = st.one_of(*map(records, OPERATIONS.values()))
any_answer = st.one_of(*(st.tuples(st.just(cls), records(answer_of(cls))) for cls in OPERATIONS.values()))


def body(frame: bytes) -> bytes:
    assert body_length(frame[:HEADER]) == len(frame) - HEADER
    return frame[HEADER:]


def packed(message: Any) -> bytes:
    return bytes(msgpack.packb(message))


# --- there and back ---


@given(st.integers(0, codec.MAX_ID), any_request)
def test_any_request_comes_back(number: int, request: Request[Any]) -> None:
    assert read_request(body(encode_request(number, request))) == (number, request)


@given(any_answer)
def test_any_answer_comes_back(pair: tuple[type[Request[Any]], Any]) -> None:
    cls, answer = pair
    reply = read_reply(body(encode_result(7, answer)))
    assert (reply.id, reply.error) == (7, None)
    assert reply.fields is not None
    assert decode_result(cls, reply.fields) == answer


@pytest.mark.parametrize("cls", BY_CODE.values(), ids=lambda cls: cls.__name__)
def test_any_error_comes_back(cls: type[CoalchatError]) -> None:
    error = error_from(cls.code, "which", "what to do", "level-ceiling" if issubclass(cls, Refused) else "")
    back = read_reply(body(encode_error(7, error))).error
    assert back is not None
    assert (type(back), back.detail, back.hint, back.clause) == (cls, "which", "what to do", error.clause)


def test_an_error_that_only_the_node_knows_keeps_its_words_and_exit_code() -> None:
    error = CoalchatError("12 MB are left", hint="free some space")
    error.sentence, error.exit_code = "The disk is full", ExitCode.TRY_AGAIN
    wire = msgpack.unpackb(body(encode_error(7, error)))
    wire["error"]["code"] = "store-full-of-a-newer-node"
    back = read_reply(packed(wire)).error
    assert (str(back), back.hint, back.exit_code) == (str(error), error.hint, error.exit_code)  # type: ignore[union-attr]


def test_any_words_of_an_error_can_be_sent() -> None:
    back = read_reply(body(encode_error(7, UnknownChannel("\ud800" + "x" * 5_000)))).error
    assert back is not None
    assert back.detail.startswith("\\ud800xxx")
    assert len(back.detail) < 2_100


# --- one bad field ---

GOOD = {
    "id": 1,
    "op": "message.list",
    "args": {"channel": "#ops", "after_position": 0, "before_position": 0, "limit": 10},
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": -1}, "id"),
        ({"id": True}, "id"),
        ({"id": "1"}, "id"),
        ({"id": 2**53 + 1}, "id"),
        ({"op": "message.burn"}, "op"),
        ({"op": b"message.list"}, "op"),
        ({"op": ["message.list"]}, "op"),
        ({"args": None}, "fields of ListMessages"),
        ({"args": []}, "fields of ListMessages"),
        ({"args": {}}, "fields of ListMessages"),
        ({"args": {**GOOD["args"], "more": 1}}, "fields of ListMessages"),  # type: ignore[dict-item]
        ({"args": {**GOOD["args"], "limit": True}}, "ListMessages.limit: must be a number"),  # type: ignore[dict-item]
        ({"args": {**GOOD["args"], "limit": 1.0}}, "ListMessages.limit: must be a number"),  # type: ignore[dict-item]
        ({"args": {**GOOD["args"], "limit": None}}, "ListMessages.limit: must be a number"),  # type: ignore[dict-item]
        ({"args": {**GOOD["args"], "limit": 2**63}}, "ListMessages.limit: must be a number"),  # type: ignore[dict-item]
        ({"args": {**GOOD["args"], "channel": b"#ops"}}, "ListMessages.channel: must be text"),  # type: ignore[dict-item]
    ],
)
def test_one_bad_field_refuses_the_request(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ApiDecodeError) as caught:
        read_request(packed(GOOD | change))
    assert says in caught.value.detail
    assert caught.value.request_id == (None if "id" in change else 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xc1",
        packed(GOOD)[:-1],
        packed(GOOD) + b"\x00",
        packed([1, 2, 3]),
        packed(None),
        packed({"id": 1, "op": "status"}),
        packed({"id": 1, "op": "status", "args": {}, "more": 0}),
        packed({b"id": 1, b"op": "status", b"args": {}}),
        packed({1: 1}),
        b"\x84\xa2id\x01\xa2id\x01\xa2op\xa6status\xa4args\x80",  # id twice
        b"\x83\xa2id\x01\xa2op\xa6stat\xffs\xa4args\x80",  # not UTF-8
        b"\x83\xa2id\x01\xa2op\xa6status\xa4args\xd4\x00\x00",  # an extension type
        b"\x83\xa2id\x01\xa2op\xa6status\xa4args\xd6\xff\x00\x00\x00\x00",  # a timestamp
        b"\xdf\xff\xff\xff\xff",
        b"\xdd\xff\xff\xff\xff",
        b"\x91" * 2_000 + b"\x90",
        b"\x94" + b"\xdc\x0f\xff" + b"\x90" * 4_095,
        b"\xdc\x0f\xff" + (b"\xdc\x00\x0f" + b"\x80" * 15) * 4_095,  # 65 thousand maps
        bytes(MAX_FRAME + 1),
    ],
)
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ApiDecodeError):
        read_request(data)
    with pytest.raises(ApiDecodeError):
        read_reply(data)


@given(st.binary(max_size=300))
@example(packed(GOOD))
def test_any_bytes_give_a_request_or_one_typed_error(data: bytes) -> None:
    try:
        number, request = read_request(data)
    except ApiDecodeError:
        return
    assert read_request(body(encode_request(number, request))) == (number, request)


@given(any_request, st.data())
def test_a_flipped_byte_gives_a_request_or_one_typed_error(request: Request[Any], data: st.DataObject) -> None:
    wire = bytearray(body(encode_request(1, request)))
    wire[data.draw(st.integers(0, len(wire) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        read_request(bytes(wire))
    except ApiDecodeError:
        return


ERROR = {"exit": 6, "code": "locked", "sentence": "", "detail": "", "hint": "", "clause": ""}


def test_an_error_as_the_specification_has_it() -> None:
    assert isinstance(read_reply(packed({"id": 1, "error": ERROR})).error, Locked)


@pytest.mark.parametrize(
    "message",
    [
        {"id": 1, "ok": []},
        {"id": 1, "ok": {}, "error": {}},
        {"id": 1, "error": None},
        {"id": 1, "error": {"code": "locked"}},
        {"id": 1, "error": ERROR | {"detail": b""}},
        {"id": 1, "error": ERROR | {"exit": True}},
        {"id": 1, "error": ERROR | {"more": ""}},
        {"id": None, "ok": {}},
    ],
)
def test_other_answers_are_refused(message: Any) -> None:
    with pytest.raises(ApiDecodeError):
        read_reply(packed(message))


def test_an_answer_to_another_request_is_refused() -> None:
    reply = read_reply(body(encode_result(1, responses.Done())))
    assert decode_result(requests.Stop, reply.fields or {}) == responses.Done()
    with pytest.raises(ApiDecodeError):
        decode_result(requests.GetStatus, reply.fields or {})


def event(**change: Any) -> dict[str, Any]:
    fields = {"kind": "audit", "number": 1, "event": "link-refused", "nation": ""}
    return {"events": ({"cursor": 1, "time": 2, "body": {**fields, **change}},), "next_cursor": 1}


def test_an_event_is_of_the_kind_it_says() -> None:
    page = decode_result(requests.NextEvents, event())
    assert page.events[0].body == events.AuditWritten(number=1, event="link-refused", nation="")
    for change in ({"kind": "moon"}, {"kind": None}, {"kind": "link"}, {"more": 1}):
        with pytest.raises(ApiDecodeError):
            decode_result(requests.NextEvents, event(**change))


# --- we never send what we would refuse ---


@pytest.mark.parametrize(
    "request_",
    [
        requests.ShowMessage(id=b"00"),  # type: ignore[arg-type]
        requests.ListAudit(after=True, limit=1),
        requests.ListAudit(after=2**63, limit=1),
        requests.ShowMessage(id="\ud800"),
        requests.Hello(api_version=1, client_name="x", token="", scopes=("read",)),  # type: ignore[arg-type]
        requests.Hello(api_version=1, client_name="x", token="", scopes=[]),  # type: ignore[arg-type]
    ],
)
def test_a_request_that_breaks_its_types_is_not_sent(request_: Request[Any]) -> None:
    with pytest.raises(ApiDecodeError):
        encode_request(1, request_)


def test_an_answer_that_breaks_its_types_is_not_sent() -> None:
    nation = nouns.NationState(nation="XBB", state="sent")  # type: ignore[arg-type]
    sent = responses.Sent(entry_id="", channel_id="", position=1, marking="", nations=(nation,), repeated=False)
    with pytest.raises(ApiDecodeError, match="must be of State"):
        encode_result(1, sent)
    with pytest.raises(ApiDecodeError, match="must be a NationState"):
        encode_result(1, evolve(sent, nations=(State.SENT,)))
    odd = events.Event(cursor=1, time=1, body=sent)  # type: ignore[arg-type]
    with pytest.raises(ApiDecodeError, match="must be one of"):
        encode_result(1, responses.EventPage(events=(odd,), next_cursor=1))


def test_a_field_of_another_type_is_a_bug_of_the_record() -> None:
    @record
    class Odd:
        share: float

    with pytest.raises(TypeError, match=r"Odd\.share"):
        fitting([Odd(share=0.5)])


# --- lengths ---


@pytest.mark.parametrize("header", [b"\x00\x00\x00\x00", b"\x00\x10\x00\x01", b"\xff\xff\xff\xff", b"\x00\x00\x01"])
def test_a_header_out_of_bounds_is_refused_before_the_body(header: bytes) -> None:
    with pytest.raises(ApiDecodeError):
        body_length(header)


def test_before_hello_the_cap_is_small() -> None:
    assert body_length(b"\x00\x00\x10\x00", codec.MAX_HELLO) == codec.MAX_HELLO
    with pytest.raises(ApiDecodeError):
        body_length(b"\x00\x00\x10\x01", codec.MAX_HELLO)


def test_the_longest_hello_fits() -> None:
    hello = requests.Hello(api_version=1, client_name="\U0001f600" * 64, token="f" * 64, scopes=tuple(codec_scopes()))
    assert len(encode_request(1, hello)) <= codec.MAX_HELLO


def codec_scopes() -> Any:
    from coalchat.api.scopes import ALL

    return ALL


def test_what_no_frame_holds_is_not_sent() -> None:
    with pytest.raises(TooLong):
        encode_request(1, requests.ShowMessage(id="x" * MAX_FRAME))


def test_a_page_is_cut_so_that_a_frame_holds_it() -> None:
    channel = channel_record(1, "#ops", ("XAA", "XBB"), "MISSION SECRET", "")
    messages = [message_record(position, channel, "x" * 16_384) for position in range(1, 1_001)]
    page = fitting(messages)
    assert 40 <= len(page) < 60
    answer = responses.MessagePage(messages=page, next_position=page[-1].position, more=True)
    assert len(encode_result(1, answer)) <= MAX_FRAME
    assert fitting(messages[:3], room=1) == tuple(messages[:1])
    assert fitting(()) == ()


def test_a_page_has_no_more_records_than_a_reader_takes() -> None:
    page = fitting([nouns.NationState(nation="XAA", state=State.SENT)] * 5_000)
    assert len(page) == 4_096
    answer = responses.Sent(
        entry_id="", channel_id="", position=1, marking="", nations=page, repeated=False
    )  # fmt: skip
    assert decode_result(requests.SendMessage, read_reply(body(encode_result(1, answer))).fields or {}) == answer


def test_a_full_page_of_short_messages_is_read() -> None:
    channel = channel_record(1, "#ops", tuple(f"X{i:02}" for i in range(32)), "MISSION SECRET", "")
    page = fitting([message_record(position, channel, "ok") for position in range(1, 1_001)])
    answer = responses.MessagePage(messages=page, next_position=page[-1].position, more=True)
    reply = read_reply(body(encode_result(1, answer)))
    assert decode_result(requests.ListMessages, reply.fields or {}) == answer
