"""Threads over whole nodes: each device has the part of one that it can read, in the newest versions."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.threads import ShowThread, ThreadPage
from coalchat.api.versions import CorrectMessage, RecallMessage
from coalchat.errors import UnknownMessage, UsageError
from coalchat.node import threads
from coalchat.paths import Home
from tests.fakes.nodes import Running, until
from tests.node.test_quotes import reads, two_channels


async def page(node: Running, name: str, before: int = 0) -> ThreadPage:
    return await node.ask(ShowThread(id=name, before_position=before))  # type: ignore[no-any-return]


async def thread(node: Running, name: str) -> list[tuple[str, str]]:
    """What is said in it, and what each answers, by the first words of that."""
    turns = (await page(node, name)).turns
    texts = {turn.name: turn.message.text for turn in turns}
    return [(turn.message.text, texts.get(turn.to, turn.to)) for turn in turns]


async def hears(node: Running, text: str) -> None:
    async def come() -> bool:
        return (await node.texts("ops"))[-1] == text

    await until(come)


async def test_a_thread_is_what_this_device_can_read_of_it(
    homes: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with trio.open_nursery() as nursery:
        _, a, b, c = await two_channels(nursery, homes)
        root = (await a.send("ops", "who has the ferry", "SECRET REL XAA, XBB")).entry_id
        await reads(b, "ops", "who has the ferry")
        ours = (await b.send("ops", "engineers, until 1800Z", "SECRET", reply_to=root)).entry_id
        await b.send("ops", "weather fair", "SECRET")
        await reads(c, "ops", "engineers, until 1800Z", "weather fair")
        again = await c.send("ops", "can it take 40 t", "SECRET", reply_to=ours)
        await reads(a, "ops", "who has the ferry", "engineers, until 1800Z", "weather fair", "can it take 40 t")

        whole = [
            ("who has the ferry", ""),
            ("engineers, until 1800Z", "who has the ferry"),
            ("can it take 40 t", "engineers, until 1800Z"),
        ]
        for name in (root, ours, again.entry_id):
            assert await thread(a, name) == whole
        # XCC reads neither what was asked nor that something was: for it the thread begins with the first answer.
        below = [(whole[1][0], ""), whole[2]]
        assert await thread(c, ours) == await thread(c, again.entry_id) == below
        with pytest.raises(UnknownMessage):
            await page(c, root)

        # Whoever answers a version answers the message.
        newer = await b.ask(CorrectMessage(id=ours, text="engineers, until 1900Z", client_id="1900"))
        await hears(a, "engineers, until 1900Z")
        await a.send("ops", "then at dawn", "SECRET", reply_to=newer.entry_id)
        await hears(c, "then at dawn")
        new = "engineers, until 1900Z"
        assert await thread(a, root) == [whole[0], (new, whole[0][0]), ("can it take 40 t", new), ("then at dawn", new)]
        assert await thread(c, newer.entry_id) == [(new, ""), ("can it take 40 t", new), ("then at dawn", new)]

        # In pages, the newest first: the first message heads the first one.
        monkeypatch.setattr(threads, "LOOKED_AT", 2)
        first = await page(a, root)
        assert ([turn.message.text for turn in first.turns], first.more) == (
            ["who has the ferry", "then at dawn"],
            True,
        )
        second = await page(a, root, first.next_position)
        assert ([turn.message.text for turn in second.turns], second.more) == (["can it take 40 t"], True)
        assert {turn.name for turn in first.turns + second.turns} & {second.first} == {root}
        with pytest.raises(UsageError):
            await page(a, root, -1)

        # What was recalled is a line of its own, which answers nothing any more.
        await c.ask(RecallMessage(id=again.entry_id, spill=False))
        assert [text for text, _ in await thread(c, ours)] == [new, "then at dawn"]
        ((gone, to),) = await thread(c, again.entry_id)
        assert gone.startswith("recalled by its author")
        assert to == ""
        nursery.cancel_scope.cancel()
