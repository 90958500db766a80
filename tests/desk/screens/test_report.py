"""The report form at the app: opened by key and command, sent by ^S and ^P alone, left without losing a word."""

from __future__ import annotations

from coalchat.api.drafts import SetReportDraft
from coalchat.api.reports import FileReport
from coalchat.desk.screens.report import FormDialog, ReportScreen
from coalchat.errors import Refused
from tests.desk.piloting import Seat, seat
from tests.desk.scene import scene
from tests.fakes.api_reports import let_reports, payload, shown


async def opened(desk: Seat, form: str = "salute") -> ReportScreen:
    await desk.put(f"/report {form}")
    await desk.press("enter")
    await desk.until(lambda: isinstance(desk.app.screen, ReportScreen) and desk.app.session.idle)
    screen = desk.app.screen
    assert isinstance(screen, ReportScreen)
    return screen


def fill(screen: ReportScreen, **fields: str) -> None:
    """Type into fields."""
    for key, text in fields.items():
        screen._entries[key, 0].field.load(text)


async def test_a_report_is_filled_in_and_sent_in_part() -> None:
    async with seat(scene()) as desk:
        taken = let_reports(desk.node)
        await desk.press("f2")
        await desk.until(lambda: isinstance(desk.app.screen, FormDialog))
        await desk.sees("SALUTE", "What was seen")
        await desk.press("escape")
        screen = await opened(desk)
        await desk.sees("WHAT WAS SEEN", "AS IT WILL APPEAR", "can read")
        fill(screen, SIZE="3 trucks", ACTIVITY="loading", LOCATION="31N BA 4812 1187", TIME="221575")
        screen._entries["TIME", 0].field.focus()
        await desk.write("Z")
        await desk.sees("no minute 75", "1 field to correct", "band N, square BA")
        await desk.press("ctrl+s")
        await desk.sees("it is not sent while a field is wrong")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert taken == []
        screen = await opened(desk)
        await desk.sees("221575Z", "3 trucks", "draft kept")
        screen._entries["TIME", 0].field.focus()
        await desk.press("ctrl+t")
        await desk.sees("221542ZNOV26", "Unit may follow")
        await desk.press("ctrl+s")
        await desk.sees("^P sends it as a part")
        await desk.press("ctrl+p")
        await desk.until(lambda: desk.app.screen is desk.main)
        await desk.sees("SALUTE 001", "UNIT left empty: update expected")
        assert [one.part for one in taken] == [True]

        # On the own line F2 is an update of it.
        await desk.press("up")
        await desk.until(lambda: desk.main.timeline.selected is not None)
        await desk.press("f2")
        await desk.until(lambda: isinstance(desk.app.screen, ReportScreen))
        await desk.sees("SALUTE 001", "31NBA48121187")
        await desk.press("f2")
        await desk.until(lambda: isinstance(desk.app.screen, FormDialog))


async def test_a_half_filled_form_comes_back_at_another_desk_and_is_thrown_away_by_a_word() -> None:
    node = scene()
    let_reports(node)
    async with seat(node) as desk:
        fill(await opened(desk), SIZE="3 trucks", ACTIVITY="loading")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.main)
        desk.main.door.put(desk.app.desk.keep_drafts())
        await desk.until(lambda: bool(desk.asked(SetReportDraft)) and desk.app.session.idle)
    async with seat(node, (80, 24)) as desk:
        await desk.press("f2")
        await desk.until(lambda: isinstance(desk.app.screen, FormDialog))
        await desk.sees("SALUTE", "draft of 221542Z")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, ReportScreen))
        await desk.sees("3 trucks", "draft of 221542Z came back")
        await desk.press("alt+d")
        await desk.sees("Throw away what is filled in of SALUTE?")
        await desk.press("enter")  # the first choice changes nothing
        await desk.until(lambda: isinstance(desk.app.screen, ReportScreen))
        await desk.sees("3 trucks")
        await desk.press("alt+d", "2")
        await desk.until(lambda: desk.app.screen is desk.main and desk.app.session.idle)
        screen = await opened(desk)
        assert screen._entries["SIZE", 0].field.text == ""
        await desk.press("alt+d")  # nothing is lost: nothing is asked
        await desk.until(lambda: desk.app.screen is desk.main)


async def test_what_is_typed_in_one_piece_with_alt_d_is_asked_about_too() -> None:
    node = scene()
    let_reports(node)
    async with seat(node) as desk:
        await opened(desk)
        await desk.burst("7", "alt+d")
        await desk.sees("DISCARD", "It cannot be brought back")


async def test_f2_on_an_own_report_is_an_update_at_once() -> None:
    node = scene()
    let_reports(node)
    node.add_message(
        "ops-north",
        "x",
        kind="report",
        mine=True,
        report=shown(
            payload("SALUTE", 7, {"size": "3", "activity": "x", "location": "31NBA48121187", "time": "221530Z"})
        ),
    )
    async with seat(node) as desk:
        await desk.sees("SALUTE 007")
        await desk.press("up")
        await desk.until(lambda: desk.main.timeline.selected is not None)
        await desk.press("f2")
        await desk.until(lambda: isinstance(desk.app.screen, ReportScreen))
        await desk.sees("SALUTE 007", "31NBA48121187")
        await desk.press("f6")
        await desk.sees("an update keeps the label")


async def test_a_refusal_and_a_flash_lose_nothing() -> None:
    async with seat(scene(), (80, 24)) as desk:
        let_reports(desk.node)
        desk.node.answers[FileReport] = Refused("level-ceiling", "the ceiling is lower")
        fill(await opened(desk, "contact"), LOCATION="31NBA48121187", TIME="221530Z")
        await desk.press("ctrl+p")
        await desk.sees("FLASH interrupts everybody")
        await desk.press("escape")
        await desk.until(lambda: isinstance(desk.app.screen, ReportScreen))
        assert not desk.asked(FileReport)
        await desk.press("ctrl+p", "2")
        await desk.sees("the ceiling is lower")
        await desk.press("alt+p")
        await desk.sees("31NBA48121187", "SALTATIC")
        await desk.press("f6")
        await desk.sees("READABLE BY")
        await desk.press("escape", "escape")
        await desk.until(lambda: desk.app.screen is desk.main)


async def test_rows_are_added_and_go_where_one_types() -> None:
    async with seat(scene(), (80, 24)) as desk:
        screen = await opened(desk, "logstat")
        first, second = ("SUPPLY-CLASS", 1), ("SUPPLY-CLASS", 2)
        assert second not in screen._entries
        screen._entries[first].field.focus()
        screen._entries[first].field.load("fuel")
        await desk.until(lambda: second in screen._entries)
        screen._entries[first].field.load("")
        await desk.until(lambda: second not in screen._entries)
        await desk.press("down")
        await desk.until(lambda: screen._entries["SUPPLY-HELD", 1].field.has_focus)
