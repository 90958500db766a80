"""The table that `make bench` prints, and writes to `benchmarks/results/` as text and as JSON.

A row has what was measured, the peer or limit it was measured beside, the ratio, and the goal (../SPEC.md, "Limits", and
the project's performance goals). A mark says whether the goal is met. Nothing in it tells when
or on whose machine it was made.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import attrs

from benchmarks.turns import Noise, Rounds

RESULTS: Final = Path(__file__).parent / "results"
LIBRARIES: Final = ("cryptography", "msgpack", "pynacl", "pyopenssl", "sqlcipher3", "trio")
_HEAD: Final = ("", "ours", "peer", "ratio", "worst-best", "goal", "")


@attrs.frozen
class Row:
    """One line.

    Attributes:
        ours, peer: in `unit`; no peer where there is a bound, or nothing to compare with.
        ratio: how much of the peer's speed ours reaches: 1 is as fast.
        worst, best: of the rounds.
        goal: as a person reads it; `met` is whether it is.
    """

    section: str
    what: str
    unit: str
    ours: float | None = None
    peer: float | None = None
    ratio: float | None = None
    worst: float | None = None
    best: float | None = None
    goal: str = ""
    met: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """As text, in the order of the columns."""
        return (
            self.what,
            _number(self.ours, self.unit),
            _number(self.peer, self.unit),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.worst is None else f"{self.worst:.2f}-{self.best:.2f}",
            self.goal,
            {None: "", True: "pass", False: "OVER" if self.ratio is None else "BELOW"}[self.met],
        )


def size(section: str, what: str, data: int, bound: int | None = None) -> Row:
    """A row of bytes, with the bound they must keep."""
    if bound is None:
        return Row(section, what, "B", data)
    return Row(section, what, "B", data, goal=f"≤ {bound:,} B", met=data <= bound)


def timed(section: str, what: str, rounds: Rounds, *, work: float = 0, unit: str = "µs", goal: float = 0) -> Row:
    """A row of speed.

    Args:
        work: how much of `unit` one measured piece is (`unit` is then a rate); 0: show what the piece took, in µs.
        goal: the least ratio, or 0 for none.
    """
    ours, peer = (
        (work / statistics.median(taken)) if work else statistics.median(taken) * 1e6
        for taken in (rounds.ours, rounds.peer)
    )
    ratios = rounds.ratios
    ratio = statistics.median(ratios)
    return Row(
        section,
        what,
        unit,
        ours,
        peer,
        ratio,
        ratios[0],
        ratios[-1],
        goal=f"≥ {goal:.2f}" if goal else "",
        met=ratio >= goal if goal else None,
    )


def machine() -> dict[str, str]:
    """What the numbers depend on."""
    return {
        "cores": str(os.cpu_count()),
        "processor": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
    } | {name: version(name) for name in LIBRARIES}


def render(rows: Sequence[Row], noises: Sequence[Noise]) -> str:
    """The table, and under it the machine."""
    lines: list[tuple[str, ...]] = [_HEAD]
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            lines += [("",) * len(_HEAD), (section, *[""] * (len(_HEAD) - 1))]
        lines.append(("  " + row.cells()[0], *row.cells()[1:]))
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    text = "\n".join(
        "  ".join(
            cell.ljust(width) if column in {0, len(_HEAD) - 1} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
    facts = ", ".join(f"{name} {value}" for name, value in machine().items())
    restless = ", then ".join(str(noise) for noise in noises)
    return f"{text}\n\n{facts}\nnoise, a fixed loop before and after: {restless}\n"


def write(name: str, rows: Sequence[Row], noises: Sequence[Noise], *, into: Path = RESULTS) -> Path:
    """Keep the table as `<name>.txt` and `<name>.json`; where the text lies."""
    into.mkdir(exist_ok=True)
    document: dict[str, Any] = {
        "machine": machine(),
        "noise": [attrs.asdict(noise) for noise in noises],
        "rows": [{key: value for key, value in attrs.asdict(row).items() if value not in {None, ""}} for row in rows],
    }
    (into / f"{name}.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    path = into / f"{name}.txt"
    path.write_text(render(rows, noises), encoding="utf-8")
    return path


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value:,.1f} {unit}" if value < 100 and unit != "B" else f"{value:,.0f} {unit}"
