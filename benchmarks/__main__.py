"""`python -m benchmarks [sizes] [sealing] [store] [search] [link] [desk]`: measure all of them, or some; print the table and keep it.

What each file measures stands at its top, how in `turns`. Nothing here fails for being slow: a mark in the table says
whether a goal is met, and time depends on the machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from benchmarks import desk, link, sealing, search, sizes, store
from benchmarks.table import Row, render, write
from benchmarks.turns import noise

PARTS: Final[Mapping[str, Callable[[], Iterator[Row]]]] = {
    "sizes": sizes.run,
    "sealing": sealing.run,
    "store": store.run,
    "search": search.run,
    "link": link.run,
    "desk": desk.run,
}


def main(chosen: list[str]) -> int:
    unknown = set(chosen) - set(PARTS)
    if unknown:
        print(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    parts = {name: run for name, run in PARTS.items() if not chosen or name in chosen}
    before, rows = noise(), list[Row]()
    for name, run in parts.items():
        print(f"measuring: {name}", file=sys.stderr)
        rows += run()
    noises = (before, noise())
    print(render(rows, noises))
    print(f"kept in {write('+'.join(parts) if chosen else 'all', rows, noises)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
