"""What ROE notices do, and what rules do (SPEC 8.11): the tables, which need nothing else.

Front ends read them too: who issues a notice is told at once what it may stand on.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class RoeAct(IntEnum):
    """What a notice does. Each nation numbers its notices of each kind from 1, for each channel and release key."""

    REQUEST = 1
    AUTHORISE = 2
    DENY = 3
    IMPLEMENT = 4
    AMEND = 5
    CANCEL = 6
    CAVEAT = 7


BY_AUTHORITY: Final = frozenset(RoeAct) - {RoeAct.REQUEST, RoeAct.CAVEAT}
"""Acts of those whom the charter names. A request is anybody's, a caveat is its author's nation's own."""
TAKES_AWAY: Final = frozenset({RoeAct.CANCEL, RoeAct.CAVEAT})
"""Acts that count at once, also where an earlier serial is missing."""
WORDS: Final = {
    RoeAct.REQUEST: "REQ",
    RoeAct.AUTHORISE: "AUTH",
    RoeAct.DENY: "DENY",
    RoeAct.IMPLEMENT: "IMPL",
    RoeAct.AMEND: "AMEND",
    RoeAct.CANCEL: "CANCEL",
    RoeAct.CAVEAT: "CAVEAT",
}
"""As they stand in a notice's name: IMPL 005."""


class RoeVerb(IntEnum):
    """What a rule does with what its text names.

    In a caveat LIMITED is "narrower for us", PROHIBITED "not us", PERMITTED "as the force": the caveat is withdrawn.
    """

    NONE = 0
    """Only in what denies or cancels."""
    PERMITTED = 1
    PROHIBITED = 2
    RETAINED = 3
    LIMITED = 4


WIDTH: Final = {
    RoeVerb.NONE: 0,
    RoeVerb.PROHIBITED: 1,
    RoeVerb.RETAINED: 2,
    RoeVerb.LIMITED: 3,
    RoeVerb.PERMITTED: 4,
}
"""Which verb is wider: what implements or amends may be narrower than what was authorised, never wider."""

_BASIS: Final = {
    RoeAct.REQUEST: (),
    RoeAct.AUTHORISE: (RoeAct.REQUEST,),
    RoeAct.DENY: (RoeAct.REQUEST,),
    RoeAct.IMPLEMENT: (RoeAct.AUTHORISE,),
    RoeAct.AMEND: (RoeAct.IMPLEMENT,),
    RoeAct.CANCEL: (RoeAct.AUTHORISE, RoeAct.IMPLEMENT),
    RoeAct.CAVEAT: (),
}
OF_WHOLE: Final = frozenset({RoeAct.DENY, RoeAct.CANCEL})
"""Acts that name no rules where they are of all rules of their basis, and that say nothing new of a rule."""


def bases(act: RoeAct) -> tuple[RoeAct, ...]:
    """Kinds of notices that one may stand on; none: it stands by itself."""
    return _BASIS[act]
