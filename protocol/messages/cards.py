"""Reports as people read them (SPEC 8.12): as a card, a line for each field, and as text in the manner of APP-11.

    SALUTE/004/221542ZNOV26//
    SIZE/3 trucks, 12 people//
    LOC/31NBA48121187//
    SUPPLY-1/CLASS:III/HELD:120//

Rule 1: the text needs no form: keys and written forms only, so it is the same at every reader's.
Rule 2: a set begins at the beginning of a line and ends with two slashes at the end of one; further lines of a value are
indented. Nothing that stands in a value begins a set.
Rule 3: a card never leaves out what came: what is not as its form says is shown as it is, and marked.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from protocol.messages.fields import shown_value
from protocol.messages.filling import ReportValue, faulty, where
from protocol.messages.forms import Form

INDENT = "    "


@attrs.frozen
class CardLine:
    """One line of a card.

    Attributes:
        key, row: of the value. name: of the field; its key, where the form is not here.
        text: as people read it. wrong: it is not as the form says.
    """

    key: str
    row: int
    name: str
    text: str
    wrong: bool


def card(form: Form | None, values: Sequence[ReportValue]) -> tuple[CardLine, ...]:
    """The lines of a card; none as form: it is not here."""
    bad = frozenset[str]() if form is None else faulty(form, values)
    return tuple(_line(form, value, where(value.key, value.row) in bad) for value in values)


def _line(form: Form | None, value: ReportValue, bad: bool) -> CardLine:
    field = None if form is None else form.field(value.key)
    if field is None:
        return CardLine(value.key, value.row, value.key, value.text, bad)
    text = value.text if bad else shown_value(field, value.text)
    return CardLine(value.key, value.row, field.name, text, bad)


def report_text(form: str, serial: int, when: str, values: Sequence[ReportValue]) -> str:
    """A report as text.

    Args:
        form: its id. when: date-time group of its author's clock.
    """
    sets = [f"{form}/{serial:03}/{when}"]
    row, cells = "", list[str]()
    for value in values:
        text = value.text.replace("\n", f"\n{INDENT}")
        group, _, name = value.key.partition("-")
        this = f"{group}-{value.row}" if value.row else ""
        if cells and this != row:
            sets.append("/".join([row, *cells]))
            cells = []
        row = this
        if this:
            cells.append(f"{name or group}:{text}")
        else:
            sets.append(f"{value.key}/{text}")
    if cells:
        sets.append("/".join([row, *cells]))
    return "".join(f"{one}//\n" for one in sets).removesuffix("\n")
