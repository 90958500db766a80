"""Keeping control documents (SPEC 10.2): what was verified, and what clients see of it, in one transaction."""

from __future__ import annotations

import trio

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.node.context import Context
from coalchat.node.journal import write_event
from coalchat.node.membership import Control
from coalchat.store.faces import Transaction
from coalchat.store.rows import Channel, Document
from protocol.base.ids import Tag
from protocol.trust.channel import ChannelRevision


def control_document(control: Control, now: int) -> Document:
    """A control document as the store keeps it."""
    return Document(control.hash, int(control.tag), control.issuer, control.number, control.audience, control.data, now)


async def keep_control(context: Context, control: Control) -> None:
    """Keep a control document that was verified, and what clients see of it."""
    now = context.now()
    row = control_document(control, now)
    revision = context.member.channels.get(control.issuer) if control.tag is Tag.CHANNEL_REVISION else None

    def write(tx: Transaction) -> None:
        tx.put_document(row)
        if control.tag in {Tag.PUBLICATION, Tag.DIRECTORY}:
            tx.drop_documents(int(control.tag), control.issuer, control.number)
        if revision is not None:
            keep_channel(tx, revision, now)

    # It counts in memory already: a link that ends just now must not keep it from the disk.
    with trio.CancelScope(shield=True):
        if control.hash in context.member.controls:  # or a newer one has come meanwhile
            await context.store.write(write)


def keep_channel(tx: Transaction, revision: ChannelRevision, now: int) -> None:
    """Keep what clients see of a channel, and tell them, inside the transaction that keeps its revision."""
    tx.put_channel(Channel(revision.channel, revision.hash, revision.title, b"", now))
    write_event(
        tx,
        now,
        ControlChanged(subject=ControlSubject.CHANNEL, id=revision.channel.hex(), phase=Phase.UNLOCKED),
    )
