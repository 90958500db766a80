"""Fork proofs (SPEC 8.6): who holds the device's certificate checks one, whoever brings it."""

from __future__ import annotations

import pytest
from hypothesis import given

from protocol.base import crypto
from protocol.base.errors import LocalProtocolError, RemoteProtocolError, StateError, VersionError
from protocol.base.ids import Domain
from protocol.base.records import decode, encode, evolve
from protocol.messages.entry import Entry
from protocol.messages.feed import Accepted, Chain, Waiting
from protocol.messages.forks import ForkProof, Run, author_of, check_fork, lowest_proof, prove_fork
from protocol.messages.verdict import Bound
from tests.fakes.coalition import make_coalition
from tests.fakes.records import mutated

WORLD = make_coalition()
ANN, BO = WORLD.device("XAA"), WORLD.device("XBB")
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret rel xaa, xbb", OPS)
FEED = WORLD.feed(ANN, OPS, SEALED.release)


def more(text: str, count: int, after: list[Entry] | None = None) -> list[Entry]:
    made = list(after or [])
    for number in range(count):
        made.append(WORLD.entry(ANN, FEED, SEALED, f"{text} {number}", prev=made[-1] if made else None))
    return made


TRUNK = more("trunk", 2)
LEFT, RIGHT = more("left", 3, TRUNK), more("right", 3, TRUNK)


def proof(one: list[Entry], other: list[Entry]) -> bytes:
    return prove_fork(FEED.document.data, Run.of(one), Run.of(other))


def test_two_entries_at_one_number_are_a_fork_from_there_on() -> None:
    fork = check_fork(ANN.certificate, proof([LEFT[2]], [RIGHT[2]]))
    assert (fork.feed, fork.seq) == (FEED.record, 3)
    assert author_of(fork.data) == ANN.id


def test_an_entry_that_follows_another_is_a_fork_where_that_stands() -> None:
    assert check_fork(ANN.certificate, proof([LEFT[2]], [RIGHT[3]])).seq == 3
    assert check_fork(ANN.certificate, proof([LEFT[3]], [RIGHT[3]])).seq == 3


def test_the_order_in_which_it_is_made_does_not_matter() -> None:
    assert proof(LEFT, RIGHT) == proof(RIGHT, LEFT)


def test_one_signature_proves_a_run() -> None:
    unsigned = [attr_without_signature(entry) for entry in LEFT[:-1]]
    assert check_fork(ANN.certificate, proof([*unsigned, LEFT[-1]], RIGHT)).seq == 3


def attr_without_signature(entry: Entry) -> Entry:
    return Entry(entry.id, entry.base, entry.base_data, entry.salt, entry.ct, bytes(64), entry.data)


def test_two_stretches_of_one_branch_are_no_fork() -> None:
    with pytest.raises(RemoteProtocolError, match="no fork"):
        check_fork(ANN.certificate, proof(LEFT[:3], LEFT[:4]))
    with pytest.raises(RemoteProtocolError, match="no fork"):
        check_fork(ANN.certificate, proof([LEFT[0]], [RIGHT[4]]))


def test_of_one_branch_nothing_is_made() -> None:
    with pytest.raises(IndexError):
        proof([], RIGHT)


def test_another_devices_certificate_checks_nothing() -> None:
    with pytest.raises(RemoteProtocolError):
        check_fork(BO.certificate, proof(LEFT, RIGHT))


def test_a_revoked_devices_proof_still_holds() -> None:
    """The certificate proves whose word it is; what became of it since changes nothing of that."""
    later = evolve(ANN.certificate, not_after=ANN.certificate.not_before + 1)
    assert check_fork(later, proof(LEFT, RIGHT)).seq == 3


def test_entries_of_a_newer_version_are_newer_not_wrong() -> None:
    good = decode(ForkProof, proof([LEFT[2]], [RIGHT[2]]))
    newer = evolve(good.first[0], base=encode(evolve(LEFT[2].base, version=2)))
    run = Run((newer,), crypto.ed25519_sign(ANN.key.ed25519, Domain.ENTRY, newer.id))
    with pytest.raises(VersionError):
        check_fork(ANN.certificate, prove_fork(good.feed, run, Run.of([RIGHT[2]])))


GOOD = proof(LEFT, RIGHT)


@given(data=mutated(GOOD))
def test_no_other_bytes_prove_anything(data: bytes) -> None:
    if data == GOOD:
        return
    with pytest.raises(RemoteProtocolError):
        check_fork(ANN.certificate, data)


def test_of_two_proofs_the_lowest_fork_stands_whichever_came_first() -> None:
    high, low = proof([LEFT[4]], [RIGHT[4]]), proof([LEFT[2]], [RIGHT[2]])
    one, other = check_fork(ANN.certificate, high), check_fork(ANN.certificate, low)
    assert (one.seq, other.seq) == (4, 3)
    assert lowest_proof(one, other) == lowest_proof(other, one) == low
    assert lowest_proof(one, one) == high


def test_two_proofs_may_make_a_third_that_shows_a_lower_fork() -> None:
    """A proof of two branches that part late, and one of a third branch that parted early."""
    late = more("late", 2, LEFT[:4])
    early = more("early", 3, TRUNK[:1])
    one = check_fork(ANN.certificate, proof(LEFT[3:5], late[3:5]))
    other = check_fork(ANN.certificate, proof([early[3]], [more("other", 1, early[:3])[3]]))
    assert (one.seq, other.seq) == (5, 4)
    best = lowest_proof(one, other)
    assert best == lowest_proof(other, one)
    assert check_fork(ANN.certificate, best).seq == 3


def test_a_proof_is_too_long_for_nobody() -> None:
    long = more("long", 70)
    with pytest.raises((LocalProtocolError, RemoteProtocolError)):
        proof(long, RIGHT)
    assert len(encode(decode(ForkProof, proof(long[:65], RIGHT)))) < 32_768


# ------------------------------------------------------------------------------------------------ a chain with a bound


def bounded(entry: Entry) -> Chain:
    chain = Chain(ANN.certificate.key)
    chain.bound = Bound(entry.base.seq, entry.id)
    return chain


def test_up_to_a_bound_only_what_it_is_linked_to_is_accepted() -> None:
    chain = bounded(LEFT[3])
    for entry in (*TRUNK, LEFT[2], *RIGHT[2:4]):
        assert chain.offer(entry) == Waiting(4)
    accepted = chain.offer(LEFT[3])
    assert isinstance(accepted, Accepted)
    assert accepted.entries == tuple(LEFT[:4])
    assert set(accepted.forks) == set(RIGHT[2:4])


def test_nothing_is_accepted_beyond_a_bound() -> None:
    chain = bounded(LEFT[2])
    for entry in LEFT[:3]:
        chain.offer(entry)
    with pytest.raises(StateError):
        chain.offer(LEFT[3])
    assert chain.head_seq == 3


def test_more_may_wait_for_a_bound_than_for_a_signature() -> None:
    long = more("long", 400)
    chain = bounded(long[-1])
    for entry in long[:-1]:
        assert chain.offer(entry) == Waiting(400)
    accepted = chain.offer(long[-1])
    assert isinstance(accepted, Accepted)
    assert len(accepted.entries) == 400


def test_a_bound_without_an_id_goes_by_number() -> None:
    chain = Chain(ANN.certificate.key)
    chain.bound = Bound(1, b"")
    assert isinstance(chain.offer(LEFT[0]), Accepted)
    with pytest.raises(StateError):
        chain.offer(LEFT[1])
