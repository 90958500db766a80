"""Terms of handling and of receipts: what a charter says, what it may not say, and what holds where it says nothing."""

from __future__ import annotations

import pytest

from protocol.base.errors import DecodeError
from protocol.base.records import encode, evolve
from protocol.trust.charter import Setting, read_charter
from protocol.trust.handling import (
    HANDLING,
    SETTING_HANDLING,
    SETTING_RECEIPTS,
    ReceiptTerms,
    pack_handling,
    pack_receipts,
    read_handling,
    read_receipts,
)
from tests.fakes.coalition import make_coalition

HOURS = (7_200, 3_600, 900, 300)
LEVELS = tuple(ReceiptTerms(read, acknowledged) for read in (True, False) for acknowledged in (True, False))
CHARTER = make_coalition().coalition.charter


def test_where_the_charter_says_nothing_the_usual_holds() -> None:
    assert CHARTER.handling == HANDLING == (21_600, 10_800, 1_800, 600)
    assert CHARTER.receipts == (ReceiptTerms(read=True, acknowledged=False),) * 4


def test_what_it_says_reads_back() -> None:
    terms = (Setting(SETTING_HANDLING, pack_handling(HOURS)), Setting(SETTING_RECEIPTS, pack_receipts(LEVELS)))
    charter = read_charter(encode(evolve(CHARTER, settings=terms)))
    assert (charter.handling, charter.receipts) == (HOURS, LEVELS)


@pytest.mark.parametrize(
    "value",
    [
        pack_handling(HOURS[1:]),
        pack_handling((*HOURS, 1)),
        pack_handling(HOURS) + b"\0",
        pack_handling((*HOURS[:3], 0)),
        pack_handling(HOURS[::-1]),
    ],
)
def test_handling_against_its_rules_is_refused(value: bytes) -> None:
    with pytest.raises(DecodeError) as refused:
        read_handling(value)
    assert refused.value.field == "settings"
    with pytest.raises(DecodeError):
        read_charter(encode(evolve(CHARTER, settings=(Setting(SETTING_HANDLING, value),))))


@pytest.mark.parametrize("value", [b"\0" * 3, b"\0" * 5, b"\0\1\2\4"])
def test_receipts_against_their_rules_are_refused(value: bytes) -> None:
    with pytest.raises(DecodeError):
        read_receipts(value, 4)
    with pytest.raises(DecodeError):
        read_charter(encode(evolve(CHARTER, settings=(Setting(SETTING_RECEIPTS, value),))))
