"""The desk's state, and what each step makes of it: facts from the node in, views out (SPEC 12).

Rule 1: no clock and no chance here: `now` is Unix seconds and an argument, client ids are made by the caller.
Rule 2: the model asks for nothing itself. What it wants to know stands in `Changes.asks`; whoever runs it puts each to
the node and brings the answer to `take`, or the error to `fail`.
Rule 3: displaying is not reading. Only `read_to`, and a reply, move the read mark.
Rule 4: no text of a person is lost: what was refused goes back into the draft, what failed keeps its text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from coalchat.api.base import Request, Response
from coalchat.api.events import Event
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.desk.model import acts, choosing, obeying, overview, sending
from coalchat.desk.model.changes import NOTHING, Changes, Part
from coalchat.desk.model.coalition import ASKS
from coalchat.desk.model.commands import Command
from coalchat.desk.model.intake import Intake
from coalchat.desk.model.labels import Label
from coalchat.desk.model.news import News
from coalchat.desk.model.safe import safe
from coalchat.desk.model.state import State
from coalchat.desk.model.views import (
    Banner,
    ChannelRow,
    Composer,
    Head,
    Item,
    LabelPicker,
    NodeState,
    Notice,
    Rail,
    Target,
    WhoHasIt,
)
from coalchat.display import display_safe
from coalchat.errors import CoalchatError

if TYPE_CHECKING:
    from coalchat.desk.model.direct import Direct
    from coalchat.desk.model.directviews import WordsView
    from coalchat.desk.model.keying import Keying
    from coalchat.desk.model.keyviews import HistoryView, KeyScreen
    from coalchat.desk.model.mapping import Mapping
    from coalchat.desk.model.reporting import Reporting


class Desk:
    """The whole view model. Made empty; `start` says what to ask first."""

    def __init__(self) -> None:
        self._state = State()
        self._intake = Intake(self._state)
        self._news = News(self._state, self._intake, self.notice, self.rail)

    # --- facts from the node ---

    def start(self) -> Changes:
        """What to ask once the node is unlocked, the first time and after each lost connection: nothing known is lost,
        nothing doubles, and what was being sent is asked again with its own client id.
        """
        state = self._state
        state.receipts.start()
        state.composing.forget_previews()
        for log in state.logs.values():
            log.asking = False
        asks = (*sending.pending(state), *ASKS, *state.arrivals.start(), *state.fill())
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

        With `at_bottom` the pages far above may be dropped again. It moves no read mark.
        """
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

    # --- what opens later: reports, keys, and direct messages ---

    @property
    def reporting(self) -> Reporting:
        """Forms and the drafts of reports."""
        if self._state.reporting is None:
            from coalchat.desk.model.reporting import Reporting

            self._state.reporting = Reporting(self._state)
        return self._state.reporting

    @property
    def mapping(self) -> Mapping:
        """Positions and numbers of reports."""
        if self._state.mapping is None:
            from coalchat.desk.model.mapping import Mapping

            self._state.mapping = Mapping(self._state)
        return self._state.mapping

    @property
    def _keying(self) -> Keying:
        if self._state.keying is None:
            from coalchat.desk.model.keying import Keying

            self._state.keying = Keying()
        return self._state.keying

    def open_keys(self) -> Changes:
        """The key screen opens: ask what it shows, and again when that changes."""
        return self._keying.begin()

    def close_keys(self) -> None:
        """It is closed."""
        self._keying.end()

    def keys(self, now: int) -> KeyScreen:
        """The key screen."""
        from coalchat.desk.model.keyscreen import key_screen

        return key_screen(self._state.coalition, self._keying, now)

    def history_requests(self) -> tuple[HistoryView, ...]:
        """Requests for history that wait for a decision here, as far as the key screen has asked for them."""
        return self._keying.waiting()

    def decide_history(self, request_id: str, *, approve: bool) -> Changes:
        """A person lets a device of the own nation have what it asks for, or nothing."""
        return self._keying.decide(request_id, approve=approve)

    @property
    def _direct(self) -> Direct:
        if self._state.direct is None:
            from coalchat.desk.model.direct import Direct

            self._state.direct = Direct(self._state)
        return self._state.direct

    def direct(self, given: str, *, writing: bool) -> Changes:
        """Write to the confirmed devices of the person, or to the device, that is named; or only confirm them.

        What has to be asked first comes as `Changes.prompt`.

        Raises:
            UsageError: nobody is named.
        """
        return self._direct.begin(given, writing=writing)

    def compare(self, device_id: str) -> Changes:
        """Ask for the words of a device; they come as `Changes.prompt`."""
        return self._direct.words(device_id)

    def confirm(self, view: WordsView) -> Changes:
        """A person says that the words of this view were read out to him."""
        return self._direct.confirm(view)

    def write_direct(self) -> Changes:
        """Write to those devices of the person that are confirmed."""
        return self._direct.write()

    # --- composing ---

    @property
    def draft(self) -> str:
        """The text being written in the shown channel."""
        return self._state.composing.draft(self.shown).text if self.shown else ""

    def set_draft(self, text: str) -> Changes:
        """The person has typed."""
        if not self.shown or text == self.draft:
            return NOTHING
        draft = self._state.composing.draft(self.shown)
        noted, begun = draft.kept or draft.returned, bool(draft.text.strip())
        draft.text, draft.kept, draft.returned = text, False, False
        parts = {Part.COMPOSER} if noted else set()
        return Changes(frozenset(parts | {Part.BANNER} if begun != bool(text.strip()) else parts))

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

    def confirm_needed(self) -> str:
        """The sentence to confirm before sending: the label differs from the last message here, or FLASH; or ""."""
        return self._state.composing.confirm_needed(self.shown, sending.last_label(self._state)) if self.shown else ""

    def send(self, text: str, client_id: str, now: int) -> Changes:
        """Send the draft with this text: a `sending` line at once, and the request."""
        return sending.send(self._state, text, client_id, now)

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

    def notice(self, now: int) -> Notice:
        """The row under the banner."""
        return overview.notice(self._state, now)

    def channels(self) -> tuple[ChannelRow, ...]:
        """The list of channels."""
        return overview.channel_rows(self._state)

    def head(self) -> Head:
        """Above the timeline; empty while no channel is shown."""
        return overview.head(self._state)

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

    def targets(self, query: str) -> tuple[Target, ...]:
        """Where one can go, best first; their `id` goes into `jump`, or is a command's `/name`."""
        return choosing.targets(self._state, query)
