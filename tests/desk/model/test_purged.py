"""What was purged: the line stays, the text does not, and a remark says since when."""

from __future__ import annotations

from coalchat.api.events import MessagePurged
from coalchat.api.requests import ShowMessage
from coalchat.api.vocabulary import Flag
from coalchat.record import evolve
from tests.desk.model.driver import Driver, connected, full

WORDS = "purged: retention ended 221800Z"


def purge(driver: Driver, place: int) -> str:
    """Let the node purge one of its messages; its id."""
    message = driver.node.messages[place]
    gone = evolve(message, text=WORDS, flags=(Flag.PURGED,), ack_by=0, refs=())
    driver.node.messages[place] = gone
    driver.node.tell(MessagePurged(channel_id=gone.channel_id, entry_id=gone.entry_id))
    return gone.entry_id


def copies(driver: Driver) -> str:
    """All that the model holds, in words."""
    state = driver.desk._state
    held = (state.logs, state.quoted, state.authors, state.deadlines._asked, state.lines._made, driver.desk.items)
    return " ".join(repr(_values(one)) for one in held)


def _values(held: object) -> list[object]:
    found = list(held.values()) if isinstance(held, dict) else list(held)  # type: ignore[call-overload]
    return [one for log in found for one in (log.messages if hasattr(log, "messages") else [log])]


def test_a_purged_message_keeps_its_line_and_no_copy_of_its_text_stays() -> None:
    node = full(0)
    node.add_message("ops-north", "the bridge at dawn", ack_by=2_000_000_000)
    node.add_message("ops-north", "agreed", refs=(node.messages[0].entry_id,))
    driver = connected(node)
    before, reply = driver.lines
    assert reply.quote is not None
    assert "bridge" in reply.quote.text
    assert "bridge" in copies(driver)
    purge(driver, 0)
    driver.settle()
    after, reply = driver.lines
    assert (after.person, after.time, after.mark, after.position) == (
        before.person,
        before.time,
        before.mark,
        before.position,
    )
    assert (after.text, after.remarks, after.due) == ("", (WORDS,), "")
    assert reply.quote is not None
    assert reply.quote.text == WORDS
    assert "bridge" not in copies(driver)


def test_what_is_not_loaded_is_not_asked_for() -> None:
    node = full(1)
    driver = connected(node)
    driver.desk._state.logs.clear()
    driver.desk._state.authors.clear()
    name = purge(driver, 0)
    driver.tell_one()
    assert ShowMessage(id=name) not in driver.waiting
