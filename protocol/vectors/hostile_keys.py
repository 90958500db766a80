"""Hostile vectors of SPEC 7: key lists, prekeys, OTARs, envelopes; and of SPEC 9: proofs and invites."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.base import crypto
from protocol.base.codec import pack
from protocol.base.ids import Domain, Person, Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import Signed, SigningKey, read_signed, sign
from protocol.exchange.proof import End, proof
from protocol.keys.demand import sign_demand
from protocol.keys.edition import SegmentList, list_hash
from protocol.keys.envelope import Context, Slot, commitment, envelope_id
from protocol.keys.otar import CompartmentId, Otar, OtarHeader, seal_otar, sign_prekey
from protocol.trust.credential import custodian_id
from protocol.trust.publication import KeyList, publication_hash, publish
from protocol.vectors.hostile_trust import altered, case, kept
from protocol.vectors.keys import TEK, demand, kept_envelope, otar_header, pairs, prekey
from protocol.vectors.link import EXPORTER, NUMBER
from protocol.vectors.link import build as build_link
from protocol.vectors.notation import Case
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import ENTROPY, LINK_SECRET, World

_CONTEXT, _KEY = Person.CONTEXT, Person.KEY_HASH

SMALL_ORDER = bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")
"""An X25519 point of order eight."""


def cases(world: World, recorder: Recorder) -> list[Case]:
    """All of them, with their controls."""
    return [
        *_lists(world, recorder),
        *_prekeys(world),
        *_demands(world),
        *_otars(world, recorder),
        *_envelopes(world, recorder),
        *_split_envelope(world, recorder),
        *_grants(world, recorder),
        *_links(world, recorder),
    ]


def _lists(world: World, recorder: Recorder) -> Iterator[Case]:
    good = decode(SegmentList, world.xaa.lists[0])
    yield case("control_segment_list", "segment list", world.xaa.lists[0], "success")
    swapped = evolve(good, keys=(good.keys[1], good.keys[0], *good.keys[2:]))
    yield case("segment_list_with_two_keys_swapped", "segment list", encode(swapped), "authentication")
    yield case("segment_list_of_another_nation", "segment list", encode(evolve(good, nation=1)), "authentication")
    yield case(
        "segment_list_of_another_coalition", "segment list", encode(evolve(good, coalition=bytes(16))), "authentication"
    )
    unpublished = encode(evolve(good, custodian=1))
    yield case("segment_list_that_nobody_published", "segment list", unpublished, "state", "segment list")
    for name, key in (
        ("small_order", good.keys[0][:1_184] + SMALL_ORDER),
        ("mlkem_out_of_range", b"\xff" * 384 + good.keys[0][384:]),
    ):
        weak = encode(evolve(good, keys=(key, *good.keys[1:])))
        listed = (KeyList(1, good.level, good.category, list_hash(weak)), world.xaa.publication.lists[1])
        previous = publication_hash(world.xaa.publication_document.data)
        publication = evolve(world.xaa.publication, number=2, previous=previous, lists=listed)
        named = kept(
            recorder,
            f"hostile publication {name}",
            Tag.PUBLICATION,
            world.xaa.custodian,
            encode(publication),
            lambda publication=publication: publish(publication, world.xaa.custodian).data,  # type: ignore[misc]
        )
        yield case(f"segment_list_key_{name}", "segment list", weak, "authentication", publication=named)


def _prekeys(world: World) -> Iterator[Case]:
    statement, document = prekey(world)
    key = world.xaa.device
    yield case("control_prekey", "prekey", document.data, "success")
    for name, bad in (
        ("prekey_small_order", evolve(statement, key=statement.key[:1_184] + SMALL_ORDER)),
        ("prekey_mlkem_out_of_range", evolve(statement, key=b"\xff" * 384 + statement.key[384:])),
        ("prekey_of_another_coalition", evolve(statement, coalition=bytes(16))),
        ("prekey_of_another_nation", evolve(statement, nation=1)),
    ):
        yield case(name, "prekey", sign_prekey(bad, key).data, "authentication")
    other = evolve(statement, device=world.xbb.certificate.device)
    forged = sign(Tag.PREKEY_STATEMENT, statement.device, encode(other), key)
    yield case("prekey_of_another_device", "prekey", forged.data, "authentication")
    stranger = sign(Tag.PREKEY_STATEMENT, statement.device, encode(statement), world.xbb.device)
    yield case("prekey_signed_by_another_device", "prekey", stranger.data, "authentication")


def _demands(world: World) -> Iterator[Case]:
    good, key, signer = demand(world), world.xaa.custodian, custodian_id(world.coalition.id, 0, 0)
    yield case("control_demand", "demand", sign_demand(good, key).data, "success")
    for name, bad in (
        ("demand_of_another_coalition", evolve(good, coalition=bytes(16))),
        ("demand_of_another_nation", evolve(good, nation=1)),
        ("demand_of_another_seat", evolve(good, custodian=1)),
    ):
        yield case(name, "demand", sign(Tag.REKEY_DEMAND, signer, encode(bad), key).data, "authentication")
    elsewhere = sign_demand(evolve(good, nation=1), key)
    yield case("demand_under_another_signer", "demand", elsewhere.data, "authentication")
    forged = sign(Tag.REKEY_DEMAND, signer, encode(good), world.xaa.device)
    yield case("demand_by_the_device", "demand", forged.data, "authentication")


def _otars(world: World, recorder: Recorder) -> Iterator[Case]:
    xaa, header = world.xaa, otar_header(world)
    sealed = decode(Otar, read_signed(bytes.fromhex(recorder.kept["otar XAA"])).body).sealed
    yield case("control_otar", "otar", {"recorded": "otar XAA"}, "success")

    def signed(changed: OtarHeader, data: bytes = sealed) -> bytes:
        return _sign_otar(world, Otar(changed, data), xaa.custodian).data

    bent = bytearray(sealed)
    bent[-1] ^= 1
    other = (header.compartments[0], CompartmentId(2, 0))
    for name, data in (
        ("otar_seal_bent", signed(header, bytes(bent))),
        ("otar_to_another_prekey_counter", signed(evolve(header, prekey=2))),
        ("otar_for_another_certificate", signed(evolve(header, certificate=bytes(32)))),
        ("otar_for_another_device", signed(evolve(header, device=bytes(16)))),
        ("otar_of_another_edition", signed(evolve(header, edition=2))),
        ("otar_before_its_edition", signed(evolve(header, segment=header.segment - 1))),
        ("otar_past_its_edition", signed(evolve(header, segment=header.last + 1))),
        ("otar_with_another_compartment", signed(evolve(header, compartments=other))),
        ("otar_signed_by_another_nation", _sign_otar(world, Otar(header, sealed), world.xbb.custodian).data),
    ):
        yield case(name, "otar", data, "authentication")
    beyond = evolve(header, compartments=(*header.compartments[:1], CompartmentId(3, 0)))
    seeds = tuple(bytes(chain.seed) for chain in xaa.chains)
    for name, what, given in (
        ("otar_beyond_the_clearance", beyond, seeds),
        ("otar_seed_that_nobody_published", header, (ENTROPY.fork("stray seed")(32), seeds[1])),
    ):
        yield case(name, "otar", _kept_otar(world, recorder, name, what, given), "authentication")


def _kept_otar(world: World, recorder: Recorder, name: str, header: OtarHeader, seeds: tuple[bytes, ...]) -> Case:
    """An OTAR that is sealed anew, recorded under its vector's name."""
    custodian = world.xaa.custodian
    public = crypto.xwing_public(world.xaa.prekey)

    def holds(recorded: bytes) -> bool:
        document = read_signed(recorded, Tag.OTAR)
        document.verify(custodian.public())
        return decode(Otar, document.body).header == header

    recorder.keep(
        f"hostile {name}",
        lambda: seal_otar(custodian=custodian, header=header, prekey=public, seeds=seeds, link_secret=LINK_SECRET).data,
        holds,
    )
    return {"recorded": f"hostile {name}"}


def _sign_otar(world: World, otar: Otar, key: SigningKey) -> Signed:
    return sign(Tag.OTAR, custodian_id(world.coalition.id, 0, 0), encode(otar), key)


Parts = tuple[bytes, bytes, tuple[bytes, ...]]
"""(ctx, commitment, wraps) of an envelope."""


def _resigned(world: World, parts: Parts, domain: Domain = Domain.ENVELOPE) -> bytes:
    """An envelope of these parts, signed by its author."""
    signature = crypto.ed25519_sign(world.xaa.device.ed25519, domain, envelope_id(*parts))
    return pack((int(Tag.ENVELOPE), *parts, signature))


def _envelopes(world: World, recorder: Recorder) -> Iterator[Case]:
    good = kept_envelope(recorder)
    context = good.context
    for nation in (0, 1):
        yield case(f"control_envelope_nation_{nation}", "envelope", {"recorded": "envelope"}, "success", nation=nation)

    def with_context(changed: Context, cm: bytes = good.commitment) -> bytes:
        return _resigned(world, (encode(changed), cm, good.wraps))

    release = context.release
    other_slots = (Slot(0, 0, 1), Slot(2, 0, 1))
    for name, data, expect, field in (
        ("envelope_of_a_newer_version", with_context(evolve(context, version=2)), "version", "envelope"),
        (
            "envelope_without_its_authors_nation",
            with_context(evolve(context, nation=2)),
            "decode",
            "releasable",
        ),
        ("envelope_slot_outside_the_release_set", with_context(evolve(context, slots=other_slots)), "decode", "slots"),
        (
            "envelope_with_a_wrap_less",
            _resigned(world, (good.ctx, good.commitment, good.wraps[:1])),
            "decode",
            "wraps",
        ),
        (
            "envelope_with_slots_out_of_order",
            _resigned(
                world,
                (
                    good.ctx.replace(b"\x93\x00\x00\x01\x93\x01\x00\x01", b"\x93\x01\x00\x01\x93\x00\x00\x01"),
                    good.commitment,
                    good.wraps,
                ),
            ),
            "decode",
            "slots",
        ),
    ):
        yield case(name, "envelope", data, expect, field, nation=0)
    relabelled = pack(
        (
            int(Tag.ENVELOPE),
            encode(evolve(context, release=evolve(release, level=0, category=0))),
            good.commitment,
            good.wraps,
            good.signature,
        )
    )
    swapped: Parts = (good.ctx, good.commitment, good.wraps[::-1])
    downgraded = evolve(context, release=evolve(release, level=1))
    recommitted = commitment(TEK, encode(downgraded))
    size = len(bytes.fromhex(recorder.kept["envelope"]))
    for name, data in (
        ("envelope_relabelled_by_a_relay", relabelled),
        (
            "envelope_signed_in_the_entry_domain",
            _resigned(world, (good.ctx, good.commitment, good.wraps), Domain.ENTRY),
        ),
        ("envelope_with_wraps_swapped", _resigned(world, swapped)),
        ("envelope_wraps_moved_to_another_label", with_context(downgraded, recommitted)),
        ("envelope_wraps_moved_to_another_channel", with_context(evolve(context, channel=bytes(16)))),
        ("envelope_commitment_bent", _resigned(world, (good.ctx, bytes(32), good.wraps))),
    ):
        yield case(name, "envelope", data, "authentication", nation=0)
    last = bytes([good.signature[-1] ^ 1])
    yield case("envelope_signature_bent", "envelope", altered("envelope", size - 1, last), "authentication", nation=0)


def _split_envelope(world: World, recorder: Recorder) -> Iterator[Case]:
    """One author, two TEKs (the salamander): the first nation opens, the second refuses."""
    seeds, context = pairs(world), kept_envelope(recorder).context
    publics = [crypto.xwing_public(seed) for seed in seeds]
    other = ENTROPY.fork("other tek")(32)
    ctx, cm = encode(context), commitment(TEK, encode(context))

    def info(place: int) -> bytes:
        slot = pack((context.slots[place].nation, context.slots[place].custodian, context.slots[place].counter))
        hashes = [crypto.digest(person, data) for person, data in ((_CONTEXT, ctx), (_KEY, publics[place]))]
        return Domain.HPKE_ENVELOPE.prefix + hashes[0] + slot + hashes[1] + cm

    wraps = tuple(
        recorder.keep(
            f"hostile wrap {place}",
            lambda place=place, tek=tek: crypto.hpke_seal(publics[place], info(place), tek),  # type: ignore[misc]
            lambda recorded, place=place, tek=tek: crypto.hpke_open(seeds[place], info(place), recorded) == tek,  # type: ignore[misc]
        )
        for place, tek in enumerate((TEK, other))
    )
    data = _resigned(world, (ctx, cm, wraps))
    yield case("control_envelope_split_for_the_first", "envelope", data, "success", nation=0)
    yield case("envelope_with_another_tek_for_the_second", "envelope", data, "authentication", nation=1)


def _grants(world: World, recorder: Recorder) -> Iterator[Case]:
    """What a keying device gives: asked for, and for the channel and release key that were asked."""
    good = kept_envelope(recorder)
    context, number = good.context, NUMBER

    def of(changed: Context) -> bytes:
        return _resigned(world, (encode(changed), good.commitment, good.wraps))

    envelope, direct = {"recorded": "envelope"}, {"recorded": "direct envelope"}
    yield case("control_grant", "grant", envelope, "success", number=number)
    yield case("grant_that_nobody_asked_for", "grant", envelope, "state", "number", number=number + 1)
    for name, data in (
        ("grant_for_another_channel", of(evolve(context, channel=bytes(16)))),
        ("grant_for_another_label", of(evolve(context, release=evolve(context.release, level=0, category=0)))),
    ):
        yield case(name, "grant", data, "state", "data", number=number)
    yield case("grant_of_a_direct_envelope", "grant", direct, "decode", "tag", number=number)
    yield case("grant_of_no_envelope", "grant", b"\x90", "decode", "tag", number=number)


def _links(world: World, recorder: Recorder) -> Iterator[Case]:
    file = build_link(world, recorder)
    yield case("control_proof", "proof", proof(LINK_SECRET, EXPORTER, End.DIALLER), "success")
    for name, mac in (
        ("proof_sent_back", proof(LINK_SECRET, EXPORTER, End.RESPONDER)),
        ("proof_of_another_connection", proof(LINK_SECRET, bytes(32), End.DIALLER)),
        ("proof_of_another_secret", proof(bytes(32), EXPORTER, End.DIALLER)),
    ):
        yield case(name, "proof", mac, "authentication")
    dialler, responder = (bytes.fromhex(auth["auth"]) for auth in file["auths"])
    yield case("control_auth", "auth", dialler, "success")
    yield case("auth_sent_back", "auth", responder, "authentication")
    text: str = file["invites"][0]["text"]
    yield case("control_invite", "invite", text, "success")
    place = text.index("-") + 1
    wrong = "A" if text[place] != "A" else "B"
    yield case("invite_with_a_typing_error", "invite", text[:place] + wrong + text[place + 1 :], "decode", "invite")
    yield case("invite_cut_short", "invite", text[:-1], "decode", "invite")
    yield case("invite_with_a_foreign_character", "invite", text[:place] + "8" + text[place + 1 :], "decode", "invite")
