"""What a person does with messages that are there: quote, forward, correct, recall, look at all versions, remind (SPEC 8.10, 8.13).

Rule 1: which message is meant is never guessed, and what cannot be done says why before anything is asked.
Rule 2: what the node refused of it is said where the eye is, and is not tried again by itself.

Nobody waits for it at the start: it is imported when somebody does the first of these.
"""

from __future__ import annotations

from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Message
from coalchat.api.requests import GetMessageStatus
from coalchat.api.versions import ListVersions, Recalled, RecallMessage, VersionList
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.acts import show
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.dialogviews import Deliberate, VersionRow
from coalchat.desk.model.labels import HighWater
from coalchat.desk.model.lines import author_of, excerpt_of, title_of
from coalchat.desk.model.reminding import Reminding
from coalchat.desk.model.repeating import why_not
from coalchat.desk.model.state import State
from coalchat.desk.model.words import dtg
from coalchat.errors import CoalchatError, UsageError
from coalchat.record import field, part

_COMPOSED: Final = frozenset({Part.COMPOSER, Part.BANNER})
_GONE: Final = frozenset({Flag.UNREADABLE, Flag.PURGED, Flag.RECALLED})
TYPED: Final = 4
"""Hex digits of an entry's id that one types to recall it: enough that no habit types them."""
RECALL: Final = (
    "leave it as it is",
    "recall it",
    "recall it as a SPILL: its label was too low; its readers are told so",
)
"""The first changes nothing."""


@part
class Afterwards:
    """Attributes:
    asked: message whose versions are looked at, or "". versions: them, once the node has said so. trouble: why not.
    """

    _state: State = field(repr=False)
    asked: str = ""
    versions: tuple[Message, ...] = ()
    trouble: str = ""

    @property
    def reminding(self) -> Reminding:
        """Reminders of it."""
        if self._state.reminding is None:
            self._state.reminding = Reminding(self._state)
        return self._state.reminding

    # --- quoting ---

    def quote(self, key: str | None) -> Changes:
        """The draft repeats this message too; again: not any more.

        Raises:
            UsageError: none is meant, or it cannot be repeated.
        """
        state, composing = self._state, self._state.composing
        message = self._repeatable(key)
        self._no_correction()
        quotes = composing.draft(state.shown).quotes
        rest = tuple(quoted for quoted in quotes if quoted.entry_id != message.entry_id)
        asks = composing.repeat(state.shown, rest if len(rest) < len(quotes) else (*quotes, message))
        return Changes(_COMPOSED, asks=asks)

    def forward(self, key: str | None, channel_id: str) -> Changes:
        """Go to a channel, where the draft repeats this message.

        Raises:
            UsageError: none is meant, or it cannot be repeated there.
        """
        state, composing = self._state, self._state.composing
        message = self._repeatable(key)
        if composing.draft(channel_id).corrects is not None:
            raise UsageError("a message is being corrected there: send that first, or leave it with Esc")
        changes = show(state, channel_id)
        quotes = composing.draft(channel_id).quotes
        if message.entry_id not in {quoted.entry_id for quoted in quotes}:
            quotes += (message,)
        return changes + Changes(_COMPOSED, asks=composing.repeat(channel_id, quotes))

    def repeatable(self, key: str | None) -> None:
        """Nothing, if a message can be repeated. Raises: UsageError: why not."""
        self._repeatable(key)

    def _repeatable(self, key: str | None) -> Message:
        message = self._meant(key, "repeat")
        if why := why_not(message):
            raise UsageError(why)
        return message

    def _meant(self, key: str | None, act: str) -> Message:
        message = self._state.find(key) if key else None
        if message is None:
            raise UsageError(f"select the message to {act} first")
        return message

    def _no_correction(self) -> None:
        if self._state.composing.draft(self._state.shown).corrects is not None:
            raise UsageError("a message is being corrected: send that first, or leave it with Esc")

    # --- correcting ---

    def correct(self, key: str | None) -> Changes:
        """The composer has the text of this own message, to be changed; the draft waits.

        Raises:
            UsageError: none is meant, or it cannot be corrected here.
        """
        message = self._newest(self._own(key, "correct"))
        if message.quotes and not message.text:
            raise UsageError("it only repeats another message: recall it instead")
        return Changes(_COMPOSED, asks=self._state.composing.correct(self._state.shown, message, message.text))

    def _own(self, key: str | None, act: str) -> Message:
        message = self._meant(key, act)
        if not message.mine:
            raise UsageError(f"only who said it can {act} it")
        if _GONE & set(message.flags):
            raise UsageError("its text is gone")
        if message.kind == "retraction":
            raise UsageError(f"a notice of a recall: there is nothing to {act}")
        return message

    def _newest(self, message: Message) -> Message:
        if Flag.CORRECTED not in message.flags:
            return message
        newest = self._state.find(message.newer.entry_id) if message.newer else None
        if newest is None or Flag.CORRECTED in newest.flags:
            raise UsageError("there is a newer version of it: select that one")
        return newest

    # --- recalling ---

    def recall_view(self, key: str | None) -> Deliberate:
        """What is asked before a recall.

        Raises:
            UsageError: none is meant, or it cannot be recalled.
        """
        message = self._own(key, "recall")
        marks, members = self._state.coalition.marks, self._state.coalition.members(message.channel_id)
        rows = (
            ("message", f"{title_of(message)}, {len(message.nations)} nations can read it"),
            ("id", message.entry_id[:12]),
            ("text", f"{marks.mark(message.portion, message.nations, members)} {excerpt_of(message)}"),
        )
        return Deliberate(
            title="RECALL",
            note="a message of yours, with all its versions",
            rows=rows,
            sentences=(
                "Its readers' devices are asked to forget the text. A line with author, time and label stays, and says so.",
                "Nobody can make them. What was read, copied or quoted stays so. No undo.",
            ),
            choices=RECALL,
            typed=message.entry_id[:TYPED],
            of="the first four digits of its id",
        )

    def recall(self, key: str, *, spill: bool) -> Changes:
        """A person recalls this message, with all its versions."""
        message = self._state.find(key)
        if message is None:
            return NOTHING
        self._state.composing.trouble = ""
        return Changes(frozenset({Part.COMPOSER}), asks=(RecallMessage(id=message.entry_id, spill=spill),))

    # --- versions ---

    def look(self, key: str | None) -> Changes:
        """Ask for all versions of a message.

        Raises:
            UsageError: none is meant.
        """
        message = self._meant(key, "look at")
        self.asked, self.versions, self.trouble = message.entry_id, (), ""
        return Changes(frozenset({Part.VERSIONS}), asks=(ListVersions(id=message.entry_id),))

    def look_again(self) -> Changes:
        """Something was said about messages: ask anew for what is looked at."""
        return Changes(asks=(ListVersions(id=self.asked),)) if self.asked else NOTHING

    def forget(self) -> None:
        """Nobody looks any more, or a text is gone: no copy stays."""
        self.versions = ()

    def close(self) -> None:
        """Nobody looks any more."""
        self.asked, self.versions = "", ()

    def rows(self) -> tuple[VersionRow, ...]:
        """All versions, the first one first."""
        coalition, marks = self._state.coalition, self._state.coalition.marks
        return tuple(
            VersionRow(
                title=f"version {max(version.version, 1)}",
                note="the newest" if version is self.versions[-1] else "",
                who=f"{version.author_nation} {author_of(version)}",
                time=dtg(version.author_time),
                id=version.entry_id[:12],
                mark=marks.mark(version.portion, version.nations, coalition.members(version.channel_id)),
                level=version.level,
                text=version.text,
            )
            for version in self.versions
        )

    def high_water(self) -> HighWater:
        """The labels of the versions together."""
        high = HighWater()
        for version in self.versions:
            high |= self._state.coalition.marks.label_of(version)
        return high

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is about this."""
        match request, answer:
            case ListVersions(), VersionList():
                if request.id == self.asked:
                    self.versions = answer.versions
                return Changes(frozenset({Part.VERSIONS, Part.BANNER}))
            case RecallMessage(), Recalled():
                # The lines say the rest: the node tells which bodies are gone, and who confirms it.
                return Changes(frozenset({Part.COMPOSER}), asks=(GetMessageStatus(id=answer.entry_id),))
        return NOTHING

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it; none: it was not about this."""
        if isinstance(request, ListVersions):
            self.trouble = str(error)
            return Changes(frozenset({Part.VERSIONS}))
        if isinstance(request, RecallMessage):
            self._state.composing.trouble = f"not recalled: {error}"
            return Changes(frozenset({Part.COMPOSER}))
        return None
