"""Search in the desk's model: what was typed last counts, and a message is gone to with what stands around it."""

from __future__ import annotations

from coalchat.api.requests import ListMessages, MarkRead, ShowMessage
from coalchat.api.search import SearchMessages
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.changes import Changes
from coalchat.desk.model.searching import PAGE, as_typed
from coalchat.desk.model.views import MessageLine
from coalchat.errors import UsageError
from coalchat.record import evolve
from tests.desk.model.driver import ALL, Driver
from tests.fakes.api_node import FakeNode

MANY = 650
"""Of which the desk loads those from w251 on."""


def started(messages: int = 3) -> Driver:
    node = FakeNode()
    node.add_channel("#ops", *ALL)
    node.add_channel("#med", *ALL)
    for number in range(messages):
        node.add_message("#ops", f"message w{number} of the convoy")
    node.add_message("#med", "the convoy has no doctor")
    driver = Driver(node)
    driver.start()
    driver.do(driver.desk.show(node.find_channel("#ops").id, driver.now))
    return driver


def texts(driver: Driver) -> list[str]:
    return ["".join(text for text, _ in row.pieces) for row in driver.desk.searching.view().rows]


def shown(driver: Driver) -> list[str]:
    return [item.text for item in driver.desk.items if isinstance(item, MessageLine)]


def in_past(driver: Driver) -> bool:
    return driver.desk.in_past


def search(driver: Driver, words: str, *, everywhere: bool = True) -> Changes:
    return driver.do(driver.desk.searching.begin(words, "" if everywhere else driver.desk.shown))


def go(driver: Driver, words: str) -> Changes:
    search(driver, words)
    (row,) = driver.desk.searching.view().rows
    changes = driver.do(driver.desk.go_to_found(row.key))
    driver.desk.searching.end()
    return changes


def test_it_looks_in_the_shown_channel_or_in_all() -> None:
    driver = started()
    search(driver, "convoy", everywhere=False)
    assert driver.desk.searching.view().scope == "#ops"
    assert (driver.desk.searching.view().said, driver.desk.searching.view().narrow) == ("3 messages found", True)
    driver.do(driver.desk.searching.elsewhere())
    assert (driver.desk.searching.view().scope, driver.desk.searching.view().said) == (
        "all channels",
        "4 messages found",
    )
    assert texts(driver)[0] == "the convoy has no doctor"
    (first, *_) = driver.desk.searching.view().rows
    assert (first.channel, first.nation, first.pieces[1]) == ("#med", "XBB", ("convoy", True))
    driver.do(driver.desk.searching.elsewhere())
    assert driver.desk.searching.view().narrow


def test_what_is_being_typed_is_only_begun() -> None:
    assert [as_typed(words) for words in ("con", "convoy b", "convoy br", "convoy ", '"at da', "conv*", "x" * 512)] == [
        "con*", "convoy b", "convoy br*", "convoy ", '"at da', "conv*", "x" * 512,
    ]  # fmt: skip
    driver = started()
    search(driver, "")
    for typed, said in (
        ("c", "type what to look for"), ("co", "4 messages found"), ("convoy w2", "1 message found"),
        ("convoy of nobody", "nothing found"),
    ):  # fmt: skip
        driver.do(driver.desk.searching.type(typed))
        assert driver.desk.searching.view().said == said


def test_an_answer_to_what_is_no_longer_asked_changes_nothing() -> None:
    driver = started()
    driver.step(driver.desk.searching.begin("doctor", ""))
    driver.step(driver.desk.searching.type("message"))
    assert driver.desk.searching.view().said == "looking"
    driver.answer_one()
    assert texts(driver) == []
    driver.settle()
    assert len(texts(driver)) == 3


def test_a_refusal_stands_where_the_messages_would() -> None:
    driver = started()
    driver.node.answers[SearchMessages] = UsageError("words: too many")
    search(driver, "convoy")
    assert (driver.desk.searching.view().wrong, driver.desk.searching.view().rows) == (True, ())
    assert "too many" in driver.desk.searching.view().said
    del driver.node.answers[SearchMessages]
    driver.do(driver.desk.searching.type("doctor"))
    assert not driver.desk.searching.view().wrong


def test_older_ones_are_asked_for_once() -> None:
    driver = started(PAGE + 10)
    search(driver, "convoy", everywhere=False)
    assert driver.desk.searching.view().said == f"{PAGE} messages, older ones below"
    driver.step(driver.desk.searching.further())
    assert not driver.desk.searching.further().asks
    driver.settle()
    assert driver.desk.searching.view().said == f"{PAGE + 10} messages found"
    assert texts(driver)[-1] == "message w0 of the convoy"
    assert not driver.desk.searching.further().asks


def test_of_what_is_purged_or_corrected_nothing_stays_found() -> None:
    driver = started()
    search(driver, "convoy")
    banner = driver.desk.banner([row.key for row in driver.desk.searching.view().rows], driver.now)
    assert banner.marking == "MISSION SECRET REL XAA, XBB, XCC"
    for number, flag in enumerate((Flag.PURGED, Flag.CORRECTED)):
        message = driver.node.messages[number]
        driver.node.messages[number] = evolve(message, text="gone", flags=(flag,))
        tell_anew(driver, number)
        assert not any(f"w{number} " in text for text in texts(driver))
    assert len(texts(driver)) == 2
    driver.desk.searching.end()
    assert driver.desk.searching.view().rows == ()


def tell_anew(driver: Driver, number: int) -> None:
    """The node says what a message says now."""
    message = driver.node.messages[number]
    driver.do(driver.desk.take(ShowMessage(id=message.entry_id), message, driver.now))


# --- going there ---


def test_what_is_loaded_is_gone_to_at_once() -> None:
    driver = started()
    changes = go(driver, "doctor")
    assert driver.desk.head().title == "#med"
    assert changes.cursor == driver.node.messages[-1].entry_id
    assert not in_past(driver)
    changes = go(driver, "w1")
    assert (driver.desk.head().title, changes.cursor) == ("#ops", driver.node.messages[1].entry_id)


def test_what_is_long_past_is_shown_with_what_stands_around_it() -> None:
    driver = started(MANY)
    assert "message w120 of the convoy" not in shown(driver)
    changes = go(driver, "w120")
    assert in_past(driver)
    assert changes.reset
    assert changes.cursor == driver.node.messages[120].entry_id
    around = [f"message w{number} of the convoy" for number in range(21, 221)]
    assert shown(driver) == around
    driver.do(driver.desk.older())
    assert shown(driver)[0] == "message w0 of the convoy"
    # What comes in now stands at the end of the channel, and does not show up in the middle of its past.
    driver.node.add_message("#ops", "news")
    driver.settle()
    assert "news" not in shown(driver)
    key = driver.node.messages[120].entry_id
    assert driver.desk.who(key, driver.now) is not None
    driver.do(driver.desk.select(key))
    assert driver.desk.rail(driver.now).who is not None
    # End goes to the newest line first; nothing has been read by that.
    driver.do(driver.desk.read_to(None))
    assert not in_past(driver)
    assert shown(driver)[-1] == "news"
    assert not [ask for ask in driver.asked if isinstance(ask, MarkRead)]


def test_reading_on_from_the_past_joins_the_present_without_a_gap() -> None:
    driver = started(MANY)
    go(driver, "w120")
    for _ in range(5):
        driver.do(driver.desk.seen((), at_bottom=True))
    assert not in_past(driver)
    assert shown(driver) == [f"message w{number} of the convoy" for number in range(21, MANY)]
    go(driver, "w0")
    assert not in_past(driver), "its other side is loaded by now"
    assert driver.desk.at_beginning


def test_of_the_past_the_answers_are_counted_that_are_loaded_and_more_are_not_ruled_out() -> None:
    driver = started(MANY)
    first, near, far, newest = (driver.node.messages[place] for place in (120, 125, 400, MANY - 1))
    for answer in (near, far, newest):
        driver.node.messages[answer.position - 1] = evolve(answer, refs=(first.entry_id,))
    driver = Driver(driver.node)
    driver.start()
    driver.do(driver.desk.show(driver.node.find_channel("#ops").id, driver.now))

    def said() -> tuple[int, bool]:
        lines = (item for item in driver.desk.items if isinstance(item, MessageLine) and item.key == first.entry_id)
        (line,) = lines
        return line.answers, line.more_answers

    go(driver, "w120")
    assert in_past(driver)
    assert said() == (2, True), "one of them stands between what is loaded of the past, and of the present"
    assert not any(
        item.more_answers for item in driver.desk.items if isinstance(item, MessageLine) and not item.answers
    )
    for _ in range(5):
        driver.do(driver.desk.seen((), at_bottom=True))
    assert not in_past(driver)
    assert said() == (3, False)


def test_of_a_part_of_the_past_that_was_left_nothing_is_counted_any_more() -> None:
    driver = started(MANY)
    first, answer = driver.node.messages[120], driver.node.messages[125]
    driver.node.messages[125] = evolve(answer, refs=(first.entry_id,))
    go(driver, "w120")
    assert [item.answers for item in driver.desk.items if isinstance(item, MessageLine) and item.answers] == [1]
    driver.do(driver.desk.read_to(None))
    assert not in_past(driver)
    assert driver.desk._state.lines.answers.count(first) == 0


def test_a_message_near_what_is_loaded_joins_it_at_once() -> None:
    driver = started(MANY)
    assert shown(driver)[0] == "message w587 of the convoy"
    changes = go(driver, "w536")
    assert not in_past(driver)
    assert changes.cursor == driver.node.messages[536].entry_id
    assert shown(driver) == [f"message w{number} of the convoy" for number in range(437, MANY)]


def test_enter_in_the_past_does_not_read_what_was_never_loaded() -> None:
    driver = started(MANY)
    go(driver, "w120")
    driver.do(driver.desk.read_to(driver.node.messages[130].entry_id))
    assert not [ask for ask in driver.asked if isinstance(ask, MarkRead)]


def test_who_goes_elsewhere_meanwhile_stays_there() -> None:
    driver = started(MANY)
    search(driver, "w120")
    (row,) = driver.desk.searching.view().rows
    driver.step(driver.desk.go_to_found(row.key))
    med = driver.node.find_channel("#med").id
    driver.do(driver.desk.show(med, driver.now))
    assert (driver.desk.head().title, in_past(driver)) == ("#med", False)
    driver.do(driver.desk.show(driver.node.find_channel("#ops").id, driver.now))
    assert shown(driver)[-1] == f"message w{MANY - 1} of the convoy"


def test_who_writes_in_the_past_is_back_in_the_present() -> None:
    driver = started(MANY)
    go(driver, "w120")
    driver.do(driver.desk.send("as I said", "1", driver.now))
    assert not in_past(driver)
    assert shown(driver)[-1] == "as I said"


def test_of_what_is_purged_in_the_past_no_text_stays() -> None:
    driver = started(MANY)
    go(driver, "w120")
    message = driver.node.messages[120]
    driver.node.messages[120] = evolve(message, text="purged", flags=(Flag.PURGED,))
    tell_anew(driver, 120)
    assert "message w120 of the convoy" not in shown(driver)


def test_both_sides_are_asked_for_and_no_more() -> None:
    driver = started(MANY)
    driver.asked.clear()
    go(driver, "w120")
    pages = [ask for ask in driver.asked if isinstance(ask, ListMessages)]
    assert [(page.after_position, page.before_position) for page in pages] == [(0, 122), (121, 0)]
