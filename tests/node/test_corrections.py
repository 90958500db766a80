"""Corrections over whole nodes: a further version, signed by the same person, read and acknowledged by itself."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.events import MessageMarked
from coalchat.api.responses import Sent
from coalchat.api.versions import CorrectMessage, ListVersions
from coalchat.api.vocabulary import Answer, Flag, State
from coalchat.api.vocabulary import Precedence as Urgency
from coalchat.errors import AlreadyExists, UsageError
from coalchat.paths import Home
from protocol.base.records import decode
from protocol.messages.payload import FORMAT
from protocol.messages.versions import CorrectionPayload
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey
from tests.fakes.nodes import NOW, Running, Town, until
from tests.node.test_hostile import scene
from tests.node.test_quotes import reads


async def correct(node: Running, name: str, text: str, key: str = "") -> Sent:
    return await node.ask(CorrectMessage(id=name, text=text, client_id=key or text))  # type: ignore[no-any-return]


async def history(node: Running, name: str) -> list[tuple[int, str]]:
    found = (await node.ask(ListVersions(id=name))).versions
    return [(one.version, one.text) for one in found]


async def states(node: Running, name: str) -> set[tuple[str | None, State]]:
    return {(row.person, row.state) for row in (await node.status(name)).deliveries}


async def test_the_newest_version_is_shown_and_acknowledged_by_itself(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        first = (await a.send("ops", "hold at PL RED", "SECRET", precedence=Urgency.IMMEDIATE)).entry_id
        await reads(b, "ops", "hold at PL RED")
        await b.acknowledge(first, Answer.WILCO)
        second = (await correct(a, first, "hold at PL BLUE")).entry_id
        assert (await correct(a, first, "hold at PL BLUE")).entry_id == second
        with pytest.raises(AlreadyExists):
            await correct(a, first, "hold at PL GREEN", key="hold at PL BLUE")

        async def corrected() -> Any:
            return next((one for one in await b.messages("ops") if one.kind == "correction"), None)

        newest = await until(corrected)
        (old, _) = await b.messages("ops")
        assert (newest.text, newest.version, newest.corrects, newest.read) == ("hold at PL BLUE", 2, first, False)
        assert (newest.precedence, newest.marking) == (old.precedence, old.marking)
        assert old.flags == (Flag.CORRECTED,)
        assert old.text.startswith("corrected ")
        assert old.text.endswith(f"(2): see {second[:12]}")
        assert old.newer is not None
        assert old.newer.entry_id == second
        assert [one.entry_id for one in await b.events(MessageMarked)] == [first]

        # What was acknowledged is the old text: of the new one nobody has said more than that it came.
        async def delivered() -> bool:
            return await states(a, second) == {("Officer XBB", State.DELIVERED)}

        await until(delivered)
        assert await states(a, first) == {("Officer XBB", State.ACKNOWLEDGED)}
        assert (old.answered, newest.answered) == (Answer.WILCO, None)
        with pytest.raises(UsageError, match="was corrected"):
            await b.acknowledge(first)
        await b.acknowledge(second, Answer.UNABLE)

        # Any version names them all; the next one goes on from the newest.
        third = (await correct(a, second, "disregard")).entry_id
        await until(lambda: b.ask(ListVersions(id=first)))

        async def three() -> bool:
            return len(await history(b, first)) == 3

        await until(three)
        said = [(0, "hold at PL RED"), (2, "hold at PL BLUE"), (3, "disregard")]
        for node in (a, b):
            for name in (first, second, third):
                assert await history(node, name) == said
        lines = await b.messages("ops")
        assert [Flag.CORRECTED in one.flags for one in lines] == [True, True, False]
        assert [one.newer and one.newer.version for one in lines] == [3, 3, None]
        # Quoted is what is asked for, and its words are its own.
        assert (await a.send("ops", "see", "SECRET", quotes=[second])).entry_id
        assert (await a.messages("ops"))[-1].quotes[0].text == "hold at PL BLUE"
        await town.close()


async def test_nobody_corrects_what_another_said(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        s = await scene(nursery, homes)
        (said,) = await s.c.messages("ops")
        with pytest.raises(UsageError, match="only who said it"):
            await correct(s.c, said.entry_id, "false")
        # A node that does not ask; and a correction that is there before what it corrects.
        station = s.c.station
        message = station.context.store.read.message(bytes.fromhex(said.entry_id))
        assert message is not None
        place, release = station.sending.place(message.channel), decode(ReleaseKey, message.release)

        async def push(first: bytes) -> None:
            payload = CorrectionPayload(FORMAT, NOW, False, (), "false", 0, first, 200)
            await station.sending.post(place, release, payload, Precedence.ROUTINE)

        await push(message.entry_id)
        own = (await s.c.send("ops", "control", "SECRET")).entry_id
        await push(bytes.fromhex(own))
        await reads(s.b, "ops", "true", (await s.c.messages("ops"))[-2].text, "false")
        (refused,) = await s.b.audited("entry-refused")
        assert (refused.nation, refused.clause) == ("XCC", "correction")
        assert await history(s.b, own) == [(0, "control"), (200, "false")]
        assert (await s.b.messages("ops"))[0].flags == ()
        # A receipt is no message: there is nothing to correct, and what is corrected is no first version.
        await push(bytes(32))
        await trio.sleep(10)
        unknown = (await s.b.messages("ops"))[-1]
        assert (unknown.kind, unknown.corrects, unknown.text) == ("correction", "0" * 64, "false")
        with pytest.raises(UsageError, match="cannot be corrected"):
            await correct(s.c, unknown.entry_id, "again")
        await s.town.close()
