"""Messages, as clients ask for them: send, list, show, mark, acknowledge, status; and search, which gives messages."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from coalchat.api.about import Newer
from coalchat.api.base import MAX_CLIENT_ID, NEWEST
from coalchat.api.codec import fitting
from coalchat.api.events import MarkMoved
from coalchat.api.nouns import Disowned, Message, NationState
from coalchat.api.requests import (
    AcknowledgeMessage,
    GetMessageStatus,
    ListMessages,
    MarkRead,
    SendMessage,
    ShowMessage,
)
from coalchat.api.responses import Acknowledged, Marked, MessagePage, MessageStatus, Sent
from coalchat.api.vocabulary import Answer, Flag
from coalchat.api.vocabulary import Precedence as PrecedenceWord
from coalchat.errors import UnknownMessage, UsageError
from coalchat.node.answers.deadlines import DeadlineAnswers
from coalchat.node.answers.naming import find_message, find_place
from coalchat.node.answers.search import SearchAnswers
from coalchat.node.answers.session import Handlers, Session, check_limit
from coalchat.node.checkpoints import checkpointed
from coalchat.node.context import Context
from coalchat.node.deadlines import asked_of, reminds, roll_up
from coalchat.node.directing import place_title
from coalchat.node.folding import ANSWERS
from coalchat.node.journal import write_event
from coalchat.node.noticing import considering, notice_words
from coalchat.node.quoting import make_quotes, shown_quotes
from coalchat.node.receipting import Receipting
from coalchat.node.reminding import deputies_who_read
from coalchat.node.reporting import shown_report
from coalchat.node.retaining import gone_words, retraction_words
from coalchat.node.roe import Roe
from coalchat.node.roe_nouns import roe_line
from coalchat.node.runout import past_edition
from coalchat.node.sending import Key, Posted, Sending
from coalchat.node.status import bounded, deliveries, nation_states, recall_of
from coalchat.node.versioning import corrected_words, correction_of, newer_than
from coalchat.store.faces import Transaction
from coalchat.store.rows import Message as MessageRow
from protocol.base.errors import ProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_TEXT
from protocol.base.records import decode
from protocol.keys.envelope import unpack_slots
from protocol.messages.notices import NoticePayload, considered
from protocol.messages.payload import FORMAT, Payload, Spoken, TextPayload, decode_payload
from protocol.messages.receipts import Response
from protocol.messages.refs import Ref, Relation
from protocol.messages.roe import RoeNoticePayload
from protocol.messages.verdict import Disowning
from protocol.messages.versions import QuotingPayload, RetractionPayload
from protocol.trust.credential import Precedence, Role
from protocol.trust.label import ReleaseKey, label_of


@attrs.define(eq=False)
class MessageAnswers:
    """Handlers for messages."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    receipting: Receipting = attrs.field(repr=False)
    roe: Roe = attrs.field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.roe = Roe(self.context)

    def handlers(self) -> Handlers:
        """By request class."""
        return {
            SendMessage: self.send,
            ListMessages: self.list,
            ShowMessage: self.show,
            MarkRead: self.mark,
            AcknowledgeMessage: self.acknowledge,
            GetMessageStatus: self.status,
            **DeadlineAnswers(self.context, self.sending, self.noun, self.sent).handlers(),
            **SearchAnswers(self.context, self.noun).handlers(),
        }

    async def send(self, request: SendMessage, session: Session) -> Sent:
        """Seal a message and queue it."""
        if not 1 <= len(request.client_id) <= MAX_CLIENT_ID:
            raise UsageError(f"client_id: must have 1 to {MAX_CLIENT_ID} characters")
        least = 0 if request.quotes else 1
        if not least <= len(request.text.encode("utf-8", "surrogatepass")) <= MAX_TEXT:
            raise UsageError(f"text: must have {least} to {MAX_TEXT} bytes")
        revision = find_place(self.context, request.channel, begin=True)
        label = self.sending.label(request.label, revision)
        refs: tuple[Ref, ...] = ()
        if request.reply_to:
            replied = find_message(self.context, request.reply_to)
            if replied.channel != revision.channel:
                raise UnknownMessage(request.reply_to)
            refs = (Ref(int(Relation.REPLY), replied.entry_id),)
        now, precedence = self.context.now(), Precedence[request.precedence.value]
        made = None
        if request.quotes:
            made = make_quotes(self.context, [find_message(self.context, name) for name in request.quotes])
            refs += made.refs
        if request.considered:
            refs = considering(self.context, revision, precedence, refs)
        text: TextPayload | QuotingPayload
        text = TextPayload(FORMAT, now, noplay=False, refs=refs, text=request.text, ack_by=request.ack_by)
        if made is not None:
            text = QuotingPayload(FORMAT, now, made.noplay, refs, request.text, request.ack_by, made.quotes)
        try:
            posted = await self.sending.send_text(
                revision, label, text, precedence, Key(session.name, request.client_id)
            )
        except ProtocolError as error:
            raise UsageError(str(error)) from None
        return self.sent(posted)

    def sent(self, posted: Posted) -> Sent:
        """What a client is told of what it sent."""
        message = posted.message
        return Sent(
            entry_id=message.entry_id.hex(),
            channel_id=message.channel.hex(),
            position=message.position,
            marking=self._marking(message),
            nations=tuple(
                NationState(nation=self.context.code(nation), state=state)
                for nation, state in nation_states(self.context, message)
            ),
            repeated=posted.repeated,
        )

    async def list(self, request: ListMessages, session: Session) -> MessagePage:
        """Messages behind a position, or those before one, oldest first."""
        del session
        limit = check_limit(request.limit)
        after, before = request.after_position, request.before_position
        if after < 0 or before < NEWEST:
            raise UsageError(f"{'after' if after < 0 else 'before'}_position: must be a position")
        if after and before:
            raise UsageError("before_position: goes without after_position")
        channel = find_place(self.context, request.channel).channel if request.channel else None
        if not before:
            rows = self._rows(channel, after, None, limit + 1)
            nouns = fitting([self.noun(row) for row in rows[:limit]])
            reached = nouns[-1].position if nouns else after
        else:
            end = self.context.store.read.last_position() + 1 if before == NEWEST else before
            rows = self._rows(channel, 0, end, limit + 1)
            # What does not fit is left out at the front: the page ends where it was asked to end.
            nouns = fitting([self.noun(row) for row in reversed(rows[-limit:])])[::-1]
            reached = nouns[0].position if nouns else before
        return MessagePage(messages=nouns, next_position=reached, more=len(nouns) < len(rows))

    def _rows(self, channel: bytes | None, after: int, before: int | None, limit: int) -> Sequence[MessageRow]:
        read = self.context.store.read
        if channel is None:
            return read.messages_of_all(after_position=after, before_position=before, limit=limit)
        return read.messages(channel, after_position=after, before_position=before, limit=limit)

    async def show(self, request: ShowMessage, session: Session) -> Message:
        """One message."""
        del session
        return self.noun(find_message(self.context, request.id))

    async def mark(self, request: MarkRead, session: Session) -> Marked:
        """Move the read mark, and send READ receipts."""
        del session
        revision = find_place(self.context, request.channel)
        message = find_message(self.context, request.entry_id)
        if message.channel != revision.channel:
            raise UnknownMessage(request.entry_id)
        read = self.context.store.read
        before = read.read_mark(revision.channel)
        passed = []
        if message.position > before:
            rows = read.messages(revision.channel, after_position=before, limit=message.position - before)
            passed = [row for row in rows if row.position <= message.position and not row.mine]
            now = self.context.now()

            def advance(tx: Transaction) -> None:
                if tx.advance_read_mark(revision.channel, message.position):
                    moved = MarkMoved(channel_id=revision.channel.hex(), position=message.position)
                    write_event(tx, now, moved)

            await self.context.store.write(advance)
            self.receipting.owe_read(passed)
            await self.receipting.settle()
        return Marked(channel_id=revision.channel.hex(), position=max(before, message.position), newly=len(passed))

    async def acknowledge(self, request: AcknowledgeMessage, session: Session) -> Acknowledged:
        """Send a person's acknowledgement of a message, at once. It moves no read mark."""
        del session
        message = find_message(self.context, request.id)
        if message.kind == Tag.ROE_NOTICE:
            raise UsageError("id: who acknowledges an ROE notice names its serial", hint="`coalchat roe ack` does")
        newer = newer_than(self.context.store.read, message)
        if newer is not None:
            raise UsageError("id: it was corrected", hint=f"read and acknowledge {newer.entry_id[:12]}")
        try:
            given = await self.receipting.acknowledge(message, Response[request.answer.name], request.text)
        except ProtocolError as error:
            raise UsageError(str(error)) from None
        return Acknowledged(
            entry_id=message.entry_id.hex(),
            channel_id=message.channel.hex(),
            answer=ANSWERS[Response(given.row.answer)],
            text=given.row.text,
            at=given.row.at,
            repeated=given.repeated,
        )

    async def status(self, request: GetMessageStatus, session: Session) -> MessageStatus:
        """Who has a message."""
        del session
        message = find_message(self.context, request.id)
        recall, confirmations = recall_of(self.context, message)
        asked = asked_of(self.context, message, _payload(message))
        rows, now = deliveries(self.context, message, asked.state), self.context.now()
        nations = roll_up(rows, asked, now)
        return MessageStatus(
            entry_id=message.entry_id.hex(),
            channel_id=message.channel.hex(),
            marking=self._marking(message),
            author_time=message.author_time,
            own_nation=self.context.code(self.context.member.nation),
            deliveries=bounded(rows),
            checkpoint=checkpointed(
                self.context.member.checkpoints.found,
                self.context.store.read,
                message.device,
                message.feed_id,
                message.seq,
            ),
            recall=recall,
            confirmations=confirmations,
            precedence=PrecedenceWord(Precedence(message.precedence).name),
            asked=asked.state,
            ack_by=asked.ack_by,
            handle_by=asked.handle_by,
            overdue=any(one.late for nation in nations for one in nation.missing),
            nations=nations,
            deputies=deputies_who_read(self.context, message),
        )

    # --- nouns ---

    def _marking(self, message: MessageRow) -> str:
        return self.context.member.marking(label_of(decode(ReleaseKey, message.release)))

    def _answered(self, row: MessageRow) -> Answer | None:
        """How this person acknowledged a message: with this device, otherwise with another one."""
        member = self.context.member
        person = member.certificate.person
        given = {
            said.device: said.answer
            for said in self.context.store.read.acknowledgements(row.feed_id, row.seq)
            if (said.nation, said.person, said.entry_id) == (member.nation, person, row.entry_id)
        }
        if not given:
            return None
        return ANSWERS[Response(given.get(member.device, next(iter(given.values()))))]

    def _superseded(self, row: MessageRow) -> bool:
        """Whether an edition that it is sealed to was replaced in its segment, as far as publications name it still."""
        directory = self.context.member.directory
        return any(
            publication is not None and publication.superseded_at(slot.counter, row.n)
            for slot in unpack_slots(row.slots)
            for publication in (directory.publication(slot.nation, slot.custodian),)
        )

    def noun(self, row: MessageRow, *, as_said: bool = False) -> Message:
        """A message as clients see it; `as_said`: with its own text, also where there is a newer version."""
        member = self.context.member
        release = decode(ReleaseKey, row.release)
        place = member.place(row.channel)
        standing = member.directory.standing(row.device, self.context.now())
        certificate = None if standing is None else standing.certified.certificate
        payload = _payload(row)
        read = self.context.store.read
        newer = newer_than(read, row) if row.kind else None
        version = correction_of(read, row)
        recall = recall_of(self.context, row)[0] if row.purged else None
        mark = member.verdicts.of(row.feed_id, row.device, self.context.now()).mark(row.seq, row.entry_id)
        flags = {
            Flag.UNREADABLE: row.kind == 0,
            Flag.PURGED: row.kind and row.purged,
            Flag.RECALLED: recall is not None,
            Flag.CORRECTED: newer is not None,
            Flag.AUTO: certificate is not None and certificate.role == int(Role.BOT),
            Flag.NO_PLAY: payload is not None and payload.noplay,
            Flag.MINIMIZE_CONSIDERED: payload is not None and bool(considered(payload.refs)),
            Flag.SUPERSEDED_KEY: self._superseded(row),
            Flag.LAST_KEY: past_edition(member, unpack_slots(row.slots), row.n),
            Flag.DISPUTED: mark.disputed,
            Flag.DISOWNED: mark.disowned is not None,
        }
        return Message(
            position=row.position,
            entry_id=row.entry_id.hex(),
            channel_id=row.channel.hex(),
            channel_title="" if place is None else place_title(member, place),
            author_nation=self.context.code(row.nation),
            author_person="" if certificate is None else certificate.name,
            author_device=0 if certificate is None else certificate.number,
            marking=member.marking(label_of(release)),
            level=release.level,
            portion=member.portion(label_of(release)),
            nations=tuple(self.context.code(nation) for nation in release.releasable),
            kind=_kind(row, version is not None),
            text=self._text(row, payload, None if as_said else newer),
            author_time=row.author_time,
            received_time=row.received,
            n=row.n,
            seq=row.seq,
            precedence=PrecedenceWord(Precedence(row.precedence).name),
            ack_by=asked_of(self.context, row, payload).ack_by if newer is None else 0,
            mine=row.mine,
            read=row.mine or row.position <= self.context.store.read.read_mark(row.channel),
            answered=self._answered(row),
            refs=() if payload is None else tuple(r.entry.hex() for r in payload.refs if r.relation not in _APART),
            flags=tuple(flag for flag, stands in flags.items() if stands),
            disowned=None if mark.disowned is None else self._disowned(mark.disowned),
            quotes=() if newer is not None and not as_said else shown_quotes(self.context, payload),
            version=0 if version is None else version.number,
            corrects="" if version is None else version.first.hex(),
            newer=newer,
            recalls=tuple(one.entry_id.hex() for one in read.recalls(row.entry_id))
            if row.kind == Tag.RETRACTION
            else (),
            recall=recall,
            reminds=reminds(read, row, payload).hex(),
            report=shown_report(read, payload if newer is None or as_said else None),
        )

    def _text(self, row: MessageRow, payload: Payload | None, newer: Newer | None) -> str:
        """What a message says, or what is to be said in its place."""
        if row.kind == 0:
            return row.payload.decode("utf-8")
        if row.purged:
            return gone_words(self.context, row)
        if newer is not None:
            return corrected_words(newer, row.kind)
        if isinstance(payload, RetractionPayload):
            return retraction_words(payload)
        if isinstance(payload, RoeNoticePayload):
            return roe_line(self.context, self.roe, row.entry_id, payload)
        if isinstance(payload, NoticePayload):
            return notice_words(self.context, row, payload)
        return payload.text if isinstance(payload, Spoken) else ""

    def _disowned(self, disowning: Disowning) -> Disowned:
        return Disowned(nation=self.context.code(disowning.nation), time=disowning.at)


_APART = {Relation.QUOTE, Relation.CONSIDERED}
"""Relations that clients are not told among the references: they have a place of their own."""
_KINDS = {Tag.RETRACTION: "retraction", Tag.NOTICE: "notice", Tag.ROE_NOTICE: "roe", Tag.REPORT: "report"}


def _payload(row: MessageRow) -> Payload | None:
    """What a message says, if that is here."""
    return decode_payload(row.payload) if row.kind and not row.purged else None


def _kind(row: MessageRow, correction: bool) -> str:
    if row.kind in _KINDS:
        return _KINDS[Tag(row.kind)]
    return "correction" if correction else "text" if row.kind else "unreadable"
