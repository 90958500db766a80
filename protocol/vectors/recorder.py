"""What the library draws at random: recorded once, kept by every rebuild while it still holds.

HPKE and ML-DSA signing take no entropy from us. A document with such a part is made once; later rebuilds take the
recorded bytes, check them as a reader would, and make them anew only if they no longer fit what they stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from protocol.base.errors import RemoteProtocolError


@attrs.define
class Recorder:
    """Recorded documents by name.

    Attributes:
        known: what was recorded before, in hex.
        kept: what this rebuild uses, in hex, in order of use.
    """

    known: Mapping[str, str]
    kept: dict[str, str] = attrs.field(factory=dict, init=False)

    def keep(self, name: str, make: Callable[[], bytes], holds: Callable[[bytes], bool]) -> bytes:
        """The recorded bytes of a name if they hold, else new ones."""
        data = bytes.fromhex(self.known.get(name, ""))
        try:
            good = bool(data) and holds(data)
        except RemoteProtocolError:
            good = False
        if not good:
            data = make()
        if name in self.kept:
            raise KeyError(f"recorded twice: {name}")
        self.kept[name] = data.hex()
        return data
