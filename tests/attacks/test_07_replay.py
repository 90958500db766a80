"""Attack 7 (Megolm): an entry delivered again, or under another feed, channel or coalition.

Here: what the bytes themselves allow. That a node shows it once, whatever the peer or bundle it came by, is with the node.
"""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.codec import pack
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.keys.envelope import open_slot, own_slots, read_envelope
from protocol.messages.entry import Entry, EntryBase, open_entry, read_entry
from protocol.messages.feed import Accepted, Chain, Known, check_feed, sign_feed
from protocol.messages.receipts import Mark, ReceiptState, roll_up
from protocol.trust.charter import found, sign_charter
from protocol.trust.credential import device_id
from tests.attacks.objects import ANN, BO, ENTRY, FEED, OPS, SEALED, WORLD
from tests.fakes.coalition import make_coalition

AUTHOR = ANN.certificate.key
RELEASE = SEALED.release
OTHER_CHANNEL = WORLD.channel(ANN, "intel")


def moved(base: EntryBase, entry: Entry = ENTRY) -> Entry:
    """The entry's sealed parts and signature under another base."""
    return read_entry(pack((int(Tag.ENTRY), encode(base), entry.salt, entry.ct, entry.signature)))


def test_the_same_bytes_again_are_known_and_take_no_second_place() -> None:
    chain = Chain(AUTHOR)
    assert chain.offer(read_entry(ENTRY.data)) == Accepted((ENTRY,))
    for _ in range(3):
        assert chain.offer(read_entry(ENTRY.data), ENTRY.id) == Known()
    assert (chain.head_seq, chain.waiting) == (1, 0)


def test_a_delivered_entry_that_waits_is_not_doubled() -> None:
    second = WORLD.entry(ANN, FEED, SEALED, "two", prev=ENTRY)
    chain = Chain(AUTHOR)
    for _ in range(3):
        chain.offer(second)
    assert chain.waiting == 1
    assert chain.offer(ENTRY) == Accepted((ENTRY, second))


# ------------------------------------------------------------------------------------------------ under another name


@pytest.mark.parametrize(
    "changes",
    [
        {"feed": WORLD.feed(ANN, OPS, RELEASE).id},
        {"feed": WORLD.feed(ANN, OTHER_CHANNEL, RELEASE).id},
        {"feed": WORLD.feed(BO, OPS, RELEASE).id},
        {"envelope": WORLD.envelope(ANN, RELEASE, OPS).envelope.id},
        {"envelope": WORLD.envelope(ANN, RELEASE, OTHER_CHANNEL).envelope.id},
        {"seq": 2, "prev": ENTRY.id},
        {"precedence": 3},
    ],
    ids=["feed", "channel's feed", "device's feed", "envelope", "channel's envelope", "place", "precedence"],
)
def test_an_entry_under_another_name_is_not_its_authors_and_does_not_open(changes: dict[str, Any]) -> None:
    base = ENTRY.base
    assert moved(base) == ENTRY
    again = moved(evolve(base, **changes))
    for key in (AUTHOR, BO.certificate.key):
        with pytest.raises(AuthenticationError):
            again.verify(key)
    with pytest.raises(AuthenticationError):
        open_entry(again, SEALED.tek)


def test_a_feed_record_cannot_move_to_another_channel_or_label() -> None:
    """The feed's id is of its record: another channel or label is another feed, and an entry names its feed."""
    for changes in ({"channel": OTHER_CHANNEL.id}, {"release": evolve(RELEASE, level=0)}, {"nonce": bytes(16)}):
        other = evolve(FEED.record, **changes)
        assert check_feed(ANN.certificate, sign_feed(other, ANN.key).data).id != ENTRY.base.feed
        forged = pack((int(Tag.FEED), ANN.id, encode(other), FEED.document.signature))
        with pytest.raises(AuthenticationError):
            check_feed(ANN.certificate, forged)
    assert check_feed(ANN.certificate, FEED.document.data).id == ENTRY.base.feed


def test_an_envelope_cannot_move_to_another_channel() -> None:
    envelope = SEALED.envelope
    chain = BO.chain(2, 1)
    assert chain is not None
    for changes in ({"channel": OTHER_CHANNEL.id}, {"revision": OTHER_CHANNEL.revision.hash}, {"not_after": 2**40}):
        ctx = encode(evolve(envelope.context, **changes))
        other = read_envelope(pack((int(Tag.ENVELOPE), ctx, envelope.commitment, envelope.wraps, envelope.signature)))
        with pytest.raises(AuthenticationError):
            other.verify(AUTHOR)
        with pytest.raises(AuthenticationError):
            open_slot(other, own_slots(other, BO.nation)[0][0], chain.private(WORLD.segment))
    assert open_slot(envelope, own_slots(envelope, BO.nation)[0][0], chain.private(WORLD.segment)) == SEALED.tek


# ------------------------------------------------------------------------------------------------ another coalition


def test_nothing_moves_to_another_coalition_of_the_same_roots_and_device_key() -> None:
    charter = evolve(WORLD.charter, nonce=bytes(16))
    roots = [nation.root for nation in WORLD.nations]
    data = encode(charter)
    other = found(data, [sign_charter(charter, index, root).data for index, root in enumerate(roots)])
    assert other.id != WORLD.id

    # The same key is another device there, and the same feed record another feed.
    device = device_id(other.id, 0, ANN.certificate.key)
    assert device != ANN.id
    there = evolve(ANN.certificate, coalition=other.id)
    assert there.device == device
    with pytest.raises(AuthenticationError):
        check_feed(there, FEED.document.data)
    record = evolve(FEED.record, coalition=other.id, device=device)
    assert check_feed(there, sign_feed(record, ANN.key).data) == record
    assert record.id != ENTRY.base.feed
    with pytest.raises(AuthenticationError):
        moved(evolve(ENTRY.base, feed=record.id)).verify(AUTHOR)


def test_two_coalitions_share_no_ids() -> None:
    other = make_coalition(seed="another coalition")
    assert other.id != WORLD.id
    with pytest.raises(AuthenticationError):
        check_feed(other.device("XAA").certificate, FEED.document.data)


# ------------------------------------------------------------------------------------------------ receipts


def test_receipts_again_count_once() -> None:
    def mark(state: ReceiptState, at: int) -> Mark:
        return Mark(BO.id, 1, BO.certificate.person, state, 1, at)

    delivered, read = mark(ReceiptState.DELIVERED, WORLD.now), mark(ReceiptState.READ, WORLD.now + 9)
    once = roll_up([delivered, read], 1)
    assert roll_up([read, delivered, read, delivered, read], 1) == once
    assert [(state.state, len(state.persons)) for state in once] == [(ReceiptState.READ, 1)]
