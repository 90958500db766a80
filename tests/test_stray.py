"""A reader that is woken in the step in which it was cancelled is no fault, and everything else is."""

from __future__ import annotations

import asyncio
import socket

import pytest

from coalchat.stray import new_loop


def told(capture: pytest.LogCaptureFixture) -> list[str]:
    return [record.message.splitlines()[0] for record in capture.records if record.name == "asyncio"]


async def woken_late() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reader = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().add_reader(ours, reader.set_result, None)
        theirs.send(b"x")
        reader.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # in the first the loop only sees that there is something to read
        asyncio.get_running_loop().remove_reader(ours)


async def failing() -> None:
    asyncio.get_running_loop().call_soon(int, "no number")
    await asyncio.sleep(0)


def test_a_loop_of_ours_says_nothing_of_a_reader_that_was_cancelled(caplog: pytest.LogCaptureFixture) -> None:
    with asyncio.Runner() as runner:
        runner.run(woken_late())
    assert told(caplog) == ["Exception in callback Future.set_result(None)"]
    caplog.clear()
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(woken_late())
    assert told(caplog) == []


def test_it_says_what_else_goes_wrong(caplog: pytest.LogCaptureFixture) -> None:
    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(failing())
    assert [line.partition("(")[0] for line in told(caplog)] == ["Exception in callback int"]
