"""Evidence as people see it (SPEC 8.7): checked by a charter, with a node or without one."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from coalchat.api.about import Quoted
from coalchat.api.evidence import Proof
from coalchat.api.vocabulary import Answer, Likeness, State
from coalchat.api.vocabulary import Precedence as PrecedenceWord
from coalchat.custody.founding import show_charter_file
from coalchat.custody.notices import notice_text
from coalchat.errors import PeerCorrupt, UsageError
from protocol.base.errors import ProtocolError
from protocol.messages.evidence import Proved, check_evidence
from protocol.messages.payload import Payload, Spoken, kind_of
from protocol.messages.receipts import ReceiptPayload, ReceiptState, Response
from protocol.messages.roe import RoeEndorsementPayload, RoeNoticePayload
from protocol.messages.versions import PurgedPayload, Quote, QuotingPayload, RetractionPayload
from protocol.trust.charter import Coalition
from protocol.trust.credential import Precedence
from protocol.trust.label import label_of, marking, portion_mark
from protocol.trust.policy import Policy


def check_by_charter(charter: bytes, data: bytes) -> Proof:
    """Check evidence by a charter file.

    Raises:
        UsageError: the charter is none, or not every nation has signed it. PeerCorrupt: the evidence proves nothing.
    """
    progress = show_charter_file(charter)
    if progress.coalition is None:
        missing = ", ".join(progress.missing)
        raise UsageError(
            f"the charter is not complete: {missing} have not signed", hint="a coalition is what all have signed"
        )
    return check(progress.coalition, progress.policy, data)


def check(coalition: Coalition, policy: Policy, data: bytes) -> Proof:
    """Check evidence by a charter that is in force.

    Raises:
        PeerCorrupt: it proves nothing.
    """
    try:
        return _proof(coalition, policy, check_evidence(coalition, policy, data))
    except ProtocolError as error:
        raise PeerCorrupt(f"this proves nothing by the charter of {coalition.charter.name} ({error})") from None


def _proof(coalition: Coalition, policy: Policy, proved: Proved) -> Proof:
    certificate, feed, entry, payload = proved.author.certificate, proved.feed, proved.entry, proved.payload
    receipt = payload if isinstance(payload, ReceiptPayload) else None
    return Proof(
        coalition=coalition.charter.name,
        coalition_id=coalition.id.hex(),
        exercise=coalition.charter.exercise,
        nation=coalition.codes[certificate.nation],
        person=certificate.name,
        device=certificate.number,
        device_id=certificate.device.hex(),
        certified_from=certificate.not_before,
        certified_to=certificate.not_after,
        channel_id=feed.channel.hex(),
        feed_id=feed.id.hex(),
        seq=entry.base.seq,
        entry_id=entry.id.hex(),
        marking=marking(label_of(feed.release), policy, coalition.codes),
        nations=tuple(coalition.codes[nation] for nation in feed.release.releasable),
        precedence=PrecedenceWord(Precedence(entry.base.precedence).name),
        kind=kind_of(payload).name.lower(),
        text=_text(payload, coalition.codes),
        author_time=payload.time,
        noplay=payload.noplay,
        state=None if receipt is None else State(ReceiptState(receipt.state).name.lower()),
        answer=None if receipt is None else Answer(Response(receipt.response).name.lower()),
        covered=tuple(name.hex() for name in _covered(payload)),
        refs=tuple(ref.entry.hex() for ref in payload.refs),
        run=proved.run,
        quotes=()
        if not isinstance(payload, QuotingPayload)
        else tuple(quoted(coalition, policy, name, quote, Likeness.UNKNOWN) for name, quote in payload.quoted),
    )


def quoted(coalition: Coalition, policy: Policy, name: bytes, quote: Quote, likeness: Likeness) -> Quoted:
    """A quote; its level, category and nations are the policy's and the charter's."""
    label, codes = quote.label(policy.hash), coalition.codes
    bare = attrs.evolve(label, releasable=frozenset())
    return Quoted(
        entry_id=name.hex(),
        nation=codes[quote.nation],
        person=quote.person,
        time=quote.time,
        marking=marking(label, policy, codes),
        level=quote.level,
        portion=portion_mark(bare, policy, codes)[1:-1],
        nations=tuple(codes[nation] for nation in quote.releasable),
        text=quote.text,
        likeness=likeness,
    )


def _covered(payload: Payload) -> tuple[bytes, ...]:
    if isinstance(payload, RetractionPayload):
        return payload.entries
    if isinstance(payload, PurgedPayload):
        return (payload.of.entry,)
    return tuple(covered.entry for covered in payload.ranges) if isinstance(payload, ReceiptPayload) else ()


def _text(payload: Payload, codes: Sequence[str]) -> str:
    if isinstance(payload, RoeNoticePayload):
        return notice_text(payload, codes)
    if isinstance(payload, RoeEndorsementPayload):
        return f"signs the ROE notice {payload.notice.hex()}"
    return payload.text if isinstance(payload, Spoken | ReceiptPayload) else ""
