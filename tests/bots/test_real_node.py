"""A bot that starts the node of its home, on real homes."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import anyio
import pytest

from coalchat.api.scopes import Scope
from coalchat.bots import Bot
from coalchat.client import Client, connect
from coalchat.errors import NodeUnavailable, WrongPassphrase
from coalchat.paths import Home, ensure_private_home
from tests.bots.conftest import until
from tests.fakes.nodes import PASSPHRASE, found_homes


@pytest.fixture
def founded(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A nation's home in place of the scripted node's, and no node of it left afterwards."""
    monkeypatch.setattr("tests.fakes.nodes.NOW", int(time.time()))  # a real node has the machine's clock
    made = found_homes(home.path.parent, ("XAA",))["XAA"]
    (made.path / "config.toml").write_text('listen = "127.0.0.1:0"\n')
    yield ensure_private_home(made.path)
    for pid in nodes_of(made):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def secret(founded: Home) -> Path:
    path = founded.path.parent / "pass"
    path.touch(mode=0o600)
    path.write_bytes(PASSPHRASE)
    return path


def nodes_of(home: Home) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = entry.read_bytes().split(b"\0")
            if b"coalchat.node" in words and os.fsencode(home.path) in words:
                found.append(int(entry.parent.name))
    return found


async def pid_of(client: Client) -> int:
    return (await client.status()).pid


async def test_it_starts_the_node_and_starts_it_again(founded: Home, secret: Path) -> None:
    async with Bot("sensor-7", home=founded.path, passphrase_file=secret) as bot:
        first = await bot.ask(pid_of)
        async with connect(founded.path, client_name="test", start=False, scopes=(Scope.ADMIN,)) as admin:
            await admin.create_channel("alerts", ("XAA",), "RESTRICTED")
        sent = await bot.post("#alerts", "31 %", "RESTRICTED", key="1")
        assert sent.marking == "MISSION RESTRICTED REL XAA"
        os.kill(first, signal.SIGKILL)
        again = await bot.post("#alerts", "31 %", "RESTRICTED", key="1")
        assert (again.entry_id, again.repeated) == (sent.entry_id, True)
        second = await bot.ask(pid_of)
        assert second != first
    async with connect(founded.path, client_name="test", start=False) as admin:
        assert (await admin.status()).pid == second
        await admin.stop()
    await until(lambda: second not in nodes_of(founded))


async def test_a_node_that_it_cannot_unlock_is_not_left_running(founded: Home, secret: Path) -> None:
    secret.write_bytes(b"wrong")  # noqa: ASYNC240 - a test
    with pytest.raises(WrongPassphrase):
        async with Bot("sensor-7", home=founded.path, passphrase_file=secret):
            pytest.fail("it runs")
    await until(lambda: not nodes_of(founded))


async def test_without_leave_to_start_one_it_waits(founded: Home, secret: Path) -> None:
    with anyio.move_on_after(1) as scope:
        async with Bot("sensor-7", home=founded.path, passphrase_file=secret, start=False):
            pytest.fail("there is none")
    assert scope.cancelled_caught
    assert nodes_of(founded) == []
    with pytest.raises(NodeUnavailable):
        async with connect(founded.path, client_name="test", start=False):
            pytest.fail("there is none")
