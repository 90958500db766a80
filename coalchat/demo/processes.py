"""Devices of the demo, each with a home of its own and a real node process on it.

Rule 1: a passphrase goes through a pipe; it stands in no argument and no environment.
Rule 2: each node holds the read end of a pipe whose write end only this process holds: when this process ends, in
whatever way, the node reads the end of it and ends too.
Rule 3: nodes do not share our process group: what the terminal sends is ours to answer.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import attrs
import trio

from coalchat.client import Client, connect
from coalchat.client.process import NODE_COMMAND
from coalchat.demo.claims import PATIENCE, Unproven
from coalchat.paths import Home, socket_path

STOPPING: Final = 5.0
"""Seconds that a node has to end in order before it is killed."""
ANY_PORT: Final = "127.0.0.1:0"


@attrs.define(eq=False)
class Device:
    """One device: its home and, while it runs, its node.

    Attributes:
        name: for the story's own sentences.
        environ: of the node and of whoever looks for it.
        listen: any port at first, then the one it got: its peers know that one.
        captured: its node writes every frame of its links, in clear, to `capture`.
    """

    name: str
    home: Home
    passphrase: bytes = attrs.field(repr=False)
    environ: Mapping[str, str] = attrs.field(repr=False)
    listen: str = ANY_PORT
    captured: bool = False
    _process: trio.Process | None = attrs.field(default=None, init=False, repr=False)
    _lifeline: int = attrs.field(default=-1, init=False, repr=False)

    # --- where things lie ---

    @property
    def nation(self) -> str:
        """The code of its nation: the first word of its name."""
        return self.name.split()[0]

    @property
    def capture(self) -> Path:
        """Every frame of its links, in clear."""
        return self.home.path / "links.capture"

    @property
    def socket(self) -> Path:
        """Where its node listens to clients."""
        return socket_path(self.home, self.environ)

    # --- the process ---

    @property
    def runs(self) -> bool:
        """Whether its node's process has been started and not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of its node.

        Raises:
            Unproven: none runs.
        """
        if self._process is None:
            raise Unproven(f"the node of {self.name} does not run")
        return self._process.pid

    async def start(self) -> None:
        """Start its node, and wait until it works.

        Raises:
            Unproven: it ended instead; its last words are named.
        """
        secret, parent, ready = os.pipe(), os.pipe(), os.pipe()
        log = os.open(self.home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        self._lifeline = parent[1]
        try:
            self._process = await trio.lowlevel.open_process(
                self._command(secret[0], parent[0], ready[1]),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                pass_fds=(secret[0], parent[0], ready[1]),
                env=dict(self.environ),
                start_new_session=True,
            )
            os.write(secret[1], self.passphrase)
        except BaseException:
            os.close(ready[0])
            await self.kill()
            raise
        finally:
            for descriptor in (*secret, parent[0], ready[1], log):
                os.close(descriptor)
        async with trio.lowlevel.FdStream(ready[0]) as end:
            with trio.move_on_after(PATIENCE):
                await end.receive_some(1)
        if not self.runs:
            raise Unproven(f"the node of {self.name} ended: {self._last_words()}")
        await self.learn_address()

    async def learn_address(self) -> None:
        """Keep the address where peers may dial its node, once it has one: it stays the same from then on."""
        async with self.client() as client:
            self.listen = next(iter((await client.status()).listen), self.listen)

    def _command(self, secret: int, parent: int, ready: int) -> list[str]:
        options = {
            "--home": self.home.path,
            "--listen": self.listen,
            "--passphrase-fd": secret,
            "--parent-fd": parent,
            "--ready-fd": ready,
            **({"--link-capture": self.capture} if self.captured else {}),
        }
        return [*NODE_COMMAND, *(str(part) for pair in options.items() for part in pair)]

    def _last_words(self) -> str:
        lines = self.home.log.read_text("utf-8", "replace").splitlines()
        return lines[-1] if lines else "it said nothing"

    async def ended(self) -> None:
        """Wait until its node's process ends, for whatever reason."""
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> int:
        """End its node in order; the exit code. One that does not run is left as it is."""
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                process.terminate()
            with trio.move_on_after(STOPPING, shield=True):
                await process.wait()
        return await self.kill()

    async def kill(self) -> int:
        """End its node at once, as a power cut would; the exit code."""
        process, self._process = self._process, None
        lifeline, self._lifeline = self._lifeline, -1
        try:
            if process is None:
                return 0
            if process.poll() is None:
                process.kill()
            with trio.CancelScope(shield=True):
                await process.wait()
            return process.returncode or 0
        finally:
            if lifeline >= 0:
                os.close(lifeline)

    # --- its user ---

    @asynccontextmanager
    async def client(self, name: str = "demo") -> AsyncIterator[Client]:
        """A client of its node, over the node's socket."""
        async with connect(self.home.path, client_name=name, start=False, environ=self.environ) as client:
            yield client


async def start_all(devices: list[Device]) -> None:
    """Start the nodes of these devices side by side."""
    async with trio.open_nursery() as nursery:
        for device in devices:
            nursery.start_soon(device.start)


async def stop_all(devices: list[Device]) -> None:
    """Stop the nodes of these devices side by side."""
    async with trio.open_nursery() as nursery:
        for device in devices:
            nursery.start_soon(device.stop)
