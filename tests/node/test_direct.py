"""Direct messages over whole nodes (SPEC 7.7, 8.8): two officers write to each other, and nobody else reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.direct import ConfirmDevice, ListDevices, ShowWords, WithdrawDevice
from coalchat.api.requests import ListMessages, PreviewLabel
from coalchat.api.vocabulary import State
from coalchat.errors import Ambiguous, Refused, UnknownChannel, UnknownDevice, UsageError, WordsDiffer
from coalchat.paths import Home
from protocol.trust.access import Clause
from tests.fakes.direct import (
    acquainted,
    addressees,
    confirm,
    conversations,
    device_of,
    direct_envelope_of,
    keyed,
    opens,
    own_words,
)
from tests.fakes.joined import device_home, joined
from tests.fakes.nodes import Running, Town, linked, until


@asynccontextmanager
async def laptops(homes: dict[str, Home], base: Path) -> AsyncIterator[tuple[Town, Running, Running, Running, Running]]:
    """Custodians of two nations that a third one joins, and a laptop of each of the two."""
    everyone = homes | {name: device_home(base, name) for name in ("berg", "kowal")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b, c = await town.start("XAA"), await town.start("XBB"), await town.start("XCC")
        await town.join_up(a, c)
        await town.join_up(c, b)
        berg = await joined(town, a, "berg", person="Berg")
        kowal = await joined(town, b, "kowal", person="Kowal")
        await linked(berg, a)
        await linked(kowal, b)
        yield town, a, b, berg, kowal
        await town.close()


async def test_two_officers_write_to_each_other_through_a_third_nation(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with laptops(homes, tmp_path) as (town, a, b, berg, kowal):
        await acquainted(berg, kowal)
        preview = await berg.ask(PreviewLabel(channel="@Kowal", label="SECRET"))
        assert preview.denied is None
        assert [(one.nation, one.person) for one in preview.devices] == [("XAA", "Berg"), ("XBB", "Kowal")]
        assert preview.warnings == ("no nation can read it, this one neither: only the devices that it names",)
        sent = await berg.send("@Kowal", "meet at PL RED", "SECRET")
        assert sent.marking.endswith("REL XAA, XBB")
        await until(lambda: kowal.texts("@Berg"))

        async def delivered() -> bool:
            rows = (await berg.status(sent.entry_id)).deliveries
            return [(row.person, row.state) for row in rows] == [("Kowal", State.DELIVERED)]

        await until(delivered)
        await kowal.mark("@Berg", sent.entry_id)
        await kowal.acknowledge(sent.entry_id)
        answer = await kowal.send("@berg", "understood", "SECRET", reply_to=sent.entry_id)

        async def answered() -> bool:
            return await berg.texts("@Kowal") == ["meet at PL RED", "understood"]

        await until(answered)
        ((here,), (there,)) = await conversations(berg), await conversations(kowal)
        assert {here.id, there.id} == {sent.channel_id, answer.channel_id}
        assert (here.title, there.title, here.unread) == ("@Kowal", "@Berg", 1)

        # Whoever else had it in hand: both custodians, and the nation between.
        wire = direct_envelope_of(kowal, sent.entry_id)
        assert {slot.device.hex() for slot in wire.context.slots} == {device_of(berg), device_of(kowal)}
        for node in town.running[:3]:
            assert node.station.context.store.read.entry(bytes.fromhex(sent.entry_id)) is not None
            assert (await node.messages(), await conversations(node)) == ([], [])
            assert not opens(node.station.holding.ring, wire)
        assert opens(berg.station.holding.ring, wire)
        assert opens(kowal.station.holding.ring, wire)
        assert [record for node in (a, b, berg, kowal) for record in await node.audited("entry-refused")] == []


async def test_who_was_not_confirmed_gets_nothing_and_who_did_not_confirm_answers_nothing(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with laptops(homes, tmp_path) as (_, _, b, berg, kowal):
        await keyed(berg, kowal)
        with pytest.raises(Refused) as refused:
            await berg.send("@Kowal", "hello", "SECRET")
        assert refused.value.clause == Clause.RECIPIENT_UNCONFIRMED
        with pytest.raises(WordsDiffer):
            await berg.ask(ConfirmDevice(device=device_of(kowal), words=await own_words(b)))
        assert not (await addressees(berg))[device_of(kowal)].confirmed
        await confirm(berg, kowal)
        sent = await berg.send(f"@{device_of(kowal)}", "hello", "SECRET")
        await until(lambda: kowal.texts("@Berg"))
        # He reads it. Until he has compared the words too, nothing of his goes to that device, no receipt either.
        (row,) = (await berg.status(sent.entry_id)).deliveries
        assert row.state in {State.QUEUED, State.SENT, State.HELD}
        for act in (kowal.send("@Berg", "hello?", "SECRET"), kowal.send(sent.channel_id, "hello?", "SECRET")):
            with pytest.raises(Refused) as refused:
                await act
            assert refused.value.clause == Clause.RECIPIENT_UNCONFIRMED
        (shown,) = await conversations(kowal)
        assert shown.purpose.startswith("not confirmed by words: Berg (1); direct: no nation can read it")
        with pytest.raises(UsageError):
            await confirm(kowal, kowal)
        await confirm(kowal, berg)
        (shown,) = await conversations(kowal)
        assert shown.purpose.startswith("direct: ")

        async def delivered() -> bool:
            return [row.state for row in (await berg.status(sent.entry_id)).deliveries] == [State.DELIVERED]

        await until(delivered)
        assert [len(await node.audited("device-confirmed")) for node in (berg, kowal)] == [1, 1]
        assert len(await berg.audited("confirmation-refused")) == 1
        assert not (await berg.ask(WithdrawDevice(device=device_of(kowal)))).confirmed
        with pytest.raises(Refused):
            await berg.send(sent.channel_id, "one more", "SECRET")
        assert await kowal.texts("@Berg") == ["hello"]


async def test_names_mean_one_person_and_an_id_is_no_name(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {name: device_home(tmp_path, name) for name in ("one", "two", "three")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        one = await joined(town, b, "one", person="Kowal")
        await linked(one, b)
        # A person who is called like the id of another's device, and a namesake in another nation.
        named = await joined(town, b, "two", person=device_of(one))
        await linked(named, b)
        await acquainted(a, one, named)
        # A channel that is called like a person is shown as a channel, and is never what "@" means.
        spoof = await b.channel("@Kowal", ["XAA", "XBB"])
        await until(a.channels)
        assert [(c.title, c.devices) for c in await a.channels()] == [("#@Kowal", ())]
        assert (await a.send(spoof.id, "to nations", "SECRET")).channel_id == spoof.id
        assert [d.person for d in await _preview(a, f"@{device_of(one)}")] == ["Officer XAA", "Kowal"]
        with pytest.raises(UnknownDevice):
            await _preview(a, f"@{device_of(one)[:12]}")
        with pytest.raises(UnknownDevice):
            await _preview(a, "@Kowalski")
        with pytest.raises(UnknownChannel):
            await a.ask(ListMessages(channel="@Kowal", after_position=0, before_position=0, limit=10))
        namesake = await joined(town, a, "three", person="kowal")
        await keyed(a, namesake)
        assert [d.person for d in await _preview(a, "@Kowal")] == ["Officer XAA", "Kowal"]  # as it is written
        with pytest.raises(Ambiguous):
            await _preview(a, "@KOWAL")
        listed = (await a.ask(ListDevices())).devices
        assert [(d.nation, d.person) for d in listed if d.confirmed] == [("XBB", device_of(one)), ("XBB", "Kowal")]
        assert [d.device_id for d in listed if d.own] == [device_of(a)]
        words = await a.ask(ShowWords(device=device_of(one)))
        assert (words.own, words.words) == (await own_words(a), await own_words(one))
        await town.close()


async def _preview(node: Running, channel: str) -> list:  # type: ignore[type-arg]
    return list((await node.ask(PreviewLabel(channel=channel, label="SECRET"))).devices)


async def test_a_person_with_two_devices_and_a_restart(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    everyone = homes | {name: device_home(tmp_path, name) for name in ("first", "second")}
    async with trio.open_nursery() as nursery:
        town = Town(nursery, everyone)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        first = await joined(town, b, "first", person="Kowal")
        await linked(first, b)
        await acquainted(a, first)
        one = await a.send("@Kowal", "to one device", "SECRET")
        second = await joined(town, b, "second", person="Kowal")
        await linked(second, b)
        await keyed(a, second)
        # His new device is nobody's word but his custodian's: it gets nothing.
        assert not (await addressees(a))[device_of(second)].confirmed
        still = await a.send("@Kowal", "still to one device", "SECRET")
        assert still.channel_id == one.channel_id
        await acquainted(a, first, second)
        both = await a.send("@Kowal", "to both", "SECRET")
        assert both.channel_id != one.channel_id
        await until(lambda: second.texts("@Officer XAA"))
        assert await second.texts("@Officer XAA") == ["to both"]

        async def receipted() -> bool:
            rows = (await a.status(both.entry_id)).deliveries
            return {(row.person, row.device, row.state) for row in rows} == {
                ("Kowal", 1, State.DELIVERED),
                ("Kowal", 2, State.DELIVERED),
            }

        await until(receipted)
        await a.stop()
        again = await town.start("XAA")
        assert {c.id: c.title for c in await conversations(again)} == {
            one.channel_id: "@Kowal",
            both.channel_id: "@Kowal",
        }
        assert await again.texts("@Kowal") == ["to both"]  # the one that moved last
        assert await again.texts(one.channel_id) == ["to one device", "still to one device"]
        assert (await again.send("@Kowal", "after a restart", "SECRET")).channel_id == both.channel_id
        await town.close()
