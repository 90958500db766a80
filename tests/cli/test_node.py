"""`coalchat node start`, and a node in a job of the background."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from coalchat.config import load_config
from coalchat.paths import find_home
from tests.cli.conftest import found
from tests.cli.laptops import Laptop, until
from tests.story.test_readme import free_port

# A job of the background: its group is not the one that the terminal listens to.
_JOB = """
import os, subprocess, sys
os.close(os.open(os.ttyname(0), os.O_RDWR))
sys.exit(subprocess.run(sys.argv[1:], process_group=0).returncode)
"""


def test_where_peers_may_dial_is_kept_for_whatever_starts_the_node(make: Callable[[str], Laptop]) -> None:
    laptop, _ = found(make, "XAA", "XBB")
    address = f"127.0.0.1:{free_port()}"
    started = laptop.run("node", "start", "--listen", address, "--json").record
    assert (started["node"]["phase"], started["listen"]) == ("unlocked", [address])
    again = laptop.run("node", "start", "--listen", address, "--json").record
    assert again["pid"] == started["pid"]

    refused = laptop.run("node", "start", "--listen", f"127.0.0.1:{free_port()}", "--json", code=1)
    assert "a node runs already" in refused.error["detail"]
    assert load_config(find_home(laptop.home)).listen == address  # as it was

    laptop.run("node", "stop")
    assert laptop.run("status", "--json").record["listen"] == [address]  # another command starts it
    laptop.run("node", "stop")
    assert laptop.run("node", "start", "--listen", "", "--json").record["listen"] == []


def test_an_address_that_cannot_be_had_is_not_kept(make: Callable[[str], Laptop]) -> None:
    laptop, other = found(make, "XAA", "XBB")
    address = other.run("node", "start", "--listen", "127.0.0.1:0", "--json").record["listen"][0]
    before = (laptop.home / "config.toml").read_bytes()
    refused = laptop.run("node", "start", "--listen", address, "--json", code=2)
    assert address in refused.error["detail"]
    assert (laptop.home / "config.toml").read_bytes() == before
    refused = laptop.run("node", "start", "--listen", "7447", "--json", code=2)
    assert "host:port" in refused.error["detail"]
    assert laptop.run("node", "start", "--json").record["listen"] == []


def test_a_node_in_the_background_of_a_terminal_waits_locked_and_is_not_stopped(make: Callable[[str], Laptop]) -> None:
    laptop, _ = found(make, "XAA", "XBB")
    master, slave = pty.openpty()
    command = laptop.command("node", "run", passphrase=False)
    process = subprocess.Popen(
        [sys.executable, "-c", _JOB, *command],
        stdin=slave, stdout=slave, stderr=slave, cwd=laptop.desk, env=laptop.environ, start_new_session=True,
    )  # fmt: skip
    os.close(slave)
    try:
        status = until(lambda: _status(laptop))
        assert status["node"]["phase"] == "locked"
        assert laptop.run("status", "--json").record["node"]["phase"] == "unlocked"
        laptop.run("node", "stop")
        assert process.wait(timeout=30) == 0
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        os.close(master)


def _status(laptop: Laptop) -> Any:
    done = laptop.ended("node", "status", "--json", passphrase=False)
    return None if done.returncode else json.loads(done.stdout)
