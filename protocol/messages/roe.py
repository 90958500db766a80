"""ROE notices (SPEC 8.11): rules of engagement as a signed log; what an entry of it says.

coalchat shows ROE; it never judges whether force is lawful. Numbers, options and texts are their users' data: opaque.

Rule 1: a notice is never edited: it is amended, cancelled or superseded by a further one, under a serial of its own.
Rule 2: a second signature is an entry of its own that names the notice: the id commits to every word of it.
Rule 3: what a notice is good for, its fields alone do not say: `profile` folds all of them.
"""

from __future__ import annotations

from typing import Annotated, Final

from protocol.base.errors import DecodeError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_NATIONS, MAX_PURPOSE, MAX_REFS, MAX_RULES, MAX_TEXT
from protocol.base.records import Bin, Flag, Name, OptBin, Part, Seq, Text, Uint, record
from protocol.messages.refs import Ref
from protocol.messages.roe_acts import BY_AUTHORITY, OF_WHOLE, TAKES_AWAY, WIDTH, WORDS, RoeAct, RoeVerb, bases
from protocol.trust.charter import TIME
from protocol.trust.label import NATION

__all__ = [
    "BY_AUTHORITY",
    "MAX_SERIAL",
    "OF_WHOLE",
    "TAKES_AWAY",
    "WIDTH",
    "WORDS",
    "RoeAct",
    "RoeEndorsementPayload",
    "RoeNoticePayload",
    "RoeRule",
    "RoeVerb",
    "bases",
]

MAX_SERIAL: Final = 9_999


@record()
class RoeRule:
    """One rule, as a notice states it.

    Attributes:
        number, option: the users' own; opaque. Within a notice the numbers differ.
        verb: a `RoeVerb`.
        text: of the rule, or of the caveat. specify: what it is limited to: area, target, means.
    """

    number: Annotated[str, Name(16)]
    option: Annotated[str, Name(16, 0)]
    verb: Annotated[int, Uint(int(RoeVerb.LIMITED))]
    text: Annotated[str, Text(MAX_PURPOSE * 4)]
    specify: Annotated[str, Text(MAX_PURPOSE)]


@record(Tag.ROE_NOTICE)
class RoeNoticePayload:
    """An ROE notice.

    Attributes:
        act: a `RoeAct`. serial: of the author's nation, act, channel and release key; from 1, without gaps.
        basis: id of the notice that it stands on; none for requests and caveats, or for what is authorised unasked.
        nations: to whom it applies; none: to all that it is released to. applies: units, area, phase; for people.
        effective, expires: Unix seconds; 0: at once, until cancelled.
        ack_by: as in TEXT. remark: for people.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    act: Annotated[int, Uint(int(RoeAct.CAVEAT), 1)]
    serial: Annotated[int, Uint(MAX_SERIAL, 1)]
    basis: Annotated[bytes, OptBin(32)]
    rules: Annotated[tuple[RoeRule, ...], Seq(Part(RoeRule), MAX_RULES)]
    nations: Annotated[tuple[int, ...], Seq(NATION, MAX_NATIONS, ascending=True)]
    applies: Annotated[str, Text(MAX_PURPOSE)]
    effective: Annotated[int, TIME]
    expires: Annotated[int, TIME]
    ack_by: Annotated[int, TIME]
    remark: Annotated[str, Text(MAX_PURPOSE * 4)]

    @property
    def name(self) -> str:
        """E.g. "IMPL 005"."""
        return f"{WORDS[RoeAct(self.act)]} {self.serial:03d}"

    @property
    def numbers(self) -> frozenset[str]:
        """Numbers of the rules that it names."""
        return frozenset(rule.number for rule in self.rules)

    def rule(self, number: str) -> RoeRule | None:
        """What it states of a rule."""
        return next((rule for rule in self.rules if rule.number == number), None)


@record(Tag.ROE_ENDORSEMENT)
class RoeEndorsementPayload:
    """A further signature under a notice, in its channel and under its release key.

    Attributes:
        notice: id of the entry that is signed.
    """

    format: Annotated[int, Uint(255)]
    time: Annotated[int, TIME]
    noplay: Annotated[bool, Flag()]
    refs: Annotated[tuple[Ref, ...], Seq(Part(Ref), MAX_REFS)]
    notice: Annotated[bytes, Bin(32)]


def check_roe(notice: RoeNoticePayload) -> None:
    """Check what a notice's fields alone do not say.

    Raises:
        DecodeError: names the field.
    """
    act = RoeAct(notice.act)
    if (act is not RoeAct.AUTHORISE or notice.basis) and bool(bases(act)) != bool(notice.basis):
        raise DecodeError("is what denies, implements, amends or cancels stands on", field="basis")
    if not notice.rules and act not in OF_WHOLE:
        raise DecodeError("must name a rule", field="rules")
    if len(notice.numbers) != len(notice.rules):
        raise DecodeError("must differ in number", field="rules")
    if notice.expires and (act in OF_WHOLE or notice.expires <= notice.effective):
        raise DecodeError("must be later than effective; what denies or cancels does not expire", field="expires")
    for rule in notice.rules:
        _check_rule(act, rule)
    texts = [notice.applies, notice.remark, *(text for rule in notice.rules for text in (rule.text, rule.specify))]
    if sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) > MAX_TEXT:
        raise DecodeError("longer than a message may be, all rules together", field="rules")


def _check_rule(act: RoeAct, rule: RoeRule) -> None:
    if act in OF_WHOLE:
        if rule.verb != RoeVerb.NONE or rule.text or rule.specify:
            raise DecodeError("what denies or cancels says nothing of a rule but its number", field="verb")
    elif rule.verb == RoeVerb.NONE or (act is RoeAct.CAVEAT and rule.verb == RoeVerb.RETAINED):
        raise DecodeError("must say what becomes of the rule", field="verb")
    if act is RoeAct.CAVEAT and rule.verb == RoeVerb.LIMITED and not rule.text:
        raise DecodeError("a caveat is its text", field="text")
