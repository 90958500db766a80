"""The closed word lists of the local API (SPEC 12). On the wire each is its string."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """What a node can do at all."""

    LOCKED = "locked"
    """Only `status`, `unlock` and `stop`."""
    FOUNDING = "founding"
    """Unlocked, but the home belongs to no coalition."""
    ENROLLING = "enrolling"
    """Joining: waits until a custodian approves."""
    UNLOCKED = "unlocked"


class Precedence(StrEnum):
    """ACP 121's action precedences, lowest first."""

    ROUTINE = "ROUTINE"
    PRIORITY = "PRIORITY"
    IMMEDIATE = "IMMEDIATE"
    FLASH = "FLASH"

    @property
    def rank(self) -> int:
        """Order, from 0 for ROUTINE."""
        return tuple(Precedence).index(self)


class State(StrEnum):
    """How far a message is with one recipient. A state never means more than it says."""

    QUEUED = "queued"
    """Stored here; nothing has left."""
    SENT = "sent"
    """Left for a peer or a relay that took it; nobody has confirmed more."""
    HELD = "held"
    """A relay confirmed that it keeps it."""
    DELIVERED = "delivered"
    """Durable on that device, by its signed receipt."""
    READ = "read"
    """A person moved the read mark past it, by a signed receipt."""
    ACKNOWLEDGED = "acknowledged"
    """A person acknowledged it, a separate signed act."""
    REFUSED = "refused"
    EXPIRED = "expired"

    @property
    def rank(self) -> int:
        """Order of the states up to `ACKNOWLEDGED`; the two ends without success have -1."""
        return _RANKS.get(self, -1)

    def reaches(self, target: State) -> bool:
        """Whether who is here has done at least `target`."""
        return self.rank >= target.rank >= 0


_RANKS = {
    State.QUEUED: 0,
    State.SENT: 1,
    State.HELD: 2,
    State.DELIVERED: 3,
    State.READ: 4,
    State.ACKNOWLEDGED: 5,
}


class Answer(StrEnum):
    """What an acknowledgement says besides that it is one (SPEC 8.5)."""

    NONE = "none"
    WILCO = "wilco"
    """Will comply."""
    UNABLE = "unable"
    CAVEAT = "caveat"
    """Acknowledged with a reservation, which its text says."""


class Flag(StrEnum):
    """What a reader must know about an entry beyond its text."""

    SUPERSEDED_KEY = "superseded-key"
    """Sealed under an envelope that was retired by then."""
    LAST_KEY = "last-key"
    """Sealed to a nation's last key, whose edition had ended by then: its author knew of no newer one."""
    NOT_VERIFIED = "not-verified"
    """The author's chain could not be checked to its end yet."""
    STALE_CERTIFICATE = "stale-certificate"
    """Checked against publications older than one edition."""
    DISPUTED = "disputed"
    """Its author signed two entries at its number, or at an earlier one: others may have seen another in its place."""
    DISOWNED = "disowned"
    """Beyond the last good entry that a revocation of its device names; `disowned` says whose."""
    UNREADABLE = "unreadable"
    """Released to this device, but its key is gone; `text` says why."""
    PURGED = "purged"
    """Its retention is over and its body is gone; `text` says since when."""
    CORRECTED = "corrected"
    """There is a newer version of it, which `newer` names; `text` says so."""
    RECALLED = "recalled"
    """Its author recalled it, and its body is gone; `text` says when."""
    NO_PLAY = "no-play"
    """In an exercise: not part of it."""
    AUTO = "auto"
    """Sent by a bot."""
    MINIMIZE_CONSIDERED = "minimize-considered"
    """Sent in spite of MINIMIZE: its author says that he has considered the notice."""


class Gap(StrEnum):
    """Why somebody has not done yet what a message asks of him: no more than what is known of it."""

    NONE = "none"
    """Nothing is missing."""
    NO_DEVICE = "no-device"
    """No device of the nation is known that could read it."""
    QUEUED = "queued"
    """Nothing has left for his nation."""
    SENT = "sent"
    """A node of his nation has it; his device has said nothing."""
    HELD = "held"
    """Another nation's node keeps it for his."""
    UNREAD = "unread"
    """It is on his device; he has not said that he read it."""
    UNACKNOWLEDGED = "unacknowledged"
    """He has read it; he has not acknowledged it."""
    REFUSED = "refused"
    EXPIRED = "expired"


class Likeness(StrEnum):
    """Whether a quote says what the message says that it repeats."""

    SAME = "same"
    """The original can be read here, and says this."""
    UNKNOWN = "unknown"
    """The original cannot be read here, or not any more: the quote is its sender's word."""
    DIFFERS = "differs"
    """The original can be read here, and says something else, or is of another label, author or time."""


class LinkState(StrEnum):
    """How a link to a peer stands."""

    CONNECTING = "connecting"
    UP = "up"
    WAITING = "waiting"
    """Not reached; tries again after a pause."""
    REFUSED = "refused"
    """One side does not accept the other; `reason` says why."""


class InviteState(StrEnum):
    """How far an invite is."""

    OPEN = "open"
    ASKED = "asked"
    """A device has shown the code; its words wait to be compared."""
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class JoinState(StrEnum):
    """How far this device's joining is."""

    NONE = "none"
    CONNECTING = "connecting"
    COMPARING = "comparing"
    """The words are there: compare them with the custodian's, by voice."""
    JOINED = "joined"
    REFUSED = "refused"
    EXPIRED = "expired"


class Role(StrEnum):
    """What a certificate makes its holder."""

    OFFICER = "officer"
    CONTROLLER = "controller"
    CUSTODIAN = "custodian"
    BOT = "bot"
    RELAY = "relay"
    AUDITOR = "auditor"


class KeyState(StrEnum):
    """What an edition of keys is good for now."""

    EFFECTIVE = "effective"
    """It runs: what is sealed now is sealed to it."""
    RESERVE = "reserve"
    """It is published and has not begun."""
    SUPERSEDED = "superseded"
    """It has ended or was replaced: it opens what was sealed before, for as long as its keys are held."""


class RevocationReason(StrEnum):
    """Why a device is revoked."""

    UNSPECIFIED = "unspecified"
    LOST = "lost"
    COMPROMISED = "compromised"
    """Somebody else has, or may have, its keys."""
    LEFT = "left"
    """Its person left."""
    REPLACED = "replaced"


class ControlSubject(StrEnum):
    """What a control event is about."""

    NODE = "node"
    """The node's own phase."""
    CHARTER = "charter"
    CHANNEL = "channel"
    NATION = "nation"
    """A publication or directory of a nation."""
    INVITE = "invite"
    KEYS = "keys"
    """Editions and segments of this device."""
