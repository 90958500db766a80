"""Channels: the first revision makes the id, an admin of the one before makes the next."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    LocalProtocolError,
    RemoteProtocolError,
    ReplayError,
    StateError,
)
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.base.signed import sign
from protocol.trust.access import Clearance
from protocol.trust.channel import ChannelRevision, channel_id, check_fits, check_revision, sign_revision
from protocol.trust.credential import Certified
from tests.fakes.coalition import make_coalition
from tests.fakes.nation import FULL, DeviceSpec, FakeDevice

WORLD = make_coalition(clearances={"XAA": (FULL, DeviceSpec(Clearance(1, ())), FULL)})
ANN, BEN, CY = WORLD.nation("XAA").devices
BO = WORLD.device("XBB")
FIRST = WORLD.channel(ANN, members=(0, 1)).revision
FIRST = evolve(FIRST, admins=tuple(sorted((ANN.id, CY.id))))


def certified(device: FakeDevice) -> Certified:
    return WORLD.directory.require_valid(device.id, WORLD.now)


def check(
    revision: ChannelRevision, by: FakeDevice, previous: ChannelRevision | None, *, coalition: bytes = WORLD.id
) -> ChannelRevision:
    return check_revision(coalition, sign_revision(revision, by.id, by.key).data, certified(by), previous)


def following(**changes: Any) -> ChannelRevision:
    return evolve(FIRST, **{"number": 1, "previous": FIRST.hash, "title": "ops 2"} | changes)


def test_the_founder_makes_the_channel() -> None:
    assert check(FIRST, ANN, None) == FIRST
    assert channel_id(WORLD.id, ANN.id, FIRST.nonce) == FIRST.channel


@pytest.mark.parametrize(
    ("changes", "by", "error"),
    [
        ({"number": 1}, ANN, StateError),
        ({"previous": bytes(32)}, ANN, StateError),
        ({"channel": bytes(16)}, ANN, AuthenticationError),
        ({"nonce": bytes(16)}, ANN, AuthenticationError),
        ({"admins": (CY.id,)}, ANN, AuthenticationError),
        ({}, CY, AuthenticationError),
        ({}, BEN, AuthenticationError),
        ({}, BO, AuthenticationError),
        ({"nation": 1}, ANN, AuthenticationError),
        ({"coalition": bytes(16)}, ANN, AuthenticationError),
        ({"members": (1,)}, ANN, StateError),
    ],
)
def test_a_first_revision_that_is_none(
    changes: dict[str, Any], by: FakeDevice, error: type[RemoteProtocolError]
) -> None:
    with pytest.raises(error):
        check(evolve(FIRST, **changes), by, None)


@pytest.mark.parametrize("by", [ANN, CY])
def test_any_admin_makes_the_next(by: FakeDevice) -> None:
    second = following(members=(0, 1, 2))
    assert check(second, by, FIRST) == second


def test_one_who_is_named_admin_makes_the_one_after() -> None:
    admins = tuple(sorted((ANN.id, BEN.id)))
    second = following(admins=admins)
    third = evolve(second, number=2, previous=second.hash, ceiling=Clearance(1, ()))
    assert check(second, CY, FIRST) == second
    assert check(third, BEN, second) == third
    with pytest.raises(AuthenticationError):
        check(third, CY, second)


@pytest.mark.parametrize(
    ("revision", "by", "error"),
    [
        (following(), BEN, AuthenticationError),
        (following(), BO, AuthenticationError),
        (following(admins=(BEN.id,)), BEN, AuthenticationError),
        (following(number=2), ANN, StateError),
        (following(previous=bytes(32)), ANN, StateError),
        (following(channel=bytes(16)), ANN, StateError),
        (following(nonce=bytes(16)), ANN, StateError),
        (following(nation=1), ANN, AuthenticationError),
        (following(nation=1, members=(1,)), BO, AuthenticationError),
        (following(members=(1, 2)), ANN, StateError),
        (following(coalition=bytes(16)), ANN, AuthenticationError),
    ],
)
def test_a_next_revision_that_is_none(
    revision: ChannelRevision, by: FakeDevice, error: type[RemoteProtocolError]
) -> None:
    check(following(), ANN, FIRST)
    with pytest.raises(error):
        check(revision, by, FIRST)


def test_the_founding_nation_never_changes() -> None:
    moved = following(nation=1, members=(0, 1), admins=(BO.id,))
    with pytest.raises(AuthenticationError):
        check(moved, ANN, FIRST)


def test_the_same_revision_again_is_known_and_another_with_its_number_is_a_fork() -> None:
    assert check(FIRST, ANN, FIRST) == FIRST
    with pytest.raises(ReplayError):
        check(evolve(FIRST, title="other"), ANN, FIRST)


def test_the_signer_named_outside_is_the_one_who_signed() -> None:
    def check_as(name: bytes) -> ChannelRevision:
        document = sign(Tag.CHANNEL_REVISION, name, encode(FIRST), ANN.key)
        return check_revision(WORLD.id, document.data, certified(ANN), None)

    assert check_as(ANN.id) == FIRST
    with pytest.raises(AuthenticationError):
        check_as(CY.id)


def test_a_signature_by_another_key_under_an_admins_name_is_refused() -> None:
    with pytest.raises(AuthenticationError):
        check_revision(WORLD.id, sign_revision(FIRST, ANN.id, BO.key).data, certified(ANN), None)


@pytest.mark.parametrize(
    "changes", [{"members": ()}, {"members": (1, 0)}, {"admins": ()}, {"title": ""}, {"purpose": "x" * 257}]
)
def test_fields_keep_their_bounds(changes: dict[str, Any]) -> None:
    assert encode(evolve(FIRST, purpose="x" * 256))
    with pytest.raises(LocalProtocolError):
        encode(evolve(FIRST, **changes))


def test_an_older_revision_changes_nothing_even_if_its_signer_is_no_admin_any_more() -> None:
    second = following(admins=(CY.id,))
    assert check(second, ANN, FIRST) == second
    assert check(FIRST, ANN, second) == second
    with pytest.raises(AuthenticationError):
        check(evolve(second, number=2, previous=second.hash), ANN, second)


@pytest.mark.parametrize(
    "changes",
    [
        {"members": (0, 3)},
        {"ceiling": Clearance(4, ())},
        {"ceiling": Clearance(3, (3,))},
        {"ceiling": Clearance(0, (1, 3))},
    ],
    ids=["nation", "level", "category", "second category"],
)
def test_a_revision_fits_charter_and_policy(changes: dict[str, Any]) -> None:
    check_fits(evolve(FIRST, members=(0, 1, 2), ceiling=Clearance(3, (1, 2))), WORLD.charter, WORLD.policy)
    with pytest.raises(DecodeError):
        check_fits(evolve(FIRST, **changes), WORLD.charter, WORLD.policy)
