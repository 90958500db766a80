"""A channel that is to be, and who is let into one: what is chosen, and who will be able to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.foundingviews import ChannelForm, Member, Offer
from coalchat.desk.model.words import counted
from coalchat.desk.paint.block import EMPTY, MARGIN, block_hints, block_row, block_text, block_well, chosen_bar
from coalchat.desk.paint.channels import channel_name
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.spans import width_of
from coalchat.desk.paint.text import one_line, ours

TEXTS: Final = (("title", "TITLE", "as all members will see it"), ("purpose", "PURPOSE", "in a line; may stay empty"))
"""Fields that are typed: name, head, and what it is."""


def paint_founding(
    form: ChannelForm, offer: Offer, place: int, typing: int, width: int, glyphs: Glyphs
) -> tuple[list[Line], list[Line]]:
    """Rows above and below the field of the text number `typing`.

    Args:
        place: of the cursor: over the texts, then the ceiling, its category where there is any, and the members.
    """
    values = (form.title, form.purpose)
    above = [
        block_row([Span("NEW CHANNEL", Ink.BRIGHT), Span("   of nations, under a ceiling", Ink.MUTED)], width, glyphs),
        EMPTY,
    ]
    below: list[Line] = []
    for number, (name, head, what) in enumerate(TEXTS):
        here, into = number == place, above if number <= typing else below
        words = [Span(head, Ink.BRIGHT if here else Ink.CAPS), Span(f"  {what}", Ink.MUTED)]
        into.append(block_row(words, width, glyphs, chosen_bar(here, glyphs)))
        if number != typing:
            into.append(block_well(values[number], width, glyphs))
        (below if number == typing else into).extend(_wrong(offer, name, width, glyphs))
    below += [EMPTY, *_ceiling(form, offer, place - len(TEXTS), width, glyphs)]
    first = len(TEXTS) + 1 + bool(offer.categories)
    below += [
        *_members("MEMBERS", offer.members, place - first, width, glyphs),
        *_wrong(offer, "members", width, glyphs),
    ]
    below += [EMPTY, *_readers(offer.members, offer.ceiling, width, glyphs), *_wrong(offer, "", width, glyphs)]
    does = "next" if place < len(TEXTS) else "make it"
    if offer.asking:
        below.append(block_row([Span("the node makes it", Ink.REMARK)], width, glyphs))
    keys = [(glyphs.arrows, "move"), ("Enter", does)]
    if place >= len(TEXTS):
        keys.insert(1, ("Space", "choose"))
    return above, [*below, EMPTY, block_hints(tuple(keys), (("Esc", "not now"),), width, glyphs)]


def paint_widening(
    title: str, members: Sequence[Member], offer: Offer, place: int, width: int, glyphs: Glyphs
) -> list[Line]:
    """Who may be let in. `members`: those, with what is chosen; `offer`: all, as they would be then."""
    return [
        block_row([Span("WIDEN", Ink.BRIGHT), Span(f"   {channel_name(title)}", Ink.MUTED)], width, glyphs),
        EMPTY,
        *_members("LET IN", members, place, width, glyphs),
        *_wrong(offer, "members", width, glyphs),
        EMPTY,
        *_readers(offer.members, offer.ceiling, width, glyphs),
        *block_text(
            "They read what is sent from then on, and nothing from before. Members stay members.",
            Ink.TEXT,
            width,
            glyphs,
        ),
        EMPTY,
        block_hints(
            ((glyphs.arrows, "move"), ("Space", "choose"), ("Enter", "let them in")),
            (("Esc", "not now"),),
            width,
            glyphs,
        ),
    ]


def _wrong(offer: Offer, name: str, width: int, glyphs: Glyphs) -> list[Line]:
    where, said = offer.error
    return block_text(f"{glyphs.refused} {said}", Ink.BRIGHT, width, glyphs) if said and where == name else []


def _ceiling(form: ChannelForm, offer: Offer, place: int, width: int, glyphs: Glyphs) -> list[Line]:
    """The highest label in it. What is above the own clearance is not there."""
    here = place == 0
    levels: list[Span] = []
    for level, name in enumerate(offer.levels):
        on = level == form.level
        chip = Span(f" {one_line(name)} ", Ink.FILL, level) if on else Span(one_line(name), Ink.MUTED)
        levels += [Span(f"{glyphs.on if on else glyphs.off} ", Ink.BRIGHT if on else Ink.MUTED), chip, Span("  ")]
    rows = [
        block_row(
            [Span("CEILING", Ink.BRIGHT if here else Ink.CAPS), Span("  the highest label in it", Ink.MUTED)],
            width,
            glyphs,
            chosen_bar(here, glyphs),
        ),
        *_flowing([levels[at : at + 3] for at in range(0, len(levels), 3)], width, glyphs),
        *_wrong(offer, "ceiling", width, glyphs),
    ]
    if offer.categories:
        here = place == 1
        words = [Span("CATEGORY", Ink.BRIGHT if here else Ink.CAPS), Span(f"  {one_line(form.category) or 'none'}")]
        rows.append(block_row(words, width, glyphs, chosen_bar(here, glyphs)))
    return rows


def _members(head: str, members: Sequence[Member], place: int, width: int, glyphs: Glyphs) -> list[Line]:
    here = 0 <= place < len(members)
    cells = []
    for number, member in enumerate(members):
        mark = Span(glyphs.selection if number == place else " ", Ink.ACCENT)
        box = Span(f"{glyphs.chosen if member.chosen else glyphs.free} ", Ink.BRIGHT if member.chosen else Ink.MUTED)
        code = Span(member.code, Ink.BRIGHT if member.chosen else Ink.TEXT)
        cells.append([mark, box, code, Span(" yours, always" if member.own else "", Ink.MUTED), Span("  ")])
    words = [Span(head, Ink.BRIGHT if here else Ink.CAPS)]
    if here:
        words.append(Span(f"  {one_line(members[place].name)}", Ink.MUTED))
    return [block_row(words, width, glyphs, chosen_bar(here, glyphs)), *_flowing(cells, width, glyphs)]


def _flowing(cells: list[list[Span]], width: int, glyphs: Glyphs) -> list[Line]:
    """As many to a row as fit."""
    room = width - 2 * MARGIN
    rows: list[list[Span]] = [[]]
    for cell in cells:
        if rows[-1] and width_of(rows[-1]) + width_of(cell) > room:
            rows.append([])
        rows[-1] += cell
    return [block_row(row, width, glyphs) for row in rows]


def _readers(members: Sequence[Member], ceiling: str, width: int, glyphs: Glyphs) -> list[Line]:
    """Nations and devices that will be able to read, and who not."""
    inside = [member for member in members if member.chosen]
    outside = [member.code for member in members if not member.chosen]
    dot = f" {glyphs.stored} "
    reads = dot.join(f"{member.code} {counted(member.devices, 'device')}" for member in inside)
    lines = [
        block_row([Span("WILL BE ABLE TO READ", Ink.CAPS)], width, glyphs),
        *block_text(reads, Ink.BRIGHT, width, glyphs),
        *block_text(f"each as far as it is cleared, up to {ours(ceiling, glyphs)}", Ink.MUTED, width, glyphs),
    ]
    if outside:
        lines += block_text(f"not: {', '.join(outside)}", Ink.TEXT, width, glyphs)
    return lines
