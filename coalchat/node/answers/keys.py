"""The keys, as clients ask for them: what runs, what is in reserve, and how long what can be opened (SPEC 7, 10.1)."""

from __future__ import annotations

from collections.abc import Callable

import attrs

from coalchat.api.nouns import KeyDemand, KeyEdition, KeyingDevice, KeyWindow, SilentDevice
from coalchat.api.requests import ConfirmClock, ShowKeys
from coalchat.api.responses import Keys
from coalchat.api.vocabulary import KeyState
from coalchat.custody.emergency import cut_off_until, runs_on_until
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.context import Context
from coalchat.node.rekeying import Rekeying
from coalchat.node.rollover import Rollover
from protocol.keys.walking import erased_at, oldest_erased, serves_until
from protocol.messages.retention import kept_until
from protocol.trust.publication import Edition, unsuperseded


@attrs.define(eq=False)
class KeyAnswers:
    """Handlers for the keys and the clock that they go by."""

    context: Context = attrs.field(repr=False)
    rollover: Rollover = attrs.field(repr=False)
    rekeying: Rekeying = attrs.field(repr=False)
    keying: Callable[[], tuple[KeyingDevice, ...]] = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {ShowKeys: self.show, ConfirmClock: self.confirm}

    async def show(self, request: ShowKeys, session: Session) -> Keys:
        """The edition and the segment that count now, and what is held."""
        del request, session
        return self.noun()

    async def confirm(self, request: ConfirmClock, session: Session) -> Keys:
        """A person confirms the clock."""
        del request, session
        await self.rollover.confirm()
        return self.noun()

    def noun(self) -> Keys:
        """The keys as clients see them."""
        member, now = self.context.member, self.context.now()
        length = member.coalition.charter.segment
        segment = member.segment(now)
        published = self._published()
        end = max((edition.last + 1 for _, edition, _ in published), default=0) * length
        running = [edition for _, edition, state in published if state is KeyState.EFFECTIVE]
        edition = running[0] if running else None
        return Keys(
            edition=0 if edition is None else edition.counter,
            segment=0 if edition is None else segment - edition.first + 1,
            segments=0 if edition is None else edition.last - edition.first + 1,
            segment_ends=(segment + 1) * length,
            edition_ends=end if edition is None else (edition.last + 1) * length,
            published_until=end,
            editions=tuple(self._edition(*one) for one in published),
            levels=tuple(self._window(level, segment, now) for level in range(member.certificate.clearance.level + 1)),
            clock_doubtful=member.doubtful(now),
            silent=self._silent(),
            demands=self._demands(),
            keying=self.keying(),
            unshared_level=member.policy.levels[-1].name,
        )

    def _published(self) -> list[tuple[int, Edition, KeyState]]:
        """This nation's editions, each with its seat, the own custodian's first, by counter."""
        member = self.context.member
        segment, own = member.segment(self.context.now()), member.certificate.custodian
        found = []
        # The seat that certified this device hands out its seeds; another seat's editions may run beside.
        for publication in sorted(member.directory.publications(member.nation), key=lambda p: p.custodian != own):
            current = publication.current_editions(segment)
            counting = unsuperseded(publication.editions)
            for edition in publication.editions:
                ahead = edition.first > segment and edition in counting
                state = KeyState.RESERVE if ahead else KeyState.SUPERSEDED
                found.append((publication.custodian, edition, KeyState.EFFECTIVE if edition in current else state))
        return found

    def _edition(self, seat: int, edition: Edition, state: KeyState) -> KeyEdition:
        member = self.context.member
        length, certificate = member.coalition.charter.segment, member.certificate
        wanted = set(certificate.clearance.compartments() if certificate.scope.read else ())
        place = (seat, edition.counter)
        until, longer = self._cut_off(edition)
        here = {(s.level, s.category) for s in member.ring.seeds if (s.custodian, s.counter) == place}
        return KeyEdition(
            custodian=seat,
            counter=edition.counter,
            state=state,
            starts=edition.first * length,
            ends=(edition.last + 1) * length,
            held=wanted <= here,
            supersedes=edition.supersedes,
            cut_off_until=until,
            runs_on_until=longer,
        )

    def _cut_off(self, edition: Edition) -> tuple[int, int]:
        """Until when a sender who has not heard may still seal to an edition that was replaced, and may where the level
        runs on; 0 if it was not, or it is over."""
        member, now = self.context.member, self.context.now()
        charter = member.coalition.charter
        replaced = any(
            other.supersedes == edition.counter and edition in publication.editions
            for publication in member.directory.publications(member.nation)
            for other in publication.editions
        )
        if not replaced:
            return 0, 0
        until, longer = cut_off_until([edition], charter), runs_on_until([edition], charter)
        return until if until > now else 0, longer if longer > now else 0

    def _demands(self) -> tuple[KeyDemand, ...]:
        progress = self.rekeying.progress() if self.context.member.ring.custodian else None
        if progress is None:
            return ()
        return (
            KeyDemand(
                at=progress.at, devices=progress.devices, answered=progress.answered, keyed=progress.keyed
            ),
        )  # fmt: skip

    def _window(self, level: int, segment: int, now: int) -> KeyWindow:
        member = self.context.member
        charter = member.coalition.charter
        seeds = [s for s in member.ring.seeds if s.level == level and s.segment <= segment]
        oldest = min(seeds, key=lambda seed: seed.segment, default=None)
        kept = 0 if oldest is None else oldest_erased(oldest, member.ring.seeds, charter)
        if oldest is not None and kept <= now:  # a catch-up window holds it
            kept = max((window.closes() for window in self.rollover.windows), default=now)
        # Of an edition that no newer seed follows yet, the last key may have to serve longer than its own segment.
        last = [serves_until(s, member.ring.seeds, charter) - 1 for s in seeds if s.last <= segment]
        return KeyWindow(
            level=level,
            name=member.policy.levels[level].name,
            closes=erased_at(charter, level, max(segment, *last, 0)),
            kept_until=kept,
            bodies_until=kept_until(charter, level, segment),
        )

    def _silent(self) -> tuple[SilentDevice, ...]:
        return tuple(
            SilentDevice(
                person=silent.certified.certificate.name,
                device_id=silent.certified.device.hex(),
                device=silent.certified.certificate.number,
                stated=silent.stated,
                suspended=silent.suspended,
            )
            for silent in self.rekeying.silent()
        )
