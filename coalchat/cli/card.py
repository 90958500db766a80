"""A report as lines: a head, then a field a line; what is not as the form says, and what is missing, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalchat.cli.output import INDENT
from coalchat.display import display_safe

if TYPE_CHECKING:
    from coalchat.api.about import CardRow, Report

NO_FORM = "its form is not here: fields by their keys"
DIFFERS = "the form of that name here differs from its own: fields by their keys"
WIDEST = 20


def card_lines(report: Report) -> list[str]:
    """Indented lines; nothing in a value looks like one of ours."""
    head = [
        f"{report.form} {report.serial:03}",
        report.title or (DIFFERS if report.differs else NO_FORM),
        f"version {report.version}" if report.version > 1 else "",
        "part: more will follow" if report.part else "",
    ]
    names = [_name(row) for row in report.rows]
    width = min(WIDEST, max(map(len, names), default=0))
    lines = [INDENT + display_safe("  ".join(word for word in head if word))]
    for name, row in zip(names, report.rows, strict=True):
        first, *more = display_safe(row.text, multiline=True).split("\n")
        lines.append(f"{INDENT}{name.ljust(width)}  {first}" + ("  (NOT AS THE FORM SAYS)" if row.wrong else ""))
        lines += [f"{INDENT}{' ' * width}  {line}" for line in more]
    if report.missing:
        lines.append(f"{INDENT}not filled yet: {display_safe(', '.join(report.missing))}")
    return lines


def _name(row: CardRow) -> str:
    return display_safe(f"{row.name} {row.row}" if row.row else row.name)
