"""Starting a node of one's own (SPEC 12.1).

The node is another program: it outlives the client, in a session of its own, with nothing of the client's terminal. It
is started locked; the passphrase goes over the socket, never into its arguments or environment.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from coalchat.errors import CoalchatError, ExitCode, NodeUnavailable, NotAuthorised, StoreCorrupt, UsageError
from coalchat.paths import Home

NODE_COMMAND: Final = (sys.executable, "-P", "-m", "coalchat.node")
"""`-P`: never import from the directory that the user happens to stand in."""

_PREFIX: Final = "coalchat: "
_MAX_LOG: Final = 65_536
"""Bytes of the log in which the reason of a failed start is looked for."""

_children: Final[set[int]] = set()
"""Nodes that this process has started and not seen end: somebody has to reap them."""


class NodeProcess:
    """A node that was started and may not be up yet."""

    def __init__(self, pid: int, log: Path, written: int) -> None:
        """`written` bytes of the log are of nodes before this one."""
        self._pid = pid
        self._log = log
        self._written = written
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
            written = home.log.lstat().st_size if home.log.exists() else 0
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
        return cls(pid, home.log, written)

    def ended(self) -> int | None:
        """Its exit code, or None while it runs."""
        if self._exit is None:
            self._exit = _reap(self._pid)
        return self._exit

    def give_way(self, pid: int | None) -> None:
        """End it if it is not the node that was found: once that one stops, a late starter would take its place."""
        if pid is not None and pid != self._pid and self.ended() is None:
            os.kill(self._pid, signal.SIGTERM)  # a child that was not reaped: the number is its own

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
        error = classes.get(code, NodeUnavailable)(f"the node ended with {code} while it started")
        error.hint = "the end of node.log in the home says more"
        said = self._last_words()
        if said:
            error.sentence, error.detail = said, ""
        return error

    def _last_words(self) -> str:
        """The line `coalchat: …` that a node writes to stderr before it ends."""
        try:
            with self._log.open("rb") as file:
                file.seek(self._written)
                lines = file.read(_MAX_LOG).decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return next((line.removeprefix(_PREFIX) for line in reversed(lines) if line.startswith(_PREFIX)), "")


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
