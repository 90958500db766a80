"""Channels (SPEC 6.4): hash-linked signed revisions that name members, ceiling, purpose and admins.

The first revision is signed by a device of the founding nation that it names as admin, and makes the channel's id;
a later one by an admin of the one before. A member nation's own narrowing, and the merge of two revisions with one
number, come with the chapter on change of membership; until then a second revision with one number is refused.
"""

from __future__ import annotations

from typing import Annotated

from protocol.base.crypto import digest
from protocol.base.errors import AuthenticationError, DecodeError, ReplayError, StateError
from protocol.base.ids import Person, Tag
from protocol.base.limits import MAX_ADMINS, MAX_NATIONS, MAX_PURPOSE
from protocol.base.records import Bin, Name, OptBin, Part, Seq, Text, Uint, decode, encode, record
from protocol.base.signed import Signed, SigningKey, VerifyKey, read_signed, sign
from protocol.trust.access import Clearance
from protocol.trust.charter import TIME, Charter
from protocol.trust.credential import Certified
from protocol.trust.label import NATION
from protocol.trust.policy import Policy


@record(Tag.CHANNEL_REVISION)
class ChannelRevision:
    """One revision of a channel.

    Attributes:
        channel: 16 bytes, made from coalition, founding device and nonce.
        number: 0 for the first; `previous` is the hash of the one before, or none.
        nation: the founding nation, whose devices the admins are.
        ceiling: the highest label it carries (room clearance of XEP-0258).
    """

    coalition: Annotated[bytes, Bin(16)]
    channel: Annotated[bytes, Bin(16)]
    number: Annotated[int, Uint(2**32 - 1)]
    previous: Annotated[bytes, OptBin(32)]
    nation: Annotated[int, NATION]
    nonce: Annotated[bytes, Bin(16)]
    title: Annotated[str, Name()]
    purpose: Annotated[str, Text(MAX_PURPOSE)]
    members: Annotated[tuple[int, ...], Seq(NATION, MAX_NATIONS, 1, ascending=True)]
    ceiling: Annotated[Clearance, Part(Clearance)]
    admins: Annotated[tuple[bytes, ...], Seq(Bin(16), MAX_ADMINS, 1, ascending=True)]
    issued: Annotated[int, TIME]

    @property
    def hash(self) -> bytes:
        """32 bytes that name this revision in envelopes."""
        return digest(Person.REVISION, encode(self))


def channel_id(coalition: bytes, device: bytes, nonce: bytes) -> bytes:
    """16 bytes that name a channel founded by a device."""
    return digest(Person.CHANNEL_ID, coalition, device, nonce, size=16)


def sign_revision(revision: ChannelRevision, device: bytes, key: SigningKey) -> Signed:
    """Sign a revision as admin device."""
    return sign(Tag.CHANNEL_REVISION, device, encode(revision), key)


def check_revision(
    coalition: bytes, data: bytes, signer: Certified, previous: ChannelRevision | None
) -> ChannelRevision:
    """Verify a revision against the one before it.

    Args:
        signer: the verified certificate of the device that the document names as signer.
        previous: the newest revision known of this channel, or None.

    Raises:
        RemoteProtocolError: malformed, not signed by an admin, or not the next revision.
        ReplayError: another revision with that number is known.
    """
    signed = read_signed(data, Tag.CHANNEL_REVISION)
    if signed.signer != signer.device:
        raise AuthenticationError
    certificate = signer.certificate
    signed.verify(VerifyKey(certificate.key))
    revision = decode(ChannelRevision, signed.body)
    if revision.coalition != coalition or certificate.nation != revision.nation:
        raise AuthenticationError
    if revision.nation not in revision.members:
        raise StateError("must include the founding nation", field="members")
    if previous is None:
        _check_first(revision, signer.device)
        return revision
    if revision.number < previous.number:
        return previous
    if revision.number == previous.number:
        if revision.hash != previous.hash:
            raise ReplayError("two revisions with one number", field="number")
        return previous
    if signer.device not in previous.admins:
        raise AuthenticationError
    if not _follows(revision, previous):
        raise StateError("does not follow the revision before it", field="previous")
    return revision


def _check_first(revision: ChannelRevision, device: bytes) -> None:
    if revision.number != 0 or revision.previous:
        raise StateError("the revision before it is not known", field="number")
    if device not in revision.admins or revision.channel != channel_id(revision.coalition, device, revision.nonce):
        raise AuthenticationError


def _follows(revision: ChannelRevision, previous: ChannelRevision) -> bool:
    return (
        revision.number == previous.number + 1
        and revision.previous == previous.hash
        and revision.channel == previous.channel
        and revision.nation == previous.nation
        and revision.nonce == previous.nonce
    )


def check_fits(revision: ChannelRevision, charter: Charter, policy: Policy) -> None:
    """Refuse a revision that names a nation, level or category that charter and policy do not have.

    A nation that the charter suspends may stand among the members: it was one, and counts as none (SPEC 6.6).

    Raises:
        DecodeError: it does.
    """
    if revision.members[-1] >= len(charter.nations):
        raise DecodeError("names a nation that the charter does not", field="members")
    ceiling = revision.ceiling
    if ceiling.level >= len(policy.levels) or any(c > len(policy.categories) or c == 0 for c in ceiling.categories):
        raise DecodeError("names what the policy does not", field="ceiling")
