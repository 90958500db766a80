"""Texts that are being written rest in the node's store: sealed, per channel, until they are sent."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.drafts import Draft, ListDrafts, SetDraft
from coalchat.errors import UnknownChannel, UsageError
from coalchat.paths import Home
from protocol.base.limits import MAX_TEXT
from tests.fakes.nodes import Town

TEXT = "attack at dawn\nand not before \ud800"


async def test_a_draft_is_sealed_survives_a_restart_and_leaves_by_nothing(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA"])
        await a.ask(SetDraft(channel="ops", text="first", label=""))
        await a.ask(SetDraft(channel="ops", text=TEXT, label="SECRET REL XAA"))
        for wrong in (
            SetDraft(channel="ops", text="x" * (MAX_TEXT + 1), label=""),
            SetDraft(channel="ops", text="x", label="SECRET\nREL"),
            SetDraft(channel="ops", text="x", label="S" * 513),
        ):
            with pytest.raises(UsageError):
                await a.ask(wrong)
        with pytest.raises(UnknownChannel):
            await a.ask(SetDraft(channel="nowhere", text="x", label=""))
        await a.kill()
        at_rest = b"".join(path.read_bytes() for path in homes["XAA"].path.rglob("*") if path.is_file())
        assert b"attack at dawn" not in at_rest
        a = await town.start("XAA")
        (channel,) = await a.channels()
        assert (await a.ask(ListDrafts())).drafts == (Draft(channel=channel.id, text=TEXT, label="SECRET REL XAA"),)
        assert await a.texts("ops") == []
        await a.ask(SetDraft(channel="ops", text="", label=""))
        assert (await a.ask(ListDrafts())).drafts == ()
        await town.close()
        nursery.cancel_scope.cancel()
