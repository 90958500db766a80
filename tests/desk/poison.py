"""A node all of whose peers are hostile: every text of every answer that a peer could have written is one of `STRINGS`.

Answers are walked by their fields; `peer_fields` says which of them are peers', and its test that none is forgotten.
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

import attrs

from coalchat.api.about import CardRow
from coalchat.api.base import Response
from coalchat.record import evolve, is_record, values_of
from tests.desk.hostile import STRINGS
from tests.desk.peer_fields import PEERS, SAME

MARK: Final = re.compile(r"(\d{4,5})<")
"""How every poisoned text begins: `1234<`."""
_MEASURED: Final = frozenset({"loc", "int"})
"""A map and a curve are drawn of these: what is no position stands in no map."""


@attrs.define(eq=False)
class Poison:
    """Puts a hostile string in place of each text, and for the same text in the same field the same one again.

    Attributes:
        tail: what each text ends in. put: what stands where: class and field by number.
    """

    tail: str = ""

    put: dict[int, str] = attrs.field(factory=dict)
    _numbers: dict[tuple[str, str], int] = attrs.field(factory=dict)

    def __call__(self, answer: Response) -> Response:
        """The answer as hostile peers would have it."""
        return cast(Response, self._record(answer))

    def _record(self, record: Any) -> Any:
        of = type(record)
        changed = {}
        for name, value in values_of(record).items():
            if not (of is CardRow and name == "value" and record.type in _MEASURED):
                changed[name] = self._inner(of, name, value)
        return evolve(record, **changed)

    def _inner(self, of: type, name: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._inner(of, name, one) for one in value)
        if type(value) is str:
            where = f"{of.__name__}.{name}"
            return self.text(where, value) if value and where in PEERS else value
        return self._record(value) if is_record(type(value)) else value

    def text(self, where: str, value: str) -> str:
        """What stands for a text in a field."""
        where = SAME.get(where, where)
        number = self._numbers.setdefault((where, value), 1000 + len(self._numbers))
        self.put[number] = where
        return f"{number}<{STRINGS[number % len(STRINGS)]}>{self.tail}"
