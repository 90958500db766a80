"""From another system's policy to one that a coalition can be founded on (SPEC 5.6): levels, restrictive values, colours.

Rule 1: what would let somebody read more than the policy does is refused by its name. What only lets an author choose more than it
does is left out, and said.
Rule 2: a release set names nations of the charter: it takes the place of the one permissive tag set that there may be.
"""

from __future__ import annotations

import attrs

from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.records import encode
from protocol.interchange.spif import Classification, Operation, Requirement, Spif, TagKind
from protocol.interchange.spif_marking import policy_words
from protocol.trust.policy import Category, Level, Policy, read_policy

NO_COLOUR = 0x5A5A5A
"""Neutral: a level without a colour must not look like another one."""
BLACK, WHITE = 0x000000, 0xFFFFFF


@attrs.frozen
class Fitted:
    """A policy, and what of the other one is not in it."""

    policy: Policy
    left_out: tuple[str, ...]


def fit(spif: Spif) -> Fitted:
    """What of a policy a coalition can be founded on.

    Raises:
        DecodeError: it cannot: names the first rule of it that would be lost, or what breaks ours.
    """
    left_out: list[str] = []
    classes = [one for one in spif.classifications if not one.obsolete]
    left_out += [f"obsolete: {one.name}" for one in spif.classifications if one.obsolete]
    permissive = [s for s in spif.tag_sets if any(tag.kind is TagKind.PERMISSIVE and tag.values for tag in s.tags)]
    if len(permissive) > 1:
        names = ", ".join(tag_set.name for tag_set in permissive)
        raise DecodeError(
            f"{names} are all permissive, and a label has one release set", field="securityCategoryTagSet"
        )
    for tag_set in permissive:
        left_out.append(f"values of {tag_set.name}: a release set names nations of the charter")
    categories = _categories(spif, left_out)
    for one in classes:
        for requirement in one.required:
            if not _always_met(requirement):
                raise DecodeError(
                    f"{one.name} requires a category, which is not asked for here", field="requiredCategory"
                )
    portions = _portions(classes)
    levels = tuple(Level(one.name, portion, *_colours(one)) for one, portion in zip(classes, portions, strict=True))
    left_out += [f"{one.name} has no colour" for one in classes if one.colour is None]
    words = policy_words(spif)
    prefix = "" if words == spif.name else words
    policy = Policy(spif.name.upper(), spif.version, prefix, levels, categories)
    try:
        return Fitted(read_policy(encode(policy)), tuple(dict.fromkeys(left_out)))
    except LocalProtocolError as error:
        raise DecodeError(error.detail, field=error.field) from None


def _categories(spif: Spif, left_out: list[str]) -> tuple[Category, ...]:
    made = []
    for tag_set, _, value, key in spif.values():
        for requirement in value.required:
            restrictive = [group for group in requirement.groups if group.kind is TagKind.RESTRICTIVE]
            if restrictive and key.kind is not TagKind.INFORMATIVE:
                raise DecodeError(
                    f"{value.name} requires another restrictive category, and a message bears one only",
                    field="requiredCategory",
                )
        if key.kind is TagKind.INFORMATIVE:
            left_out.append(f"informative: {tag_set.name}")
        elif value.excluded_classes or value.required_classes or value.excluded or value.required:
            left_out.append(f"with what {value.name} may stand")
        if key.kind is TagKind.RESTRICTIVE:
            left_out += [f"obsolete: {value.name}"] * value.obsolete
            made += [] if value.obsolete else [Category(tag_set.name, value.name)]
    return tuple(made)


def _always_met(requirement: Requirement) -> bool:
    """Whether a label with a release set, as ours all are, meets it."""
    kinds = [group.kind for group in requirement.groups]
    if requirement.operation is Operation.ONE_OR_MORE:
        return TagKind.PERMISSIVE in kinds
    return False


def _portions(classes: list[Classification]) -> list[str]:
    """Short forms: as the policy says, or initials; where these are the same, as many letters as it takes."""
    found: list[str] = []
    for one in classes:
        said = [m.phrase for m in one.markings if "portionMarking" in m.codes and not m.language]
        words = ["".join(c for c in word.upper() if c.isascii() and c.isalnum()) for word in one.name.split()]
        joined = "".join(words) or "X"
        short = "".join(word[:1] for word in words) or "X"
        tries = [*(text.strip("()").upper() for text in said), short, *(joined[:size] for size in range(2, 17))]
        portion = next((text for text in tries if text and text not in found), "")
        if not portion:
            raise DecodeError(f"{one.name} has no short form that differs from the others", field="portionMarking")
        found.append(portion)
    return found


def _colours(one: Classification) -> tuple[int, int]:
    """The text's, and the banner's: black on what is bright."""
    background = NO_COLOUR if one.colour is None else one.colour
    red, green, blue = background >> 16, background >> 8 & 0xFF, background & 0xFF
    return (BLACK if 299 * red + 587 * green + 114 * blue > 140_000 else WHITE), background


def to_toml(policy: Policy, origin: str) -> str:
    """A policy file, as `policy_from_toml` reads it; `origin` stands in its first line."""
    rows = [
        f"# {_plain(origin)}",
        f"identifier = {_text(policy.identifier)}",
        f"version = {policy.version}",
        f"prefix = {_text(policy.prefix)}",
    ]
    for level in policy.levels:
        rows += ["", "[[level]]", f"name = {_text(level.name)}", f"portion = {_text(level.portion)}"]
        rows += [f"foreground = 0x{level.foreground:06X}", f"background = 0x{level.background:06X}"]
    for category in policy.categories:
        rows += ["", "[[category]]", f"tag_name = {_text(category.tag_name)}", f"value = {_text(category.value)}"]
    return "\n".join(rows) + "\n"


def _text(value: str) -> str:
    """A basic string of TOML; a name holds no control character."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
