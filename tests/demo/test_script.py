"""What the live demo promises whoever looks, held against the nodes that play it, at a tenth of its pace."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio

from coalchat.api.nouns import Message
from coalchat.api.roe import RoeDetails
from coalchat.api.vocabulary import Answer, Flag, Precedence, State
from coalchat.demo.cast import ALERTS, INTEL, MED, OPS, Cast, gather
from coalchat.demo.claims import until
from coalchat.demo.place import environment
from coalchat.demo.processes import Device
from coalchat.demo.script import ALL, MANNERS, TRY, TWO, Script, script_of
from coalchat.demo.search import places, remains_of
from coalchat.demo.sensor import bars, sensor
from coalchat.errors import Refused

pytestmark = [pytest.mark.story, pytest.mark.timeout(150), pytest.mark.usefixtures("unmeasured_file")]
TEMPO = 0.1


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory with a short name: sockets have room for 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="live-") as name:
        yield Path(name).resolve()


@asynccontextmanager
async def played(place: Path) -> AsyncIterator[Script]:
    """The demo as `live` plays it, without the desk."""
    cast = Cast(place, environment(place))
    script = script_of(cast, TEMPO)
    try:
        await gather(cast)
        async with trio.open_nursery() as nursery:
            for officer in script.officers:
                await nursery.start(officer.attend)
            await script.before()
            nursery.start_soon(script.play)
            nursery.start_soon(sensor(cast.sensor).serve)
            yield script
            nursery.cancel_scope.cancel()
    finally:
        with trio.CancelScope(shield=True):
            await cast.stop()


async def seen(device: Device, channel: str, words: str) -> Message:
    """Wait for a message with these words."""

    async def look() -> Message | None:
        async with device.client() as client:
            found = [message for message in await client.all_messages(channel) if words in message.text]
        return found[-1] if found else None

    return await until(look, f"{device.name} reads: {words}")


async def texts(device: Device) -> str:
    async with device.client() as client:
        return "\n".join(message.text for message in await client.all_messages())


async def test_what_whoever_looks_will_see(place: Path) -> None:
    async with played(place) as script:
        cast = script.cast
        for channel, words in ((OPS, TRY), (MED, "6 beds free"), (INTEL, "Ours only")):
            await seen(cast.berg, channel, words)
        await everybody_acknowledges_but_saar(script)
        await one_nation_cannot_open_it(script)
        await the_flash_waits_for_him(script)
        await the_report_and_the_bot(script)
        await officers_answer_him(script)
        await a_notice_waits_for_him(script)


async def everybody_acknowledges_but_saar(script: Script) -> None:
    """His own message at the start: receipts nation by nation, a caveat, a named gap."""
    opening = await seen(script.cast.berg, OPS, "Convoy 4, 14 vehicles")
    assert (opening.mine, opening.precedence, opening.marking) == (True, Precedence.PRIORITY, f"MISSION SECRET {ALL}")

    async def all_answers() -> dict[str, tuple[State, Answer | None, str]] | None:
        async with script.cast.berg.client() as client:
            rows = (await client.message_status(opening.entry_id)).deliveries
        given = {row.person or "": (row.state, row.answer, row.reason) for row in rows}
        return given if sum(answer is not None for _, answer, _ in given.values()) == 3 else None

    given = await until(all_answers, "three acknowledgements")
    assert given.keys() == {"WO Adler", "Maj Kowal", "Cpt Lind", "Lt Saar"}
    assert given["Maj Kowal"] == (State.ACKNOWLEDGED, Answer.WILCO, "")
    assert given["Cpt Lind"] == (State.ACKNOWLEDGED, *MANNERS["lind"].first)
    assert not given["Lt Saar"][0].reaches(State.DELIVERED)


async def one_nation_cannot_open_it(script: Script) -> None:
    withheld = await seen(script.cast.berg, OPS, "Cascara is not told")
    assert withheld.marking == f"MISSION SECRET {TWO}"
    await seen(script.cast.lind, OPS, "SALUTE/001")  # sent after it, by the same author
    assert "Cascara is not told" not in await texts(script.cast.lind)
    assert places(remains_of(script.cast.lind), "Cascara is not told") == []


async def the_flash_waits_for_him(script: Script) -> None:
    """It asks for his acknowledgement; he is reminded; once he has acknowledged, they go on."""
    flash = await seen(script.cast.berg, OPS, "12 on foot, 2 technicals")
    assert (flash.precedence, flash.answered) == (Precedence.FLASH, None)
    assert 500 < flash.ack_by - flash.author_time <= 600
    await seen(script.cast.berg, OPS, "still waits for you")
    async with script.cast.berg.client() as client:
        await client.acknowledge(flash.entry_id, Answer.WILCO)
    thanks = await seen(script.cast.berg, OPS, "Thank you, Berg")
    assert thanks.refs == (flash.entry_id,)
    await seen(script.cast.berg, OPS, "road closed at the river")


async def a_notice_waits_for_him(script: Script) -> None:
    """Signed by two, in force; the others acknowledge it, one with a caveat; he signs by its serial."""
    berg = script.cast.berg

    async def others() -> RoeDetails | None:
        async with berg.client() as client:
            details = await client.roe_notice("IMPL 001")
        return details if len(details.answers) == 2 else None

    details = await until(others, "Adler and Lind acknowledge the ROE notice")
    assert (details.notice.pending, details.notice.reason, len(details.notice.signers)) == (True, "", 2)
    given = {answer.person: (answer.answer, answer.text) for answer in details.answers}
    assert given == {"WO Adler": (Answer.NONE, ""), "Cpt Lind": MANNERS["lind"].roe}
    async with berg.client() as client:
        assert (await client.acknowledge_roe("IMPL 001", 1)).notice.answered is Answer.NONE
        (ruling,) = (await client.roe_board()).rulings
    assert (ruling.in_force, ruling.rule.number) == (True, "EX1")


async def the_report_and_the_bot(script: Script) -> None:
    told = await seen(script.cast.berg, OPS, "SITREP/001")
    assert told.report is not None
    assert {row.key: row.text for row in told.report.rows}["LOGSTATE"] == "AMBER limited soon"
    assert (told.report.part, told.precedence) == (False, Precedence.PRIORITY)
    reading = await seen(script.cast.berg, ALERTS, "KiB in 20 s")
    assert Flag.AUTO in reading.flags
    async with script.cast.berg.client() as client:
        asked = await client.send(ALERTS, "Status?", f"RESTRICTED {ALL}")
    answer = await seen(script.cast.berg, ALERTS, "since the start")
    assert (answer.refs, answer.author_person) == ((asked.entry_id,), "sensor-7")


async def officers_answer_him(script: Script) -> None:
    """Everybody whom it concerns reads it, one replies, under the same label; and one label is refused."""
    async with script.cast.berg.client() as client:
        sent = await client.send(OPS, "how is the weather", f"SECRET {ALL}")
        await client.wait_status(sent.entry_id, State.READ, 30)
    reply = await seen(script.cast.berg, OPS, "Roger.")
    assert (reply.refs, reply.author_nation) == ((sent.entry_id,), "XBB")
    async with script.cast.berg.client() as client:
        sent = await client.send(OPS, "for two of us", f"SECRET {TWO}")
    reply = await seen(script.cast.berg, OPS, "XCC carry it and cannot open it")
    assert (reply.refs, reply.marking) == ((sent.entry_id,), f"MISSION SECRET {TWO}")
    async with script.cast.berg.client() as client:
        sent = await client.send(OPS, "for Cascara", "SECRET REL XAA, XCC")
        reply = await seen(script.cast.berg, OPS, "XBB carry it")
        assert (reply.refs, reply.author_person) == ((sent.entry_id,), "Cpt Lind")
        with pytest.raises(Refused) as refused:
            await client.send(OPS, "too high", "TOP SECRET")
    assert refused.value.clause == "level-ceiling"


def test_lines_of_the_try_list_stand_on_a_narrow_screen() -> None:
    assert max(map(len, TRY.splitlines())) <= 37


def test_readings_are_bars_and_the_highest_is_full() -> None:
    assert bars(deque([0, 50, 100])) == "▁▄▇"
    assert bars(deque([0, 0])) == "▁▁"
    assert bars(deque()) == ""
