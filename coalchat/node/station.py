"""A member's node at work (SPEC 10): its parts, joined, and the tasks that run them.

links -> session -> intake -> opening -> folding          what comes
answers -> sending -> folding -> links                    what goes
receipting, complaints                                    what is owed
proving, checkpointing, history, sharing                  what is shown to others, and handed to own devices
holding, rollover, retaining                              what time does to keys and bodies
taking, stating                                           this device's keys
seat, publishing, drawing, rekeying, emergency, renewing, seating, enrolling, designating  a custodian's acts
"""

from __future__ import annotations

from functools import partial

import attrs
import trio

from coalchat.net.transport import Transport
from coalchat.node.amending import Amending, kept_charters
from coalchat.node.answers.channels import ChannelAnswers
from coalchat.node.answers.charter import CharterAnswers
from coalchat.node.answers.coalition import CoalitionAnswers
from coalchat.node.answers.direct import DirectAnswers
from coalchat.node.answers.emergency import EmergencyAnswers
from coalchat.node.answers.enrolment import EnrolmentAnswers
from coalchat.node.answers.evidence import EvidenceAnswers
from coalchat.node.answers.history import HistoryAnswers
from coalchat.node.answers.keying import KeyingAnswers
from coalchat.node.answers.keys import KeyAnswers
from coalchat.node.answers.messages import MessageAnswers
from coalchat.node.answers.policy import PolicyAnswers
from coalchat.node.answers.renewal import RenewalAnswers
from coalchat.node.answers.roe import RoeAnswers
from coalchat.node.answers.said import said_handlers
from coalchat.node.answers.session import Handlers
from coalchat.node.answers.threads import ThreadAnswers
from coalchat.node.checkpointing import Checkpointing
from coalchat.node.complaints import Complaints
from coalchat.node.context import Context
from coalchat.node.designating import Designating
from coalchat.node.directing import Directing
from coalchat.node.drawing import Drawing
from coalchat.node.emergency import Emergency
from coalchat.node.enrolling import Enrolment
from coalchat.node.envelopes import Envelopes
from coalchat.node.feeds import Feeds, KnownFeed
from coalchat.node.folding import Folding
from coalchat.node.history import History
from coalchat.node.holding import Holding
from coalchat.node.intake import Intake
from coalchat.node.links import SET_UP_TIMEOUT, Links
from coalchat.node.loading import only
from coalchat.node.marking import Marking
from coalchat.node.opening import Opening
from coalchat.node.ownfeeds import OwnFeeds
from coalchat.node.proving import Proving
from coalchat.node.publishing import Publishing
from coalchat.node.recalling import Recalling
from coalchat.node.receipting import Receipting
from coalchat.node.rekeying import Rekeying
from coalchat.node.renewing import Renewing
from coalchat.node.restating import Restating
from coalchat.node.retaining import Retaining
from coalchat.node.rollover import Rollover
from coalchat.node.seat import Seat
from coalchat.node.seating import Seating
from coalchat.node.sending import Sending
from coalchat.node.session import Capture
from coalchat.node.sharing import Sharing
from coalchat.node.stating import Stating
from coalchat.node.taking import Taking
from coalchat.node.warnings import Warnings
from coalchat.store.room import wait_for_room
from protocol.base.ids import Tag
from protocol.exchange.enrolment import Welcoming
from protocol.exchange.messages import Farewell
from protocol.messages.entry import Entry
from protocol.messages.notices import NoticePayload
from protocol.messages.payload import ComplaintPayload, Payload
from protocol.messages.versions import RetractionPayload
from protocol.trust.amendment import build_coalition
from protocol.trust.credential import Precedence

ORDERS = (Tag.REVOCATION, Tag.REKEY_DEMAND)

_KEYING = frozenset(
    {
        Tag.CUSTODIAN_CERTIFICATE,
        Tag.CERTIFICATE,
        Tag.PUBLICATION,
        Tag.DIRECTORY,
        Tag.SEGMENT_LIST,
        Tag.REKEY_DEMAND,
        Tag.PREKEY_STATEMENT,
        Tag.OTAR,
    }
)
"""Documents that may let an OTAR be sealed, or opened; with some of them somebody comes who has to be told what stands."""


@attrs.define(eq=False)
class Station:
    """The parts of one member's node.

    Attributes:
        context: what they share.
    """

    context: Context = attrs.field(repr=False)
    transport: Transport = attrs.field(repr=False)
    carry: bool = True
    capture: Capture | None = attrs.field(default=None, repr=False)
    set_up_timeout: float = SET_UP_TIMEOUT
    feeds: Feeds = attrs.field(init=False, repr=False)
    envelopes: Envelopes = attrs.field(init=False, repr=False)
    own: OwnFeeds = attrs.field(init=False, repr=False)
    sending: Sending = attrs.field(init=False, repr=False)
    receipting: Receipting = attrs.field(init=False, repr=False)
    recalling: Recalling = attrs.field(init=False, repr=False)
    restating: Restating = attrs.field(init=False, repr=False)
    complaints: Complaints = attrs.field(init=False, repr=False)
    retaining: Retaining = attrs.field(init=False, repr=False)
    marking: Marking = attrs.field(init=False, repr=False)
    checkpointing: Checkpointing = attrs.field(init=False, repr=False)
    intake: Intake = attrs.field(init=False, repr=False)
    holding: Holding = attrs.field(init=False, repr=False)
    rollover: Rollover = attrs.field(init=False, repr=False)
    publishing: Publishing = attrs.field(init=False, repr=False)
    rekeying: Rekeying = attrs.field(init=False, repr=False)
    renewing: Renewing = attrs.field(init=False, repr=False)
    taking: Taking = attrs.field(init=False, repr=False)
    stating: Stating = attrs.field(init=False, repr=False)
    drawing: Drawing = attrs.field(init=False, repr=False)
    seat: Seat = attrs.field(init=False, repr=False)
    amending: Amending = attrs.field(init=False, repr=False)
    links: Links = attrs.field(init=False, repr=False)
    history: History = attrs.field(init=False, repr=False)
    sharing: Sharing = attrs.field(init=False, repr=False)
    messages: MessageAnswers = attrs.field(init=False, repr=False)
    _warning: Warnings = attrs.field(init=False, repr=False)
    _handlers: Handlers = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        context = self.context
        folding = Folding(context)
        self.feeds = Feeds(context)
        self.envelopes = Envelopes(context)
        self.own = OwnFeeds(context, self._awaited, self._writable)
        self.sending = Sending(context, self.feeds, self.envelopes, folding, self.own)
        self.receipting = Receipting(context, self.feeds, self.envelopes, self.sending)
        self.recalling = Recalling(context, self.sending, self.receipting)
        self.restating = Restating(context, self.sending)
        self.complaints = Complaints(context, self.feeds, self.sending)
        opening = Opening(context, self.feeds, self.envelopes)
        self.retaining = Retaining(context)
        self.marking = Marking(context, self._marked)
        self.checkpointing = Checkpointing(context)
        self.intake = Intake(
            context,
            self.feeds,
            self.envelopes,
            opening,
            self.retaining,
            folding,
            self.complaints.complain,
            self._opened,
            self.marking.prove,
            self.own.recovered,
        )
        publishing = self.publishing = Publishing(context)
        self.holding = Holding(context)
        self.rekeying = Rekeying(context, publishing)
        self.renewing = Renewing(context, publishing, self.rekeying)
        self.rekeying.before = self.renewing.renew_due
        self.stating = Stating(context, self.holding)
        self.drawing = Drawing(context, self.holding, publishing)
        self.seat = Seat(context, publishing, self.rekeying, partial(self.drawing.draw, at_once=True))
        self.taking = Taking(context, self.holding, self.intake.keys_came, self._online)
        self.rollover = Rollover(
            context,
            self.holding,
            self.envelopes,
            publishing.acting,
            self.drawing.draw,
            self._online,
            self._turned,
        )
        emergency = Emergency(context, publishing, self.drawing, self.rekeying)
        enrolment = Enrolment(context, self.seat, self._welcoming, self._addresses)
        self.links = Links(
            context,
            self.intake,
            self.transport,
            enrolment,
            self.carry,
            self.capture,
            self.set_up_timeout,
        )
        proving = Proving(context)
        self.history = History(
            context, self.feeds, opening, self.retaining, self.intake, proving, self.links.register.session
        )
        context.history = self.history.take
        self.sharing = Sharing(context, self.envelopes, self.intake, self.sending, self.links.register.session)
        context.keying, self.sending.prepare = self.sharing.take, self.sharing.prepare
        self.messages = MessageAnswers(context, self.sending, self.receipting)
        self._warning = Warnings(
            context, self.holding, self.publishing, self.rekeying, self.history, self.own, self.checkpointing,
            self.messages.roe,
        )  # fmt: skip
        context.feed_moved = self._feed_moved
        context.control_changed = self._control_changed
        context.in_sync = self._in_sync
        context.heads_named = self.own.named
        self.amending = Amending(context, self.holding, self._amended)
        context.amend = self.amending.take
        keying = KeyingAnswers(Designating(context, publishing))
        self._handlers = {
            **ChannelAnswers(context, self.sending).handlers(),
            **said_handlers(context, self.sending, self.messages, self.recalling),
            **RoeAnswers(context, self.messages).handlers(),
            **ThreadAnswers(context, self.messages).handlers(),
            **CoalitionAnswers(context, self.links, self.own).handlers(),
            **PolicyAnswers(context).handlers(),
            **EvidenceAnswers(context, proving).handlers(),
            **HistoryAnswers(context, self.history).handlers(),
            **KeyAnswers(context, self.rollover, self.rekeying, keying.nouns).handlers(),
            **keying.handlers(),
            **EmergencyAnswers(emergency).handlers(),
            **CharterAnswers(context, self.amending).handlers(),
            **EnrolmentAnswers(self.seat).handlers(),
            **DirectAnswers(context, Directing(context), self._confirmed).handlers(),
            **RenewalAnswers(context, self.renewing, Seating(context, self.holding, publishing)).handlers(),
        }

    def handlers(self) -> Handlers:
        """Operations of an unlocked member's node."""
        return self._handlers

    def warnings(self) -> tuple[str, ...]:
        """What is wrong, then what will stop soon."""
        return self._warning.said()

    async def run(self, listen: str, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Run all parts, until cancelled.

        Raises:
            UsageError: one cannot listen there.
        """
        wait_for_room()
        await self.rollover.begin()
        await self.retaining.purge()
        await self.own.begin(restored=self.holding.restored)
        self.receipting.derive()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.intake.run)
            nursery.start_soon(self.intake.run_late)
            nursery.start_soon(self.marking.run)
            nursery.start_soon(self.checkpointing.run)
            nursery.start_soon(self.receipting.run)
            nursery.start_soon(self.recalling.run)
            nursery.start_soon(self.restating.run)
            nursery.start_soon(self.complaints.run)
            nursery.start_soon(self.rollover.run)
            nursery.start_soon(self.retaining.run)
            nursery.start_soon(self.history.run)
            nursery.start_soon(self.rekeying.run)
            nursery.start_soon(self.taking.run)
            nursery.start_soon(self.stating.run)
            nursery.start_soon(self.rollover.run_catch_up)
            nursery.start_soon(self.amending.run)
            await nursery.start(self.links.run, listen)
            task_status.started()

    def _opened(self, feed: KnownFeed, entry: Entry, payload: Payload) -> None:
        message = self.context.store.read.message(entry.id)
        if message is not None:
            self.receipting.owe_delivered([message])
        if isinstance(payload, RetractionPayload):
            self.recalling.wake()
        if isinstance(payload, NoticePayload):
            self.restating.wake()
        if isinstance(payload, ComplaintPayload):
            self.complaints.answer(feed, payload.envelope)

    def _online(self) -> bool:
        return any(session.in_sync.is_set() for session in self.links.register.sessions())

    def _in_sync(self) -> None:
        self.taking.wake()
        if self.publishing.met_peer():
            self.rollover.again()

    def _awaited(self) -> bool:
        """Whether a peer may still say how far our feeds go."""
        return bool(self.links.register.sessions() or self.context.store.read.peers())

    def _writable(self) -> None:
        self.receipting.again()
        self.recalling.wake()

    def _marked(self, feed_id: bytes) -> None:
        del feed_id
        self.own.look()
        self.intake.keys_came()  # receipts of what stands on the other side

    def _turned(self) -> None:
        self.amending.wake()
        self.links.refresh()
        self.intake.keys_came()
        self.rekeying.wake()
        self.taking.wake()
        self.retaining.wake()
        self.recalling.wake()
        self.restating.wake()
        self.stating.wake()
        self.checkpointing.wake()

    async def _confirmed(self) -> None:
        """A device was confirmed: receipts that it was owed can go."""
        self.receipting.derive()
        self.recalling.wake()
        await self.receipting.settle()

    def _amended(self) -> None:
        """Links of who is suspended end; the others are told what is theirs by now, and the own nation is keyed."""
        for session in self.links.register.sessions():
            if session.nation in self.context.member.coalition.suspended:
                session.leave(Farewell.CHARTER)
        self.links.refresh()
        self.rekeying.wake()
        self.taking.wake()

    def _feed_moved(self, feed_id: bytes, precedence: Precedence) -> None:
        self.links.feed_moved(feed_id, precedence)
        self.checkpointing.moved(feed_id)

    def _control_changed(self, name: bytes) -> None:
        control = self.context.member.controls.get(name)
        if control is not None and control.tag is Tag.CHANNEL_REVISION and control.number:
            self.links.refresh()  # who has become a member may have the revisions before by now
        self.links.control_changed(name)
        if control is not None and control.tag is Tag.CHANNEL_REVISION:
            self.intake.channel_known(control.issuer)
            self.restating.wake()
        if control is not None and control.tag is Tag.CHECKPOINT_PROOF:
            self.checkpointing.moved(control.issuer)
        if control is not None and control.tag is Tag.FORK_PROOF:
            self.marking.judged([control.issuer])
        if control is not None and control.tag is Tag.REVOCATION:
            self.marking.judged(row.feed_id for row in self.context.store.read.feeds(device=control.issuer))
        if control is not None and control.tag in _KEYING:
            self.rekeying.wake()
            self.taking.wake()
            self.restating.wake()
        if control is not None and control.tag in {Tag.REVOCATION, Tag.PUBLICATION}:
            self.links.expel()
        if control is not None and control.tag in {Tag.PUBLICATION, Tag.CUSTODIAN_CERTIFICATE, *ORDERS}:
            self.rollover.again()
        if control is not None and control.tag is Tag.DEVICE_EDITION:
            self.stating.wake()

    def _welcoming(self) -> Welcoming:
        member = self.context.member
        documents = self.context.store.read.all_documents()
        seat = member.directory.custodian(member.nation, self.seat.keys.index)
        custodian = next(
            control.data
            for control in member.controls.of(Tag.CUSTODIAN_CERTIFICATE)
            if member.directory.apply_custodian(control.data) == seat
        )
        founding = [row for row in documents if not row.audience]
        return Welcoming(
            member.coalition,
            only(founding, Tag.CHARTER),
            tuple(row.data for row in founding if row.tag == Tag.CHARTER_SIGNATURE),
            only(founding, Tag.POLICY),
            custodian,
            build_coalition(kept_charters(self.context.store.read))[1],
        )

    def _addresses(self) -> tuple[str, ...]:
        return tuple(peer.address for peer in self.context.store.read.peers())[:8]
