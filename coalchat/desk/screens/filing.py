"""Reports at the main screen: filling one in, and the map of what was reported. All of it opens later."""

from __future__ import annotations

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.screens.selecting import Selecting


class Filing(Selecting):
    """The main screen's keys for reports."""

    _form, _line, _forming = "", "", False
    """The form that was asked for; the own report that may be meant; and that one of them is."""

    def action_report(self, form: str = "") -> None:
        """Fill in a form; of an own report under the cursor, an update."""
        line = self.timeline.selected
        self._ask_form(form, line.key if not form and line is not None and line.card is not None else "")

    def _ask_form(self, form: str = "", line: str = "") -> None:
        if self.door.desk.shown:
            self._form, self._line, self._forming = form, line, True
            self.door.put(self.door.desk.reporting.begin())

    def _choose_form(self) -> None:
        """Once the forms are here: the one that was named, an update, or ask which."""
        from coalchat.desk.screens import dialogs

        reporting = self.door.desk.reporting
        if not self._forming or not reporting.ready:
            return
        self._forming = False
        turned = reporting.update(self._line) if self._line else reporting.choose(self._form) if self._form else None
        if turned is not None:
            self.door.put(turned)
            self._fill_in()
            return
        dialog = dialogs.FormDialog(self.door)

        def chosen(place: int | None) -> None:
            turned = None if place is None else reporting.choose(dialog.ids[place])
            if turned is not None:
                self.door.put(turned)
                self._fill_in()

        self.open(dialog, chosen)

    def _fill_in(self) -> None:
        from coalchat.desk.screens import dialogs

        screen = dialogs.ReportScreen(self.door)

        def left(_: None) -> None:
            self.composer.draft.focus()
            if screen.other:
                self._ask_form()

        self.open(screen, left)

    def action_map(self, form: str = "") -> None:
        """Where reports are from; then to the one that was chosen there."""
        from coalchat.desk.screens import dialogs

        screen = dialogs.MapScreen(self.door, form)

        def left(_: None) -> None:
            if screen.target:
                self.door.put(self.door.desk.jump(screen.target, self.door.now()))
                if self.timeline.select(screen.target):
                    self.timeline.focus()

        self.open(screen, left)

    def changed(self, changes: Changes) -> None:
        """What was waited for may be here."""
        super().changed(changes)
        if Part.FORM in changes.parts:
            self._choose_form()
