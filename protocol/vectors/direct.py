"""Vectors of SPEC 7.7 and 8.8: a device's own chain and edition, its words, a conversation, and a direct envelope."""

from __future__ import annotations

from protocol.base import crypto
from protocol.base.ids import VERSION
from protocol.base.records import encode, encode_part
from protocol.base.signed import Signed
from protocol.keys.device import device_words, direct_channel, make_edition
from protocol.keys.direct import DirectContext, DirectEnvelope, DirectSlot, open_own, read_direct, seal_direct
from protocol.keys.edition import DeviceChain, DeviceSegment, kem_seed
from protocol.trust.label import ReleaseKey
from protocol.vectors.notation import Case, File
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import CODES, EDITION, ENTROPY, SEGMENT, Keyed, World

TEK = ENTROPY.fork("direct tek")(32)


def build(world: World, recorder: Recorder) -> File:
    """The file's content."""
    return {
        "chapter": "7.7 Device compartments, 8.8 Direct messages",
        "format": {
            "chains": "seed of each segment of a device's edition, the packed segment id, the pair's seed, its public key",
            "editions": "the edition of each chain, signed by its device and rebuilt",
            "words": "six indices for the key of each device",
            "channel": "the conversation of both devices",
            "envelope": "TEK for SECRET REL XAA, XBB by the device of XAA, recorded; the segment keys that open it",
        },
        "verification": [
            'seed[i+1] = H("next segment", key = seed[i], id[i]), with id = [device, counter, segment]',
            'pair[i] = H64("segment kem", key = seed[i], id[i] || 0) || H("segment kem", key = seed[i], id[i] || 1)',
            "the edition holds the public keys in order, and its signature verifies under the device's key",
            'words = the first 66 bits of H("device words", packed [coalition, device, key]), 11 bits a word',
            'channel = H16("direct", coalition || device ids in order)',
            'commitment = H("direct commit", key = tek, ctx); id = H("direct envelope", ctx || commitment || wraps)',
            'each wrap opens to tek with info = HPKE_DIRECT domain || 0x00 || H("direct ctx", ctx) || slot || H("public key", public) || commitment',
            "the author's signature verifies over DIRECT_ENVELOPE domain || 0x00 || id",
        ],
        "chains": [_chain(nation, chain(world, nation)) for nation in (world.xaa, world.xbb)],
        "editions": [
            {"nation": nation.index, "document": edition(world, nation).data.hex()} for nation in (world.xaa, world.xbb)
        ],
        "words": [_words(world, nation) for nation in (world.xaa, world.xbb)],
        "channel": [_channel(world)],
        "envelope": [_envelope(world, recorder)],
    }


def chain(world: World, nation: Keyed) -> DeviceChain:
    """The own chain of the device of a nation."""
    at = DeviceSegment(nation.certificate.device, 1, world.segment)
    seed = ENTROPY.fork(f"{CODES[nation.index]}/own seed")(32)
    return DeviceChain(at, world.segment + EDITION - 1, bytearray(seed))


def edition(world: World, nation: Keyed) -> Signed:
    """Its edition."""
    return make_edition(world.coalition.id, nation.index, chain(world, nation), nation.device)


def _chain(nation: Keyed, own: DeviceChain) -> Case:
    rows = []
    for segment in range(own.at.segment, own.last + 1):
        here, sid = own.seed_at(segment), DeviceSegment(own.at.device, own.at.counter, segment)
        pair = kem_seed(sid, here)
        rows.append(
            {
                "id": encode_part(sid).hex(),
                "seed": here.hex(),
                "pair": pair.hex(),
                "public": crypto.xwing_public(pair).hex(),
            }
        )
    return {"nation": nation.index, "segments": rows}


def _words(world: World, nation: Keyed) -> Case:
    certificate = nation.certificate
    return {
        "device": certificate.device.hex(),
        "key": certificate.key.hex(),
        "words": list(device_words(world.coalition.id, certificate.device, certificate.key)),
    }


def _channel(world: World) -> Case:
    devices = sorted(nation.certificate.device for nation in (world.xaa, world.xbb))
    return {
        "devices": [device.hex() for device in devices],
        "channel": direct_channel(world.coalition.id, devices).hex(),
    }


def context(world: World) -> DirectContext:
    """Context of the envelope: one slot for each of the two devices."""
    devices = sorted(nation.certificate.device for nation in (world.xaa, world.xbb))
    return DirectContext(
        version=VERSION,
        coalition=world.coalition.id,
        charter=world.coalition.charter_hash,
        channel=direct_channel(world.coalition.id, devices),
        release=ReleaseKey(world.policy.hash, 2, 0, (0, 1)),
        nation=0,
        device=world.xaa.certificate.device,
        segment=world.segment,
        slots=tuple(DirectSlot(device, 1) for device in devices),
        not_after=(world.segment + 1) * SEGMENT + SEGMENT // 4,
    )


def pairs(world: World) -> dict[bytes, bytes]:
    """X-Wing seed of each device, in the order of the slots."""
    owned = {n.certificate.device: chain(world, n).private(world.segment) for n in (world.xaa, world.xbb)}
    return dict(sorted(owned.items()))


def _envelope(world: World, recorder: Recorder) -> Case:
    wanted, seeds = context(world), pairs(world)

    def holds(recorded: bytes) -> bool:
        read = read_direct(recorded)
        read.verify(world.xaa.certificate.key)
        return read.context == wanted and all(open_own(read, device, seed) == TEK for device, seed in seeds.items())

    publics = [crypto.xwing_public(seed) for seed in seeds.values()]
    recorder.keep("direct envelope", lambda: seal_direct(wanted, TEK, publics, world.xaa.device.ed25519).data, holds)
    read = kept_direct(recorder)
    return {
        "document": {"recorded": "direct envelope"},
        "ctx": encode(read.context).hex(),
        "tek": TEK.hex(),
        "commitment": read.commitment.hex(),
        "id": read.id.hex(),
        "slots": [encode_part(slot).hex() for slot in read.context.slots],
        "pairs": [seed.hex() for seed in seeds.values()],
        "author_key": world.xaa.certificate.key.hex(),
    }


def kept_direct(recorder: Recorder) -> DirectEnvelope:
    """The envelope, once `build` has kept it."""
    return read_direct(bytes.fromhex(recorder.kept["direct envelope"]))
