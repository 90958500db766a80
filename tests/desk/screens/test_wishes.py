"""How a person wants his desk: skins, times, words that call him, vim's letters, Tab."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from coalchat.config import Config, load_config
from coalchat.desk.wishes import Wishes, local_offset
from coalchat.paths import Home, ensure_private_home
from tests.desk.piloting import Seat, seat
from tests.desk.scene import NOW, scene
from tests.desk.screens.looking import quiet_node, selected


def wishing(home: Home | None = None, **config: object) -> Wishes:
    return Wishes(Config(**config), home.path if home else None)  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return ensure_private_home(tmp_path / "home")


async def command(desk: Seat, text: str) -> None:
    await desk.put(text)
    await desk.press("enter")


async def test_a_skin_is_changed_at_once_and_kept(home: Home) -> None:
    async with seat(scene(), wishes=wishing(home)) as desk:
        dark = desk.app.screen.styles.background
        for name in ("mono", "dark"):
            await command(desk, f"/theme {name}")
            assert desk.app.dress.skin.name == name
            assert load_config(home).desk_theme == name
            assert (desk.app.screen.styles.background == dark) is (name == "dark")
            assert "MISSION SECRET" in desk.rows[0]
        await command(desk, "/theme pink")
        await desk.sees("the themes are dark, light, high-contrast, mono")


async def test_what_cannot_be_kept_is_done_and_said(home: Home) -> None:
    home.config.write_text("nonsense = 1\n")
    async with seat(scene(), wishes=wishing(home)) as desk:
        await command(desk, "/theme light")
        await desk.sees("not kept for the next time", "nonsense")
        assert desk.app.dress.skin.name == "light"


async def test_times_go_to_local_time_and_back(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Etc/GMT-1")
    time.tzset()
    async with seat(scene(), wishes=wishing(home)) as desk:
        await desk.sees("1541Z XBB Kowal")
        await desk.press("alt+z")
        await desk.sees("1641A XBB Kowal")
        assert "221542Z" in desk.rows[0], "the banner's clock stays in Z"
        assert load_config(home).desk_local_time
        await command(desk, "/time z")
        await desk.sees("1541Z XBB Kowal")
        await command(desk, "/time mars")
        await desk.sees("write it as /time local or /time z")
    monkeypatch.undo()
    time.tzset()


def test_the_clock_of_this_machine_bears_any_time() -> None:
    assert abs(local_offset(NOW)) < 86_400
    assert local_offset(2**62) == 0


async def test_a_word_that_calls_is_seen_in_the_list_and_the_line() -> None:
    node = quiet_node(1)
    node.add_channel("#quiet", "XAA", "XBB", "XCC")
    async with seat(node, (80, 24), wishes=wishing(desk_highlights="eagle 6, quay")) as desk:
        node.add_message("#quiet", "the Quay is free")
        await desk.until(lambda: any("quiet" in row and "!" in row for row in desk.rows))
        node.add_message("#quiet", "nothing of it")
        await desk.press("alt+2")
        await desk.sees("the Quay is free")
        assert [row.calls for row in desk.app.desk.channels()] == [0, 1]


async def test_with_vim_letters_move_and_do_not_write() -> None:
    async with seat(quiet_node(8), wishes=wishing(desk_keys="vim")) as desk:
        await desk.press("escape")
        await desk.until(lambda: selected(desk) == "message number 7")
        await desk.press("k", "k")
        assert selected(desk) == "message number 5"
        await desk.press("j")
        assert selected(desk) == "message number 6"
        await desk.press("g")
        assert selected(desk) == "message number 0"
        await desk.press("G")
        assert selected(desk) == "message number 7"
        await desk.press("i")
        assert desk.main.composer.draft.has_focus
        await desk.write("jig")
        assert desk.main.composer.draft.text == "jig"
        await desk.press("f1", "j", "j")
        await desk.press("escape")


async def test_with_vim_letters_of_one_burst_move_in_their_order() -> None:
    async with seat(quiet_node(8), wishes=wishing(desk_keys="vim")) as desk:
        await desk.press("escape")
        await desk.until(lambda: selected(desk) == "message number 7")
        await desk.burst("g", "j", "G", "k")
        await desk.until(lambda: selected(desk) == "message number 6")
        await desk.burst("g", "j", "j", "k")
        await desk.until(lambda: selected(desk) == "message number 1")
        await desk.burst("k", "i", "j", "backspace", "x")
        await desk.until(lambda: desk.main.composer.draft.text == "x")


async def test_tab_completes_names_and_labels_where_the_cursor_is() -> None:
    async with seat(scene()) as desk:
        await desk.put("ask Kow")
        await desk.press("tab")
        assert desk.main.composer.draft.text == "ask Kowal "
        await desk.press("home")
        await desk.put("#med")
        await desk.press("tab")
        assert desk.main.composer.draft.text == "#med ask Kowal "
        desk.main.composer.draft.load("/label sec")
        await desk.press("tab")
        assert desk.main.composer.draft.text == "/label SECRET "
        desk.main.composer.draft.load("see #l")
        await desk.press("tab")
        await desk.sees("#liaison  #log-bridge")
