"""An ROE notice that is being written: its fields, and what stands in them (SPEC 8.11).

Rule: rules of what it stands on are written out, to be changed; what a person has changed stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coalchat.api.roe import IssueRoe, RoeAct, RoeBoard, RoeNotice, RoeRule
from coalchat.api.roe_log import RoePreview
from coalchat.api.vocabulary import Precedence
from coalchat.record import field, part
from protocol.messages import roe_acts as protocol

BASIS: Final = "basis"
CHANNEL: Final = "channel"
LABEL: Final = "label"
NUMBER: Final = "number"
OPTION: Final = "option"
VERB: Final = "verb"
TEXT: Final = "text"
SPECIFY: Final = "specify"
NATIONS: Final = "nations"
SPECIFIED: Final = "specified"
EFFECTIVE: Final = "effective"
EXPIRES: Final = "expires"
ACK_BY: Final = "ack_by"
REMARK: Final = "remark"
OF_RULE: Final = (NUMBER, OPTION, VERB, TEXT, SPECIFY)
TIMES: Final = frozenset({EFFECTIVE, EXPIRES, ACK_BY})
WORDS: Final = {RoeAct[act.name]: word for act, word in protocol.WORDS.items()}
OF_WHOLE: Final = frozenset(RoeAct[act.name] for act in protocol.OF_WHOLE)
BY_AUTHORITY: Final = frozenset(RoeAct[act.name] for act in protocol.BY_AUTHORITY)
STATED: Final = frozenset({RoeAct.AUTHORISE, RoeAct.IMPLEMENT, RoeAct.AMEND})
"""Acts that state the rules of what they stand on, in the same words or others."""
_WHEN: Final = (EFFECTIVE, EXPIRES, ACK_BY, REMARK)
FIELDS: Final[dict[RoeAct, tuple[str, ...]]] = {
    RoeAct.REQUEST: (CHANNEL, LABEL, *OF_RULE, NATIONS, SPECIFIED, EXPIRES, REMARK),
    RoeAct.AUTHORISE: (BASIS, CHANNEL, LABEL, *OF_RULE, NATIONS, SPECIFIED, *_WHEN),
    RoeAct.DENY: (BASIS, NUMBER, EFFECTIVE, REMARK),
    RoeAct.IMPLEMENT: (BASIS, LABEL, *OF_RULE, NATIONS, SPECIFIED, *_WHEN),
    RoeAct.AMEND: (BASIS, *OF_RULE, *_WHEN),
    RoeAct.CANCEL: (BASIS, NUMBER, EFFECTIVE, ACK_BY, REMARK),
    RoeAct.CAVEAT: (CHANNEL, LABEL, NUMBER, VERB, TEXT, EFFECTIVE, EXPIRES),
}
"""What each act says, as its command does."""


@part
class RoeDraft:
    """A notice that is being written.

    Attributes:
        basis: id of what it stands on, where that was chosen; a name that is typed finds it too. lead: of the notice it was begun at.
        typed: by field and row. filled: rules as they were written out from the basis.
        precedence: with which it will go. at: when it was last changed.
        client_id: it is on its way, or "". trouble: clause and sentence of why it was not issued.
        preview: what the node said of `considered`.
    """

    act: RoeAct
    basis: str = ""
    lead: str = ""
    typed: dict[tuple[str, int], str] = field(factory=dict)
    filled: dict[tuple[str, int], str] = field(factory=dict)
    precedence: Precedence = Precedence.PRIORITY
    at: int = 0
    client_id: str = ""
    trouble: tuple[str, str] = ("", "")
    considered: IssueRoe | None = None
    preview: RoePreview | None = None

    def text(self, key: str, row: int = 0) -> str:
        """What stands in a field."""
        return self.typed.get((key, row), "")

    @property
    def rows(self) -> int:
        """Rules that something was typed of."""
        return max((row for _, row in self.typed), default=0)


def stands_on(act: RoeAct) -> tuple[RoeAct, ...]:
    """Kinds of notices that one may stand on."""
    return tuple(RoeAct[one.name] for one in protocol.bases(protocol.RoeAct[act.name]))


def name_of(notice: RoeNotice) -> str:
    """ "XBB REQ 001"."""
    return f"{notice.nation} {notice.name}"


def spelled(name: str) -> str:
    """A name as a person types it: "roe auth-004" is "AUTH 004"."""
    words = name.upper().replace("-", " ").split()
    return " ".join(words[1:] if words[:1] == ["ROE"] else words)


def is_called(notice: RoeNotice, name: str) -> bool:
    """Whether that is its name, with its nation's code or without."""
    return name in {notice.name.upper(), name_of(notice).upper()}


def rules_of(notice: RoeNotice, board: RoeBoard | None) -> tuple[RoeRule, ...]:
    """Rules of a notice as they stand now: an amendment has changed them."""
    now = {r.rule.number: r.rule for r in (board.rulings if board else ()) if r.entry_id == notice.entry_id}
    return tuple(now.get(rule.number, rule) for rule in notice.rules)


def fill(draft: RoeDraft, notice: RoeNotice | None, board: RoeBoard | None) -> None:
    """Write out the rules of what it stands on; what a person has changed stays."""
    rules = {key: text for key, text in draft.typed.items() if key[0] in OF_RULE}
    if rules != draft.filled:
        return
    for key in rules:
        del draft.typed[key]
    draft.filled = {}
    if notice is None or draft.act in OF_WHOLE:
        return
    found = rules_of(notice, board)
    for row, rule in enumerate(found, 1):
        if draft.act in STATED:
            parts = (rule.number, rule.option, rule.verb.value, rule.text, rule.specify)
            draft.filled |= {(key, row): part for key, part in zip(OF_RULE, parts, strict=True) if part}
        elif len(found) == 1:  # of a caveat the number alone
            draft.filled[NUMBER, row] = rule.number
    draft.typed |= draft.filled


def candidates(act: RoeAct, notices: Iterable[RoeNotice]) -> tuple[RoeNotice, ...]:
    """Notices that an act may stand on, those that count first."""
    kinds = stands_on(act)
    return tuple(sorted((one for one in notices if one.act in kinds), key=lambda one: bool(one.flaw)))
