"""Steps about outages: a node that is killed, and one that was away while the author left too."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from functools import partial

import trio

from coalchat.api.events import MessageArrived
from coalchat.api.vocabulary import State
from coalchat.demo.claims import PATIENCE, claim, present, until
from coalchat.demo.coalition import CHANNEL
from coalchat.demo.processes import Device
from coalchat.demo.search import carries, opened, places, remains_of
from coalchat.demo.stage import Sent, Stage
from protocol.messages.payload import TextPayload, decode_payload

COUNT = 50
BEFORE = 30
"""Messages that may be sent before the kill: so that some are surely still to come."""
SEEN = 10
"""Messages that have arrived when the node is killed."""
LABEL = "SECRET REL XAA, XBB"
MANY = 100_000
"""More rows than the story makes."""


async def restart_no_loss(stage: Stage) -> str:
    """XBB's node is killed with messages under way; started again, it has each of them once, in order."""
    author, reader = stage.officer("XAA"), stage.officer("XBB")
    mark = secrets.token_hex(8)
    texts = [f"{mark} serial {number:02} of {COUNT}" for number in range(1, COUNT + 1)]
    killed, had = trio.Event(), 0
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_send_all, author, texts, killed)
        while had < SEEN:
            had = len(await _texts(reader, mark))
        await reader.kill()
        killed.set()
        await reader.start()
    claim(had < COUNT, "messages were still under way when the node was killed")

    async def all_there() -> bool:
        return len(await _texts(reader, mark)) >= COUNT

    await until(all_there, f"XBB has {COUNT} messages")
    found = await _texts(reader, mark)
    claim(len(found) == len(set(found)), "none came twice")
    claim(found == texts, "none is lost, and they are in order")
    claim(_kept(reader, mark) == texts, "XBB's store holds each of them once, and has told of each once")
    await _delivered(author, texts[-1])
    return f"killed with {had} of {COUNT} there; after the restart all {COUNT}, once each, in order"


async def _send_all(author: Device, texts: list[str], killed: trio.Event) -> None:
    async with author.client() as client:
        for text in texts[:BEFORE]:
            await client.send(CHANNEL, text, LABEL)
        await killed.wait()
        for text in texts[BEFORE:]:
            await client.send(CHANNEL, text, LABEL)


async def _texts(device: Device, mark: str) -> list[str]:
    async with device.client() as client:
        return [message.text for message in await client.all_messages(CHANNEL) if message.text.startswith(mark)]


def _kept(device: Device, mark: str) -> list[str]:
    """Texts in a store by position, each as often as clients were told of its arrival."""
    with opened(device) as home:
        rows = home.read.messages_of_all(limit=MANY)
        events = [json.loads(row.data) for row in home.read.events_after(0, MANY) if row.kind == MessageArrived.kind]
    told = Counter(event["entry_id"] for event in events)
    texts = [(row.entry_id.hex(), decode_payload(row.payload)) for row in rows if mark.encode() in row.payload]
    return [text.text for entry_id, text in texts if isinstance(text, TextPayload) for _ in range(told[entry_id])]


async def _delivered(author: Device, text: str) -> None:
    async with author.client() as client:
        sent = {message.text: message.entry_id for message in await client.all_messages(CHANNEL)}
        await client.wait_status(sent[text], State.DELIVERED, PATIENCE)


async def _has_state(author: Device, sent: Sent, state: State) -> bool:
    async with author.client() as client:
        return state in {row.state for row in (await client.message_status(sent.entry_id)).deliveries}


async def offline_catch_up(stage: Stage) -> str:
    """XBB was away when XAA wrote, and XAA is away when XBB comes back: XCC, who cannot read it, brings it."""
    author, reader, carrier = stage.officer("XAA"), stage.officer("XBB"), stage.officer("XCC")
    await reader.stop()
    missed = [await stage.send(author, f"Report {number} while XBB is away", LABEL) for number in range(1, 4)]
    ids = [sent.id for sent in missed]

    async def carried() -> bool:
        return carries(carrier, ids)

    await until(carried, "XCC's node keeps their ciphertext and opens none")
    await until(partial(_has_state, author, missed[-1], State.HELD), "their author sees that XCC's node holds them")
    await author.stop()
    await reader.start()
    for sent in missed:
        await stage.arrived(reader, sent)
    claim(not author.runs, "the author's node was off all the while")
    remains = remains_of(carrier)
    closed = [*missed, present(stage.withheld, "the first message that XCC must not read")]
    claim(not [place for sent in closed for place in places(remains, sent.canary)], "XCC, who carried them, read none")
    await stage.up()
    async with author.client() as client:
        await client.wait_status(missed[-1].entry_id, State.DELIVERED, PATIENCE)
    return f"{len(missed)} messages came through XCC's node, which cannot open them, while XAA's was off"
