"""Evidence of one entry: what proves it to whoever holds the charter (SPEC 8.7, 12)."""

from __future__ import annotations

from coalchat.api.about import Checkpointed, Quoted
from coalchat.api.base import Request, Response
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import Answer, Precedence, State
from coalchat.record import field, record


@record
class EvidenceOf(Response):
    """Evidence of one entry.

    Attributes:
        entry_id: 64 hex digits. data: the packed record: it holds the text.
        acknowledgements: ids of the receipts that acknowledge this very entry and can be exported likewise.
    """

    entry_id: str
    data: bytes = field(repr=False)
    acknowledgements: tuple[str, ...]


@record
class Proof(Response):
    """What a piece of evidence proves; `author_time` is what the author's clock said, and no more.

    Attributes:
        coalition, coalition_id: of the charter it was checked by. exercise: as that says.
        nation, person, device, device_id: who signed, by the certificate.
        certified_from, certified_to: the certificate's validity; whether it was revoked is not in the evidence.
        channel_id, feed_id, seq, entry_id: the place.
        marking, nations: the label. precedence: as signed, not clamped.
        kind: "text", "quoting", "receipt" or "complaint". text: its words, as they were sent.
        state, answer, covered: of a receipt: what it says, and of which entries; else none.
        refs: entry ids that it answers or builds on.
        run: entries behind it that it took to find a signature that holds; 0: its own does.
        checkpoint: covers the entry at the node that checked it; it is not in the evidence. None: no node, or none does.
        quotes: what it repeats of others, as its author said it.
    """

    coalition: str
    coalition_id: str
    exercise: bool
    nation: str
    person: str
    device: int
    device_id: str
    certified_from: int
    certified_to: int
    channel_id: str
    feed_id: str
    seq: int
    entry_id: str
    marking: str
    nations: tuple[str, ...]
    precedence: Precedence
    kind: str
    text: str
    author_time: int
    noplay: bool
    state: State | None
    answer: Answer | None
    covered: tuple[str, ...]
    refs: tuple[str, ...]
    run: int
    checkpoint: Checkpointed | None = None
    quotes: tuple[Quoted, ...] = ()


@record
class ExportEvidence(Request[EvidenceOf]):
    """Make evidence of a message, or of a receipt by its whole id; the audit record has it.

    Errors: UnknownMessage, Ambiguous; Expired (its body was purged); UsageError (it could never be read here, or what
    proves its author is not here any more).
    """

    op = "evidence.export"
    scope = Scope.READ
    id: str


@record
class CheckEvidence(Request[Proof]):
    """Check a piece of evidence by this coalition's charter. Errors: PeerCorrupt (it proves nothing)."""

    op = "evidence.check"
    scope = Scope.READ
    data: bytes = field(repr=False)
