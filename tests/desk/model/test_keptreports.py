"""Half-filled reports outlive the desk: kept with the node, back when their form opens, gone once sent or thrown away."""

from __future__ import annotations

from typing import Any

from coalchat.api.drafts import ListReportDrafts, SetReportDraft
from coalchat.api.reports import FileReport, FormList, ListForms
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.formview import ACK
from coalchat.errors import NodeUnavailable, UsageError
from coalchat.record import evolve
from tests.desk.model.driver import Driver, connected, started
from tests.desk.model.test_reporting import SEEN, choose, row, send, type_in, update, view
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW
from tests.fakes.api_reports import let_reports, payload, shown


def opened(form: str = "salute") -> Driver:
    driver = started("ops-north", "liaison")
    let_reports(driver.node)
    begin(driver, form)
    return driver


def begin(driver: Driver, form: str) -> None:
    driver.do(driver.desk.reporting.begin())
    choose(driver, form)


def tick(driver: Driver, times: int = 1) -> None:
    for _ in range(times):
        driver.now += 1
        driver.do(driver.desk.tick(driver.now))


def again(node: FakeNode, form: str = "") -> Driver:
    """Another desk at the same node."""
    driver = connected(node)
    driver.show("ops-north")
    driver.do(driver.desk.reporting.begin())
    if form:
        choose(driver, form)
    return driver


def kept(driver: Driver) -> list[SetReportDraft]:
    return [one for one in driver.asked if isinstance(one, SetReportDraft)]


def label(driver: Driver) -> str:
    return driver.desk.composer().label


def test_what_is_half_filled_in_outlives_the_desk() -> None:
    driver = opened()
    type_in(driver, {**SEEN, "SIZE": "3 trucks\n12 people", ACK: "+30"})
    driver.do(driver.desk.reporting.set_precedence())
    tick(driver, 2)
    assert len(kept(driver)) == 1
    tick(driver, 3)
    assert len(kept(driver)) == 1, "what is kept is not kept again"
    assert "3 trucks" not in repr(driver.desk.reporting._kept)

    after = again(driver.node)
    assert after.desk.reporting.waiting() == {"SALUTE": NOW}
    choose(after, "spotrep")
    seen = view(after)
    assert (row(after, "SIZE").text, row(after, ACK).text) == ("3 trucks\n12 people", "+30")
    assert (seen.returned, seen.kept, seen.precedence) == (True, "181106Z", Precedence.FLASH)
    tick(after, 3)
    assert kept(after) == []
    type_in(after, {"UNIT": "unknown"})
    assert not view(after).returned
    send(after)
    assert after.desk.reporting.filed
    assert again(after.node).desk.reporting.waiting() == {}


def test_each_channel_and_each_form_has_its_own() -> None:
    driver = opened()
    type_in(driver, SEEN)
    choose(driver, "radchk")
    type_in(driver, {"STATION": "XRAY"})
    driver.show("liaison")
    choose(driver, "salute")
    type_in(driver, {"SIZE": "elsewhere"})
    driver.do(driver.desk.keep_drafts())
    assert len(kept(driver)) == 3
    after = again(driver.node, "salute")
    assert set(after.desk.reporting.waiting()) == {"SALUTE", "RADIOCHECK"}
    assert row(after, "SIZE").text == "3 trucks"
    after.show("liaison")
    assert set(after.desk.reporting.waiting()) == {"SALUTE"}
    choose(after, "salute")
    assert row(after, "SIZE").text == "elsewhere"
    tick(after, 3)
    assert kept(after) == [], "what was not opened stays as it is"


def test_it_is_thrown_away_by_a_word_alone() -> None:
    driver = opened()
    type_in(driver, SEEN)
    tick(driver, 2)
    driver.do(driver.desk.reporting.discard())
    assert driver.desk.reporting.view(NOW) is None
    assert again(driver.node).desk.reporting.waiting() == {}
    begin(driver, "salute")
    assert row(driver, "SIZE").text == ""
    # Emptied field by field it is gone, too.
    type_in(driver, SEEN)
    tick(driver, 2)
    type_in(driver, dict.fromkeys(SEEN, ""))
    tick(driver, 2)
    assert again(driver.node).desk.reporting.waiting() == {}


def test_nothing_is_kept_or_forgotten_before_the_node_has_said_what_is_there() -> None:
    driver = opened()
    type_in(driver, SEEN)
    tick(driver, 2)
    node = driver.node
    half = node.answers[ListReportDrafts]
    node.answers[ListReportDrafts] = NodeUnavailable("x")
    after = connected(node)
    after.show("ops-north")
    after.do(after.desk.reporting.begin())
    assert after.desk.reporting.ready, "a form can be filled in all the same"
    choose(after, "salute")
    type_in(after, {"SIZE": "other"})
    tick(after, 9)
    assert kept(after) == []
    node.answers[ListReportDrafts] = half
    assert again(node).desk.reporting.waiting() == {"SALUTE": NOW}


def test_it_comes_back_under_the_label_that_it_was_begun_under() -> None:
    driver = opened()
    driver.do(driver.desk.set_label(1, ("XAA", "XBB")))
    type_in(driver, SEEN)
    tick(driver, 2)
    after = again(driver.node)
    assert label(after) != "RESTRICTED REL XAA, XBB"
    choose(after, "salute")
    assert label(after) == "RESTRICTED REL XAA, XBB"
    assert after.desk.composer().known
    assert after.desk.reporting.confirm_needed(NOW, part=True) == ""
    # Where a text stands there under another label, that label stays, and a person is asked.
    other = again(driver.node)
    other.do(other.desk.set_draft("a text"))
    choose(other, "salute")
    sentence = other.desk.reporting.confirm_needed(NOW, part=True)
    assert sentence == (f"It was begun under RESTRICTED REL XAA, XBB, and goes under {label(other)}. Send it?")
    type_in(other, {"UNIT": "x"})
    assert other.desk.reporting.confirm_needed(NOW, part=True) == sentence, "to go on typing is no choice of a label"
    other.do(other.desk.set_label(1, ("XAA",)))
    other.desk.reporting.relabel()
    assert other.desk.reporting.confirm_needed(NOW, part=True) == ""


def test_what_a_changed_form_has_no_place_for_is_said() -> None:
    driver = opened()
    type_in(driver, {**SEEN, "EQUIPMENT": "a crane"})
    tick(driver, 2)
    listed: Any = driver.node.answers[ListForms]
    forms = [one for one in listed.forms if one.id != "SALUTE"]
    (salute,) = (one for one in listed.forms if one.id == "SALUTE")
    fields = tuple(one for one in salute.fields if one.key != "EQUIPMENT")
    driver.node.answers[ListForms] = FormList(
        forms=(*forms, evolve(salute, current=False), evolve(salute, version=2, hash="22" * 32, fields=fields))
    )
    for desk in (again(driver.node, "salute"), driver):  # a desk that begins anew, and one that was open
        begin(desk, "salute")
        assert row(desk, "SIZE").text == "3 trucks"
        assert view(desk).trouble == "the form is another one now, and has no place for EQUIPMENT: a crane"
        assert [form.version for form in desk.desk.reporting.forms if form.id == "SALUTE"] == [2]


def test_an_update_is_kept_apart_and_goes_as_its_report_did() -> None:
    driver = opened("saltatic")
    type_in(driver, {"LOCATION": "31NBA48121187"})
    assert view(driver).precedence is Precedence.FLASH
    send(driver, part=True)
    (line,) = driver.lines
    update(driver, line.key)
    assert not view(driver).kept, "what was reported is no draft"
    tick(driver, 3)
    assert kept(driver) == []
    type_in(driver, {"SIZE": "20 people"})
    tick(driver, 2)
    after = again(driver.node)
    assert after.desk.reporting.waiting() == {}, "it is of a report, and comes with that"
    update(after, line.key)
    assert (row(after, "SIZE").text, row(after, "LOCATION").text) == ("20 people", "31NBA48121187")
    assert view(after).returned
    # FLASH is asked about in an update too; and it has its report's label, whatever the composer has.
    assert after.desk.reporting.confirm_needed(NOW, part=True).startswith("FLASH interrupts everybody")
    after.do(after.desk.set_label(1, ("XAA",)))
    head = after.desk.reporting.beside(after.desk.composer())
    assert (head.label, head.reads != ()) == (line_label(after, line.key), True)
    assert after.desk.reporting.banner((), NOW).marking == f"MISSION {line_label(after, line.key)}"
    after.do(after.desk.reporting.refuse_label())
    assert "keeps the label" in view(after).trouble
    send(after, part=True)
    filed = [one for one in after.asked if isinstance(one, FileReport)][-1]
    assert (filed.precedence, filed.drafted, filed.updates) == (Precedence.FLASH, True, line.key)


def line_label(driver: Driver, key: str) -> str:
    message = driver.desk._state.find(key)
    assert message is not None
    marks = driver.desk._state.coalition.marks
    return marks.text(marks.label_of(message))


def test_a_report_on_another_wording_is_not_updated_by_this_one() -> None:
    driver = opened()
    other = evolve(shown(payload("SALUTE", 1, SEEN)), form_hash="22" * 32)
    message = driver.node.add_message("ops-north", "x", kind="report", report=other, mine=True)
    driver.settle()
    assert driver.desk.reporting.update(message.entry_id) is None


def test_what_the_node_does_not_keep_is_said() -> None:
    driver = opened()
    driver.node.answers[SetReportDraft] = UsageError("too many")
    type_in(driver, SEEN)
    tick(driver, 2)
    assert "not kept for later" in view(driver).trouble
    assert row(driver, "SIZE").text == "3 trucks"
    asked = len(kept(driver))
    let_reports(driver.node)
    type_in(driver, {"UNIT": "x"})
    tick(driver, 2)
    assert len(kept(driver)) == asked + 1


def test_the_banner_counts_what_is_filled_in() -> None:
    driver = opened()
    driver.do(driver.desk.set_label(1, ("XAA", "XBB")))
    assert "UNMARKED" in driver.desk.reporting.banner((), NOW).marking
    type_in(driver, {"SIZE": "x"})
    assert driver.desk.reporting.banner((), NOW).marking == "MISSION RESTRICTED REL XAA, XBB"
