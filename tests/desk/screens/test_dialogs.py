"""Dialogs: what they ask, what they give, and that nothing happens by default."""

from __future__ import annotations

import anyio
from textual.events import Paste

from coalchat.api import requests
from coalchat.api.base import Response
from coalchat.api.vocabulary import Precedence, State
from coalchat.desk.screens.who import WhoScreen
from tests.desk.piloting import Seat, seat
from tests.desk.scene import scene
from tests.fakes.api_node import FakeNode


def one_channel(ceiling: str = "MISSION SECRET") -> FakeNode:
    node = FakeNode()
    node.add_channel("#ops", "XAA", "XBB", "XCC", ceiling=ceiling)
    return node


async def cursor_to(desk: Seat, word: str) -> None:
    """Move the cursor of a dialog to the row with this word."""
    await desk.until(lambda: desk.app.screen is not desk.main and desk.app.screen.is_mounted)
    bar = desk.app.dress.glyphs.selection
    for _ in range(30):
        if any(word in row and bar in row for row in desk.rows):
            return
        await desk.press("down")
    raise AssertionError(f"no row with {word}:\n{desk.text}")


# --- the label ---


async def test_the_label_picker_changes_nothing_before_enter() -> None:
    async with seat(one_channel()) as desk:
        await desk.press("f6")
        await desk.sees("LABEL", "SECRET", "RELEASABLE TO", "READABLE BY")
        await cursor_to(desk, "RESTRICTED")
        await desk.press("space")
        await desk.sees("MISSION RESTRICTED REL XAA, XBB, XCC")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert desk.app.desk.composer().short.startswith("S ")


async def test_a_label_is_chosen_and_used() -> None:
    async with seat(one_channel()) as desk:
        await desk.press("f6")
        await cursor_to(desk, "RESTRICTED")
        await desk.press("space")
        await cursor_to(desk, "■ XCC")
        await desk.press("space")
        await desk.sees("MISSION RESTRICTED REL XAA, XBB ")
        await desk.press("enter")
        await desk.sees("RESTRICTED REL XAA, XBB", "withheld from", "XCC")
        await desk.write("for two")
        await desk.press("enter")
        await desk.until(lambda: desk.node.messages)
        assert desk.node.messages[0].marking == "MISSION RESTRICTED REL XAA, XBB"


async def test_the_own_nation_cannot_be_left_out_and_what_is_too_high_cannot_be_chosen() -> None:
    async with seat(one_channel("MISSION RESTRICTED")) as desk:
        await desk.press("f6")
        await cursor_to(desk, "XAA  yours")
        await desk.press("space")
        await cursor_to(desk, " SECRET")
        await desk.press("space")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert desk.app.desk.composer().short == "R REL XAA, XBB, XCC"


async def test_a_category_is_chosen() -> None:
    node = one_channel("MISSION SECRET CONVOY")
    async with seat(node) as desk:
        await desk.press("f6")
        await desk.sees("CATEGORY", "CONVOY")
        await cursor_to(desk, "CONVOY")
        await desk.press("space", "enter")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert "CONVOY" in desk.app.desk.composer().label


# --- sending ---


async def test_another_label_than_last_time_is_asked_about_once() -> None:
    async with seat(one_channel()) as desk:
        await desk.write("first")
        await desk.press("enter")
        await desk.until(lambda: desk.node.messages and not desk.app.session.unsent)
        await desk.write("/label RESTRICTED")
        await desk.press("enter")
        await desk.until(lambda: desk.app.desk.composer().short.startswith("R "))
        await desk.write("second")
        await desk.press("enter")
        await desk.sees("SEND", "Your last message here was")
        await desk.press("enter")  # the first answer changes nothing
        await desk.until(lambda: desk.app.screen is desk.main)
        assert desk.main.composer.draft.text == "second"
        assert len(desk.node.messages) == 1
        await desk.press("enter")
        await desk.sees("Your last message here was")
        await desk.press("down", "enter")
        await desk.until(lambda: len(desk.node.messages) == 2 and not desk.app.session.unsent)
        await desk.write("third")
        await desk.press("enter")
        await desk.until(lambda: len(desk.node.messages) == 3)


async def test_flash_is_asked_about() -> None:
    async with seat(one_channel()) as desk:
        await desk.write("/precedence Z")
        await desk.press("enter")
        await desk.write("now")
        await desk.press("enter")
        await desk.sees("FLASH interrupts everybody")
        await desk.press("2")
        await desk.until(lambda: desk.node.messages)
        assert desk.node.messages[0].precedence is Precedence.FLASH


async def test_a_refused_send_says_the_clause_and_the_ways_on() -> None:
    node = one_channel("MISSION RESTRICTED")
    async with seat(node) as desk:
        desk.app.door.put(desk.app.desk.set_label(2, ("XAA", "XBB", "XCC")))
        await desk.until(lambda: desk.app.desk.composer().denied)
        await desk.sees("level-ceiling")
        await desk.write("too high for here")
        await desk.press("enter")
        await desk.sees("NOT SENT", "level-ceiling", "Nothing left this device", "go back to the draft")
        assert desk.node.messages == []
        await desk.press("1")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert desk.main.composer.draft.text == "too high for here"
        await desk.until(lambda: desk.app.desk.composer().short.startswith("R ") and desk.app.desk.composer().known)
        assert desk.node.messages == []
        await desk.press("enter")
        await desk.until(lambda: desk.node.messages)


# --- pasting ---


async def test_a_paste_of_a_few_lines_goes_in_and_a_long_one_is_asked_about() -> None:
    async with seat(one_channel()) as desk:
        draft = desk.main.composer.draft
        draft.post_message(Paste("one\ntwo\nthree"))
        await desk.until(lambda: draft.text == "one\ntwo\nthree")
        draft.post_message(Paste("a\nb\nc\nd"))
        await desk.sees("PASTE", "4 lines")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert draft.text == "one\ntwo\nthree"
        draft.post_message(Paste("a\nb\nc\nd"))
        await desk.sees("PASTE")
        await desk.press("2")
        await desk.until(lambda: draft.text.endswith("threea\nb\nc\nd"))


async def test_what_is_pasted_can_be_seen() -> None:
    async with seat(one_channel()) as desk:
        desk.main.composer.draft.post_message(Paste("x\x1b[31m\u202ey"))
        await desk.until(lambda: desk.main.composer.draft.text == "x\\u{1B}[31m\\u{202E}y")


# --- who, help, jump, quit ---


async def test_who_has_it_shows_persons_and_gaps_and_follows_receipts() -> None:
    async with seat(scene()) as desk:
        await desk.sees("Convoy 4 delayed")
        await desk.press("f4")
        await desk.until(lambda: isinstance(desk.app.screen, WhoScreen))
        await desk.sees("WHO HAS IT", "Kowal", "Lind", "GAPS")
        entry = next(message.entry_id for message in desk.node.messages if message.text.startswith("Convoy 4"))
        before = desk.text
        desk.node.move(entry, "XCC", State.READ, person="Lind")
        await desk.until(lambda: desk.text != before and "held by XBB" not in desk.text)
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.main)


async def test_help_names_keys_and_commands_and_one_command_alone() -> None:
    async with seat(one_channel(), (100, 80)) as desk:
        await desk.press("f1")
        await desk.sees("WRITING", "ON THE SELECTED MESSAGE", "COMMANDS", "/precedence", "Alt-A")
        await desk.press("escape")
        await desk.write("/help ack-by")
        await desk.press("enter")
        await desk.sees("/ack-by")
        assert "/precedence" not in desk.text


async def test_a_command_can_be_jumped_to() -> None:
    async with seat(one_channel()) as desk:
        await desk.press("ctrl+k")
        await desk.write("/prec")
        await desk.until(lambda: "precedence" in desk.text)
        await desk.press("enter")
        await desk.until(lambda: desk.main.composer.draft.text == "/precedence ")
        assert desk.main.composer.draft.has_focus


async def test_a_person_can_be_jumped_to() -> None:
    async with seat(scene()) as desk:
        await desk.press("ctrl+k")
        await desk.write("Reyes")
        await desk.sees("Reyes XBB")
        await desk.press("enter")
        await desk.until(lambda: desk.app.desk.head().title == "liaison")
        await desk.until(lambda: desk.main.timeline.selected is not None)
        assert "Coffee" in (desk.main.timeline.selected.text if desk.main.timeline.selected else "")


async def test_quitting_is_asked_about_and_the_first_answer_stays() -> None:
    async with seat(one_channel()) as desk:
        await desk.press("ctrl+c")
        await desk.sees("QUIT", "The node runs on")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.main)
        await desk.write("half")
        await desk.press("ctrl+c")
        await desk.sees("The text that is not sent is kept")
        await desk.press("2")
        await desk.until(lambda: desk.app.return_code == 0)


async def test_a_message_that_nobody_else_has_holds_up_f10() -> None:
    async with seat(one_channel()) as desk:

        async def never(request: requests.SendMessage) -> Response:
            await anyio.sleep_forever()
            raise AssertionError

        desk.node.answers[requests.SendMessage] = never
        await desk.write("on its way")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(requests.SendMessage))
        await desk.press("f10")
        await desk.sees("QUIT", "has not reached the node")
        await desk.press("escape", "f10")
        await desk.sees("QUIT")


async def test_slash_quit_asks_too() -> None:
    async with seat(one_channel()) as desk:
        await desk.write("/quit")
        await desk.press("enter")
        await desk.sees("QUIT")
