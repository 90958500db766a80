"""No text of the local API is shown that nobody has thought about: each is a peer's, and walked hostile to a terminal, or says why not."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any, get_args, get_type_hints

import coalchat.api
from coalchat.api import events
from coalchat.api.base import Response
from coalchat.record import fields_of, is_record
from tests.desk.peer_fields import NOWHERE, OURS, PEERS

HOW = """

Decide who writes it, in tests/desk/peer_fields.py:
- a peer, if another device, a custodian, a founder or who holds the wire chooses one character of it: put it into PEERS. Then let
  tests/desk/crowd.py, or the scripted node of tests/cli/test_hostile.py, have such a record, and a step of tests/desk/way.py or a
  command of that test show it: the text is made hostile there by itself;
- or put it into OURS, under why no peer can write it."""


def _modules() -> Iterator[ModuleType]:
    for module in pkgutil.iter_modules(coalchat.api.__path__, "coalchat.api."):
        yield importlib.import_module(module.name)


def _leaves(hint: Any) -> set[Any]:
    """The types in a type."""
    inner = get_args(hint)
    return set().union(*map(_leaves, inner)) if inner else {hint}


def _told() -> set[type]:
    """Every record that a node tells its client: answers, events, and what is inside them."""
    waiting = [one for module in _modules() for one in vars(module).values() if isinstance(one, type)]
    waiting = [one for one in waiting if issubclass(one, Response) and is_record(one)]
    waiting += get_args(events.Body)
    found: set[type] = set()
    while waiting:
        record = waiting.pop()
        if record not in found:
            found.add(record)
            waiting += [
                one
                for hint in get_type_hints(record).values()
                for one in _leaves(hint)
                if isinstance(one, type) and is_record(one)
            ]
    return found


def _texts() -> set[str]:
    """Class and field of every text in them; a word of a list is none."""
    return {
        f"{record.__name__}.{name}"
        for record in _told()
        for hints in [get_type_hints(record)]
        for name in fields_of(record)
        if str in _leaves(hints[name])
    }


async def test_somebody_has_decided_who_writes_each_text() -> None:
    decided = PEERS.union(*OURS.values())
    assert not _texts() - decided, f"undecided: {', '.join(sorted(_texts() - decided))}{HOW}"
    assert not decided - _texts(), f"there is no such text any more: {', '.join(sorted(decided - _texts()))}"


async def test_each_text_is_in_one_table_once() -> None:
    every = [*PEERS, *(name for names in OURS.values() for name in names)]
    assert sorted(every) == sorted(set(every))
    assert set(NOWHERE) <= PEERS


async def test_no_two_records_have_one_name_and_other_texts() -> None:
    by_name: dict[str, set[frozenset[str]]] = {}
    for record in _told():
        hints = get_type_hints(record)
        texts = frozenset(name for name in fields_of(record) if str in _leaves(hints[name]))
        by_name.setdefault(record.__name__, set()).add(texts)
    assert {name: kinds for name, kinds in by_name.items() if len(kinds) > 1} == {}
