"""Who is missing, what closes it, and reminders, in the desk's model."""

from __future__ import annotations

from coalchat.api.about import Minimize
from coalchat.api.deadlines import RemindRecipients
from coalchat.api.requests import GetMessageStatus, ListChannels
from coalchat.api.responses import Sent
from coalchat.api.vocabulary import LinkState, Phase, Precedence, State
from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.model.whoviews import PersonRow, WhoHasIt
from coalchat.errors import Refused
from coalchat.record import evolve
from tests.desk.model.driver import Driver, started
from tests.fakes.api_records import NOW, deputy_record, link_record, node_record

SENT = Sent(entry_id="dd" * 32, channel_id="00" * 16, position=9, marking="", nations=(), repeated=False)


def ordered(driver: Driver) -> str:
    """An own order that asks for acknowledgements: its key."""
    driver.do(driver.desk.set_ack_by(NOW + 600))
    driver.send("hold at PL RED")
    key = driver.line("hold at PL RED").key
    driver.node.move(key, "XBB", State.READ, person="Kowal", delivered_at=NOW + 60, read_at=NOW + 120, since=NOW + 120)
    driver.node.move(key, "XCC", State.QUEUED, person="Lind", since=NOW)
    driver.node.move(key, "XCC", State.DELIVERED, person="Mets", delivered_at=NOW - 86_400, since=NOW - 86_400)
    driver.settle()
    return key


def seen(driver: Driver, key: str) -> tuple[WhoHasIt, dict[str, PersonRow]]:
    who = driver.desk.who(key, NOW)
    assert who is not None
    return who, {one.person: one for nation in who.nations for one in nation.persons}


def test_each_gap_names_what_closes_it_and_each_stage_its_time() -> None:
    driver = started()
    link = evolve(link_record("c.example:1"), nation="XCC", state=LinkState.WAITING, since=NOW - 3_600)
    driver.node.peers = {link.address: link}
    driver.reconnect()
    driver.settle()
    key = ordered(driver)
    who, rows = seen(driver, key)
    assert (who.may_remind, who.persons, who.stored) == (True, ("XBB Kowal", "XCC Mets"), "1106")
    assert rows["Kowal"].times == ((State.DELIVERED, "1107"), (State.READ, "1108"))
    assert rows["Mets"].times == ((State.DELIVERED, "171106"),)
    assert rows["Lind"].times == ()
    assert {name: row.closes for name, row in rows.items()} == {
        "Kowal": ("R", "remind"),
        "Mets": ("R", "remind"),
        "Lind": ("E", "escalate to Mets"),
    }
    assert rows["Lind"].why == "queued here, no link since 1006Z"
    for nation, person in (("XBB", "Kowal"), ("XCC", "Lind"), ("XCC", "Mets")):
        driver.node.move(key, nation, State.ACKNOWLEDGED, person=person)
    driver.settle()
    who, rows = seen(driver, key)
    assert (who.may_remind, who.persons) == (False, ())
    assert {row.closes for row in rows.values()} == {("", "")}


def test_of_another_s_message_this_person_is_told_to_acknowledge_and_nobody_reminded() -> None:
    driver = started()
    asked = driver.node.add_message("ops-north", "confirm", ack_by=NOW + 60)
    person = node_record(Phase.UNLOCKED).person
    driver.node.move(asked.entry_id, "XAA", State.READ, person=person)
    driver.node.move(asked.entry_id, "XCC", State.READ, person=person)
    driver.do(driver.desk.select(asked.entry_id))
    who = driver.desk.who(asked.entry_id, NOW)
    assert who is not None
    own, namesake = [one for nation in who.nations for one in nation.persons]
    assert (own.you, own.closes) == (True, ("A", "acknowledge"))
    assert (namesake.you, namesake.closes) == (False, ("", "the person acknowledging it"))
    assert (who.may_remind, who.persons) == (False, ())


def test_a_reminder_is_asked_for_once_and_what_came_of_it_is_said() -> None:
    driver = started()
    key = ordered(driver)
    driver.node.answers[RemindRecipients] = SENT
    changes = driver.do(driver.desk.afterwards.reminding.remind(key, "", "one"))
    assert Part.WHO in changes.parts
    assert seen(driver, key)[0].said == "reminded"
    driver.do(driver.desk.afterwards.reminding.remind(key, "XCC Mets", "two"))
    assert seen(driver, key)[0].said == "escalated to XCC Mets"
    driver.node.answers[RemindRecipients] = Refused("minimize", "MINIMIZE is in force here")
    driver.do(driver.desk.afterwards.reminding.remind(key, "", "three"))
    assert seen(driver, key)[0].said.startswith("not sent: ")
    asked = [one for one in driver.asked if isinstance(one, RemindRecipients)]
    assert [(one.id, one.escalate, one.client_id, one.considered) for one in asked] == [
        (key, "", "one", False),
        (key, "XCC Mets", "two", False),
        (key, "", "three", False),
    ]
    assert driver.desk.afterwards.reminding.remind("nothing", "", "four").asks == ()


def test_the_nations_deputies_are_asked_first_and_who_has_none_is_said() -> None:
    driver = started()
    kowal = deputy_record("XBB", "Maj\x1b Reyes", until=NOW + 60)
    driver.node.channels[0] = evolve(driver.node.channels[0], deputies=(kowal,))
    driver.reconnect()
    driver.settle()
    key = ordered(driver)
    who, rows = seen(driver, key)
    assert [(row.tally.nation, row.deputy, row.lacks) for row in who.nations] == [
        ("XBB", "Maj\\u{1B} Reyes", True), ("XCC", "", True),
    ]  # fmt: skip
    assert who.deputies == "XBB Maj\\u{1B} Reyes; XCC has none"
    assert who.persons == ("XBB Kowal", "XCC Mets")
    assert rows["Lind"].closes == ("E", "escalate to Mets"), "of his own nation none is named"
    late = driver.desk.who(key, NOW + 60)
    assert late is not None
    assert (late.nations[0].deputy, late.deputies) == ("", ""), "her time is over"
    driver.node.answers[RemindRecipients] = SENT
    driver.do(driver.desk.afterwards.reminding.remind(key, "", "one", deputies=True))
    assert seen(driver, key)[0].said == "escalated to the deputies"
    (asked,) = [one for one in driver.asked if isinstance(one, RemindRecipients)]
    assert (asked.deputies, asked.escalate) == (True, "")

    # A nation that lacks none is not asked; where all that lack one have none, nobody is.
    driver.node.move(key, "XBB", State.ACKNOWLEDGED, person="Kowal")
    driver.settle()
    who, _ = seen(driver, key)
    assert [(row.deputy, row.lacks) for row in who.nations] == [("Maj\\u{1B} Reyes", False), ("", True)]
    assert who.deputies == ""


def test_another_deputy_is_asked_about_where_one_is_looked_at() -> None:
    driver = started()
    key = ordered(driver)
    driver.do(driver.desk.select(key))
    assert [row.deputy for row in seen(driver, key)[0].nations] == ["", ""]
    driver.node.channels[0] = evolve(driver.node.channels[0], deputies=(deputy_record("XBB", "Kowal"),))
    driver.do(Changes(asks=(ListChannels(),)))
    assert [row.deputy for row in seen(driver, key)[0].nations] == ["Kowal", ""]
    asked = driver.asked.count(GetMessageStatus(id=key))
    driver.do(Changes(asks=(ListChannels(),)))
    assert driver.asked.count(GetMessageStatus(id=key)) == asked, "nobody else stands in"


def test_who_cannot_be_reminded_is_seen_to_by_his_nations_deputy() -> None:
    driver = started()
    lind = deputy_record("XCC", "Lind")
    driver.node.channels[0] = evolve(driver.node.channels[0], deputies=(lind,))
    driver.reconnect()
    driver.settle()
    key = ordered(driver)
    driver.node.move(key, "XCC", State.QUEUED, person="Saar", since=NOW)
    driver.settle()
    _, rows = seen(driver, key)
    assert rows["Saar"].closes == ("E", "escalate to Lind")
    assert rows["Lind"].closes == ("", "a link that takes it"), "he is not asked to see to himself"


def test_under_minimize_a_reminder_is_considered_too() -> None:
    driver = started()
    key = ordered(driver)
    assert driver.desk.afterwards.reminding.order(key) == ("", "")
    order = Minimize(entry_id="ee" * 32, nation="XAA", person="Berg", since=NOW, reason="no satellite")
    node = driver.node
    node.channels[0] = evolve(node.channels[0], minimize=order)
    driver.reconnect()
    driver.settle()
    assert driver.desk.afterwards.reminding.order(key) == (order.entry_id, "MINIMIZE since 181106Z: no satellite.")
    flash = driver.node.add_message("ops-north", "contact", mine=True, precedence=Precedence.FLASH)
    driver.settle()
    assert driver.desk.afterwards.reminding.order(flash.entry_id) == ("", "FLASH interrupts everybody who gets it.")
    for considered in ("", "of another order", order.entry_id):
        driver.step(driver.desk.afterwards.reminding.remind(key, "", "one", considered))
    waiting = [one for one in driver.waiting if isinstance(one, RemindRecipients)]
    assert [one.considered for one in waiting] == [False, True]
