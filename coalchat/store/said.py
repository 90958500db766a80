"""What a stored payload says in words (SPEC, "At rest"): the text of the index that search goes by.

SQL calls it, as `said(kind, payload)`. What it gives of a payload that is stored may change only with a migration that makes
the index anew: by this text its terms are taken out again.
"""

from __future__ import annotations

from typing import Any, Final

from protocol.base.codec import unpack_loose
from protocol.base.errors import RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.records import kinds
from protocol.messages.notices import NoticePayload
from protocol.messages.payload import Payload, TextPayload, decode_payload
from protocol.messages.reports import ReportPayload
from protocol.messages.roe import RoeNoticePayload
from protocol.messages.versions import CorrectionPayload, QuotingPayload

HIT: Final = ("\x02", "\x03")
"""Stand before and behind what matched in a snippet; no text of the index has them."""
_SAYING: Final = (CorrectionPayload, ReportPayload)
_TEXT_FIELDS: Final = 1 + len(kinds(TextPayload))
_TEXT_AT: Final = 1 + [name for name, _ in kinds(TextPayload)].index("text")


def said(kind: int, payload: bytes) -> str:
    """What is searched of a message: its text, what it quotes, the words of an ROE notice, the reason of a notice; "" of what says nothing."""
    if not kind or not payload:
        return ""
    try:
        # A stored text was checked when it came in: a page of hits does not pay for that fifty times more.
        value = unpack_loose(payload)
        if type(value) is tuple and len(value) == _TEXT_FIELDS and value[0] == Tag.TEXT:
            text = str(value[_TEXT_AT])
        else:
            text = _words(decode_payload(payload))
    except RemoteProtocolError:
        return ""  # nothing that was opened here
    for sign in HIT:
        text = text.replace(sign, " ")
    return text


def _words(opened: Payload) -> str:
    return opened.text if isinstance(opened, _SAYING) else "\n".join(part for part in _parts(opened) if part)


def _parts(opened: Payload) -> tuple[str, ...]:
    if isinstance(opened, QuotingPayload):
        return (opened.text, *(quote.text for quote in opened.quotes))
    if isinstance(opened, RoeNoticePayload):
        rules = (part for rule in opened.rules for part in (rule.number, rule.option, rule.text, rule.specify))
        return (opened.name, *rules, opened.applies, opened.remark)
    if isinstance(opened, NoticePayload):
        return (opened.reason,)
    return ()


def functions(connection: Any) -> None:
    """Give a connection what its views call."""
    connection.create_function("said", 2, said, deterministic=True)
