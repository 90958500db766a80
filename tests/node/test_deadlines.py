"""Deadlines, reminders, orders about traffic and accounts, over whole nodes of a charter that has terms for them."""

from __future__ import annotations

from typing import Any

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.deadlines import AccountPage, ListAccounts, OrderMinimize, RemindRecipients
from coalchat.api.events import ControlChanged
from coalchat.api.nouns import Message
from coalchat.api.reports import FileReport, Typed
from coalchat.api.requests import PreviewLabel, SendMessage, ShowPolicy
from coalchat.api.responses import Sent
from coalchat.api.versions import CorrectMessage
from coalchat.api.vocabulary import Answer, Flag, Gap, State
from coalchat.api.vocabulary import Precedence as Urgency
from coalchat.custody.founding import Terms
from coalchat.errors import AlreadyExists, NotAuthorised, Refused, UnknownDevice, UsageError
from coalchat.node.noticing import denied_minimize
from coalchat.node.times import dtg
from coalchat.paths import Home
from coalchat.record import evolve
from protocol.messages.notices import Notice, NoticePayload
from protocol.messages.payload import FORMAT, TextPayload
from protocol.messages.refs import Ref, Relation
from protocol.messages.roe import RoeAct, RoeEndorsementPayload
from protocol.trust.charter import Setting
from protocol.trust.credential import Precedence
from protocol.trust.handling import SETTING_HANDLING, SETTING_RECEIPTS, ReceiptTerms, pack_handling, pack_receipts
from protocol.trust.label import Label
from tests.fakes.nodes import NOW, Running, Town, found_homes, until
from tests.protocol.messages import rules

HOURS = (7_200, 3_600, 900, 300)
RECEIPTS = (ReceiptTerms(read=False), ReceiptTerms(), ReceiptTerms(acknowledged=True), ReceiptTerms())
NATIONS = ["XAA", "XBB", "XCC"]
READABLE = tuple(
    Typed(name=name, row=0, text=text)
    for name, text in (("station", "EAGLE 6"), ("time", "211200Z"), ("strength", "good"))
)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    settings = (Setting(SETTING_HANDLING, pack_handling(HOURS)), Setting(SETTING_RECEIPTS, pack_receipts(RECEIPTS)))
    return found_homes(tmp_path_factory.mktemp("terms"), tuple(NATIONS), terms=Terms("Terms", settings=settings))


async def send(node: Running, text: str, label: str = "RESTRICTED", **more: Any) -> Sent:
    fields: dict[str, Any] = {"precedence": Urgency.ROUTINE, "ack_by": 0, "reply_to": "", "client_id": text} | more
    return await node.ask(SendMessage(channel="ops", text=text, label=label, **fields))  # type: ignore[no-any-return]


async def has(node: Running, entry_id: str) -> Message:
    async def there() -> Message | None:
        return next((one for one in await node.messages("ops") if one.entry_id == entry_id), None)

    return await until(there)  # type: ignore[no-any-return]


async def order(node: Running, reason: str = "", *, on: bool = True) -> Any:
    return await node.ask(OrderMinimize(channel="ops", on=on, reason=reason))


async def in_force(node: Running, reason: str | None) -> None:
    async def so() -> bool:
        (channel,) = await node.channels()
        return (None if channel.minimize is None else channel.minimize.reason) == reason

    await until(so)


async def remind(node: Running, entry_id: str, text: str = "", escalate: str = "", key: str = "") -> Sent:
    request = RemindRecipients(
        id=entry_id, text=text, escalate=escalate, client_id=key or text or "-", considered=False
    )
    return await node.ask(request)  # type: ignore[no-any-return]


async def missing(node: Running, entry_id: str) -> dict[str, list[tuple[str | None, Gap, bool]]]:
    nations = (await node.status(entry_id)).nations
    return {one.nation: [(who.person, who.gap, who.late) for who in one.missing] for one in nations}


async def test_minimize(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b = await town.start("XAA"), await town.start("XBB")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"])
        await until(b.channels)
        before = (await send(b, "before the order")).entry_id

        # Who may, and what it says.
        with pytest.raises(NotAuthorised):
            await order(b, "no satellite")
        with pytest.raises(UsageError, match="says why"):
            await order(a)
        ordered = await order(a, "no satellite")
        assert ordered.minimize is not None
        assert (ordered.minimize.person, ordered.minimize.nation) == ("Officer XAA", "XAA")
        await in_force(b, "no satellite")
        notice = await has(b, ordered.minimize.entry_id)
        assert (notice.kind, notice.text, notice.level) == ("notice", "MINIMIZE ON: no satellite", 0)
        assert notice.nations == ("XAA", "XBB")
        assert (await b.events(ControlChanged))[-1].id == notice.channel_id
        again = await order(a, "no satellite")
        assert again.minimize == ordered.minimize, "the same again sends nothing"

        # What is below IMMEDIATE leaves after consideration only, and says so.
        for urgency in (Urgency.ROUTINE, Urgency.PRIORITY):
            with pytest.raises(Refused) as refused:
                await send(b, f"lunch {urgency}", precedence=urgency)
            assert refused.value.clause == "minimize"
        assert [one.clause for one in await b.audited("send-refused")] == ["minimize"] * 2
        preview = await b.ask(PreviewLabel(channel="ops", label="RESTRICTED"))
        assert preview.minimize == ordered.minimize
        urgent = await send(b, "ambush", precedence=Urgency.IMMEDIATE)
        stamped = await send(b, "fuel state", considered=True)
        assert Flag.MINIMIZE_CONSIDERED not in (await has(a, urgent.entry_id)).flags
        shown = await has(a, stamped.entry_id)
        assert shown.flags == (Flag.MINIMIZE_CONSIDERED,)
        assert shown.refs == (), "the notice is no reference of its own"
        assert (await send(b, "fuel state")).repeated, "what was sent is not sent anew, nor asked about again"
        assert (await send(b, "before the order")).entry_id == before
        with pytest.raises(AlreadyExists):
            await send(b, "another", client_id="fuel state", considered=True)

        # A report is a message as any other; an update of it is a correction.
        report = FileReport(
            form="RADIOCHECK", channel="ops", label="RESTRICTED", values=READABLE, part=False, precedence=None, ack_by=0,
            client_id="report", reply_to="", updates="",
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            await b.ask(report)
        assert refused.value.clause == "minimize"
        filed = await b.ask(evolve(report, considered=True))
        assert (await has(a, filed.entry_id)).flags == (Flag.MINIMIZE_CONSIDERED,)
        assert (await b.ask(report)).repeated
        await b.ask(evolve(report, updates=filed.entry_id, channel="", label="", client_id="update"))

        # What holds others up is not held up.
        await b.ask(CorrectMessage(id=before, text="before the order, corrected", client_id="c"))
        await b.acknowledge(notice.entry_id)

        member = b.station.context.member
        place = b.station.sending.place(bytes.fromhex(notice.channel_id))
        for roe in (
            rules.notice(RoeAct.AUTHORISE, 1, rules.HALT),
            RoeEndorsementPayload(FORMAT, NOW, False, (), b"n" * 32),
        ):
            assert denied_minimize(b.station.context, place, roe, Precedence.ROUTINE) is None, "orders go at once"

        # Who is no admin orders nothing, whatever number he gives.
        label = Label(member.policy.hash, 0, frozenset(), frozenset({0, 1}))
        forged = NoticePayload(FORMAT, NOW, False, (), int(Notice.MINIMIZE), 2**32 - 1, False, "", b"", 0, NOW)
        posted = await b.station.sending.send_text(place, label, forged, Precedence.ROUTINE, None)
        line = await has(a, posted.message.entry_id.hex())
        assert line.text == "NOT IN FORCE, not by an admin of the channel: MINIMIZE LIFTED"
        for node in (a, b):
            assert [channel.minimize for channel in await node.channels()] == [ordered.minimize]

        # Another reason takes its place; lifted it binds nobody; and again.
        await order(a, "still no satellite")
        await in_force(b, "still no satellite")
        await order(a, on=False)
        await in_force(b, None)
        await order(a, on=False)
        assert Flag.MINIMIZE_CONSIDERED not in (await has(a, (await send(b, "lunch", considered=True)).entry_id)).flags
        texts = [one.text for one in await b.messages("ops") if one.kind == "notice" and not one.mine]
        assert texts == ["MINIMIZE ON: no satellite", "MINIMIZE ON: still no satellite", "MINIMIZE LIFTED"]
        await town.close()


async def test_what_is_asked_who_is_missing_and_reminders(homes: dict[str, Home], autojump_clock: MockClock) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, c = [await town.start(code) for code in NATIONS]
        await town.join_up(a, b, c)
        policy = await a.ask(ShowPolicy())
        assert policy.handling == HOURS
        assert [(level.read, level.acknowledged) for level in policy.levels] == [
            (terms.read, terms.acknowledged) for terms in RECEIPTS
        ]
        await a.channel("ops", NATIONS)
        await until(b.channels)
        await c.stop()

        # READ is not sent where the charter wants none; there, to have it is enough.
        low = (await send(a, "radio check", "UNCLASSIFIED")).entry_id
        high = (await send(a, "hold at PL RED", "SECRET", precedence=Urgency.FLASH)).entry_id
        await has(b, high)
        await b.mark("ops", high)
        await until(lambda: reached(a, high, State.READ))
        status = await a.status(low)
        assert (status.asked, status.ack_by, status.overdue) == (State.DELIVERED, 0, False)
        assert status.handle_by == status.author_time + HOURS[0]
        (row,) = [row for row in status.deliveries if row.nation == "XBB"]
        assert (row.state, row.gap) == (State.DELIVERED, Gap.NONE)
        assert await missing(a, low) == {"XBB": [], "XCC": [("Officer XCC", Gap.HELD, False)]}

        # Every message of a level that asks for it is to be acknowledged within its handling time.
        status = await a.status(high)
        assert (status.asked, status.ack_by - status.author_time, status.precedence) == (
            State.ACKNOWLEDGED, HOURS[3], Urgency.FLASH,
        )  # fmt: skip
        assert (await has(b, high)).ack_by == status.ack_by
        assert [(one.nation, one.expected, one.reached) for one in status.nations] == [("XBB", 1, 0), ("XCC", 1, 0)]
        assert await missing(a, high) == {
            "XBB": [("Officer XBB", Gap.UNACKNOWLEDGED, False)],
            "XCC": [("Officer XCC", Gap.HELD, False)],
        }

        # A reminder names them; it is no message to be acknowledged, and of its author alone.
        with pytest.raises(UsageError, match="only who sent it"):
            await remind(b, high)
        with pytest.raises(UsageError, match="no acknowledgement"):
            await remind(a, low)
        with pytest.raises(UnknownDevice):
            await remind(a, high, escalate="XBB Nobody")
        await trio.sleep(HOURS[3])
        sent = await remind(a, high, "the bridge closes", "xcc officer xcc")
        assert (await remind(a, high, "the bridge closes")).repeated
        shown, written = await has(b, sent.entry_id), (await has(a, high)).author_time
        assert shown.text.splitlines() == [
            f"REMINDER: acknowledge {high[:12]} of {dtg(written)} by {dtg(written + HOURS[3])}: OVERDUE 0 min",
            "not acknowledged: XBB Officer XBB; XCC Officer XCC",
            "escalated to XCC Officer XCC",
            "the bridge closes",
        ]
        assert (shown.reminds, shown.refs, shown.ack_by) == (high, (high,), 0)
        assert (shown.precedence, shown.marking) == (Urgency.FLASH, (await has(b, high)).marking)
        with pytest.raises(UsageError, match="a reminder itself"):
            await remind(a, sent.entry_id)

        # The acknowledgement of the reminder is none of what it reminds of.
        await b.acknowledge(sent.entry_id)
        await until(lambda: reached(a, sent.entry_id, State.ACKNOWLEDGED))
        assert (await a.status(high)).overdue
        assert await missing(a, high) == {
            "XBB": [("Officer XBB", Gap.UNACKNOWLEDGED, True)],
            "XCC": [("Officer XCC", Gap.HELD, True)],
        }
        # Another's message that names it in this way is no reminder of it.
        other = await b.station.sending.send_text(
            b.station.sending.place(bytes.fromhex(shown.channel_id)),
            Label(b.station.context.member.policy.hash, 2, frozenset(), frozenset({0, 1, 2})),
            reminding(high),
            Precedence.ROUTINE,
            None,
        )
        pretended = await has(a, other.message.entry_id.hex())
        assert (pretended.reminds, pretended.refs) == ("", (high,))

        # Once all have acknowledged it nobody is reminded.
        c = await town.start("XCC")
        await has(c, high)
        for node in (b, c):
            await node.acknowledge(high, Answer.WILCO)
        await until(lambda: complete(a, high))
        assert not (await a.status(high)).overdue
        with pytest.raises(UsageError, match="everybody has"):
            await remind(a, high, key="late")
        await accounts(a, b, low, high)
        await town.close()


async def accounts(a: Running, b: Running, low: str, high: str) -> None:
    """Who could see, has, read and acknowledged, at the author's node and at another one."""
    page = await a.ask(ListAccounts(channel="ops", after_position=0, since=0, until=0, texts=False, limit=1000))
    assert page.marking == "MISSION SECRET REL XAA, XBB, XCC"
    by_id = {one.message.entry_id: one for one in page.accounts}
    assert all(not one.message.text for one in page.accounts)
    one = by_id[high]
    assert (one.asked, one.message.ack_by, [nation.reached for nation in one.nations]) == (
        State.ACKNOWLEDGED, one.handle_by, [1, 1],
    )  # fmt: skip
    rows = [(row.nation, row.author, row.could_see, row.state, row.answer) for row in one.holders]
    assert rows == [
        ("XAA", True, True, None, None),
        ("XBB", False, True, State.ACKNOWLEDGED, Answer.WILCO),
        ("XCC", False, True, State.ACKNOWLEDGED, Answer.WILCO),
    ]
    # Page by page, and in a span of time.
    first = await a.ask(ListAccounts(channel="", after_position=0, since=0, until=0, texts=True, limit=1))
    assert (first.more, first.marking) == (True, page.marking)
    assert [one.message.text for one in first.accounts] == ["radio check"]
    since = by_id[high].message.received_time + 1
    late = await a.ask(ListAccounts(channel="ops", after_position=0, since=since, until=0, texts=False, limit=9))
    assert {one.message.entry_id for one in late.accounts} == by_id.keys() - {low, high}
    none: AccountPage = await a.ask(
        ListAccounts(channel="ops", after_position=0, since=1, until=2, texts=False, limit=9)
    )
    assert (none.accounts, none.marking, none.more) == ((), "", False)
    with pytest.raises(UsageError):
        await a.ask(ListAccounts(channel="", after_position=0, since=-1, until=0, texts=False, limit=9))
    # Of another's message it is known who could see it, and what was said where one can read it.
    theirs = await b.ask(ListAccounts(channel="ops", after_position=0, since=0, until=0, texts=False, limit=1000))
    (seen,) = [one for one in theirs.accounts if one.message.entry_id == high]
    assert [(row.nation, row.could_see, row.state) for row in seen.holders][:2] == [
        ("XAA", True, None), ("XBB", True, State.ACKNOWLEDGED),
    ]  # fmt: skip


def reminding(entry_id: str) -> TextPayload:
    return TextPayload(FORMAT, NOW, False, (Ref(int(Relation.REMINDER), bytes.fromhex(entry_id)),), "me too", 0)


async def reached(node: Running, entry_id: str, state: State) -> bool:
    return any(row.state is state for row in (await node.status(entry_id)).deliveries)


async def complete(node: Running, entry_id: str) -> bool:
    nations = (await node.status(entry_id)).nations
    return all(one.expected == one.reached for one in nations)
