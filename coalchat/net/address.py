"""Addresses of peers (SPEC chapter "Link"): "host:port" and "[v6]:port", one spelling each.

Rule 1: `str(Address.parse(text))` is canonical: lower case, the short form of IPv6, no leading zeros. Two spellings of
one endpoint compare equal, so a peer list has no twins.
Rule 2: addresses come from charters, invites and people: what is not clearly right is refused. "127.1", "0x7f.1" and
"1.2.3" are numbers that resolvers read in different ways, never names.
Rule 3: ASCII only. An internationalised name is written in its "xn--" form, so that no two addresses look alike.
"""

from __future__ import annotations

import ipaddress
import re

import attrs

MAX_HOST = 253
"""A DNS name in text (RFC 1035: 255 octets on the wire)."""

_SHOWN = 80
"""Of a bad address an error quotes so much: it is peer text, and a line of a terminal is enough to recognise it."""

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_ZONE = re.compile(r"[A-Za-z0-9_.-]{1,15}")
_PORT = re.compile(r"0|[1-9][0-9]{0,4}")


class AddressError(ValueError):
    """This is not an address of the form host:port or [IPv6]:port.

    Attributes:
        text: the beginning of what was given, escaped: safe to print.
        hint: what to write instead.
    """

    def __init__(self, text: str, problem: str, hint: str) -> None:
        self.text = ascii(text[:_SHOWN])
        self.hint = hint
        super().__init__(f"{self.text} is not an address: {problem}")


@attrs.frozen
class Address:
    """An endpoint: a DNS name or an IP address, and a TCP port (0 only for "any free port", when listening)."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read "host:port" or "[v6]:port".

        Raises:
            AddressError: it is neither.
        """
        host, colon, port = text.rpartition(":")
        if not colon or host.endswith(":") or port.endswith("]"):
            raise AddressError(text, "the port is missing", "add a colon and a port, as in north.example:7400")
        if not _PORT.fullmatch(port) or int(port) > 0xFFFF:
            raise AddressError(text, "the port is not a number up to 65535", "use a port as in north.example:7400")
        if host.startswith("[") and host.endswith("]"):
            return cls(_v6(text, host[1:-1]), int(port))
        if ":" in host:
            raise AddressError(text, "it has several colons", "write an IPv6 address in brackets: [2001:db8::1]:7400")
        return cls(_name_or_v4(text, host.lower()), int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def source(self) -> str:
        """Whom to count a stranger's connections under: the IPv4 address, or the /64 one IPv6 subscriber has."""
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return self.host
        if isinstance(address, ipaddress.IPv4Address):
            return str(address)
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address), 64), strict=False))


def _v6(text: str, host: str) -> str:
    try:
        address = ipaddress.IPv6Address(host)
    except ValueError:
        address = None
    # Python takes anything for the name of an interface; a kernel takes 15 bytes.
    if address is None or (address.scope_id is not None and not _ZONE.fullmatch(address.scope_id)):
        raise AddressError(text, "no IPv6 address stands in the brackets", "write it as in [2001:db8::1]:7400")
    return str(address)


def _name_or_v4(text: str, host: str) -> str:
    labels = host.split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError:
            hint = "write four decimal numbers, as in 192.0.2.7:7400"
            raise AddressError(text, "a host that ends in a number must be an IPv4 address", hint) from None
    if len(host) > MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        hint = "use letters, digits, hyphens and dots; a name in another script in its xn-- form"
        raise AddressError(text, "the host is not a DNS name", hint)
    return host
