"""Every glyph of the desk by its meaning, and its ASCII twin.

Rule 1: one cell each, in JetBrains Mono and in DejaVu; none that a terminal may turn into a wide emoji.
Rule 2: the ASCII set stands in for all of them, hairlines and bars too: with it nothing of ours is outside ASCII.
Rule 3: a glyph never stands alone for something that has to be understood: a word, a count or a name is beside it.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.vocabulary import Answer, State
from coalchat.record import record


@record
class Glyphs:
    """Glyphs by meaning; `read` is of two cells, `corners` are four and `spark` five of one each, every other is one.

    Attributes:
        stored, left, delivered, read, acknowledged, caveat, refused: how far a message is; `refused` is also "unable".
        act: something waits for this person.
        selection, unread, urgent: bars of the gutter.
        on, off: one choice of several. chosen, free: members of a set.
        divider: between columns. bar, rest: of a progress bar, its two parts.
        corners: of a frame, clockwise from the upper left.
        edge: upper edge of a raised block; a space where the ground's shade shows it.
        spark: bars of a line of numbers, the lowest first. within: how exact a position is.
    """

    sending: str
    stored: str
    left: str
    delivered: str
    read: str
    acknowledged: str
    caveat: str
    refused: str
    act: str
    selection: str
    unread: str
    urgent: str
    on: str
    off: str
    chosen: str
    free: str
    quote: str
    menu: str
    rule: str
    divider: str
    bar: str
    rest: str
    dot: str
    dash: str
    ellipsis: str
    hatch: str
    up: str
    down: str
    corners: str
    edge: str
    spark: str
    within: str

    @property
    def arrows(self) -> str:
        """The keys that go up and down, for a hint: in ASCII their names, for `^` is how Ctrl is written."""
        return "Up Down" if self.up.isascii() else self.up + self.down

    @property
    def flat(self) -> bool:
        """Grounds look alike: blocks are drawn an edge."""
        return self.edge != " "


UNICODE: Final = Glyphs(
    sending="…",
    stored="·",
    left="↑",
    delivered="✓",
    read="✓✓",
    acknowledged="◆",
    caveat="◇",
    refused="✗",
    act="!",
    selection="▌",
    unread="▎",
    urgent="┃",
    on="●",
    off="○",
    chosen="■",
    free="□",
    quote="↳",
    menu="▾",
    rule="─",
    divider="│",
    bar="━",
    rest="─",
    dot="·",
    dash="\u2013",
    ellipsis="…",
    hatch="\u2571",
    up="↑",
    down="↓",
    corners="┌┐┘└",
    edge=" ",
    spark="▁▂▃▅▇",
    within="±",
)

ASCII: Final = Glyphs(
    sending="~",
    stored=".",
    left="^",
    delivered="+",
    read="++",
    acknowledged="A",
    caveat="C",
    refused="x",
    act="!",
    selection=">",
    unread="*",
    urgent="#",
    on="*",
    off="o",
    chosen="#",
    free=".",
    quote=">",
    menu="v",
    rule="-",
    divider="|",
    bar="=",
    rest="-",
    dot=".",
    dash="-",
    ellipsis="~",
    hatch="/",
    up="^",
    down="v",
    corners="++++",
    edge=" ",
    spark="_.-=#",
    within="~",
)

_BY_STATE: Final = {
    State.QUEUED: "stored",
    State.SENT: "left",
    State.HELD: "left",
    State.DELIVERED: "delivered",
    State.READ: "read",
    State.ACKNOWLEDGED: "acknowledged",
    State.REFUSED: "refused",
    State.EXPIRED: "refused",
}


def state_glyph(state: State, answer: Answer | None, glyphs: Glyphs) -> str:
    """The glyph of how far a message is; of an acknowledgement, of what it says."""
    if state is State.ACKNOWLEDGED and answer is Answer.CAVEAT:
        return glyphs.caveat
    if state is State.ACKNOWLEDGED and answer is Answer.UNABLE:
        return glyphs.refused
    return str(getattr(glyphs, _BY_STATE[state]))
