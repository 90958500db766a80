"""Payloads (SPEC 8.4): what an entry says once it is opened.

Every payload begins with its kind (a tag), format, the author's time, noplay, and references; then its own fields.
The author's clock is for display only. A new field is a new kind.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

from protocol.base.errors import DecodeError, LocalProtocolError, RemoteProtocolError, VersionError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_REFS, MAX_TEXT
from protocol.base.records import Bin, Flag, Part, Seq, Text, Uint, decode_any, encode, record
from protocol.messages.notices import NoticePayload, check_notice
from protocol.messages.receipts import ReceiptPayload, check_receipt
from protocol.messages.refs import Ref
from protocol.messages.reports import ReportPayload, check_report
from protocol.messages.roe import RoeEndorsementPayload, RoeNoticePayload, check_roe
from protocol.messages.versions import (
    CorrectionPayload,
    PurgedPayload,
    QuotingPayload,
    RetractionPayload,
    check_quoting,
)
from protocol.trust.charter import TIME

FORMAT: Final = 1


@record(Tag.TEXT)
class TextPayload:
    """A message.

    Attributes:
        time: the author's clock, Unix seconds.
        noplay: real-world traffic inside an exercise.
        text: any scalar values; shown only through `display_safe()`.
        ack_by: Unix seconds by which an acknowledgement is asked for, or 0.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    text: Annotated[str, Text(MAX_TEXT, 1)]
    ack_by: Annotated[int, TIME]


class ComplaintReason(IntEnum):
    """Why a reader could not open an envelope that was meant for it."""

    UNWRAP = 1
    COMMITMENT = 2
    ENTRY = 3
    NO_SLOT = 4
    """The reader's nation is in the release set, and the envelope has no slot for it."""


@record(Tag.COMPLAINT)
class ComplaintPayload:
    """A reader of a release nation says: this envelope does not open here. An assertion; it carries no key.

    It is an entry at the same label, so the complainer's signature and the label stand around it.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    envelope: Annotated[bytes, Bin(32)]
    reason: Annotated[int, Uint(int(ComplaintReason.NO_SLOT), 1)]


Payload = (
    TextPayload
    | ReceiptPayload
    | ComplaintPayload
    | QuotingPayload
    | CorrectionPayload
    | RetractionPayload
    | PurgedPayload
    | RoeNoticePayload
    | RoeEndorsementPayload
    | ReportPayload
    | NoticePayload
)

Spoken = TextPayload | QuotingPayload | CorrectionPayload | ReportPayload
"""Kinds that say something to readers: they have a text, and may ask for acknowledgement."""

KINDS: Final[dict[Tag, type]] = {
    Tag.TEXT: TextPayload,
    Tag.RECEIPT: ReceiptPayload,
    Tag.COMPLAINT: ComplaintPayload,
    Tag.QUOTING: QuotingPayload,
    Tag.CORRECTION: CorrectionPayload,
    Tag.RETRACTION: RetractionPayload,
    Tag.PURGED: PurgedPayload,
    Tag.ROE_NOTICE: RoeNoticePayload,
    Tag.ROE_ENDORSEMENT: RoeEndorsementPayload,
    Tag.REPORT: ReportPayload,
    Tag.NOTICE: NoticePayload,
}


def encode_payload(payload: Payload) -> bytes:
    """Canonical bytes, ready to be sealed.

    Raises:
        LocalProtocolError: a reader would refuse it.
    """
    try:
        _check(payload)
    except RemoteProtocolError as error:
        raise LocalProtocolError(error.detail, field=error.field) from None
    return encode(payload)


def decode_payload(data: bytes) -> Payload:
    """Decode an opened payload.

    Raises:
        RemoteProtocolError: malformed, or of a newer kind or format.
    """
    payload: Payload = decode_any(data, KINDS)
    _check(payload)
    return payload


def _check(payload: Payload) -> None:
    if payload.format != FORMAT:
        raise VersionError("of another format", field="format")
    if len({(ref.relation, ref.entry) for ref in payload.refs}) != len(payload.refs):
        raise DecodeError("must differ", field="refs")
    if isinstance(payload, ReceiptPayload):
        check_receipt(payload)
    if isinstance(payload, QuotingPayload):
        check_quoting(payload)
    if isinstance(payload, RoeNoticePayload):
        check_roe(payload)
    if isinstance(payload, NoticePayload):
        check_notice(payload)
    if isinstance(payload, ReportPayload):
        check_report(payload)


def kind_of(payload: Payload) -> Tag:
    """The tag of a payload's kind."""
    return next(tag for tag, cls in KINDS.items() if type(payload) is cls)
