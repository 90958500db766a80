"""Markings of other systems' labels and clearances (SPEC 5.6), as their policy says: phrases, languages, what stands between.

    prefix  policy  separator  classification  separator  values of a tag, with its own prefix, separators and suffix  suffix

Texts of a policy file are another's words: `display_safe` stands between them and any screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from protocol.interchange.spif import Classification, Key, Marking, Spif, SpifClearance, SpifLabel, Value, languages

REPLACE: Final = "replacePolicy"
SUPPRESS: Final = "suppressClassName"
HIDDEN: Final = frozenset({"noNameDisplay", "noMarkingDisplay"})


def marking(spif: Spif, label: SpifLabel, language: str = "") -> str:
    """The marking of a label. Raises: DecodeError: it names a classification that is not there."""
    classification = spif.classification(label.lacv)
    chosen = [value for _, _, value, key in spif.values() if key in label.values]
    suppressed = any(SUPPRESS in one.codes for value in chosen for one in _said(value.markings, language))
    shown = "" if suppressed else _shown(classification.name, classification.markings, language)
    policy = _policy(spif, [classification, *chosen], language)
    return _whole(spif, [policy, shown, *_tags(spif, label.values, language)], language)


def clearance_marking(spif: Spif, clearance: SpifClearance, language: str = "") -> str:
    """The marking of a clearance: all its classifications, and no name of the policy."""
    names = [
        _shown(one.name, one.markings, language) for one in spif.classifications if one.lacv in clearance.lacvs
    ]  # fmt: skip
    classes = f"{{{'|'.join(names)}}}" if len(names) > 1 else "".join(names)
    return _whole(spif, [classes, *_tags(spif, clearance.values, language)], language)


def _whole(spif: Spif, parts: Iterable[str], language: str) -> str:
    between = spif.qualifiers.get("separator", language, " ")
    text = between.join(part for part in parts if part)
    return spif.qualifiers.get("prefix", language) + text + spif.qualifiers.get("suffix", language)


def policy_words(spif: Spif, language: str = "") -> str:
    """What stands for the policy itself in its markings, with the prefix of all."""
    return (spif.qualifiers.get("prefix", language) + _policy(spif, [], language)).strip()


def _policy(spif: Spif, chosen: Sequence[Classification | Value], language: str) -> str:
    for one in (*reversed(chosen), spif):
        for said in _said(one.markings, language):
            if REPLACE in said.codes:
                return said.phrase
    return spif.name


def _tags(spif: Spif, values: frozenset[Key], language: str) -> list[str]:
    found = []
    for tag_set in spif.tag_sets:
        for tag in tag_set.tags:
            shown = [
                _shown(value.name, value.markings, language)
                for value in tag.values
                if Key(tag_set.id, tag.kind, value.lacv) in values
            ]
            shown = [text for text in shown if text]
            if shown:
                between = tag.qualifiers.get("separator", language, "/")
                before, after = (tag.qualifiers.get(code, language) for code in ("prefix", "suffix"))
                found.append(before + between.join(shown) + after)
    return found


def _shown(name: str, markings: Sequence[Marking], language: str) -> str:
    """A phrase in place of a name; of what stands for the policy, the name."""
    said = [one for one in _said(markings, language) if "portionMarking" not in one.codes]
    if any(HIDDEN & one.codes for one in said):
        return ""
    return next((one.phrase for one in said if one.phrase and REPLACE not in one.codes), name)


def _said(markings: Sequence[Marking], language: str) -> list[Marking]:
    """Those of the language, else of what it is a variety of, else of none."""
    for wanted in languages(language):
        found = [one for one in markings if one.language == wanted]
        if found:
            return found
    return []
