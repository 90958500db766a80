"""What is asked for by id, in both directions (SPEC 9.5): documents, feed records, envelopes.

Rule 1: an id is asked for once, and every question is answered: with the thing, or with nothing.
Rule 2: what comes unasked is refused.
Rule 3: at most MAX_WANTS questions are open in each direction; more wait, up to a bound, and are asked in their order.
"""

from __future__ import annotations

from collections import deque

import attrs

from protocol.base.errors import LimitError, LocalProtocolError, StateError
from protocol.base.limits import MAX_WANTS


@attrs.define
class Wants:
    """Questions of one kind.

    Attributes:
        field: names the kind in errors.
        max_waiting: ids that may wait to be asked for.
    """

    field: str
    max_waiting: int
    _waiting: deque[bytes] = attrs.field(factory=deque, init=False, repr=False)
    _known: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _asked: set[bytes] = attrs.field(factory=set, init=False, repr=False)
    _owed: set[bytes] = attrs.field(factory=set, init=False, repr=False)

    @property
    def lacking(self) -> bool:
        """Whether something that we want is not here yet."""
        return bool(self._known)

    @property
    def idle(self) -> bool:
        """Whether no question waits or is open, in either direction."""
        return not self._known and not self._owed

    def want(self, name: bytes) -> None:
        """Ask for an id when its turn comes, unless it is asked for already.

        Raises:
            LimitError: the peer gave cause to ask for too many.
        """
        if name in self._known:
            return
        if len(self._waiting) >= self.max_waiting:
            raise LimitError(f"more than {self.max_waiting} to ask for", field=self.field)
        self._known.add(name)
        self._waiting.append(name)

    def ask(self) -> tuple[bytes, ...]:
        """Ids to ask for now: all that fit, but no question for a few ids while many are open."""
        room = MAX_WANTS - len(self._asked)
        count = min(room, len(self._waiting))
        if count < len(self._waiting) and room < MAX_WANTS // 2:
            return ()
        names = tuple(self._waiting.popleft() for _ in range(count))
        self._asked.update(names)
        return names

    def answered(self, name: bytes) -> None:
        """The peer answered.

        Raises:
            StateError: it was not asked.
        """
        if name not in self._asked:
            raise StateError("was not asked for", field=self.field)
        self._asked.remove(name)
        self._known.remove(name)

    def owe(self, names: tuple[bytes, ...]) -> None:
        """The peer asks.

        Raises:
            StateError: for something that it has asked for already.
            LimitError: for too much at once.
        """
        if len(set(names)) != len(names) or not self._owed.isdisjoint(names):
            raise StateError("asked for twice", field=self.field)
        self._owed.update(names)
        if len(self._owed) > MAX_WANTS:
            raise LimitError(f"more than {MAX_WANTS} asked for", field=self.field)

    def pay(self, name: bytes) -> None:
        """We answer.

        Raises:
            LocalProtocolError: the peer did not ask.
        """
        if name not in self._owed:
            raise LocalProtocolError("was not asked for", field=self.field)
        self._owed.remove(name)
