"""Joining a coalition by an invite (SPEC 9.4): the joiner's side.

Rule 1: nothing is kept before the whole grant was verified: charter, custodian, certificate, publication, key lists,
and every seed against its published list.
Rule 2: the store is written first, in one transaction, and the key file last: a joining that was interrupted is done
again with the same invite, to the same request.
"""

from __future__ import annotations

import json
import math
from contextlib import aclosing

import attrs
import trio

from coalchat.api.vocabulary import JoinState
from coalchat.custody.documents import charter_documents, document
from coalchat.errors import CoalchatError, Unreachable, UsageError
from coalchat.net.framing import FrameError, FrameReader, send_frame
from coalchat.net.transport import AddressError, DialError, LinkStream, Transport
from coalchat.node.enrolling import words
from coalchat.node.keeping import control_document
from coalchat.node.membership import Membership
from coalchat.node.ports import Clock
from coalchat.node.taking import MADE
from coalchat.store.faces import Transaction
from coalchat.store.rows import Document, Peer
from coalchat.store.writer import Store
from protocol.base.codec import unpack_loose
from protocol.base.crypto import xwing_public
from protocol.base.errors import ProtocolError, StateError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_FRAME
from protocol.base.records import decode, evolve, peek
from protocol.base.signed import read_signed
from protocol.exchange.invite import Invite, read_invite
from protocol.exchange.joining import Declined, Granted, Joiner, Welcomed
from protocol.exchange.messages import Farewell, Offer
from protocol.exchange.offer import make_offer
from protocol.keys.keyring import KeyRing, held
from protocol.keys.otar import Delivery, Otar, open_otar

ANSWER_TIMEOUT = 150.0
"""Seconds until there are words to compare; the grant may take as long as the custodian."""


@attrs.define(eq=False)
class Joining:
    """One attempt to join.

    Attributes:
        state, words, reason: as clients see them.
    """

    clock: Clock = attrs.field(repr=False)
    store: Store = attrs.field(repr=False)
    transport: Transport = attrs.field(repr=False)
    ring: KeyRing = attrs.field(repr=False)
    offer: Offer = attrs.field(init=False, repr=False)
    state: JoinState = attrs.field(default=JoinState.NONE, init=False)
    words: tuple[str, ...] = attrs.field(default=(), init=False)
    reason: str = attrs.field(default="", init=False)
    error: CoalchatError | None = attrs.field(default=None, init=False)
    """Why it ended before there was anybody to compare words with."""
    compared: trio.Event = attrs.field(factory=trio.Event, init=False, repr=False)
    """Set when there are words, or there will be none."""

    async def run(self, code: str, name: str) -> KeyRing | None:
        """Join; the new key ring, or None with `state` and `reason` saying why not."""
        self.state = JoinState.CONNECTING
        try:
            return await self._join(_invite(code), name)
        except ProtocolError as error:
            self._over(JoinState.REFUSED, f"the other side is not the invite's custodian ({error})")
        except (trio.BrokenResourceError, FrameError):
            self._over(JoinState.REFUSED, "the link was lost; join again with the same code")
        except (Unreachable, UsageError) as error:
            self.error = error
            self._over(JoinState.REFUSED, str(error))
        return None

    def forget(self) -> None:
        """It is over: what it held of the key ring is held elsewhere now, and changes there."""
        self.ring = evolve(self.ring, prekeys=(), seeds=(), link_secrets=())

    def _over(self, state: JoinState, reason: str) -> None:
        self.state, self.reason = state, reason
        self.compared.set()

    async def _join(self, invite: Invite, name: str) -> KeyRing | None:
        try:
            stream = await self.transport.dial(invite.address)
        except (DialError, AddressError) as error:
            raise Unreachable(str(error)) from None
        async with aclosing(stream):
            prekey = self.ring.prekeys[-1]
            offer = self.offer = make_offer(
                invite,
                self.ring.device.key,
                bundle=xwing_public(self.ring.bundle),
                prekey=xwing_public(prekey.seed),
                name=name,
            )
            machine = Joiner(invite, stream.exporter, offer)
            for frame in machine.start().send:
                await send_frame(stream, frame, MAX_FRAME)
            return await self._speak(stream, machine, invite)

    async def _speak(self, stream: LinkStream, machine: Joiner, invite: Invite) -> KeyRing | None:
        welcomed: Welcomed | None = None
        while True:
            with trio.move_on_after(math.inf if welcomed else ANSWER_TIMEOUT) as scope:
                frame = await FrameReader(stream, machine.frame_cap).receive()
            if scope.cancelled_caught:
                raise Unreachable("the custodian's node does not answer")
            if frame is None:
                reason = "the custodian's node closed the link" if welcomed else "the invite is not open there"
                self._over(JoinState.REFUSED, reason)
                return None
            step = machine.receive(frame, self.clock.now())
            for event in step.events:
                match event:
                    case Welcomed():
                        welcomed = event
                        self.words, self.state = words(event.words), JoinState.COMPARING
                        self.compared.set()
                    case Declined():
                        state = JoinState.REFUSED if event.code != Farewell.LIMIT else JoinState.EXPIRED
                        self._over(state, "the custodian declined")
                        return None
                    case Granted() if welcomed is not None:
                        ring = await self._take(welcomed, event, invite)
                        for answer in step.send:
                            await send_frame(stream, answer, MAX_FRAME)
                        return ring
            for answer in step.send:
                await send_frame(stream, answer, MAX_FRAME)

    # --- the grant ---

    async def _take(self, welcomed: Welcomed, granted: Granted, invite: Invite) -> KeyRing:
        """Verify all that was granted, and keep it."""
        now = self.clock.now()
        coalition = welcomed.coalition
        ring = evolve(self.ring, founded=True, coalition=coalition.id, nation=invite.nation)
        member = Membership(coalition, welcomed.policy, ring, self.clock.now)
        charter, policy, *rest, custodian = welcomed.documents
        otars = [data for data in granted.documents if _tag(data) is Tag.OTAR]
        others = [data for data in granted.documents if _tag(data) is not Tag.OTAR]
        certificate = granted.certified.document.data
        controls = member.apply_all([custodian, *others, certificate])
        deliveries = [self._open(member, granted, data) for data in otars]
        ring = evolve(
            ring,
            counter=ring.counter + 1,
            seeds=tuple(held(chain) for delivery in deliveries for chain in delivery.chains),
            # Its OTARs have come: whoever recorded them must not find the key to them here.
            prekeys=() if deliveries else ring.prekeys,
            link_secrets=tuple({d.link_secret: None for d in deliveries if d.link_secret}),
            mark=coalition.segment_at(now),
        )
        documents: list[Document] = [
            document(Tag.POLICY, coalition.id, 0, policy, now, 0),
            *charter_documents(coalition, (charter, *rest), now),
            *(control_document(control, now) for control in controls),
            control_document(member.apply(self.offer.prekey)[0], now),
        ]

        def write(tx: Transaction) -> None:
            for known in tx.all_documents():
                tx.drop_document(known.hash)
            for made in documents:
                tx.put_document(made)
            tx.set_meta(MADE, json.dumps({self.ring.prekeys[-1].counter: now}).encode("utf-8"))
            for address in (invite.address, *granted.addresses):
                tx.put_peer(Peer(address, now))

        await self.store.write(write)
        return ring

    def _open(self, member: Membership, granted: Granted, data: bytes) -> Delivery:
        otar = decode(Otar, read_signed(data, Tag.OTAR).body)
        header = otar.header
        custodian = member.directory.custodian(header.nation, header.custodian)
        publication = member.directory.publication(header.nation, header.custodian)
        prekey = next((p for p in self.ring.prekeys if p.counter == header.prekey), None)
        if custodian is None or publication is None or prekey is None:
            raise StateError("fits no custodian, publication or prekey", field="otar")
        edition = next((e for e in publication.editions if e.counter == header.edition), None)
        return open_otar(
            data,
            certificate=granted.certified.certificate,
            certificate_hash=granted.certified.hash,
            custodian=custodian,
            prekey_seed=prekey.seed,
            prekey_counter=prekey.counter,
            edition=edition,
            keys=member.keys,
        )


def _tag(data: bytes) -> Tag:
    return peek(unpack_loose(data))


def _invite(code: str) -> Invite:
    try:
        return read_invite(code)
    except ProtocolError as error:
        raise UsageError(f"this is no invite code ({error})") from None
