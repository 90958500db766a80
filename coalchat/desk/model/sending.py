"""A message on its way out of the desk: sending, sent, failed, refused.

Rule 1: the client id is the caller's and stays with the message: asking again never sends it twice.
Rule 2: a refused text goes back into the draft, above what was typed meanwhile. A failed one keeps its line, from where
it can be sent again or taken back.
"""

from __future__ import annotations

from coalchat.api.nouns import Message
from coalchat.api.requests import ListChannels, MarkRead, PreviewLabel, SendMessage
from coalchat.api.responses import Sent
from coalchat.api.versions import CorrectMessage
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.labels import Label
from coalchat.desk.model.log import Outgoing
from coalchat.desk.model.refusal import Refused, Way, at_least, refusal_view, ways_on
from coalchat.desk.model.state import State
from coalchat.display import display_safe
from coalchat.errors import CoalchatError, TryAgain
from coalchat.errors import Refused as RefusedError
from coalchat.record import evolve

_PARTS = (Part.COMPOSER, Part.BANNER, Part.RAIL)


def last_label(state: State) -> Label | None:
    """Label of the last own message of the shown channel, also of one that is on its way."""
    going = [outgoing.label for outgoing in state.log(state.shown).outgoing if not outgoing.failed]
    last = state.composing.draft(state.shown).last
    return going[-1] if going else last[1] if last else None


def send(state: State, text: str, client_id: str, now: int, considered: str) -> Changes:
    """Put the line of the draft there, with this text, and ask for it to be sent."""
    composing, draft = state.composing, state.composing.draft(state.shown)
    if not state.shown or not (text.strip() or draft.quotes) or state.outgoing(client_id) is not None:
        return NOTHING
    label, answers = composing.label(state.shown), draft.answers
    if state.coalition.marks.policy is None or not label.nations:
        return NOTHING  # no label can be written yet; the draft stays
    request = SendMessage(
        channel=state.shown,
        text=text,
        label=state.coalition.marks.text(label),
        precedence=draft.precedence,
        ack_by=draft.ack_by,
        client_id=client_id,
        reply_to=answers.entry_id if answers else "",
        quotes=tuple(message.entry_id for message in draft.quotes),
        # Of an order that came since, the person knows nothing: the node refuses, and says so.
        considered=bool(considered) and composing.minimize(state.shown, draft.precedence) == considered,
    )
    outgoing = Outgoing(request, label, now, corrects=draft.corrects, quotes=draft.quotes)
    state.log(state.shown).outgoing.append(outgoing)
    draft.sent(label)
    composing.end_correcting(state.shown)
    composing.trouble = ""
    return state.redraw(*_PARTS) + Changes(asks=(outgoing.ask, *composing.ask(state.shown)))


def pending(state: State) -> Asks:
    """What was being sent when the connection was lost."""
    going = [outgoing for log in state.logs.values() for outgoing in log.outgoing if not outgoing.failed]
    return tuple(outgoing.ask for outgoing in sorted(going, key=lambda outgoing: outgoing.at))


def corrected(state: State, request: CorrectMessage, answer: Sent) -> Changes:
    """A new version is durable on the node, like any message."""
    as_sent = state.placed(request.client_id)
    return NOTHING if as_sent is None else sent(state, as_sent.request, answer)


def sent(state: State, request: SendMessage, answer: Sent) -> Changes:
    """It is durable on the node: its line becomes a message, ours until the node's own record is here."""
    log = state.log(request.channel)
    outgoing = log.answered(request.client_id)
    state.receipts.sent(answer.entry_id, answer.nations)
    changes = NOTHING
    if outgoing is not None and answer.position >= log.low:
        changes = state.ingest((_message(state, outgoing, answer),), provisional=True)
    asks = state.receipts.lacks(answer.entry_id)
    if state.coalition.is_begun(request.channel):
        state.places[request.channel] = answer.channel_id
        asks += (ListChannels(),)
    answers = state.find(request.reply_to) if request.reply_to else None
    if answers is not None and state.lines.is_unread(answers):
        asks += (MarkRead(channel=request.channel, entry_id=request.reply_to),)
    return changes + state.reword(answer.entry_id, *_PARTS) + state.redraw() + Changes(asks=asks)


def _message(state: State, outgoing: Outgoing, answer: Sent) -> Message:
    request, label, coalition = outgoing.request, outgoing.label, state.coalition
    channel, node = coalition.channel(answer.channel_id), coalition.node
    line = state.lines.outgoing(outgoing)
    return Message(
        position=answer.position,
        entry_id=answer.entry_id,
        channel_id=answer.channel_id,
        channel_title=channel.title if channel else "",
        author_nation=coalition.own,
        author_person=line.person,
        author_device=node.device if node else 0,
        marking=answer.marking,
        level=label.level,
        portion=coalition.marks.portion(label),
        nations=label.nations,
        kind="correction" if outgoing.corrects else "text",
        text=line.text,
        author_time=outgoing.at,
        received_time=outgoing.at,
        n=0,
        seq=0,
        precedence=request.precedence,
        ack_by=request.ack_by,
        mine=True,
        read=True,
        answered=None,
        refs=(request.reply_to,) if request.reply_to else (),
        flags=(),
        disowned=None,
        corrects=(outgoing.corrects.corrects or outgoing.corrects.entry_id) if outgoing.corrects else "",
        version=max(outgoing.corrects.version, 1) + 1 if outgoing.corrects else 0,
    )


def not_sent(state: State, request: SendMessage | CorrectMessage, error: CoalchatError, now: int) -> Changes:
    """The node has refused it, or it did not come through."""
    found = state.placed(request.client_id)
    if found is None:
        return NOTHING
    log = state.log(found.request.channel)
    outgoing = log.answered(request.client_id)
    if outgoing is None:
        return NOTHING
    if isinstance(error, RefusedError):
        return _refused(state, outgoing, error, now)
    log.outgoing.append(outgoing)
    outgoing.failed = str(error)
    outgoing.uncertain = isinstance(error, TryAgain)
    return state.redraw(*_PARTS)


def _refused(state: State, outgoing: Outgoing, error: RefusedError, now: int) -> Changes:
    channel = state.coalition.channel(outgoing.request.channel)
    changes = give_back(state, outgoing)
    if channel is None:
        return changes
    asked = next(iter(state.composing.ask(channel.id, outgoing.label)), None)
    preview = asked if isinstance(asked, PreviewLabel) else None
    ways = ways_on(state.coalition, channel, outgoing.label, error.clause, now)
    if outgoing.corrects is not None:
        ways = ways[-1:]  # its label is not chosen
    elif error.clause == "combination":
        ways = (*at_least(state.coalition, channel, outgoing), *ways)
    reason = display_safe(error.detail)
    state.refused = Refused(channel.id, outgoing.label, error.clause, reason, preview, ways)
    if preview is None:
        return changes + _refusal(state)
    return changes + Changes(asks=(preview,))


def refusal_known(state: State, request: PreviewLabel) -> Changes:
    """The node has said who would have read it, or something newer about the channel: the refusal can be shown."""
    refused = state.refused
    if refused is None or refused.asked is None or refused.channel != request.channel:
        return NOTHING
    state.refused = evolve(refused, asked=None)
    return _refusal(state)


def _refusal(state: State) -> Changes:
    refused = state.refused
    if refused is None:
        return NOTHING
    said = state.composing.preview(refused.channel, refused.label)
    return Changes(refusal=refusal_view(state.coalition, refused, said))


def give_back(state: State, outgoing: Outgoing) -> Changes:
    """Its text goes back into the draft, with its label and what else was chosen for it."""
    request, composing = outgoing.request, state.composing
    if outgoing.corrects is not None and composing.draft(request.channel).corrects is None:
        composing.correct(request.channel, outgoing.corrects, "")
    draft = composing.draft(request.channel)
    untouched = not draft.text.strip()
    draft.put_above(request.text)
    if untouched:
        draft.precedence, draft.ack_by = request.precedence, request.ack_by
    draft.answers = draft.answers or (state.find(request.reply_to) if request.reply_to else None)
    draft.quotes = draft.quotes or outgoing.quotes
    draft.chosen = outgoing.label if draft.corrects is None else draft.chosen
    return state.redraw(*_PARTS) + Changes(asks=composing.ask(request.channel))


def resend(state: State, key: str) -> Changes:
    """Ask again for what failed."""
    outgoing = state.outgoing(key)
    if outgoing is None or not outgoing.failed:
        return NOTHING
    outgoing.failed, outgoing.uncertain = "", True
    return state.redraw(*_PARTS) + Changes(asks=(outgoing.ask,))


def withdraw(state: State, key: str) -> Changes:
    """Take back what failed."""
    outgoing = state.outgoing(key)
    if outgoing is None or not outgoing.failed:
        return NOTHING
    state.log(outgoing.request.channel).answered(key)
    return give_back(state, outgoing)


def way(state: State, number: int) -> Way | None:
    """A way of the last refusal, by its number; the refusal is dealt with."""
    refused, state.refused = state.refused, None
    ways = refused.ways if refused is not None else ()
    return ways[number - 1] if 0 < number <= len(ways) else None
