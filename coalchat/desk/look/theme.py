"""What Textual's own widgets take from a skin: text fields, their cursors, scroll bars.

Rule 1: every skin defines every variable: a style sheet that names an unknown one stops the program at its start.
Rule 2: without tokens (`mono`) every colour is the terminal's own, and the cursor is reversed.
"""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

from coalchat.desk.look.colour import hex_text
from coalchat.desk.look.skin import Skin
from coalchat.record import values_of

TERMINAL: Final = "ansi_default"
"""Whatever the terminal shows text in, and on."""
_NAMES: Final = {
    "base": "d-bg",
    "side": "d-side",
    "head": "d-head",
    "input": "d-input",
    "text": "d-text",
    "bright": "d-bright",
    "muted": "d-muted",
    "faint": "d-faint",
    "rule": "d-rule",
    "accent": "d-accent",
    "selected": "d-selected",
    "flash": "d-flash",
    "flash_text": "d-flash-text",
    "exercise": "d-exercise",
    "exercise_ground": "d-exercise-ground",
    "exercise_fill": "d-exercise-fill",
    "exercise_text": "d-exercise-text",
    "neutral": "d-neutral",
    "neutral_text": "d-neutral-text",
}


def css_variables(skin: Skin) -> dict[str, str]:
    """The tokens for style sheets: the same names in every skin, each beginning with `d-`."""
    if skin.tokens is None:
        return dict.fromkeys(_NAMES.values(), TERMINAL)
    values = values_of(skin.tokens)
    return {name: hex_text(values[token]) for token, name in _NAMES.items()}


def theme(skin: Skin) -> Theme:
    """The theme that Textual's own widgets take: text fields, cursors, scroll bars."""
    variables, tokens = css_variables(skin), skin.tokens
    base, raised, text, accent = (variables[key] for key in ("d-bg", "d-input", "d-text", "d-accent"))
    variables |= {
        "border": accent,
        "border-blurred": variables["d-rule"],
        "block-cursor-foreground": text,
        "block-cursor-background": variables["d-selected"],
        "block-cursor-text-style": "bold" if tokens else "reverse",
        "input-cursor-background": variables["d-flash"],
        "input-cursor-foreground": variables["d-flash-text"],
        "input-cursor-text-style": "none" if tokens else "reverse",
        "input-selection-background": variables["d-selected"],
        "input-selection-foreground": variables["d-bright"],
        "screen-selection-background": variables["d-selected"],
        "screen-selection-foreground": variables["d-bright"],
        "scrollbar": variables["d-rule"],
        "scrollbar-hover": variables["d-faint"],
        "scrollbar-active": variables["d-muted"],
        "scrollbar-background": base,
        "scrollbar-background-hover": base,
        "scrollbar-background-active": base,
        "scrollbar-corner-color": base,
    }
    if tokens is None:
        # Textual's own style sheets name these two, and its themes of terminal colours forget them.
        variables |= {"ansi-background": TERMINAL, "ansi-foreground": TERMINAL}
    return Theme(
        name=f"coalchat-{skin.name}",
        primary=accent,
        secondary=variables["d-muted"],
        warning=variables["d-bright"],
        error=variables["d-bright"],
        success=text,
        accent=accent,
        foreground=text,
        background=base,
        surface=raised,
        panel=variables["d-head"],
        boost=raised,
        dark=tokens is None or tokens.dark,
        variables=variables,
        ansi=tokens is None,
    )
