"""Naming keying devices (SPEC 7.8): the custodian says whose envelopes the nation's other devices may seal under."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from coalchat.api.events import ControlChanged
from coalchat.api.vocabulary import ControlSubject, Phase
from coalchat.errors import Refused, UnknownDevice, UsageError
from coalchat.node.answers.naming import find_device
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.journal import Finding, write_event, write_finding
from coalchat.node.keyers import may_key, named_keyers
from coalchat.node.publishing import Publishing
from coalchat.store.faces import Transaction
from protocol.base.limits import MAX_KEYING_DEVICES
from protocol.trust.access import Clause
from protocol.trust.directory import Standing


@attrs.frozen
class Keyer:
    """A keying device, as this nation's publications name it.

    Attributes:
        seats: custodians who name it.
    """

    standing: Standing
    seats: tuple[int, ...]


@attrs.define(eq=False)
class Designating:
    """The node's part for who is a keying device."""

    context: Context = attrs.field(repr=False)
    publishing: Publishing = attrs.field(repr=False)

    def listed(self) -> tuple[Keyer, ...]:
        """Those that are named, by device id; of one that nobody knows there is nothing to say."""
        member, now = self.context.member, self.context.now()
        found = []
        for device in sorted(named_keyers(member)):
            standing = member.directory.standing(device, now)
            seats = (p.custodian for p in member.directory.publications(member.nation) if device in p.keying)
            if standing is not None:
                found.append(Keyer(standing, tuple(sorted(seats))))
        return tuple(found)

    async def name(self, given: str) -> None:
        """Name a device, as custodian; again changes nothing.

        Raises:
            NotAuthorised: this home is no custodian's. UnknownDevice, Ambiguous.
            Refused: the device is not valid, or does not read what it would key; or this seat may not act.
            UsageError: the nation has as many as it may.
        """
        async with self.publishing.acting:
            self.publishing.require()
            device = find_device(self.context, given)
            member, before = self.context.member, self._own()
            standing = member.directory.standing(device, self.context.now())
            if standing is None or not standing.valid:
                raise Refused(Clause.CERTIFICATE, "its certificate is not valid now")
            if not may_key(standing.certified.certificate):
                raise Refused(
                    Clause.SCOPE, "a keying device reads what is sealed under its envelopes: this one reads nothing"
                )
            if device in before:
                return
            if device not in named_keyers(member) and len(named_keyers(member)) >= MAX_KEYING_DEVICES:
                raise UsageError(f"a nation has at most {MAX_KEYING_DEVICES} keying devices: withdraw one first")
            await self._publish((*before, device), device, "named")

    async def withdraw(self, given: str) -> None:
        """Name a device no more, as custodian.

        Raises:
            NotAuthorised: this home is no custodian's. UnknownDevice: this custodian names no such device. Ambiguous.
            Refused: this seat may not act. UsageError: another custodian names it.
        """
        async with self.publishing.acting:
            self.publishing.require()
            device = find_device(self.context, given)
            before = self._own()
            if device not in before:
                seats = next((one.seats for one in self.listed() if one.standing.certified.device == device), ())
                if not seats:
                    raise UnknownDevice(given)
                raise UsageError(f"custodian {seats[0]} names it: let him withdraw it")
            await self._publish([one for one in before if one != device], device, "withdrawn")

    def _own(self) -> tuple[bytes, ...]:
        """Those that this seat names."""
        newest = self.publishing.newest()
        return () if newest is None else newest.keying

    async def _publish(self, keying: Sequence[bytes], device: bytes, what: str) -> None:
        now, nation = self.context.now(), self.context.code(self.context.member.nation)
        finding = Finding(AuditEvent.KEYING_CHANGED, device.hex(), nation, detail=what)

        def note(tx: Transaction) -> None:
            write_finding(tx, now, finding)
            write_event(tx, now, ControlChanged(subject=ControlSubject.KEYS, id="", phase=Phase.UNLOCKED))

        await self.publishing.keep(self.publishing.make(now, keying=keying), note)
