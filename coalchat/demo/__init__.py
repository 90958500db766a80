"""The demo (SPEC 10.1): three nations and a bot, real nodes on this machine, offline, in a directory that goes away.

There are two. To look at: `live` directs it, `cast` has who is in it, `officers` and `script` what they do, `sensor` the
bot, `foreground` the desk. Without a screen: `story` has the steps, `labels`, `forgery`, `outages`, `alert` and `leaving`
play them; `stage` is what they share, `coalition` who is in it, `search` looks into homes and `trusted` verifies what they
prove, `forger` attacks, `orphans` is left to be killed, `claims` decides. Both stand on `founding`, which founds and
enrols, `processes`, which runs the nodes, and `place`.

Rule 1: nothing in the story is believed because it was done: each claim is checked against the nodes' own stores, logs
and links.
Rule 2: whatever ends the demo ends its nodes. Its directory goes too, but for SIGKILL: then the homes of a coalition that
is no more are left in the temporary directory.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import aclosing
from json import dumps
from pathlib import Path
from typing import Final

import trio

from coalchat.demo.place import STOPPED, environment, until_told
from coalchat.demo.story import STEPS, Told, tell
from coalchat.errors import ExitCode
from coalchat.log import configure_log

WIDTH: Final = max(map(len, STEPS))


def headless(json: bool) -> int:
    """Play the story without a screen; the exit code, which is 0 only if every claim holds.

    Args:
        json: one JSON object a line instead of text.
    """
    configure_log()
    with tempfile.TemporaryDirectory(prefix="coal-", ignore_cleanup_errors=True) as name:
        root = Path(name).resolve()
        return trio.run(_play, root, environment(root), json)


async def _play(root: Path, environ: Mapping[str, str], json: bool) -> int:
    ended: list[int] = []
    failed = False
    async with trio.open_nursery() as nursery:
        await nursery.start(until_told, ended, nursery.cancel_scope)
        async with aclosing(tell(root, environ)) as steps:
            async for told in steps:
                _show(told, json)
                failed = failed or not told.ok
        nursery.cancel_scope.cancel()
    if ended:
        return STOPPED + ended[0]
    return int(ExitCode.FAILED if failed else ExitCode.DONE)


def _show(told: Told, json: bool) -> None:
    if json:
        print(dumps({"step": told.step, "ok": told.ok, "detail": told.detail}), flush=True)
    else:
        print(f"{'ok  ' if told.ok else 'FAIL'}  {told.step.ljust(WIDTH)}  {told.detail}", flush=True)
