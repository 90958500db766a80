"""What a founder writes into a charter about rules of engagement, and how a charter's word is read back (SPEC 6.1, 8.11)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

import attrs

from coalchat.errors import UnknownNation, UsageError
from protocol.base.errors import ProtocolError
from protocol.messages.signatory import authorities
from protocol.trust.authority import SETTING_ROE, RoeAuthority, RoeSetting, read_roe_setting
from protocol.trust.charter import Charter, Setting


@attrs.frozen
class RoePower:
    """One who issues ROE notices, or signs those of others.

    Attributes:
        nation: code. name: as certified; "": every person of that nation. issues: otherwise he only signs.
    """

    nation: str
    name: str = ""
    issues: bool = True


def read_power(text: str, *, issues: bool) -> RoePower:
    """As it is typed: `XAA`, or `XAA:COMFOR`."""
    nation, _, name = text.partition(":")
    return RoePower(nation.strip().upper(), unicodedata.normalize("NFC", name).strip(), issues)


def roe_settings(powers: Iterable[RoePower], signatures: int, codes: Sequence[str]) -> tuple[Setting, ...]:
    """The charter's setting; none where nobody is named.

    Raises:
        UnknownNation: the charter does not have it. UsageError: this cannot stand in a charter.
    """
    named = tuple(powers)
    if not named:
        return ()
    for power in named:
        if power.nation not in codes:
            raise UnknownNation(power.nation)
    read = {RoeAuthority(codes.index(power.nation), power.name, power.issues) for power in named}
    try:
        setting = RoeSetting(signatures, tuple(sorted(read, key=lambda each: (each.nation, each.name, each.issues))))
        read_roe_setting(setting.packed, len(codes))
    except ProtocolError as error:
        raise UsageError(f"these ROE authorities cannot stand in a charter ({error})") from None
    return (Setting(SETTING_ROE, setting.packed),)


def roe_powers(charter: Charter) -> tuple[tuple[RoePower, ...], int]:
    """Whom a charter names, and how many signatures it asks for; nobody and 0 where it says nothing."""
    rules = authorities(charter)
    powers = tuple(RoePower(charter.codes[each.nation], each.name, each.issues) for each in rules.named)
    return powers, rules.signatures if powers else 0
