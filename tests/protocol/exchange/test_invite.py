"""Invites as text: what a typo does, and the words that two people compare."""

from __future__ import annotations

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.base.errors import DecodeError
from protocol.base.records import evolve
from protocol.exchange.invite import (
    Invite,
    custodian_hash,
    invite_key,
    make_invite,
    read_invite,
    transcript_words,
    write_invite,
)
from protocol.vectors.drbg import Drbg
from tests.fakes.coalition import make_coalition

INVITE = Invite(bytes(range(16)), bytes(range(16, 32)), 2, bytes(range(32, 64)), "north.example:7400")
CODE = write_invite(INVITE)


def test_an_invite_survives_its_text_form() -> None:
    assert read_invite(CODE) == INVITE
    assert set(CODE) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567-")
    assert all(len(group) == 5 for group in CODE.split("-")[:-1])
    assert len(CODE) < 200


@pytest.mark.parametrize(
    "written",
    [
        CODE.lower(),
        CODE.replace("-", " "),
        CODE.replace("-", ""),
        CODE.replace("-", "-\n  "),
        CODE.replace("O", "0").replace("I", "1"),
        f"  {CODE}\n",
    ],
    ids=["lower", "spaces", "joined", "lines", "digits", "surrounded"],
)
def test_how_it_is_written_does_not_matter(written: str) -> None:
    assert read_invite(written) == INVITE


def test_every_single_typo_is_found() -> None:
    rng = random.Random(7)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    for place, letter in enumerate(CODE):
        if letter == "-":
            continue
        wrong = rng.choice([other for other in alphabet if other != letter])
        with pytest.raises(DecodeError):
            read_invite(CODE[:place] + wrong + CODE[place + 1 :])
        with pytest.raises(DecodeError):
            read_invite(CODE[:place] + CODE[place + 1 :])


def test_two_letters_exchanged_are_found() -> None:
    joined = CODE.replace("-", "")
    for place in range(len(joined) - 1):
        swapped = joined[:place] + joined[place + 1] + joined[place] + joined[place + 2 :]
        if swapped != joined:
            with pytest.raises(DecodeError):
                read_invite(swapped)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (" - - ", "is empty"),
        ("A" * 1_025, "is too long to be an invite"),
        (CODE[:7] + "8" + CODE[8:], "group 2, character 2 is neither a letter nor a digit from 2 to 7"),
        (CODE[:6] + "é" + CODE[7:], "group 2, character 1 is neither a letter nor a digit from 2 to 7"),
        ("A", "has a character too few or too many"),
        ("AAAAA", "is mistyped or cut short: its check does not hold"),
        (CODE[:-9], "is mistyped or cut short: its check does not hold"),
    ],
)
def test_an_error_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_invite(text)
    assert (caught.value.field, caught.value.detail) == ("invite", says)


@given(st.text(max_size=300))
def test_any_text_is_an_invite_or_a_decode_error(text: str) -> None:
    with contextlib.suppress(DecodeError):
        read_invite(text)


@given(st.binary(min_size=16, max_size=16), st.integers(0, 31), st.from_regex(r"\A[a-z]{1,30}:[1-9][0-9]{1,4}\Z"))
def test_every_invite_round_trips(secret: bytes, nation: int, address: str) -> None:
    invite = evolve(INVITE, secret=secret, nation=nation, address=address)
    assert read_invite(write_invite(invite)) == invite


def test_making_an_invite_names_the_custodian_by_his_keys() -> None:
    world = make_coalition()
    nation = world.nation("XBB")
    invite = make_invite(world.id, nation.custodian_certificate, "a:1", Drbg("invite"))
    assert (invite.coalition, invite.nation) == (world.id, 1)
    renewed = evolve(nation.custodian_certificate, not_after=nation.custodian_certificate.not_after + 1)
    assert invite.custodian == custodian_hash(renewed)
    assert invite.custodian != custodian_hash(world.nation("XAA").custodian_certificate)
    assert invite.key == invite_key(invite.secret)


def test_an_invite_does_not_show_its_secret() -> None:
    assert repr(INVITE.secret)[2:-1] not in repr(INVITE)


def test_words_are_six_of_2048_and_depend_on_everything() -> None:
    parts = (bytes(32), bytes(16), b"request", b"custodian", bytes(32))
    words = transcript_words(*parts)
    assert len(words) == 6
    assert all(0 <= word < 2_048 for word in words)
    others = {
        transcript_words(*(part[:-1] + b"\x01" if place == changed else part for place, part in enumerate(parts)))
        for changed in range(len(parts))
    }
    assert len(others | {words}) == 6


def test_words_spread_over_all_indices() -> None:
    seen = {
        word for n in range(3_000) for word in transcript_words(n.to_bytes(32, "big"), bytes(16), b"", b"", bytes(32))
    }
    assert len(seen) > 2_040
