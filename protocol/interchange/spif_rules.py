"""What another system's policy says of labels (SPEC 5.6): whether one is valid, who may read it, what it is in another policy.

Rule 1: nil is always denied, and what has no equivalent has none: a value is never left out of a translation, but an
informative one.
Rule 2: a clearance names classifications one by one; that it names a higher one says nothing of a lower one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from protocol.base.errors import DecodeError
from protocol.interchange.spif import (
    Applied,
    Key,
    Operation,
    Requirement,
    Spif,
    SpifClearance,
    SpifLabel,
    TagKind,
    ValueEquivalent,
)


def faults(spif: Spif, label: SpifLabel) -> tuple[str, ...]:
    """Why a label is not valid under its policy; nothing: it is.

    Raises:
        DecodeError: it is of another policy, or names what the policy does not have.
    """
    _of(spif, label.policy)
    classification = spif.classification(label.lacv)
    known = {key: (tag_set, value) for tag_set, _, value, key in spif.values()}
    for key in label.values - known.keys():
        raise DecodeError(f"{spif.name} has no value {key.lacv} in {key.tag_set}", field="lacv")
    found = [f"{classification.name} is obsolete"] * classification.obsolete
    found += [f"{classification.name} asks for more" for one in classification.required if not _met(spif, one, label)]
    for key in sorted(label.values, key=lambda key: (key.tag_set, key.kind, key.lacv)):
        _, value = known[key]
        found += [f"{value.name} is obsolete"] * value.obsolete
        if classification.name in value.excluded_classes:
            found.append(f"{value.name} does not go with {classification.name}")
        if value.required_classes and classification.name not in value.required_classes:
            found.append(f"{value.name} goes with {', '.join(sorted(value.required_classes))} only")
        found += [f"{value.name} asks for more" for one in value.required if not _met(spif, one, label)]
        found += [
            f"{value.name} does not go with what else is there"
            for group in value.excluded
            if spif.keys(group) & label.values
        ]
    for tag_set in spif.tag_sets:
        for tag in tag_set.tags:
            chosen = sum(Key(tag_set.id, tag.kind, value.lacv) in label.values for value in tag.values)
            if chosen and not tag.least <= chosen <= tag.most:
                found.append(f"{tag.name or tag_set.name} is chosen {chosen} times")
    return tuple(dict.fromkeys(found))


def _met(spif: Spif, requirement: Requirement, label: SpifLabel) -> bool:
    groups = [spif.keys(group) for group in requirement.groups]
    if requirement.operation is Operation.ALL:
        return all(group <= label.values for group in groups)
    count = len(frozenset().union(*groups) & label.values)
    return count == 1 if requirement.operation is Operation.ONLY_ONE else count >= 1


def may_read(label: SpifLabel | None, clearance: SpifClearance | None) -> bool:
    """The reference decision: the classification is among the cleared, every restrictive value is held, and of each tag set
    with permissive values one at least is.
    """
    if label is None or clearance is None or label.policy != clearance.policy or label.lacv not in clearance.lacvs:
        return False
    restrictive = {key for key in label.values if key.kind is TagKind.RESTRICTIVE}
    permissive = {key for key in label.values if key.kind is TagKind.PERMISSIVE}
    sets = {key.tag_set for key in permissive}
    held = {key.tag_set for key in permissive & clearance.values}
    return restrictive <= clearance.values and sets == held


def translate_out(label: SpifLabel, own: Spif, to: Spif) -> SpifLabel:
    """A label of a policy in the words of another, by what the first one says of it (`encrypt`).

    Raises:
        DecodeError: it has no equivalent there: the label is nil, and what it is on is not sent.
    """
    _of(own, label.policy)
    other = own.other(to)
    if other is None:
        raise DecodeError(f"{own.name} says nothing of {to.name}", field="equivalentPolicy")
    classification = own.classification(label.lacv)
    outward = {Applied.ENCRYPT, Applied.BOTH}
    same = [one for one in classification.equivalents if one.policy == other.name and one.applied in outward]
    if len(same) != 1:
        raise DecodeError(f"{classification.name} has no one equivalent in {to.name}", field="equivalentClassification")
    values: set[Key] = set()
    for _, _, value, key in own.values():
        if key in label.values:
            rows = [one for one in value.equivalents if one.policy == other.name and one.applied in outward]
            values |= _equivalents(rows, key.kind, f"{value.name} has no equivalent in {to.name}")
    values |= _added(to, (*other.required, *same[0].required))
    made = SpifLabel(to.id, same[0].lacv, frozenset(values))
    faults(to, made)  # what it names must be there
    return made


def translate_in(label: SpifLabel, other: Spif, own: Spif) -> SpifLabel:
    """A label of another policy in the words of one's own, by what one's own says of it (`decrypt`).

    Raises:
        DecodeError: it has no equivalent here: the label is nil, and its own words are shown as they are.
    """
    _of(other, label.policy)
    called = own.other(other)
    if called is None:
        raise DecodeError(f"{own.name} says nothing of {other.name}", field="equivalentPolicy")
    inward = {Applied.DECRYPT, Applied.BOTH}
    classes = [
        one
        for one in own.classifications
        if any((e.policy, e.lacv) == (called.name, label.lacv) and e.applied in inward for e in one.equivalents)
    ]
    if not classes:
        name = other.classification(label.lacv).name
        raise DecodeError(f"{name} of {other.name} has no equivalent in {own.name}", field="equivalentClassification")
    values: set[Key] = set()
    for _, _, theirs, key in other.values():
        if key in label.values:
            same = {
                mine
                for _, _, value, mine in own.values()
                for one in value.equivalents
                if (one.policy, one.tag_set, one.kind, one.lacv) == (called.name, key.tag_set, key.kind, key.lacv)
                and one.applied in inward
            }
            if not same and key.kind is not TagKind.INFORMATIVE:
                raise DecodeError(
                    f"{theirs.name} of {other.name} has no equivalent in {own.name}", field="equivalentSecCategoryTag"
                )
            values |= same
    return SpifLabel(own.id, classes[-1].lacv, frozenset(values))  # of several the highest


def _equivalents(rows: Iterable[ValueEquivalent], kind: TagKind, why_not: str) -> set[Key]:
    found = list(rows)
    if not found and kind is not TagKind.INFORMATIVE:
        raise DecodeError(why_not, field="equivalentSecCategoryTag")
    return {Key(one.tag_set, one.kind, one.lacv) for one in found if one.lacv is not None}


def _added(to: Spif, required: Iterable[Requirement]) -> set[Key]:
    """What a label must bear besides. Which of several is nobody's choice here."""
    values: set[Key] = set()
    for requirement in required:
        groups = [to.keys(group) for group in requirement.groups]
        if not all(groups) or (requirement.operation is not Operation.ALL and sum(map(len, groups)) != 1):
            raise DecodeError(f"which value of {to.name} is to be added is not said", field="requiredCategory")
        values |= frozenset().union(*groups)
    return values


def _of(spif: Spif, policy: str) -> None:
    if policy != spif.id:
        raise DecodeError(f"must be of the policy {spif.name}", field="policy")


def alike(national: Spif, coalition: str, numbers: Sequence[int]) -> tuple[str, ...]:
    """What a nation marks as high as the levels of a coalition's policy, as the nation's policy says (`decrypt`).

    A level of which it says nothing is as high as the next higher one of which it does: mapped up, never down.

    Args:
        coalition: what the national policy calls the coalition's. numbers: of the levels (`lacv`), from the lowest.

    Returns:
        For each level the name of the national classification, or "".

    Raises:
        DecodeError: it says nothing of that policy.
    """
    if all(other.name.casefold() != coalition.casefold() for other in national.others):
        raise DecodeError(f"{national.name} says nothing of {coalition}", field="equivalentPolicy")
    found: list[str] = []
    above = ""
    for number in reversed(numbers):
        same = [
            one.name
            for one in national.classifications
            if not one.obsolete
            for equivalent in one.equivalents
            if (equivalent.policy.casefold(), equivalent.lacv) == (coalition.casefold(), number)
            and equivalent.applied is not Applied.ENCRYPT
        ]
        above = same[-1] if same else above  # of several the highest
        found.append(above)
    return tuple(reversed(found))
