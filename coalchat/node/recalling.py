"""Recalling (SPEC 8.10): an author recalls what he said; what others recalled is confirmed, once it is purged here.

    retraction comes -> bodies and content keys gone, one transaction -> lines say so -> purge confirmed, once

Rule 1: a device confirms after its own purge is durable; what could not be sealed is owed, and the store says so.
Rule 2: what a device says is its word: no more is promised or shown.
"""

from __future__ import annotations

import attrs

from coalchat.errors import CoalchatError, UsageError
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.receipting import Receipting
from coalchat.node.sending import Posted, Sending
from coalchat.node.versioning import author_of, first_of
from coalchat.store.faces import Reader
from coalchat.store.rows import Message
from protocol.base.limits import MAX_RANGES
from protocol.base.records import decode
from protocol.messages.payload import FORMAT
from protocol.messages.receipts import Range
from protocol.messages.versions import RECALLABLE, PurgedPayload, Recall, RetractionPayload
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey, label_of


@attrs.define(eq=False)
class Recalling:
    """The node's part for recalling, and for confirming what others recalled."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    receipting: Receipting = attrs.field(repr=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)

    async def recall(self, row: Message, reason: Recall) -> tuple[Posted, RetractionPayload]:
        """Recall a message of this person's, all its versions with it.

        Raises:
            UsageError: it is another's, or of a kind that is not recalled. Refused: the clause says why.
        """
        read, member = self.context.store.read, self.context.member
        if (row.nation, row.person) != (member.nation, member.certificate.person):
            raise UsageError("id: only who said it recalls it")
        if row.kind not in RECALLABLE:
            raise UsageError("id: an entry of this kind is not recalled")
        entries = _all_of(read, row)
        for given, retraction in read.recalls_of(row.entry_id, *author_of(row)):
            known = tuple(sorted(one.entry_id for one in read.recalls(retraction.entry_id)))
            if given == reason and set(entries) <= set(known):
                said = RetractionPayload(FORMAT, retraction.author_time, False, (), known, given)
                return Posted(retraction, repeated=True), said
        payload = RetractionPayload(FORMAT, self.context.now(), False, (), entries, int(reason))
        ceiling = member.certificate.scope.precedence
        precedence = Precedence(min(max(row.precedence, int(Precedence.IMMEDIATE)), ceiling))
        label = label_of(decode(ReleaseKey, row.release))
        posted = await self.sending.send_text(self.sending.place(row.channel), label, payload, precedence, None)
        return posted, payload

    def wake(self) -> None:
        """Something was recalled, or what could not be confirmed may be confirmed now."""
        self._bell.ring()

    async def run(self) -> None:
        """Confirm what was purged, until cancelled."""
        self.wake()
        while True:
            await self._bell.wait()
            for retraction in self.context.store.read.unconfirmed(self.context.member.device):
                await self._confirm(retraction)

    async def _confirm(self, retraction: Message) -> None:
        place = self.context.member.place(retraction.channel)
        if place is None:
            return
        release = decode(ReleaseKey, retraction.release)
        of = Range(retraction.feed_id, retraction.seq, retraction.entry_id)
        payload = PurgedPayload(FORMAT, self.context.now(), noplay=False, refs=(), of=of)
        try:
            under = self.receipting.under((of,), release)
            await self.sending.post(place, release, payload, Precedence.ROUTINE, under=under)
        except CoalchatError:
            return  # nothing to seal to just now: the store says what is owed


def _all_of(read: Reader, row: Message) -> tuple[bytes, ...]:
    first = first_of(read, row)
    if first is None:  # its first version is not here: what is known by its own name
        return (row.entry_id,)
    names = {row.entry_id, first.entry_id, *(one.entry_id for _, one in read.versions(first.entry_id, row))}
    if len(names) > MAX_RANGES:
        raise UsageError(f"id: it has more than {MAX_RANGES} versions")
    return tuple(sorted(names))
