"""History hand-over (SPEC 10.9): a device that cannot read older entries asks another of its own nation; a person there decides.

    asker                                             holder
    what cannot be read -> HISTORY_REQUEST  ->        kept until a person decides
                                                      approved: what the asker may have, as evidence
    checked by the charter, opened         <-         HISTORY_GRANT ... and an empty one

Rule 1: no key goes over but the content keys of single entries, and those over the link of the two devices alone: it is
authenticated by both, and nobody carries for them.
Rule 2: the holder gives what lies within the asker's certificate, by its time and its clearance, to a device that is valid now.
Rule 3: the asker believes nothing: each entry comes as evidence, and must be one that it asked for.
Rule 4: one request of a device is open at a holder, and one at the asker for each holder; a newer takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import attrs
import trio

from coalchat.errors import Expired, NotAuthorised, UnknownDevice, UnknownRequest, Unreachable, UsageError
from coalchat.node.answers.naming import MIN_PREFIX, find_device
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.feeds import Feeds
from coalchat.node.intake import Intake
from coalchat.node.journal import Finding, write_finding
from coalchat.node.opening import Opened, Opening
from coalchat.node.proving import Proving
from coalchat.node.retaining import Retaining
from coalchat.node.session import LinkSession
from coalchat.store.faces import Transaction
from coalchat.store.rows import Message
from protocol.base.errors import StateError
from protocol.base.limits import MAX_HISTORY, MAX_RECORD
from protocol.base.records import decode
from protocol.exchange.events import HistoryGiven, HistoryRequested
from protocol.keys.envelope import read_envelope
from protocol.messages.entry import read_any_entry
from protocol.messages.evidence import Evidence, Proved, check_evidence
from protocol.trust.access import may_read
from protocol.trust.credential import Certificate, Certified, Role
from protocol.trust.label import ReleaseKey, label_of

CUSTODIAN = int(Role.CUSTODIAN)
GRANTS = 16
"""Approved requests that wait to leave."""
ASKED = "history.asked"
REQUESTED = "history.requested"


@attrs.frozen
class Request:
    """One request, at either end.

    Attributes:
        device: the other end. entries: what is asked for. at: when.
    """

    id: bytes
    device: bytes
    entries: frozenset[bytes]
    at: int


@attrs.frozen
class Grant:
    """What a person has approved, and is on its way."""

    request: Request
    rows: tuple[Message, ...]


@attrs.define(eq=False)
class History:
    """The node's part for the hand-over of history, at both ends."""

    context: Context = attrs.field(repr=False)
    feeds: Feeds = attrs.field(repr=False)
    opening: Opening = attrs.field(repr=False)
    retaining: Retaining = attrs.field(repr=False)
    intake: Intake = attrs.field(repr=False)
    proving: Proving = attrs.field(repr=False)
    session: Callable[[bytes], LinkSession | None] = attrs.field(repr=False)
    _deciding: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)
    _taken: dict[bytes, int] = attrs.field(factory=dict, init=False, repr=False)
    """By request, how many entries came that can be read now."""
    _send: trio.MemorySendChannel[Grant] = attrs.field(init=False, repr=False)
    _receive: trio.MemoryReceiveChannel[Grant] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._send, self._receive = trio.open_memory_channel[Grant](GRANTS)

    async def take(self, peer: Certified, event: HistoryRequested | HistoryGiven) -> None:
        """What a peer says of history.

        Raises:
            StateError: it is of another nation, or gives what was not asked for.
            RemoteProtocolError: what it gives proves nothing.
        """
        if peer.certificate.nation != self.context.member.nation:
            raise StateError("is asked and given within a nation only", field="history")
        if isinstance(event, HistoryRequested):
            await self._requested(peer, event)
        else:
            await self._given(peer, event)

    # --- the asker ---

    async def ask(self, given: str, channel: bytes | None) -> Request:
        """Ask a device of this nation for what cannot be read here.

        Args:
            given: its id, or the first 8 digits or more; "": any that a link is up to, a custodian's first.

        Raises:
            UnknownDevice, Ambiguous: there is none, or not one. Unreachable: no link to it is up. UsageError: that is no id, or there is nothing to ask for.
        """
        session = self._holder(given)
        entries = sorted(self._wanted(channel))
        if not entries:
            raise UsageError("nothing that this device may read is closed to it")
        request = Request(self.context.entropy(16), session.peer.device, frozenset(entries), self.context.now())
        others = [known for known in self._kept(ASKED) if known.device != request.device]
        finding = Finding(AuditEvent.HISTORY_ASKED, request.device.hex(), detail=str(len(entries)))
        await self._keep(ASKED, [*others, request], finding)
        session.speak(lambda sync: sync.ask_history(request.id, entries))
        return request

    def _holder(self, given: str) -> LinkSession:
        member = self.context.member
        valid = [one for one in member.valid(member.nation) if one.device != member.device]
        valid.sort(key=lambda one: (one.certificate.role != CUSTODIAN, one.device))
        if given:
            device = find_device(self.context, given)
            valid = [one for one in valid if one.device == device]
            if not valid:
                raise UnknownDevice(given)
        sessions = (self.session(one.device) for one in valid)
        for session in sessions:
            if session is not None and session.live:
                return session
        raise Unreachable("no link to such a device of this nation is up")

    def _wanted(self, channel: bytes | None) -> list[bytes]:
        """The newest entries that this device may read, could not, and that nobody has purged."""
        certificate = self.context.member.certificate
        found = [
            row.entry_id
            for row in self.context.store.read.unreadable(0)
            if (channel is None or row.channel == channel) and self._within(certificate, row)
        ]
        return found[-MAX_HISTORY:]

    async def _given(self, peer: Certified, event: HistoryGiven) -> None:
        open_ = self._kept(ASKED)
        request = next((one for one in open_ if (one.id, one.device) == (event.id, peer.device)), None)
        if request is None:
            raise StateError("was not asked for", field="history")
        others = [one for one in open_ if one is not request]
        if not event.evidence:
            finding = Finding(AuditEvent.HISTORY_TAKEN, peer.device.hex(), detail=str(self._taken.pop(request.id, 0)))
            await self._keep(ASKED, others, finding)
            return
        member = self.context.member
        proved = check_evidence(member.coalition, member.policy, event.evidence)
        if proved.entry.id not in request.entries:
            raise StateError("was not asked for", field="history")
        if await self._open(proved, event.evidence):
            self._taken[request.id] = self._taken.get(request.id, 0) + 1

    async def _open(self, proved: Proved, data: bytes) -> bool:
        """Read what was proved, where it is still closed here and its author had the right to say it."""
        read, name = self.context.store.read, proved.entry.id
        feed, row, message = self.feeds.get(proved.feed.id), read.entry(name), read.message(name)
        envelope = None if row is None else read.envelope(row.envelope_id)
        if feed is None or row is None or envelope is None or message is None or message.kind:
            return False
        if not self._within(self.context.member.certificate, message):
            return False
        given = decode(Evidence, data)
        outcome = self.opening.proved(
            feed, read_envelope(envelope.data), Opened(proved.payload, given.payload, given.ck)
        )
        if not isinstance(outcome, Opened):
            return False
        await self.intake.handed_over(feed, read_any_entry(row.data), envelope.n, outcome)
        return True

    # --- the holder ---

    async def _requested(self, peer: Certified, event: HistoryRequested) -> None:
        request = Request(event.id, peer.device, frozenset(event.entries), self.context.now())
        others = [one for one in self._kept(REQUESTED) if one.device != peer.device]
        finding = Finding(AuditEvent.HISTORY_REQUESTED, peer.device.hex(), detail=str(len(event.entries)))
        await self._keep(REQUESTED, [*others, request], finding)

    def requests(self) -> list[Request]:
        """Requests that wait for a person here, the oldest first."""
        return sorted(self._kept(REQUESTED), key=lambda one: (one.at, one.id))

    def asker(self, request: Request) -> Certified | None:
        """The device that asks, if it may be given anything now."""
        member, now = self.context.member, self.context.now()
        standing = member.directory.standing(request.device, now)
        allowed = standing is not None and standing.valid and not member.prekeys.clashed(request.device)
        return standing.certified if standing is not None and allowed and not member.doubtful(now) else None

    def givable(self, request: Request, asker: Certified) -> list[Message]:
        """What of a request is kept here, and lies within the asker's certificate."""
        rows = (self.context.store.read.message(name) for name in sorted(request.entries))
        found = [row for row in rows if row is not None and row.kind and not row.purged]
        return [row for row in found if self._within(asker.certificate, row)]

    def _within(self, certificate: Certificate, row: Message) -> bool:
        """Whether a message lies within a certificate's validity and clearance, and its retention is not over.

        A direct message lies within none: it is between its devices, and their nation is given nothing of it.
        """
        member, release = self.context.member, decode(ReleaseKey, row.release)
        if row.channel not in member.channels:
            return False
        length = member.coalition.charter.segment
        timely = certificate.not_before < (row.n + 1) * length and row.n * length <= certificate.not_after
        denial = may_read(certificate.clearance, certificate.nation, member.policy.hash, label_of(release))
        return timely and denial is None and certificate.scope.read and not self.retaining.over(release.level, row.n)

    async def approve(self, given: str) -> tuple[Request, int]:
        """A person lets a device have what it asks for; how many entries go.

        Raises:
            UnknownRequest. NotAuthorised: the device is not valid now: nothing goes, and the request is dropped.
            Unreachable: no link to it is up; the request stays.
        """
        async with self._deciding:
            request = self._find(given)
            asker = self.asker(request)
            if asker is None:
                await self._drop(request, "not valid now")
                raise NotAuthorised("that device is not valid now, or was suspended: it is given nothing")
            session = self.session(request.device)
            if session is None or not session.live:
                raise Unreachable("no link to that device is up")
            grant = Grant(request, tuple(self.givable(request, asker)))
            said = f"{len(grant.rows)} of {len(request.entries)}"
            finding = Finding(AuditEvent.HISTORY_GRANTED, request.device.hex(), detail=said)
            await self._keep(REQUESTED, [one for one in self._kept(REQUESTED) if one.id != request.id], finding)
            await self._send.send(grant)
            return request, len(grant.rows)

    async def run(self) -> None:
        """Give what was approved, until cancelled."""
        async for grant in self._receive:
            session = self.session(grant.request.device)
            if session is not None and session.live and self.asker(grant.request) is not None:
                await self._give(grant, session)

    async def _give(self, grant: Grant, session: LinkSession) -> None:
        """Give it as long as the link is up; what did not go is asked for again."""
        for data in self._evidence(grant.rows):
            if not await session.give_history(grant.request.id, data):
                return
            await trio.lowlevel.checkpoint()
        await session.give_history(grant.request.id, b"")

    def _evidence(self, rows: Iterable[Message]) -> Iterator[bytes]:
        """Evidence of messages, of each that it can be made of here and that goes into a frame."""
        for row in rows:
            with suppress(UsageError, Expired):  # purged just now, or its author's custodian is not known here any more
                data = self.proving.make(row)
                if len(data) <= MAX_RECORD:
                    yield data

    async def refuse(self, given: str) -> Request:
        """A person lets a device have nothing.

        Raises:
            UnknownRequest.
        """
        async with self._deciding:
            request = self._find(given)
            await self._drop(request, "")
            session = self.session(request.device)
            if session is not None and session.live:
                await session.give_history(request.id, b"")
            return request

    async def _drop(self, request: Request, why: str) -> None:
        finding = Finding(AuditEvent.HISTORY_REFUSED, request.device.hex(), detail=why)
        await self._keep(REQUESTED, [one for one in self._kept(REQUESTED) if one.id != request.id], finding)

    def _find(self, given: str) -> Request:
        found = [one for one in self.requests() if one.id.hex().startswith(given.lower())]
        if len(given) < MIN_PREFIX or len(found) != 1:
            raise UnknownRequest(given)
        return found[0]

    # --- what is open, durably ---

    def _kept(self, place: str) -> list[Request]:
        value = self.context.store.read.meta(place)
        return [] if value is None else [_from_json(one) for one in json.loads(value)]

    async def _keep(self, place: str, requests: list[Request], finding: Finding | None = None) -> None:
        value, now = json.dumps([_to_json(one) for one in requests]).encode("ascii"), self.context.now()

        def write(tx: Transaction) -> None:
            tx.set_meta(place, value)
            if finding is not None:
                write_finding(tx, now, finding)

        await self.context.store.write(write)


def _to_json(one: Request) -> dict[str, Any]:
    entries = [name.hex() for name in sorted(one.entries)]
    return {"id": one.id.hex(), "device": one.device.hex(), "entries": entries, "at": one.at}


def _from_json(one: dict[str, Any]) -> Request:
    entries = frozenset(bytes.fromhex(name) for name in one["entries"])
    return Request(bytes.fromhex(one["id"]), bytes.fromhex(one["device"]), entries, one["at"])
