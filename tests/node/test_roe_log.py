"""ROE as they are looked at before and after they are issued: what one would be, the log, who may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api import roe as api
from coalchat.api.codec import encode_result
from coalchat.api.roe_log import ListRoeLog, PreviewRoe, RoePreview
from coalchat.errors import UnknownMessage, UsageError
from coalchat.paths import Home
from tests.fakes.nodes import Running, copy_homes
from tests.fakes.roe_town import HALT, NOT_US, WIDER, board, found, in_force, issue, stands, three


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    return found(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def homes(founded: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return copy_homes(founded, tmp_path)


async def test_what_a_notice_would_be_is_said_and_nothing_is_done(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await three(nursery, homes)
        await in_force(a, b, c)

        async def preview(node: Running, act: api.RoeAct, *rules: api.RoeRule, **more: Any) -> RoePreview:
            given = api.IssueRoe(act=act, client_id="", rules=rules, **more)
            said = await node.ask(PreviewRoe(notice=given))
            assert encode_result(1, said), "it can travel"
            return said  # type: ignore[no-any-return]

        before = (await board(a)).entries, len(await a.audited("send-refused"))
        amends = await preview(a, api.RoeAct.AMEND, HALT, basis="IMPL 001")
        assert (amends.name, amends.serial, amends.needed, amends.clause) == ("AMEND 001", 1, 2, "")
        again = await preview(a, api.RoeAct.IMPLEMENT, basis="AUTH 001")
        assert (again.name, again.rules, again.marking) == ("IMPL 002", (HALT,), "MISSION RESTRICTED REL XAA, XBB, XCC")
        wider = await preview(a, api.RoeAct.IMPLEMENT, WIDER, basis="AUTH 001")
        assert (wider.clause, wider.reason) == ("roe-basis", "IMPL 002: 104 B is wider than AUTH 001")
        ours = await preview(c, api.RoeAct.CAVEAT, NOT_US, basis="IMPL 001")
        assert (ours.name, ours.needed, ours.clause) == ("CAVEAT 001", 1, "")
        assert (await preview(c, api.RoeAct.CANCEL, basis="IMPL 001")).clause == "roe-authority"
        with pytest.raises(UsageError, match="rules"):
            await preview(a, api.RoeAct.CAVEAT, channel="roe", label="RESTRICTED")
        assert before == ((await board(a)).entries, len(await a.audited("send-refused")))
        await town.close()


async def test_a_serial_that_a_person_named_is_asked_for_twice_and_issued_once(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, *_ = await three(nursery, homes)
        request = api.IssueRoe(
            act=api.RoeAct.REQUEST, client_id="one", rules=(HALT,), channel="roe", label="RESTRICTED", serial=1
        )
        first = await a.ask(request)
        again = await a.ask(request)  # its answer was lost
        assert (first.repeated, again.repeated) == (False, True)
        assert first.notice.entry_id == again.notice.entry_id
        assert (await board(a)).entries == 1
        await town.close()


async def test_the_log_has_every_notice_in_order_and_says_who_may(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await three(nursery, homes)
        await in_force(a, b, c)
        await issue(a, api.RoeAct.REQUEST, HALT, channel="roe", label="RESTRICTED", serial=1)
        await stands(c, "XAA REQ 001", "requested, and not answered")
        log = await c.ask(ListRoeLog(channel="", after=""))
        assert encode_result(1, log)
        names = [f"{n.nation} {n.name}" for n in log.notices]
        assert names == ["XAA REQ 001", "XBB REQ 001", "XAA AUTH 001", "XAA IMPL 001"]
        assert (len(log.notices), log.next, log.entries, log.gaps) == (4, "", 6, ())
        assert log.marking == "MISSION RESTRICTED REL XAA, XBB, XCC"
        rest = await c.ask(ListRoeLog(channel="roe", after=log.notices[1].entry_id))
        assert rest.notices == log.notices[2:]
        with pytest.raises(UnknownMessage):
            await c.ask(ListRoeLog(channel="", after="ff" * 32))
        may = {node: await board(node) for node in (a, b, c)}
        assert [(one.speaks, one.issues, one.signs) for one in may.values()] == [
            (True, True, True), (True, False, True), (True, False, False),
        ]  # fmt: skip
        assert [(one.nation, one.name, one.issues) for one in may[c].authorities] == [
            ("XAA", "", True), ("XBB", "Officer XBB", False),
        ]  # fmt: skip
        signed = {node: [n.signed for n in one.notices if n.name == "IMPL 001"] for node, one in may.items()}
        assert list(signed.values()) == [[True], [True], [False]]
        await town.close()
