"""The main screen, by its keys, over a socket to a scripted node."""

from __future__ import annotations

from coalchat.api import requests
from coalchat.api.events import ControlChanged, MessagePurged
from coalchat.api.nouns import Disowned
from coalchat.api.vocabulary import ControlSubject, Flag, Phase, Precedence
from coalchat.desk.model.views import NodeState
from coalchat.errors import NodeUnavailable, StoreCorrupt
from coalchat.record import evolve
from tests.desk.piloting import seat
from tests.desk.scene import NOW, scene
from tests.desk.screens.looking import lines, quiet_node
from tests.fakes.api_node import FakeNode


async def test_it_shows_channels_timeline_composer_and_rail() -> None:
    async with seat(scene()) as desk:
        await desk.sees("CHANNELS", "#ops-north", "Convoy 4 delayed", "can read XAA", "WHO HAS IT", "LINKS")
        assert "MISSION SECRET" in desk.rows[0]
        assert "MISSION SECRET" in desk.rows[-1]


async def test_a_message_that_comes_in_is_shown_and_not_read() -> None:
    async with seat(quiet_node(1)) as desk:
        desk.node.add_message("#ops", "Route B is closed.")
        await desk.sees("Route B is closed.", "2 new")
        assert desk.asked(requests.MarkRead) == []


async def test_markup_and_control_characters_of_a_peer_are_just_text() -> None:
    node = quiet_node()
    node.add_message("#ops", "a [SECRET] b [/b] [S] \x1b]0;x\x07 \u202eevil", author_person="[red]Ko\x9bwal")
    async with seat(node) as desk:
        await desk.sees("a [SECRET] b [/b] [S]", "\\u{1B}]0;x\\u{7}", "\\u{202E}evil", "[red]Ko")
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(desk.text)


async def test_the_banner_is_the_high_water_mark_of_what_is_in_sight() -> None:
    node = FakeNode()
    node.add_channel("#ops", "XAA", "XBB", "XCC")
    node.add_message("#ops", "narrow", nations=("XAA", "XBB"), marking="MISSION SECRET REL XAA, XBB")
    for number in range(60):
        node.add_message("#ops", f"low {number}", marking="MISSION RESTRICTED REL XAA, XBB, XCC")
    async with seat(node, (80, 24)) as desk:
        await desk.sees("low 59")
        await desk.until(lambda: "MISSION RESTRICTED REL XAA, XBB, XCC" in desk.rows[0])
        await desk.press(*["pageup"] * 8)
        await desk.sees("narrow")
        await desk.until(lambda: "MISSION SECRET REL XAA, XBB" in desk.rows[0])
        assert "XCC" not in desk.rows[-1]


# --- writing ---


async def test_what_is_typed_is_sent_with_enter_and_stands_there_once() -> None:
    async with seat(scene()) as desk:
        await desk.write("Escort of two joins at the quay")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(requests.SendMessage) and not desk.app.session.unsent)
        await desk.sees("Escort of two joins")
        (sent,) = desk.asked(requests.SendMessage)
        assert sent.text == "Escort of two joins at the quay"
        assert desk.text.count("Escort of two joins") == 1
        assert desk.main.composer.draft.text == ""


async def test_lines_are_broken_with_alt_enter_and_ctrl_j_and_the_field_grows() -> None:
    async with seat(quiet_node()) as desk:
        await desk.write("one")
        await desk.press("alt+enter")
        await desk.write("two")
        await desk.press("ctrl+j")
        await desk.write("three")
        await desk.until(lambda: desk.main.composer.draft.size.height == 3)
        assert desk.asked(requests.SendMessage) == []
        await desk.press("enter")
        await desk.until(lambda: desk.node.messages)
        assert desk.node.messages[0].text == "one\ntwo\nthree"
        await desk.until(lambda: desk.main.composer.draft.size.height == 1)


async def test_the_field_grows_to_six_rows_and_then_scrolls() -> None:
    async with seat(quiet_node(), (80, 24)) as desk:
        for number in range(9):
            await desk.write(f"{number}")
            await desk.press("ctrl+j")
        await desk.until(lambda: desk.main.composer.draft.size.height == 6)


async def test_an_unknown_command_is_an_error_and_never_text() -> None:
    async with seat(quiet_node()) as desk:
        await desk.write("/precedenc Z")
        await desk.press("enter")
        await desk.sees("there is no command /precedenc")
        assert desk.main.composer.draft.text == "/precedenc Z"
        await desk.press("e")  # typing takes the error away
        await desk.until(lambda: "there is no command" not in desk.text)
        assert desk.asked(requests.SendMessage) == []


async def test_commands_are_completed_and_obeyed() -> None:
    async with seat(quiet_node()) as desk:
        await desk.write("/pre")
        await desk.press("tab")
        assert desk.main.composer.draft.text == "/precedence "
        await desk.write("P")
        await desk.press("enter")
        await desk.sees("PRIORITY")
        assert desk.app.desk.composer().precedence is Precedence.PRIORITY
        assert desk.main.composer.draft.text == ""
        await desk.write("/re")
        await desk.press("tab", "tab")
        assert desk.main.composer.draft.text == "/re"  # read or reply
        await desk.press("a", "tab")
        assert desk.main.composer.draft.text == "/read "


async def test_two_slashes_send_one() -> None:
    async with seat(quiet_node()) as desk:
        await desk.write("//etc/hosts is text")
        await desk.press("enter")
        await desk.until(lambda: desk.node.messages)
        assert desk.node.messages[0].text == "/etc/hosts is text"


async def test_a_command_that_cannot_be_done_says_why_and_keeps_the_text() -> None:
    async with seat(quiet_node()) as desk:
        await desk.write("/precedence loud")
        await desk.press("enter")
        await desk.until(lambda: desk.main.composer.error)
        assert desk.main.composer.draft.text == "/precedence loud"


async def test_what_is_typed_before_there_is_a_channel_is_not_lost() -> None:
    node = FakeNode()
    async with seat(node) as desk:
        await desk.write("early")
        await desk.press("enter")  # to nobody
        await desk.write(" bird")
        channel = node.add_channel("#ops", "XAA", "XBB")
        node.tell(ControlChanged(subject=ControlSubject.CHANNEL, id=channel.id, phase=Phase.UNLOCKED))
        await desk.until(lambda: desk.app.desk.shown)
        assert desk.main.composer.draft.text == desk.app.desk.draft == "early bird"
        assert desk.asked(requests.SendMessage) == []


async def test_a_draft_waits_in_its_channel() -> None:
    async with seat(scene()) as desk:
        await desk.write("half a sentence")
        await desk.press("alt+2")
        await desk.until(lambda: desk.app.desk.head().title.endswith("intel-fusion"))
        assert desk.main.composer.draft.text == ""
        await desk.press("alt+1")
        await desk.until(lambda: desk.main.composer.draft.text == "half a sentence")


async def test_alt_p_goes_through_the_precedences() -> None:
    async with seat(quiet_node()) as desk:
        seen = []
        for _ in range(4):
            await desk.press("alt+p")
            seen.append(desk.app.desk.composer().precedence)
        assert seen == [*tuple(Precedence)[1:], Precedence.ROUTINE]


async def test_while_the_node_is_away_one_goes_on_writing() -> None:
    async with seat(quiet_node(1)) as desk:
        desk.node.answers[requests.NextEvents] = NodeUnavailable("gone")
        desk.node.answers[requests.SendMessage] = NodeUnavailable("gone")
        await desk.write("not lost")
        await desk.press("enter")
        await desk.until(lambda: desk.app.session.state is not NodeState.UP)
        await desk.sees("restarting", "not lost")
        desk.node.answers.clear()
        await desk.until(lambda: desk.app.session.state is NodeState.UP and not desk.app.session.unsent)
        await desk.sees("node up", "not lost")
        assert [message.text for message in desk.node.messages if message.mine] == ["not lost"]
        assert [line.text for line in lines(desk)] == ["message number 0", "not lost"]


async def test_a_line_that_failed_can_be_sent_again_or_taken_back() -> None:
    async with seat(quiet_node()) as desk:
        desk.node.answers[requests.SendMessage] = StoreCorrupt("full disk")
        await desk.write("try me")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(requests.SendMessage) and not desk.app.session.unsent)
        await desk.press("up", "enter")
        await desk.sees("NOT SENT", "send it again")
        await desk.press("3")
        await desk.until(lambda: desk.main.composer.draft.text == "try me")
        await desk.press("enter")
        await desk.until(lambda: len(desk.asked(requests.SendMessage)) == 2 and not desk.app.session.unsent)
        desk.node.answers.clear()
        await desk.press("up", "enter")
        await desk.sees("send it again")
        await desk.press("2")
        await desk.until(lambda: [message.text for message in desk.node.messages] == ["try me"])


async def test_what_is_held_against_a_message_stands_on_the_screen_in_whole_words() -> None:
    node = quiet_node(1)
    node.add_message("#ops", "two of one number", flags=(Flag.DISPUTED,))
    node.add_message("#ops", "by a thief", flags=(Flag.DISOWNED,), disowned=Disowned(nation="XBB", time=NOW))
    node.add_message("#ops", "purged 221542Z: its retention is over", flags=(Flag.PURGED,))
    node.add_message("#ops", "cannot be opened: key erased 211800Z", flags=(Flag.UNREADABLE,))
    async with seat(node, (80, 24), theme="mono") as desk:
        await desk.sees(
            "two of one number", "DISPUTED: two entries stand at this", "number", "by a thief", "DISOWNED BY XBB AT 221542Z NOV 26",
            "purged 221542Z: its retention is over", "cannot be opened: key erased 211800Z",
        )  # fmt: skip
        gone = evolve(node.messages[0], text="purged 221543Z: its retention is over", flags=(Flag.PURGED,))
        node.messages[0] = gone
        node.tell(MessagePurged(channel_id=gone.channel_id, entry_id=gone.entry_id))
        await desk.sees("purged 221543Z")
        assert "message number 0" not in desk.text
