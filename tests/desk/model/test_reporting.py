"""Filling in reports: judged as they are typed, kept until they are durable, and updated from the line that is there."""

from __future__ import annotations

from coalchat.api.events import Event, MessageMarked
from coalchat.api.reports import FileReport
from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.formview import ACK
from coalchat.desk.model.reportviews import FieldRow, FormView
from coalchat.errors import Refused, UsageError
from coalchat.record import evolve
from tests.desk.hostile import STRINGS
from tests.desk.model.driver import Driver, started
from tests.fakes.api_records import NOW
from tests.fakes.api_reports import let_reports, payload, shown

SEEN = {"SIZE": "3 trucks", "ACTIVITY": "loading", "LOCATION": "31N BA 4812 1187", "TIME": "221530Z"}


def opened(form: str = "salute") -> tuple[Driver, list[FileReport]]:
    driver = started()
    taken = let_reports(driver.node)
    driver.do(driver.desk.reporting.begin())
    choose(driver, form)
    return driver, taken


def choose(driver: Driver, form: str) -> None:
    turned = driver.desk.reporting.choose(form)
    assert turned is not None
    driver.do(turned)


def update(driver: Driver, key: str) -> None:
    turned = driver.desk.reporting.update(key)
    assert turned is not None
    driver.do(turned)


def type_in(driver: Driver, fields: dict[str, str]) -> None:
    for name, text in fields.items():
        key, _, row = name.partition(".")
        driver.do(driver.desk.reporting.type(key, int(row or 0), text, NOW))


def view(driver: Driver) -> FormView:
    found = driver.desk.reporting.view(NOW)
    assert found is not None
    return found


def row(driver: Driver, key: str, number: int = 0) -> FieldRow:
    return next(one for one in view(driver).fields if (one.key, one.row) == (key, number))


def send(driver: Driver, *, part: bool = False) -> None:
    driver.do(driver.desk.reporting.send("client", NOW, part=part))


def test_fields_are_judged_as_they_are_typed() -> None:
    driver, _ = opened("spotrep")
    assert view(driver).title == "SALUTE"
    assert row(driver, "SIZE").section == "What was seen"
    assert (row(driver, "SIZE").needed, row(driver, "SIZE").verdict) == (True, "must be filled")
    assert row(driver, "UNIT").verdict == "may follow later"
    type_in(driver, {**SEEN, "TIME": "221575Z", "SOURCE": "c"})
    assert (row(driver, "TIME").bad, row(driver, "TIME").verdict) == (True, "no minute 75")
    assert (row(driver, "LOCATION").good, row(driver, "LOCATION").verdict) == (True, "±10 m")
    assert row(driver, "LOCATION").note == "MGRS 31NBA48121187 · band N, square BA, 8 figures"
    type_in(driver, {"LOCATION": "0-06.8N 0.7450E"})
    assert row(driver, "LOCATION").note == "degrees 0.11333N 0.7450E · about 31N BA 49010 12536"
    assert len(view(driver).points) == 1
    assert row(driver, "SOURCE").verdict == "fairly reliable"
    assert "now" in row(driver, "TIME").help
    seen = view(driver)
    assert (seen.wrong, seen.missing, seen.open, seen.following) == (1, 0, 1, ("Unit",))
    assert [(line.name, line.text) for line in seen.card.rows][3:5] == [("Unit", "\u2013"), ("Time", "\u2013")]
    assert seen.text[1] == "SIZE/3 trucks//"
    assert driver.desk.reporting.first_fault(NOW) == ("UNIT", 0)
    type_in(driver, {"UNIT": "x"})
    assert driver.desk.reporting.first_fault(NOW) == ("TIME", 0)
    assert driver.desk.reporting.written_now("TIME", NOW).startswith("1811")
    assert driver.desk.reporting.written_now("SIZE", NOW) == ""


def test_what_stands_in_the_way_is_said_and_a_part_is_sent_as_such() -> None:
    driver, taken = opened()
    type_in(driver, {**SEEN, "TIME": "soon"})
    send(driver, part=True)
    assert "while a field is wrong" in view(driver).trouble
    type_in(driver, {"TIME": SEEN["TIME"]})
    assert view(driver).trouble == ""
    send(driver)
    assert view(driver).trouble == "Unit empty: ^P sends it as a part"
    assert taken == []
    send(driver, part=True)
    (asked,) = taken
    assert (asked.form, asked.part, asked.precedence, asked.ack_by) == ("SALUTE", True, None, 0)
    assert asked.label == driver.desk.composer().label
    assert {value.name: value.text for value in asked.values} == SEEN
    assert driver.desk.reporting.filed
    (line,) = driver.lines
    assert line.card is not None
    assert (line.card.title, line.card.missing) == ("SALUTE 001", ("UNIT",))
    assert line.precedence is Precedence.IMMEDIATE
    assert driver.desk.reporting.waiting() == {}


def test_a_draft_stays_until_it_is_durable() -> None:
    driver, taken = opened()
    type_in(driver, SEEN)
    reporting = driver.desk.reporting
    choose(driver, "sitrep")
    type_in(driver, {"UNIT": "1 Coy"})
    choose(driver, "salute")
    assert row(driver, "SIZE").text == "3 trucks"
    assert view(driver).kept
    for error in (Refused("level-ceiling", "the channel's ceiling"), UsageError("TIME: no")):
        driver.node.answers[FileReport] = error
        send(driver, part=True)
        assert view(driver).trouble == str(error)
        assert row(driver, "SIZE").text == "3 trucks"
    driver.step(reporting.send("slow", NOW, part=True))
    assert view(driver).sending
    assert reporting.send("again", NOW, part=True).asks == ()
    assert let_reports(driver.node) == []
    driver.settle()
    assert reporting.filed
    assert list(reporting.waiting()) == ["SITREP"]
    assert taken == []


def test_precedence_and_acknowledgement_are_asked_for() -> None:
    driver, taken = opened("warnord")
    type_in(driver, {"NUMBER": "1", "SITUATION": "x", "MISSION": "y"})
    assert view(driver).missing == 1
    send(driver)
    assert taken == []
    type_in(driver, {ACK: "later"})
    assert row(driver, ACK).bad
    type_in(driver, {ACK: "+30"})
    assert row(driver, ACK).verdict.startswith("ack by ")
    reporting = driver.desk.reporting
    assert reporting.confirm_needed(NOW, part=False) == ""
    while view(driver).precedence is not Precedence.FLASH:
        driver.do(reporting.set_precedence())
    assert "FLASH" in reporting.confirm_needed(NOW, part=False)
    send(driver)
    assert (taken[0].precedence, taken[0].ack_by) == (Precedence.FLASH, NOW + 1_800)


def test_rows_come_as_they_are_typed_into() -> None:
    driver, taken = opened("logstat")
    assert [one.name for one in view(driver).fields if one.key == "SUPPLY-CLASS"] == ["Class 1"]
    type_in(driver, {"TIME": "now", "UNIT": "1 Coy", "OVERALL": "amber", "SUPPLY-CLASS.1": "fuel"})
    assert [one.row for one in view(driver).fields if one.key == "SUPPLY-CLASS"] == [1, 2]
    assert row(driver, "SUPPLY-DAYS", 1).needed
    assert not row(driver, "SUPPLY-DAYS", 2).needed
    type_in(driver, {"SUPPLY-DAYS.1": "3", "SUPPLY-STATE.1": "red"})
    assert (view(driver).missing, view(driver).wrong) == (0, 0)
    assert view(driver).card.rows[3].name == "Class 1"
    send(driver)
    assert len(taken) == 1
    assert reporting_text(driver) == "SUPPLY-1/CLASS:III/DAYS:3/STATE:RED//"


def reporting_text(driver: Driver) -> str:
    return driver.node.messages[-1].text.splitlines()[-1]


def test_an_own_report_is_updated_and_no_other() -> None:
    driver, taken = opened()
    type_in(driver, SEEN)
    send(driver, part=True)
    (line,) = driver.lines
    reporting = driver.desk.reporting
    update(driver, line.key)
    assert view(driver).title == "SALUTE 001"
    assert row(driver, "LOCATION").text == "31NBA48121187"
    type_in(driver, {"UNIT": "unknown", "SIZE": ""})
    assert row(driver, "SIZE").verdict == "must be filled"
    type_in(driver, {"SIZE": "4 trucks", "EQUIPMENT": "x", "ACTIVITY": "gone"})
    send(driver)
    asked = taken[-1]
    assert (asked.updates, asked.channel, asked.label) == (line.key, "", "")
    assert {value.name: value.text for value in asked.values}["SIZE"] == "4 trucks"
    other = driver.node.add_message("ops-north", "x", kind="report", report=shown(payload("SALUTE", 1, SEEN)))
    text = driver.node.add_message("ops-north", "y", mine=True)
    driver.settle()
    assert not any(reporting.update(key) for key in (other.entry_id, text.entry_id, "none"))
    assert not reporting.choose("none")


def test_a_line_says_how_its_form_stands_here_and_follows_it() -> None:
    driver = started()
    whole = shown(payload("SALUTE", 3, SEEN))
    by_keys = evolve(whole, title="", rows=tuple(evolve(one, name=one.key, type="") for one in whole.rows))
    message = driver.node.add_message("ops-north", "x", kind="report", report=by_keys)
    driver.settle()
    for report, note, name in (
        (by_keys, ("its form is not here",), "SIZE"),
        (evolve(by_keys, differs=True), ("its form differs from the one here",), "SIZE"),
        (whole, (), "Size"),
    ):
        at = next(at for at, one in enumerate(driver.node.messages) if one.entry_id == message.entry_id)
        driver.node.messages[at] = evolve(message, report=report)
        marked = MessageMarked(channel_id=message.channel_id, entry_id=message.entry_id)
        driver.do(driver.desk.event(Event(cursor=1, time=NOW, body=marked), NOW))
        (line,) = driver.lines
        assert line.card is not None
        assert (line.card.notes, line.card.rows[0].name) == (note, name)


def test_without_forms_the_reason_stands_there() -> None:
    driver = started()
    driver.node.answers.clear()
    from coalchat.api.reports import ListForms

    driver.node.answers[ListForms] = UsageError("no")
    driver.do(driver.desk.reporting.begin())
    assert driver.desk.reporting.trouble
    assert driver.desk.reporting.view(NOW) is None
    assert driver.desk.reporting.first_fault(NOW) is None
    assert driver.desk.reporting.type("SIZE", 0, "x", NOW).parts == frozenset()


def test_nothing_of_a_peer_s_report_is_more_than_text() -> None:
    driver = started()
    whole = shown(payload("SALUTE", 3, SEEN))
    for number, text in enumerate(STRINGS[::4]):
        rows = tuple(evolve(one, name=text, text=text, value=text, wrong=True) for one in whole.rows[:1])
        report = evolve(whole, form=f"F{number}", title=text, rows=rows, missing=(text,))
        driver.node.add_message("ops-north", text, kind="report", report=report)
    driver.settle()
    from coalchat.desk.look.glyphs import UNICODE
    from coalchat.desk.paint.timeline import item_height, paint_item

    for line in driver.lines:
        for width in (24, 40, 66):
            painted = paint_item(line, width, UNICODE)
            assert len(painted) == item_height(line, width, UNICODE)
            shown_text = "".join(one.text for one in painted)
            assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown_text)
