"""The desk's state, and what each step makes of it: facts from the node in, views out (SPEC 12).

Rule 1: no clock and no chance here: `now` is Unix seconds and an argument, client ids are made by the caller.
Rule 2: the model asks for nothing itself. What it wants to know stands in `Changes.asks`; whoever runs it puts each to
the node and brings the answer to `take`, or the error to `fail`.
Rule 3: displaying is not reading. Only `read_to`, and a reply, move the read mark.
Rule 4: no text of a person is lost: what was refused goes back into the draft, what failed keeps its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from coalchat.api.base import Request, Response
from coalchat.api.events import Event
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.desk.model import acts, choosing, obeying, overview, sending
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.coalition import ASKS
from coalchat.desk.model.commands import Command
from coalchat.desk.model.dialogviews import LabelPicker, Target
from coalchat.desk.model.highlights import highlights
from coalchat.desk.model.intake import Intake
from coalchat.desk.model.labels import HighWater, Label
from coalchat.desk.model.later import Later
from coalchat.desk.model.lines import utc
from coalchat.desk.model.news import News
from coalchat.desk.model.safe import safe
from coalchat.desk.model.state import State
from coalchat.desk.model.views import Banner, ChannelRow, Composer, Head, Item, NodeState, Notice, Rail
from coalchat.desk.model.whoviews import WhoHasIt
from coalchat.display import display_safe
from coalchat.errors import CoalchatError

if TYPE_CHECKING:
    from coalchat.desk.model.completing import Completion


class Desk(Later):
    """The whole view model. Made empty; `start` says what to ask first."""

    def __init__(self) -> None:
        self._state = State()
        self._intake = Intake(self._state)
        self._news = News(self._state, self._intake, self.notice, self.rail)

    # --- how the person wants it ---

    def prefer(self, words: Iterable[str], offset: Callable[[int], int] | None) -> Changes:
        """Words that call this person beside his name, and by how much the times of messages are ahead of UTC; none: Z."""
        state = self._state
        state.words, state.lines.offset = tuple(words), offset or utc
        person = state.coalition.node.person if state.coalition.node else ""
        return state.call_by(highlights(person, state.words))

    def complete(self, before: str) -> Completion | None:
        """What Tab makes of the text before the cursor."""
        from coalchat.desk.model.completing import complete

        return complete(self._state, before)

    # --- facts from the node ---

    def start(self) -> Changes:
        """What to ask once the node is unlocked, and after each lost connection: what was being sent with its own client id."""
        state = self._state
        state.receipts.start()
        state.composing.forget_previews()
        for log in state.logs.values():
            log.asking = False
        asks = (*sending.pending(state), *ASKS, *state.arrivals.start(), *state.fill(), *state.regulating.begin())
        return Changes(frozenset({Part.COMPOSER}), asks=asks)

    def node(self, state: NodeState, why: str = "") -> Changes:
        """How the desk stands with its node now."""
        self._state.coalition.state, self._state.coalition.why = state, display_safe(why)
        return Changes(frozenset({Part.NOTICE}))

    def take(self, request: Request[Any], answer: Response, now: int) -> Changes:
        """The node's answer to a request, whoever asked it."""
        return self._intake.take(request, answer, now)

    def fail(self, request: Request[Any], error: CoalchatError, now: int) -> Changes:
        """The node, or the way to it, refused a request for good."""
        return self._intake.fail(request, error, now)

    def event(self, event: Event, now: int) -> Changes:
        """Something happened at the node; what to fetch anew is in `.asks`."""
        del now
        return self._news.event(safe(event))

    def tick(self, now: int) -> Changes:
        """A second has passed: only the parts whose words changed."""
        return self._news.tick(now)

    # --- acts of the person ---

    def show(self, channel_id: str, now: int) -> Changes:
        """Open a channel. The draft of the one that is left stays with it."""
        del now
        return acts.show(self._state, channel_id)

    def next_active(self) -> str | None:
        """The channel to go to next: unread, not shown, by precedence, then the oldest unread; none if there is none."""
        return acts.next_active(self._state)

    def older(self) -> Changes:
        """Ask for the page before the oldest loaded line of the shown channel."""
        return acts.older(self._state)

    def seen(self, visible_keys: Sequence[str], *, at_bottom: bool) -> Changes:
        """These lines are on the screen now: ask what they lack (who has own messages, what a reply answers).
        With `at_bottom` the pages far above may be dropped again. It moves no read mark."""
        return acts.seen(self._state, visible_keys, at_bottom=at_bottom)

    def select(self, key: str | None) -> Changes:
        """The cursor is on this message, or on none: the rail shows who has it."""
        return acts.select(self._state, key)

    def read_to(self, key: str | None) -> Changes:
        """A person has read the shown channel up to this message; None: to its newest line (End)."""
        return acts.read_to(self._state, key)

    def acknowledge(self, key: str, answer: Answer, text: str, now: int) -> Changes:
        """Acknowledge a message in this person's name."""
        del now
        return acts.acknowledge(self._state, key, answer, text)

    def jump(self, target_id: str, now: int) -> Changes:
        """Go where a `Target` of `targets` points: a channel, or a message, which is then `selected`.

        Commands (`/…`) are the app's.
        """
        del now
        return acts.jump(self._state, target_id)

    def obey(self, command: Command, selected: str | None, now: int) -> Changes:
        """Do a command that concerns the model: label, precedence, ack-by, read, ack, reply.

        Raises:
            UsageError: it cannot be done so; the words say why.
        """
        return obeying.obey(self._state, command, selected, now)

    # --- composing ---

    @property
    def draft(self) -> str:
        """The text being written in the shown channel."""
        return self._state.composing.draft(self.shown).text if self.shown else ""

    def keep_drafts(self) -> Changes:
        """The desk is left: let the node keep what it has not got yet."""
        return Changes(asks=self._news.keep_drafts())

    def set_draft(self, text: str) -> Changes:
        """The person has typed."""
        if not self.shown or text == self.draft:
            return NOTHING
        draft = self._state.composing.draft(self.shown)
        noted, begun, brief = draft.kept or draft.returned, draft.says_something, draft.brief
        draft.text, draft.kept, draft.returned = text, False, False
        parts = {Part.COMPOSER} if noted or brief != draft.brief else set()
        return Changes(frozenset(parts | {Part.BANNER} if begun != draft.says_something else parts))

    def set_label(self, level: int, nations: Sequence[str], category: str = "") -> Changes:
        """Choose the label of the draft; the own nation is always in."""
        asks = self._state.composing.choose(self.shown, Label(level, tuple(nations), category)) if self.shown else ()
        return Changes(frozenset({Part.COMPOSER, Part.BANNER}), asks=asks)

    def consider(self, level: int, nations: Sequence[str], category: str = "") -> Changes:
        """Ask who could read such a label, for the picker, without choosing it. The answer changes `Part.COMPOSER`."""
        label = self._state.composing.with_own(Label(level, tuple(nations), category))
        return Changes(asks=self._state.composing.ask(self.shown, label) if self.shown else ())

    def set_precedence(self, precedence: Precedence) -> Changes:
        """Of the next message; it falls back to ROUTINE once that is sent."""
        self._state.composing.draft(self.shown).precedence = precedence
        return Changes(frozenset({Part.COMPOSER}))

    def set_ack_by(self, ack_by: int) -> Changes:
        """When the next message should be acknowledged, in Unix seconds; 0: not asked."""
        self._state.composing.draft(self.shown).ack_by = ack_by
        return Changes(frozenset({Part.COMPOSER}))

    def reply(self, key: str | None) -> Changes:
        """The draft answers this message, and takes its label (SPEC 5.4); None: it answers none."""
        return acts.reply(self._state, key)

    def stop_repeating(self) -> Changes:
        """The draft repeats no other message any more."""
        asks = self._state.composing.repeat(self.shown, ()) if self.shown else ()
        return Changes(frozenset({Part.COMPOSER, Part.BANNER}), asks=asks)

    @property
    def correcting(self) -> bool:
        """Whether the text is a new version of an own message: label and precedence are that one's."""
        return bool(self.shown) and self._state.composing.draft(self.shown).corrects is not None

    def stop_correcting(self) -> Changes:
        """The correction is given up; what was being written before comes back."""
        return Changes(frozenset({Part.COMPOSER, Part.BANNER}), asks=self._state.composing.end_correcting(self.shown))

    @property
    def sendable(self) -> bool:
        """Whether there is something to send: what repeats others needs no text, and a correction is another text."""
        draft = self._state.composing.draft(self.shown) if self.shown else None
        if draft is None or not draft.says_something:
            return False
        return draft.corrects is None or draft.text.strip() != draft.corrects.text.strip()

    def confirm_needed(self) -> str:
        """The sentence to confirm before sending: the label differs from the last message here, FLASH, MINIMIZE; or ""."""
        return self._state.composing.confirm_needed(self.shown, sending.last_label(self._state)) if self.shown else ""

    def send(self, text: str, client_id: str, now: int, considered: str = "") -> Changes:
        """Send the draft with this text: a `sending` line at once, and the request. `considered`: as `Composer.minimize`."""
        back = acts.show(self._state, self.shown) if self._state.past is not None else NOTHING
        return back + sending.send(self._state, text, client_id, now, considered)

    def resend(self, key: str) -> Changes:
        """Ask again for a line that failed, with the same client id: what was sent after all is not sent twice."""
        return sending.resend(self._state, key)

    def withdraw(self, key: str) -> Changes:
        """Give up a line that failed; its text goes back into the draft."""
        return sending.withdraw(self._state, key)

    def follow(self, number: int, now: int) -> Changes:
        """Take the way with this number (from 1) of the last refusal. It prepares the draft; it sends nothing."""
        del now
        return acts.follow(self._state, number)

    # --- views ---

    @property
    def shown(self) -> str:
        """Id of the shown channel, or ""."""
        return self._state.shown

    @property
    def selected(self) -> str | None:
        """Key of the message under the cursor: of the last `select` or `jump`."""
        return self._state.selected

    @property
    def items(self) -> list[Item]:
        """The shown channel's timeline, to be read only. It stays true to all `Splice`s."""
        return self._state.timeline.items if self._state.timeline else []

    @property
    def at_beginning(self) -> bool:
        """Whether nothing lies before the first line of `items`."""
        return self._state.timeline is not None and self._state.timeline.log.at_beginning

    def banner(self, visible_keys: Iterable[str], now: int) -> Banner:
        """The high-water mark of these lines and of the draft, if it has text."""
        return overview.banner(self._state, visible_keys, now)

    def banner_of(self, high: HighWater, now: int) -> Banner:
        """The band over what bears these labels together."""
        return overview.banner_of(self._state, high, now)

    def notice(self, now: int) -> Notice:
        """The row under the banner."""
        return overview.notice(self._state, now)

    def channels(self) -> tuple[ChannelRow, ...]:
        """The list of channels."""
        return overview.channel_rows(self._state)

    def head(self) -> Head:
        """Above the timeline; empty while no channel is shown."""
        return overview.head(self._state)

    @property
    def guide(self) -> tuple[tuple[str, str], ...]:
        """Where there is no channel, what can be done: how it is typed, and what it does; else nothing."""
        return overview.GUIDE if self._state.coalition.listed and not self._state.coalition.channels else ()

    @property
    def seat(self) -> str:
        """Who sits here: "Berg · XAA", or "" before the node has said so."""
        return overview.seat(self._state)

    def composer(self) -> Composer:
        """Around the text being written; empty while no channel is shown."""
        return overview.composer(self._state)

    def rail(self, now: int) -> Rail:
        """The right column. Its first section is the selected message, else the newest own one."""
        return overview.rail(self._state, now)

    def who(self, key: str, now: int) -> WhoHasIt | None:
        """Who has this message; none if it is not here or not sent yet."""
        return overview.who(self._state, key, now)

    def picker(self, level: int, nations: Sequence[str], category: str = "") -> LabelPicker:
        """The label picker with this choice; `consider` asks what it lacks."""
        return choosing.picker(self._state, Label(level, tuple(nations), category))

    @property
    def label(self) -> Label:
        """The label of the draft: what a picker begins with."""
        return self._state.composing.label(self.shown)

    def places(self, query: str) -> tuple[Target, ...]:
        """Channels that something can be taken to, best first."""
        return choosing.places(self._state, query)

    def targets(self, query: str) -> tuple[Target, ...]:
        """Where one can go, best first; their `id` goes into `jump`, or is a command's `/name`."""
        return choosing.targets(self._state, query)
