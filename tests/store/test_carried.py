"""What is only carried: no verb that answers a client reads it, by construction and by example. And no verb crawls."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from coalchat.store.faces import CLIENT_FACING, REPLICATION, ClientReader, Reader, Transaction
from coalchat.store.notices import Notice
from coalchat.store.reports import ReportRow
from coalchat.store.rows import Confirmation, Confirmed, Peer, Recall, Version
from coalchat.store.searching import Sought, terms
from coalchat.store.sql import Sql, Verbs
from coalchat.store.writer import Store
from tests.store.makers import (
    acknowledgement,
    document,
    entry,
    envelope,
    feed,
    ident,
    invite,
    mark,
    message,
    outgoing,
    parked,
    post,
    text,
)

WIRE = frozenset({"document", "feed", "entry", "parked", "envelope"})
SQLITE_READ = 20

CALLS: dict[str, Callable[[Reader], object]] = {
    "channel": lambda r: r.channel(ident("channel")),
    "channels": lambda r: r.channels(),
    "message": lambda r: (r.message(ident("feed 1", 32)), r.message(ident("carried 1", 32))),
    "messages": lambda r: (
        r.messages(ident("channel"), limit=99),
        r.messages(ident("carried channel"), limit=99),
        r.messages(ident("channel"), before_position=99, limit=99),
    ),
    "roe_log": lambda r: r.roe_log(),
    "messages_of_all": lambda r: (r.messages_of_all(limit=99), r.messages_of_all(before_position=99, limit=99)),
    "messages_named": lambda r: (
        r.messages_named(ident("feed 1", 32).hex()[:5]),
        r.messages_named(ident("carried 1", 32).hex()[:6]),
    ),
    "marked": lambda r: r.marked(1, terms("bridge")),
    "found": lambda r: (
        r.found(Sought(terms("bridge")), limit=9),
        r.found(
            Sought(terms("b*"), ident("channel"), 0, [ident("person")], since=1, until=9, before_position=99), limit=9
        ),
    ),
    "last_position": lambda r: r.last_position(),
    "messages_of_feed": lambda r: (r.messages_of_feed(ident("feed"), 99), r.messages_of_feed(ident("carried"), 99)),
    "last_read_of_feed": lambda r: (
        r.last_read_of_feed(ident("feed"), after=0, position=99),
        r.last_read_of_feed(ident("carried"), after=0, position=99),
    ),
    "unread_counts": lambda r: r.unread_counts(),
    "read_mark": lambda r: (r.read_mark(ident("channel")), r.read_mark(ident("carried channel"))),
    "receipts_of": lambda r: (r.receipts_of(ident("feed"), 1), r.receipts_of(ident("carried"), 1)),
    "receipt_mark": lambda r: r.receipt_mark(ident("carried"), ident("device"), 1),
    "acknowledgements": lambda r: (r.acknowledgements(ident("feed"), 1), r.acknowledgements(ident("carried"), 1)),
    "acknowledgement": lambda r: (
        r.acknowledgement(ident("feed"), 1, ident("device")),
        r.acknowledgement(ident("carried"), 1, ident("device")),
    ),
    "reached": lambda r: (
        r.reached(ident("feed"), 1, ident("device"), 1),
        r.reached(ident("carried"), 1, ident("device"), 1),
    ),
    "notices": lambda r: r.notices(ident("channel"), 1),
    "messages_between": lambda r: (
        r.messages_between(ident("channel"), 0, 9, after_position=0, limit=9),
        r.messages_between(None, 0, 9, after_position=0, limit=9),
    ),
    "releases_between": lambda r: (r.releases_between(ident("channel"), 0, 9), r.releases_between(None, 0, 9)),
    "report": lambda r: (r.report(ident("feed 2", 32)), r.report(ident("carried 1", 32))),
    "own_form": lambda r: r.own_form(ident("form", 32)),
    "own_forms": lambda r: r.own_forms(),
    "report_draft": lambda r: r.report_draft(ident("channel"), "SALUTE"),
    "report_drafts": lambda r: r.report_drafts(),
    "count_reports": lambda r: r.count_reports("SALUTE"),
    "last_serial": lambda r: r.last_serial("SALUTE", 0, ident("person"), ident("channel"), b"release"),
    "reports": lambda r: (
        r.reports(channel=ident("channel"), form="SALUTE", before_position=99, limit=9),
        r.reports(channel=None, form="", before_position=99, limit=9),
    ),
    "version": lambda r: (r.version(ident("feed 2", 32)), r.version(ident("carried 1", 32))),
    "versions": lambda r: r.versions(ident("feed 1", 32), message(1)),
    "recalls_of": lambda r: r.recalls_of(ident("feed 1", 32), 0, ident("person"), ident("channel"), b"release"),
    "recalls": lambda r: r.recalls(ident("feed 2", 32)),
    "confirmations": lambda r: r.confirmations(ident("feed 2", 32)),
    "unconfirmed": lambda r: r.unconfirmed(ident("device")),
    "unreadable": lambda r: r.unreadable(0),
    "outgoing": lambda r: (r.outgoing(ident("feed 1", 32)), r.outgoing(ident("carried 1", 32))),
    "pending": lambda r: r.pending(99),
    "events_after": lambda r: r.events_after(0, 99),
    "last_cursor": lambda r: r.last_cursor(),
    "first_cursor": lambda r: r.first_cursor(),
    "audit_after": lambda r: r.audit_after(0, 99),
    "meta": lambda r: r.meta("a"),
    "drafts": lambda r: r.drafts(),
    "peers": lambda r: r.peers(),
    "posted": lambda r: r.posted("bot", "1"),
    "confirmed": lambda r: r.confirmed(),
    "invite": lambda r: r.invite(ident("invite")),
    "invites": lambda r: (r.invites(), r.invites("open")),
}

REPLICATION_CALLS: dict[str, Callable[[Reader], object]] = {
    "document": lambda r: r.document(b""),
    "documents": lambda r: (r.documents(7), r.documents(7, b"issuer")),
    "newest_document": lambda r: r.newest_document(7, b"issuer"),
    "all_documents": lambda r: r.all_documents(),
    "inventory": lambda r: r.inventory(1),
    "feed": lambda r: r.feed(b""),
    "feeds": lambda r: (r.feeds(device=b""), r.feeds(channel=b"")),
    "count_feeds": lambda r: r.count_feeds(b""),
    "feed_heads": lambda r: r.feed_heads(1),
    "entry": lambda r: r.entry(b""),
    "entry_at": lambda r: r.entry_at(b"", 1),
    "entries_from": lambda r: r.entries_from(b"", 1, 9),
    "entries_under": lambda r: r.entries_under(b""),
    "parked_of_feed": lambda r: r.parked_of_feed(b""),
    "parked_for_envelope": lambda r: r.parked_for_envelope(b""),
    "count_parked": lambda r: r.count_parked(b""),
    "parked_bytes": lambda r: r.parked_bytes(b""),
    "envelope": lambda r: r.envelope(b""),
    "envelopes_of_segment": lambda r: r.envelopes_of_segment(5),
    "kept_envelopes": lambda r: r.kept_envelopes(9),
    "live_envelope": lambda r: r.live_envelope(b"", b"", 5),
    "live_envelopes_by": lambda r: r.live_envelopes_by(b"", b"", b"", 5),
    "count_envelopes": lambda r: r.count_envelopes(b"", b"", b"", 5),
}


def verbs(faces: tuple[type[Verbs], ...]) -> set[str]:
    return {name for face in faces for name, _ in inspect.getmembers(face, inspect.isfunction) if name[0] != "_"}


@contextmanager
def tables_read(sql: Sql) -> Iterator[set[str]]:
    found: set[str] = set()

    def authorise(action: int, table: str | None, *_: Any) -> int:
        if action == SQLITE_READ and table:
            found.add(table)
        return 0

    sql.connection.set_authorizer(authorise)
    try:
        yield found
    finally:
        sql.connection.set_authorizer(None)


def fill(transaction: Transaction) -> None:
    """One message of our own with all that belongs to it."""
    post(transaction, 1, mine=True)
    post(transaction, 2)
    assert transaction.index(post(transaction, 3, payload=text("the bridge at dawn")))
    transaction.put_version(Version(ident("feed 2", 32), ident("feed 1", 32), 2))
    notice = ident("feed 2", 32)
    transaction.put_notice(Notice(notice, ident("channel"), ident("device"), 1, 1, True, 1, notice, b"", 0))
    transaction.put_report(ReportRow(ident("feed 2", 32), "SALUTE", 1))
    transaction.put_recall(Recall(ident("feed 1", 32), ident("feed 2", 32), 1))
    transaction.put_confirmation(Confirmation(ident("feed 2", 32), ident("device"), 0, ident("person"), 1))
    transaction.set_outgoing(outgoing(1))
    transaction.advance_receipt(mark())
    transaction.put_acknowledgement(acknowledgement())
    transaction.advance_read_mark(ident("channel"), 1)
    transaction.append_event(1, "message", b"")
    transaction.append_audit(1, "sent", "", "")
    transaction.set_meta("a", b"")
    transaction.put_own_form(ident("form", 32), b"form")
    transaction.set_report_draft(ident("channel"), "SALUTE", b"draft")
    transaction.put_peer(Peer("a.example:1", 1))
    transaction.put_posted("bot", "1", ident("feed 1", 32))
    transaction.put_invite(invite())
    transaction.put_confirmed(Confirmed(ident("device"), 1))


def carry(transaction: Transaction) -> None:
    """Another nations' feed, as a relay holds it."""
    transaction.put_document(document("carried"))
    transaction.put_feed(feed("carried", channel=ident("carried channel"), released=0b1100))
    for seq in (1, 2, 3):
        transaction.put_entry(entry(seq, "carried", envelope_id=ident("carried envelope", 32)))
    transaction.advance_feed(ident("carried"), 3, ident("carried 3", 32))
    transaction.put_envelope(envelope("carried envelope", channel=ident("carried channel")))
    transaction.park(parked(5, "carried"))


def test_every_verb_is_of_one_kind_and_is_called_here() -> None:
    assert verbs(CLIENT_FACING) == CALLS.keys()
    assert verbs(REPLICATION) == REPLICATION_CALLS.keys()
    assert verbs((Reader,)) - {"check_integrity"} == CALLS.keys() | REPLICATION_CALLS.keys()
    assert verbs((ClientReader,)) == CALLS.keys()


@pytest.mark.parametrize("verb", [*CALLS])
async def test_no_answer_to_a_client_reads_what_is_carried(store: Store, verb: str) -> None:
    await store.write(fill)
    with tables_read(store.read.sql) as tables:
        before = CALLS[verb](store.read)
    assert tables
    assert not tables & WIRE
    await store.write(carry)
    assert CALLS[verb](store.read) == before


@pytest.mark.parametrize("verb", [*REPLICATION_CALLS])
async def test_the_authorizer_of_these_tests_sees_what_is_carried(store: Store, verb: str) -> None:
    with tables_read(store.read.sql) as tables:
        REPLICATION_CALLS[verb](store.read)
    assert tables <= WIRE
    assert tables


SMALL = {"channel", "confirmed", "peer", "invite", "sqlite_sequence"}
"""Tables that are read whole, having few rows."""

WHOLE = {
    "feed_heads": "feed",
    "inventory": "document",
    "all_documents": "document",
    "pending": "outbox",
    "roe_log": "message",
    "releases_between": "message",
}
"""What compares all there is with a peer reads all there is, once a link; what is pending, and the ROE, have an index each;
the mark of all messages together is that of each."""

PAGED = {"found", "messages", "messages_of_all", "messages_between", "events_after", "audit_after", "entries_from"}
"""A page comes out of its index in order, however many others there are."""


@pytest.mark.parametrize("verb", [*CALLS, *REPLICATION_CALLS])
async def test_every_verb_goes_by_an_index(store: Store, verb: str) -> None:
    await store.write(fill)
    await store.write(carry)
    statements: list[str] = []
    connection = store.read.sql.connection
    connection.set_trace_callback(statements.append)
    (CALLS | REPLICATION_CALLS)[verb](store.read)
    connection.set_trace_callback(None)
    assert statements
    for statement in statements:
        if "'main'.'search_" in statement or statement.startswith("--"):
            continue  # FTS5's own, of its tables
        plan = [detail for *_, detail in store.read.sql.run(f"EXPLAIN QUERY PLAN {statement}")]
        scans = [detail for detail in plan if detail.startswith("SCAN ") and "VIRTUAL TABLE INDEX" not in detail]
        scanned = {detail.split()[1] for detail in scans} - {"CONSTANT"}
        assert scanned <= SMALL | {WHOLE.get(verb, "")}, (statement, plan)
        if verb in PAGED:
            assert not any("TEMP B-TREE" in detail for detail in plan), (statement, plan)
