"""Revocation and emergency rekey through whole nodes: who is served no more, who is keyed anew, and what stays readable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import attrs
import pytest
import trio
from trio.testing import MockClock

from coalchat.api.emergency import Rekeyed, RekeyNation, RevokeDevices
from coalchat.api.requests import ShowKeys
from coalchat.api.vocabulary import Flag, KeyState, RevocationReason
from coalchat.cli.keys import rekeyed_lines
from coalchat.errors import NotAuthorised, Refused, UsageError
from coalchat.node.drawing import Drawing
from coalchat.node.rekeying import Rekeying
from coalchat.paths import Home
from coalchat.record import evolve as with_fields
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Tag
from protocol.base.records import evolve
from protocol.trust.publication import RevocationReason as Reason
from tests.fakes.joined import DAY, EDITION, FIRST, HOUR, SEGMENT, device_home, envelope_of, joined, until_time
from tests.fakes.keyed import held, start, statements, texts
from tests.fakes.nodes import Running, Town, linked, until


def revoke(
    device: Running, *, reason: RevocationReason = RevocationReason.LOST, rehearse: bool = False
) -> RevokeDevices:
    return RevokeDevices(device=device.station.context.member.device.hex(), person="", reason=reason, rehearse=rehearse)


@pytest.fixture
def with_devices(homes: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return homes | {name: device_home(tmp_path, name) for name in ("laptop", "radio")}


async def test_a_lost_laptop(with_devices: dict[str, Home], autojump_clock: MockClock) -> None:
    """The whole story: revoked in one act, served no more, and the nation goes on under keys that it does not have."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_devices)
        a, b, laptop = await start(town)
        radio = await joined(town, a, "radio")
        await linked(radio, a)
        await town.join_up(b, laptop)
        await until(radio.channels)
        await b.send("ops", "before", "SECRET")
        said = await laptop.send("ops", "from the laptop", "SECRET")
        await texts(a, ["before", "from the laptop"])
        await texts(radio, ["before", "from the laptop"])
        await trio.sleep(30)
        lost = laptop.station.context.member.device

        meant: Rekeyed = await a.ask(revoke(laptop, rehearse=True))
        assert (meant.done, [one.device_id for one in meant.revoked], meant.edition) == (False, [lost.hex()], 0)
        assert a.station.context.member.directory.last_good(lost) is None, "a rehearsal does nothing"

        made: Rekeyed = await a.ask(revoke(laptop))
        assert (made.done, made.edition, made.replaced, made.devices) == (True, 4, (1,), 1)
        assert made.cut_off_until == FIRST + EDITION + SEGMENT // 4
        assert made.runs_on_until == made.cut_off_until + EDITION
        await trio.sleep(60)
        for node in (a, b, radio):
            directory = node.station.context.member.directory
            standing = directory.standing(lost, node.station.context.now())
            assert standing is not None
            assert standing.revoked is not None
            assert standing.revoked.reason == int(Reason.LOST)
            assert lost not in {session.peer.device for session in node.station.links.register.sessions()}
            (good,) = (directory.last_good(lost) or {}).items()
            entry = a.station.context.store.read.entry(bytes.fromhex(said.entry_id))
            assert entry is not None
            assert good[1] >= (entry.seq, b"")
            assert good[0] == entry.feed_id
        (publication,) = a.station.context.member.directory.publications(0)
        assert [(r.device, r.reason) for r in publication.revocations] == [(lost, int(Reason.LOST))]
        (audited,) = await a.audited("device-revoked")
        assert (audited.subject, audited.detail) == (lost.hex(), "lost")
        assert len(await a.audited("rekey-demanded")) == 1
        assert [closed.detail for closed in await b.audited("link-closed")] == ["its device is revoked"]

        # The radio has answered, and holds what the laptop never gets.
        assert held(radio) == {1, 4}
        assert held(laptop) == {1}
        sent = await b.send("ops", "after", "SECRET")
        assert [slot.counter for slot in envelope_of(b, sent.entry_id).context.slots] == [4, 1]
        await texts(radio, ["before", "from the laptop", "after"])
        shown = {message.text: Flag.SUPERSEDED_KEY in message.flags for message in await radio.messages("ops")}
        assert shown == {"before": True, "from the laptop": True, "after": False}
        keys = await a.ask(ShowKeys())
        assert [(e.counter, e.state, e.supersedes) for e in keys.editions] == [
            (1, KeyState.SUPERSEDED, 0),
            (2, KeyState.RESERVE, 0),
            (3, KeyState.RESERVE, 0),
            (4, KeyState.EFFECTIVE, 1),
        ]
        shown_until = (keys.editions[0].cut_off_until, keys.editions[0].runs_on_until)
        assert shown_until == (made.cut_off_until, made.runs_on_until)
        (demand,) = keys.demands
        assert (demand.devices, demand.answered, demand.keyed) == (1, 1, 1)

        # Its own node may not know: what it writes, nobody takes; when it dials again, nobody answers.
        await laptop.send("ops", "too late", "SECRET")
        await trio.sleep(120)
        assert "too late" not in await a.texts("ops")
        assert "too late" not in await b.texts("ops")
        assert await b.audited("link-stranger"), "it knows the link secret, and is nobody"
        # Should it learn of it, it says so and sends nothing.
        (act,) = a.station.context.member.controls.of(Tag.REVOCATION)
        laptop.station.context.member.apply(act.data)
        assert any("was revoked" in warning for warning in laptop.station.warnings())
        with pytest.raises(Refused):
            await laptop.send("ops", "still later", "SECRET")
        await laptop.stop()
        # What follows goes on from the new edition, and never by way of the laptop.
        await until_time(a, FIRST + EDITION + HOUR)
        assert held(radio) >= {2}
        await b.send("ops", "in the next edition", "SECRET")
        await texts(radio, ["before", "from the laptop", "after", "in the next edition"])
        (publication,) = a.station.context.member.directory.publications(0)
        assert [(e.counter, e.supersedes) for e in publication.editions] == [(1, 0), (2, 0), (3, 0), (4, 1), (5, 0)]
        assert not await radio.audited("otar-refused")
        await town.close()


async def test_what_is_named(with_devices: dict[str, Home], autojump_clock: MockClock) -> None:
    """A device by its id, a person by his name, and never the one for the other."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_devices)
        a = await town.start("XAA")
        laptop = await joined(town, a, "laptop", person="deadbeef")
        radio = await joined(town, a, "radio", person="deadbeef")
        ids = [node.station.context.member.device.hex() for node in (laptop, radio)]
        (own,) = [a.station.context.member.device.hex()]

        async def asked(*, device: str = "", person: str = "") -> list[str]:
            request = RevokeDevices(device=device, person=person, reason=RevocationReason.LEFT, rehearse=True)
            return [one.device_id for one in (await a.ask(request)).revoked]

        assert await asked(device=ids[0][:8].upper()) == [ids[0]]
        assert sorted(await asked(person="deadbeef")) == sorted(ids)
        for given in ({}, {"device": ids[0], "person": "deadbeef"}, {"device": ids[0][:7]}, {"device": "deadbeef"}):
            with pytest.raises(UsageError):
                await asked(**given)
        for given in ({"person": ids[0]}, {"person": "Deadbeef"}, {"device": own}, {"person": "Officer XAA"}):
            with pytest.raises(UsageError):
                await asked(**given)
        both = with_fields(revoke(laptop), device="", person="deadbeef")
        assert len((await a.ask(both)).revoked) == 2
        with pytest.raises(UsageError):
            await asked(device=ids[1])
        with pytest.raises(NotAuthorised):
            await laptop.ask(revoke(radio))
        with pytest.raises(NotAuthorised):
            await laptop.ask(RekeyNation(rehearse=False))
        # A clock in doubt seals nothing, and so revokes nothing: it is confirmed first.
        await a.stop()
        town.now += 400 * DAY
        a = await town.start("XAA")
        with pytest.raises(Refused):
            await a.ask(RekeyNation(rehearse=False))
        assert a.station.drawing.pending() is None
        await town.close()


async def test_who_is_off_is_keyed_when_it_comes_back_and_reads_all(
    with_devices: dict[str, Home], autojump_clock: MockClock
) -> None:
    """Also what a sender who was cut off sealed meanwhile to the superseded keys; and a second rekey goes on from there."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_devices)
        a, b, laptop = await start(town)
        await laptop.stop()
        town.network.cut("xaa", "xbb")
        await trio.sleep(60)
        for edition in (4, 5):
            made: Rekeyed = await a.ask(RekeyNation(rehearse=False))
            assert (made.edition, made.revoked) == (edition, ())
        await a.send("ops", "under the new key", "SECRET")
        cut_off = await b.send("ops", "from who has not heard", "SECRET")
        assert [slot.counter for slot in envelope_of(b, cut_off.entry_id).context.slots] == [1, 1]
        await trio.sleep(60)
        (demand,) = (await a.ask(ShowKeys())).demands
        assert (demand.devices, demand.answered, demand.keyed) == (1, 0, 0)
        assert "emergency rekey: 0 of 1 devices are keyed" in a.station.warnings()
        town.network.heal("xaa", "xbb")
        laptop = await town.start("laptop")
        await linked(laptop, a)
        await texts(laptop, ["under the new key", "from who has not heard"])
        await until(lambda: _keyed(a, 1))
        assert held(laptop) == {1, 4, 5}
        flags = {m.text: Flag.SUPERSEDED_KEY in m.flags for m in await laptop.messages("ops")}
        assert flags == {"under the new key": False, "from who has not heard": True}
        (said,) = statements(a, laptop)
        assert len(a.station.context.member.controls.of(Tag.REKEY_DEMAND)) == 1, (
            "the newer demand took the older one's place"
        )
        assert len(said.request) == 16
        assert len(await a.audited("rekey-demanded")) == 2
        # Another nation's node is told of the keys, and of no demand.
        await linked(b, a)
        await trio.sleep(30)
        assert b.station.context.member.controls.of(Tag.REKEY_DEMAND) == ()
        (demanded,) = a.station.context.member.controls.of(Tag.REKEY_DEMAND)
        with pytest.raises(AuthenticationError):
            b.station.context.member.apply(demanded.data)
        sent = await b.send("ops", "now it has", "SECRET")
        assert [slot.counter for slot in envelope_of(b, sent.entry_id).context.slots] == [5, 1]
        await town.close()


async def _keyed(a: Running, count: int) -> bool:
    (demand,) = (await a.ask(ShowKeys())).demands
    return bool(demand.keyed == count)


STEPS = ("begun", "counters meant", "seeds in the key file")


@pytest.mark.parametrize("step", STEPS)
async def test_a_custodian_who_is_stopped_goes_on(
    homes: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        cut = trio.Event()

        async def stops(*_: object) -> None:
            cut.set()
            await trio.sleep_forever()

        with monkeypatch.context() as patched:
            if step == "begun":
                patched.setattr(Drawing, "_supersede", stops)
            elif step == "counters meant":
                patched.setattr("coalchat.node.holding.Holding.change", stops)
            else:
                patched.setattr(Drawing, "_publish", _unless_drawn(Drawing._publish, stops))
            nursery.start_soon(_ask_and_be_cut, a)
            await cut.wait()
            assert a.station.drawing.pending() is not None
            await a.kill()
        a = await town.start("XAA")
        await trio.sleep(60)
        assert a.station.drawing.pending() is None
        (publication,) = a.station.context.member.directory.publications(0)
        running = publication.current_editions(a.station.context.member.segment(a.station.context.now()))
        new = 5 if step == "counters meant" else 4
        assert [(e.counter, e.supersedes, e.last) for e in running] == [(new, 1, (FIRST + EDITION) // SEGMENT - 1)]
        assert held(a) == {1, 2, 3, new}
        assert len(await a.audited("rekey-demanded")) == 1
        await town.close()


Step = Callable[[Drawing], Awaitable[None]]


def _unless_drawn(publish: Step, stops: Step) -> Step:
    async def step(drawing: Drawing) -> None:
        pending = drawing.pending()
        await (stops if pending is not None and pending.supersedes else publish)(drawing)

    return step


async def _ask_and_be_cut(node: Running) -> None:
    with trio.move_on_after(3600):
        await node.ask(RekeyNation(rehearse=False))


async def test_what_a_revoked_device_wrote_later_is_refused_and_what_is_held_stays(
    with_devices: dict[str, Home], autojump_clock: MockClock
) -> None:
    """The custodian did not have it when he revoked; another nation did, and keeps it, and passes it on in vain."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_devices)
        a, b, laptop = await start(town)
        await town.join_up(b, laptop)
        good = await laptop.send("ops", "good", "SECRET")
        await texts(a, ["good"])
        await texts(b, ["good"])
        for one, other in (("xaa", "laptop"), ("xaa", "xbb")):
            town.network.cut(one, other)
        await laptop.send("ops", "later", "SECRET")
        await texts(b, ["good", "later"])
        await a.ask(revoke(laptop))
        town.network.heal("xaa", "xbb")
        await linked(a, b)
        await trio.sleep(60)
        (refused,) = [record for record in await a.audited("entry-refused") if record.clause == "revoked"]
        assert refused.nation == "XAA"
        assert await a.texts("ops") == ["good"]
        assert await b.texts("ops") == ["good", "later"], "a revocation unmakes nothing"
        last = a.station.context.member.directory.last_good(laptop.station.context.member.device)
        entry = a.station.context.store.read.entry(bytes.fromhex(good.entry_id))
        assert entry is not None
        assert last is not None
        assert last[entry.feed_id] == (entry.seq, entry.entry_id)
        # The link stays, and other things go over it.
        await b.send("ops", "go on", "SECRET")
        await texts(a, ["good", "go on"])
        assert b.station.context.member.directory.last_good(laptop.station.context.member.device) == last
        await town.close()


async def test_who_holds_no_keys_costs_no_rekey(with_devices: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_devices)
        a, _, laptop = await start(town)
        directory = a.station.context.member.directory
        lost = laptop.station.context.member.device
        (known,) = [c for c in directory.devices(0) if c.device == lost]
        sender = evolve(known.certificate, scope=evolve(known.certificate.scope, read=False))
        directory._devices[lost] = (attrs.evolve(known, certificate=sender),)
        made: Rekeyed = await a.ask(revoke(laptop, reason=RevocationReason.REPLACED))
        assert (made.done, made.replaced, made.edition, made.cut_off_until) == (True, (), 0, 0)
        assert len(made.revoked) == 1
        assert rekeyed_lines(made)[1] == "it held no keys: none are replaced"
        assert a.station.drawing.pending() is None
        (publication,) = directory.publications(0)
        assert [e.counter for e in publication.editions] == [1, 2, 3]
        await town.close()


async def test_a_device_that_lost_its_keys_makes_another_envelope(
    with_devices: dict[str, Home], autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It seals to the new edition before it has its seeds, and again after a restart."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, with_devices)
        a, b, laptop = await start(town)
        monkeypatch.setattr(Rekeying, "fresh", lambda _: frozenset())
        await a.ask(RekeyNation(rehearse=False))
        await trio.sleep(30)
        first = await laptop.send("ops", "one", "SECRET")
        await laptop.stop()
        laptop = await town.start("laptop")
        await linked(laptop, a)
        second = await laptop.send("ops", "two", "SECRET")
        assert envelope_of(laptop, first.entry_id).id != envelope_of(laptop, second.entry_id).id
        assert held(laptop) == {1}
        await texts(b, ["one", "two"])
        await town.close()
