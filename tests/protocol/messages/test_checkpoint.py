"""Checkpoints (SPEC 8.9): heads of all feeds under one signature, and proofs that say nothing of the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base import merkle
from protocol.base.codec import pack
from protocol.base.errors import (
    AuthenticationError,
    DecodeError,
    LimitError,
    LocalProtocolError,
    RemoteProtocolError,
    ReplayError,
    StateError,
)
from protocol.base.ids import Tag
from protocol.base.limits import MAX_FEEDS_PER_DEVICE
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import SigningKey, read_signed, sign
from protocol.messages.checkpoint import (
    SALT,
    Checkpoint,
    CheckpointProof,
    Checkpoints,
    Head,
    check_checkpoint,
    check_proof,
    leaf,
    make_checkpoint,
)
from protocol.messages.feed import FeedRecord, sign_feed
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition
from tests.fakes.records import mutated

WORLD = make_coalition()
ANN, BO = WORLD.device("XAA"), WORLD.device("XBB")
OPS = WORLD.channel(ANN)
RECORD = WORLD.feed(ANN, OPS, WORLD.envelope(ANN, "secret rel xaa, xbb", OPS).release).record


def head(number: int, seq: int = 7) -> Head:
    """A feed of Ann's, and its head."""
    record: FeedRecord = evolve(RECORD, nonce=number.to_bytes(16, "big"))
    return Head(record.id, sign_feed(record, ANN.key).data, seq, bytes([number % 256]) * 32)


HEADS = [head(number) for number in range(5)]
SIGNED, PROOFS = make_checkpoint(ANN.certificate, ANN.key, 9, WORLD.now, HEADS, Drbg("salts"))
MADE = check_checkpoint(ANN.certificate, SIGNED.data)


def by(changes: dict[str, object], key: SigningKey = ANN.key) -> bytes:
    return sign(Tag.CHECKPOINT, ANN.id, encode(evolve(MADE, **changes)), key).data


def test_each_proof_leads_to_the_root() -> None:
    assert (MADE.number, MADE.at, MADE.leaves) == (9, WORLD.now, 5)
    covered = [check_proof(ANN.certificate, MADE, proof) for proof in PROOFS]
    assert {(one.feed.id, one.seq, one.entry) for one in covered} == {(h.feed, h.seq, h.entry) for h in HEADS}
    assert {(one.number, one.at) for one in covered} == {(9, WORLD.now)}
    assert max(len(proof) for proof in PROOFS) < 600


@pytest.mark.parametrize("size", [1, 2, 3, MAX_FEEDS_PER_DEVICE])
def test_every_number_of_feeds_is_proved(size: int) -> None:
    heads = [Head(HEADS[0].feed, HEADS[0].document, seq + 1, bytes(32)) for seq in range(size)]
    signed, proofs = make_checkpoint(ANN.certificate, ANN.key, 1, WORLD.now, heads, Drbg("many"))
    made = check_checkpoint(ANN.certificate, signed.data)
    assert {check_proof(ANN.certificate, made, proof).seq for proof in proofs} == set(range(1, size + 1))


@pytest.mark.parametrize("size", [0, MAX_FEEDS_PER_DEVICE + 1])
def test_none_and_too_many_are_not_signed(size: int) -> None:
    with pytest.raises(LocalProtocolError):
        make_checkpoint(ANN.certificate, ANN.key, 1, WORLD.now, HEADS[:1] * size, Drbg("x"))


def test_leaves_say_nothing_of_a_feed_without_its_salt() -> None:
    """Another salt makes another leaf, and the places of leaves follow their hashes: neither shows which feeds there are."""
    other, again = make_checkpoint(ANN.certificate, ANN.key, 9, WORLD.now, HEADS, Drbg("other salts"))
    assert other.body != SIGNED.body
    first = [decode(CheckpointProof, proof) for proof in PROOFS]
    second = [decode(CheckpointProof, proof) for proof in again]
    assert len({proof.salt for proof in (*first, *second)}) == 10
    assert not {step for proof in first for step in proof.path} & {step for proof in second for step in proof.path}
    leaves = [leaf(p.salt, check_proof(ANN.certificate, MADE, encode(p)).feed.id, p.seq, p.entry) for p in first]
    assert leaves == sorted(leaves)
    assert merkle.root(leaves) == MADE.root
    assert SALT == 32


def test_both_signatures_must_hold_under_the_keys_that_the_certificate_names() -> None:
    stranger = SigningKey(ANN.key.ed25519, bytes(range(32)))
    with pytest.raises(AuthenticationError):
        check_checkpoint(ANN.certificate, by({"mldsa": stranger.public().mldsa}, stranger))
    with pytest.raises(AuthenticationError):
        check_checkpoint(ANN.certificate, by({}, stranger))
    with pytest.raises(AuthenticationError):
        check_checkpoint(ANN.certificate, by({}, SigningKey(bytes(range(32)), ANN.key.mldsa)))
    with pytest.raises(AuthenticationError):
        check_checkpoint(BO.certificate, SIGNED.data)


@pytest.mark.parametrize("changes", [{"coalition": bytes(16)}, {"nation": 1}, {"device": BO.id}])
def test_what_it_says_of_its_device_is_the_certificates(changes: dict[str, object]) -> None:
    with pytest.raises(AuthenticationError):
        check_checkpoint(ANN.certificate, by(changes))
    renamed = pack((int(Tag.CHECKPOINT), BO.id, SIGNED.body, SIGNED.signature))
    assert read_signed(renamed).signer == BO.id
    with pytest.raises(AuthenticationError):
        check_checkpoint(ANN.certificate, renamed)


@given(st.data())
def test_no_altered_proof_holds(data: st.DataObject) -> None:
    good = data.draw(st.sampled_from(PROOFS))
    bad = data.draw(mutated(good))
    if bad == good:
        return
    with pytest.raises(RemoteProtocolError):
        check_proof(ANN.certificate, MADE, bad)


def test_a_proof_of_another_checkpoint_is_none_of_this_one() -> None:
    later, _ = make_checkpoint(ANN.certificate, ANN.key, 10, WORLD.now, HEADS, Drbg("salts"))
    with pytest.raises(AuthenticationError):
        check_proof(ANN.certificate, check_checkpoint(ANN.certificate, later.data), PROOFS[0])


# --- the set ---


def test_the_highest_number_counts_and_its_proofs() -> None:
    known = Checkpoints()
    with pytest.raises(StateError):
        known.apply_proof(ANN.certificate, 3, PROOFS[0])
    assert known.newest(ANN.id) is None
    assert known.covered(ANN.id, HEADS[0].feed) is None
    assert known.apply(ANN.certificate, SIGNED.data) == (MADE, True)
    assert known.apply(ANN.certificate, SIGNED.data) == (MADE, False)
    for proof in PROOFS:
        assert known.apply_proof(ANN.certificate, 3, proof) is not None
    assert known.apply_proof(ANN.certificate, 3, PROOFS[0]) is not None, "twice is once"
    assert set(known.feeds(ANN.id)) == {h.feed for h in HEADS}
    assert known.number_covered(ANN.id) == 35
    later, proofs = make_checkpoint(ANN.certificate, ANN.key, 10, WORLD.now, HEADS[:1], Drbg("later"))
    with pytest.raises(StateError):
        known.apply_proof(ANN.certificate, 3, proofs[0])
    _, newest = known.apply(ANN.certificate, later.data)
    assert newest
    assert (known.feeds(ANN.id), known.number_covered(ANN.id)) == ((), 0)
    assert known.apply_proof(ANN.certificate, 3, PROOFS[0]) is None, "it is over"
    assert known.apply(ANN.certificate, SIGNED.data) == (MADE, False), "a lower one takes nothing back"
    covered = known.apply_proof(ANN.certificate, 3, proofs[0])
    assert covered is not None
    assert known.covered(ANN.id, HEADS[0].feed) == covered
    newest_made: Checkpoint | None = known.newest(ANN.id)
    assert newest_made is not None
    assert newest_made.number == 10


def test_two_of_one_number_are_no_two_truths() -> None:
    known = Checkpoints()
    known.apply(ANN.certificate, SIGNED.data)
    with pytest.raises(ReplayError):
        known.apply(ANN.certificate, by({"at": 1}))
    assert known.newest(ANN.id) == MADE
    again = by({})
    assert again != SIGNED.data, "the library draws at random"
    assert known.apply(ANN.certificate, again) == (MADE, False), "the same, signed anew, is the same"


def test_one_feed_has_one_head_in_it() -> None:
    signed, proofs = make_checkpoint(ANN.certificate, ANN.key, 1, WORLD.now, [head(1), head(1, 8)], Drbg("two"))
    known = Checkpoints()
    known.apply(ANN.certificate, signed.data)
    first = known.apply_proof(ANN.certificate, 3, proofs[0])
    with pytest.raises(ReplayError):
        known.apply_proof(ANN.certificate, 3, proofs[1])
    assert known.covered(ANN.id, head(1).feed) == first


def test_a_feed_for_a_nation_that_is_not_there_is_refused() -> None:
    known = Checkpoints()
    known.apply(ANN.certificate, SIGNED.data)
    with pytest.raises(DecodeError):
        known.apply_proof(ANN.certificate, 1, PROOFS[0])
    assert known.feeds(ANN.id) == ()


def test_a_refused_one_changes_nothing() -> None:
    known = Checkpoints()
    known.apply(ANN.certificate, SIGNED.data)
    known.apply_proof(ANN.certificate, 3, PROOFS[0])
    before = (known.newest(ANN.id), known.feeds(ANN.id))
    for bad in (by({"number": 99}, SigningKey(bytes(32), ANN.key.mldsa)), SIGNED.data + b"\0", b"\xc1" * 70_000):
        with pytest.raises((AuthenticationError, RemoteProtocolError, LimitError)):
            known.apply(ANN.certificate, bad)
    with pytest.raises(RemoteProtocolError):
        known.apply_proof(ANN.certificate, 3, encode(evolve(decode(CheckpointProof, PROOFS[1]), salt=bytes(32))))
    assert (known.newest(ANN.id), known.feeds(ANN.id)) == before
