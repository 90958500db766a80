"""Frames of the local API (SPEC 12.2): 4 bytes of length, big-endian, then one msgpack map.

    request   {id, op, args}            args: the fields of the request record, by name
    answer    {id, ok}                  ok: the fields of the response record, by name
              {id, error}               error: {code, exit, sentence, detail, hint, clause}

Rule 1: the length is checked against a cap before the body is read, and before `hello` the cap is small.
Rule 2: maps and arrays are counted while they are decoded: msgpack amplifies hostile bytes seventyfold in memory.
Rule 3: a record is made from exactly its fields, of exactly their types: no key more or fewer, none twice, `True` is
not 1. One bad field refuses the frame with `ApiDecodeError`.
Rule 4: both sides are on one machine, of one version: this encoding is not canonical and nothing is signed over it.

This module gives bytes and takes bytes; who reads them from where is the business of `client` and `node`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

import msgpack

from coalchat.api.base import A_co, Request, Response, answer_of
from coalchat.api.shapes import lower_fields, raise_fields
from coalchat.errors import ApiDecodeError, CoalchatError, TooLong, error_from
from coalchat.record import record

HEADER: Final = 4
"""Bytes of the length before each frame."""
MAX_FRAME: Final = 1_048_576
"""Bytes of one frame: 60 messages of the longest text, or some thousand ordinary ones."""
MAX_HELLO: Final = 4_096
"""Bytes of the first frame: who has not shown a token yet gets no megabyte of us."""
PAGE_ROOM: Final = 786_432
"""Bytes that the items of one page may take, so that a frame always holds it."""
MAX_ID: Final = 2**53
"""Requests of one session are numbered by the client."""
_MAX_CONTAINERS: Final = 32_768
"""Maps and arrays of one frame; a full page of messages has some five thousand."""
_MAX_ARRAY: Final = 4_096
_MAX_MAP: Final = 64

T = TypeVar("T")


@record(kw_only=False)
class Reply:
    """An answer by its number: `fields` for `decode_result`, or the error."""

    id: int
    fields: Mapping[str, Any] | None
    error: CoalchatError | None


# --- frames ---


def body_length(header: bytes, cap: int = MAX_FRAME) -> int:
    """Length of the body that follows these 4 bytes.

    Raises:
        ApiDecodeError: zero, or above the cap: read no further, close.
    """
    if len(header) != HEADER:
        raise ApiDecodeError(f"a header has {HEADER} bytes")
    length = int.from_bytes(header, "big")
    if not 0 < length <= cap:
        raise ApiDecodeError(f"a frame of {length} bytes; the bound is {cap}")
    return length


def _frame(message: Mapping[str, Any]) -> bytes:
    try:
        body: bytes = msgpack.packb(message, use_bin_type=True)
    except UnicodeEncodeError:
        raise ApiDecodeError("text with half a surrogate pair") from None
    except OverflowError:
        raise ApiDecodeError("a number of more than 64 bits") from None
    if len(body) > MAX_FRAME:
        raise TooLong(f"{len(body)} bytes; the bound is {MAX_FRAME}")
    return len(body).to_bytes(HEADER, "big") + body


def _unpack(body: bytes, keys: Iterable[frozenset[str]]) -> dict[str, Any]:
    """The outer map of a body that was received whole."""
    if len(body) > MAX_FRAME:
        raise ApiDecodeError(f"a frame of {len(body)} bytes; the bound is {MAX_FRAME}")
    count = _Count()
    try:
        message = msgpack.unpackb(
            body,
            use_list=False,
            raw=False,
            strict_map_key=True,
            list_hook=count.array,
            object_pairs_hook=count.map,
            max_array_len=_MAX_ARRAY,
            max_map_len=_MAX_MAP,
            max_ext_len=0,
        )
    except (ValueError, TypeError, msgpack.exceptions.UnpackException):
        # StackError, ExtraData, FormatError, OutOfData and UnicodeDecodeError are all of these.
        raise ApiDecodeError("not msgpack of the local API") from None
    if type(message) is not dict or frozenset(message) not in keys:
        raise ApiDecodeError("not a map of the local API")
    number = message["id"]
    if type(number) is not int or not 0 <= number <= MAX_ID:
        raise ApiDecodeError("id: must be a number")
    return message


class _Count:
    """Hooks that count containers while msgpack decodes, and refuse a key that comes twice."""

    def __init__(self) -> None:
        self.left = _MAX_CONTAINERS

    def array(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        self._one()
        return items

    def map(self, pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
        self._one()
        made = dict(pairs)
        if len(made) != len(pairs):
            raise ApiDecodeError("a key comes twice")
        return made

    def _one(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise ApiDecodeError(f"more than {_MAX_CONTAINERS} maps and arrays")


# --- requests ---

_REQUEST_KEYS: Final = (frozenset({"id", "op", "args"}),)
_WORDS: Final = frozenset({"code", "sentence", "detail", "hint", "clause"})
_REPLY_KEYS: Final = (frozenset({"id", "ok"}), frozenset({"id", "error"}))


def encode_request(number: int, request: Request[Any]) -> bytes:
    """A whole frame.

    Raises:
        ApiDecodeError: a field breaks its own type: a bug of the caller.
        TooLong: more than a frame holds.
    """
    return _frame({"id": number, "op": request.op, "args": lower_fields(request)})


def read_request(body: bytes) -> tuple[int, Request[Any]]:
    """Number and request of a frame's body (without its header).

    Raises:
        ApiDecodeError: not a request of this version. Its `request_id` is the number if that could be read, so that
            the error can be sent back; otherwise none: close.
    """
    from coalchat.api.operations import OPERATIONS  # noqa: PLC0415  # all requests: whoever only asks needs few of them

    message = _unpack(body, _REQUEST_KEYS)
    number, op = message["id"], message["op"]
    try:
        if type(op) is not str or op not in OPERATIONS:
            raise ApiDecodeError("op: there is no such operation")
        return number, raise_fields(OPERATIONS[op], message["args"])
    except ApiDecodeError as error:
        error.request_id = number
        raise


# --- answers ---


def encode_result(number: int, response: Response) -> bytes:
    """A whole frame.

    Raises:
        TooLong: more than a frame holds: the page should have been cut by `fitting`.
        ApiDecodeError: a field breaks its own type: a bug of the caller.
    """
    return _frame({"id": number, "ok": lower_fields(response)})


def encode_error(number: int, error: CoalchatError) -> bytes:
    """A whole frame. Every `CoalchatError` can be encoded; long words are cut."""
    words = {
        "code": error.code,
        "sentence": error.sentence,
        "detail": error.detail,
        "hint": error.hint,
        "clause": error.clause,
    }
    fields = {"exit": int(error.exit_code), **{key: _plain(word) for key, word in words.items()}}
    return _frame({"id": number, "error": fields})


def _plain(text: str, limit: int = 2_000) -> str:
    return text[:limit].encode("utf-8", "backslashreplace").decode("utf-8")


def read_reply(body: bytes) -> Reply:
    """Number and contents of an answer's body.

    Raises:
        ApiDecodeError: not an answer of this version.
    """
    message = _unpack(body, _REPLY_KEYS)
    if "error" in message:
        return Reply(message["id"], None, _error(message["error"]))
    if type(message["ok"]) is not dict:
        raise ApiDecodeError("ok: must be a map")
    return Reply(message["id"], message["ok"], None)


def _error(fields: Any) -> CoalchatError:
    if type(fields) is not dict or fields.keys() != {"exit", *_WORDS}:
        raise ApiDecodeError("error: must have exit, code, sentence, detail, hint and clause")
    if type(fields["exit"]) is not int or any(type(fields[word]) is not str for word in _WORDS):
        raise ApiDecodeError("error: has a field of a wrong type")
    given = dict(fields)
    return error_from(exit_code=given.pop("exit"), **given)


def decode_result(request: type[Request[A_co]], fields: Mapping[str, Any]) -> A_co:
    """The answer to a request of this class.

    Raises:
        ApiDecodeError: not one.
    """
    return raise_fields(answer_of(request), fields)


def fitting(items: Iterable[T], room: int = PAGE_ROOM) -> tuple[T, ...]:
    """The first of these records that fit on one page: at least one, and as many as take `room` bytes in all.

    For the node: a page is cut by size as well as by the asked limit, and then says `more`. A page backwards gives its
    records from the last one on.
    """
    page: list[T] = []
    for item in items:
        room -= len(msgpack.packb(lower_fields(item), use_bin_type=True))
        if (room < 0 and page) or len(page) == _MAX_ARRAY:
            break
        page.append(item)
    return tuple(page)
