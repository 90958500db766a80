"""A node that is away, comes back, or is locked: the bot waits, and nothing is lost or done twice."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from structlog.testing import capture_logs

from coalchat.api import requests
from coalchat.api.base import Response
from coalchat.api.vocabulary import Phase
from coalchat.bots import Message
from coalchat.errors import Locked, WrongPassphrase
from tests.bots.conftest import Desk, keeper, kept, running, until
from tests.fakes.api_server import Hangup


async def test_a_node_that_restarts_costs_nothing(desk: Desk) -> None:
    heard: list[str] = []
    bot = keeper(desk.home, heard, start=False)

    @bot.on_message()
    async def answer(message: Message) -> None:
        await message.reply(f"heard {message.text}")

    with capture_logs() as logs:
        async with running(bot):
            desk.node.add_message("alerts", "one")
            await until(lambda: desk.sent == ["heard one"])
            await desk.stop()
            desk.node.add_message("alerts", "two")
            await desk.start()
            await until(lambda: desk.sent == ["heard one", "heard two"])
    assert heard == ["one", "two"]
    assert [line["event"] for line in logs if "node" in line["event"]] in (
        [],
        ["the node is away: waiting", "the node is back"],
    )


async def test_an_answer_whose_outcome_was_lost_is_sent_once(desk: Desk) -> None:
    bot = keeper(desk.home, [], start=False)

    @bot.on_message()
    async def answer(message: Message) -> None:
        await message.reply("heard")

    def lose(request: requests.SendMessage) -> Response:
        del desk.node.answers[requests.SendMessage]
        desk.node._answer_now(request)
        raise Hangup

    async with running(bot):
        desk.node.answers[requests.SendMessage] = lose
        desk.node.add_message("alerts", "one")
        await until(lambda: kept(desk.home)["position"] != 0)
    assert desk.sent == ["heard"]
    assert sum(isinstance(call, requests.SendMessage) for call in desk.node.calls) == 2


async def test_it_waits_for_a_node_that_is_not_there_yet(desk: Desk) -> None:
    await desk.stop()
    heard: list[str] = []
    async with anyio.create_task_group() as group:
        group.start_soon(keeper(desk.home, heard, start=False, since="beginning").serve)
        desk.node.add_message("alerts", "one")
        await desk.start()
        await until(lambda: heard)
        group.cancel_scope.cancel()
    assert heard == ["one"]


# --- locks ---


async def test_a_locked_node_is_unlocked_with_the_file(desk: Desk, secret: Path) -> None:
    desk.node.phase = Phase.LOCKED
    heard: list[str] = []
    async with running(keeper(desk.home, heard, passphrase_file=secret, since="beginning")):
        desk.node.add_message("alerts", "one")
        await until(lambda: heard)
        await desk.stop()
        await desk.start(phase=Phase.LOCKED)
        desk.node.add_message("alerts", "two")
        await until(lambda: len(heard) == 2)
    assert heard == ["one", "two"]


async def test_without_a_passphrase_it_says_so(desk: Desk, no_terminal: None) -> None:
    desk.node.phase = Phase.LOCKED
    with pytest.raises(Locked, match="the home is locked"):
        await keeper(desk.home, []).serve()


async def test_a_wrong_passphrase_ends_it(desk: Desk, secret: Path) -> None:
    desk.node.phase = Phase.LOCKED
    secret.write_bytes(b"wrong")  # noqa: ASYNC240 - a test
    with pytest.raises(WrongPassphrase):
        await keeper(desk.home, [], passphrase_file=secret).serve()


@pytest.mark.parametrize("terminal", ["/nonexistent/terminal", "/dev/null"], ids=["nobody", "somebody"])
async def test_a_node_that_comes_back_locked_is_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, terminal: str
) -> None:
    """Nobody is asked in the middle of something else, even if somebody could be: `/dev/null` opens as a terminal would."""
    monkeypatch.setattr("coalchat.client.secret.TERMINAL", terminal)
    heard: list[str] = []
    async with running(keeper(desk.home, heard)):
        await desk.stop()
        await desk.start(phase=Phase.LOCKED)
        desk.node.add_message("alerts", "one")
        await until(lambda: desk.node.connections >= 2)  # it looks, and finds it locked
        desk.node.phase = Phase.UNLOCKED
        await until(lambda: heard)
    assert heard == ["one"]
