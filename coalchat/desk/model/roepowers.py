"""What this person may do with ROE, and why not (SPEC 8.11): as the charter says, in words with the clause.

Rule: what cannot be done is shown with its reason, never left out; the node decides.
"""

from __future__ import annotations

from typing import Final

from coalchat.api.roe import RoeAct, RoeBoard, RoeNotice
from coalchat.desk.model.roedraft import BY_AUTHORITY, WORDS, candidates, name_of, stands_on
from coalchat.desk.model.roeformviews import ActChoice
from coalchat.desk.model.words import counted, listed

CLAUSE: Final = "roe-authority"
MEANS: Final = {
    RoeAct.REQUEST: "ask the authorities for rules",
    RoeAct.AUTHORISE: "they may be implemented, by an authority",
    RoeAct.DENY: "what was asked for may not be",
    RoeAct.IMPLEMENT: "authorised rules are in force",
    RoeAct.AMEND: "they are in force in other words",
    RoeAct.CANCEL: "they end",
    RoeAct.CAVEAT: "what your nation limits for itself",
}
_ASKING: Final = "asking the node"


def issuers(board: RoeBoard) -> str:
    """Who issues notices: "XBB, and HQ of XAA"."""
    return listed(
        [f"{one.name} of {one.nation}" if one.name else one.nation for one in board.authorities if one.issues]
    )


def signers(board: RoeBoard) -> str:
    """Who signs those of others."""
    return listed([f"{one.name} of {one.nation}" if one.name else one.nation for one in board.authorities])


def why_not_issue(act: RoeAct, board: RoeBoard | None) -> str:
    """Why this person may not do it at all, or ""."""
    if board is None:
        return _ASKING
    if act not in BY_AUTHORITY:
        return "" if board.speaks else f"{CLAUSE}: this device does not speak for its nation"
    if board.issues:
        return ""
    named = issuers(board)
    return f"{CLAUSE}: the charter lets {named} issue it" if named else f"{CLAUSE}: the charter names nobody"


def why_not_on(act: RoeAct, notice: RoeNotice, board: RoeBoard) -> str:
    """Why it cannot be done with this notice, or ""."""
    kinds = stands_on(act)
    if not kinds:
        return ""
    if notice.act not in kinds:
        return (
            f"it stands on {listed([WORDS[kind] for kind in kinds], 'or')} only" if act is not RoeAct.AUTHORISE else ""
        )
    if notice.flaw and act is not RoeAct.AUTHORISE:
        return f"roe-basis: {notice.name} does not count: {notice.reason}"
    if act is RoeAct.AMEND and notice.nation != board.own_nation:
        return f"{CLAUSE}: {notice.name} is {notice.nation}'s"
    return ""


def act_choices(board: RoeBoard | None, notice: RoeNotice | None = None) -> tuple[ActChoice, ...]:
    """All acts; `notice`: that they would be of."""
    return tuple(
        ActChoice(act=act, word=act.value.upper(), means=MEANS[act], why_not=_why_not(act, board, notice))
        for act in RoeAct
    )


def _why_not(act: RoeAct, board: RoeBoard | None, notice: RoeNotice | None) -> str:
    why = why_not_issue(act, board)
    if why or board is None:
        return why
    if notice is not None:
        return why_not_on(act, notice, board)
    kinds = stands_on(act)
    if kinds and act is not RoeAct.AUTHORISE and not candidates(act, board.notices):
        return f"there is no {listed([WORDS[kind] for kind in kinds], 'or')} that it could stand on"
    return ""


def waits(notice: RoeNotice) -> bool:
    """Whether too few have signed it."""
    return notice.flaw == "unsigned"


def why_not_sign(notice: RoeNotice, board: RoeBoard | None) -> str:
    """Why this person cannot sign what another issued, or ""."""
    if board is None:
        return _ASKING
    if not waits(notice):
        return f"{name_of(notice)} does not wait for a signature"
    if notice.signed:
        return f"you have signed it: it waits for {counted(notice.needed - len(notice.signers), 'other person')}"
    return "" if board.signs else f"{CLAUSE}: the charter lets {signers(board) or 'nobody'} sign"
