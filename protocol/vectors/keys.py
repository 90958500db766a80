"""Vectors of SPEC 7: seed chains, key lists, a prekey statement, an OTAR and an envelope."""

from __future__ import annotations

from protocol.base import crypto
from protocol.base.ids import VERSION
from protocol.base.records import encode, encode_part, evolve
from protocol.base.signed import Signed
from protocol.keys.demand import REQUEST, RekeyDemand, sign_demand
from protocol.keys.edition import SeedChain, SegmentKeys, kem_seed, list_hash
from protocol.keys.envelope import Context, Envelope, Slot, open_slot, read_envelope, seal_envelope
from protocol.keys.otar import (
    CompartmentId,
    OtarHeader,
    PrekeyStatement,
    check_prekey,
    open_otar,
    seal_otar,
    sign_prekey,
)
from protocol.keys.runon import key_segment
from protocol.trust.charter import SETTING_RUN_ON, Setting
from protocol.trust.label import ReleaseKey
from protocol.vectors.notation import Case, File
from protocol.vectors.recorder import Recorder
from protocol.vectors.trust import channel
from protocol.vectors.world import COMPARTMENTS, ENTROPY, LINK_SECRET, NOW, SEGMENT, Keyed, World

TEK = ENTROPY.fork("tek")(32)


def build(world: World, recorder: Recorder) -> File:
    """The file's content."""
    statement, document = prekey(world)
    return {
        "chapter": "7 Keys",
        "format": {
            "chains": "seed of each segment of an edition, the packed segment id, the pair's seed, its public key",
            "lists": "segment list of each chain, and the hash that the publication names",
            "prekey": "statement of the device of XAA; `seed` is the pair's",
            "demand": "of new prekeys, by the custodian of XAA; `answer` is the statement of its device that carries it",
            "otar": "sealed to that prekey by the custodian of XAA and recorded; what opening it must give",
            "run_on": "of an edition that ends with `last`, the segment whose key is used in each of some segments, or null",
            "envelope": "TEK for SECRET CONVOY REL XAA, XBB by the device of XAA, recorded; the segment keys that open it",
        },
        "verification": [
            'seed[i+1] = H("next segment", key = seed[i], id[i])',
            'pair[i] = H64("segment kem", key = seed[i], id[i] || 0) || H("segment kem", key = seed[i], id[i] || 1)',
            "public[i] is the X-Wing public key of pair[i]; the list holds them in order",
            'list hash = H("segment list", list)',
            "the statement's key is the prekey's public key, and its signature verifies",
            "the demand's signature verifies; the answer carries its request, under the next counter",
            'otar: open(prekey seed, HPKE_OTAR domain || 0x00 || H("otar header", header) || H("public key", prekey), sealed) gives link secret and seeds',
            'commitment = H("commitment", key = tek, ctx); id = H("envelope", ctx || commitment || wraps)',
            'each wrap opens to tek with info = HPKE_ENVELOPE domain || 0x00 || H("envelope ctx", ctx) || slot || H("public key", public) || commitment',
            "run_on: n where n <= last; last where setting > level (one byte) and n <= last + edition; otherwise none",
            "the author's signature verifies over ENVELOPE domain || 0x00 || id",
        ],
        "chains": [_chain(chain) for nation in (world.xaa, world.xbb) for chain in nation.chains],
        "lists": [_list(nation, place) for nation in (world.xaa, world.xbb) for place in range(len(COMPARTMENTS))],
        "prekey": [
            {
                "device": world.xaa.certificate.device.hex(),
                "seed": world.xaa.prekey.hex(),
                "counter": statement.counter,
                "document": document.data.hex(),
            }
        ],
        "demand": [_demand(world)],
        "otar": [_otar(world, recorder)],
        "run_on": [_run_on(world, levels, level) for levels in (0, 2) for level in (1, 2)],
        "envelope": [_envelope(world, recorder)],
    }


def _run_on(world: World, levels: int, level: int) -> Case:
    more = (Setting(SETTING_RUN_ON, bytes([levels])),) if levels else ()
    charter = evolve(world.charter, settings=(*world.charter.settings, *more))
    last, span = SEGMENT + 1, charter.edition
    return {
        "setting": charter.setting(SETTING_RUN_ON).hex(),
        "edition": span,
        "level": level,
        "last": last,
        "keys": [
            [segment, key_segment(charter, level, last, segment)]
            for segment in (last - 1, last, last + 1, last + span, last + span + 1)
        ],
    }


def _chain(chain: SeedChain) -> Case:
    rows = []
    for segment in range(chain.at.segment, chain.last + 1):
        here = SeedChain(chain.at, chain.last, chain.seed).seed_at(segment)
        sid = type(chain.at)(*_place(chain), segment)
        pair = kem_seed(sid, here)
        rows.append(
            {
                "id": encode_part(sid).hex(),
                "seed": here.hex(),
                "pair": pair.hex(),
                "public": crypto.xwing_public(pair).hex(),
            }
        )
    return {"nation": chain.at.nation, "compartment": [chain.at.level, chain.at.category], "segments": rows}


def _place(chain: SeedChain) -> tuple[int, int, int, int, int]:
    at = chain.at
    return (at.nation, at.custodian, at.counter, at.level, at.category)


def _list(nation: Keyed, place: int) -> Case:
    data = nation.lists[place]
    return {
        "nation": nation.index,
        "compartment": list(COMPARTMENTS[place]),
        "list": data.hex(),
        "hash": list_hash(data).hex(),
    }


def prekey(world: World) -> tuple[PrekeyStatement, Signed]:
    """The prekey statement of the device of XAA."""
    statement = PrekeyStatement(
        world.coalition.id, 0, world.xaa.certificate.device, 1, 0, b"", crypto.xwing_public(world.xaa.prekey)
    )
    document = sign_prekey(statement, world.xaa.device)
    check_prekey(world.xaa.certificate, document.data)
    return statement, document


def demand(world: World) -> RekeyDemand:
    """The demand of the custodian of XAA, with edition 2."""
    return RekeyDemand(world.coalition.id, 0, 0, 2, ENTROPY.fork("demand")(REQUEST), NOW)


def _demand(world: World) -> Case:
    made, (statement, _) = demand(world), prekey(world)
    answer = sign_prekey(evolve(statement, counter=2, request=made.request), world.xaa.device)
    check_prekey(world.xaa.certificate, answer.data)
    return {
        "edition": made.edition,
        "request": made.request.hex(),
        "at": made.at,
        "document": sign_demand(made, world.xaa.custodian).data.hex(),
        "answer": answer.data.hex(),
    }


def otar_header(world: World) -> OtarHeader:
    """Header of the OTAR for the device of XAA: both compartments, from the edition's first segment."""
    xaa = world.xaa
    return OtarHeader(
        coalition=world.coalition.id,
        nation=0,
        custodian=0,
        device=xaa.certificate.device,
        certificate=xaa.certificate_hash,
        prekey=1,
        edition=1,
        segment=xaa.edition.first,
        last=xaa.edition.last,
        compartments=tuple(CompartmentId(*place) for place in COMPARTMENTS),
    )


def segment_keys(world: World) -> SegmentKeys:
    """All published lists, applied."""
    keys = SegmentKeys(world.directory())
    for nation in (world.xaa, world.xbb):
        for data in nation.lists:
            keys.apply(data)
    return keys


def _otar(world: World, recorder: Recorder) -> Case:
    xaa, header = world.xaa, otar_header(world)
    seeds = tuple(bytes(chain.seed) for chain in xaa.chains)

    def holds(recorded: bytes) -> bool:
        delivery = open_otar(
            recorded,
            certificate=xaa.certificate,
            certificate_hash=xaa.certificate_hash,
            custodian=xaa.seat,
            prekey_seed=xaa.prekey,
            prekey_counter=1,
            edition=xaa.edition,
            keys=segment_keys(world),
        )
        given = tuple(bytes(chain.seed) for chain in delivery.chains)
        return (delivery.header, delivery.link_secret, given) == (header, LINK_SECRET, seeds)

    public = crypto.xwing_public(xaa.prekey)
    recorder.keep(
        "otar XAA",
        lambda: (
            seal_otar(custodian=xaa.custodian, header=header, prekey=public, seeds=seeds, link_secret=LINK_SECRET).data
        ),
        holds,
    )
    return {
        "document": {"recorded": "otar XAA"},
        "header": encode_part(header).hex(),
        "prekey_seed": xaa.prekey.hex(),
        "link_secret": LINK_SECRET.hex(),
        "seeds": [seed.hex() for seed in seeds],
    }


def release(world: World) -> ReleaseKey:
    """SECRET CONVOY REL XAA, XBB."""
    return ReleaseKey(world.policy.hash, *COMPARTMENTS[1], (0, 1))


def context(world: World) -> Context:
    """Context of the envelope: one slot for each of the two nations."""
    revision, _ = channel(world)
    return Context(
        version=VERSION,
        coalition=world.coalition.id,
        charter=world.coalition.charter_hash,
        channel=revision.channel,
        revision=revision.hash,
        release=release(world),
        nation=0,
        device=world.xaa.certificate.device,
        segment=world.segment,
        slots=(Slot(0, 0, 1), Slot(1, 0, 1)),
        not_after=(world.segment + 1) * SEGMENT + SEGMENT // 4,
    )


def pairs(world: World) -> tuple[bytes, bytes]:
    """X-Wing seeds of the two slots."""
    return (world.xaa.chains[1].private(world.segment), world.xbb.chains[1].private(world.segment))


def envelope(world: World, recorder: Recorder) -> Envelope:
    """The recorded envelope."""
    wanted, seeds = context(world), pairs(world)

    def holds(recorded: bytes) -> bool:
        read = read_envelope(recorded)
        read.verify(world.xaa.certificate.key)
        return read.context == wanted and all(open_slot(read, i, seeds[i]) == TEK for i in range(2))

    publics = [crypto.xwing_public(seed) for seed in seeds]
    data = recorder.keep("envelope", lambda: seal_envelope(wanted, TEK, publics, world.xaa.device.ed25519).data, holds)
    return read_envelope(data)


def _envelope(world: World, recorder: Recorder) -> Case:
    read = envelope(world, recorder)
    return {
        "document": {"recorded": "envelope"},
        "ctx": encode(read.context).hex(),
        "tek": TEK.hex(),
        "commitment": read.commitment.hex(),
        "id": read.id.hex(),
        "slots": [encode_part(slot).hex() for slot in read.context.slots],
        "pairs": [seed.hex() for seed in pairs(world)],
        "author_key": world.xaa.certificate.key.hex(),
    }


def kept_envelope(recorder: Recorder) -> Envelope:
    """The envelope, once `build` has kept it."""
    return read_envelope(bytes.fromhex(recorder.kept["envelope"]))
