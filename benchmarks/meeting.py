"""Two devices meet over real TLS in memory: set-up, proof, certificates, and nothing new to tell. Their bytes are counted."""

from __future__ import annotations

from functools import partial
from typing import Final

import attrs
import trio
import trio.testing

from benchmarks import samples
from coalchat.net.framing import FrameReader, send_frame
from coalchat.net.identity import Identity
from coalchat.net.tls import TlsStream, handshake
from protocol.base.limits import MAX_FRAME
from protocol.exchange.events import DocumentsComplete, InSync, PeerHello, SyncEvent
from protocol.exchange.link import Authenticated, Link, LinkCredentials, LinkEvent
from protocol.exchange.messages import document_hash
from protocol.exchange.proof import End
from protocol.exchange.ranges import Binding
from protocol.exchange.session import LocalHead, SyncSettings
from protocol.exchange.states import Step
from protocol.exchange.sync import Sync
from protocol.trust.charter import SUITE
from protocol.trust.directory import Directory
from protocol.vectors.world import NOW, Keyed

SECRET: Final = samples.ENTROPY.fork("link secret")(32)


@attrs.frozen
class Bytes:
    """What went over the wire in both directions: for TLS alone, up to authentication, and from there until in sync."""

    tls: int
    set_up: int
    in_sync: int


def meet(*, known: bool = True, feeds: int = 1) -> Bytes:
    """Let the two devices of the world meet.

    Args:
        known: each has the other's certificate already.
        feeds: those that both hold, up to the same entry.
    """
    return trio.run(partial(_meet, known=known, feeds=feeds))


async def _meet(*, known: bool, feeds: int) -> Bytes:
    world = samples.world()
    pipes = trio.testing.memory_stream_pair()
    streams: dict[End, TlsStream] = {}

    async def shake(end: End) -> None:
        streams[end] = await handshake(pipes[end], identity=Identity.generate(), server_side=end is End.RESPONDER)

    async def authenticate(end: End, keyed: Keyed) -> None:
        directory = world.directory() if known else _own_directory(keyed)
        credentials = LinkCredentials(
            world.coalition.id,
            keyed.device.ed25519,
            keyed.certificate_document.data,
            partial(world.directory().chain, keyed.certificate.device),
            (SECRET,),
        )
        await _authenticate(streams[end], Link(end, streams[end].exporter, credentials, directory))

    async with trio.open_nursery() as nursery:
        for end in End:
            nursery.start_soon(shake, end)
    tls = _sent(streams)
    async with trio.open_nursery() as nursery:
        for end, keyed in ((End.DIALLER, world.xaa), (End.RESPONDER, world.xbb)):
            nursery.start_soon(authenticate, end, keyed)
    set_up = _sent(streams)
    async with trio.open_nursery() as nursery:
        for end in End:
            nursery.start_soon(_synchronise, streams[end], end, feeds)
    return Bytes(tls, set_up, _sent(streams) - set_up)


def _sent(streams: dict[End, TlsStream]) -> int:
    return sum(stream.bytes_sent for stream in streams.values())


def _own_directory(keyed: Keyed) -> Directory:
    directory = Directory(samples.world().coalition)
    directory.apply_custodian(keyed.seat_document.data)
    directory.apply_publication(keyed.publication_document.data)
    directory.apply_directory_part(keyed.part)
    directory.apply_certificate(keyed.certificate_document.data)
    return directory


async def _authenticate(stream: TlsStream, link: Link) -> None:
    step: Step[LinkEvent] = link.start()
    while True:
        for frame in step.send:
            await send_frame(stream, frame, MAX_FRAME)
        if any(isinstance(event, Authenticated) for event in step.events):
            return
        received = await FrameReader(stream, link.frame_cap).receive()
        assert received is not None
        step = link.receive(received, NOW)


async def _synchronise(stream: TlsStream, end: End, feeds: int) -> None:
    """Both hold the same: the world's documents, and so many feeds."""
    world = samples.world()
    documents = [
        (int(signed.tag), document_hash(signed.data))
        for keyed in (world.xaa, world.xbb)
        for signed in (keyed.seat_document, keyed.publication_document, keyed.certificate_document)
    ]
    draw = samples.ENTROPY.fork("heads")
    heads = [LocalHead(draw(16), 100, draw(32)) for _ in range(feeds)]
    binding = Binding(stream.exporter, end)
    sync = Sync(SyncSettings(world.coalition.charter_hash, (SUITE,), (SUITE,), False, lambda _: True, binding=binding))
    reader = FrameReader(stream, MAX_FRAME)
    step: Step[SyncEvent] = sync.start()
    waiting = [step]
    while True:
        while waiting:
            step = waiting.pop(0)
            for frame in step.send:
                await send_frame(stream, frame, MAX_FRAME)
            for event in step.events:
                if isinstance(event, PeerHello):
                    waiting.append(sync.offer_inventory(documents))
                elif isinstance(event, DocumentsComplete):
                    waiting.append(sync.offer_heads(heads))
                elif isinstance(event, InSync):
                    return
        received = await reader.receive()
        assert received is not None
        waiting.append(sync.receive(received))
