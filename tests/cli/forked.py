"""Commands in processes that need not start: a warm interpreter forks, and the child runs the command.

Starting Python and importing the program takes many times as long as most commands do.

Rule 1: a command has what a process of its own has: session, directory, environment, stdin, stdout, stderr, exit code.
It shares with others only what was imported before.
Rule 2: how the program starts is asked of processes that start: those of `Laptop.start`, of a terminal, of test_door.

This file is both sides: `run` for tests, and the script that waits and forks.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import gc
import importlib
import json
import os
import pkgutil
import pty
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOM = 1 << 20
"""Bytes of a request: its environment is the largest part."""


def run(
    arguments: Sequence[str], *, stdin: bytes, cwd: Path, environ: Mapping[str, str], within: float
) -> subprocess.CompletedProcess[bytes]:
    """Run `coalchat` with these arguments to its end, as `subprocess.run` would with its output captured."""
    (out, its_out), (err, its_err) = os.pipe(), os.pipe()
    with tempfile.TemporaryFile() as given:
        given.write(stdin)
        given.seek(0)
        code, written = _run(arguments, cwd, environ, (given.fileno(), its_out, its_err), (out, err), within)
    return subprocess.CompletedProcess(list(arguments), code, written[out], written[err])


def at_terminal(
    arguments: Sequence[str], *, columns: int, cwd: Path, environ: Mapping[str, str], within: float
) -> tuple[int, bytes]:
    """Run it with a terminal of so many columns in the place of stdin, stdout and stderr; exit code, and all that it wrote.

    It is no controlling terminal: nobody is asked anything.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    code, written = _run(arguments, cwd, environ, (slave, slave, slave), (master,), within)
    return code, written[master]


def _run(
    arguments: Sequence[str],
    cwd: Path,
    environ: Mapping[str, str],
    its: tuple[int, int, int],
    ours: Sequence[int],
    within: float,
) -> tuple[int, dict[int, bytes]]:
    """Exit code, and what was written to each of our ends."""
    door = _door()
    request = json.dumps({"arguments": arguments, "cwd": str(cwd), "environ": dict(environ)})
    socket.send_fds(door, [request.encode()], its)
    for descriptor in {*its[1:]}:
        os.close(descriptor)
    child = int(door.recv(64))
    try:
        written = _read(ours, time.monotonic() + within)
    except TimeoutError:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        code = int(door.recv(64))
    return code, written


def _read(ends: Sequence[int], end: float) -> dict[int, bytes]:
    """All that is written to each."""
    read = dict.fromkeys(ends, b"")
    with selectors.DefaultSelector() as ready:
        for pipe in read:
            ready.register(pipe, selectors.EVENT_READ)
        try:
            while ready.get_map():
                found = ready.select(max(0.0, end - time.monotonic()))
                if not found:
                    raise TimeoutError(f"the command does not end; so far: {read}")
                for key, _ in found:
                    part = _part(key.fd)
                    read[key.fd] += part
                    if not part:
                        ready.unregister(key.fd)
        finally:
            for pipe in read:
                os.close(pipe)
    return read


def _part(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # so ends a terminal that nobody has open any more
        return b""


@functools.cache
def _door() -> socket.socket:
    """The way to the script, which ends with this process."""
    door, its_door = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process = subprocess.Popen(
        [sys.executable, "-P", __file__, str(its_door.fileno())],
        pass_fds=(its_door.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    its_door.close()

    def close() -> None:
        door.close()
        process.wait()

    atexit.register(close)
    return door


# --- the script ---


def _serve(door: socket.socket) -> int:
    """Fork for each request; the exit code of the command in a child, 0 in the parent, once nobody asks any more."""
    from typer.main import get_command

    from coalchat.cli import door as door_of_commands
    from coalchat.cli.app import app

    for package in ("coalchat.cli", "coalchat.client", "coalchat.custody"):
        where = importlib.import_module(package)
        for module in pkgutil.walk_packages(where.__path__, f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    # The tree of commands is the same for each; what a child's collector does not touch is not copied.
    tree = functools.cache(get_command)
    tree(app)
    vars(door_of_commands)["get_command"] = tree
    gc.collect()
    gc.freeze()
    while True:
        request, descriptors, _, _ = socket.recv_fds(door, ROOM, 3)
        if not request:
            return 0
        child = os.fork()
        if child == 0:
            door.close()
            return _command(json.loads(request), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        door.send(b"%d" % child)
        _, status = os.waitpid(child, 0)
        door.send(b"%d" % os.waitstatus_to_exitcode(status))


def _command(request: dict[str, object], descriptors: list[int]) -> int:
    os.setsid()
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    # The streams as an interpreter makes them that finds these descriptors.
    code, (given, said, told) = sys.stdout.encoding, (s.errors for s in (sys.stdin, sys.stdout, sys.stderr))
    sys.stdin = os.fdopen(0, encoding=code, errors=given, closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding=code, errors=said, closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding=code, errors=told, closefd=False)
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["environ"])  # type: ignore[call-overload]  # JSON: of strings, to strings
    sys.argv = ["coalchat", *request["arguments"]]  # type: ignore[misc]  # JSON: a list
    from coalchat.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(_serve(socket.socket(fileno=int(sys.argv[1]))))
