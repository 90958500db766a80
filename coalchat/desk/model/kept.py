"""Drafts as the node keeps them: a text that is being written outlives the desk (SPEC 12.11).

Rule 1: what was kept is asked for once, when the desk stands. A text that was begun by then stays, below what was kept.
Rule 2: a text is kept under the label that it is written under, so that it does not come back under a wider one.
Rule 3: it is kept when the hands rest, and every few seconds while they do not; a sent one is forgotten.
"""

from __future__ import annotations

from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.drafts import DraftList, ListDrafts, SetDraft
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.state import State
from coalchat.errors import CoalchatError, UnknownLabel, UnknownNation
from coalchat.record import field, part

PATIENCE: Final = 5
"""Ticks after which a text is kept although it is still being changed."""
_Text = tuple[str, str]
"""Text and label."""


@part
class Kept:
    """Attributes:
    known: what the node has, by channel; none: it has not said yet.
    """

    _state: State = field(repr=False)
    known: dict[str, _Text] | None = field(default=None, repr=False)
    _asked: bool = False
    _last: dict[str, _Text] = field(factory=dict, repr=False)
    _waits: dict[str, int] = field(factory=dict)

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
        for channel, text in self._texts().items():
            if text == known.get(channel, ("", "")):
                self._waits.pop(channel, None)
                continue
            waited = self._waits[channel] = self._waits.get(channel, 0) + 1
            if now or text == self._last.get(channel) or waited >= PATIENCE:
                known[channel], self._waits[channel] = text, 0
                asks.append(SetDraft(channel=channel, text=text[0], label=text[1]))
            self._last[channel] = text
        return tuple(asks)

    def _texts(self) -> dict[str, _Text]:
        """What is being written, by channel; of a correction, what waits for its end."""
        state = self._state
        found: dict[str, _Text] = {}
        for channel_id in state.composing.channels:
            if state.coalition.channel(channel_id) is None or state.coalition.is_begun(channel_id):
                continue
            draft = state.composing.own(channel_id)
            label = draft.chosen or state.composing.usual(channel_id)
            text = draft.text if draft.text.strip() else ""
            found[channel_id] = (text, state.coalition.marks.text(label) if text else "")
        return found

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is about drafts."""
        if not isinstance(request, ListDrafts) or not isinstance(answer, DraftList):
            return NOTHING
        self.known = {one.channel: (one.text, one.label) for one in answer.drafts}
        asks: Asks = ()
        for one in answer.drafts:
            asks += self._put_back(one.channel, one.text, one.label)
        return Changes(frozenset({Part.COMPOSER, Part.BANNER}), asks=asks)

    def _put_back(self, channel_id: str, text: str, label: str) -> Asks:
        state, composing = self._state, self._state.composing
        if state.coalition.channel(channel_id) is None:
            return ()
        draft = composing.own(channel_id)
        if draft.text.strip() and draft.text != text:
            text = f"{text}\n{draft.text}"
        draft.text, draft.kept = text, True
        try:
            chosen = state.coalition.marks.parse(label, state.coalition.members(channel_id)) if label else None
        except (UnknownLabel, UnknownNation):
            chosen = None  # the policy or the charter names it otherwise now: the composer shows under what it would go
        draft.chosen = composing.with_own(chosen) if chosen else draft.chosen
        return composing.ask(channel_id) if channel_id == state.shown else ()

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """It was not kept; what is wrong with the node is said elsewhere. None: it was not about drafts."""
        del error
        if isinstance(request, ListDrafts):
            self._asked = False
            return NOTHING
        return NOTHING if isinstance(request, SetDraft) else None
