"""Attack 28 (OMEMO; invisible salamanders): a dishonest author shows two nations two texts under one entry.

He may choose every byte: keys, wraps, commitment, ciphertext, and he signs it all rightly. Then each nation sees the
same text as the others, or refuses.
"""

from __future__ import annotations

import pytest

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Domain, Person, Tag
from protocol.base.records import encode, encode_part, evolve
from protocol.keys.envelope import Envelope, commitment, envelope_id, open_slot, own_slots, read_envelope
from protocol.messages.entry import (
    Entry,
    content_key,
    entry_id,
    open_entry,
    open_with_content_key,
    read_entry,
    seal_entry,
    unpad,
)
from protocol.trust.charter import key_hash
from tests.attacks.salamander import two_keys
from tests.fakes.coalition import make_coalition
from tests.fakes.nation import FakeDevice

WORLD = make_coalition()
ANN, BO, CY = (nation.devices[0] for nation in WORLD.nations)
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret rel xaa, xbb, xcc", OPS)
CONTEXT, CTX = SEALED.envelope.context, SEALED.envelope.ctx
R1, R2 = bytes(range(32)), bytes(range(32, 64))
BASE = WORLD.entry(ANN, WORLD.feed(ANN, OPS, SEALED.release), SEALED, "any").base


def envelope(keys: tuple[bytes, bytes, bytes], cm: bytes) -> Envelope:
    """An envelope with a key of its own for each nation, well signed."""
    wraps = []
    for tek, slot in zip(keys, CONTEXT.slots, strict=True):
        public = WORLD.keys.public_key(CONTEXT.slot_segment(slot))
        assert public is not None
        info = Domain.HPKE_ENVELOPE.prefix + digest(Person.CONTEXT, CTX) + encode_part(slot) + key_hash(public) + cm
        wraps.append(crypto.hpke_seal(public, info, tek))
    signature = crypto.ed25519_sign(ANN.key.ed25519, Domain.ENVELOPE, envelope_id(CTX, cm, wraps))
    made = read_envelope(pack((int(Tag.ENVELOPE), CTX, cm, tuple(wraps), signature)))
    made.verify(ANN.certificate.key)
    return made


def opened(made: Envelope, reader: FakeDevice) -> bytes | None:
    chain = reader.chain(2, 0)
    assert chain is not None
    ((index, _),) = own_slots(made, reader.nation)
    try:
        return open_slot(made, index, chain.private(WORLD.segment))
    except AuthenticationError:
        return None


@pytest.mark.parametrize(
    ("cm", "seen"),
    [
        (commitment(R1, CTX), (R1, R1, None)),
        (commitment(R2, CTX), (None, None, R2)),
        (commitment(R1, CTX + b"\0"), (None, None, None)),
        (bytes(32), (None, None, None)),
    ],
    ids=["to the first", "to the second", "to another context", "to nothing"],
)
def test_one_key_for_b_and_another_for_c(cm: bytes, seen: tuple[bytes | None, ...]) -> None:
    made = envelope((R1, R1, R2), cm)
    assert tuple(opened(made, reader) for reader in (ANN, BO, CY)) == seen
    honest = envelope((R1, R1, R1), commitment(R1, CTX))
    assert [opened(honest, reader) for reader in (ANN, BO, CY)] == [R1, R1, R1]


def test_an_envelope_that_cheats_one_nation_touches_no_other_of_its_author() -> None:
    envelope((R1, R1, R2), commitment(R1, CTX))
    assert [opened(SEALED.envelope, reader) for reader in (ANN, BO, CY)] == [SEALED.tek] * 3


# ------------------------------------------------------------------------------------------------ one ciphertext


def key_nonce(tek: bytes, base: bytes, salt: bytes) -> tuple[bytes, bytes]:
    both = digest(Person.MESSAGE_KEY, base, salt, key=content_key(tek, base), size=56)
    return both[:32], both[32:]


def signed(base: bytes, salt: bytes, ct: bytes) -> Entry:
    signature = crypto.ed25519_sign(ANN.key.ed25519, Domain.ENTRY, entry_id(base, salt, ct))
    made = read_entry(pack((int(Tag.ENTRY), base, salt, ct, signature)))
    made.verify(ANN.certificate.key)
    return made


TEXTS = (b"attack at dawn", b"stay where you are")
BASE_DATA = encode(BASE)


def salamander(salt: bytes) -> Entry:
    """One signed entry whose ciphertext opens under R1 to the first text, and under R2 to the second."""
    pairs = key_nonce(R1, BASE_DATA, salt), key_nonce(R2, BASE_DATA, salt)
    made = signed(BASE_DATA, salt, two_keys(pairs, BASE_DATA + salt, TEXTS))
    first, second = (crypto.aead_open(*pair, BASE_DATA + salt, made.ct) for pair in pairs)
    assert first.startswith(TEXTS[0])
    assert TEXTS[1] in unpad(second)
    assert first != second
    return made


@pytest.mark.parametrize(
    "salt",
    [
        bytes(32),
        digest(Person.SALT, BASE_DATA, b"any", key=content_key(R1, BASE_DATA)),
        seal_entry(BASE, TEXTS[0], R1, ANN.key.ed25519).salt,
        seal_entry(BASE, TEXTS[1], R2, ANN.key.ed25519).salt,
    ],
    ids=["free", "of another text", "of the first text", "of the second text"],
)
def test_a_ciphertext_that_opens_under_two_keys_is_refused_under_both(salt: bytes) -> None:
    made = salamander(salt)
    for tek in (R1, R2):
        with pytest.raises(AuthenticationError):
            open_entry(made, tek)
        with pytest.raises(AuthenticationError):
            open_with_content_key(made, content_key(tek, BASE_DATA))


@pytest.mark.parametrize("text", TEXTS)
def test_an_honest_entry_opens_under_its_own_key_only(text: bytes) -> None:
    made = seal_entry(BASE, text, R1, ANN.key.ed25519)
    assert open_entry(made, R1)[0] == text
    with pytest.raises(AuthenticationError):
        open_entry(made, R2)


def test_one_key_and_one_ciphertext_give_no_second_text_under_another_place() -> None:
    """The key of a message is of its place too: what opens here opens nowhere else."""
    made = seal_entry(BASE, TEXTS[0], R1, ANN.key.ed25519)
    for changed in (evolve(BASE, envelope=bytes(32)), evolve(BASE, feed=bytes(16)), evolve(BASE, precedence=3)):
        with pytest.raises(AuthenticationError):
            open_entry(signed(encode(changed), made.salt, made.ct), R1)
