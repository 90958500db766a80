"""Who stands in for a nation: who may say so, whom a reminder then asks; and admins of a channel that change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.amendment import WidenChannel
from coalchat.api.deadlines import ChangeAdmins, NameDeputy, OrderMinimize, RemindRecipients
from coalchat.api.emergency import RevokeDevices
from coalchat.api.nouns import Channel
from coalchat.api.requests import AddPeer, SendMessage
from coalchat.api.vocabulary import Precedence as Urgency
from coalchat.api.vocabulary import RevocationReason, Role
from coalchat.errors import NotAuthorised, UnknownDevice, UsageError
from coalchat.node.times import dtg
from coalchat.paths import Home
from coalchat.record import evolve
from protocol.messages.notices import Notice, NoticePayload
from protocol.messages.payload import FORMAT
from protocol.trust.credential import Precedence
from protocol.trust.label import Label
from tests.fakes.joined import device_home, joined, time
from tests.fakes.nodes import Running, Town, linked, until


async def shown(node: Running) -> Channel:
    (channel,) = await node.channels()
    return channel


async def deputies(node: Running) -> dict[str, str]:
    return {one.nation: one.person for one in (await shown(node)).deputies}


async def agree(expected: dict[str, str], *nodes: Running) -> None:
    async def so() -> bool:
        return [await deputies(node) for node in nodes] == [expected] * len(nodes)

    await until(so)


async def name(node: Running, person: str, until_time: int = 0) -> Channel:
    return await node.ask(NameDeputy(channel="ops", person=person, until=until_time))  # type: ignore[no-any-return]


async def notices(node: Running) -> list[str]:
    return [one.text for one in await node.messages("ops") if one.kind == "notice"]


async def orders(node: Running, text: str, label: str = "RESTRICTED") -> str:
    sent = await node.ask(
        SendMessage(
            channel="ops", text=text, label=label, precedence=Urgency.ROUTINE, ack_by=time(node) + 600, reply_to="",
            client_id=text,
        )
    )  # fmt: skip
    return str(sent.entry_id)


async def escalated(node: Running, entry_id: str, **more: Any) -> str:
    fields: dict[str, Any] = {"text": "", "escalate": "", "client_id": f"{entry_id} {more}", "considered": False} | more
    sent = await node.ask(RemindRecipients(id=entry_id, deputies=True, **fields))
    (text,) = [one.text for one in await node.messages("ops") if one.entry_id == sent.entry_id]
    return next(line for line in text.splitlines() if line.startswith("escalated to"))


async def staffed(nursery: trio.Nursery, homes: dict[str, Home], base: Path) -> tuple[Town, list[Running]]:
    """XAA and XBB in #ops, and two officers of XBB."""
    town = Town(nursery, homes | {each: device_home(base, each) for each in ("bo", "bea", "bot")})
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    await a.channel("ops", ["XAA", "XBB"])
    await until(b.channels)
    bo, bea = await joined(town, b, "bo"), await joined(town, b, "bea", level="RESTRICTED")
    for node in (bo, bea):
        await until(node.channels)
    return town, [a, b, bo, bea]


async def test_who_may_say_who_stands_in(homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, nodes = await staffed(nursery, homes, tmp_path)
        a, b, bo, bea = nodes
        await joined(town, b, "bot", person="Watch Bot", role=Role.BOT)

        # A person of himself, where nobody does; nobody else of anybody else; nobody of another nation.
        with pytest.raises(NotAuthorised):
            await name(bo, "Officer bea")
        with pytest.raises(UnknownDevice):
            await name(bo, "Officer XAA")
        with pytest.raises(UnknownDevice):
            await name(b, "Watch Bot")
        with pytest.raises(UsageError, match="to come"):
            await name(bo, "Officer bo", time(bo))
        with pytest.raises(UsageError, match="to come"):
            await name(bo, "", time(bo) + 60)
        ends = time(bo) + 3_600
        said = await name(bo, "xbb officer bo", ends)
        assert [(d.nation, d.person, d.until, d.by) for d in said.deputies] == [
            ("XBB", "Officer bo", ends, "Officer bo")
        ]
        await agree({"XBB": "Officer bo"}, *nodes)
        assert (await name(bo, "Officer bo", ends)).deputies == said.deputies
        with pytest.raises(NotAuthorised):
            await name(bea, "Officer bea")
        with pytest.raises(NotAuthorised):
            await name(bea, "")

        # His time ends by itself; then another may.
        await trio.sleep(3_601)
        await agree({}, *nodes)
        await name(bea, "Officer bea")
        await agree({"XBB": "Officer bea"}, *nodes)

        # The custodian names whom he will; who is named stands down.
        await name(b, "Officer bo")
        await agree({"XBB": "Officer bo"}, *nodes)
        await name(bo, "")
        await agree({}, *nodes)
        await name(bo, "")  # as it is
        await a.ask(NameDeputy(channel="ops", person="Officer XAA", until=0))
        await agree({"XAA": "Officer XAA"}, *nodes)
        assert [text for text in await notices(a) if "XBB" in text] == [
            f"DEPUTY of XBB: Officer bo until {dtg(ends)}",
            "DEPUTY of XBB: Officer bea",
            "DEPUTY of XBB: Officer bo",
            "DEPUTY of XBB: nobody",
        ]

        # A word that does not count says so, whatever its number, and whosoever's id it names.
        station = a.station
        place = station.sending.place(bytes.fromhex(said.id))
        label = Label(station.context.member.policy.hash, 0, frozenset(), frozenset({0, 1}))
        person, now = bo.station.context.member.certificate.person, time(a)
        forged = NoticePayload(FORMAT, now, False, (), int(Notice.DEPUTY), 9, True, "", person, 0, now)
        for sender in (a, bea):
            posted = await sender.station.sending.send_text(place, label, forged, Precedence.ROUTINE, None)

            async def there(entry_id: bytes = posted.message.entry_id) -> list[str]:
                return [one.text for one in await b.messages("ops") if one.entry_id == entry_id.hex()]

            (text,) = await until(there)
            if sender is bea:
                assert text == "NOT IN FORCE, not by who may say so: DEPUTY of XBB: Officer bo"
        # XAA's custodian named a person whom XAA does not have: nobody stands in for it by that.
        await agree({}, *nodes)
        assert "DEPUTY of XAA: somebody of whom no device is known" in await notices(b)

        # Who is revoked neither stands in nor has said so.
        await name(b, "Officer bo")
        await agree({"XBB": "Officer bo"}, a, b, bea)
        await b.ask(RevokeDevices(device="", person="Officer bo", reason=RevocationReason.LEFT, rehearse=False))
        await agree({}, a, b, bea)
        await town.close()


async def test_what_begins_later_does_not_hold_yet(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, nodes = await staffed(nursery, homes, tmp_path)
        a, b, _, bea = nodes
        ends = time(b) + 3_600
        said = await name(b, "Officer bo", ends)
        await agree({"XBB": "Officer bo"}, *nodes)
        # Bea's device says by a false clock that his time is over.
        station = bea.station
        place = station.sending.place(bytes.fromhex(said.id))
        label = Label(station.context.member.policy.hash, 0, frozenset(), frozenset({0, 1}))
        person = station.context.member.certificate.person
        early = NoticePayload(FORMAT, ends, False, (), int(Notice.DEPUTY), 2, True, "", person, 0, ends)
        await station.sending.send_text(place, label, early, Precedence.ROUTINE, None)
        await trio.sleep(60)
        assert "DEPUTY of XBB: Officer bea" in await notices(a)
        await agree({"XBB": "Officer bo"}, *nodes)
        await trio.sleep(3_600)
        await agree({"XBB": "Officer bea"}, *nodes)
        await town.close()


async def test_a_reminder_asks_the_deputy_of_each_nation_that_lacks_one(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, nodes = await staffed(nursery, homes, tmp_path)
        a, b, *_ = nodes
        c = await town.start("XCC")
        for node in (a, b):
            await c.ask(AddPeer(address=node.address))
            await linked(c, node)
        await a.ask(WidenChannel(channel="ops", nations=("XCC",)))
        await until(c.channels)

        order = await orders(a, "hold at PL RED")
        with pytest.raises(UsageError, match="no deputy who can read it is named by XBB, XCC"):
            await escalated(a, order)
        await name(b, "Officer bea")
        await agree({"XBB": "Officer bea"}, a, b, c)
        status = await a.status(order)
        assert [(d.nation, d.person) for d in status.deputies] == [("XBB", "Officer bea")]
        assert await escalated(a, order) == "escalated to XBB Officer bea; XCC has no deputy who can read it"
        with pytest.raises(UsageError, match="escalate"):
            await escalated(a, order, escalate="XBB Officer bo")

        # What she is not cleared for she is not asked to see to.
        secret = await orders(a, "strike package", "SECRET")
        assert (await a.status(secret)).deputies == ()
        with pytest.raises(UsageError, match="no deputy who can read it"):
            await escalated(a, secret)

        # Of a nation that lacks none nobody is asked.
        await name(c, "Officer XCC")
        await agree({"XBB": "Officer bea", "XCC": "Officer XCC"}, a, b, c)

        async def has() -> bool:
            return any(one.entry_id == order for one in await c.messages("ops"))

        await until(has)
        await c.acknowledge(order)

        async def acknowledged() -> bool:
            return [(n.nation, n.reached) for n in (await a.status(order)).nations] == [("XBB", 0), ("XCC", 1)]

        await until(acknowledged)
        assert await escalated(a, order, text="now") == "escalated to XBB Officer bea"
        await town.close()


async def test_admins_of_a_channel_change(homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {each: device_home(tmp_path, each) for each in ("al", "abe", "bot")})
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        al, abe = await joined(town, a, "al"), await joined(town, a, "abe", person="Officer al")
        await joined(town, a, "bot", person="Watch Bot", role=Role.BOT)
        await until(al.channels)

        def change(*, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> ChangeAdmins:
            return ChangeAdmins(channel="ops", add=add, remove=remove)

        with pytest.raises(NotAuthorised):
            await al.ask(change(add=("Officer al",)))
        for nobody in ("Officer XBB", "Watch Bot", "Officer", "0123"):
            with pytest.raises(UnknownDevice):
                await a.ask(change(add=(nobody,)))
        with pytest.raises(UnknownDevice):
            await a.ask(change(remove=("Officer al",)))
        with pytest.raises(UsageError, match="no admin would be left"):
            await a.ask(change(remove=("Officer XAA",)))
        ids = tuple(node.station.context.member.device.hex() for node in (al, abe))
        both = await a.ask(change(add=("officer al",)))
        assert set(both.admins) == {f"XAA {who}" for who in ("Officer XAA (1)", "Officer al (1)", "Officer al (2)")}
        made = await a.ask(change(remove=(ids[1],)))
        assert made.revision == 2
        assert (await a.ask(change(add=(ids[0],)))) == made, "as it is"
        assert set(made.admins) == {"XAA Officer XAA (1)", "XAA Officer al (1)"}
        with pytest.raises(UsageError, match="twice"):
            await a.ask(change(add=("Officer XAA",), remove=("Officer XAA",)))

        # What a former admin ordered stays, by the word of who removes him; his own next word does not count.
        await a.ask(OrderMinimize(channel="ops", on=True, reason="no satellite"))

        async def ordered() -> bool:
            return None not in [(await shown(node)).minimize for node in (al, b, abe)]

        await until(ordered)
        order = (await shown(b)).minimize
        with pytest.raises(UsageError, match="rests on this device"):
            await a.ask(change(remove=("Officer XAA",)))
        stays = evolve(order, person="Officer al")
        made = await al.ask(change(remove=("XAA Officer XAA",)))
        assert (made.admins, made.minimize) == (("XAA Officer al (1)",), stays)

        async def removed() -> bool:
            return [(await shown(node)).admins for node in (a, b)] == [made.admins] * 2

        await until(removed)
        assert (await shown(b)).minimize == stays
        assert len(await notices(b)) == 1
        with pytest.raises(NotAuthorised):
            await a.ask(OrderMinimize(channel="ops", on=False, reason=""))
        await al.ask(OrderMinimize(channel="ops", on=False, reason=""))

        async def lifted() -> bool:
            return (await shown(b)).minimize is None

        await until(lifted)
        assert [r.detail for r in await a.audited("channel-admins")] == [
            "+Officer al (1), +Officer al (2)", "-Officer al (2)",
        ]  # fmt: skip
        assert [r.detail for r in await al.audited("channel-admins")] == ["-Officer XAA (1)"]
        await town.close()
