"""The README's "Two laptops", command by command, as three people would type them."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from coalchat.config import Config, save_config
from coalchat.paths import ensure_private_home
from protocol.base.limits import ARGON2_MEMORY_MIN

README = Path(__file__).parents[2] / "README.md"
COALCHAT = [sys.executable, "-m", "coalchat.cli"]
COMMAND = re.compile(r"^(\w+)\$ coalchat (.*)$")


def commands() -> list[tuple[str, str]]:
    """(who, what) of each line of the section's console blocks."""
    section = README.read_text().split("## Two laptops\n")[1].split("\n## ")[0]
    lines = [line for block in section.split("```console\n")[1:] for line in block.split("```")[0].splitlines()]
    found = [COMMAND.match(line) for line in lines]
    assert all(found), "a line that is no command"
    return [(match[1], match[2]) for match in found if match]


@attrs.define
class Laptops:
    base: Path
    ports: dict[str, int]
    background: list[subprocess.Popen[str]] = attrs.field(factory=list)

    def environ(self, who: str) -> dict[str, str]:
        home = self.base / who
        runtime = self.base / "run"
        return {**os.environ, "COALCHAT_HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "COLUMNS": "120"}

    def arguments(self, who: str, line: str) -> list[str]:
        for name, port in self.ports.items():
            line = line.replace(f"{name}.example:7447", f"127.0.0.1:{port}")
        return [*COALCHAT, "--passphrase-file", str(self.base / f"{who}.pass"), *shlex.split(line, comments=True)]

    def start(self, who: str, line: str, **more: object) -> subprocess.Popen[str]:
        process: subprocess.Popen[str] = subprocess.Popen(  # type: ignore[call-overload]
            self.arguments(who, line),
            cwd=self.base,
            env=self.environ(who),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **more,
        )
        self.background.append(process)
        return process

    def run(self, who: str, line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.arguments(who, line),
            cwd=self.base,
            env=self.environ(who),
            capture_output=True,
            text=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def until(self, who: str, line: str, wanted: str) -> str:
        """Run a command again until its output has what is wanted."""
        shown = ""
        for _ in range(200):
            shown = self.run(who, line).stdout
            if wanted in shown:
                return shown
            time.sleep(0.1)
        raise AssertionError(f"{line} never showed {wanted!r}: {shown}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[Laptops]:
    (tmp_path / "run").mkdir(mode=0o700)
    for who in ("alpha", "bravo", "bo"):
        home = ensure_private_home(tmp_path / who)
        save_config(home, Config(kdf_memory_kib=ARGON2_MEMORY_MIN))
        (tmp_path / f"{who}.pass").write_text(f"passphrase of {who}\n")
        (tmp_path / f"{who}.pass").chmod(0o600)
    made = Laptops(tmp_path, {"alpha": free_port(), "bravo": free_port()})
    try:
        yield made
    finally:
        for who in ("alpha", "bravo", "bo"):
            made.run(who, "node stop")
        for process in made.background:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout, process.stderr):
                if stream is not None:
                    stream.close()


@pytest.mark.story
@pytest.mark.usefixtures("unmeasured")
@pytest.mark.timeout(240)
def test_two_laptops(laptops: Laptops) -> None:  # noqa: C901, PLR0912 - one case a kind of command
    code = words = ""
    joining: subprocess.Popen[str] | None = None
    seen = []
    for who, line in commands():
        seen.append(line.split()[0])
        if "# exit 3: " in line:
            refused = laptops.run(who, line)
            assert (refused.returncode, line.split("# exit 3: ")[1] in refused.stderr) == (3, True), refused.stderr
        elif line.startswith("invite create"):
            code = invited(laptops.run(who, line))
        elif line.startswith("join"):
            joining = laptops.start(who, line.replace("join", "join -", 1), stdin=subprocess.PIPE)
            assert joining.stdin is not None
            joining.stdin.write(code + "\n")
            joining.stdin.close()
        elif line.startswith("invite approve"):
            invite, words = asked(laptops)
            approved = laptops.run(who, line.replace("INVITE", invite).replace("SIX WORDS THAT BO READS OUT", words))
            assert approved.returncode == 0, approved.stderr
            assert joining is not None
            assert joining.wait(60) == 0
            assert joining.stdout is not None
            assert joining.stderr is not None
            assert words in joining.stdout.read() + joining.stderr.read()
        elif line.startswith("evidence export"):
            order = json.loads(laptops.run(who, "read ops --json").stdout.splitlines()[0])["entry_id"]
            made = laptops.run(who, line.replace("MESSAGE", order))
            assert made.returncode == 0, made.stderr
        elif line.startswith("report") and "MESSAGE" in line:
            filed = json.loads(laptops.run(who, "report list --json").stdout.splitlines()[-1])
            assert filed["report"]["missing"] == ["UNIT"]
            updated = laptops.run(who, line.replace("MESSAGE", filed["entry_id"]))
            assert updated.returncode == 0, updated.stderr
            assert "SALUTE 001, IMMEDIATE, version 2" in updated.stderr
        elif line.startswith("tail"):
            laptops.until(who, "channel list", "ops")
            tail = laptops.start(who, line)
            assert tail.stdout is not None
            while "Halt and search of vehicles" not in tail.stdout.readline():  # of before he joined; then it waits
                assert tail.poll() is None
            tail.send_signal(signal.SIGINT)
            tail.wait(60)
        else:
            done = laptops.run(who, line)
            assert done.returncode == 0, f"{line}: {done.stderr}"
            if line.startswith("channel create"):
                laptops.until("bravo", "channel list", "ops")
            if line.startswith("roe implement"):
                laptops.until("bravo", "roe list", "TO ACKNOWLEDGE 1")
            if line.startswith("roe ack"):
                laptops.until("alpha", 'roe show "IMPL 001"', "1 with caveat")
            if line.startswith("read ops --mark"):
                assert "radio check" in done.stdout
            if line.startswith("read ops --json"):
                assert '"loud and clear"' in done.stdout
            if line.startswith("evidence check"):
                assert "radio check" in done.stdout
            if line.startswith("audit"):
                assert "send-refused" in done.stdout
    laptops.until("alpha", "read ops", "joined")
    assert {"nation", "charter", "node", "peer", "channel", "send", "read", "invite", "join"} <= set(seen)


def invited(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stderr
    codes = re.findall(r"[A-Z2-7]{5}(?:-[A-Z2-7]{1,5})+", done.stdout)
    assert len(codes) == 1, done.stdout
    return str(codes[0])


def asked(laptops: Laptops) -> tuple[str, str]:
    """The invite that somebody asks with, and its six words as the custodian sees them."""
    shown = laptops.until("bravo", "invite list --json", '"asked"')
    invite = next(json.loads(line) for line in shown.splitlines() if '"asked"' in line)
    assert len(invite["words"]) == 6
    return invite["id"], " ".join(invite["words"])
