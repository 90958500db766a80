"""The message being written: its label, who will read it, what to confirm, and drafts that are kept."""

from __future__ import annotations

import pytest

from coalchat.api.events import ControlChanged
from coalchat.api.nouns import Addressee
from coalchat.api.requests import AcknowledgeMessage, PreviewLabel
from coalchat.api.responses import LabelPreview
from coalchat.api.vocabulary import Answer, ControlSubject, Phase, Precedence, Role
from coalchat.desk.model.changes import Part
from coalchat.desk.model.composing import EMPTY
from coalchat.desk.model.desk import Desk
from coalchat.errors import NotAuthorised, UnknownNation
from coalchat.record import evolve
from tests.desk.model.driver import Driver, answer_of, started
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW

ALL = ("XAA", "XBB", "XCC")


# --- the label ---


def test_the_default_is_as_high_as_can_be_written_to_all_members() -> None:
    node = FakeNode()
    node.add_channel("low", *ALL, ceiling="MISSION RESTRICTED")
    node.add_channel("high", "XAA", "XCC", ceiling="MISSION TOP SECRET")
    driver = Driver(node)
    driver.start()
    assert driver.desk.composer().label == "RESTRICTED REL XAA, XBB, XCC"
    driver.show("high")
    composer = driver.desk.composer()
    assert (composer.label, composer.short, composer.level) == ("SECRET REL XAA, XCC", "S REL XAA, XCC", 2)


def test_the_default_is_then_that_of_the_last_own_message() -> None:
    driver = started()
    narrow = {"nations": ("XAA", "XCC"), "marking": "MISSION RESTRICTED REL XAA, XCC"}
    driver.node.add_message("ops-north", "from the command line", mine=True, author_nation="XAA", **narrow)
    driver.settle()
    assert driver.desk.composer().label == "RESTRICTED REL XAA, XCC"


def test_what_other_clients_send_does_not_change_the_label_under_the_hands() -> None:
    driver = started()
    driver.send("mine")
    low = {"nations": ("XAA", "XBB"), "marking": "MISSION RESTRICTED REL XAA, XBB"}
    driver.node.add_message("ops-north", "from the command line", mine=True, author_nation="XAA", **low)
    driver.settle()
    assert driver.desk.composer().label == "SECRET REL XAA, XBB, XCC"


def test_the_own_nation_is_always_in() -> None:
    driver = started()
    driver.do(driver.desk.set_label(2, ("XCC",)))
    assert driver.desk.composer().label == "SECRET REL XAA, XCC"
    driver.do(driver.desk.set_label(0, ()))
    assert driver.desk.composer().label == "UNCLASSIFIED REL XAA"


def test_a_nation_that_has_left_the_channel_leaves_the_label() -> None:
    driver = started()
    driver.send("to all")
    driver.node.channels[0] = evolve(driver.node.channels[0], members=("XAA", "XBB"))
    driver.node.tell(ControlChanged(subject=ControlSubject.CHANNEL, id="", phase=Phase.UNLOCKED))
    driver.settle()
    assert driver.desk.composer().label == "SECRET REL XAA, XBB"


def test_before_anything_is_known_the_composer_is_empty() -> None:
    assert Desk().composer() == EMPTY


# --- who will read it ---


def test_each_label_is_asked_about_once() -> None:
    driver = started()
    composer = driver.desk.composer()
    assert composer.known
    assert composer.reads == (("XAA", 3), ("XBB", 3), ("XCC", 3))
    driver.do(driver.desk.set_label(2, ("XBB",)))
    assert driver.desk.composer().withheld == ("XCC",)
    driver.do(driver.desk.set_label(2, ALL))
    driver.do(driver.desk.set_label(2, ("XBB",)))
    labels = [ask.label for ask in driver.asked if isinstance(ask, PreviewLabel)]
    assert labels == ["SECRET REL XAA, XBB, XCC", "SECRET REL XAA, XBB"]


def test_until_the_node_has_said_so_nobody_is_named() -> None:
    driver = started()
    driver.step(driver.desk.set_label(1, ("XBB",)))
    composer = driver.desk.composer()
    assert (composer.known, composer.reads, composer.withheld) == (False, (), ())


def test_a_question_about_the_draft_that_was_pushed_out_is_asked_again() -> None:
    """Of questions about one channel the session keeps the newest: the picker's, while it is open."""
    driver = started()
    driver.step(driver.desk.set_label(1, ("XBB",)))
    driver.waiting.clear()
    driver.do(driver.desk.consider(0, ("XCC",)))
    assert driver.desk.composer().known


@pytest.mark.parametrize(
    "subject", [ControlSubject.NATION, ControlSubject.KEYS, ControlSubject.CHANNEL, ControlSubject.CHARTER]
)
def test_it_is_asked_again_when_something_changes_that_decides_it(subject: ControlSubject) -> None:
    driver = started()
    driver.node.tell(ControlChanged(subject=subject, id="", phase=Phase.UNLOCKED))
    driver.tell_one()
    assert not driver.desk.composer().known
    driver.settle()
    assert driver.desk.composer().known
    assert len([ask for ask in driver.asked if isinstance(ask, PreviewLabel)]) == 2


def test_a_label_that_cannot_be_sent_says_so_before() -> None:
    driver = started()
    driver.do(driver.desk.set_label(3, ALL))
    assert driver.desk.composer().denied == ("level-ceiling", "the channel's ceiling is MISSION SECRET")


def test_a_label_that_there_is_not_says_why() -> None:
    driver = started()
    driver.node.answers[PreviewLabel] = UnknownNation("XDD")
    driver.do(driver.desk.set_label(2, ("XDD",)))
    denied = driver.desk.composer().denied
    assert denied is not None
    assert denied[0] == "unknown-nation"
    assert "XDD" in denied[1]


# --- answers ---


def narrow_question(driver: Driver) -> str:
    message = driver.node.add_message(
        "ops-north", "only us two", nations=("XAA", "XBB"), marking="MISSION RESTRICTED CONVOY REL XAA, XBB"
    )
    driver.settle()
    return message.entry_id


def test_an_answer_takes_the_label_of_what_it_answers() -> None:
    driver = started()
    key = narrow_question(driver)
    driver.do(driver.desk.reply(key))
    composer = driver.desk.composer()
    assert composer.label == "RESTRICTED CONVOY REL XAA, XBB"
    assert composer.reply == f"Kowal {driver.line('only us two').time}"
    driver.do(driver.desk.reply(None))
    composer = driver.desk.composer()
    assert (composer.label, composer.reply) == ("SECRET REL XAA, XBB, XCC", "")


def test_a_label_chosen_before_is_only_raised_by_an_answer() -> None:
    driver = started()
    key = narrow_question(driver)
    driver.do(driver.desk.set_label(2, ("XBB", "XCC")))
    driver.do(driver.desk.reply(key))
    assert driver.desk.composer().label == "SECRET CONVOY REL XAA, XBB"
    driver.do(driver.desk.reply(None))
    assert driver.desk.composer().label == "SECRET REL XAA, XBB, XCC"


def test_an_answer_to_all_is_not_narrowed_by_what_was_sent_before() -> None:
    driver = started()
    driver.do(driver.desk.set_label(2, ("XBB",)))
    driver.send("narrow")
    question = driver.node.add_message("ops-north", "all of you?")
    driver.settle()
    driver.do(driver.desk.reply(question.entry_id))
    assert driver.desk.composer().label == "SECRET REL XAA, XBB, XCC"


def test_only_a_message_of_this_channel_is_answered() -> None:
    driver = started("ops-north", "med")
    elsewhere = driver.node.add_message("med", "elsewhere")
    driver.settle()
    assert driver.desk.reply(elsewhere.entry_id).parts == frozenset()
    assert driver.desk.reply("no such").parts == frozenset()
    assert driver.desk.composer().reply == ""


# --- what to confirm ---


def test_the_same_label_is_not_asked_about() -> None:
    driver = started()
    assert driver.desk.confirm_needed() == ""
    driver.send("one")
    assert driver.desk.confirm_needed() == ""


def test_another_audience_is_asked_about_once() -> None:
    driver = started()
    driver.send("one")
    driver.do(driver.desk.set_label(2, ("XBB",)))
    assert "XCC will not see it" in driver.desk.confirm_needed()
    driver.step(driver.begin_sending("two"))
    assert driver.desk.confirm_needed() == ""
    driver.settle()
    assert driver.desk.confirm_needed() == ""
    driver.do(driver.desk.set_label(2, ALL))
    assert "XCC will see it too" in driver.desk.confirm_needed()


def test_a_first_message_needs_no_comparison() -> None:
    driver = started()
    driver.do(driver.desk.set_label(0, ("XBB",)))
    assert driver.desk.confirm_needed() == ""


def test_an_answer_that_more_would_see_is_asked_about() -> None:
    driver = started()
    driver.do(driver.desk.reply(narrow_question(driver)))
    assert driver.desk.confirm_needed() == ""
    driver.do(driver.desk.set_label(0, ALL))
    sentence = driver.desk.confirm_needed()
    assert "a message that XCC cannot see" in sentence
    assert "a message marked R CONVOY" in sentence


def test_flash_is_asked_about_each_time() -> None:
    driver = started()
    for text in ("one", "two"):
        driver.do(driver.desk.set_precedence(Precedence.FLASH))
        assert "FLASH" in driver.desk.confirm_needed()
        driver.send(text)
        assert driver.desk.confirm_needed() == ""


# --- drafts ---


def test_each_channel_keeps_its_draft() -> None:
    driver = started("ops-north", "med")
    driver.do(driver.desk.set_draft("half a thought"))
    driver.show("med")
    assert driver.desk.draft == ""
    assert driver.desk.composer().note == ""
    driver.do(driver.desk.set_draft("another"))
    driver.show("ops-north")
    assert driver.desk.draft == "half a thought"
    assert driver.desk.composer().note == "draft"
    assert Part.COMPOSER in driver.do(driver.desk.set_draft("half a thought and more")).parts
    assert driver.desk.composer().note == ""


def test_typing_repaints_the_banner_only_when_there_begins_to_be_text() -> None:
    driver = started()
    assert driver.do(driver.desk.set_draft("a")).parts == {Part.BANNER}
    assert driver.do(driver.desk.set_draft("ab")).parts == frozenset()
    assert driver.do(driver.desk.set_draft("ab")).parts == frozenset()
    assert driver.do(driver.desk.set_draft(" ")).parts == {Part.BANNER}


def test_what_went_wrong_is_said_here_until_the_next_act() -> None:
    driver = started()
    driver.node.add_message("ops-north", "please", ack_by=NOW + 60)
    driver.settle()
    driver.node.answers[AcknowledgeMessage] = NotAuthorised("not you")
    driver.do(driver.desk.acknowledge(driver.lines[0].key, Answer.NONE, "", NOW))
    assert driver.desk.composer().warnings == (str(NotAuthorised("not you")),)
    driver.do(driver.desk.set_draft("typing is no act"))
    assert driver.desk.composer().warnings
    driver.send("an act")
    assert driver.desk.composer().warnings == ()


# --- direct messages ---


def direct_node() -> FakeNode:
    """A node with one channel, and a conversation with Kowal."""
    node = FakeNode()
    node.add_channel("ops-north", *ALL)
    node.add_channel("@Kowal", "XAA", "XBB", ceiling="MISSION SECRET")
    node.channels[1] = evolve(node.channels[1], devices=DEVICES)
    return node


DEVICES = tuple(
    Addressee(
        device_id=f"{number:032x}",
        nation=nation,
        person=person,
        device=1,
        role=Role.OFFICER,
        clearance="MISSION SECRET",
        own=nation == "XAA",
        confirmed=nation != "XAA",
        keys=True,
    )
    for number, (nation, person) in enumerate((("XAA", "Berg"), ("XBB", "Kowal")))
)
CLOSED = "no nation can read it, this one neither: only the devices that it names"


def test_a_direct_message_says_which_devices_can_read_it_and_that_no_nation_can() -> None:
    driver = Driver(direct_node())
    driver.start()
    driver.show("@Kowal")
    (request,) = (r for r in driver.asked if isinstance(r, PreviewLabel) and r.channel.endswith("2"))
    said = answer_of(driver.node, request)
    assert isinstance(said, LabelPreview)
    driver.desk.take(request, evolve(said, devices=DEVICES, warnings=(CLOSED,)), NOW)
    composer = driver.desk.composer()
    assert (composer.channel, composer.label) == ("@Kowal", "SECRET REL XAA, XBB")
    assert composer.only == "only Berg (1) and Kowal (1) can read it, your nation cannot"
    assert composer.warnings == (CLOSED,)


def test_it_is_sent_from_the_desk_like_any_and_is_no_way_on_for_a_channel_s() -> None:
    driver = Driver(direct_node())
    driver.start()
    driver.show("@Kowal")
    driver.send("meet at PL RED")
    assert driver.node.messages[-1].channel_title == "@Kowal"
    assert [target.title for target in driver.desk.targets("kow")][:1] == ["@Kowal"]
    driver.node.channels[0] = evolve(driver.node.channels[0], ceiling="MISSION RESTRICTED", ceiling_level=1)
    driver.node.tell(ControlChanged(subject=ControlSubject.CHANNEL, id="", phase=Phase.UNLOCKED))
    driver.settle()
    driver.show("ops-north")
    driver.do(driver.desk.set_label(2, ("XAA", "XBB")))
    refusal = driver.send("too high").refusal
    assert refusal is not None
    assert not [way for way in refusal.ways if "@" in way]
