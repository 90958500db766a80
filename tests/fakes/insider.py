"""A member of the coalition who breaks the rules: he authenticates as one of its devices, and then says what he likes.

insider = await Insider.dial(town, as_device=c, to=b)
insider.offer(feed_id, 2, [altered])
await insider.speak()
"""

from __future__ import annotations

import attrs
import trio

from coalchat.net.framing import FrameReader, send_frame
from protocol.base.errors import ProtocolError
from protocol.base.limits import MAX_FRAME
from protocol.exchange.events import DocumentsComplete, Kind, NeedEntries, PeerHello, SyncEvent, Wanted
from protocol.exchange.link import Authenticated, Link
from protocol.exchange.phases import State
from protocol.exchange.proof import End
from protocol.exchange.session import LocalHead, SyncSettings
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync
from protocol.messages.entry import read_any_entry
from protocol.trust.label import ReleaseKey
from tests.fakes.nodes import Running, Town
from tests.fakes.transport import MemoryLink


@attrs.define(eq=False)
class Insider:
    """One link to a victim.

    Attributes:
        entries: what he pushes, by feed, from seq 1 on or from where the victim is.
        envelopes, feeds: what he answers when he is asked.
        heard: every frame that the victim said.
        asks: channels and release keys for which he asks for an envelope, as of a keying device.
    """

    stream: MemoryLink
    sync: Sync
    entries: dict[bytes, dict[int, bytes]] = attrs.field(factory=dict)
    envelopes: dict[bytes, bytes] = attrs.field(factory=dict)
    feeds: dict[bytes, bytes] = attrs.field(factory=dict)
    live: bool = False
    heard: list[bytes] = attrs.field(factory=list)
    asks: list[tuple[bytes, ReleaseKey]] = attrs.field(factory=list)

    @classmethod
    async def dial(cls, town: Town, *, as_device: Running, to: Running) -> Insider:
        stream = await town.network.transport("insider").dial(to.address)
        member = as_device.station.context.member
        credentials = as_device.station.links._credentials()
        link = Link(End.DIALLER, stream.exporter, credentials, member.directory)
        for frame in link.start().send:
            await send_frame(stream, frame, MAX_FRAME)
        while True:
            received = await FrameReader(stream, link.frame_cap).receive()
            assert received is not None
            step = link.receive(received, town.now)
            for frame in step.send:
                await send_frame(stream, frame, MAX_FRAME)
            if any(isinstance(event, Authenticated) for event in step.events):
                break
        charter = member.coalition.charter
        settings = SyncSettings(
            charter=member.coalition.charter_hash,
            floor=charter.suites,
            suites=(1,),
            carry=True,
            have=lambda name: True,
        )
        return cls(stream, Sync(settings))

    def offer(self, *entries: bytes) -> None:
        """Push these wire entries, whatever they say."""
        for data in entries:
            entry = read_any_entry(data)
            self.entries.setdefault(entry.base.feed, {})[entry.base.seq] = data

    async def speak(self, seconds: float = 30) -> None:
        """Speak until the victim hangs up, or for some seconds."""
        with trio.move_on_after(seconds):
            await self._send(self.sync.start())
            reader = FrameReader(self.stream, MAX_FRAME)
            try:
                while (frame := await reader.receive()) is not None:
                    self.heard.append(frame)
                    await self._send(self.sync.receive(frame))
                    if self.sync.own_state is State.LIVE is self.sync.peer_state:
                        asks, self.asks = self.asks, []
                        for number, (channel, release) in enumerate(asks, 1):
                            await self._send(self.sync.ask_envelope(number, channel, release))
            except (trio.BrokenResourceError, ProtocolError):
                return

    async def hang_up(self) -> None:
        await self.stream.aclose()

    async def _send(self, step: Step[SyncEvent]) -> None:
        for frame in step.send:
            await send_frame(self.stream, frame, MAX_FRAME)
        for event in step.events:
            match event:
                case PeerHello():
                    await self._send(self.sync.offer_inventory([]))
                case DocumentsComplete():
                    heads = [
                        LocalHead(feed, max(entries), read_any_entry(entries[max(entries)]).id)
                        for feed, entries in self.entries.items()
                    ]
                    await self._send(self.sync.offer_heads(heads))
                case NeedEntries():
                    have = self.entries[event.feed]
                    wanted = [have[seq] for seq in range(event.start, event.start + event.count) if seq in have]
                    await self._send(self.sync.entries(event.feed, wanted))
                case Wanted(Kind.ENVELOPE):
                    await self._send(self.sync.envelopes([(i, self.envelopes.get(i, b"")) for i in event.ids]))
                case Wanted(Kind.FEED):
                    await self._send(self.sync.feeds([(i, self.feeds.get(i, b"")) for i in event.ids]))
                case Wanted(Kind.DOCUMENT):
                    await self._send(self.sync.documents([(i, b"") for i in event.ids]))
