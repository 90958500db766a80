"""Vectors of SPEC 8: payloads, feed records, entries, and receipts folded into state."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from protocol.base import crypto
from protocol.base.crypto import digest
from protocol.base.ids import VERSION, Person
from protocol.base.records import decode, encode, evolve
from protocol.base.signed import Signed, SigningKey
from protocol.keys.envelope import Envelope
from protocol.messages.entry import Entry, EntryBase, EntryHeader, content_key, pad, read_header, seal_entry
from protocol.messages.evidence import make_evidence
from protocol.messages.feed import FeedRecord, sign_feed
from protocol.messages.forks import Run, check_fork, prove_fork
from protocol.messages.notices import Given, Notice, NoticePayload, deputies_said, in_force
from protocol.messages.payload import FORMAT, ComplaintPayload, ComplaintReason, Payload, TextPayload, encode_payload
from protocol.messages.receipts import Mark, Range, ReceiptPayload, ReceiptState, Response, roll_up
from protocol.messages.refs import Ref, Relation
from protocol.messages.versions import (
    CorrectionPayload,
    PurgedPayload,
    Quote,
    QuotingPayload,
    Recall,
    RetractionPayload,
)
from protocol.vectors.keys import TEK, release
from protocol.vectors.notation import Case, File
from protocol.vectors.trust import channel
from protocol.vectors.world import ENTROPY, NOW, Keyed, World

TEXT = "convoy leaves at dawn"


@attrs.frozen
class Feed:
    """A feed of the vectors and its author."""

    nation: Keyed
    record: FeedRecord
    document: Signed

    @property
    def key(self) -> SigningKey:
        """The author's signing key."""
        return self.nation.device


def build(world: World, envelope: Envelope) -> File:
    """The file's content."""
    alpha, bravo = feed(world, world.xaa), feed(world, world.xbb)
    first, second = entries(alpha, envelope)
    receipt = entry(bravo, envelope, receipt_payload(alpha, second), None)
    named: list[tuple[str, Payload]] = [
        ("text", text_payload()),
        ("reply", reply_payload(first)),
        ("receipt", receipt_payload(alpha, second)),
    ]
    return {
        "chapter": "8 Messages",
        "format": {
            "payloads": "each kind of payload, encoded",
            "feeds": "feed record of a device, signed by it",
            "entries": "payloads sealed under the TEK of keys.json's envelope; deterministic, with the values on the way",
            "forks": "fork proofs of a device, and the lowest number at which they show two entries",
            "evidence": "of the first entry; `first` is its id",
            "notices": "of one order in a channel, as (number, id of the first that said it, device, on); which devices are admins; the place of the one in force",
            "deputies": "of one nation, as (number, id of the first that said it, device, on, person, until, since); whose its devices are; which name anybody; "
            "the place of the last that counts, of all and of the first ones up to each",
            "states": "receipts as (device, nation, person, state, up_to, at), and the state of the entry at `seq` per nation",
        },
        "verification": [
            'feed id = H16("feed id", body of the feed document)',
            "padded = payload || 0x80 || zeros to the next multiple of 64 bytes",
            'ck = H("entry key", key = tek, base); salt = H("salt", key = ck, base || padded)',
            'key || nonce = H56("message key", key = ck, base || salt); ct = XChaCha20-Poly1305(key, nonce, base || salt, padded)',
            'id = H("entry", base || salt || H("ciphertext", ct)); the signature verifies over ENTRY domain || 0x00 || id',
            'header = the packed ENTRY_HEADER: base, salt, H("ciphertext", ct), signature; it makes the same id',
            "the second entry names the first as prev",
            "each run of a fork proof is linked by prev, its last entry's signature verifies, and the runs have two ids at `seq`",
            "evidence names the custodian and the certificate of trust.json, and a feed of this file",
            "salt and ct, made anew of its ck and payload, give the id; the last header's signature verifies",
            "a nation's state is the furthest of its persons', since when the first of them came so far",
            "of the notices of admins the one with the highest number is in force, of several with one number that with the highest id",
            "of deputies in this order too, the last that counts: of a device that names anybody, or with the next number of a person about himself",
            "DELIVERED and READ cover all before `up_to`, ACKNOWLEDGED the entry at `up_to`, and says that those before were READ",
        ],
        "payloads": [
            {"name": name, "encoded": encode_payload(payload).hex()}
            for name, payload in [
                *named,
                ("complaint", complaint_payload(envelope)),
                ("quoting", quoting_payload(first)),
                ("correction", correction_payload(first)),
                ("retraction", retraction_payload(first)),
                ("purged", purged_payload(alpha, second)),
                ("notice", notice_payload()),
                ("notice stated anew", restated_payload(second)),
                ("deputy", deputy_payload(world)),
                ("deputy stands down", evolve(deputy_payload(world), number=2, on=False, person=b"", until=0)),
                ("considered", considered_payload(second)),
            ]
        ],
        "feeds": [_feed(each) for each in (alpha, bravo)],
        "entries": [
            _entry("first", alpha, first, text_payload()),
            _entry("second", alpha, second, reply_payload(first)),
            _entry("receipt", bravo, receipt, receipt_payload(alpha, second)),
        ],
        "forks": [
            _fork("at_one_number", alpha, fork_proof(alpha, [first, second], [rival(alpha, envelope, first)])),
            _fork("after_another_entry", alpha, fork_proof(alpha, [second], [rival(alpha, envelope, first)])),
        ],
        "notices": [_notices()],
        "deputies": [_deputies()],
        "states": [_states()],
        "evidence": [
            _evidence("by its own signature", evidence(alpha, first, text_payload()), first),
            _evidence("by the next one's", evidence(alpha, unsigned(first), text_payload(), second), first),
        ],
    }


def feed(world: World, nation: Keyed) -> Feed:
    """The feed of a nation's device for the envelope's release key."""
    certificate = nation.certificate
    record = FeedRecord(
        coalition=world.coalition.id,
        device=certificate.device,
        person=certificate.person,
        channel=channel(world)[0].channel,
        release=release(world),
        predecessor=b"",
        nonce=ENTROPY.fork(f"feed {nation.index}")(16),
    )
    return Feed(nation, record, sign_feed(record, nation.device))


def entry(author: Feed, envelope: Envelope, payload: Payload, before: Entry | None, **changes: int) -> Entry:
    """The next entry of a feed."""
    base = EntryBase(
        version=VERSION,
        precedence=changes.get("precedence", 0),
        feed=author.record.id,
        seq=1 if before is None else before.base.seq + 1,
        prev=b"" if before is None else before.id,
        envelope=envelope.id,
    )
    return seal_entry(base, encode_payload(payload), TEK, author.key.ed25519)


def entries(author: Feed, envelope: Envelope) -> tuple[Entry, Entry]:
    """The first two entries of a feed."""
    first = entry(author, envelope, text_payload(), None)
    return first, entry(author, envelope, reply_payload(first), first, precedence=2)


def rival(author: Feed, envelope: Envelope, to: Entry) -> Entry:
    """Another entry of the same author in the place of one."""
    payload = evolve(text_payload(), text="convoy stays")
    return seal_entry(evolve(to.base, envelope=envelope.id), encode_payload(payload), TEK, author.key.ed25519)


def fork_proof(author: Feed, one: Sequence[Entry], other: Sequence[Entry]) -> bytes:
    """What two runs of entries prove."""
    return prove_fork(author.document.data, Run.of(one), Run.of(other))


def text_payload() -> TextPayload:
    """A message."""
    return TextPayload(FORMAT, NOW, False, (), TEXT, 0)


def reply_payload(to: Entry) -> TextPayload:
    """A reply that asks for an acknowledgement, about real events inside the exercise."""
    return TextPayload(FORMAT, NOW + 60, True, (Ref(int(Relation.REPLY), to.id),), "NO PLAY: Übung ruht", NOW + 3_600)


def receipt_payload(author: Feed, last: Entry) -> ReceiptPayload:
    """Acknowledges a feed up to an entry."""
    covered = (Range(author.record.id, last.base.seq, last.id),)
    return ReceiptPayload(FORMAT, NOW + 90, False, (), int(ReceiptState.ACKNOWLEDGED), covered, int(Response.WILCO), "")


def complaint_payload(envelope: Envelope) -> ComplaintPayload:
    """Says that an envelope does not open."""
    return ComplaintPayload(FORMAT, NOW, False, (), envelope.id, int(ComplaintReason.COMMITMENT))


def quoting_payload(of: Entry) -> QuotingPayload:
    """Repeats a message, of one nation less, and says something to it."""
    quote = Quote(0, "Ann Baker", NOW, 2, 0, (0, 1), TEXT)
    return QuotingPayload(FORMAT, NOW + 120, False, (Ref(int(Relation.QUOTE), of.id),), "as ordered", 0, (quote,))


def correction_payload(of: Entry) -> CorrectionPayload:
    """The second version of a message."""
    return CorrectionPayload(FORMAT, NOW + 180, False, (), "convoy leaves at noon", 0, of.id, 2)


def retraction_payload(of: Entry) -> RetractionPayload:
    """Recalls a message that was sent under too low a label."""
    return RetractionPayload(FORMAT, NOW + 240, False, (), (of.id,), int(Recall.SPILL))


def purged_payload(author: Feed, retraction: Entry) -> PurgedPayload:
    """Says that this device has forgotten what was recalled."""
    of = Range(author.record.id, retraction.base.seq, retraction.id)
    return PurgedPayload(FORMAT, NOW + 300, False, (), of)


def notice_payload() -> NoticePayload:
    """Puts MINIMIZE on a channel."""
    return NoticePayload(
        FORMAT, NOW + 360, False, (), int(Notice.MINIMIZE), 1, True, "satellite link down", b"", 0, NOW + 360
    )


def restated_payload(first: Entry) -> NoticePayload:
    """The same order, stated anew for who came later."""
    return evolve(notice_payload(), time=NOW + 7_200, refs=(Ref(int(Relation.REISSUE), first.id),))


def deputy_payload(world: World) -> NoticePayload:
    """Somebody stands in for the author's nation."""
    person, began = world.xaa.certificate.person, NOW + 480
    return NoticePayload(FORMAT, began, False, (), int(Notice.DEPUTY), 1, True, "", person, began + 28_800, began)


def considered_payload(notice: Entry) -> TextPayload:
    """A message that is sent in spite of it, and reminds of that."""
    refs = (Ref(int(Relation.REMINDER), notice.id), Ref(int(Relation.CONSIDERED), notice.id))
    return TextPayload(FORMAT, NOW + 420, False, refs, "acknowledge the order", 0)


def unsigned(sealed: Entry) -> Entry:
    """An entry's header with a signature that does not hold."""
    header = decode(EntryHeader, sealed.header)
    return read_header(encode(evolve(header, signature=bytes(64))))


def evidence(author: Feed, sealed: Entry, payload: Payload, *later: Entry) -> bytes:
    """What proves an entry."""
    nation = author.nation
    documents = (nation.seat_document.data, nation.certificate_document.data, author.document.data)
    return make_evidence(documents, sealed, later, content_key(TEK, sealed.base_data), encode_payload(payload))


def _evidence(name: str, data: bytes, first: Entry) -> Case:
    return {"name": name, "first": first.id.hex(), "encoded": data.hex()}


def _feed(each: Feed) -> Case:
    return {
        "nation": each.nation.index,
        "author_key": each.nation.certificate.key.hex(),
        "id": each.record.id.hex(),
        "document": each.document.data.hex(),
    }


def _entry(name: str, author: Feed, sealed: Entry, payload: Payload) -> Case:
    padded = pad(encode_payload(payload))
    ck = content_key(TEK, sealed.base_data)
    both = digest(Person.MESSAGE_KEY, sealed.base_data, sealed.salt, key=ck, size=56)
    return {
        "name": name,
        "author_key": author.nation.certificate.key.hex(),
        "tek": TEK.hex(),
        "payload": encode_payload(payload).hex(),
        "base": sealed.base_data.hex(),
        "ck": ck.hex(),
        "salt": sealed.salt.hex(),
        "key": both[: crypto.AEAD_KEY].hex(),
        "nonce": both[crypto.AEAD_KEY :].hex(),
        "padded": padded.hex(),
        "ct": sealed.ct.hex(),
        "id": sealed.id.hex(),
        "encoded": sealed.data.hex(),
        "header": sealed.header.hex(),
    }


def _fork(name: str, author: Feed, proof: bytes) -> Case:
    fork = check_fork(author.nation.certificate, proof)
    return {
        "name": name,
        "author_key": author.nation.certificate.key.hex(),
        "feed": fork.feed.id.hex(),
        "runs": [
            {"first": branch.first, "before": branch.before.hex(), "ids": [each.hex() for each in branch.ids]}
            for branch in fork.branches
        ],
        "seq": fork.seq,
        "encoded": proof.hex(),
    }


def _states() -> Case:
    entropy = ENTROPY.fork("states")
    persons = [entropy(16) for _ in range(4)]
    marks = [
        Mark(entropy(16), 0, persons[0], ReceiptState.DELIVERED, 9, NOW + 5),
        Mark(entropy(16), 0, persons[0], ReceiptState.READ, 4, NOW + 20),
        Mark(entropy(16), 0, persons[1], ReceiptState.READ, 5, NOW + 10),
        Mark(entropy(16), 1, persons[2], ReceiptState.ACKNOWLEDGED, 3, NOW + 30),
        Mark(entropy(16), 1, persons[2], ReceiptState.DELIVERED, 4, NOW + 40),
        Mark(entropy(16), 2, persons[3], ReceiptState.ACKNOWLEDGED, 6, NOW + 50),
    ]
    return {
        "seq": 4,
        "receipts": [
            [mark.device.hex(), mark.nation, mark.person.hex(), int(mark.state), mark.up_to, mark.at] for mark in marks
        ],
        "nations": [[state.nation, int(state.state), state.at] for state in roll_up(marks, 4)],
    }


def _notices() -> Case:
    entropy = ENTROPY.fork("notices")
    admin, other, former = (entropy(16) for _ in range(3))
    ids = sorted(entropy(32) for _ in range(5))
    given = [
        Given(1, ids[4], admin, on=True),
        Given(2, ids[1], other, on=True),
        Given(2, ids[0], admin, on=False),
        Given(7, ids[3], former, on=False),
        Given(1, ids[2], other, on=False),
    ]
    chosen = in_force(given, {admin, other})
    return {
        "notices": [[one.number, one.entry.hex(), one.device.hex(), int(one.on)] for one in given],
        "admins": [admin.hex(), other.hex()],
        "in_force": next(at for at, one in enumerate(given) if one is chosen),
    }


def _deputies() -> Case:
    entropy = ENTROPY.fork("deputies")
    custodian, second, ann, ben, stranger = (entropy(16) for _ in range(5))
    persons = {device: entropy(16) for device in (custodian, ann, ben)}
    persons[second] = persons[custodian]
    ids = sorted(entropy(32) for _ in range(10))
    anns, bens = persons[ann], persons[ben]
    given = [
        Given(1, ids[4], ann, on=True, person=anns, until=NOW + 600, since=NOW),
        Given(2, ids[1], ben, on=True, person=bens, since=NOW + 300),  # while another stands in
        Given(2, ids[2], ben, on=False, since=NOW + 300),  # not of himself
        Given(2, ids[6], ben, on=True, person=bens, since=NOW + 600),  # by then nobody stands in
        Given(3, ids[3], custodian, on=True, person=anns, since=NOW + 700),
        Given(3, ids[3], second, on=True, person=anns, since=NOW + 700),  # stated anew
        Given(9, ids[0], ann, on=False, since=NOW + 800),  # not the next number
        Given(4, ids[5], ann, on=False, since=NOW + 900),
        Given(2**32 - 1, ids[7], stranger, on=True, person=bens, since=NOW),
        Given(5, ids[8], ann, on=True, person=bens, since=NOW + 950),  # names another
        Given(5, ids[9], second, on=True, person=bens, since=NOW + 960),
    ]
    naming = frozenset({custodian, second})

    def last(of: list[Given]) -> int:
        chosen = deputies_said(of, persons, naming)[-1]
        return next(at for at, one in enumerate(given) if one is chosen)

    return {
        "notices": [
            [one.number, one.entry.hex(), one.device.hex(), int(one.on), one.person.hex(), one.until, one.since]
            for one in given
        ],
        "persons": {device.hex(): person.hex() for device, person in persons.items()},
        "naming": sorted(device.hex() for device in naming),
        "last": last(given),
        "last_of": [last(given[: count + 1]) for count in range(len(given))],
    }
