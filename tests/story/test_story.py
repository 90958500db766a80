"""The demo's story as `make story` plays it: real processes, and a demo that is ended leaves none of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

STORY = (sys.executable, "-P", "-m", "coalchat.cli", "demo", "--headless", "--json")
STEPS = [
    "founded",
    "released-readable",
    "withheld-unreadable",
    "over-label-refused",
    "receipts",
    "roe-acknowledged",
    "forged-refused",
    "restart-no-loss",
    "offline-catch-up",
    "bot-alert",
    "report-filed",
    "clean-exit",
]

pytestmark = [pytest.mark.story, pytest.mark.timeout(150)]


@pytest.fixture
def place() -> Iterator[Path]:
    """A temporary directory with a short name: sockets have room for 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="story-") as name:
        yield Path(name)


def test_every_step_holds(place: Path) -> None:
    done = subprocess.run(
        STORY, env={**os.environ, "TMPDIR": str(place)}, capture_output=True, text=True, timeout=140, check=False
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    failed = [f"{each['step']}: {each['detail']}" for each in told if each["ok"] is not True]
    assert not failed, "\n".join([*failed, done.stderr])
    assert [each["step"] for each in told] == STEPS
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(place.iterdir())


@pytest.mark.usefixtures("unmeasured")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)], ids=["told", "killed"])
def test_a_demo_that_is_ended_leaves_no_process(place: Path, number: signal.Signals, code: int) -> None:
    demo = subprocess.Popen(STORY, env={**os.environ, "TMPDIR": str(place)}, stdout=subprocess.PIPE)
    try:
        assert demo.stdout is not None
        assert json.loads(demo.stdout.readline())["step"] == "founded"
        assert len(processes(place)) >= 4
        demo.send_signal(number)
        assert demo.wait(20) == code
        # A generous limit for a busy machine; the story itself claims three seconds.
        until = time.monotonic() + 15
        while processes(place) and time.monotonic() < until:
            time.sleep(0.05)
        assert not processes(place)
    finally:
        demo.kill()
        demo.communicate()
    assert not list(place.rglob("*.sock"))
    if number is not signal.SIGKILL:
        assert not list(place.iterdir())


def test_without_a_terminal_it_says_what_plays_it(place: Path) -> None:
    done = subprocess.run(
        STORY[:-2], env={**os.environ, "TMPDIR": str(place)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "make story" in done.stderr


def processes(place: Path) -> list[str]:
    """Command lines that name this directory; one that has ended has none."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if str(place) in line:
            found.append(line)
    return found
