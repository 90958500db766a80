"""The forms of this node (SPEC 8.12): those that ship with the program."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from protocol.messages.forms import Form, form_from_toml
from protocol.messages.reports import ReportPayload, form_hash


@cache
def forms() -> tuple[Form, ...]:
    """All of them, by id."""
    folder = files("protocol").joinpath("forms")
    found = [form_from_toml(file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".toml")]
    return tuple(sorted(found, key=lambda form: form.id))


@cache
def _by_hash() -> dict[bytes, Form]:
    return {form_hash(form): form for form in forms()}


def form_of(report: ReportPayload) -> Form | None:
    """The very form that a report was written by, if it is here."""
    return _by_hash().get(report.form_hash)
