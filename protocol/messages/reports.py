"""Reports (SPEC 8.12): a filled form, as its author signed it.

Rule 1: what is filled in is text with its field's key: a reader without the form can read it.
Rule 2: the form is named with the hash of its wording: a reader explains nothing by another one.
Rule 3: an update is a further version (8.10) and carries the whole report anew: of two, neither needs the other.
"""

from __future__ import annotations

from typing import Annotated, Final

from protocol.base.crypto import digest
from protocol.base.errors import DecodeError
from protocol.base.ids import Person, Tag
from protocol.base.limits import MAX_REFS, MAX_REPORT_TEXT, MAX_REPORT_VALUES
from protocol.base.records import Bin, Code, Flag, OptBin, Part, Seq, Uint, record
from protocol.messages.cards import report_text
from protocol.messages.dtg import group_of
from protocol.messages.filling import ReportValue
from protocol.messages.forms import Form
from protocol.messages.refs import Ref
from protocol.messages.versions import MAX_VERSION
from protocol.trust.charter import TIME

MAX_SERIAL: Final = 999_999
_LAST: Final = 4_102_444_799
"""The last second that a date-time group can say."""


@record(Tag.REPORT)
class ReportPayload:
    """A report.

    Attributes:
        ack_by: as in TEXT. form, wording, form_hash: of its form, which the reader need not have.
        serial: of its author's reports on this form, in this channel under this release key, from 1.
        first: of an update, id of the first version; else none. version: from 1.
        part: its author says that more will follow.
        values: what is filled in.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    ack_by: Annotated[int, TIME]
    form: Annotated[str, Code()]
    wording: Annotated[int, Uint(2**16 - 1, 1)]
    form_hash: Annotated[bytes, Bin(32)]
    serial: Annotated[int, Uint(MAX_SERIAL, 1)]
    first: Annotated[bytes, OptBin(32)]
    version: Annotated[int, Uint(MAX_VERSION, 1)]
    part: Annotated[bool, Flag()]
    values: Annotated[tuple[ReportValue, ...], Seq(Part(ReportValue), MAX_REPORT_VALUES, 1)]

    @property
    def text(self) -> str:
        """The report as text, the same at every reader's."""
        return report_text(self.form, self.serial, group_of(min(self.time, _LAST)), self.values)

    def explained_by(self, form: Form) -> bool:
        """Whether it was written by this very form."""
        return form_hash(form) == self.form_hash


def form_hash(form: Form) -> bytes:
    """32 bytes that name the wording of a form."""
    return digest(Person.FORM, form.packed)


def check_report(payload: ReportPayload) -> None:
    """Check what the fields alone do not say.

    Raises:
        DecodeError: a value stands twice, there is more text than a report has, or it is an update of nothing.
    """
    if len({(value.key, value.row) for value in payload.values}) != len(payload.values):
        raise DecodeError("a field stands twice", field="values")
    if sum(len(value.text.encode("utf-8", "surrogatepass")) for value in payload.values) > MAX_REPORT_TEXT:
        raise DecodeError(f"more than {MAX_REPORT_TEXT} bytes", field="values")
    if bool(payload.first) != (payload.version > 1):
        raise DecodeError("must be above 1 for an update, and for nothing else", field="version")
