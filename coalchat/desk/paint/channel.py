"""What is known of a channel: how high it goes, who reads it, who may let others in."""

from __future__ import annotations

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.foundingviews import ChannelView
from coalchat.desk.model.words import counted
from coalchat.desk.paint.ink import Ground, Ink, Line, Span
from coalchat.desk.paint.spans import apart, blank, fit, section
from coalchat.desk.paint.text import one_line, wrap


def paint_channel_head(view: ChannelView, width: int, glyphs: Glyphs) -> list[Line]:
    """Its title, and how high it goes."""
    left = [Span(" "), Span("CHANNEL", Ink.BRIGHT), Span(f"  {one_line(view.title)}", Ink.MUTED)]
    right = [Span(f" {one_line(view.ceiling)} ", Ink.FILL, view.level), Span(" ")]
    return [Line(apart(left, right, width, glyphs, gap=2), Ground.HEAD)]


def paint_channel(view: ChannelView, width: int, glyphs: Glyphs) -> list[Line]:
    """All that is known of it."""
    size = 10
    rows = (
        ("purpose", view.purpose or glyphs.rule * 3),
        ("ceiling", view.ceiling),
        (
            "revision",
            ("0, as it was made" if not view.revision else str(view.revision))
            if not view.devices
            else "a conversation: it has none",
        ),
        ("id", view.id),
    )
    lines = []
    for word, value in rows:
        begin, *rest = wrap(one_line(value), max(width - size - 2, 2))
        lines.append(Line((blank(1), Span(word.ljust(size), Ink.MUTED), Span(begin, Ink.BRIGHT))))
        lines += [Line((blank(size + 1), Span(row, Ink.BRIGHT))) for row in rest]
    lines.append(Line())
    if view.devices:
        lines.append(section("READ BY", counted(len(view.devices), "device"), width, glyphs, Ground.BASE))
        lines += [Line((blank(1), Span(row))) for device in view.devices for row in wrap(one_line(device), width - 2)]
        return lines
    lines.append(section("MEMBERS", counted(len(view.members), "nation"), width, glyphs, Ground.BASE))
    for member in view.members:
        note = "  yours" if member.own else ""
        left = [blank(1), Span(member.code.ljust(4), Ink.BRIGHT), Span(f"{one_line(member.name)}{note}", Ink.MUTED)]
        right = [Span(f"{counted(member.devices, 'device')} ")]
        lines.append(Line(fit(apart(left, right, width, glyphs, gap=2), width, glyphs)))
    lines += [Line(), section("ADMINS", "may let nations in, and name other admins", width, glyphs, Ground.BASE)]
    lines += [Line((blank(1), Span(row))) for admin in view.admins for row in wrap(one_line(admin), width - 2)]
    lines += [Line(), section("DEPUTIES", "whom a reminder may ask to see to it", width, glyphs, Ground.BASE)]
    for code, deputy in view.deputies:
        name = Span(one_line(deputy)) if deputy else Span("nobody", Ink.MUTED)
        lines.append(Line(fit([blank(1), Span(code.ljust(4), Ink.BRIGHT), name], width, glyphs)))
    return lines
