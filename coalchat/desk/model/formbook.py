"""The forms of the node, as it names them.

Nobody waits for it at the start: it is imported when a form is asked for.
"""

from __future__ import annotations

from coalchat.api.reports import Form as FormNoun
from coalchat.record import record
from protocol.messages.fields import Field, FieldType, Need
from protocol.messages.forms import Form


@record
class KnownForm:
    """A form of the node. `current`: reports are filed on it; else it explains those that were filed before."""

    form: Form
    hash: str
    own: bool
    current: bool


def known_form(noun: FormNoun) -> KnownForm:
    """A form as the node names it."""
    fields = tuple(
        Field(
            one.key, one.name, one.section, one.hint, int(FieldType[one.type.upper()]), int(Need[one.need.upper()]),
            one.rows, one.least, one.most, one.codes,
        )
        for one in noun.fields
    )  # fmt: skip
    form = Form(
        noun.id, noun.version, noun.title, noun.aliases, noun.precedence.rank, noun.parts, noun.ack, fields
    )  # fmt: skip
    return KnownForm(form=form, hash=noun.hash, own=noun.own, current=noun.current)
