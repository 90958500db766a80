"""Where a demo runs, and what ends it from outside."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import trio

from coalchat.errors import PathTooLong, UsageError
from coalchat.paths import Home, socket_path

STOPPED: Final = 128
"""Exit code of a demo that a signal ended, plus the signal, as shells have it."""


def environment(root: Path, around: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Of all processes of this demo: sockets lie in its own directory, and no home of the user's is met.

    Raises:
        UsageError: the name of that directory is too long for sockets.
    """
    runtime = root / "run"
    runtime.mkdir(mode=0o700)
    kept = {name: value for name, value in around.items() if name != "COALCHAT_HOME"}
    environ = {**kept, "XDG_RUNTIME_DIR": str(runtime)}
    try:
        socket_path(Home(root), environ)
    except PathTooLong as error:
        raise UsageError(error.detail, hint="set TMPDIR to a directory of your own with a shorter name") from None
    return environ


async def until_told(
    ended: list[int], scope: trio.CancelScope, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Cancel on a signal, and say which in `ended`."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        task_status.started()
        async for number in signals:
            ended.append(number)
            scope.cancel()
