"""The bell of parts that work when something is new."""

from __future__ import annotations

import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from coalchat.node.bell import Bell


async def test_rings_that_come_together_are_one_and_one_during_the_work_is_another_round(
    autojump_clock: MockClock,
) -> None:
    bell, rounds, at_work, done = Bell(), 0, trio.Event(), trio.Event()

    async def work() -> None:
        nonlocal rounds
        while True:
            await bell.wait()
            rounds += 1
            at_work.set()
            await done.wait()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(work)
        await wait_all_tasks_blocked()
        assert rounds == 0
        bell.ring()
        bell.ring()
        await at_work.wait()
        bell.ring()  # while it works
        done.set()
        await wait_all_tasks_blocked()
        assert rounds == 2
        nursery.cancel_scope.cancel()


async def test_what_comes_close_behind_is_of_the_same_round(autojump_clock: MockClock) -> None:
    bell = Bell()
    async with trio.open_nursery() as nursery:

        async def ring_later() -> None:
            await trio.sleep(0.5)
            bell.ring()

        bell.ring()
        nursery.start_soon(ring_later)
        await bell.wait(gather=1)
        with trio.move_on_after(10) as scope:
            await bell.wait()
        assert scope.cancelled_caught
