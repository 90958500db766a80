"""The trusted set of a nation's devices (SPEC 6.3), built from certificates and publications.

A device is valid while its certificate is a leaf of the newest unexpired directory of a custodian of its nation, and
on no list of revocations of its nation. A new publication's revocations count at once, and so does a revocation by
itself; its directory counts when all its parts are here, and until then the one before it does.

`Directory` is the trusted set: documents in, verified; answers out. It does no I/O and reads no clock. Documents may
arrive in any order: a certificate waits, without effect, until a directory names it.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from protocol.base.errors import AuthenticationError, ReplayError, StateError
from protocol.base.ids import Tag
from protocol.base.limits import (
    CLOCK_SKEW,
    MAX_ARRAY,
)
from protocol.base.records import decode, encode
from protocol.base.signed import Signed, read_signed
from protocol.trust.charter import Coalition
from protocol.trust.credential import (
    Certified,
    CustodianCertificate,
    check_certificate,
    check_custodian,
    custodian_id,
)
from protocol.trust.publication import (
    DirectoryPart,
    Publication,
    Revocation,
    check_editions,
    directory_root,
    publication_hash,
)
from protocol.trust.revocation import DeviceRevocation, check_revocation

KEPT = 4
"""Certificates kept of one device: the listed one, and renewals that wait for a directory to list them."""


@attrs.frozen
class Standing:
    """What the trusted set knows of a device at a time.

    Attributes:
        certified: its certificate.
        listed: the certificate is a leaf of an unexpired newest directory of its custodian, and its nation not suspended.
        revoked: its nation disowns it.
        current: `now` lies in the certificate's validity.
        stale: seconds since the newest publication of its nation was issued.
    """

    certified: Certified
    listed: bool
    revoked: Revocation | None
    current: bool
    stale: int

    @property
    def valid(self) -> bool:
        """Whether the device may act now."""
        return self.listed and self.current and self.revoked is None


@attrs.define
class _Seat:
    """One custodian's documents, as far as they were verified."""

    certificate: CustodianCertificate
    certificate_document: Signed
    publication: Publication | None = None
    publication_document: Signed | None = None
    listed: frozenset[bytes] = frozenset()
    listed_number: int = 0  # of the publication that `listed` belongs to
    parts: dict[tuple[int, int], DirectoryPart] = attrs.Factory(dict)


@attrs.define
class Directory:
    """The trusted set of one coalition; an amendment puts another `coalition` in its place."""

    coalition: Coalition
    _seats: dict[tuple[int, int], _Seat] = attrs.field(factory=dict, init=False, repr=False)
    _devices: dict[bytes, tuple[Certified, ...]] = attrs.field(factory=dict, init=False, repr=False)
    _holders: dict[bytes, bytes] = attrs.field(factory=dict, init=False, repr=False)  # signing key: device
    _revocations: dict[bytes, tuple[tuple[int, int, int], DeviceRevocation]] = attrs.field(
        factory=dict, init=False, repr=False
    )  # by device, with its rank

    # --- documents in ---

    def apply_custodian(self, data: bytes) -> CustodianCertificate:
        """Take a custodian's certificate.

        Raises:
            RemoteProtocolError: it does not verify.
            ReplayError: another certificate of the same seat and time is known.
        """
        certificate, signed = check_custodian(self.coalition, data)
        place = (certificate.nation, certificate.index)
        known = self._seats.get(place)
        if known is None:
            self._seats[place] = _Seat(certificate, signed)
        elif certificate.not_before > known.certificate.not_before:
            # What the seat published under its former key stands until it publishes anew, under any number: else who
            # stole that key could block the seat with the highest one.
            known.certificate, known.certificate_document = certificate, signed
        elif certificate.not_before == known.certificate.not_before and certificate != known.certificate:
            raise ReplayError("two certificates of one seat and time", field="custodian")
        return certificate

    def apply_publication(self, data: bytes) -> Publication:
        """Take a publication; the newest of its custodian counts.

        Raises:
            RemoteProtocolError: it does not verify, or its custodian is unknown.
            ReplayError: another publication with the same number is known: a fork.
        """
        signed = read_signed(data, Tag.PUBLICATION)
        seat = self._seat_of(signed.signer)
        signed.verify(seat.certificate.verify_key)
        publication = decode(Publication, signed.body)
        place = (publication.nation, publication.custodian)
        if publication.coalition != self.coalition.id or self._seats.get(place) is not seat:
            raise AuthenticationError
        known = seat.publication
        if (
            known is not None
            and seat.publication_document is not None
            and _by_present_key(seat.publication_document, seat)
        ):
            if publication.number < known.number:
                return publication
            if publication.number == known.number:
                if signed.body != seat.publication_document.body:
                    raise ReplayError("two publications with one number", field="number")
                return publication
            if publication.number == known.number + 1 and publication.previous != publication_hash(
                seat.publication_document.data
            ):
                raise ReplayError("does not follow the publication before it", field="previous")
        check_editions(publication)
        if known is not None and publication.number <= known.number:
            seat.listed_number, seat.parts = 0, {}
        seat.publication, seat.publication_document = publication, signed
        seat.parts = {key: part for key, part in seat.parts.items() if key[0] >= publication.number}
        _complete(seat)
        return publication

    def apply_directory_part(self, data: bytes) -> DirectoryPart:
        """Take a part of a directory; it counts once all parts give the publication's root.

        Raises:
            RemoteProtocolError: malformed, or of an unknown custodian.
        """
        part = decode(DirectoryPart, data)
        seat = self._seats.get((part.nation, part.custodian))
        if seat is None or part.coalition != self.coalition.id:
            raise StateError("of an unknown custodian", field="directory")
        newest = 0 if seat.publication is None else seat.publication.number
        # Unsigned: keep only what a publication already seen can confirm, or the very next one, and once all is
        # confirmed nothing that would take its place.
        if not newest <= part.number <= newest + 1 or part.number == seat.listed_number:
            return part
        seat.parts[part.number, part.part] = part
        _complete(seat)
        return part

    def apply_certificate(self, data: bytes) -> Certified:
        """Take a device's certificate; it counts once a directory lists it.

        Raises:
            RemoteProtocolError: it does not verify, or its custodian is unknown.
            ReplayError: the device key is certified for another person or nation.
        """
        signed = read_signed(data, Tag.CERTIFICATE)
        certified = check_certificate(self._seat_of(signed.signer).certificate, data)
        known = self._devices.get(certified.device, ())
        if any(other.certificate.person != certified.certificate.person for other in known):
            raise ReplayError("one device key for two persons", field="person")
        if self._holders.setdefault(certified.certificate.key, certified.device) != certified.device:
            raise ReplayError("one device key for two nations", field="nation")
        if all(other.hash != certified.hash for other in known):
            self._devices[certified.device] = tuple(sorted((*known, certified), key=self._rank))[-KEPT:]
        return certified

    def apply_revocation(self, data: bytes) -> DeviceRevocation:
        """Take a custodian's revocation of a device of his nation; the one of the highest rank counts.

        Raises:
            RemoteProtocolError: it does not verify, its custodian is unknown, or the device is another nation's.
            StateError: the device is not known yet.
        """
        signed = read_signed(data, Tag.REVOCATION)
        revocation = check_revocation(self._seat_of(signed.signer).certificate, data)
        known = self._devices.get(revocation.device)
        if known is None:
            raise StateError("its device is not known yet", field="device")
        if known[0].certificate.nation != revocation.nation:
            raise AuthenticationError
        ranked = (revocation.rank(signed.hash), revocation)
        before = self._revocations.get(revocation.device)
        if before is None or before[0] < ranked[0]:
            self._revocations[revocation.device] = ranked
        return revocation

    # --- answers out ---

    def custodian(self, nation: int, index: int) -> CustodianCertificate | None:
        """A custodian's certificate, if known."""
        seat = self._seats.get((nation, index))
        return None if seat is None else seat.certificate

    def custodian_by_id(self, signer: bytes) -> CustodianCertificate | None:
        """The custodian whose id stands as signer of a document, if known."""
        for seat in self._seats.values():
            if custodian_id(self.coalition.id, seat.certificate.nation, seat.certificate.index) == signer:
                return seat.certificate
        return None

    def publication(self, nation: int, index: int) -> Publication | None:
        """The newest publication of a custodian."""
        seat = self._seats.get((nation, index))
        return None if seat is None else seat.publication

    def publications(self, nation: int) -> tuple[Publication, ...]:
        """The newest publications of a nation's custodians, by custodian index."""
        places = sorted(place for place in self._seats if place[0] == nation)
        found = (self._seats[place].publication for place in places)
        return tuple(publication for publication in found if publication is not None)

    def listing_complete(self, nation: int, index: int) -> bool:
        """Whether the directory of the newest publication is here in full."""
        seat = self._seats.get((nation, index))
        return seat is not None and seat.publication is not None and seat.publication.number == seat.listed_number

    def whole(self, nation: int, index: int) -> bool:
        """Whether the directory of the newest publication is here in full, with each certificate that it lists."""
        if not self.listing_complete(nation, index):
            return False
        here = {certified.hash for known in self._devices.values() for certified in known}
        return self._seats[nation, index].listed <= here

    def devices(self, nation: int | None = None) -> tuple[Certified, ...]:
        """Known certificates, of one nation or all, by device id."""
        every = (max(self._devices[device], key=self._rank) for device in sorted(self._devices))
        return tuple(c for c in every if nation is None or c.certificate.nation == nation)

    def certificate(self, device: bytes, name: bytes) -> Certified | None:
        """A device's certificate by its hash, whether it counts or not."""
        return next((c for c in self._devices.get(device, ()) if c.hash == name), None)

    def forget_renewed(self, device: bytes, now: int) -> None:
        """Forget a device's certificates that have ended and that a listed, newer one has replaced."""
        newest = max(self._devices[device], key=self._rank)
        if self._rank(newest)[0]:
            self._devices[device] = tuple(
                c
                for c in self._devices[device]
                if c.certificate.not_before >= newest.certificate.not_before
                or now <= c.certificate.not_after + CLOCK_SKEW
                or self._rank(c)[0]  # its seat has not published since
            )

    def standing(self, device: bytes, now: int) -> Standing | None:
        """What is known of a device; None if it has no verified certificate here."""
        if device not in self._devices:
            return None
        certified = max(
            self._devices[device], key=lambda c: (self._unexpired(c, now), c.certificate.current(now), self._rank(c))
        )
        certificate = certified.certificate
        seat = self._seats[certificate.nation, certificate.custodian]
        publications = self.publications(certificate.nation)
        newest = max((p.issued for p in publications), default=0)
        return Standing(
            certified,
            listed=certified.hash in seat.listed
            and self._unexpired(certified, now)
            and certificate.nation not in self.coalition.suspended,
            revoked=self._revoked(certificate.nation, device),
            current=certificate.current(now) and seat.certificate.not_after + CLOCK_SKEW >= now,
            stale=max(0, now - newest),
        )

    def last_good(self, device: bytes) -> Mapping[bytes, tuple[int, bytes]] | None:
        """Up to where a revoked device's feeds are its nation's word: by feed id, the number and id of the last good entry.

        Of a feed that is not in it nothing is good. The same at every node that holds the same documents, whatever the
        order in which they came; the marks of entries (SPEC 8.6) are folded from it.

        Returns:
            None if no revocation by itself is here: the device is not revoked, or a publication only says that it is.
        """
        act = self.revocation(device)
        return None if act is None else act.last_good

    def revocation(self, device: bytes) -> DeviceRevocation | None:
        """The revocation that counts of a device, if one by itself is here."""
        ranked = self._revocations.get(device)
        return None if ranked is None else ranked[1]

    def require_valid(self, device: bytes, now: int) -> Certified:
        """The certificate of a device that may act now.

        Raises:
            AuthenticationError: it is unknown, unlisted, expired or revoked.
        """
        standing = self.standing(device, now)
        if standing is None or not standing.valid:
            raise AuthenticationError
        return standing.certified

    def chain(self, device: bytes) -> tuple[bytes, ...]:
        """Documents that prove a device's standing to one who holds the charter only, in order of application."""
        certified = max(self._devices[device], key=self._rank)
        certificate = certified.certificate
        return (*self.seat_documents(certificate.nation, certificate.custodian), certified.document.data)

    def seat_documents(self, nation: int, index: int) -> tuple[bytes, ...]:
        """A custodian's certificate, newest publication and directory, as far as they are here, in order of application."""
        seat = self._seats.get((nation, index))
        if seat is None:
            return ()
        documents = [seat.certificate_document.data]
        if seat.publication is not None and seat.publication_document is not None:
            documents.append(seat.publication_document.data)
            documents.extend(encode(part) for part in _ordered(seat))
        return tuple(documents)

    # --- inside ---

    def _seat_of(self, signer: bytes) -> _Seat:
        for (nation, index), seat in self._seats.items():
            if custodian_id(self.coalition.id, nation, index) == signer:
                return seat
        raise AuthenticationError

    def _revoked(self, nation: int, device: bytes) -> Revocation | None:
        ranked = self._revocations.get(device)
        if ranked is not None:
            return Revocation(device, ranked[1].at, ranked[1].reason)
        return next((r for p in self.publications(nation) for r in p.revocations if r.device == device), None)

    def _rank(self, certified: Certified) -> tuple[bool, int, bytes]:
        """Of a device's certificates the highest counts: listed before waiting, then the newest."""
        certificate = certified.certificate
        listed = certified.hash in self._seats[certificate.nation, certificate.custodian].listed
        return (listed, certificate.not_before, certified.hash)

    def _unexpired(self, certified: Certified, now: int) -> bool:
        publication = self.publication(certified.certificate.nation, certified.certificate.custodian)
        return publication is not None and now <= publication.not_after + CLOCK_SKEW


def _by_present_key(document: Signed, seat: _Seat) -> bool:
    try:
        document.verify(seat.certificate.verify_key)
    except AuthenticationError:
        return False
    return True


def _complete(seat: _Seat) -> None:
    publication = seat.publication
    hashes = [leaf for part in _ordered(seat) for leaf in part.hashes]
    if publication and len(hashes) == publication.devices and directory_root(hashes) == publication.directory:
        seat.listed, seat.listed_number = frozenset(hashes), publication.number


def _ordered(seat: _Seat) -> list[DirectoryPart]:
    """The parts of the newest directory that are here; one beyond its size belongs to none."""
    if seat.publication is None:
        return []
    places = ((seat.publication.number, part) for part in range(-(-seat.publication.devices // MAX_ARRAY)))
    return [seat.parts[place] for place in places if place in seat.parts]
