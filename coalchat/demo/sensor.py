"""The live demo's bot: sensor-7 reports how its links are, and answers who asks."""

from __future__ import annotations

from collections import deque
from typing import Final

from coalchat.api.vocabulary import LinkState
from coalchat.bots import Bot, Message
from coalchat.client import Client
from coalchat.client.secret import PassphraseSource
from coalchat.demo.cast import ALERTS, BOT
from coalchat.demo.processes import Device

EVERY: Final = 20.0
"""Seconds between reports."""
LABEL: Final = "RESTRICTED REL XAA, XBB, XCC"
BARS: Final = "▁▂▃▄▅▆▇"
KEPT: Final = 8
"""Readings in the line of bars."""


def sensor(device: Device) -> Bot:
    """The bot on its own device; what it says of its links is measured."""
    bot = Bot(BOT, home=device.home.path, start=False, environ=device.environ)
    bot.secret = PassphraseSource(asks=False)  # the terminal is the desk's
    readings: deque[int] = deque(maxlen=KEPT)
    before: list[int] = []

    @bot.every(EVERY)
    async def report() -> None:
        nodes, total = await bot.ask(_links)
        readings.append(max(0, total - before.pop()) if before else 0)
        before.append(total)
        lately = readings[-1] / 1024
        await bot.post(ALERTS, f"links with {nodes} nodes, {lately:.1f} KiB in {EVERY:.0f} s {bars(readings)}", LABEL)

    @bot.on_message(ALERTS)
    async def answer(message: Message) -> None:
        if message.text.strip().casefold().startswith("status"):
            nodes, total = await bot.ask(_links)
            await message.reply(f"links with {nodes} nodes, {total / 1024:.1f} KiB since the start")

    return bot


async def _links(client: Client) -> tuple[int, int]:
    """Nodes with which there is a link now, and bytes of all links both ways."""
    links = await client.peers()
    nodes = {link.device_id for link in links if link.state is LinkState.UP}
    return len(nodes), sum(link.bytes_sent + link.bytes_received for link in links)


def bars(readings: deque[int]) -> str:
    """Readings as a line of bars, the highest of them full."""
    most = max(readings, default=0) or 1
    return "".join(BARS[reading * (len(BARS) - 1) // most] for reading in readings)
