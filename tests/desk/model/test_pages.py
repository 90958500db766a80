"""Pages and arrivals: what is asked for, what is kept, and what each costs."""

from __future__ import annotations

import pytest

from coalchat.api.base import NEWEST
from coalchat.api.requests import ListMessages
from coalchat.desk.model.log import FIRST, KEPT, PAGE
from coalchat.desk.model.timeline import Timeline
from coalchat.desk.model.views import Item, MessageLine
from tests.desk.model.driver import ALL, connected, full, miss, started
from tests.fakes.api_records import NOW

# --- pages ---


def test_the_first_page_is_the_last_of_all_channels() -> None:
    driver = connected(full(FIRST + 50))
    assert driver.pages()[0] == ListMessages(channel="", after_position=0, before_position=NEWEST, limit=FIRST)
    assert driver.texts[0] == "message 50"
    assert driver.texts[-1] == f"message {FIRST + 49}"
    assert not driver.desk.at_beginning


def test_older_pages_come_on_demand_up_to_the_beginning() -> None:
    driver = connected(full(FIRST + PAGE + 50))
    driver.do(driver.desk.older())
    assert driver.texts[0] == "message 50"
    driver.do(driver.desk.older())
    assert driver.texts[0] == "message 0"
    assert len(driver.texts) == FIRST + PAGE + 50
    assert driver.desk.at_beginning
    assert driver.desk.older().asks == ()


def test_one_page_at_a_time() -> None:
    driver = connected(full(2 * PAGE))
    assert len(driver.desk.older().asks) == 1
    assert driver.desk.older().asks == ()


def test_a_quiet_channel_gets_a_page_of_its_own_when_it_is_opened() -> None:
    node = full(0, "busy")
    node.add_channel("quiet", *ALL)
    for number in range(5):
        node.add_message("quiet", f"quiet {number}")
    for number in range(PAGE + 1):
        node.add_message("busy", f"busy {number}")
    driver = connected(node)
    driver.show("quiet")
    assert driver.texts == [f"quiet {number}" for number in range(5)]
    assert driver.desk.at_beginning


def test_an_empty_node_is_at_its_beginning() -> None:
    driver = started()
    assert driver.desk.items == []
    assert driver.desk.at_beginning
    assert driver.desk.shown == driver.node.channels[0].id


def test_the_oldest_pages_go_when_there_are_too_many_and_come_back() -> None:
    driver = connected(full(PAGE))
    miss(driver, KEPT)
    assert len(driver.texts) <= KEPT
    assert driver.texts[-1] == f"more {KEPT - 1}"
    oldest = driver.lines[0].position
    assert oldest > 1
    assert not driver.desk.at_beginning
    driver.do(driver.desk.older())
    assert driver.lines[0].position == oldest - PAGE


def test_nothing_is_dropped_under_the_eyes_of_a_reader() -> None:
    driver = connected(full(KEPT))
    while not driver.desk.at_beginning:
        driver.do(driver.desk.older())
    assert driver.texts[0] == "message 0"
    driver.node.add_message("ops-north", "one more")
    driver.settle()
    assert driver.texts[0] == "message 0"
    driver.do(driver.desk.seen((), at_bottom=True))
    assert driver.texts[0] != "message 0"
    assert driver.texts[-1] == "one more"


def test_pages_go_also_when_one_message_more_arrives() -> None:
    driver = connected(full(FIRST))
    miss(driver, KEPT - FIRST)
    driver.do(driver.desk.read_to(None))
    assert len(driver.texts) == KEPT
    driver.node.add_message("ops-north", "one more")
    driver.settle()
    assert len(driver.texts) == KEPT - PAGE
    assert driver.texts[-1] == "one more"
    assert not driver.desk.at_beginning


def test_a_page_that_comes_twice_takes_nothing_back() -> None:
    driver = connected(full(2 * PAGE + 50))
    driver.do(driver.desk.older())
    page = driver.pages()[-1]
    driver.do(driver.desk.older())
    assert driver.desk.at_beginning
    driver.step(driver.desk.take(page, driver.node._answer_now(page), NOW))
    assert driver.desk.at_beginning
    assert driver.desk.older().asks == ()


def test_a_page_asked_for_before_others_were_dropped_leaves_no_gap() -> None:
    driver = connected(full(2 * PAGE))
    driver.step(driver.desk.older())
    (asked,) = driver.waiting
    driver.waiting.clear()
    driver.step(driver.desk.seen((), at_bottom=True))
    miss(driver, KEPT)
    driver.waiting.append(asked)
    driver.settle()
    positions = [line.position for line in driver.lines]
    assert positions == list(range(positions[0], positions[-1] + 1))


# --- arrivals ---


def test_one_arrival_is_one_splice_at_the_end() -> None:
    driver = connected(full(50))
    driver.do(driver.desk.read_to(None))
    size = len(driver.desk.items)
    driver.node.add_message("ops-north", "new")
    driver.do(driver.desk.select(None))
    assert [(splice.at, splice.removed, len(splice.items)) for splice in driver.changes.splices] == [(size, 0, 2)]


@pytest.mark.parametrize("count", [1, 40])
def test_arrivals_cost_no_new_layout(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = connected(full(50))
    timeline = driver.desk._state.timeline
    assert timeline is not None
    node, desk = driver.node, driver.desk
    message = node.add_message("ops-north", "new 0")
    asked = desk.event(node.happened[-1], NOW).asks
    for number in range(1, count):
        message = node.add_message("ops-north", f"new {number}")
    laid: list[Timeline] = []

    def lay_out(self: Timeline) -> list[Item]:
        laid.append(self)
        return list(self.items)

    monkeypatch.setattr(Timeline, "lay_out", lay_out)
    answer = [(ask, ask) for ask in asked if isinstance(ask, ListMessages)]
    assert len(answer) == 1
    page = node._answer_now(answer[0][0])
    changes = desk.take(answer[0][0], page, NOW)
    assert laid == []
    assert [splice.items[-1] for splice in changes.splices][-1] == desk.items[-1]
    assert isinstance(desk.items[-1], MessageLine)
    assert desk.items[-1].key == message.entry_id
    monkeypatch.undo()
    assert driver.texts[-count:] == [f"new {number}" for number in range(count)]
    assert timeline.lay_out() == desk.items


def test_a_burst_is_fetched_by_pages_not_by_messages() -> None:
    driver = connected(full(1))
    for number in range(300):
        driver.node.add_message("ops-north", f"burst {number}")
    before = len(driver.asked)
    driver.settle()
    assert driver.texts[-1] == "burst 299"
    assert len([ask for ask in driver.asked[before:] if isinstance(ask, ListMessages)]) <= 4


def test_one_page_of_arrivals_is_under_way_at_a_time() -> None:
    driver = connected(full(1))
    driver.node.add_message("ops-north", "one")
    driver.tell_one()
    under_way = driver.waiting.popleft()
    driver.node.add_message("ops-north", "two")
    driver.tell_one()
    assert not driver.waiting
    driver.waiting.append(under_way)
    driver.settle()
    assert driver.texts == ["message 0", "one", "two"]


def test_what_came_while_nobody_listened_is_fetched_behind_the_last_known() -> None:
    driver = connected(full(3))
    miss(driver, PAGE + 5)
    assert driver.texts[3:] == [f"more {number}" for number in range(PAGE + 5)]
    assert [line.position for line in driver.lines] == list(range(1, PAGE + 9))


def test_an_answer_that_comes_twice_changes_nothing() -> None:
    driver = connected(full(20))
    request = driver.pages()[0]
    page = driver.node._answer_now(request)
    before = list(driver.desk.items)
    assert driver.step(driver.desk.take(request, page, NOW)).splices == ()
    assert driver.desk.items == before
