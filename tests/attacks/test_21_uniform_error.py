"""Attack 21 (Telegram timing; any oracle): whatever does not open, for whatever reason, is one error after the same work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from protocol.base import crypto
from protocol.base.errors import AuthenticationError
from protocol.keys.envelope import Envelope, open_slot, own_slots
from protocol.messages import entry as entries
from protocol.messages.entry import Entry, content_key, entry_id, open_entry, pad
from tests.attacks.test_28_two_plaintexts import envelope
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
ANN, BO = WORLD.device("XAA"), WORLD.device("XBB")
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret rel xaa, xbb, xcc", OPS)
FEED = WORLD.feed(ANN, OPS, SEALED.release)
TRUE = WORLD.entry(ANN, FEED, SEALED, "convoy leaves at dawn")
CALLS = ("hpke_open", "aead_open", "same", "digest", "xwing_public")


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each primitive was called, wherever it is called from."""
    counted: Counter[str] = Counter()

    def count(name: str, true: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*arguments: Any, **named: Any) -> Any:
            counted[name] += 1
            return true(*arguments, **named)

        return counting

    for name in CALLS:
        counting = count(name, getattr(crypto, name))
        monkeypatch.setattr(crypto, name, counting)
        for module in ("protocol.keys.envelope", "protocol.messages.entry"):
            monkeypatch.setattr(f"{module}.{name}", counting, raising=False)
    return counted


def refusal(act: Callable[[], object], work: Counter[str]) -> tuple[str, Counter[str]]:
    work.clear()
    with pytest.raises(AuthenticationError) as caught:
        act()
    return str(caught.value), Counter(work)


def of_slot(made: Envelope, index: int | None = None, segment: int | None = None) -> Callable[[], object]:
    chain = BO.chain(2, 0)
    assert chain is not None
    ((own, _),) = own_slots(made, BO.nation)
    key = chain.private(WORLD.segment if segment is None else segment)
    return lambda: open_slot(made, own if index is None else index, key)


def test_an_envelope_that_does_not_open(work: Counter[str]) -> None:
    good = SEALED.envelope
    ((own, _),) = own_slots(good, BO.nation)
    tag = bytearray(good.wraps[own])
    tag[-1] ^= 1
    enc = bytearray(good.wraps[own])
    enc[0] ^= 1

    def with_wrap(wrap: bytearray) -> Envelope:
        wraps = (*good.wraps[:own], bytes(wrap), *good.wraps[own + 1 :])
        return Envelope(good.id, good.ctx, good.commitment, wraps, good.signature, good.data, good.context)

    uncommitted = envelope((bytes(32), bytes(32), bytes(32)), bytes(32))
    refused = {
        "tag": refusal(of_slot(with_wrap(tag)), work),
        "encapsulation": refusal(of_slot(with_wrap(enc)), work),
        "slot of another nation": refusal(of_slot(good, index=0), work),
        "segment": refusal(of_slot(good, segment=WORLD.segment + 1), work),
        "commitment": refusal(of_slot(uncommitted), work),
    }
    words = {said for said, _ in refused.values()}
    assert len(words) == 1, refused
    costs = {name: cost for name, (_, cost) in refused.items()}
    assert len({tuple(sorted(cost.items())) for cost in costs.values()}) == 1, costs
    work.clear()
    assert of_slot(good)() == SEALED.tek
    assert work == costs["tag"], "and what opens costs no other work"


def test_an_entry_that_does_not_open(work: Counter[str]) -> None:
    def sealed(padded: bytes, salt: bytes | None = None, *, tamper: int = 0) -> Entry:
        """As a dishonest author may seal it, for whom the rule of padding and salt does not count."""
        ck = content_key(SEALED.tek, TRUE.base_data)
        made = entries._salt(ck, TRUE.base_data, padded) if salt is None else salt
        key, nonce = entries._key_nonce(ck, TRUE.base_data, made)
        ct = bytearray(crypto.aead_seal(key, nonce, TRUE.base_data + made, padded))
        ct[-1] ^= tamper
        return Entry(
            entry_id(TRUE.base_data, made, bytes(ct)), TRUE.base, TRUE.base_data, made, bytes(ct), TRUE.signature, b""
        )

    text = b"convoy leaves at dawn"
    tried = {
        "tag": (sealed(pad(text), tamper=1), SEALED.tek),
        "key": (sealed(pad(text)), bytes(32)),
        "salt": (sealed(pad(text), bytes(32)), SEALED.tek),
        "padding": (sealed(bytes(64)), SEALED.tek),
    }
    refused = {name: refusal(partial(open_entry, *one), work) for name, one in tried.items()}
    assert len({said for said, _ in refused.values()}) == 1, refused
    costs = {name: cost for name, (_, cost) in refused.items()}
    assert len({tuple(sorted(cost.items())) for cost in costs.values()}) == 1, costs
    good = sealed(pad(text))
    work.clear()
    assert open_entry(good, SEALED.tek)[0] == text
    assert work == costs["tag"]
