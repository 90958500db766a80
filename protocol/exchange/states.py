"""What every machine of this room gives and stands on (SPEC 9.1): a step, and a place in a table.

Rule 1: the table is the machine. What (state, event) does not stand in it is a `StateError`, before any work is done.
Rule 2: tables are data: SPEC prints them, and a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Generic, TypeVar

import attrs

from protocol.base.errors import StateError

E_co = TypeVar("E_co", covariant=True)
S = TypeVar("S", bound=Enum)
O = TypeVar("O", bound=Enum)  # noqa: E741  # read with S: (state, occurrence)


@attrs.frozen
class Step(Generic[E_co]):
    """What one call of a machine came to.

    Attributes:
        send: frames for the peer, in order.
        events: what happened, in order.
    """

    send: tuple[bytes, ...] = ()
    events: tuple[E_co, ...] = ()


@attrs.define
class Place(Generic[S, O]):
    """Where a machine stands in its table."""

    table: Mapping[tuple[S, O], S] = attrs.field(repr=False)
    state: S

    def allows(self, on: O) -> bool:
        """Whether `on` may happen here."""
        return (self.state, on) in self.table

    def expect(self, on: O) -> None:
        """Refuse what may not happen here.

        Raises:
            StateError: it is not in the table.
        """
        if not self.allows(on):
            raise StateError(f"{on.value} does not belong to state {self.state.value!r}", field="state")

    def go(self, on: O) -> None:
        """Take the step that the table names.

        Raises:
            StateError: it names none.
        """
        self.expect(on)
        self.state = self.table[self.state, on]
