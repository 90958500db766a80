"""Attack 13 (Sender Keys, Balbas+ 2023): who holds the traffic key, but not the device key, speaks for nobody.

Bo of XBB is a reader: the TEK is his by right. What he makes with it opens for every reader, and is accepted by none.
"""

from __future__ import annotations

import pytest

from protocol.base.codec import pack
from protocol.base.errors import AuthenticationError, LimitError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_PARKED_ENTRIES
from protocol.base.records import evolve
from protocol.messages.entry import Entry, EntryBase, open_entry, read_entry, seal_entry
from protocol.messages.feed import Accepted, Chain, Waiting
from protocol.messages.payload import FORMAT, TextPayload, decode_payload, encode_payload
from tests.attacks.objects import ANN, BO, ENTRY, FEED, SEALED, WORLD
from tests.fakes.nation import FakeDevice

AUTHOR = ANN.certificate.key
STRANGER = WORLD.device("XCC")


def stolen_tek() -> bytes:
    """As Bo opens it from his own slot."""
    tek = WORLD.open_envelope(BO, SEALED.envelope)
    assert tek == SEALED.tek
    return tek


def forged(text: str, base: EntryBase, signer: bytes) -> Entry:
    payload = encode_payload(TextPayload(FORMAT, WORLD.now, False, (), text, 0))
    made = read_entry(seal_entry(base, payload, stolen_tek(), signer).data)
    opened = decode_payload(open_entry(made, SEALED.tek)[0])
    assert isinstance(opened, TextPayload)
    assert opened.text == text  # the keys of the message are right: all that is wrong is the signature
    return made


NEXT = evolve(ENTRY.base, seq=2, prev=ENTRY.id)


def test_the_forger_above_makes_good_entries_with_the_right_key() -> None:
    made = forged("turn back", NEXT, ANN.key.ed25519)
    chain = Chain(AUTHOR, 1, ENTRY.id)
    assert chain.offer(made) == Accepted((made,))


@pytest.mark.parametrize("insider", [BO, STRANGER], ids=["a reader", "one outside"])
def test_an_entry_is_not_injected(insider: FakeDevice) -> None:
    made = forged("turn back", NEXT, insider.key.ed25519)
    with pytest.raises(AuthenticationError):
        made.verify(AUTHOR)
    chain = Chain(AUTHOR, 1, ENTRY.id)
    assert chain.offer(made) == Waiting(0)
    assert chain.head_seq == 1


def test_an_entry_is_not_injected_under_a_signature_that_the_author_once_made() -> None:
    made = forged("turn back", NEXT, BO.key.ed25519)
    for signature in (ENTRY.signature, SEALED.envelope.signature, FEED.document.signature, bytes(64)):
        copied = read_entry(pack((int(Tag.ENTRY), made.base_data, made.salt, made.ct, signature)))
        with pytest.raises(AuthenticationError):
            copied.verify(AUTHOR)
        assert Chain(AUTHOR, 1, ENTRY.id).offer(copied) == Waiting(0)


def test_an_entry_is_not_altered() -> None:
    """The same place, another text, the author's own signature of the first text."""
    made = forged("convoy leaves at dusk", ENTRY.base, BO.key.ed25519)
    altered = read_entry(pack((int(Tag.ENTRY), made.base_data, made.salt, made.ct, ENTRY.signature)))
    assert altered.id != ENTRY.id
    for chain in (Chain(AUTHOR), Chain(AUTHOR, 1, ENTRY.id)):
        if chain.head_seq:
            with pytest.raises(AuthenticationError):
                chain.offer(altered, ENTRY.id)
        else:
            assert chain.offer(altered) == Waiting(0)
            assert chain.offer(ENTRY) == Accepted((ENTRY,))


def test_the_authors_later_entries_do_not_authenticate_what_was_injected() -> None:
    """Chain authentication goes by ids, and the author's next entry names his own, not the injected one."""
    own = WORLD.entry(ANN, FEED, SEALED, "two", prev=ENTRY)
    later = WORLD.entry(ANN, FEED, SEALED, "three", prev=own)
    injected = forged("turn back", NEXT, BO.key.ed25519)
    chain = Chain(AUTHOR, 1, ENTRY.id)
    assert chain.offer(injected) == Waiting(0)
    assert chain.offer(later) == Waiting(2)
    assert chain.offer(own) == Accepted((own, later))
    assert chain.waiting == 0


def test_what_is_injected_is_bounded_and_keeps_nobody_out() -> None:
    chain = Chain(AUTHOR, 1, ENTRY.id)
    for number in range(MAX_PARKED_ENTRIES):
        chain.offer(forged(f"turn back {number}", NEXT, BO.key.ed25519))
    with pytest.raises(LimitError):
        chain.offer(forged("once more", NEXT, BO.key.ed25519))
    own = WORLD.entry(ANN, FEED, SEALED, "two", prev=ENTRY)
    assert chain.offer(own) == Accepted((own,))
    assert chain.waiting == 0
