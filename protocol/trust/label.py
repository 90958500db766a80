"""Confidentiality labels and release keys (SPEC 5.2 to 5.4).

A label has the fields of STANAG 4774: policy, classification, categories, releasable-to. Its *release key* is what
decides, by cryptography, who can open: envelopes, feeds and receipts are keyed by (channel, release key).
Nations stand in it by their index in the charter, which is never given to another nation.

Text form: `[policy] LEVEL [CATEGORY ...] [REL [TO] A, B]`, in any case; a label without REL is completed with the
member nations of its channel before anyone is shown it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated

import attrs

from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.limits import MAX_CATEGORIES, MAX_LEVELS, MAX_NATIONS
from protocol.base.records import Bin, Seq, Uint, encode_part, record
from protocol.trust.policy import Policy

LEVEL = Uint(MAX_LEVELS - 1)
CATEGORY = Uint(MAX_CATEGORIES)
"""0 is none; otherwise 1 + index of the category in the policy."""
NATION = Uint(MAX_NATIONS - 1)


@record()
class ReleaseKey:
    """(policy, level, category or none, releasable-to): what a compartment key and an audience are chosen by."""

    policy: Annotated[bytes, Bin(32)]
    level: Annotated[int, LEVEL]
    category: Annotated[int, CATEGORY]
    releasable: Annotated[tuple[int, ...], Seq(NATION, MAX_NATIONS, 1, ascending=True)]

    @property
    def compartment(self) -> tuple[int, int]:
        """(level, category): the compartment whose keys open it, in each nation."""
        return (self.level, self.category)

    @property
    def packed(self) -> bytes:
        """Canonical bytes: the key of tables and hashes."""
        return encode_part(self)


@attrs.frozen
class Label:
    """A confidentiality label.

    Attributes:
        policy: the policy's hash.
        level: index of the classification.
        categories: restrictive categories, as 1 + index; any number, though sealing refuses more than one.
        releasable: charter indices; empty before the channel's members were filled in.
    """

    policy: bytes
    level: int
    categories: frozenset[int] = frozenset()
    releasable: frozenset[int] = frozenset()

    def release_key(self) -> ReleaseKey:
        """The release key; call it on labels that `access.may_seal` allowed.

        Raises:
            LocalProtocolError: there is more than one category; on encoding, if there is no nation.
        """
        if len(self.categories) > 1:
            raise LocalProtocolError("has more than one category", field="label")
        (category,) = self.categories or (0,)
        return ReleaseKey(self.policy, self.level, category, tuple(sorted(self.releasable)))


def label_of(key: ReleaseKey) -> Label:
    """The label that a release key stands for."""
    categories = frozenset({key.category} - {0})
    return Label(key.policy, key.level, categories, frozenset(key.releasable))


def combine(labels: Iterable[Label]) -> Label:
    """Label of a reply, quote or forward (STANAG 4774.1, 4.4): highest level, all categories, common nations.

    The result may be releasable to nobody: a hard stop at sealing (clause "release-empty").

    Raises:
        DecodeError: no label, or labels of different policies.
    """
    parts = list(labels)
    if not parts or any(part.policy != parts[0].policy for part in parts):
        raise DecodeError("must be of one policy", field="label")
    releasable = parts[0].releasable
    for part in parts[1:]:
        releasable &= part.releasable
    return Label(
        parts[0].policy,
        max(part.level for part in parts),
        frozenset().union(*(part.categories for part in parts)),
        releasable,
    )


_RELEASE = re.compile(r"^(?P<head>.*?)(?:\s+|^)REL(?:\s+TO)?(?:\s+(?P<nations>.*))?$")


def parse_label(text: str, policy: Policy, nations: Sequence[str]) -> Label:
    """Read the text form.

    Args:
        text: e.g. "restricted convoy rel to xaa, xbb".
        policy: whose level and category names it uses.
        nations: codes in charter order.

    Returns:
        A label; `releasable` is empty when there is no REL.

    Raises:
        DecodeError: what is unknown is named; nothing is guessed.
    """
    words = " ".join(text.upper().split())
    match = _RELEASE.match(words)
    head = match["head"] if match else words
    releasable: frozenset[int] = frozenset()
    if match:
        codes = [code for code in re.split(r"[ ,]+", match["nations"] or "") if code]
        if not codes:
            raise DecodeError("REL names no nation", field="label")
        for code in codes:
            if code not in nations:
                raise DecodeError(f"unknown nation {code!r}", field="label")
        releasable = frozenset(nations.index(code) for code in codes)
    level, rest = _level(head, policy)
    return Label(policy.hash, level, _categories(rest, policy), releasable)


def _level(head: str, policy: Policy) -> tuple[int, str]:
    # A level's name comes before the policy's, so that a policy called "TOP" does not lower "TOP SECRET".
    for start in (head, _without_policy(head, policy)):
        # The longest name first: "TOP SECRET" is not "TOP" and a rest.
        for index in _longest_first([level.name for level in policy.levels]):
            name = policy.levels[index].name.upper()
            if start == name or start.startswith((name + " ", name + ",")):
                return index, start[len(name) :].strip(" ,")
    known = ", ".join(level.name for level in policy.levels)
    raise DecodeError(f"unknown level in {head!r}; the policy has {known}", field="label")


def _without_policy(head: str, policy: Policy) -> str:
    for name in (policy.identifier, policy.prefix):
        if name and head.startswith(name.upper() + " "):
            return head[len(name) + 1 :]
    return head


def _categories(rest: str, policy: Policy) -> frozenset[int]:
    found = set()
    while rest:
        for index in _longest_first([category.value for category in policy.categories]):
            value = policy.categories[index].value.upper()
            if rest == value or rest.startswith((value + " ", value + ",", value + "/")):
                found.add(index + 1)
                rest = rest[len(value) :].strip(" ,/")
                break
        else:
            raise DecodeError(f"unknown category {rest!r}", field="label")
    return frozenset(found)


def _longest_first(names: Sequence[str]) -> list[int]:
    return sorted(range(len(names)), key=lambda index: -len(names[index]))


def marking(label: Label, policy: Policy, nations: Sequence[str]) -> str:
    """Full marking: "MISSION SECRET CONVOY REL XAA, XBB"."""
    head = policy.prefix or policy.identifier
    return " ".join([head, policy.levels[label.level].name, *_tail(label, policy, nations)])


def portion_mark(label: Label, policy: Policy, nations: Sequence[str]) -> str:
    """Portion mark: "(S CONVOY REL XAA, XBB)"."""
    return "(" + " ".join([policy.levels[label.level].portion, *_tail(label, policy, nations)]) + ")"


def _tail(label: Label, policy: Policy, nations: Sequence[str]) -> list[str]:
    tail = [policy.categories[index - 1].value for index in sorted(label.categories)]
    if label.releasable:
        tail.append("REL " + ", ".join(nations[index] for index in sorted(label.releasable)))
    return tail
