"""Vectors of SPEC 8.9: a checkpoint over three feeds of a device, and the proof of each; and hostile ones."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from protocol.base.codec import pack
from protocol.base.crypto import HYBRID_SIGNATURE
from protocol.base.ids import Tag
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import Signed, read_signed, sign
from protocol.keys.envelope import Envelope
from protocol.messages.checkpoint import (
    Checkpoint,
    CheckpointProof,
    Covered,
    Head,
    check_proof,
    leaf,
    make_checkpoint,
)
from protocol.messages.feed import sign_feed
from protocol.vectors.hostile_trust import altered, case, kept
from protocol.vectors.keys import kept_envelope
from protocol.vectors.messages import Feed, entries, entry, feed, text_payload
from protocol.vectors.notation import Case, File
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import ENTROPY, NOW, World, holds_hybrid

NAME = "checkpoint"


def build(world: World, recorder: Recorder) -> File:
    """The file's content."""
    signed, proofs = _made(world, kept_envelope(recorder))
    recorder.keep(
        NAME,
        lambda: signed.data,
        lambda recorded: holds_hybrid(recorded, Tag.CHECKPOINT, world.xaa.device, signed.body),
    )
    made = decode(Checkpoint, signed.body)
    return {
        "chapter": "8.9 Checkpoints",
        "format": {
            "checkpoint": "of the device of XAA, recorded; `root` over `leaves` leaves",
            "proofs": "of each of its feeds, in the order of their leaves",
        },
        "verification": [
            "the hash of the body's ML-DSA-65 key stands in the certificate of trust.json; both signatures verify over the body",
            'leaf = H("checkpoint leaf", salt || feed id || seq, 8 bytes || entry id), with the salt of the proof',
            "leaves stand in ascending order; root and paths are those of RFC 6962 with the person of directory nodes",
        ],
        "checkpoint": [
            {"document": {"recorded": NAME}, "body": signed.body.hex(), "root": made.root.hex(), "leaves": made.leaves}
        ],
        "proofs": [_proof(world, made, data) for data in proofs],
    }


def _made(world: World, envelope: Envelope) -> tuple[Signed, tuple[bytes, ...]]:
    alpha = feed(world, world.xaa)
    _, second = entries(alpha, envelope)
    heads = [Head(alpha.record.id, alpha.document.data, second.base.seq, second.id)]
    for nonce in (bytes(16), bytes(range(16))):
        record = evolve(alpha.record, nonce=nonce)
        other = attrs.evolve(alpha, record=record, document=sign_feed(record, alpha.key))
        only = entry(other, envelope, text_payload(), None)
        heads.append(Head(record.id, other.document.data, 1, only.id))
    return make_checkpoint(world.xaa.certificate, world.xaa.device, NOW, NOW, heads, ENTROPY.fork("checkpoint salts"))


def _proof(world: World, made: Checkpoint, data: bytes) -> Case:
    covered: Covered = check_proof(world.xaa.certificate, made, data)
    proof = decode(CheckpointProof, data)
    name = leaf(proof.salt, covered.feed.id, covered.seq, covered.entry)
    return {"feed": covered.feed.id.hex(), "leaf": name.hex(), "encoded": data.hex()}


def hostile(world: World, recorder: Recorder) -> Iterator[Case]:
    """Hostile cases, with their controls; `build` has kept the checkpoint."""
    signed, proofs = _made(world, kept_envelope(recorder))
    good = bytes.fromhex(recorder.kept[NAME])
    body, size = signed.body, len(good)
    yield case("control_checkpoint", "checkpoint", {"recorded": NAME}, "success")
    whole = read_signed(good)
    signer, signature = whole.signer, whole.signature

    def put(name: str, what: bytes, by: bytes) -> tuple[str, bytes]:
        return name, pack((int(Tag.CHECKPOINT), signer, what, by))

    made = decode(Checkpoint, body)
    foreign = world.xbb.device.public().mldsa
    yield case(*_door(put("checkpoint_truncated_mldsa_signature", body, signature[:-1])), "decode", Tag.CHECKPOINT.name)
    yield case(*_door(put("checkpoint_signed_by_ed25519_only", body, signature[:64])), "decode", Tag.CHECKPOINT.name)
    yield case(
        *_door(put("checkpoint_with_another_mldsa_key", encode(evolve(made, mldsa=foreign)), signature)),
        "authentication",
    )
    yield case(*_door(put("checkpoint_of_no_feeds", body[:-1] + b"\0", signature)), "decode", "leaves")
    for name, at in (("ed25519", size - HYBRID_SIGNATURE), ("mldsa", size - 1), ("signer", 4)):
        flipped = bytes([good[at] ^ 1])
        yield case(f"checkpoint_altered_{name}", "checkpoint", altered(NAME, at, flipped), "authentication")
    other = encode(evolve(made, coalition=bytes(16)))
    key, device = world.xaa.device, world.xaa.certificate.device
    stray = kept(
        recorder, "hostile checkpoint coalition", Tag.CHECKPOINT, key, other,
        lambda: sign(Tag.CHECKPOINT, device, other, key).data,
    )  # fmt: skip
    yield case("checkpoint_of_another_coalition", "checkpoint", stray, "authentication")
    yield from _proofs(world, proofs)


def _door(named: tuple[str, bytes]) -> tuple[str, str, bytes]:
    name, data = named
    return name, "checkpoint", data


def _proofs(world: World, proofs: tuple[bytes, ...]) -> Iterator[Case]:
    yield case("control_checkpoint_proof", "checkpoint proof", proofs[0], "success")
    first, second, *_ = (decode(CheckpointProof, data) for data in proofs)
    bravo: Feed = feed(world, world.xbb)
    for name, bad in (
        ("for_another_feed", evolve(first, feed=second.feed)),
        ("for_a_feed_of_another_device", evolve(first, feed=bravo.document.data)),
        ("with_another_salt", evolve(first, salt=second.salt)),
        ("of_another_entry", evolve(first, entry=second.entry)),
        ("of_another_number_in_the_feed", evolve(first, seq=first.seq + 1)),
        ("at_another_place", evolve(first, index=1)),
        ("beyond_the_last_place", evolve(first, index=3)),
        ("with_a_step_less", evolve(first, path=first.path[:-1])),
        ("with_a_step_more", evolve(first, path=(*first.path, bytes(32)))),
        ("of_a_lower_checkpoint", evolve(first, number=first.number - 1)),
    ):
        yield case(f"checkpoint_proof_{name}", "checkpoint proof", encode(bad), "authentication")
