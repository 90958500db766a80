"""Hostile vectors of SPEC 8.13: a charter's terms of handling and of receipts."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.base.records import encode, evolve
from protocol.trust.charter import Setting
from protocol.trust.handling import SETTING_HANDLING, SETTING_RECEIPTS, ReceiptTerms, pack_handling, pack_receipts
from protocol.vectors.hostile_trust import case
from protocol.vectors.notation import Case
from protocol.vectors.world import World

HANDLING = pack_handling((7_200, 3_600, 900, 300))
RECEIPTS = pack_receipts((ReceiptTerms(read=False), *(ReceiptTerms(acknowledged=True),) * 3))


def cases(world: World) -> Iterator[Case]:
    """All of them, with their control."""
    good = (Setting(SETTING_HANDLING, HANDLING), Setting(SETTING_RECEIPTS, RECEIPTS))
    yield case("control_charter_with_terms", "charter", _charter(world, *good), "success")
    for name, tag, value in (
        ("charter_handling_of_three_precedences", SETTING_HANDLING, HANDLING[:12]),
        ("charter_handling_of_half_a_number", SETTING_HANDLING, HANDLING[:14]),
        ("charter_handling_of_five_precedences", SETTING_HANDLING, HANDLING + HANDLING[12:]),
        ("charter_handling_in_no_time", SETTING_HANDLING, pack_handling((7_200, 3_600, 900, 0))),
        ("charter_flash_slower_than_immediate", SETTING_HANDLING, pack_handling((7_200, 3_600, 300, 900))),
        ("charter_receipts_of_a_level_too_few", SETTING_RECEIPTS, RECEIPTS[:3]),
        ("charter_receipts_of_a_level_too_many", SETTING_RECEIPTS, RECEIPTS + b"\0"),
        ("charter_receipts_that_mean_nothing", SETTING_RECEIPTS, b"\0\1\2\4"),
    ):
        yield case(name, "charter", _charter(world, Setting(tag, value)), "decode", "settings")


def _charter(world: World, *settings: Setting) -> bytes:
    return encode(evolve(world.charter, settings=(*world.charter.settings, *settings)))
