"""The node as a process (SPEC 10.1): `python -m coalchat.node --home DIR`.

Rule 1: one node a home: a file lock is held for the process's life; a second node ends with 75 within a second.
Rule 2: nothing secret stands in arguments or environment: the passphrase comes by `unlock` over the socket, or from a
file descriptor or a private file.
Rule 3: no core dumps, and no other process of this user may read our memory, as far as the system allows.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import socket
import struct
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import attrs
import structlog
import trio
from filelock import FileLock, Timeout

from coalchat.config import load_config
from coalchat.errors import CoalchatError, ExitCode, HomeInUse, NoHome, UsageError
from coalchat.grouped import leaf
from coalchat.log import configure_log
from coalchat.net.tls import Identity
from coalchat.net.transport import TcpTransport
from coalchat.node.daemon import Node, Settings
from coalchat.node.keyring import KeysInFile
from coalchat.node.ports import ProcessLife, SystemClock, SystemEntropy
from coalchat.node.session import Capture
from coalchat.paths import (
    Home,
    check_home,
    ensure_runtime_directory,
    find_home,
    read_private_file,
    socket_path,
    write_token,
)
from coalchat.store.runner import in_thread
from coalchat.store.writer import Store, open_store

MAX_PASSPHRASE = 1_024
_PR_SET_DUMPABLE = 4

log = structlog.get_logger("coalchat.node")


@attrs.frozen
class Options:
    """What the process was asked.

    Attributes:
        parent_fd: read end of a pipe whose closing ends the node.
        ready_fd: closed when the node listens to clients, and works if it was given a passphrase.
        link_capture: file that gets every link frame in clear, for diagnosis.
    """

    home: Home
    listen: str | None = None
    passphrase: bytes | None = attrs.field(default=None, repr=False)
    parent_fd: int | None = None
    ready_fd: int | None = None
    link_capture: Path | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a node; the exit code."""
    try:
        options = _options(arguments)
        return run_node(options)
    except CoalchatError as error:
        print(f"coalchat: {error}", file=sys.stderr)  # noqa: T201 - a process says why it ends on stderr
        return int(error.exit_code)


def _options(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(prog="coalchat.node", description="Run the node of a home.")
    parser.add_argument("--home", required=True)
    parser.add_argument("--listen")
    parser.add_argument("--passphrase-fd", type=int)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--parent-fd", type=int)
    parser.add_argument("--ready-fd", type=int)
    parser.add_argument("--link-capture", type=Path)
    given = parser.parse_args(arguments)
    passphrase = None
    if given.passphrase_fd is not None:
        with os.fdopen(given.passphrase_fd, "rb") as file:
            passphrase = file.read(MAX_PASSPHRASE + 1).rstrip(b"\r\n")
    elif given.passphrase_file is not None:
        passphrase = read_private_file(given.passphrase_file, limit=MAX_PASSPHRASE).rstrip(b"\r\n")
    return Options(
        check_home(find_home(given.home)),
        given.listen,
        passphrase,
        given.parent_fd,
        given.ready_fd,
        given.link_capture,
    )


def run_node(options: Options) -> int:
    """Run a node until it is told to end.

    Raises:
        HomeInUse: another node runs on this home. CoalchatError: it cannot start.
    """
    home = options.home
    if not home.keys.exists():
        raise NoHome(str(home.path))
    _harden()
    lock = FileLock(home.lock, mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise HomeInUse(str(home.path)) from None
    try:
        return trio.run(partial(_serve, options))
    except* CoalchatError as group:
        raise leaf(group) from None
    finally:
        lock.release()


def _harden() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


async def _serve(options: Options) -> int:
    configure_log()
    home = options.home
    config = load_config(home)
    directory = ensure_runtime_directory()
    path = socket_path(home)
    token = write_token(home, os.urandom(32))
    settings = Settings(config.listen if options.listen is None else options.listen, config.carry)
    with _capture(options.link_capture) as capture:
        node = Node(
            clock=SystemClock(),
            entropy=SystemEntropy,
            transport=TcpTransport(Identity.generate()),
            keys=KeysInFile(home.keys, SystemEntropy),
            open_store=partial(_open_store, home),
            lifecycle=ProcessLife(options.parent_fd),
            token=token,
            settings=settings,
            capture=capture,
        )
        log.info("node starts", home=str(home.path), socket=str(path), directory=str(directory))
        try:
            async with trio.open_nursery() as nursery:
                await nursery.start(_listen, path, node)
                nursery.start_soon(_begin, options, node)
                await node.run()
                nursery.cancel_scope.cancel()
        finally:
            path.unlink(missing_ok=True)
    return int(ExitCode.DONE)


async def _begin(options: Options, node: Node) -> None:
    """Unlock if a passphrase was given, then say that the node is ready."""
    if options.passphrase is not None:
        await node.unlock(options.passphrase)
    if options.ready_fd is not None:
        os.close(options.ready_fd)


@asynccontextmanager
async def _open_store(home: Home, key: bytes) -> AsyncIterator[Store]:
    async with (
        trio.open_nursery() as nursery,
        open_store(home.store, key, nursery=nursery, run_sync=in_thread()) as store,
    ):
        yield store


# --- the socket ---


async def _listen(path: Path, node: Node, *, task_status: trio.TaskStatus[None]) -> None:
    """Serve clients of this user on the home's socket. We hold the home's lock: an old socket is a dead node's."""
    path.unlink(missing_ok=True)  # noqa: ASYNC240 - one unlink in a directory of ours
    bound = trio.socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        await bound.bind(str(path))
    except OSError as error:
        raise UsageError(f"cannot listen on {path}: {error.strerror}") from None
    finally:
        os.umask(before)
    bound.listen(64)
    listener = trio.SocketListener(bound)
    await trio.serve_listeners(partial(_client, node), [listener], task_status=task_status)  # type: ignore[arg-type]


async def _client(node: Node, stream: trio.SocketStream) -> None:
    if _peer_uid(stream) != os.geteuid():
        await stream.aclose()
        return
    await node.server.serve(stream)


def _peer_uid(stream: trio.SocketStream) -> int:
    credentials = stream.socket.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", credentials)
    return int(uid)


# --- diagnosis ---


@contextmanager
def _capture(path: Path | None) -> Iterator[Capture | None]:
    """A file that gets every link frame in clear: direction, length, bytes."""
    if path is None:
        yield None
        return
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "ab", buffering=0) as file:

        def write(direction: str, frame: bytes) -> None:
            file.write(direction.encode("ascii") + len(frame).to_bytes(4, "big") + frame)

        yield write
