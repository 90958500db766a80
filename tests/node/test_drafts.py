"""Texts that are being written rest in the node's store: sealed, per channel, until they are sent."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.drafts import Draft, ListDrafts, ListReportDrafts, ReportDraft, SetDraft, SetReportDraft
from coalchat.api.reports import FileReport, Typed
from coalchat.api.vocabulary import Precedence
from coalchat.errors import UnknownChannel, UsageError
from coalchat.node.answers.drafts import MAX_REPORTS
from coalchat.paths import Home
from coalchat.record import evolve, values_of
from protocol.base.limits import MAX_TEXT
from tests.fakes.nodes import Running, Town

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


HALF = SetReportDraft(
    channel="ops", form="SALUTE", form_hash="ab" * 32, updates="", label="SECRET REL XAA", precedence=Precedence.FLASH,
    ack="+30", at=1_790_000_000,
    values=(Typed(name="SIZE", row=0, text="three trucks\nunder nets \ud800"), Typed(name="TIME", row=0, text="221575Z")),
)  # fmt: skip


async def drafts(node: Running) -> tuple[ReportDraft, ...]:
    return (await node.ask(ListReportDrafts())).drafts  # type: ignore[no-any-return]


async def test_a_half_filled_report_is_sealed_survives_a_restart_and_leaves_by_nothing(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA"])
        await a.channel("two", ["XAA"])
        (ops, two) = sorted(await a.channels(), key=lambda channel: channel.title)
        update = evolve(HALF, updates="cd" * 32)
        for one in (evolve(HALF, ack="first"), HALF, update, evolve(HALF, channel="two", precedence=None)):
            await a.ask(one)
        await a.kill()
        at_rest = b"".join(path.read_bytes() for path in homes["XAA"].path.rglob("*") if path.is_file())
        assert b"three trucks" not in at_rest
        a = await town.start("XAA")

        def kept(of: SetReportDraft, channel: str) -> ReportDraft:
            return ReportDraft(**{**values_of(of), "channel": channel})

        assert sorted(await drafts(a), key=lambda one: (one.channel != ops.id, one.updates)) == [
            kept(HALF, ops.id), kept(update, ops.id), kept(evolve(HALF, precedence=None), two.id),
        ]  # fmt: skip
        assert await a.texts("ops") == []
        assert (await a.ask(ListDrafts())).drafts == ()
        await a.ask(evolve(HALF, values=(), ack="", updates="cd" * 32))
        await a.ask(evolve(HALF, values=(), ack="", channel="two"))
        assert await drafts(a) == (kept(HALF, ops.id),)
        for wrong in (
            evolve(HALF, values=(Typed(name="SIZE", row=0, text="x" * (MAX_TEXT + 1)),)),
            evolve(HALF, values=HALF.values * 129),
            evolve(HALF, label="SECRET\nREL"),
            evolve(HALF, form="../SALUTE"),
            evolve(HALF, form=""),
            evolve(HALF, updates="cd" * 33),
        ):
            with pytest.raises(UsageError):
                await a.ask(wrong)
        with pytest.raises(UnknownChannel):
            await a.ask(evolve(HALF, channel="nowhere"))
        for at in range(MAX_REPORTS - 1):
            await a.ask(evolve(HALF, form=f"FORM-{at}"))
        with pytest.raises(UsageError, match="half filled in"):
            await a.ask(evolve(HALF, form="ONE-MORE"))
        await a.ask(evolve(HALF, ack="again"))  # what is kept can be changed
        await town.close()


async def test_a_draft_goes_with_the_report_that_was_made_of_it(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA"])
        check = FileReport(
            form="radchk", channel="ops", label="SECRET", part=False, precedence=None, ack_by=0, client_id="1", reply_to="",
            values=tuple(Typed(name=name, row=0, text=text) for name, text in
                         (("station", "X"), ("time", "now"), ("strength", "loud"))),
            updates="",
        )  # fmt: skip
        await a.ask(evolve(HALF, form="RADIOCHECK"))
        filed = await a.ask(check)
        assert len(await drafts(a)) == 1  # filed by something else: what is on a desk stays there
        await a.ask(evolve(check, drafted=True, client_id="2"))
        assert await drafts(a) == ()
        await a.ask(evolve(HALF, form="RADIOCHECK", updates=filed.entry_id))
        again = await a.ask(evolve(check, updates=filed.entry_id, channel="", label="", client_id="3"))
        await a.ask(evolve(check, updates=again.entry_id, channel="", label="", client_id="4", drafted=True))
        assert await drafts(a) == ()
        await town.close()
