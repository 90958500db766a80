"""The timeline on the main screen, and what keys do with the message under the cursor.

Rule 1: an act is done with that message and no other; why it cannot be done stands under the text.
Rule 2: showing is not reading. Enter on a message and End say that a person has read; nothing else here does.
Rule 3: what cannot be taken back is asked about, with what it is about on the screen.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import on

from coalchat.api.vocabulary import Answer
from coalchat.desk.model.changes import Changes
from coalchat.desk.screens.frame import Frame
from coalchat.desk.widgets.painted import Painted
from coalchat.desk.widgets.timeline import Timeline
from coalchat.errors import UsageError

SPILL = 2
"""Place of that choice."""


class Selecting(Frame):
    """The main screen as far as it is about messages that are there."""

    # --- the timeline ---

    @on(Timeline.AtTop)
    def _at_top(self) -> None:
        self.door.put(self.door.desk.older())

    @on(Timeline.Selected)
    def _selected(self) -> None:
        self.query_one("#hints", Painted).repaint()
        self.door.put(self.door.desk.select(self.timeline.cursor))

    @on(Timeline.Left)
    def action_write(self) -> None:
        """Back to the text, with no message selected."""
        self.timeline.unselect()
        self.composer.draft.focus()

    @on(Timeline.Typed)
    def _typed(self, event: Timeline.Typed) -> None:
        if event.character == "/":
            self.composer.draft.focus()  # a command may be about this very message
        else:
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
            if line.versions:
                self.action_history()

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

    # --- to be written ---

    def action_reply(self) -> None:
        """Answer the message under the cursor."""
        line = self.timeline.selected
        if line is not None and not line.sending and not self.is_correcting():
            self.door.put(self.door.desk.reply(line.key))
            self.action_write()

    def is_correcting(self) -> bool:
        """Whether a message is being corrected: then nothing is chosen, and that is said."""
        if self.door.desk.correcting:
            self.composer.complain("a correction has the label, the precedence and the reference of what it corrects")
        return self.door.desk.correcting

    def attempt(self, act: Callable[[str | None], Changes]) -> bool:
        """Do something with the message under the cursor; whether it could be done. If not, say why."""
        try:
            changes = act(self.timeline.cursor)
        except UsageError as error:
            self.composer.complain(error.detail or str(error))
            return False
        self.door.put(changes)
        return True

    def action_quote(self) -> None:
        """Repeat the message under the cursor in what is being written."""
        if self.attempt(self.door.desk.afterwards.quote):
            self.action_write()

    def action_correct(self) -> None:
        """Write a new version of the own message under the cursor."""
        if self.attempt(self.door.desk.afterwards.correct):
            self.action_write()

    def action_forward(self, words: str = "") -> None:
        """Repeat the message under the cursor in another channel: which, and under which label, is asked."""
        from coalchat.desk.screens import dialogs

        key, afterwards = self.timeline.cursor, self.door.desk.afterwards
        try:
            afterwards.repeatable(key)
        except UsageError as error:
            self.composer.complain(error.detail or str(error))
            return

        def chosen(channel: str | None) -> None:
            if channel is not None and self.attempt(lambda _: afterwards.forward(key, channel)):
                self.composer.draft.focus()
                self.action_label()

        self.open(dialogs.JumpDialog(self.door, words, "FORWARD TO", self.door.desk.places, "take it there"), chosen)

    def action_label(self) -> None:
        """Choose the label of what is being written."""
        from coalchat.desk.screens import dialogs

        if not self.door.desk.shown or self.is_correcting():
            return

        def chosen(label: tuple[int, tuple[str, ...], str] | None) -> None:
            if label is not None:
                self.door.put(self.door.desk.set_label(*label))

        self.open(dialogs.LabelDialog(self.door), chosen)

    # --- asked about ---

    def action_recall(self) -> None:
        """Recall the own message under the cursor: asks how, and has it confirmed."""
        from coalchat.desk.screens import dialogs

        key, afterwards = self.timeline.cursor, self.door.desk.afterwards
        try:
            view = afterwards.recall_view(key)
        except UsageError as error:
            self.composer.complain(error.detail or str(error))
            return

        def chosen(place: int | None) -> None:
            if place and key is not None:
                self.door.put(afterwards.recall(key, spill=place == SPILL))

        self.open(dialogs.DeliberateDialog(self.door, view, key), chosen)

    def action_history(self) -> None:
        """All versions of the message under the cursor."""
        from coalchat.desk.screens import dialogs

        if self.attempt(self.door.desk.afterwards.look):
            self.open(dialogs.VersionsScreen(self.door))

    def action_thread(self) -> None:
        """The thread of the message under the cursor."""
        from coalchat.desk.screens import dialogs

        if not self.attempt(self.door.desk.threads.look):
            return
        screen = dialogs.ThreadScreen(self.door)

        def left(_: None) -> None:
            if screen.going:
                self.door.put(self.door.desk.go_to_found(screen.going))
            elif screen.answering and not self.is_correcting():
                self.door.put(self.door.desk.reply(screen.answering))
                self.action_write()
            self.door.desk.threads.close()

        self.open(screen, left)

    def action_acknowledge(self) -> None:
        """Acknowledge the message under the cursor: asks how."""
        from coalchat.desk.screens import dialogs

        line = self.timeline.selected
        if line is not None and line.reminds:  # what is acknowledged is never the reminder
            if not self.timeline.select(line.reminds):
                self.composer.complain("that is a reminder; what it reminds of lies further up")
                return
            line = self.timeline.selected
        if line is None or line.mine or line.unreadable:
            self.composer.complain(
                "select the message to acknowledge first"
                if line is None
                else "that is your own message: others acknowledge it"
                if line.mine
                else "what cannot be opened cannot be acknowledged"
            )
            return
        key = line.key
        if self.door.desk.roe.notice(key, self.door.now()) is not None:
            self.open(dialogs.RoeNoticeScreen(self.door, key))
            return

        def chosen(given: tuple[Answer, str] | None) -> None:
            if given is not None:
                self.door.put(self.door.desk.acknowledge(key, *given, self.door.now()))

        self.open(dialogs.AcknowledgeDialog(self.door, line), chosen)

    def action_copy(self) -> None:
        """Copy the message with its marking: text without one must not leave the desk."""
        line = self.timeline.selected
        if line is None:
            self.composer.complain("select the message to copy first")
            return
        said = [line.marking, line.text] if line.text else [line.marking]
        for whose, text in line.repeats:
            said += [f"> {whose}", text]
        self.app.copy_to_clipboard("\n".join(said).replace("\N{NO-BREAK SPACE}", " "))

    def action_who(self) -> None:
        """Who has the message under the cursor, or else the newest own one."""
        from coalchat.desk.screens import dialogs

        shown = self.door.desk.rail(self.door.now()).who
        key = self.timeline.cursor or (shown.key if shown is not None else None)
        if key is not None and self.door.desk.who(key, self.door.now()) is not None:
            self.open(dialogs.WhoScreen(self.door, key))
        else:
            self.composer.complain(
                "select a message first, or send one: there is none here of which one could say who has it"
            )
