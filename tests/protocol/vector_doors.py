"""What each door of hostile.json does with its data: the program's own functions, in a world made from the vectors."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import attrs

from protocol.base.crypto import ed25519_verify
from protocol.base.ids import Domain
from protocol.base.records import decode, encode_part
from protocol.base.signed import read_signed
from protocol.exchange.asking import EnvelopeGrant, EnvelopeRequest
from protocol.exchange.invite import read_invite
from protocol.exchange.keying import Questions
from protocol.exchange.link import LinkContext
from protocol.exchange.messages import Auth
from protocol.exchange.proof import End, proven
from protocol.keys.demand import check_demand
from protocol.keys.device import check_edition
from protocol.keys.direct import open_own, read_direct
from protocol.keys.edition import SegmentKeys
from protocol.keys.envelope import open_slot, own_slots, read_envelope
from protocol.keys.otar import check_prekey, open_otar
from protocol.messages.checkpoint import check_checkpoint, check_proof
from protocol.messages.entry import open_entry, read_entry, read_header
from protocol.messages.evidence import check_evidence
from protocol.messages.feed import Accepted, Chain, check_feed
from protocol.messages.forks import check_fork
from protocol.messages.payload import decode_payload
from protocol.trust.amendment import check_amendment
from protocol.trust.channel import ChannelRevision, check_revision
from protocol.trust.charter import Charter, Coalition, check_signature, found, read_charter
from protocol.trust.credential import Certified, certificate_hash, check_certificate, check_custodian, check_request
from protocol.trust.directory import Directory
from protocol.trust.founding import CharterFile, SealedSecret, open_link_secret
from protocol.trust.policy import Policy, read_policy
from protocol.trust.seat import check_seat_request
from tests.protocol.vector_files import only, raw, vectors

hexed = bytes.fromhex


@attrs.frozen
class World:
    """The coalition of the vectors, as a reader of the files knows it."""

    charter: Charter
    coalition: Coalition
    directory: Directory
    keys: SegmentKeys
    xaa: Certified


@cache
def _world() -> World:
    data = hexed(only("trust", "charter")["encoded"])
    coalition = found(data, [raw(root["signature"]) for root in vectors("trust")["roots"]])
    directory = Directory(coalition)
    for custodian in vectors("trust")["custodians"]:
        directory.apply_custodian(raw(custodian["certificate"]))
    for publication in vectors("trust")["publications"]:
        directory.apply_publication(raw(publication["document"]))
        directory.apply_directory_part(hexed(publication["part"]))
    certified = [directory.apply_certificate(hexed(device["certificate"])) for device in vectors("trust")["devices"]]
    keys = SegmentKeys(directory)
    for case in vectors("keys")["lists"]:
        keys.apply(hexed(case["list"]))
    return World(read_charter(data), coalition, directory, keys, certified[0])


def world() -> World:
    """A world of this caller's own."""
    return deepcopy(_world())


def data_of(shown: Any) -> bytes:
    """The bytes of a case."""
    if isinstance(shown, dict) and "repeat" in shown:
        return hexed(shown["repeat"]) * int(shown["times"])
    data = raw(shown)
    if isinstance(shown, dict) and "at" in shown:
        data = data[: shown["at"]] + hexed(shown["put"]) + data[shown["at"] + shown["cut"] :]
    return data


def _charter_signature(here: World, case: Any) -> None:
    check_signature(here.charter, data_of(case["data"]))


def _certificate(here: World, case: Any) -> None:
    custodian = here.directory.custodian(0, 0)
    assert custodian is not None
    check_certificate(custodian, data_of(case["data"]))


def _segment_list(here: World, case: Any) -> None:
    directory = here.directory
    if "publication" in case:
        directory.apply_publication(raw(case["publication"]))
    SegmentKeys(directory).apply(data_of(case["data"]))


def _direct(here: World, case: Any) -> None:
    read = read_direct(data_of(case["data"]))
    read.verify(here.xaa.certificate.key)
    device = hexed(vectors("trust")["devices"][case["nation"]]["id"])
    segment = vectors("direct")["chains"][case["nation"]]["segments"][0]
    assert open_own(read, device, hexed(segment["pair"])).hex() == only("direct", "envelope")["tek"]


def _demand(here: World, case: Any) -> None:
    custodian = here.directory.custodian(0, 0)
    assert custodian is not None
    check_demand(custodian, data_of(case["data"]))


def _otar(here: World, case: Any) -> None:
    custodian, publication = here.directory.custodian(0, 0), here.directory.publication(0, 0)
    assert custodian is not None
    assert publication is not None
    open_otar(
        data_of(case["data"]),
        certificate=here.xaa.certificate,
        certificate_hash=here.xaa.hash,
        custodian=custodian,
        prekey_seed=hexed(only("keys", "prekey")["seed"]),
        prekey_counter=1,
        edition=publication.editions[0],
        keys=here.keys,
    )


def _link_secret(here: World, case: Any) -> None:
    charter, policy = (
        hexed(only(name, name_of)["encoded"]) for name, name_of in (("trust", "charter"), ("labels", "policy"))
    )
    file = CharterFile(charter, policy, (), (SealedSecret(0, data_of(case["data"])),))
    known = only("trust", "link_secret")
    assert open_link_secret(file, 0, hexed(known["bundle_seed"])).hex() == known["secret"]


def _channel(here: World, case: Any) -> None:
    previous = None
    if case["previous"]:
        previous = decode(ChannelRevision, read_signed(hexed(only("trust", "channel")["document"])).body)
    check_revision(here.coalition.id, data_of(case["data"]), here.xaa, previous)


def _envelope(here: World, case: Any) -> None:
    envelope = read_envelope(data_of(case["data"]))
    envelope.verify(here.xaa.certificate.key)
    nation = case.get("nation", 0)
    ((index, _),) = own_slots(envelope, nation)
    tek = open_slot(envelope, index, hexed(only("keys", "envelope")["pairs"][nation]))
    assert tek.hex() == only("keys", "envelope")["tek"]


def _entry(here: World, case: Any) -> None:
    entry = read_entry(data_of(case["data"]))
    entry.verify(here.xaa.certificate.key)
    open_entry(entry, hexed(only("keys", "envelope")["tek"]))


def _chain(here: World, case: Any) -> None:
    *before, last = [read_entry(hexed(entry)) for entry in case["data"]]
    chain = Chain(here.xaa.certificate.key)
    accepted: dict[int, bytes] = {}
    for entry in before:
        outcome = chain.offer(entry, accepted.get(entry.base.seq))
        assert isinstance(outcome, Accepted)
        accepted |= {each.base.seq: each.id for each in outcome.entries}
    kept = deepcopy(chain)
    try:
        chain.offer(last, accepted.get(last.base.seq))
    finally:
        assert chain == kept


def _policy() -> Policy:
    return read_policy(hexed(only("labels", "policy")["encoded"]))


def _proof(here: World, case: Any) -> None:
    exporter, secret = (hexed(vectors("link")["proofs"][0][name]) for name in ("exporter", "secret"))
    assert proven(data_of(case["data"]), exporter, End.DIALLER, [secret]) == secret


def _grant(here: World, case: Any) -> None:
    questions = Questions()
    asked = decode(EnvelopeRequest, hexed(only("link", "keying")["request"]))
    questions.ask(asked.number, asked.channel, asked.release)
    questions.granted(EnvelopeGrant(case["number"], data_of(case["data"])))


def _auth(here: World, case: Any) -> None:
    auth = decode(Auth, data_of(case["data"]))
    exporter = hexed(vectors("link")["auths"][0]["exporter"])
    context = LinkContext(int(End.DIALLER), exporter, here.coalition.id, certificate_hash(auth.certificate))
    certified = here.directory.apply_certificate(auth.certificate)
    ed25519_verify(certified.certificate.key, Domain.LINK_AUTH, encode_part(context), auth.signature)


def _checkpoint_proof(here: World, case: Any) -> None:
    kept = check_checkpoint(here.xaa.certificate, raw(only("checkpoints", "checkpoint")["document"]))
    check_proof(here.xaa.certificate, kept, data_of(case["data"]))


DOORS: dict[str, Callable[[World, Any], object]] = {
    "charter": lambda here, case: read_charter(data_of(case["data"])),
    "charter signature": _charter_signature,
    "amendment": lambda here, case: check_amendment(
        read_charter(bytes.fromhex(case["before"])) if "before" in case else here.charter,
        read_charter(data_of(case["data"])),
    ),
    "custodian": lambda here, case: check_custodian(here.coalition, data_of(case["data"])),
    "request": lambda here, case: check_request(here.coalition.id, 0, data_of(case["data"])),
    "seat request": lambda here, case: check_seat_request(here.xaa.certificate, data_of(case["data"])),
    "certificate": _certificate,
    "publication": lambda here, case: here.directory.apply_publication(data_of(case["data"])),
    "directory part": lambda here, case: here.directory.apply_directory_part(data_of(case["data"])),
    "revocation": lambda here, case: here.directory.apply_revocation(data_of(case["data"])),
    "segment list": _segment_list,
    "prekey": lambda here, case: check_prekey(here.xaa.certificate, data_of(case["data"])),
    "demand": _demand,
    "otar": _otar,
    "link secret": _link_secret,
    "channel": _channel,
    "feed": lambda here, case: check_feed(here.xaa.certificate, data_of(case["data"])),
    "envelope": _envelope,
    "device edition": lambda here, case: check_edition(
        here.xaa.certificate, here.charter, data_of(case["data"]), only("trust", "charter")["now"]
    ),
    "direct envelope": _direct,
    "entry": _entry,
    "header": lambda here, case: read_header(data_of(case["data"])).verify(here.xaa.certificate.key),
    "payload": lambda here, case: decode_payload(data_of(case["data"])),
    "evidence": lambda here, case: check_evidence(here.coalition, _policy(), data_of(case["data"])),
    "chain": _chain,
    "fork": lambda here, case: check_fork(here.xaa.certificate, data_of(case["data"])),
    "checkpoint": lambda here, case: check_checkpoint(here.xaa.certificate, data_of(case["data"])),
    "checkpoint proof": _checkpoint_proof,
    "grant": _grant,
    "proof": _proof,
    "auth": _auth,
    "invite": lambda here, case: read_invite(case["data"]),
}
