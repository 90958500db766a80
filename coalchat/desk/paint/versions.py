"""All versions of a message, the first one first: each under its mark, with author and time."""

from __future__ import annotations

from collections.abc import Sequence

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.dialogviews import VersionRow
from coalchat.desk.model.words import counted
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank, section, width_of
from coalchat.desk.paint.text import one_line, ours, wrap

_INDENT = 1


def paint_versions_head(count: int, width: int, glyphs: Glyphs) -> list[Line]:
    """What stays at the top."""
    left = [Span(" "), Span("VERSIONS", Ink.BRIGHT)]
    right = [Span(f"{counted(count, 'version')} ", Ink.MUTED)] if count else []
    return [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]


def paint_versions(rows: Sequence[VersionRow], trouble: str, width: int, glyphs: Glyphs) -> list[Line]:
    """All rows under the head. `trouble`: why there are none, or ""."""
    if not rows:
        said = f"{glyphs.refused} {trouble}" if trouble else "asking the node"
        return [Line((blank(_INDENT), Span(row, Ink.REMARK))) for row in wrap(ours(said, glyphs), width - 2)]
    lines: list[Line] = []
    for row in rows:
        note = f"{row.note}  {row.time}" if row.note else row.time
        lines.append(section(row.title.upper(), note, width, glyphs, Ground.BASE))
        whose = [
            blank(_INDENT),
            Span(one_line(row.mark), Ink.MARK, row.level),
            Span(f" {one_line(row.who)}", Ink.BRIGHT),
        ]
        name = Span(f"  id {row.id}", Ink.MUTED)
        lines.append(Line((*whose, name) if width_of(whose) + len(name.text) <= width else tuple(whose)))
        ink = Ink.TEXT if row.note else Ink.MUTED
        lines += [Line((blank(_INDENT), Span(text, ink))) for text in wrap(row.text, max(width - 2 * _INDENT, 2))]
        lines.append(Line())
    return lines
