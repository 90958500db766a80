"""Two ends of a link of a fake coalition, joined without a network."""

from __future__ import annotations

from collections import deque

import attrs

from protocol.base.records import encode
from protocol.exchange.link import Authenticated, InviteProven, Link, LinkCredentials, LinkEvent, State
from protocol.exchange.messages import Proof
from protocol.exchange.proof import End, proof
from protocol.trust.directory import Directory
from tests.fakes.coalition import FakeCoalition
from tests.fakes.nation import FakeDevice

EXPORTER = bytes(range(32))
OTHER_EXPORTER = bytes(range(32, 64))
FRAME_HEADER = 4
"""Bytes of the length that the stream puts before each frame."""


def credentials(
    world: FakeCoalition,
    device: FakeDevice,
    *,
    secrets: tuple[bytes, ...] | None = None,
    invites: dict[bytes, bytes] | None = None,
) -> LinkCredentials:
    directory = world.full_directory()
    return LinkCredentials(
        coalition=world.id,
        seed=device.key.ed25519,
        certificate=device.document.data,
        chain=lambda: directory.chain(device.id),
        secrets=secrets or (world.link_secret,),
        invites=invites or {},
    )


def link(
    world: FakeCoalition,
    code: str,
    end: End,
    *,
    directory: Directory | None = None,
    exporter: bytes = EXPORTER,
    secrets: tuple[bytes, ...] | None = None,
    invites: dict[bytes, bytes] | None = None,
) -> Link:
    mine = credentials(world, world.device(code), secrets=secrets, invites=invites)
    return Link(end, exporter, mine, directory if directory is not None else world.full_directory())


@attrs.define
class LinkPair:
    """A dialler and a responder; `run` carries frames until nothing more is sent."""

    dialler: Link
    responder: Link
    now: int
    dialler_events: list[LinkEvent] = attrs.field(factory=list)
    responder_events: list[LinkEvent] = attrs.field(factory=list)
    frames: list[tuple[End, bytes]] = attrs.field(factory=list)

    def run(self, first: tuple[bytes, ...] | None = None) -> LinkPair:
        started = self.dialler.start().send if first is None else first
        way = deque((End.DIALLER, frame) for frame in started)
        assert self.responder.start().send == ()
        while way:
            sender, frame = way.popleft()
            self.frames.append((sender, frame))
            to, events = (
                (self.responder, self.responder_events)
                if sender is End.DIALLER
                else (self.dialler, self.dialler_events)
            )
            assert len(frame) <= to.frame_cap
            step = to.receive(frame, self.now)
            events.extend(step.events)
            way.extend((sender.other, answer) for answer in step.send)
        return self

    @property
    def bytes_on_the_wire(self) -> int:
        return sum(FRAME_HEADER + len(frame) for _, frame in self.frames)

    def authenticated(self) -> bool:
        return self.dialler.state is self.responder.state is State.AUTHENTICATED


def peer_of(events: list[LinkEvent]) -> Authenticated:
    """The one authentication among the events, which is the last of them."""
    (found,) = (event for event in events if isinstance(event, Authenticated))
    assert events[-1] is found
    return found


def invited(events: list[LinkEvent]) -> InviteProven:
    (found,) = (event for event in events if isinstance(event, InviteProven))
    return found


def pair(world: FakeCoalition, dialler: Directory | None = None, responder: Directory | None = None) -> LinkPair:
    return LinkPair(
        link(world, "XAA", End.DIALLER, directory=dialler),
        link(world, "XBB", End.RESPONDER, directory=responder),
        world.now,
    )


def to_auth(world: FakeCoalition, responder: Link, exporter: bytes = EXPORTER) -> None:
    """Bring a responder to where it awaits the dialler's AUTH."""
    responder.receive(encode(Proof(proof(world.link_secret, exporter, End.DIALLER))), world.now)
    assert responder.state is State.PROVEN


def dialler_auth(world: FakeCoalition, code: str, exporter: bytes = EXPORTER) -> bytes:
    """The AUTH frame that a device sends as dialler."""
    dialler = link(world, code, End.DIALLER, exporter=exporter)
    (frame,) = dialler.receive(encode(Proof(proof(world.link_secret, exporter, End.RESPONDER))), world.now).send
    return frame
