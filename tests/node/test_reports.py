"""Reports over whole nodes: filed, numbered, read by who may, updated as versions."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.deadlines import OrderMinimize
from coalchat.api.reports import Filed, FileReport, FormList, ListForms, ListReports, Typed
from coalchat.api.search import SearchMessages
from coalchat.api.versions import CorrectMessage, RecallMessage
from coalchat.api.vocabulary import Flag, Likeness
from coalchat.api.vocabulary import Precedence as Urgency
from coalchat.errors import AlreadyExists, Refused, UnknownMessage, UsageError
from coalchat.paths import Home
from protocol.base.records import decode, evolve
from protocol.messages.payload import decode_payload
from protocol.messages.reports import ReportPayload
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey
from tests.fakes.nodes import Running, Town, until

SEEN = {"size": "3 trucks, 12 people", "activity": "loading", "location": "31N BA 4812 1187", "time": "211200Z"}


def asks(form: str, channel: str = "ops", label: str = "SECRET", **more: Any) -> FileReport:
    fields: dict[str, str] = more.pop("fields", SEEN)
    typed = tuple(
        Typed(name=name.partition(".")[0], row=int(name.partition(".")[2] or 0), text=text)
        for name, text in fields.items()
    )
    given = {
        "part": False, "considered": False, "precedence": None, "ack_by": 0, "client_id": str(crc32(f"{form} {channel} {label} {fields}".encode())), "reply_to": "",
        "updates": "",
    } | more  # fmt: skip
    return FileReport(form=form, channel=channel, label=label, values=typed, **given)


async def files(node: Running, form: str, channel: str = "ops", label: str = "SECRET", **more: Any) -> Filed:
    return await node.ask(asks(form, channel, label, **more))  # type: ignore[no-any-return]


async def reports(node: Running, form: str = "", channel: str = "") -> Any:
    request = ListReports(channel=channel, form=form, before_position=0, limit=10)
    return (await node.ask(request)).messages


async def test_a_report_is_filed_read_and_updated(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        with pytest.raises(UsageError) as refused:
            await files(a, "spotrep")
        assert str(refused.value).endswith("UNIT: must be filled")
        assert "part" in refused.value.hint
        part = await files(a, "spotrep", part=True)
        assert (part.form, part.serial, part.version, part.missing) == ("SALUTE", 1, 1, ("UNIT",))
        assert part.precedence is Urgency.IMMEDIATE
        assert await files(a, "spotrep", part=True) == evolve_api(part, repeated=True)

        async def come() -> Any:
            return next(iter(await b.messages("ops")), None)

        shown = await until(come)
        assert (shown.kind, shown.precedence, shown.marking) == ("report", Urgency.IMMEDIATE, part.marking)
        assert shown.text.splitlines()[1] == "SIZE/3 trucks, 12 people//"
        report = shown.report
        assert (report.form, report.title, report.serial, report.part) == ("SALUTE", "What was seen", 1, True)
        assert report.missing == ("UNIT",)
        place = report.rows[2]
        assert (place.name, place.value, place.text) == ("Location", "31NBA48121187", "31N BA 4812 1187 ±10 m")
        assert (place.type, place.wrong) == ("loc", False)

        # Only what changes is given; what was given stays. The first line says where the newest version stands.
        update = await files(
            a, "", "", "", updates=part.entry_id, fields={"unit": "unknown", "size": "4 trucks", "equipment": ""}
        )
        assert (update.serial, update.version, update.missing, update.precedence) == (1, 2, (), Urgency.IMMEDIATE)

        async def two() -> Any:
            lines = await b.messages("ops")
            return lines if len(lines) == 2 else None

        old, new = await until(two)
        assert (old.flags, old.report, old.newer.entry_id) == ((Flag.CORRECTED,), None, update.entry_id)
        assert old.text.startswith("updated ")
        assert (new.version, new.corrects, new.kind) == (2, part.entry_id, "report")
        values = {row.key: row.value for row in new.report.rows}
        assert values["SIZE"] == "4 trucks"
        assert values["UNIT"] == "unknown"
        assert values["LOCATION"] == "31NBA48121187"
        assert not new.report.part
        assert [one.entry_id for one in await reports(b)] == [update.entry_id]
        assert [one.entry_id for one in await reports(b, "SITREP")] == []

        # It is quoted by its text, which is the same everywhere; and it is recalled as any message.
        await b.send("ops", "seen", "SECRET", quotes=[update.entry_id])

        async def answered() -> Any:
            lines = await a.messages("ops")
            return lines[-1].quotes if len(lines) == 3 else None

        (quoted,) = await until(answered)
        assert (quoted.text, quoted.likeness) == (new.text, Likeness.SAME)
        await a.ask(RecallMessage(id=part.entry_id, spill=False))

        async def gone() -> bool:
            return Flag.RECALLED in (await b.messages("ops"))[1].flags

        await until(gone)
        assert (await b.messages("ops"))[1].report is None
        assert (await files(a, "salute", part=True, client_id="next")).serial == 2
        await town.close()


def evolve_api(record: Any, **changes: Any) -> Any:
    from coalchat.record import evolve as evolve_record

    return evolve_record(record, **changes)


async def test_serials_count_for_each_audience_alone(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await a.channel("two", ["XAA", "XBB"])

        async def both() -> bool:
            return len(await b.channels()) == 2

        await until(both)
        whole = {**SEEN, "unit": "unknown"}
        labels = ("SECRET", "SECRET REL XAA", "SECRET", "RESTRICTED")
        numbers = [
            (await files(a, "salute", label=label, fields=whole, client_id=str(n))).serial
            for n, label in enumerate(labels)
        ]
        assert numbers == [1, 1, 2, 1]
        assert (await files(a, "salute", "two", fields=whole)).serial == 1
        radio = {"station": "XRAY 1", "time": "211200Z", "strength": "loud"}
        assert (await files(a, "radiocheck", fields=radio)).serial == 1
        assert (await files(b, "radiocheck", fields=radio)).serial == 1

        async def six() -> Any:
            found = await reports(b)
            return found if len(found) == 6 else None

        found = await until(six)
        mine = [one for one in found if one.report.form == "SALUTE" and one.channel_title == "ops"]
        assert sorted((one.marking, one.report.serial) for one in mine) == [
            ("MISSION RESTRICTED REL XAA, XBB", 1),
            ("MISSION SECRET REL XAA, XBB", 1),
            ("MISSION SECRET REL XAA, XBB", 2),
        ]
        page = await b.ask(ListReports(channel="ops", form="salute", before_position=0, limit=2))
        assert (len(page.messages), page.more) == (2, True)
        rest = await b.ask(ListReports(channel="ops", form="salute", before_position=page.next_position, limit=2))
        assert (len(rest.messages), rest.more) == (1, False)
        await town.close()


async def test_what_stands_in_the_way_is_named_and_nothing_is_sent(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA"])
        order = {"number": "3/27", "situation": "as before", "mission": "hold"}
        for request, says in (
            (asks("salute", fields={"size": "3", "time": "221575Z", "foo": "x"}),
             "TIME: no minute 75; foo: is no field of SALUTE; ACTIVITY: must be filled; LOCATION: must be filled"),
            (asks("report"), "there is no form report"),
            (asks("salute", client_id=""), "client_id"),
            (asks("warnord", fields=order), "asks for acknowledgement"),
            (asks("radiocheck", fields={"station": "X"}, part=True), "TIME: must be filled"),
        ):  # fmt: skip
            with pytest.raises(UsageError) as refused:
                await a.ask(request)
            assert says in str(refused.value)
        assert await a.messages("ops") == []
        sent = await files(a, "warnord", fields=order, ack_by=1_790_009_000)
        assert (await a.messages("ops"))[0].ack_by == 1_790_009_000
        with pytest.raises(AlreadyExists):
            await files(
                a, "warnord", fields=order, ack_by=1_790_009_001, client_id=asks("warnord", fields=order).client_id
            )
        await a.channel("other", ["XAA"])
        elsewhere = await a.send("other", "text", "SECRET")
        wrong: tuple[tuple[Any, type[Exception], str], ...] = (
            (asks("frago", "", "", updates=sent.entry_id), UsageError, "this report is on WARNORD"),
            (asks("", "", "", updates=elsewhere.entry_id), UsageError, "no report"),
            (
                asks("salute", part=True, reply_to=elsewhere.entry_id, client_id="r"),
                UnknownMessage,
                elsewhere.entry_id[:8],
            ),
            (ListReports(channel="", form="none", before_position=0, limit=1), UsageError, "no form none"),
            (ListReports(channel="", form="", before_position=-1, limit=1), UsageError, "position"),
            (CorrectMessage(id=sent.entry_id, text="x", client_id="c"), UsageError, "a report is not corrected"),
        )
        for asked, error, rule in wrong:
            with pytest.raises(error, match=rule):
                await a.ask(asked)
        again = await files(a, "", "", "", updates=sent.entry_id, fields={"mission": "advance"})
        assert again.version == 2
        assert (await a.messages("ops"))[-1].ack_by == 1_790_009_000
        answer = await files(a, "salute", part=True, reply_to=sent.entry_id)
        assert (await a.messages("ops"))[-1].refs == (sent.entry_id,)
        kept = await files(a, "", "", "", updates=answer.entry_id, fields={"unit": "?"}, precedence=Urgency.ROUTINE)
        assert ((await a.messages("ops"))[-1].refs, kept.precedence) == ((sent.entry_id,), Urgency.ROUTINE)
        # What is reported is found by its words; and where traffic is cut, what is not urgent waits for a second thought.
        looked = SearchMessages(
            words="trucks", channel="", author="", since=0, until=0, before_position=0, limit=9
        )  # fmt: skip
        assert [one.message.entry_id for one in (await a.ask(looked)).found] == [kept.entry_id]
        await a.ask(OrderMinimize(channel="ops", on=True, reason="no satellite"))
        radio = {"station": "XRAY 1", "time": "211200Z", "strength": "loud"}
        with pytest.raises(Refused) as cut:
            await files(a, "radiocheck", fields=radio)
        assert cut.value.clause == "minimize"
        thought = await files(a, "radiocheck", fields=radio, considered=True)
        assert Flag.MINIMIZE_CONSIDERED in (await a.messages("ops"))[-1].flags
        assert (await files(a, "", "", "", updates=thought.entry_id, fields={"link": "40"})).version == 2
        forms: FormList = await a.ask(ListForms())
        assert [form.id for form in forms.forms][:2] == ["CYBER", "FRAGO"]
        await town.close()


async def test_an_update_is_a_version_of_its_report_and_of_no_other(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    """A node that does not ask numbers an update otherwise, or makes one of another's report or of a text."""
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        good = await files(a, "salute", part=True)
        text = await a.send("ops", "no report", "SECRET")
        await until(lambda: reports(b))
        with pytest.raises(UsageError, match="only who filed"):
            await files(b, "", "", "", updates=good.entry_id, fields={"unit": "x"})

        message = a.station.context.store.read.message(bytes.fromhex(good.entry_id))
        assert message is not None
        payload = decode_payload(message.payload)
        assert isinstance(payload, ReportPayload)
        release = decode(ReleaseKey, message.release)

        async def push(node: Running, **changes: Any) -> str:
            place = node.station.sending.place(message.channel)
            bad = evolve(payload, version=2, **changes)
            return (await node.station.sending.post(place, release, bad, Precedence.ROUTINE)).message.entry_id.hex()

        first = bytes.fromhex(good.entry_id)
        bad = [
            await push(a, first=first, serial=9),
            await push(a, first=first, form="SITREP"),
            await push(a, first=bytes.fromhex(text.entry_id)),
            await push(b, first=first),
        ]
        right = await push(a, first=first, part=False)

        async def update() -> Any:
            return next((one for one in await b.messages("ops") if one.entry_id == right), None)

        assert (await until(update)).version == 2
        refused = {one.subject for one in (await b.audit()) if one.clause == "correction"}
        assert refused == set(bad[:3])
        assert not {one.entry_id for one in await b.messages("ops")} & set(bad[:3])

        async def others() -> bool:
            return bad[3] in {one.subject for one in (await a.audit()) if one.clause == "correction"}

        await until(others)
        await town.close()
