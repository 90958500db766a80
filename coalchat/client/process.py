"""Starting a node of one's own (SPEC, "Local API": finding and starting the node).

The node is another program: it outlives the client, in a session of its own, with nothing of the client's terminal. It
is started locked; the passphrase goes over the socket, never into its arguments or environment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from coalchat.errors import CoalchatError, ExitCode, NodeUnavailable, NotAuthorised, StoreCorrupt, UsageError
from coalchat.paths import Home

NODE_COMMAND: Final = (sys.executable, "-P", "-m", "coalchat.node")
"""`-P`: never import from the directory that the user happens to stand in."""

_children: Final[set[int]] = set()
"""Nodes that this process has started and not seen end: somebody has to reap them."""


class NodeProcess:
    """A node that was started and may not be up yet."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._exit: int | None = None

    @classmethod
    def start(cls, home: Home, command: Sequence[str], environ: Mapping[str, str]) -> NodeProcess:
        """Start a node on this home.

        `posix_spawn` and not `subprocess`: the node belongs to nobody, so no object must wait for it or warn about it.

        Raises:
            NodeUnavailable: it cannot be started.
        """
        for pid in tuple(_children):
            _reap(pid)
        log = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        try:
            pid = os.posix_spawn(
                command[0],
                [*command, "--home", str(home.path)],
                dict(environ),
                file_actions=[
                    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                    (os.POSIX_SPAWN_OPEN, 2, str(home.log), log, 0o600),
                ],
                setsid=True,
            )
        except OSError as error:
            raise NodeUnavailable(f"cannot start {command[0]}: {error.strerror}") from None
        _children.add(pid)
        return cls(pid)

    def ended(self) -> int | None:
        """Its exit code, or None while it runs."""
        if self._exit is None:
            self._exit = _reap(self._pid)
        return self._exit

    def failure(self) -> CoalchatError | None:
        """Why it will not come up, or None: it runs, or another node was quicker."""
        code = self.ended()
        if code is None or code == ExitCode.TRY_AGAIN:
            return None
        classes: dict[int, type[CoalchatError]] = {
            ExitCode.USAGE: UsageError,
            ExitCode.NOT_AUTHORISED: NotAuthorised,
            ExitCode.CORRUPT: StoreCorrupt,
        }
        cls = classes.get(code, NodeUnavailable)
        return cls(f"the node ended with {code} while it started", hint="the end of node.log in the home says why")


def _reap(pid: int) -> int | None:
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        # Somebody else in this process waited for it: how it ended is lost.
        _children.discard(pid)
        return ExitCode.FAILED
    if ended == 0:
        return None
    _children.discard(pid)
    return os.waitstatus_to_exitcode(status)
