"""The main screen: selecting, reading, answering, moving about; over a socket to a scripted node."""

from __future__ import annotations

from functools import partial

from textual.events import Key, MouseScrollDown, MouseScrollUp

from coalchat.api import requests
from coalchat.api.vocabulary import Answer, Precedence, State
from tests.desk.piloting import seat
from tests.desk.scene import NOW, scene
from tests.desk.screens.looking import is_read, is_shown, lines, quiet_node, selected
from tests.fakes.api_node import FakeNode


# --- selecting and reading ---
async def test_up_in_an_empty_composer_selects_and_escape_goes_back() -> None:
    async with seat(quiet_node(3)) as desk:
        await desk.press("up")
        await desk.until(lambda: selected(desk) == "message number 2")
        assert desk.main.timeline.has_focus
        await desk.press("up")
        assert selected(desk) == "message number 1"
        await desk.press("down", "down")  # past the last one
        assert desk.main.composer.draft.has_focus
        await desk.press("up", "escape")
        assert desk.main.composer.draft.has_focus
        assert selected(desk) == ""


async def test_up_in_a_text_moves_in_the_text() -> None:
    async with seat(quiet_node(3)) as desk:
        await desk.write("one")
        await desk.press("up")
        assert desk.main.composer.draft.has_focus


async def test_typing_on_a_message_begins_a_text() -> None:
    async with seat(quiet_node(3)) as desk:
        await desk.press("up")
        await desk.write("So it is")
        assert desk.main.composer.draft.text == "So it is"


async def test_letters_that_come_at_once_are_text_and_no_acts() -> None:
    node = quiet_node()
    node.add_message("#ops", "mine", mine=True, read=True, author_nation="XAA", author_person="Berg")
    async with seat(node) as desk:
        await desk.press("up")
        for letter in "bxea":
            desk.main.timeline.post_message(Key(letter, letter))
        await desk.until(lambda: desk.main.composer.draft.text == "bxea")
        assert desk.app.screen is desk.main


async def test_enter_on_a_message_says_that_a_person_has_read_up_to_it() -> None:
    async with seat(quiet_node(3)) as desk:
        await desk.press("up", "up", "enter")
        await desk.until(lambda: desk.asked(requests.MarkRead))
        (mark,) = desk.asked(requests.MarkRead)
        assert mark.entry_id == desk.node.messages[1].entry_id
        await desk.sees("1 new")


async def test_end_reads_all_and_shows_the_newest() -> None:
    async with seat(quiet_node(80), (80, 24)) as desk:
        await desk.press("pageup", "pageup")
        assert "message number 79" not in desk.text
        await desk.press("end")
        await desk.sees("message number 79")
        await desk.until(lambda: desk.asked(requests.MarkRead))
        assert desk.asked(requests.MarkRead)[-1].entry_id == desk.node.messages[79].entry_id


async def test_end_in_a_text_goes_to_its_end() -> None:
    async with seat(quiet_node(3)) as desk:
        await desk.write("abc")
        await desk.press("home", "end")
        assert desk.asked(requests.MarkRead) == []


async def test_a_reply_quotes_takes_the_label_and_reads() -> None:
    node = quiet_node()
    first = node.add_message("#ops", "which route?", nations=("XAA", "XBB"), marking="MISSION SECRET REL XAA, XBB")
    async with seat(node) as desk:
        await desk.press("up", "r")
        await desk.until(lambda: desk.app.desk.composer().reply)
        assert desk.app.desk.composer().short == "S REL XAA, XBB"
        await desk.until(lambda: desk.app.desk.composer().known)
        await desk.write("route A")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(requests.SendMessage))
        assert desk.asked(requests.SendMessage)[0].reply_to == first.entry_id
        await desk.until(lambda: desk.asked(requests.MarkRead))


async def test_escape_takes_the_reply_back_and_keeps_the_text() -> None:
    async with seat(quiet_node(1)) as desk:
        await desk.press("up", "r")
        await desk.write("text")
        await desk.press("escape")
        await desk.until(lambda: not desk.app.desk.composer().reply)
        assert desk.main.composer.draft.text == "text"


async def test_a_copy_bears_its_marking() -> None:
    node = quiet_node()
    node.add_message("#ops", "grid 31N BA 4790 1204")
    async with seat(node) as desk:
        await desk.press("up", "y")
        assert desk.app.clipboard == "MISSION SECRET REL XAA, XBB, XCC\ngrid 31N BA 4790 1204"
        assert "\N{NO-BREAK SPACE}" not in desk.app.clipboard


async def test_acknowledging_is_asked_about_and_signed_with_an_answer() -> None:
    node = quiet_node()
    node.add_message("#ops", "hold the bridge", ack_by=NOW + 600)
    async with seat(node) as desk:
        await desk.press("up", "a")
        await desk.sees("ACKNOWLEDGE", "hold the bridge", "WILCO")
        await desk.press("enter")  # "not now" stands first
        await desk.until(lambda: "ACKNOWLEDGE" not in desk.text)
        assert desk.asked(requests.AcknowledgeMessage) == []
        await desk.press("a", "up")
        await desk.sees("CAVEAT")
        await desk.press("enter")
        await desk.sees("a caveat needs words")
        await desk.write("by day only")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(requests.AcknowledgeMessage))
        (given,) = desk.asked(requests.AcknowledgeMessage)
        assert (given.answer, given.text) == (Answer.CAVEAT, "by day only")
        await desk.sees("you acknowledged", "caveat")


async def test_an_own_message_cannot_be_acknowledged() -> None:
    node = quiet_node()
    node.add_message("#ops", "mine", mine=True, read=True, author_nation="XAA", author_person="Berg")
    async with seat(node) as desk:
        await desk.press("up", "a")
        assert desk.app.screen is desk.main


# --- looking back ---


async def test_who_reads_back_is_not_moved_and_sees_how_much_is_new() -> None:
    async with seat(quiet_node(80), (80, 24)) as desk:
        await desk.press("pageup", "pageup")
        before = [row[19:] for row in desk.rows[3:18]]
        for number in range(12):
            desk.node.add_message("#ops", f"later {number}")
        await desk.sees("12 new")
        after = [row[19:] for row in desk.rows[3:18]]
        assert after[:14] == before[:14]
        await desk.press("end")
        await desk.sees("later 11")
        assert not desk.main.query_one("#new-below").display


async def test_pages_before_the_first_line_are_fetched_when_one_gets_there() -> None:
    async with seat(quiet_node(450), (80, 24)) as desk:
        assert "message number 0" not in desk.text

        async def up() -> bool:
            await desk.press("pageup")
            return any(row[19:].rstrip().endswith("message number 0") for row in desk.rows)

        for _ in range(200):
            if await up():
                break
            await desk.pilot.pause()
        await desk.sees("message number 0")
        pages = [call for call in desk.asked(requests.ListMessages) if call.before_position > 0]
        assert len(pages) >= 1
        keys = [line.key for line in lines(desk)]
        assert len(keys) == len(set(keys)) == 450


async def test_an_own_message_brings_the_reader_to_the_end() -> None:
    async with seat(quiet_node(80), (80, 24)) as desk:
        await desk.press("pageup", "pageup")
        await desk.write("here I am")
        await desk.press("enter")
        await desk.sees("here I am")
        assert desk.main.timeline.window.following


# --- channels and the mouse ---


async def test_alt_a_goes_where_it_matters_most() -> None:
    node = FakeNode()
    for title in ("#a-start", "#b-low", "#c-high"):
        node.add_channel(title, "XAA", "XBB")
    node.add_message("#b-low", "routine")
    node.add_message("#c-high", "now", precedence=Precedence.IMMEDIATE)
    async with seat(node) as desk:
        await desk.press("alt+1")
        for wanted in ("#c-high", "#b-low"):
            await desk.press("alt+a")
            await desk.until(partial(is_shown, desk, wanted))
            await desk.press("end")
            await desk.until(partial(is_read, desk, wanted))
        assert desk.app.desk.next_active() is None


async def test_a_click_on_a_channel_opens_it_and_one_on_a_message_selects_it() -> None:
    async with seat(scene()) as desk:
        row = next(y for y, text in enumerate(desk.rows) if "intel-fusion" in text[:24])
        await desk.pilot.click(offset=(5, row))
        await desk.until(lambda: desk.app.desk.head().title.endswith("intel-fusion"))
        await desk.press("alt+1")
        await desk.sees("Engineers say 25 t")
        row = next(y for y, text in enumerate(desk.rows) if "Engineers say 25 t" in text)
        await desk.pilot.click(offset=(50, row))
        await desk.until(lambda: "Engineers say" in selected(desk))


async def test_the_wheel_scrolls() -> None:
    async with seat(quiet_node(80), (80, 24)) as desk:
        timeline = desk.main.timeline
        for kind in (MouseScrollUp, MouseScrollDown):
            timeline.post_message(kind(timeline, 5, 5, 0, 0, 0, False, False, False))
            await desk.pilot.pause()
            assert timeline.window.following is (kind is MouseScrollDown)


async def test_jumping_narrows_by_what_is_typed() -> None:
    async with seat(scene()) as desk:
        await desk.press("ctrl+k")
        await desk.sees("GO TO", "alerts")
        await desk.write("intel")
        await desk.press("enter")
        await desk.until(lambda: desk.app.desk.head().title.endswith("intel-fusion"))
        assert desk.app.screen is desk.main


async def test_ctrl_k_opens_the_list_and_cuts_no_text() -> None:
    async with seat(scene()) as desk:
        await desk.write("some text")
        await desk.press("home", "ctrl+k")
        await desk.sees("GO TO")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert desk.main.composer.draft.text == "some text"


async def test_receipts_change_the_line_in_place() -> None:
    async with seat(quiet_node()) as desk:
        await desk.write("who has this")
        await desk.press("enter")
        await desk.until(lambda: desk.node.messages and not desk.app.session.unsent)
        entry = desk.node.messages[0].entry_id
        desk.node.move(entry, "XBB", State.READ, person="Kowal")
        await desk.until(lambda: any("✓✓" in row and "XBB" in row for row in desk.rows))


async def test_scrolling_is_named_only_where_there_is_something_to_scroll_to() -> None:
    async with seat(scene(), (120, 40)) as desk:
        await desk.press("f4")
        await desk.sees("WHO HAS IT", "sort by gap")
        await desk.until(lambda: "PgDn" not in desk.rows[-2])
        await desk.pilot.resize_terminal(80, 16)
        await desk.until(lambda: "PgUp PgDn scroll" in desk.rows[-2])
        await desk.pilot.resize_terminal(120, 40)
        await desk.until(lambda: "PgDn" not in desk.rows[-2])


async def test_a_click_beside_the_messages_leaves_the_keys_to_the_text() -> None:
    async with seat(scene(), (120, 40)) as desk:
        await desk.until(lambda: desk.main.timeline.visible_keys)
        rule = next(y for y, row in enumerate(desk.rows) if "3 new since" in row)
        await desk.pilot.click(offset=(60, rule))
        assert desk.main.composer.draft.has_focus
        await desk.pilot.click(offset=(60, rule + 1))
        await desk.until(lambda: desk.main.timeline.has_focus and desk.main.timeline.cursor)
        await desk.sees("A acknowledge  R reply")


async def test_what_a_key_cannot_do_with_a_message_is_said() -> None:
    async with seat(scene(), (120, 40)) as desk:
        await desk.until(lambda: desk.main.timeline.visible_keys)
        await desk.press("up", "up", "up", "up", "up", "a")
        await desk.sees("that is your own message: others acknowledge it")
        await desk.press("escape", "alt+3", "f4")
        await desk.sees("select a message first, or send one")
