"""What `coalchat keys zeroize` does (SPEC 11.3): a typed word, the node's end, and then the files.

Rule 1: nothing is asked of the node but to stop; one that does not, or answers nobody, is ended by the process id that
the system gives for its socket.
Rule 2: a node that could not be ended is said: it has the keys in its memory, and may write them again.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from coalchat.cli.files import wait_alone
from coalchat.cli.options import Asked
from coalchat.errors import CoalchatError, UsageError

if TYPE_CHECKING:
    from coalchat.custody.zeroizing import Zeroizing
    from coalchat.paths import Home

WORD = "ZEROIZE"
STOPS_WITHIN = 4.0
"""Seconds for the node to end in order: who destroys keys has no time."""


def require_word(asked: Asked) -> None:
    """Ask for the word.

    Raises:
        UsageError: there is nobody to ask, or something else was typed; nothing was destroyed.
    """
    from coalchat.cli.terminal import ask_line, available

    if not available():
        raise UsageError("there is no terminal to ask at", hint="with --yes-destroy-everything nothing is asked")
    if ask_line(f"all keys and messages in {asked.home.path} will be destroyed; type {WORD} to go on: ") != WORD:
        raise UsageError("that was not the word: nothing was destroyed")


def destroy(asked: Asked) -> Zeroizing:
    """Stop the node and destroy the home.

    Raises:
        NoHome, HomeNotPrivate: there is no home of ours here.
        CoalchatError: something could not be destroyed; the rest is gone.
    """
    from coalchat.cli.times import dtg
    from coalchat.custody.zeroizing import zeroize
    from coalchat.errors import NoHome
    from coalchat.paths import check_private

    home = asked.home
    check_private(home)
    if not any(path.exists() for path in (home.keys, home.store, home.zeroized)):
        raise NoHome(str(home.path))
    ended = _end_node(home)
    done = zeroize(home, f"the keys of this home were destroyed at {dtg(int(time.time()))}")
    if not ended:
        raise CoalchatError(
            "the node still runs, with keys in its memory",
            hint="end its process, then run this again: it may have written the key file anew",
        )
    if done.left:
        raise CoalchatError(f"could not be destroyed: {', '.join(done.left)}", hint="run it again")
    return done


def _end_node(home: Home) -> bool:
    """Whether no node holds the home any more."""
    if wait_alone(home, 0):
        return True
    pid = _node_of(home)
    _stop(home)
    if wait_alone(home, STOPS_WITHIN):
        return True
    if pid:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return wait_alone(home, STOPS_WITHIN)


def _node_of(home: Home) -> int:
    """Process id of the node that listens for this home, as the system says it; 0 where it does not."""
    from coalchat.paths import check_runtime_directory, socket_candidates

    if sys.platform != "linux":
        return 0
    for path in socket_candidates(home):
        with suppress(OSError, CoalchatError), socket.socket(socket.AF_UNIX) as probe:
            check_runtime_directory(path.parent)  # whoever owns it could name any process
            probe.settimeout(STOPS_WITHIN)
            probe.connect(str(path))
            peer = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            return int(struct.unpack("3i", peer)[0])
    return 0


def _stop(home: Home) -> None:
    """Tell the node to stop; one that does not answer is not waited for long."""
    import anyio

    from coalchat.client import connect

    async def act() -> None:
        with anyio.move_on_after(STOPS_WITHIN):
            async with connect(home.path, client_name="cli", start=False) as client:
                await client.stop()

    with suppress(CoalchatError):
        anyio.run(act, backend="trio")
