"""Keying devices, as clients ask for them (SPEC 7.8)."""

from __future__ import annotations

import attrs

from coalchat.api.nouns import KeyingDevice
from coalchat.api.renewal import KeyingDevices, NameKeyingDevice
from coalchat.node.answers.session import Handlers, Session
from coalchat.node.designating import Designating
from coalchat.node.keyers import may_key


@attrs.define(eq=False)
class KeyingAnswers:
    """Handlers for who makes the envelopes of the others."""

    designating: Designating = attrs.field(repr=False)

    def handlers(self) -> Handlers:
        """By request class."""
        return {NameKeyingDevice: self.name}

    async def name(self, request: NameKeyingDevice, session: Session) -> KeyingDevices:
        """A custodian names a device, or does no more."""
        del session
        act = self.designating.withdraw if request.withdraw else self.designating.name
        await act(request.device)
        return KeyingDevices(devices=self.nouns())

    def nouns(self) -> tuple[KeyingDevice, ...]:
        """Those that count as such, as clients see them."""
        own = self.designating.context.member.device
        return tuple(
            KeyingDevice(
                person=(certificate := one.standing.certified.certificate).name,
                device_id=certificate.device.hex(),
                device=certificate.number,
                valid=one.standing.valid and may_key(certificate),
                own=certificate.device == own,
            )
            for one in self.designating.listed()
        )
