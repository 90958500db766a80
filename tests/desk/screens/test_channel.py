"""Channels at the desk: one is made, widened, and looked at."""

from __future__ import annotations

from coalchat.api import requests
from coalchat.api.amendment import WidenChannel
from coalchat.api.deadlines import NameDeputy
from coalchat.desk.screens.channel import ChannelDialog
from coalchat.errors import AlreadyExists, NotAuthorised, Refused
from coalchat.record import evolve
from tests.desk.piloting import seat
from tests.desk.screens.looking import is_shown
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW, deputy_record


def two() -> FakeNode:
    node = FakeNode()
    node.add_channel("#ops", "XAA", "XBB", purpose="Northern sector")
    return node


async def test_a_channel_is_made_with_its_readers_on_the_screen_and_leaving_makes_none() -> None:
    async with seat(two(), (80, 24)) as desk:
        await desk.put("/channel")
        await desk.press("enter")
        await desk.sees("CHANNEL", "WILL BE ABLE TO READ", "XAA 4 devices", "not: XBB, XCC")
        await desk.put("med evac")
        await desk.press("escape")
        await desk.until(lambda: desk.app.screen is desk.main)
        assert not desk.asked(requests.CreateChannel)

        desk.node.answers[requests.CreateChannel] = AlreadyExists("the channel med evac")
        await desk.put("/channel")
        await desk.press("enter")
        await desk.until(lambda: isinstance(desk.app.screen, ChannelDialog))
        await desk.sees("med evac")
        await desk.press("enter")
        await desk.put("Flights")
        await desk.press("enter", "left", "down", "right", "space", "right", "space", "space", "right")
        await desk.sees("XAA 4 devices · XBB 4 devices", "not: XCC", "up to RESTRICTED", "Republic of XCC")
        await desk.press("enter")
        await desk.sees("There is one already")
        del desk.node.answers[requests.CreateChannel]
        await desk.press("enter")
        await desk.until(lambda: is_shown(desk, "med evac"))
        made = desk.asked(requests.CreateChannel)[-1]
        assert made == requests.CreateChannel(
            title="med evac", members=("XAA", "XBB"), ceiling="RESTRICTED", purpose="Flights"
        )
        assert desk.app.screen is desk.main


async def test_who_is_in_a_channel_is_shown_and_others_are_let_in() -> None:
    async with seat(two()) as desk:
        await desk.put("/channel show")
        await desk.press("enter")
        await desk.sees("CHANNEL  #ops", "MEMBERS", "Republic of XBB", "XAA Berg (1)", "let nations in")
        await desk.press("w")
        await desk.sees("WIDEN", "LET IN", "nothing from before")
        await desk.press("enter")
        await desk.sees("choose who becomes a member first")
        assert not desk.asked(WidenChannel)
        await desk.press("space")
        await desk.sees("XCC 4 devices")
        await desk.press("enter")
        await desk.sees("Republic of XCC", "3 nations")
        await desk.press("escape")
        await desk.put("/channel widen")
        await desk.press("enter")
        await desk.sees("all nations are members already")


async def test_a_channel_shows_who_stands_in_for_its_nations() -> None:
    node = two()
    kowal = deputy_record("XBB", "Maj\x1b[2J Kowal", until=NOW + 3_600)
    node.channels[0] = evolve(node.channels[0], deputies=(kowal,))
    async with seat(node, (80, 24)) as desk:
        await desk.put("/channel show")
        await desk.press("enter")
        await desk.sees("DEPUTIES", "XAA nobody", "XBB Maj\\u{1B}[2J Kowal until 181206Z")
        await desk.press("escape")
        node.answers[NameDeputy] = evolve(node.channels[0], deputies=())
        await desk.put("/deputy Capt Varga until +60")
        await desk.press("enter")
        await desk.until(lambda: desk.asked(NameDeputy))
        # What the node refused is said in words, also where the screen is small; until the next act.
        node.answers[NameDeputy] = NotAuthorised("only a custodian's device names who stands in")
        await desk.put("/deputy Capt Varga")
        await desk.press("enter")
        await desk.sees("You may not do this here: only a custodian's device names")
        node.answers[requests.SendMessage] = Refused("scope", "not now")
        await desk.put("radio check")
        await desk.press("enter")
        await desk.until(lambda: "only a custodian's device" not in desk.text)
