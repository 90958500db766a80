"""What an emergency rekey, or a revocation, is made of (SPEC 6.5, 7.5). Pure.

Rule 1: what was begun stands in the store until it is published: a custodian who is stopped goes on where he was.
Rule 2: a revocation leaves the publication with the certificate that it is of; the act itself stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import attrs

from protocol.base.limits import CLOCK_SKEW
from protocol.base.records import evolve
from protocol.keys.demand import RekeyDemand
from protocol.keys.keyring import CustodianKeys
from protocol.keys.runon import last_served
from protocol.trust.charter import Charter, Coalition
from protocol.trust.credential import Certified
from protocol.trust.publication import Edition, Revocation
from protocol.trust.revocation import DeviceRevocation, LastGood


@attrs.frozen
class Pending:
    """A rekey that is under way.

    Attributes:
        request: of the demand that goes with it, 16 bytes.
        supersedes: counters drawn for it, with those that they replace; none before they were drawn.
    """

    request: bytes
    supersedes: Mapping[int, int] = attrs.field(factory=dict)

    def encode(self) -> bytes:
        """As the store keeps it."""
        return json.dumps({"request": self.request.hex(), "supersedes": dict(self.supersedes)}).encode("utf-8")

    @classmethod
    def decode(cls, data: bytes) -> Pending:
        """What `encode` made."""
        kept = json.loads(data)
        return cls(bytes.fromhex(kept["request"]), {int(counter): old for counter, old in kept["supersedes"].items()})

    def edition(self, counter: int, first: int, last: int) -> Edition:
        """An edition that was drawn, as a publication names it."""
        return Edition(counter, first, last, self.supersedes.get(counter, 0))


def demand_of(pending: Pending, coalition: Coalition, nation: int, keys: CustodianKeys, now: int) -> RekeyDemand:
    """The demand that goes with the editions that were drawn."""
    return RekeyDemand(coalition.id, nation, keys.index, min(pending.supersedes), pending.request, now)


def disown(
    certified: Certified, reason: int, heads: Iterable[tuple[bytes, int, bytes]], keys: CustodianKeys, now: int
) -> DeviceRevocation:
    """The revocation of a device.

    Args:
        heads: (feed id, number, entry id) of the last good entry of each of its feeds.
    """
    certificate = certified.certificate
    good = tuple(sorted((LastGood(*head) for head in heads), key=lambda last: last.feed))
    return DeviceRevocation(certificate.coalition, certificate.nation, keys.index, certified.device, now, reason, good)


def unexpired(revocations: Iterable[Revocation], known: Iterable[Certified], now: int) -> tuple[Revocation, ...]:
    """Revocations that a publication still names: until the certificate has ended, nobody takes it without them."""
    ends = {certified.device: certified.certificate.not_after for certified in known}
    return tuple(r for r in revocations if ends.get(r.device, now) + CLOCK_SKEW >= now)


def cut_off_until(replaced: Iterable[Edition], charter: Charter) -> int:
    """Unix time until which a sender who has not heard may seal to replaced editions; 0 if there are none.

    His last envelope to one may be sealed under for a quarter of a segment after the edition's end (SPEC 7.3).
    """
    ends = [(edition.last + 1) * charter.segment + charter.segment // 4 for edition in replaced]
    return max(ends, default=0)


def runs_on_until(replaced: Iterable[Edition], charter: Charter) -> int:
    """The same for what is sealed at a level that runs on: he may take one of them for the nation's last; 0 if none does."""
    if not charter.runs_on(0):
        return 0
    longer = [evolve(edition, last=last_served(charter, 0, edition.last)) for edition in replaced]
    return cut_off_until(longer, charter)
