"""No text of a peer enters the model as it was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.nouns import Delivery
from coalchat.api.requests import GetStatus, ListMessages, PreviewLabel
from coalchat.api.responses import MessagePage, MessageStatus, Status
from coalchat.api.vocabulary import Answer, LinkState, Role, State
from coalchat.desk.model.safe import safe
from coalchat.display import display_safe
from coalchat.errors import TryAgain
from coalchat.record import evolve, is_record, values_of
from tests.desk.model.driver import Driver
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW, link_record, message_record

HOSTILE = "\x1b]52;c;eA==\x07\u202e[/b]\x9b2J\r\nx"


def texts(value: Any) -> Iterator[str]:
    """All texts in a view."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list | frozenset):
        for item in value:
            yield from texts(item)
    elif is_record(type(value)):
        for part in values_of(value).values():
            yield from texts(part)


def hostile_desk(text: str) -> Driver:
    """A desk at a node where every text of a peer is this one."""
    node = FakeNode()
    node.add_channel("ops-north", "XAA", "XBB", "XCC")
    node.channels[0] = evolve(node.channels[0], title=text, purpose=text)
    node.peers["a"] = evolve(link_record(text, LinkState.WAITING), reason=text)
    first = message_record(1, node.channels[0], text)
    node.messages += [
        evolve(first, author_person=text, marking=text, portion=text, ack_by=NOW + 60, author_nation=text),
        evolve(first, position=2, entry_id="ab" * 32, mine=True, refs=(first.entry_id,)),
    ]
    fields = {"nation": "XBB", "device": 1, "since": NOW, "answer": Answer.CAVEAT, "reason": text}
    node.deliveries["ab" * 32] = [
        Delivery(person=text, role=Role.OFFICER, state=State.ACKNOWLEDGED, **fields)  # type: ignore[arg-type]
    ]
    status = node._answer_now(GetStatus())
    assert isinstance(status, Status)
    node.answers[GetStatus] = evolve(status, warnings=(text,))
    driver = Driver(node)
    driver.start()
    return driver


def views(driver: Driver) -> list[Any]:
    desk = driver.desk
    return [
        desk.items,
        desk.banner([line.key for line in driver.lines], NOW),
        desk.notice(NOW),
        desk.channels(),
        desk.head(),
        desk.composer(),
        desk.rail(NOW),
        [desk.who(line.key, NOW) for line in driver.lines],
        desk.picker(2, ("XAA",)),
        desk.targets(""),
    ]


@given(st.text(min_size=1) | st.just(HOSTILE))
def test_no_view_holds_a_text_that_is_not_safe(text: str) -> None:
    driver = hostile_desk(text)
    driver.do(driver.desk.reply(driver.lines[0].key))
    driver.send(text)
    for shown in texts(views(driver)):
        assert display_safe(shown, multiline=True) == shown
    bodies = {line.text for line in driver.lines} | {driver.desk.draft}
    for shown in texts(views(driver)):
        assert "\n" not in shown or shown in bodies


def test_a_refusal_and_an_error_are_safe_too() -> None:
    driver = hostile_desk("x")
    driver.step(driver.begin_sending("mine"))
    request = driver.waiting.popleft()
    driver.step(driver.desk.fail(request, TryAgain(HOSTILE), NOW))
    (line,) = [line for line in driver.lines if line.failed]
    assert display_safe(line.failed) == line.failed
    request = PreviewLabel(channel=driver.desk.shown, label=driver.desk.composer().label)
    driver.step(driver.desk.fail(request, TryAgain(HOSTILE), NOW))
    for shown in texts(driver.desk.composer()):
        assert display_safe(shown) == shown


def test_only_a_body_keeps_its_lines() -> None:
    driver = hostile_desk("one\ntwo")
    assert driver.lines[0].text == "one\ntwo"
    assert "\n" not in driver.lines[0].person
    assert "\n" not in driver.desk.head().title


def test_a_safe_record_stays_itself() -> None:
    node = FakeNode()
    node.add_channel("ops-north")
    page = MessagePage(messages=(message_record(1, node.channels[0], "text"),), next_position=1, more=False)
    assert safe(page) is page
    changed = safe(evolve(page, messages=(message_record(1, node.channels[0], "a\x1b"),)))
    assert changed.messages[0].text == "a\\u{1B}"
    assert isinstance(changed, MessagePage)
    assert safe(ListMessages(channel="", after_position=0, before_position=0, limit=1)).limit == 1


def test_words_of_the_api_stay_what_they_are() -> None:
    driver = hostile_desk(HOSTILE)
    status = driver.node.deliveries["ab" * 32][0]
    found = safe(status)
    assert found.state is State.ACKNOWLEDGED
    assert found.answer is Answer.CAVEAT
    assert isinstance(
        safe(
            MessageStatus(entry_id="a", channel_id="b", marking="", author_time=0, own_nation="", deliveries=(status,))
        ).deliveries[0],
        Delivery,
    )
