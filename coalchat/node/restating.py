"""What stands in force, stated anew for who came later (SPEC 8.13): MINIMIZE, and who stands in for a nation.

    channel wider, or a device certified later, or an edition over -> no statement here that all can open -> one more

Rule 1: it is the same notice, and names the first that said it: it begins nothing and takes no line where that one is known.
Rule 2: what is here decides: a statement that all members can open is not made twice, whoever made it. Who said it first states it
anew at once; the others that may, one after another, each a segment later: a node that is away holds nothing up, and two that do
not hear each other say the same.
Rule 3: a refused statement waits for the next reason to look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

import attrs

from coalchat.errors import Refused
from coalchat.node.bell import Bell
from coalchat.node.context import Context
from coalchat.node.deputies import all_said, standing_in, voices
from coalchat.node.noticing import current_minimize, for_all, reason_of, statements
from coalchat.node.sending import Sending
from coalchat.store.rows import Message
from protocol.base.ids import Tag
from protocol.base.limits import CLOCK_SKEW
from protocol.base.records import decode
from protocol.messages.notices import Given, Notice, NoticePayload
from protocol.messages.payload import FORMAT
from protocol.messages.refs import Ref, Relation
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Precedence, Role
from protocol.trust.label import ReleaseKey

PAUSE = 1.0
"""Seconds in which documents that come together are waited for: all devices are looked at, once and not for each."""

PURGED = "as ordered before; the words are purged"
"""The reason of an order of which no body is here any more."""


@attrs.frozen
class Order:
    """What stands in a channel: by which messages it is known here, and the devices that may state it anew, in their order."""

    revision: ChannelRevision
    notice: Notice
    given: Given
    said: Sequence[Message]
    speakers: tuple[bytes, ...]


@attrs.define(eq=False)
class Restating:
    """The node's part for who came later."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    _bell: Bell = attrs.field(factory=Bell, init=False, repr=False)

    def wake(self) -> None:
        """A channel, a certificate or an order is new, or a segment has begun."""
        self._bell.ring()

    async def run(self) -> None:
        """State anew what is due, until cancelled."""
        while True:
            await self.settle()
            await self._bell.wait(PAUSE)

    async def settle(self) -> None:
        """State anew what is due now."""
        member = self.context.member
        if member.doubtful(self.context.now()):
            return
        for revision in tuple(member.channels.values()):
            for order in self._orders(revision):
                since = self._lacking(revision, order.said)
                turn = order.speakers.index(member.device)
                if since is not None and member.segment(self.context.now()) >= since + turn:
                    await state_anew(self.context, self.sending, order)

    def _orders(self, revision: ChannelRevision) -> Iterator[Order]:
        """What stands in a channel and this device may state anew."""
        member = self.context.member
        order = current_minimize(self.context, revision)
        if order is not None and order.on and member.device in revision.admins:
            yield order_of_minimize(self.context, revision, order)
        deputy = standing_in(self.context, revision, member.nation)
        if deputy is not None:
            by = {one.device for one in all_said(self.context, revision, member.nation) if one.entry == deputy.entry}
            may = by | voices(self.context, revision, member.nation).naming
            if member.device in may:
                yield _order(self.context, revision, Notice.DEPUTY, deputy, by, may)

    def _lacking(self, revision: ChannelRevision, said: Sequence[Message]) -> int | None:
        """Since which segment somebody in a channel can open none of these statements; none: everybody can."""
        member = self.context.member
        members, coalition = member.members(revision), member.coalition
        reaching = [row.n for row in said if members <= set(decode(ReleaseKey, row.release).releasable)]
        if not reaching:
            return coalition.segment_at(revision.issued)
        newest = max(reaching)
        # Nobody is told whether a certificate is a renewal: it is stated once more for that too.
        later = [
            segment
            for nation in members
            for known in member.valid(nation)
            if known.certificate.role != int(Role.RELAY)
            and (segment := coalition.segment_at(known.certificate.not_before + CLOCK_SKEW)) > newest
        ]
        over = newest + coalition.charter.edition  # who was away, and holds no keys of that time any more
        return min(later, default=over if member.segment(self.context.now()) >= over else None)


def order_of_minimize(context: Context, revision: ChannelRevision, given: Given) -> Order:
    """What was last ordered of MINIMIZE, for an admin to state anew."""
    admins = frozenset(revision.admins)
    return _order(context, revision, Notice.MINIMIZE, given, admins, admins)


def _order(
    context: Context,
    revision: ChannelRevision,
    notice: Notice,
    given: Given,
    by: AbstractSet[bytes],
    may: AbstractSet[bytes],
) -> Order:
    said = statements(context, revision, given, notice, by)
    author = next((row.device for row in said if row.entry_id == given.entry), given.device)
    return Order(revision, notice, given, said, tuple(sorted(may, key=lambda device: (device != author, device))))


async def state_anew(context: Context, sending: Sending, order: Order) -> bool:
    """State a notice of a channel anew, for all its members; whether it went out."""
    label, given = for_all(context, order.revision), order.given
    kinds = context.member.certificate.scope.kinds
    if sending.decide(label, order.revision) is not None or (kinds and int(Tag.NOTICE) not in kinds):
        return False
    purged = PURGED if order.notice is Notice.MINIMIZE and given.on else ""
    refs = (Ref(int(Relation.REISSUE), given.entry),)
    payload = NoticePayload(
        FORMAT, context.now(), False, refs, int(order.notice), given.number, given.on, reason_of(order.said) or purged,
        given.person, given.until, given.since,
    )  # fmt: skip
    try:
        await sending.post(order.revision, label.release_key(), payload, Precedence.ROUTINE)
    except Refused:
        return False  # keys of who has come are still on their way
    return True
