"""A backup: what of a key ring may outlive its home, and the ring that is made of it."""

from __future__ import annotations

import pytest

from protocol.base.errors import DecodeError
from protocol.base.limits import RESTORE_LEAP
from protocol.base.records import encode, evolve
from protocol.keys.backup import Backup, back_up, back_up_root, read_backup, restored_ring
from protocol.keys.keyring import CustodianKeys, KeyRing, SigningSeeds, held, new_key_ring
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN = WORLD.device("XAA")
SEEDS = tuple(held(chain) for chain in ANN.delivery.chains)
FIRST = SEEDS[0].segment
LATER = FIRST + 3
NOW = LATER * WORLD.charter.segment + 60


def device_ring() -> KeyRing:
    return evolve(
        new_key_ring(Drbg("ring")),
        counter=9,
        founded=True,
        coalition=WORLD.id,
        device=SigningSeeds(ANN.key.ed25519, ANN.key.mldsa),
        seeds=SEEDS,
        link_secrets=(WORLD.link_secret,),
        mark=LATER,
    )


def custodian_ring() -> KeyRing:
    root, seat = WORLD.nation("XAA").root, SigningSeeds(bytes(32), bytes(range(32)))
    keys = CustodianKeys(1, seat, (SigningSeeds(root.ed25519, root.mldsa),), SEEDS)
    return evolve(device_ring(), custodian=(keys,))


def made_of(ring: KeyRing, *, segment: int = LATER) -> Backup:
    return back_up(
        ring, made=NOW, segment=segment, counters=(7, 3), documents=(b"charter",), addresses=("xbb.example:7447",)
    )


def test_a_devices_backup_holds_no_seed_and_no_prekey() -> None:
    ring = device_ring()
    backup = made_of(ring)
    data = encode(backup)
    assert (backup.seeds, backup.seat, backup.root) == ((), (), ())
    for secret in (ring.database, *(p.seed for p in ring.prekeys), *(s.seed for s in ring.seeds)):
        assert secret not in data
    for seed in ring.seeds:
        for segment in range(seed.segment, seed.last + 1):
            assert seed.chain(0).seed_at(segment) not in data
    for secret in (ring.device.ed25519, ring.device.mldsa, ring.bundle, WORLD.link_secret):
        assert secret in data
    assert read_backup(data) == backup


def test_a_custodians_backup_reaches_back_to_its_own_segment_only() -> None:
    backup = made_of(custodian_ring())
    data = encode(backup)
    assert backup.seat[0].index == 1
    assert len(backup.seeds) == len(SEEDS)
    for kept, seed in zip(backup.seeds, SEEDS, strict=True):
        assert kept.segment == LATER
        assert kept.seed == seed.chain(0).seed_at(LATER)
        assert kept.chain(0).private(seed.last) == seed.chain(0).private(seed.last)
        assert not any(seed.chain(0).seed_at(segment) in data for segment in range(FIRST, LATER))
    assert made_of(custodian_ring(), segment=SEEDS[0].last + 1).seeds == (), "an edition that is over is not kept"


def test_a_roots_backup_holds_the_root_and_nothing_else() -> None:
    ring = custodian_ring()
    backup = back_up_root(ring, NOW)
    assert backup.root == ring.custodian[0].root
    assert (backup.device, backup.seat, backup.seeds, backup.documents, backup.addresses) == ((), (), (), (), ())
    data = encode(backup)
    for secret in (ring.device.ed25519, ring.bundle, ring.custodian[0].seat.mldsa, WORLD.link_secret):
        assert secret not in data
    assert read_backup(data) == backup


def test_a_restored_ring_counts_on_far_above() -> None:
    ring = custodian_ring()
    backup = made_of(ring)
    again = restored_ring(backup, [(0, 0)], Drbg("again"))
    assert again.database != ring.database
    assert (again.coalition, again.device, again.bundle) == (ring.coalition, ring.device, ring.bundle)
    (prekey,) = again.prekeys
    assert prekey.counter == 7 + RESTORE_LEAP
    assert prekey.seed not in {p.seed for p in ring.prekeys}
    assert again.counter > 0, "a store that counts 0 is of an earlier time"
    assert {(s.level, s.category) for s in again.seeds} == {(0, 0)}, "for its own reading only what it is cleared for"
    assert again.custodian == (evolve(ring.custodian[0], seeds=backup.seeds),)
    worn = evolve(backup, device=(evolve(backup.device[0], prekey=2**32 - 2),))
    assert restored_ring(worn, [], Drbg("again")).prekeys[0].counter == 2**32 - 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"device": (), "root": ()}, "device"),
        ({"device": ()}, "device"),
        ({"seat": ()}, "seeds"),
        ({"documents": ()}, "documents"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_backup(encode(evolve(made_of(custodian_ring()), **changes)))
    assert caught.value.field == field


def test_no_repr_shows_a_secret() -> None:
    backup = made_of(custodian_ring())
    shown = " ".join(map(repr, (backup, backup.device, backup.seat, backup.root, backup.seeds)))
    for secret in (backup.device[0].signing.ed25519, backup.device[0].bundle, backup.seeds[0].seed, WORLD.link_secret):
        assert repr(secret)[2:14] not in shown
        assert secret.hex()[:12] not in shown
