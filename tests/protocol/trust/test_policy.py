"""Policies: what a file may say, one encoding, and names that cannot be confused."""

from __future__ import annotations

import pytest

from protocol.base.errors import DecodeError, RemoteProtocolError
from protocol.base.limits import MAX_CATEGORIES, MAX_COMPARTMENTS, MAX_LEVELS
from protocol.base.records import encode, evolve
from protocol.trust.policy import Category, Level, Policy, policy_from_toml, read_policy
from tests.fakes.coalition import EXAMPLE_POLICY

EXAMPLE = EXAMPLE_POLICY.read_text(encoding="utf-8")
POLICY = policy_from_toml(EXAMPLE)

LEVEL = '[[level]]\nname = "LOW"\nportion = "L"\nforeground = 0\nbackground = 0\n'
HEAD = 'identifier = "ONE"\nversion = 1\nprefix = ""\n'


def test_the_example_policy_is_what_the_story_says() -> None:
    assert POLICY.identifier == "EXAMPLE"
    assert POLICY.prefix == "MISSION"
    assert [level.name for level in POLICY.levels] == ["UNCLASSIFIED", "RESTRICTED", "SECRET", "TOP SECRET"]
    assert [category.value for category in POLICY.categories] == ["CONVOY", "EXCON"]
    assert POLICY.levels[2] == Level("SECRET", "S", 0xFFFFFF, 0xA3172C)


def test_it_round_trips_and_its_hash_is_of_its_bytes() -> None:
    assert read_policy(encode(POLICY)) == POLICY
    assert len(POLICY.hash) == 32
    assert policy_from_toml(EXAMPLE).hash == POLICY.hash
    assert evolve(POLICY, version=2).hash != POLICY.hash


def test_compartments_are_every_level_with_and_without_each_category() -> None:
    assert POLICY.compartments() == tuple((level, category) for level in range(4) for category in range(3))
    assert evolve(POLICY, categories=()).compartments() == ((0, 0), (1, 0), (2, 0), (3, 0))


def test_a_file_needs_no_category() -> None:
    policy = policy_from_toml(HEAD + LEVEL)
    assert policy == Policy("ONE", 1, "", (Level("LOW", "L", 0, 0),), ())


def test_categories_of_a_file_keep_their_order() -> None:
    row = '[[category]]\ntag_name = "Interest"\nvalue = "{}"\n'
    policy = policy_from_toml(HEAD + LEVEL + row.format("B") + row.format("A"))
    assert policy.categories == (Category("Interest", "B"), Category("Interest", "A"))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("identifier = ", "policy"),
        (HEAD, "levels"),
        (LEVEL, "policy"),
        (HEAD + 'colour = "red"\n' + LEVEL, "policy"),
        (HEAD.replace("version = 1\n", "") + LEVEL, "policy"),
        (HEAD.replace("1", '"1"') + LEVEL, "version"),
        (HEAD.replace("1", "-1") + LEVEL, "version"),
        (HEAD.replace("1", "true") + LEVEL, "version"),
        (HEAD.replace("ONE", "one") + LEVEL, "identifier"),
        (HEAD + "level = 1\n", "level"),
        (HEAD + "level = [1]\n", "level"),
        (HEAD + LEVEL + "category = 1\n", "level"),
        (HEAD + "category = 1\n" + LEVEL, "category"),
        (HEAD + LEVEL + "lowest = true\n", "level"),
        (HEAD + LEVEL.replace('portion = "L"\n', ""), "level"),
        (HEAD + LEVEL.replace("foreground = 0", "foreground = 0x1000000"), "foreground"),
        (HEAD + LEVEL + LEVEL, "levels"),
        (HEAD + LEVEL + LEVEL.replace("LOW", "Low"), "levels"),
        (HEAD + LEVEL + '[[category]]\ntag_name = "A"\nvalue = "X"\n' * 2, "categories"),
        (HEAD + LEVEL + '[[category]]\nvalue = "X"\n', "category"),
        (HEAD + LEVEL * (MAX_LEVELS + 1), "levels"),
    ],
)
def test_a_bad_file_is_refused_and_the_field_named(text: str, field: str) -> None:
    policy_from_toml(HEAD + LEVEL)
    with pytest.raises(DecodeError) as refusal:
        policy_from_toml(text)
    assert refusal.value.field == field


def of_size(levels: int, categories: int) -> Policy:
    return Policy(
        "BIG",
        1,
        "",
        tuple(Level(f"L{index}", f"L{index}", 0, 0) for index in range(levels)),
        tuple(Category("Interest", f"C{index}") for index in range(categories)),
    )


@pytest.mark.parametrize(("levels", "categories"), [(MAX_LEVELS, 7), (3, MAX_CATEGORIES), (4, 31), (1, 0)], ids=str)
def test_bounds_hold_from_both_sides(levels: int, categories: int) -> None:
    largest = of_size(levels, categories)
    assert read_policy(encode(largest)) == largest
    assert len(largest.compartments()) == levels * (categories + 1) <= MAX_COMPARTMENTS


@pytest.mark.parametrize(("levels", "categories"), [(MAX_LEVELS, 8), (4, MAX_CATEGORIES)])
def test_a_policy_of_more_compartments_than_one_nation_keys_is_refused(levels: int, categories: int) -> None:
    with pytest.raises(DecodeError) as refusal:
        read_policy(encode(of_size(levels, categories)))
    assert refusal.value.field == "categories"


@pytest.mark.parametrize(
    "policy",
    [
        evolve(POLICY, levels=(*POLICY.levels[:3], evolve(POLICY.levels[3], name="secret"))),
        evolve(POLICY, categories=(POLICY.categories[0], evolve(POLICY.categories[1], value="Convoy"))),
    ],
    ids=["level", "category"],
)
def test_names_that_differ_in_case_only_are_refused_on_the_wire(policy: Policy) -> None:
    read_policy(encode(POLICY))
    with pytest.raises(RemoteProtocolError):
        read_policy(encode(policy))
