"""Commands that concern the model."""

from __future__ import annotations

import pytest

from coalchat.api.requests import AcknowledgeMessage, AddPeer, RemovePeer
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.desk.model.commands import Command, parse_command
from coalchat.desk.model.desk import Desk
from coalchat.errors import UsageError
from tests.desk.model.driver import Driver, started
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW


def with_message() -> tuple[Driver, str]:
    driver = started()
    key = driver.node.add_message("ops-north", "question", ack_by=NOW + 600).entry_id
    driver.settle()
    return driver, key


def obey(driver: Driver, text: str, selected: str | None = None) -> None:
    command = parse_command(text)
    assert isinstance(command, Command)
    driver.do(driver.desk.obey(command, selected, NOW))


def test_a_label_is_chosen() -> None:
    driver, _ = with_message()
    obey(driver, "/label r convoy rel xbb")
    assert driver.desk.composer().label == "RESTRICTED CONVOY REL XAA, XBB"
    obey(driver, "/label unclassified")
    assert driver.desk.composer().label == "UNCLASSIFIED REL XAA, XBB, XCC"


@pytest.mark.parametrize(
    ("text", "precedence"),
    [
        ("/precedence z", Precedence.FLASH),
        ("/precedence O", Precedence.IMMEDIATE),
        ("/precedence priority", Precedence.PRIORITY),
        ("/precedence R", Precedence.ROUTINE),
    ],
)
def test_a_precedence_is_chosen(text: str, precedence: Precedence) -> None:
    driver, _ = with_message()
    obey(driver, text)
    assert driver.desk.composer().precedence is precedence


def test_an_acknowledgement_is_asked_for() -> None:
    driver, _ = with_message()
    obey(driver, "/ack-by +15")
    assert driver.desk.composer().ack == "ack by 181121Z"
    obey(driver, "/ack-by 1200Z")
    assert driver.desk.composer().ack == "ack by 181200Z"
    obey(driver, "/ack-by none")
    assert driver.desk.composer().ack == "no ack asked"


def test_reply_turns_on_and_off() -> None:
    driver, key = with_message()
    obey(driver, "/reply", key)
    assert driver.desk.composer().reply.startswith("Kowal")
    obey(driver, "/reply", key)
    assert driver.desk.composer().reply == ""
    obey(driver, "/reply", key)
    obey(driver, "/reply")
    assert driver.desk.composer().reply == ""


def test_read_goes_to_the_selected_message_or_to_the_newest() -> None:
    driver, key = with_message()
    driver.node.add_message("ops-north", "another")
    driver.settle()
    obey(driver, "/read", key)
    assert driver.node.marks == {driver.desk.shown: 1}
    obey(driver, "/read")
    assert driver.node.marks == {driver.desk.shown: 2}


@pytest.mark.parametrize(
    ("text", "answer", "reason"),
    [
        ("/ack", Answer.NONE, ""),
        ("/ack WILCO", Answer.WILCO, ""),
        ("/ack wilco at 1600Z", Answer.WILCO, "at 1600Z"),
        ("/ack unable no fuel", Answer.UNABLE, "no fuel"),
        ("/ack unable", Answer.UNABLE, ""),
        ("/ack caveat watch only", Answer.CAVEAT, "watch only"),
    ],
)
def test_a_message_is_acknowledged(text: str, answer: Answer, reason: str) -> None:
    driver, key = with_message()
    obey(driver, text, key)
    (request,) = [ask for ask in driver.asked if isinstance(ask, AcknowledgeMessage)]
    assert request == AcknowledgeMessage(id=key, answer=answer, text=reason)
    assert driver.line("question").answered is answer


@pytest.mark.parametrize(
    "text",
    [
        "/label SECRT",
        "/label SECRET REL XDD",
        "/label",
        "/precedence X",
        "/precedence",
        "/ack-by soon",
        "/ack-by",
        "/ack caveat",
        "/ack maybe",
        f"/ack caveat {'ä' * 129}",
        "/minimize",
        "/minimize on",
        "/minimize off now",
        "/minimize off",
        f"/minimize on {'ä' * 129}",
    ],
)
def test_what_cannot_be_done_says_why_and_changes_nothing(text: str) -> None:
    driver, key = with_message()
    before = driver.desk.composer(), list(driver.desk.items)
    with pytest.raises(UsageError) as refused:
        obey(driver, text, key)
    assert str(refused.value)
    assert (driver.desk.composer(), list(driver.desk.items)) == before


@pytest.mark.parametrize("text", ["/ack", "/reply"])
def test_the_message_meant_is_never_guessed(text: str) -> None:
    driver, _ = with_message()
    with pytest.raises(UsageError, match="select"):
        obey(driver, text)
    with pytest.raises(UsageError, match="select"):
        obey(driver, text, "ab" * 32)


def test_an_own_message_is_not_acknowledged() -> None:
    driver, _ = with_message()
    driver.send("mine")
    with pytest.raises(UsageError, match="own"):
        obey(driver, "/ack", driver.line("mine").key)


def test_without_a_channel_nothing_is_obeyed() -> None:
    with pytest.raises(UsageError, match="channel"):
        Desk().obey(Command("read"), None, NOW)


def test_what_is_the_apps_is_not_the_models() -> None:
    driver, _ = with_message()
    with pytest.raises(UsageError):
        obey(driver, "/quit")


def test_a_peer_is_dialled_and_left_where_no_channel_is_open() -> None:
    driver = started()
    desk = Desk()  # shows nothing yet
    for text, request in (
        ("/peer add alpha.example:7447", AddPeer(address="alpha.example:7447")),
        ("/peer remove alpha.example:7447", RemovePeer(address="alpha.example:7447")),
    ):
        command = parse_command(text)
        assert isinstance(command, Command)
        assert desk.obey(command, None, NOW).asks[0] == request
    for text in ("/peer", "/peer add", "/peer list x"):
        with pytest.raises(UsageError, match="/peer") as caught:
            obey(driver, text)
        assert "/peer add|remove HOST:PORT" in caught.value.hint


def test_where_there_is_no_channel_the_desk_says_what_can_be_done() -> None:
    desk = Desk()
    assert not desk.guide  # the node has said nothing yet
    driver = Driver(FakeNode(), desk)
    driver.do(desk.start())
    assert [key for key, _ in desk.guide][:2] == ["/channel", "/peer add HOST:PORT"]
    assert desk.composer().nowhere
    assert not started().desk.guide
