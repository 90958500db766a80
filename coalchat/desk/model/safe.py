"""The door of the model: every text of an answer or event passes `display_safe` before anything else sees it.

A record is walked by its fields, so that no text is forgotten: names, titles, purposes, reasons, addresses, warnings,
markings. Only a message's body, what it quotes, the values of a report, and drafts keep their line breaks. Ids, codes and words of the API are plain ASCII and stay the same.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeVar, cast

from coalchat.api.about import CardRow, Quoted
from coalchat.api.drafts import Draft
from coalchat.api.nouns import Message
from coalchat.api.reports import Typed
from coalchat.display import display_safe
from coalchat.record import evolve, fields_of, is_record

R = TypeVar("R")
_BODIES: Final[dict[type, tuple[str, ...]]] = {
    Message: ("text",),
    Quoted: ("text",),
    CardRow: ("text", "value"),
    Draft: ("text",),
    Typed: ("text",),
}


def safe(record: R) -> R:
    """The record with all its texts safe to print; itself, if they are already."""
    changed: dict[str, Any] = {}
    bodies = _BODIES.get(cast(Any, type(record)), ())
    for name in _names(cast(Any, type(record))):
        value = getattr(record, name)
        shown = _safe(value, multiline=name in bodies)
        if shown is not value:
            changed[name] = shown
    return cast(R, evolve(cast(Any, record), **changed)) if changed else record


@cache
def _names(cls: type) -> tuple[str, ...]:
    return fields_of(cls)


def _safe(value: Any, *, multiline: bool = False) -> Any:
    if type(value) is str:  # the API's words are subclasses of it
        shown = display_safe(value, multiline=multiline)
        return value if shown == value else shown
    if type(value) is tuple:
        items = tuple(_safe(item) for item in value)
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    return safe(value) if is_record(type(value)) else value
