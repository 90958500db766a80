"""`coalchat demo` at a terminal: it opens, it recovers, and whatever ends it leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.story.terminals import Terminal

DEMO = (sys.executable, "-P", "-m", "coalchat.cli", "demo")
SCREEN = b"\x1b[?1049h"
MAIN_SCREEN = b"\x1b[?1049l"
F10 = "\x1b[21~"

pytestmark = [pytest.mark.story, pytest.mark.timeout(150), pytest.mark.usefixtures("unmeasured")]


@pytest.fixture
def place() -> Iterator[Path]:
    """A temporary directory with a short name: sockets have room for 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="story-") as name:
        yield Path(name)


@pytest.fixture
def terminal(place: Path) -> Iterator[Terminal]:
    """The demo at a terminal, with its desk open."""
    made = Terminal(DEMO, {**os.environ, "TMPDIR": str(place)})
    try:
        assert made.until("founding three nations") >= 0
        assert made.until("#ops-north") >= 0
        assert SCREEN in made.raw
        yield made
    finally:
        made.process.kill()
        made.process.wait()
        made.close()


def processes(place: Path, program: str = "") -> list[int]:
    """Processes whose command line names this directory, and this program; one that has ended has none."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if os.fsencode(place) in line and program.encode() in line:
            found.append(int(path.parent.name))
    return found


def until(look: Callable[[], object], what: str) -> None:
    """Look again and again. A generous limit for a busy machine: what is promised is three seconds."""
    end = time.monotonic() + 20
    while not look():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def test_it_opens_recovers_and_leaves_nothing(place: Path, terminal: Terminal) -> None:
    for words in ("#ops-north", "#intel-fusion", "#med", "#alerts", "profile 001 in force"):
        terminal.until(words)
    assert len(processes(place, "coalchat.node")) == 5
    # A node that dies under the desk comes back, and so does the desk.
    (berg,) = set(processes(place, "/xaa-lt-berg")) & set(processes(place, "coalchat.node"))
    seen = len(terminal.shown)
    os.kill(berg, signal.SIGKILL)
    seen = terminal.until("restarting", after=seen)
    # While the node is up, the ROE stand in the place of its words.
    terminal.until("profile 001 in force", after=seen)
    assert berg not in processes(place)
    terminal.type(F10)
    assert terminal.wait() == 0
    assert "the demo is over" in terminal.shown
    assert terminal.modes() == terminal.before
    assert MAIN_SCREEN in terminal.raw
    assert processes(place) == []
    assert list(place.iterdir()) == []


def test_a_director_that_is_killed_leaves_no_process(place: Path, terminal: Terminal) -> None:
    terminal.process.kill()
    assert terminal.wait() == -signal.SIGKILL
    until(lambda: not processes(place), "a process is left")
    assert not list(place.rglob("*.sock"))


def test_a_terminal_that_is_closed_leaves_nothing(place: Path, terminal: Terminal) -> None:
    terminal.close()
    assert terminal.wait() == 128 + signal.SIGHUP
    until(lambda: not processes(place), "a process is left")
    assert list(place.iterdir()) == []


def test_a_desk_that_is_killed_ends_it_with_a_terminal_as_it_was(place: Path, terminal: Terminal) -> None:
    (desk,) = processes(place, "coalchat.desk")
    assert terminal.modes() != terminal.before
    os.kill(desk, signal.SIGKILL)
    assert terminal.wait() == 128 + signal.SIGKILL
    assert terminal.modes() == terminal.before
    assert MAIN_SCREEN in terminal.raw
    assert processes(place) == []
    assert list(place.iterdir()) == []


def test_an_interrupt_while_it_founds_leaves_nothing(place: Path) -> None:
    demo = Terminal(DEMO, {**os.environ, "TMPDIR": str(place)})
    try:
        demo.until("founding three nations")
        until(lambda: processes(place, "coalchat.node"), "the first node")
        demo.type("\x03")
        assert demo.wait() == 128 + signal.SIGINT
        assert processes(place) == []
        assert list(place.iterdir()) == []
    finally:
        demo.process.kill()
        demo.process.wait()
        demo.close()
