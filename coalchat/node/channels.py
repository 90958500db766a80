"""Revisions of channels as a node takes them (SPEC 6.4, 6.6): its own nation's channels, and what came before it was a member.

Rule 1: a revision that does not name the own nation is kept to follow who might sign, and makes no channel here.
Rule 2: who becomes a member may have the revisions before as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalchat.node.controls import Control
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.base.signed import VerifyKey, read_signed
from protocol.exchange.messages import document_hash
from protocol.trust.channel import ChannelRevision, check_fits, check_revision
from protocol.trust.credential import Certified

if TYPE_CHECKING:
    from coalchat.node.membership import Membership


def judge_revision(member: Membership, data: bytes, signer: Certified) -> Control:
    """Verify a revision and take it.

    Args:
        signer: the certificate of whom it names. Validity in time is not asked: a channel outlives it.

    Raises:
        RemoteProtocolError: it is refused.
    """
    # Only after the signature holds is the body looked at, to find which channel it is of.
    signed = read_signed(data, Tag.CHANNEL_REVISION)
    signed.verify(VerifyKey(signer.certificate.key))
    channel = decode(ChannelRevision, signed.body).channel
    revision = check_revision(member.coalition.id, data, signer, member.revisions.get(channel))
    ours = member.nation in revision.members
    if not ours and channel in member.channels:
        raise AuthenticationError
    check_fits(revision, member.coalition.charter, member.policy)
    member.revisions[channel] = revision
    if ours:
        member.channels[channel] = revision
    audience = sum(1 << nation for nation in revision.members)
    for before in member.controls.by(Tag.CHANNEL_REVISION, channel):
        if audience & ~before.audience:
            member.controls.widen(before.hash, audience)
    return Control(document_hash(data), Tag.CHANNEL_REVISION, channel, revision.number, audience, data)
