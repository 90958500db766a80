"""The keys of the desk in words, for the help screen: in groups, by where they work. Each has a twin that can be typed, where
one is needed.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = (
    "Write, and Enter sends it. The filled chip is its label; beside or below it stands who can read it and who cannot: F6"
    " changes that. Up selects messages; A acknowledges one. A line with / in front is a command."
)
"""What a newcomer needs to know."""
GROUPS: Final = (
    (
        "WRITING",
        (
            ("Enter", "send"),
            ("Alt-Enter, ^J", "new line"),
            ("F6", "label of the message"),
            ("Alt-P", "next precedence"),
            ("Tab", "complete a name, #channel, /command or label"),
            ("Up", "where nothing is written: select messages"),
            ("Esc", "one step back; no text is lost, except a correction that is given up"),
        ),
    ),
    (
        "ON THE SELECTED MESSAGE",
        (
            ("Enter", "all up to here is read"),
            ("A", "acknowledge it"),
            ("R", "reply to it"),
            ("T", "its thread: what it answers, and who answered"),
            ("Q", "quote it in what you write"),
            ("F", "forward it to another channel"),
            ("Y", "copy it with its marking"),
            ("E, X", "correct or recall it, if it is yours"),
            ("H", "all its versions"),
        ),
    ),
    (
        "SCREENS",
        (
            ("F1", "this help"),
            ("F2", "report: fill in a form; on a report of yours: update it"),
            (
                "F3",
                "ROE: what is in force, what waits; there A acknowledges, N issues, S signs, L is the log, T another time",
            ),
            ("F4", "who has it; there R reminds, E escalates, A acknowledges, S sorts by gap"),
            ("F5", "lock the desk"),
            ("F7", "keys, warnings, what is to do; there a custodian revokes, rekeys, renews and invites"),
            ("Alt-Z", "times of messages in local time, or in Z"),
            ("^C", "with nothing marked: ask whether to quit"),
            ("F10", "quit; the node runs on"),
        ),
    ),
    (
        "GOING ABOUT",
        (
            ("^K", "go to a channel, a person or a command"),
            ("^F", "find in this channel; again: in all"),
            ("Alt-A", "next channel that has something new"),
            ("Alt-1 … Alt-9", "channel at this place of the list"),
            ("PgUp, PgDn", "look back"),
            ("End", "to the newest line: all of it is read"),
        ),
    ),
)
"""Groups of keys, each with what it does."""
