"""Vectors of SPEC 6: charter, certificates, publication and directory, channel."""

from __future__ import annotations

from protocol.base import crypto
from protocol.base.ids import Domain
from protocol.base.records import encode, encode_part
from protocol.base.signed import Signed, SigningKey
from protocol.trust.amendment import admission, reinstatement, suspension
from protocol.trust.channel import ChannelRevision, channel_id, sign_revision
from protocol.trust.charter import Charter, Nation, check_signature, key_hash, root_id, sign_charter
from protocol.trust.credential import custodian_id
from protocol.trust.publication import RevocationReason, publication_hash
from protocol.trust.revocation import DeviceRevocation, LastGood, sign_revocation
from protocol.trust.seat import SeatClaim, check_seat_request, make_seat_request
from protocol.vectors.notation import Case, File
from protocol.vectors.recorder import Recorder
from protocol.vectors.world import CLEARANCE, CODES, COMPARTMENTS, ENTROPY, LINK_SECRET, NOW, Keyed, World


def build(world: World, recorder: Recorder) -> File:
    """The file's content."""
    return {
        "chapter": "6 Charter, credentials, directory, channels",
        "format": {
            "charter": "the text, its hash, the coalition's id, and the number of the segment at `now`",
            "roots": "seeds of each nation's root, its keys' hash, its signer field; its signature is recorded",
            "custodians": "seeds of a custodian; his certificate, hybrid-signed by the root, is recorded",
            "devices": "seeds of a device; its request and its certificate are Ed25519-signed and rebuilt",
            "publications": "hybrid-signed by the custodian and recorded; the directory part that gives its root",
            "seats": "the device of XAA asks for seat 1; the claim is rebuilt, the seat's hybrid proof of it recorded",
            "link_secret": "sealed to the bundle key of XAA and recorded; `setting` is the charter's commitment to it",
            "revocation": "of the device of XAA by its custodian, Ed25519-signed and rebuilt; one last good entry",
            "amendments": "texts that follow the charter: one admits a nation by seeds of its root, one suspends XCC "
            "with a new link secret, and one follows this and takes it back; whom each needs, and one signature of it, recorded",
            "channel": "first revision, signed by the founding device",
        },
        "verification": [
            'hash = H("charter", encoded); coalition = H16("coalition", encoded); segment = floor(now / segment length)',
            "signatures verify over domain || 0x00 || body, and in that context; bodies name charter, nation and key",
            'custodian id = H16("custodian id", coalition || nation || index)',
            'device id = H16("device id", coalition || nation || key); person = H16("person id", coalition || nation || nonce || name)',
            "the certificate holds the device's signature over the request that its fields make",
            'certificate hash = H("certificate", document); document hash = H("document", document)',
            "the leaf hashes of the directory part give the publication's root",
            "the request verifies under the device's key, and its proof under both of the seat's over SEAT_PROOF || 0x00 || claim",
            'setting = H("link secret", key = secret, charter nonce), the value of the charter\'s setting of tag 1',
            'open(bundle seed, HPKE_LINK_SECRET domain || 0x00 || charter hash || nation || H("public key", bundle), sealed) = secret',
            "the custodian's signature of the revocation verifies; its body names him, the device, and what is good",
            "an amendment has the next number and previous = the hash of the one before; its hash and signer field are its own",
            "setting 2 of the suspension holds the index; setting 1 of it is the commitment to the new link secret",
            'channel = H16("channel id", coalition || device || nonce); revision = H("revision", body)',
        ],
        "charter": [_charter(world)],
        "roots": [_root(world, index, key) for index, key in enumerate(world.roots)],
        "custodians": [_custodian(world, nation) for nation in (world.xaa, world.xbb)],
        "devices": [_device(nation) for nation in (world.xaa, world.xbb)],
        "publications": [_publication(nation) for nation in (world.xaa, world.xbb)],
        "seats": [_seat(world, recorder)],
        "link_secret": [_link_secret(world, recorder)],
        "revocation": [_revocation(world)],
        "amendments": [_admission(world, recorder), _suspension(world, recorder), _reinstatement(world, recorder)],
        "channel": [_channel(world)],
    }


def revocation(world: World) -> DeviceRevocation:
    """The device of XAA is revoked: it was lost after the seventh entry of one feed."""
    source = ENTROPY.fork("revocation")
    good = LastGood(source(16), 7, source(32))
    return DeviceRevocation(
        world.coalition.id, 0, 0, world.xaa.certificate.device, NOW, int(RevocationReason.LOST), (good,)
    )


def _revocation(world: World) -> Case:
    made = revocation(world)
    (good,) = made.good
    return {
        "device": made.device.hex(),
        "at": made.at,
        "reason": made.reason,
        "good": [{"feed": good.feed.hex(), "seq": good.seq, "entry": good.entry.hex()}],
        "document": sign_revocation(made, world.xaa.custodian).data.hex(),
    }


def channel(world: World) -> tuple[ChannelRevision, Signed]:
    """The channel of the vectors: founded by the device of XAA, for all nations."""
    founder, nonce = world.xaa.certificate.device, ENTROPY.fork("channel")(16)
    revision = ChannelRevision(
        coalition=world.coalition.id,
        channel=channel_id(world.coalition.id, founder, nonce),
        number=0,
        previous=b"",
        nation=0,
        nonce=nonce,
        title="ops",
        purpose="vectors",
        members=(0, 1, 2),
        ceiling=CLEARANCE,
        admins=(founder,),
        issued=NOW,
    )
    return revision, sign_revision(revision, founder, world.xaa.device)


def seeds(key: SigningKey) -> Case:
    """Both seeds of a signing key."""
    return {"ed25519_seed": key.ed25519.hex(), "mldsa_seed": key.mldsa.hex()}


def sealed_secret(world: World, recorder: Recorder, name: str, *, nation: int = 0, secret: bytes = LINK_SECRET) -> Case:
    """A link secret sealed to the bundle key of XAA, recorded."""
    seed = world.xaa.bundle
    public = crypto.xwing_public(seed)
    info = Domain.HPKE_LINK_SECRET.prefix + world.coalition.charter_hash + bytes([nation]) + key_hash(public)
    recorder.keep(
        name,
        lambda: crypto.hpke_seal(public, info, secret),
        lambda recorded: crypto.hpke_open(seed, info, recorded) == secret,
    )
    return {"recorded": name}


def _link_secret(world: World, recorder: Recorder) -> Case:
    return {
        "nation": 0,
        "bundle_seed": world.xaa.bundle.hex(),
        "secret": LINK_SECRET.hex(),
        "nonce": world.charter.nonce.hex(),
        "setting": world.charter.settings[0].value.hex(),
        "sealed": sealed_secret(world, recorder, "link secret XAA"),
    }


def admits(world: World) -> tuple[Charter, SigningKey]:
    """The amendment that admits XDD, and its root."""
    root = SigningKey(ENTROPY.fork("root XDD")(32), ENTROPY.fork("root XDD ML-DSA")(32))
    public = root.public()
    return admission(world.charter, Nation("XDD", "Delta", public.ed25519, key_hash(public.mldsa))), root


def _admission(world: World, recorder: Recorder) -> Case:
    charter, root = admits(world)
    return {**_amendment(charter, recorder, 3, root), **seeds(root), "needs": [0, 1, 2, 3]}


def suspends(world: World) -> tuple[Charter, bytes]:
    """The amendment that suspends XCC, and its link secret."""
    secret = ENTROPY.fork("link secret 2")(32)
    return suspension(world.charter, 2, secret), secret


def _reinstatement(world: World, recorder: Recorder) -> Case:
    charter = reinstatement(suspends(world)[0], 2)
    return {
        **_amendment(charter, recorder, 2, world.roots[2]),
        "needs": [0, 1, 2],
        "settings": [[setting.tag, setting.value.hex()] for setting in charter.settings],
    }


def _suspension(world: World, recorder: Recorder) -> Case:
    charter, secret = suspends(world)
    return {
        **_amendment(charter, recorder, 0, world.roots[0]),
        "needs": [0, 1],
        "link_secret": secret.hex(),
        "settings": [[setting.tag, setting.value.hex()] for setting in charter.settings],
    }


def _amendment(charter: Charter, recorder: Recorder, signer: int, root: SigningKey) -> Case:
    name = f"amendment signature {charter.codes[signer]}"
    document = sign_charter(charter, signer, root)
    recorder.keep(
        name, lambda: document.data, lambda recorded: check_signature(charter, recorded) == (signer, root.public())
    )
    return {
        "encoded": encode(charter).hex(),
        "hash": charter.hash.hex(),
        "nation": signer,
        "signer": root_id(charter.hash, signer).hex(),
        "signature": {"recorded": name},
    }


def _charter(world: World) -> Case:
    return {
        "encoded": world.charter_data.hex(),
        "hash": world.coalition.charter_hash.hex(),
        "coalition": world.coalition.id.hex(),
        "policy": world.policy.hash.hex(),
        "now": NOW,
        "segment": world.segment,
    }


def _root(world: World, index: int, key: SigningKey) -> Case:
    return {
        "nation": index,
        "code": CODES[index],
        **seeds(key),
        "public": key.public().ed25519.hex(),
        "mldsa_hash": world.charter.nations[index].root_mldsa.hex(),
        "signer": root_id(world.coalition.charter_hash, index).hex(),
        "signature": {"recorded": f"charter signature {CODES[index]}"},
    }


def _custodian(world: World, nation: Keyed) -> Case:
    return {
        "nation": nation.index,
        "index": 0,
        **seeds(nation.custodian),
        "id": custodian_id(world.coalition.id, nation.index, 0).hex(),
        "certificate": {"recorded": f"custodian {CODES[nation.index]}"},
    }


def _device(nation: Keyed) -> Case:
    certificate = nation.certificate
    return {
        "nation": nation.index,
        **seeds(nation.device),
        "bundle_seed": nation.bundle.hex(),
        "bundle_hash": certificate.bundle_hash.hex(),
        "mldsa_hash": certificate.mldsa_hash.hex(),
        "person_nonce": nation.person_nonce.hex(),
        "person": certificate.person.hex(),
        "name": certificate.name,
        "id": certificate.device.hex(),
        "request": nation.request_document.data.hex(),
        "certificate": nation.certificate_document.data.hex(),
        "certificate_hash": nation.certificate_hash.hex(),
        "document_hash": nation.certificate_document.hash.hex(),
    }


def _publication(nation: Keyed) -> Case:
    document = nation.publication_document
    return {
        "nation": nation.index,
        "document": {"recorded": f"publication {CODES[nation.index]}"},
        "body": document.body.hex(),
        "hash": publication_hash(document.data).hex(),
        "directory": nation.publication.directory.hex(),
        "part": nation.part.hex(),
        "compartments": [list(place) for place in COMPARTMENTS],
        "ed25519_signature": document.signature[: crypto.SIGNATURE].hex(),
    }


def seat_request(world: World, recorder: Recorder) -> tuple[SigningKey, SeatClaim]:
    """The request of the device of XAA for seat 1, recorded, and what it claims."""
    draw = ENTROPY.fork("seat")
    seat = SigningKey(draw(32), draw(32))
    public = seat.public()
    xaa = world.xaa
    claim = SeatClaim(world.coalition.id, 0, 1, xaa.certificate.device, public.ed25519, public.mldsa)
    recorder.keep(
        "seat request XAA",
        lambda: make_seat_request(claim, seat, xaa.device).data,
        lambda recorded: check_seat_request(xaa.certificate, recorded) == claim,
    )
    return seat, claim


def _seat(world: World, recorder: Recorder) -> Case:
    seat, claim = seat_request(world, recorder)
    return {
        "nation": 0,
        "index": 1,
        **seeds(seat),
        "device": claim.device.hex(),
        "claim": encode_part(claim).hex(),
        "request": {"recorded": "seat request XAA"},
    }


def _channel(world: World) -> Case:
    revision, document = channel(world)
    return {
        "device": world.xaa.certificate.device.hex(),
        "nonce": revision.nonce.hex(),
        "channel": revision.channel.hex(),
        "revision": revision.hash.hex(),
        "document": document.data.hex(),
    }
