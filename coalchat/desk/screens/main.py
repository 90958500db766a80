"""The main screen: keys and the mouse become acts of the model, or open a dialog.

Rule 1: letters are text as long as the composer has the focus; with the cursor on a message they act on that one.
Rule 2: showing is not reading. Enter on a message and End say that a person has read; nothing else here does.
Rule 3: what starts with a slash is a command or an error, never text.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from coalchat.api.vocabulary import Answer, Precedence
from coalchat.desk.model.changes import Changes
from coalchat.desk.model.commands import Command, Unknown, parse_command
from coalchat.desk.model.views import Refusal
from coalchat.desk.screens.filing import Filing
from coalchat.desk.widgets.composer import Draft
from coalchat.desk.widgets.field import Field
from coalchat.desk.widgets.timeline import Timeline
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.desk.model.directviews import DirectView, WordsView


class MainScreen(Filing):
    """Where an officer spends the day."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+k", "jump", priority=True, show=False),
        Binding("alt+a", "next_active", priority=True, show=False),
        *(Binding(f"alt+{n}", f"open({n})", priority=True, show=False) for n in range(1, 10)),
        Binding("f1", "help", priority=True, show=False),
        Binding("f2", "report", priority=True, show=False),
        Binding("f4", "who", priority=True, show=False),
        Binding("f6", "label", priority=True, show=False),
        Binding("f7", "keys", priority=True, show=False),
        Binding("alt+p", "precedence", priority=True, show=False),
        Binding("ctrl+c", "app.ask_quit", show=False),
    ]

    # --- the timeline ---

    @on(Timeline.AtTop)
    def _at_top(self) -> None:
        self.door.put(self.door.desk.older())

    @on(Timeline.Selected)
    def _selected(self) -> None:
        self.door.put(self.door.desk.select(self.timeline.cursor))

    @on(Timeline.Left)
    def action_write(self) -> None:
        """Back to the text, with no message selected."""
        self.timeline.unselect()
        self.composer.draft.focus()

    @on(Timeline.Typed)
    def _typed(self, event: Timeline.Typed) -> None:
        self.action_write()
        self.composer.draft.put(event.character)

    def action_page(self, pages: int) -> None:
        """Scroll while writing."""
        self.timeline.scroll_pages(pages)

    def action_select_last(self) -> None:
        """From the empty composer up into the timeline."""
        if self.timeline.select_last():
            self.timeline.focus()

    def action_read_all(self) -> None:
        """End: to the newest line, and all of it has been read."""
        self.timeline.to_end()
        self.door.put(self.door.desk.read_to(None))

    def action_read_here(self) -> None:
        """Enter: read up to here; of a line that failed, ask what to do with it."""
        line = self.timeline.selected
        if line is None:
            return
        if line.failed:
            self._ask_about_failed(line.key, line.failed)
        else:
            self.door.put(self.door.desk.read_to(line.key))

    def _ask_about_failed(self, key: str, failed: str) -> None:
        from coalchat.desk.screens import dialogs

        def chosen(way: int | None) -> None:
            if way == 1:
                self.door.put(self.door.desk.resend(key))
            elif way == 2:
                self.door.put(self.door.desk.withdraw(key))
                self.action_write()

        choices = ("leave it there", "send it again", "take it back into the text")
        self.open(dialogs.ChooseDialog(self.door, "NOT SENT", failed, choices), chosen)

    def action_reply(self) -> None:
        """Answer the message under the cursor."""
        line = self.timeline.selected
        if line is not None and not line.sending:
            self.door.put(self.door.desk.reply(line.key))
            self.action_write()

    def action_acknowledge(self) -> None:
        """Acknowledge the message under the cursor: asks how."""
        from coalchat.desk.screens import dialogs

        line = self.timeline.selected
        if line is None or line.mine or line.unreadable:
            return
        key = line.key

        def chosen(given: tuple[Answer, str] | None) -> None:
            if given is not None:
                self.door.put(self.door.desk.acknowledge(key, *given, self.door.now()))

        self.open(dialogs.AcknowledgeDialog(self.door, line), chosen)

    def action_copy(self) -> None:
        """Copy the message with its marking: text without one must not leave the desk."""
        line = self.timeline.selected
        if line is not None:
            self.app.copy_to_clipboard(f"{line.marking}\n{line.text}".replace("\N{NO-BREAK SPACE}", " "))

    def action_who(self) -> None:
        """Who has the message under the cursor, or else the newest own one."""
        from coalchat.desk.screens import dialogs

        shown = self.door.desk.rail(self.door.now()).who
        key = self.timeline.cursor or (shown.key if shown is not None else None)
        if key is not None and self.door.desk.who(key, self.door.now()) is not None:
            self.open(dialogs.WhoScreen(self.door, key))

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

    def action_help(self, command: str = "") -> None:
        """Keys and commands."""
        from coalchat.desk.screens import dialogs

        self.open(dialogs.HelpScreen(self.door, command))

    def action_keys(self) -> None:
        """Keys, and what is to do."""
        from coalchat.desk.screens import dialogs

        self.open(dialogs.KeysScreen(self.door))

    def ask_about(self, view: DirectView | WordsView) -> None:
        """Ask what has to be known before a direct message; nothing is done by default."""
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

    def action_label(self) -> None:
        """Choose the label of what is being written."""
        from coalchat.desk.screens import dialogs

        if not self.door.desk.shown:
            return

        def chosen(label: tuple[int, tuple[str, ...], str] | None) -> None:
            if label is not None:
                self.door.put(self.door.desk.set_label(*label))

        self.open(dialogs.LabelDialog(self.door), chosen)

    def action_precedence(self) -> None:
        """The next precedence, in a circle."""
        order = tuple(Precedence)
        now = order.index(self.door.desk.composer().precedence)
        self.door.put(self.door.desk.set_precedence(order[(now + 1) % len(order)]))

    def action_step_back(self) -> None:
        """Esc in the composer: take the error away, then the reply; the text stays."""
        if self.composer.error:
            self.composer.complain("")
        elif self.door.desk.composer().reply:
            self.door.put(self.door.desk.reply(None))

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
        if not text.strip():
            return
        match parse_command(text):
            case Command() as command:
                await self._obey(command)
            case Unknown(name=name, near=near):
                hint = f"; is it {' or '.join(f'/{one}' for one in near)}?" if near else ""
                self.composer.complain(f"there is no command /{name}{hint} A slash of your own is written //")
            case plain:
                self._send(plain.text)

    async def _obey(self, command: Command) -> None:
        match command.name:
            case "help":
                self.action_help(command.rest)
            case "jump":
                self.action_jump(command.rest)
            case "who":
                self.action_who()
            case "keys":
                self.action_keys()
            case "report":
                self.action_report(command.rest)
            case "map":
                self.action_map(command.rest)
            case "quit":
                await self.run_action("app.ask_quit")
            case _:
                try:
                    changes = self._changes_of(command)
                except UsageError as error:
                    self.composer.complain(str(error))
                    return
                self.door.put(changes)
        self.composer.draft.load("")

    def _changes_of(self, command: Command) -> Changes:
        if command.name in {"dm", "confirm"}:
            return self.door.desk.direct(command.rest, writing=command.name == "dm")
        return self.door.desk.obey(command, self.timeline.cursor, self.door.now())

    def _send(self, text: str) -> None:
        from coalchat.desk.screens import dialogs

        sentence = "" if self.door.desk.composer().denied else self.door.desk.confirm_needed()
        if not sentence:
            self._really_send(text)
            return

        def chosen(way: int | None) -> None:
            if way == 1:
                self._really_send(text)

        self.open(dialogs.ChooseDialog(self.door, "SEND", sentence, ("go back to the text", "send it")), chosen)

    def _really_send(self, text: str) -> None:
        self.door.put(self.door.desk.send(text, secrets.token_hex(16), self.door.now()))
        self.timeline.to_end()
