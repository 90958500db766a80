"""Direct messages: whose devices there are, their words, and whom a person confirmed (SPEC 8.8, 12).

Only confirmed devices get direct messages. The words stand for a device's key: its person reads them out from his own
screen, and who wants to write to him compares them here.
"""

from __future__ import annotations

from coalchat.api.base import Request, Response
from coalchat.api.nouns import Addressee
from coalchat.api.scopes import Scope
from coalchat.record import record


@record
class DeviceList(Response):
    """Devices that may be addressed, by nation, person and number; this one's own among them."""

    devices: tuple[Addressee, ...]


@record
class DeviceWords(Response):
    """The words to compare by voice.

    Attributes:
        own: of this device: read them out. device: the other one. words: of its key: he must read out the same.
    """

    own: tuple[str, ...]
    device: Addressee
    words: tuple[str, ...]


@record
class ListDevices(Request[DeviceList]):
    """Devices that may be addressed, and which of them were confirmed."""

    op = "direct.list"
    scope = Scope.READ


@record
class ShowWords(Request[DeviceWords]):
    """The words of a device and of this one. Errors: UnknownDevice.

    Attributes:
        device: id, 32 hex digits.
    """

    op = "direct.words"
    scope = Scope.READ
    device: str


@record
class ConfirmDevice(Request[Addressee]):
    """A person compared a device's words by voice: it may be written to from now on. Errors: UnknownDevice, WordsDiffer.

    Attributes:
        device: id, 32 hex digits. words: the six that its person read out; the node compares them with its own.
    """

    op = "direct.confirm"
    scope = Scope.ADMIN
    device: str
    words: tuple[str, ...]


@record
class WithdrawDevice(Request[Addressee]):
    """Take a confirmation back: nothing more is sealed to the device. Errors: UnknownDevice."""

    op = "direct.withdraw"
    scope = Scope.ADMIN
    device: str
