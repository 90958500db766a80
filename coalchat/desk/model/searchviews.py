"""What the search screen shows, as plain records (see `views`)."""

from __future__ import annotations

from coalchat.record import record


@record
class FoundRow:
    """A message that was found.

    Attributes:
        when: "221531Z NOV 26". channel: its title.
        mark, level: its portion mark, as in its channel.
        pieces: the words around what matched, and whether each part did; of a report, fields. report: "SALUTE 003", with the
            title of its form, or nothing.
        new: nobody has read it here.
    """

    key: str
    when: str
    channel: str
    nation: str
    person: str
    mark: str
    level: int
    pieces: tuple[tuple[str, bool], ...]
    new: bool
    report: tuple[str, str] = ("", "")


@record
class SearchView:
    """Attributes:
    scope: where it looks, e.g. "ops-north" or "all channels"; `narrow`: it is one channel.
    said: how it stands, e.g. "12 found", "nothing found". wrong: that is why there is nothing.
    """

    scope: str
    narrow: bool
    said: str
    wrong: bool
    rows: tuple[FoundRow, ...]
