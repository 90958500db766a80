"""A device that joins a fake coalition, and the custodian it joins by."""

from __future__ import annotations

import attrs

from protocol.base import crypto
from protocol.base.records import encode, evolve
from protocol.base.signed import Signed, SigningKey
from protocol.exchange.enrolment import Enroller, JoinRequested, Welcoming
from protocol.exchange.invite import Invite, make_invite
from protocol.exchange.joining import Joiner, Welcomed
from protocol.exchange.messages import Offer, Proof
from protocol.exchange.offer import make_offer
from protocol.exchange.proof import End, proof
from protocol.trust.credential import issue_certificate
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import FakeCoalition
from tests.fakes.nation import signing_key
from tests.protocol.exchange.links import EXPORTER

NONCE = bytes(range(100, 116))


@attrs.frozen
class Newcomer:
    """A device that is not certified yet."""

    key: SigningKey
    bundle: bytes
    prekey: bytes

    def offer(self, invite: Invite, name: str = "Lt New Comer") -> Offer:
        public = crypto.xwing_public(self.bundle), crypto.xwing_public(self.prekey)
        return make_offer(invite, self.key, bundle=public[0], prekey=public[1], name=name)


def newcomer(seed: str = "newcomer") -> Newcomer:
    entropy = Drbg(seed)
    return Newcomer(signing_key(entropy.fork("key")), entropy.fork("bundle")(96), entropy.fork("prekey")(96))


def an_invite(world: FakeCoalition, code: str = "XAA") -> Invite:
    return make_invite(world.id, world.nation(code).custodian_certificate, "north.example:7400", Drbg("invite"))


def welcoming(world: FakeCoalition, code: str = "XAA") -> Welcoming:
    custodian = world.nation(code).custodian_document.data
    return Welcoming(world.coalition, world.charter_data, world.signatures, encode(world.policy), custodian)


def certified(world: FakeCoalition, request: JoinRequested, code: str = "XAA") -> Signed:
    """What the custodian issues for a request."""
    template = world.device(code).certificate
    asked = request.checked.request
    return issue_certificate(
        evolve(
            template,
            key=asked.key,
            mldsa_hash=asked.mldsa_hash,
            bundle_hash=asked.bundle_hash,
            request=_signature(request.checked.offer.request),
            person=bytes(range(16)),
            name=request.name,
        ),
        world.nation(code).custodian,
    )


def _signature(request: bytes) -> bytes:
    return request[-64:]


@attrs.define
class Enrolment:
    """A joiner, and a custodian behind the link machine that knows his invite."""

    world: FakeCoalition
    joiner: Joiner
    enroller: Enroller

    def welcome(self) -> tuple[Welcomed, JoinRequested]:
        """Up to the words on both sides."""
        (join,) = self.joiner.receive(proof_frame(self.joiner.invite, End.RESPONDER), self.world.now).send
        step = self.enroller.receive(join)
        (requested,) = step.events
        assert isinstance(requested, JoinRequested)
        (welcomed,) = deliver(self.joiner, step.send, self.world.now)
        assert isinstance(welcomed, Welcomed)
        return welcomed, requested


def proof_frame(invite: Invite, end: End, exporter: bytes = EXPORTER) -> bytes:
    return encode(Proof(proof(invite.key, exporter, end)))


def deliver(joiner: Joiner, frames: tuple[bytes, ...], now: int) -> list[object]:
    """Frames to the joiner, which answers only the last one."""
    events: list[object] = []
    for frame in frames:
        assert len(frame) <= joiner.frame_cap
        step = joiner.receive(frame, now)
        assert step.send == () or frame is frames[-1]
        events += step.events
    return events


def enrolment_of(world: FakeCoalition, code: str = "XAA") -> Enrolment:
    invite = an_invite(world, code)
    return Enrolment(
        world,
        Joiner(invite, EXPORTER, newcomer().offer(invite)),
        Enroller(welcoming(world, code), invite.key, EXPORTER, NONCE),
    )
