"""What the node answers, and what it refuses to (SPEC 12.4).

Rule 1: an answer that comes twice changes nothing the second time.
Rule 2: what a person asked for and did not get is said where the eye is, and stays until the next act.
Rule 3: a question that failed for now is asked again after a pause; one whose object is gone is dropped.
"""

from __future__ import annotations

from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Channel, Message
from coalchat.api.requests import (
    AcknowledgeMessage,
    GetMessageStatus,
    ListChannels,
    ListMessages,
    MarkRead,
    PreviewLabel,
    SendMessage,
    ShowMessage,
)
from coalchat.api.responses import (
    Acknowledged,
    ChannelList,
    Keys,
    LabelPreview,
    Marked,
    MessagePage,
    MessageStatus,
    NationList,
    Policy,
    Sent,
    Status,
)
from coalchat.api.scopes import Scope
from coalchat.api.versions import CorrectMessage
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.acts import settle, show
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.deadlines import Asked
from coalchat.desk.model.highlights import highlights
from coalchat.desk.model.log import UNPLACED
from coalchat.desk.model.safe import safe
from coalchat.desk.model.sending import corrected, not_sent, refusal_known, sent
from coalchat.desk.model.state import State
from coalchat.errors import CoalchatError, UnknownChannel, UnknownMessage
from coalchat.record import evolve, field, part

FOLLOWED: Final = 20
"""Own messages whose receipts are asked for at the start: what an officer still waits for is among them."""
PAUSE: Final = 5
"""Seconds before a question that failed is asked again."""
_FRAME: Final = (Part.BANNER, Part.NOTICE, Part.CHANNELS, Part.HEAD, Part.COMPOSER, Part.RAIL)


@part
class Intake:
    """Answers and failures."""

    state: State
    _again: dict[Request[Any], int] = field(factory=dict)

    def take(self, request: Request[Any], answer: Response, now: int) -> Changes:
        """The node's answer to a request."""
        del now
        answer = safe(answer)
        match request, answer:
            case _, MessagePage() if isinstance(request, ListMessages):
                return self._page(request, answer)
            case SendMessage(), Sent():
                return sent(self.state, request, answer) + settle(self.state)
            case CorrectMessage(), Sent():
                return corrected(self.state, request, answer)
            case PreviewLabel(), LabelPreview():
                self.state.composing.took(request, answer)
                return self._previewed(request)
            case ShowMessage(), Message():
                kept = self.state.kept
                changes = self._message(answer)
                return changes if kept is None else changes + kept.learnt(answer.entry_id)
            case _, MessageStatus():
                return self._status(answer)
            case _, Marked():
                return self._marked(answer)
            case _, Acknowledged():
                return self._acknowledged(answer)
        changes = self._facts(answer)
        return changes if changes is not NOTHING else self._later(request, answer)

    def _later(self, request: Request[Any], answer: Response) -> Changes:
        """What was asked for by something that opened later."""
        for wants in self.state.later:
            if wants is not None and (changes := wants.took(request, answer)) is not NOTHING:
                return changes + (self._regulated() if wants is self.state.regulating else NOTHING)
        return NOTHING

    def _regulated(self) -> Changes:
        """The node has told of ROE: deadlines follow, and lines that say otherwise are fetched anew."""
        state, rules = self.state, self.state.regulating
        state.deadlines.notices = tuple(Asked(n.ack_by, n.name, n.channel_id) for n in rules.pending())
        messages = [message for log in state.logs.values() for message in log.messages]
        return Changes(asks=rules.stale(messages))

    def _facts(self, answer: Response) -> Changes:
        state = self.state
        match answer:
            case Status():
                known = state.coalition.node
                state.coalition.took_status(answer)
                changes = Changes(frozenset({Part.BANNER, Part.NOTICE, Part.RAIL, Part.COMPOSER}))
                if known is None or known.person != answer.node.person:
                    changes += state.call_by(highlights(answer.node.person, state.words))
                return changes + (state.remark(*_FRAME) if known is None else NOTHING)
            case Policy():
                return self._worded(state.coalition.took_policy(answer))
            case NationList():
                return self._worded(state.coalition.took_nations(answer.nations)) + Changes(frozenset({Part.KEYS}))
            case Keys():
                state.coalition.keys = answer
                return Changes(frozenset({Part.RAIL, Part.NOTICE, Part.KEYS}))
            case ChannelList():
                return self._channels(answer)
        return NOTHING

    def _worded(self, changed: bool) -> Changes:
        if not changed:
            return Changes(frozenset({Part.COMPOSER}))
        return self.state.remark(*_FRAME) + self._preview()

    def _previewed(self, request: PreviewLabel) -> Changes:
        # A newer question may have pushed out the one about the draft: it is asked again, if it is not known by now.
        return Changes(frozenset({Part.COMPOSER})) + refusal_known(self.state, request) + self._preview()

    def _preview(self) -> Changes:
        return Changes(asks=self.state.composing.ask(self.state.shown) if self.state.shown else ())

    # --- channels and messages ---

    def _channels(self, answer: ChannelList) -> Changes:
        state = self.state
        marks = state.read_positions()
        members = {channel.id: channel.members for channel in state.coalition.channels}
        deputies = {channel.id: channel.deputies for channel in state.coalition.channels}
        state.coalition.took_channels(answer.channels)
        state.unmark(marks)
        if members != {channel.id: channel.members for channel in answer.channels}:
            state.lines.forget_all()
        renamed = {channel.id for channel in answer.channels if channel.deputies != deputies.get(channel.id, ())}
        own = state.newest_own()
        looked_at = {key for key in (state.selected, None if own is None else own.entry_id) if key}
        changes = settle(state) + state.redraw(*_FRAME) + self._preview()
        changes += Changes(asks=state.receipts.renamed(renamed, looked_at))
        if state.coalition.channel(state.shown) is None and answer.channels:
            changes += show(state, max(answer.channels, key=_pressing).id)
        return changes

    def _page(self, request: ListMessages, page: MessagePage) -> Changes:
        state = self.state
        if request.channel:
            if state.past is not None and state.past.wants(request):
                return state.past.took(state, request, page)
            log = state.log(request.channel)
            fresh = log.took_page(request, page)
            return state.joined(log, fresh) + Changes(frozenset({Part.TIMELINE}))
        first = state.arrivals.newest is None
        joins, asks = state.arrivals.took(request, page)
        for log in state.logs.values():
            log.low = state.arrivals.low if log.low == UNPLACED else log.low
        changes = state.ingest(page.messages) if joins else NOTHING
        if any(state.coalition.channel(message.channel_id) is None for message in page.messages):
            asks = (*asks, ListChannels())
        if first:
            own = [message.entry_id for message in page.messages if message.mine][-FOLLOWED:]
            asks = (
                *asks,
                *state.fill(),
                *(ask for entry_id in reversed(own) for ask in state.receipts.lacks(entry_id)),
            )
            changes += state.redraw(Part.COMPOSER) + self._preview()
        return changes + Changes(asks=asks)

    def _message(self, message: Message) -> Changes:
        state = self.state
        if Flag.PURGED in message.flags and state.find(message.entry_id) is not None:
            return state.purged(message)
        known = state.find(message.entry_id)
        if known is None:
            state.quoted[message.entry_id] = message
        elif _said(known) != _said(message):
            state.replace(message)
            return state.reword(message.entry_id, Part.SEARCH)
        return state.redraw() if state.lines.learnt((message.entry_id,)) else NOTHING

    def _marked(self, answer: Marked) -> Changes:
        changes = self.state.marked(answer.channel_id, answer.position, answer.newly)
        channel = self.state.coalition.channel(answer.channel_id)
        asks: Asks = (ListChannels(),) if channel is not None and channel.unread else ()
        return changes + Changes(asks=asks)

    def _acknowledged(self, answer: Acknowledged) -> Changes:
        state = self.state
        message = state.find(answer.entry_id)
        if message is None:
            return NOTHING
        answered = evolve(message, answered=answer.answer)
        state.replace(answered)
        state.deadlines.note(answered)
        parts = (Part.CHANNELS, Part.NOTICE, Part.RAIL, Part.WHO)
        return state.reword(answer.entry_id, *parts) + Changes(asks=state.receipts.ask(answer.entry_id))

    def _status(self, answer: MessageStatus) -> Changes:
        state = self.state
        asks = state.receipts.took(answer)
        message = state.find(answer.entry_id)
        if message is not None:
            state.deadlines.met(message)
        return state.reword(answer.entry_id, Part.RAIL, Part.WHO, Part.NOTICE) + Changes(asks=asks)

    # --- what fails ---

    def fail(self, request: Request[Any], error: CoalchatError, now: int) -> Changes:
        """A request that has no answer."""
        state = self.state
        for wants in state.later:
            if wants is not None and (changes := wants.failed(request, error)) is not None:
                return changes
        match request:
            case SendMessage() | CorrectMessage():
                return not_sent(state, request, error, now)
            case MarkRead() | AcknowledgeMessage():
                return self._trouble(error)
            case PreviewLabel():
                state.composing.failed(request, error)
                return self._previewed(request)
            case GetMessageStatus() if isinstance(error, UnknownMessage):
                return Changes(asks=state.receipts.failed(request.id))
            case ShowMessage() if isinstance(error, UnknownMessage):
                return NOTHING
            case ListMessages() if isinstance(error, UnknownChannel):
                return Changes(asks=(ListChannels(),))
        if request.repeatable and request.scope is Scope.READ:
            self._again[request] = now + PAUSE
        return self._trouble(error)

    def _trouble(self, error: CoalchatError) -> Changes:
        self.state.composing.trouble = str(error)
        return Changes(frozenset({Part.COMPOSER}))

    def again(self, now: int) -> Asks:
        """Questions that failed some time ago."""
        due = tuple(request for request, at in self._again.items() if at <= now)
        for request in due:
            del self._again[request]
        return due


def _pressing(channel: Channel) -> tuple[int, int]:
    """Where to begin: what is unread, by its precedence, then by how much of it there is."""
    rank = -1 if channel.unread_precedence is None else channel.unread_precedence.rank
    return rank, channel.unread


def _said(message: Message) -> tuple[object, ...]:
    """What makes its line another one."""
    return (
        message.flags,
        message.disowned,
        message.newer,
        message.answered,
        message.text if message.kind == "roe" else "",
        message.report,  # by another form, or by its keys
    )
