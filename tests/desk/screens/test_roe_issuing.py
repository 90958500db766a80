"""Issuing and signing ROE notices at the app: nothing leaves before its serial is typed, and nothing that is typed is lost."""

from __future__ import annotations

from coalchat.api.roe import EndorseRoe, IssueRoe, ListRoe, RoeAct
from coalchat.api.roe_log import PreviewRoe
from coalchat.desk.screens.roe import RoeNoticeScreen, RoeScreen
from coalchat.desk.screens.roeform import RoeActDialog, RoeFormScreen, RoeLabelDialog
from coalchat.desk.screens.roesign import RoeSignDialog
from coalchat.errors import Refused
from coalchat.record import evolve
from tests.desk.piloting import Seat, seat
from tests.desk.scene import ruled
from tests.fakes.api_node import FakeNode
from tests.fakes.api_roe import Issued, let_roe
from tests.fakes.roe_records import UNSIGNED


def issuing(**powers: bool) -> tuple[FakeNode, Issued]:
    node = ruled()
    return node, let_roe(node, **powers)


async def on_board(desk: Seat) -> None:
    await desk.press("f3")
    await desk.until(lambda: isinstance(desk.app.screen, RoeScreen) and desk.app.session.idle)


async def form(desk: Seat, line: str) -> RoeFormScreen:
    """The form that a command opens."""
    await desk.put(line)
    await desk.press("enter")
    await desk.until(lambda: isinstance(desk.app.screen, RoeFormScreen) and desk.app.session.idle)
    screen = desk.app.screen
    assert isinstance(screen, RoeFormScreen)
    return screen


async def signing(desk: Seat) -> None:
    await desk.press("ctrl+s")
    await desk.until(lambda: isinstance(desk.app.screen, RoeSignDialog) and desk.app.session.idle)


async def test_a_notice_leaves_once_its_serial_is_typed() -> None:
    node, issued = issuing()
    async with seat(node) as desk:
        await on_board(desk)
        await desk.press("n")
        await desk.until(lambda: isinstance(desk.app.screen, RoeActDialog))
        await desk.sees("ISSUE A NOTICE", "AUTHORISE", "what your nation limits for itself")
        await desk.press("4", "2")
        await desk.until(lambda: isinstance(desk.app.screen, RoeFormScreen) and desk.app.session.idle)
        await desk.sees("IMPLEMENT", "XBB AUTH 004", "Halt and search of vehicles", "will be IMPL 001", "can read",
                        "withheld from no nation", "AS IT WILL APPEAR", "NOT IN FORCE until 2 persons have signed")  # fmt: skip
        await signing(desk)
        await desk.sees(
            "IMPL 001", "Type the serial to issue it: 001", "Devices that can read it", "yours is the first"
        )
        for typed in ("", "0", "0", "2"):
            if typed:
                await desk.press(typed)
            await desk.press("enter")
            assert isinstance(desk.app.screen, RoeSignDialog)
        await desk.press("escape")
        await desk.until(lambda: isinstance(desk.app.screen, RoeFormScreen))
        assert not desk.asked(IssueRoe), "not now is no yes"
        await signing(desk)
        await desk.press(*"001", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, RoeScreen) and desk.app.session.idle)
        await desk.sees("issued XAA IMPL 001: NOT IN FORCE until another person signs")
        (request,) = issued.requests
        assert (request.act, request.serial) == (RoeAct.IMPLEMENT, 1)


async def test_a_refusal_stands_below_the_form_with_all_that_was_typed() -> None:
    node, _ = issuing()
    node.answers[IssueRoe] = Refused("roe-sequence", "CANCEL 001 was issued twice")
    async with seat(node, (80, 24)) as desk:
        screen = await form(desk, "/roe cancel IMPL 004")
        screen.rows.entries["remark", 0].field.load("over at noon")
        await desk.sees("XBB IMPL 004", "reads")
        await signing(desk)
        await desk.press(*"001", "enter")
        await desk.sees("roe-sequence: CANCEL 001 was issued twice")
        assert screen.rows.entries["remark", 0].field.text == "over at noon"
        await desk.press("escape", "escape")
        await desk.until(lambda: desk.app.screen is desk.main)
        screen = await form(desk, "/roe cancel IMPL 004")
        assert screen.rows.entries["remark", 0].field.text == "over at noon"


async def test_what_is_not_possible_says_why_and_opens_nothing() -> None:
    node, _ = issuing(issues=False, signs=False)
    async with seat(node) as desk:
        await on_board(desk)
        await desk.press("n", "2")
        await desk.sees("not possible: roe-authority: the charter lets HQ of XBB issue it", "AUTHORISE is not possible")
        assert isinstance(desk.app.screen, RoeActDialog)
        await desk.press("escape")
        await desk.press("s")
        await desk.sees("not done: roe-authority: the charter lets HQ of XBB sign")
        await desk.press("escape")
        await desk.put("/roe authorise")
        await desk.press("enter")
        await desk.sees("not done: authorise is not possible: roe-authority")
        assert isinstance(desk.app.screen, RoeScreen)
        await desk.press("escape")
        await desk.put("/roe deny REQ 999")
        await desk.press("enter")
        await desk.sees("no notice, or several, are called REQ 999")
        await desk.press("n", "1")
        await desk.until(lambda: isinstance(desk.app.screen, RoeFormScreen))
        await desk.sees("REQUEST", "must be filled")


async def test_a_notice_of_another_is_signed_by_its_serial() -> None:
    node, _ = issuing()
    async with seat(node) as desk:
        await on_board(desk)
        await desk.sees("TO SIGN", "XBB AUTH 005", "signed 1 of 2", "signed by Col A. Reyes, XBB")
        await desk.press("s")
        await desk.until(lambda: isinstance(desk.app.screen, RoeSignDialog) and desk.app.session.idle)
        await desk.sees("AUTH 005", "Entry to protected sites", "Type the serial to sign it too: 005")
        await desk.press(*"05", "enter")
        assert isinstance(desk.app.screen, RoeSignDialog)
        await desk.press("escape")
        await desk.until(lambda: isinstance(desk.app.screen, RoeScreen))
        assert not desk.asked(EndorseRoe)
        await desk.press("s", *"005", "enter")
        await desk.until(lambda: desk.asked(EndorseRoe))
        assert [request.id for request in desk.asked(EndorseRoe)] == [UNSIGNED.entry_id]
        await desk.sees("you signed XBB AUTH 005: signed by 2 of 2")


async def test_a_choice_is_asked_where_several_wait_and_a_notice_can_be_signed_from_its_screen() -> None:
    node, _ = issuing()
    shown = node.answers[ListRoe]
    other = evolve(UNSIGNED, name="IMPL 009", entry_id="cd" * 32, serial=9)
    node.answers[ListRoe] = evolve(shown, notices=(*shown.notices, other))  # type: ignore[union-attr]
    async with seat(node) as desk:
        await on_board(desk)
        await desk.press("s")
        await desk.sees("Several notices wait for a signature of yours", "XBB IMPL 009  signed 1 of 2")
        await desk.press("escape")
        await desk.press("enter")
        await desk.sees("NOTICES")
        await desk.press("8")
        await desk.until(lambda: isinstance(desk.app.screen, RoeNoticeScreen) and desk.app.session.idle)
        await desk.sees("AUTH 005", "it waits for signatures. S: you may sign it too")
        await desk.press("s")
        await desk.sees("Type the serial to sign it too: 005")
        await desk.press("escape", "n")
        await desk.sees("ISSUE A NOTICE ON AUTH 005", "roe-basis: AUTH 005 does not count")


async def test_flash_is_asked_about_and_the_label_is_chosen_for_the_notice_alone() -> None:
    node, _ = issuing()
    async with seat(node) as desk:
        before = desk.app.desk.label
        screen = await form(desk, "/roe implement AUTH 004")
        await desk.press("f6")
        await desk.until(lambda: isinstance(desk.app.screen, RoeLabelDialog) and desk.app.session.idle)
        await desk.sees("READABLE BY")
        await desk.press("down", "space", "enter")
        await desk.until(lambda: screen.rows.entries["label", 0].field.text.startswith("SECRET"))
        assert desk.app.desk.label == before
        assert desk.asked(PreviewRoe)[-1].notice.label == "SECRET REL XAA, XBB, XCC"
        await desk.press("alt+p", "alt+p", "ctrl+s")
        await desk.sees("FLASH interrupts everybody who gets it")
        await desk.press("escape")
        await desk.until(lambda: isinstance(desk.app.screen, RoeFormScreen))
        await desk.press("ctrl+s", "2")
        await desk.until(lambda: isinstance(desk.app.screen, RoeSignDialog))


async def test_fields_are_named_where_they_are_wrong_and_now_is_put() -> None:
    node, _ = issuing()
    async with seat(node, (80, 24), theme="mono", ascii_only=True) as desk:
        screen = await form(desk, "/roe request")
        assert screen.rows.entries["channel", 0].field.text == "ops-north"
        await desk.press("ctrl+s")
        await desk.sees("it is not issued while a field is wrong")
        await desk.until(lambda: screen.rows.entries["number", 1].field.has_focus)
        await desk.write("104")
        await desk.press("enter", "tab")
        await desk.write("wide")
        await desk.sees("1 field to correct", "Status 1 of 104: permitted, prohibited, retained or")
        screen.rows.entries["expires", 0].field.focus()
        await desk.press("ctrl+t")
        await desk.sees("221542Z is over")
        assert ("text", 2) in screen.rows.entries, "one more rule can be typed"
        assert {sign for sign in desk.text if not sign.isascii()} == set()


async def test_what_is_typed_in_one_piece_with_the_key_that_issues_it_is_judged_before() -> None:
    node, _ = issuing()
    async with seat(node) as desk:
        screen = await form(desk, "/roe request")
        screen.rows.entries["number", 1].field.load("104")
        await desk.until(lambda: ("number", 2) in screen.rows.entries)
        screen.rows.entries["verb", 1].field.focus()
        await desk.pilot.pause()
        await desk.burst("p", "e", "ctrl+s")
        await desk.until(lambda: isinstance(desk.app.screen, RoeSignDialog))
        await desk.sees("Type the serial to issue it: 001", "PERMITTED")
