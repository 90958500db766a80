"""A device's own compartment: its editions, who may state them, which one counts; its words; its seeds in the ring."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import AuthenticationError, DecodeError, ExpiredError, RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import CLOCK_SKEW
from protocol.base.records import decode, encode, encode_part, evolve
from protocol.base.signed import Signed, SigningKey, read_signed, sign
from protocol.keys.catchup import CatchUp, at_start
from protocol.keys.device import (
    DeviceEdition,
    DeviceEditions,
    check_edition,
    device_hold,
    device_words,
    direct_channel,
    make_edition,
    may_be_addressed,
)
from protocol.keys.edition import DeviceChain, DeviceSegment, SegmentId
from protocol.keys.keyring import new_key_ring, own
from protocol.keys.statements import Verdict
from protocol.keys.walking import walk_own, walk_ring
from protocol.trust.access import Clearance
from protocol.trust.credential import Role
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN, BO = WORLD.device("XAA"), WORLD.device("XBB")
FIRST = WORLD.segment
DAY = 86_400


def chain(counter: int = 1, first: int = FIRST, last: int = FIRST + 3, name: str = "own") -> DeviceChain:
    return DeviceChain(DeviceSegment(ANN.id, counter, first), last, bytearray(Drbg(name)(32)))


EDITION = make_edition(WORLD.id, ANN.nation, chain(), ANN.key)
STATED = decode(DeviceEdition, read_signed(EDITION.data).body)


def check(data: bytes, certificate: Any = ANN.certificate, now: int = WORLD.now) -> DeviceEdition:
    return check_edition(certificate, WORLD.charter, data, now)


def signed(key: SigningKey = ANN.key, signer: bytes = ANN.id, **changes: Any) -> Signed:
    return sign(Tag.DEVICE_EDITION, signer, encode(evolve(STATED, **changes)), key)


# --- editions ---


def test_an_edition_holds_the_keys_of_its_chain_and_no_more() -> None:
    edition = check(EDITION.data)
    assert (edition.first, edition.last, edition.counter) == (FIRST, FIRST + 3, 1)
    assert edition.keys == chain().public_keys()
    assert [edition.key(segment) for segment in (FIRST - 1, FIRST + 3, FIRST + 4)] == [None, edition.keys[3], None]
    assert bytes(chain().seed) not in EDITION.data


def test_an_id_of_a_device_s_segment_is_no_id_of_a_nation_s() -> None:
    nation = encode_part(SegmentId(0, 0, 1, 2, 0, FIRST))
    device = encode_part(DeviceSegment(ANN.id, 1, FIRST))
    assert (nation[0], device[0]) == (0x96, 0x93)  # arrays of six and of three


@pytest.mark.parametrize(
    "document",
    [
        signed(key=BO.key),
        signed(key=WORLD.nation("XAA").custodian),
        signed(signer=BO.id),
        signed(device=BO.id),
        signed(nation=1),
        signed(coalition=bytes(16)),
        signed(keys=(STATED.keys[0][:-32] + bytes(32),)),
    ],
    ids=["stranger", "custodian", "signer", "device", "nation", "coalition", "weak key"],
)
def test_only_the_device_itself_states_its_keys(document: Signed) -> None:
    with pytest.raises(AuthenticationError):
        check(document.data)


def test_it_is_as_long_as_an_edition_at_most_and_begins_within_preload() -> None:
    charter = WORLD.charter
    many = STATED.keys * (charter.edition // len(STATED.keys) + 1)
    assert len(check(signed(keys=many[: charter.edition]).data).keys) == charter.edition
    with pytest.raises(DecodeError):
        check(signed(keys=many[: charter.edition + 1]).data)
    ahead = signed(first=FIRST + 5).data
    begins = (FIRST + 5) * charter.segment
    assert check(ahead, now=begins - charter.preload - CLOCK_SKEW).first == FIRST + 5
    with pytest.raises(DecodeError):
        check(ahead, now=begins - charter.preload - CLOCK_SKEW - 1)


def test_a_relay_and_who_only_sends_are_not_addressed() -> None:
    certificate = ANN.certificate
    blind = evolve(certificate, scope=evolve(certificate.scope, read=False))
    relay = evolve(certificate, role=int(Role.RELAY))
    assert [may_be_addressed(c) for c in (certificate, blind, relay)] == [True, False, False]
    for refused in (blind, relay):
        with pytest.raises(RemoteProtocolError):
            check(EDITION.data, certificate=refused)


# --- which one counts ---


def edition(counter: int, first: int = FIRST, name: str = "own") -> DeviceEdition:
    made = make_edition(WORLD.id, ANN.nation, chain(counter, first, first + 3, name), ANN.key)
    return check(made.data)


def test_the_highest_counter_that_covers_a_segment_counts() -> None:
    editions = DeviceEditions()
    assert editions.key(ANN.id, FIRST) is None
    assert editions.apply(edition(2, FIRST + 4)) is Verdict.NEWER
    assert editions.apply(edition(1)) is Verdict.NEWER
    assert editions.apply(edition(1)) is Verdict.KNOWN
    assert [editions.key(ANN.id, FIRST + n)[0] for n in (0, 3, 4, 7)] == [1, 1, 2, 2]  # type: ignore[index]
    assert editions.key(ANN.id, FIRST + 8) is None
    above = edition(3, FIRST, "another")
    assert editions.apply(above) is Verdict.NEWER
    assert editions.key(ANN.id, FIRST) == (3, above.keys[0])
    # Two are kept: the one with the lowest counter went, and does not come back.
    assert editions.counters(ANN.id) == {2, 3}
    assert editions.apply(edition(1)) is Verdict.KNOWN
    editions.drop_over(FIRST + 4)
    assert editions.counters(ANN.id) == {2}
    assert editions.counters(BO.id) == frozenset()


def test_two_editions_at_one_counter_are_a_proof_for_good() -> None:
    editions = DeviceEditions()
    editions.apply(edition(1))
    assert editions.apply(edition(1, name="thief")) is Verdict.CLASH
    assert editions.apply(edition(1, name="again")) is Verdict.KNOWN
    assert editions.clashed(ANN.id)
    assert not editions.clashed(BO.id)
    editions.apply(edition(2))
    assert editions.key(ANN.id, FIRST) is None
    editions.drop_over(FIRST + 100)
    assert editions.clashed(ANN.id)


# --- names ---


def test_a_conversation_is_its_devices_in_whatever_order() -> None:
    assert direct_channel(WORLD.id, [ANN.id, BO.id]) == direct_channel(WORLD.id, [BO.id, ANN.id])
    assert direct_channel(WORLD.id, [ANN.id]) != direct_channel(WORLD.id, [ANN.id, BO.id])
    assert direct_channel(bytes(16), [ANN.id, BO.id]) != direct_channel(WORLD.id, [ANN.id, BO.id])


def test_words_stand_for_coalition_device_and_key() -> None:
    words = device_words(WORLD.id, ANN.id, ANN.certificate.key)
    assert len(words) == 6
    assert all(0 <= word < 2_048 for word in words)
    others = [
        device_words(bytes(16), ANN.id, ANN.certificate.key),
        device_words(WORLD.id, BO.id, ANN.certificate.key),
        device_words(WORLD.id, ANN.id, BO.certificate.key),
    ]
    assert len({words, *others}) == 4


# --- the ring ---


CHARTER = evolve(WORLD.charter, holds=(3 * DAY, 2 * DAY, 3 * DAY, DAY))
SECRET, TOP = Clearance(2, ()), Clearance(3, ())
RING = evolve(new_key_ring(Drbg("ring")), own=(own(chain()),), mark=FIRST)


def test_its_hold_is_the_shortest_of_what_it_may_read() -> None:
    assert [device_hold(CHARTER, Clearance(level, ())) // DAY for level in range(4)] == [3, 2, 2, 1]


def test_own_seeds_are_walked_and_dropped_like_any() -> None:
    end = (FIRST + 1) * CHARTER.segment
    for clearance, hold in ((SECRET, 2 * DAY), (TOP, DAY)):

        def at(now: int, since: int | None = None, clearance: Clearance = clearance) -> list[int]:
            walked = walk_ring(RING, CHARTER, now, since, device=ANN.id, clearance=clearance)
            return [seed.segment for seed in walked.own]

        assert at(end + hold - 1) == [FIRST]
        assert at(end + hold) == [FIRST + 1]
        assert at(end + hold, since=FIRST) == [FIRST]
        assert at(end + 30 * DAY) == []
    (walked,) = walk_own(RING.own, ANN.id, FIRST + 2)
    assert walked.chain(ANN.id).private(FIRST + 3) == chain().private(FIRST + 3)
    with pytest.raises(ExpiredError):
        walked.chain(ANN.id).private(FIRST + 1)
    assert repr(bytes(chain().seed))[2:14] not in repr(RING.own)


def test_own_seeds_get_a_catch_up_window_too() -> None:
    due = (FIRST + 1) * CHARTER.segment + DAY
    assert at_start((), RING, CHARTER, due - 1, TOP) == ()
    assert at_start((), RING, CHARTER, due, TOP) == (CatchUp(FIRST, due),)
    assert at_start((), RING, CHARTER, due, SECRET) == ()
