"""The demo (SPEC 10.1): three nations and a bot, real nodes on this machine, offline, in a directory that goes away.

`story` has the steps, `labels`, `forgery`, `outages`, `alert` and `leaving` play them; `stage` is what they share,
`coalition` founds and enrols, `processes` runs the nodes, `search` looks into homes and `trusted` verifies what they
prove, `forger` attacks, `orphans` is left to be killed, `claims` decides.

Rule 1: nothing is believed because it was done: each claim is checked against the nodes' own stores, logs and links.
Rule 2: whatever ends the demo ends its nodes. Its directory goes too, but for SIGKILL: then the homes of a coalition that
is no more are left in the temporary directory.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import aclosing
from json import dumps
from pathlib import Path
from typing import Final

import trio

from coalchat.demo.story import STEPS, Told, tell
from coalchat.errors import ExitCode, PathTooLong, UsageError
from coalchat.log import configure_log
from coalchat.paths import Home, socket_path

WIDTH: Final = max(map(len, STEPS))
_STOPPED: Final = 128
"""Exit code of a demo that a signal ended, plus the signal, as shells have it."""


def main(headless: bool, json: bool) -> int:
    """Play the demo; the exit code, which is 0 only if every claim holds.

    Args:
        headless: without a screen. json: one JSON object a line instead of text.
    """
    if not headless:
        if not sys.stdout.isatty():
            print("coalchat: the demo needs a terminal; `make story` plays it without one", file=sys.stderr)
            return int(ExitCode.USAGE)
        print("The desk is not there yet: here is its story, played by real nodes on this machine.", file=sys.stderr)
    configure_log()
    with tempfile.TemporaryDirectory(prefix="coal-", ignore_cleanup_errors=True) as name:
        root = Path(name).resolve()
        return trio.run(_play, root, _environment(root), json)


async def _play(root: Path, environ: Mapping[str, str], json: bool) -> int:
    ended: list[int] = []
    failed = False
    async with trio.open_nursery() as nursery:
        await nursery.start(_until_told, ended, nursery.cancel_scope)
        async with aclosing(tell(root, environ)) as steps:
            async for told in steps:
                _show(told, json)
                failed = failed or not told.ok
        nursery.cancel_scope.cancel()
    if ended:
        return _STOPPED + ended[0]
    return int(ExitCode.FAILED if failed else ExitCode.DONE)


def _environment(root: Path) -> dict[str, str]:
    """Of all processes of this demo: sockets lie in its own directory, and no home of the user's is met.

    Raises:
        UsageError: the name of that directory is too long for sockets.
    """
    runtime = root / "run"
    runtime.mkdir(mode=0o700)
    kept = {name: value for name, value in os.environ.items() if name != "COALCHAT_HOME"}
    environ = {**kept, "XDG_RUNTIME_DIR": str(runtime)}
    try:
        socket_path(Home(root), environ)
    except PathTooLong as error:
        raise UsageError(error.detail, hint="set TMPDIR to a directory of your own with a shorter name") from None
    return environ


async def _until_told(
    ended: list[int], scope: trio.CancelScope, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """End the story on a signal."""
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
        task_status.started()
        async for number in signals:
            ended.append(number)
            scope.cancel()


def _show(told: Told, json: bool) -> None:
    if json:
        print(dumps({"step": told.step, "ok": told.ok, "detail": told.detail}), flush=True)
    else:
        print(f"{'ok  ' if told.ok else 'FAIL'}  {told.step.ljust(WIDTH)}  {told.detail}", flush=True)
