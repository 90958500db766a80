"""The main screen: keys and the mouse become acts of the model, or open a dialog.

Rule 1: letters are text as long as the composer has the focus; with the cursor on a message they act on that one.
Rule 2: showing is not reading. Enter on a message and End say that a person has read; nothing else here does.
Rule 3: what starts with a slash is a command or an error, never text.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding, BindingType

from coalchat.api.vocabulary import Precedence
from coalchat.config import THEMES
from coalchat.desk.model.changes import Changes
from coalchat.desk.model.commands import Command, Unknown, parse_command
from coalchat.desk.model.dialogviews import Refusal
from coalchat.desk.screens.filing import Filing
from coalchat.desk.widgets.composer import Draft
from coalchat.desk.widgets.field import Field
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.desk.model.custodyviews import CodeView
    from coalchat.desk.model.dialogviews import Deliberate
    from coalchat.desk.model.directviews import DirectView, WordsView


_ACTS: Final = frozenset({"lock", "who", "keys", "quote", "correct", "recall", "history", "thread", "copy"})
"""Commands that are the same as a key."""
_CUSTODIAL: Final = frozenset({"revoke", "rekey", "renew", "invites"})
"""A custodian's, which are done on the screen of keys."""
_ACTS_ON: Final = frozenset({"help", "jump", "forward", "search", "channel", "theme", "time", "roe", "report", "map"})
"""The same, with words."""


class MainScreen(Filing):
    """Where an officer spends the day."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+k", "jump", priority=True, show=False),
        Binding("ctrl+f", "search", priority=True, show=False),
        Binding("alt+a", "next_active", priority=True, show=False),
        *(Binding(f"alt+{n}", f"open({n})", priority=True, show=False) for n in range(1, 10)),
        Binding("f1", "help", priority=True, show=False),
        Binding("f2", "report", priority=True, show=False),
        Binding("f3", "roe", priority=True, show=False),
        Binding("f4", "who", priority=True, show=False),
        Binding("f6", "label", priority=True, show=False),
        Binding("f7", "keys", priority=True, show=False),
        Binding("alt+p", "precedence", priority=True, show=False),
        Binding("alt+z", "time", priority=True, show=False),
        Binding("f5", "lock", priority=True, show=False),
        Binding("ctrl+c", "app.ask_quit", show=False),
    ]

    # --- going elsewhere ---

    def action_next_active(self) -> None:
        """The channel that matters most."""
        if channel := self.door.desk.next_active():
            self.show_channel(channel)

    def action_open(self, number: int) -> None:
        """The channel at this place in the list."""
        rows = self.door.desk.channels()
        if number <= len(rows):
            self.show_channel(rows[number - 1].id)

    def action_jump(self, words: str = "") -> None:
        """Ask where to go."""
        from coalchat.desk.screens import dialogs

        def chosen(target: str | None) -> None:
            if target is None:
                return
            if target.startswith("/"):
                self.composer.draft.load(f"{target} ")
                self.composer.draft.focus()
                return
            self.door.put(self.door.desk.jump(target, self.door.now()))
            if self.door.desk.selected is not None and self.timeline.select(self.door.desk.selected):
                self.timeline.focus()

        self.open(dialogs.JumpDialog(self.door, words), chosen)

    def action_search(self, words: str | None = None) -> None:
        """Look for messages, and go to one: by its key in the shown channel, by words in all."""
        from coalchat.desk.screens import dialogs

        def chosen(entry_id: str | None) -> None:
            if entry_id is not None:
                self.door.put(self.door.desk.go_to_found(entry_id))
            self.door.desk.searching.end()

        everywhere = words is not None or not self.door.desk.shown
        self.open(dialogs.SearchScreen(self.door, words or "", everywhere=everywhere), chosen)

    def action_help(self, command: str = "") -> None:
        """Keys and commands."""
        from coalchat.desk.screens import dialogs

        self.open(dialogs.HelpScreen(self.door, command))

    def action_channel(self, act: str = "") -> None:
        """Make a channel, look at the shown one, or let nations into it."""
        from coalchat.desk.screens import dialogs

        founding, act = self.door.desk.founding, act.lower()
        try:
            if act in {"", "create"}:
                self.open(dialogs.ChannelDialog(self.door))
            elif act == "widen":
                self.open(dialogs.WidenDialog(self.door, founding.may_widen()))
            elif act == "show":
                founding.view()
                self.open(dialogs.ChannelScreen(self.door))
            else:
                self.composer.complain("write it as /channel, /channel show or /channel widen")
        except UsageError as error:
            self.composer.complain(error.detail or str(error))

    def action_keys(self, act: str = "") -> None:
        """Keys, and what is to do; with an act of a custodian to begin with."""
        from coalchat.desk.screens import dialogs

        self.open(dialogs.KeysScreen(self.door, act))

    def action_roe(self, words: str = "") -> None:
        """Rules of engagement, now or at the time that is named; or an act there."""
        from coalchat.desk.screens import dialogs
        from coalchat.desk.screens.roe import ACTS, time_of

        word, _, name = words.partition(" ")
        if word.lower() in {"new", "log", "endorse", *ACTS}:
            self.open(dialogs.RoeScreen(self.door, 0, f"{word.lower()} {name}".rstrip()))
            return
        at = time_of(words, self.door.now())
        if at is None:
            self.composer.complain("/roe takes a time: 1800Z, or 221800Z with its day; or new, log, endorse, an act")
        else:
            self.open(dialogs.RoeScreen(self.door, at))

    def ask_about(self, view: DirectView | WordsView | Deliberate | CodeView) -> None:
        """Ask what has to be known before an act, or show what it has made; nothing is done by default."""
        from coalchat.desk.model.custodyviews import CodeView
        from coalchat.desk.model.dialogviews import Deliberate
        from coalchat.desk.screens import dialogs

        if isinstance(view, CodeView):
            self.open(dialogs.CodeDialog(self.door, view))
        elif isinstance(view, Deliberate):

            def confirmed(place: int | None) -> None:
                if place:
                    self.door.put(self.door.desk.custody.confirm())

            self.open(dialogs.DeliberateDialog(self.door, view), confirmed)
        else:
            self._ask_about_device(view)

    def _ask_about_device(self, view: DirectView | WordsView) -> None:
        """Ask what has to be known before a direct message."""
        from coalchat.desk.model.directviews import DirectView, Step
        from coalchat.desk.screens import dialogs
        from coalchat.desk.screens.direct import SAME

        if not isinstance(view, DirectView):
            words = view

            def answered(place: int | None) -> None:
                if place == SAME:
                    self.door.put(self.door.desk.confirm(words))

            self.open(dialogs.WordsDialog(self.door, words), answered)
            return
        dialog = dialogs.DirectDialog(self.door, view)

        def chosen(place: int | None) -> None:
            choice = dialog.choice(place)
            if choice is not None and choice.step is Step.WORDS:
                self.door.put(self.door.desk.compare(choice.device))
            elif choice is not None and choice.step is Step.WRITE:
                self.door.put(self.door.desk.write_direct())
                self.action_write()

        self.open(dialog, chosen)

    def refuse(self, refusal: Refusal) -> None:
        """Show why a message was not sent, and the ways on."""
        from coalchat.desk.screens import dialogs

        def chosen(number: int | None) -> None:
            if number is not None:
                self.door.put(self.door.desk.follow(number + 1, self.door.now()))
            self.composer.draft.focus()

        self.open(dialogs.RefusedDialog(self.door, refusal), chosen)

    # --- writing ---

    def action_precedence(self) -> None:
        """The next precedence, in a circle."""
        if self.is_correcting():
            return
        order = tuple(Precedence)
        now = order.index(self.door.desk.composer().precedence)
        self.door.put(self.door.desk.set_precedence(order[(now + 1) % len(order)]))

    def action_complete(self) -> None:
        """Tab: complete a name, a channel, a command or a label; where several fit, name them."""
        draft = self.composer.draft
        found = self.door.desk.complete(draft.before)
        if found is None:
            return
        draft.complete(found.start, found.text)
        self.composer.complain("  ".join(found.choices))

    def action_theme(self, name: str) -> None:
        """Another skin."""
        name = name.lower()
        if name not in THEMES:
            self.composer.complain(f"the themes are {', '.join(THEMES)}")
            return
        self.composer.complain(self.door.owner.wear(name))

    def action_time(self, zone: str = "") -> None:
        """Times of messages in this machine's zone, or in Z; without a word the other one."""
        if zone.lower() not in {"", "local", "z"}:
            self.composer.complain("write it as /time local or /time z")
            return
        self.composer.complain(self.door.owner.tell_time(local=zone.lower() == "local" if zone else None))

    def action_lock(self) -> None:
        """Show nothing until the passphrase is given."""
        self.door.owner.lock()

    def action_step_back(self) -> None:
        """Esc in the composer: take the error away, then a correction, then what is repeated, then the reply; the text stays.
        Of a correction that is given up, the text does not: what was being written before comes back.
        """
        desk = self.door.desk
        if self.composer.error:
            self.composer.complain("")
        elif desk.correcting:
            self.door.put(desk.stop_correcting())
        elif desk.composer().quotes:
            self.door.put(desk.stop_repeating())
        elif desk.composer().reply:
            self.door.put(desk.reply(None))
        elif self.timeline.cursor is not None:
            self.timeline.unselect()
        elif self.door.dress.vim:
            self.action_select_last()

    @on(Draft.Pasted)
    def _pasted(self, event: Draft.Pasted) -> None:
        from coalchat.desk.screens import dialogs

        text = event.text

        def chosen(way: int | None) -> None:
            if way == 1:
                self.composer.draft.put(text)

        lines = text.count("\n") + 1
        choices = ("leave them out", "put them into the text")
        self.open(dialogs.ChooseDialog(self.door, "PASTE", f"{lines} lines were pasted.", choices), chosen)

    @on(Field.Submitted)
    async def _submitted(self) -> None:
        text = self.composer.draft.text
        if not text.strip() and not self.door.desk.sendable:
            return
        match parse_command(text):
            case Command() as command:
                await self._obey(command)
            case Unknown(name=name, near=near):
                hint = f"; is it {' or '.join(f'/{one}' for one in near)}?" if near else ""
                self.composer.complain(f"there is no command /{name}{hint} A slash of your own is written //")
            case _ if not self.door.desk.shown:
                self.composer.complain("there is no channel to write to: /channel makes one")
            case _ if not self.door.desk.sendable:
                self.composer.complain("nothing of it is changed: Esc gives it up")
            case plain:
                self._send(plain.text)

    async def _obey(self, command: Command) -> None:
        self.composer.draft.load("")  # first: what it does may bring a text
        if command.name == "quit":
            await self.run_action("app.ask_quit")
        elif command.name in _CUSTODIAL:
            self.action_keys(command.name)
        elif command.name in _ACTS:
            getattr(self, f"action_{command.name}")()
        elif command.name in _ACTS_ON:
            getattr(self, f"action_{command.name}")(command.rest)
        else:
            try:
                changes = self._changes_of(command)
            except UsageError as error:
                self.composer.draft.load(command.text)
                self.composer.complain(str(error))
                return
            self.door.put(changes)

    def _changes_of(self, command: Command) -> Changes:
        if command.name in {"dm", "confirm"}:
            return self.door.desk.direct(command.rest, writing=command.name == "dm")
        return self.door.desk.obey(command, self.timeline.cursor, self.door.now())

    def _send(self, text: str) -> None:
        from coalchat.desk.screens import dialogs

        desk = self.door.desk
        sentence, considered = "" if desk.composer().denied else desk.confirm_needed(), desk.composer().minimize
        if not sentence:
            self._really_send(text)
            return

        def chosen(way: int | None) -> None:
            if way == 1:
                self._really_send(text, considered)

        self.open(dialogs.ChooseDialog(self.door, "SEND", sentence, ("go back to the text", "send it")), chosen)

    def _really_send(self, text: str, considered: str = "") -> None:
        self.door.put(self.door.desk.send(text, secrets.token_hex(16), self.door.now(), considered))
        self.timeline.to_end()
