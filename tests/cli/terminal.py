"""A person at a terminal: a program with a controlling terminal of its own, and answers typed after prompts."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

# Who leads a session and opens a terminal without O_NOCTTY is controlled by it.
_TAKE = "import os, sys; os.close(os.open(os.ttyname(0), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"


def at_terminal(
    command: Sequence[str], answers: Sequence[tuple[str, str]], *, cwd: Path, environ: Mapping[str, str]
) -> tuple[int, str]:
    """Run a program and type each answer when its prompt has come; exit code, and all that the screen showed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", _TAKE, *command],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        cwd=cwd,
        env=dict(environ),
        start_new_session=True,
    )
    os.close(slave)
    shown = ""
    try:
        for prompt, answer in answers:
            seen = len(shown)
            while prompt not in shown[seen:]:
                shown += _more(master)
            os.write(master, answer.encode() + b"\n")
        while part := _more(master):
            shown += part
        return process.wait(timeout=30), shown
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _more(master: int, within: float = 30.0) -> str:
    """What comes next; "" once the program has closed its end."""
    end = time.monotonic() + within
    ready, _, _ = select.select([master], [], [], end - time.monotonic())
    assert ready, "the terminal is silent"
    try:
        return os.read(master, 4_096).decode()
    except OSError:
        return ""
