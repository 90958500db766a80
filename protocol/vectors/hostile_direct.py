"""Hostile vectors of SPEC 7.7 and 8.8: editions of devices, and direct envelopes."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.base import crypto
from protocol.base.codec import Value, pack
from protocol.base.ids import Domain, Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import SigningKey, read_signed, sign
from protocol.keys.device import DeviceEdition, direct_channel
from protocol.keys.direct import DEVICES, DirectContext, DirectSlot
from protocol.keys.envelope import commitment, envelope_id
from protocol.vectors.direct import TEK, edition, kept_direct
from protocol.vectors.hostile_keys import SMALL_ORDER
from protocol.vectors.hostile_trust import altered, case
from protocol.vectors.notation import Case
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import DAY, EDITION, NOW, SEGMENT, World


def cases(world: World, recorder: Recorder) -> list[Case]:
    """All of them, with their controls."""
    return [*_editions(world), *_envelopes(world, recorder)]


def _editions(world: World) -> Iterator[Case]:
    document = edition(world, world.xaa)
    good = decode(DeviceEdition, read_signed(document.data).body)
    key = world.xaa.device

    def signed(changed: DeviceEdition, by: SigningKey = key) -> bytes:
        return sign(Tag.DEVICE_EDITION, good.device, encode(changed), by).data

    yield case("control_device_edition", "device edition", document.data, "success")
    for name, key_of in (
        ("small_order", good.keys[0][:1_184] + SMALL_ORDER),
        ("mlkem_out_of_range", b"\xff" * 384 + good.keys[0][384:]),
    ):
        weak = evolve(good, keys=(key_of, *good.keys[1:]))
        yield case(f"device_edition_key_{name}", "device edition", signed(weak), "authentication")
    for name, data in (
        ("device_edition_by_its_custodian", signed(good, world.xaa.custodian)),
        ("device_edition_of_another_device", signed(evolve(good, device=world.xbb.certificate.device))),
        ("device_edition_of_another_nation", signed(evolve(good, nation=1))),
        ("device_edition_of_another_coalition", signed(evolve(good, coalition=bytes(16)))),
    ):
        yield case(name, "device edition", data, "authentication")
    too_long = evolve(good, keys=good.keys * (EDITION // len(good.keys) + 1))
    yield case("device_edition_too_long", "device edition", signed(too_long), "decode", "keys")
    ahead = evolve(good, first=(NOW + DAY) // SEGMENT + 2)
    yield case("device_edition_too_far_ahead", "device edition", signed(ahead), "decode", "first")


Parts = tuple[bytes, bytes, tuple[bytes, ...]]


def _envelopes(world: World, recorder: Recorder) -> Iterator[Case]:
    good = kept_direct(recorder)
    context = good.context
    for nation in (0, 1):
        yield case(
            f"control_direct_envelope_{nation}", "direct envelope", {"recorded": "direct envelope"}, "success",
            nation=nation,
        )  # fmt: skip

    def resigned(parts: Parts, domain: Domain = Domain.DIRECT_ENVELOPE) -> bytes:
        signature = crypto.ed25519_sign(world.xaa.device.ed25519, domain, envelope_id(*parts, binding=DEVICES))
        return pack((int(Tag.DIRECT_ENVELOPE), *parts, signature))

    def with_context(changed: DirectContext, cm: bytes = good.commitment) -> bytes:
        return resigned((encode(changed), cm, good.wraps))

    stranger = DirectSlot(b"\xff" * 16, 1)
    first = context.slots[0]
    author = next(slot for slot in context.slots if slot.device == context.device)
    without_author = tuple(slot for slot in (*context.slots, stranger) if slot.device != context.device)
    devices = [slot.device for slot in without_author]
    twice = (first, evolve(first, counter=2))
    for name, changed, field in (
        ("of_another_channel", evolve(context, channel=bytes(16)), "channel"),
        ("without_its_authors_nation", evolve(context, nation=2), "releasable"),
        (
            "without_its_author",
            evolve(context, slots=without_author, channel=direct_channel(context.coalition, devices)),
            "slots",
        ),
        ("with_a_device_twice", evolve(context, slots=twice), "slots"),
        ("with_a_device_that_its_channel_lacks", evolve(context, slots=(author, stranger)), "channel"),
    ):
        yield case(f"direct_envelope_{name}", "direct envelope", with_context(changed), "decode", field, nation=0)
    newer = with_context(evolve(context, version=2))
    yield case("direct_envelope_of_a_newer_version", "direct envelope", newer, "version", "envelope", nation=0)
    less = resigned((good.ctx, good.commitment, good.wraps[:1]))
    yield case("direct_envelope_with_a_wrap_less", "direct envelope", less, "decode", "wraps", nation=0)
    alone = pack((int(Tag.DIRECT_CONTEXT), *_fields(context, (context.slots[0],))))
    only = resigned((alone, good.commitment, good.wraps[:1]))
    yield case("direct_envelope_to_one_device", "direct envelope", only, "decode", "wraps", nation=0)
    downgraded = evolve(context, release=evolve(context.release, level=1))
    size = len(bytes.fromhex(recorder.kept["direct envelope"]))
    parts = (good.ctx, good.commitment, good.wraps)
    for name, data in (
        ("signed_as_an_envelope_to_nations", resigned(parts, Domain.ENVELOPE)),
        ("with_wraps_swapped", resigned((good.ctx, good.commitment, good.wraps[::-1]))),
        ("wraps_moved_to_another_label", with_context(downgraded, commitment(TEK, encode(downgraded), DEVICES))),
        ("committed_as_an_envelope_to_nations", resigned((good.ctx, commitment(TEK, good.ctx), good.wraps))),
    ):
        yield case(f"direct_envelope_{name}", "direct envelope", data, "authentication", nation=0)
    bent = altered("direct envelope", size - 1, bytes([good.signature[-1] ^ 1]))
    yield case("direct_envelope_signature_bent", "direct envelope", bent, "authentication", nation=0)


def _fields(context: DirectContext, slots: tuple[DirectSlot, ...]) -> tuple[Value, ...]:
    release = context.release
    return (
        context.version, context.coalition, context.charter, context.channel,
        (release.policy, release.level, release.category, release.releasable), context.nation, context.device,
        context.segment, tuple((slot.device, slot.counter) for slot in slots), context.not_after,
    )  # fmt: skip
