"""Labels: their text in and out, how they combine, and the release key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.errors import DecodeError, LocalProtocolError
from protocol.base.records import encode_part, evolve
from protocol.trust.label import Label, ReleaseKey, combine, label_of, marking, parse_label, portion_mark
from protocol.trust.policy import Category, Level, Policy, policy_from_toml
from tests.fakes.coalition import EXAMPLE_POLICY

POLICY = policy_from_toml(EXAMPLE_POLICY.read_text(encoding="utf-8"))
CODES = ("XAA", "XBB", "XCC")

complete_labels = st.builds(
    Label,
    st.just(POLICY.hash),
    st.integers(0, 3),
    st.frozensets(st.sampled_from((1, 2))),
    st.frozensets(st.integers(0, 2)),
)


def label(level: int, categories: set[int] | None = None, releasable: set[int] | None = None) -> Label:
    return Label(POLICY.hash, level, frozenset(categories or set()), frozenset(releasable or set()))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("UNCLASSIFIED", label(0)),
        ("secret", label(2)),
        ("Top Secret", label(3)),
        ("  top \t secret\n", label(3)),
        ("mission secret", label(2)),
        ("EXAMPLE secret", label(2)),
        ("secret convoy", label(2, {1})),
        ("secret excon convoy", label(2, {1, 2})),
        ("secret convoy/excon", label(2, {1, 2})),
        ("secret, convoy, excon", label(2, {1, 2})),
        ("secret convoy convoy", label(2, {1})),
        ("secret rel xaa", label(2, releasable={0})),
        ("secret rel to xaa, xbb", label(2, releasable={0, 1})),
        ("secret rel xcc xaa", label(2, releasable={0, 2})),
        ("secret rel xaa,,xaa,", label(2, releasable={0})),
        ("mission top secret convoy rel to xaa, xbb, xcc", label(3, {1}, {0, 1, 2})),
    ],
)
def test_the_text_form(text: str, wanted: Label) -> None:
    assert parse_label(text, POLICY, CODES) == wanted


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "unknown level in ''"),
        ("rel xaa", "unknown level in ''"),
        ("confidential", "'CONFIDENTIAL'"),
        ("secrets", "'SECRETS'"),
        ("convoy", "'CONVOY'"),
        ("other secret", "'OTHER SECRET'"),
        ("foreign secret", "'FOREIGN SECRET'"),
        ("secret sunray", "unknown category 'SUNRAY'"),
        ("secret convoys", "unknown category 'CONVOYS'"),
        ("secret convoy sunray", "unknown category 'SUNRAY'"),
        ("secret rel", "no nation"),
        ("secret rel to", "no nation"),
        ("secret rel ,", "no nation"),
        ("secret rel xaa, xdd", "unknown nation 'XDD'"),
        ("secret rel xaa rel xbb", "unknown nation 'REL'"),
    ],
)
def test_what_is_unknown_is_named_and_nothing_guessed(text: str, told: str) -> None:
    with pytest.raises(DecodeError) as refusal:
        parse_label(text, POLICY, CODES)
    assert told in refusal.value.detail


def test_a_refused_level_lists_those_there_are() -> None:
    with pytest.raises(DecodeError, match="UNCLASSIFIED, RESTRICTED, SECRET, TOP SECRET"):
        parse_label("confidential", POLICY, CODES)


@given(complete_labels)
def test_a_marking_reads_back_as_its_label(made: Label) -> None:
    assert parse_label(marking(made, POLICY, CODES), POLICY, CODES) == made


def test_markings() -> None:
    made = label(2, {1}, {0, 1})
    assert marking(made, POLICY, CODES) == "MISSION SECRET CONVOY REL XAA, XBB"
    assert portion_mark(made, POLICY, CODES) == "(S CONVOY REL XAA, XBB)"
    assert marking(label(3), POLICY, CODES) == "MISSION TOP SECRET"
    assert portion_mark(label(3), POLICY, CODES) == "(TS)"
    assert marking(label(0), evolve(POLICY, prefix=""), CODES) == "EXAMPLE UNCLASSIFIED"


def odd_policy(prefix: str, levels: list[str], categories: list[str]) -> Policy:
    return Policy(
        "ODD",
        1,
        prefix,
        tuple(Level(name, f"L{index}", 0, 0) for index, name in enumerate(levels)),
        tuple(Category("Interest", value) for value in categories),
    )


def test_a_prefix_that_begins_a_level_does_not_lower_it() -> None:
    policy = odd_policy("TOP", ["SECRET", "TOP SECRET"], [])
    assert parse_label("top secret", policy, CODES).level == 1
    assert parse_label("top top secret", policy, CODES).level == 1
    assert parse_label("secret", policy, CODES).level == 0


def test_the_longest_name_is_taken_first() -> None:
    policy = odd_policy("", ["LOW", "LOW SIDE"], ["CONVOY", "ESCORT", "CONVOY ESCORT"])
    assert parse_label("low side", policy, CODES).level == 1
    assert parse_label("low convoy escort", policy, CODES).categories == {3}
    assert parse_label("low escort convoy", policy, CODES).categories == {1, 2}


# ------------------------------------------------------------------------------------------------ combination


def test_a_combination_takes_the_highest_level_all_categories_and_common_nations() -> None:
    whole = combine([label(1, {1}, {0, 1}), label(3, set(), {0, 1, 2}), label(0, {2}, {1, 2})])
    assert whole == label(3, {1, 2}, {1})
    assert combine([label(1, releasable={0}), label(1, releasable={1})]).releasable == frozenset()


def test_labels_of_two_policies_or_none_do_not_combine() -> None:
    assert combine([label(1)]) == label(1)
    with pytest.raises(DecodeError):
        combine([])
    with pytest.raises(DecodeError):
        combine([label(1), Label(b"q" * 32, 1)])


@given(st.lists(complete_labels, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_order_and_grouping_do_not_matter(parts: list[Label], random: object) -> None:
    whole = combine(parts)
    assert combine(reversed(parts)) == whole
    assert combine([*parts, parts[0]]) == whole
    assert combine([combine(parts[:1]), *parts]) == whole


# ------------------------------------------------------------------------------------------------ release keys


@given(complete_labels.filter(lambda made: made.releasable and len(made.categories) <= 1))
def test_a_release_key_stands_for_its_label(made: Label) -> None:
    key = made.release_key()
    assert label_of(key) == made
    assert key.compartment == (made.level, next(iter(made.categories), 0))
    assert key.releasable == tuple(sorted(made.releasable))


@given(complete_labels, complete_labels)
def test_two_labels_have_two_keys(one: Label, other: Label) -> None:
    if all(made.releasable and len(made.categories) <= 1 for made in (one, other)):
        assert (one.release_key().packed == other.release_key().packed) is (one == other)


def test_a_label_that_cannot_be_sealed_has_no_release_key() -> None:
    assert label(2, {1}, {0}).release_key().packed
    with pytest.raises(LocalProtocolError):
        label(2, {1, 2}, {0}).release_key()
    with pytest.raises(LocalProtocolError):
        _ = label(2, {1}).release_key().packed


@pytest.mark.parametrize("releasable", [(), (1, 0), (0, 0), (32,)])
def test_a_release_key_has_one_encoding(releasable: tuple[int, ...]) -> None:
    assert encode_part(ReleaseKey(POLICY.hash, 2, 0, (0, 1)))
    with pytest.raises(LocalProtocolError):
        encode_part(ReleaseKey(POLICY.hash, 2, 0, releasable))
