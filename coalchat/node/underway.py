"""How far our own entries are on their way (SPEC 10.5): what a peer's acknowledgement says of each nation."""

from __future__ import annotations

from coalchat.api.events import StateChanged
from coalchat.api.vocabulary import State as StateWord
from coalchat.node.context import Context
from coalchat.node.journal import write_event
from coalchat.store.faces import Transaction
from coalchat.store.rows import Delivery, Message, Outgoing


async def held_by(context: Context, feed_id: bytes, up_to: int, nation: int) -> None:
    """A peer of a nation holds our entries so far: of its own nation they are sent, of others held."""
    row = context.store.read.feed(feed_id)
    if row is None or row.device != context.member.device:
        return
    now, code = context.now(), context.code(nation)

    def write(tx: Transaction) -> None:
        for message in tx.messages_of_feed(feed_id, up_to, after=max(0, up_to - 256)):
            for outgoing in tx.outgoing(message.entry_id):
                if outgoing.nation == nation and outgoing.state in {Delivery.QUEUED, Delivery.HELD}:
                    moved = Outgoing(message.entry_id, nation, Delivery.SENT, "", now)
                elif outgoing.nation != nation and outgoing.state == Delivery.QUEUED:
                    moved = Outgoing(message.entry_id, outgoing.nation, Delivery.HELD, f"by {code}", now)
                else:
                    continue
                if tx.set_outgoing(moved):
                    _tell(context, tx, message, moved)

    await context.store.write(write)


def _tell(context: Context, tx: Transaction, message: Message, moved: Outgoing) -> None:
    """Tell clients, once a change: an acknowledgement that is said again moves nothing."""
    body = StateChanged(
        channel_id=message.channel.hex(),
        entry_id=message.entry_id.hex(),
        nation=context.code(moved.nation),
        state=StateWord(moved.state.value),
        reason=moved.detail,
    )
    write_event(tx, moved.at, body)
