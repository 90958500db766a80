"""The charter changes while its nations talk (SPEC 6.6): a fourth nation joins and reads from then on; it is suspended."""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.amendment import AdmitNation, ReinstateNation, SuspendNation, WidenChannel
from coalchat.api.requests import AddPeer, ListNations
from coalchat.api.vocabulary import State
from coalchat.errors import Refused, UsageError
from coalchat.paths import Home
from tests.fakes.amended import admitted, newcomer, reinstated, signed, suspended
from tests.fakes.joined import device_home, envelope_of, joined
from tests.fakes.nodes import Running, Town, linked, until


async def charter_at(node: Running, number: int) -> None:
    async def there() -> bool:
        return node.station.context.member.coalition.charter.number == number

    await until(there)


async def reads(node: Running, *texts: str) -> None:
    async def all_there() -> bool:
        return await node.texts("ops") == list(texts)

    await until(all_there)


async def test_a_fourth_nation_joins_talks_is_suspended_and_comes_back(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    new = await trio.to_thread.run_sync(newcomer, tmp_path, "XDD")
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {name: device_home(tmp_path, name) for name in ("bo", "dee")})
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        await town.join_up(a, b, c)
        bo = await joined(town, b, "bo")
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(c.channels)
        old = await a.send("ops", "before", "RESTRICTED")
        await reads(c, "before")
        await reads(bo, "before")
        await bo.stop()

        # It joins: the node of XAA alone takes the complete file in; the others learn it over their links.
        d = await admitted(town, (a, b, c), new)
        await charter_at(b, 1)
        await charter_at(c, 1)
        await d.ask(AddPeer(address=a.address))
        await d.ask(AddPeer(address=b.address))
        await linked(d, a)
        await linked(d, b)
        assert await d.channels() == []
        await a.ask(WidenChannel(channel="ops", nations=("XDD",)))
        await until(d.channels)
        assert [(c.admins, c.revision) for c in await a.channels()] == [(("XAA Officer XAA (1)",), 1)]
        welcome = await a.send("ops", "welcome", "RESTRICTED")
        await reads(d, "welcome")
        dee = await joined(town, d, "dee")
        assert dee.station.context.member.coalition == a.station.context.member.coalition
        await d.send("ops", "thank you", "RESTRICTED REL TO XAA, XBB, XDD")
        await reads(b, "before", "welcome", "thank you")
        await c.send("ops", "not for the new one", "RESTRICTED REL TO XAA, XBB, XCC")
        await reads(a, "before", "welcome", "thank you", "not for the new one")

        # It reads only from then on: it holds no envelope with a slot of its own from before, nor any from before at all.
        store = d.station.context.store.read
        assert store.entry(bytes.fromhex(old.entry_id)) is None
        assert store.envelope(envelope_of(a, old.entry_id).id) is None
        assert [m.text for m in await d.messages("ops")] == ["welcome", "thank you"]
        assert await d.audited("document-refused") == await d.audited("envelope-refused") == []

        # The three suspend it: XAA takes the file in, its links end, and nothing has a slot for it any more.
        file = await suspended("XDD", (a, b, c))
        await charter_at(b, 2)
        await charter_at(c, 2)
        sent = await a.send("ops", "without you", "RESTRICTED")
        assert 3 not in {slot.nation for slot in envelope_of(a, sent.entry_id).context.slots}
        await reads(b, "before", "welcome", "thank you", "not for the new one", "without you")
        with pytest.raises(Refused) as refused:
            await b.send("ops", "to all four", "RESTRICTED REL TO XAA, XBB, XCC, XDD")
        assert refused.value.clause == "release-member"
        await d.send("ops", "still there?", "RESTRICTED")
        await trio.sleep(120)
        for node in (a, b, c):
            assert "still there?" not in await node.texts("ops")
            assert node.station.links.register.session(d.station.context.member.device) is None
        assert await d.texts("ops") == ["welcome", "thank you", "still there?"]
        listed = (await a.ask(ListNations())).nations
        assert [(n.code, n.devices, n.suspended) for n in listed][3] == ("XDD", 0, True)

        # What was released to it too can still be read by the others, and their receipts say so.
        await c.mark("ops", welcome.entry_id)

        async def read_there() -> bool:
            rows = (await a.status(welcome.entry_id)).deliveries
            return ("XCC", State.READ) in {(row.nation, row.state) for row in rows}

        await until(read_there)

        # Who takes the complete file in has the new link secret; until then it dials with the old, and says so.
        assert any("link secret" in warning for warning in b.station.warnings())
        await signed(file, b, c)
        secrets = {node.station.context.member.ring.link_secrets[0] for node in (a, b, c)}
        assert len(secrets) == 1
        assert secrets.isdisjoint(d.station.context.member.ring.link_secrets)
        assert not any("link secret" in warning for warning in b.station.warnings())
        assert [r.detail for r in await b.audited("charter-amended")] == [
            "number 1 admits XDD",
            "number 2 suspends XDD",
        ]

        # A device that was off all the while is two amendments behind: it learns them over its link, and gets the secret.
        bo = await town.start("bo")
        await charter_at(bo, 2)

        async def told() -> bool:
            return bo.station.context.member.ring.link_secrets[0] in secrets

        await until(told)

        async def all_read() -> bool:
            # What a suspended nation said is taken no more, also by who could have had it before.
            return sorted([*await bo.texts("ops"), "thank you"]) == sorted(await b.texts("ops"))

        await until(all_read)

        # All of it is there after a restart.
        await b.stop()
        again = await town.start("XBB")
        assert again.station.context.member.coalition.charter.suspended == {3}
        assert again.station.context.member.ring.link_secrets[0] in secrets
        await linked(again, a)
        await again.send("ops", "back", "RESTRICTED")
        await reads(a, "before", "welcome", "thank you", "not for the new one", "without you", "back")

        # They take it back: its own node learns of both amendments from the file, and its device from that node.
        assert d.station.context.member.coalition.charter.number == 1
        sealed = envelope_of(a, sent.entry_id)
        with pytest.raises(UsageError):
            await a.ask(ReinstateNation(nation="XCC"))
        await reinstated(d, (a, again, c))
        for node in (again, c, d, dee):
            await charter_at(node, 3)
        assert [r.detail for r in await d.audited("charter-amended")] == [
            "number 2 suspends XDD",
            "number 3 reinstates XDD",
        ]

        async def knows() -> bool:
            return dee.station.context.member.ring.link_secrets[0] in secrets

        await until(knows)
        await linked(d, a)
        resumed = await a.send("ops", "with you again", "RESTRICTED")
        assert 3 in {slot.nation for slot in envelope_of(a, resumed.entry_id).context.slots}
        for node in (d, dee):

            async def came(node: Running = node) -> bool:
                return "with you again" in await node.texts("ops")

            await until(came)
            assert not {"without you", "back"} & set(await node.texts("ops")), (
                "what was said meanwhile stays closed to it"
            )
        assert d.station.context.store.read.envelope(sealed.id) is None
        await dee.send("ops", "here again", "RESTRICTED")

        async def heard() -> bool:
            return {"still there?", "here again"} <= set(await c.texts("ops"))

        await until(heard)
        await town.close()


async def test_two_amendments_of_one_number_convict_who_signed_both(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    new = await trio.to_thread.run_sync(newcomer, tmp_path, "XDD")
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in ("XAA", "XBB", "XCC")]
        admits = (await signed((await a.ask(AdmitNation(offer=new.offer))).file, b, c)).file
        suspends = (await signed((await a.ask(SuspendNation(nation="XCC"))).file, b)).file
        assert (await signed(suspends, a)).in_force
        assert (await signed(await new.sign(admits, town.now), b)).in_force
        with pytest.raises(UsageError):
            await signed(suspends, b)

        # They meet: each keeps the other's as proof, stays with its own, and speaks of nothing else.
        await b.ask(AddPeer(address=a.address))
        for node, codes in ((a, 3), (b, 4)):

            async def convicted(node: Running = node) -> list[str]:
                return [record.detail for record in await node.audited("charter-fork")]

            assert await until(convicted) == ["number 1 was signed twice by XAA, XBB"]
            assert len(node.station.context.member.coalition.codes) == codes

        async def refused() -> bool:
            records = [*await a.audited("link-refused"), *await b.audited("link-refused")]
            return any("another charter" in record.detail for record in records)

        await until(refused)
        assert a.station.links.register.session(b.station.context.member.device) is None
        await a.stop()
        again = await town.start("XAA")
        assert again.station.context.member.coalition.suspended == {2}
        await trio.sleep(10)
        assert len(await again.audited("charter-fork")) == 1
        await town.close()
