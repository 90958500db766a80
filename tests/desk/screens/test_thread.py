"""The thread screen: opened on a message, left to a message or to an answer."""

from __future__ import annotations

from coalchat.api import requests
from coalchat.desk.screens.thread import ThreadScreen
from tests.desk.piloting import seat
from tests.desk.scene import answered
from tests.desk.screens.looking import selected


async def test_one_goes_from_a_thread_to_a_message_or_answers_it() -> None:
    async with seat(answered(), (80, 24)) as desk:
        await desk.sees("Tell them 20 t", "1 answer", "2 answers")
        await desk.press("up", "t")
        await desk.sees("THREAD  #ops-north", "5 answers", "MISSION SECRET REL XAA, XBB")
        assert isinstance(desk.app.screen, ThreadScreen)
        await desk.press("up", "up", "up", "enter")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert selected(desk).startswith("Who guides them")
        assert desk.main.timeline.has_focus
        await desk.press("/")
        await desk.put("thread")
        await desk.press("enter")
        await desk.sees("THREAD  #ops-north", "5 answers")
        await desk.press("down", "r")
        await desk.until(lambda: desk.app.screen is desk.main)
        await desk.until(lambda: desk.app.desk.composer().reply == "Berg 1541Z")
        assert desk.main.composer.draft.has_focus
        assert not desk.asked(requests.MarkRead), "looking is not reading"


async def test_without_a_message_it_says_so() -> None:
    async with seat(answered()) as desk:
        await desk.put("/thread")
        await desk.press("enter")
        await desk.sees("select the message whose thread")
