"""Whatever comes in whatever order: each entry once, in its place, and a mirror that the splices keep true."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.vocabulary import State
from coalchat.desk.model.log import PAGE
from coalchat.desk.model.words import HOUR
from tests.desk.model.driver import ALL, Driver, full
from tests.fakes.api_records import NOW


def arrive(driver: Driver, number: int) -> None:
    driver.node.add_message("ops-north", f"arrived {number}", author_time=NOW + number * HOUR)


def arrive_elsewhere(driver: Driver, number: int) -> None:
    driver.node.add_message("med", f"elsewhere {number}", received_time=NOW + number * HOUR)


def send(driver: Driver, number: int) -> None:
    driver.step(driver.begin_sending(f"sent {number}"))


def answer(driver: Driver, number: int) -> None:
    if driver.waiting:
        driver.answer_one()


def tell(driver: Driver, number: int) -> None:
    driver.tell_one()


def older(driver: Driver, number: int) -> None:
    driver.step(driver.desk.older())


def read_here(driver: Driver, number: int) -> None:
    if driver.lines:
        driver.step(driver.desk.read_to(driver.lines[number % len(driver.lines)].key))


def read_all(driver: Driver, number: int) -> None:
    driver.step(driver.desk.read_to(None))


def reconnect(driver: Driver, number: int) -> None:
    driver.reconnect()


def lose_an_answer(driver: Driver, number: int) -> None:
    """The node has done it, but nobody heard: the session asks again."""
    if driver.waiting:
        driver.node._answer_now(driver.waiting[0])
        driver.reconnect()


def answer_late(driver: Driver, number: int) -> None:
    """The oldest request is answered after all the others."""
    driver.waiting.rotate(-1)


def open_the_other(driver: Driver, number: int) -> None:
    driver.step(driver.desk.show(driver.node.channels[number % 2].id, driver.now))


def look(driver: Driver, number: int) -> None:
    driver.step(driver.desk.seen([line.key for line in driver.lines[-5:]], at_bottom=number % 2 == 0))


def receipt(driver: Driver, number: int) -> None:
    own = [message for message in driver.node.messages if message.mine]
    if own:
        driver.node.move(own[-1].entry_id, "XBB", State.READ, person="Kowal")


Step = Callable[[Driver, int], None]
STEPS: Final[tuple[Step, ...]] = (
    answer,
    tell,
    arrive,
    arrive_elsewhere,
    send,
    older,
    read_here,
    read_all,
    reconnect,
    lose_an_answer,
    answer_late,
    open_the_other,
    look,
    receipt,
)
OFTEN: Final[tuple[Step, ...]] = (answer, answer, answer, tell, tell, arrive, send)


def check(driver: Driver) -> None:
    """What holds at any time; the driver holds the mirror against the timeline after each step."""
    keys = [line.key for line in driver.lines]
    assert len(keys) == len(set(keys))
    positions = [line.position for line in driver.lines]
    assert positions == sorted(positions)
    sent = [line.text for line in driver.lines if line.mine]
    assert len(sent) == len(set(sent))


@pytest.mark.proof
@given(st.lists(st.sampled_from(STEPS + OFTEN), max_size=60), st.sampled_from([0, 3, PAGE + 7]))
def test_any_interleaving_shows_each_entry_once_in_order(steps: list[Step], before: int) -> None:
    node = full(before)
    node.add_channel("med", *ALL)
    driver = Driver(node)
    driver.cursor = len(node.happened)
    driver.step(driver.desk.start())
    for number, step in enumerate(steps):
        step(driver, number)
        check(driver)
    driver.reconnect()
    driver.settle()
    check(driver)
    for channel in node.channels:
        driver.do(driver.desk.show(channel.id, driver.now))
        while not driver.desk.at_beginning:
            driver.do(driver.desk.older())
        inside = [message for message in node.messages if message.channel_id == channel.id]
        assert [line.key for line in driver.lines] == [message.entry_id for message in inside]
        unread = sum(not message.mine and not message.read for message in inside)
        assert unread == (driver.unread.count if driver.unread else 0)
        assert unread == next(row.unread for row in driver.desk.channels() if row.id == channel.id)
