"""Who signs ROE notices (SPEC 8.11), measured by what the charter says of them."""

from __future__ import annotations

from typing import Final

import attrs

from protocol.trust.authority import SETTING_ROE, RoeAuthority, read_roe_setting
from protocol.trust.charter import Charter
from protocol.trust.credential import Role

PERSONS: Final = frozenset({Role.OFFICER, Role.CONTROLLER, Role.CUSTODIAN})
"""Roles in which a person speaks for a nation: no bot, relay or auditor issues or signs ROE."""


@attrs.frozen
class Signatory:
    """Who signed something, as certified.

    Attributes:
        nation: charter index. person: 16 bytes. name: of his certificate. role: a `Role`, likewise.
    """

    nation: int
    person: bytes
    name: str
    role: int

    @property
    def speaks(self) -> bool:
        """Whether he speaks for his nation at all."""
        return self.role in PERSONS


@attrs.frozen
class Authorities:
    """What the charter in force says of ROE; without any authority where it says nothing.

    Attributes:
        suspended: nations that the charter suspends: none of theirs counts.
    """

    signatures: int = 1
    named: tuple[RoeAuthority, ...] = ()
    suspended: frozenset[int] = frozenset()

    def may_issue(self, who: Signatory) -> bool:
        """Whether he may authorise, deny, implement, amend and cancel."""
        return self._named(who, issues=True)

    def may_sign(self, who: Signatory) -> bool:
        """Whether his signature counts under what another issued."""
        return self._named(who, issues=False)

    def counts(self, who: Signatory) -> bool:
        """Whether he speaks for a nation that the charter does not suspend."""
        return who.speaks and who.nation not in self.suspended

    def _named(self, who: Signatory, *, issues: bool) -> bool:
        return self.counts(who) and any(
            each.nation == who.nation and each.name in {"", who.name} and (each.issues or not issues)
            for each in self.named
        )


def authorities(charter: Charter) -> Authorities:
    """What a charter says of ROE."""
    value = charter.setting(SETTING_ROE)
    if not value:
        return Authorities(suspended=charter.suspended)
    setting = read_roe_setting(value, len(charter.nations))
    return Authorities(setting.signatures, setting.authorities, charter.suspended)
