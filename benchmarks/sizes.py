"""Bytes: what one message costs on the wire, and what stands around it, each beside the bound it must keep.

No time is measured here, so these rows are the same on every machine. Links run over real TLS; TCP/IP is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks import samples
from benchmarks.meeting import meet
from benchmarks.table import Row, size
from protocol.base import crypto
from protocol.base.ids import Tag
from protocol.base.limits import MAX_CERTIFICATE, MAX_COMPARTMENTS, MAX_DISPLAY_NAME, MAX_SEGMENTS, MAX_SEQ
from protocol.base.records import encode, evolve
from protocol.exchange.asking import EnvelopeGrant, EnvelopeRequest
from protocol.keys.edition import SegmentList
from protocol.keys.otar import CompartmentId, OtarHeader, seal_otar
from protocol.trust.credential import Scope, issue_certificate
from protocol.trust.publication import KeyList, publish
from protocol.vectors.world import NOW

ENTRY_BOUND: Final = 480
"""An entry of 200 bytes with at most one reference."""
TWO_REFS_BOUND: Final = 560
ENVELOPE_BOUND: Final = (300, 1_200)
"""Of an envelope: fixed, and a nation."""
CERTIFICATE_BOUND: Final = 400
OTAR_BOUND: Final = 8 * 1_024
"""Of a fully cleared device (`limits.MAX_COMPARTMENTS`)."""
SET_UP_BOUND: Final = 6_500
RECONNECT_BOUND: Final = 500

SEGMENTS: Final = 12
"""Of one edition, as the example charters have it."""


def run() -> Iterator[Row]:
    yield from entries()
    yield from envelopes()
    yield from documents()
    yield from links()


def entries() -> Iterator[Row]:
    section = "an entry of 200 B of text"
    for refs, words in ((0, "no reference"), (1, "one reference"), (2, "two references")):
        bound = TWO_REFS_BOUND if refs == 2 else ENTRY_BOUND
        yield size(section, words, len(samples.entry(samples.text(refs)).data), bound)
    asking = samples.text(ack_by=NOW + 3_600)
    yield size(section, "one reference, acknowledgement asked for", len(samples.entry(asking).data), ENTRY_BOUND)
    first = samples.base(seq=1)
    yield size(section, "the same, the first of its feed", len(samples.entry(asking, first).data), ENTRY_BOUND)
    last = samples.base(seq=MAX_SEQ, precedence=3)
    yield size(section, "the same, FLASH, at the highest number", len(samples.entry(asking, last).data), ENTRY_BOUND)


def envelopes() -> Iterator[Row]:
    fixed, each = ENVELOPE_BOUND
    for nations in (1, 2, 5, 10):
        words = f"{nations} nation{'s' if nations > 1 else ''}"
        yield size("an envelope", words, len(samples.envelope(nations).data), fixed + each * nations)
    shared = samples.envelope(5)
    yield size("an envelope", "5 nations, 10 devices, each its own", 10 * len(shared.data))
    yield size("an envelope", "5 nations, 10 devices, a keying device's", len(shared.data), fixed + each * 5)
    context = shared.context
    asked = encode(EnvelopeRequest(1, context.channel, context.release)), encode(EnvelopeGrant(1, shared.data))
    yield size("an envelope", "5 nations, asked of a keying device", sum(map(len, asked)), fixed + each * 5 + 128)


def documents() -> Iterator[Row]:
    """Each with its signature."""
    section, world = "documents", samples.world()
    custodian, certificate = world.xaa.custodian, world.xaa.certificate
    yield size(section, "certificate", len(world.xaa.certificate_document.data), CERTIFICATE_BOUND)
    longest = evolve(certificate, name="N" * MAX_DISPLAY_NAME)
    yield size(section, "certificate, longest name", len(issue_certificate(longest, custodian).data), CERTIFICATE_BOUND)
    draw = samples.ENTROPY.fork("channels")
    channels = tuple(sorted(draw(16) for _ in range(2)))
    bound_to = evolve(certificate, scope=Scope(channels, (int(Tag.TEXT),), 3_600, 3, read=True))
    two = len(issue_certificate(bound_to, custodian).data)
    yield size(section, "certificate, for two channels only", two, MAX_CERTIFICATE)
    yield size(section, "custodian's certificate (hybrid)", len(world.xaa.seat_document.data))
    compartments = policy_compartments()
    yield size(section, f"publication (hybrid), {len(compartments)} compartments", publication(compartments))
    key_list = SegmentList(world.coalition.id, 0, 0, 1, 0, 0, world.segment, (bytes(crypto.XWING_PUBLIC),) * SEGMENTS)
    yield size(section, f"key list of a compartment, {SEGMENTS} segments", len(encode(key_list)))
    most = tuple(CompartmentId(index // 32 % 16, index % 32) for index in range(MAX_COMPARTMENTS))
    cleared = tuple(CompartmentId(*place) for place in compartments)
    yield size(section, f"OTAR, {len(cleared)} compartments", otar(cleared), OTAR_BOUND)
    yield size(section, f"OTAR, {MAX_COMPARTMENTS} compartments", otar(most), OTAR_BOUND)


def policy_compartments() -> tuple[tuple[int, int], ...]:
    """Those that a nation keys under the EXAMPLE policy."""
    return tuple(sorted(samples.policy().compartments()))


def publication(compartments: tuple[tuple[int, int], ...]) -> int:
    """Of one edition and one list a compartment, nobody revoked."""
    world = samples.world()
    lists = tuple(KeyList(1, *place, bytes(32)) for place in compartments)
    return len(publish(evolve(world.xaa.publication, lists=lists), world.xaa.custodian).data)


def otar(compartments: tuple[CompartmentId, ...]) -> int:
    """With the link secret, at the last segment of a long edition."""
    world, draw = samples.world(), samples.ENTROPY.fork("otar")
    n = world.segment
    header = OtarHeader(
        world.coalition.id, 0, 0, world.xaa.certificate.device, draw(32), 1, 1, n, n + MAX_SEGMENTS - 1, compartments
    )
    seeds = tuple(draw(32) for _ in compartments)
    prekey = crypto.xwing_public(world.xaa.prekey)
    document = seal_otar(custodian=world.xaa.custodian, header=header, prekey=prekey, seeds=seeds, link_secret=draw(32))
    return len(document.data)


def links() -> Iterator[Row]:
    section = "a link, both directions, with TLS"
    known, stranger = meet(), meet(known=False)
    yield size(section, "TLS set-up", known.tls)
    yield size(section, "link set-up: TLS, proof, certificates", known.set_up, SET_UP_BOUND)
    yield size(section, "link set-up, both ask for the other's chain", stranger.set_up)
    for feeds in (1, 10, 100):
        words = f"in sync after a reconnect, {feeds} feed{'s' if feeds > 1 else ''}"
        yield size(section, words, meet(feeds=feeds).in_sync, RECONNECT_BOUND)
