"""Control documents as they come over one link (SPEC 9.5, 10.2): what cannot be judged yet waits here for what it stands on.

Amendments wait apart: a text and its signatures count together, or not at all.
"""

from __future__ import annotations

import attrs

from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.keeping import keep_control
from protocol.base.codec import unpack_loose
from protocol.base.errors import RemoteProtocolError, StateError
from protocol.base.records import peek
from protocol.exchange.messages import document_hash
from protocol.trust.amendment import KINDS, Gathering


@attrs.define(eq=False)
class Incoming:
    """One link's documents.

    Attributes:
        nation: charter index of the peer.
    """

    context: Context = attrs.field(repr=False)
    nation: int
    _pending: list[bytes] = attrs.field(factory=list, init=False, repr=False)
    _amendments: Gathering = attrs.field(factory=Gathering, init=False, repr=False)

    async def take(self, data: bytes) -> None:
        """Take a document that was asked for."""
        if _amends(data):
            await self._take_amendment(data)
        else:
            self._pending.append(data)
            await self._judge()

    async def settled(self) -> None:
        """All that the peer listed has come: what still cannot be judged is refused."""
        await self._amend()
        for _ in range(len(self._pending) + self._amendments.waiting):
            error = StateError("what it stands on is not here", field="document")
            await self.context.refuse(AuditEvent.DOCUMENT_REFUSED, error, nation=self.nation)
        self._pending.clear()
        self._amendments = Gathering()

    async def _take_amendment(self, data: bytes) -> None:
        if document_hash(data) in self.context.member.controls:
            return  # another link brought it meanwhile
        try:
            self._amendments.take(data)
        except RemoteProtocolError as error:
            await self.context.refuse(AuditEvent.DOCUMENT_REFUSED, error, nation=self.nation)
            return
        if not self._amendments.takes_back(self.context.member.nation):
            await self._amend()

    async def _amend(self) -> None:
        if await self.context.amend(self._amendments, self.nation):
            await self._judge()

    async def _judge(self) -> None:
        moved = True
        while moved:
            moved = False
            for waiting in tuple(self._pending):
                try:
                    control, news = self.context.member.apply(waiting)
                except StateError:
                    continue
                except RemoteProtocolError as error:
                    self._pending.remove(waiting)
                    await self.context.refuse(AuditEvent.DOCUMENT_REFUSED, error, nation=self.nation)
                    continue
                self._pending.remove(waiting)
                moved = True
                if news:
                    await keep_control(self.context, control)
                    self.context.control_changed(control.hash)


def _amends(data: bytes) -> bool:
    """Whether a document is of an amendment; what is none of ours is refused where it is applied."""
    try:
        return peek(unpack_loose(data)) in KINDS
    except RemoteProtocolError:
        return False
