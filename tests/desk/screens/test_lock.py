"""A locked desk shows nothing of the coalition, and opens for the passphrase alone."""

from __future__ import annotations

import anyio

from coalchat.api import requests
from coalchat.api.base import Response
from coalchat.api.responses import Done
from coalchat.config import Config
from coalchat.desk.screens.lock import LockScreen
from coalchat.desk.wishes import Wishes
from coalchat.errors import Refused
from tests.desk.piloting import Seat, seat
from tests.desk.scene import NOW, scene
from tests.fakes.api_node import PASSPHRASE

SEEN = ("ops-north", "Kowal", "Convoy", "Northern Guard", "SECRET", "XAA", "XBB", "Duarte", "draft words")


async def locked(desk: Seat) -> None:
    await desk.until(lambda: isinstance(desk.app.screen, LockScreen))
    await desk.sees("LOCKED")


async def test_it_shows_nothing_and_the_node_compares_the_passphrase() -> None:
    async with seat(scene(), (80, 24)) as desk:
        await desk.put("draft words")
        await desk.press("f5")
        await locked(desk)
        assert not [word for word in SEEN if word in desk.text]
        for key in ("f1", "ctrl+k", "alt+a", "escape"):
            await desk.press(key)
            assert isinstance(desk.app.screen, LockScreen)
        await desk.write("wrong")
        await desk.press("enter")
        await desk.sees("That is not the passphrase")
        await desk.write(PASSPHRASE.decode())
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert desk.main.composer.draft.text == "draft words"
        assert len(desk.asked(requests.CheckPassphrase)) == 2
        assert "wrong" not in repr(desk.asked(requests.CheckPassphrase))


async def test_it_locks_itself_when_nobody_does_anything() -> None:
    time = [NOW]
    wishes = Wishes(Config(desk_idle_lock=10))
    async with seat(scene(), now=lambda: time[0], wishes=wishes) as desk:
        time[0] += 9 * 60
        await desk.press("x")
        time[0] += 9 * 60
        desk.app._tick()
        assert desk.app.screen is desk.main, "a key was pressed"
        time[0] += 60
        desk.app._tick()
        await locked(desk)


async def test_nothing_opens_before_the_lock() -> None:
    async with seat(scene()) as desk:
        go = anyio.Event()

        async def late(request: requests.SendMessage) -> Response:
            await go.wait()
            raise Refused("level-ceiling", f"no {request.channel[:0]}")

        desk.node.answers[requests.SendMessage] = late
        await desk.put("too high")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(requests.SendMessage))
        await desk.put("/lock")
        await desk.press("enter")
        await locked(desk)
        await desk.press("f10")
        await desk.sees("has not reached the node")
        go.set()
        await desk.until(lambda: desk.app.desk.draft == "too high")
        assert isinstance(desk.app.screen, LockScreen)
        assert "level-ceiling" not in desk.text
        desk.node.answers[requests.CheckPassphrase] = Done()
        await desk.write("x")
        await desk.press("enter")
        await desk.sees("NOT SENT", "level-ceiling")


async def test_a_draft_is_kept_when_the_desk_is_left() -> None:
    node = scene()
    async with seat(node) as desk:
        desk.app._tick()
        await desk.until(lambda: desk.app.session.idle)
        await desk.put("at the door")
        await desk.press("f10")
        await desk.until(lambda: desk.app.return_code == 0)
    assert [one.text for one in node.drafts.values()] == ["at the door"]
    async with seat(node) as desk:
        desk.app._tick()
        await desk.until(lambda: desk.main.composer.draft.text == "at the door")
