"""A fault that asyncio reports and that is none: bytes came in the very step in which who waited for them was cancelled.

anyio has a socket set a future once there is something to read. If that future is cancelled in the step in which the socket
gets readable, asyncio sets what is done already, and prints a traceback. Nothing is lost by it: the bytes stay in the socket.
(anyio #1267 is of the same kind.)
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any


def is_late_reader(context: Mapping[str, Any]) -> bool:
    """Whether what a loop's exception handler is told (asyncio, "Error Handling API") is this."""
    late = isinstance(context.get("exception"), asyncio.InvalidStateError)
    return late and "Future.set_result" in str(context.get("handle"))


def new_loop() -> asyncio.AbstractEventLoop:
    """A loop that says nothing of it, and of everything else what loops say."""
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(_handle)
    return loop


def _handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not is_late_reader(context):
        loop.default_exception_handler(context)
