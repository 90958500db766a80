"""Reports at the main screen: filling one in, and the map of what was reported. All of it opens later."""

from __future__ import annotations

from coalchat.desk.model.changes import Changes, Part
from coalchat.desk.screens.selecting import Selecting


class Filing(Selecting):
    """The main screen's keys for reports."""

    _form, _forming = "", False
    """The form that was asked for, and that it is."""

    def action_report(self, form: str = "") -> None:
        """Fill in a form; of an own report under the cursor, an update."""
        reporting = self.door.desk.reporting
        line = self.timeline.selected
        if not form and line is not None and line.card is not None and reporting.update(line.key):
            self._fill_in()
        elif self.door.desk.shown:
            self._ask_form(form)

    def _ask_form(self, form: str = "") -> None:
        self._form, self._forming = form, True
        self.door.put(self.door.desk.reporting.begin())
        self._choose_form()

    def _choose_form(self) -> None:
        """Once the forms are here: the one that was named, or ask which."""
        from coalchat.desk.screens import dialogs

        reporting = self.door.desk.reporting
        if not self._forming or not (reporting.forms or reporting.trouble):
            return
        self._forming = False
        if self._form and reporting.choose(self._form):
            self._fill_in()
            return
        dialog = dialogs.FormDialog(self.door)

        def chosen(place: int | None) -> None:
            if place is not None and reporting.choose(dialog.ids[place]):
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
