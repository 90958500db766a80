"""Rules of engagement as this node holds them (SPEC 8.11): its log, folded into a profile whenever somebody asks.

Nothing of it is kept: what is in force follows from entries, marks, charter, certificates and the time, and is worked out anew. What
was worked out last is remembered for as long as none of these has changed.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from coalchat.node.context import Context
from coalchat.store.rows import Message
from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.messages.payload import decode_payload
from protocol.messages.profile import Profile, fold
from protocol.messages.roe import RoeEndorsementPayload, RoeNoticePayload
from protocol.messages.signatory import Authorities, Signatory, authorities
from protocol.messages.standing import Flaw, Logged, Notice
from protocol.trust.label import ReleaseKey

KINDS = frozenset({Tag.ROE_NOTICE, Tag.ROE_ENDORSEMENT})
"""Kinds that make the log. Their bodies outlive their retention: what is in force must be known."""


@attrs.define(eq=False)
class Roe:
    """The node's part for reading ROE."""

    context: Context = attrs.field(repr=False)
    _key: object = attrs.field(default=None, init=False, repr=False)
    _last: Profile | None = attrs.field(default=None, init=False, repr=False)

    @property
    def rules(self) -> Authorities:
        """What the charter in force says of ROE."""
        return authorities(self.context.member.coalition.charter)

    def me(self) -> Signatory:
        """This device's person."""
        certificate = self.context.member.certificate
        return Signatory(certificate.nation, certificate.person, certificate.name, certificate.role)

    def rows(self) -> list[Message]:
        """The log's entries that are here, opened."""
        return self.context.store.read.roe_log()

    def log(self) -> Iterator[Logged]:
        """They as the fold takes them."""
        for row in self.rows():
            payload = decode_payload(row.payload)
            if isinstance(payload, RoeNoticePayload | RoeEndorsementPayload):
                yield Logged(
                    row.entry_id,
                    row.channel,
                    decode(ReleaseKey, row.release),
                    self._author(row),
                    payload,
                    self._mark(row),
                )

    def _author(self, row: Message) -> Signatory:
        standing = self.context.member.directory.standing(row.device, self.context.now())
        if standing is None:
            return Signatory(row.nation, row.person, "", 0)
        certificate = standing.certified.certificate
        return Signatory(row.nation, row.person, certificate.name, certificate.role)

    def _mark(self, row: Message) -> Flaw | None:
        verdict = self.context.member.verdicts.of(row.feed_id, row.device, self.context.now())
        mark = verdict.mark(row.seq, row.entry_id)
        if mark.disputed:
            return Flaw.DISPUTED
        return Flaw.DISOWNED if mark.disowned is not None else None

    def profile(self, at: int = 0) -> Profile:
        """What the log says at a time; 0: now."""
        member = self.context.member
        now = self.context.now()
        key = (
            at or now,
            now,
            self.context.store.read.last_position(),
            member.coalition.charter_hash,
            len(member.verdicts.forks),
            len(member.verdicts.disownings),
        )
        if self._last is None or key != self._key:
            self._last, self._key = fold(self.log(), self.rules, at or now), key
        return self._last

    def notice(self, entry_id: bytes) -> Notice | None:
        """One notice, if it is here."""
        return next((n for n in self.profile().notices if n.logged.entry == entry_id), None)

    def warnings(self) -> Iterator[str]:
        """An alarm for each series that has a gap."""
        for gap in self.profile().gaps:
            nation = self.context.code(gap.series[1])
            yield f"ROE of {nation}: {gap.words}: what is behind it is NOT IN FORCE here"
