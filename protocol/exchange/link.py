"""Authentication inside TLS (SPEC 9.3): who is at the other end, in an order that tells a stranger nothing.

    dialler                                    responder
    PROOF (link secret, or an invite's key) ->
                                            <- PROOF (the same secret)
    AUTH (certificate, signature)           ->
                [ <- WANT_CHAIN, CHAIN -> ]
                                            <- AUTH
                [ WANT_CHAIN ->, <- CHAIN ]
    READY                                   ->

Rule 1: a wrong first message gets no byte; nobody is named before both ends proved the link secret.
Rule 2: the responder names itself only to a dialler whose certificate it verified.
Rule 3: a certificate that is not yet known here is asked for with its chain, once; then it is valid or refused. One that is
older than the one that counts here is as good: the device was off when it was renewed, and its key is the same.
Rule 4: a signature covers end, exporter, coalition and certificate: it holds on this connection, in this direction.
Rule 5: a device of a nation that the charter suspends is refused, whatever it proves.
Rule 6: nobody links with himself: one's own device at the other end is a reflection.
An invite's key in place of the link secret leads to enrolment (`enrolment.Enroller`) and to nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Annotated, Final, TypeAlias

import attrs

from protocol.base import crypto
from protocol.base.codec import unpack_loose
from protocol.base.errors import AuthenticationError, DecodeError, LocalProtocolError, RemoteProtocolError, StateError
from protocol.base.ids import Domain, Tag
from protocol.base.limits import MAX_CHAIN_BYTES, MAX_FRAME, MAX_INVITES
from protocol.base.records import Bin, Uint, decode, encode, encode_part, peek, record
from protocol.base.signed import read_signed
from protocol.exchange.messages import TINY, Auth, Chain, Document, Message, Proof, Ready, WantChain, read_message
from protocol.exchange.proof import End, proof, proven
from protocol.exchange.series import Series, send_series
from protocol.exchange.states import Place, Step
from protocol.trust.credential import Certificate, Certified, certificate_hash
from protocol.trust.directory import Directory


class State(Enum):
    """What is known of the peer."""

    UNPROVEN = "unproven"
    PROVEN = "holds the link secret"
    CHAIN_SENT = "has our chain"
    CHAIN_AWAITED = "named itself by a certificate unknown here"
    CHAIN_ARRIVING = "sends its chain"
    VERIFIED = "is certified, and has our name"
    AUTHENTICATED = "is certified, and knows us"
    INVITED = "holds an invite's key"
    REFUSED = "broke the rules"


class On(Enum):
    """What happens on a link."""

    PROOF_HOLDS = "PROOF by the link secret"
    INVITE_HOLDS = "PROOF by an invite's key"
    AUTH_HOLDS = "AUTH that verifies"
    AUTH_UNKNOWN = "AUTH that may verify with its chain"
    CHAIN_WANTED = "WANT_CHAIN"
    CHAIN_BEGINS = "CHAIN"
    CHAIN_PART = "DOCUMENT"
    CHAIN_HOLDS = "the last DOCUMENT, and AUTH verifies"
    READY = "READY"
    FAULT = "any fault"


Table: TypeAlias = Mapping[tuple[State, On], State]

_FAULTS: Final = {(state, On.FAULT): State.REFUSED for state in State}
_CHAIN: Final = {
    (State.CHAIN_AWAITED, On.CHAIN_BEGINS): State.CHAIN_ARRIVING,
    (State.CHAIN_ARRIVING, On.CHAIN_PART): State.CHAIN_ARRIVING,
}

TRANSITIONS: Final[Mapping[End, Table]] = {
    End.DIALLER: {
        (State.UNPROVEN, On.PROOF_HOLDS): State.PROVEN,
        (State.PROVEN, On.CHAIN_WANTED): State.CHAIN_SENT,
        (State.PROVEN, On.AUTH_HOLDS): State.AUTHENTICATED,
        (State.PROVEN, On.AUTH_UNKNOWN): State.CHAIN_AWAITED,
        (State.CHAIN_SENT, On.AUTH_HOLDS): State.AUTHENTICATED,
        (State.CHAIN_SENT, On.AUTH_UNKNOWN): State.CHAIN_AWAITED,
        (State.CHAIN_ARRIVING, On.CHAIN_HOLDS): State.AUTHENTICATED,
        **_CHAIN,
        **_FAULTS,
    },
    End.RESPONDER: {
        (State.UNPROVEN, On.PROOF_HOLDS): State.PROVEN,
        (State.UNPROVEN, On.INVITE_HOLDS): State.INVITED,
        (State.PROVEN, On.AUTH_HOLDS): State.VERIFIED,
        (State.PROVEN, On.AUTH_UNKNOWN): State.CHAIN_AWAITED,
        (State.CHAIN_ARRIVING, On.CHAIN_HOLDS): State.VERIFIED,
        (State.VERIFIED, On.CHAIN_WANTED): State.CHAIN_SENT,
        (State.VERIFIED, On.READY): State.AUTHENTICATED,
        (State.CHAIN_SENT, On.READY): State.AUTHENTICATED,
        **_CHAIN,
        **_FAULTS,
    },
}

_CAPS: Final = {State.UNPROVEN: 64, State.PROVEN: 1_024, State.CHAIN_SENT: 1_024, State.CHAIN_ARRIVING: MAX_FRAME}
"""Bytes of the next frame; elsewhere it is tiny."""


@record()
class LinkContext:
    """What an AUTH signature covers, after its domain."""

    end: Annotated[int, Uint(1)]
    exporter: Annotated[bytes, Bin(32)]
    coalition: Annotated[bytes, Bin(16)]
    certificate: Annotated[bytes, Bin(32)]


@attrs.frozen
class LinkCredentials:
    """What a member's device needs to link.

    Attributes:
        coalition: its id.
        seed: the device's Ed25519 seed.
        certificate: the device's certificate document.
        chain: gives the documents that prove it to one who holds the charter only (`Directory.chain`).
        secrets: link secrets, newest first; a dialler uses the newest only.
        invites: keys of open invites, each with the invite's name here; a responder tries them last.
    """

    coalition: bytes
    seed: bytes = attrs.field(repr=False)
    certificate: bytes = attrs.field(repr=False)
    chain: Callable[[], tuple[bytes, ...]] = attrs.field(repr=False)
    secrets: tuple[bytes, ...] = attrs.field(repr=False)
    invites: Mapping[bytes, bytes] = attrs.field(factory=dict, repr=False)

    @property
    def device(self) -> bytes:
        """Our own device's id."""
        return decode(Certificate, read_signed(self.certificate, Tag.CERTIFICATE).body).device


@attrs.frozen
class Authenticated:
    """The peer is this device; what follows is `sync`.

    Attributes:
        secret: index of the link secret that was used; above 0, the peer was not told of the newest.
    """

    certified: Certified
    secret: int


@attrs.frozen
class InviteProven:
    """The peer holds the key of an open invite: an `Enroller` takes over.

    Attributes:
        invite: its name in `LinkCredentials.invites`.
    """

    invite: bytes
    key: bytes = attrs.field(repr=False)


@attrs.frozen
class ChainReceived:
    """These documents were verified and applied to the directory: keep them."""

    documents: tuple[bytes, ...] = attrs.field(repr=False)


LinkEvent: TypeAlias = Authenticated | InviteProven | ChainReceived


@attrs.define(eq=False)
class Link:
    """One end of a link, up to the peer's authentication.

    Attributes:
        exporter: 32 bytes of the TLS exporter.
        directory: the trusted set; certificates and chains that verify are applied to it.
    """

    end: End
    exporter: bytes = attrs.field(repr=False)
    credentials: LinkCredentials
    directory: Directory = attrs.field(repr=False)
    _place: Place[State, On] = attrs.field(init=False)
    _secret: int = attrs.field(default=0, init=False)
    # Set by the step that leads to the states in which they are used:
    _auth: Auth = attrs.field(init=False, repr=False)
    _series: Series = attrs.field(init=False, repr=False)
    _peer: Certified = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        if len(self.exporter) != 32 or not self.credentials.secrets:
            raise LocalProtocolError("needs an exporter of 32 bytes and a link secret", field="link")
        if len(self.credentials.invites) > MAX_INVITES:
            raise LocalProtocolError(f"more than {MAX_INVITES}", field="invites")
        self._place = Place(TRANSITIONS[self.end], State.UNPROVEN)

    @property
    def state(self) -> State:
        """What is known of the peer."""
        return self._place.state

    @property
    def frame_cap(self) -> int:
        """Bytes that the next frame may have."""
        return _CAPS.get(self.state, TINY)

    def start(self) -> Step[LinkEvent]:
        """What the dialler says first; a responder says nothing."""
        if self.end is End.RESPONDER:
            return Step()
        return Step(send=(self._proof(self.credentials.secrets[0]),))

    def receive(self, frame: bytes, now: int) -> Step[LinkEvent]:
        """Take one frame.

        Args:
            now: Unix time in UTC seconds.

        Raises:
            AuthenticationError: the peer is not one to link with; nothing is to be sent.
            RemoteProtocolError: anything else that breaks the rules.
        """
        try:
            return self._receive(read_message(frame, self.frame_cap), now)
        except RemoteProtocolError:
            self._place.go(On.FAULT)
            raise

    def _receive(self, message: Message | None, now: int) -> Step[LinkEvent]:
        match message:
            case Proof():
                return self._on_proof(message.mac)
            case Auth():
                self._place.expect(On.AUTH_HOLDS)
                self._auth = message
                if self._certified(message, now):
                    return self._verified(On.AUTH_HOLDS)
                self._place.go(On.AUTH_UNKNOWN)
                return Step(send=(encode(WantChain()),))
            case WantChain():
                self._place.go(On.CHAIN_WANTED)
                chain = self.credentials.chain()
                return Step(send=send_series(Chain(len(chain)), chain, MAX_CHAIN_BYTES))
            case Chain():
                self._place.go(On.CHAIN_BEGINS)
                self._series = Series(message.count, MAX_CHAIN_BYTES)
                return Step()
            case Document():
                return self._on_document(message, now)
            case Ready():
                self._place.go(On.READY)
                return Step(events=(Authenticated(self._peer, self._secret),))
        raise StateError("does not belong to link set-up", field="tag")

    # --- the secret ---

    def _proof(self, secret: bytes) -> bytes:
        return encode(Proof(proof(secret, self.exporter, self.end)))

    def _on_proof(self, mac: bytes) -> Step[LinkEvent]:
        self._place.expect(On.PROOF_HOLDS)
        credentials = self.credentials
        if self.end is End.DIALLER:
            proven(mac, self.exporter, End.RESPONDER, credentials.secrets[:1])
            self._place.go(On.PROOF_HOLDS)
            return Step(send=(self._own_auth(),))
        secret = proven(mac, self.exporter, End.DIALLER, (*credentials.secrets, *credentials.invites))
        if secret in credentials.secrets:
            self._secret = credentials.secrets.index(secret)
            self._place.go(On.PROOF_HOLDS)
            return Step(send=(self._proof(secret),))
        self._place.go(On.INVITE_HOLDS)
        return Step(send=(self._proof(secret),), events=(InviteProven(credentials.invites[secret], secret),))

    # --- names ---

    def _context(self, end: End, certificate: bytes) -> bytes:
        return encode_part(LinkContext(int(end), self.exporter, self.credentials.coalition, certificate))

    def _own_auth(self) -> bytes:
        document = self.credentials.certificate
        context = self._context(self.end, certificate_hash(document))
        return encode(Auth(document, crypto.ed25519_sign(self.credentials.seed, Domain.LINK_AUTH, context)))

    def _certified(self, auth: Auth, now: int) -> bool:
        """Whether the AUTH verifies; False if a chain may yet make it do so.

        Raises:
            RemoteProtocolError: no chain can.
        """
        try:
            certified = self.directory.apply_certificate(auth.certificate)
        except AuthenticationError:
            return False  # an unknown custodian, or a renewed one
        context = self._context(self.end.other, certified.hash)
        crypto.ed25519_verify(certified.certificate.key, Domain.LINK_AUTH, context, auth.signature)
        if certified.certificate.nation in self.directory.coalition.suspended:
            raise AuthenticationError
        standing = self.directory.standing(certified.device, now)
        revoked = standing is not None and standing.revoked is not None
        if certified.device == self.credentials.device or revoked:
            raise AuthenticationError
        if standing is not None and standing.valid and _renewed(certified, standing.certified):
            self._peer = standing.certified
            return True
        if not certified.certificate.current(now):
            raise AuthenticationError
        return False

    def _on_document(self, message: Document, now: int) -> Step[LinkEvent]:
        self._place.go(On.CHAIN_PART)
        self._series.take(message)
        if not self._series.complete:
            return Step()
        documents = tuple(self._series.documents)
        for document in documents:
            self._apply(document)
        if not self._certified(self._auth, now):
            raise AuthenticationError
        step = self._verified(On.CHAIN_HOLDS)
        return Step(step.send, (ChainReceived(documents), *step.events))

    def _apply(self, document: bytes) -> None:
        match peek(unpack_loose(document)):
            case Tag.CUSTODIAN_CERTIFICATE:
                self.directory.apply_custodian(document)
            case Tag.PUBLICATION:
                self.directory.apply_publication(document)
            case Tag.DIRECTORY:
                self.directory.apply_directory_part(document)
            case Tag.CERTIFICATE:
                self.directory.apply_certificate(document)
            case _:
                raise DecodeError("does not belong in a chain", field="tag")

    def _verified(self, on: On) -> Step[LinkEvent]:
        self._place.go(on)
        if self.end is End.RESPONDER:
            return Step(send=(self._own_auth(),))
        return Step(send=(encode(Ready()),), events=(Authenticated(self._peer, self._secret),))


def _renewed(shown: Certified, counts: Certified) -> bool:
    """Whether a certificate that a device shows is the one that counts, or an earlier one: it was off when it was renewed."""
    return shown.hash == counts.hash or shown.certificate.not_before < counts.certificate.not_before
