"""The books of one synchronised link (SPEC 9.5): what each side told, offered, asked for and owes.

`reception` changes them by what the peer says, `sync` by what the node says. Nothing in them outlives the link.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from protocol.base.errors import LocalProtocolError
from protocol.base.limits import MAX_INVENTORY, MAX_WANTS_WAITING
from protocol.exchange.events import Kind
from protocol.exchange.flow import Flow
from protocol.exchange.keying import Questions
from protocol.exchange.messages import Item
from protocol.exchange.phases import TRANSITIONS, On, State
from protocol.exchange.ranges import DOCUMENTS, FEEDS, Binding, Comparison
from protocol.exchange.states import Place
from protocol.exchange.wants import Wants

COMPARING: Final = 2
"""The version of the link messages from which on both sides compare, and list only what differs."""

_OVER: Final = frozenset({State.GONE, State.REFUSED})


@attrs.frozen
class SyncSettings:
    """What a node brings to a link.

    Attributes:
        charter: hash of the charter in force.
        floor: the charter's suites.
        suites: those that this program has.
        carry: whether we take and pass on ciphertext that is not released to our nation.
        have: whether a control document of that hash is here already, or is not wanted.
        knows: whether a charter of that hash is in force here, or was; none given: only the one above.
        binding: the session; without it only version 1 of the link messages is spoken.
    """

    charter: bytes
    floor: tuple[int, ...]
    suites: tuple[int, ...]
    carry: bool
    have: Callable[[bytes], bool] = attrs.field(repr=False)
    knows: Callable[[bytes], bool] | None = attrs.field(default=None, repr=False)
    binding: Binding | None = None

    @property
    def versions(self) -> tuple[int, ...]:
        """Of the link messages, those that are spoken here."""
        return (1,) if self.binding is None else (1, COMPARING)

    def known(self, charter: bytes) -> bool:
        """Whether the peer's charter is ours, or one that ours came from."""
        return charter == self.charter or (self.knows is not None and self.knows(charter))

    @property
    def usable(self) -> tuple[int, ...]:
        """Suites that this program has and the charter allows."""
        return tuple(sorted(set(self.suites) & set(self.floor)))


@attrs.frozen
class LocalHead:
    """A feed that the peer may get, and how far it is durable here.

    Attributes:
        id: of the entry at `seq`.
        precedence: the highest of the entries that the peer may lack.
    """

    feed: bytes
    seq: int
    id: bytes
    precedence: int = 0


def _wants() -> dict[Kind, Wants]:
    return {
        Kind.DOCUMENT: Wants("document", MAX_INVENTORY),
        Kind.FEED: Wants("feed", MAX_WANTS_WAITING),
        Kind.ENVELOPE: Wants("envelope", MAX_WANTS_WAITING),
    }


def _silent() -> Place[State, On]:
    return Place(TRANSITIONS, State.SILENT)


@attrs.define
class Session:
    """The books of one link.

    Attributes:
        theirs, ours: what the peer, and what we, have told.
        offered: hashes of the control documents that the peer may have: it may ask for these and no others.
        unlisted: those of them that were not listed yet.
        documents, feeds: how both sides compare them; none where they only list.
        charter: hash of the peer's.
        listed: how many documents the peer has listed before its heads.
        complete: its documents are here, or not to be had.
        pings: values of ours that were not answered yet.
        questions: for envelopes of keying devices.
    """

    settings: SyncSettings
    theirs: Place[State, On] = attrs.field(factory=_silent, init=False)
    ours: Place[State, On] = attrs.field(factory=_silent, init=False)
    flow: Flow = attrs.field(factory=Flow, init=False, repr=False)
    wants: dict[Kind, Wants] = attrs.field(factory=_wants, init=False, repr=False)
    offered: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    unlisted: list[Item] = attrs.field(factory=list, init=False, repr=False)
    documents: Comparison | None = attrs.field(default=None, init=False)
    feeds: Comparison | None = attrs.field(default=None, init=False)
    charter: bytes = attrs.field(default=b"", init=False)
    listed: int = attrs.field(default=0, init=False)
    complete: bool = attrs.field(default=False, init=False)
    pings: set[int] = attrs.field(factory=set, init=False, repr=False)
    questions: Questions = attrs.field(factory=Questions, init=False, repr=False)

    def say(self, on: On) -> None:
        """We tell something.

        Raises:
            LocalProtocolError: it is not its time.
        """
        if not self.ours.allows(on):
            raise LocalProtocolError(f"{on.value} is not to be said in state {self.ours.state.value!r}", field="state")
        self.ours.go(on)

    def speak(self, version: int) -> None:
        """The version in use is known."""
        if version >= COMPARING and self.settings.binding is not None:
            self.documents = Comparison(self.settings.binding, DOCUMENTS)
            self.feeds = Comparison(self.settings.binding, FEEDS)

    @property
    def over(self) -> bool:
        """Whether either side left, or the peer broke the rules."""
        return self.theirs.state in _OVER or self.ours.state in _OVER

    def may(self, on: On) -> bool:
        """Whether we may say it, and the peer may answer: feeds and envelopes only once both sides told their heads."""
        return self.ours.allows(on) and (self.flow.open or on is On.DOCUMENT)

    @property
    def in_sync(self) -> bool:
        """Whether nothing is outstanding, as far as both sides have said."""
        return self.flow.open and self.flow.idle and all(wants.idle for wants in self.wants.values())
