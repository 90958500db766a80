"""ROE notices that are issued and signed at a scripted node: it names the next serial, and keeps what it is given."""

from __future__ import annotations

import attrs

from coalchat.api import roe
from coalchat.api.roe import EndorseRoe, IssueRoe, ListRoe, RoeAct, RoeNotice, RoeVerb
from coalchat.api.roe_log import ListRoeLog, PreviewRoe, RoePreview
from coalchat.desk.model.roedraft import WORDS
from coalchat.record import evolve
from tests.fakes.api_node import FakeNode
from tests.fakes.roe_records import HALT, LIGHT, LINE, MARKING, REQUESTED, UNSIGNED, at, board, log, notice

AUTH = notice(
    "AUTH 004", HALT, LINE, act=RoeAct.AUTHORISE, basis="", basis_name="", time=at(1200),
    reason="authorised, not implemented: held back",
)  # fmt: skip
IMPL = notice("IMPL 004", HALT, LINE, basis=AUTH.entry_id, time=at(1201))
ASKED = notice(
    "REQ 007",
    LIGHT,
    act=RoeAct.REQUEST,
    basis="",
    basis_name="",
    needed=1,
    time=at(1100),
    reason="requested, and not answered",
)
AUTHORITIES = (
    roe.RoeAuthority(nation="XAA", name="", issues=True),
    roe.RoeAuthority(nation="XBB", name="HQ", issues=True),
)


@attrs.define
class Issued:
    """What was issued, and how often it was asked what something would be.

    Attributes:
        needed: signatures of each notice. serials: the next of each act.
    """

    requests: list[IssueRoe] = attrs.field(factory=list)
    needed: int = 2
    serials: dict[RoeAct, int] = attrs.field(factory=dict)


def let_roe(node: FakeNode, *, issues: bool = True, signs: bool = True) -> Issued:
    """Have ROE at a node where this person may do so."""
    issued = Issued(serials={RoeAct.IMPLEMENT: 1})
    where, shown = node.find_channel("ops-north").id, board()
    known = tuple(evolve(one, channel_id=where) for one in (*shown.notices, AUTH, IMPL, ASKED, REQUESTED, UNSIGNED))
    node.answers[ListRoe] = board(
        rulings=tuple(evolve(one, channel_id=where) for one in shown.rulings),
        caveats=tuple(evolve(one, channel_id=where) for one in shown.caveats),
        notices=known,
        speaks=True,
        issues=issues,
        signs=signs,
        authorities=AUTHORITIES if issues else AUTHORITIES[1:],
    )
    node.answers[ListRoeLog] = log(notices=tuple(evolve(one, channel_id=where) for one in log().notices))

    def preview(request: PreviewRoe) -> RoePreview:
        return _preview(request.notice, known, issued)

    def issue(request: IssueRoe) -> roe.RoeIssued:
        issued.requests.append(request)
        seen = _preview(request, known, issued)
        made = notice(
            seen.name, *seen.rules, act=request.act, basis=request.basis, nation="XAA", person="Berg", mine=True,
            signers=(roe.RoeSigner(nation="XAA", person="Berg"),), needed=seen.needed,
            flaw="unsigned" if seen.needed > 1 else "", reason="signed by 1 of 2", signed=True,
        )  # fmt: skip
        return roe.RoeIssued(notice=made, repeated=False)

    def endorse(request: EndorseRoe) -> roe.RoeIssued:
        (found,) = [one for one in known if one.entry_id == request.id]
        signers = (*found.signers, roe.RoeSigner(nation="XAA", person="Berg"))
        return roe.RoeIssued(notice=evolve(found, signers=signers, flaw="", reason="", signed=True), repeated=False)

    node.answers |= {PreviewRoe: preview, IssueRoe: issue, EndorseRoe: endorse}
    return issued


def _preview(request: IssueRoe, known: tuple[RoeNotice, ...], issued: Issued) -> RoePreview:
    basis = next((one for one in known if one.entry_id == request.basis), None)
    stated = {rule.number: rule for rule in (basis.rules if basis is not None else ())}
    rules = tuple(stated.get(rule.number, rule) if rule.verb is RoeVerb.NONE else rule for rule in request.rules)
    serial = issued.serials.get(request.act, 1)
    return RoePreview(
        name=f"{WORDS[request.act]} {serial:03d}",
        serial=serial,
        needed=issued.needed if request.act not in {RoeAct.REQUEST, RoeAct.CAVEAT} else 1,
        marking=MARKING,
        rules=rules,
        clause="",
        reason="",
    )
