"""The README's bot, word for word, on a real node beside another nation's."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import attrs
import pytest
import trio

from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Flag, Role
from coalchat.demo import founding
from coalchat.demo.claims import until
from coalchat.demo.place import environment
from coalchat.demo.processes import Device, start_all, stop_all

README = Path(__file__).parents[2] / "README.md"
SECTION = "## A bot in ten lines\n"
CHANNEL = "alerts"

pytestmark = [pytest.mark.story, pytest.mark.timeout(150), pytest.mark.usefixtures("unmeasured")]


def blocks(kind: str) -> list[str]:
    """Code blocks of the section."""
    section = README.read_text().split(SECTION)[1].split("\n## ")[0]
    return [block.split("```")[0] for block in section.split(f"```{kind}\n")[1:]]


@attrs.frozen
class Town:
    """Two nations, and a bot of the first.

    Attributes:
        files: where the bot's own file and its passphrase are.
    """

    xaa: Device
    xbb: Device
    bot: Device
    files: Path

    async def open(self) -> None:
        exchange = self.files / "exchange"
        async with trio.open_nursery() as nursery:
            nursery.start_soon(founding.unpack, self.bot)
            custodians = {"XAA": self.xaa, "XBB": self.xbb}
            await founding.found(custodians, {"XAA": "Cdr Aalto", "XBB": "Cdr Berg"}, exchange)
            await start_all([self.xaa, self.xbb])
        await founding.enrol(self.xaa, self.bot, "Echo", Role.BOT, "RESTRICTED")
        await founding.dial(self.xbb, [self.xaa])
        await founding.dial(self.bot, [self.xaa])
        for device in (self.xaa, self.xbb, self.bot):
            await until(partial(founding.knows, device, {"XAA": 2, "XBB": 1}), f"{device.name} knows every device")
        async with self.xaa.client() as client:
            await client.create_channel(CHANNEL, ("XAA", "XBB"), "SECRET")
        for device in (self.xbb, self.bot):
            await until(partial(founding.knows_channel, device, CHANNEL), f"{device.name} knows the channel")

    def command(self) -> list[str]:
        """The README's command, with this test's paths."""
        (line,) = blocks("console")
        match = re.fullmatch(r"bot\$ python (.*)\n", line)
        assert match is not None
        return [sys.executable, *(self._here(word) for word in shlex.split(match[1]))]

    def _here(self, word: str) -> str:
        return {"~/echo": str(self.bot.home.path), "~/echo.pass": str(self.files / "echo.pass")}.get(word, word)


@pytest.fixture
def town() -> Iterator[Town]:
    """Not running yet; a directory with a short name, because sockets have room for 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="bot-") as name:
        root = Path(name).resolve()
        environ = environment(root)
        names = ("XAA custodian", "XBB custodian", "XAA bot")
        xaa, xbb, bot = (founding.device(root, each, environ) for each in names)
        made = Town(xaa, xbb, bot, root)
        (source,) = blocks("python")
        (root / "echo.py").write_text(source)
        (root / "echo.pass").touch(mode=0o600)
        (root / "echo.pass").write_bytes(made.bot.passphrase)
        yield made


async def replies(town: Town) -> list[Message]:
    async with town.xbb.client() as client:
        return [message for message in await client.all_messages(CHANNEL) if not message.mine]


async def listens(town: Town) -> bool:
    return (town.bot.home.path / "bots" / "echo.json").exists()


async def test_the_bot_of_the_readme(town: Town) -> None:
    try:
        await town.open()
        await town.bot.stop()  # it starts its node itself
        await play(town)
    finally:
        with trio.CancelScope(shield=True):
            await stop_all([town.xaa, town.xbb])


async def play(town: Town) -> None:
    bot = await trio.lowlevel.open_process(
        town.command(), cwd=town.files, env=dict(town.bot.environ), stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        await until(partial(listens, town), "the bot listens")
        async with town.xbb.client() as client:
            await client.send(CHANNEL, "radio check", "RESTRICTED")
            await client.send(CHANNEL, "status of what it is not cleared for", "SECRET")
            asked = await client.send(CHANNEL, "status?", "RESTRICTED REL XAA, XBB")

        async def replied() -> list[Message]:
            return await replies(town)

        (reply,) = await until(replied, "XBB reads the bot's reply")
        assert (reply.text, reply.marking) == ("link quality 31 %", "MISSION RESTRICTED REL XAA, XBB")
        assert (reply.refs, reply.author_person) == ((asked.entry_id,), "Echo")
        assert Flag.AUTO in reply.flags
        bot.send_signal(signal.SIGTERM)
        with trio.fail_after(20):
            assert await bot.wait() == 0
        state = json.loads((town.bot.home.path / "bots" / "echo.json").read_text())
        assert (state["parked"], state["parked_ever"]) == ([], 0)
    finally:
        with trio.CancelScope(shield=True):
            bot.kill()
            await bot.wait()
            async with town.bot.client() as client:  # the node that the bot has started
                await client.stop()
    assert not town.bot.socket.exists()
