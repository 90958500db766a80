"""Laptops for the tests of the command line: of one test, and a pair of founded nations that a whole run shares."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest

from tests.cli.laptops import Laptop, laptops, until

Make = Callable[[str], Laptop]


@contextmanager
def desk() -> Iterator[Path]:
    """A directory with a short path: pytest's own are too long for a socket."""
    with tempfile.TemporaryDirectory(prefix="cc-", ignore_cleanup_errors=True) as folder:
        yield Path(folder).resolve()


@pytest.fixture
def make() -> Iterator[Make]:
    """Make laptops for one test."""
    with desk() as folder, laptops(folder) as maker:
        yield maker


@attrs.frozen
class Pair:
    """Two nations with a link between them, and a channel up to SECRET.

    Attributes:
        xaa, xbb: their custodians' laptops, with nodes that run.
        address: where XAA's node listens.
        channel: as `channel create` gave it.
    """

    xaa: Laptop
    xbb: Laptop
    address: str
    channel: dict[str, Any]


def found(make: Make, *codes: str) -> list[Laptop]:
    """Found a coalition of these nations, by the files that they exchange."""
    members = [make(code.lower()) for code in codes]
    for code, laptop in zip(codes, members, strict=True):
        laptop.run("nation", "create", code, f"Republic of {code}", "--person", f"Cdr {code}", "--out", f"{code}.offer")
    first, *others = members
    offers = [f"{code}.offer" for code in codes]
    first.run("charter", "found", *offers, "--name", "Northern Guard", "--out", "guard.charter")
    for laptop in (*others, *members[: len(members) - 1]):
        laptop.run("charter", "sign", "guard.charter")
    return members


def linked(make: Make) -> Pair:
    """Found a pair, with nodes that run."""
    xaa, xbb = found(make, "XAA", "XBB")
    address = xaa.node("--listen", "127.0.0.1:0")["listen"][0]
    xbb.run("peer", "add", address)
    channel = xaa.run("channel", "create", "#ops", "--members", "XAA,XBB", "--ceiling", "SECRET", "--json").record
    until(lambda: xbb.run("channel", "list", "--json").records)
    return Pair(xaa, xbb, address, channel)


@pytest.fixture(scope="session")
def pair() -> Iterator[Pair]:
    """The pair that a run shares: tests give what they send a text of its own, and leave what a device is set to."""
    with desk() as folder, laptops(folder) as maker:
        yield linked(maker)
