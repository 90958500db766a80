"""What a node warns its clients of (SPEC 10, 12): what is wrong now, then what will stop soon.

Each line is a sentence for the person, with what to do where there is something to do. The worst comes first.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from coalchat.node.amending import charter_warnings
from coalchat.node.checkpointing import Checkpointing
from coalchat.node.context import Context
from coalchat.node.history import History
from coalchat.node.holding import Holding
from coalchat.node.ownfeeds import OwnFeeds
from coalchat.node.publishing import Publishing
from coalchat.node.rekeying import Rekeying
from coalchat.node.renewing import certificate_warnings
from coalchat.node.roe import Roe
from coalchat.node.runout import end_words, keys_until

KEYS_WARNING = 3 * 86_400
"""Seconds before a nation's last published edition ends at which clients are warned."""


@attrs.define(eq=False)
class Warnings:
    """The node's part for warnings."""

    context: Context = attrs.field(repr=False)
    holding: Holding = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)
    rekeying: Rekeying = attrs.field(repr=False)
    history: History = attrs.field(repr=False)
    own: OwnFeeds = attrs.field(repr=False)
    checkpointing: Checkpointing = attrs.field(repr=False)
    roe: Roe = attrs.field(repr=False)

    def said(self) -> tuple[str, ...]:
        """All of them."""
        ended, ending = certificate_warnings(self.context.member, self.context.now())
        now = (*self._of_this_device(), *self.rekeying.warnings(), *self._of_this_home(), *self._of_nations())
        return (*now, *ended, *self._of_keys(), *ending)

    def _of_this_device(self) -> Iterator[str]:
        member, now = self.context.member, self.context.now()
        if member.doubtful(now):
            yield "CLOCK DOUBTFUL: it lies beyond what this nation has published; nothing is sent until it is confirmed"
        standing = member.directory.standing(member.device, now)
        if standing is not None and standing.revoked is not None:
            yield "this device was revoked by its nation: nothing is sent, and nobody answers it"
        if member.strangers or member.prekeys.clashed(member.device):
            yield "somebody else states prekeys in this device's name: tell your custodian"
        if self.context.store.room.short:
            yield "the disk of this home is full: nothing is taken or sent until there is room"

    def _of_this_home(self) -> Iterator[str]:
        if self.holding.restored:
            yield "this home was restored from an older copy: key file and store are not of one time"
        if self.context.member.seat is not None and not self.publishing.ready():
            yield "this custodian's home was restored: it publishes nothing until it has met a peer that it can go on from"
        waiting = len(self.history.requests())
        if waiting:
            who = f"{waiting} devices ask" if waiting > 1 else "a device asks"
            yield f"{who} for history: `coalchat history list`"
        if self.own.unconfirmed:
            yield (
                f"{len(self.own.unconfirmed)} of this device's feeds wait for a peer to say how far they go:"
                " connect to one, or say `coalchat node offline`"
            )

    def _of_nations(self) -> Iterator[str]:
        member = self.context.member
        yield from charter_warnings(member)
        yield from self.roe.warnings()
        yield from self.checkpointing.warnings()
        for code in sorted({self._code_of(issuer) for issuer in member.verdicts.splits}):
            yield f"a custodian of {code} has signed two different things under one number"

    def _of_keys(self) -> Iterator[str]:
        member, now = self.context.member, self.context.now()
        ends = ((keys_until(member, index), index) for index in sorted(member.coalition.charter.present))
        for end, index in sorted(ends):
            if end - now < KEYS_WARNING:
                yield end_words(member, index, now)

    def _code_of(self, issuer: bytes) -> str:
        """The nation of a custodian's seat, as documents name it."""
        member = self.context.member
        custodian = member.directory.custodian_by_id(issuer)
        return member.coalition.codes[int.from_bytes(issuer[:4], "big") if custodian is None else custodian.nation]
