"""The label picker: level, nations and category at the left; who can read it and who not at the right.

Rule 1: what cannot be chosen stays in sight, with the reason.
Rule 2: the resulting marking is printed as others will see it.
Rule 3: one cursor runs through levels, nations and categories; of the categories the first is "none".
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.dialogviews import LabelPicker, NationChoice
from coalchat.desk.paint.block import EMPTY, MARGIN, block_apart, block_hints, block_row, block_text, chosen_bar
from coalchat.desk.paint.channels import channel_name
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.rail import progress
from coalchat.desk.paint.spans import blank, fit, national, width_of
from coalchat.desk.paint.text import cells, one_line, ours, pad, wrap

_TWO_COLUMNS: Final = 72
_BAR: Final = 14

_Entry = tuple[list[Span], bool]
"""A row, and whether the cursor is in it."""


def paint_picker(view: LabelPicker, width: int, glyphs: Glyphs, cursor: int = 0) -> list[Line]:
    """`cursor`: index over levels, then nations, then categories, of which the first is "none"."""
    title = [Span("LABEL", Ink.BRIGHT), Span(f"   {channel_name(view.channel)}", Ink.MUTED)]
    policy = [Span("policy ", Ink.MUTED), Span(one_line(view.policy))]
    lines = [block_apart(title, policy, width, glyphs), EMPTY]
    inner = width - 2 * MARGIN
    left_width = inner // 2 - 1 if width >= _TWO_COLUMNS else inner
    choices = _choices(view, glyphs, cursor, left_width)
    if width >= _TWO_COLUMNS:
        readers = _readers(view, inner - left_width - 3, glyphs)
        for entry, right in zip_longest(choices, readers, fillvalue=None):
            row, here = entry or ([], False)
            left = fit(row, left_width, glyphs)
            gap = blank(left_width - width_of(left) + 1)
            spans = [*left, gap, Span(glyphs.divider, Ink.RULE), Span(" "), *(right or [])]
            lines.append(block_row(spans, width, glyphs, chosen_bar(here, glyphs)))
    else:
        lines += [block_row(row, width, glyphs, chosen_bar(here, glyphs)) for row, here in choices if row]
        lines += [block_row(row, width, glyphs) for row in _readers(view, inner, glyphs) if row]
    lines += [EMPTY, *_result(view, width, glyphs)]
    keys = ((glyphs.arrows, "move"), ("Space", "choose"))
    return [*lines, EMPTY, block_hints(keys, (("Enter", "use"), ("Esc", "keep old")), width, glyphs)]


def _choices(view: LabelPicker, glyphs: Glyphs, cursor: int, room: int) -> list[_Entry]:
    size = max((cells(one_line(level.name)) for level in view.levels), default=0)
    rows: list[_Entry] = [([Span("LEVEL", Ink.CAPS)], False)]
    place = 0
    for level in view.levels:
        name = f" {pad(one_line(level.name), size)} "
        here = place == cursor
        place += 1
        if not level.why_not:
            chip = [_one(level.chosen, glyphs), Span(name, Ink.FILL, level.level)]
            rows.append(([*chip, *national(level.national, room - size - 4, glyphs)], here))
            continue
        begin, *rest = wrap(ours(level.why_not, glyphs), max(room - size - 6, 8))
        rows.append(([Span("  "), Span(name, Ink.FAINT), Span(f"  {begin}", Ink.MUTED)], here))
        rows += [([blank(size + 6), Span(row, Ink.MUTED)], here) for row in rest]
    rows += [([], False), ([Span("RELEASABLE TO", Ink.CAPS)], False)]
    for nation in view.nations:
        chosen = nation.chosen or nation.own
        box = Span(f"{glyphs.chosen if chosen else glyphs.free} ", Ink.BRIGHT if chosen else Ink.MUTED)
        note = Span("  yours, always" if nation.own else "", Ink.MUTED)
        rows.append(([box, Span(nation.code, Ink.BRIGHT if chosen else Ink.TEXT), note], place == cursor))
        place += 1
    if not view.categories:
        return rows
    rows += [([], False), ([Span("CATEGORY", Ink.CAPS)], False)]
    none = ("none", not any(chosen for _, chosen in view.categories))
    for name, chosen in (none, *view.categories):
        text = Span(one_line(name), Ink.BRIGHT if chosen else Ink.TEXT)
        rows.append(([_one(chosen, glyphs), text], place == cursor))
        place += 1
    return rows


def _one(chosen: bool, glyphs: Glyphs) -> Span:
    return Span(f"{glyphs.on if chosen else glyphs.off} ", Ink.BRIGHT if chosen else Ink.MUTED)


def _readers(view: LabelPicker, room: int, glyphs: Glyphs) -> list[list[Span]]:
    rows: list[list[Span]] = [[Span("READABLE BY", Ink.CAPS)]]
    if not view.known:
        return [*rows, [Span("asking who can read it", Ink.MUTED)]]
    inside = [nation for nation in view.nations if nation.chosen or nation.own]
    size = max((cells(nation.code) for nation in view.nations), default=0) + 1
    rows += [_reader(nation, size, room, glyphs) for nation in inside]
    rows += [[], [Span("WITHHELD FROM", Ink.CAPS)]]
    outside = [nation for nation in view.nations if nation not in inside]
    some = [nation for nation in inside if nation.readers < nation.of]
    for nation in outside:
        words = Span(" whole nation, not released")
        rows.append(list(fit([Span(pad(nation.code, size), Ink.BRIGHT), words], room, glyphs)))
    for nation in some:
        count = nation.of - nation.readers
        words = Span(f" {count} device{'s' if count > 1 else ''}: not cleared for it", Ink.MUTED)
        rows.append(list(fit([Span(pad(nation.code, size)), words], room, glyphs)))
    if not outside and not some:
        rows.append([Span("nobody in this channel", Ink.MUTED)])
    elif outside:
        codes = ", ".join(nation.code for nation in outside)
        rows.append([])
        rows += [[Span(row)] for row in wrap(f"{codes} will see nothing: no line, no gap, no count.", room)]
    return rows


def _reader(nation: NationChoice, size: int, room: int, glyphs: Glyphs) -> list[Span]:
    count = f"{nation.readers:3} of {nation.of} devices"
    row = [Span(pad(nation.code, size), Ink.BRIGHT)]
    bar = min(_BAR, room - size - cells(count))
    if bar >= 4 and nation.of:
        row += progress(nation.readers / nation.of, bar, glyphs, Ink.BRIGHT)
    row.append(Span(count, Ink.TEXT if nation.readers else Ink.BRIGHT))
    return list(fit(row, room, glyphs))


def _result(view: LabelPicker, width: int, glyphs: Glyphs) -> list[Line]:
    if view.denied is not None:
        clause, reason = view.denied
        bar = Span(glyphs.urgent, Ink.BRIGHT)
        words = f"{glyphs.refused} cannot be used here: {one_line(clause)}"
        return [
            block_row([Span(words, Ink.BRIGHT)], width, glyphs, bar),
            *block_text(reason, Ink.TEXT, width, glyphs, bar),
        ]
    lines = [block_row([Span("will be marked", Ink.MUTED)], width, glyphs)]
    chip = [Span(f" {row} ", Ink.FILL, view.level) for row in wrap(view.marking, max(width - 2 * MARGIN - 2, 2))]
    portion = [Span("    portion ", Ink.MUTED), Span(one_line(view.mark), Ink.MARK, view.level)]
    for place, span in enumerate(chip):
        last = place == len(chip) - 1
        fits = cells(span.text) + width_of(portion) <= width - 2 * MARGIN
        lines.append(block_row([span, *(portion if last and fits else [])], width, glyphs))
    if view.warnings:
        lines.append(EMPTY)
    for warning in view.warnings:
        lines += block_text(f"{glyphs.act} {warning}", Ink.BRIGHT, width, glyphs)
    return lines
