"""Channels from the desk: what is offered, what is asked for, and where it is said that something is wrong."""

from __future__ import annotations

import pytest

from coalchat.api import requests
from coalchat.api.amendment import WidenChannel
from coalchat.api.responses import NationList
from coalchat.desk.model.foundingviews import ChannelForm
from coalchat.errors import AlreadyExists, CoalchatError, NodeUnavailable, Refused, UnknownNation, UsageError
from coalchat.record import evolve
from tests.desk.model.driver import ALL, Driver, connected
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NATIONS, NOW, deputy_record


def desk(*members: str) -> Driver:
    node = FakeNode()
    node.add_channel("ops-north", *(members or ALL))
    driver = connected(node)
    driver.show("ops-north")
    return driver


def test_what_cannot_be_chosen_is_not_offered() -> None:
    driver = desk()
    policy = driver.node.policy
    assert policy.readable + 1 < len(policy.levels), "there is a level above this device's clearance"
    driver.node.answers[requests.ListNations] = NationList(nations=(*NATIONS[:2], evolve(NATIONS[2], suspended=True)))
    driver.reconnect()
    driver.settle()
    founding = driver.desk.founding
    form = founding.begin()
    offer = founding.offer(form)
    assert offer.levels == tuple(level.name for level in policy.levels[: policy.readable + 1])
    assert [(one.code, one.chosen, one.own) for one in offer.members] == [("XAA", True, True), ("XBB", False, False)]
    # The own nation is in whatever is chosen.
    assert [one.chosen for one in founding.offer(evolve(form, nations=("XBB",))).members] == [True, True]
    assert {one.devices for one in offer.members} == {4}


def test_a_channel_is_made_as_chosen_and_shown() -> None:
    driver = desk()
    founding = driver.desk.founding
    driver.do(founding.create(evolve(founding.begin(), title=" ")))
    assert founding.error == ("title", "what is it called?")
    form = ChannelForm(title="  #med  evac ", purpose="Flights", level=1, nations=("XAA", "XCC"))
    driver.step(founding.create(form))
    driver.step(founding.create(form))
    driver.settle()
    (made,) = [ask for ask in driver.asked if isinstance(ask, requests.CreateChannel)]
    assert made == requests.CreateChannel(
        title="#med evac", members=("XAA", "XCC"), ceiling="RESTRICTED", purpose="Flights"
    )
    assert driver.desk.head().title == "#med evac"
    assert founding.done == driver.desk.shown
    assert founding.begin().title == "", "what is made is not offered again"


@pytest.mark.parametrize(
    ("error", "where"),
    [
        (AlreadyExists("the channel ops"), "title"),
        (UsageError("purpose: too long"), "purpose"),
        (Refused("level-clearance", "above"), "ceiling"),
        (UnknownNation("XDD"), "members"),
        (Refused("release-member", "the charter suspends XCC"), "members"),
        (NodeUnavailable("gone"), ""),
    ],
)
def test_what_was_refused_is_said_where_it_was_chosen_and_not_tried_again(error: CoalchatError, where: str) -> None:
    driver = desk()
    founding = driver.desk.founding
    driver.node.answers[requests.CreateChannel] = error
    form = evolve(founding.begin(), title="ops", nations=("XAA", "XBB"))
    driver.do(founding.create(form))
    assert founding.error == (where, str(error))
    assert (founding.done, founding.asking) == ("", False)
    assert len([ask for ask in driver.asked if isinstance(ask, requests.CreateChannel)]) == 1
    assert founding.begin() == form, "what was chosen is kept"


def test_only_an_admin_widens_and_only_by_who_is_not_in_it() -> None:
    driver = desk("XAA", "XBB")
    founding = driver.desk.founding
    channel = founding.may_widen()
    assert [one.code for one in founding.outside(channel)] == ["XCC"]
    driver.do(founding.widen(channel, ()))
    assert founding.error[0] == "members"
    driver.do(founding.widen(channel, ("XCC",)))
    assert [ask.nations for ask in driver.asked if isinstance(ask, WidenChannel)] == [("XCC",)]
    late = deputy_record("XBB", "Maj\x1b Kowal", until=NOW + 3_600)
    driver.node.channels[0] = evolve(driver.node.channels[0], deputies=(late,))
    driver.reconnect()
    driver.settle()
    view = founding.view()
    assert view.deputies == (("XAA", ""), ("XBB", "Maj\\u{1B} Kowal until 181206Z"), ("XCC", ""))
    assert ([one.code for one in view.members], view.revision, view.admin) == (list(ALL), 1, False)
    with pytest.raises(UsageError, match="all nations"):
        founding.may_widen()
    driver.node.channels[0] = evolve(driver.node.channels[0], admin=False, members=("XAA", "XBB"))
    driver.reconnect()
    driver.settle()
    with pytest.raises(UsageError, match=r"XAA Berg \(1\)"):
        founding.may_widen()
    driver.desk._state.shown = ""
    with pytest.raises(UsageError, match="no channel"):
        founding.view()
