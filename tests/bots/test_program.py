"""A bot as a process: options, signals, exit codes, and a crash that nothing cleans up after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from anyio.abc import Process

from coalchat.api.vocabulary import Phase
from coalchat.bots.program import INTERRUPTED
from coalchat.paths import Home
from tests.bots.conftest import Desk, until
from tests.fakes.api_node import PASSPHRASE

ECHO = """
import os
from coalchat.bots import Bot, Message

bot = Bot("echo")


@bot.on_message("#alerts")
async def answer(message: Message) -> None:
    await message.reply("heard")
    if os.path.exists("crash"):
        os._exit(9)
    if message.text == "what loop":
        import sniffio
        await message.reply(sniffio.current_async_library())


bot.run(backend=os.environ.get("LOOP", "asyncio"))
"""


@pytest.fixture
def echo(home: Home) -> Path:
    path = home.path.parent / "echo.py"
    path.write_text(ECHO)
    return path


@asynccontextmanager
async def started(echo: Path, *options: str, descriptors: Sequence[int] = (), **environ: str) -> AsyncIterator[Process]:
    """The bot as a process, without a terminal; killed at the end."""
    process = await anyio.open_process(
        [sys.executable, str(echo), *options],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=echo.parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environ},
        start_new_session=True,
        pass_fds=descriptors,
    )
    try:
        yield process
    finally:
        with anyio.CancelScope(shield=True):
            if process.returncode is None:
                process.kill()
            await process.aclose()


async def said(process: Process) -> str:
    """All of its stderr, once it has ended."""
    assert process.stderr is not None
    text = b"".join([part async for part in process.stderr])
    await process.wait()
    return text.decode()


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
async def test_it_runs_on_either_loop_until_it_is_told_to_end(desk: Desk, echo: Path, loop: str) -> None:
    async with started(echo, "--home", str(desk.home.path), LOOP=loop) as process:
        await until((desk.home.path / "bots" / "echo.json").exists)
        desk.node.add_message("alerts", "what loop")
        await until(lambda: desk.sent == ["heard", loop])
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in await said(process)
        assert process.returncode == 0


async def test_the_home_can_stand_in_the_environment_and_an_interrupt_is_130(desk: Desk, echo: Path) -> None:
    async with started(echo, COALCHAT_HOME=str(desk.home.path)) as process:
        await until((desk.home.path / "bots" / "echo.json").exists)
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in await said(process)
        assert process.returncode == INTERRUPTED


async def test_a_process_that_dies_after_its_answer_answers_once(desk: Desk, echo: Path) -> None:
    crash = echo.parent / "crash"
    crash.touch()
    async with started(echo, "--home", str(desk.home.path)) as process:
        await until((desk.home.path / "bots" / "echo.json").exists)
        desk.node.add_message("alerts", "one")
        assert await process.wait() == 9
    assert desk.sent == ["heard"]
    crash.unlink()
    async with started(echo, "--home", str(desk.home.path)) as process:
        await until(lambda: sum(type(call).__name__ == "SendMessage" for call in desk.node.calls) == 2)
        desk.node.add_message("alerts", "two")
        await until(lambda: desk.sent == ["heard", "heard"])
    assert len([message for message in desk.node.messages if message.mine]) == 2


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--nothing"], 2, "unrecognized arguments"),
        (["--passphrase-fd", "3", "--passphrase-file", "x"], 2, "not allowed with"),
        (["--home", "nowhere"], 2, "coalchat: There is no coalchat home here"),
    ],
)
async def test_misuse_is_2(home: Home, echo: Path, options: list[str], code: int, words: str) -> None:
    async with started(echo, *options) as process:
        text = await said(process)
        assert words in text
        assert "Traceback" not in text
        assert process.returncode == code


async def test_a_locked_home_is_6_and_a_wrong_passphrase_5(desk: Desk, echo: Path, secret: Path) -> None:
    desk.node.phase = Phase.LOCKED
    async with started(echo, "--home", str(desk.home.path)) as process:
        text = await said(process)
        assert "coalchat: the home is locked" in text
        assert "hint: give the passphrase" in text
        assert process.returncode == 6
    secret.write_bytes(b"not this")  # noqa: ASYNC240 - a test
    async with started(echo, "--home", str(desk.home.path), "--passphrase-file", str(secret)) as process:
        assert "not this" not in await said(process)
        assert process.returncode == 5


async def test_a_passphrase_comes_over_a_descriptor(desk: Desk, echo: Path) -> None:
    desk.node.phase = Phase.LOCKED
    reader, writer = os.pipe()
    os.write(writer, PASSPHRASE + b"\n")
    os.close(writer)
    async with started(echo, "--home", str(desk.home.path), "--passphrase-fd", str(reader), descriptors=(reader,)):
        os.close(reader)
        await until((desk.home.path / "bots" / "echo.json").exists)
        assert desk.node.phase is Phase.UNLOCKED
