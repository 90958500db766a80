"""The shown timeline: order, date lines, the unread line, pages, and splices that keep a mirror true."""

from __future__ import annotations

from typing import Any

from coalchat.api.events import MessageMarked
from coalchat.api.nouns import Disowned
from coalchat.api.requests import MarkRead, ShowMessage
from coalchat.api.vocabulary import Flag, Precedence
from coalchat.desk.model.changes import Part, Splice
from coalchat.desk.model.log import PAGE
from coalchat.desk.model.views import DateLine, MessageLine, UnreadLine
from coalchat.desk.model.words import DAY, HOUR, dtg
from coalchat.record import evolve
from tests.desk.model.driver import ALL, Driver, connected, full
from tests.fakes.api_records import NOW

# --- date lines ---


def dates(driver: Driver) -> list[str]:
    return [item.text for item in driver.desk.items if isinstance(item, DateLine)]


def test_a_date_line_stands_where_another_day_begins_and_never_goes_back() -> None:
    node = full(0)
    for hours in (0, 1, 24, 23, 30, 48):
        at = NOW // DAY * DAY + hours * HOUR
        node.add_message("ops-north", f"{hours} h", author_time=at, received_time=at)
    driver = connected(node)
    kinds = [item.text for item in driver.desk.items if isinstance(item, DateLine | MessageLine)]
    first, second, third = dates(driver)
    assert kinds == [first, "0 h", "1 h", second, "24 h", "23 h", "30 h", third, "48 h"]


def test_an_author_whose_clock_runs_ahead_takes_no_date_from_the_others() -> None:
    node = full(0)
    node.add_message("ops-north", "from the year 9999", author_time=253_402_300_000, received_time=NOW)
    node.add_message("ops-north", "tomorrow", author_time=NOW + DAY, received_time=NOW + DAY)
    assert len(dates(connected(node))) == 2


def test_an_older_page_takes_its_date_lines_along() -> None:
    node = full(0)
    for number in range(2 * PAGE):
        at = NOW + number // 100 * DAY
        node.add_message("ops-north", f"{number}", author_time=at, received_time=at)
    driver = connected(node)
    assert len(dates(driver)) == 1
    driver.do(driver.desk.older())
    assert len(dates(driver)) == 3
    assert dates(driver) == sorted(dates(driver))


# --- unread ---


def test_the_unread_line_stands_before_the_first_unread_and_says_since_when() -> None:
    node = full(3)
    node.marks[node.channels[0].id] = 2
    driver = connected(node)
    at = driver.desk.items.index(UnreadLine(count=1, since=driver.line("message 1").time))
    after = driver.desk.items[at + 1]
    assert isinstance(after, MessageLine)
    assert after.text == "message 2"
    assert [line.unread for line in driver.lines] == [False, False, True]


def test_the_unread_line_grows_with_what_arrives_and_own_messages_do_not_count() -> None:
    driver = connected(full(2))
    assert driver.unread == UnreadLine(count=2, since="")
    driver.node.add_message("ops-north", "a third")
    driver.settle()
    driver.send("mine")
    assert driver.unread == UnreadLine(count=3, since="")
    assert not driver.line("mine").unread
    assert driver.desk.channels()[0].unread == 3


def test_displaying_reads_nothing_and_end_reads_all() -> None:
    driver = connected(full(3))
    driver.do(driver.desk.seen([line.key for line in driver.lines], at_bottom=True))
    driver.do(driver.desk.select(driver.lines[-1].key))
    assert driver.node.marks == {}
    assert sum(line.unread for line in driver.lines) == 3
    driver.do(driver.desk.read_to(None))
    assert driver.node.marks == {driver.desk.shown: 3}
    assert driver.unread is None
    assert driver.desk.channels()[0].unread == 0
    assert not any(line.unread for line in driver.lines)
    assert driver.desk.read_to(None).asks == ()


def test_reading_to_a_message_leaves_the_rest_unread() -> None:
    driver = connected(full(5))
    driver.do(driver.desk.read_to(driver.lines[1].key))
    assert driver.unread == UnreadLine(count=3, since=driver.lines[1].time)
    assert driver.desk.channels()[0].unread == 3
    assert driver.desk.read_to(driver.lines[0].key).asks == ()


def test_unread_beyond_what_is_loaded_are_counted_by_the_node() -> None:
    driver = connected(full(PAGE + 100))
    assert driver.unread == UnreadLine(count=PAGE + 100, since="")
    driver.node.add_message("ops-north", "one more")
    driver.settle()
    assert driver.unread == UnreadLine(count=PAGE + 101, since="")


def test_the_mark_does_not_pass_what_has_not_come_in() -> None:
    """READ of a message that was never on the screen would be a false receipt."""
    driver = connected(full(1))
    driver.node.add_message("ops-north", "still under way")
    driver.step(driver.begin_sending("mine"))
    driver.answer_one()
    assert driver.texts == ["message 0", "mine"]
    seen = MarkRead(channel=driver.desk.shown, entry_id=driver.line("message 0").key)
    assert driver.desk.read_to(None).asks == (seen,)
    assert driver.desk.read_to(driver.line("mine").key).asks == (seen,)
    driver.settle()
    assert driver.texts == ["message 0", "still under way", "mine"]
    all_of_it = MarkRead(channel=driver.desk.shown, entry_id=driver.line("mine").key)
    assert driver.desk.read_to(None).asks == (all_of_it,)


def test_another_client_of_the_node_may_read_too() -> None:
    driver = connected(full(3))
    driver.node._answer_now(MarkRead(channel=driver.desk.shown, entry_id=driver.lines[2].key))
    driver.settle()
    assert driver.unread is None
    assert driver.desk.channels()[0].unread == 0


def test_what_another_client_read_while_we_were_away_is_read() -> None:
    driver = connected(full(3))
    driver.node._answer_now(MarkRead(channel=driver.desk.shown, entry_id=driver.lines[1].key))
    driver.cursor = len(driver.node.happened)
    driver.reconnect()
    driver.settle()
    assert [line.unread for line in driver.lines] == [False, False, True]


# --- what a line says ---


def test_the_mark_is_long_only_where_the_release_is_narrower() -> None:
    node = full(1)
    narrow = {"nations": ("XAA", "XBB"), "marking": "MISSION SECRET REL XAA, XBB"}
    node.add_message("ops-north", "narrow", **narrow)
    node.add_message("ops-north", "low", marking="MISSION RESTRICTED REL XAA, XBB, XCC", nations=ALL)
    driver = connected(node)
    assert driver.line("message 0").mark == "(S)"
    assert driver.line("message 0").remarks == ()
    assert driver.line("narrow").mark == "(S\u00a0REL\u00a0XAA,\u00a0XBB)"
    assert driver.line("narrow").remarks == ("withheld from XCC",)
    assert (driver.line("low").mark, driver.line("low").level) == ("(R)", 1)


def test_flags_are_said_in_words() -> None:
    node = full(0)
    node.add_message("ops-north", "odd", flags=(Flag.DISPUTED, Flag.SUPERSEDED_KEY))
    node.add_message("ops-north", "beep", author_person="sensor-7", flags=(Flag.AUTO,))
    driver = connected(node)
    assert len(driver.line("odd").remarks) == 2
    assert "superseded" in driver.line("odd").remarks[1]
    assert (driver.line("beep").nation, driver.line("beep").bot) == ("BOT", True)
    assert driver.line("beep").remarks == ()


def test_what_is_held_against_a_message_is_said_in_words() -> None:
    """Also of one that stands on the screen already: the event names it, and it is asked for anew."""
    node = full(0)
    good = node.add_message("ops-north", "order")
    driver = connected(node)
    assert driver.line("order").remarks == ()
    node.messages[-1] = evolve(good, flags=(Flag.DISPUTED, Flag.DISOWNED), disowned=Disowned(nation="XBB", time=NOW))
    node.tell(MessageMarked(channel_id=good.channel_id, entry_id=good.entry_id))
    node.tell(MessageMarked(channel_id=good.channel_id, entry_id="ee" * 32))
    driver.settle()
    assert driver.line("order").remarks == (
        "DISPUTED: two entries stand at this number",
        f"DISOWNED BY XBB AT {dtg(NOW)}",
    )
    assert [one.id for one in driver.asked if isinstance(one, ShowMessage)] == [good.entry_id]


def test_what_cannot_be_opened_has_a_reason_but_no_author() -> None:
    node = full(0)
    node.add_message("ops-north", "key erased 211800Z", flags=(Flag.UNREADABLE,), kind="unreadable", refs=("aa",))
    line = connected(node).lines[0]
    assert line.unreadable
    assert (line.text, line.person, line.nation, line.quote, line.remarks) == ("key erased 211800Z", "", "", None, ())


def test_what_could_not_be_opened_stands_at_the_end_when_its_key_comes() -> None:
    node = full(0)
    lost = node.add_message("ops-north", "no key", flags=(Flag.UNREADABLE,), kind="unreadable")
    node.add_message("ops-north", "after it")
    driver = connected(node)
    node.add_message("ops-north", "opened at last", entry_id=lost.entry_id)
    node.messages.remove(lost)
    driver.settle()
    assert [(line.key == lost.entry_id, line.text) for line in driver.lines] == [
        (False, "after it"),
        (True, "opened at last"),
    ]


def test_an_answer_quotes_what_it_answers_once_that_is_here() -> None:
    node = full(1)
    asked = node.messages[0]
    for number in range(PAGE):
        node.add_message("ops-north", f"between {number}")
    node.add_message("ops-north", "answer", refs=(asked.entry_id,))
    driver = connected(node)
    answer = driver.line("answer")
    assert answer.quote is None
    driver.do(driver.desk.seen([answer.key], at_bottom=True))
    quote = driver.line("answer").quote
    assert quote is not None
    assert (quote.person, quote.text) == ("Kowal", "message 0")
    assert asked.entry_id not in {line.key for line in driver.lines}


def test_an_answer_that_came_before_its_question_quotes_it_as_well() -> None:
    node = full(0)
    question = f"{2:08x}" + 56 * "e"
    node.add_message("ops-north", "answer", refs=(question,))
    driver = connected(node)
    assert driver.line("answer").quote is None
    assert driver.node.add_message("ops-north", "question").entry_id == question
    driver.settle()
    quote = driver.line("answer").quote
    assert quote is not None
    assert quote.text == "question"


def test_what_is_of_another_channel_or_cannot_be_opened_is_not_quoted() -> None:
    node = full(0)
    node.add_channel("med", *ALL)
    elsewhere = node.add_message("med", "elsewhere")
    closed = node.add_message("ops-north", "key erased", flags=(Flag.UNREADABLE,))
    node.add_message("ops-north", "one", refs=(elsewhere.entry_id,))
    node.add_message("ops-north", "two", refs=(closed.entry_id,))
    assert [line.quote for line in connected(node).lines] == [None, None, None]


def test_when_a_nation_joins_the_marks_of_old_messages_say_who_has_them() -> None:
    driver = connected(full(1))
    assert driver.line("message 0").mark == "(S)"
    driver.node.channels[0] = evolve(driver.node.channels[0], members=(*ALL, "XDD"))
    driver.do(driver.desk.start())
    assert driver.line("message 0").mark.replace("\u00a0", " ") == "(S REL XAA, XBB, XCC)"
    assert driver.line("message 0").remarks == ("withheld from XDD",)


def test_of_a_withheld_message_there_is_no_trace_in_its_answer() -> None:
    node = full(0)
    node.add_message("ops-north", "answer", refs=("ab" * 32,))
    driver = connected(node)
    key = driver.line("answer").key
    driver.do(driver.desk.seen([key], at_bottom=True))
    assert driver.line("answer").quote is None
    assert driver.desk.seen([key], at_bottom=True).asks == ()


def test_flash_rings_once() -> None:
    driver = connected(full(1))
    driver.node.add_message("ops-north", "quick", precedence=Precedence.FLASH)
    assert driver.do(driver.desk.select(None)).bell
    assert not driver.do(driver.desk.select(None)).bell
    assert driver.line("quick").precedence is Precedence.FLASH


def test_an_own_flash_does_not_ring() -> None:
    driver = connected(full(0))
    driver.do(driver.desk.set_precedence(Precedence.FLASH))
    assert not driver.send("quick").bell


def test_splices_of_two_steps_add_up() -> None:
    driver = connected(full(3))
    before: list[Any] = list(driver.desk.items)
    first = driver.desk.send("one", "a", NOW)
    second = driver.desk.send("two", "b", NOW)
    for splice in (first + second).splices:
        assert isinstance(splice, Splice)
        before[splice.at : splice.at + splice.removed] = splice.items
    assert before == driver.desk.items
    assert Part.TIMELINE in (first + second).parts
    assert evolve(first).asks + second.asks == (first + second).asks
