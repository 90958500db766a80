"""What is due: of this person, of others, and the key segment."""

from __future__ import annotations

from typing import Any

import pytest

from coalchat.api.requests import AcknowledgeMessage
from coalchat.api.vocabulary import Answer, Flag, Precedence, State
from coalchat.desk.model.changes import Part
from coalchat.desk.model.log import KEPT
from tests.desk.model.driver import Driver, started
from tests.fakes.api_records import NOW


def asked(driver: Driver, text: str = "halt", minutes: int = 5, **more: Any) -> str:
    """Somebody asks for an acknowledgement."""
    message = driver.node.add_message(
        "ops-north", text, author_person="Duarte", ack_by=NOW + 60 * minutes, author_time=NOW - 300, **more
    )
    driver.settle()
    return message.entry_id


def test_an_acknowledgement_that_waits_is_said_everywhere() -> None:
    driver = started()
    asked(driver, precedence=Precedence.FLASH)
    notice = driver.desk.notice(NOW)
    assert notice.due == "acknowledge Duarte 1101Z by 1111Z"
    assert (notice.left, notice.overdue) == ("5:00", False)
    assert driver.line("halt").due == "ack by 1111Z"
    (channel,) = driver.desk.channels()
    assert (channel.acts, channel.precedence) == (1, Precedence.FLASH)
    first = driver.desk.rail(NOW).due[0]
    assert (first.time, first.what, first.left, first.act, first.overdue) == (
        "1111Z",
        "ack Duarte 1101Z",
        "5:00",
        True,
        False,
    )


def test_acknowledging_ends_it() -> None:
    driver = started()
    key = asked(driver)
    changes = driver.do(driver.desk.acknowledge(key, Answer.CAVEAT, " watch only ", NOW))
    assert driver.node.acknowledged[key].text == "watch only"
    assert {Part.TIMELINE, Part.NOTICE, Part.RAIL, Part.CHANNELS, Part.WHO} <= changes.parts
    assert (driver.line("halt").due, driver.line("halt").answered) == ("", Answer.CAVEAT)
    assert driver.desk.notice(NOW).due == ""
    assert driver.desk.channels()[0].acts == 0
    assert not [row for row in driver.desk.rail(NOW).due if row.act]


def test_acknowledging_is_not_reading() -> None:
    driver = started()
    key = asked(driver)
    driver.do(driver.desk.acknowledge(key, Answer.WILCO, "", NOW))
    assert driver.unread is not None


def test_what_is_overdue_stays_first_and_says_so() -> None:
    driver = started()
    asked(driver, "later", 60)
    asked(driver, "late", -3)
    rows = driver.desk.rail(NOW).due
    assert [row.left for row in rows[:2]] == ["OVERDUE 3 min", "60 min"]
    assert driver.desk.notice(NOW).overdue
    assert driver.desk.rail(NOW + 10 * 86_400).due[0].overdue


def test_an_own_request_is_due_until_everybody_has_acknowledged() -> None:
    driver = started()
    driver.do(driver.desk.set_ack_by(NOW + 600))
    driver.send("confirm")
    key = driver.line("confirm").key
    row = driver.desk.rail(NOW).due[0]
    assert (row.what, row.act) == ("acks of 1106Z", False)
    assert driver.desk.notice(NOW).due == ""
    for nation, person in (("XBB", "Kowal"), ("XCC", "Lind")):
        driver.node.move(key, nation, State.READ, person=person)
        driver.settle()
    assert driver.desk.rail(NOW).due[0] == row
    for nation, person in (("XBB", "Kowal"), ("XCC", "Lind")):
        driver.node.move(key, nation, State.ACKNOWLEDGED, person=person)
        driver.settle()
    assert [row.what for row in driver.desk.rail(NOW).due] == ["segment 2 ends"]
    who = driver.desk.who(key, NOW)
    assert who is not None
    assert (who.asked, who.left, who.overdue) == (True, "", False)


def test_an_old_request_that_everybody_has_met_is_not_due() -> None:
    """However many own messages came after it: it must not be shown as overdue because nobody has asked."""
    driver = started()
    driver.do(driver.desk.set_ack_by(NOW + 60))
    driver.send("confirm")
    for nation, person in (("XBB", "Kowal"), ("XCC", "Lind")):
        driver.node.move(driver.lines[0].key, nation, State.ACKNOWLEDGED, person=person)
    for number in range(30):
        driver.send(f"later {number}")
    again = Driver(driver.node)
    again.start()
    assert [row.what for row in again.desk.rail(NOW + 600).due] == ["segment 2 ends"]


def test_the_key_segment_stands_last_and_is_never_overdue() -> None:
    driver = started()
    asked(driver, "in two hours", 120)
    rows = driver.desk.rail(NOW).due
    assert [row.what for row in rows] == ["ack Duarte 1101Z", "segment 2 ends"]
    assert rows[1].left == "30 min"
    assert [row.what for row in driver.desk.rail(NOW + 1_800).due] == ["ack Duarte 1101Z"]


def test_a_deadline_outlives_the_loaded_page() -> None:
    driver = started()
    key = asked(driver, "old", 24 * 60)
    for number in range(KEPT + 1):
        driver.node.add_message("ops-north", f"more {number}")
    driver.cursor = len(driver.node.happened)
    driver.reconnect()
    driver.settle()
    assert key not in {line.key for line in driver.lines}
    assert driver.desk.channels()[0].acts == 1
    assert driver.desk.rail(NOW).due[-2].what == "ack Duarte 1101Z"
    driver.do(driver.desk.acknowledge(key, Answer.NONE, "", NOW))
    assert driver.desk.channels()[0].acts == 0


def test_a_deadline_of_another_day_says_which() -> None:
    driver = started()
    asked(driver, minutes=24 * 60)
    assert driver.line("halt").due == "ack by 191106Z"
    assert driver.desk.rail(NOW).due[0].time == "191106Z"


@pytest.mark.parametrize("case", ["mine", "unreadable", "unknown"])
def test_only_anothers_readable_message_is_acknowledged(case: str) -> None:
    driver = started()
    match case:
        case "mine":
            driver.send("mine")
            key = driver.line("mine").key
        case "unreadable":
            key = asked(driver, "no key", flags=(Flag.UNREADABLE,))
        case _:
            key = "ab" * 32
    assert driver.desk.acknowledge(key, Answer.NONE, "", NOW).asks == ()
    assert not [ask for ask in driver.asked if isinstance(ask, AcknowledgeMessage)]
    assert driver.desk.channels()[0].acts == 0
