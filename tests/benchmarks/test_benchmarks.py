"""Benchmarks measure the real thing: their sizes keep the bounds, their primitives are the entry's own. No time is tested."""

import json
from pathlib import Path

import pytest

from benchmarks import samples, sealing, sizes, table
from benchmarks.turns import Noise, Rounds
from protocol.base.crypto import ed25519_public
from protocol.messages.payload import encode_payload


def test_every_size_keeps_its_bound() -> None:
    rows = list(sizes.run())
    assert [row.what for row in rows if row.met is False] == []
    assert sum(row.met is True for row in rows) >= 15


def test_the_primitives_of_the_limit_are_those_of_the_entry() -> None:
    entry, public = samples.entry(samples.text()), ed25519_public(samples.SEED)
    pieces = sealing.Pieces(entry, encode_payload(samples.text()), public)  # asserts that each gives the entry's bytes
    for parts in (sealing.bare_sealing(pieces), sealing.door_sealing(pieces)):
        assert [name for name, part in parts.items() if part()] == list(parts)
    for parts in (sealing.bare_opening(pieces), sealing.door_opening(pieces)):
        for part in parts.values():
            part()


def test_the_table_counts_ratios_round_by_round(tmp_path: Path) -> None:
    rounds = Rounds()
    for ours, peer in ((2e-6, 1e-6), (4e-6, 3e-6), (8e-6, 1e-6)):
        rounds.add(ours, peer)
    met, missed = (table.timed("work", "it", rounds, goal=goal) for goal in (0.5, 0.6))
    assert (met.ratio, met.worst, met.best, met.met, missed.met) == (0.5, 0.125, 0.75, True, False)
    assert table.timed("work", "it", rounds, work=8, unit="/s").ours == pytest.approx(2e6)
    rows = [met, missed, table.size("bytes", "small", 1_000, 1_000), table.size("bytes", "large", 1_001, 1_000)]
    text = table.render(rows, [Noise(1e-3, 0.1)])
    assert [line.split()[-1] for line in text.splitlines() if "≥" in line or "≤" in line] == [
        "pass", "BELOW", "pass", "OVER",
    ]  # fmt: skip
    kept_as = table.write("some", rows, [Noise(1e-3, 0.1)], into=tmp_path / "results")
    assert kept_as.read_text(encoding="utf-8") == text
    kept = json.loads((tmp_path / "results" / "some.json").read_text(encoding="utf-8"))
    assert [row["met"] for row in kept["rows"]] == [True, False, True, False]
