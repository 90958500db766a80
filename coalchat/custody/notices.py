"""What an ROE notice says, in lines of text: for the timeline, for evidence, for a screen reader (SPEC 8.11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coalchat.custody.times import dtg
from protocol.messages.roe import RoeAct, RoeNoticePayload, RoeRule, RoeVerb
from protocol.messages.standing import title

STANDS = {
    RoeAct.AUTHORISE: "answers",
    RoeAct.DENY: "denies",
    RoeAct.IMPLEMENT: "implements",
    RoeAct.AMEND: "amends",
    RoeAct.CANCEL: "cancels",
}
CAVEATS = {RoeVerb.LIMITED: "narrower", RoeVerb.PROHIBITED: "not us", RoeVerb.PERMITTED: "as the force"}


def notice_text(said: RoeNoticePayload, codes: Sequence[str], basis: str = "") -> str:
    """A notice in lines.

    Args:
        codes: of the nations, by index. basis: name of what it stands on; "": by its id.
    """
    return "\n".join(_lines(said, codes, basis or said.basis.hex()[:12]))


def _lines(said: RoeNoticePayload, codes: Sequence[str], basis: str) -> Iterator[str]:
    act = RoeAct(said.act)
    on = f"  {STANDS[act]} {basis}" if said.basis else ""
    part = "" if said.rules or not said.basis else ", all of it"
    yield f"ROE {said.name}{on}{part}"
    yield from (_rule(act, rule) for rule in said.rules)
    yield "  ".join(_scope(said, codes))
    if said.ack_by:
        yield f"acknowledge by {dtg(said.ack_by)}"
    if said.remark:
        yield f"remark: {said.remark}"


def _rule(act: RoeAct, rule: RoeRule) -> str:
    verb = RoeVerb(rule.verb)
    does = CAVEATS[verb] if act is RoeAct.CAVEAT else "" if verb is RoeVerb.NONE else verb.name
    return "  ".join(word for word in (title(rule), does, rule.text, rule.specify) if word)


def _scope(said: RoeNoticePayload, codes: Sequence[str]) -> Iterator[str]:
    yield f"effective {dtg(said.effective)}" if said.effective else "effective at once"
    if RoeAct(said.act) not in {RoeAct.DENY, RoeAct.CANCEL}:
        yield f"until {dtg(said.expires)}" if said.expires else "until cancelled"
    if said.nations:
        # A nation that the charter does not have is nobody.
        yield "applies to " + ", ".join(codes[n] for n in said.nations if n < len(codes))
    if said.applies:
        yield said.applies
