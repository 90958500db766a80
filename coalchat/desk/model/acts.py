"""What the person does besides writing: open, look back, select, read, acknowledge, jump.

Rule 1: the read mark only passes what is loaded: a message that has not come in yet is never read with those around it.
Rule 2: an act that can do nothing changes nothing and asks nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from coalchat.api.requests import AcknowledgeMessage, MarkRead
from coalchat.api.vocabulary import Answer, Flag
from coalchat.desk.model import sending
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.state import State
from coalchat.desk.model.timeline import Timeline

_WHOLE = frozenset(Part) - {Part.NOTICE}


def show(state: State, channel_id: str) -> Changes:
    """Open a channel."""
    if state.coalition.channel(channel_id) is None or (channel_id == state.shown and state.past is None):
        return NOTHING
    if state.shown and state.shown != channel_id:
        _leave(state, state.shown)
    state.leave_past()
    state.recent = [*(one for one in state.recent if one != channel_id), channel_id]
    log = state.log(channel_id)
    state.shown, state.selected, state.visible, state.reading_back = channel_id, None, None, False
    state.composing.trouble = ""
    state.drop(log.trim())
    state.timeline = Timeline(log, state.lines, state.coalition)
    return Changes(_WHOLE, reset=True, asks=(*state.fill(), *state.composing.ask(channel_id)))


def _leave(state: State, channel_id: str) -> None:
    """Its draft stays with it. A conversation that was begun, and in which nothing was written, is none."""
    left = state.composing.draft(channel_id)
    left.kept = bool(left.text)
    if state.coalition.is_begun(channel_id) and not left.says_something and not state.log(channel_id).outgoing:
        del state.logs[channel_id]
        state.coalition.end_begun(channel_id)


def settle(state: State) -> Changes:
    """Conversations that were begun here and that the node has by now: what is shown is shown there."""
    changes = NOTHING
    for begun in tuple(state.places):
        if other := state.settled(begun):
            if state.shown == begun:
                state.shown = ""
                changes += show(state, other)
            changes += state.redraw(Part.CHANNELS)
    return changes


def next_active(state: State) -> str | None:
    """The channel to go to next."""
    waiting = []
    for channel in state.coalition.channels:
        if channel.unread and channel.id != state.shown:
            rank = channel.unread_precedence.rank if channel.unread_precedence else 0
            log = state.logs.get(channel.id)
            unread = (m.position for m in (log.after(channel.read_position) if log else ()) if not m.mine)
            waiting.append((-rank, next(unread, channel.read_position + 1), channel.id))
    return min(waiting)[2] if waiting else None


def older(state: State) -> Changes:
    """Ask for the page before the first line."""
    if state.timeline is None:
        return NOTHING
    asks = state.timeline.log.older() if state.past is None else state.past.older()
    state.reading_back = state.reading_back or bool(asks)
    return Changes(asks=asks)


def seen(state: State, visible_keys: Sequence[str], *, at_bottom: bool) -> Changes:
    """These lines are on the screen."""
    state.visible, state.reading_back = frozenset(visible_keys), not at_bottom
    asks = state.quotes(visible_keys)
    for key in visible_keys:
        message = state.find(key)
        if message is not None and message.mine and not state.receipts.complete(message):
            asks += state.receipts.lacks(key)
    if at_bottom and state.past is not None and state.past.is_whole:
        asks += state.past.newer()
    changes = Changes(asks=asks)
    if at_bottom and state.timeline is not None and state.drop(state.timeline.log.trim()):
        changes += state.redraw()
    return changes


def select(state: State, key: str | None) -> Changes:
    """The cursor is on this message."""
    state.selected = key
    message = state.find(key) if key else None
    if message is None:
        return Changes(frozenset({Part.RAIL, Part.WHO}))
    # The node tells when an own message moves; of others' messages it says something only when it is asked.
    asks = state.receipts.lacks(message.entry_id) if message.mine else state.receipts.ask(message.entry_id)
    return Changes(frozenset({Part.RAIL, Part.WHO}), asks=asks)


def read_to(state: State, key: str | None) -> Changes:
    """A person has read up to here. In a part of the past the newest line is not in sight: End only goes there."""
    if key is None and state.past is not None:
        return show(state, state.shown)
    channel = state.coalition.channel(state.shown)
    if state.timeline is None or channel is None or state.arrivals.newest is None:
        return NOTHING
    target = state.timeline.log.newest if key is None else state.timeline.log.get(key)
    if target is None:
        return NOTHING
    if state.past is not None and state.past.log.low > channel.read_position + 1:
        return NOTHING  # it would pass what was never loaded
    end = min(target.position, state.arrivals.newest)
    passed = [message for message in state.timeline.log.after(channel.read_position) if message.position <= end]
    if not any(not message.mine for message in passed):
        return NOTHING
    state.composing.trouble = ""
    mark = MarkRead(channel=state.shown, entry_id=passed[-1].entry_id)
    return Changes(frozenset({Part.COMPOSER}), asks=(mark,))


def acknowledge(state: State, key: str, answer: Answer, text: str) -> Changes:
    """Acknowledge a message."""
    message = state.find(key)
    if message is None or message.mine or Flag.UNREADABLE in message.flags:
        return NOTHING
    state.composing.trouble = ""
    request = AcknowledgeMessage(id=message.entry_id, answer=answer, text=text.strip())
    return Changes(frozenset({Part.COMPOSER}), asks=(request,))


def reply(state: State, key: str | None) -> Changes:
    """The draft answers this message of the shown channel, or none."""
    message = state.timeline.log.get(key) if state.timeline is not None and key else None
    if message is None and key and state.threads is not None and state.threads.channel == state.shown:
        message = state.threads.get(key)
    if not state.shown or (key and (message is None or Flag.UNREADABLE in message.flags)):
        return NOTHING
    if state.composing.draft(state.shown).corrects is not None:
        return NOTHING  # a version answers what the first one did
    return Changes(frozenset({Part.COMPOSER, Part.BANNER}), asks=state.composing.answer(state.shown, message))


def jump(state: State, target_id: str) -> Changes:
    """Go to a channel, or to a message in one."""
    if state.coalition.channel(target_id) is not None:
        return show(state, target_id)
    message = state.find(target_id)
    if message is None:
        return NOTHING
    return show(state, message.channel_id) + select(state, message.entry_id)


def follow(state: State, number: int) -> Changes:
    """Take a way of the last refusal: the text that came back stands under its label, in its channel."""
    refused, way = state.refused, sending.way(state, number)
    if refused is None or way is None:
        return NOTHING
    changes = NOTHING
    if way.channel != refused.channel:
        left = state.composing.draft(refused.channel)
        state.composing.draft(way.channel).put_above(left.text)
        state.composing.draft(way.channel).quotes = left.quotes
        left.text, left.answers, left.quotes, left.kept, left.returned = "", None, (), False, False
        changes = show(state, way.channel) if way.channel != state.shown else NOTHING
    asks = state.composing.choose(way.channel, way.label)
    return changes + Changes(frozenset({Part.COMPOSER, Part.BANNER}), asks=asks)
