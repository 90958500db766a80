"""Who is missing, by nation and person: never more than the states say."""

from __future__ import annotations

from typing import Any

import pytest

from coalchat.api.nouns import Delivery
from coalchat.api.vocabulary import Gap, Role, State
from coalchat.node.deadlines import NAMED, Asked, gap_of, roll_up
from coalchat.record import evolve

NOW = 1_790_000_000
ASKED = Asked(State.ACKNOWLEDGED, NOW + 600, NOW + 60)


def row(person: str | None, state: State, *, of: str = "", **changes: Any) -> Delivery:
    made = Delivery(
        nation="XBB",
        person=person,
        device=None if person is None else 1,
        role=None if person is None else Role.OFFICER,
        state=state,
        since=NOW,
        answer=None,
        reason="",
        person_id="" if person is None else of or person,
    )
    return evolve(made, **changes)


def missing(rows: list[Delivery], asked: Asked = ASKED, now: int = NOW) -> list[tuple[str | None, Gap, bool]]:
    return [(one.person, one.gap, one.late) for nation in roll_up(rows, asked, now) for one in nation.missing]


def test_a_person_is_where_his_furthest_device_is_and_namesakes_are_two() -> None:
    rows = [
        row("Lind", State.QUEUED, device=1),
        row("Lind", State.ACKNOWLEDGED, device=2),
        row("Lind", State.READ, of="another Lind"),
        row("Lind", State.DELIVERED, role=Role.BOT),
    ]
    (nation,) = roll_up(rows, ASKED, NOW)
    assert (nation.expected, nation.reached) == (2, 1)
    assert missing(rows) == [("Lind", Gap.UNACKNOWLEDGED, False)]


def test_a_bot_is_expected_to_have_it_and_no_more() -> None:
    bot = row("sensor-7", State.QUEUED, role=Role.BOT)
    (nation,) = roll_up([bot], ASKED, NOW)
    assert (nation.expected, nation.missing) == (0, ())
    (nation,) = roll_up([bot], Asked(State.DELIVERED, 0, NOW), NOW)
    assert (nation.expected, nation.reached) == (1, 0)
    assert gap_of(State.DELIVERED, Role.BOT, State.ACKNOWLEDGED) is Gap.NONE


def test_each_nation_stands_by_itself_and_one_of_which_nobody_is_known_says_so() -> None:
    rows = [row("Lind", State.ACKNOWLEDGED), row(None, State.SENT, nation="XCC")]
    first, second = roll_up(rows, ASKED, NOW)
    assert (first.nation, first.expected, first.reached, first.missing) == ("XBB", 1, 1, ())
    assert (second.nation, second.expected, second.reached) == ("XCC", 0, 0)
    assert [(one.person, one.gap) for one in second.missing] == [(None, Gap.NO_DEVICE)]


def test_devices_whose_certificate_is_not_here_are_nobody_s_together() -> None:
    rows = [row("", State.READ), row("", State.READ)]
    (nation,) = roll_up([evolve(one, person_id="") for one in rows], ASKED, NOW)
    assert (nation.expected, nation.reached) == (2, 0)


@pytest.mark.parametrize(
    ("state", "gap"),
    [
        (State.QUEUED, Gap.QUEUED),
        (State.SENT, Gap.SENT),
        (State.HELD, Gap.HELD),
        (State.DELIVERED, Gap.UNREAD),
        (State.READ, Gap.UNACKNOWLEDGED),
        (State.ACKNOWLEDGED, Gap.NONE),
        (State.REFUSED, Gap.REFUSED),
        (State.EXPIRED, Gap.EXPIRED),
    ],
)
def test_a_reason_says_no_more_than_the_state(state: State, gap: Gap) -> None:
    assert gap_of(state, Role.OFFICER, State.ACKNOWLEDGED) is gap
    assert gap_of(State.READ, Role.OFFICER, State.READ) is Gap.NONE


def test_who_has_it_is_late_by_the_deadline_and_who_has_not_by_the_handling_time_too() -> None:
    rows = [row("Lind", State.SENT), row("Saar", State.READ)]
    late = [("Lind", Gap.SENT), ("Saar", Gap.UNACKNOWLEDGED)]
    for now, expected in ((NOW, (False, False)), (NOW + 60, (True, False)), (NOW + 600, (True, True))):
        assert missing(rows, now=now) == [(*who, flag) for who, flag in zip(late, expected, strict=True)]
    unasked = Asked(State.READ, 0, NOW + 60)
    assert missing([row("Saar", State.DELIVERED)], unasked, NOW + 9_999) == [("Saar", Gap.UNREAD, False)]


def test_so_many_are_named_those_furthest_behind_first() -> None:
    rows = [row(f"P{at}", State.READ if at else State.QUEUED) for at in range(NAMED + 5)][::-1]
    (nation,) = roll_up(rows, ASKED, NOW)
    assert (nation.expected, nation.reached, len(nation.missing)) == (NAMED + 5, 0, NAMED)
    assert nation.missing[0].person == "P0"
