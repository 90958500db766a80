"""Why a message was not sent: the rule in its words, who would have seen it, and what can be done now."""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.dialogviews import Refusal
from coalchat.desk.paint.block import EMPTY, block_apart, block_hints, block_row, block_text, chosen_bar
from coalchat.desk.paint.channels import channel_name
from coalchat.desk.paint.ink import Ink, Line, Span
from coalchat.desk.paint.spans import joined
from coalchat.desk.paint.text import one_line


def paint_refusal(view: Refusal, width: int, glyphs: Glyphs, cursor: int = 0) -> list[Line]:
    """`cursor`: index of the way under it."""
    lines = [
        block_row([Span(f"{glyphs.refused} NOT SENT", Ink.BRIGHT)], width, glyphs),
        EMPTY,
        *block_text("Nothing left this device. The text is kept as a draft.", Ink.BRIGHT, width, glyphs),
        EMPTY,
        block_row(
            [Span("label    ", Ink.MUTED), Span(f" {one_line(view.label)} ", Ink.FILL, view.level)], width, glyphs
        ),
        block_row(_channel(view), width, glyphs),
        EMPTY,
    ]
    bar = Span(glyphs.urgent, Ink.BRIGHT)
    lines.append(block_row([Span(one_line(view.clause), Ink.BRIGHT)], width, glyphs, bar))
    lines += block_text(view.reason, Ink.TEXT, width, glyphs, bar)
    lines += _audience(view, width, glyphs)
    lines += [EMPTY, block_row([Span("You can", Ink.MUTED)], width, glyphs)]
    for place, way in enumerate(view.ways):
        here = place == cursor
        row = [Span(f"{place + 1}  ", Ink.ACCENT), Span(one_line(way), Ink.BRIGHT if here else Ink.TEXT)]
        lines.append(block_row(row, width, glyphs, chosen_bar(here, glyphs)))
    keys = ((glyphs.arrows, "choose"), ("Enter", "do it"))
    return [*lines, EMPTY, block_hints(keys, (("Esc", "back to the draft"),), width, glyphs)]


def _channel(view: Refusal) -> list[Span]:
    row = [Span("channel  ", Ink.MUTED), Span(channel_name(view.channel))]
    if view.ceiling:
        row += [Span("   ceiling ", Ink.MUTED), Span(one_line(view.ceiling), Ink.MARK, view.ceiling_level)]
    return row


def _audience(view: Refusal, width: int, glyphs: Glyphs) -> list[Line]:
    if not view.reads and not view.withheld:
        return []
    lines = [EMPTY, block_row([Span("If it had been sent, these would have seen it:", Ink.MUTED)], width, glyphs)]
    if view.reads:
        devices = sum(count for _, count in view.reads)
        reads = joined([[Span(f"{code} {count}")] for code, count in view.reads], f" {glyphs.dot} ")
        reads.append(Span(" device" if devices == 1 else " devices", Ink.MUTED))
        lines.append(block_row([Span("  "), *reads], width, glyphs))
    else:
        lines.append(block_row([Span("  nobody", Ink.BRIGHT)], width, glyphs))
    if view.withheld:
        row = [Span("  withheld from ", Ink.MUTED), Span(" ".join(view.withheld), Ink.BRIGHT)]
        lines.append(block_apart(row, [], width, glyphs))
    return lines
