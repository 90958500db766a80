"""The state tables that SPEC prints: complete, closed, and nothing in them that cannot be reached."""

from __future__ import annotations

from enum import Enum

import pytest

from protocol.exchange.tables import TABLES, Table

BEGIN = {
    "link, dialler": "UNPROVEN",
    "link, responder": "UNPROVEN",
    "enrolment, joiner": "UNPROVEN",
    "enrolment, custodian": "INVITED",
    "sync, either side": "SILENT",
}
every_table = pytest.mark.parametrize("name", TABLES)


def reached(table: Table, begin: Enum) -> set[Enum]:
    found, todo = {begin}, [begin]
    while todo:
        here = todo.pop()
        for (state, _), after in table.items():
            if state is here and after not in found:
                found.add(after)
                todo.append(after)
    return found


def test_each_machine_has_a_table_and_a_beginning() -> None:
    assert TABLES.keys() == BEGIN.keys()


@every_table
def test_a_table_is_of_one_machine(name: str) -> None:
    states = {type(state) for state, _ in TABLES[name]} | {type(after) for after in TABLES[name].values()}
    assert len(states) == 1
    assert len({type(on) for _, on in TABLES[name]}) == 1


@every_table
def test_every_state_that_a_table_leaves_or_leads_to_is_reached(name: str) -> None:
    table = TABLES[name]
    (kind,) = {type(state) for state, _ in table}
    begin = kind[BEGIN[name]]
    used = {state for (state, on), _ in table.items() if on.name != "FAULT"} | {
        after for (_, on), after in table.items() if on.name != "FAULT"
    }
    assert used <= reached(table, begin)


@every_table
def test_a_fault_ends_every_state_for_ever(name: str) -> None:
    table = TABLES[name]
    (kind,) = {type(state) for state, _ in table}
    (fault,) = {on for _, on in table if on.name == "FAULT"}
    for state in kind:
        assert table[state, fault] is kind["REFUSED"]
    assert [on for state, on in table if state is kind["REFUSED"]] == [fault]
