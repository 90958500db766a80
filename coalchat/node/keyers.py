"""Keying devices (SPEC 7.8): whose envelopes this device may seal under, and where.

Rule 1: a keying device is one that a newest publication of this nation names, for as long as it does and the device is
valid: a thief of its signing key is the same as it until then.
Rule 2: at the policy's highest level, and in conversations, everybody makes his own.
"""

from __future__ import annotations

from coalchat.node.membership import Membership
from protocol.trust.access import dominates
from protocol.trust.credential import Certificate, Certified, Role
from protocol.trust.label import ReleaseKey, label_of


def shareable(member: Membership, level: int) -> bool:
    """Whether others' envelopes may be sealed under at a level."""
    return level < len(member.policy.levels) - 1


def named_keyers(member: Membership) -> frozenset[bytes]:
    """Ids of the devices that this nation's newest publications name."""
    return frozenset(d for publication in member.directory.publications(member.nation) for d in publication.keying)


def may_key(certificate: Certificate) -> bool:
    """Whether such a device can be one: it reads what is sealed under its envelopes."""
    return certificate.scope.read and certificate.role != Role.RELAY


def may_make(certificate: Certificate, channel: bytes, release: ReleaseKey) -> bool:
    """Whether a device may know what others say in a channel at a label: it does, if it makes the envelope."""
    scope = certificate.scope
    within = not scope.channels or channel in scope.channels
    return may_key(certificate) and within and dominates(certificate.clearance, label_of(release))


def keyers(member: Membership, channel: bytes, release: ReleaseKey, now: int) -> tuple[Certified, ...]:
    """The other devices under whose envelopes this one may seal there now, by device id."""
    if not shareable(member, release.level):
        return ()
    standings = (member.directory.standing(device, now) for device in sorted(named_keyers(member) - {member.device}))
    return tuple(
        one.certified
        for one in standings
        if one is not None
        and one.valid
        and one.certified.certificate.nation == member.nation
        and may_make(one.certified.certificate, channel, release)
    )
