"""Attack 35 (own: two texts for a court): a dishonest author chooses key and ciphertext, and shows one entry with two texts,
or under another label. The checker believes at most one.
"""

from __future__ import annotations

import pytest

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.ids import Domain, Person
from protocol.base.records import decode, encode, evolve
from protocol.messages.entry import (
    Entry,
    EntryHeader,
    content_key,
    entry_id,
    open_entry,
    pad,
    read_header,
    seal_entry,
    unpad,
)
from protocol.messages.evidence import Evidence, Proved, check_evidence, make_evidence
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from tests.attacks.salamander import two_keys
from tests.fakes.coalition import FakeFeed, make_coalition

WORLD = make_coalition()
XAA = WORLD.nation("XAA")
ANN = WORLD.device("XAA")
OPS = WORLD.channel(ANN)
SEALED = WORLD.envelope(ANN, "secret rel xaa, xbb, xcc", OPS)
FEED = WORLD.feed(ANN, OPS, SEALED.release)
R1, R2 = bytes(range(32)), bytes(range(32, 64))
BASE = WORLD.entry(ANN, FEED, SEALED, "any").base
BASE_DATA = encode(BASE)
TEXTS = tuple(encode_payload(TextPayload(FORMAT, WORLD.now, False, (), text, 0)) for text in ("fire", "hold fire"))


def shown(entry: Entry, tek: bytes, payload: bytes, feed: FakeFeed = FEED) -> bytes:
    """What the author hands to the court."""
    documents = (XAA.custodian_document.data, ANN.document.data, feed.document.data)
    return make_evidence(documents, entry, (), content_key(tek, entry.base_data), payload)


def believed(data: bytes) -> Proved | None:
    try:
        return check_evidence(WORLD.coalition, WORLD.policy, data)
    except RemoteProtocolError:
        return None


def key_nonce(tek: bytes, salt: bytes) -> tuple[bytes, bytes]:
    both = digest(Person.MESSAGE_KEY, BASE_DATA, salt, key=content_key(tek, BASE_DATA), size=56)
    return both[:32], both[32:]


def signed(salt: bytes, ct: bytes) -> Entry:
    """A header of any salt and ciphertext, well signed."""
    signature = crypto.ed25519_sign(ANN.key.ed25519, Domain.ENTRY, entry_id(BASE_DATA, salt, ct))
    made = read_header(encode(EntryHeader(BASE_DATA, salt, digest(Person.CIPHERTEXT, ct), signature)))
    made.verify(ANN.certificate.key)
    return made


@pytest.mark.parametrize(
    "salt",
    [bytes(32), *(seal_entry(BASE, text, tek, ANN.key.ed25519).salt for text in TEXTS for tek in (R1, R2))],
    ids=["free", "fire under R1", "fire under R2", "hold fire under R1", "hold fire under R2"],
)
def test_of_two_texts_under_one_ciphertext_none_is_proved(salt: bytes) -> None:
    """The ciphertext opens under both keys, to what the author wants; a checker that only opened it would believe both."""
    begins = (b"fire", b"hold fire")
    ct = two_keys((key_nonce(R1, salt), key_nonce(R2, salt)), BASE_DATA + salt, begins)
    opened = [crypto.aead_open(*key_nonce(tek, salt), BASE_DATA + salt, ct) for tek in (R1, R2)]
    assert opened[0].startswith(begins[0]), "control: it opens under the first"
    assert begins[1] in unpad(opened[1]), "control: and under the second, with the right padding"
    entry = signed(salt, ct)
    for tek in (R1, R2):
        for payload in (*TEXTS, opened[0], unpad(opened[1])):
            assert believed(shown(entry, tek, payload)) is None


@pytest.mark.parametrize("honest", [0, 1])
def test_at_most_one_text_is_proved_of_an_entry(honest: int) -> None:
    entry = seal_entry(BASE, TEXTS[honest], R1, ANN.key.ed25519)
    found = [
        (tek, payload) for tek in (R1, R2) for payload in TEXTS if believed(shown(entry, tek, payload)) is not None
    ]
    assert found == [(R1, TEXTS[honest])]


def test_a_ciphertext_of_other_bytes_with_a_right_salt_is_refused() -> None:
    """The salt is of the text, the signature is over both: and yet the ciphertext is not what sealing makes."""
    good = seal_entry(BASE, TEXTS[0], R1, ANN.key.ed25519)
    assert pad(TEXTS[0])
    entry = signed(good.salt, good.ct[:-1] + bytes([good.ct[-1] ^ 1]))
    assert believed(shown(entry, R1, TEXTS[0])) is None


def test_without_the_feed_record_of_its_feed_no_label_is_proved() -> None:
    """The same words under another release key, channel or nonce are another feed, and the entry names its own."""
    entry = WORLD.entry(ANN, FEED, SEALED, "fire")
    payload, ck = open_entry(entry, SEALED.tek)
    good = believed(shown(entry, SEALED.tek, payload))
    assert good is not None
    assert good.feed.release == SEALED.release
    assert ck == content_key(SEALED.tek, entry.base_data)
    others = [
        WORLD.feed(ANN, OPS, "unclassified rel xaa, xbb, xcc"),
        WORLD.feed(ANN, OPS, "secret rel xaa"),
        WORLD.feed(ANN, WORLD.channel(ANN, "other"), SEALED.release),
        WORLD.feed(ANN, OPS, SEALED.release),
    ]
    for feed in others:
        assert believed(shown(entry, SEALED.tek, payload, feed)) is None
    given = decode(Evidence, shown(entry, SEALED.tek, payload))
    with pytest.raises(AuthenticationError):
        check_evidence(WORLD.coalition, WORLD.policy, encode(evolve(given, feed=others[0].document.data)))
