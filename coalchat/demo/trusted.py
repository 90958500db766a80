"""What a home's documents prove, verified anew by the protocol alone: the coalition, and who is certified in it.

The node's own opinion is not asked: a claim about signatures is checked by who did not make it.
"""

from __future__ import annotations

import attrs

from coalchat.demo.claims import claim, present
from coalchat.demo.search import Opened
from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.keys.keyring import KeyRing
from protocol.trust.charter import Coalition, found
from protocol.trust.credential import Certificate, Certified
from protocol.trust.directory import Directory
from protocol.trust.policy import Policy, read_policy
from protocol.trust.publication import DirectoryPart


@attrs.frozen
class Trusted:
    """The trusted set of one home.

    Attributes:
        ring: the home's keys.
    """

    coalition: Coalition
    policy: Policy
    directory: Directory = attrs.field(repr=False)
    ring: KeyRing = attrs.field(repr=False)

    @property
    def own(self) -> Certified:
        """This device's certificate."""
        own_key = self.ring.device.key.public().ed25519
        by_key = {certified.certificate.key: certified for certified in self.directory.devices()}
        return present(by_key.get(own_key), "this device's own certificate")

    def certificate(self, key: bytes) -> Certificate:
        """The certificate of the device that signs with this key."""
        by_key = {certified.certificate.key: certified.certificate for certified in self.directory.devices()}
        return present(by_key.get(key), "a certificate for this key")


def trusted_set(home: Opened) -> Trusted:
    """Verify a home's documents, each upon those that it stands on.

    Raises:
        ProtocolError: one does not hold. Unproven: one is missing, or a directory is not whole.
    """
    charter, policy_data = (home.read.documents(tag)[0].data for tag in (Tag.CHARTER, Tag.POLICY))
    signatures = [row.data for row in home.read.documents(Tag.CHARTER_SIGNATURE)]
    policy = read_policy(policy_data)
    coalition = found(charter, signatures, policy.hash)
    directory = Directory(coalition)
    apply = {
        Tag.CUSTODIAN_CERTIFICATE: directory.apply_custodian,
        Tag.CERTIFICATE: directory.apply_certificate,
        Tag.PUBLICATION: directory.apply_publication,
    }
    for tag, take in apply.items():
        for row in home.read.documents(tag):
            take(row.data)
    for row in home.read.documents(Tag.DIRECTORY):
        part = decode(DirectoryPart, row.data)
        publication = directory.publication(part.nation, part.custodian)
        if publication is not None and publication.number == part.number:
            directory.apply_directory_part(row.data)
    for index, code in enumerate(coalition.codes):
        seats = [publication.custodian for publication in directory.publications(index)]
        claim(seats, f"{code} has published")
        claim(all(directory.listing_complete(index, seat) for seat in seats), f"the directory of {code} is whole")
    return Trusted(coalition, policy, directory, home.ring)
