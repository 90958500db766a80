"""The screen of who has a message: reminders are asked about, leave by a deliberate choice, and what came of them is said."""

from __future__ import annotations

from coalchat.api.deadlines import RemindRecipients
from coalchat.api.responses import Sent
from coalchat.desk.screens.acknowledge import AcknowledgeDialog
from coalchat.desk.screens.who import WhoScreen
from coalchat.record import evolve
from tests.desk.piloting import Seat, seat
from tests.desk.scene import asked

SENT = Sent(entry_id="dd" * 32, channel_id="00" * 16, position=9, marking="", nations=(), repeated=False)


def reminders(desk: Seat) -> list[str]:
    return [call.escalate for call in desk.node.calls if isinstance(call, RemindRecipients)]


async def test_a_reminder_and_an_escalation_leave_by_choice() -> None:
    node = asked()
    node.answers[RemindRecipients] = SENT
    async with seat(node, (120, 40)) as desk:
        await desk.sees("Hold at PL RED")
        await desk.press("f4")
        await desk.sees("acknowledge by", "OVERDUE 2 min", "R remind", "XCC  deputy Saar", "E escalate to Saar")
        await desk.press("r")
        await desk.sees("XAA Varga", "did not acknowledge 1535Z Berg", "send the reminder")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, WhoScreen))
        assert reminders(desk) == []
        await desk.press("r", "2")
        await desk.sees("reminded")
        await desk.press("e")
        await desk.sees("ask the deputies to see to it: XAA has none; XCC Saar", "ask XAA Okoro to see to it")
        await desk.press("escape", "s")
        await desk.until(lambda: isinstance(desk.app.screen, WhoScreen))
        await desk.press("e")
        await desk.sees("ESCALATE")
        await desk.press("down", "enter")
        await desk.sees("escalated to the deputies")
        await desk.press("e", "3")
        await desk.sees("escalated to XAA ")
        first, second, third = [call for call in desk.node.calls if isinstance(call, RemindRecipients)]
        assert [(one.escalate, one.deputies) for one in (first, second)] == [("", False), ("", True)]
        assert (third.escalate[:4], third.deputies) == ("XAA ", False)


async def test_where_no_nation_has_named_a_deputy_the_persons_are_asked_about() -> None:
    node = asked()
    node.answers[RemindRecipients] = SENT
    node.channels[0] = evolve(node.channels[0], deputies=())
    async with seat(node, (80, 24)) as desk:
        await desk.sees("Hold at PL RED")
        await desk.press("f4")
        await desk.sees("WHO HAS IT", "OVERDUE 2 min")
        await desk.press("e")
        await desk.sees("ESCALATE", "ask XAA Okoro to see to it", "ask XCC Mets to see to it")
        await desk.press("2")
        await desk.sees("escalated to XAA Okoro")


async def test_another_s_message_is_acknowledged_from_there() -> None:
    async with seat(asked(), (120, 40)) as desk:
        await desk.sees("SALUTE 003")
        await desk.press("up", "up", "up", "up", "f4")
        await desk.sees("WHO HAS IT", "acknowledge by", "A acknowledge")
        await desk.press("r")
        assert isinstance(desk.app.screen, WhoScreen), "nobody is reminded of another's message"
        await desk.press("a")
        await desk.until(lambda: isinstance(desk.app.screen, AcknowledgeDialog))
