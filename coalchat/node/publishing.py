"""The custodian's publications (SPEC 6.3): the next one of his seat, whatever it is that changed.

Rule 1: one at a time: `acting` is held from making a publication until the trusted set has taken it.
Rule 2: what is made is stored in one transaction; then the trusted set takes it, and links announce it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import trio

from coalchat.custody.documents import document
from coalchat.custody.emergency import unexpired
from coalchat.custody.keying import make_publication
from coalchat.custody.restoring import RESTORED
from coalchat.errors import NotAuthorised, Refused, TryAgain, UsageError
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding, write_finding
from coalchat.store.faces import Transaction
from coalchat.store.rows import Document
from protocol.base.ids import Tag
from protocol.base.limits import MAX_REVOCATIONS
from protocol.keys.keyring import CustodianKeys
from protocol.trust.access import Clause
from protocol.trust.credential import Certified, custodian_id
from protocol.trust.publication import Edition, KeyList, Publication, Revocation


@attrs.define(eq=False)
class Publishing:
    """The node's part for its custodian's publications.

    Attributes:
        acting: held during each act.
    """

    context: Context = attrs.field(repr=False)
    acting: trio.Lock = attrs.field(factory=trio.Lock, repr=False)
    alone: bool = attrs.field(init=False)
    """This home was restored and has met nobody since: others may know a newer publication of this very seat."""

    def __attrs_post_init__(self) -> None:
        self.alone = bool(self.context.store.read.meta(RESTORED))

    def met_peer(self) -> bool:
        """A link has come up to date; whether that was waited for."""
        waited, self.alone = self.alone, False
        return waited

    def ready(self) -> bool:
        """Whether a publication made now would go on from the newest, and leave no device out."""
        found = self.context.member.directory.publication(self.context.member.nation, self.keys.index)
        if found is None or self.alone:
            return False
        return self.context.member.directory.whole(found.nation, found.custodian)

    @property
    def keys(self) -> CustodianKeys:
        """The seat's keys.

        Raises:
            NotAuthorised: this home is no custodian's.
        """
        custodian = self.context.member.ring.custodian
        if not custodian:
            raise NotAuthorised("only a custodian's node does this")
        return custodian[0]

    def newest(self) -> Publication:
        """This seat's newest publication.

        Raises:
            NotAuthorised: there is none.
        """
        member = self.context.member
        found = member.directory.publication(member.nation, self.keys.index)
        if found is None:
            raise NotAuthorised("this custodian has not published")
        return found

    def make(
        self,
        now: int,
        *,
        certified: Sequence[Certified] = (),
        editions: Sequence[Edition] | None = None,
        lists: Sequence[KeyList] | None = None,
        revoked: Sequence[Revocation] = (),
    ) -> list[Document]:
        """The next publication and its directory, as they are stored.

        Args:
            certified: certificates that are new. editions, lists: none: as they were. revoked: devices that are now.

        Raises:
            Refused: the clock is in doubt.
            TryAgain: a publication made now might not go on from the newest, or would leave devices out.
            UsageError: a publication cannot name so many revocations.
        """
        keys, member, previous = self.keys, self.context.member, self.newest()
        if not self.ready():
            raise TryAgain(
                "this custodian's home does not know yet what he published last",
                hint="it was restored: let it link with a peer; `coalchat peer list` shows whether it does",
            )
        if member.doubtful(now):
            raise Refused(Clause.CLOCK_DOUBTFUL, "this node's clock lies beyond what it has published itself")
        known = [c for c in member.directory.devices(member.nation) if c.certificate.custodian == keys.index]
        revocations = unexpired((*previous.revocations, *revoked), known, now)
        if len(revocations) > MAX_REVOCATIONS:
            raise UsageError(f"no more than {MAX_REVOCATIONS} devices can be revoked whose certificates have not ended")
        seat = custodian_id(previous.coalition, previous.nation, previous.custodian)
        publication, parts = make_publication(
            coalition=member.coalition,
            nation=member.nation,
            keys=keys,
            previous=previous,
            previous_document=next(
                control.data
                for control in member.controls.of(Tag.PUBLICATION)
                if (control.issuer, control.number) == (seat, previous.number)
            ),
            devices=[*known, *certified],
            editions=previous.editions if editions is None else editions,
            lists=previous.lists if lists is None else lists,
            revocations=revocations,
            now=now,
        )
        number = previous.number + 1
        return [
            document(Tag.PUBLICATION, seat, number, publication.data, now),
            *(document(Tag.DIRECTORY, seat, number, part, now) for part in parts),
        ]

    async def keep(self, documents: Sequence[Document], also: Callable[[Transaction], None]) -> None:
        """Store what was made, in one transaction with what belongs to it; then let it count."""
        member, now = self.context.member, self.context.now()
        nation = self.context.code(member.nation)

        def write(tx: Transaction) -> None:
            for made in documents:
                tx.put_document(made)
                if made.tag == Tag.PUBLICATION:
                    finding = Finding(AuditEvent.PUBLICATION_MADE, made.hash.hex(), nation, detail=str(made.number))
                    write_finding(tx, now, finding)
            if tx.meta(RESTORED):
                tx.set_meta(RESTORED, b"")
            also(tx)

        with trio.CancelScope(shield=True):
            await self.context.store.write(write)
            taken = [member.apply(made.data)[0] for made in documents]
        for control in taken:
            self.context.control_changed(control.hash)
