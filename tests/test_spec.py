"""SPEC.md and the code say the same: registries, records, limits, state tables; and each MUST has its tests.

Where one of these fails, one of the two is wrong: find out which before making them equal.
"""

from __future__ import annotations

from collections import Counter
from enum import IntEnum
from itertools import pairwise
from typing import get_args

import pytest

from coalchat.api.events import Body
from coalchat.api.operations import OPERATIONS
from coalchat.api.scopes import Scope
from coalchat.api.vocabulary import State as DeliveryState
from coalchat.errors import BY_CODE, ExitCode
from coalchat.node.audit import AuditEvent
from protocol.base import errors, limits
from protocol.base.ids import EXPORTER_LABEL, HYBRID_TAGS, Domain, Person, Tag
from protocol.base.limits import MAX_RECORD
from protocol.base.records import _SHAPES, Shape
from protocol.base.signed import DOMAINS
from protocol.exchange.asking import Unshared
from protocol.exchange.messages import Farewell
from protocol.exchange.tables import TABLES
from protocol.messages.fields import FieldType, Need
from protocol.messages.notices import Notice
from protocol.messages.payload import ComplaintReason
from protocol.messages.receipts import ReceiptState, Response
from protocol.messages.refs import Relation
from protocol.messages.roe import RoeAct, RoeVerb
from protocol.messages.ruling import TRANSITIONS as RULING
from protocol.messages.standing import Flaw
from protocol.messages.versions import Recall
from protocol.trust.access import Clause
from protocol.trust.authority import SETTING_ROE
from protocol.trust.charter import SETTING_LINK_SECRET, SETTING_RUN_ON, SETTING_SUSPENDED
from protocol.trust.credential import Precedence, Role
from protocol.trust.handling import SETTING_HANDLING, SETTING_RECEIPTS
from protocol.trust.publication import RevocationReason
from tests.spec_text import (
    ANCHOR,
    ROOT,
    Table,
    blocks,
    defined,
    import_all,
    is_there,
    notation,
    shape_name,
    spec,
    tables,
    wire_modules,
)

SPEC = spec()
ALL = tables(SPEC)
import_all(wire_modules())
# Not the records that other tests define: a full run has imported those too.
SHAPES = [shape for shape in _SHAPES.values() if shape.cls.__module__.startswith(("protocol.", "coalchat."))]


def table(section: str, *header: str) -> Table:
    (found,) = [t for t in ALL if t.section == section and t.header == header]
    return found


def titled(title: str) -> Table:
    (found,) = [t for t in ALL if t.title == title]
    return found


# --- registries ---


def test_tags() -> None:
    rows = table("3.2.1", "tag", "name", "what", "chapter").rows
    assert [(int(number), name) for number, name, *_ in rows] == [(int(tag), tag.name) for tag in Tag]
    reserved = {name for _, name, what, _ in rows if what.startswith("*reserved*")}
    assert reserved == {tag.name for tag in Tag} - {shape.tag.name for shape in SHAPES if shape.tag}


def test_domains() -> None:
    rows = table("3.2.2", "name", "string", "for").rows
    assert [row[:2] for row in rows] == [(domain.name, domain.value) for domain in Domain]


def test_persons() -> None:
    rows = table("3.2.3", "name", "string", "of").rows
    assert [row[:2] for row in rows] == [(person.name, person.value) for person in Person]


def test_exporter() -> None:
    assert table("3.2.4", "label", "context", "length").rows == ((EXPORTER_LABEL.decode(), "empty", "32"),)


def test_limits() -> None:
    rows = table("3.3", "name", "value", "reason").rows
    said = {name: int(value) for name, value, _ in rows}
    assert len(said) == len(rows)
    assert said == {name: value for name, value in vars(limits).items() if name.isupper()}
    assert all(len(reason) > 10 for *_, reason in rows)


def test_error_codes() -> None:
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.ProtocolError)]
    rows = table("3.4", "code", "meaning").rows
    assert sorted(code for code, _ in rows) == sorted(c.code for c in classes if c.code)


def test_signed_documents() -> None:
    rows = table("3.5", "document", "tag", "hybrid", "signer").rows
    code = [(tag.name, str(int(tag)), "yes" if tag in HYBRID_TAGS else "no") for tag in DOMAINS]
    assert [row[:3] for row in rows] == code


def test_clauses() -> None:
    rows = table("5.5", "clause", "denied because").rows
    assert [clause for clause, _ in rows] == [clause.value for clause in Clause]


@pytest.mark.parametrize(
    ("section", "header", "members"),
    [
        ("6.2", ("role", "value", "note"), Role),
        ("6.2", ("precedence", "value"), Precedence),
        ("6.3", ("reason", "value", "meaning"), RevocationReason),
        ("8.4", ("relation", "value", "meaning"), Relation),
        ("8.4", ("reason", "value", "meaning"), ComplaintReason),
        ("8.5", ("state", "value", "meaning"), ReceiptState),
        ("8.5", ("response", "value", "meaning"), Response),
        ("8.10", ("recall", "value", "meaning"), Recall),
        ("8.11", ("act", "value", "meaning"), RoeAct),
        ("8.11", ("verb", "value", "meaning"), RoeVerb),
        ("8.12", ("type", "value", "written form"), FieldType),
        ("8.12", ("need", "value", "must be filled"), Need),
        ("8.13", ("notice", "value", "meaning"), Notice),
        ("9.2", ("farewell", "value", "meaning"), Farewell),
        ("9.2", ("denial", "value", "meaning"), Unshared),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_numbered_words(section: str, header: tuple[str, ...], members: type[IntEnum]) -> None:
    rows = table(section, *header).rows
    assert [(name.upper(), int(value)) for name, value, *_ in rows] == [(m.name, m.value) for m in members]


def test_settings_of_a_charter() -> None:
    rows = [row[:2] for row in table("6.1", "setting", "tag", "value").rows]
    assert rows == [
        ("link secret", str(SETTING_LINK_SECRET)),
        ("suspended", str(SETTING_SUSPENDED)),
        ("ROE authorities", str(SETTING_ROE)),
        ("run on", str(SETTING_RUN_ON)),
        ("handling", str(SETTING_HANDLING)),
        ("receipts", str(SETTING_RECEIPTS)),
    ]


def test_flaws_of_roe_notices() -> None:
    assert [flaw for flaw, _ in table("8.11", "flaw", "of a notice").rows] == [flaw.value for flaw in Flaw]


def test_delivery_states() -> None:
    rows = table("10.5", "state", "rank", "it means").rows
    ranks = [(state.value, str(state.rank) if state.rank >= 0 else "-") for state in DeliveryState]
    assert [row[:2] for row in rows] == ranks


def test_audit_events() -> None:
    rows = table("13", "event", "when").rows
    assert [event for event, _ in rows] == [event.value for event in AuditEvent]


# --- the local API ---


def test_scopes() -> None:
    assert [scope for scope, _ in table("12.3", "scope", "allows").rows] == [scope.value for scope in Scope]


def test_operations() -> None:
    rows = table("12.4", "operation", "scope", "repeatable").rows
    code = [
        (op, cls.scope.value if cls.scope else "none", "yes" if cls.repeatable else "no")
        for op, cls in OPERATIONS.items()
    ]
    assert list(rows) == code


def test_events() -> None:
    rows = table("12.5", "kind", "when").rows
    assert [kind for kind, _ in rows] == [body.kind for body in get_args(Body)]


def test_exit_codes() -> None:
    rows = table("12.6", "code", "name", "meaning").rows
    assert [(int(code), name) for code, name, _ in rows] == [(int(code), code.name) for code in ExitCode]


def test_error_codes_of_the_local_api() -> None:
    import_all(
        [
            ".".join(path.relative_to(ROOT).with_suffix("").parts)
            for path in sorted((ROOT / "coalchat").rglob("errors.py"))
        ]
    )
    rows = table("12.7", "code", "exit", "sentence").rows
    said = {code: (exit_code, sentence) for code, exit_code, sentence in rows}
    assert len(said) == len(rows)
    assert said == {
        code: (str(int(cls.exit_code)), (cls.__doc__ or "").strip().splitlines()[0].removesuffix("."))
        for code, cls in BY_CODE.items()
        if cls.__module__.startswith("coalchat.")
    }


# --- records ---


def test_every_record_and_part_has_its_table() -> None:
    titles = [t.title for t in ALL if t.header == ("field", "kind", "meaning")]
    made = []
    for shape in SHAPES:
        name = shape_name(shape)
        head = f"Part **{name}**" if shape.tag is None else f"Record **{name}**, tag {int(shape.tag)}"
        made.append(head + (":" if shape.max_size == MAX_RECORD else f", at most {shape.max_size} bytes:"))
    assert sorted(titles) == sorted(made)


@pytest.mark.parametrize("shape", SHAPES, ids=shape_name)
def test_fields_of_a_record(shape: Shape) -> None:
    name = shape_name(shape)
    (found,) = [t for t in ALL if t.header == ("field", "kind", "meaning") and f" **{name}**" in t.title]
    code = [(field, notation(kind)) for field, kind in shape.kinds]
    assert [row[:2] for row in found.rows] == code
    assert all(meaning for *_, meaning in found.rows)


# --- state tables ---

MACHINES = {**TABLES, "ROE rule": RULING}


@pytest.mark.parametrize("machine", MACHINES)
def test_state_tables(machine: str) -> None:
    transitions = MACHINES[machine]
    state, on = next(iter(transitions))
    states, ons = type(state), type(on)
    assert titled(f"States of **{machine}**:").rows == tuple((s.name, s.value) for s in states)
    assert titled(f"Events of **{machine}**:").rows == tuple((o.name, o.value) for o in ons)
    said = {}
    for before, event, after in titled(f"Transitions of **{machine}**:").rows:
        for each in [s.name for s in states] if before == "any" else [before]:
            assert (each, event) not in said
            said[each, event] = after
    assert said == {(s.name, o.name): after.name for (s, o), after in transitions.items()}


def test_no_state_table_is_left_over() -> None:
    assert Counter(t.title for t in ALL if t.title.startswith("Transitions of")) == Counter(
        f"Transitions of **{name}**:" for name in MACHINES
    )


# --- requirements ---

APPENDIX = {
    row[0]: tuple(test.strip(" `") for test in row[1].split(",") if test.strip(" `") != "-")
    for row in table("Appendix A", "requirement", "tests").rows
}
NUMBERED = [match[1] for block in blocks(SPEC) for match in ANCHOR.finditer(block.text) if block.chapter.isdigit()]


def test_every_must_has_a_number() -> None:
    for block in blocks(SPEC):
        if '"MUST"' in block.text:
            continue  # the paragraph that says what the words mean
        before, *rest = ANCHOR.split(block.text)[::3]
        assert "MUST" not in before, block.text
        assert all("MUST" in requirement for requirement in rest), block.text
        assert {match[2] for match in ANCHOR.finditer(block.text)} <= {block.chapter}, block.text
    assert not [t for t in ALL for row in t.rows if "MUST" in " ".join(row)]


def test_numbers_are_unique_and_in_order() -> None:
    assert not [number for number, count in Counter(NUMBERED).items() if count > 1]
    order = [tuple(map(int, number.removeprefix("M-").split("."))) for number in NUMBERED]
    assert all(a < b for a, b in pairwise(order))


def test_every_requirement_stands_in_the_appendix() -> None:
    assert list(APPENDIX) == NUMBERED


@pytest.mark.parametrize("number", NUMBERED)
def test_a_requirement_has_its_tests(number: str) -> None:
    there = [test for test in APPENDIX[number] if is_there(test)]
    missing = sorted(set(APPENDIX[number]) - set(there))
    assert there, f"{number} has no test: name one in appendix A"
    assert not [test for test in missing if "*" not in test], f"{number} names tests that are not there"


def test_a_test_of_this_kind_is_found() -> None:
    assert is_there("tests/test_spec.py::test_tags")
    assert is_there("tests/test_s*.py")
    assert not is_there("tests/test_spec.py::test_that_nobody_wrote")
    assert "test_tags" in defined(ROOT / "tests" / "test_spec.py")
