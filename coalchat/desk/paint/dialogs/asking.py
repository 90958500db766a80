"""Two questions: the passphrase before anything else, and one sentence to confirm.

Rule 1: no row holds a secret, not even its length: the passphrase is the text field's alone.
Rule 2: nothing is confirmed by default: the first choice is the one that changes nothing.
"""

from __future__ import annotations

from typing import Final

from coalchat.desk.look.glyphs import Glyphs
from coalchat.desk.model.views import NodeState
from coalchat.desk.paint.block import EMPTY, block_hints, block_row, block_text, chosen_bar
from coalchat.desk.paint.ink import Ink, Line, Span

_WORDS: Final = {
    NodeState.CONNECTING: ("STARTING", "The node is being started."),
    NodeState.LOCKED: ("LOCKED", "Keys and messages of this desk are closed under your passphrase."),
    NodeState.RESTARTING: ("RESTARTING", "The node has stopped and is being started anew."),
    NodeState.UP: ("OPEN", "The node is unlocked."),
    NodeState.NO_COALITION: ("NO COALITION", "This home belongs to no coalition yet."),
    NodeState.FAILED: ("FAILED", "The node does not come up."),
}
_AGAIN: Final = (("R", "try again"),)
_KEYS: Final = {NodeState.LOCKED: (("Enter", "unlock"),), NodeState.FAILED: _AGAIN, NodeState.NO_COALITION: _AGAIN}


def paint_unlock(state: NodeState, why: str, width: int, glyphs: Glyphs) -> tuple[list[Line], list[Line]]:
    """The rows above the passphrase field, and those below it. `why`: what went wrong last, or ""."""
    head, sentence = _WORDS[state]
    above = [
        block_row([Span("coalchat", Ink.BRIGHT), Span("   the label is the lock", Ink.MUTED)], width, glyphs),
        EMPTY,
        block_row([Span(head, Ink.CAPS)], width, glyphs),
        *block_text(sentence, Ink.TEXT, width, glyphs),
        EMPTY,
    ]
    if state is NodeState.LOCKED:
        above.append(block_row([Span("passphrase", Ink.MUTED)], width, glyphs))
    below = [EMPTY]
    if why:
        bar = Span(glyphs.urgent, Ink.BRIGHT)
        below += [*block_text(why, Ink.BRIGHT, width, glyphs, bar), EMPTY]
    below.append(block_hints(_KEYS.get(state, ()), (("^Q", "quit"),), width, glyphs))
    return above, below


def paint_lock(why: str, asking: bool, width: int, glyphs: Glyphs) -> tuple[list[Line], list[Line]]:
    """The rows above the passphrase field of a locked desk, and those below it. `asking`: the node compares it."""
    above = [
        block_row([Span("LOCKED", Ink.CAPS)], width, glyphs),
        *block_text("Messages keep coming in; none of them counts as read.", Ink.TEXT, width, glyphs),
        EMPTY,
        block_row([Span("passphrase", Ink.MUTED)], width, glyphs),
    ]
    below = [EMPTY]
    if why:
        below += [*block_text(why, Ink.BRIGHT, width, glyphs, Span(glyphs.urgent, Ink.BRIGHT)), EMPTY]
    elif asking:
        below += [block_row([Span("the node looks at it", Ink.REMARK)], width, glyphs), EMPTY]
    below.append(block_hints((("Enter", "unlock"),), (("^Q", "quit"),), width, glyphs))
    return above, below


def paint_confirm(
    title: str, sentence: str, choices: tuple[str, ...], cursor: int, width: int, glyphs: Glyphs
) -> list[Line]:
    """One question. `choices`: what can be answered; `cursor`: the index of the one under it."""
    lines = [
        block_row([Span(title, Ink.BRIGHT)], width, glyphs),
        EMPTY,
        *block_text(sentence, Ink.TEXT, width, glyphs),
        EMPTY,
    ]
    return [*lines, *paint_choices(choices, cursor, width, glyphs)]


def paint_choices(
    choices: tuple[str, ...], cursor: int, width: int, glyphs: Glyphs, leave: str = "not now"
) -> list[Line]:
    """What can be answered, and the keys at the foot. `leave`: what Esc does. Of one answer there is nothing to choose."""
    lines: list[Line] = []
    for place, choice in enumerate(choices):
        here = place == cursor
        dot = Span(f"{glyphs.on if here else glyphs.off} ", Ink.BRIGHT if here else Ink.MUTED)
        row = [dot, Span(choice, Ink.BRIGHT if here else Ink.TEXT)]
        lines.append(block_row(row, width, glyphs, chosen_bar(here, glyphs)))
    keys = ((glyphs.arrows, "choose"), ("Enter", "answer"))
    if len(choices) == 1:
        return [*lines, EMPTY, block_hints((("Enter", "close"),), (), width, glyphs)]
    return [*lines, EMPTY, block_hints(keys, (("Esc", leave),), width, glyphs)]
