"""The log of ROE notices at the app: every notice, what is missing, and a file of it."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from coalchat.api.roe_log import ListRoeLog
from coalchat.desk.screens.roe import RoeNoticeScreen, RoeScreen
from coalchat.desk.screens.roelog import RoeFileDialog, RoeLogScreen
from coalchat.errors import TryAgain
from coalchat.record import evolve
from tests.desk.piloting import Seat, seat
from tests.desk.scene import ruled
from tests.fakes.api_node import FakeNode
from tests.fakes.api_roe import let_roe
from tests.fakes.roe_records import GAP, PENDING, UNSIGNED, log


def logged() -> FakeNode:
    """In two pages, with a gap."""
    node = ruled()
    let_roe(node)
    whole = log(gaps=(GAP,))

    def page(request: ListRoeLog) -> object:
        if request.after:
            assert request.after == whole.notices[1].entry_id
            return evolve(whole, notices=whole.notices[2:])
        return evolve(whole, notices=whole.notices[:2], next=whole.notices[1].entry_id)

    node.answers[ListRoeLog] = page  # type: ignore[assignment]
    return node


async def opened(desk: Seat) -> RoeLogScreen:
    await desk.press("f3", "l")
    await desk.until(lambda: isinstance(desk.app.screen, RoeLogScreen) and desk.app.session.idle)
    screen = desk.app.screen
    assert isinstance(screen, RoeLogScreen)
    return screen


async def test_the_log_names_every_notice_and_what_is_missing() -> None:
    async with seat(logged()) as desk:
        screen = await opened(desk)
        await desk.sees("ROE LOG", "41 signed entries", "GAP", "221210Z NOV 26", "XAA REQ 002", "requested, and not answered",
                        "XBB IMPL 003 is missing", "XBB IMPL 005", "NOT IN FORCE: begins", "signed 2 of 2",
                        "is wider than AUTH 003", "XBB AUTH 005", "signed 1 of 2: Col A. Reyes, XBB")  # fmt: skip
        assert "MISSION RESTRICTED REL XAA, XBB, XCC" in desk.rows[0]
        keys = [row.key for row in screen.view.rows]
        assert keys[1] == "", "what is missing stands before the notice that shows it"
        assert keys.index(PENDING.entry_id) == 2
        assert screen.at() == UNSIGNED.entry_id, "the newest is under the cursor"
        await desk.press("up", "up")
        assert screen.at() == PENDING.entry_id
        await desk.press("up")
        assert screen.cursor == 0, "a gap is passed"
        await desk.press("down", "enter")
        await desk.until(lambda: isinstance(desk.app.screen, RoeNoticeScreen) and desk.app.session.idle)
        await desk.sees("IMPL 005", "stands on AUTH 004", "CAVEATS OF OTHERS", "wheeled vehicles only", "ACKNOWLEDGED")
        await desk.press("escape", "escape")
        await desk.until(lambda: isinstance(desk.app.screen, RoeScreen))


async def test_acts_at_the_log_are_of_the_notice_under_the_cursor() -> None:
    async with seat(logged(), (80, 24)) as desk:
        await opened(desk)
        await desk.press("s")
        await desk.sees("Type the serial to sign it too: 005")
        await desk.press("escape", "up", "s")
        await desk.sees("XBB IMPL 006 does not wait for a signature")
        await desk.press("n")
        await desk.sees("ISSUE A NOTICE ON IMPL 006")


async def test_the_log_is_written_to_a_new_file_and_to_no_other(tmp_path: Path) -> None:
    async with seat(logged()) as desk:
        await opened(desk)
        await desk.press("e")
        await desk.until(lambda: isinstance(desk.app.screen, RoeFileDialog))
        await desk.sees("WRITE THE LOG TO A FILE", "roe-log-221542Z.json")
        await desk.press("escape", "e", "ctrl+u")
        path = tmp_path / "roe.json"
        await desk.put(str(path))
        await desk.press("enter")
        await desk.until(path.exists)
        await desk.sees("written to")
        said = json.loads(path.read_text("ascii"))
        assert said["marking"] == "MISSION RESTRICTED REL XAA, XBB, XCC"
        assert [one["name"] for one in said["notices"]] == ["REQ 002", "IMPL 005", "IMPL 006", "AUTH 005"]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        before = path.read_bytes()
        await desk.press("e", "ctrl+u")
        await desk.put(str(path))
        await desk.press("enter")
        await desk.sees("not done", "already")
        assert path.read_bytes() == before


async def test_what_the_node_does_not_give_is_said() -> None:
    node = ruled()
    let_roe(node)
    node.answers[ListRoeLog] = TryAgain("busy")
    async with seat(node) as desk:
        await opened(desk)
        await desk.sees("not done", "busy", "asking the node")
        await desk.press("e")
        assert isinstance(desk.app.screen, RoeLogScreen), "there is nothing to write"
