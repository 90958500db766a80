"""The canonical msgpack profile (SPEC 3.1): one value, one encoding.

Rule 1: arrays, unsigned integers in their shortest form, bin and str; no map, float, ext, bool or nil. "None" is the
empty bin or str of that field, a flag is 0 or 1.
Rule 2: the length is checked before anything is decoded, depth and array length while it is.
Rule 3: `type(x) is`: `True` is not 1, and a subclass is not its base.
Rule 4: a value is returned only if encoding it again gives the same bytes; hashes and signatures are over the
received bytes.
This module knows shapes of msgpack only; `records` knows fields.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgpack

from protocol.base.errors import DecodeError, LimitError, LocalProtocolError
from protocol.base.limits import MAX_ARRAY, MAX_DEPTH, MAX_RECORD

Value: TypeAlias = "int | bytes | str | Sequence[Value]"

MAX_UINT = 2**64 - 1

_BUFFER = 1_024
"""Bytes that a packer begins with: most records fit, and it grows."""


def pack(value: Value, *, max_size: int = MAX_RECORD) -> bytes:
    """Encode nested sequences of ints, bytes and strs.

    Raises:
        LocalProtocolError: the value is outside the profile or too long.
    """
    try:
        _check(value, 0)
    except DecodeError as error:
        raise LocalProtocolError(error.detail, field=error.field) from None
    return pack_checked(value, max_size=max_size)


def unpack(data: bytes, *, max_size: int = MAX_RECORD) -> Value:
    """Decode bytes of the profile; arrays come back as tuples.

    Raises:
        LimitError: longer than `max_size`; nothing was decoded.
        DecodeError: outside the profile, or not the canonical encoding.
    """
    value = unpack_loose(data, max_size=max_size)
    _check(value, 0)
    if pack_checked(value, max_size=max_size) != data:
        raise DecodeError("not the canonical encoding", field="record")
    return value


def unpack_loose(data: bytes, *, max_size: int = MAX_RECORD) -> Value:
    """Decode without the checks of types, depth and canonical form, which `records.decode` makes field by field.

    Raises:
        LimitError: longer than `max_size`; nothing was decoded.
        DecodeError: not msgpack, or an array, map or ext beyond the bounds.
    """
    if len(data) > max_size:
        raise LimitError(f"more than {max_size} bytes", field="record")
    try:
        value: Value = msgpack.unpackb(
            data,
            use_list=False,
            raw=False,
            strict_map_key=True,
            max_array_len=MAX_ARRAY,
            max_map_len=0,
            max_ext_len=0,
            max_str_len=max_size,
            max_bin_len=max_size,
        )
    except (ValueError, TypeError, msgpack.exceptions.UnpackException):
        # StackError, ExtraData, FormatError, OutOfData and UnicodeDecodeError are all of these.
        raise DecodeError("not in the profile", field="record") from None
    return value


def pack_checked(value: Value, *, max_size: int = MAX_RECORD) -> bytes:
    """Encode a value whose parts `records` has already checked.

    Raises:
        LocalProtocolError: too long.
    """
    # Not `msgpack.packb`, which spends more time on its keywords than on a record. A packer for each value: it is not
    # made to be entered twice, and records are packed in two threads.
    packed: bytes = msgpack.Packer(use_bin_type=True, buf_size=_BUFFER).pack(value)
    if len(packed) > max_size:
        raise LocalProtocolError(f"more than {max_size} bytes", field="record")
    return packed


def _check(value: object, depth: int) -> None:
    kind = type(value)
    if kind is int:
        if not 0 <= value <= MAX_UINT:  # type: ignore[operator]
            raise DecodeError("integer out of range", field="record")
    elif kind is tuple or kind is list:
        if depth >= MAX_DEPTH:
            raise DecodeError("nested too deep", field="record")
        if len(value) > MAX_ARRAY:  # type: ignore[arg-type]
            raise DecodeError("array too long", field="record")
        for item in value:  # type: ignore[attr-defined]
            _check(item, depth + 1)
    elif kind is str:
        try:
            value.encode("utf-8")  # type: ignore[attr-defined]
        except UnicodeEncodeError:
            raise DecodeError("not Unicode scalar values", field="record") from None
    elif kind is not bytes:
        raise DecodeError("type outside the profile", field="record")
