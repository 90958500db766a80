"""Enrolment over a link (SPEC 9.4): the custodian's side serves a joiner; the joiner's side joins.

Both sides show six words that people compare by voice. The custodian's node grants only after its person approved;
the joiner's node keeps nothing before all that it was granted has been verified.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs
import trio
from mnemonic import Mnemonic

from coalchat.errors import UnknownInvite
from coalchat.net.framing import FrameReader, send_frame
from coalchat.net.transport import LinkStream
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding
from coalchat.node.seat import GRANT_WINDOW, Asking, Seat
from protocol.base.limits import MAX_FRAME
from protocol.exchange.enrolment import Enroller, JoinerReady, JoinRequested, Welcoming
from protocol.exchange.link import InviteProven
from protocol.exchange.messages import Farewell


def words(indices: tuple[int, ...]) -> tuple[str, ...]:
    """The words of six indices, of the 2,048 of BIP 39's English list."""
    listed = Mnemonic("english").wordlist
    return tuple(listed[index] for index in indices)


@attrs.define(eq=False)
class Enrolment:
    """The node's part for serving joiners."""

    context: Context = attrs.field(repr=False)
    seat: Seat = attrs.field(repr=False)
    welcoming: Callable[[], Welcoming] = attrs.field(repr=False)
    addresses: Callable[[], tuple[str, ...]] = attrs.field(repr=False)

    def open_invites(self) -> dict[bytes, bytes]:
        """Keys of open invites, with their ids."""
        return dict(self.seat.open_invites())

    async def enrol(self, stream: LinkStream, proven: InviteProven) -> None:
        """Serve one joiner to the end.

        Raises:
            RemoteProtocolError: it broke the rules.
        """
        machine = Enroller(self.welcoming(), proven.key, stream.exporter, self.context.entropy(16))
        with trio.move_on_after(GRANT_WINDOW):
            asking = await self._ask(stream, machine, proven.invite)
            if asking is not None:
                await self._decide(stream, machine, asking, proven.invite)

    async def _ask(self, stream: LinkStream, machine: Enroller, invite: bytes) -> Asking | None:
        frame = await FrameReader(stream, machine.frame_cap).receive()
        if frame is None:
            return None
        step = machine.receive(frame)
        asking = None
        for event in step.events:
            if isinstance(event, JoinRequested):
                try:
                    asking = await self.seat.asked(invite, event.checked, words(event.words))
                except UnknownInvite:
                    finding = Finding(AuditEvent.JOIN_REFUSED, invite.hex(), clause="invite")
                    await self.context.record(finding)
                    return None
        for answer in step.send:
            await send_frame(stream, answer, MAX_FRAME)
        return asking

    async def _decide(self, stream: LinkStream, machine: Enroller, asking: Asking, invite: bytes) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._until_gone, stream, machine, invite, nursery.cancel_scope)
            await asking.decided.wait()
            if asking.grant is None:
                step = machine.decline(Farewell.DECLINED)
            else:
                step = machine.grant(asking.grant.certificate, asking.grant.documents, self.addresses())
            for frame in step.send:
                await send_frame(stream, frame, MAX_FRAME)
            if asking.grant is None:
                nursery.cancel_scope.cancel()

    async def _until_gone(self, stream: LinkStream, machine: Enroller, invite: bytes, scope: trio.CancelScope) -> None:
        """Read what the joiner says while a person decides, and after."""
        frame = await FrameReader(stream, machine.frame_cap).receive()
        if frame is not None:
            for event in machine.receive(frame).events:
                if isinstance(event, JoinerReady):
                    await self.seat.used(invite)
        scope.cancel()
