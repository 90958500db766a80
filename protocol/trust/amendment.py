"""Amendments (SPEC 6.6, 6.8): a charter with the next number, that admits a nation, suspends one, or takes that back.

Rule 1: an amendment does one thing. What else differs from the text before it is refused by its field.
Rule 2: nations keep their places for ever: one that is admitted comes last, one that is suspended stays in the list.
Rule 3: it is in force once everybody whom it needs has signed it, hybrid, with the nation's root (`Change.needs`; a
quorum would be another answer there, and nothing else).
Rule 4: of two with one number the first stays in force; the second is kept as proof of who signed both.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from protocol.base.codec import unpack_loose
from protocol.base.errors import DecodeError, LimitError, RemoteProtocolError, StateError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_AMENDMENT_FILE
from protocol.base.records import evolve, peek
from protocol.base.signed import VerifyKey, read_signed
from protocol.trust.charter import (
    SETTING_LINK_SECRET,
    SETTING_SUSPENDED,
    Charter,
    Coalition,
    Nation,
    Setting,
    check_signature,
    found,
    read_charter,
    root_id,
)
from protocol.trust.founding import link_secret_setting

KINDS = frozenset({Tag.CHARTER, Tag.CHARTER_SIGNATURE})
"""Documents that make up an amendment."""

_FIXED = (
    "name", "nonce", "policy", "segment", "edition", "holds", "preload", "otar_grace", "retention", "suites", "exercise",
)  # fmt: skip
"""What no amendment changes."""


@attrs.frozen
class Change:
    """What an amendment does.

    Attributes:
        admitted, suspended, reinstated: index of the nation; two of them are None.
        needs: indices of the nations that must sign it.
    """

    admitted: int | None
    suspended: int | None
    needs: frozenset[int]
    reinstated: int | None = None

    @property
    def told(self) -> frozenset[int]:
        """Indices of the nations that do not know the link secret yet which it commits to."""
        new = [nation for nation in (self.admitted, self.reinstated) if nation is not None]
        return frozenset(new) or self.needs


@attrs.frozen
class Amendment:
    """The text of a charter that is not the first, with the signatures that came with it.

    Attributes:
        data: its bytes. signatures, roots: documents and root keys by nation, each verified.
    """

    charter: Charter
    hash: bytes
    data: bytes = attrs.field(repr=False)
    signatures: dict[int, bytes] = attrs.field(factory=dict, repr=False)
    roots: dict[int, VerifyKey] = attrs.field(factory=dict, repr=False)

    def documents(self, needs: frozenset[int]) -> tuple[bytes, ...]:
        """The text and the signatures that put it in force."""
        return (self.data, *(self.signatures[nation] for nation in sorted(needs)))


@attrs.frozen
class Fork:
    """A second amendment of one number, signed like the first.

    Attributes:
        double: indices of the nations that signed both.
    """

    amendment: Amendment
    needs: frozenset[int]
    double: frozenset[int]


# --- making ---


def admission(charter: Charter, nation: Nation) -> Charter:
    """The text that admits a nation: it comes last, and the quorum stays more than half."""
    nations = (*charter.nations, nation)
    quorum = max(charter.quorum, len(nations) // 2 + 1)
    return evolve(charter, number=charter.number + 1, previous=charter.hash, nations=nations, quorum=quorum)


def suspension(charter: Charter, nation: int, link_secret: bytes) -> Charter:
    """The text that suspends a nation, and commits to a link secret that it does not know.

    Args:
        link_secret: 32 bytes, drawn for this.
    """
    suspended = bytes(sorted({*charter.suspended, nation}))
    others = (s for s in charter.settings if s.tag not in {SETTING_LINK_SECRET, SETTING_SUSPENDED})
    changed = (link_secret_setting(link_secret, charter.nonce), Setting(SETTING_SUSPENDED, suspended))
    settings = tuple(sorted((*others, *changed), key=lambda setting: (setting.tag, setting.value)))
    return evolve(charter, number=charter.number + 1, previous=charter.hash, settings=settings)


def reinstatement(charter: Charter, nation: int) -> Charter:
    """The text that takes back the suspension of a nation; the link secret stays."""
    suspended = bytes(sorted(charter.suspended - {nation}))
    others = [s for s in charter.settings if s.tag != SETTING_SUSPENDED]
    mark = [Setting(SETTING_SUSPENDED, suspended)] if suspended else []
    settings = tuple(sorted((*others, *mark), key=lambda setting: (setting.tag, setting.value)))
    return evolve(charter, number=charter.number + 1, previous=charter.hash, settings=settings)


# --- checking ---


def check_amendment(before: Charter, after: Charter) -> Change:
    """What an amendment does to the charter before it.

    Raises:
        StateError: it does not follow that charter.
        DecodeError: it changes what it may not, nothing, or more than one thing; names the field.
    """
    if after.number != before.number + 1:
        raise StateError("does not follow the charter in force", field="number")
    if after.previous != before.hash:
        raise StateError("does not follow the charter in force", field="previous")
    for field in _FIXED:
        if getattr(after, field) != getattr(before, field):
            raise DecodeError("no amendment changes this", field=field)
    count = len(before.nations)
    if after.nations[:count] != before.nations or len(after.nations) > count + 1:
        raise DecodeError("nations keep their places, and one is admitted at a time", field="nations")
    if len(after.nations) > count:
        return _check_admission(before, after)
    if after.suspended < before.suspended:
        return _check_reinstatement(before, after)
    return _check_suspension(before, after)


def _check_admission(before: Charter, after: Charter) -> Change:
    if after.settings != before.settings:
        raise DecodeError("an admission changes no setting", field="settings")
    if after.quorum != max(before.quorum, len(after.nations) // 2 + 1):
        raise DecodeError("stays, or becomes the least that is more than half", field="quorum")
    admitted = len(before.nations)
    return Change(admitted, None, before.present | {admitted})


def _check_suspension(before: Charter, after: Charter) -> Change:
    if after.quorum != before.quorum:
        raise DecodeError("a suspension does not change it", field="quorum")
    more = after.suspended - before.suspended
    if len(more) != 1 or not before.suspended < after.suspended:
        raise DecodeError("an amendment admits one nation, suspends one or reinstates one", field="settings")
    if _others(after) != _others(before):
        raise DecodeError("a suspension changes no setting of another kind", field="settings")
    hashed = after.setting(SETTING_LINK_SECRET)
    if len(hashed) != 32 or hashed == before.setting(SETTING_LINK_SECRET):
        raise DecodeError("a suspension commits to a new link secret", field="settings")
    # Else two halves could suspend each other, and nobody would have signed both.
    if not len(after.present) * 2 > len(before.present):
        raise DecodeError("a suspension needs more than half of the nations", field="settings")
    (suspended,) = more
    return Change(None, suspended, after.present)


def _check_reinstatement(before: Charter, after: Charter) -> Change:
    if after.quorum != before.quorum:
        raise DecodeError("a reinstatement does not change it", field="quorum")
    back = before.suspended - after.suspended
    if len(back) != 1:
        raise DecodeError("an amendment reinstates one nation", field="settings")
    (reinstated,) = back
    if after.settings != reinstatement(before, reinstated).settings:
        raise DecodeError("a reinstatement changes no setting of another kind", field="settings")
    return Change(None, None, after.present, reinstated)


def _others(charter: Charter) -> tuple[Setting, ...]:
    return tuple(s for s in charter.settings if s.tag not in {SETTING_LINK_SECRET, SETTING_SUSPENDED})


# --- putting in force ---


@attrs.define
class Gathering:
    """Amendments as they come in, text first, until one of them is complete.

    Attributes:
        limit: bytes that may wait; 0: what comes is our own.
    """

    limit: int = MAX_AMENDMENT_FILE
    _waiting: dict[bytes, Amendment] = attrs.field(factory=dict, init=False, repr=False)
    _size: int = attrs.field(default=0, init=False)

    @property
    def waiting(self) -> int:
        """Texts that are not complete."""
        return len(self._waiting)

    def takes_back(self, nation: int) -> bool:
        """Whether a suspension of a nation waits, and a later text that takes it back and still lacks signatures.

        That nation's own nodes put them in force together: in between nobody of it would listen to another any more.
        """
        waiting = self._waiting.values()
        first = min((one.charter.number for one in waiting if nation in one.charter.suspended), default=None)
        later = [one for one in waiting if first is not None and one.charter.number > first]
        return any(nation in one.charter.present and not one.charter.present <= one.signatures.keys() for one in later)

    def take(self, data: bytes) -> None:
        """Take a text, or a signature of one that is here.

        Raises:
            StateError: the text that it signs is not here.
            LimitError: too much waits.
            RemoteProtocolError: malformed, or not authentic.
        """
        if self.limit and self._size + len(data) > self.limit:
            raise LimitError("too many amendments wait", field="charter")
        if peek(unpack_loose(data)) is Tag.CHARTER:
            charter = read_charter(data)
            if not charter.number:
                raise StateError("is no amendment", field="number")
            if charter.hash not in self._waiting:
                self._waiting[charter.hash] = Amendment(charter, charter.hash, data)
                self._size += len(data)
            return
        signer = read_signed(data, Tag.CHARTER_SIGNATURE).signer
        for amendment in self._waiting.values():
            if signer == root_id(amendment.hash, signer[15]):
                nation, root = check_signature(amendment.charter, data)
                if nation not in amendment.signatures:
                    amendment.signatures[nation], amendment.roots[nation] = data, root
                    self._size += len(data)
                return
        raise StateError("the charter that it signs is not here", field="signer")

    def ripe(self, coalition: Coalition) -> tuple[Coalition, tuple[bytes, ...]] | Fork | None:
        """What is complete by now: the coalition under the next charter and its documents, or proof of a fork.

        It is taken out; ask until there is none.

        Raises:
            RemoteProtocolError: a text does what no amendment may; it is taken out.
        """
        for name, amendment in tuple(self._waiting.items()):
            before = coalition.text(amendment.charter.previous)
            if before is None:
                continue  # one before it is still to come
            if coalition.text(name) is not None:
                self._drop(name)
                continue
            try:
                change = check_amendment(before, amendment.charter)
            except RemoteProtocolError:
                self._drop(name)
                raise
            if not change.needs <= amendment.signatures.keys():
                continue
            self._drop(name)
            if before is coalition.charter:
                return _amended(coalition, amendment, change), amendment.documents(change.needs)
            return Fork(amendment, change.needs, change.needs & _signed(coalition, amendment.charter.number))
        return None

    def _drop(self, name: bytes) -> None:
        amendment = self._waiting.pop(name)
        self._size -= len(amendment.data) + sum(map(len, amendment.signatures.values()))


def _amended(coalition: Coalition, amendment: Amendment, change: Change) -> Coalition:
    roots = coalition.roots
    if change.admitted is not None:
        roots = (*roots, amendment.roots[change.admitted])
    earlier = (*coalition.earlier, (coalition.charter_hash, coalition.charter))
    return Coalition(coalition.id, amendment.charter, amendment.hash, roots, earlier)


def _signed(coalition: Coalition, number: int) -> frozenset[int]:
    """Who signed the charter of a number that was taken."""
    texts = [charter for _, charter in coalition.earlier] + [coalition.charter]
    return check_amendment(texts[number - 1], texts[number]).needs


def build_coalition(
    documents: Iterable[bytes], policy_hash: bytes | None = None
) -> tuple[Coalition, tuple[bytes, ...]]:
    """A coalition from its charters and their signatures, in any order; of two with one number the first counts.

    Returns:
        It, and the documents that make up its amendments, oldest first.

    Raises:
        RemoteProtocolError: malformed, not founded, or a signature does not hold.
    """
    texts: list[bytes] = []
    signatures: list[bytes] = []
    for data in documents:
        (texts if peek(unpack_loose(data)) is Tag.CHARTER else signatures).append(data)
    first = next((data for data in texts if not read_charter(data).number), None)
    if first is None:
        raise StateError("no founding charter is here", field="charter")
    genesis = read_charter(first).hash
    own = [data for data in signatures if read_signed(data).signer[:15] == genesis[:15]]
    coalition = found(first, own, policy_hash)
    gathering = Gathering(limit=0)
    for data in (*(t for t in texts if read_charter(t).number), *(s for s in signatures if s not in own)):
        gathering.take(data)
    used: list[bytes] = []
    while (grown := gathering.ripe(coalition)) is not None:
        if isinstance(grown, tuple):
            coalition, more = grown
            used += more
    return coalition, tuple(used)


def changed(before: Charter, after: Charter) -> tuple[str, ...]:
    """What an amendment does, in words: names of nations are peers' text.

    Raises:
        RemoteProtocolError: it is not one.
    """
    change = check_amendment(before, after)
    lines = []
    if change.admitted is not None:
        nation = after.nations[change.admitted]
        lines.append(f"admits {nation.code} ({nation.name}), which reads only from then on")
    if change.suspended is not None:
        code = before.codes[change.suspended]
        lines += [f"suspends {code}: nothing is sealed to it or taken from it any more", "changes the link secret"]
    if change.reinstated is not None:
        lines.append(
            f"takes back the suspension of {before.codes[change.reinstated]}: it is sealed to and heard from then on"
        )
    if after.quorum != before.quorum:
        lines.append(f"raises the quorum from {before.quorum} to {after.quorum}")
    return tuple(lines)
