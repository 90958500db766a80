"""What the own nation marks alike, behind the coalition's marking (SPEC 5.6): outside its brackets, after it, on its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalchat.api.national import beside
from coalchat.record import record

if TYPE_CHECKING:
    from coalchat.api.responses import Policy
    from coalchat.client import Client


@record
class Beside:
    """The coalition's policy with what the own nation says of it."""

    policy: Policy
    nation: str

    def words(self, level: int) -> str:
        """For people: "XAA: GEHEIM", or "" where this device was given no national policy."""
        return beside(self.policy, self.nation, level)

    def marking(self, level: int) -> str:
        """For programs, the field `national`: the nation's own marking, or "" where there is none."""
        levels = self.policy.levels
        return levels[level].national if 0 <= level < len(levels) else ""


async def beside_of(client: Client) -> Beside:
    """What this device was given."""
    return Beside(policy=await client.policy(), nation=client.node.nation)


def marked(marking: str, words: str) -> str:
    """The line of a marking: "[MISSION SECRET REL XAA, XBB]  XAA: GEHEIM"."""
    return f"[{marking}]  {words}" if words else f"[{marking}]"
