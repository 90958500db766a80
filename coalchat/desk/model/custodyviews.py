"""What a custodian's screens show, as plain records. The rules of `views` hold here too.

Nobody waits for it at the start: it is imported with the screen of keys.
"""

from __future__ import annotations

from coalchat.record import field, record


@record
class InviteRow:
    """An invite.

    Attributes:
        person: as the certificate will say. what: role, clearance and precedence. state: in capitals. until: when it ends.
        words: six words to compare, once a device has asked. device: its id, or "".
        open: it can still be withdrawn. asks: a device waits for approval.
    """

    id: str
    person: str
    what: str
    state: str
    until: str
    words: tuple[str, ...]
    device: str
    open: bool
    asks: bool


@record
class Invites:
    """All of them, the newest first. known: the node has said so. trouble, said: what came of the last act."""

    rows: tuple[InviteRow, ...]
    known: bool
    trouble: str
    said: str


@record
class InviteForm:
    """What an invite is made of, as typed."""

    person: str = ""
    clearance: str = ""
    role: str = "officer"
    precedence: str = "IMMEDIATE"
    address: str = ""


@record
class CodeView:
    """A new invite's code: a secret, shown once. until: when the invite ends."""

    code: str = field(repr=False)
    person: str
    until: str
