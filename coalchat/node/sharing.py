"""Envelopes shared within a nation (SPEC 7.8): a device asks its nation's keying devices before it makes one itself.

    sender                                            keying device
    no envelope yet -> ENVELOPE_REQUEST       ->      its own live one of that channel, label and segment, or a new one
    judged, kept, sealed under                <-      ENVELOPE_GRANT, or ENVELOPE_DENIAL

Rule 1: it is a matter of fewer bytes, never of being able to send: where nobody answers in time, and where what comes is
not what this device would have made, it makes its own.
Rule 2: what is asked for is asked once, however many messages wait for it.
Rule 3: who did not answer is left in peace for a while: not each label waits for him anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final

import attrs
import trio

from coalchat.errors import Refused
from coalchat.node.addressing import Conversation
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context, Say
from coalchat.node.envelopes import Envelopes
from coalchat.node.intake import Intake
from coalchat.node.keyers import keyers, may_make, named_keyers, shareable
from coalchat.node.sending import Place, Sending
from coalchat.node.session import LinkSession
from protocol.base.errors import AuthenticationError, StateError
from protocol.base.limits import KEYING_ANSWER, MAX_SHARED_ENVELOPES
from protocol.exchange.asking import Unshared
from protocol.exchange.events import EnvelopeDenied, EnvelopeGranted, EnvelopeRequested
from protocol.trust.access import may_seal
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Certified
from protocol.trust.label import ReleaseKey, label_of

RESPITE: Final = 60.0
"""Seconds for which a keying device that did not answer is not asked again."""


@attrs.define(eq=False)
class Question:
    """One that is open at a keying device."""

    device: bytes
    answered: trio.Event = attrs.field(factory=trio.Event)


@attrs.define(eq=False)
class Sharing:
    """The node's part for keying devices, at both ends."""

    context: Context = attrs.field(repr=False)
    envelopes: Envelopes = attrs.field(repr=False)
    intake: Intake = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    session: Callable[[bytes], LinkSession | None] = attrs.field(repr=False)
    _numbers: Iterator[int] = attrs.field(factory=lambda: count(1), init=False, repr=False)
    _questions: dict[int, Question] = attrs.field(factory=dict, init=False, repr=False)
    _asking: dict[tuple[bytes, bytes], trio.Event] = attrs.field(factory=dict, init=False, repr=False)
    """By channel and release key, what is being asked for."""
    _silent: dict[bytes, float] = attrs.field(factory=dict, init=False, repr=False)
    """Keying devices that did not answer, and until when they are left in peace."""
    _made: Counter[bytes] = attrs.field(factory=Counter, init=False, repr=False)
    """By device, the envelopes that were made anew for it in `_segment`."""
    _segment: int = attrs.field(default=0, init=False)

    # --- who seals ---

    async def prepare(self, place: Place, release: ReleaseKey) -> None:
        """Get an envelope to seal under, if there is none and a keying device can give one within its time."""
        if isinstance(place, Conversation) or self._served(place, release):
            return
        key = (place.channel, release.packed)
        if key in self._asking:
            await self._asking[key].wait()
            return
        event = self._asking[key] = trio.Event()
        asked = b""
        try:
            with trio.move_on_after(KEYING_ANSWER) as scope:
                for session in self._reachable(place, release):
                    asked = session.peer.device
                    await self._ask(session, place, release)
                    if self._served(place, release):
                        return
            if scope.cancelled_caught:
                self._silent[asked] = trio.current_time() + RESPITE
        finally:
            del self._asking[key]
            event.set()

    def _served(self, place: ChannelRevision, release: ReleaseKey) -> bool:
        """Whether there is nothing to ask for: an envelope is here, or none of another's could be used."""
        member, now = self.context.member, self.context.now()
        if member.device in named_keyers(member) or not keyers(member, place.channel, release, now):
            return True
        try:
            return self.envelopes.live(place, release, now) is not None or not self.envelopes.opens(release, now)
        except Refused:  # sealing will say why
            return True

    def _reachable(self, place: ChannelRevision, release: ReleaseKey) -> Iterator[LinkSession]:
        for keyer in keyers(self.context.member, place.channel, release, self.context.now()):
            session = self.session(keyer.device)
            if session is not None and session.live and self._silent.get(keyer.device, 0) <= trio.current_time():
                yield session

    async def _ask(self, session: LinkSession, place: ChannelRevision, release: ReleaseKey) -> None:
        number, question = next(self._numbers), Question(session.peer.device)
        self._questions[number] = question
        try:
            if not session.speak(lambda sync: sync.ask_envelope(number, place.channel, release)):
                return
            async with trio.open_nursery() as nursery:
                # A link that ends answers no more: the next one, or an own envelope, at once.
                nursery.start_soon(_cancel_after, session.ended, nursery.cancel_scope)
                await question.answered.wait()
                nursery.cancel_scope.cancel()
        finally:
            del self._questions[number]

    async def _granted(self, peer: Certified, event: EnvelopeGranted) -> None:
        question = self._open(peer, event.number)
        if event.envelope.context.device != peer.device:
            error = AuthenticationError()
            await self.context.refuse(
                AuditEvent.ENVELOPE_REFUSED, error, subject=peer.device.hex(), nation=peer.certificate.nation
            )
        else:
            await self.intake.envelope(event.envelope.data, peer.certificate.nation)
        if question is not None:
            question.answered.set()

    def _open(self, peer: Certified, number: int) -> Question | None:
        """The question that waits for this answer; none: it comes too late."""
        question = self._questions.get(number)
        return question if question is not None and question.device == peer.device else None

    # --- both ends ---

    async def take(
        self, peer: Certified, event: EnvelopeRequested | EnvelopeGranted | EnvelopeDenied, say: Say
    ) -> None:
        """What a peer asks, gives or denies.

        Raises:
            StateError: it is of another nation.
        """
        if peer.certificate.nation != self.context.member.nation:
            raise StateError("envelopes are asked for and given within a nation only", field="envelope")
        match event:
            case EnvelopeRequested():
                await self._requested(peer, event, say)
            case EnvelopeGranted():
                await self._granted(peer, event)
            case EnvelopeDenied():
                question = self._open(peer, event.number)
                if question is not None:
                    question.answered.set()

    # --- the keying device ---

    async def _requested(self, peer: Certified, event: EnvelopeRequested, say: Say) -> None:
        answer = await self._answer(peer, event)
        if isinstance(answer, Unshared):
            why = answer
            say(lambda sync: sync.withhold_envelope(event.number, why))
        else:
            data = answer
            say(lambda sync: sync.share_envelope(event.number, data))

    async def _answer(self, peer: Certified, event: EnvelopeRequested) -> bytes | Unshared:
        member, release, now = self.context.member, event.release, self.context.now()
        if member.device not in named_keyers(member):
            return Unshared.NOT_KEYING
        place = member.channels.get(event.channel)
        if place is None:
            return Unshared.CHANNEL
        if self.sending.standing_denied() is not None:
            return Unshared.UNABLE
        if not self._permitted(peer, place, release, now):
            return Unshared.LABEL
        try:
            if self.envelopes.live(place, release, now, own=True) is None and not self._may_make(peer.device, now):
                return Unshared.BUSY
            return (await self.sending.keep_envelope(place, release)).data
        except Refused:
            return Unshared.UNABLE

    def _permitted(self, peer: Certified, place: ChannelRevision, release: ReleaseKey, now: int) -> bool:
        """Whether the label is one to share, and both devices may say something at it there."""
        member, label = self.context.member, label_of(release)
        standing = member.directory.standing(peer.device, now)
        if standing is None or not standing.valid or not shareable(member, release.level):
            return False
        for certificate in (member.certificate, standing.certified.certificate):
            denial = may_seal(
                label,
                policy=member.policy.hash,
                clearance=certificate.clearance,
                nation=certificate.nation,
                members=member.members(place),
                ceiling=place.ceiling,
            )
            if denial is not None or not may_make(certificate, place.channel, release):
                return False
        return True

    def _may_make(self, device: bytes, now: int) -> bool:
        """Whether one more may be made anew for a device in this segment; it counts."""
        segment = self.context.member.segment(now)
        if segment != self._segment:
            self._segment = segment
            self._made.clear()
        self._made[device] += 1
        return self._made[device] <= MAX_SHARED_ENVELOPES


async def _cancel_after(event: trio.Event, scope: trio.CancelScope) -> None:
    await event.wait()
    scope.cancel()
