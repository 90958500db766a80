"""Control documents in force (SPEC 10.2): each with its audience, its place, and what it superseded there.

Rule 1: of documents that take each other's place the highest rank is enough; of the rest, all are kept.
Rule 2: prekey statements and OTARs name devices, and say when these were last online: they stay inside their nation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import attrs

from protocol.base.errors import StateError
from protocol.base.ids import Tag

SYNCED = (
    Tag.CHARTER,
    Tag.CHARTER_SIGNATURE,
    Tag.CUSTODIAN_CERTIFICATE,
    Tag.CERTIFICATE,
    Tag.REVOCATION,
    Tag.PUBLICATION,
    Tag.SEGMENT_LIST,
    Tag.DIRECTORY,
    Tag.CHANNEL_REVISION,
    Tag.REKEY_DEMAND,
    Tag.PREKEY_STATEMENT,
    Tag.OTAR,
    Tag.DEVICE_EDITION,
    Tag.FORK_PROOF,
    Tag.CHECKPOINT,
    Tag.CHECKPOINT_PROOF,
)
"""Kinds that nodes exchange, in the order in which they can be judged, but for the directory (see `Membership`)."""

PASSING = frozenset(
    {Tag.SEGMENT_LIST, Tag.PREKEY_STATEMENT, Tag.OTAR, Tag.DEVICE_EDITION, Tag.CHECKPOINT, Tag.CHECKPOINT_PROOF}
)
"""Kinds that are over at some time: one that no longer fits what is known is dropped, and is no fault of its bearer."""

_OF_FEEDS = frozenset({Tag.FORK_PROOF, Tag.CHECKPOINT_PROOF})


@attrs.frozen
class Control:
    """One control document in force.

    Attributes:
        hash: names it in inventories.
        tag: its kind.
        issuer: 16 bytes: custodian's seat, device or channel.
        number: rises within (tag, issuer).
        audience: bit i is set when nation i may be given it.
        data: the exact bytes.
        place, rank: within its kind it takes the place of one of lower rank; without a place it takes none.
    """

    hash: bytes
    tag: Tag
    issuer: bytes
    number: int
    audience: int
    data: bytes = attrs.field(repr=False)
    place: bytes = b""
    rank: tuple[int, ...] = ()

    def is_for(self, nation: int, *, carries: bool) -> bool:
        """Whether nodes of a nation may be given it; what belongs to a feed, also those that carry for others."""
        return bool(self.audience >> nation & 1) or (carries and self.tag in _OF_FEEDS)


@attrs.define(eq=False)
class Controls(Mapping[bytes, Control]):
    """The documents in force, by hash."""

    _all: dict[bytes, Control] = attrs.field(factory=dict, init=False, repr=False)
    _places: dict[tuple[Tag, bytes], list[bytes]] = attrs.field(factory=dict, init=False, repr=False)
    # A nation of a thousand devices has thousands of OTARs: whoever asks for one kind, or one device, looks at no others.
    _issued: dict[Tag, dict[bytes, dict[bytes, None]]] = attrs.field(factory=dict, init=False, repr=False)

    def __getitem__(self, name: bytes) -> Control:
        return self._all[name]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def of(self, tag: Tag) -> tuple[Control, ...]:
        """Documents of a kind, those of one issuer together."""
        return tuple(self._all[name] for names in self._issued.get(tag, {}).values() for name in names)

    def by(self, tag: Tag, issuer: bytes) -> tuple[Control, ...]:
        """Documents of a kind and an issuer, in the order in which they came."""
        return tuple(self._all[name] for name in self._issued.get(tag, {}).get(issuer, ()))

    def at(self, tag: Tag, place: bytes) -> tuple[Control, ...]:
        """Documents at a place."""
        return tuple(self._all[name] for name in self._places.get((tag, place), ()))

    def put(self, control: Control) -> bool:
        """Take a document, and drop what it supersedes; False if it is superseded itself."""
        if control.place:
            there = self.at(control.tag, control.place)
            if any(_covers(other, control) for other in there):
                return False
            for other in there:
                if other.rank < control.rank:
                    self.drop(other.hash)
            self._places.setdefault((control.tag, control.place), []).append(control.hash)
        self._all[control.hash] = control
        self._issued.setdefault(control.tag, {}).setdefault(control.issuer, {})[control.hash] = None
        return True

    def widen(self, name: bytes, audience: int) -> None:
        """Let more nations have a document."""
        known = self._all[name]
        self._all[name] = attrs.evolve(known, audience=known.audience | audience)

    def drop(self, name: bytes) -> None:
        """Forget a document."""
        control = self._all.pop(name)
        issued = self._issued[control.tag]
        del issued[control.issuer][name]
        if not issued[control.issuer]:
            del issued[control.issuer]
        here = self._places.get((control.tag, control.place))
        if control.place and here is not None:
            here.remove(name)
            if not here:
                del self._places[control.tag, control.place]


def _covers(known: Control, other: Control) -> bool:
    """Whether a document makes another one needless. Parts of directories are unsigned: of one rank, both are kept."""
    if known.tag in PASSING:
        return known.rank >= other.rank
    return known.rank > other.rank


def in_any_order(apply: Callable[[bytes], tuple[Control, bool]], documents: Iterable[bytes]) -> tuple[Control, ...]:
    """Apply documents; those that cannot be judged yet are tried again after the others. Those that were news.

    Raises:
        RemoteProtocolError: the first that is refused, or that still cannot be judged at the end.
    """
    news: list[Control] = []
    left = list(documents)
    while left:
        waiting: list[bytes] = []
        last: StateError | None = None
        for data in left:
            try:
                control, fresh = apply(data)
            except StateError as error:
                waiting.append(data)
                last = error
            else:
                if fresh:
                    news.append(control)
        if len(waiting) == len(left) and last is not None:
            raise last
        left = waiting
    return tuple(news)
