"""Starting, coming back, events, and questions that fail."""

from __future__ import annotations

import pytest

from coalchat.api.base import Request
from coalchat.api.events import AuditWritten, ControlChanged, Event, LinkChanged, MessageArrived, RekeyMoved
from coalchat.api.requests import (
    GetStatus,
    ListChannels,
    ListMessages,
    ListNations,
    MarkRead,
    ShowKeys,
    ShowPolicy,
    Unlock,
)
from coalchat.api.roe import ListRoe
from coalchat.api.vocabulary import ControlSubject, LinkState, Phase, Precedence
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.intake import PAUSE
from coalchat.desk.model.views import NodeState
from coalchat.errors import InternalError, TryAgain, UnknownChannel, UnknownMessage
from coalchat.record import values_of
from tests.desk.model.driver import Driver, started
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW, node_record

ALL = ("XAA", "XBB", "XCC")


def test_the_marks_are_asked_for_before_what_bears_them() -> None:
    asks = [type(ask) for ask in Desk().start().asks]
    assert asks == [ShowPolicy, ListNations, GetStatus, ShowKeys, ListChannels, ListMessages, ListRoe]


def test_answers_may_come_in_any_order() -> None:
    node = FakeNode()
    node.add_channel("ops-north", *ALL)
    node.add_message("ops-north", "hello")
    forward, backward = Driver(node), Driver(node)
    for driver in (forward, backward):
        driver.cursor = len(node.happened)
        driver.step(driver.desk.node(NodeState.UP))
        driver.step(driver.desk.start())
    backward.waiting.reverse()
    forward.settle()
    backward.settle()
    assert forward.desk.items == backward.desk.items
    for view in (Desk.channels, Desk.head, Desk.composer):
        assert view(forward.desk) == view(backward.desk)
    assert forward.desk.rail(NOW) == backward.desk.rail(NOW)


def test_coming_back_keeps_what_was_there() -> None:
    driver = started("ops-north", "med")
    driver.send("mine")
    driver.show("med")
    driver.do(driver.desk.set_draft("half a thought"))
    items = list(driver.desk.items)
    driver.reconnect()
    assert (driver.desk.items, driver.desk.draft, driver.desk.head().title) == (items, "half a thought", "med")
    driver.settle()
    assert (driver.desk.items, driver.desk.draft, driver.desk.head().title) == (items, "half a thought", "med")


def test_an_unfinished_page_is_asked_for_again_after_a_loss() -> None:
    node = FakeNode()
    node.add_channel("quiet", *ALL)
    node.add_channel("busy", *ALL)
    node.add_message("quiet", "old")
    for number in range(250):
        node.add_message("busy", f"{number}")
    driver = Driver(node)
    driver.start()
    driver.show("busy")
    assert len(driver.desk.older().asks) == 1
    again = [ask for ask in driver.desk.start().asks if isinstance(ask, ListMessages)]
    assert [ask.channel for ask in again] == [""]
    assert len(driver.desk.older().asks) == 1


def test_a_channel_that_is_gone_gives_way_to_another() -> None:
    driver = started("ops-north", "med")
    del driver.node.channels[0]
    driver.do(driver.desk.start())
    assert driver.desk.head().title == "med"


@pytest.mark.parametrize(
    ("subject", "asked"),
    [
        (ControlSubject.NODE, {GetStatus}),
        (ControlSubject.CHANNEL, {ListChannels}),
        (ControlSubject.NATION, {ListNations, GetStatus}),
        (ControlSubject.KEYS, {ShowKeys, GetStatus}),
        (ControlSubject.CHARTER, {ShowPolicy, ListNations, ListChannels, GetStatus}),
        (ControlSubject.INVITE, set()),
    ],
)
def test_what_changed_is_fetched_anew(subject: ControlSubject, asked: set[type[Request[object]]]) -> None:  # type: ignore[type-var]
    driver = started()
    event = Event(cursor=1, time=NOW, body=ControlChanged(subject=subject, id="", phase=Phase.UNLOCKED))
    found = {type(ask) for ask in driver.desk.event(event, NOW).asks if "label" not in ask.op}
    assert found == asked


def test_a_link_is_news_and_an_audit_line_is_none() -> None:
    desk = started().desk
    link = LinkChanged(address="a", nation="XBB", state=LinkState.UP, reason="")
    assert desk.event(Event(cursor=1, time=NOW, body=link), NOW).asks == (GetStatus(),)
    rekey = RekeyMoved(at=NOW, devices=9, answered=3, keyed=2)
    assert desk.event(Event(cursor=2, time=NOW, body=rekey), NOW).asks == (ShowKeys(), GetStatus())
    audit = AuditWritten(number=1, event="x", nation="")
    assert desk.event(Event(cursor=3, time=NOW, body=audit), NOW) == NOTHING


def test_an_event_before_the_first_page_loses_nothing() -> None:
    node = FakeNode()
    node.add_channel("ops-north", *ALL)
    driver = Driver(node)
    driver.step(driver.desk.start())
    while not isinstance(driver.waiting[0], ListMessages):
        driver.answer_one()
    page = node._answer_now(driver.waiting[0])
    node.add_message("ops-north", "in between")
    driver.tell_one()
    driver.step(driver.desk.take(driver.waiting.popleft(), page, NOW))
    driver.settle()
    assert driver.texts == ["in between"]


def test_an_event_about_what_is_here_asks_nothing() -> None:
    driver = started()
    message = driver.node.add_message("ops-north", "here")
    driver.settle()
    body = MessageArrived(
        channel_id=message.channel_id,
        entry_id=message.entry_id,
        position=1,
        author_nation="XBB",
        precedence=Precedence.ROUTINE,
        mine=False,
    )
    assert driver.desk.event(Event(cursor=9, time=NOW, body=body), NOW).asks == ()


# --- what fails ---


def test_a_question_that_failed_for_now_is_asked_again_after_a_pause() -> None:
    driver = started()
    driver.step(driver.desk.fail(ShowKeys(), TryAgain("busy"), NOW))
    assert ShowKeys() not in driver.desk.tick(NOW + PAUSE - 1).asks
    assert ShowKeys() in driver.desk.tick(NOW + PAUSE).asks
    assert ShowKeys() not in driver.desk.tick(NOW + PAUSE + 1).asks


def test_an_error_of_the_node_is_said() -> None:
    driver = started()
    changes = driver.step(
        driver.desk.fail(
            ListMessages(channel="", after_position=0, before_position=0, limit=1), InternalError("x"), NOW
        )
    )
    assert Part.COMPOSER in changes.parts
    assert driver.desk.composer().warnings == (str(InternalError("x")),)


def test_a_mark_that_did_not_move_is_said() -> None:
    driver = started()
    driver.node.add_message("ops-north", "text")
    driver.settle()
    driver.node.answers[MarkRead] = UnknownMessage("gone")
    driver.do(driver.desk.read_to(None))
    assert driver.unread is not None
    assert driver.desk.composer().warnings


def test_a_channel_that_the_node_does_not_know_is_looked_up() -> None:
    driver = started()
    request = ListMessages(channel=driver.desk.shown, after_position=0, before_position=5, limit=1)
    assert driver.desk.fail(request, UnknownChannel("x"), NOW).asks == (ListChannels(),)


def test_answers_that_are_not_the_models_change_nothing() -> None:
    driver = started()
    assert driver.desk.take(Unlock(passphrase=b"x"), node_record(), NOW) == NOTHING


def test_changes_add_up() -> None:
    one = Changes(frozenset({Part.HEAD}), asks=(GetStatus(),))
    two = Changes(frozenset({Part.RAIL}), asks=(GetStatus(), ShowKeys()), bell=True)
    assert (one + two).asks == (GetStatus(), ShowKeys())
    assert (one + two).parts == {Part.HEAD, Part.RAIL}
    assert (one + two).bell
    assert one + NOTHING == one
    assert values_of(NOTHING)["reset"] is False
