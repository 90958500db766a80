"""The key screen in words: what runs and opens how long, what will stop, what waits for somebody."""

from __future__ import annotations

import pytest

from coalchat.api.events import AuditWritten, ControlChanged
from coalchat.api.history import ApproveHistory, ListHistory, RefuseHistory
from coalchat.api.nouns import KeyingDevice
from coalchat.api.renewal import ListDevices
from coalchat.api.requests import GetStatus, ListNations, ShowKeys
from coalchat.api.responses import NationList
from coalchat.api.vocabulary import ControlSubject, KeyState, Phase
from coalchat.desk.model.changes import Part
from coalchat.desk.model.keyviews import KeyScreen
from coalchat.errors import NotAuthorised, Unreachable
from coalchat.record import evolve
from tests.desk.model.driver import Driver, connected
from tests.fakes.api_keys import HOLD, HOUR, LENGTH, let_history, let_keys, let_trouble, request
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NATIONS, NOW

ENDS = NOW + 2 * HOUR
"""Of the segment that runs."""


def opened(*, trouble: bool = False) -> Driver:
    """A desk whose key screen is open."""
    node = FakeNode()
    let_keys(node, NOW, ENDS)
    if trouble:
        let_trouble(node, NOW)
    driver = connected(node)
    driver.do(driver.desk.open_keys())
    return driver


def view(driver: Driver) -> KeyScreen:
    return driver.desk.keys(driver.now)


def control(subject: ControlSubject) -> ControlChanged:
    return ControlChanged(subject=subject, id="", phase=Phase.UNLOCKED)


def test_editions_say_their_state_and_whether_their_keys_are_here() -> None:
    rows = view(opened()).editions
    assert [(row.name, row.state, row.keys, row.runs, row.gap) for row in rows] == [
        ("XAA 11", "SUPERSEDED", "keys held", False, False),
        ("XAA 12", "EFFECTIVE", "keys held", True, False),
        ("XAA 13", "RESERVE", "keys held", False, False),
        ("XAA 14", "RESERVE", "not all here yet", False, False),
    ]


def test_keys_of_a_reserve_that_are_not_here_are_a_gap_a_day_before_it_begins() -> None:
    driver = opened()
    reserve = driver.node.keys.editions[-1]
    for ahead, gap in ((25 * HOUR, False), (23 * HOUR, True)):
        driver.now = reserve.starts - ahead
        assert view(driver).editions[-1].gap is gap


def test_the_scale_is_linear_and_begins_with_the_edition() -> None:
    scale = view(opened()).scale
    assert scale is not None
    assert [row.state for row in scale.segments] == ["held", "held", "effective", *["not begun"] * 9]
    total = 12 * LENGTH + HOLD
    for number, row in enumerate(scale.segments):
        assert row.begins == pytest.approx(number * LENGTH / total)
        assert row.ends == pytest.approx((number + 1) * LENGTH / total)
        assert row.held == pytest.approx((number + 1) * LENGTH / total + HOLD / total)
    assert scale.segments[-1].held == pytest.approx(1)
    assert scale.segments[2].begins < scale.now < scale.segments[2].ends
    assert scale.words == "segment 3 is effective, 1 and 2 are held, 4 to 12 have not begun yet"
    assert (scale.title, scale.note) == ("SEGMENTS OF EDITION 12", "6 h each, then held 72 h, then erased")


def test_what_the_hold_has_ended_of_is_erased() -> None:
    driver = opened()
    keys = driver.node.keys
    driver.node.keys = evolve(
        keys, levels=tuple(evolve(level, closes=keys.segment_ends + 5 * HOUR) for level in keys.levels)
    )
    driver.node.tell(control(ControlSubject.KEYS))
    driver.settle()
    scale = view(driver).scale
    assert scale is not None
    assert [row.state for row in scale.segments[:4]] == ["erased", "held", "effective", "not begun"]
    assert scale.words == "segment 3 is effective, 1 is erased, 2 is held, 4 to 12 have not begun yet"


def test_where_no_edition_runs_there_is_no_scale() -> None:
    driver = opened()
    keys = driver.node.keys
    over = tuple(evolve(edition, state=KeyState.SUPERSEDED) for edition in keys.editions)
    driver.node.keys = evolve(keys, edition=0, segment=0, segments=0, editions=over)
    driver.node.tell(control(ControlSubject.KEYS))
    driver.settle()
    assert (view(driver).scale, view(driver).position) == (None, "no edition runs")


def test_both_windows_stand_for_each_level_and_what_is_not_cleared_is_named() -> None:
    rows = {row.name: row for row in view(opened()).windows}
    assert list(rows) == ["UNCLASSIFIED", "RESTRICTED", "SECRET", "TOP SECRET"]
    secret = rows["SECRET"]
    assert (secret.wire, secret.keys, secret.texts) == ("211306Z", "181306Z", "181306Z DEC 26")
    assert not rows["TOP SECRET"].cleared


@pytest.mark.parametrize(
    ("left", "suspended", "words", "consequence", "gap"),
    [
        (100 * HOUR, False, "published until 221506Z", "after that nothing can be sent to it", False),
        (71 * HOUR, False, "published until 211006Z", "after that nothing can be sent to it", True),
        (0, False, "ended 181106Z", "nothing can be sent to it now", True),
        (None, False, "nothing published is here", "nothing can be sent to it", True),
        (100 * HOUR, True, "suspended", "nothing is sent to it or taken from it", True),
    ],
)
def test_how_fresh_a_nation_is_comes_with_what_follows(
    left: int | None, suspended: bool, words: str, consequence: str, gap: bool
) -> None:
    driver = opened()
    until = 0 if left is None else NOW + left
    nation = evolve(NATIONS[1], keys_until=until, suspended=suspended, published=NOW - 3 * HOUR)
    driver.node.answers[ListNations] = NationList(nations=(NATIONS[0], nation))
    driver.node.tell(control(ControlSubject.NATION))
    driver.settle()
    (row,) = view(driver).nations
    assert (row.until, row.consequence, row.gap, row.heard) == (words, consequence, gap, "3 h ago")


@pytest.mark.parametrize(
    ("left", "consequence"),
    [
        (71 * HOUR, "after that nothing above RESTRICTED can be sent to it"),
        (-HOUR, "RESTRICTED at most goes to its last key, until 181206Z"),
        (-3 * HOUR, "nothing can be sent to it now"),
    ],
)
def test_what_runs_on_is_named_with_its_end(left: int, consequence: str) -> None:
    driver = opened()
    until = NOW + left
    nation = evolve(NATIONS[1], keys_until=until, runs_on="RESTRICTED", runs_on_until=until + 2 * HOUR)
    driver.node.answers[ListNations] = NationList(nations=(NATIONS[0], nation))
    driver.node.tell(control(ControlSubject.NATION))
    driver.settle()
    (row,) = view(driver).nations
    assert (row.consequence, row.gap) == (consequence, True)


def test_certificates_say_when_they_end_and_what_stops_then() -> None:
    rows = view(opened()).ends
    assert [(row.what, row.left, row.gap) for row in rows] == [
        ("this device", "in 61 d", False),
        ("custodian", "in 88 d", False),
        ("alternate, seat 1", "in 13 d", True),
        ("Varga (2)", "in 9 d", True),
    ]
    assert rows[0].stops == "then it can send nothing, and gets no keys"


def test_in_an_emergency_it_says_who_may_still_use_the_old_key_and_who_is_keyed() -> None:
    shown = view(opened(trouble=True))
    notes = {row.name: row.notes for row in shown.editions if row.notes}
    assert notes == {
        "XAA 12": ("a cut-off sender may still use the old key until 190106Z",),
        "XAA 15": ("replaces 12 in an emergency",),
    }
    assert [(row.keyed, row.answered, row.devices) for row in shown.demands] == [(11, 12, 14)]
    assert [(row.who, row.suspended) for row in shown.silent] == [("Varga (2)", False), ("Holm (1)", True)]


def test_keying_devices_are_named_with_what_that_means() -> None:
    driver = opened()
    assert view(driver).keyers == ()
    one = KeyingDevice(person="Berg", device_id="0a" * 16, device=1, valid=True, own=True)
    keying = (one, evolve(one, own=False), evolve(one, own=False, valid=False))
    driver.node.keys = evolve(driver.node.keys, keying=keying, unshared_level="TOP SECRET")
    driver.do(driver.desk.open_keys())
    assert [(row.who, row.what, row.gap) for row in view(driver).keyers] == [
        ("Berg (1), this device", "the others seal under its envelopes, but not at TOP SECRET", False),
        ("Berg (1)", "this nation's devices seal under its envelopes, but not at TOP SECRET", False),
        ("Berg (1)", "not valid now: nobody uses its envelopes", True),
    ]


def test_what_is_to_do_names_each_warning_and_each_request_once() -> None:
    assert [(row.who, row.what, row.act) for row in view(opened(trouble=True)).todo] == [
        ("Varga (2)", "asks for history: 31 of 40 messages would go", "H decide"),
        ("", "emergency rekey: 11 of 14 devices are keyed", ""),
        ("", "the published keys of XCC end in 52 h", ""),
    ]


def test_it_asks_anew_as_long_as_it_is_open_and_no_longer() -> None:
    driver = opened()
    driver.asked.clear()
    driver.node.tell(control(ControlSubject.KEYS))
    driver.settle()
    assert {type(ask) for ask in driver.asked} >= {ShowKeys, ListDevices}
    driver.asked.clear()
    driver.changes = type(driver.changes)()
    let_history(driver.node, request(1, NOW))
    driver.settle()
    assert {type(ask) for ask in driver.asked} == {ListHistory, GetStatus}
    assert Part.KEYS in driver.changes.parts
    driver.desk.close_keys()
    driver.asked.clear()
    driver.node.tell(AuditWritten(number=2, event="history-requested", nation=""))
    driver.node.tell(control(ControlSubject.KEYS))
    driver.settle()
    assert not {type(ask) for ask in driver.asked} & {ListHistory, ListDevices}


def test_a_request_is_decided_once_and_gone_then() -> None:
    driver = opened()
    let_history(driver.node, request(1, NOW - 60), request(2, NOW, "Okoro"))
    driver.settle()
    first, second = driver.desk.history_requests()
    assert (first.who, first.givable, first.asked) == ("Varga (2)", 31, 40)
    driver.do(driver.desk.decide_history(first.id, approve=True))
    driver.do(driver.desk.decide_history(second.id, approve=False))
    driver.do(driver.desk.decide_history(second.id, approve=True))
    assert [type(ask) for ask in driver.asked if isinstance(ask, ApproveHistory | RefuseHistory)] == [
        ApproveHistory,
        RefuseHistory,
    ]
    assert driver.desk.history_requests() == ()


def test_a_decision_that_failed_is_said_on_the_screen_and_not_tried_again_by_itself() -> None:
    driver = opened()
    let_history(driver.node, request(1, NOW))
    driver.settle()
    driver.node.answers[ApproveHistory] = Unreachable("no link to that device is up")
    driver.do(driver.desk.decide_history(request(1, NOW).id, approve=True))
    assert "no link to that device is up" in view(driver).trouble
    assert driver.desk.history_requests()
    driver.asked.clear()
    for driver.now in range(NOW, NOW + 30):
        driver.do(driver.desk.tick(driver.now))
    assert not any(isinstance(ask, ApproveHistory) for ask in driver.asked)


def test_who_may_not_see_requests_sees_the_rest() -> None:
    driver = opened()
    driver.node.answers[ListHistory] = NotAuthorised("a bot")
    driver.do(driver.desk.open_keys())
    assert view(driver).editions
    assert view(driver).trouble == ""
