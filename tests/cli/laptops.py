"""Laptops: homes of their own on which the real program runs, in real processes, with real nodes.

Rule 1: a command runs without a terminal: in a session of its own, with stdin empty or given.
Rule 2: whatever a test does, no node of its homes is left: they are asked to stop, then ended by their process id.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from tests.cli import forked

PROGRAM = (sys.executable, "-P", "-m", "coalchat.cli")
PASSPHRASE = "correct horse battery staple"
CHEAPEST = "[kdf]\nmemory_kib = 65536\npasses = 3\n"
WITHIN = 30.0


@attrs.frozen
class Result:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """Its JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def record(self) -> dict[str, Any]:
        """Its only JSON line."""
        (only,) = self.records
        return only

    @property
    def error(self) -> dict[str, str]:
        """The last line of stderr, as the error of `--json`."""
        found: dict[str, str] = json.loads(self.err.splitlines()[-1])["error"]
        return found


def until(look: Callable[[], Any], within: float = WITHIN) -> Any:
    """What `look` finds, once it finds something: for what another process does in its own time."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.15)  # a look is often a whole program
    return found


@attrs.define
class Laptop:
    """A home and the program on it.

    Attributes:
        desk: the directory that commands run in, with the passphrase in `pass`.
    """

    name: str
    desk: Path
    environ: Mapping[str, str]
    _nodes: list[subprocess.Popen[str]] = attrs.field(factory=list, init=False)

    @property
    def home(self) -> Path:
        return self.desk / self.name

    def prepare(self) -> Laptop:
        """Make the home's directory, where guarding a passphrase costs as little as is allowed."""
        self.home.mkdir(mode=0o700)
        (self.home / "config.toml").write_text(CHEAPEST)
        return self

    def words(self, *arguments: str | Path, passphrase: bool = True) -> list[str]:
        """A command line behind the program's name."""
        secret = ["--passphrase-file", "pass"] if passphrase else []
        return [*map(str, arguments), "--home", self.name, *secret]

    def command(self, *arguments: str | Path, passphrase: bool = True) -> list[str]:
        return [*PROGRAM, *self.words(*arguments, passphrase=passphrase)]

    def run(
        self,
        *arguments: str | Path,
        code: int = 0,
        stdin: str | bytes = b"",
        passphrase: bool = True,
        environ: Mapping[str, str] | None = None,
    ) -> Result:
        """Run a command to its end, which must have this exit code."""
        done = self.ended(
            *arguments,
            stdin=stdin.encode() if isinstance(stdin, str) else stdin,
            passphrase=passphrase,
            environ=environ or {},
        )
        result = Result(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert result.code == code, result
        assert "Traceback" not in result.err
        return result

    def ended(
        self,
        *arguments: str | Path,
        stdin: bytes = b"",
        passphrase: bool = True,
        environ: Mapping[str, str] = MappingProxyType({}),
    ) -> subprocess.CompletedProcess[bytes]:
        """A command that has run to its end, whatever its exit code."""
        return forked.run(
            self.words(*arguments, passphrase=passphrase),
            stdin=stdin,
            cwd=self.desk,
            environ={**self.environ, **environ},
            within=WITHIN,
        )

    def start(self, *arguments: str | Path, passphrase: bool = True) -> subprocess.Popen[str]:
        """Start a command that goes on; it is ended with the laptop."""
        process = subprocess.Popen(
            self.command(*arguments, passphrase=passphrase),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.desk,
            env=dict(self.environ),
            start_new_session=True,
        )
        self._nodes.append(process)
        return process

    def node(self, *arguments: str, phase: str = "unlocked", passphrase: bool = True) -> dict[str, Any]:
        """`node run` in the background; its status once it is in this phase."""
        process = self.start("node", "run", *arguments, passphrase=passphrase)

        def up() -> dict[str, Any] | None:
            assert process.poll() is None, process.communicate()
            done = self.ended("node", "status", "--json")
            status = json.loads(done.stdout) if done.returncode == 0 else None
            return status if status and status["node"]["phase"] == phase else None

        status: dict[str, Any] = until(up)
        return status

    def close(self) -> None:
        """Leave no process of this home."""
        if (self.home / "keys").exists():
            self.ended("node", "stop", passphrase=False)
        for process in self._nodes:
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
        for pid in processes_of(self.home):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def processes_of(home: Path) -> list[int]:
    """Nodes of exactly this home."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = entry.read_bytes().split(b"\0")
            if b"coalchat.node" in words and os.fsencode(home) in words:
                found.append(int(entry.parent.name))
    return found


@contextmanager
def laptops(desk: Path) -> Iterator[Callable[[str], Laptop]]:
    """Make laptops that share a desk, and leave none of them running."""
    (desk / "run").mkdir(mode=0o700)
    secret = desk / "pass"
    secret.touch(mode=0o600)
    secret.write_text(PASSPHRASE + "\n")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("COALCHAT_")}
    environ["XDG_RUNTIME_DIR"] = str(desk / "run")
    made: list[Laptop] = []

    def make(name: str) -> Laptop:
        made.append(Laptop(name, desk, environ).prepare())
        return made[-1]

    try:
        yield make
    finally:
        for laptop in made:
            laptop.close()
