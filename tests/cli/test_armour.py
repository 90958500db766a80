"""Armour and fingerprints: pure."""

import pytest

from coalchat.cli.armour import Kind, fingerprint, grouped, read_armour, write_armour
from coalchat.errors import UsageError
from protocol.trust.charter import Nation

DATA = bytes(range(256)) * 3


def test_a_record_comes_back() -> None:
    text = write_armour(Kind.OFFER, DATA)
    assert text.startswith("-----BEGIN COALCHAT NATION OFFER-----\n")
    assert text.endswith("-----END COALCHAT NATION OFFER-----\n")
    assert max(map(len, text.splitlines())) <= 64
    assert read_armour(Kind.OFFER, text, "a.offer") == DATA


def test_a_mail_around_it_and_other_line_ends_do_not_matter() -> None:
    text = "Dear colleague,\r\n\r\n" + write_armour(Kind.CHARTER, DATA).replace("\n", "\r\n") + "-- \r\nCdr Aalto\r\n"
    assert read_armour(Kind.CHARTER, text, "mail") == DATA


WHOLE = write_armour(Kind.OFFER, DATA)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a coalchat nation offer"),
        (WHOLE[:200], "is not a coalchat nation offer"),
        (WHOLE * 2, "holds more than one coalchat nation offer"),
        (WHOLE.replace("AAEC", "A*EC"), "was damaged on its way"),
        (WHOLE.replace("AAEC", "AEC"), "was damaged on its way"),
    ],
    ids=["empty", "cut", "twice", "other characters", "a character too few"],
)
def test_what_is_no_armour_is_refused(text: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_armour(Kind.OFFER, text, "x.offer")
    assert "x.offer" in str(caught.value)
    assert says in str(caught.value)


def test_another_kind_is_named() -> None:
    with pytest.raises(UsageError, match="not a coalchat charter") as caught:
        read_armour(Kind.CHARTER, write_armour(Kind.OFFER, DATA), "x")
    assert caught.value.hint == "it is a nation offer"


def test_a_fingerprint_is_of_both_halves_of_the_root() -> None:
    prints = {
        fingerprint(Nation("XAA", "Alfaland", root, mldsa))
        for root in (bytes(32), b"\1" * 32)
        for mldsa in (bytes(32), b"\1" * 32)
    }
    assert len(prints) == 4
    assert fingerprint(Nation("XAA", "A", bytes(32), bytes(32))) == fingerprint(
        Nation("XBB", "B", bytes(32), bytes(32))
    )
    wide = bytes.fromhex("0123456789abcdef0123456789abcdef00")
    assert grouped(wide) == "0123 4567 89ab cdef 0123 4567 89ab cdef"
