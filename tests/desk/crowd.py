"""A custodian's node at which much is said: something in every place in which a peer's words can stand."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from coalchat.api import about, responses, roe
from coalchat.api.base import Response
from coalchat.api.requests import ListNations, SendMessage
from coalchat.api.roe import ListRoe, RoeState, RoeVerb, ShowRoe
from coalchat.api.roe_log import ListRoeLog, PreviewRoe, RoePreview
from coalchat.api.vocabulary import Answer, Flag, InviteState, Likeness, State
from coalchat.errors import AlreadyExists, Refused
from coalchat.record import evolve
from tests.desk.poison import Poison
from tests.desk.scene import NOW, SEEN, at, custodian
from tests.desk.way import LOST, REFUSED
from tests.fakes.api_custody import let_invite
from tests.fakes.api_keys import addressee, let_direct, let_history, let_trouble, request
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import deputy_record, link_record, quoted_record
from tests.fakes.api_reports import payload, shown
from tests.fakes.api_roe import IMPL, let_roe
from tests.fakes.roe_records import GAP, PENDING, UNSIGNED, caveat, details, log, notice, rule, ruling, tally

ALL: Final = ("XAA", "XBB", "XCC")

CROWD: Final = 200
"""How many there are of what fills a high screen."""
FEW: Final = 30
"""How many there are where it is not about their number."""


def crowded(poison: Poison, count: int = FEW) -> FakeNode:
    """The node, all of whose peers are hostile."""
    node = custodian()
    node.twist = poison
    let_trouble(node, NOW)
    _minimize(node)
    _talk(node, count)
    _asked(node, count)
    _rules(node, count)
    _nations(node)
    let_history(node, *(request(number, NOW - 20 * 60, f"Varga {number}") for number in range(1, 4)))
    for number in range(count):  # the newest comes first, and is compared
        let_invite(
            node, NOW, InviteState.ASKED if number % 3 or number == count - 1 else InviteState.OPEN, f"guest {number}"
        )
    let_direct(node, *(addressee((number + 1) << 96, "XCC", f"Oja {number}") for number in range(8)))
    for number in range(8):
        link = link_record(f"relay-{number}.example:7447")
        node.peers[link.address] = evolve(link, reason=f"no route {number}")
    _not_taken(node, poison)
    return node


def _not_taken(node: FakeNode, poison: Poison) -> None:
    """Texts of which the node says that they cannot be sent, with a peer's words."""
    take = node.answers[SendMessage]
    assert callable(take)

    def send(request: SendMessage) -> Response | Awaitable[Response]:
        if request.text == REFUSED:
            raise Refused("release-member", poison.text("Error.detail", "no member"))
        if request.text == LOST:
            raise AlreadyExists(poison.text("Error.detail", "used"))
        return take(request)

    node.answers[SendMessage] = send


def _minimize(node: FakeNode) -> None:
    order = about.Minimize(entry_id="e" * 64, nation="XBB", person="Reyes", since=at(1500), reason="traffic")
    deputies = tuple(deputy_record(code, f"Oja {code}") for code in ALL)
    node.channels[0] = evolve(node.channels[0], minimize=order, deputies=deputies)


def _nations(node: FakeNode) -> None:
    """One more than the channel has: it can be widened."""
    known = node.answers[ListNations]
    assert isinstance(known, responses.NationList)
    fourth = evolve(known.nations[-1], code="XDD", name="Republic of XDD", index=3)
    node.answers[ListNations] = responses.NationList(nations=(*known.nations, fourth))


def _talk(node: FakeNode, count: int) -> None:
    """Bodies, quotes, corrections, reports on forms that are here and on others, in the channel that is shown."""
    for number in range(count // 2):
        said = node.add_message("ops-north", f"bridge {number}", author_person=f"Kowal {number}")
        node.add_message("ops-north", f"look {number}", author_person=f"Lind {number}", refs=(said.entry_id,),
                         quotes=(quoted_record(said, Likeness.DIFFERS),))  # fmt: skip
    for number in range(count // 3):
        fields = {**SEEN, "size": f"{number} vehicles", "location": f"31N BA {4800 + number} 1193"}
        of = payload("SALUTE", number + 1, fields, at(1500))
        report = shown(of)
        if number % 2:  # a form that is not here: its keys are all that there is to show
            rows = tuple(evolve(row, name=row.key, type=row.type if number % 4 == 1 else "") for row in report.rows)
            report = evolve(report, title="", rows=rows, missing=(f"when {number}",))
        node.add_message("alerts", of.text, kind="report", report=report, author_person=f"Saar {number}")


def _asked(node: FakeNode, count: int) -> None:
    """An own order, in its second version, that all were asked to acknowledge."""
    own = {"mine": True, "read": True, "author_nation": "XAA", "author_person": "Berg", "ack_by": at(1540)}
    first = node.add_message("ops-north", "hold until relieved", **own)
    order = node.add_message(
        "ops-north", "hold until 1800Z", kind="correction", version=2, corrects=first.entry_id, **own
    ).entry_id
    newer = about.Newer(entry_id=order, version=2, time=NOW)
    node.messages[node.messages.index(first)] = evolve(first, flags=(Flag.CORRECTED,), newer=newer)
    for number in range(count):
        state = (State.ACKNOWLEDGED, State.READ, State.HELD, State.DELIVERED)[number % 4]
        answer = (Answer.CAVEAT, Answer.UNABLE)[number // 4 % 2] if state is State.ACKNOWLEDGED else None
        node.move(order, ALL[number % 3], state, person=f"Reyes {number}", answer=answer, reason=f"because {number}",
                  person_id=f"{number:032x}")  # type: ignore[arg-type]  # fmt: skip


def _rules(node: FakeNode, count: int) -> None:
    """Rules in force and not, notices that wait for an answer and for signatures, and a log of them, where this person issues and signs."""
    issued = let_roe(node)
    known = node.answers[ListRoe]
    assert isinstance(known, roe.RoeBoard)
    where = node.find_channel("ops-north").id
    rules = [rule(f"{number}", "A", RoeVerb.PERMITTED, f"text {number}", f"area {number}") for number in range(count)]
    pending = evolve(
        PENDING, rules=tuple(rules[:8]), before=tuple(evolve(one, text=f"once {one.text}") for one in rules[:8]),
        remark="remark", tally=(tally("XAA", 3, 4, "Berg", "Varga"), tally("XCC", 4, 5, "Saar", caveats=1)),
    )  # fmt: skip
    void = notice("IMPL 006", rules[0], flaw="wider", reason="wider than before", person="Reyes", closed=True)
    waiting = evolve(UNSIGNED, rules=tuple(rules[:8]), before=(None,) * 8, channel_id=where)
    reserved = tuple(
        roe.RoeAnswer(nation="XCC", person=f"Lind {place}", answer=answer, text=f"not {place}", at=at(1525))
        for place, answer in enumerate((Answer.CAVEAT, Answer.UNABLE) * 8)
    )
    dormant = ruling(rules[0], "AUTH 004", at(500), RoeState.AUTHORISED, reason="not implemented")
    missing = tuple(
        evolve(GAP, channel_id=where, words=f"IMPL 00{serial} is missing", first=serial, last=serial)
        for serial in (2, 3)
    )
    board = evolve(
        known,
        rulings=(
            *(ruling(one, f"IMPL {place:03}", at(600), specified=f"in {place}") for place, one in enumerate(rules)),
            dormant,
        ),
        caveats=tuple(
            caveat(ALL[place % 3], one.number, RoeVerb.LIMITED, f"only {place}", 900, person=f"LEGAD {place}")
            for place, one in enumerate(rules)
        ),
        notices=(
            pending, evolve(pending, entry_id="7" * 64, name="IMPL 007", serial=7), void,
            waiting, evolve(waiting, entry_id="9" * 64, name="AUTH 009", serial=9),
            *(evolve(one, reservations=reserved) for one in known.notices if one.name == IMPL.name),
            *(one for one in known.notices if one.name in {"AUTH 004", "REQ 002", "REQ 007"}),
        ),
        gaps=missing,
        authorities=tuple(roe.RoeAuthority(nation=code, name=f"HQ {code}", issues=True) for code in ALL),
    )  # fmt: skip

    def shown(request: ListRoe) -> Response:
        del request  # once this person has issued one, a charter follows by which he does no more
        may = not issued.requests
        return evolve(board, issues=may, signs=may)

    node.answers[ListRoe] = shown
    node.answers[ListRoeLog] = log(gaps=missing, notices=tuple(sorted(board.notices, key=lambda one: one.time)))
    node.answers[ShowRoe] = evolve(
        details(notice=pending),
        answers=tuple(
            roe.RoeAnswer(nation="XCC", person=f"Lind {place}", answer=Answer.CAVEAT, text=f"not {place}", at=at(1525))
            for place in range(count)
        ),
    )
    would = node.answers[PreviewRoe]
    assert callable(would)

    def preview(request: PreviewRoe) -> Response:
        made = would(request)
        assert isinstance(made, RoePreview)
        refused = request.notice.remark == REFUSED
        return evolve(made, clause="roe-sequence", reason="REQ 001 came twice") if refused else made

    node.answers[PreviewRoe] = preview
