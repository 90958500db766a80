"""Audit records and events (SPEC 10.6, 13): what happened, for accountability and for clients.

Both are written inside the transaction of what they tell of, or in one of their own. The store keeps text and bytes;
this module is the only place that knows how the fields of a record lie in them.
"""

from __future__ import annotations

import json
from typing import Any, get_args

import attrs

from coalchat.api import events as api_events
from coalchat.api.nouns import AuditRecord
from coalchat.api.shapes import lower_fields, raise_fields
from coalchat.node.audit import AuditEvent
from coalchat.store.faces import Transaction
from coalchat.store.rows import Audit, Event

_BODIES: dict[str, Any] = {body.kind: body for body in get_args(api_events.Body)}


@attrs.frozen
class Finding:
    """One audit record to be.

    Attributes:
        event: of SPEC's registry.
        subject: an id or an address. nation: whose act, if known. clause: of the rule that decided.
        detail: never message text, never a secret, never a peer's bytes.
    """

    event: AuditEvent
    subject: str = ""
    nation: str = ""
    clause: str = ""
    detail: str = ""


def write_finding(tx: Transaction, now: int, finding: Finding) -> int:
    """Append an audit record, and tell clients of it; its number."""
    fields = {"nation": finding.nation, "clause": finding.clause, "detail": finding.detail}
    number = tx.append_audit(now, finding.event.value, finding.subject, json.dumps(fields, sort_keys=True))
    write_event(tx, now, api_events.AuditWritten(number=number, event=finding.event.value, nation=finding.nation))
    return number


def read_finding(row: Audit) -> AuditRecord:
    """An audit row as clients see it."""
    fields = json.loads(row.detail)
    return AuditRecord(number=row.number, time=row.at, event=row.event, subject=row.subject, **fields)


def write_event(tx: Transaction, now: int, body: api_events.Body) -> int:
    """Append an event; its cursor."""
    return tx.append_event(now, body.kind, json.dumps(lower_fields(body)).encode("utf-8"))


def read_event(row: Event) -> api_events.Event:
    """An event row as clients see it."""
    body = raise_fields(_BODIES[row.kind], json.loads(row.data))
    return api_events.Event(cursor=row.cursor, time=row.at, body=body)
