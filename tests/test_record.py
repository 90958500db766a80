"""Records: what attrs promises of a class, without methods written for each."""

from __future__ import annotations

import copy
import pickle
from typing import Any, ClassVar

import pytest

from coalchat.record import evolve, field, fields_of, is_record, part, record, values_of


@record
class Point:
    """Two numbers, the second by default."""

    kind: ClassVar[str] = "point"
    x: int
    y: int = 2


@record(kw_only=False)
class Pair:
    """By place or by name."""

    first: str
    rest: tuple[Point, ...] = ()


@record
class Sole:
    """One field alone."""

    x: int


@record
class Empty:
    """None at all."""


@record
class Secret:
    """What no repr shows."""

    name: str
    key: bytes = field(repr=False)


@part
class Tally:
    """Something that changes."""

    name: str
    marks: list[int] = field(factory=list)
    total: int = field(default=0, init=False)
    double: int = field(init=False)

    def __post_init__(self) -> None:
        self.double = 2 * len(self.marks)


def test_fields_are_given_by_name_or_have_a_default() -> None:
    assert (Point(x=1).x, Point(x=1).y, Point(x=1, y=5).y) == (1, 2, 5)
    assert Pair("a") == Pair(first="a", rest=())
    assert Pair("a", (Point(x=1),)).rest[0] == Point(x=1)


@pytest.mark.parametrize(
    ("cls", "values", "named", "says"),
    [
        (Point, (), {}, "Point needs x"),
        (Point, (), {"x": 1, "z": 2}, "Point has no field z to give"),
        (Point, (1,), {}, "by name"),
        (Pair, ("a", (), "b"), {}, "each once"),
        (Pair, ("a",), {"first": "b"}, "each once"),
        (Tally, ("a",), {"total": 1}, "no field total"),
        (Empty, (), {"x": 1}, "no field x"),
    ],
)
def test_exactly_the_fields_can_be_given(cls: Any, values: tuple[Any, ...], named: dict[str, Any], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        cls(*values, **named)


def test_a_record_is_its_fields() -> None:
    assert Point(x=1) == Point(y=2, x=1)
    assert Point(x=1) != Point(x=2)
    assert len({Point(x=1), Point(y=2, x=1), Point(x=3)}) == 2
    assert {Sole(x=1): "one", Empty(): "none"}[Sole(x=1)] == "one"
    assert hash(Sole(x=1)) != hash(Sole(x=2))
    assert Sole(x=1) != Secret(name="", key=b"")  # type: ignore[comparison-overlap]  # that is the test
    assert repr(Pair("a", (Point(x=1),))) == "Pair(first='a', rest=(Point(x=1, y=2),))"


def test_a_record_cannot_be_changed() -> None:
    point = Point(x=1)
    with pytest.raises(AttributeError, match=r"Point\.x"):
        point.x = 2  # type: ignore[misc]  # that is the test
    with pytest.raises(AttributeError, match=r"Point\.x"):
        del point.x
    assert evolve(point, x=7) == Point(x=7)
    assert point == Point(x=1)
    with pytest.raises(TypeError):
        evolve(point, z=1)


def test_a_secret_is_in_no_repr() -> None:
    secret = Secret(name="a", key=b"hunter2")
    assert repr(secret) == "Secret(name='a')"
    assert secret != Secret(name="a", key=b"hunter3")


def test_a_part_changes_and_is_only_itself() -> None:
    one, other = Tally("a"), Tally("a")
    one.marks.append(1)
    one.total += 1
    assert (one.marks, other.marks, one.total, other.total) == ([1], [], 1, 0)
    assert Tally("a", [1, 2]).double == 4
    assert one != Tally("a", [1])
    assert len({one, other, one}) == 2


def test_what_a_class_says_of_itself() -> None:
    assert fields_of(Point) == ("x", "y")
    assert fields_of(Tally) == ("name", "marks", "total", "double")
    assert values_of(Pair("a", (Point(x=1),))) == {"first": "a", "rest": (Point(x=1),)}
    assert list(values_of(Point(y=1, x=2))) == ["x", "y"]
    assert is_record(Point)
    assert not is_record(str)
    assert Point.kind == "point"


def test_a_copy_is_equal() -> None:
    pair = Pair("a", (Point(x=1),))
    assert copy.deepcopy(pair) == pair
    assert pickle.loads(pickle.dumps(pair)) == pair


def test_a_record_may_be_matched() -> None:
    match Point(x=1, y=3):
        case Point(x=1, y=found):
            assert found == 3
        case _:
            pytest.fail("it is a point")
