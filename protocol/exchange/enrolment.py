"""Enrolment over a link that an invite's key proved (SPEC 9.4): the custodian's machine.

    joiner (`joining.Joiner`)                  custodian
    PROOF (K) ->
                                            <- PROOF (K)                                  `link.Link` did this
    JOIN (offer, MAC) ->
                                            <- WELCOME (charter, policy, signatures, custodian)
              both people compare six words; the custodian's approves or declines, the joiner's may leave
                                            <- GRANT (certificate, chain, key lists, OTAR, addresses)
    READY ->

Rule 1: a person is shown nothing of a JOIN whose MAC, request and keys do not hold together.
Rule 2: the words cover the exporter and a nonce that the offer could not know: whoever stands between, with the invite's
secret, gets other words on one side than on the other.
Rule 3: an invite is used up when READY says so; a grant that was cut off may be given again, to the same request only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final, TypeAlias

import attrs

from protocol.base.errors import LocalProtocolError, RemoteProtocolError, StateError
from protocol.base.limits import MAX_GRANT_BYTES, MAX_NATIONS, MAX_RECORD
from protocol.base.records import encode
from protocol.exchange.invite import transcript_words
from protocol.exchange.messages import (
    TINY,
    WELCOME_FIXED,
    Farewell,
    Goodbye,
    Grant,
    Join,
    Message,
    Ready,
    Welcome,
    read_message,
)
from protocol.exchange.offer import CheckedOffer, check_join, is_for
from protocol.exchange.series import send_series
from protocol.exchange.states import Place, Step
from protocol.trust.charter import Coalition
from protocol.trust.credential import check_certificate, check_custodian

WELCOME_BYTES: Final = (WELCOME_FIXED + MAX_NATIONS) * MAX_RECORD
"""Bytes of a welcome: a whole record for each document."""


class State(Enum):
    """What is known of the joiner."""

    INVITED = "holds an open invite's key"
    REQUESTED = "made its request; a person decides"
    GRANTED = "was sent its certificate"
    ENROLLED = "has its certificate"
    DECLINED = "was declined by the custodian"
    LEFT = "left"
    REFUSED = "broke the rules"


class On(Enum):
    """What happens on the custodian's side."""

    JOIN = "JOIN that holds together"
    GRANT = "the custodian approves"
    DECLINE = "the custodian declines"
    READY = "READY"
    GOODBYE = "GOODBYE"
    FAULT = "any fault"


TRANSITIONS: Final[Mapping[tuple[State, On], State]] = {
    (State.INVITED, On.JOIN): State.REQUESTED,
    (State.INVITED, On.GOODBYE): State.LEFT,
    (State.REQUESTED, On.GRANT): State.GRANTED,
    (State.REQUESTED, On.DECLINE): State.DECLINED,
    (State.REQUESTED, On.GOODBYE): State.LEFT,
    (State.GRANTED, On.READY): State.ENROLLED,
    (State.GRANTED, On.GOODBYE): State.LEFT,
    **{(state, On.FAULT): State.REFUSED for state in State},
}

_CAPS: Final = {State.INVITED: 8_192}


@attrs.frozen
class Welcoming:
    """What a custodian shows to those he invited.

    Attributes:
        charter, signatures, policy: the charter's bytes, each nation's signature document, the policy's bytes.
        amendments: later charters and their signatures, oldest first.
        custodian: his own certificate document.
    """

    coalition: Coalition
    charter: bytes = attrs.field(repr=False)
    signatures: tuple[bytes, ...] = attrs.field(repr=False)
    policy: bytes = attrs.field(repr=False)
    custodian: bytes = attrs.field(repr=False)
    amendments: tuple[bytes, ...] = attrs.field(default=(), repr=False)

    @property
    def documents(self) -> tuple[bytes, ...]:
        """In the order of a WELCOME."""
        return (self.charter, self.policy, *self.signatures, *self.amendments, self.custodian)


@attrs.frozen
class JoinRequested:
    """Somebody with the invite asks to join: a person compares the words, and grants or declines.

    Attributes:
        words: six indices below 2,048.
    """

    checked: CheckedOffer
    words: tuple[int, ...]

    @property
    def name(self) -> str:
        """The wished display name: peer text."""
        return self.checked.offer.name


@attrs.frozen
class JoinerReady:
    """The joiner has verified its certificate: the invite is used up."""


@attrs.frozen
class JoinerLeft:
    """The joiner left; `code` may be a `Farewell`."""

    code: int


EnrolmentEvent: TypeAlias = JoinRequested | JoinerReady | JoinerLeft


@attrs.define(eq=False)
class Enroller:
    """The custodian's side of one enrolment, after `link.InviteProven`.

    Attributes:
        key: K, as the link's event gave it.
        exporter: 32 bytes of the TLS exporter.
        nonce: 16 random bytes, of this link only.
    """

    welcoming: Welcoming
    key: bytes = attrs.field(repr=False)
    exporter: bytes = attrs.field(repr=False)
    nonce: bytes = attrs.field(repr=False)
    _place: Place[State, On] = attrs.field(init=False)
    _checked: CheckedOffer = attrs.field(init=False, repr=False)  # set by a JOIN

    def __attrs_post_init__(self) -> None:
        self._place = Place(TRANSITIONS, State.INVITED)

    @property
    def state(self) -> State:
        """What is known of the joiner."""
        return self._place.state

    @property
    def frame_cap(self) -> int:
        """Bytes that the next frame may have."""
        return _CAPS.get(self.state, TINY)

    def receive(self, frame: bytes) -> Step[EnrolmentEvent]:
        """Take one frame.

        Raises:
            RemoteProtocolError: the joiner broke the rules; nothing is to be sent.
        """
        try:
            return self._receive(read_message(frame, self.frame_cap))
        except RemoteProtocolError:
            self._place.go(On.FAULT)
            raise

    def _receive(self, message: Message | None) -> Step[EnrolmentEvent]:
        match message:
            case Join():
                self._place.expect(On.JOIN)
                return self._on_join(message)
            case Ready():
                self._place.go(On.READY)
                return Step(events=(JoinerReady(),))
            case Goodbye():
                self._place.go(On.GOODBYE)
                return Step(events=(JoinerLeft(message.code),))
        raise StateError("does not belong to enrolment", field="tag")

    def _on_join(self, join: Join) -> Step[EnrolmentEvent]:
        ours = self.welcoming
        seat, _ = check_custodian(ours.coalition, ours.custodian)
        self._checked = check_join(join, self.key, self.exporter, ours.coalition.id, seat.nation)
        self._place.go(On.JOIN)
        shown = transcript_words(
            self.exporter, self.nonce, join.offer.request, ours.custodian, ours.coalition.charter_hash
        )
        documents = ours.documents
        welcome = send_series(Welcome(len(documents), self.nonce), documents, WELCOME_BYTES)
        return Step(welcome, (JoinRequested(self._checked, shown),))

    def grant(self, certificate: bytes, documents: Sequence[bytes], addresses: Sequence[str]) -> Step[EnrolmentEvent]:
        """The custodian approves.

        Args:
            certificate: the device's certificate document.
            documents: what proves it, and the joiner needs at once: publication, directory, key lists, OTAR.
            addresses: peers to dial.

        Raises:
            LocalProtocolError: nobody asked, or the certificate is not for this request.
        """
        if not self._place.allows(On.GRANT):
            raise LocalProtocolError(f"there is nothing to grant in state {self.state.value!r}", field="state")
        seat, _ = check_custodian(self.welcoming.coalition, self.welcoming.custodian)
        if not is_for(check_certificate(seat, certificate).certificate, self._checked.offer.request):
            raise LocalProtocolError("is not for this request", field="certificate")
        announcement = Grant(1 + len(documents), tuple(addresses))
        frames = send_series(announcement, (certificate, *documents), MAX_GRANT_BYTES)
        self._place.go(On.GRANT)
        return Step(send=frames)

    def decline(self, code: Farewell = Farewell.DECLINED) -> Step[EnrolmentEvent]:
        """The custodian does not approve, or the invite is withdrawn.

        Raises:
            LocalProtocolError: nobody asked.
        """
        if not self._place.allows(On.DECLINE):
            raise LocalProtocolError(f"there is nothing to decline in state {self.state.value!r}", field="state")
        self._place.go(On.DECLINE)
        return Step(send=(encode(Goodbye(int(code))),))
