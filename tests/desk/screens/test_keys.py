"""The key screen at the app: it opens, follows what happens, decides nothing by default; and where warnings stand."""

from __future__ import annotations

from coalchat.api.events import ControlChanged
from coalchat.api.history import ApproveHistory, RefuseHistory
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.desk.screens.keys import HistoryDialog, KeysScreen
from coalchat.record import evolve
from tests.desk.piloting import Seat, seat
from tests.desk.scene import NOW, scene, trouble
from tests.fakes.api_keys import let_history, request


async def opened(desk: Seat) -> None:
    await desk.press("f7")
    await desk.until(lambda: isinstance(desk.app.screen, KeysScreen) and desk.app.session.idle)


def tell(desk: Seat, subject: ControlSubject) -> None:
    desk.node.tell(ControlChanged(subject=subject, id="", phase=Phase.UNLOCKED))


async def test_f7_and_its_command_open_it_and_esc_or_f7_closes_it() -> None:
    async with seat(scene()) as desk:
        await opened(desk)
        await desk.sees("TO DO", "EDITIONS", "EFFECTIVE", "SEGMENTS OF EDITION 12", "closed to a later thief".upper(),
                        "after that nothing can be sent to it", "CERTIFICATES THAT END")  # fmt: skip
        await desk.press("f7")
        await desk.until(lambda: desk.app.screen is desk.main)
        await desk.write("/keys")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, KeysScreen))
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.main)


async def test_it_follows_what_happens() -> None:
    async with seat(scene()) as desk:
        await opened(desk)
        await desk.sees("edition 12", "nothing")
        keys = desk.node.keys
        desk.node.keys = evolve(keys, segment=4, segment_ends=keys.segment_ends + 6 * 3600)
        tell(desk, ControlSubject.KEYS)
        await desk.sees("segment 4 of 12", "segment 4 is effective, 1 to 3 are held")
        desk.node.warnings = ("the published keys of XCC end in 2 h",)
        tell(desk, ControlSubject.NODE)
        await desk.sees("! the published keys of XCC end in 2 h", "! 1 to do")
        let_history(desk.node, request(1, NOW))
        await desk.sees("Varga (2) asks for history: 31 of 40 messages would go")


async def test_a_request_is_decided_by_a_deliberate_act_alone() -> None:
    async with seat(trouble()) as desk:
        await opened(desk)
        await desk.sees("asks for history", "H decide")
        for way_out in ("enter", "escape"):
            await desk.press("h")
            await desk.until(lambda: isinstance(desk.app.screen, HistoryDialog))
            await desk.sees("Varga (2)", "31 of 40", "MISSION SECRET REL XAA, XBB", "not now")
            await desk.press(way_out)
            await desk.until(lambda: isinstance(desk.app.screen, KeysScreen))
        assert not desk.asked(ApproveHistory)
        assert not desk.asked(RefuseHistory)
        await desk.press("h")
        await desk.until(lambda: isinstance(desk.app.screen, HistoryDialog))
        await desk.press("down", "enter")
        await desk.until(lambda: desk.asked(ApproveHistory) and "Varga (2) asks" not in desk.text)
        await desk.press("h")
        assert isinstance(desk.app.screen, KeysScreen), "nobody asks any more"


async def test_of_several_requests_one_is_chosen() -> None:
    node = scene()
    let_history(node, request(1, NOW - 60), request(2, NOW, "Okoro"))
    async with seat(node, (80, 24)) as desk:
        await opened(desk)
        await desk.press("h")
        await desk.sees("REQUESTS FOR HISTORY", "none now", "Okoro (2): 31 of 40 would go")
        await desk.press("3")
        await desk.until(lambda: isinstance(desk.app.screen, HistoryDialog))
        await desk.sees("Okoro (2)", "refuse")
        await desk.press("3")
        await desk.until(lambda: desk.asked(RefuseHistory))
        assert desk.asked(RefuseHistory)[0].id == request(2, NOW).id
        await desk.until(lambda: "Okoro (2) asks" not in desk.text)
        assert "Varga (2) asks" in desk.text


async def test_at_80x24_all_of_it_can_be_scrolled_to() -> None:
    async with seat(trouble(), (80, 24), theme="mono", ascii_only=True) as desk:
        await opened(desk)
        seen = desk.text
        for _ in range(6):
            await desk.press("pagedown")
            seen += desk.text
        for words in ("EDITIONS", "EMERGENCY REKEY", "SILENT DEVICES", "HOW LONG TEXTS CAN BE OPENED", "AS SEEN FROM HERE",
                      "CERTIFICATES THAT END", "Varga (2)"):  # fmt: skip
            assert words in seen
        assert seen.isascii()


async def test_a_warning_has_a_row_only_while_there_is_one_without_room() -> None:
    async with seat(scene(), (80, 24)) as desk:
        row, timeline = desk.main.query_one("#warning"), desk.main.timeline
        await desk.until(lambda: timeline.size.height)
        rows = timeline.size.height
        assert not row.display
        desk.node.warnings = ("the published keys of XCC end in 2 h", "a device asks for history")
        tell(desk, ControlSubject.NODE)
        await desk.sees("! the published keys of XCC end in 2 h", "+1 F7")
        assert timeline.size.height == rows - 1
        desk.node.warnings = ()
        tell(desk, ControlSubject.NODE)
        await desk.until(lambda: not row.display and timeline.size.height == rows)


async def test_below_twenty_rows_a_warning_stays_in_the_row_that_is_there() -> None:
    node = scene()
    node.warnings = ("the published keys of XCC end in 2 h",)
    async with seat(node, (80, 18)) as desk:
        await desk.sees("5:00   ! the published keys of")
        assert not desk.main.query_one("#warning").display
