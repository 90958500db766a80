"""Nodes that meet again: what both hold, also what one of them only carries, is compared and not listed once more."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.paths import Home
from protocol.exchange.messages import Compare, Heads, Hello, Inventory, Message, read_message
from tests.fakes.nodes import Running, Town, linked, until


class Overheard:
    """What is said on the links of a node, from its HELLO on."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self._begun = False

    def __call__(self, direction: str, frame: bytes) -> None:
        message = read_message(frame)
        self._begun = self._begun or isinstance(message, Hello)
        if self._begun:
            self.messages.append(message)

    def of(self, *kinds: type) -> list[str]:
        return [type(message).__name__ for message in self.messages if isinstance(message, kinds)]


async def hold(node: Running, count: int) -> None:
    """Wait until it has so many messages."""

    async def check() -> bool:
        return len(await node.messages("ops")) >= count

    await until(check)


@pytest.mark.parametrize(("back", "other"), [("XBB", "XAA"), ("XCC", "XAA"), ("XCC", "XBB")])
async def test_what_both_hold_is_not_listed_again(
    back: str, other: str, homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        nodes = {code: await town.start(code) for code in homes}
        await town.join_up(*nodes.values())
        await nodes["XAA"].channel("ops", list(homes))
        for node in nodes.values():
            await until(node.channels)
        for number in range(4):
            await nodes["XAA"].send("ops", f"number {number}", "RESTRICTED")
            await nodes["XBB"].send("ops", f"for two, {number}", "SECRET REL XAA, XBB")
        await hold(nodes["XAA"], 8)
        await hold(nodes["XBB"], 8)
        await hold(nodes["XCC"], 4)
        await trio.sleep(60)  # receipts come some seconds later

        for code in {*homes} - {other}:
            await nodes[code].stop()
        overheard = Overheard()
        again = await town.start(back, capture=overheard)
        await linked(again, nodes[other])
        assert overheard.of(Compare, Inventory, Heads) == ["Compare"] * 4

        # And it goes on from there, both ways.
        await again.send("ops", "and on", "RESTRICTED")
        await hold(nodes[other], len(await again.messages("ops")))
        await nodes[other].send("ops", "and back", "RESTRICTED")

        async def came() -> bool:
            return "and back" in await again.texts("ops")

        await until(came)
        await town.close()
