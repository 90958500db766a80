"""MINIMIZE and precedence in the desk's model: what is shown, what is asked, what is then told to the node."""

from __future__ import annotations

import pytest

from coalchat.api.about import Minimize
from coalchat.api.deadlines import NameDeputy, OrderMinimize
from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Flag, Phase, Precedence, State
from coalchat.desk.model.changes import Part
from coalchat.desk.model.commands import Command
from coalchat.errors import NotAuthorised, UsageError
from coalchat.record import evolve
from tests.desk.model.driver import Driver, started
from tests.fakes.api_records import NOW
from tests.fakes.api_reports import let_reports

ORDER = Minimize(entry_id="ee" * 32, nation="XAA", person="Berg", since=NOW - 60, reason="no \x1bsatellite")
READABLE = {"STATION": "EAGLE 6", "TIME": "181100Z", "STRENGTH": "good"}


def order(driver: Driver, given: Minimize | None) -> None:
    """The node tells of an order, or that it is lifted."""
    node = driver.node
    node.channels[0] = evolve(node.channels[0], minimize=given)
    node.tell(ControlChanged(subject=ControlSubject.CHANNEL, id=node.channels[0].id, phase=Phase.UNLOCKED))
    driver.changes = type(driver.changes)()
    driver.settle()


def test_it_stands_in_the_head_while_it_is_in_force() -> None:
    driver = started()
    assert driver.desk.head().minimize == ""
    order(driver, ORDER)
    assert Part.HEAD in driver.changes.parts
    assert driver.desk.head().minimize == "MINIMIZE since 181105Z: no \\u{1B}satellite"
    order(driver, evolve(ORDER, reason=""))
    assert driver.desk.head().minimize == "MINIMIZE since 181105Z"
    order(driver, None)
    assert driver.desk.head().minimize == ""


def test_what_is_below_immediate_is_asked_about_and_the_node_told_what_was_considered() -> None:
    driver = started()
    order(driver, ORDER)
    for precedence in Precedence:
        driver.do(driver.desk.set_precedence(precedence))
        assert ("MINIMIZE" in driver.desk.confirm_needed()) == (precedence.rank < Precedence.IMMEDIATE.rank)
    driver.do(driver.desk.set_precedence(Precedence.PRIORITY))
    assert driver.desk.composer().minimize == ORDER.entry_id
    driver.do(driver.desk.send("fuel state", "one", NOW, driver.desk.composer().minimize))
    driver.do(driver.desk.send("not asked", "two", NOW))
    driver.do(driver.desk.set_precedence(Precedence.FLASH))
    driver.do(driver.desk.send("ambush", "three", NOW, driver.desk.composer().minimize))
    assert [request.considered for request in driver.sends()] == [True, False, False]


def test_an_order_that_came_while_he_was_asked_is_not_what_he_considered() -> None:
    driver = started()
    order(driver, ORDER)
    asked_about = driver.desk.composer().minimize
    order(driver, evolve(ORDER, entry_id="ff" * 32))
    driver.do(driver.desk.send("fuel state", "one", NOW, asked_about))
    assert [request.considered for request in driver.sends()] == [False]


def test_an_admin_orders_it_and_lifts_it_and_nobody_else() -> None:
    driver = started()
    (channel, *_), answers = driver.node.channels, driver.node.answers
    answers[OrderMinimize] = channel

    def typed(rest: str) -> None:
        driver.do(driver.desk.obey(Command("minimize", rest), None, NOW))

    driver.node.channels[0] = evolve(channel, admin=False)
    order(driver, ORDER)
    with pytest.raises(UsageError, match="only an admin"):
        typed("off")
    driver.node.channels[0] = channel
    order(driver, None)
    typed("on  no satelli\u0074e\u0301  ")
    with pytest.raises(UsageError, match="not in force"):
        typed("off")
    order(driver, ORDER)
    typed("OFF")
    asked = [ask for ask in driver.asked if isinstance(ask, OrderMinimize)]
    assert asked == [
        OrderMinimize(channel=channel.id, on=True, reason="no satellit\u00e9"),
        OrderMinimize(channel=channel.id, on=False, reason=""),
    ]
    answers[OrderMinimize] = NotAuthorised("only an admin of the channel does this")
    typed("off")
    assert driver.desk.composer().warnings == ("You may not do this here: only an admin of the channel does this",)


def test_who_stands_in_is_said_by_a_command() -> None:
    driver = started()
    channel = driver.node.channels[0]
    driver.node.answers[NameDeputy] = channel

    def typed(rest: str) -> None:
        driver.do(driver.desk.obey(Command("deputy", rest), None, NOW))

    typed("  Maj Kowa\u0142  ")
    typed("Maj Kowal until +90")
    typed("Maj Kowal until 1200Z")
    typed("Maj Kowal until 191200Z")
    typed("OFF")
    asked = [(ask.person, ask.until) for ask in driver.asked if isinstance(ask, NameDeputy)]
    noon = NOW - NOW % 86_400 + 43_200
    assert asked == [
        ("Maj Kowa\u0142", 0), ("Maj Kowal", NOW + 5_400), ("Maj Kowal", noon), ("Maj Kowal", noon + 86_400), ("", 0),
    ]  # fmt: skip
    for wrong in ("", "Kowal until", "Kowal until noon", "off until +5", " until +5", "Kowal until 010000Z"):
        with pytest.raises(UsageError):
            typed(wrong)
    driver.node.answers[NameDeputy] = NotAuthorised("only a custodian's device names who stands in")
    typed("Maj Kowal")
    (warning,) = driver.desk.composer().warnings
    assert "only a custodian's device" in warning


@pytest.mark.parametrize("kind", ["notice", "roe"])
def test_its_label_is_its_own_and_what_is_written_next_keeps_the_one_before(kind: str) -> None:
    driver = started()
    driver.send("fuel state")
    label = driver.desk.composer().label
    driver.node.add_message(
        "ops-north", "MINIMIZE ON: x", kind=kind, mine=True, marking="MISSION UNCLASSIFIED REL XAA, XBB, XCC"
    )
    driver.settle()
    assert "MINIMIZE ON: x" in (driver.lines[-1].text, *driver.lines[-1].remarks)
    assert driver.desk.composer().label == label
    assert driver.desk.confirm_needed() == ""


def test_a_report_is_considered_as_a_message_is_and_an_update_is_not() -> None:
    driver = started()
    taken = let_reports(driver.node)
    reporting = driver.desk.reporting
    driver.do(reporting.begin())
    order(driver, ORDER)
    assert reporting.choose("radiocheck")
    assert reporting.confirm_needed(NOW, part=False) == "", "it would not be sent yet"
    for key, text in READABLE.items():
        driver.do(reporting.type(key, 0, text, NOW))
    assert reporting.confirm_needed(NOW, part=False) == (
        "MINIMIZE since 181105Z: no \\u{1B}satellite. Is it urgent? Send it?"
    )
    asked_about = reporting.minimize
    assert asked_about == ORDER.entry_id
    order(driver, evolve(ORDER, entry_id="ff" * 32))
    driver.do(reporting.send("one", NOW, asked_about, part=False))
    assert reporting.update(driver.lines[-1].key)
    driver.do(reporting.type("REMARKS", 0, "again", NOW))
    assert (reporting.confirm_needed(NOW, part=False), reporting.minimize) == ("", "")
    driver.do(reporting.send("two", NOW, part=False))
    assert reporting.choose("radiocheck")
    for key, text in READABLE.items():
        driver.do(reporting.type(key, 0, text, NOW))
    driver.do(reporting.send("three", NOW, reporting.minimize, part=False))
    assert [bool(one.updates) for one in taken] == [False, True, False]
    assert [one.considered for one in taken] == [False, False, True]


def test_a_line_says_that_it_was_considered_and_a_notice_is_in_our_words() -> None:
    driver = started()
    driver.node.add_message("ops-north", "lunch", flags=(Flag.MINIMIZE_CONSIDERED,))
    driver.node.add_message("ops-north", "MINIMIZE ON: no satellite", kind="notice")
    driver.settle()
    assert driver.line("lunch").remarks == ("MINIMIZE CONSIDERED",)
    (notice,) = [line for line in driver.lines if line.text == ""]
    assert notice.remarks == ("MINIMIZE ON: no satellite",)


def test_what_is_urgent_is_due_until_everybody_has_it() -> None:
    driver = started()
    driver.do(driver.desk.set_precedence(Precedence.FLASH))
    assert driver.desk.composer().within == "10 min"
    driver.send("ambush")
    key = driver.line("ambush").key
    row = driver.desk.rail(NOW + 300).due[0]
    assert (row.what, row.left, row.act, row.overdue) == ("deliver 1106Z", "5:00", False, False)
    assert driver.desk.rail(NOW + 780).due[0].left == "OVERDUE 3 min"
    driver.node.move(key, "XBB", State.DELIVERED, person="Kowal")
    driver.settle()
    assert driver.desk.rail(NOW).due[0].what == "deliver 1106Z"
    driver.node.move(key, "XCC", State.DELIVERED, person="Lind")
    driver.settle()
    assert not [row for row in driver.desk.rail(NOW).due if row.what.startswith("deliver")]
    assert driver.desk.composer().within == ""


def test_what_is_long_for_its_precedence_says_so_while_it_is_written() -> None:
    driver = started()
    driver.do(driver.desk.set_draft("word " * 200))
    driver.do(driver.desk.set_precedence(Precedence.IMMEDIATE))
    assert driver.desk.composer().warnings == ()
    changes = driver.do(driver.desk.set_draft("word " * 201))
    assert Part.COMPOSER in changes.parts
    assert driver.desk.composer().warnings == ("IMMEDIATE has at most 200 words, this has 201",)
    driver.do(driver.desk.set_precedence(Precedence.PRIORITY))
    assert driver.desk.composer().warnings == ()
