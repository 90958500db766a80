"""The set of prekey statements: the highest counter counts, and two keys at one are a proof."""

from __future__ import annotations

import pytest

from protocol.base import crypto
from protocol.base.errors import AuthenticationError
from protocol.base.records import evolve
from protocol.keys.otar import PrekeyStatement, sign_prekey
from protocol.keys.statements import Statements, Verdict
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN, BO = WORLD.device("XAA"), WORLD.device("XBB")


def statement(counter: int, key: str = "", **changes: object) -> PrekeyStatement:
    public = crypto.xwing_public(Drbg(key or f"prekey {counter}")(96))
    return evolve(ANN.statement, counter=counter, key=public, **changes)


def apply(statements: Statements, made: PrekeyStatement) -> Verdict:
    return statements.apply(ANN.certificate, sign_prekey(made, ANN.key).data)[1]


def test_the_highest_counter_counts() -> None:
    known = Statements()
    assert [known.newest(ANN.id), known.highest(ANN.id)] == [None, 0]
    assert apply(known, statement(3)) is Verdict.NEWER
    assert apply(known, statement(2)) is Verdict.KNOWN
    assert apply(known, statement(3)) is Verdict.KNOWN
    assert apply(known, statement(7)) is Verdict.NEWER
    assert (known.newest(ANN.id), known.highest(ANN.id)) == (statement(7), 7)


def test_two_keys_at_one_counter_are_a_clash_and_nothing_counts_after_it() -> None:
    known = Statements()
    apply(known, statement(3))
    assert apply(known, statement(3, edition=2)) is Verdict.KNOWN, "the same key is no clash"
    assert not known.clashed(ANN.id)
    assert apply(known, statement(3, "another")) is Verdict.CLASH
    assert known.clashed(ANN.id)
    assert known.clashes() == {ANN.id}
    assert known.newest(ANN.id) is None
    assert apply(known, statement(3, "a third")) is Verdict.KNOWN
    assert apply(known, statement(4)) is Verdict.KNOWN
    assert known.newest(ANN.id) is None


def test_only_the_devices_own_word_enters() -> None:
    known = Statements()
    with pytest.raises(AuthenticationError):
        known.apply(ANN.certificate, sign_prekey(statement(1), BO.key).data)
    with pytest.raises(AuthenticationError):
        known.apply(BO.certificate, sign_prekey(statement(1), ANN.key).data)
    with pytest.raises(AuthenticationError):
        apply(known, evolve(statement(1), key=statement(1).key[:-32] + bytes(32)))
    assert known.highest(ANN.id) == 0
