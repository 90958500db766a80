"""Keeping control documents (SPEC 10.2): what was verified, and what clients see of it, in one transaction."""

from __future__ import annotations

import trio

from coalchat.api.events import ControlChanged, MessageMarked
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.node.addressing import Conversation
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.controls import SYNCED, Control
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.membership import Membership
from coalchat.node.passing import is_named, otar_header, seat_renewed
from coalchat.store.faces import Transaction
from coalchat.store.rows import Channel, Document
from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.trust.amendment import KINDS
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import certificate_hash
from protocol.trust.publication import Publication

MAX_TOLD = 256
"""Messages of a feed that clients are told of singly, the newest; older ones bear their mark when they are listed."""


def control_document(control: Control, now: int) -> Document:
    """A control document as the store keeps it."""
    return Document(control.hash, int(control.tag), control.issuer, control.number, control.audience, control.data, now)


async def keep_control(context: Context, control: Control, finding: Finding | None = None) -> None:
    """Keep a control document that was verified, and what clients see of it; with an audit line, if it is our own act."""
    now = context.now()
    row = control_document(control, now)
    revision = context.member.channels.get(control.issuer) if control.tag is Tag.CHANNEL_REVISION else None
    controls = context.member.controls

    def write(tx: Transaction) -> None:
        if control.tag is Tag.PUBLICATION and _keyers_moved(tx, context, control):
            write_event(tx, now, ControlChanged(subject=ControlSubject.KEYS, id="", phase=Phase.UNLOCKED))
        tx.put_document(row)
        if finding is not None:
            write_finding(tx, now, finding)
        if control.place:
            drop_superseded(tx, context, control)
        if revision is not None:
            keep_channel(tx, revision, now)
            for before in tx.documents(int(control.tag), control.issuer):
                if before.hash in controls:
                    tx.set_audience(before.hash, controls[before.hash].audience)
        write_contradiction(tx, context, control, now)

    # It counts in memory already: a link that ends just now must not keep it from the disk.
    with trio.CancelScope(shield=True):
        if control.hash in context.member.controls:  # or a newer one has come meanwhile
            await context.store.write(write)


def _keyers_moved(tx: Transaction, context: Context, control: Control) -> bool:
    """Whether a publication of this nation names other keying devices than the one that its custodian made before."""
    newest = decode(Publication, read_signed(control.data).body)
    before = max(tx.documents(int(Tag.PUBLICATION), control.issuer), key=lambda row: row.number, default=None)
    named = () if before is None else decode(Publication, read_signed(before.data).body).keying
    return newest.nation == context.member.nation and newest.keying != named


def drop_superseded(tx: Transaction, context: Context, control: Control) -> None:
    """Forget the documents of a kind and issuer that are in force no more."""
    for known in tx.documents(int(control.tag), control.issuer):
        if known.hash not in context.member.controls:
            tx.drop_document(known.hash)


async def sweep(context: Context, now: int) -> None:
    """Forget the documents that are over, in memory and on disk. Nobody may be about to take what he has just stored."""
    _drop_over(context.member, now)
    controls, kinds = context.member.controls, {int(tag) for tag in SYNCED if tag not in KINDS}
    over = [row.hash for row in context.store.read.inventory() if row.tag in kinds and row.hash not in controls]

    def write(tx: Transaction) -> None:
        for name in over:
            tx.drop_document(name)

    if over:
        await context.store.write(write)


def _drop_over(member: Membership, now: int) -> None:
    """Forget, in memory, key lists that no publication names, OTARs that serve nobody, and certificates that were renewed and
    have ended.
    """
    controls, directory = member.controls, member.directory
    member.keys.drop_unnamed()
    over = [c for c in controls.of(Tag.SEGMENT_LIST) if not is_named(c, directory)]
    over += [c for c in controls.of(Tag.OTAR) if member.otar_over(otar_header(c.data), now)]
    over += [c for c in controls.of(Tag.CUSTODIAN_CERTIFICATE) if seat_renewed(c, directory)]
    for control in controls.of(Tag.CERTIFICATE):
        directory.forget_renewed(control.issuer, now)
        if directory.certificate(control.issuer, certificate_hash(control.data)) is None:
            over.append(control)
    segment = member.coalition.segment_at(now)
    member.direct.editions.drop_over(segment)
    over += [c for c in controls.of(Tag.DEVICE_EDITION) if member.direct.over(c, segment)]
    for control in over:
        controls.drop(control.hash)


def keep_channel(tx: Transaction, revision: ChannelRevision, now: int) -> None:
    """Keep what clients see of a channel, and tell them, inside the transaction that keeps its revision."""
    tx.put_channel(Channel(revision.channel, revision.hash, revision.title, b"", now))
    write_event(
        tx,
        now,
        ControlChanged(subject=ControlSubject.CHANNEL, id=revision.channel.hex(), phase=Phase.UNLOCKED),
    )


def keep_conversation(tx: Transaction, place: Conversation, now: int) -> None:
    """Keep a conversation, and tell clients, inside the transaction of its first message here."""
    if tx.channel(place.channel) is None:
        tx.put_channel(Channel(place.channel, b"", "", place.data, now))
        write_event(
            tx, now, ControlChanged(subject=ControlSubject.CHANNEL, id=place.channel.hex(), phase=Phase.UNLOCKED)
        )


def write_contradiction(tx: Transaction, context: Context, control: Control, now: int) -> None:
    """Account for a proof, and tell clients what it marks, inside the transaction that keeps it."""
    verdicts, codes = context.member.verdicts, context.member.coalition.codes
    if control.tag is Tag.FORK_PROOF:
        fork = verdicts.forks[control.issuer]
        standing = context.member.directory.standing(fork.feed.device, now)
        code = "" if standing is None else codes[standing.certified.certificate.nation]
        finding = Finding(AuditEvent.ENTRY_FORK, control.issuer.hex(), code, detail=f"from number {fork.seq} on")
        write_finding(tx, now, finding)
        tell_marked(tx, context, control.issuer, now)
    if control.tag is Tag.REVOCATION:
        for feed in tx.feeds(device=control.issuer):
            tell_marked(tx, context, feed.feed_id, now)
    if verdicts.split(control):
        what = "publications" if control.tag is Tag.PUBLICATION else "certificates"
        finding = Finding(
            AuditEvent.CUSTODIAN_FORK, control.issuer.hex(), detail=f"two {what}, number {control.number}"
        )
        write_finding(tx, now, finding)


def tell_marked(tx: Transaction, context: Context, feed_id: bytes, now: int) -> None:
    """Tell clients which messages of a feed something is held against, inside the transaction that keeps it."""
    feed = tx.feed(feed_id)
    if feed is None:
        return
    verdict = context.member.verdicts.of(feed_id, feed.device, now)
    for message in tx.messages_of_feed(feed_id, feed.head_seq, after=max(0, feed.head_seq - MAX_TOLD)):
        if message.listed and verdict.mark(message.seq, message.entry_id):
            body = MessageMarked(channel_id=message.channel.hex(), entry_id=message.entry_id.hex())
            write_event(tx, now, body)
