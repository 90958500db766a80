"""A custodian's acts on the screen of keys: revoke, replace keys, renew, invites (SPEC 6.5 to 6.7, 12.11).

Rule: nothing is done by Enter alone, and nothing where this home is no custodian's; that is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from coalchat.desk.model.custody import REASONS, Custody
from coalchat.desk.paint.hints import Hints
from coalchat.desk.screens.base import Banded
from coalchat.desk.screens.choose import ChooseDialog
from coalchat.desk.screens.invites import InvitesScreen
from coalchat.desk.screens.jump import JumpDialog
from coalchat.errors import UsageError

if TYPE_CHECKING:
    from coalchat.desk.model.dialogviews import Target

ACTS: Final[Hints] = (("X", "revoke"), ("E", "emergency rekey"), ("R", "renew"), ("I", "invites"))
_WHY: Final = {
    "unspecified": "revoke it, for a reason of my own",
    "lost": "it is lost",
    "compromised": "somebody else has, or may have, its keys",
    "left": "its person left",
    "replaced": "another takes its place",
}


class Custodial(Banded[None]):
    """A screen from which a custodian acts."""

    @property
    def custody(self) -> Custody:
        """What a custodian does."""
        return self.door.desk.custody

    def may(self) -> bool:
        """Whether this home is a custodian's; if not, that is said."""
        try:
            self.custody.require()
        except UsageError as error:
            self.door.put(self.custody.complain(error.detail))
            return False
        return True

    def _choose(
        self, title: str, find: Callable[[str], tuple[Target, ...]], act: str, then: Callable[[str], None]
    ) -> None:
        def chosen(target: str | None) -> None:
            if target is not None:
                then(target)

        self.open(JumpDialog(self.door, "", title, find, act), chosen)

    def action_revoke(self) -> None:
        """Revoke a device or a person: asks which, why, what would be done, and has it confirmed."""
        if self.may():
            self._choose("REVOKE", self.custody.devices, "say why", self._ask_why)

    def _ask_why(self, target: str) -> None:
        def chosen(place: int | None) -> None:
            if place:
                self.door.put(self.custody.rehearse_revocation(target, REASONS[place - 1]))

        choices = ("not now", *(_WHY[reason.value] for reason in REASONS))
        sentence = (
            "Why? The reason is published with the revocation. What would be done is shown next; nothing is done yet."
        )
        self.open(ChooseDialog(self.door, "REVOKE", sentence, choices), chosen)

    def action_rekey(self) -> None:
        """Replace the nation's keys now: asks what would be done, and has it confirmed."""
        if self.may():
            self.door.put(self.custody.rehearse_rekey())

    def action_renew(self) -> None:
        """Renew a device's certificate: asks which."""
        if self.may():
            self._choose("RENEW", self.custody.renewable, "ask for it", self._ask_renewal)

    def _ask_renewal(self, device: str) -> None:
        def chosen(place: int | None) -> None:
            if place:
                self.door.put(self.custody.renew(device))

        (name,) = (one.title for one in self.custody.renewable("") if one.id == device)
        sentence = (
            f"{name}, id {device}. Whoever is online now and then is renewed without this. Look first that a silent device is where"
            " it should be: it is certified for as long as a new one."
        )
        self.open(ChooseDialog(self.door, "RENEW", sentence, ("not now", "renew its certificate")), chosen)

    def action_invites(self) -> None:
        """Invites: make, compare and approve, withdraw."""
        if self.may():
            self.open(InvitesScreen(self.door))
