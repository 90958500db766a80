"""Rules of engagement over whole nodes: issued, signed twice, in force everywhere, acknowledged by serial, never edited."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api import roe as api
from coalchat.api.events import RoeChanged
from coalchat.api.evidence import CheckEvidence, ExportEvidence
from coalchat.api.requests import GetMessageStatus, GetStatus
from coalchat.api.versions import CorrectMessage, RecallMessage
from coalchat.api.vocabulary import Answer, State
from coalchat.errors import Ambiguous, UnknownMessage, UnknownNation, UsageError
from coalchat.node.retracting import is_recalled
from coalchat.paths import Home
from coalchat.store.faces import Transaction
from coalchat.store.rows import Recall as RecallRow
from protocol.base.records import decode, evolve
from protocol.messages.payload import FORMAT, Payload, TextPayload, decode_payload
from protocol.messages.versions import CorrectionPayload, Recall, RetractionPayload
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey
from tests.fakes.joined import DAY, FIRST, SEGMENT, until_time
from tests.fakes.nodes import NOW, Running, copy_homes, until
from tests.fakes.roe_town import (
    HALT,
    NOT_US,
    WIDER,
    board,
    found,
    in_force,
    issue,
    refused,
    sign,
    standing,
    stands,
    three,
)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    return found(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def homes(founded: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return copy_homes(founded, tmp_path)


async def test_from_a_request_to_what_is_in_force(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await three(nursery, homes)
        await issue(b, api.RoeAct.REQUEST, HALT, channel="roe", label="RESTRICTED")
        await stands(c, "XBB REQ 001", "requested, and not answered")
        forbidden = api.IssueRoe(act=api.RoeAct.AUTHORISE, client_id="c", basis="REQ 001")
        assert "does not name you" in await refused(c, "roe-authority", forbidden)
        await stands(a, "XBB REQ 001", "requested, and not answered")
        notice = await issue(a, api.RoeAct.AUTHORISE, basis="REQ 001", key="auth", expires=NOW + DAY)
        assert (notice.name, notice.rules, notice.flaw, notice.needed) == ("AUTH 001", (HALT,), "unsigned", 2)
        assert notice.marking == "MISSION RESTRICTED REL XAA, XBB, XCC"
        again = await a.ask(
            api.IssueRoe(act=api.RoeAct.AUTHORISE, client_id="auth", basis="REQ 001", rules=(HALT,), expires=NOW + DAY)
        )
        assert (again.repeated, again.notice.entry_id) == (True, notice.entry_id)

        # What nobody else has signed is no ground for anything; nobody signs his own, or without the charter's word.
        early = api.IssueRoe(act=api.RoeAct.IMPLEMENT, client_id="early", basis="AUTH 001")
        assert await refused(a, "roe-basis", early) == "AUTH 001 does not count: signed by 1 of 2"
        with pytest.raises(UsageError, match="has your signature"):
            await a.ask(api.EndorseRoe(id="AUTH 001"))
        await stands(c, "XAA AUTH 001", "signed by 1 of 2")
        assert "does not name you" in await refused(c, "roe-authority", api.EndorseRoe(id="AUTH 001"))
        with pytest.raises(UsageError, match="needs no further signature"):
            await b.ask(api.EndorseRoe(id="REQ 001"))
        await sign(b, "XAA AUTH 001")
        await stands(a, "XAA AUTH 001", "authorised, not implemented: held back")

        wider = api.IssueRoe(act=api.RoeAct.IMPLEMENT, client_id="wider", basis="AUTH 001", rules=(WIDER,))
        assert await refused(a, "roe-basis", wider) == "IMPL 001: 104 B is wider than AUTH 001"
        low = api.IssueRoe(act=api.RoeAct.IMPLEMENT, client_id="low", basis="AUTH 001", label="UNCLASSIFIED")
        assert "under a lower label" in await refused(a, "roe-basis", low)
        skips = api.IssueRoe(act=api.RoeAct.IMPLEMENT, client_id="skips", basis="AUTH 001", serial=3)
        assert await refused(a, "roe-sequence", skips) == "IMPL 003: IMPL 001 to 002 are missing"
        number = api.RoeRule(number="104", option="", verb=api.RoeVerb.NONE, text="", specify="")
        only: dict[str, Any] = {"nations": ("XAA", "XBB"), "specified": "AREA BLUE"}
        await issue(a, api.RoeAct.IMPLEMENT, number, basis="AUTH 001", **only)
        await sign(b, "XAA IMPL 001")
        for node, applies in ((a, True), (b, True), (c, False)):
            await stands(node, "XAA IMPL 001")
            (ruling,) = (await board(node)).rulings
            assert (ruling.rule, ruling.in_force, ruling.applies) == (HALT, True, applies)
            assert (ruling.state, ruling.by, ruling.ends) == (api.RoeState.IMPLEMENTED, "IMPL 001", NOW + DAY)
        assert (await board(a)).entries == (await board(c)).entries == 5
        assert (await board(c)).words == api.JUDGES_NOTHING
        (later,) = (await board(c, NOW + DAY)).rulings
        assert (later.in_force, later.state) == (False, api.RoeState.EXPIRED)

        # It stands in the timeline, and its evidence says what it says.
        message = (await c.messages("roe"))[-1]
        assert (message.kind, message.text.splitlines()[0]) == ("roe", "ROE IMPL 001  implements AUTH 001")
        assert "104 B  LIMITED  Halt and search of vehicles  AREA BLUE" in message.text
        proof = await c.ask(CheckEvidence(data=(await c.ask(ExportEvidence(id=message.entry_id))).data))
        assert proof.text.startswith(f"ROE IMPL 001  implements {notice.entry_id[:12]}")
        assert any(event.entry_id == message.entry_id for event in await c.events(RoeChanged))
        await town.close()


async def test_who_acknowledges_names_the_serial(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await three(nursery, homes)
        await in_force(a, b, c)
        (impl,) = [n for n in (await board(c)).notices if n.pending]
        assert (impl.name, impl.answered) == ("IMPL 001", None)
        assert {row.nation: (row.acknowledged, row.persons, row.missing) for row in impl.tally} == {
            "XAA": (0, 0, ()),
            "XBB": (0, 1, ("Officer XBB",)),
            "XCC": (0, 1, ("Officer XCC",)),
        }

        def ack(answer: Answer = Answer.NONE, text: str = "", serial: int = 1, name: str = "IMPL 001") -> Any:
            return api.AcknowledgeRoe(id=name, serial=serial, answer=answer, text=text)

        for request, words in (
            (ack(serial=2), "this is IMPL 001"),
            (ack(Answer.UNABLE), "says why"),
            (ack(Answer.WILCO), "with a caveat, or one is unable"),
            (ack(Answer.CAVEAT), "says what it is"),
            (ack(text="x"), "goes with an answer"),
        ):
            with pytest.raises(UsageError, match=words):
                await c.ask(request)
        with pytest.raises(UsageError, match="names its serial"):
            await c.acknowledge(impl.entry_id)
        with pytest.raises(UsageError, match="of his own"):
            await a.ask(ack())
        details = await c.ask(ack(Answer.CAVEAT, "only with an officer of ours"))
        assert (details.notice.pending, details.notice.answered) == (False, Answer.CAVEAT)
        await b.ask(ack())

        async def heard() -> bool:
            (impl,) = [n for n in (await board(a)).notices if n.name == "IMPL 001"]
            tally = {row.nation: row for row in impl.tally}
            return bool(tally["XCC"].caveats == 1 and tally["XBB"].since)

        await until(heard)
        (on_board,) = [n.reservations for n in (await board(a)).notices if n.name == "IMPL 001"]
        assert [(one.nation, one.text) for one in on_board] == [("XCC", "only with an officer of ours")]
        (answers,) = [(await a.ask(api.ShowRoe(id="XAA IMPL 001"))).answers]
        assert [(row.nation, row.answer, row.text) for row in answers] == [
            ("XBB", Answer.NONE, ""),
            ("XCC", Answer.CAVEAT, "only with an officer of ours"),
        ]
        assert any(event.entry_id == impl.entry_id for event in await a.events(RoeChanged))
        status = await a.ask(GetMessageStatus(id=impl.entry_id))
        assert (status.asked, status.ack_by, status.overdue) == (State.ACKNOWLEDGED, impl.ack_by, False)
        assert [(nation.expected, nation.reached) for nation in status.nations] == [(1, 1), (1, 1)]

        # What does not count is not acknowledged.
        await issue(a, api.RoeAct.CANCEL, basis="IMPL 001")
        await stands(c, "XAA CANCEL 001", "signed by 1 of 2")
        with pytest.raises(UsageError, match="not in force"):
            await c.ask(ack(name="CANCEL 001"))
        await sign(b, "XAA CANCEL 001")
        await stands(c, "XAA IMPL 001", "cancelled by CANCEL 001")
        await c.ask(ack(Answer.UNABLE, "no means", name="CANCEL 001"))
        for name, error in (("IMPL 9", UnknownMessage), ("nonsense", UnknownMessage), ("XCC IMPL 001", UnknownMessage)):
            with pytest.raises(error):
                await c.ask(api.ShowRoe(id=name))
        assert (await c.ask(api.ShowRoe(id=impl.entry_id[:8]))).notice.name == "IMPL 001"
        await town.close()


async def test_a_caveat_for_the_own_nation_leaves_no_hole_elsewhere(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await three(nursery, homes)
        await in_force(a, b, c)
        own = await issue(c, api.RoeAct.CAVEAT, NOT_US, basis="IMPL 001", label="RESTRICTED REL XCC")
        shared = await issue(c, api.RoeAct.CAVEAT, NOT_US, basis="IMPL 001")
        assert (own.name, shared.name) == ("CAVEAT 001", "CAVEAT 001")
        await stands(a, "XCC CAVEAT 001")
        for node, count in ((a, 1), (b, 1), (c, 2)):
            shown = await board(node)
            assert (len(shown.caveats), shown.gaps) == (count, ())
        with pytest.raises(Ambiguous):
            await c.ask(api.ShowRoe(id="CAVEAT 001"))
        for request, error in (
            (api.IssueRoe(act=api.RoeAct.CAVEAT, client_id="1", rules=(NOT_US,)), UsageError),
            (api.IssueRoe(act=api.RoeAct.CAVEAT, client_id="2", basis="IMPL 001"), UsageError),
            (api.IssueRoe(act=api.RoeAct.DENY, client_id="3", basis="IMPL 001"), UsageError),
            (api.IssueRoe(act=api.RoeAct.CAVEAT, client_id="", basis="IMPL 001", rules=(NOT_US,)), UsageError),
            (
                api.IssueRoe(act=api.RoeAct.CAVEAT, client_id="4", basis="IMPL 001", rules=(NOT_US,), nations=("XYZ",)),
                UnknownNation,
            ),
            (api.ListRoe(channel="", at=-1), UsageError),
        ):
            with pytest.raises(error):
                await c.ask(request)
        await town.close()


async def test_a_notice_is_never_edited(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await three(nursery, homes)
        await in_force(a, b, c)
        (impl,) = [n for n in (await board(a)).notices if n.name == "IMPL 001"]
        name = bytes.fromhex(impl.entry_id)
        await refused(a, "roe-final", CorrectMessage(id=impl.entry_id, text="no", client_id="1"))
        await refused(a, "roe-final", RecallMessage(id=impl.entry_id, spill=True))

        # A node that obeys nobody says so all the same: each reader refuses it, and what comes before its notice is no better.
        row = a.station.context.store.read.message(name)
        assert row is not None
        place, release = a.station.sending.place(row.channel), decode(ReleaseKey, row.release)
        acts: list[Payload] = [
            CorrectionPayload(FORMAT, NOW, False, (), "free for all", 0, name, 2),
            RetractionPayload(FORMAT, NOW, False, (), (name,), int(Recall.AUTHOR)),
        ]
        for payload in acts:
            await a.station.sending.post(place, release, payload, Precedence.ROUTINE)

        async def both() -> bool:
            return len(await c.audited("entry-refused")) == 2

        await until(both)
        for node in (b, c):
            message = next(m for m in await node.messages("roe") if m.entry_id == impl.entry_id)
            assert (message.flags, message.newer) == ((), None)
            assert "104 B" in message.text
            assert (await standing(node))["XAA IMPL 001"] == ""

        # Nor does a retraction reach one that comes after it.
        text = await a.send("roe", "a word of the same author", "RESTRICTED")
        feed = c.station.feeds.get(row.feed_id)
        assert feed is not None

        def before(tx: Transaction) -> list[bool]:
            tx.put_recall(RecallRow(name, bytes.fromhex(text.entry_id), int(Recall.AUTHOR)))
            words = TextPayload(FORMAT, NOW, False, (), "the same", 0)
            return [is_recalled(tx, feed, name, payload) for payload in (words, impl_said)]

        impl_said = decode_payload(row.payload)

        async def come() -> bool:
            return "a word of the same author" in await c.texts("roe")

        await until(come)
        assert await c.station.context.store.write(before) == [True, False]
        await town.close()


async def test_a_gap_is_an_alarm(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await three(nursery, homes)
        await in_force(a, b, c)
        row = next(m for m in a.station.context.store.read.roe_log() if m.author_time and b"104" in m.payload)
        place, release = a.station.sending.place(row.channel), decode(ReleaseKey, row.release)
        (impl,) = (n.said for n in a.station.messages.roe.profile().notices if n.said.name == "IMPL 001")
        await a.station.sending.post(place, release, evolve(impl, serial=3), Precedence.ROUTINE)
        await stands(c, "XAA IMPL 003", "signed by 1 of 2")
        await b.ask(api.EndorseRoe(id="IMPL 003"))
        await stands(c, "XAA IMPL 003", "IMPL 002 is missing")
        assert [gap.words for gap in (await board(c)).gaps] == ["IMPL 002 is missing"]
        warnings = (await c.ask(GetStatus())).warnings
        assert "ROE of XAA: IMPL 002 is missing: what is behind it is NOT IN FORCE here" in warnings
        (message,) = [m for m in await c.messages("roe") if "IMPL 003" in m.text]
        assert message.text.startswith("NOT IN FORCE: IMPL 002 is missing\nROE IMPL 003")
        await town.close()


async def test_what_is_in_force_outlives_its_retention(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town, a, b, c = await three(nursery, homes)
        await in_force(a, b, c)
        await a.send("roe", "gone by then", "RESTRICTED")
        await until_time(a, FIRST + 2 * SEGMENT + DAY)
        for node in (a, c):

            async def purged(node: Running = node) -> bool:
                return "purged" in (await node.texts("roe"))[-1]

            await until(purged)
            assert (await standing(node))["XAA IMPL 001"] == ""
        await town.close()
