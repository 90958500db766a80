"""Reports, as clients ask for them: filing, lists."""

from __future__ import annotations

import attrs
import trio

from coalchat.api.base import MAX_CLIENT_ID
from coalchat.api.codec import fitting
from coalchat.api.reports import Filed, FileReport, ListReports
from coalchat.api.responses import MessagePage
from coalchat.api.vocabulary import Precedence as PrecedenceWord
from coalchat.errors import UnknownMessage, UsageError
from coalchat.node.answers.messages import MessageAnswers
from coalchat.node.answers.naming import find_message, find_place
from coalchat.node.answers.session import Handlers, Session, check_limit
from coalchat.node.context import Context
from coalchat.node.forms import current_forms
from coalchat.node.noticing import considering
from coalchat.node.reporting import Before, check_filled, fill_in, find_before, make_report
from coalchat.node.sending import Key, Sending
from coalchat.node.versioning import newer_than
from protocol.base.errors import ProtocolError
from protocol.base.records import decode
from protocol.messages.filling import Given
from protocol.messages.forms import Form, find_form
from protocol.messages.payload import decode_payload
from protocol.messages.refs import Ref, Relation
from protocol.messages.reports import ReportPayload
from protocol.trust.credential import Precedence
from protocol.trust.label import ReleaseKey, label_of


@attrs.define(eq=False)
class ReportAnswers:
    """Handlers for reports."""

    context: Context = attrs.field(repr=False)
    sending: Sending = attrs.field(repr=False)
    messages: MessageAnswers = attrs.field(repr=False)
    _numbering: trio.Lock = attrs.field(factory=trio.Lock, init=False, repr=False)
    """Held from the number to the entry that bears it."""

    def handlers(self) -> Handlers:
        """By request class."""
        return {FileReport: self.file, ListReports: self.list}

    async def file(self, request: FileReport, session: Session) -> Filed:
        """Fill in a form, seal it and queue it."""
        if not 1 <= len(request.client_id) <= MAX_CLIENT_ID:
            raise UsageError(f"client_id: must have 1 to {MAX_CLIENT_ID} characters")
        before = find_before(self.context, find_message(self.context, request.updates)) if request.updates else None
        form = self._form(request.form, before)
        if before is None:
            place = find_place(self.context, request.channel, begin=True)
            label = self.sending.label(request.label, place)
        else:
            place = self.sending.place(before.first.channel)
            label = label_of(decode(ReleaseKey, before.first.release))
        typed = [Given(one.name, one.row, one.text) for one in request.values]
        filled = fill_in(form, typed, before, self.context.now())
        ack_by = request.ack_by or (0 if before is None else before.newest.ack_by)
        check_filled(form, filled, part=request.part, ack_by=ack_by)
        precedence = self._precedence(request, form, before)
        refs = self._refs(request, place.channel, before)
        if request.considered and before is None:
            refs = considering(self.context, place, precedence, refs)
        async with self._numbering:
            report = make_report(
                self.context,
                form,
                filled,
                channel=place.channel,
                release=label.release_key(),
                refs=refs,
                ack_by=ack_by,
                before=before,
            )
            try:
                posted = await self.sending.send_text(
                    place, label, report, precedence, Key(session.name, request.client_id)
                )
            except ProtocolError as error:
                raise UsageError(str(error)) from None
        if request.drafted:
            name = form.id if before is None else before.first.entry_id.hex()
            await self.context.store.write(lambda tx: tx.set_report_draft(place.channel, name, b""))
        sent = self.messages.sent(posted)
        said = report
        if posted.repeated and not posted.message.purged:
            kept = decode_payload(posted.message.payload)
            said = kept if isinstance(kept, ReportPayload) else report
        return Filed(
            entry_id=sent.entry_id,
            channel_id=sent.channel_id,
            position=sent.position,
            marking=sent.marking,
            nations=sent.nations,
            repeated=sent.repeated,
            form=said.form,
            serial=said.serial,
            version=said.version,
            precedence=PrecedenceWord(Precedence(posted.message.precedence).name),
            missing=filled.open,
        )

    def _form(self, name: str, before: Before | None) -> Form:
        """The form that is meant."""
        forms = current_forms(self.context.store.read)
        found = find_form(forms, name)
        if before is not None:
            if name and (found is None or found.id != before.form.id):
                raise UsageError(f"form: this report is on {before.form.id}")
            return before.form
        if found is None:
            raise UsageError(f"form: there is no form {name}", hint=f"there are {', '.join(form.id for form in forms)}")
        return found

    def _precedence(self, request: FileReport, form: Form, before: Before | None) -> Precedence:
        """As asked for; otherwise the form's, or the first version's, as far as this device may."""
        if request.precedence is not None:
            return Precedence[request.precedence.value]
        wanted = form.precedence if before is None else before.first.precedence
        return Precedence(min(wanted, self.context.member.certificate.scope.precedence))

    def _refs(self, request: FileReport, channel: bytes, before: Before | None) -> tuple[Ref, ...]:
        if not request.reply_to:
            kept = () if before is None else before.newest.refs
            return tuple(ref for ref in kept if ref.relation == Relation.REPLY)
        replied = find_message(self.context, request.reply_to)
        if replied.channel != channel:
            raise UnknownMessage(request.reply_to)
        return (Ref(int(Relation.REPLY), replied.entry_id),)

    async def list(self, request: ListReports, session: Session) -> MessagePage:
        """The newest reports, of each its newest version."""
        del session
        limit = check_limit(request.limit)
        if request.before_position < 0:
            raise UsageError("before_position: must be a position")
        channel = find_place(self.context, request.channel).channel if request.channel else None
        form = self._form(request.form, None).id if request.form else ""
        read = self.context.store.read
        end = request.before_position or read.last_position() + 1
        rows = read.reports(channel=channel, form=form, before_position=end, limit=limit + 1)
        shown = [row for row in rows[-limit:] if newer_than(read, row) is None]
        nouns = fitting([self.messages.noun(row) for row in reversed(shown)])[::-1]
        more = len(rows) > limit or len(nouns) < len(shown)
        reached = nouns[0].position if len(nouns) < len(shown) else rows[-limit:][0].position if rows else end
        return MessagePage(messages=nouns, next_position=reached, more=more)
