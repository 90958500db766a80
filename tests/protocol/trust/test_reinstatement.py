"""Taking back a suspension: who must sign it, what it leaves alone, and how the nation learns of it (SPEC 6.8)."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import DecodeError
from protocol.base.records import encode, evolve
from protocol.trust.amending import read_round, round_secret, seal_round, start_reinstatement
from protocol.trust.amendment import changed, check_amendment, reinstatement, suspension
from protocol.trust.charter import Setting
from tests.protocol.trust.test_amendment import (
    BEFORE,
    BUNDLES,
    ENTROPY,
    FOUNDING,
    OFFER,
    POLICY,
    SECRET,
    SUSPENDS,
    WORLD,
    gathered,
    put_in_force,
    signatures,
    signed_by,
)

OUT = put_in_force(SUSPENDS, [0, 1])
BACK = reinstatement(SUSPENDS, 2)
SUSPENSION = (encode(SUSPENDS), *signatures(SUSPENDS, [0, 1]))


def test_a_reinstatement_needs_everybody_and_the_nation_itself() -> None:
    change = check_amendment(SUSPENDS, BACK)
    assert (change.admitted, change.suspended, change.reinstated) == (None, None, 2)
    assert change.needs == {0, 1, 2}
    assert changed(SUSPENDS, BACK)[0].startswith("takes back the suspension of XCC")
    for missing in range(3):
        assert gathered(encode(BACK), *signatures(BACK, {0, 1, 2} - {missing})).ripe(OUT) is None
    again = put_in_force(BACK, range(3), OUT)
    assert again.suspended == frozenset()
    assert [setting.tag for setting in again.charter.settings] == [1], "nobody is named any more"
    assert again.charter.settings[0] == SUSPENDS.settings[0], "the link secret stays"
    assert put_in_force(suspension(BACK, 2, ENTROPY(32)), [0, 1], again).suspended == {2}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"settings": SUSPENDS.settings}, "settings"),
        ({"settings": BEFORE.settings}, "settings"),
        ({"settings": (SUSPENDS.settings[0], Setting(9, b"x"))}, "settings"),
        ({"settings": (SUSPENDS.settings[0], Setting(2, b"\1"))}, "settings"),
        ({"quorum": 3}, "quorum"),
        ({"holds": (1,) * len(BEFORE.holds)}, "holds"),
    ],
)
def test_a_reinstatement_does_nothing_else(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(DecodeError) as refusal:
        check_amendment(SUSPENDS, evolve(BACK, **changes))
    assert refusal.value.field == field


def test_one_nation_comes_back_at_a_time() -> None:
    two = evolve(SUSPENDS, settings=(SUSPENDS.settings[0], Setting(2, b"\1\2")))
    one = reinstatement(two, 1)
    assert one.suspended == {2}
    assert check_amendment(two, one).needs == {0, 1}
    with pytest.raises(DecodeError):
        check_amendment(two, evolve(one, settings=one.settings[:1]))


def test_the_file_goes_to_the_nation_itself_and_back_to_who_seals_it_the_link_secret() -> None:
    earlier = (*FOUNDING, *SUSPENSION)
    known = signed_by(read_round(encode(start_reinstatement(OUT, earlier, POLICY, 2))), 0)
    assert known.owed == {2}
    assert not known.offers
    assert known.amendments == SUSPENSION, "what its home may not know of"
    known = signed_by(known, 2, 1)
    assert (set(known.offers), known.complete) == ({2}, False)
    known = seal_round(known, SECRET)
    assert known.complete
    assert round_secret(known, 2, BUNDLES[2]) == SECRET
    assert round_secret(known, 0, BUNDLES[0]) is None
    stray = evolve(known.file, offers=(*known.file.offers, OFFER))
    with pytest.raises(DecodeError):
        read_round(encode(stray))
    with pytest.raises(DecodeError):
        start_reinstatement(WORLD.coalition, FOUNDING, POLICY, 2)


def test_a_nation_s_own_nodes_wait_for_the_text_that_takes_its_suspension_back() -> None:
    gathering = gathered(encode(SUSPENDS), *signatures(SUSPENDS, [0, 1]))
    assert not gathering.takes_back(2)
    gathering.take(encode(BACK))
    assert gathering.takes_back(2)
    assert not gathering.takes_back(1), "it is not suspended in either"
    for data in signatures(BACK, range(3)):
        gathering.take(data)
    assert not gathering.takes_back(2), "both are complete"
