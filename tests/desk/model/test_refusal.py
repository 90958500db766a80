"""The ways on after a refusal: only such as work, and what they prepare."""

from __future__ import annotations

import pytest

from coalchat.api.nouns import Channel, Nation
from coalchat.api.requests import ListNations, SendMessage
from coalchat.api.responses import NationList
from coalchat.desk.model.dialogviews import Refusal
from coalchat.errors import Refused
from coalchat.record import evolve
from tests.desk.model.driver import Driver
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NATIONS, NOW

ALL = ("XAA", "XBB", "XCC")


def scene(*channels: tuple[str, tuple[str, ...], str]) -> Driver:
    node = FakeNode()
    for title, members, ceiling in channels:
        node.add_channel(title, *members, ceiling=ceiling)
    driver = Driver(node)
    driver.start()
    return driver


def refuse(driver: Driver, text: str, clause: str) -> Refusal:
    driver.node.answers[SendMessage] = Refused(clause, "because")
    driver.do(driver.desk.set_draft(text))
    refusal = driver.send(text).refusal
    del driver.node.answers[SendMessage]
    assert refusal is not None
    return refusal


BRIDGE = ("log-bridge", ALL, "MISSION RESTRICTED")
NORTH = ("ops-north", ALL, "MISSION SECRET")


def test_above_the_ceiling_there_are_three_ways() -> None:
    driver = scene(BRIDGE, NORTH, ("pair", ("XAA", "XBB"), "MISSION SECRET"))
    driver.do(driver.desk.set_label(2, ALL))
    refusal = refuse(driver, "route B", "level-ceiling")
    assert refusal.ways == (
        "write it at RESTRICTED",
        "take it to #ops-north, SECRET REL XAA, XBB, XCC",
        "go back to the draft",
    )
    assert (refusal.ceiling, refusal.ceiling_level, refusal.level) == ("RESTRICTED", 1, 2)


def test_writing_it_lower_changes_the_label_and_sends_nothing() -> None:
    driver = scene(BRIDGE)
    driver.do(driver.desk.set_label(2, ALL))
    refuse(driver, "route B", "level-ceiling")
    sends = len(driver.sends())
    driver.do(driver.desk.follow(1, NOW))
    assert driver.desk.composer().label == "RESTRICTED REL XAA, XBB, XCC"
    assert driver.desk.draft == "route B"
    assert len(driver.sends()) == sends
    driver.send(driver.desk.draft)
    assert driver.node.messages[-1].marking == "MISSION RESTRICTED REL XAA, XBB, XCC"


def test_taking_it_elsewhere_moves_the_text() -> None:
    driver = scene(BRIDGE, NORTH)
    driver.show("ops-north")
    driver.do(driver.desk.set_draft("begun here"))
    driver.show("log-bridge")
    driver.do(driver.desk.set_label(2, ALL))
    refuse(driver, "route B", "level-ceiling")
    driver.do(driver.desk.follow(2, NOW))
    assert driver.desk.head().title == "ops-north"
    assert driver.desk.draft == "route B\nbegun here"
    assert driver.desk.composer().label == "SECRET REL XAA, XBB, XCC"
    driver.show("log-bridge")
    assert driver.desk.draft == ""


def test_going_back_changes_nothing() -> None:
    driver = scene(BRIDGE)
    driver.do(driver.desk.set_label(2, ALL))
    refusal = refuse(driver, "route B", "level-ceiling")
    driver.do(driver.desk.follow(len(refusal.ways), NOW))
    assert driver.desk.composer().label == "SECRET REL XAA, XBB, XCC"
    assert driver.desk.draft == "route B"
    assert driver.desk.follow(1, NOW).asks == ()


@pytest.mark.parametrize("number", [0, -1, 9])
def test_there_is_no_such_way(number: int) -> None:
    driver = scene(BRIDGE)
    refuse(driver, "text", "scope")
    driver.do(driver.desk.follow(number, NOW))
    assert driver.desk.draft == "text"


@pytest.mark.parametrize("clause", ["scope", "certificate", "clock-doubtful", "policy-unknown", "from-the-future"])
def test_where_nothing_can_be_changed_only_the_draft_is_left(clause: str) -> None:
    assert refuse(scene(BRIDGE, NORTH), "text", clause).ways == ("go back to the draft",)


def test_a_channel_that_lacks_a_nation_or_the_category_is_no_way() -> None:
    driver = scene(BRIDGE, ("pair", ("XAA", "XBB"), "MISSION SECRET"), NORTH)
    driver.do(driver.desk.set_label(2, ALL, "CONVOY"))
    assert refuse(driver, "text", "level-ceiling").ways[1] == "go back to the draft"


def test_a_category_that_the_channel_does_not_carry() -> None:
    driver = scene(NORTH, ("convoy", ALL, "MISSION SECRET CONVOY"))
    driver.do(driver.desk.set_label(2, ALL, "CONVOY"))
    refusal = refuse(driver, "text", "category-ceiling")
    assert refusal.ways[:2] == (
        "take it to #convoy, SECRET CONVOY REL XAA, XBB, XCC",
        "write it without CONVOY",
    )
    driver.do(driver.desk.follow(2, NOW))
    assert driver.desk.composer().label == "SECRET REL XAA, XBB, XCC"


def test_a_nation_that_is_no_member_is_left_out() -> None:
    driver = scene(("pair", ("XAA", "XBB"), "MISSION SECRET"))
    driver.do(driver.desk.set_label(2, ALL))
    assert refuse(driver, "text", "release-member").ways[0] == "leave XCC out"
    driver.do(driver.desk.follow(1, NOW))
    assert driver.desk.composer().label == "SECRET REL XAA, XBB"


def test_a_nation_whose_keys_have_run_out_is_left_out() -> None:
    driver = scene(NORTH)
    old: tuple[Nation, ...] = tuple(evolve(n, keys_until=NOW - 1 if n.code == "XCC" else NOW) for n in NATIONS)
    late = tuple(evolve(nation, keys_until=NOW + 60) if nation.code == "XBB" else nation for nation in old)
    driver.step(driver.desk.take(ListNations(), NationList(nations=late), NOW))
    assert refuse(driver, "text", "keys-run-out").ways[0] == "leave XCC out"


def test_a_lower_way_is_offered_only_where_it_is_lower() -> None:
    driver = scene(NORTH)
    assert refuse(driver, "text", "level-ceiling").ways == ("go back to the draft",)


def test_of_two_channels_that_carry_it_the_smaller_is_named() -> None:
    driver = scene(("low", ("XAA", "XBB"), "MISSION RESTRICTED"), NORTH, ("pair", ("XAA", "XBB"), "MISSION SECRET"))
    driver.do(driver.desk.set_label(2, ("XBB",)))
    assert "#pair" in refuse(driver, "text", "level-ceiling").ways[1]
    assert isinstance(driver.node.channels[0], Channel)
