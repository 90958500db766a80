"""ROE at the app: the row, the board, one notice, and the act of acknowledging, which nothing does by itself."""

from __future__ import annotations

from coalchat.api.events import RoeChanged
from coalchat.api.roe import JUDGES_NOTHING, AcknowledgeRoe, ListRoe
from coalchat.api.vocabulary import Answer
from coalchat.desk.screens.roe import RoeNoticeScreen, RoeScreen, time_of
from coalchat.desk.screens.roesign import RoeAcknowledgeDialog
from coalchat.errors import Refused
from coalchat.record import evolve
from tests.desk.piloting import Seat, seat
from tests.desk.scene import NOW, ruled, scene
from tests.fakes.roe_records import PENDING, at, board, details


async def opened(desk: Seat) -> None:
    await desk.press("f3")
    await desk.until(lambda: isinstance(desk.app.screen, RoeScreen) and desk.app.session.idle)


async def asking(desk: Seat) -> None:
    await opened(desk)
    await desk.press("a")
    await desk.until(lambda: isinstance(desk.app.screen, RoeAcknowledgeDialog) and desk.app.session.idle)


async def test_without_roe_there_is_no_trace_of_them_but_the_board_says_so() -> None:
    async with seat(scene()) as desk:
        await desk.until(lambda: desk.app.session.idle)
        assert "profile" not in desk.text
        assert "node up" in desk.text
        await opened(desk)
        await desk.sees("TO ACKNOWLEDGE", "IN FORCE", "nothing", JUDGES_NOTHING[:60])


async def test_the_row_says_what_is_in_force_and_what_is_due() -> None:
    node = ruled()
    async with seat(node) as desk:
        await desk.sees("profile 004 in force", "XAA 3/4", "XCC ◇4/5 caveat", "! IMPL 005   ack 1600Z", "ack IMPL 005")
        gone = evolve(PENDING, pending=False, answered=Answer.NONE)
        node.answers[ListRoe] = board(notices=(gone,), rulings=board().rulings[:2])
        node.tell(RoeChanged(channel_id="0" * 32, entry_id=PENDING.entry_id))
        await desk.until(lambda: "ack 1600Z" not in desk.text and "ack IMPL 005" not in desk.text)
        await desk.sees("profile 004 in force")


async def test_f3_and_its_command_open_the_board_and_esc_or_f3_close_it() -> None:
    async with seat(ruled()) as desk:
        await opened(desk)
        await desk.sees("ROE BOARD  for XAA at 221542Z", "replayed from 41 signed entries", "by day and by night",
                        "profile 004 · 5 rules", "◇ narrower", "✗ not us", "NOT IN FORCE  superseded by IMPL 004",
                        "held back", "is wider than AUTH 003", "ALARM", JUDGES_NOTHING)  # fmt: skip
        assert "MISSION RESTRICTED REL XAA" in desk.rows[0], "the highest of all that stands there"
        await desk.press("f3")
        await desk.until(lambda: desk.app.screen is desk.main)
        await desk.write("/roe 1800Z")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, RoeScreen) and desk.app.session.idle)
        assert desk.asked(ListRoe)[-1].at == at(1800)
        await desk.sees("ANOTHER TIME")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.main and desk.app.session.idle)
        await desk.write("/roe soon")
        await desk.press("enter")
        await desk.sees("/roe takes a time")


async def test_another_time_can_be_asked_for_at_the_board() -> None:
    async with seat(ruled(), (80, 24)) as desk:
        await opened(desk)
        await desk.press("t", *"99", "enter")
        await desk.sees("that is no such time")
        await desk.press("backspace", "backspace", *"230000Z", "enter")
        await desk.until(lambda: desk.asked(ListRoe)[-1].at == at(0, 23))
        await desk.sees("ANOTHER TIME")


def test_times_as_they_are_typed() -> None:
    assert [time_of(text, NOW) for text in ("", "1800Z", "221800Z", "+60", "x", "322400Z")] == [
        0, at(1800), at(1800), NOW + 3_600, None, None,
    ]  # fmt: skip


async def test_enter_signs_nothing_before_the_serial_matches() -> None:
    async with seat(ruled()) as desk:
        await asking(desk)
        await desk.sees("ROE NOTICE", "18 min left", "was: by day", "signed with Maj T. Holm, XAA  2 of 2 ✓",
                        "caveat that stays with you: 131 only with a second officer on the net.",
                        "Type the serial to sign: 005", "not that force is lawful")  # fmt: skip
        for typed in ("", "0", "0", "6"):
            if typed:
                await desk.press(typed)
            await desk.press("enter")
            assert isinstance(desk.app.screen, RoeAcknowledgeDialog)
        await desk.press("escape")
        await desk.until(lambda: isinstance(desk.app.screen, RoeScreen))
        assert not desk.asked(AcknowledgeRoe), "not now is no yes"
        await desk.press("a", *"005", "enter")
        await desk.until(lambda: desk.asked(AcknowledgeRoe))
        (asked,) = desk.asked(AcknowledgeRoe)
        assert (asked.id, asked.serial, asked.answer, asked.text) == (PENDING.entry_id, 5, Answer.NONE, "")


async def test_a_caveat_is_written_first_then_signed_and_esc_goes_one_step_back() -> None:
    node = ruled()
    node.answers[AcknowledgeRoe] = details(notice=evolve(PENDING, pending=False, answered=Answer.CAVEAT))
    async with seat(node) as desk:
        await asking(desk)
        await desk.press("down", "enter")
        await desk.sees("Say which caveat")
        await desk.write("only by day")
        await desk.press("enter")
        await desk.sees("caveat: only by day", "Type the serial to sign")
        await desk.press("escape")
        await desk.sees("Say which caveat", "only by day")
        await desk.press("enter", *"005", "enter")
        await desk.until(lambda: desk.asked(AcknowledgeRoe))
        (asked,) = desk.asked(AcknowledgeRoe)
        assert (asked.answer, asked.text) == (Answer.CAVEAT, "only by day")


async def test_tab_goes_on_to_the_serial_and_back_and_signs_nothing() -> None:
    async with seat(ruled()) as desk:
        await asking(desk)
        await desk.press("down", "tab")
        await desk.sees("Say which caveat")  # nothing was said yet
        await desk.write("only by day")
        await desk.press("tab")
        await desk.sees("caveat: only by day", "Type the serial to sign")
        await desk.press("shift+tab")
        await desk.sees("Say which caveat", "only by day")
        await desk.press("tab", *"005", "tab")
        await desk.sees("caveat: only by day", "Type the serial to sign", "005")
        assert not desk.asked(AcknowledgeRoe)


async def test_what_does_not_fit_is_read_to_its_end_before_anything_is_signed() -> None:
    async with seat(ruled(), (80, 20)) as desk:
        await asking(desk)
        await desk.sees("more rows")
        await desk.press(*"005", "enter")
        await desk.sees("read it to its end first")
        assert not desk.asked(AcknowledgeRoe)
        for _ in range(6):
            await desk.press("pagedown")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(AcknowledgeRoe))


async def test_what_went_wrong_stands_on_the_board() -> None:
    node = ruled()
    node.answers[AcknowledgeRoe] = Refused("certificate", "this device's certificate is not valid now")
    async with seat(node) as desk:
        await asking(desk)
        await desk.press("down", "down", *"no means", "enter", *"005", "enter")
        await desk.sees("not done", "certificate is not valid now")


async def test_a_notice_is_opened_from_the_board_and_from_its_line() -> None:
    async with seat(ruled()) as desk:
        await desk.sees("ROE IMPL 005")
        await desk.press("up", "a")
        await desk.until(lambda: isinstance(desk.app.screen, RoeNoticeScreen) and desk.app.session.idle)
        await desk.sees("NOT IN FORCE: begins 221800ZNOV26", "XCC Lind 221525Z with caveat: with an officer of ours",
                        "applies to XAA XBB XCC, AREA BLUE", JUDGES_NOTHING)  # fmt: skip
        await desk.press("a")
        await desk.until(lambda: isinstance(desk.app.screen, RoeAcknowledgeDialog))
        await desk.press("escape", "escape")
        await desk.until(lambda: desk.app.screen is desk.main)
        await opened(desk)
        await desk.press("enter")
        await desk.sees("NOTICES", "XBB IMPL 005  to acknowledge", "XBB IMPL 006  NOT IN FORCE")
        await desk.press("3")
        await desk.until(lambda: isinstance(desk.app.screen, RoeNoticeScreen))
        await desk.press("a")
        assert isinstance(desk.app.screen, RoeNoticeScreen), "what does not count is not acknowledged"


async def test_at_80x24_in_ascii_all_of_it_can_be_scrolled_to() -> None:
    async with seat(ruled(), (80, 24), theme="mono", ascii_only=True) as desk:
        await opened(desk)
        seen = desk.text
        for _ in range(5):
            await desk.press("pagedown")
            assert JUDGES_NOTHING[:60] in desk.text
            seen += desk.text
        for words in (
            "IN FORCE",
            "C narrower",
            "x not us",
            "wheeled vehicles only",
            "NOT IN FORCE",
            "expired 212359ZNOV26",
        ):
            assert words in seen
        assert seen.isascii()
