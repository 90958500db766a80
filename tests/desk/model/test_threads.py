"""Threads at the desk: how many answers a message has, and all of them in their places."""

from __future__ import annotations

import pytest

from coalchat.api.threads import ShowThread
from coalchat.api.versions import CorrectMessage, RecallMessage
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.changes import Part
from coalchat.errors import NodeUnavailable, UsageError
from tests.desk.model.driver import ALL, Driver, answer_of, connected
from tests.fakes import api_threads
from tests.fakes.api_node import FakeNode

TWO = ("XAA", "XBB")


def talk(*texts: tuple[str, int | None], **more: object) -> Driver:
    """A desk in ops-north, where this was said: each text with the place of what it answers."""
    node = FakeNode()
    node.add_channel("ops-north", *ALL)
    for text, to in texts:
        node.add_message("ops-north", text, refs=() if to is None else (node.messages[to].entry_id,), **more)
    driver = connected(node)
    driver.show("ops-north")
    return driver


def counts(driver: Driver) -> list[int]:
    return [line.answers for line in driver.lines]


def look(driver: Driver, key: str) -> list[tuple[str, int]]:
    driver.do(driver.desk.threads.look(key))
    return tree(driver)


def tree(driver: Driver) -> list[tuple[str, int]]:
    return [(row.line.text, row.depth) for row in driver.desk.threads.view().rows]


FERRY = (("who has the ferry", None), ("engineers", 0), ("until when", 1), ("weather fair", None), ("we have it", 0))
WHOLE = [("who has the ferry", 0), ("engineers", 1), ("until when", 2), ("we have it", 1)]


def test_a_message_says_how_many_answers_it_has() -> None:
    driver = talk(*FERRY)
    assert counts(driver) == [2, 1, 0, 0, 0]
    driver.node.add_message("ops-north", "so do we", refs=(driver.lines[0].key,))
    driver.settle()
    assert counts(driver) == [3, 1, 0, 0, 0, 0]
    assert Part.TIMELINE in driver.changes.parts


def test_what_cannot_be_opened_and_what_stands_elsewhere_counts_nowhere() -> None:
    driver = talk(*FERRY)
    driver.node.add_channel("liaison", *ALL)
    driver.node.add_message(
        "ops-north", "no key", refs=(driver.lines[4].key,), flags=(Flag.UNREADABLE,), kind="unreadable"
    )
    driver.node.add_message("liaison", "elsewhere", refs=(driver.lines[4].key,))
    driver.settle()
    assert counts(driver) == [2, 1, 0, 0, 0, 0]
    with pytest.raises(UsageError, match="cannot be opened"):
        driver.desk.threads.look(driver.lines[5].key)
    with pytest.raises(UsageError, match="select"):
        driver.desk.threads.look(None)


def test_versions_are_one_message_and_a_recalled_one_answers_nothing() -> None:
    driver = talk(*FERRY, mine=True, read=True, author_nation="XAA", author_person="Berg")
    root, answer = driver.lines[0].key, driver.lines[1].key
    for key, text in ((answer, "engineers, 1800Z"), (root, "who has the ferry at 7")):
        answer_of(driver.node, CorrectMessage(id=key, text=text, client_id=text))
    driver.settle()
    # The newest version has the number, whoever of its answers meant an older one.
    assert counts(driver) == [0, 0, 0, 0, 0, 1, 2]
    newest = driver.lines[-1].key
    driver.node.add_message("ops-north", "and at dawn", refs=(newest,))
    driver.settle()
    assert counts(driver)[-2:] == [3, 0]
    whole = [
        ("who has the ferry at 7", 0),
        ("engineers, 1800Z", 1),
        ("until when", 2),
        ("we have it", 1),
        ("and at dawn", 1),
    ]
    assert look(driver, newest) == whole
    assert look(driver, root) == whole
    recalled = next(line.key for line in driver.lines if line.text == "we have it")
    answer_of(driver.node, RecallMessage(id=recalled, spill=False))
    driver.settle()
    assert next(line.answers for line in driver.lines if line.key == newest) == 2


def test_each_answer_stands_below_what_it_answers_and_is_counted_once() -> None:
    driver = talk(*FERRY)
    for line in (driver.lines[0], driver.lines[2], driver.lines[4]):
        assert look(driver, line.key) == WHOLE
    assert {row.line.answers for row in driver.desk.threads.view().rows} == {0}
    assert {row.line.quote for row in driver.desk.threads.view().rows} == {None}
    driver.node.add_message("ops-north", "to 1900Z", refs=(driver.lines[2].key,))
    driver.settle()
    assert tree(driver) == [*WHOLE[:3], ("to 1900Z", 3), WHOLE[3]]
    assert driver.desk.threads.view().whole


def test_a_long_thread_comes_in_pages_and_its_banner_is_the_highest_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_threads, "PAGE", 2)
    driver = talk(*FERRY)
    driver.node.add_message(
        "ops-north", "ours only", nations=TWO, marking="MISSION SECRET REL XAA, XBB", refs=(driver.lines[2].key,)
    )
    driver.settle()
    assert look(driver, driver.lines[0].key) == [*WHOLE[:3], ("ours only", 3), WHOLE[3]]
    assert len([ask for ask in driver.asked if isinstance(ask, ShowThread)]) >= 3
    high = driver.desk.threads.high_water()
    assert high.nations == frozenset(TWO)


def test_a_text_that_is_gone_stays_in_no_thread_and_nothing_does_when_it_is_closed() -> None:
    driver = talk(*FERRY, mine=True, read=True, author_nation="XAA", author_person="Berg")
    look(driver, driver.lines[0].key)
    answer_of(driver.node, RecallMessage(id=driver.lines[0].key, spill=False))
    driver.settle()
    assert "who has the ferry" not in [text for text, _ in tree(driver)]
    driver.desk.threads.close()
    assert tree(driver) == []
    driver.node.add_message("ops-north", "later")
    before = len(driver.asked)
    driver.settle()
    assert not [ask for ask in driver.asked[before:] if isinstance(ask, ShowThread)]


def test_one_answers_within_a_thread_what_is_not_loaded() -> None:
    driver = talk(("who has the ferry", None), *(("weather fair", None),) * 205, ("we have it", 0))
    key = driver.node.messages[0].entry_id
    assert key not in {line.key for line in driver.lines}
    assert look(driver, driver.lines[-1].key) == [("who has the ferry", 0), ("we have it", 1)]
    driver.do(driver.desk.reply(key))
    assert driver.desk.composer().reply.startswith("Kowal")
    driver.send("copied")
    assert driver.sends()[0].reply_to == key
    driver.do(driver.desk.go_to_found(key))
    assert driver.changes.cursor == key == driver.lines[0].key


def test_why_there_is_no_thread_is_said() -> None:
    driver = talk(*FERRY)
    driver.node.answers[ShowThread] = NodeUnavailable("not now")
    driver.do(driver.desk.threads.look(driver.lines[0].key))
    view = driver.desk.threads.view()
    assert (view.known, view.rows) == (False, ())
    assert "not now" in view.trouble
