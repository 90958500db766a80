"""Vectors of SPEC 9: proofs, authentication, invites, the six words, and what is said to keying devices."""

from __future__ import annotations

from protocol.base import crypto
from protocol.base.ids import Domain
from protocol.base.records import encode, encode_part
from protocol.exchange.asking import EnvelopeDenial, EnvelopeGrant, EnvelopeRequest, Unshared
from protocol.exchange.invite import custodian_hash, make_invite, transcript_words, write_invite
from protocol.exchange.link import LinkContext
from protocol.exchange.messages import Auth, Head
from protocol.exchange.proof import End, proof
from protocol.exchange.ranges import DOCUMENTS, FEEDS, Binding, Comparison, feed_item
from protocol.vectors.keys import kept_envelope
from protocol.vectors.notation import Case, File
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import ENTROPY, LINK_SECRET, World

NUMBER = 7
"""Of the question to a keying device."""
COMPARED = 20
"""Documents, or feeds, of one side; the other lacks the first."""
EXPORTER = ENTROPY.fork("exporter")(32)


def build(world: World, recorder: Recorder) -> File:
    """The file's content."""
    return {
        "chapter": "9 Link, sync and enrolment",
        "format": {
            "proofs": "MAC that each end sends for a secret and a TLS exporter",
            "auths": "what the device of XAA signs and sends as each end",
            "invites": "an invite's record, its text form, and K; some other writings of the same text",
            "words": "six indices that both sides of an enrolment compare",
            "comparing": "what each end says of the same documents and feeds, in the first round and in the second",
            "keying": "a request to a keying device for the envelope of keys.json, and its possible answers",
        },
        "verification": [
            'mac = H("link proof", key = secret, exporter || end)',
            "signature verifies over LINK_AUTH domain || 0x00 || context; auth holds certificate and signature",
            'K = H("invite key", secret); custodian = H("public key", Ed25519 key || ML-DSA key)',
            'text = base32(record || BLAKE2b-40("invite check", record)) in groups of five; each of `also` reads as the same',
            'fingerprint = first 16 bytes of BLAKE2b-128("range", key = exporter, end || subject || items in ascending order)',
            "first and second = [59, [[count, fingerprint] of all] or of the sixteen parts by the first four bits]",
            "request = [56, number, channel, release]; grant = [57, number, envelope]; each denial = [58, number, code]",
            'words = first 66 bits of H("invite words", exporter || nonce || H("document", request) || H("document", custodian) || charter hash)',
        ],
        "proofs": [
            {
                "secret": LINK_SECRET.hex(),
                "exporter": EXPORTER.hex(),
                "end": int(end),
                "mac": proof(LINK_SECRET, EXPORTER, end).hex(),
            }
            for end in End
        ],
        "auths": [_auth(world, end) for end in End],
        "invites": [_invite(world)],
        "words": [_words(world)],
        "comparing": [_comparing(end, subject) for end in End for subject in (DOCUMENTS, FEEDS)],
        "keying": [_keying(recorder)],
    }


def _auth(world: World, end: End) -> Case:
    context = encode_part(LinkContext(int(end), EXPORTER, world.coalition.id, world.xaa.certificate_hash))
    signature = crypto.ed25519_sign(world.xaa.device.ed25519, Domain.LINK_AUTH, context)
    return {
        "end": int(end),
        "exporter": EXPORTER.hex(),
        "context": context.hex(),
        "key": world.xaa.certificate.key.hex(),
        "auth": encode(Auth(world.xaa.certificate_document.data, signature)).hex(),
    }


def _invite(world: World) -> Case:
    invite = make_invite(world.coalition.id, world.xaa.seat, "relay.example:7400", ENTROPY.fork("invite"))
    text = write_invite(invite)
    return {
        "encoded": encode(invite).hex(),
        "custodian_keys": (world.xaa.seat.key + world.xaa.seat.mldsa).hex(),
        "custodian": custodian_hash(world.xaa.seat).hex(),
        "key": invite.key.hex(),
        "text": text,
        "also": [
            text.lower(),
            text.replace("-", ""),
            text.replace("-", "\n"),
            text.replace("O", "0").replace("I", "1"),
        ],
    }


def _comparing(end: End, subject: int) -> Case:
    draw = ENTROPY.fork(f"compared {subject}")
    items = sorted(
        draw(32) if subject == DOCUMENTS else feed_item(Head(draw(16), number, draw(32)))
        for number in range(1, COMPARED + 1)
    )
    ours, peer = (Comparison(Binding(EXPORTER, each), subject) for each in (end, end.other))
    first = ours.begin(items)
    ours.hear(peer.begin(items[1:]).ranges)
    second = ours.go_on()
    assert second is not None  # noqa: S101 -- they are too many to be listed
    return {
        "exporter": EXPORTER.hex(),
        "end": int(end),
        "subject": subject,
        "items": [item.hex() for item in items],
        "first": encode(first).hex(),
        "second": encode(second).hex(),
    }


def request(recorder: Recorder) -> EnvelopeRequest:
    """Asks for the envelope of keys.json."""
    context = kept_envelope(recorder).context
    return EnvelopeRequest(NUMBER, context.channel, context.release)


def _keying(recorder: Recorder) -> Case:
    envelope = kept_envelope(recorder)
    return {
        "number": NUMBER,
        "channel": envelope.context.channel.hex(),
        "release": encode_part(envelope.context.release).hex(),
        "request": encode(request(recorder)).hex(),
        "envelope": {"recorded": "envelope"},
        "grant": encode(EnvelopeGrant(NUMBER, envelope.data)).hex(),
        "denials": [encode(EnvelopeDenial(NUMBER, int(why))).hex() for why in Unshared],
    }


def _words(world: World) -> Case:
    nonce = ENTROPY.fork("welcome")(16)
    request, seat = world.xaa.request_document.data, world.xaa.seat_document.data
    charter = world.coalition.charter_hash
    return {
        "exporter": EXPORTER.hex(),
        "nonce": nonce.hex(),
        "request": request.hex(),
        "custodian": {"recorded": "custodian XAA"},
        "charter": charter.hex(),
        "words": list(transcript_words(EXPORTER, nonce, request, seat, charter)),
    }
