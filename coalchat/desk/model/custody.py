"""A custodian's acts: revoke, replace keys in an emergency, renew, invite and approve (SPEC 6.5 to 6.7, 7.5).

Rule 1: only where this home is a custodian's: the node says so, and decides.
Rule 2: what shuts out or replaces is rehearsed first: the node says what it would do, a person confirms just that.
Rule 3: nothing of it is tried again by itself. Whether it was done where the answer was lost, the lists say.
Rule 4: an invite's code passes through to the screen that shows it, and stays nowhere.

Nobody waits for it at the start: it is imported with the screen of keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from coalchat.api.base import Request, Response
from coalchat.api.emergency import Rekeyed, RekeyNation, RevokeDevices
from coalchat.api.enrolment import (
    ApproveInvite,
    CreateInvite,
    Enrolled,
    Invite,
    InviteCode,
    InviteList,
    ListInvites,
    WithdrawInvite,
)
from coalchat.api.renewal import Device, RenewDevice
from coalchat.api.requests import GetStatus, ShowKeys
from coalchat.api.responses import Done
from coalchat.api.vocabulary import ControlSubject, InviteState, RevocationReason, Role
from coalchat.desk.model.changes import NOTHING, Asks, Changes, Part
from coalchat.desk.model.choosing import best
from coalchat.desk.model.custodyviews import CodeView, InviteForm, InviteRow, Invites
from coalchat.desk.model.dialogviews import Deliberate, Target
from coalchat.desk.model.keying import CERTIFICATES, Keying
from coalchat.desk.model.obeying import precedence_of
from coalchat.desk.model.state import State
from coalchat.desk.model.views import UNMARKED
from coalchat.desk.model.words import counted, dtg, listed
from coalchat.errors import CoalchatError, UsageError
from coalchat.record import field, part

REASONS: Final = tuple(RevocationReason)
DIGITS: Final = 8
"""Hex digits of a device's id that one types to revoke it."""
NAMED: Final = 4
"""Devices that are named before the rest is counted."""
PERSON: Final = "person "
"""Before a name: all devices of this person."""
NO_CUSTODIAN: Final = "this home is no custodian's: such acts are done where the nation's custodian is"
_CHANGED: Final = frozenset({Part.KEYS, Part.INVITES})
_OURS: Final = (RevokeDevices, RekeyNation, RenewDevice, CreateInvite, ListInvites, ApproveInvite, WithdrawInvite)
_WILDCARDS: Final = ("0.0.0.0:", "[::]:", "127.0.0.1:", "[::1]:")


@part
class Custody:
    """Attributes:
    open: the screen of invites is. invites: as the node said last; none: it has not.
    form: what was typed for an invite that is not made yet.
    """

    _state: State = field(repr=False)
    _keying: Keying = field(repr=False)
    open: bool = False
    invites: tuple[Invite, ...] | None = None
    form: InviteForm | None = None
    _meant: RevokeDevices | RekeyNation | None = None
    """What was rehearsed, and waits for a person's word."""

    @property
    def here(self) -> bool:
        """Whether this home is a custodian's."""
        return any(one.own for one in self._keying.custodians)

    def require(self) -> None:
        """Nothing, where this home is a custodian's. Raises: UsageError: it is not."""
        if not self.here:
            raise UsageError(NO_CUSTODIAN)

    def complain(self, sentence: str) -> Changes:
        """Something cannot be done: it is said on the screen that is open."""
        self._keying.trouble, self._keying.said = sentence, ""
        return Changes(_CHANGED)

    # --- which device ---

    def devices(self, query: str) -> tuple[Target, ...]:
        """Devices that can be revoked, and persons with several, the best match first. This device shuts itself out
        nowhere but at the command line.
        """
        own = self._state.coalition.node
        others = [one for one in self._valid() if own is None or one.device_id != own.device_id]
        found = [(self._name(one), self._target(one)) for one in others]
        persons: dict[str, int] = {}
        for one in others:
            persons[one.person] = persons.get(one.person, 0) + 1
        for person, count in persons.items():
            if count > 1 and (own is None or person != own.person):
                note = f"all {count} devices of this person"
                found.append((person, Target(id=PERSON + person, title=person, note=note, level=UNMARKED, unread=0)))
        return tuple(best(query.casefold().split(), found))

    def renewable(self, query: str) -> tuple[Target, ...]:
        """Devices, the silent ones first, then those that end soonest."""
        silent = {
            one.device_id: one for one in (self._state.coalition.keys.silent if self._state.coalition.keys else ())
        }
        rows = sorted(self._valid(), key=lambda one: (one.device_id not in silent, one.until))
        found = []
        for one in rows:
            heard = "silent, " if one.device_id in silent else ""
            note = f"{heard}certified until {dtg(one.until)}"
            target = Target(id=one.device_id, title=self._name(one), note=note, level=UNMARKED, unread=0)
            found.append((self._name(one), target))
        return tuple(best(query.casefold().split(), found))

    def _valid(self) -> list[Device]:
        return [one for one in self._keying.devices if not one.revoked]

    @staticmethod
    def _name(one: Device) -> str:
        return f"{one.person} ({one.device})"

    def _target(self, one: Device) -> Target:
        note = f"{one.role.value}, up to {one.clearance}, id {one.device_id[:DIGITS]}"
        return Target(id=one.device_id, title=self._name(one), note=note, level=UNMARKED, unread=0)

    # --- shutting out ---

    def rehearse_revocation(self, target_id: str, reason: RevocationReason) -> Changes:
        """Ask what it would do to revoke this device, or `PERSON` and a name: all of this person's."""
        person = target_id.removeprefix(PERSON) if target_id.startswith(PERSON) else ""
        device = "" if person else target_id
        return self._rehearse(RevokeDevices(device=device, person=person, reason=reason, rehearse=True))

    def rehearse_rekey(self) -> Changes:
        """Ask what it would do to replace the nation's keys now."""
        return self._rehearse(RekeyNation(rehearse=True))

    def _rehearse(self, request: RevokeDevices | RekeyNation) -> Changes:
        self._meant = None
        self._keying.trouble = self._keying.said = ""
        return Changes(_CHANGED, asks=(request,))

    def confirm(self) -> Changes:
        """A person has confirmed what was rehearsed: do it, once."""
        meant, self._meant = self._meant, None
        return NOTHING if meant is None else Changes(_CHANGED, asks=(meant,))

    def _rehearsed(self, request: RevokeDevices | RekeyNation, would: Rekeyed) -> Changes:
        if isinstance(request, RekeyNation):
            self._meant = RekeyNation(rehearse=False)
            return Changes(prompt=self._ask_rekey(would))
        self._meant = RevokeDevices(device=request.device, person=request.person, reason=request.reason, rehearse=False)
        return Changes(prompt=self._ask_revocation(request, would))

    def _ask_revocation(self, request: RevokeDevices, would: Rekeyed) -> Deliberate:
        named = [(f"{one.person} ({one.device})", one.device_id) for one in would.revoked]
        rows = [("device", f"{who}, id {name}") for who, name in named[:NAMED]]
        if len(named) > NAMED:
            rows.append(("", f"and {len(named) - NAMED} more"))
        rows += [("reason", would.reason.value), *_replaced(would)]
        several = len(named) != 1
        return Deliberate(
            title="REVOKE",
            note="and this nation's keys are replaced without it" if would.replaced else "it held no keys",
            rows=tuple(rows),
            sentences=(
                "From then on nobody in the coalition takes anything from it, or gives it anything.",
                "What it already holds it can still read. No undo: whoever needs a device again enrols a new one.",
            ),
            choices=("leave it as it is", f"revoke {'them' if several else 'it'}"),
            typed=request.person or named[0][1][:DIGITS] if named else "",
            of="the name of the person" if request.person else "the first eight digits of its id",
        )

    def _ask_rekey(self, would: Rekeyed) -> Deliberate:
        own = self._state.coalition.own
        return Deliberate(
            title="EMERGENCY REKEY",
            note=f"all keys of {own} are replaced now",
            rows=tuple(_replaced(would)),
            sentences=(
                "For when keys may have been copied and it is not known from which device. Where it is known, revoke that device: it replaces the keys too.",
                "Each device gets the new keys when it shows a fresh prekey. No undo.",
            ),
            choices=("leave them as they are", f"replace the keys of {own}"),
            typed=own,
            of="the code of the nation",
        )

    def _done(self, made: Rekeyed) -> Changes:
        self._keying.said = "; ".join(_said(made))
        return Changes(_CHANGED, asks=(ShowKeys(), GetStatus(), *CERTIFICATES))

    # --- renewing ---

    def renew(self, device_id: str) -> Changes:
        """Certify a device anew, also a silent one."""
        self._keying.trouble = self._keying.said = ""
        return Changes(_CHANGED, asks=(RenewDevice(device=device_id),))

    # --- inviting ---

    def begin(self) -> Changes:
        """The screen of invites opens."""
        self.open = True
        self._keying.trouble = self._keying.said = ""
        return Changes(_CHANGED, asks=(ListInvites(),))

    def end(self) -> None:
        """It closes."""
        self.open, self.invites = False, None

    def anew(self, subject: ControlSubject) -> Asks:
        """What to ask when this has changed."""
        return (ListInvites(),) if self.open and subject is ControlSubject.INVITE else ()

    def view(self) -> Invites:
        """The screen of invites."""
        rows = tuple(
            InviteRow(
                id=one.id,
                person=one.person,
                what=f"{one.role.value}, up to {one.clearance}, {one.precedence.value} at most",
                state=one.state.value.upper(),
                until=dtg(one.expires),
                words=one.words if one.state is InviteState.ASKED else (),
                device=one.device_id,
                open=one.state in {InviteState.OPEN, InviteState.ASKED},
                asks=one.state is InviteState.ASKED and bool(one.words),
            )
            for one in self.invites or ()
        )
        return Invites(rows=rows, known=self.invites is not None, trouble=self._keying.trouble, said=self._keying.said)

    def blank_form(self) -> InviteForm:
        """What was typed last and not done, or a new form."""
        if self.form is not None:
            return self.form
        status = self._state.coalition.status
        listens = [address for address in (status.listen if status else ()) if not address.startswith(_WILDCARDS)]
        return InviteForm(address=listens[0] if listens else "")

    def invite(self, form: InviteForm) -> Changes:
        """Make an invite.

        Raises:
            UsageError, UnknownLabel: what of it is wrong; what was typed is kept.
        """
        self.form = form
        if not form.person.strip():
            raise UsageError("whom is it for?")
        if not form.address.strip():
            raise UsageError("where does the joiner dial this node? HOST:PORT")
        level, categories = self._state.coalition.marks.clearance(form.clearance)
        try:
            role = Role(form.role.strip().lower())
        except ValueError:
            raise UsageError(f"role: {listed([one.value for one in Role], 'or')}") from None
        precedence = precedence_of(form.precedence)
        if precedence is None:
            raise UsageError("precedence: ROUTINE, PRIORITY, IMMEDIATE or FLASH")
        self._keying.trouble = self._keying.said = ""
        request = CreateInvite(
            person=" ".join(form.person.split()),
            role=role,
            level=level,
            categories=categories,
            precedence=precedence,
            address=form.address.strip(),
        )
        return Changes(_CHANGED, asks=(request,))

    def approve(self, row: InviteRow) -> Changes:
        """A person says that these very words were read out to him."""
        return self._act(ApproveInvite(id=row.id, words=row.words))

    def withdraw(self, row: InviteRow) -> Changes:
        """End an invite."""
        return self._act(WithdrawInvite(id=row.id))

    def _act(self, request: Request[Any]) -> Changes:
        self._keying.trouble = self._keying.said = ""
        return Changes(_CHANGED, asks=(request,))

    # --- answers ---

    def took(self, request: Request[Any], answer: Response) -> Changes:
        """The node's answer, if it is about this."""
        said = ""
        match request, answer:
            case ((RevokeDevices() | RekeyNation()), Rekeyed()):
                return self._done(answer) if answer.done else self._rehearsed(request, answer)
            case RenewDevice(), Device():
                said = f"{self._name(answer)} is certified until {dtg(answer.until)}"
            case ListInvites(), InviteList():
                self.invites = answer.invites if self.open else None
                return Changes(_CHANGED)
            case CreateInvite(), InviteCode():
                self.form = None
                view = CodeView(code=answer.code, person=request.person, until=dtg(answer.expires))
                return Changes(_CHANGED, asks=(ListInvites(),), prompt=view)
            case ApproveInvite(), Enrolled():
                said = f"{answer.person} has device {answer.device}: {answer.device_id}"
            case WithdrawInvite(), Done():
                said = "the invite is withdrawn"
            case _:
                return NOTHING
        self._keying.said = said
        asks: Asks = (ListInvites(),) if self.open else ()
        return Changes(_CHANGED, asks=(*asks, *CERTIFICATES, ShowKeys(), GetStatus()))

    def failed(self, request: Request[Any], error: CoalchatError) -> Changes | None:
        """The node refused it, or nobody knows; none: it was not about this."""
        if not isinstance(request, _OURS):
            return None
        self._keying.trouble = f"{error}; {error.hint}" if error.hint else str(error)
        asks: Asks = (ListInvites(),) if self.open and not isinstance(request, ListInvites) else ()
        return Changes(_CHANGED, asks=asks)


def _replaced(would: Rekeyed) -> Iterator[tuple[str, str]]:
    if not would.replaced:
        return
    yield "keys", f"a new edition takes the place of {listed([str(counter) for counter in would.replaced])}"
    yield "rekeyed", f"{counted(would.devices, 'other device')}, as each of them answers"
    if would.cut_off_until:
        yield "old key", f"a cut-off sender may still use it until {dtg(would.cut_off_until)}"


def _said(made: Rekeyed) -> Iterator[str]:
    if made.revoked:
        names = listed([f"{one.person} ({one.device})" for one in made.revoked])
        yield f"{names} {'is' if len(made.revoked) == 1 else 'are'} revoked"
    if made.replaced:
        replaced = listed([str(counter) for counter in made.replaced])
        yield f"edition {made.edition} runs in place of {replaced}, {counted(made.devices, 'device')} to be keyed"
