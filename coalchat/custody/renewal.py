"""Renewing certificates (SPEC 6.7): what a custodian's and a root's word is good for once more. No I/O, no clock.

Rule 1: a renewed certificate differs from the one before in its custodian and its validity, and in nothing else: the
device's signature of its request stands in it as before.
Rule 2: it begins after the one before it, so that all agree which of the two counts.
"""

from __future__ import annotations

from coalchat.custody.keying import CUSTODIAN_LIFETIME, DEVICE_LIFETIME
from protocol.base.records import evolve
from protocol.base.signed import Signed
from protocol.keys.keyring import CustodianKeys, SigningSeeds
from protocol.trust.charter import Coalition, root_id
from protocol.trust.credential import (
    Certified,
    CustodianCertificate,
    certificate_hash,
    issue_certificate,
    issue_custodian,
)
from protocol.trust.seat import SeatClaim

RENEW_BEFORE = DEVICE_LIFETIME // 3
"""Seconds before its end at which a device's certificate is renewed: a month in which device and custodian meet once."""

END_WARNING = 14 * 86_400
"""Seconds before a certificate ends at which people are told: a fortnight, for the root lies in a safe."""


def renewed(certified: Certified, keys: CustodianKeys, now: int, not_after: int) -> Certified:
    """A device's certificate, issued anew by this seat.

    Args:
        not_after: its end.
    """
    before = certified.certificate
    certificate = evolve(before, custodian=keys.index, not_before=max(now, before.not_before + 1), not_after=not_after)
    signed = issue_certificate(certificate, keys.seat.key)
    return Certified(certificate, signed, certificate_hash(signed.data))


def renewed_seat(before: CustodianCertificate, root: SigningSeeds, coalition: Coalition, now: int) -> Signed:
    """A custodian's certificate for the same keys, issued anew by the nation's root."""
    begins = max(now, before.not_before + 1)
    certificate = evolve(before, not_before=begins, not_after=begins + CUSTODIAN_LIFETIME)
    return issue_custodian(certificate, root.key, root_id(coalition.charter_hash, before.nation))


def new_seat(
    claim: SeatClaim, before: CustodianCertificate | None, root: SigningSeeds, coalition: Coalition, now: int
) -> tuple[Signed, int]:
    """The root's certificate for the keys of a checked request, and when it begins.

    Args:
        before: the certificate that the seat has for the same keys, or None.
    """
    begins = now if before is None else max(now, before.not_before + 1)
    certificate = CustodianCertificate(
        coalition.id, claim.nation, claim.index, claim.key, claim.mldsa, begins, begins + CUSTODIAN_LIFETIME
    )
    return issue_custodian(certificate, root.key, root_id(coalition.charter_hash, claim.nation)), begins
