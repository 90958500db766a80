"""The state tables of this room by name, as SPEC prints them: name -> {(state, event): state}."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, TypeAlias

from protocol.exchange import enrolment, joining, link, phases
from protocol.exchange.proof import End

Table: TypeAlias = Mapping[tuple[Any, Any], Enum]

TABLES: Final[Mapping[str, Table]] = {
    "link, dialler": link.TRANSITIONS[End.DIALLER],
    "link, responder": link.TRANSITIONS[End.RESPONDER],
    "enrolment, joiner": joining.TRANSITIONS,
    "enrolment, custodian": enrolment.TRANSITIONS,
    "sync, either side": phases.TRANSITIONS,
}
