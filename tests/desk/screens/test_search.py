"""Search at the app: typed, narrowed, gone to; and a message of long ago, with what stands around it."""

from __future__ import annotations

import pytest

from coalchat.api.search import SearchMessages
from coalchat.desk.screens.search import SearchScreen
from coalchat.desk.widgets.field import Field, SecretField
from tests.desk.piloting import Seat, seat
from tests.desk.scene import scene
from tests.desk.screens.looking import quiet_node, selected


async def opened(desk: Seat, key: str, words: str = "") -> None:
    await desk.press(key)
    await desk.until(lambda: isinstance(desk.app.screen, SearchScreen) and desk.app.session.idle)
    if words:
        desk.app.screen.query_one(Field).load(words)


async def closed(desk: Seat) -> None:
    await desk.until(lambda: desk.app.screen is desk.main and desk.app.session.idle)


async def test_what_is_typed_is_found_and_enter_goes_there() -> None:
    async with seat(scene()) as desk:
        desk.main.composer.draft.load("a draft")
        await opened(desk, "ctrl+f")
        await desk.sees("SEARCH", "ops-north", "type what to look for")
        await desk.write("br")
        await desk.sees("3 messages found", "Escort waits at bridge 7")
        assert "Coffee" not in desk.text
        await desk.press("ctrl+f")
        await desk.sees("all channels", "4 messages found", "Coffee at the bridge")
        await desk.press("down", "down", "down", "down", "up", "enter")
        await closed(desk)
        assert (
            selected(desk) == "Bridge 7 east span inspected. Single file only, 20 t limit until the engineers report."
        )
        assert desk.main.timeline.has_focus
        assert desk.main.composer.draft.text == "a draft"
        await desk.press("escape")
        await desk.until(lambda: desk.main.composer.draft.has_focus)
        await desk.press("ctrl+f")
        await desk.press("escape")
        await closed(desk)
        assert desk.app.desk.searching.view().rows == ()


async def test_the_command_looks_everywhere_and_a_hit_opens_its_channel() -> None:
    async with seat(scene(), (80, 24)) as desk:
        desk.main.composer.draft.load("/search stretcher cases")
        await opened(desk, "enter")
        await desk.sees("all channels", "1 message found", "Two stretcher cases")
        assert all("MISSION RESTRICTED" in row for row in (desk.rows[0], desk.rows[-1])), (
            "the marking of what is in sight"
        )
        assert desk.asked(SearchMessages)[-1].words == "stretcher cases*"
        await desk.press("enter")
        await closed(desk)
        await desk.until(lambda: desk.app.desk.head().title == "med" and selected(desk).startswith("Two stretcher"))


async def test_a_message_of_long_ago_stands_in_its_past_until_end() -> None:
    async with seat(quiet_node(700), (80, 24)) as desk:
        await opened(desk, "ctrl+f", "number 120 ")
        await desk.sees("1 message found")
        await desk.press("enter")
        await closed(desk)
        await desk.sees(
            "message number 120", "message number 117", "message number 123", "this is the past", "End to now"
        )
        assert selected(desk) == "message number 120"
        await desk.press(*["pagedown"] * 6)
        shown = desk.text
        assert "this is the past" in shown
        assert "message number 7" not in shown, "it does not run on to the present by itself"
        await desk.press("end")
        await desk.sees("message number 699")
        assert "this is the past" not in desk.text


@pytest.mark.parametrize(
    ("keys", "typed", "scope"),
    [
        (("ctrl+f", "b", "r"), "br", "ops-north"),
        (("ctrl+f", "ctrl+f", "b", "r"), "br", "all channels"),
        (("ctrl+f", "b", "ctrl+f", "r"), "br", "all channels"),
        (("ctrl+k", "m", "e", "d"), "med", "GO TO"),
        (("f5", "x"), "", "LOCKED"),
    ],
)
async def test_what_is_typed_in_one_burst_with_the_key_that_opens_a_screen_is_not_lost(
    keys: tuple[str, ...], typed: str, scope: str
) -> None:
    async with seat(scene()) as desk:
        desk.main.composer.draft.load("a draft")
        await desk.burst(*keys)
        await desk.sees(scope)
        if typed:
            await desk.until(lambda: desk.app.screen.query_one(Field).text == typed)
        else:
            await desk.until(lambda: desk.app.screen.query_one(SecretField).take() == b"x")
        assert desk.main.composer.draft.text == "a draft"
