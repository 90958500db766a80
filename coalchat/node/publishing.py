"""The custodian's publications (SPEC 6.3): the next one of his seat, whatever it is that changed.

Rule 1: one at a time: `acting` is held from making a publication until the trusted set has taken it.
Rule 2: what is made is stored in one transaction; then the trusted set takes it, and links announce it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs
import trio

from coalchat.custody.documents import document
from coalchat.custody.editions import counts_until, end_of
from coalchat.custody.emergency import unexpired
from coalchat.custody.keying import make_publication
from coalchat.custody.restoring import RESTORED
from coalchat.errors import NotAuthorised, Refused, TryAgain, UsageError
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding, write_finding
from coalchat.store.faces import Transaction
from coalchat.store.rows import Document
from protocol.base.errors import Denied
from protocol.base.ids import Tag
from protocol.base.limits import CLOCK_SKEW, MAX_REVOCATIONS
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
        found = self.newest()
        if found is None:  # an alternate's first is still to come
            return self.keys.index > 0 and not self.alone
        return not self.alone and self.context.member.directory.whole(found.nation, found.custodian)

    @property
    def keys(self) -> CustodianKeys:
        """The seat's keys.

        Raises:
            NotAuthorised: this home is no custodian's.
        """
        keys = self.context.member.seat
        if keys is None:
            raise NotAuthorised("only a custodian's node does this")
        return keys

    def may_act(self) -> bool:
        """Whether this home has a seat that may act now: its clock is believed, its certificate has not ended, and it
        knows what it published last.
        """
        return self.context.member.seat is not None and self.ready() and self._denied() is None

    def require(self) -> CustodianKeys:
        """The keys of a seat that may act now.

        Raises:
            NotAuthorised: this home is no custodian's. Refused: the clause says why it may not.
        """
        keys, denied = self.keys, self._denied()
        if denied is not None:
            raise Refused(denied.clause, denied.reason)
        return keys

    def _denied(self) -> Denied | None:
        member, now = self.context.member, self.context.now()
        if member.doubtful(now):
            return Denied(Clause.CLOCK_DOUBTFUL, "this node's clock lies beyond what it has published itself")
        certificate = member.directory.custodian(member.nation, self.keys.index)
        if certificate is None or certificate.not_after + CLOCK_SKEW < now:
            return Denied(Clause.CERTIFICATE, "this custodian's certificate has ended: `coalchat nation renew`")
        return None

    def newest(self) -> Publication | None:
        """This seat's newest publication; an alternate has none before it has something to say."""
        member = self.context.member
        return member.directory.publication(member.nation, self.keys.index)

    def editions(self) -> tuple[Edition, ...]:
        """The editions that this seat has published."""
        newest = self.newest()
        return () if newest is None else newest.editions

    def others(self) -> tuple[Publication, ...]:
        """The newest publications of the nation's other seats."""
        member, index = self.context.member, self.keys.index
        return tuple(p for p in member.directory.publications(member.nation) if p.custodian != index)

    def until(self, editions: Sequence[Edition]) -> int:
        """When a publication of these editions ends: as the last of the nation's does, so that an alternate's goes on too."""
        charter = self.context.member.coalition.charter
        own = max(((edition.last + 1) * charter.segment for edition in editions), default=0)
        return counts_until(max(own, end_of(self.others(), charter)), charter)

    def make(
        self,
        now: int,
        *,
        certified: Sequence[Certified] = (),
        editions: Sequence[Edition] | None = None,
        lists: Sequence[KeyList] | None = None,
        revoked: Sequence[Revocation] = (),
        keying: Sequence[bytes] | None = None,
    ) -> list[Document]:
        """The next publication and its directory, as they are stored.

        Args:
            certified: certificates that are new, or renewed. editions, lists: none: as they were.
            revoked: devices that are now. keying: the keying devices that this seat names; none given: as they were, but
                for the revoked.

        Raises:
            Refused: the clock is in doubt, or the seat's certificate has ended.
            TryAgain: a publication made now might not go on from the newest, or would leave devices out.
            UsageError: a publication cannot name so many revocations.
        """
        keys, member, previous = self.require(), self.context.member, self.newest()
        if not self.ready():
            raise TryAgain(
                "this custodian's home does not know yet what he published last",
                hint="it was restored: let it link with a peer; `coalchat peer list` shows whether it does",
            )
        if editions is None:
            editions = () if previous is None else previous.editions
        if lists is None:
            lists = () if previous is None else previous.lists
        number = 1 if previous is None else previous.number + 1
        known = [c for c in member.directory.devices(member.nation) if c.certificate.custodian == keys.index]
        before = () if previous is None else previous.revocations
        revocations = unexpired((*before, *revoked), member.directory.devices(member.nation), now)
        if len(revocations) > MAX_REVOCATIONS:
            raise UsageError(f"no more than {MAX_REVOCATIONS} devices can be revoked whose certificates have not ended")
        others = (revocation for other in self.others() for revocation in other.revocations)
        gone = {revocation.device for revocation in (*revocations, *others)}
        if keying is None:
            keying = [] if previous is None else [device for device in previous.keying if device not in gone]
        seat = custodian_id(member.coalition.id, member.nation, keys.index)
        publication, parts = make_publication(
            coalition=member.coalition,
            nation=member.nation,
            keys=keys,
            previous=previous,
            previous_document=b"" if previous is None else self._document(seat, previous.number),
            devices=tuple({one.device: one for one in (*known, *certified)}.values()),
            editions=editions,
            lists=lists,
            revocations=revocations,
            keying=keying,
            now=now,
            until=self.until(editions),
        )
        return [
            document(Tag.PUBLICATION, seat, number, publication.data, now),
            *(document(Tag.DIRECTORY, seat, number, part, now) for part in parts),
        ]

    def _document(self, seat: bytes, number: int) -> bytes:
        controls = self.context.member.controls.by(Tag.PUBLICATION, seat)
        return next(control.data for control in controls if control.number == number)

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
