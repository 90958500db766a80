"""Hostile vectors of SPEC 8: feeds, entries, payloads, chains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from protocol.base import crypto
from protocol.base.codec import Value, pack, unpack
from protocol.base.crypto import digest
from protocol.base.ids import Domain, Person, Tag
from protocol.base.limits import MAX_CREDIT, MAX_FORK_RUN, MAX_TEXT
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import sign
from protocol.keys.envelope import Envelope
from protocol.messages.entry import Entry, content_key, entry_id, pad, seal_entry
from protocol.messages.feed import FeedRecord, sign_feed
from protocol.messages.forks import ForkProof
from protocol.messages.payload import encode_payload
from protocol.vectors.hostile_trust import case
from protocol.vectors.keys import TEK, kept_envelope
from protocol.vectors.messages import (
    Feed,
    complaint_payload,
    correction_payload,
    deputy_payload,
    entries,
    evidence,
    feed,
    fork_proof,
    notice_payload,
    purged_payload,
    quoting_payload,
    receipt_payload,
    retraction_payload,
    rival,
    text_payload,
    unsigned,
)
from protocol.vectors.notation import Case
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import World


def cases(world: World, recorder: Recorder) -> list[Case]:
    """All of them, with their controls."""
    envelope = kept_envelope(recorder)
    author = feed(world, world.xaa)
    first, second = entries(author, envelope)
    return [
        *_feeds(world, author),
        *_shapes(author, first, second),
        *_signatures(world, first),
        *_headers(world, first, second),
        *_seals(author, first),
        *_payloads(author, envelope, first),
        *_notices(world),
        *_evidence(world, author, first, second),
        *_chains(author, envelope, first, second),
        *_forks(world, author, envelope, first, second),
    ]


def _feeds(world: World, author: Feed) -> Iterator[Case]:
    record, key = author.record, author.key
    yield case("control_feed", "feed", author.document.data, "success")
    for name, bad in (
        ("feed_of_another_person", evolve(record, person=world.xbb.certificate.person)),
        ("feed_of_another_coalition", evolve(record, coalition=bytes(16))),
    ):
        yield case(name, "feed", sign_feed(bad, key).data, "authentication")
    other = evolve(record, device=world.xbb.certificate.device)
    yield case(
        "feed_of_another_device", "feed", sign(Tag.FEED, record.device, encode(other), key).data, "authentication"
    )
    forged = sign(Tag.FEED, record.device, encode(record), world.xbb.device)
    yield case("feed_signed_by_another_device", "feed", forged.data, "authentication")


def _wire(base: bytes, salt: bytes, ct: bytes, seed: bytes, domain: Domain = Domain.ENTRY) -> bytes:
    signature = crypto.ed25519_sign(seed, domain, entry_id(base, salt, ct))
    return pack((int(Tag.ENTRY), base, salt, ct, signature))


def _with(data: bytes, place: int, put: Value) -> bytes:
    """A record with one field that its class may refuse to hold."""
    fields = cast(Sequence[Value], unpack(data))
    return pack((*fields[:place], put, *fields[place + 1 :]))


def _seal(base: bytes, padded: bytes, seed: bytes, salt: bytes | None = None) -> bytes:
    """What `seal_entry` does, for any base, padding and salt."""
    ck = content_key(TEK, base)
    salt = digest(Person.SALT, base, padded, key=ck) if salt is None else salt
    both = digest(Person.MESSAGE_KEY, base, salt, key=ck, size=56)
    ct = crypto.aead_seal(both[:32], both[32:], base + salt, padded)
    return _wire(base, salt, ct, seed)


def _shapes(author: Feed, first: Entry, second: Entry) -> Iterator[Case]:
    seed, padded = author.key.ed25519, pad(encode_payload(text_payload()))
    for name, good in (("first", first), ("second", second)):
        yield case(f"control_entry_{name}", "entry", good.data, "success")
    for name, base, expect, field in (
        ("entry_of_a_newer_version", _with(first.base_data, 1, 2), "version", "entry"),
        ("entry_number_zero", _with(first.base_data, 4, 0), "decode", "seq"),
        ("entry_number_beyond_the_last", _with(first.base_data, 4, 2**63), "decode", "seq"),
        ("entry_precedence_beyond_flash", _with(first.base_data, 2, 4), "decode", "precedence"),
        ("entry_base_of_another_record", _with(first.base_data, 0, int(Tag.ENTRY)), "decode", "tag"),
        ("entry_base_of_an_unknown_record", _with(first.base_data, 0, 127), "version", "tag"),
        ("entry_base_with_a_byte_more", encode(first.base) + b"\0", "decode", "record"),
        ("entry_first_with_a_predecessor", _with(first.base_data, 5, bytes(32)), "authentication", ""),
        ("entry_second_without_a_predecessor", _with(second.base_data, 5, b""), "authentication", ""),
    ):
        yield case(name, "entry", _seal(base, padded, seed), expect, field)
    yield case("entry_with_a_byte_more", "entry", first.data + b"\0", "decode", "record")
    longer = _wire(first.base_data, first.salt, first.ct + b"\0", seed)
    yield case("entry_ciphertext_of_no_whole_block", "entry", longer, "authentication")


def _signatures(world: World, first: Entry) -> Iterator[Case]:
    parts = (first.base_data, first.salt, first.ct)
    seed = world.xaa.device.ed25519
    yield case("entry_signed_by_another_device", "entry", _wire(*parts, world.xbb.device.ed25519), "authentication")
    yield case("entry_signed_in_the_envelope_domain", "entry", _wire(*parts, seed, Domain.ENVELOPE), "authentication")
    moved = pack((int(Tag.ENTRY), encode(evolve(first.base, precedence=3)), first.salt, first.ct, first.signature))
    yield case("entry_precedence_raised_by_a_relay", "entry", moved, "authentication")


def _headers(world: World, first: Entry, second: Entry) -> Iterator[Case]:
    for name, good in (("first", first), ("second", second)):
        yield case(f"control_header_{name}", "header", good.header, "success")
    base, salt, digest_, signature = cast(Sequence[Value], unpack(first.header))[1:]
    other = crypto.ed25519_sign(world.xbb.device.ed25519, Domain.ENTRY, first.id)
    for name, data, expect, field in (
        ("header_signed_by_another_device", _with(first.header, 4, other), "authentication", ""),
        ("header_of_another_ciphertext", _with(first.header, 3, bytes(32)), "authentication", ""),
        ("header_of_another_salt", _with(first.header, 2, bytes(32)), "authentication", ""),
        (
            "header_raised_by_a_relay",
            _with(first.header, 1, encode(evolve(first.base, precedence=3))),
            "authentication",
            "",
        ),
        (
            "header_first_with_a_predecessor",
            _with(first.header, 1, _with(first.base_data, 5, bytes(32))),
            "authentication",
            "",
        ),
        ("header_of_a_newer_version", _with(first.header, 1, _with(first.base_data, 1, 2)), "version", "entry"),
        ("header_as_an_entry", pack((int(Tag.ENTRY), base, salt, digest_, signature)), "decode", "tag"),
        ("header_with_its_ciphertext", _with(first.header, 3, first.ct), "decode", "hash"),
    ):
        yield case(name, "header", data, expect, field)


def _seals(author: Feed, first: Entry) -> Iterator[Case]:
    seed, base = author.key.ed25519, first.base_data
    payload = encode_payload(text_payload())
    padded = pad(payload)
    bent = first.ct[:-1] + bytes([first.ct[-1] ^ 1])
    reused = encode(evolve(first.base, envelope=bytes(32)))
    for name, data in (
        ("entry_salt_of_another_text", _seal(base, padded, seed, salt=first.id)),
        ("entry_padding_of_a_block_too_many", _seal(base, padded + bytes(64), seed)),
        ("entry_padding_without_its_mark", _seal(base, payload + bytes(-len(payload) % 64), seed)),
        ("entry_padding_with_another_byte", _seal(base, padded[:-1] + b"\1", seed)),
        ("entry_padding_of_nothing_but_zeros", _seal(base, bytes(64), seed)),
        ("entry_tag_bent", _wire(base, first.salt, bent, seed)),
        ("entry_moved_under_another_envelope", _wire(reused, first.salt, first.ct, seed)),
    ):
        yield case(name, "entry", data, "authentication")


def _notices(world: World) -> Iterator[Case]:
    notice, deputy = notice_payload(), deputy_payload(world)
    ordered, named = encode(notice), encode(deputy)
    down = evolve(deputy, on=False, person=b"", until=0)
    for name, good in (("notice", notice), ("deputy", deputy), ("deputy_down", down)):
        yield case(f"control_payload_{name}", "payload", encode(good), "success")
    for name, bad, expect, field in (
        ("notice_of_another_order", _with(ordered, 5, 3), "decode", "notice"),
        ("notice_without_a_number", _with(ordered, 6, 0), "decode", "number"),
        ("notice_beyond_the_last_number", _with(ordered, 6, 2**32), "decode", "number"),
        ("notice_neither_on_nor_off", _with(ordered, 7, 2), "decode", "on"),
        ("notice_that_begins_without_a_reason", _with(ordered, 8, ""), "decode", "reason"),
        ("notice_of_a_newer_format", encode(evolve(notice, format=2)), "version", "format"),
        ("notice_that_names_somebody", encode(evolve(notice, person=deputy.person)), "decode", "person"),
        ("notice_that_ends_by_itself", encode(evolve(notice, until=notice.since + 1)), "decode", "until"),
        ("deputy_who_is_not_named", encode(evolve(deputy, person=b"")), "decode", "person"),
        ("deputy_named_by_half_an_id", _with(named, 9, deputy.person[:8]), "decode", "person"),
        ("deputy_named_by_a_name", _with(named, 9, "Maj Kowal"), "decode", "person"),
        ("deputy_who_stands_down_and_is_named", encode(evolve(down, person=deputy.person)), "decode", "person"),
        ("deputy_who_stands_down_until", encode(evolve(down, until=deputy.until)), "decode", "until"),
        ("deputy_until_before_it_began", encode(evolve(deputy, until=deputy.since)), "decode", "until"),
        ("deputy_beyond_the_last_time", _with(named, 10, 2**40 + 1), "decode", "until"),
    ):
        yield case(name, "payload", bad, expect, field)


def _payloads(author: Feed, envelope: Envelope, first: Entry) -> Iterator[Case]:
    text, receipt, quoting = text_payload(), receipt_payload(author, first), quoting_payload(first)
    correction, retraction, purged = correction_payload(first), retraction_payload(first), purged_payload(author, first)
    for name, good in (
        ("text", text),
        ("receipt", receipt),
        ("complaint", complaint_payload(envelope)),
        ("quoting", quoting),
        ("correction", correction),
        ("retraction", retraction),
        ("purged", purged),
    ):
        yield case(f"control_payload_{name}", "payload", encode(good), "success")
    data = encode(text)
    refs = ((1, first.id), (1, first.id))
    ranges = receipt.ranges
    twice = (ranges[0], evolve(ranges[0], up_to=ranges[0].up_to + 1))
    for name, bad, expect, field in (
        ("payload_of_an_unknown_kind", b"\x97\x7f" + data[2:], "version", "tag"),
        ("payload_of_no_payload_kind", encode(first.base), "decode", "tag"),
        ("payload_of_a_newer_format", encode(evolve(text, format=2)), "version", "format"),
        ("payload_text_empty", _with(data, 5, ""), "decode", "text"),
        ("payload_text_with_a_lone_surrogate", data.replace(b"convoy", b"\xed\xa0\x80voy"), "decode", "record"),
        ("payload_reference_twice", _with(data, 4, refs), "decode", "refs"),
        ("payload_noplay_two", _with(data, 3, 2), "decode", "noplay"),
        ("receipt_of_one_feed_twice", encode(evolve(receipt, ranges=twice)), "decode", "ranges"),
        ("receipt_of_nothing", _with(encode(receipt), 6, ()), "decode", "ranges"),
        ("receipt_that_answers_without_acknowledging", encode(evolve(receipt, state=2)), "decode", "response"),
        ("receipt_caveat_that_says_nothing", encode(evolve(receipt, response=3)), "decode", "text"),
        ("quoting_without_its_reference", encode(evolve(quoting, refs=())), "decode", "quotes"),
        ("quoting_of_nothing", _with(_with(encode(quoting), 4, ()), 7, ()), "decode", "quotes"),
        ("quoting_of_more_than_a_message", encode(evolve(quoting, text="x" * MAX_TEXT)), "decode", "quotes"),
        ("correction_that_is_the_first_version", _with(encode(correction), 8, 1), "decode", "version"),
        ("correction_that_says_nothing", _with(encode(correction), 5, ""), "decode", "text"),
        ("correction_of_no_entry", _with(encode(correction), 7, b""), "decode", "first"),
        ("retraction_of_nothing", _with(encode(retraction), 5, ()), "decode", "entries"),
        ("retraction_of_one_entry_twice", _with(encode(retraction), 5, (first.id, first.id)), "decode", "entries"),
        ("retraction_for_another_reason", _with(encode(retraction), 6, 3), "decode", "reason"),
        ("purged_of_number_zero", _with(encode(purged), 5, (first.base.feed, 0, first.id)), "decode", "up_to"),
        ("complaint_without_a_reason", _with(encode(complaint_payload(envelope)), 6, 0), "decode", "reason"),
    ):
        yield case(name, "payload", bad, expect, field)


def _evidence(world: World, author: Feed, first: Entry, second: Entry) -> Iterator[Case]:
    good = evidence(author, first, text_payload())
    by_second = evidence(author, unsigned(first), text_payload(), second)
    yield case("control_evidence", "evidence", good, "success")
    yield case("control_evidence_by_a_later_signature", "evidence", by_second, "success")
    other = sign_feed(evolve(author.record, nonce=bytes(16)), author.key)
    bravo = feed(world, world.xbb)
    reply = encode_payload(evolve(text_payload(), text="convoy stays"))
    for name, data in (
        ("evidence_of_another_text", _with(good, 7, reply)),
        ("evidence_under_another_key", _with(good, 6, content_key(bytes(32), first.base_data))),
        ("evidence_of_another_feed_of_its_author", _with(good, 3, other.data)),
        ("evidence_of_anothers_feed", _with(good, 3, bravo.document.data)),
        ("evidence_with_anothers_certificate", _with(good, 2, world.xbb.certificate_document.data)),
        ("evidence_with_another_custodian", _with(good, 1, world.xbb.seat_document.data)),
        ("evidence_without_a_signature", evidence(author, unsigned(first), text_payload())),
        ("evidence_whose_run_ends_unsigned", evidence(author, first, text_payload(), unsigned(second))),
        ("evidence_whose_run_skips", evidence(author, unsigned(first), text_payload(), first)),
    ):
        yield case(name, "evidence", data, "authentication")


def _chains(author: Feed, envelope: Envelope, first: Entry, second: Entry) -> Iterator[Case]:
    seed = author.key.ed25519
    fork = rival(author, envelope, first)
    stranger = _with(fork.data, 4, bytes(64))
    jump = seal_entry(
        evolve(second.base, seq=MAX_CREDIT + 2, prev=second.id), encode_payload(text_payload()), TEK, seed
    )
    good, after = first.data.hex(), second.data.hex()
    yield case("control_chain", "chain", [good, after, after], "success")
    yield case("chain_fork_at_the_head", "chain", [good, fork.data.hex()], "replay", "seq")
    yield case("chain_fork_below_the_head", "chain", [good, after, fork.data.hex()], "replay", "seq")
    yield case("chain_forgery_at_a_place_taken", "chain", [good, stranger.hex()], "authentication")
    yield case("chain_number_far_ahead", "chain", [good, jump.data.hex()], "limit", "seq")


def _forks(world: World, author: Feed, envelope: Envelope, first: Entry, second: Entry) -> Iterator[Case]:
    other = rival(author, envelope, first)
    good = fork_proof(author, [first, second], [other])
    bravo = feed(world, world.xbb)
    yield case("control_fork", "fork", good, "success")
    yield case("control_fork_after_another_entry", "fork", fork_proof(author, [second], [other]), "success")
    yield case("fork_of_one_branch", "fork", fork_proof(author, [first], [first, second]), "decode", "second")
    yield case("fork_of_one_branch_twice", "fork", fork_proof(author, [first], [first]), "decode", "first")
    proof = decode(ForkProof, good)
    swapped = ForkProof(proof.feed, proof.second, proof.second_signature, proof.first, proof.first_signature)
    yield case("fork_with_its_branches_exchanged", "fork", encode(swapped), "decode", "first")
    for name, bad in (
        ("fork_of_another_device", evolve(proof, feed=bravo.document.data)),
        ("fork_of_another_feed", evolve(proof, feed=sign_feed(_again(author), author.key).data)),
        ("fork_with_a_signature_of_its_other_branch", evolve(proof, first_signature=proof.second_signature)),
        ("fork_with_a_run_that_ends_before_its_signature", _cut(proof, slice(None, 1))),
        ("fork_with_a_run_that_is_not_linked", _cut(proof, slice(None, None, -1))),
    ):
        yield case(name, "fork", encode(bad), "authentication")
    forged = seal_entry(other.base, encode_payload(text_payload()), TEK, world.xbb.device.ed25519)
    yield case("fork_by_another_device", "fork", fork_proof(author, [second], [forged]), "authentication")
    yield case("fork_without_entries", "fork", _with(good, 2, ()), "decode", "first")
    crowd = (proof.first[0].base, proof.first[0].salt, proof.first[0].ciphertext)
    yield case("fork_of_too_many_entries", "fork", _with(good, 2, (crowd,) * (MAX_FORK_RUN + 1)), "decode", "first")


def _again(author: Feed) -> FeedRecord:
    return evolve(author.record, nonce=bytes(16))


def _cut(proof: ForkProof, part: slice) -> ForkProof:
    """The longer run, cut or turned round."""
    if len(proof.first) > 1:
        return evolve(proof, first=proof.first[part])
    return evolve(proof, second=proof.second[part])
