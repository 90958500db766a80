"""Hostile vectors of SPEC 6: certificates, publications, channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from protocol.base.codec import pack
from protocol.base.ids import Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import SigningKey, sign
from protocol.trust.channel import channel_id, sign_revision
from protocol.trust.credential import (
    CertificateRequest,
    custodian_id,
    device_id,
    issue_certificate,
    make_request,
)
from protocol.trust.publication import publication_hash, publish
from protocol.trust.revocation import sign_revocation
from protocol.trust.seat import PROOF, SeatClaim, SeatRequest
from protocol.vectors.notation import Case
from protocol.vectors.recorder import Recorder
from protocol.vectors.trust import channel, revocation
from protocol.vectors.world import World, holds_hybrid


def cases(world: World, recorder: Recorder) -> list[Case]:
    """All of them, with their controls."""
    parts: list[Callable[[World], Iterator[Case]]] = [
        _seats,
        _requests,
        _certificates,
        _revocations,
        _channels,
    ]
    return [
        *(case for part in parts for case in part(world)),
        *_publications(world, recorder),
    ]


def case(name: str, door: str, data: object, expect: str, field: str = "", **more: object) -> Case:
    """One vector."""
    shown = data.hex() if isinstance(data, bytes) else data
    named = {"field": field} if field else {}
    return {"name": name, "door": door, "data": shown, **more, "expect": expect, **named}


def altered(name: str, at: int, put: bytes) -> Case:
    """A recorded document with some bytes replaced."""
    return {"recorded": name, "at": at, "cut": len(put), "put": put.hex()}


def kept(recorder: Recorder, name: str, tag: Tag, key: SigningKey, body: bytes, make: Callable[[], bytes]) -> Case:
    """A hybrid-signed document of our own fault, recorded."""
    recorder.keep(name, make, lambda recorded: holds_hybrid(recorded, tag, key, body))
    return {"recorded": name}


def _seats(world: World) -> Iterator[Case]:
    yield case("control_seat_request", "seat request", {"recorded": "seat request XAA"}, "success")
    key = world.xaa.device
    public = world.xbb.custodian.public()
    claim = SeatClaim(world.coalition.id, 0, 1, world.xaa.certificate.device, public.ed25519, public.mldsa)
    # Another's keys, without a proof of them.
    bare = SeatRequest(claim, bytes(PROOF))
    forged = sign(Tag.SEAT_REQUEST, claim.device, encode(bare), key).data
    yield case("seat_request_for_keys_of_another", "seat request", forged, "authentication")
    stranger = sign(Tag.SEAT_REQUEST, claim.device, encode(bare), world.xbb.device).data
    yield case("seat_request_signed_by_another_device", "seat request", stranger, "authentication")


def _requests(world: World) -> Iterator[Case]:
    xaa = world.xaa
    request = decode(CertificateRequest, xaa.request_document.body)
    yield case("control_request", "request", xaa.request_document.data, "success")
    yield case(
        "request_for_another_nation",
        "request",
        make_request(evolve(request, nation=1), xaa.device).data,
        "authentication",
    )
    other = evolve(request, coalition=bytes(16))
    yield case("request_of_another_coalition", "request", make_request(other, xaa.device).data, "authentication")
    forged = sign(Tag.CERTIFICATE_REQUEST, xaa.certificate.device, encode(request), world.xbb.device)
    yield case("request_signed_by_another_key", "request", forged.data, "authentication")


def _certificates(world: World) -> Iterator[Case]:
    xaa, good = world.xaa, world.xaa.certificate
    signer = custodian_id(world.coalition.id, 0, 0)
    yield case("control_certificate", "certificate", xaa.certificate_document.data, "success")
    stolen = evolve(good, key=world.xbb.certificate.key, request=world.xbb.certificate.request)
    for name, bad in (
        ("certificate_request_for_another_nation", evolve(good, request=world.xbb.certificate.request)),
        ("certificate_of_another_nations_device", stolen),
        ("certificate_of_another_coalition", evolve(good, coalition=bytes(16))),
    ):
        document = sign(Tag.CERTIFICATE, signer, encode(bad), xaa.custodian)
        yield case(name, "certificate", document.data, "authentication")
    moved = sign(Tag.CERTIFICATE, signer, encode(evolve(good, nation=1)), xaa.custodian)
    yield case("certificate_names_another_nation", "certificate", moved.data, "authentication")
    yield case(
        "certificate_signed_by_the_device", "certificate", issue_certificate(good, xaa.device).data, "authentication"
    )
    elsewhere = custodian_id(world.coalition.id, 1, 0)
    renamed = pack((int(Tag.CERTIFICATE), elsewhere, xaa.certificate_document.body, xaa.certificate_document.signature))
    yield case("certificate_under_another_signer", "certificate", renamed, "authentication")
    body = xaa.certificate_document.body
    for name, changed, field in (
        ("certificate_name_not_nfc", body.replace(b"\xadMaj Ann Alpha", b"\xadMaj A\xcc\x8an Alph"), "name"),
        ("certificate_category_none", body.replace(b"\x92\x02\x91\x01", b"\x92\x02\x91\x00"), "categories"),
        ("certificate_body_with_a_byte_more", body + b"\x00", "record"),
        ("certificate_integer_not_shortest", body.replace(b"\x92\x02\x91\x01", b"\x92\x02\x91\xcc\x01"), "Certificate"),
    ):
        document = sign(Tag.CERTIFICATE, signer, changed, xaa.custodian)
        yield case(name, "certificate", document.data, "decode", field)


def _revocations(world: World) -> Iterator[Case]:
    xaa, good = world.xaa, revocation(world)
    signer = custodian_id(world.coalition.id, 0, 0)
    yield case("control_revocation", "revocation", sign_revocation(good, xaa.custodian).data, "success")
    for name, bad in (
        ("revocation_of_another_coalition", evolve(good, coalition=bytes(16))),
        ("revocation_names_another_nation", evolve(good, nation=1)),
        ("revocation_names_another_seat", evolve(good, custodian=1)),
    ):
        document = sign(Tag.REVOCATION, signer, encode(bad), xaa.custodian)
        yield case(name, "revocation", document.data, "authentication")
    foreign = evolve(good, device=world.xbb.certificate.device)
    yield case(
        "revocation_of_another_nations_device",
        "revocation",
        sign_revocation(foreign, xaa.custodian).data,
        "authentication",
    )
    forged = sign(Tag.REVOCATION, signer, encode(good), world.xbb.custodian)
    yield case("revocation_by_another_nations_custodian", "revocation", forged.data, "authentication")
    by_itself = sign(Tag.REVOCATION, signer, encode(good), xaa.device)
    yield case("revocation_by_the_device", "revocation", by_itself.data, "authentication")
    unknown = evolve(good, device=device_id(world.coalition.id, 0, bytes(32)))
    yield case(
        "revocation_of_an_unknown_device", "revocation", sign_revocation(unknown, xaa.custodian).data, "state", "device"
    )


def _publications(world: World, recorder: Recorder) -> Iterator[Case]:
    xaa = world.xaa
    yield case("control_publication", "publication", {"recorded": "publication XAA"}, "success")
    fork = evolve(xaa.publication, issued=xaa.publication.issued + 1)
    yield case(
        "publication_number_used_twice",
        "publication",
        kept(
            recorder,
            "hostile publication fork",
            Tag.PUBLICATION,
            xaa.custodian,
            encode(fork),
            lambda: publish(fork, xaa.custodian).data,
        ),
        "replay",
        "number",
    )
    follows = evolve(xaa.publication, number=2, previous=publication_hash(xaa.publication_document.data))
    unlinked = evolve(follows, previous=bytes(32))
    yield case(
        "publication_linked_to_another",
        "publication",
        kept(
            recorder,
            "hostile publication unlinked",
            Tag.PUBLICATION,
            xaa.custodian,
            encode(unlinked),
            lambda: publish(unlinked, xaa.custodian).data,
        ),
        "replay",
        "previous",
    )
    foreign = follows
    signer = custodian_id(world.coalition.id, 1, 0)
    yield case(
        "publication_by_another_nations_custodian",
        "publication",
        kept(
            recorder,
            "hostile publication foreign",
            Tag.PUBLICATION,
            world.xbb.custodian,
            encode(foreign),
            lambda: sign(Tag.PUBLICATION, signer, encode(foreign), world.xbb.custodian).data,
        ),
        "authentication",
    )
    replaced = evolve(follows, editions=(evolve(xaa.edition, supersedes=xaa.edition.counter),))
    yield case(
        "publication_whose_edition_supersedes_itself",
        "publication",
        kept(
            recorder,
            "hostile publication superseding itself",
            Tag.PUBLICATION,
            xaa.custodian,
            encode(replaced),
            lambda: publish(replaced, xaa.custodian).data,
        ),
        "decode",
        "editions",
    )
    yield case("control_directory_part", "directory part", xaa.part, "success")
    unknown = xaa.part.replace(b"\x00\x00\x01\x00\x91", b"\x00\x01\x01\x00\x91")
    yield case("directory_part_of_an_unknown_custodian", "directory part", unknown, "state", "directory")


def _channels(world: World) -> Iterator[Case]:
    revision, document = channel(world)
    xaa, founder = world.xaa, world.xaa.certificate.device
    outsider = device_id(world.coalition.id, 0, bytes(32))
    yield case("control_channel", "channel", document.data, "success", previous=False)
    for name, bad, expect, field in (
        ("channel_founder_is_no_admin", evolve(revision, admins=(outsider,)), "authentication", ""),
        ("channel_id_of_another_founder", evolve(revision, nonce=bytes(16)), "authentication", ""),
        ("channel_of_another_nation", evolve(revision, nation=1), "authentication", ""),
        ("channel_of_another_coalition", evolve(revision, coalition=bytes(16)), "authentication", ""),
        ("channel_without_its_founding_nation", evolve(revision, members=(1, 2)), "state", "members"),
        ("channel_that_begins_in_the_middle", evolve(revision, number=1, previous=revision.hash), "state", "number"),
    ):
        yield case(name, "channel", sign_revision(bad, founder, xaa.device).data, expect, field, previous=False)
    again = evolve(revision, number=1, previous=revision.hash, title="ops two")
    yield case(
        "control_channel_next", "channel", sign_revision(again, founder, xaa.device).data, "success", previous=True
    )
    for name, bad, expect, field in (
        ("channel_number_used_twice", evolve(revision, title="ops two"), "replay", "number"),
        ("channel_number_left_out", evolve(again, number=2), "state", "previous"),
        ("channel_linked_to_another_revision", evolve(again, previous=bytes(32)), "state", "previous"),
        (
            "channel_that_moves",
            evolve(again, channel=channel_id(world.coalition.id, founder, bytes(16))),
            "state",
            "previous",
        ),
    ):
        yield case(name, "channel", sign_revision(bad, founder, xaa.device).data, expect, field, previous=True)
    forged = sign(Tag.CHANNEL_REVISION, founder, encode(again), world.xbb.device)
    yield case("channel_signed_by_another_device", "channel", forged.data, "authentication", previous=True)
