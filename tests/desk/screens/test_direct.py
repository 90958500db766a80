"""Beginning a direct message at the desk: deliberate, nothing by default, and who can read it stands there before it goes."""

from __future__ import annotations

from typing import Any

from coalchat.api.direct import ConfirmDevice
from coalchat.api.requests import SendMessage
from coalchat.desk.screens.direct import DirectDialog, WordsDialog
from tests.desk.piloting import Seat, seat
from tests.desk.screens.looking import quiet_node
from tests.fakes.api_keys import OWN_WORDS, WORDS, addressee, let_direct
from tests.fakes.api_node import FakeNode

KOWAL = addressee(0x5F, "XBB", "Kowal")


def with_kowal(**more: Any) -> FakeNode:
    node = quiet_node()
    let_direct(node, addressee(0x5F, "XBB", "Kowal", **more))
    return node


async def say(desk: Seat, text: str) -> None:
    await desk.write(text)
    await desk.press("enter")


async def test_words_are_compared_confirmed_and_the_first_message_goes() -> None:
    async with seat(with_kowal(), (80, 24)) as desk:
        await say(desk, "/dm Kowal")
        await desk.until(lambda: isinstance(desk.app.screen, DirectDialog))
        await desk.sees("XBB Kowal (1)", "not confirmed: gets nothing", KOWAL.device_id, "compare the words")
        await desk.press("2")
        await desk.until(lambda: isinstance(desk.app.screen, WordsDialog))
        await desk.sees(*OWN_WORDS, *WORDS, "not now", "confirm the device")
        await desk.press("down", "enter")
        await desk.until(lambda: desk.app.desk.head().title == "@Kowal" and desk.app.desk.composer().known)
        assert [ask.words for ask in desk.asked(ConfirmDevice)] == [WORDS]
        assert desk.main.composer.draft.has_focus
        await say(desk, "meet at PL RED")
        await desk.until(lambda: desk.node.messages)
        await desk.sees("meet at PL RED", "@Kowal")
        (sent,) = desk.asked(SendMessage)
        assert sent.channel == f"@{KOWAL.device_id}"


async def test_enter_and_esc_confirm_nothing() -> None:
    async with seat(with_kowal()) as desk:
        for keys in (("escape",), ("2", "enter"), ("2", "3")):
            await say(desk, "/confirm Kowal")
            await desk.until(lambda: isinstance(desk.app.screen, DirectDialog))
            first, *rest = keys
            await desk.press(first)
            if rest:
                await desk.until(lambda: isinstance(desk.app.screen, WordsDialog))
                await desk.press(*rest)
            await desk.until(lambda: desk.app.screen is desk.main)
        assert not desk.asked(ConfirmDevice)
        assert desk.app.desk.head().title == "#ops"


async def test_that_the_own_nation_cannot_read_it_stands_at_the_composer() -> None:
    for size in ((120, 40), (80, 24)):
        async with seat(with_kowal(confirmed=True), size) as desk:
            await say(desk, "/dm kowal")
            await desk.sees("@Kowal", "only Berg (1) and Kowal (1) can read it, your nation", "cannot")
            assert desk.app.screen is desk.main


async def test_several_of_one_name_are_refused_with_their_ids() -> None:
    node = quiet_node()
    let_direct(node, KOWAL, addressee(0x77, "XCC", "Kowal", confirmed=True))
    async with seat(node, (80, 24)) as desk:
        await say(desk, "/dm Kowal")
        await desk.sees("Several are called Kowal", "XBB Kowal (1)", "XCC Kowal (1)", f"{0x77:032x}", "back")
        await desk.press("enter")
        await desk.until(lambda: desk.app.screen is desk.main)
        await say(desk, f"/dm {0x77:032x}")
        await desk.until(lambda: desk.app.desk.head().title == "@Kowal")


async def test_a_command_that_names_nobody_is_an_error_under_the_text() -> None:
    async with seat(quiet_node()) as desk:
        await say(desk, "/dm")
        await desk.sees("/dm names nobody")
        assert desk.main.composer.draft.text == "/dm"
