"""What a node knows when it starts (SPEC 10.2): the trusted sets, from its own store and key ring."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from coalchat.errors import StoreCorrupt
from coalchat.node.amending import kept_charters, load_amendments
from coalchat.node.controls import SYNCED
from coalchat.node.directing import load_direct
from coalchat.node.membership import Membership
from coalchat.store.faces import Reader
from coalchat.store.rows import Document
from protocol.base.errors import ProtocolError
from protocol.base.ids import Tag
from protocol.keys.keyring import KeyRing
from protocol.trust.amendment import KINDS, build_coalition
from protocol.trust.policy import read_policy


def load_membership(read: Reader, ring: KeyRing, now: Callable[[], int]) -> Membership:
    """Build the trusted sets from the store's documents and the key ring.

    Raises:
        StoreCorrupt: the documents do not make up a coalition.
    """
    documents = read.all_documents()
    try:
        policy = read_policy(only(documents, Tag.POLICY))
        coalition, _ = build_coalition(kept_charters(read), policy.hash)
        member = Membership(coalition, policy, ring, now)
        load_amendments(member, read)
        member.load(row.data for row in documents if row.tag in SYNCED and row.tag not in KINDS)
        load_direct(read, member)
        _ = member.certified
    except ProtocolError as error:
        raise StoreCorrupt(f"its documents do not hold together ({error})") from None
    return member


def only(documents: Iterable[Document], tag: Tag) -> bytes:
    """The first document of a kind.

    Raises:
        StoreCorrupt: there is none.
    """
    for row in documents:
        if row.tag == tag:
            return row.data
    raise StoreCorrupt(f"it holds no {tag.name.lower()}")
