"""Nothing is lost and nothing is answered twice: restarts, crashes, handlers that fail."""

from __future__ import annotations

import anyio
import pytest
from structlog.testing import capture_logs

from coalchat.api import requests, responses
from coalchat.bots import Bot, Message
from coalchat.errors import NotPrivate, Refused, StoreCorrupt, TryAgain
from tests.bots.conftest import Desk, keeper, kept, running, until

# --- where it begins ---


async def test_the_first_start_begins_with_what_is_new(desk: Desk) -> None:
    heard: list[str] = []
    desk.node.add_message("alerts", "long ago")
    async with running(keeper(desk.home, heard)):
        desk.node.add_message("alerts", "new")
        await until(lambda: heard)
    assert heard == ["new"]


async def test_or_with_the_first_message_there_is(desk: Desk) -> None:
    heard: list[str] = []
    for number in range(250):
        desk.node.add_message("alerts", f"{number}")
    async with running(keeper(desk.home, heard, since="beginning")):
        await until(lambda: len(heard) == 250)
    assert heard == [f"{number}" for number in range(250)]


async def test_a_restart_goes_on_where_it_was(desk: Desk) -> None:
    heard: list[str] = []
    async with running(keeper(desk.home, heard)):
        desk.node.add_message("alerts", "one")
        await until(lambda: kept(desk.home)["position"] == 1)
    desk.node.add_message("alerts", "two")
    desk.node.add_message("#ops", "three")
    async with running(keeper(desk.home, heard, since="beginning")):
        desk.node.add_message("alerts", "four")
        await until(lambda: len(heard) == 4)
    assert heard == ["one", "two", "three", "four"]


async def test_what_comes_between_the_first_two_starts_is_not_lost(desk: Desk) -> None:
    heard: list[str] = []
    async with running(keeper(desk.home, heard)):
        pass
    desk.node.add_message("alerts", "between")
    async with running(keeper(desk.home, heard)):
        await until(lambda: heard)
    assert heard == ["between"]


async def test_the_place_is_kept_in_a_private_file_without_text(desk: Desk) -> None:
    heard: list[str] = []
    async with running(keeper(desk.home, heard)):
        desk.node.add_message("alerts", "not on this disk")
        await until(lambda: kept(desk.home)["position"] == 1)
    path = desk.home.path / "bots" / "echo.json"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"not on this disk" not in path.read_bytes()


async def test_an_inbox_ahead_of_the_store_begins_at_the_newest(desk: Desk) -> None:
    heard: list[str] = []
    for text in ("one", "two"):
        desk.node.add_message("alerts", text)
    async with running(keeper(desk.home, heard)):
        pass
    desk.node.messages.pop()
    async with running(keeper(desk.home, heard)):
        desk.node.add_message("alerts", "another two")
        await until(lambda: heard)
    assert heard == ["another two"]


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"position": -1, "parked": [], "parked_ever": 0}',
        b'{"position": 1, "parked": [2], "parked_ever": 0}',
    ],
)
async def test_an_inbox_that_is_none_is_refused(desk: Desk, data: bytes) -> None:
    async with running(keeper(desk.home, [])):
        pass
    (desk.home.path / "bots" / "echo.json").write_bytes(data)
    with pytest.raises(StoreCorrupt, match=r"echo\.json"):
        await keeper(desk.home, []).serve()


async def test_an_inbox_that_others_can_change_is_refused(desk: Desk) -> None:
    async with running(keeper(desk.home, [])):
        pass
    (desk.home.path / "bots" / "echo.json").chmod(0o666)
    with pytest.raises(NotPrivate):
        await keeper(desk.home, []).serve()


async def test_one_process_a_bot(desk: Desk) -> None:
    async with running(keeper(desk.home, [])):
        with pytest.raises(TryAgain, match="It runs already: the bot echo"):
            await keeper(desk.home, []).serve()
        other = Bot("other", home=desk.home.path)
        other.on_message()(_nothing)
        async with running(other):
            pass


async def _nothing(message: Message) -> None:
    del message


# --- crashes ---


async def test_a_crash_between_answer_and_place_does_not_answer_twice(desk: Desk) -> None:
    heard: list[str] = []

    def make(crash: anyio.Event | None) -> Bot:
        bot = Bot("echo", home=desk.home.path)

        @bot.on_message()
        async def answer(message: Message) -> None:
            heard.append(message.text)
            first = await message.reply("first")
            second = await message.reply("second")
            assert first is not None
            assert second is not None
            assert first.entry_id != second.entry_id
            if crash is not None:
                crash.set()
                await anyio.sleep_forever()

        return bot

    crash = anyio.Event()
    async with running(make(crash)):
        desk.node.add_message("alerts", "one")
        await crash.wait()
    assert kept(desk.home)["position"] == 0
    async with running(make(None)):
        await until(lambda: kept(desk.home)["position"] != 0)
        desk.node.add_message("alerts", "two")
        await until(lambda: len(desk.sent) == 4)
    assert heard == ["one", "one", "two"]
    assert desk.sent == ["first", "second", "first", "second"]


async def test_an_answer_in_other_words_after_a_crash_leaves_the_first_one(desk: Desk) -> None:
    answered: list[responses.Sent | None] = []

    async def serve_until_answered() -> None:
        bot = Bot("echo", home=desk.home.path)
        crash = anyio.Event()

        @bot.on_message()
        async def answer(message: Message) -> None:
            answered.append(await message.reply(f"link quality {31 + len(answered)} %"))
            crash.set()
            await anyio.sleep_forever()

        async with running(bot):
            if not answered:
                desk.node.add_message("alerts", "status")
            await crash.wait()

    await serve_until_answered()
    await serve_until_answered()
    assert desk.sent == ["link quality 31 %"]
    assert [one is None for one in answered] == [False, True]


async def test_answers_by_key_need_no_order(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path, pauses=(0.0,))
    order = ["a", "b"]

    @bot.on_message()
    async def answer(message: Message) -> None:
        for key in order:
            await message.reply(key, key=key)
        if order == ["a", "b"]:
            order.reverse()
            raise ValueError("once more")

    async with running(bot):
        desk.node.add_message("alerts", "one")
        await until(lambda: kept(desk.home)["position"] != 0)
    assert desk.sent == ["a", "b"]


# --- handlers that fail ---


async def test_a_handler_that_fails_once_is_run_again(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path, pauses=(0.0, 0.0))
    attempts: list[str] = []

    @bot.on_message()
    async def answer(message: Message) -> None:
        attempts.append(message.text)
        await message.reply("heard")
        if len(attempts) == 1:
            raise ConnectionError("the database is away")

    async with running(bot):
        desk.node.add_message("alerts", "one")
        await until(lambda: kept(desk.home)["position"] != 0)
    assert attempts == ["one", "one"]
    assert desk.sent == ["heard"]
    assert kept(desk.home)["parked"] == []


async def test_a_handler_that_fails_each_time_parks_the_message_and_lives(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path, pauses=(0.0, 0.0))
    attempts: list[str] = []
    others: list[str] = []

    @bot.on_message()
    async def stumble(message: Message) -> None:
        attempts.append(message.text)
        if message.text.startswith("bad"):
            raise ValueError(f"cannot read {message.text}")

    @bot.on_message()
    async def keep(message: Message) -> None:
        others.append(message.text)

    with capture_logs() as logs:
        async with running(bot):
            bad = desk.node.add_message("alerts", "bad grid 31N")
            desk.node.add_message("alerts", "good")
            await until(lambda: "good" in others)
    assert attempts == ["bad grid 31N"] * 3 + ["good"]
    assert others == ["bad grid 31N", "good"]
    assert kept(desk.home)["parked"] == [bad.entry_id]
    failed = [line for line in logs if line["event"] == "handler failed"]
    assert [line["attempt"] for line in failed] == [1, 2, 3]
    assert all(line["error"].startswith("ValueError at test_inbox.py:") for line in failed)
    assert [line["entry"] for line in logs if line["event"] == "message parked"] == [bad.entry_id]
    assert "31N" not in str(logs)


async def test_what_policy_refuses_is_not_tried_again(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path, pauses=(0.0, 0.0))
    attempts: list[str] = []

    @bot.on_message()
    async def answer(message: Message) -> None:
        attempts.append(message.text)
        await message.reply("above my station")

    desk.node.answers[requests.SendMessage] = Refused("level-clearance", "this device is cleared for RESTRICTED")
    with capture_logs() as logs:
        async with running(bot):
            asked = desk.node.add_message("alerts", "one")
            await until(lambda: kept(desk.home)["parked"])
    assert attempts == ["one"]
    assert kept(desk.home)["parked"] == [asked.entry_id]
    assert any("level-clearance" in line.get("error", "") for line in logs)


async def test_parked_messages_can_be_handed_over_again(desk: Desk) -> None:
    broken = True
    heard: list[str] = []

    def make() -> Bot:
        bot = Bot("echo", home=desk.home.path, pauses=())

        @bot.on_message()
        async def keep(message: Message) -> None:
            if broken:
                raise ValueError("not yet")
            heard.append(message.text)

        return bot

    async with running(make()):
        for text in ("one", "two"):
            desk.node.add_message("alerts", text)
        await until(lambda: kept(desk.home)["parked_ever"] == 2)
    broken = False
    async with running(make()):
        assert heard == []
    async with running(make(), retry_parked=True):
        assert heard == ["one", "two"]
    assert kept(desk.home) == {"position": 2, "parked": [], "parked_ever": 2}


async def test_a_parked_message_that_is_gone_is_forgotten(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path, pauses=())
    bot.on_message()(_stumble)
    async with running(bot):
        desk.node.add_message("alerts", "one")
        await until(lambda: kept(desk.home)["parked"])
    desk.node.messages.clear()
    again = Bot("echo", home=desk.home.path)
    again.on_message()(_nothing)
    async with running(again, retry_parked=True):
        assert kept(desk.home)["parked"] == []


async def _stumble(message: Message) -> None:
    raise ValueError(message.text)
