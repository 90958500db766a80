"""The canonical msgpack profile: what it takes, what it refuses, and that the two are told apart before memory is spent."""

import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.base.codec import MAX_UINT, Value, pack, pack_checked, unpack, unpack_loose
from protocol.base.errors import DecodeError, LimitError, LocalProtocolError, RemoteProtocolError
from protocol.base.limits import MAX_ARRAY, MAX_DEPTH, MAX_RECORD
from tests.fakes.records import mutated

EXACT: list[tuple[Value, str]] = [
    (0, "00"),
    (127, "7f"),
    (128, "cc80"),
    (255, "ccff"),
    (256, "cd0100"),
    (2**16 - 1, "cdffff"),
    (2**16, "ce00010000"),
    (2**32 - 1, "ceffffffff"),
    (2**32, "cf0000000100000000"),
    (MAX_UINT, "cfffffffffffffffff"),
    (b"", "c400"),
    (b"\xff", "c401ff"),
    (b"a" * 255, "c4ff" + "61" * 255),
    (b"a" * 256, "c50100" + "61" * 256),
    ("", "a0"),
    ("a" * 31, "bf" + "61" * 31),
    ("a" * 32, "d920" + "61" * 32),
    ("a" * 256, "da0100" + "61" * 256),
    ("é", "a2c3a9"),
    ((), "90"),
    ((1, (b"x", "x")), "920192c40178a178"),
    ((0,) * 15, "9f" + "00" * 15),
    ((0,) * 16, "dc0010" + "00" * 16),
    (((((),),),), "91919190"),
]

OUTSIDE: list[tuple[str, str]] = [
    ("nil", "c0"),
    ("never used byte", "c1"),
    ("false", "c2"),
    ("true", "c3"),
    ("bool among integers", "9201c3"),
    ("float32", "ca3f800000"),
    ("float64", "cb3ff0000000000000"),
    ("float64 not a number", "cb7ff8000000000000"),
    ("negative fixint", "ff"),
    ("negative int8", "d080"),
    ("negative int64", "d38000000000000000"),
    ("uint8 for a fixint", "cc01"),
    ("uint16 for a uint8", "cd00ff"),
    ("uint32 for a uint16", "ce0000ffff"),
    ("uint64 for a uint32", "cf00000000ffffffff"),
    ("int8 for a fixint", "d001"),
    ("int16 for a uint16", "d17fff"),
    ("int32 for a uint32", "d27fffffff"),
    ("int64 for a uint64", "d37fffffffffffffff"),
    ("bin16 for a bin8", "c5000161"),
    ("bin32 for a bin8", "c60000000161"),
    ("str8 for a fixstr", "d90161"),
    ("str16 for a str8", "da0020" + "61" * 32),
    ("str32 for a fixstr", "db0000000161"),
    ("array16 for a fixarray", "dc000100"),
    ("array32 for a fixarray", "dd0000000100"),
    ("empty map", "80"),
    ("map", "810102"),
    ("map with a key twice", "8201020103"),
    ("map16", "de00010102"),
    ("map32 of 2**32", "dfffffffff"),
    ("map inside an array", "9180"),
    ("fixext1", "d40100"),
    ("ext8 of nothing", "c70001"),
    ("ext8", "c7010100"),
    ("timestamp", "d6ff00000000"),
    ("empty timestamp", "c700ff"),
    ("invalid UTF-8", "a1ff"),
    ("overlong UTF-8", "a2c0af"),
    ("lone surrogate in UTF-8", "a3eda080"),
    ("above U+10FFFF", "a4f4908080"),
    ("nothing", ""),
    ("trailing byte", "0000"),
    ("trailing value after an array", "9000"),
    ("cut short: str", "a2c3"),
    ("cut short: bin", "c40261"),
    ("cut short: array", "9200"),
    ("cut short: length", "dc00"),
    ("bin32 of 2**32", "c6ffffffff"),
    ("str32 of 2**32", "dbffffffff"),
    ("array32 of 2**32", "ddffffffff"),
    ("array of 1,025", "dc0401" + "00" * 1025),
    ("depth 5", "9191919190"),
    ("depth 2,000", "91" * 2000 + "00"),
    ("depth 60,000", "91" * 60_000 + "00"),
]


@pytest.mark.parametrize(("value", "encoded"), EXACT)
def test_each_value_has_its_one_encoding(value: Value, encoded: str) -> None:
    data = bytes.fromhex(encoded)
    assert pack(value) == data
    assert unpack(data) == value
    assert unpack_loose(data) == value
    assert pack_checked(value) == data


@pytest.mark.parametrize(("name", "encoded"), OUTSIDE, ids=[name for name, _ in OUTSIDE])
def test_what_is_outside_the_profile_is_refused(name: str, encoded: str) -> None:
    with pytest.raises(DecodeError) as caught:
        unpack(bytes.fromhex(encoded))
    assert caught.value.field == "record"


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        None,
        1.0,
        -1,
        MAX_UINT + 1,
        {},
        {1: 2},
        bytearray(b"x"),
        memoryview(b"x"),
        "\ud800",
        [True],
        ((((((),),),),),),
    ],
)
def test_what_is_outside_the_profile_is_never_emitted(value: Any) -> None:
    with pytest.raises(LocalProtocolError):
        pack(value)


def test_subclasses_are_not_their_base() -> None:
    class Number(int):
        pass

    class Word(str):
        __slots__ = ()

    for value in (Number(1), Word("x"), (Number(1),)):
        with pytest.raises(LocalProtocolError):
            pack(value)


def test_arrays_come_back_as_tuples_and_lists_go_out_as_arrays() -> None:
    assert pack([1, [2]]) == pack((1, (2,)))
    assert type(unpack(pack([1, [2]]))) is tuple


def test_array_and_depth_bounds_hold_exactly() -> None:
    assert len(unpack(pack((0,) * MAX_ARRAY))) == MAX_ARRAY  # type: ignore[arg-type]
    with pytest.raises(LocalProtocolError):
        pack((0,) * (MAX_ARRAY + 1))
    for reader in (unpack, unpack_loose):
        with pytest.raises(DecodeError):
            reader(b"\xdc\x04\x01" + bytes(MAX_ARRAY + 1))
    deepest = b"\x91" * (MAX_DEPTH - 1) + b"\x90"
    assert pack(unpack(deepest)) == deepest
    with pytest.raises(DecodeError):
        unpack(b"\x91" + deepest)


def test_length_is_checked_before_anything_is_decoded() -> None:
    fits = b"\xc5\xff\xfd" + bytes(MAX_RECORD - 3)
    assert unpack(fits) == bytes(MAX_RECORD - 3)
    # Not msgpack at all, and yet a limit error: nothing looked inside.
    for reader in (unpack, unpack_loose):
        with pytest.raises(LimitError):
            reader(b"\xc1" * (MAX_RECORD + 1))
        with pytest.raises(LimitError):
            reader(b"\x00\x00\x00", max_size=2)
    with pytest.raises(LocalProtocolError):
        pack(bytes(MAX_RECORD - 2))
    with pytest.raises(LocalProtocolError):
        pack_checked(bytes(3), max_size=4)


@pytest.mark.parametrize(
    "data",
    [
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\xdc\x04\x00" * 21_000,
        b"\xdc\x04\x00" + b"\x9f" * 60_000,
        b"\x91" * MAX_RECORD,
        b"\x90" * MAX_RECORD,
    ],
    ids=["array", "map", "bin", "str", "nested arrays", "array of arrays", "depth", "trailing"],
)
def test_a_hostile_length_costs_bounded_memory(data: bytes) -> None:
    """Sixteen megabytes: a stack of 1,024 open arrays of 1,024 pointers, twice; not the 2**32 that is claimed."""
    with pytest.raises(DecodeError):
        unpack(data)
    tracemalloc.start()
    try:
        with pytest.raises(DecodeError):
            unpack(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 * 2**20


leaves = st.integers(0, MAX_UINT) | st.binary(max_size=40) | st.text(max_size=20)
shallow = leaves | st.lists(leaves, max_size=5).map(tuple)
values: st.SearchStrategy[Value] = shallow | st.lists(
    shallow | st.lists(shallow, max_size=3).map(tuple), max_size=5
).map(tuple)


def depth(value: Value) -> int:
    return 1 + max(map(depth, value), default=0) if type(value) is tuple else 0


@pytest.mark.proof
@given(values.filter(lambda value: depth(value) <= MAX_DEPTH))
def test_pack_and_unpack_are_inverse(value: Value) -> None:
    assert unpack(pack(value)) == value


@pytest.mark.proof
@given(st.binary(max_size=200))
@example(b"")
@example(b"\xc7\x00\xff")
def test_any_bytes_are_refused_or_encode_back_to_themselves(data: bytes) -> None:
    try:
        value = unpack(data)
    except RemoteProtocolError:
        return
    assert pack(value) == data


@pytest.mark.proof
@given(values.filter(lambda value: depth(value) <= MAX_DEPTH).map(pack).flatmap(mutated))
def test_a_mutated_encoding_is_refused_or_encodes_back_to_itself(data: bytes) -> None:
    try:
        value = unpack(data)
    except RemoteProtocolError:
        return
    assert pack(value) == data
