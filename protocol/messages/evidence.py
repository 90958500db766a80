"""Evidence (SPEC 8.7): what proves one entry to whoever holds the charter, after its keys are gone.

    root -> custodian's certificate -> author's certificate -> feed record -> header -> [later headers] -> signature
    ck, base, payload -> salt, ciphertext -> their hashes stand in the header

Rule 1: nothing is believed but the charter; each thing is verified by the one before it.
Rule 2: the salt is made anew from key and text, and compared: a key and a ciphertext do not commit to one text.
Rule 3: the feed record is part of it: under another one the same words would bear another label.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Final

import attrs

from protocol.base.errors import AuthenticationError, DecodeError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_EVIDENCE, MAX_EVIDENCE_RUN, MAX_RECORD
from protocol.base.records import Bin, Blob, Seq, decode, encode, record
from protocol.messages.entry import Entry, prove_payload, read_header
from protocol.messages.feed import FeedRecord, check_feed
from protocol.messages.payload import Payload, decode_payload
from protocol.messages.versions import QuotingPayload
from protocol.trust.charter import Coalition
from protocol.trust.credential import Certified, check_certificate, check_custodian
from protocol.trust.label import ReleaseKey
from protocol.trust.policy import Policy

MAX_HEADER: Final = 512


@record(Tag.EVIDENCE, max_size=MAX_EVIDENCE)
class Evidence:
    """One entry, with all that proves it.

    Attributes:
        custodian, certificate, feed: documents, as they were signed.
        header: the entry's, encoded.
        later: headers of the entries after it, up to one whose signature holds, where its own does not.
        ck: 32 bytes; opens this entry and no other.
        payload: what it says, encoded.
    """

    custodian: Annotated[bytes, Blob(8_192, 1)]
    certificate: Annotated[bytes, Blob(768, 1)]
    feed: Annotated[bytes, Blob(1_024, 1)]
    header: Annotated[bytes, Blob(MAX_HEADER, 1)]
    later: Annotated[tuple[bytes, ...], Seq(Blob(MAX_HEADER, 1), MAX_EVIDENCE_RUN)]
    ck: Annotated[bytes, Bin(32)]
    payload: Annotated[bytes, Blob(MAX_RECORD, 1)]


@attrs.frozen
class Proved:
    """What a piece of evidence proves; of times there is only what its author's clock said.

    Attributes:
        author: whose device signed. feed: of which channel and release key. entry: its header.
        payload: the one text that this entry can open to.
        run: entries after it that it took to find a signature that holds; 0: its own does.
    """

    author: Certified
    feed: FeedRecord
    entry: Entry
    payload: Payload = attrs.field(repr=False)
    run: int


def make_evidence(
    documents: tuple[bytes, bytes, bytes], entry: Entry, later: Sequence[Entry], ck: bytes, payload: bytes
) -> bytes:
    """Put together the evidence of an entry; `check_evidence` says whether it proves anything.

    Args:
        documents: the custodian's certificate, the author's certificate, the feed record.
        later: the entries that follow it, as far as they are needed.
    """
    custodian, certificate, feed = documents
    headers = tuple(each.header for each in later)
    return encode(Evidence(custodian, certificate, feed, entry.header, headers, ck, payload))


def check_evidence(coalition: Coalition, policy: Policy, data: bytes) -> Proved:
    """Check a piece of evidence by the charter alone.

    Raises:
        RemoteProtocolError: malformed, or it proves nothing.
    """
    given = decode(Evidence, data)
    custodian, _ = check_custodian(coalition, given.custodian)
    author = check_certificate(custodian, given.certificate)
    feed = check_feed(author.certificate, given.feed)
    _check_release(coalition, policy, feed.release)
    entry = read_header(given.header)
    if entry.base.feed != feed.id:
        raise AuthenticationError
    run = [entry, *map(read_header, given.later)]
    for before, after in pairwise(run):
        if (after.base.feed, after.base.seq, after.base.prev) != (feed.id, before.base.seq + 1, before.id):
            raise AuthenticationError
    run[-1].verify(author.certificate.key)
    prove_payload(entry, given.ck, given.payload)
    payload = decode_payload(given.payload)
    if isinstance(payload, QuotingPayload):
        for quote in payload.quotes:
            _check_release(coalition, policy, quote.release(policy.hash))
            if quote.nation >= len(coalition.codes):
                raise DecodeError("names a nation that the charter does not", field="nation")
    return Proved(author, feed, entry, payload, len(given.later))


def _check_release(coalition: Coalition, policy: Policy, release: ReleaseKey) -> None:
    """Whether a label can be made of it."""
    if policy.hash != coalition.charter.policy or release.policy != policy.hash:
        raise DecodeError("is of another policy", field="release")
    if release.releasable[-1] >= len(coalition.codes):
        raise DecodeError("names a nation that the charter does not", field="releasable")
    if release.level >= len(policy.levels) or release.category > len(policy.categories):
        raise DecodeError("names what the policy does not", field="release")
