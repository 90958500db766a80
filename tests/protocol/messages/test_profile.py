"""The ROE profile: what is in force at a time, from whatever came in whatever order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.records import evolve
from protocol.messages.payload import decode_payload
from protocol.messages.profile import Profile, fold
from protocol.messages.roe import RoeAct, RoeEndorsementPayload, RoeNoticePayload, RoeVerb
from protocol.messages.ruling import RuleEvent, RuleState, step
from protocol.messages.signatory import Authorities, Signatory
from protocol.messages.standing import Flaw, Logged
from protocol.trust.authority import read_roe_setting
from tests.protocol.messages.rules import (
    ALL,
    AUTH,
    HALT,
    IMPL,
    KOWAL,
    LINE,
    NOW,
    SAAR,
    SITES,
    SOME,
    TWO,
    at,
    flaws,
    hour,
    notice,
    said,
    signs,
    states,
)
from tests.protocol.vector_files import only, vectors

NIGHT = evolve(HALT, verb=int(RoeVerb.RETAINED), specify="by night")
NOT_US = evolve(HALT, verb=int(RoeVerb.PROHIBITED), text="")


def impl(serial: int, *rules: Any, **fields: Any) -> Logged:
    return said(notice(RoeAct.IMPLEMENT, serial, *(rules or (HALT,)), on="AUTH 001", **fields))


def amend(serial: int, **fields: Any) -> Logged:
    return said(notice(RoeAct.AMEND, serial, NIGHT, on="IMPL 001", **fields))


def cancel(serial: int, on: str = "IMPL 001", **fields: Any) -> Logged:
    return said(notice(RoeAct.CANCEL, serial, on=on, **fields))


# --- requests ---

ASKED = said(notice(RoeAct.REQUEST, 1, HALT, SITES, expires=hour(2)), SAAR)


def test_a_request_is_answered_by_an_authority() -> None:
    assert states(at(ASKED)) == {"REQ 001 104": "REQUESTED", "REQ 001 207": "REQUESTED"}
    allowed = said(notice(RoeAct.AUTHORISE, 1, HALT, on="REQ 001"))
    denied = said(notice(RoeAct.DENY, 1, on="REQ 001", effective=hour(1)))
    assert states(at(ASKED, allowed, denied)) == {"AUTH 001 104": "AUTHORISED", "REQ 001 207": "REQUESTED"}
    assert states(at(ASKED, allowed, denied, hours=1))["REQ 001 207"] == "DENIED"
    assert states(at(ASKED, hours=2)) == {"REQ 001 104": "EXPIRED", "REQ 001 207": "EXPIRED"}
    assert states(at(ASKED, denied, hours=2))["REQ 001 104"] == "DENIED"


# --- dormant ---


def test_what_is_authorised_and_not_implemented_is_dormant() -> None:
    profile = at(AUTH, IMPL)
    assert states(profile) == {"AUTH 001 112": "AUTHORISED", "IMPL 001 104": "IMPLEMENTED"}
    assert [ruling.in_force for ruling in profile.rulings] == [False, True]


def test_what_is_dormant_expires_is_cancelled_and_superseded() -> None:
    until = evolve(AUTH, payload=notice(RoeAct.AUTHORISE, 1, HALT, expires=hour(1)))
    assert states(at(until, hours=1)) == {"AUTH 001 104": "EXPIRED"}
    assert states(at(AUTH, cancel(1, "AUTH 001"))) == {"AUTH 001 104": "CANCELLED", "AUTH 001 112": "CANCELLED"}
    later = said(notice(RoeAct.AUTHORISE, 2, HALT))
    assert states(at(AUTH, later))["AUTH 001 104"] == "SUPERSEDED"
    assert states(at(AUTH, later))["AUTH 001 112"] == "AUTHORISED"


# --- in force ---


def test_it_begins_and_ends_with_what_it_stands_on() -> None:
    auth = evolve(AUTH, payload=notice(RoeAct.AUTHORISE, 1, HALT, effective=hour(1), expires=hour(3)))
    (ruling,) = at(auth, IMPL).rulings
    assert (ruling.state, ruling.began, ruling.begins) == (RuleState.AUTHORISED, False, hour(1))
    (ruling,) = at(auth, IMPL, hours=1).rulings
    assert (ruling.state, ruling.in_force, ruling.since, ruling.ends) == (
        RuleState.IMPLEMENTED,
        True,
        hour(1),
        hour(3),
    )
    (ruling,) = at(auth, IMPL, hours=3).rulings
    assert (ruling.state, ruling.since) == (RuleState.EXPIRED, hour(3))
    short = impl(1, effective=hour(1), expires=hour(2))
    assert states(at(auth, short, hours=2)) == {"IMPL 001 104": "EXPIRED"}
    assert states(at(auth, IMPL, cancel(1, "AUTH 001", effective=hour(2)), hours=2)) == {"IMPL 001 104": "CANCELLED"}


def test_when_the_profile_changes_by_itself() -> None:
    log = [
        AUTH,
        impl(1, effective=hour(1), expires=hour(3)),
        cancel(2, effective=hour(2)),
        cancel(1, effective=hour(5)),
    ]
    assert [at(*log, hours=h).changes - NOW for h in range(5)] == [3_600 * h for h in (1, 2, 3, 5, 5)]
    assert at(*log, hours=5).changes == 0


def test_amendments_stand_by_their_serial() -> None:
    by_day = evolve(
        amend(2, effective=hour(1)), payload=notice(RoeAct.AMEND, 2, HALT, on="IMPL 001", effective=hour(1))
    )
    log = [AUTH, IMPL, amend(1, effective=hour(2)), by_day]
    (before,) = [r for r in at(*log).rulings if r.in_force]
    assert (before.rule, before.before, before.state) == (HALT, None, RuleState.IMPLEMENTED)
    for hours in (1, 2):
        (ruling,) = [r for r in at(*log, hours=hours).rulings if r.in_force]
        assert (ruling.rule, ruling.state, ruling.since, ruling.by.said.name) == (
            HALT,
            RuleState.AMENDED,
            hour(1),
            "AMEND 002",
        )
    (ruling,) = [r for r in at(AUTH, IMPL, amend(1)).rulings if r.in_force]
    assert (ruling.rule, ruling.before) == (NIGHT, HALT)


def test_an_amendment_brings_its_own_end() -> None:
    log = [AUTH, impl(1, expires=hour(1)), amend(1, expires=hour(3))]
    assert [states(at(*log, hours=h))["IMPL 001 104"] for h in (1, 3)] == ["AMENDED", "EXPIRED"]
    late = [AUTH, impl(1, expires=hour(1)), amend(1, effective=hour(2))]
    assert states(at(*late, hours=2))["IMPL 001 104"] == "EXPIRED", "what has ended is not amended"


def test_cancelling_in_part_and_for_good() -> None:
    part = evolve(HALT, verb=0, text="", specify="")
    log = [AUTH, impl(1, HALT, LINE), said(notice(RoeAct.CANCEL, 1, part, on="IMPL 001", effective=hour(1)))]
    assert states(at(*log, hours=1)) == {"IMPL 001 104": "CANCELLED", "IMPL 001 112": "IMPLEMENTED"}
    again = [*log, amend(1, effective=hour(2)), cancel(2, effective=hour(3))]
    (ruling, _) = at(*again, hours=3).rulings
    assert (ruling.state, ruling.since, ruling.rule) == (RuleState.CANCELLED, hour(1), HALT)


def test_a_later_serial_supersedes_from_when_it_begins() -> None:
    log = [AUTH, IMPL, impl(2, evolve(HALT, specify="AREA RED"), effective=hour(1))]
    assert states(at(*log)) == {
        "AUTH 001 112": "AUTHORISED",
        "IMPL 001 104": "IMPLEMENTED",
        "IMPL 002 104": "AUTHORISED",
    }
    profile = at(*log, hours=1)
    assert states(profile)["IMPL 001 104"] == "SUPERSEDED"
    (new,) = [r for r in profile.rulings if r.in_force]
    assert (new.notice.said.name, new.before) == ("IMPL 002", HALT)
    third = states(at(*log, impl(3), hours=1))
    assert [third[f"IMPL 00{n} 104"] for n in (1, 2, 3)] == ["SUPERSEDED", "SUPERSEDED", "IMPLEMENTED"]


def test_what_began_late_under_an_earlier_serial_never_begins() -> None:
    log = [AUTH, impl(1, effective=hour(2)), impl(2, effective=hour(1))]
    assert states(at(*log, hours=2))["IMPL 001 104"] == "SUPERSEDED"
    (early, _) = [r for r in at(*log, hours=2).rulings if r.rule.number == "104"]
    assert not early.began


@pytest.mark.parametrize("when", [(3, 1, 2), (1, 3, 2), (1, 2, 3)])
def test_of_several_later_ones_the_first_to_begin_supersedes(when: tuple[int, int, int]) -> None:
    later = [impl(serial, effective=hour(hours)) for serial, hours in enumerate(when, 2)]
    (first,) = [r for r in at(AUTH, IMPL, *later, hours=4).rulings if r.notice.said.name == "IMPL 001"]
    assert (first.state, first.since) == (RuleState.SUPERSEDED, hour(1))
    assert first.by.said.serial == 2 + when.index(1)


@pytest.mark.parametrize("when", [0.5, 1])
def test_what_was_cancelled_before_it_began_supersedes_nothing(when: float) -> None:
    log = [AUTH, IMPL, impl(2, effective=hour(1)), cancel(1, "IMPL 002", effective=hour(when))]
    assert states(at(*log, hours=2)) == {
        "AUTH 001 112": "AUTHORISED",
        "IMPL 001 104": "IMPLEMENTED",
        "IMPL 002 104": "CANCELLED",
    }
    later = [AUTH, IMPL, impl(2, effective=hour(1)), cancel(1, "IMPL 002", effective=hour(1.5))]
    assert states(at(*later, hours=2))["IMPL 001 104"] == "SUPERSEDED", "it began, and nothing comes back"


def test_what_a_notice_states_or_changes() -> None:
    profile = at(AUTH, impl(1, HALT, LINE), amend(1), cancel(1), ASKED, said(notice(RoeAct.DENY, 1, on="REQ 001")))
    touched = {n.said.name: [r.rule.number for r in profile.of(n)] for n in profile.notices}
    assert touched == {
        "REQ 001": ["104", "207"],
        "AUTH 001": [],
        "DENY 001": ["104", "207"],
        "IMPL 001": ["104", "112"],
        "AMEND 001": ["104"],
        "CANCEL 001": ["104", "112"],
    }


# --- caveats ---


def test_a_nations_newest_caveat_on_a_number_stands() -> None:
    narrow = said(notice(RoeAct.CAVEAT, 1, HALT, LINE), SAAR)
    log = [narrow, said(notice(RoeAct.CAVEAT, 2, NOT_US, effective=hour(1), expires=hour(2)), SAAR)]
    log.append(said(notice(RoeAct.CAVEAT, 1, HALT), KOWAL, called="theirs"))

    def shown(hours: float, *more: Logged) -> list[tuple[int, str, int]]:
        caveats = at(*log, *more, hours=hours).caveats
        return sorted((c.notice.logged.author.nation, c.rule.number, c.rule.verb) for c in caveats)

    limited, prohibited = int(RoeVerb.LIMITED), int(RoeVerb.PROHIBITED)
    line = (2, "112", LINE.verb)
    assert line not in shown(0), "as the force is no caveat"
    assert shown(0) == [(1, "104", limited), (2, "104", limited)]
    assert shown(1) == [(1, "104", limited), (2, "104", prohibited)]
    assert shown(2) == [(1, "104", limited), (2, "104", limited)]
    permitted = evolve(HALT, verb=int(RoeVerb.PERMITTED))
    withdrawn = said(notice(RoeAct.CAVEAT, 3, permitted), SAAR)
    assert shown(0, withdrawn) == [(1, "104", limited)]


def test_a_caveat_for_the_own_nation_alone_stands_beside_that_for_all() -> None:
    own = evolve(said(notice(RoeAct.CAVEAT, 1, NOT_US), SAAR, SOME), entry=b"o" * 32)
    profile = at(said(notice(RoeAct.CAVEAT, 1, HALT), SAAR), own)
    assert (flaws(profile), len(profile.caveats)) == ({}, 2)


# --- the same for all ---

EVERYTHING = [
    ASKED,
    AUTH,
    IMPL,
    impl(2, LINE, effective=hour(1)),
    impl(4, LINE),
    amend(1, effective=hour(1)),
    cancel(1, effective=hour(2)),
    said(notice(RoeAct.CAVEAT, 1, NOT_US), SAAR),
    evolve(AUTH, entry=b"x" * 32, author=KOWAL),
    evolve(AUTH, entry=b"y" * 32, mark=Flaw.DISPUTED),
    *(signs(words) for words in ("AUTH 001", "IMPL 001", "IMPL 002", "AMEND 001")),
    evolve(signs("AUTH 001"), entry=b"z" * 32),
]


@given(
    log=st.permutations(EVERYTHING), again=st.lists(st.sampled_from(EVERYTHING), max_size=4), hours=st.integers(0, 3)
)
def test_neither_order_nor_repetition_matters(log: list[Logged], again: list[Logged], hours: int) -> None:
    assert at(*log, *again, hours=hours, rules=TWO) == at(*EVERYTHING, hours=hours, rules=TWO)


@given(log=st.lists(st.sampled_from(EVERYTHING)), hours=st.integers(0, 3))
def test_some_of_it_is_no_fault(log: list[Logged], hours: int) -> None:
    profile = at(*log, hours=hours, rules=TWO)
    assert all(ruling.notice.counts for ruling in profile.rulings)


def test_authors_clocks_do_not_matter() -> None:
    moved = [evolve(each, payload=evolve(each.payload, time=0)) for each in EVERYTHING]
    for hours in range(3):
        one, other = at(*EVERYTHING, hours=hours, rules=TWO), at(*moved, hours=hours, rules=TWO)
        assert (states(one), flaws(one)) == (states(other), flaws(other))


def test_an_end_is_an_end() -> None:
    ends = [RuleState.CANCELLED, RuleState.EXPIRED, RuleState.SUPERSEDED, RuleState.DENIED]
    assert all(step(state, event) is state for state in ends for event in RuleEvent)


# --- the vectors ---


def test_vectors() -> None:
    setting = read_roe_setting(bytes.fromhex(only("roe", "setting")["encoded"]), 3)
    rules = Authorities(setting.signatures, setting.authorities)
    log = []
    for case in vectors("roe")["log"]:
        who = case["author"]
        payload = decode_payload(bytes.fromhex(case["payload"]))
        assert isinstance(payload, RoeNoticePayload | RoeEndorsementPayload)
        author = Signatory(who["nation"], bytes.fromhex(who["person"]), who["name"], who["role"])
        mark = Flaw(case["mark"]) if case["mark"] else None
        log.append(Logged(bytes.fromhex(case["id"]), b"c" * 16, ALL, author, payload, mark))
    for case in vectors("roe")["profiles"]:
        assert shown(fold(reversed(log), rules, case["at"])) == case


def shown(profile: Profile) -> dict[str, Any]:
    return {
        "at": profile.at,
        "flaws": {n.logged.entry.hex(): n.flaw.value for n in profile.notices if n.flaw},
        "rules": [
            [r.notice.logged.entry.hex(), r.rule.number, r.state.name, r.rule.verb, r.since] for r in profile.rulings
        ],
        "caveats": [[c.notice.logged.author.nation, c.rule.number, c.rule.verb] for c in profile.caveats],
        "gaps": [[gap.series[1], int(gap.series[2]), gap.first, gap.last] for gap in profile.gaps],
        "changes": profile.changes,
    }
