"""Vectors of SPEC 5: the EXAMPLE policy, label texts, markings, combination and the access decision."""

from __future__ import annotations

from collections.abc import Iterator

from protocol.base.errors import DecodeError
from protocol.base.records import encode, encode_part
from protocol.trust.access import Clearance, may_read, may_seal
from protocol.trust.label import Label, combine, marking, parse_label, portion_mark
from protocol.trust.policy import Policy
from protocol.vectors.notation import Case, File
from protocol.vectors.world import CODES

OTHER_POLICY = bytes(32)

TEXTS = [
    "UNCLASSIFIED",
    "secret",
    "Top Secret",
    "MISSION SECRET REL XAA, XBB",
    "example secret rel to xaa,xbb",
    "mission  top   secret  convoy excon REL TO XCC XAA",
    "RESTRICTED CONVOY",
    "restricted convoy/excon rel xaa",
    "secret, convoy, rel xbb",
    "secret rel xaa, xaa",
    "MISSION UNCLASSIFIED REL TO XAA, XBB, XCC",
]
"""Label texts that are read."""

WRONG_TEXTS = [
    "",
    "MISSION",
    "COSMIC",
    "SECRETS",
    "TOP",
    "secret rel",
    "secret rel to",
    "secret rel xzz",
    "secret convoys",
    "secret convoy mystery",
    "rel xaa",
    "atomal secret",
]
"""Label texts that are refused."""

LABELS: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = [
    (0, (), ()),
    (2, (), (0, 1)),
    (3, (), (0, 1, 2)),
    (2, (1,), (0,)),
    (1, (1, 2), (2,)),
]
"""(level, categories, releasable)."""


def build(policy: Policy) -> File:
    """The file's content."""
    return {
        "chapter": "5 Policies, labels and access",
        "format": {
            "policy": "the EXAMPLE policy's record and hash; `nations` are the codes by charter index",
            "texts": "a label's text form, and what it says: level, categories (1 + index), releasable (charter indices)",
            "wrong_texts": "texts that are refused with `expect`",
            "markings": "a label, its full marking and its portion mark, and its release key as packed part",
            "combinations": "labels of what a message replies to, quotes or forwards, and the label of the message",
            "reads": "whether a device of `nation` with `clearance` (level, categories) may read; `clause` denies",
            "seals": "whether it may seal in a channel of `members` with `ceiling`; `clause` denies",
        },
        "verification": [
            'hash = H("policy", encoded)',
            "parse(text) = level, categories, releasable; parse(marking of a label) is the label",
            "level = max, categories = union, releasable = intersection",
            "read and seal give the clause, or none",
        ],
        "policy": [{"encoded": encode(policy).hex(), "hash": policy.hash.hex(), "nations": list(CODES)}],
        "texts": [{"text": text, **_label(parse_label(text, policy, CODES))} for text in TEXTS],
        "wrong_texts": [_wrong(text, policy) for text in WRONG_TEXTS],
        "markings": [_marking(_make(policy, *label), policy) for label in LABELS],
        "combinations": list(_combinations(policy)),
        "reads": list(_reads(policy)),
        "seals": list(_seals(policy)),
    }


def _make(policy: Policy, level: int, categories: tuple[int, ...], releasable: tuple[int, ...]) -> Label:
    return Label(policy.hash, level, frozenset(categories), frozenset(releasable))


def _label(label: Label) -> Case:
    return {"level": label.level, "categories": sorted(label.categories), "releasable": sorted(label.releasable)}


def _wrong(text: str, policy: Policy) -> Case:
    try:
        parse_label(text, policy, CODES)
    except DecodeError as error:
        return {"text": text, "expect": error.code, "field": error.field}
    raise ValueError(f"read after all: {text!r}")


def _marking(label: Label, policy: Policy) -> Case:
    key = label.release_key() if len(label.categories) < 2 and label.releasable else None
    return {
        **_label(label),
        "marking": marking(label, policy, CODES),
        "portion": portion_mark(label, policy, CODES),
        "release_key": encode_part(key).hex() if key else "",
    }


def _combinations(policy: Policy) -> Iterator[Case]:
    for parts in (LABELS[1:2], LABELS[1:3], LABELS[1:4], LABELS[3:], LABELS[1:]):
        labels = [_make(policy, *part) for part in parts]
        yield {"labels": [_label(label) for label in labels], "combined": _label(combine(labels))}


def _reads(policy: Policy) -> Iterator[Case]:
    label = _make(policy, 2, (1,), (0, 1))
    for name, level, categories, nation, of in (
        ("granted", 2, (1,), 0, policy.hash),
        ("granted above", 3, (1, 2), 1, policy.hash),
        ("another policy", 3, (1, 2), 0, OTHER_POLICY),
        ("nation outside the release set", 3, (1, 2), 2, policy.hash),
        ("level too low", 1, (1,), 0, policy.hash),
        ("category missing", 3, (2,), 0, policy.hash),
    ):
        denied = may_read(Clearance(level, categories), nation, of, label)
        yield {
            "name": name,
            **_label(label),
            "same_policy": of == policy.hash,
            "clearance": [level, list(categories)],
            "nation": nation,
            "clause": denied.clause if denied is not None else "",
        }


def _seals(policy: Policy) -> Iterator[Case]:
    full, members = (3, (1, 2)), (0, 1, 2)
    for name, label, clearance, nation, channel, ceiling in (
        ("granted", LABELS[1], full, 0, members, full),
        ("granted at the ceiling", LABELS[3], (2, (1,)), 0, (0,), (2, (1,))),
        ("two categories", LABELS[4], full, 2, members, full),
        ("releasable to nobody", LABELS[0], full, 0, members, full),
        ("own nation left out", LABELS[1], full, 2, members, full),
        ("a nation that is no member", LABELS[2], full, 0, (0, 1), full),
        ("above the ceiling", LABELS[2], full, 0, members, (2, (1, 2))),
        ("category that the channel does not carry", LABELS[3], full, 0, members, (3, (2,))),
        ("above the clearance", LABELS[2], (2, (1, 2)), 0, members, full),
        ("category that the sender lacks", LABELS[3], (3, (2,)), 0, members, full),
    ):
        made = _make(policy, *label)
        denied = may_seal(
            made,
            policy=policy.hash,
            clearance=Clearance(*clearance),
            nation=nation,
            members=frozenset(channel),
            ceiling=Clearance(*ceiling),
        )
        yield {
            "name": name,
            **_label(made),
            "clearance": [clearance[0], list(clearance[1])],
            "nation": nation,
            "members": list(channel),
            "ceiling": [ceiling[0], list(ceiling[1])],
            "clause": denied.clause if denied is not None else "",
        }
