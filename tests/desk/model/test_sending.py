"""A message on its way: sending, sent, failed, refused, and the connection lost meanwhile."""

from __future__ import annotations

import pytest

from coalchat.api.events import MessageArrived
from coalchat.api.requests import GetMessageStatus, ListMessages, MarkRead, PreviewLabel, SendMessage
from coalchat.api.responses import MessagePage
from coalchat.api.vocabulary import Precedence, State
from coalchat.desk.model.changes import Part
from coalchat.desk.model.desk import Desk
from coalchat.errors import NodeGone, Refused, TryAgain, UnknownLabel
from coalchat.record import evolve
from tests.desk.model.driver import Driver, started
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW


def test_the_line_is_there_at_once_and_becomes_the_message() -> None:
    driver = started()
    changes = driver.step(driver.begin_sending("Convoy 4 delayed"))
    (line,) = driver.lines
    assert (line.key, line.sending, line.failed, line.mark) == ("client-1", True, "", "(S)")
    assert (line.nation, line.person, line.mine) == ("XAA", "Berg", True)
    assert Part.TIMELINE in changes.parts
    assert driver.desk.composer().note == "sending"
    driver.settle()
    (line,) = driver.lines
    assert (line.key, line.sending) == (driver.node.messages[0].entry_id, False)
    assert [(tally.nation, tally.state, tally.of) for tally in line.tallies] == [
        ("XBB", State.QUEUED, 0),
        ("XCC", State.QUEUED, 0),
    ]
    assert driver.desk.composer().note == ""


def test_the_request_says_what_the_composer_said() -> None:
    driver = started()
    driver.node.add_message("ops-north", "Where are you?")
    driver.settle()
    asked = driver.lines[0].key
    driver.do(driver.desk.set_label(1, ("XBB",)))
    driver.do(driver.desk.set_precedence(Precedence.PRIORITY))
    driver.do(driver.desk.set_ack_by(NOW + 600))
    driver.do(driver.desk.reply(asked))
    driver.send("Here")
    (request,) = driver.sends()
    assert request == SendMessage(
        channel=driver.desk.shown,
        text="Here",
        label="SECRET REL XAA, XBB",
        precedence=Precedence.PRIORITY,
        ack_by=NOW + 600,
        client_id="client-1",
        reply_to=asked,
    )
    composer = driver.desk.composer()
    assert (composer.precedence, composer.ack, composer.reply) == (Precedence.ROUTINE, "no ack asked", "")
    assert composer.label == "SECRET REL XAA, XBB"
    assert driver.desk.draft == ""


def test_an_answer_reads_up_to_what_it_answers_once_it_is_sent() -> None:
    driver = started()
    for number in range(3):
        driver.node.add_message("ops-north", f"message {number}")
    driver.settle()
    driver.do(driver.desk.reply(driver.lines[1].key))
    driver.step(driver.begin_sending("answer"))
    assert driver.node.marks == {}
    driver.settle()
    assert driver.node.marks == {driver.desk.shown: 2}
    assert driver.line("answer").quote is not None


def test_an_answer_to_what_was_read_before_marks_nothing() -> None:
    driver = started()
    driver.node.add_message("ops-north", "question")
    driver.settle()
    driver.do(driver.desk.read_to(None))
    driver.do(driver.desk.reply(driver.lines[0].key))
    driver.send("answer")
    assert len([ask for ask in driver.asked if isinstance(ask, MarkRead)]) == 1


def test_a_refused_answer_reads_nothing() -> None:
    driver = started()
    driver.node.add_message("ops-north", "question")
    driver.settle()
    driver.do(driver.desk.reply(driver.lines[0].key))
    driver.node.answers[SendMessage] = Refused("scope", "not here")
    driver.send("answer")
    assert driver.node.marks == {}
    assert driver.desk.composer().reply.startswith("Kowal")


def test_nothing_is_sent_without_text_or_twice_under_one_id() -> None:
    driver = started()
    assert driver.desk.send("  \n", "a", NOW).asks == ()
    assert driver.desk.send("text", "a", NOW).asks[0] == driver.desk._state.log(driver.desk.shown).outgoing[0].request
    assert driver.desk.send("text", "a", NOW).asks == ()


def test_before_a_label_can_be_written_nothing_goes_and_the_draft_stays() -> None:
    desk = Desk()
    desk.start()
    desk.set_draft("text")
    assert desk.send("text", "a", NOW).asks == ()


# --- which comes first: the answer, or the event ---


def test_the_event_may_come_before_the_answer() -> None:
    driver = started()
    driver.step(driver.begin_sending("mine"))
    request = driver.waiting.popleft()
    assert isinstance(request, SendMessage)
    answer = driver.node._answer_now(request)
    driver.settle()  # the event, and the page that it asks for
    assert [(line.key, line.sending) for line in driver.lines] == [(driver.node.messages[0].entry_id, False)]
    driver.step(driver.desk.take(request, answer, NOW))
    assert driver.texts == ["mine"]


def test_a_message_of_another_client_is_not_ours() -> None:
    """The same text under another label is another message; both are shown, and nothing is lost."""
    driver = started()
    driver.step(driver.begin_sending("same words"))
    driver.node.add_message(
        "ops-north", "same words", mine=True, author_nation="XAA", author_person="Berg", nations=("XAA", "XBB")
    )
    request = driver.waiting.popleft()
    driver.settle()
    assert [line.sending for line in driver.lines] == [False, True]
    driver.waiting.append(request)
    driver.settle()
    assert [line.sending for line in driver.lines] == [False, False]


def test_a_text_taken_for_sent_comes_back_if_it_is_refused_after_all() -> None:
    driver = started()
    driver.step(driver.begin_sending("same words"))
    request = driver.waiting.popleft()
    members = driver.node.channels[0].members
    driver.node.add_message(
        "ops-north", "same words", mine=True, author_nation="XAA", author_person="Berg", nations=members
    )
    driver.settle()
    assert len(driver.lines) == 1
    driver.do(driver.desk.fail(request, Refused("scope", "no"), NOW))
    assert driver.desk.draft == "same words"


# --- a lost connection ---


def test_after_a_lost_connection_the_same_request_goes_out_and_nothing_doubles() -> None:
    driver = started()
    driver.step(driver.begin_sending("mine"))
    driver.node._answer_now(driver.waiting[0])  # done, but the answer is lost
    driver.reconnect()
    driver.settle()
    assert {request.client_id for request in driver.sends()} == {"client-1"}
    assert driver.texts == ["mine"]
    assert len(driver.node.messages) == 1
    assert not driver.lines[0].sending


def test_several_are_asked_again_in_their_order() -> None:
    driver = started()
    for text in ("one", "two", "three"):
        driver.step(driver.begin_sending(text))
        driver.now += 1
    again = [ask for ask in driver.desk.start().asks if isinstance(ask, SendMessage)]
    assert [ask.text for ask in again] == ["one", "two", "three"]


# --- failed ---


@pytest.mark.parametrize("error", [NodeGone(), TryAgain("the disk is full"), UnknownLabel("SECRT")])
def test_what_failed_keeps_its_line_and_can_be_sent_again(error: Exception) -> None:
    driver = started()
    driver.node.answers[SendMessage] = error  # type: ignore[assignment]  # each of them is a CoalchatError
    driver.send("mine")
    (line,) = driver.lines
    assert (line.text, line.sending, line.failed) == ("mine", False, str(error))
    assert driver.desk.composer().note == "not sent"
    assert driver.desk.draft == ""
    assert driver.desk.start().asks[0] != driver.sends()[0]
    del driver.node.answers[SendMessage]
    driver.do(driver.desk.resend(line.key))
    assert [(sent.text, sent.failed) for sent in driver.lines] == [("mine", "")]
    assert driver.desk.resend(line.key).asks == ()


def test_what_failed_can_be_taken_back() -> None:
    driver = started()
    driver.node.answers[SendMessage] = TryAgain()
    driver.send("mine")
    driver.do(driver.desk.set_draft("typed meanwhile"))
    driver.do(driver.desk.withdraw("client-1"))
    assert driver.desk.draft == "mine\ntyped meanwhile"
    assert driver.lines == []
    assert driver.desk.withdraw("client-1").asks == ()


def test_what_seemed_to_fail_and_was_sent_shows_once() -> None:
    driver = started()
    driver.step(driver.begin_sending("mine"))
    request = driver.waiting.popleft()
    driver.node._answer_now(request)
    driver.step(driver.desk.fail(request, NodeGone(), NOW))
    assert driver.lines[0].failed
    driver.settle()
    assert [(line.text, line.failed) for line in driver.lines] == [("mine", "")]


def test_what_failed_for_good_is_not_taken_for_sent() -> None:
    driver = started()
    driver.node.answers[SendMessage] = UnknownLabel("SECRT")
    driver.send("same words")
    members = driver.node.channels[0].members
    driver.node.add_message("ops-north", "same words", mine=True, author_nation="XAA", nations=members)
    driver.settle()
    assert [bool(line.failed) for line in driver.lines] == [False, True]


def test_the_same_words_of_yesterday_are_not_what_is_being_sent() -> None:
    driver = started()
    members = driver.node.channels[0].members
    driver.node.add_message(
        "ops-north", "same words", mine=True, author_nation="XAA", nations=members, author_time=NOW - 86_400
    )
    driver.step(driver.begin_sending("same words"))
    request = driver.waiting.popleft()
    driver.settle()
    assert [line.sending for line in driver.lines] == [False, True]
    driver.waiting.append(request)
    driver.settle()
    assert [line.sending for line in driver.lines] == [False, False]


# --- refused ---


def refused(clause: str, reason: str = "because", **channel: str) -> tuple[Driver, FakeNode]:
    driver = started("ops-north", "med")
    driver.node.answers[SendMessage] = Refused(clause, reason)
    return driver, driver.node


def test_a_refused_text_goes_back_into_the_draft_and_the_clause_is_said() -> None:
    driver, _ = refused("level-ceiling", "above the ceiling")
    driver.do(driver.desk.set_draft("secret plan"))
    changes = driver.send("secret plan")
    assert driver.desk.draft == "secret plan"
    assert driver.lines == []
    refusal = changes.refusal
    assert refusal is not None
    assert (refusal.clause, refusal.reason) == ("level-ceiling", "above the ceiling")
    assert refusal.label == "SECRET REL XAA, XBB, XCC"
    assert refusal.reads == (("XAA", 3), ("XBB", 3), ("XCC", 3))
    assert driver.desk.composer().note == "not sent"
    assert refusal.ways[-1] == "go back to the draft"


def test_what_was_typed_meanwhile_stands_below() -> None:
    driver, _ = refused("scope")
    driver.step(driver.begin_sending("first"))
    driver.step(driver.desk.set_draft("second"))
    driver.settle()
    assert driver.desk.draft == "first\nsecond"


def test_what_the_node_says_of_a_refusal_is_safe_before_it_is_laid_out() -> None:
    driver, _ = refused("scope", "no channel \x1b[2J of \u202e")
    changes = driver.send("x")
    assert changes.refusal is not None
    assert changes.refusal.reason == "no channel \\u{1B}[2J of \\u{202E}"


def test_a_text_refused_after_the_channel_was_left_waits_there() -> None:
    driver, node = refused("scope")
    driver.step(driver.begin_sending("mine"))
    driver.step(driver.desk.show(node.channels[1].id, NOW))
    driver.settle()
    assert driver.desk.draft == ""
    driver.show("ops-north")
    assert driver.desk.draft == "mine"


def test_the_refusal_waits_until_it_can_say_who_would_have_read() -> None:
    driver, _ = refused("scope")
    driver.desk._state.composing.forget_previews()
    driver.step(driver.begin_sending("mine"))
    request = driver.waiting.popleft()
    changes = driver.desk.fail(request, Refused("scope", "no"), NOW)
    assert changes.refusal is None
    preview = next(ask for ask in changes.asks if isinstance(ask, PreviewLabel))
    answered = driver.desk.take(preview, driver.node._answer_now(preview), NOW)
    assert answered.refusal is not None
    assert answered.refusal.reads
    assert driver.desk.take(preview, driver.node._answer_now(preview), NOW).refusal is None


def test_a_refusal_is_shown_even_if_nobody_says_who_would_have_read() -> None:
    driver, node = refused("scope")
    driver.desk._state.composing.forget_previews()
    node.answers[PreviewLabel] = UnknownLabel("SECRET")
    refusal = driver.send("mine").refusal
    assert refusal is not None
    assert refusal.reads == ()


# --- who has it, from the first moment ---


def test_a_sent_message_is_asked_about_at_once() -> None:
    driver = started()
    driver.send("mine")
    assert GetMessageStatus(id=driver.node.messages[0].entry_id) in driver.asked


def test_ours_gives_way_to_the_nodes_own_record() -> None:
    driver = started()
    driver.step(driver.begin_sending("mine"))
    driver.answer_one()
    made = driver.lines[0]
    driver.node.messages[0] = evolve(driver.node.messages[0], author_time=NOW + 60)
    page = MessagePage(messages=(driver.node.messages[0],), next_position=1, more=False)
    request = ListMessages(channel="", after_position=0, before_position=0, limit=200)
    driver.step(driver.desk.take(request, page, NOW))
    assert len(driver.lines) == 1
    assert driver.lines[0].time != made.time


def test_an_event_about_it_needs_no_page_more_than_one() -> None:
    driver = started()
    driver.send("mine")
    arrived = [event.body for event in driver.node.happened if isinstance(event.body, MessageArrived)]
    assert len(arrived) == 1
    assert len(driver.pages()) == 2
