"""An ROE board for tests, as Lt Berg of XAA sees it at 221542Z NOV 26. The rules are invented, as all in tests."""

from __future__ import annotations

from typing import Any, Final

from coalchat.api import roe
from coalchat.api.roe import RoeAct, RoeRule, RoeState, RoeVerb
from coalchat.api.roe_log import RoeLog
from coalchat.api.vocabulary import Answer
from coalchat.record import evolve

NOW: Final = 1_795_362_120
ALL: Final = ("XAA", "XBB", "XCC")
MARKING: Final = "MISSION RESTRICTED REL XAA, XBB, XCC"


def at(hhmm: int, day: int = 22) -> int:
    """Unix seconds of a time of that month, e.g. 1531."""
    return NOW + (day - 22) * 86_400 + ((hhmm // 100 - 15) * 60 + hhmm % 100 - 42) * 60


def rule(number: str, option: str, verb: RoeVerb, text: str, specify: str = "") -> RoeRule:
    return RoeRule(number=number, option=option, verb=verb, text=text, specify=specify)


HALT = rule("104", "B", RoeVerb.PERMITTED, "Halt and search of vehicles", "AREA BLUE")
LINE = rule("112", "A", RoeVerb.PERMITTED, "Crossing of LINE GREEN", "by day")
LIGHT = rule("118", "D", RoeVerb.RETAINED, "Use of illumination", "commander only")
JAM = rule("131", "C", RoeVerb.LIMITED, "Jamming of unmanned aircraft", "band 3, 5 km")
SITES = rule("207", "A", RoeVerb.PROHIBITED, "Entry to protected sites", "list 7")
NIGHT = evolve(LINE, specify="by day and by night")
NEAR = evolve(JAM, specify="band 3, 2 km")


def ruling(
    stated: RoeRule, notice: str, since: int, state: RoeState = RoeState.IMPLEMENTED, **more: Any
) -> roe.RoeRuling:
    in_force = state in {RoeState.IMPLEMENTED, RoeState.AMENDED}
    made = roe.RoeRuling(
        entry_id=notice.replace(" ", "").lower().encode().hex().ljust(64, "0"),
        channel_id="0" * 32,
        notice=notice,
        nation="XBB",
        rule=stated,
        before=None,
        state=state,
        in_force=in_force,
        applies=True,
        reason="",
        since=since,
        by=notice,
        begins=since,
        ends=0,
        marking=MARKING,
        level=1,
        portion="R",
        nations=ALL,
        applies_to=(),
        specified="",
    )
    return evolve(made, **more)


def caveat(nation: str, number: str, verb: RoeVerb, text: str, hhmm: int, **more: Any) -> roe.RoeCaveat:
    made = roe.RoeCaveat(
        entry_id=f"{nation}{number}".encode().hex().ljust(64, "0"),
        channel_id="0" * 32,
        notice="CAVEAT 001",
        nation=nation,
        person=f"{nation}-LEGAD",
        number=number,
        verb=verb,
        text=text,
        time=at(hhmm),
        marking=MARKING,
        level=1,
        portion="R",
        nations=ALL,
    )
    return evolve(made, **more)


def tally(nation: str, done: int, persons: int, *missing: str, caveats: int = 0, since: int = 0) -> roe.RoeTally:
    return roe.RoeTally(
        nation=nation, persons=persons, acknowledged=done, caveats=caveats, unable=0, missing=missing, since=since
    )


def notice(name: str, *rules: RoeRule, act: RoeAct = RoeAct.IMPLEMENT, **more: Any) -> roe.RoeNotice:
    made = roe.RoeNotice(
        entry_id=name.replace(" ", "").lower().encode().hex().ljust(64, "0"),
        channel_id="0" * 32,
        channel_title="ops-north",
        name=name,
        act=act,
        serial=int(name.rsplit(maxsplit=1)[-1]),
        nation="XBB",
        person="Col A. Reyes",
        time=at(1515),
        marking=MARKING,
        level=1,
        portion="R",
        nations=ALL,
        basis="ab" * 32,
        basis_name="AUTH 004",
        rules=rules,
        before=tuple(None for _ in rules),
        applies_to=(),
        specified="",
        effective=0,
        expires=0,
        ack_by=0,
        remark="",
        flaw="",
        reason="",
        signers=(
            roe.RoeSigner(nation="XBB", person="Col A. Reyes"),
            roe.RoeSigner(nation="XAA", person="Maj T. Holm"),
        ),
        needed=2,
        mine=False,
        answered=None,
        pending=False,
        closed=False,
        tally=(),
    )
    return evolve(made, **more)


PENDING = notice(
    "IMPL 005",
    NIGHT,
    NEAR,
    before=(LINE, JAM),
    effective=at(1800),
    ack_by=at(1600),
    specified="AREA BLUE",
    reason="begins 221800ZNOV26",
    pending=True,
    tally=(
        tally("XAA", 3, 4, "Berg"),
        tally("XBB", 3, 3, since=at(1522)),
        tally("XCC", 4, 5, "Saar", caveats=1),
    ),
)


def board(**changes: Any) -> roe.RoeBoard:
    """The board of the picture."""
    made = roe.RoeBoard(
        at=NOW,
        entries=41,
        gaps=(),
        rulings=(
            ruling(HALT, "IMPL 004", at(600)),
            ruling(LINE, "IMPL 004", at(600)),
            ruling(LIGHT, "IMPL 003", at(1200, 20)),
            ruling(JAM, "IMPL 004", at(600)),
            ruling(SITES, "IMPL 001", at(1800, 18)),
            ruling(NIGHT, "IMPL 005", at(1800), RoeState.AUTHORISED, before=LINE, reason="begins 221800ZNOV26"),
            ruling(NEAR, "IMPL 005", at(1800), RoeState.AUTHORISED, before=JAM, reason="begins 221800ZNOV26"),
            ruling(
                evolve(HALT, option="A"), "IMPL 002", at(600), RoeState.SUPERSEDED,
                reason="superseded by IMPL 004 at 220600ZNOV26",
            ),
            ruling(
                LIGHT, "AUTH 003", at(1000, 20), RoeState.AUTHORISED, reason="authorised, not implemented: held back"
            ),
            ruling(
                evolve(JAM, option="B", specify="band 2"), "IMPL 003", at(2359, 21), RoeState.EXPIRED,
                reason="expired 212359ZNOV26",
            ),
        ),
        caveats=(
            caveat("XAA", "131", RoeVerb.LIMITED, "only with a second officer on the net.", 840, nations=("XAA",)),
            caveat("XBB", "112", RoeVerb.LIMITED, "wheeled vehicles only.", 912),
            caveat("XCC", "104", RoeVerb.LIMITED, "search only with an XCC officer present.", 915),
            caveat("XCC", "112", RoeVerb.PROHIBITED, "national contingent does not take part.", 915),
            caveat("XCC", "131", RoeVerb.PROHIBITED, "national contingent does not take part.", 915),
        ),
        notices=(
            PENDING,
            notice(
                "IMPL 006", SITES, flaw="wider", reason="207 A is wider than AUTH 003", time=at(1530), person="HQ",
                basis_name="AUTH 003", closed=True,
            ),
        ),
        left_out=0,
        changes=at(1800),
        needed=2,
        own_nation="XAA",
        words=roe.JUDGES_NOTHING,
    )  # fmt: skip
    return evolve(made, **changes)


def details(**changes: Any) -> roe.RoeDetails:
    """The pending notice, and who has answered."""
    answers = (
        roe.RoeAnswer(nation="XBB", person="Kowal", answer=Answer.NONE, text="", at=at(1522)),
        roe.RoeAnswer(nation="XCC", person="Lind", answer=Answer.CAVEAT, text="with an officer of ours", at=at(1525)),
    )
    made = roe.RoeDetails(notice=PENDING, answers=answers, words=roe.JUDGES_NOTHING)
    return evolve(made, **changes)


UNSIGNED = notice(
    "AUTH 005",
    SITES,
    act=RoeAct.AUTHORISE,
    basis="",
    basis_name="",
    time=at(1533),
    signers=(roe.RoeSigner(nation="XBB", person="Col A. Reyes"),),
    flaw="unsigned",
    reason="signed by 1 of 2",
    closed=True,
)
GAP = roe.RoeGap(
    nation="XBB", channel_id="0" * 32, words="IMPL 003 is missing", act=RoeAct.IMPLEMENT, marking=MARKING, first=3, last=3,
)  # fmt: skip
REQUESTED = notice(
    "REQ 002", HALT, act=RoeAct.REQUEST, nation="XAA", person="Okoro", basis="", basis_name="", needed=1, time=at(1210),
    signers=(roe.RoeSigner(nation="XAA", person="Okoro"),), reason="requested, and not answered",
)  # fmt: skip


def log(**changes: Any) -> RoeLog:
    """The log of the picture."""
    made = RoeLog(
        at=NOW,
        own_nation="XAA",
        marking=MARKING,
        entries=41,
        gaps=(),
        notices=(REQUESTED, PENDING, board().notices[1], UNSIGNED),
        next="",
        words=roe.JUDGES_NOTHING,
    )
    return evolve(made, **changes)


NO_ROE: Final = board(entries=0, rulings=(), caveats=(), notices=(), changes=0)
"""Where there are none."""
