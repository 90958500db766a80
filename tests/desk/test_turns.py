"""Keys that come in one piece do what they would have done one by one."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget

from coalchat.api import requests
from coalchat.desk.turns import InTurn, Settled
from tests.desk.piloting import seat
from tests.desk.scene import scene


@pytest.mark.parametrize(
    ("keys", "left", "sent"),
    [
        (("a", "b", "backspace", "c"), "ac", []),
        (("a", "b", "c", "left", "left", "x"), "axbc", []),
        (("a", "b", "ctrl+u", "c"), "c", []),
        (("a", " ", "b", "ctrl+w", "c"), "a c", []),
        (("h", "i", "enter", "y", "o"), "yo", ["hi"]),
        (("h", "i", "enter", "y", "o", "enter", "z"), "z", ["hi", "yo"]),
        (("up", "escape", "x"), "x", []),
        (("f1", "escape", "x", "y"), "xy", []),
        (("f6", "escape", "x", "backspace", "y"), "y", []),
        (("ctrl+f", "a", "backspace", "b", "escape", "x"), "x", []),
    ],
)
async def test_what_comes_in_one_burst_is_done_key_by_key(keys: tuple[str, ...], left: str, sent: list[str]) -> None:
    async with seat(scene()) as desk:
        await desk.burst(*keys)
        await desk.until(lambda: desk.main.composer.draft.text == left and desk.app.screen is desk.main)
        await desk.until(lambda: [call.text for call in desk.asked(requests.SendMessage)] == sent)
        await desk.drawn()
        assert desk.main.composer.draft.text == left


class Box(Widget, can_focus=True):
    """Takes keys; from "x" on it loses whatever comes by, as what goes away does."""

    DEFAULT_CSS = "Box { height: 1; }"

    class Heard(Message):
        """Says it on."""

    gone = False

    def on_key(self, event: events.Key) -> None:
        event.stop()
        app = self.app
        assert isinstance(app, Boxes)
        app.taken.append(f"{self.id}{event.key}")
        self.gone = event.key == "x"
        self.post_message(self.Heard())

    def on_settled(self, message: Settled) -> None:
        if self.gone:
            message.stop()


class Boxes(InTurn[None], inherit_bindings=False):
    """Two of them."""

    def __init__(self) -> None:
        super().__init__(ansi_color=False)
        self.taken: list[str] = []

    def compose(self) -> ComposeResult:
        yield Box(id="a")
        yield Box(id="b")

    def on_box_heard(self) -> None:
        self.taken.append("heard")


async def test_what_a_key_set_off_says_its_word_before_the_next_key() -> None:
    app = Boxes()
    async with app.run_test() as pilot:
        app.query_one("#a").focus()
        await pilot.pause()
        for key in "123":
            app.post_message(events.Key(key, key))
        while len(app.taken) < 6:
            await pilot.pause()
        assert app.taken == ["a1", "heard", "a2", "heard", "a3", "heard"]


async def test_a_widget_that_takes_the_word_with_it_holds_up_nobody_for_long() -> None:
    app = Boxes()
    async with app.run_test() as pilot:
        app.query_one("#a").focus()
        await pilot.pause()
        app.post_message(events.Key("x", "x"))
        app.post_message(events.Key("y", "y"))
        while "ay" not in app.taken:
            await pilot.pause()
        assert app.taken[0] == "ax"


async def test_a_word_that_comes_late_is_no_turn() -> None:
    app = Boxes()
    async with app.run_test() as pilot:
        box = app.query_one("#b")
        box.focus()
        await pilot.pause()
        box.post_message(Settled(0, box, 1))
        app.post_message(events.Key("y", "y"))
        while "heard" not in app.taken:
            await pilot.pause()
        assert app.taken == ["by", "heard"]
