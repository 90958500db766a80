"""Addresses: one spelling each, and a clear no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.net.address import Address, AddressError


@pytest.mark.parametrize(
    ("text", "host", "port", "canonical"),
    [
        ("north.example:7400", "north.example", 7400, "north.example:7400"),
        ("North.Example:7400", "north.example", 7400, "north.example:7400"),
        ("north:1", "north", 1, "north:1"),
        ("hq_2.mil:65535", "hq_2.mil", 65535, "hq_2.mil:65535"),
        ("xn--bcher-kva.example:7400", "xn--bcher-kva.example", 7400, "xn--bcher-kva.example:7400"),
        ("192.0.2.7:7400", "192.0.2.7", 7400, "192.0.2.7:7400"),
        ("0.0.0.0:0", "0.0.0.0", 0, "0.0.0.0:0"),
        ("[::1]:7400", "::1", 7400, "[::1]:7400"),
        ("[::]:0", "::", 0, "[::]:0"),
        ("[2001:DB8:0:0::1]:7400", "2001:db8::1", 7400, "[2001:db8::1]:7400"),
        ("[fe80::1%eth0]:7400", "fe80::1%eth0", 7400, "[fe80::1%eth0]:7400"),
    ],
)
def test_what_is_an_address(text: str, host: str, port: int, canonical: str) -> None:
    address = Address.parse(text)
    assert (address.host, address.port, str(address)) == (host, port, canonical)
    assert Address.parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "port is missing"),
        ("north.example", "port is missing"),
        ("[::1]", "port is missing"),
        ("::1", "port is missing"),
        ("north.example:", "port is not a number"),
        ("north.example:0x10", "port is not a number"),
        ("north.example:+80", "port is not a number"),
        ("north.example: 80", "port is not a number"),
        ("north.example:080", "port is not a number"),
        ("north.example:65536", "port is not a number"),
        ("north.example:100000", "port is not a number"),
        ("north.example:\u0667", "port is not a number"),
        ("2001:db8::1:7400", "several colons"),
        ("http://north.example:80", "several colons"),
        ("[::1:7400", "several colons"),
        ("[]:7400", "no IPv6 address"),
        ("[192.0.2.7]:7400", "no IPv6 address"),
        ("[north.example]:7400", "no IPv6 address"),
        ("[1:2]:7400", "no IPv6 address"),
        ("[fe80::1%]:7400", "no IPv6 address"),
        ("[fe80::1%eth0\x1b]:7400", "no IPv6 address"),
        ("[fe80::1%\u00e9th0]:7400", "no IPv6 address"),
        (":7400", "not a DNS name"),
        ("*:7400", "not a DNS name"),
        ("north..example:7400", "not a DNS name"),
        ("north.example.:7400", "not a DNS name"),
        ("-north.example:7400", "not a DNS name"),
        ("north-.example:7400", "not a DNS name"),
        ("user@north.example:7400", "not a DNS name"),
        ("nörth.example:7400", "not a DNS name"),
        ("n\u043erth.example:7400", "not a DNS name"),  # a Cyrillic o
        ("north.example\x1b[2J:7400", "not a DNS name"),
        (f"{'a' * 64}.example:7400", "not a DNS name"),
        (f"{'a.' * 126}ab:7400", "not a DNS name"),
        ("1.2.3:7400", "must be an IPv4 address"),
        ("127.1:7400", "must be an IPv4 address"),
        ("2130706433:7400", "must be an IPv4 address"),
        ("0x7f.0.0.1:7400", "must be an IPv4 address"),
        ("0x7f000001:7400", "must be an IPv4 address"),
        ("192.0.2.256:7400", "must be an IPv4 address"),
        ("192.0.2.07:7400", "must be an IPv4 address"),
        ("north.123:7400", "must be an IPv4 address"),
    ],
)
def test_what_is_none(text: str, problem: str) -> None:
    with pytest.raises(AddressError, match=problem) as caught:
        Address.parse(text)
    assert caught.value.hint
    assert str(caught.value).isascii()
    assert str(caught.value).isprintable()


def test_an_error_quotes_only_the_beginning() -> None:
    with pytest.raises(AddressError) as caught:
        Address.parse("x" * 10_000)
    assert len(str(caught.value)) < 200


@given(
    st.text(alphabet="aZ0.-_:[]%x19 é\n", max_size=40)
    | st.text(max_size=40)
    | st.text(max_size=20).map("[fe80::1%{}]:7400".format)
)
def test_any_text_is_a_canonical_address_or_an_address_error(text: str) -> None:
    try:
        address = Address.parse(text)
    except AddressError:
        return
    assert Address.parse(str(address)) == address
    assert str(address).isascii()
    assert str(address).isprintable()
    assert address.source


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (Address("192.0.2.7", 1), "192.0.2.7"),
        (Address("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (Address("::ffff:192.0.2.7", 1), "192.0.2.7"),
        (Address("fe80::1%eth0", 1), "fe80::/64"),
        (Address("north", 1), "north"),
    ],
)
def test_a_source_is_what_one_subscriber_has(address: Address, source: str) -> None:
    assert address.source == source
