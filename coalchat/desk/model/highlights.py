"""Words that call a person: his own name, and what his settings name (a call sign, a place, a thing).

Rule: a word counts where it stands by itself, whatever its case: "Berg" is not in "Bergen".
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from coalchat.record import record


@record(kw_only=False)
class Highlights:
    """The words, as one pattern; none: nothing calls."""

    pattern: re.Pattern[str] | None = None

    def find(self, text: str) -> tuple[str, ...]:
        """Those that stand in a text, as they stand there, each once."""
        if self.pattern is None:
            return ()
        return tuple(dict.fromkeys(found[0] for found in self.pattern.finditer(text)))


def highlights(person: str, words: Iterable[str]) -> Highlights:
    """Of a person with this certified name: "Lt Berg" is called as that, and as "Berg"."""
    names = [person, *person.split()[-1:]]
    wanted = {" ".join(word.split()) for word in (*names, *words)} - {""}
    if not wanted:
        return Highlights()
    longest_first = sorted(wanted, key=lambda word: (-len(word), word))
    alternatives = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in longest_first)
    return Highlights(re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE))
