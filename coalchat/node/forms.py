"""The forms of this node (SPEC 8.12): those that ship with the program, and those that its users brought.

Rule 1: a report is explained by the very wording that it names, and by no other of the same id.
Rule 2: an own form hides none that ships: neither its id nor an alias is one of theirs, or of another own form.
Rule 3: a wording that was kept is never changed: a changed form is a further wording, with a higher version; older ones
go on explaining the reports that were filed on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import attrs

from coalchat.errors import AlreadyExists, UsageError
from coalchat.store.faces import ClientReader
from protocol.base.limits import MAX_OWN_FORMS
from protocol.base.records import decode
from protocol.messages.formfile import form_from_toml, read_form
from protocol.messages.forms import Form, find_form
from protocol.messages.reports import ReportPayload, form_hash

VERBS: Final = frozenset({"FILE", "FORM", "FORMS", "LIST", "SHOW"})
"""Words behind `coalchat report`: a form of such a name could not be filed by it."""
SAID: Final = 5
"""Faults of one file that are said at once: an error has room for so many."""


@attrs.frozen
class Known:
    """A form that is here.

    Attributes:
        hash: of its wording. own: it does not ship. current: reports are filed on it; else there is a newer wording.
    """

    form: Form
    hash: bytes
    own: bool
    current: bool


@cache
def shipped() -> tuple[Form, ...]:
    """Those that ship, by id."""
    folder = files("protocol").joinpath("forms")
    found = [form_from_toml(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".toml")]
    return tuple(sorted(found, key=lambda form: form.id))


@cache
def _by_hash() -> dict[bytes, Form]:
    return {form_hash(form): form for form in shipped()}


@lru_cache(MAX_OWN_FORMS)
def _own(packed: bytes) -> Form:
    return decode(Form, packed)


def known_forms(read: ClientReader) -> tuple[Known, ...]:
    """All forms that are here, in every wording, by id and version."""
    own = list(map(_own, read.own_forms()))
    newest: dict[str, int] = {}
    for form in own:
        newest[form.id] = max(form.version, newest.get(form.id, 0))
    # What ships later under an own form's id takes its place; the own one goes on explaining what was filed on it.
    there = {form.id for form in shipped()}
    found = [Known(form, hashed, own=False, current=True) for hashed, form in _by_hash().items()]
    found += [
        Known(form, form_hash(form), True, form.version == newest[form.id] and form.id not in there) for form in own
    ]
    return tuple(sorted(found, key=lambda one: (one.form.id, one.form.version)))


def current_forms(read: ClientReader) -> tuple[Form, ...]:
    """Those that reports are filed on, by id."""
    return tuple(known.form for known in known_forms(read) if known.current)


def form_of(read: ClientReader, report: ReportPayload) -> Form | None:
    """The very form that a report was written by, if it is here."""
    ships = _by_hash().get(report.form_hash)
    packed = None if ships is not None else read.own_form(report.form_hash)
    return ships if packed is None else _own(packed)


def differs(read: ClientReader, report: ReportPayload) -> bool:
    """Whether a form of a report's id is here, where the one that it was written by is not."""
    return any(known.form.id == report.form for known in known_forms(read))


# --- the users' own ---


def judged(read: ClientReader, text: str) -> tuple[Form, bool]:
    """An own form as its file says, and whether it is new here.

    Raises:
        UsageError: no form; names every fault with its line, its field and the rule.
        AlreadyExists: that version of it is here in other words, or a newer one.
    """
    form, faults = read_form(text.encode("utf-8", "surrogatepass"))
    if form is None:
        more = [f"and {len(faults) - SAID} more"] if len(faults) > SAID else []
        raise UsageError("; ".join([*map(str, faults[:SAID]), *more]))
    known = known_forms(read)
    own = [one for one in known if one.own]
    taken = sorted(_taken(form, (one.form for one in known if not one.own or one.form.id != form.id)))
    if taken:
        raise UsageError(f"id, aliases: {', '.join(taken)}: a form here, or a word of `coalchat report`, has that name")
    if form_hash(form) in {one.hash for one in own}:
        return form, False
    if any(one.form.id == form.id and one.form.version >= form.version for one in own):
        least = 1 + max(one.form.version for one in own if one.form.id == form.id)
        raise AlreadyExists(form.id, hint=f"a wording that was used is never changed: give it version = {least}")
    if len(own) >= MAX_OWN_FORMS:
        raise UsageError(f"form: a home keeps at most {MAX_OWN_FORMS} wordings of own forms", hint="remove one first")
    return form, True


def _taken(form: Form, others: Iterable[Form]) -> Iterator[str]:
    names = {form.id, *form.aliases}
    yield from names & VERBS
    for other in others:
        yield from names & {other.id, *other.aliases}


def own_wordings(read: ClientReader, name: str) -> list[Known]:
    """All wordings of an own form.

    Raises:
        UsageError: there is none of that name, or it ships.
    """
    known = known_forms(read)
    meant = find_form([one.form for one in known if one.current], name) or find_form([one.form for one in known], name)
    found = [one for one in known if one.own and meant is not None and one.form.id == meant.id]
    if meant is not None and not found:
        raise UsageError(f"form: {meant.id} ships with the program, and stays")
    if not found:
        raise UsageError(f"form: there is no own form {name}")
    return found
