"""What a bot hears, answers and posts, on a scripted node behind the real codec."""

from __future__ import annotations

import anyio
import pytest

from coalchat.api import requests
from coalchat.api.about import Minimize
from coalchat.api.vocabulary import Flag, Precedence
from coalchat.bots import Bot, Message
from coalchat.errors import AlreadyExists, NoHome, Refused, UnknownChannel, UsageError
from coalchat.paths import Home
from coalchat.record import evolve
from tests.bots.conftest import Desk, running, until


def listener(bot: Bot, *channels: str, own: bool = False, bots: bool = False) -> list[str]:
    """Have a bot keep the texts that it gets."""
    heard: list[str] = []

    @bot.on_message(*channels, own=own, bots=bots)
    async def keep(message: Message) -> None:
        heard.append(message.text)

    return heard


async def test_it_answers_in_the_same_channel_under_the_same_label(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path)

    @bot.on_message("#alerts")
    async def answer(message: Message) -> None:
        if message.text.startswith("status"):
            await message.reply("link quality 31 %", precedence=Precedence.PRIORITY)

    async with running(bot):
        desk.node.add_message("alerts", "nothing for a bot")
        desk.node.add_message("#ops", "status of another channel")
        asked = desk.node.add_message("alerts", "status?", marking="MISSION RESTRICTED REL XAA, XBB")
        await until(lambda: desk.sent)
    (sent,) = [call for call in desk.node.calls if isinstance(call, requests.SendMessage)]
    assert (sent.channel, sent.label) == (asked.channel_id, "MISSION RESTRICTED REL XAA, XBB")
    assert (sent.reply_to, sent.precedence) == (asked.entry_id, Precedence.PRIORITY)
    assert desk.sent == ["link quality 31 %"]


async def test_what_a_handler_sees_of_a_message(desk: Desk) -> None:
    bot, seen = Bot("echo", home=desk.home.path), []

    @bot.on_message()
    async def keep(message: Message) -> None:
        seen.append(message)

    async with running(bot):
        desk.node.add_message(
            "alerts",
            "a\x1b[31mb\u202e\nc",
            author_person="Ko\u200bwal",
            author_time=1_795_000_060,
            flags=(Flag.DISPUTED,),
        )
        await until(lambda: seen)
    (message,) = seen
    assert (message.channel, message.nation, message.nations) == ("alerts", "XBB", ("XAA", "XBB", "XCC"))
    assert message.label == "MISSION SECRET REL XAA, XBB, XCC"
    assert message.text == "a\x1b[31mb\u202e\nc"
    assert message.safe_text == "a\\u{1B}[31mb\\u{202E}\nc"
    assert message.person == "Ko\\u{200B}wal"
    assert message.at.isoformat() == "2026-11-18T11:07:40+00:00"
    assert message.flags == (Flag.DISPUTED,)
    assert (message.precedence, message.entry_id) == (Precedence.ROUTINE, message.noun.entry_id)
    assert "31mb" not in repr(message)


async def test_channels_are_named_as_screens_or_programs_do(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path)
    both = listener(bot, "#ALERTS", "ops")
    by_id = listener(bot, desk.node.find_channel("#ops").id)
    everything = listener(bot)
    async with running(bot):
        desk.node.add_message("alerts", "one")
        desk.node.add_message("#ops", "two")
        await until(lambda: everything == ["one", "two"])
    assert (both, by_id) == (["one", "two"], ["two"])


async def test_it_hears_neither_itself_nor_bots_nor_what_cannot_be_read(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path)
    people, machines, itself = listener(bot), listener(bot, bots=True), listener(bot, own=True)
    async with running(bot):
        desk.node.add_message("alerts", "of a bot", flags=(Flag.AUTO,))
        desk.node.add_message("alerts", "of mine", mine=True, flags=(Flag.AUTO,))
        desk.node.add_message("alerts", "its key is gone", flags=(Flag.UNREADABLE,))
        desk.node.add_message("alerts", "purged: retention ended", flags=(Flag.PURGED,))
        desk.node.add_message("alerts", "of a person")
        await until(lambda: people)
        await until(lambda: itself[-1:] == ["of a person"])
    assert people == ["of a person"]
    assert machines == ["of a bot", "of a person"]
    assert itself == ["of mine", "of a person"]


async def test_it_knows_of_minimize_and_says_what_it_considered(desk: Desk) -> None:
    node = desk.node
    order = Minimize(entry_id="ee" * 32, nation="XAA", person="Berg", since=1_795_000_000, reason="no satellite")
    node.channels[:] = [evolve(one, minimize=order) if one.title == "#ops" else one for one in node.channels]
    bot = Bot("echo", home=desk.home.path)
    heard = listener(bot, "alerts", "ops")

    @bot.on_message("ops")
    async def answer(message: Message) -> None:
        await message.reply("heard", considered=await bot.minimize("ops") is not None)

    async with running(bot):
        assert [await bot.minimize(name) for name in ("#ops", "OPS", "#alerts")] == [order, order, None]
        with pytest.raises(UnknownChannel):
            await bot.minimize("nowhere")
        await bot.post("#ops", "link quality 31 %", "RESTRICTED", considered=True)
        await bot.post("alerts", "link quality 30 %", "RESTRICTED")
        node.add_message("#ops", "report")
        await until(lambda: "heard" in desk.sent)
        node.add_message("#ops", "MINIMIZE LIFTED", kind="notice")
        node.add_message("alerts", "last")
        await until(lambda: heard == ["report", "last"])
    sends = [call for call in node.calls if isinstance(call, requests.SendMessage)]
    assert [(call.text, call.considered) for call in sends] == [
        ("link quality 31 %", True),
        ("link quality 30 %", False),
        ("heard", True),
    ]


async def test_two_bots_that_answer_everything_end(desk: Desk) -> None:
    bot = Bot("echo", home=desk.home.path)

    @bot.on_message()
    async def answer(message: Message) -> None:
        await message.reply(f"heard {message.text}")

    heard = listener(bot)
    async with running(bot):
        desk.node.add_message("alerts", "one")
        desk.node.add_message("alerts", "echo of another bot", flags=(Flag.AUTO,))
        desk.node.add_message("alerts", "two")
        await until(lambda: heard == ["one", "two"])
    assert desk.sent == ["heard one", "heard two"]


async def test_a_post_with_a_key_is_sent_once(desk: Desk) -> None:
    async with Bot("sensor-7", home=desk.home.path) as bot:
        first = await bot.post("alerts", "31 %", "RESTRICTED", key="21-1531Z")
        again = await bot.post("alerts", "31 %", "RESTRICTED", key="21-1531Z")
        assert (first.repeated, again.repeated, again.entry_id) == (False, True, first.entry_id)
        with pytest.raises(AlreadyExists):
            await bot.post("alerts", "32 %", "RESTRICTED", key="21-1531Z")
        await bot.post("alerts", "31 %", "RESTRICTED")
        long = await bot.post("alerts", "33 %", "RESTRICTED", key="k" * 300)
        assert (await bot.post("alerts", "33 %", "RESTRICTED", key="k" * 300)).entry_id == long.entry_id
        assert (await bot.status(first.entry_id)).deliveries
    assert desk.sent == ["31 %", "31 %", "33 %"]


async def test_another_bot_of_the_home_has_keys_of_its_own(desk: Desk) -> None:
    for name in ("sensor-7", "sensor-8"):
        async with Bot(name, home=desk.home.path) as bot:
            assert not (await bot.post("alerts", "31 %", "RESTRICTED", key="1")).repeated
    assert desk.sent == ["31 %", "31 %"]


async def test_a_post_goes_to_a_channel_as_a_screen_names_it(desk: Desk) -> None:
    async with Bot("sensor-7", home=desk.home.path) as bot:
        assert (await bot.post("#alerts", "one", "RESTRICTED")).channel_id == desk.node.find_channel("alerts").id
        assert (await bot.post("#ops", "two", "RESTRICTED")).channel_id == desk.node.find_channel("#ops").id
        with pytest.raises(UnknownChannel):
            await bot.post("#nowhere", "three", "RESTRICTED")
        with pytest.raises(Refused) as refused:
            await bot.post("alerts", "four", "TOP SECRET")
    assert refused.value.clause == "level-ceiling"
    assert desk.sent == ["one", "two"]


async def test_a_job_is_done_again_and_again_whatever_it_raises(desk: Desk) -> None:
    bot = Bot("sensor-7", home=desk.home.path)
    done: list[int] = []

    @bot.every(0.001)
    async def measure() -> None:
        done.append(len(done))
        if len(done) == 2:
            raise ValueError("the sensor is silent")
        await bot.post("alerts", f"value {len(done)}", "RESTRICTED", key=str(len(done)))

    async with running(bot):
        await until(lambda: len(desk.sent) >= 3)
    assert desk.sent[:3] == ["value 1", "value 3", "value 4"]


async def test_it_asks_for_no_more_than_a_bot_needs(desk: Desk) -> None:
    async with Bot("sensor-7", home=desk.home.path) as bot:
        granted = await bot.ask(_granted)
    assert granted == {"read", "send"}


async def _granted(client: object) -> set[str]:
    return {scope.value for scope in client.granted}  # type: ignore[attr-defined]


async def test_misuse_is_said_at_once(home: Home) -> None:
    with pytest.raises(UsageError, match="no name for a bot"):
        Bot("../echo")
    bot = Bot("echo", home=home.path)
    with pytest.raises(TypeError, match="must be an async function"):
        bot.on_message()(lambda _message: None)  # type: ignore[type-var]
    with pytest.raises(TypeError, match="parentheses"):

        @bot.on_message  # type: ignore[arg-type]
        async def forgot(message: Message) -> None:
            pytest.fail(message.text)

    with pytest.raises(UsageError, match="nothing to do"):
        await bot.serve()
    with pytest.raises(RuntimeError, match="does not run"):
        await bot.post("alerts", "one", "RESTRICTED")
    assert repr(bot) == "Bot('echo')"


async def test_without_a_home_it_says_so(home: Home) -> None:
    home.keys.unlink()
    bot = Bot("echo", home=home.path)
    listener(bot)
    with pytest.raises(NoHome):
        await bot.serve()


async def test_it_runs_once_at_a_time(desk: Desk) -> None:
    async with Bot("echo", home=desk.home.path) as bot:
        with pytest.raises(RuntimeError, match="runs already"):
            await bot.__aenter__()
        await anyio.lowlevel.checkpoint()


async def test_a_correction_comes_as_one_and_what_it_corrects_no_more(desk: Desk) -> None:
    bot, seen = Bot("echo", home=desk.home.path), []

    @bot.on_message()
    async def keep(message: Message) -> None:
        seen.append((message.text, message.corrects))

    async with running(bot):
        desk.node.add_message("alerts", "corrected 221531Z NOV 26 (2)", flags=(Flag.CORRECTED,))
        desk.node.add_message("alerts", "recalls 3f2a9c", kind="retraction", recalls=("cd" * 32,))
        desk.node.add_message("alerts", "hold at PL BLUE", kind="correction", version=2, corrects="ab" * 32)
        await until(lambda: seen)
    assert seen == [("hold at PL BLUE", "ab" * 32)]
