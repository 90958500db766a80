"""The newest prekey statements of a nation's devices (SPEC 7.2), and the proofs that a device was copied.

Rule 1: of a device's statements the one with the highest counter counts; a lower one changes nothing.
Rule 2: two different keys at one counter prove that two hold the device's signing key. Both statements are kept, and
nothing that either says counts any more: nobody can tell which of the two is the device.
"""

from __future__ import annotations

from enum import Enum

import attrs

from protocol.keys.otar import PrekeyStatement, check_prekey
from protocol.trust.credential import Certificate


class Verdict(Enum):
    """What a statement is to the set."""

    NEWER = "the newest of its device now"
    KNOWN = "said before, or superseded"
    CLASH = "another key at the counter of the newest: a proof"


@attrs.define
class Statements:
    """Statements in, verified; the newest of each device out."""

    _newest: dict[bytes, PrekeyStatement] = attrs.field(factory=dict, init=False, repr=False)
    _clashed: set[bytes] = attrs.field(factory=set, init=False, repr=False)

    def apply(self, certificate: Certificate, data: bytes) -> tuple[PrekeyStatement, Verdict]:
        """Take a statement of a certified device.

        Raises:
            RemoteProtocolError: it does not verify under that certificate, or its key is unusable.
        """
        statement = check_prekey(certificate, data)
        known = self._newest.get(statement.device)
        if known is not None and (statement.device in self._clashed or statement.counter < known.counter):
            return statement, Verdict.KNOWN
        if known is not None and statement.counter == known.counter:
            if statement.key == known.key:
                return statement, Verdict.KNOWN
            self._clashed.add(statement.device)
            return statement, Verdict.CLASH
        self._newest[statement.device] = statement
        return statement, Verdict.NEWER

    def newest(self, device: bytes) -> PrekeyStatement | None:
        """The statement that counts, if there is one and it is beyond doubt."""
        return None if device in self._clashed else self._newest.get(device)

    def highest(self, device: bytes) -> int:
        """The highest counter seen of a device, 0 for none."""
        known = self._newest.get(device)
        return 0 if known is None else known.counter

    def clashes(self) -> frozenset[bytes]:
        """Devices of which two keys stand at one counter."""
        return frozenset(self._clashed)

    def clashed(self, device: bytes) -> bool:
        """Whether two keys of a device stand at one counter."""
        return device in self._clashed
