"""The keys of the desk in words, for the help screen. Each has a twin that can be typed, where one is needed."""

from __future__ import annotations

from typing import Final

KEYS: Final = (
    ("Enter", "send; on a message: read up to here"),
    ("Alt-Enter, ^J", "new line"),
    ("^K", "jump to a channel or a person"),
    ("^F", "find in this channel; again: in all"),
    ("Alt-A", "next channel that has something new"),
    ("Alt-1 … Alt-9", "channel at this place of the list"),
    ("Up", "with an empty text: select messages"),
    ("A", "on a message: acknowledge it"),
    ("R", "on a message: answer it"),
    ("T", "on a message: its thread, what it answers and who answered"),
    ("Q", "on a message: repeat it in what you write"),
    ("F", "on a message: repeat it in another channel"),
    ("E", "on a message of yours: correct it"),
    ("X", "on a message of yours: recall it"),
    ("H", "on a message: all versions of it"),
    ("Y", "on a message: copy it with its marking"),
    ("Esc", "one step back; no text is lost, but that of a correction"),
    ("End", "to the newest line: all of it is read"),
    ("PgUp, PgDn", "look back"),
    ("F2", "report: fill in a form; on an own report: update it"),
    ("F3", "ROE: what is in force, what waits; there A acknowledges, N issues, S signs, L is the log, T another time"),
    ("F4", "who has it; there R reminds, E asks somebody else, A acknowledges, S sorts by gap"),
    ("F5", "lock the desk"),
    ("F6", "label of the message"),
    ("F7", "keys, warnings, what is to do; there a custodian revokes, rekeys, renews and invites"),
    ("Alt-P", "next precedence"),
    ("Alt-Z", "times of messages in local time, or in Z"),
    ("Tab", "complete a name, #channel, /command or label"),
    ("^C", "with nothing selected: ask whether to quit"),
    ("F10", "quit; the node runs on"),
)
"""Key and what it does."""
