"""Beginning a direct message: one person or nobody, no device whose words were not compared, and where it is written."""

from __future__ import annotations

import pytest

from coalchat.api.direct import ConfirmDevice
from coalchat.api.requests import ListMessages, SendMessage
from coalchat.desk.model.directviews import DirectView, Step, WordsView
from coalchat.errors import TryAgain, UsageError
from coalchat.record import evolve
from tests.desk.model.driver import Driver, started
from tests.fakes.api_keys import CLOSED, OWN_WORDS, WORDS, addressee, conversation, let_direct

KOWAL = addressee(1, "XBB", "Kowal", confirmed=True)
SECOND = addressee(2, "XBB", "Kowal", 2)
NAMESAKE = addressee(3, "XCC", "Kowal", confirmed=True)


def asked(driver: Driver, given: str, *, writing: bool = True) -> DirectView | WordsView | None:
    """What comes of naming somebody."""
    prompt = driver.do(driver.desk.direct(given, writing=writing)).prompt
    assert prompt is None or isinstance(prompt, DirectView | WordsView)
    return prompt


def dialog(driver: Driver, given: str, *, writing: bool = True) -> DirectView:
    prompt = asked(driver, given, writing=writing)
    assert isinstance(prompt, DirectView)
    return prompt


def steps(view: DirectView) -> list[Step]:
    return [choice.step for choice in view.choices]


def test_who_is_confirmed_is_written_to_at_once() -> None:
    driver = started()
    let_direct(driver.node, KOWAL)
    assert asked(driver, "kowal") is None
    assert driver.desk.head().title == "@Kowal"
    assert (driver.desk.head().ceiling, driver.desk.head().nations) == ("SECRET", ("XAA", "XBB"))
    assert not any(isinstance(ask, ListMessages) and ask.channel.startswith("@") for ask in driver.asked)
    composer = driver.desk.composer()
    assert composer.reads == (("XAA", 1), ("XBB", 1))
    assert composer.only == "only Berg (1) and Kowal (1) can read it, your nation cannot"
    assert composer.warnings == (CLOSED,)


def test_the_first_message_begins_the_conversation_and_all_goes_on_in_it() -> None:
    driver = started()
    let_direct(driver.node, KOWAL)
    asked(driver, "Kowal")
    begun = driver.desk.shown
    driver.step(driver.begin_sending("first"))
    driver.step(driver.begin_sending("second, before the first was answered"))
    driver.desk.set_draft("third, half")
    driver.settle()
    assert driver.desk.shown != begun
    assert [row.title for row in driver.desk.channels()].count("@Kowal") == 1
    assert driver.texts == ["first", "second, before the first was answered"]
    assert driver.desk.draft == "third, half"
    driver.send("fourth")
    assert driver.sends()[-1].channel == driver.desk.shown == driver.node.channels[-1].id
    assert len(driver.node.messages) == 3


def test_a_message_that_did_not_come_through_is_not_lost_and_not_doubled() -> None:
    driver = started()
    let_direct(driver.node, KOWAL)
    asked(driver, "Kowal")
    answer = driver.node.answers.pop(SendMessage)
    driver.node.answers[SendMessage] = TryAgain("not now")
    driver.send("first")
    (line,) = driver.lines
    assert line.failed
    driver.node.answers[SendMessage] = answer
    driver.do(driver.desk.resend(line.key))
    assert driver.texts == ["first"]
    assert [message.text for message in driver.node.messages] == ["first"]


def test_a_conversation_that_is_here_is_shown() -> None:
    driver = started()
    let_direct(driver.node, KOWAL)
    here = conversation(driver.node, KOWAL)
    driver.reconnect()
    driver.settle()
    asked(driver, "Kowal")
    assert driver.desk.shown == here.id


def test_one_that_lacks_a_device_is_another() -> None:
    driver = started()
    both = evolve(SECOND, confirmed=True)
    let_direct(driver.node, KOWAL, both)
    here = conversation(driver.node, KOWAL)
    driver.reconnect()
    driver.settle()
    asked(driver, "Kowal")
    assert driver.desk.shown == "@Kowal"
    driver.send("to both")
    assert driver.desk.shown not in {"@Kowal", here.id}


def test_what_was_begun_and_left_empty_is_gone() -> None:
    driver = started("ops-north", "med")
    let_direct(driver.node, KOWAL)
    asked(driver, "Kowal")
    driver.desk.set_draft("half")
    driver.show("med")
    assert "@Kowal" in [row.title for row in driver.desk.channels()]
    asked(driver, "Kowal")
    assert driver.desk.draft == "half"
    driver.desk.set_draft("")
    driver.show("med")
    assert "@Kowal" not in [row.title for row in driver.desk.channels()]


def test_an_unconfirmed_device_is_listed_with_the_act_and_nothing_is_begun() -> None:
    driver = started()
    let_direct(driver.node, SECOND)
    shown = driver.desk.shown
    view = dialog(driver, "Kowal")
    assert [row.standing for row in view.devices] == ["not confirmed: gets nothing"]
    assert steps(view) == [Step.NOTHING, Step.WORDS]
    driver.do(driver.desk.write_direct())
    assert driver.desk.shown == shown


def test_words_are_compared_and_then_it_is_written() -> None:
    driver = started()
    let_direct(driver.node, SECOND)
    view = dialog(driver, "Kowal")
    words = driver.do(driver.desk.compare(view.choices[1].device)).prompt
    assert isinstance(words, WordsView)
    assert (words.own, words.words, words.device.id) == (OWN_WORDS, WORDS, SECOND.device_id)
    assert driver.do(driver.desk.confirm(words)).prompt is None
    assert driver.desk.head().title == "@Kowal"


def test_confirming_alone_opens_nothing() -> None:
    driver = started()
    let_direct(driver.node, SECOND)
    shown = driver.desk.shown
    dialog(driver, "Kowal", writing=False)
    words = driver.do(driver.desk.compare(SECOND.device_id)).prompt
    assert isinstance(words, WordsView)
    after = driver.do(driver.desk.confirm(words)).prompt
    assert isinstance(after, DirectView)
    assert [row.confirmed for row in after.devices] == [True]
    assert driver.desk.shown == shown


def test_words_that_differ_confirm_nothing_and_are_not_tried_again() -> None:
    driver = started()
    known = let_direct(driver.node, SECOND)
    dialog(driver, "Kowal")
    words = driver.do(driver.desk.compare(SECOND.device_id)).prompt
    assert isinstance(words, WordsView)
    refused = driver.do(driver.desk.confirm(evolve(words, words=OWN_WORDS))).prompt
    assert isinstance(refused, DirectView)
    assert steps(refused) == [Step.NOTHING]
    assert not known[1].confirmed
    for now in range(driver.now, driver.now + 30):
        driver.do(driver.desk.tick(now))
    assert sum(isinstance(ask, ConfirmDevice) for ask in driver.asked) == 1


def test_some_confirmed_can_be_written_to_without_the_rest() -> None:
    driver = started()
    let_direct(driver.node, KOWAL, SECOND)
    view = dialog(driver, "Kowal")
    assert steps(view) == [Step.NOTHING, Step.WRITE, Step.WORDS]
    driver.do(driver.desk.write_direct())
    assert driver.desk.shown == f"@{KOWAL.device_id}"


@pytest.mark.parametrize("namesake", [NAMESAKE, evolve(NAMESAKE, nation="XBB", person_id="another")])
def test_a_name_of_several_is_refused_with_the_choices(namesake: object) -> None:
    driver = started()
    let_direct(driver.node, KOWAL, namesake)  # type: ignore[arg-type]
    shown = driver.desk.shown
    view = dialog(driver, "Kowal")
    assert "Several are called Kowal" in view.sentence
    assert [row.id for row in view.devices] == [KOWAL.device_id, NAMESAKE.device_id]
    assert steps(view) == [Step.NOTHING]
    driver.do(driver.desk.write_direct())
    assert driver.desk.shown == shown
    assert asked(driver, KOWAL.device_id) is None
    assert driver.desk.shown == f"@{KOWAL.device_id}"


def test_as_it_is_written_comes_before_whatever_its_case() -> None:
    driver = started()
    let_direct(driver.node, KOWAL, addressee(4, "XBB", "kowal", confirmed=True))
    assert asked(driver, "Kowal") is None
    assert "Several" in dialog(driver, "KOWAL").sentence


def test_nobody_and_oneself_are_said_to_be_so() -> None:
    driver = started()
    let_direct(driver.node, KOWAL)
    assert "No device of the coalition belongs to Kowalski" in dialog(driver, "Kowalski").sentence
    assert dialog(driver, "Berg").sentence == "That is this very device."
    with pytest.raises(UsageError):
        driver.desk.direct("  ", writing=True)
