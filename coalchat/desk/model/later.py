"""The parts of the desk's model that open later: reports, keys, custody, direct messages, acts on messages, ROE, search.

Nobody waits for them at the start: each is imported when somebody opens it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalchat.desk.model.changes import Changes
from coalchat.desk.model.state import State

if TYPE_CHECKING:
    from coalchat.desk.model.afterwards import Afterwards
    from coalchat.desk.model.custody import Custody
    from coalchat.desk.model.direct import Direct
    from coalchat.desk.model.directviews import WordsView
    from coalchat.desk.model.founding import Founding
    from coalchat.desk.model.keying import Keying
    from coalchat.desk.model.keyviews import HistoryView, KeyScreen
    from coalchat.desk.model.mapping import Mapping
    from coalchat.desk.model.reporting import Reporting
    from coalchat.desk.model.roedesk import RoeDesk
    from coalchat.desk.model.searching import Searching
    from coalchat.desk.model.threads import Threads


class Later:
    """The half of `Desk` that opens later."""

    _state: State

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

    # --- keys, and direct messages ---

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

    @property
    def custodians_known(self) -> bool:
        """Whether the node has said who the nation's custodians and devices are."""
        return self._keying.known

    @property
    def custody(self) -> Custody:
        """A custodian's acts; for the screen of keys, which asks whether there is one here."""
        if self._state.custody is None:
            from coalchat.desk.model.custody import Custody

            self._state.custody = Custody(self._state, self._keying)
        return self._state.custody

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

    @property
    def roe(self) -> RoeDesk:
        """Rules of engagement."""
        from coalchat.desk.model.roedesk import RoeDesk

        return RoeDesk(self._state)

    @property
    def searching(self) -> Searching:
        """What is looked for, and found."""
        if self._state.searching is None:
            from coalchat.desk.model.searching import Searching

            self._state.searching = Searching(self._state)
        return self._state.searching

    @property
    def threads(self) -> Threads:
        """A thread that somebody looks at."""
        if self._state.threads is None:
            from coalchat.desk.model.threads import Threads

            self._state.threads = Threads(self._state)
        return self._state.threads

    @property
    def founding(self) -> Founding:
        """Channels that are made, widened or looked at."""
        if self._state.founding is None:
            from coalchat.desk.model.founding import Founding

            self._state.founding = Founding(self._state)
        return self._state.founding

    def go_to_found(self, entry_id: str) -> Changes:
        """Show a message that is known, in its channel, with what stands around it."""
        from coalchat.desk.model.past import find

        return find(self._state, entry_id)

    @property
    def in_past(self) -> bool:
        """Whether the shown timeline is a part of the channel's past, away from its newest lines."""
        past = self._state.past
        return past is not None and self._state.timeline is not None and self._state.timeline.log is past.log

    @property
    def afterwards(self) -> Afterwards:
        """What is done with messages that are there."""
        if self._state.afterwards is None:
            from coalchat.desk.model.afterwards import Afterwards

            self._state.afterwards = Afterwards(self._state)
        return self._state.afterwards
