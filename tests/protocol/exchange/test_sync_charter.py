"""Two sides whose charters differ: one may be an amendment behind, and is not cut off for it."""

from __future__ import annotations

import pytest

from protocol.base.errors import StateError
from protocol.base.records import encode
from protocol.exchange.events import PeerHello
from protocol.exchange.messages import Heads, Hello, Inventory, read_message
from protocol.exchange.phases import State
from protocol.exchange.session import SyncSettings
from protocol.exchange.sync import Sync

OURS, THEIRS = bytes(32), bytes(range(32))


@pytest.mark.parametrize("known", [True, False])
def test_a_peer_with_another_charter_goes_on_if_its_documents_make_it_known(known: bool) -> None:
    here: set[bytes] = set()
    sync = Sync(SyncSettings(OURS, (1,), (1,), False, lambda _: False, here.__contains__))
    sync.start()
    step = sync.receive(encode(Hello((1,), (1,), THEIRS, False)))
    assert [type(event) for event in step.events] == [PeerHello]
    sync.offer_inventory([])
    sync.receive(encode(Inventory((), True)))
    if known:
        here.add(THEIRS)
        assert [read_message(frame) for frame in sync.offer_heads([]).send] == [Heads((), True)]
        return
    with pytest.raises(StateError):
        sync.offer_heads([])
    assert sync.peer_state is State.REFUSED
