"""Which ROE notices count: signed by whom, in their place, within what they stand on."""

from __future__ import annotations

import pytest

from protocol.base.records import evolve
from protocol.messages.roe import RoeAct, RoeVerb
from protocol.messages.signatory import Authorities
from protocol.messages.standing import Flaw, Logged
from protocol.trust.authority import RoeAuthority
from protocol.trust.credential import Role
from tests.protocol.messages.rules import (
    ALL,
    AUTH,
    COMFOR,
    DEPUTY,
    HALT,
    IMPL,
    KOWAL,
    LEGAD,
    LINE,
    SAAR,
    SECRET,
    SITES,
    SOME,
    TWO,
    at,
    flaws,
    notice,
    said,
    signs,
    states,
)

CANCEL = said(notice(RoeAct.CANCEL, 1, on="IMPL 001"))
PERMIT = evolve(HALT, verb=int(RoeVerb.PERMITTED))


def test_what_is_in_order_has_no_flaw() -> None:
    assert flaws(at(AUTH, IMPL, CANCEL, said(notice(RoeAct.CAVEAT, 1, HALT), SAAR))) == {}


@pytest.mark.parametrize("by", [KOWAL, SAAR, evolve(COMFOR, role=int(Role.BOT))])
def test_whom_the_charter_does_not_name_authorises_nothing(by: object) -> None:
    assert flaws(at(evolve(AUTH, author=by))) == {"AUTH 001": "unauthorised"}


def test_without_a_word_of_the_charter_nobody_does() -> None:
    request = said(notice(RoeAct.REQUEST, 1, HALT), SAAR)
    assert flaws(at(AUTH, request, rules=Authorities())) == {"AUTH 001": "unauthorised"}


def test_a_bot_asks_for_nothing_and_nobody_of_a_suspended_nation_does() -> None:
    bot = said(notice(RoeAct.REQUEST, 1, HALT), evolve(SAAR, role=int(Role.BOT)))
    assert flaws(at(bot)) == {"REQ 001": "unauthorised"}
    request = said(notice(RoeAct.REQUEST, 1, HALT), SAAR)
    suspending = Authorities(1, (RoeAuthority(0, "", True),), frozenset({2}))
    assert flaws(at(request, rules=suspending)) == {"REQ 001": "unauthorised"}


@pytest.mark.parametrize("mark", [Flaw.DISPUTED, Flaw.DISOWNED])
def test_a_marked_notice_does_not_count_and_takes_no_place(mark: Flaw) -> None:
    marked = evolve(AUTH, mark=mark)
    assert flaws(at(marked)) == {"AUTH 001": mark.value}
    anew = evolve(AUTH, entry=b"n" * 32)
    assert flaws(at(marked, anew)) == {"AUTH 001": mark.value}


# --- signatures ---


def test_two_signatures() -> None:
    assert flaws(at(AUTH, rules=TWO)) == {"AUTH 001": "unsigned: signed by 1 of 2"}
    profile = at(AUTH, signs("AUTH 001"), rules=TWO)
    assert flaws(profile) == {}
    assert profile.notices[0].signers == (COMFOR, LEGAD)
    assert profile.entries == 2


@pytest.mark.parametrize(
    "other",
    [
        signs("AUTH 001", COMFOR),
        signs("AUTH 001", evolve(COMFOR, name="COMFOR 2")),
        signs("AUTH 001", KOWAL),
        signs("AUTH 001", evolve(LEGAD, role=int(Role.BOT))),
        signs("AUTH 001", release=SOME),
        signs("AUTH 001", channel=b"x" * 16),
        signs("AUTH 001", mark=Flaw.DISPUTED),
        signs("AUTH 002"),
    ],
)
def test_what_is_no_second_signature(other: Logged) -> None:
    assert flaws(at(AUTH, other, rules=TWO)) == {"AUTH 001": "unsigned: signed by 1 of 2"}


def test_a_person_counts_once_and_another_of_the_same_nation_does() -> None:
    again = evolve(signs("AUTH 001"), entry=b"2" * 32)
    profile = at(AUTH, signs("AUTH 001"), again, signs("AUTH 001", DEPUTY), rules=TWO)
    assert profile.notices[0].signers == (COMFOR, DEPUTY, LEGAD)
    three = evolve(TWO, signatures=3)
    assert flaws(at(AUTH, signs("AUTH 001"), again, rules=three)) == {"AUTH 001": "unsigned: signed by 2 of 3"}


def test_a_request_and_a_caveat_need_none() -> None:
    mine = [said(notice(RoeAct.REQUEST, 1, HALT), SAAR), said(notice(RoeAct.CAVEAT, 1, HALT), SAAR)]
    assert flaws(at(*mine, rules=TWO)) == {}


# --- serials ---


def test_a_gap_is_an_alarm_and_nothing_behind_it_counts() -> None:
    late = [said(notice(RoeAct.AUTHORISE, n, LINE)) for n in (4, 5, 7)]
    profile = at(AUTH, *late)
    missing = "out-of-order: AUTH 002 to 003 are missing"
    assert flaws(profile) == dict.fromkeys(["AUTH 004", "AUTH 005", "AUTH 007"], missing)
    assert [gap.words for gap in profile.gaps] == ["AUTH 002 to 003 are missing", "AUTH 006 is missing"]
    whole = at(AUTH, *late, *(said(notice(RoeAct.AUTHORISE, n, LINE)) for n in (2, 3, 6)))
    assert (flaws(whole), whole.gaps) == ({}, ())


def test_what_takes_away_does_not_wait() -> None:
    cancel = said(notice(RoeAct.CANCEL, 3, on="IMPL 001"))
    not_us = said(notice(RoeAct.CAVEAT, 2, evolve(HALT, verb=int(RoeVerb.PROHIBITED))), SAAR)
    profile = at(AUTH, IMPL, cancel, not_us)
    assert (flaws(profile), len(profile.gaps), len(profile.caveats)) == ({}, 2, 1)
    assert states(profile)["IMPL 001 104"] == "CANCELLED"
    withdrawn = said(notice(RoeAct.CAVEAT, 4, PERMIT), SAAR)
    assert flaws(at(not_us, withdrawn)) == {"CAVEAT 004": "out-of-order: CAVEAT 001 is missing"}


def test_a_serial_that_is_given_twice_is_of_neither() -> None:
    other = said(notice(RoeAct.AUTHORISE, 1, SITES), DEPUTY, called="other")
    twice = "serial-twice: AUTH 001 was issued twice"
    assert flaws(at(AUTH, other)) == {"AUTH 001": twice, "other": twice}
    theirs = evolve(other, author=KOWAL)
    assert flaws(at(AUTH, theirs)) == {"other": "unauthorised"}, "who may not issue it takes no place"


def test_each_nation_kind_channel_and_label_counts_by_itself() -> None:
    both = Authorities(1, (RoeAuthority(0, "", True), RoeAuthority(1, "", True)))
    others = [
        evolve(AUTH, author=KOWAL, entry=b"1" * 32),
        evolve(AUTH, release=SOME, entry=b"2" * 32),
        evolve(AUTH, channel=b"x" * 16, entry=b"3" * 32),
    ]
    profile = at(AUTH, IMPL, *others, rules=both)
    assert (flaws(profile), profile.gaps) == ({}, ())


# --- what it stands on ---


def test_it_must_stand_on_what_is_here_and_of_the_kind() -> None:
    absent = "no-basis: what it stands on is not here, or of another kind"
    assert flaws(at(IMPL)) == {"IMPL 001": absent}
    on_itself = said(notice(RoeAct.IMPLEMENT, 2, HALT, on="IMPL 001"))
    assert flaws(at(AUTH, IMPL, on_itself)) == {"IMPL 002": absent}
    on_a_signature = said(notice(RoeAct.IMPLEMENT, 2, HALT, on="LEGAD AUTH 001"))
    assert flaws(at(AUTH, IMPL, signs("AUTH 001"), on_a_signature)) == {"IMPL 002": absent}
    unasked = said(notice(RoeAct.AUTHORISE, 2, HALT, on="REQ 009"))
    assert flaws(at(AUTH, unasked)) == {}


def test_a_long_line_of_bases_is_no_matter() -> None:
    chain = [said(notice(RoeAct.CANCEL, n + 1, on=f"CANCEL {n:03d}")) for n in range(1, 3_000)]
    assert set(flaws(at(*chain)).values()) == {"no-basis: what it stands on is not here, or of another kind"}


def test_what_stands_on_nothing_sound_does_not_count() -> None:
    amend = said(notice(RoeAct.AMEND, 1, HALT, on="IMPL 001"))
    profile = at(evolve(AUTH, mark=Flaw.DISOWNED), IMPL, amend)
    assert flaws(profile) == {
        "AMEND 001": "basis-void: IMPL 001 is not valid itself",
        "AUTH 001": "disowned",
        "IMPL 001": "basis-void: AUTH 001 is not valid itself",
    }
    assert profile.rulings == ()


def test_another_nation_implements_and_cancels_but_does_not_amend() -> None:
    both = Authorities(1, (RoeAuthority(0, "", True), RoeAuthority(1, "", True)))
    theirs = [evolve(each, author=KOWAL) for each in (IMPL, CANCEL)]
    assert flaws(at(AUTH, *theirs, rules=both)) == {}
    amend = said(notice(RoeAct.AMEND, 1, HALT, on="IMPL 001"))
    assert flaws(at(AUTH, *theirs, amend, rules=both)) == {"AMEND 001": "unauthorised: IMPL 001 is another nation's"}


@pytest.mark.parametrize("release", [SOME, SECRET])
def test_what_implements_may_be_narrower_in_its_label(release: object) -> None:
    assert flaws(at(AUTH, evolve(IMPL, release=release))) == {}


def test_what_repeats_a_rule_is_of_no_lower_label() -> None:
    lower = "other-label: in another channel than AUTH 001, or under a lower label"
    assert flaws(at(evolve(AUTH, release=SOME), IMPL)) == {"IMPL 001": lower}
    assert flaws(at(evolve(AUTH, release=SECRET), evolve(IMPL, release=SOME))) == {"IMPL 001": lower}
    assert flaws(at(AUTH, evolve(IMPL, channel=b"x" * 16))) == {"IMPL 001": lower}


@pytest.mark.parametrize("release", [SOME, SECRET])
def test_a_change_reaches_all_whom_the_rule_reached(release: object) -> None:
    amend = said(notice(RoeAct.AMEND, 1, HALT, on="IMPL 001"))
    for change in (CANCEL, amend):
        moved = evolve(change, release=release)
        assert set(flaws(at(AUTH, IMPL, moved)).values()) == {"other-label: not under the label of IMPL 001"}
        assert flaws(at(AUTH, IMPL, evolve(change, release=ALL))) == {}


# --- never wider ---


def test_nothing_is_implemented_or_amended_wider_than_it_was_authorised() -> None:
    wider = [
        (evolve(HALT, option="C"), "104 C is wider than AUTH 001"),
        (PERMIT, "104 B is wider than AUTH 001"),
        (SITES, "AUTH 001 does not have 207"),
    ]
    for rule, why in wider:
        beyond = said(notice(RoeAct.IMPLEMENT, 1, rule, on="AUTH 001"))
        assert flaws(at(AUTH, beyond)) == {"IMPL 001": f"wider: {why}"}
    amend = said(notice(RoeAct.AMEND, 1, PERMIT, on="IMPL 001"))
    assert flaws(at(AUTH, IMPL, amend)) == {"AMEND 001": "wider: 104 B is wider than AUTH 001"}
    further = said(notice(RoeAct.AMEND, 1, LINE, on="IMPL 001"))
    assert flaws(at(AUTH, IMPL, further)) == {"AMEND 001": "wider: IMPL 001 does not have 112"}
    nothing = said(notice(RoeAct.CANCEL, 1, evolve(SITES, verb=0, text="", specify=""), on="IMPL 001"))
    assert flaws(at(AUTH, IMPL, nothing)) == {"CANCEL 001": "wider: IMPL 001 does not have 207"}


@pytest.mark.parametrize("verb", [RoeVerb.PROHIBITED, RoeVerb.RETAINED, RoeVerb.LIMITED])
def test_but_narrower(verb: RoeVerb) -> None:
    narrower = said(notice(RoeAct.IMPLEMENT, 1, evolve(HALT, verb=int(verb), specify="by day"), on="AUTH 001"))
    assert flaws(at(AUTH, narrower)) == {}
