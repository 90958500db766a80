"""Texts that are being written rest in the node's store: sealed, per channel, until they are sent."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.drafts import Draft, ListDrafts, SetDraft
from coalchat.api.vocabulary import Precedence
from coalchat.errors import UnknownChannel, UsageError
from coalchat.paths import Home
from coalchat.record import values_of
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
            SetDraft(channel="ops", text="x", label="SECRET\tFLASH"),
            SetDraft(channel="ops", text="x", label="", ack_by=-1),
            SetDraft(channel="ops", text="x", label="", answers="abcd"),
            SetDraft(channel="ops", text="x", label="", quotes=("ab" * 32, "../x")),
            SetDraft(channel="ops", text="x", label="", quotes=("ab" * 32,) * 65),
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
        with_all = Draft(
            channel=channel.id, text=TEXT, label="SECRET REL XAA", precedence=Precedence.FLASH, ack_by=1_900_000_000,
            answers="ab" * 32, quotes=("cd" * 32, "ef" * 32),
        )  # fmt: skip
        await a.ask(SetDraft(**values_of(with_all)))
        assert (await a.ask(ListDrafts())).drafts == (with_all,)
        alone = Draft(channel=channel.id, text="", label="", quotes=("cd" * 32,))
        await a.ask(SetDraft(**values_of(alone)))
        assert (await a.ask(ListDrafts())).drafts == (alone,), "what is repeated needs no words"
        await a.ask(SetDraft(channel="ops", text="", label=""))
        assert (await a.ask(ListDrafts())).drafts == ()
        # As it was kept before there was more than a label.
        await a.station.context.store.write(lambda tx: tx.set_draft(bytes.fromhex(channel.id), "SECRET", "\told\ttext"))
        assert (await a.ask(ListDrafts())).drafts == (Draft(channel=channel.id, text="\told\ttext", label="SECRET"),)
        await town.close()
        nursery.cancel_scope.cancel()
