"""Errors a person can act on: one line, an exit code, and the same class on both sides of the local API."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.errors import (
    BY_CODE,
    MAX_LINE,
    CoalchatError,
    ExitCode,
    HomeInUse,
    HomeNotPrivate,
    Locked,
    NodeUnavailable,
    Refused,
    StillQueued,
    StoreCorrupt,
    UnknownChannel,
    UnknownLabel,
    WrongPassphrase,
    error_from,
)

ALL = [cls for cls in BY_CODE.values() if cls.__module__ == CoalchatError.__module__]


def test_exit_codes_are_the_published_table() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 4, 5, 6, 7, 75]
    expected: dict[type[CoalchatError], int] = {
        CoalchatError: 1,
        UnknownChannel: 2,
        UnknownLabel: 2,
        Refused: 3,
        StillQueued: 4,
        WrongPassphrase: 5,
        HomeNotPrivate: 5,
        Locked: 6,
        StoreCorrupt: 7,
        HomeInUse: 75,
        NodeUnavailable: 75,
    }
    assert {cls: int(cls.exit_code) for cls in expected} == expected


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_each_is_one_plain_line(cls: type[CoalchatError]) -> None:
    assert len((cls.__doc__ or "").splitlines()) == 1
    assert (cls.__doc__ or "").endswith(".")
    assert cls.code.replace("-", "").isalpha()
    assert cls.code == cls.code.lower()
    line = str(error_from(cls.code, "#ops\n\x1b[31m"))
    assert line.isprintable()
    assert not line.endswith(".")


@pytest.mark.parametrize("cls", ALL, ids=lambda cls: cls.__name__)
def test_each_comes_back_as_itself(cls: type[CoalchatError]) -> None:
    sent = error_from(cls.code, "which one", clause="release-empty" if issubclass(cls, Refused) else "")
    back = error_from(sent.code, sent.detail, sent.hint, sent.clause)
    assert type(back) is cls
    assert (str(back), back.hint, back.clause, back.exit_code) == (str(sent), sent.hint, sent.clause, sent.exit_code)


def test_a_refusal_names_the_clause() -> None:
    error = Refused("level-ceiling", "the channel's ceiling is MISSION SECRET")
    assert str(error) == "Refused by policy (level-ceiling): the channel's ceiling is MISSION SECRET"


def test_a_hint_of_its_own_replaces_the_class_s_advice() -> None:
    assert UnknownChannel("#x").hint == UnknownChannel.advice != ""
    assert UnknownChannel("#x", hint="did you mean #y?").hint == "did you mean #y?"


def test_the_code_of_a_newer_node_keeps_its_words_and_exit_code() -> None:
    error = error_from("moon-phase", "not tonight", "wait", sentence="The moon is full", exit_code=75)
    assert type(error) is CoalchatError
    assert (str(error), error.hint, error.exit_code) == ("The moon is full: not tonight", "wait", ExitCode.TRY_AGAIN)


@pytest.mark.parametrize("exit_code", [0, 8, -1, 2**60])
def test_an_exit_code_that_no_error_has_is_a_failure(exit_code: int) -> None:
    error = error_from("moon-phase", "", exit_code=exit_code)
    assert (str(error), error.exit_code) == ("That did not work", ExitCode.FAILED)


@given(st.text(st.characters(codec=None), max_size=2_000))
def test_whatever_a_peer_named_is_one_safe_line(detail: str) -> None:
    line = str(UnknownChannel(detail))
    assert len(line) <= MAX_LINE
    assert not any(ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 for character in line)


def test_a_class_without_its_own_code_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="needs its own code"):
        type("Silent", (CoalchatError,), {"__doc__": "Silent."})
    with pytest.raises(TypeError, match="used twice"):
        type("Twin", (CoalchatError,), {"__doc__": "Twin.", "code": "locked"})
