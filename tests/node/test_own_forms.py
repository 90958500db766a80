"""Forms of the users' own: kept in the store, filed on, and explained only to who has the very wording."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.reports import AddForm, FileReport, FormAdded, FormList, ListForms, RemoveForm, Typed
from coalchat.errors import AlreadyExists, UsageError
from coalchat.paths import Home
from protocol.base.limits import MAX_OWN_FORMS
from tests.fakes.nodes import Running, Town, until
from tests.protocol.messages.reporting import SMALL

BRIDGE = SMALL.replace('"SMALL"', '"BRIDGE"').replace('"TINY"', '"BRG"').replace("version = 2", "version = 1")
CHANGED = BRIDGE.replace("version = 1", "version = 2").replace('"Remarks"', '"What else"')
OTHER = BRIDGE.replace('"Who reports"', '"Who says so"')
FILLED = {"who": "1 Coy", "when": "211200Z", "truck-kind.1": "L", "truck-number.1": "3", "remarks": "deck holds"}


async def adds(node: Running, toml: str, *, check: bool = False) -> FormAdded:
    return await node.ask(AddForm(toml=toml, check=check))  # type: ignore[no-any-return]


async def files(node: Running, form: str, key: str, updates: str = "", **more: str) -> Any:
    typed = [
        (name.partition(".")[0], int(name.partition(".")[2] or 0), text) for name, text in (more or FILLED).items()
    ]
    return await node.ask(
        FileReport(
            form=form, channel="" if updates else "ops", label="" if updates else "SECRET", part=False, precedence=None,
            values=tuple(Typed(name=name, row=row, text=text) for name, row, text in typed),
            ack_by=0, client_id=key, reply_to="", updates=updates,
        )
    )  # fmt: skip


async def forms(node: Running) -> dict[tuple[str, int], Any]:
    listed: FormList = await node.ask(ListForms())
    return {(one.id, one.version): one for one in listed.forms}


async def test_an_own_form_explains_itself_to_who_has_it_and_to_nobody_else(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        assert not (await adds(a, BRIDGE, check=True)).new
        assert ("BRIDGE", 1) not in await forms(a)
        added = await adds(a, BRIDGE)
        assert (added.new, added.form.own, added.form.current, added.reports) == (True, True, True, 0)
        assert not (await adds(a, BRIDGE)).new  # the same again changes nothing
        filed = await files(a, "brg", "1")
        assert (filed.form, filed.serial, filed.missing) == ("BRIDGE", 1, ())

        async def come() -> Any:
            return next((one for one in await b.messages("ops") if one.entry_id == filed.entry_id), None)

        by_keys = (await until(come)).report
        assert (by_keys.title, by_keys.differs, by_keys.rows[0].name) == ("", False, "WHO")
        # A form of that name which is another one explains nothing, and that is said.
        await adds(b, OTHER)
        told = (await come()).report
        assert (told.title, told.differs, told.rows[0].name, told.rows[0].type) == ("", True, "WHO", "")
        await b.ask(RemoveForm(form="bridge"))
        await adds(b, BRIDGE)
        explained = (await come()).report
        assert (explained.title, explained.differs, explained.rows[0].name) == ("A small one", False, "Who reports")
        assert explained.form_hash == added.form.hash

        # It survives a restart, sealed; a changed wording is a further version, and the older one goes on explaining.
        await a.kill()
        at_rest = b"".join(path.read_bytes() for path in homes["XAA"].path.rglob("*") if path.is_file())
        assert b"Who reports" not in at_rest
        a = await town.start("XAA")
        with pytest.raises(AlreadyExists) as refused:
            await adds(a, OTHER)
        assert "version = 2" in refused.value.hint
        await adds(a, CHANGED)
        known = await forms(a)
        assert [known["BRIDGE", version].current for version in (1, 2)] == [False, True]
        again = await files(a, "bridge", "2")
        shown: dict[str, Any] = {one.entry_id: one.report for one in await a.messages("ops")}
        assert [row.name for row in shown[filed.entry_id].rows][-1] == "Remarks"
        assert [row.name for row in shown[again.entry_id].rows][-1] == "What else"
        # An update is by the wording of what it updates, whatever was brought since.
        update = await files(a, "", "3", updates=filed.entry_id, remarks="deck is gone")
        newest: Any = (await a.messages("ops"))[-1].report
        assert newest.form_hash == added.form.hash
        assert update.version == 2

        gone = await a.ask(RemoveForm(form="brg"))
        assert (gone.id, gone.wordings, gone.reports) == ("BRIDGE", 2, 3)
        assert {one.report.title for one in await a.messages("ops") if one.report} == {""}
        with pytest.raises(UsageError, match="the form that it was written by is not here"):
            await files(a, "", "4", updates=filed.entry_id, remarks="x")
        await town.close()


async def test_clients_are_told_to_look_again(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        await a.channel("ops", ["XAA"])
        await adds(a, BRIDGE)
        filed = await files(a, "bridge", "1")
        read = a.station.context.store.read
        before = read.last_cursor()
        await a.ask(RemoveForm(form="bridge"))
        await adds(a, BRIDGE)
        kinds = [(row.kind, filed.entry_id.encode() in row.data) for row in read.events_after(before, 9)]
        assert kinds == [("marked", True)] * 2
        await town.close()


async def test_what_is_not_kept(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a = await town.start("XAA")
        for toml, says in (
            (BRIDGE.replace('"BRIDGE"', '"SALUTE"'), "SALUTE: a form here"),
            (BRIDGE.replace('"BRG"', '"9LINE"'), "9LINE: a form here"),
            (BRIDGE.replace('"BRG"', '"LIST"'), "LIST: a form here, or a word"),
            (BRIDGE.replace('"dtg"', '"time"'), "line 18: type of WHEN: must be one of text, unit"),
            (BRIDGE.replace('"Who reports"', '"Who\u202e"'), "name of WHO: must not hold control"),
            ("x" * 70_000, "65536 at most"),
            ("\ud800", "UTF-8"),
            ("".join(f"{word} = 1\n" for word in map("k{}".format, range(40))) + '[[field]]\nkey = "A"', "and 41 more"),
        ):
            for check in (True, False):
                with pytest.raises(UsageError) as refused:
                    await adds(a, toml, check=check)
                assert says in str(refused.value)
        assert not any(one.own for one in (await forms(a)).values())
        for name, says in (("salute", "ships with the program"), ("bridge", "no own form")):
            with pytest.raises(UsageError, match=says):
                await a.ask(RemoveForm(form=name))
        for at in range(MAX_OWN_FORMS):
            await adds(a, BRIDGE.replace("version = 1", f"version = {at + 1}"))
        with pytest.raises(UsageError, match="at most"):
            await adds(a, BRIDGE.replace('"BRIDGE"', '"ONE-MORE"').replace('"BRG"', '"OM"'))
        assert (await a.ask(RemoveForm(form="BRIDGE"))).wordings == MAX_OWN_FORMS
        await town.close()
