"""The key ring: one record, and nothing of it in a repr."""

from __future__ import annotations

from protocol.base import crypto
from protocol.base.records import decode, encode, evolve
from protocol.keys.keyring import MAX_CHAINS, CustodianKeys, HeldSeed, KeyRing, SigningSeeds, held, new_key_ring
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN = WORLD.device("XAA")


def full_ring() -> KeyRing:
    seeds = tuple(held(chain) for chain in ANN.delivery.chains)
    root = WORLD.nation("XAA").root
    custodian = CustodianKeys(0, SigningSeeds(bytes(32), bytes(32)), (SigningSeeds(root.ed25519, root.mldsa),), seeds)
    return evolve(
        new_key_ring(Drbg("ring")),
        founded=True,
        coalition=WORLD.id,
        seeds=seeds,
        link_secrets=(WORLD.link_secret,),
        custodian=(custodian,),
    )


def test_a_new_ring_holds_fresh_secrets_of_no_coalition() -> None:
    ring = new_key_ring(Drbg("ring"))
    assert (ring.counter, ring.founded, ring.coalition, ring.seeds, ring.custodian) == (1, False, b"", (), ())
    secrets = [ring.database, ring.device.ed25519, ring.device.mldsa, ring.bundle, ring.prekeys[0].seed]
    assert len(set(secrets)) == 5
    assert new_key_ring(Drbg("another")) != ring
    crypto.xwing_public(ring.bundle)


def test_it_round_trips() -> None:
    for ring in (new_key_ring(Drbg("ring")), full_ring()):
        assert decode(KeyRing, encode(ring)) == ring


def test_a_chain_comes_back_as_it_was_kept() -> None:
    chain = ANN.delivery.chains[5]
    kept = held(chain)
    assert kept.chain(ANN.nation) == chain
    assert kept.chain(ANN.nation).private(chain.last) == chain.private(chain.last)


def test_signing_seeds_are_a_signing_key() -> None:
    root = WORLD.nation("XAA").root
    assert SigningSeeds(root.ed25519, root.mldsa).key == root


def test_no_repr_shows_a_secret() -> None:
    ring = full_ring()
    (custodian,) = ring.custodian
    shown = " ".join(map(repr, (ring, ring.device, ring.prekeys, ring.seeds, custodian, custodian.root)))
    assert "counter=1" in shown
    for secret in (ring.database, ring.bundle, ring.prekeys[0].seed, ring.seeds[0].seed, WORLD.link_secret):
        assert repr(secret)[2:14] not in shown
        assert secret.hex()[:12] not in shown


def test_the_most_seeds_fit() -> None:
    seed = HeldSeed(2, 2**32 - 1, 15, 32, 2**40, 2**40, bytes(32))
    assert encode(evolve(full_ring(), seeds=(seed,) * MAX_CHAINS))
