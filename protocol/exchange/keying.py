"""Envelopes asked of keying devices, over one link (SPEC 7.8, 9.5): the books of both directions.

Rule 1: questions are numbered, each higher than the one before; every question is answered once, in any order.
Rule 2: at most MAX_ENVELOPE_REQUESTS are open in each direction.
Rule 3: what comes unasked, or for another channel or release key than was asked, is refused. Whether an envelope may be
sealed under is for the node: it knows whom its nation's publications name.
"""

from __future__ import annotations

import attrs

from protocol.base.errors import LimitError, LocalProtocolError, StateError
from protocol.base.limits import MAX_ENVELOPE_REQUESTS
from protocol.exchange.asking import EnvelopeDenial, EnvelopeGrant, EnvelopeRequest
from protocol.exchange.events import EnvelopeDenied, EnvelopeGranted, EnvelopeRequested
from protocol.keys.envelope import read_envelope
from protocol.trust.label import ReleaseKey


@attrs.define
class Questions:
    """What is asked for in both directions and not answered."""

    _asked: dict[int, EnvelopeRequest] = attrs.field(factory=dict, init=False, repr=False)
    _owed: set[int] = attrs.field(factory=set, init=False, repr=False)
    _last: int = attrs.field(default=0, init=False)
    _last_of_peer: int = attrs.field(default=0, init=False)

    @property
    def room(self) -> bool:
        """Whether we may ask another."""
        return len(self._asked) < MAX_ENVELOPE_REQUESTS

    def ask(self, number: int, channel: bytes, release: ReleaseKey) -> EnvelopeRequest:
        """Our question.

        Raises:
            LocalProtocolError: too many are open, or the number is not higher than the last.
        """
        if not self.room or number <= self._last:
            raise LocalProtocolError("too many are open, or the number does not rise", field="number")
        request = EnvelopeRequest(number, channel, release)
        self._last = number
        self._asked[number] = request
        return request

    def asked(self, request: EnvelopeRequest) -> EnvelopeRequested:
        """The peer's question.

        Raises:
            StateError: its number does not rise. LimitError: too many are open.
        """
        if request.number <= self._last_of_peer:
            raise StateError("must be higher than the one before", field="number")
        if len(self._owed) >= MAX_ENVELOPE_REQUESTS:
            raise LimitError(f"more than {MAX_ENVELOPE_REQUESTS} asked for", field="number")
        self._last_of_peer = request.number
        self._owed.add(request.number)
        return EnvelopeRequested(request.number, request.channel, request.release)

    def granted(self, grant: EnvelopeGrant) -> EnvelopeGranted:
        """The peer's envelope.

        Raises:
            StateError: it was not asked for, or is for another channel or release key. RemoteProtocolError: it is none.
        """
        request = self._answered(grant.number)
        envelope = read_envelope(grant.data)
        if (envelope.context.channel, envelope.context.release) != (request.channel, request.release):
            raise StateError("is for another channel or release key than was asked", field="data")
        return EnvelopeGranted(grant.number, envelope)

    def denied(self, denial: EnvelopeDenial) -> EnvelopeDenied:
        """The peer gives none.

        Raises:
            StateError: it was not asked.
        """
        return EnvelopeDenied(self._answered(denial.number).number, denial.code)

    def _answered(self, number: int) -> EnvelopeRequest:
        if number not in self._asked:
            raise StateError("was not asked for", field="number")
        return self._asked.pop(number)

    def answer(self, number: int) -> None:
        """We answer.

        Raises:
            LocalProtocolError: the peer did not ask, or has its answer.
        """
        if number not in self._owed:
            raise LocalProtocolError("was not asked for", field="number")
        self._owed.remove(number)
