"""Keys and commands on the message under the cursor: quote, forward, correct, recall, versions, copy."""

from __future__ import annotations

from coalchat.api import requests, versions
from coalchat.desk.screens.deliberate import DeliberateDialog
from coalchat.desk.screens.label import LabelDialog
from coalchat.desk.screens.versions import VersionsScreen
from tests.desk.piloting import Seat, seat
from tests.desk.screens.looking import lines, quiet_node
from tests.fakes.api_node import FakeNode

BODY = "route B is ours"


def two_messages() -> FakeNode:
    """One of Kowal's for two nations, one of our own, and another channel."""
    node = quiet_node()
    node.add_channel("#liaison", "XAA", "XBB", "XCC")
    node.add_message("#ops", BODY, nations=("XAA", "XBB"), marking="MISSION SECRET REL XAA, XBB")
    node.add_message("#ops", "convoy 4 at 1500Z", mine=True, read=True, author_nation="XAA", author_person="Berg")
    return node


async def at_main(desk: Seat) -> None:
    await desk.until(lambda: desk.app.screen is desk.main)


async def test_a_quote_is_seen_before_it_is_sent_and_esc_takes_it_back() -> None:
    async with seat(two_messages(), (80, 24)) as desk:
        await desk.press("up", "up", "q")
        await desk.sees("↳ quotes (S", "XBB Kowal 1106Z: route B", "S REL XAA, XBB")
        assert desk.main.composer.draft.has_focus
        await desk.press("escape")
        await desk.until(lambda: "quotes" not in desk.text)
        await desk.press("up", "up", "/")
        await desk.put("quote")
        await desk.press("enter")
        await desk.sees("↳ quotes")
        await desk.press("enter")  # nothing need be said to it
        await desk.sees("Your last message here was")
        await desk.press("2")
        await desk.until(lambda: desk.asked(requests.SendMessage))
        assert desk.asked(requests.SendMessage)[0].quotes == (desk.node.messages[0].entry_id,)


async def test_a_forward_asks_where_and_under_which_label() -> None:
    async with seat(two_messages()) as desk:
        await desk.press("up", "up", "f")
        await desk.sees("FORWARD TO", "#liaison")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, LabelDialog))
        await desk.sees("below what you repeat", "MISSION SECRET REL XAA, XBB")
        await desk.press("enter")
        await at_main(desk)
        await desk.sees("#liaison", "↳ quotes (S", f"XBB Kowal 1106Z: {BODY}")
        await desk.put("as you asked")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(requests.SendMessage))
        (sent,) = desk.asked(requests.SendMessage)
        assert sent.channel == desk.node.find_channel("#liaison").id
        assert sent.label == "SECRET REL XAA, XBB"


async def test_a_correction_is_marked_as_one_and_esc_gives_the_draft_back() -> None:
    async with seat(two_messages(), (80, 24)) as desk:
        await desk.put("half")
        await desk.press("shift+tab", "e")
        await desk.sees("correcting 1106Z Berg", "Esc give it up")
        assert desk.main.composer.draft.text == "convoy 4 at 1500Z"
        await desk.press("enter")
        await desk.sees("nothing of it is changed")
        await desk.press("f6")
        await desk.sees("a correction has the label")
        await desk.press("escape", "escape")
        await desk.until(lambda: desk.main.composer.draft.text == "half")
        assert "correcting" not in desk.text
        await desk.press("shift+tab", "e")
        await desk.until(lambda: desk.main.composer.draft.text == "convoy 4 at 1500Z")
        await desk.put(" sharp")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(versions.CorrectMessage))
        await desk.sees("convoy 4 at 1500Z sharp", "corrected 221531Z (2)")
        assert desk.main.composer.draft.text == "half"
        assert not desk.asked(requests.SendMessage)


async def test_a_recall_is_a_deliberate_act() -> None:
    async with seat(two_messages(), (80, 24)) as desk:
        await desk.press("up", "x")
        await desk.until(lambda: isinstance(desk.app.screen, DeliberateDialog))
        await desk.sees("RECALL", "convoy 4 at 1500Z", "Type 0000 to confirm")
        await desk.press("enter")  # the first choice changes nothing
        await at_main(desk)
        await desk.press("x", "down", "down", "enter")
        await desk.sees("nothing is done before")
        await desk.put("000")
        await desk.press("enter")
        await desk.sees("nothing is done before")
        assert not desk.asked(versions.RecallMessage)
        await desk.put("0")
        await desk.sees("it matches")
        await desk.press("enter")
        await at_main(desk)
        await desk.until(lambda: desk.asked(versions.RecallMessage))
        assert desk.asked(versions.RecallMessage)[0].spill
        await desk.sees("recalled by its author 221600Z: SPILL", "0 of 3 devices say")


async def test_another_s_message_is_neither_corrected_nor_recalled() -> None:
    async with seat(two_messages()) as desk:
        for key in ("e", "x"):
            await desk.press("up", "up", key)
            await desk.sees("only who said it can")
            await desk.press("escape")
        assert desk.app.screen is desk.main


async def test_a_command_without_a_selected_message_says_so() -> None:
    async with seat(two_messages()) as desk:
        for command in ("quote", "recall", "copy", "forward"):
            await desk.put(f"/{command}")
            await desk.press("enter")
            await desk.sees("select the message to")
            await desk.press("escape")
        assert desk.app.screen is desk.main


async def test_versions_open_with_h_and_with_enter_on_a_corrected_line() -> None:
    async with seat(two_messages(), (80, 24)) as desk:
        await desk.press("up", "e")
        await desk.put(" sharp")
        await desk.press("enter")
        await desk.sees("corrected 221531Z (2)")
        await desk.until(lambda: len(lines(desk)) == 3)
        await desk.press("up", "up", "h")
        await desk.until(lambda: isinstance(desk.app.screen, VersionsScreen))
        await desk.sees("VERSION 1", "VERSION 2", "the newest", "convoy 4 at 1500Z", "2 versions")
        assert "MISSION SECRET REL XAA, XBB, XCC" in desk.rows[0]
        await desk.press("escape")
        await at_main(desk)
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, VersionsScreen))


async def test_the_commands_are_the_keys_twins() -> None:
    async with seat(two_messages()) as desk:
        await desk.press("up", "/")
        await desk.put("copy")
        await desk.press("enter")
        assert desk.app.clipboard == "MISSION SECRET REL XAA, XBB, XCC\nconvoy 4 at 1500Z"
        await desk.press("escape", "up", "/")
        await desk.put("recall")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, DeliberateDialog))
        await desk.press("escape")
        await at_main(desk)
        await desk.press("escape", "up", "/")
        await desk.put("correct")
        await desk.press("enter")
        await desk.until(lambda: desk.main.composer.draft.text == "convoy 4 at 1500Z")


async def test_a_copy_has_what_is_repeated_with_its_own_mark() -> None:
    async with seat(two_messages()) as desk:
        await desk.press("up", "up", "q", "enter")
        await desk.sees("Your last message here was")
        await desk.press("2")
        await desk.until(lambda: len(lines(desk)) == 3 and not desk.app.session.unsent)
        await desk.press("up", "y")
        marking, whose, text = desk.app.clipboard.split("\n")
        assert marking == "MISSION SECRET REL XAA, XBB"
        assert whose.startswith("> (S REL XAA, XBB) XBB Kowal")
        assert text == BODY
