"""Quotes and forwards (SPEC 8.10): what a message repeats of others, made when it is sent and judged again where it comes.

Rule 1: a quote says who said it, when and under which label; what a quoted message quoted itself goes along.
Rule 2: the label of the whole is not lower than any part's: of what a quote claims, and of the entry itself where that is
here, carried or opened.
Rule 3: whether a quote says what its original says is asked whenever it is shown: the original may come later, or go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from coalchat.api.about import Quoted
from coalchat.api.vocabulary import Likeness
from coalchat.custody.evidence import quoted
from coalchat.errors import Expired, UsageError
from coalchat.node.context import Context
from coalchat.node.retaining import gone_words
from coalchat.store.faces import ClientReader, Transaction
from coalchat.store.rows import Message
from protocol.base.errors import Denied
from protocol.base.records import decode
from protocol.messages.payload import Payload, Spoken, decode_payload
from protocol.messages.refs import Ref, Relation
from protocol.messages.versions import MAX_QUOTES, Quote, QuotingPayload
from protocol.trust.access import Clause, may_repeat
from protocol.trust.label import Label, ReleaseKey, combine, label_of


@attrs.frozen
class Quotes:
    """What a message repeats.

    Attributes:
        noplay: a part is real-world traffic inside an exercise, and so is the whole.
    """

    refs: tuple[Ref, ...]
    quotes: tuple[Quote, ...] = attrs.field(repr=False)
    noplay: bool


def make_quotes(context: Context, rows: Iterable[Message]) -> Quotes:
    """Quotes of messages that are here, in their order, each followed by what it quotes itself; none twice.

    Raises:
        UsageError: one cannot be read here, says nothing to repeat, or there are more than a message quotes.
        Expired: the body of one is gone.
    """
    found: dict[bytes, Quote] = {}
    noplay = False
    for row in rows:
        payload = _body(context, row)
        noplay |= payload.noplay
        if isinstance(payload, Spoken) and payload.text:
            found.setdefault(row.entry_id, _quote(context, row, payload.text))
        if isinstance(payload, QuotingPayload):
            for name, quote in payload.quoted:
                found.setdefault(name, quote)
    if not 0 < len(found) <= MAX_QUOTES:
        raise UsageError(f"quotes: a message quotes 1 to {MAX_QUOTES} others, with those that they quote")
    return Quotes(tuple(Ref(int(Relation.QUOTE), name) for name in found), tuple(found.values()), noplay)


def _body(context: Context, row: Message) -> Payload:
    if row.kind == 0:
        raise UsageError("quotes: a message that cannot be read here cannot be quoted")
    if row.purged:
        raise Expired(gone_words(context, row))
    return decode_payload(row.payload)


def _quote(context: Context, row: Message, text: str) -> Quote:
    standing = context.member.directory.standing(row.device, context.now())
    person = "" if standing is None else standing.certified.certificate.name
    release = decode(ReleaseKey, row.release)
    return Quote(row.nation, person, row.author_time, release.level, release.category, release.releasable, text)


def denied_quotes(context: Context, label: Label, quotes: Sequence[Quote]) -> Denied | None:
    """Whether what these quotes repeat may stand under a label; None grants. The denial says what would do."""
    policy, known = context.member.policy, len(context.member.coalition.codes)
    if any(nation >= known for quote in quotes for nation in (quote.nation, *quote.releasable)):
        return Denied(Clause.RELEASE_MEMBER, "a quote names a nation that the charter does not have")
    if any(q.level >= len(policy.levels) or q.category > len(policy.categories) for q in quotes):
        return Denied(Clause.POLICY_UNKNOWN, "a quote names a level or category that the policy does not have")
    parts = [quote.label(context.member.policy.hash) for quote in quotes]
    denial = may_repeat(label, parts)
    if denial is None:
        return None
    whole = combine(parts)
    least = f": {context.member.marking(whole)}, or narrower" if whole.releasable else ""
    return Denied(denial.clause, denial.reason + least)


def denied_originals(tx: Transaction, label: Label, payload: Payload) -> Denied | None:
    """Whether a message is of a lower label than an entry that it quotes and that is here; None: it is not."""
    if not isinstance(payload, QuotingPayload):
        return None
    entries = (tx.entry(name) for name, _ in payload.quoted)
    feeds = (tx.feed(entry.feed_id) for entry in entries if entry is not None)
    parts = [label_of(decode(ReleaseKey, feed.release)) for feed in feeds if feed is not None]
    return may_repeat(label, parts) if parts else None


def shown_quotes(context: Context, payload: Payload | None) -> tuple[Quoted, ...]:
    """What a message quotes, as clients see it."""
    if not isinstance(payload, QuotingPayload):
        return ()
    member, read = context.member, context.store.read
    return tuple(
        quoted(member.coalition, member.policy, name, quote, _likeness(read, member.policy.hash, name, quote))
        for name, quote in payload.quoted
    )


def _likeness(read: ClientReader, policy: bytes, name: bytes, quote: Quote) -> Likeness:
    row = read.message(name)
    if row is None or row.kind == 0 or row.purged:
        return Likeness.UNKNOWN
    payload = decode_payload(row.payload)
    text = payload.text if isinstance(payload, Spoken) else ""
    said = (row.nation, row.author_time, row.release, text)
    same = said == (quote.nation, quote.time, quote.release(policy).packed, quote.text)
    return Likeness.SAME if same else Likeness.DIFFERS
