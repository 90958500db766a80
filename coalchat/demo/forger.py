"""An attacker with real keys: a member's device, its key file open and its certificate valid, run by other software.

He stands on `protocol` and `coalchat.net`, as anybody's program could. What his own program would refuse to say, he
writes into the frames himself.
"""

from __future__ import annotations

import os
import time
from contextlib import aclosing, suppress
from typing import Final

import attrs
import trio

from coalchat.demo.claims import present
from coalchat.demo.processes import Device
from coalchat.demo.search import Opened, opened
from coalchat.demo.trusted import Trusted, trusted_set
from coalchat.net.framing import FrameReader, send_frame
from coalchat.net.tls import Identity, TlsStream
from coalchat.net.transport import TcpTransport
from protocol.base.codec import Value, pack, unpack_loose
from protocol.base.limits import MAX_FRAME
from protocol.base.records import encode, evolve
from protocol.exchange.events import DocumentsComplete, InSync, Kind, PeerHello, Wanted
from protocol.exchange.link import Authenticated, Link, LinkCredentials
from protocol.exchange.messages import Proof, Push
from protocol.exchange.proof import End, proof
from protocol.exchange.session import LocalHead, SyncSettings
from protocol.exchange.sync import Sync
from protocol.keys.envelope import TEK, Envelope, read_envelope
from protocol.messages.entry import Entry, EntryBase, read_entry, seal_entry
from protocol.messages.payload import FORMAT, TextPayload, encode_payload
from protocol.trust.charter import SUITE

LIE: Final = "All convoys halt"


@attrs.define(eq=False)
class Forger:
    """An insider's stolen device.

    Attributes:
        altered: a genuine entry of another nation with one bit of its ciphertext changed.
        relabelled: that entry's envelope, with the forger's nation added to the release set.
        invented: an entry in that nation's feed, after its newest, under the relabelled envelope.
    """

    trusted: Trusted = attrs.field(repr=False)
    heads: tuple[LocalHead, ...] = attrs.field(repr=False)
    altered: Entry = attrs.field(repr=False)
    relabelled: Envelope = attrs.field(repr=False)
    invented: Entry = attrs.field(repr=False)

    @classmethod
    def of(cls, device: Device, entry_id: bytes) -> Forger:
        """Steal a device, and forge from the ciphertext that it carries of one entry."""
        with opened(device) as home:
            return cls._of(home, entry_id)

    @classmethod
    def _of(cls, home: Opened, entry_id: bytes) -> Forger:
        trusted = trusted_set(home)
        kept = present(home.read.entry(entry_id), "the entry that the forger starts from")
        row = present(home.read.envelope(kept.envelope_id), "its envelope")
        feed = present(home.read.feed(kept.feed_id), "its feed")
        relabelled = _relabel(read_envelope(row.data), trusted.own.certificate.nation)
        base = EntryBase(1, 0, feed.feed_id, feed.head_seq + 1, feed.head_id, relabelled.id)
        text = TextPayload(FORMAT, int(time.time()), noplay=False, refs=(), text=LIE, ack_by=0)
        invented = seal_entry(base, encode_payload(text), os.urandom(TEK), home.ring.device.ed25519)
        heads = tuple(LocalHead(f.feed_id, f.head_seq, f.head_id) for f in home.read.feeds() if f.head_seq)
        return cls(trusted, heads, _alter(read_entry(kept.data)), relabelled, invented)

    async def attack(self, address: str) -> None:
        """Link as the device that he has, push what he forged, and answer what is asked for; until cancelled."""
        stream = await TcpTransport(Identity.generate()).dial(address)
        async with aclosing(stream):
            await self._introduce(stream)
            await self._push(stream)

    async def _introduce(self, stream: TlsStream) -> None:
        trusted = self.trusted
        credentials = LinkCredentials(
            coalition=trusted.coalition.id,
            seed=trusted.ring.device.ed25519,
            certificate=trusted.own.document.data,
            chain=lambda: trusted.directory.chain(trusted.own.device),
            secrets=trusted.ring.link_secrets,
        )
        link = Link(End.DIALLER, stream.exporter, credentials, trusted.directory)
        step, known = link.start(), False
        while True:
            for frame in step.send:
                await send_frame(stream, frame, MAX_FRAME)
            if known:
                return
            received = await FrameReader(stream, link.frame_cap).receive()
            step = link.receive(present(received, "an answer to the member whose keys he has"), int(time.time()))
            known = any(isinstance(event, Authenticated) for event in step.events)

    async def _push(self, stream: TlsStream) -> None:
        coalition = self.trusted.coalition
        settings = SyncSettings(
            coalition.charter_hash, coalition.charter.suites, (SUITE,), carry=True, have=lambda _: True
        )
        sync, reader, pushed = Sync(settings), FrameReader(stream, MAX_FRAME), False
        frames = list(sync.start().send)
        while True:
            for frame in frames:
                await send_frame(stream, frame, MAX_FRAME)
            received = await reader.receive()
            if received is None:
                return
            step = sync.receive(received)
            frames = list(step.send)
            for event in step.events:
                match event:
                    case PeerHello():
                        frames += sync.offer_inventory(()).send
                    case DocumentsComplete():
                        frames += sync.offer_heads(self.heads).send
                    case InSync() if not pushed:
                        pushed = True
                        frames += [encode(Push(self.altered.data)), encode(Push(self.invented.data))]
                    case Wanted(kind=Kind.ENVELOPE):
                        frames += sync.envelopes([(name, self.relabelled.data) for name in event.ids]).send


async def knock(address: str) -> int:
    """Connect as a stranger, who knows everything but the link secret; how many bytes he is told."""
    stream = await TcpTransport(Identity.generate()).dial(address)
    async with aclosing(stream):
        guess = Proof(proof(os.urandom(32), stream.exporter, End.DIALLER))
        await send_frame(stream, encode(guess), MAX_FRAME)
        told = 0
        with suppress(trio.BrokenResourceError):
            while part := await stream.receive_some():
                told += len(part)
        return told


def _alter(entry: Entry) -> Entry:
    """The entry with one bit of its ciphertext changed; its id follows."""
    fields = _fields(entry.data)
    fields[3] = _flipped(entry.ct)
    return read_entry(pack(tuple(fields)))


def _relabel(envelope: Envelope, nation: int) -> Envelope:
    """The envelope as if it had been released to one nation more."""
    release = envelope.context.release
    wider = evolve(release, releasable=tuple(sorted({*release.releasable, nation})))
    fields = _fields(envelope.data)
    fields[1] = encode(evolve(envelope.context, release=wider))
    return read_envelope(pack(tuple(fields)))


def _fields(data: bytes) -> list[Value]:
    """What a record's array holds, its tag first."""
    value = unpack_loose(data)
    return list(value) if isinstance(value, tuple) else []


def _flipped(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]
