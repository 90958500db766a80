"""Drafts as the node keeps them: a text that is being written outlives the desk (SPEC 12.11).

Rule 1: what was kept is asked for once, when the desk stands. A text that was begun by then stays, below what was kept.
Rule 2: a text is kept under the label that it is written under, so that it does not come back under a wider one.
Rule 3: it is kept when the hands rest, and every few seconds while they do not; a sent one is forgotten.
Rule 4: what it answers and repeats is kept by its id, and asked for when the draft comes back. What is not here any more, or
cannot be repeated any more, stays away; until the node has said so, it is kept on.
"""

from __future__ import annotations

from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.drafts import Draft, DraftList, ListDrafts, SetDraft
from coalchat.api.nouns import Message
from coalchat.api.requests import ShowMessage
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.state import State
from coalchat.errors import CoalchatError, UnknownLabel, UnknownMessage, UnknownNation
from coalchat.record import evolve, field, part

PATIENCE: Final = 5
"""Ticks after which a text is kept although it is still being changed."""
_GONE: Final = frozenset({Flag.UNREADABLE, Flag.PURGED, Flag.RECALLED})
_CHANGED: Final = frozenset({Part.COMPOSER, Part.BANNER})


@part
class Kept:
    """Attributes:
    known: what the node has, by channel; none: it has not said yet.
    """

    _state: State = field(repr=False)
    known: dict[str, Draft] | None = field(default=None, repr=False)
    _asked: bool = False
    _last: dict[str, Draft] = field(factory=dict, repr=False)
    _waits: dict[str, int] = field(factory=dict)
    _lacks: dict[str, Draft] = field(factory=dict, repr=False)
    """Drafts that came back, of which what they answer or repeat is not here yet."""

    def tick(self) -> Asks:
        """A second has passed: what to ask, or to keep."""
        coalition = self._state.coalition
        if self.known is None:
            if self._asked or coalition.marks.policy is None or not coalition.channels:
                return ()
            self._asked = True
            return (ListDrafts(),)
        return self._keep(now=False)

    def keep(self) -> Asks:
        """Keep whatever is not kept yet: the desk is left."""
        return self._keep(now=True)

    def _keep(self, *, now: bool) -> Asks:
        known, asks = self.known, []
        if known is None:
            return ()  # what is kept there is not known: it must not be lost to what is here
        for channel, draft in self._drafts().items():
            if draft == known.get(channel, _nothing(channel)):
                self._waits.pop(channel, None)
                continue
            waited = self._waits[channel] = self._waits.get(channel, 0) + 1
            if now or draft == self._last.get(channel) or waited >= PATIENCE:
                known[channel], self._waits[channel] = draft, 0
                asks.append(_request(draft))
            self._last[channel] = draft
        return tuple(asks)

    def _drafts(self) -> dict[str, Draft]:
        """What is being written, by channel; of a correction, what waits for its end."""
        state = self._state
        found: dict[str, Draft] = {}
        for channel_id in state.composing.channels:
            if state.coalition.channel(channel_id) is not None and not state.coalition.is_begun(channel_id):
                found[channel_id] = self._draft(channel_id)
        return found

    def _draft(self, channel_id: str) -> Draft:
        state = self._state
        draft, lacks = state.composing.own(channel_id), self._lacks.get(channel_id)
        if not draft.says_something and not (lacks and lacks.quotes):
            self._lacks.pop(channel_id, None)  # it was deleted, or sent
            return _nothing(channel_id)
        label = draft.chosen or state.composing.usual(channel_id)
        answers = draft.answers.entry_id if draft.answers else lacks.answers if lacks else ""
        quotes = (*(lacks.quotes if lacks else ()), *(message.entry_id for message in draft.quotes))
        return Draft(
            channel=channel_id,
            text=draft.text if draft.text.strip() else "",
            label=state.coalition.marks.text(label),
            precedence=draft.precedence,
            ack_by=draft.ack_by,
            answers=answers,
            quotes=tuple(dict.fromkeys(quotes)),
        )

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is about drafts."""
        if not isinstance(request, ListDrafts) or not isinstance(answer, DraftList):
            return NOTHING
        self.known = {one.channel: one for one in answer.drafts}
        asks: Asks = ()
        for one in answer.drafts:
            asks += self._put_back(one)
        return Changes(_CHANGED, asks=asks)

    def _put_back(self, kept: Draft) -> Asks:
        state, composing = self._state, self._state.composing
        if state.coalition.channel(kept.channel) is None:
            return ()
        draft, text = composing.own(kept.channel), kept.text
        if draft.text.strip() and draft.text != text:
            text = f"{text}\n{draft.text}" if text else draft.text
        draft.text, draft.kept = text, True
        draft.precedence = max(draft.precedence, kept.precedence, key=lambda one: one.rank)
        draft.ack_by = draft.ack_by or kept.ack_by
        try:
            members = state.coalition.members(kept.channel)
            chosen = state.coalition.marks.parse(kept.label, members) if kept.label else None
        except (UnknownLabel, UnknownNation):
            chosen = None  # the policy or the charter names it otherwise now: the composer shows under what it would go
        draft.chosen = composing.with_own(chosen) if chosen else draft.chosen
        asks = composing.ask(kept.channel) if kept.channel == state.shown else ()
        if not kept.answers and not kept.quotes:
            return asks
        self._lacks[kept.channel] = kept
        lacking = dict.fromkeys(one for one in (kept.answers, *kept.quotes) if one and state.find(one) is None)
        return asks + self._attach(kept.channel) + tuple(ShowMessage(id=one) for one in lacking)

    def learnt(self, entry_id: str) -> Changes:
        """A message is here now: what came back may have answered or repeated it."""
        asks: Asks = ()
        waiting = [one.channel for one in self._lacks.values() if entry_id in {one.answers, *one.quotes}]
        for channel in waiting:
            asks += self._attach(channel)
        return Changes(_CHANGED, asks=asks) if waiting else NOTHING

    def _attach(self, channel_id: str) -> Asks:
        """Bring back what a draft answers and repeats, once all of it is known that is here."""
        state, lacks = self._state, self._lacks[channel_id]
        named = [one for one in (lacks.answers, *lacks.quotes) if one]
        if any(state.find(one) is None for one in named):
            return ()
        del self._lacks[channel_id]
        if not state.composing.own(channel_id).says_something and not lacks.quotes:
            return ()
        answers = self._there((lacks.answers,), frozenset({Flag.UNREADABLE}))
        return state.composing.bring_back(channel_id, answers[0] if answers else None, self._there(lacks.quotes, _GONE))

    def _there(self, entry_ids: tuple[str, ...], gone: frozenset[Flag]) -> tuple[Message, ...]:
        found = (self._state.find(one) for one in entry_ids)
        return tuple(one for one in found if one is not None and not gone & set(one.flags))

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """It was not kept; what is wrong with the node is said elsewhere. None: it was not about drafts alone."""
        if isinstance(request, ShowMessage) and isinstance(error, UnknownMessage):
            for one in tuple(self._lacks.values()):
                answers = "" if one.answers == request.id else one.answers
                quotes = tuple(quote for quote in one.quotes if quote != request.id)
                self._lacks[one.channel] = evolve(one, answers=answers, quotes=quotes)
                self._attach(one.channel)
        if isinstance(request, ListDrafts):
            self._asked = False
            return NOTHING
        return NOTHING if isinstance(request, SetDraft) else None


def _nothing(channel_id: str) -> Draft:
    return Draft(channel=channel_id, text="", label="")


def _request(draft: Draft) -> SetDraft:
    return SetDraft(
        channel=draft.channel,
        text=draft.text,
        label=draft.label,
        precedence=draft.precedence,
        ack_by=draft.ack_by,
        answers=draft.answers,
        quotes=draft.quotes,
    )
