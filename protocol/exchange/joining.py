"""Enrolment over a link that an invite's key proved (SPEC 9.4): the joiner's machine; `enrolment` draws both sides.

Rule 1: the joiner believes nothing but its invite: the charter must hash to its coalition, every nation's root must have
signed that charter, the custodian's certificate must be its nation's root's, and his keys those of the invite.
Rule 2: what is wrong is refused as soon as it is here: of a false welcome no more than its charter is taken.
Rule 3: the words exist only when the whole welcome holds.
Rule 4: a certificate is taken only if it is for this very request, by this very custodian.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeAlias

import attrs

from protocol.base.errors import AuthenticationError, RemoteProtocolError, StateError
from protocol.base.limits import MAX_FRAME, MAX_GRANT_BYTES
from protocol.base.records import encode
from protocol.exchange.enrolment import WELCOME_BYTES
from protocol.exchange.invite import Invite, custodian_hash, transcript_words
from protocol.exchange.messages import (
    TINY,
    WELCOME_FIXED,
    Document,
    Farewell,
    Goodbye,
    Grant,
    Message,
    Offer,
    Proof,
    Ready,
    Welcome,
    read_message,
)
from protocol.exchange.offer import is_for, seal_offer
from protocol.exchange.proof import End, proof, proven
from protocol.exchange.series import Series
from protocol.exchange.states import Place, Step
from protocol.trust.amendment import build_coalition
from protocol.trust.charter import Charter, Coalition, coalition_id, read_charter
from protocol.trust.credential import (
    Certified,
    CustodianCertificate,
    check_certificate,
    check_custodian,
    require_current,
)
from protocol.trust.policy import Policy, read_policy


class State(Enum):
    """What is known of the custodian."""

    UNPROVEN = "unproven"
    PROVEN = "holds the invite's key, and has our offer"
    WELCOMING = "sends what proves it"
    WELCOMED = "is the invite's custodian; a person decides"
    GRANTING = "sends our certificate"
    ENROLLED = "certified us"
    DECLINED = "declined"
    LEFT = "was left by us"
    REFUSED = "broke the rules"


class On(Enum):
    """What happens on the joiner's side."""

    PROOF = "PROOF by the invite's key"
    WELCOME = "WELCOME"
    WELCOME_PART = "DOCUMENT of the welcome"
    WELCOME_HOLDS = "the last DOCUMENT, and all hold"
    GRANT = "GRANT"
    GRANT_PART = "DOCUMENT of the grant"
    GRANT_HOLDS = "the last DOCUMENT of the grant"
    GOODBYE = "GOODBYE"
    LEAVE = "we leave"
    FAULT = "any fault"


_ASKING: Final = (State.PROVEN, State.WELCOMING, State.WELCOMED, State.GRANTING)

TRANSITIONS: Final[Mapping[tuple[State, On], State]] = {
    (State.UNPROVEN, On.PROOF): State.PROVEN,
    (State.PROVEN, On.WELCOME): State.WELCOMING,
    (State.WELCOMING, On.WELCOME_PART): State.WELCOMING,
    (State.WELCOMING, On.WELCOME_HOLDS): State.WELCOMED,
    (State.WELCOMED, On.GRANT): State.GRANTING,
    (State.GRANTING, On.GRANT_PART): State.GRANTING,
    (State.GRANTING, On.GRANT_HOLDS): State.ENROLLED,
    **{(state, On.GOODBYE): State.DECLINED for state in _ASKING},
    **{(state, On.LEAVE): State.LEFT for state in (State.UNPROVEN, *_ASKING)},
    **{(state, On.FAULT): State.REFUSED for state in State},
}

_CAPS: Final = {
    State.UNPROVEN: 64,
    State.PROVEN: 64,
    State.WELCOMING: MAX_FRAME,
    State.WELCOMED: 4_096,
    State.GRANTING: MAX_FRAME,
}


@attrs.frozen
class Welcomed:
    """The peer is the invite's custodian, in the invite's coalition: a person compares the words.

    Attributes:
        documents: charter, policy, signatures, amendments and custodian's certificate, as they came: keep them.
        words: six indices below 2,048.
    """

    coalition: Coalition
    policy: Policy
    custodian: CustodianCertificate
    documents: tuple[bytes, ...] = attrs.field(repr=False)
    words: tuple[int, ...]


@attrs.frozen
class Granted:
    """The device is certified.

    Attributes:
        documents: what else was granted, in order; none of it is verified yet.
        addresses: peers to dial: peer text.
    """

    certified: Certified
    documents: tuple[bytes, ...] = attrs.field(repr=False)
    addresses: tuple[str, ...]


@attrs.frozen
class Declined:
    """The custodian left without a certificate; `code` may be a `Farewell`."""

    code: int


JoiningEvent: TypeAlias = Welcomed | Granted | Declined


@attrs.define(eq=False)
class Joiner:
    """The joiner's side of one enrolment, from the first byte inside TLS.

    Attributes:
        exporter: 32 bytes of the TLS exporter.
        offer: of `offer.make_offer`.
    """

    invite: Invite
    exporter: bytes = attrs.field(repr=False)
    offer: Offer = attrs.field(repr=False)
    _place: Place[State, On] = attrs.field(init=False)
    # Set by the step that leads to the states in which they are used:
    _series: Series = attrs.field(init=False, repr=False)
    _nonce: bytes = attrs.field(init=False, repr=False)
    _charter: Charter = attrs.field(init=False, repr=False)
    _policy: Policy = attrs.field(init=False, repr=False)
    _custodian: CustodianCertificate = attrs.field(init=False, repr=False)
    _certified: Certified = attrs.field(init=False, repr=False)
    _addresses: tuple[str, ...] = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._place = Place(TRANSITIONS, State.UNPROVEN)

    @property
    def state(self) -> State:
        """What is known of the custodian."""
        return self._place.state

    @property
    def frame_cap(self) -> int:
        """Bytes that the next frame may have."""
        return _CAPS.get(self.state, TINY)

    def start(self) -> Step[JoiningEvent]:
        """The joiner dials, so it proves first."""
        return Step(send=(encode(Proof(proof(self.invite.key, self.exporter, End.DIALLER))),))

    def receive(self, frame: bytes, now: int) -> Step[JoiningEvent]:
        """Take one frame.

        Args:
            now: Unix time in UTC seconds.

        Raises:
            RemoteProtocolError: the peer is not the invite's custodian, or broke the rules.
        """
        try:
            return self._receive(read_message(frame, self.frame_cap), now)
        except RemoteProtocolError:
            self._place.go(On.FAULT)
            raise

    def leave(self, code: Farewell = Farewell.WORDS) -> Step[JoiningEvent]:
        """The person here does not want to go on: the words differ. Nothing is sent if it is over already."""
        if not self._place.allows(On.LEAVE):
            return Step()
        self._place.go(On.LEAVE)
        return Step(send=(encode(Goodbye(int(code))),))

    def _receive(self, message: Message | None, now: int) -> Step[JoiningEvent]:
        match message:
            case Proof():
                self._place.expect(On.PROOF)
                proven(message.mac, self.exporter, End.RESPONDER, (self.invite.key,))
                self._place.go(On.PROOF)
                return Step(send=(encode(seal_offer(self.offer, self.invite.key, self.exporter)),))
            case Welcome():
                self._place.go(On.WELCOME)
                self._series, self._nonce = Series(message.count, WELCOME_BYTES), message.nonce
                return Step()
            case Grant():
                self._place.go(On.GRANT)
                self._series, self._addresses = Series(message.count, MAX_GRANT_BYTES), message.addresses
                return Step()
            case Document() if self._place.allows(On.WELCOME_PART):
                return self._on_welcome(message, now)
            case Document():
                self._place.expect(On.GRANT_PART)
                return self._on_grant(message)
            case Goodbye():
                self._place.go(On.GOODBYE)
                return Step(events=(Declined(message.code),))
        raise StateError("does not belong to enrolment", field="tag")

    # --- the welcome ---

    def _on_welcome(self, message: Document, now: int) -> Step[JoiningEvent]:
        document = self._series.take(message)
        if len(self._series.documents) == 1:
            self._take_charter(document)
        elif len(self._series.documents) == 2:
            self._take_policy(document)
        if not self._series.complete:
            self._place.go(On.WELCOME_PART)
            return Step()
        return self._welcomed(now)

    def _take_charter(self, document: bytes) -> None:
        if coalition_id(document) != self.invite.coalition:
            raise AuthenticationError
        self._charter = read_charter(document)
        nations = len(self._charter.nations)
        more = self._series.count - WELCOME_FIXED - nations  # amendments, and who signed them
        if self._charter.number or more < 0 or (not more and self.invite.nation >= nations):
            raise StateError("does not fit the charter", field="welcome")

    def _take_policy(self, document: bytes) -> None:
        self._policy = read_policy(document)
        if self._policy.hash != self._charter.policy:
            raise AuthenticationError

    def _welcomed(self, now: int) -> Step[JoiningEvent]:
        charter, _, *rest, custodian = self._series.documents
        coalition, amendments = build_coalition((charter, *rest))
        if self.invite.nation not in coalition.charter.present or (
            len(rest) != len(self._charter.nations) + len(amendments)
        ):
            raise StateError("does not fit the charter", field="welcome")
        self._custodian, _ = check_custodian(coalition, custodian)
        if (self._custodian.nation, custodian_hash(self._custodian)) != (self.invite.nation, self.invite.custodian):
            raise AuthenticationError
        require_current(self._custodian, now)
        self._place.go(On.WELCOME_HOLDS)
        words = transcript_words(self.exporter, self._nonce, self.offer.request, custodian, coalition.charter_hash)
        documents = tuple(self._series.documents)
        return Step(events=(Welcomed(coalition, self._policy, self._custodian, documents, words),))

    # --- the grant ---

    def _on_grant(self, message: Document) -> Step[JoiningEvent]:
        document = self._series.take(message)
        if len(self._series.documents) == 1:
            self._certified = check_certificate(self._custodian, document)
            if not is_for(self._certified.certificate, self.offer.request):
                raise AuthenticationError
        if not self._series.complete:
            self._place.go(On.GRANT_PART)
            return Step()
        self._place.go(On.GRANT_HOLDS)
        rest = tuple(self._series.documents[1:])
        return Step((encode(Ready()),), (Granted(self._certified, rest, self._addresses),))
