"""What happens by itself: events of the node, and the passing of time (SPEC 12.5).

Rule 1: an event names what changed; it is fetched anew, once, however many events name it.
Rule 2: a tick changes only those parts whose words have changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from coalchat.api.events import (
    AuditWritten,
    ControlChanged,
    Event,
    LinkChanged,
    MarkMoved,
    MessageArrived,
    MessageMarked,
    MessagePurged,
    ReceiptArrived,
    RekeyMoved,
    RoeChanged,
    StateChanged,
)
from coalchat.api.requests import GetStatus, ListChannels, ListNations, ShowKeys, ShowMessage, ShowPolicy
from coalchat.api.vocabulary import ControlSubject, Precedence
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.intake import Intake
from coalchat.desk.model.kept import Kept
from coalchat.desk.model.state import State
from coalchat.desk.model.views import NodeState, Notice, Rail
from coalchat.desk.model.words import MINUTE, dtg
from coalchat.record import part

_ANEW: Final[dict[ControlSubject, Asks]] = {
    ControlSubject.NODE: (GetStatus(),),
    ControlSubject.CHARTER: (ShowPolicy(), ListNations(), ListChannels(), GetStatus()),
    ControlSubject.CHANNEL: (ListChannels(),),
    ControlSubject.NATION: (ListNations(), GetStatus()),
    ControlSubject.INVITE: (),
    ControlSubject.KEYS: (ShowKeys(), GetStatus()),
}
_HISTORY: Final = "history-"
"""Audit events of requests for history: nothing else tells of them, and of the warning that one waits."""
_DECIDES: Final = frozenset(
    {ControlSubject.CHARTER, ControlSubject.CHANNEL, ControlSubject.NATION, ControlSubject.KEYS}
)
"""What decides who can read: a label has to be asked about again."""


@part
class News:
    """Attributes:
    notice, rail: the views that have words of time in them.
    """

    state: State
    intake: Intake
    notice: Callable[[int], Notice]
    rail: Callable[[int], Rail]
    _clock: tuple[str, Notice, Rail] | None = None
    _status_at: int = 0
    _keys_ended: int = 0

    def event(self, event: Event) -> Changes:
        """What an event changes, and what to ask."""
        state, body = self.state, event.body
        match body:
            case MessageArrived():
                return self._message(body)
            case ReceiptArrived():
                return self._moved(body.entry_id)
            case StateChanged():
                return self._moved(body.entry_id) + Changes(asks=(GetStatus(),))
            case MessagePurged():
                return self._purged(body.entry_id) + Changes(asks=self._thread(body.channel_id))
            case MarkMoved():
                changes = state.marked(body.channel_id, body.position)
                return changes + Changes(asks=(ListChannels(),) if changes.parts else ())
            case MessageMarked():
                asks = (ShowMessage(id=body.entry_id),) if state.find(body.entry_id) else ()
                return Changes(asks=(*asks, *self._thread(body.channel_id)))
            case LinkChanged() | RekeyMoved() | RoeChanged():
                return Changes(asks=self._fetched(body))
            case ControlChanged():
                return self._control(body.subject)
            case AuditWritten() if body.event.startswith(_HISTORY):
                keying = state.keying
                return Changes(asks=(GetStatus(), *(keying.audited(body.event) if keying is not None else ())))
        return NOTHING

    def _fetched(self, body: LinkChanged | RekeyMoved | RoeChanged) -> Asks:
        """What is fetched anew when it moves."""
        if isinstance(body, RoeChanged):
            log = self.state.roe_log
            return (*self.state.regulating.moved(body.entry_id), *(log.again() if log is not None else ()))
        return _ANEW[ControlSubject.KEYS if isinstance(body, RekeyMoved) else ControlSubject.NODE]

    def _message(self, body: MessageArrived) -> Changes:
        state = self.state
        known = state.coalition.channel(body.channel_id) is not None
        counted = state.coalition.arrived(body.channel_id, body.position, body.precedence, mine=body.mine)
        asks: Asks = () if known else (ListChannels(),)
        asks += self._thread(body.channel_id)
        changes = Changes(
            frozenset({Part.CHANNELS} if counted else ()),
            asks=(*asks, *state.arrivals.told(body.position)),
            bell=body.precedence is Precedence.FLASH and not body.mine,
        )
        timeline = state.timeline
        if counted and timeline is not None and body.channel_id == state.shown and timeline.counted_by_node:
            changes += state.redraw()
        return changes

    def _thread(self, channel_id: str) -> Asks:
        return self.state.threads.again(channel_id) if self.state.threads is not None else ()

    def _purged(self, entry_id: str) -> Changes:
        """What is shown, or quoted, is fetched anew; its text must not stay in this desk either."""
        state = self.state
        here = state.find(entry_id) is not None or entry_id in state.quoted
        return Changes(asks=(ShowMessage(id=entry_id),)) if here else NOTHING

    def _moved(self, entry_id: str) -> Changes:
        state = self.state
        message = state.find(entry_id)
        if message is None:
            return NOTHING
        if state.is_watched(entry_id):
            return Changes(asks=state.receipts.ask(entry_id))
        state.receipts.moved(entry_id)
        return NOTHING

    def _control(self, subject: ControlSubject) -> Changes:
        state = self.state
        asks = _ANEW[subject]
        if subject in _DECIDES:
            state.composing.forget_previews()
            asks += state.composing.ask(state.shown) if state.shown else ()
        asks += state.keying.anew(subject) if state.keying is not None else ()
        asks += state.custody.anew(subject) if state.custody is not None else ()
        return Changes(frozenset({Part.COMPOSER} if subject in _DECIDES else ()), asks=asks)

    def tick(self, now: int) -> Changes:
        """A second has passed."""
        clock = (dtg(now), self.notice(now), self.rail(now))
        before, self._clock = self._clock, clock
        parts: set[Part] = set()
        if before is None or before[0] != clock[0]:
            parts.add(Part.BANNER)
        if before is None or before[1] != clock[1]:
            parts.add(Part.NOTICE)
        if before is None or before[2] != clock[2]:
            parts |= {Part.RAIL, Part.WHO}
        return Changes(frozenset(parts), asks=self._asks(now))

    @property
    def _kept(self) -> Kept:
        if self.state.kept is None:
            self.state.kept = Kept(self.state)
        return self.state.kept

    def keep_drafts(self) -> Asks:
        """What is not kept yet."""
        reporting = self.state.reporting
        return (*self._kept.keep(), *(reporting.keep() if reporting is not None else ()))

    def _asks(self, now: int) -> Asks:
        """What no event tells: warnings that come with time, and the key segment's end."""
        if self.state.coalition.state is not NodeState.UP:
            return ()
        asks = (*self.intake.again(now), *self._kept.tick(), *self.state.regulating.again(now))
        if self.state.reporting is not None:
            asks += self.state.reporting.tick()
        if now - self._status_at >= MINUTE:
            asks += (GetStatus(),) if self._status_at else ()
            self._status_at = now
        keys = self.state.coalition.keys
        if keys is not None and self._keys_ended < keys.segment_ends <= now:
            self._keys_ended = keys.segment_ends
            asks += (ShowKeys(),)
        return asks
