"""Who has a message: persons and nations, never more than was said."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.nouns import Delivery
from coalchat.api.requests import GetMessageStatus
from coalchat.api.responses import MessageStatus
from coalchat.api.vocabulary import Answer, Role, State
from coalchat.desk.model.changes import Part
from coalchat.desk.model.receipts import Receipts
from coalchat.desk.model.views import MessageLine
from coalchat.desk.model.whoviews import NationRow, PersonRow, Tally
from coalchat.errors import UnknownMessage
from coalchat.record import evolve
from tests.desk.model.driver import Driver, started
from tests.fakes.api_records import NOW, channel_record, message_record

ALL = ("XAA", "XBB", "XCC")
CHANNEL = channel_record(1, "ops-north", ALL, "MISSION SECRET", "")
MESSAGE = message_record(1, CHANNEL, "text")


def row(nation: str, person: str | None, state: State, **more: Any) -> Delivery:
    fields: dict[str, Any] = {"device": 1, "role": Role.OFFICER, "since": NOW, "answer": None, "reason": ""}
    if person is None:
        fields |= {"device": None, "role": None}
    return Delivery(nation=nation, person=person, state=state, **{**fields, **more})


def said(*rows: Delivery, ack_by: int = 0) -> tuple[tuple[NationRow, ...], bool]:
    """What is made of these rows: nations with persons, and whether the message is complete."""
    message = evolve(MESSAGE, ack_by=ack_by, mine=True)
    receipts = Receipts()
    receipts.took(
        MessageStatus(
            entry_id=message.entry_id,
            channel_id=message.channel_id,
            marking=message.marking,
            author_time=NOW,
            own_nation="XAA",
            deliveries=rows,
        )
    )
    return receipts.nations(message, ALL), receipts.complete(message)


def tally(*rows: Delivery) -> Tally:
    ((nation,), _) = said(*rows)
    return nation.tally


def person(delivery: Delivery, ack_by: int = 0) -> PersonRow:
    ((nation,), _) = said(delivery, ack_by=ack_by)
    return nation.persons[0]


# --- tallies ---


def test_the_furthest_state_with_how_many_are_there() -> None:
    found = tally(
        row("XCC", "Lind", State.DELIVERED),
        row("XCC", "Saar", State.DELIVERED),
        row("XCC", "Oja", State.QUEUED),
        row("XCC", "Mets", State.SENT),
        row("XCC", "Tamm", State.HELD),
    )
    assert (found.state, found.reached, found.of, found.complete) == (State.DELIVERED, 2, 5, False)


def test_one_reader_of_four_is_not_a_nation_that_has_read() -> None:
    found = tally(*(row("XBB", f"P{n}", State.READ if n == 0 else State.DELIVERED) for n in range(4)))
    assert (found.state, found.reached, found.of, found.complete) == (State.READ, 1, 4, False)


def test_a_person_counts_once_by_the_furthest_device() -> None:
    found = tally(row("XBB", "Kowal", State.SENT), row("XBB", "Kowal", State.READ, device=2))
    assert (found.state, found.reached, found.of, found.complete) == (State.READ, 1, 1, True)


def test_devices_without_a_name_are_not_one_person() -> None:
    found = tally(row("XBB", "", State.READ, device=0), row("XBB", "", State.SENT, device=0))
    assert (found.reached, found.of) == (1, 2)


def test_a_bot_counts_up_to_delivered_and_no_further() -> None:
    bot = row("XBB", "sensor-7", State.QUEUED, role=Role.BOT)
    delivered = tally(row("XBB", "Kowal", State.DELIVERED), bot)
    assert (delivered.reached, delivered.of) == (1, 2)
    read = tally(row("XBB", "Kowal", State.READ), bot)
    assert (read.reached, read.of, read.complete) == (1, 1, True)
    alone = tally(row("XBB", "sensor-7", State.DELIVERED, role=Role.BOT))
    assert (alone.state, alone.complete) == (State.DELIVERED, True)


def test_a_bot_never_reads() -> None:
    found = tally(row("XBB", "sensor-7", State.READ, role=Role.BOT), row("XBB", "Kowal", State.DELIVERED))
    assert (found.state, found.reached, found.of) == (State.DELIVERED, 2, 2)


def test_of_a_nation_nobody_is_known() -> None:
    found = tally(row("XCC", None, State.HELD))
    assert (found.state, found.reached, found.of, found.complete) == (State.HELD, 0, 0, False)


def test_refused_reaches_nothing() -> None:
    found = tally(row("XCC", "Lind", State.REFUSED), row("XCC", "Saar", State.REFUSED))
    assert (found.state, found.reached, found.complete) == (State.REFUSED, 0, False)
    mixed = tally(row("XCC", "Lind", State.REFUSED), row("XCC", "Saar", State.READ))
    assert (mixed.state, mixed.reached, mixed.of) == (State.READ, 1, 2)


def test_caveats_are_carried_up_to_the_nation() -> None:
    found = tally(
        row("XBB", "Kowal", State.ACKNOWLEDGED, answer=Answer.CAVEAT, reason="watch only"),
        row("XBB", "Tamm", State.ACKNOWLEDGED, answer=Answer.UNABLE),
    )
    assert (found.state, found.reached, found.caveat, found.unable) == (State.ACKNOWLEDGED, 2, True, True)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from(State), st.booleans()), min_size=1))
def test_a_tally_never_says_more_than_its_rows(rows: list[tuple[str, State, bool]]) -> None:
    deliveries = [row("XBB", who, state, role=Role.BOT if bot else Role.OFFICER) for who, state, bot in rows]
    found = tally(*deliveries)
    assert found.reached <= found.of <= len({(who, bot) for who, _, bot in rows})
    there = {(d.person, d.role) for d in deliveries if d.state.reaches(found.state)}
    assert found.reached <= len(there)
    assert found.state.rank <= max(state.rank for _, state, _ in rows)
    if found.complete and found.state.rank > State.DELIVERED.rank:
        assert {(who, Role.OFFICER) for who, _, bot in rows if not bot} <= there


# --- persons ---


def test_where_a_person_stands_in_words() -> None:
    words = {
        State.QUEUED: "queued here",
        State.SENT: "left, nothing heard",
        State.DELIVERED: "delivered",
        State.READ: "read",
        State.ACKNOWLEDGED: "acknowledged",
    }
    for state, word in words.items():
        found = person(row("XBB", "Kowal", state))
        assert (found.now, found.gap) == (word, state.rank < State.READ.rank)
    assert person(row("XBB", "Kowal", State.HELD, reason="by XCC")).now == "held by XCC"
    assert person(row("XBB", "Kowal", State.REFUSED, reason="no key 12")).now == "refused: no key 12"
    assert person(row("XBB", "Kowal", State.QUEUED, reason="no link")).now == "queued here: no link"


def test_an_answer_is_said_with_its_text() -> None:
    def now(answer: Answer, text: str = "") -> str:
        return person(row("XBB", "Kowal", State.ACKNOWLEDGED, answer=answer, reason=text)).now

    assert now(Answer.NONE) == "acknowledged"
    assert now(Answer.WILCO) == "wilco"
    assert now(Answer.UNABLE, "no fuel") == "unable: no fuel"
    assert now(Answer.UNABLE) == "unable"
    assert now(Answer.CAVEAT, "watch only") == "caveat: watch only"


def test_a_gap_is_measured_by_what_was_asked_for() -> None:
    assert not person(row("XBB", "Kowal", State.READ)).gap
    assert person(row("XBB", "Kowal", State.READ), ack_by=NOW).gap
    bot = person(row("XBB", "sensor-7", State.DELIVERED, role=Role.BOT), ack_by=NOW)
    assert (bot.gap, bot.now) == (False, "bot, cannot acknowledge")
    assert person(row("XBB", "sensor-7", State.SENT, role=Role.BOT)).gap


def test_several_devices_are_named_by_their_numbers() -> None:
    ((nation,), _) = said(row("XBB", "Kowal", State.SENT, device=3), row("XBB", "Kowal", State.READ, device=1))
    (found,) = nation.persons
    assert (found.device, found.role, found.state) == ("1,3", "officer", State.READ)


def test_complete_needs_every_person_of_every_nation() -> None:
    read = (row("XBB", "Kowal", State.READ), row("XCC", "Lind", State.READ))
    assert said(*read)[1]
    assert not said(*read, ack_by=NOW)[1]
    assert not said(read[0], row("XCC", None, State.SENT))[1]
    assert not said(read[0], row("XCC", "Lind", State.DELIVERED))[1]


# --- asking ---


def asks_of(driver: Driver) -> int:
    return len([ask for ask in driver.asked if isinstance(ask, GetMessageStatus)])


def test_a_receipt_changes_the_line_and_the_rail() -> None:
    driver = started()
    driver.send("mine")
    entry = driver.node.messages[0].entry_id
    driver.node.move(entry, "XBB", State.READ, person="Kowal")
    changes = driver.do(driver.desk.select(None))
    assert {Part.TIMELINE, Part.RAIL, Part.WHO} <= changes.parts
    (line,) = driver.lines
    assert [(t.nation, t.state, t.reached, t.of) for t in line.tallies] == [
        ("XBB", State.READ, 1, 1),
        ("XCC", State.QUEUED, 0, 0),
    ]
    who = driver.desk.rail(NOW).who
    assert who is not None
    assert who.key == entry
    assert who.nations[0].persons[0].now == "read"


def test_many_events_of_one_message_make_few_questions() -> None:
    driver = started()
    driver.send("mine")
    entry = driver.node.messages[0].entry_id
    before = asks_of(driver)
    for number in range(50):
        driver.node.move(entry, "XBB", State.READ, person=f"P{number}")
    while driver.tell_one():
        pass
    driver.settle()
    assert asks_of(driver) - before == 2
    assert driver.lines[0].tallies[0].of == 50


def test_what_nobody_looks_at_is_asked_about_when_somebody_does() -> None:
    driver = started()
    for number in range(5):
        driver.send(f"mine {number}")
    driver.do(driver.desk.seen([driver.line("mine 4").key], at_bottom=True))
    first = driver.line("mine 0").key
    before = asks_of(driver)
    driver.node.move(first, "XBB", State.READ, person="Kowal")
    driver.settle()
    assert asks_of(driver) == before
    driver.do(driver.desk.seen([first], at_bottom=False))
    assert asks_of(driver) == before + 1
    assert driver.line("mine 0").tallies[0].state is State.READ
    driver.do(driver.desk.seen([first], at_bottom=False))
    assert asks_of(driver) == before + 1


def test_the_last_own_messages_are_asked_about_at_the_start() -> None:
    driver = started()
    for number in range(25):
        driver.send(f"mine {number}")
    again = Driver(driver.node)
    again.start()
    assert asks_of(again) == 20
    line = again.desk.items[-1]
    assert isinstance(line, MessageLine)
    assert line.tallies


def test_of_anothers_message_the_node_is_asked_each_time() -> None:
    driver = started()
    message = driver.node.add_message("ops-north", "theirs")
    driver.settle()
    driver.node.move(message.entry_id, "XCC", State.READ, person="Lind")
    driver.settle()
    driver.do(driver.desk.select(message.entry_id))
    before = asks_of(driver)
    driver.do(driver.desk.select(message.entry_id))
    assert asks_of(driver) == before + 1
    who = driver.desk.rail(NOW).who
    assert who is not None
    assert who.title.endswith("Kowal")
    assert [nation.tally.nation for nation in who.nations] == ["XCC"]
    assert driver.lines[0].tallies == ()


def test_a_message_that_is_gone_is_not_asked_about_for_ever() -> None:
    driver = started()
    driver.send("mine")
    driver.node.answers[GetMessageStatus] = UnknownMessage("gone")
    driver.node.move(driver.lines[0].key, "XBB", State.READ, person="Kowal")
    driver.settle()
    assert driver.desk.composer().warnings == ()
