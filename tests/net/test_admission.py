"""Admission: the cap holds, and the oldest yields, not the newcomer."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from coalchat.net.admission import HalfOpen


class Door:
    """Holds places in tasks, and notes who had to yield."""

    def __init__(self, half_open: HalfOpen, nursery: trio.Nursery) -> None:
        self.half_open = half_open
        self.nursery = nursery
        self.yielded: list[str] = []

    async def knock(self, name: str) -> None:
        """Take a place for the source that `name` begins with, for ever."""

        async def stay() -> None:
            with self.half_open.place(name[0]):
                await trio.Event().wait()
            self.yielded.append(name)

        self.nursery.start_soon(stay)
        await trio.testing.wait_all_tasks_blocked()


async def test_a_source_at_its_cap_loses_its_own_oldest(nursery: trio.Nursery) -> None:
    door = Door(HalfOpen(total=10, per_source=2), nursery)
    for name in ("a1", "b1", "a2", "a3", "a4"):
        await door.knock(name)
    assert door.yielded == ["a1", "a2"]
    assert door.half_open.count == 3
    assert door.half_open.evicted == 2


async def test_when_all_is_full_the_busiest_source_loses_its_oldest(nursery: trio.Nursery) -> None:
    door = Door(HalfOpen(total=4, per_source=3), nursery)
    for name in ("a1", "b1", "b2", "c1", "d1", "e1"):
        await door.knock(name)
    assert door.yielded == ["b1", "a1"]
    assert door.half_open.count == 4


async def test_a_place_is_given_back(nursery: trio.Nursery) -> None:
    half_open = HalfOpen(total=1, per_source=1)
    for _ in range(3):
        with half_open.place("a"):
            assert half_open.count == 1
            await trio.lowlevel.checkpoint()
    with pytest.raises(KeyError), half_open.place("a"):
        raise KeyError
    assert half_open.count == 0
    assert half_open.evicted == 0


async def test_many_at_once_never_pass_the_cap(nursery: trio.Nursery) -> None:
    door = Door(HalfOpen(total=5, per_source=2), nursery)
    for i in range(200):
        await door.knock("abcdefgh"[i * 5 % 8] + str(i))
        assert door.half_open.count <= 5
    assert len(door.yielded) == 195


async def test_the_callers_own_cancellation_passes_through() -> None:
    half_open = HalfOpen()
    with trio.CancelScope() as scope, half_open.place("a"):
        scope.cancel()
        await trio.lowlevel.checkpoint()
    assert scope.cancelled_caught
    assert half_open.count == 0


@pytest.mark.parametrize(("total", "per_source"), [(0, 0), (1, 2), (3, 0)])
def test_bounds_that_make_no_sense(total: int, per_source: int) -> None:
    with pytest.raises(ValueError, match="a source may have"):
        HalfOpen(total=total, per_source=per_source)
