"""Events and audit."""

from __future__ import annotations

from coalchat.store.rows import Audit, Event
from coalchat.store.writer import Store


async def test_events_are_followed_by_cursor_and_no_cursor_is_used_twice(store: Store) -> None:
    assert (store.read.first_cursor(), store.read.last_cursor()) == (0, 0)
    cursors = await store.write(lambda t: [t.append_event(i, "message", b"") for i in range(5)])
    assert cursors == [1, 2, 3, 4, 5]
    assert store.read.events_after(2, 2) == [Event(2, "message", b"", 3), Event(3, "message", b"", 4)]
    assert await store.write(lambda t: t.drop_events(5)) == 5
    assert (store.read.first_cursor(), store.read.last_cursor()) == (0, 5)
    assert await store.write(lambda t: t.append_event(9, "message", b"")) == 6
    assert store.read.first_cursor() == 6


async def test_audit_is_read_in_order(store: Store) -> None:
    numbers = await store.write(lambda t: [t.append_audit(i, "refused", "entry", "level") for i in range(3)])
    assert store.read.audit_after(numbers[0], 1) == [Audit(1, "refused", "entry", "level", numbers[1])]
    assert len(store.read.audit_after(0, 9)) == 3
