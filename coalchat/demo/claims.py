"""Claims: what a step of the story says must hold, or the step has failed and says why."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import trio

T = TypeVar("T")

PATIENCE: Final = 30.0
"""Seconds that anything in the story may take; what works takes a tenth of it."""
_LOOK: Final = 0.05


class Unproven(Exception):
    """A claim does not hold; the message says which."""


def claim(holds: object, what: str) -> None:
    """Go on only if it holds.

    Raises:
        Unproven: it does not.
    """
    if not holds:
        raise Unproven(f"not so: {what}")


def present(thing: T | None, what: str) -> T:
    """A thing that must be there.

    Raises:
        Unproven: it is not.
    """
    if thing is None:
        raise Unproven(f"not there: {what}")
    return thing


async def until(check: Callable[[], Awaitable[T | None]], what: str, *, within: float = PATIENCE) -> T:
    """Ask again and again until there is an answer that is true; the answer.

    Raises:
        Unproven: there was none in time.
    """
    with trio.move_on_after(within):
        while True:
            found = await check()
            if found:
                return found
            await trio.sleep(_LOOK)  # what is waited for happens in another process
    raise Unproven(f"not within {within:g} s: {what}")
