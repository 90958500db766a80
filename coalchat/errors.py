"""What a person can act on (SPEC 12.6 and 12.7).

Rule 1: a class's docstring is the sentence that the user reads, `detail` says which one, `hint` what to do.
Rule 2: `code` is stable: it travels over the local API and comes out as the same class on the other side. A code that
this program does not know (of a newer node, or of a room that it has not loaded) comes out as `CoalchatError`, with its
words and its exit code kept: they travel too.
Rule 3: `str(error)` is one line and safe on a screen, whatever stands in `detail`: peers name channels and people.
Rule 4: an error never carries message text or a secret.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar, Final

from coalchat.display import display_safe

MAX_LINE: Final = 500
"""Characters of one error line: six terminal lines; what is longer hides what matters."""


class ExitCode(IntEnum):
    """Exit codes of every command. Values are for ever."""

    DONE = 0
    """Done as asked."""
    FAILED = 1
    USAGE = 2
    """The command, or something that it names, is not right."""
    REFUSED = 3
    """Refused by policy; the clause is named."""
    UNREACHABLE = 4
    """Nobody reachable, or still queued."""
    NOT_AUTHORISED = 5
    LOCKED = 6
    CORRUPT = 7
    """A peer or the store broke the rules of its format."""
    TRY_AGAIN = 75
    """Temporary (EX_TEMPFAIL of sysexits)."""


class CoalchatError(Exception):
    """That did not work."""

    code: ClassVar[str] = "failed"
    exit_code: ExitCode = ExitCode.FAILED
    advice: ClassVar[str] = ""
    """The class's own hint."""
    clause: str = ""
    """The policy clause that refused; "" unless the class is `Refused`."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__ or not cls.__doc__:
            raise TypeError(f"{cls.__name__} needs its own code and sentence")
        if cls.code in BY_CODE:
            raise TypeError(f"the code {cls.code} is used twice")
        BY_CODE[cls.code] = cls

    def __init__(self, detail: str = "", *, hint: str = "") -> None:
        """Say which one (`detail`), and what to do about it where that differs from the class's advice (`hint`)."""
        super().__init__(detail, hint)
        self.detail = detail
        self.hint = hint or self.advice
        self.sentence = (type(self).__doc__ or "").strip().splitlines()[0].removesuffix(".")

    def __str__(self) -> str:
        line = f"{self.sentence}: {self.detail}" if self.detail else self.sentence
        return display_safe(line, limit=MAX_LINE)


BY_CODE: Final[dict[str, type[CoalchatError]]] = {CoalchatError.code: CoalchatError}
"""Every class by its code."""


def error_from(
    code: str,
    detail: str,
    hint: str = "",
    clause: str = "",
    *,
    sentence: str = "",
    exit_code: int = ExitCode.FAILED,
) -> CoalchatError:
    """The error that travelled as these fields. Of a code that is known here, the class has the sentence and exit code."""
    cls = BY_CODE.get(code)
    if cls is None:
        error = CoalchatError(detail, hint=hint)
        error.sentence = sentence or error.sentence
        if exit_code in set(ExitCode) - {ExitCode.DONE}:
            error.exit_code = ExitCode(exit_code)
        return error
    if issubclass(cls, Refused):
        return cls(clause, detail, hint=hint)
    return cls(detail, hint=hint)


# --- 1: failed ---


class InternalError(CoalchatError):
    """The node met an error of its own; it is in the node's log."""

    code = "internal"
    advice = "please report it with the lines of node.log"


class ApiVersionMismatch(CoalchatError):
    """This program and the running node are of different versions."""

    code = "api-version"
    advice = "stop the node with `coalchat node stop`; the next command starts the new one"


class NoCoalition(CoalchatError):
    """This home belongs to no coalition yet."""

    code = "no-coalition"
    advice = "found one with `coalchat charter found`, or join one with `coalchat join`"


class AlreadyExists(CoalchatError):
    """There is one already."""

    code = "already-exists"


class Zeroized(CoalchatError):
    """The keys of this home were destroyed."""

    code = "zeroized"
    advice = "restore a backup into another home, or enrol anew; what is left of this directory can be removed"


class Expired(CoalchatError):
    """Its time has passed."""

    code = "expired"


class TooLong(CoalchatError):
    """That is too long for one frame of the local API."""

    code = "too-long"
    advice = "ask for less at a time"


# --- 2: usage ---


class UsageError(CoalchatError):
    """That is not a valid request."""

    code = "usage"
    exit_code = ExitCode.USAGE


class NoHome(UsageError):
    """There is no coalchat home here."""

    code = "no-home"
    advice = "name another with --home, or make one with `coalchat nation create` or `coalchat join`"


class PathTooLong(UsageError):
    """The path of the node's socket is longer than the system allows."""

    code = "path-too-long"
    advice = "set XDG_RUNTIME_DIR to a shorter directory of your own"


class UnknownChannel(UsageError):
    """There is no such channel here."""

    code = "unknown-channel"
    advice = "`coalchat channel list` names those that this device can read"


class UnknownLabel(UsageError):
    """The policy knows no such label."""

    code = "unknown-label"
    advice = "write it as LEVEL [CATEGORY] [REL TO NATION, NATION]"


class UnknownNation(UsageError):
    """The charter names no such nation."""

    code = "unknown-nation"


class UnknownMessage(UsageError):
    """There is no such message here."""

    code = "unknown-message"


class UnknownDevice(UsageError):
    """There is no such person or device here."""

    code = "unknown-device"
    advice = "`coalchat nation devices` and `coalchat direct list` name them"


class UnknownRequest(UsageError):
    """There is no such request here."""

    code = "unknown-request"


class UnknownPeer(UsageError):
    """There is no such peer."""

    code = "unknown-peer"
    advice = "`coalchat peer list` names them"


class UnknownInvite(UsageError):
    """There is no such invite."""

    code = "unknown-invite"
    advice = "`coalchat invite list` names them"


class Ambiguous(UsageError):
    """More than one begins like this."""

    code = "ambiguous"
    advice = "give more of it"


# --- 3: refused by policy ---


class Refused(CoalchatError):
    """Refused by policy."""

    code = "refused"
    exit_code = ExitCode.REFUSED

    def __init__(self, clause: str, reason: str, *, hint: str = "") -> None:
        """Name the clause (of SPEC 5.5, or of the charter) and give one plain sentence."""
        super().__init__(reason, hint=hint)
        self.args = (clause, reason, hint)
        self.clause = clause
        self.sentence = f"{self.sentence} ({clause})"


class RecipientRefused(Refused):
    """Refused by a recipient."""

    code = "recipient-refused"


# --- 4: nobody reachable, or still queued ---


class Unreachable(CoalchatError):
    """Nobody is reachable."""

    code = "unreachable"
    exit_code = ExitCode.UNREACHABLE


class StillQueued(Unreachable):
    """Not there yet when the time was up; it stays queued."""

    code = "still-queued"
    advice = "`coalchat status MESSAGE` shows how far it is"


# --- 5: not authorised ---


class NotAuthorised(CoalchatError):
    """You may not do this here."""

    code = "not-authorised"
    exit_code = ExitCode.NOT_AUTHORISED


class WrongPassphrase(NotAuthorised):
    """That is not the passphrase of this home."""

    code = "wrong-passphrase"


class WrongBackupPassphrase(NotAuthorised):
    """That is not the passphrase of this backup."""

    code = "wrong-backup-passphrase"
    advice = "a backup has a passphrase of its own, which was chosen when it was made"


class WordsDiffer(NotAuthorised):
    """The words are not the same on both sides: somebody may stand between."""

    code = "words-differ"
    advice = "withdraw the invite and make a new one over another way"


class NotPrivate(NotAuthorised):
    """Others could read or change this."""

    code = "not-private"
    advice = "it must be your own and closed to others: chmod 700 for a directory, 600 for a file"


class HomeNotPrivate(NotPrivate):
    """The home is not yours alone."""

    code = "home-not-private"
    advice = "it must be your own, with mode 0700"


class RuntimeNotPrivate(NotPrivate):
    """The directory of the node's socket is not yours alone."""

    code = "runtime-not-private"
    advice = "it must be your own, with mode 0700; or set XDG_RUNTIME_DIR to a directory of your own"


# --- 6: locked ---


class Locked(CoalchatError):
    """The node is locked."""

    code = "locked"
    exit_code = ExitCode.LOCKED
    advice = "give the passphrase: at the terminal, or with --passphrase-fd or --passphrase-file"


# --- 7: corrupt ---


class StoreCorrupt(CoalchatError):
    """The store or the key file of this home is damaged."""

    code = "store-corrupt"
    exit_code = ExitCode.CORRUPT
    advice = "stop here, keep a copy of the home, and restore it from a backup"


class BackupDamaged(CoalchatError):
    """The backup is damaged, or is none."""

    code = "backup-damaged"
    exit_code = ExitCode.CORRUPT
    advice = "nothing of it was used: take another copy of it"


class PeerCorrupt(CoalchatError):
    """The other side sent something that breaks the protocol."""

    code = "peer-corrupt"
    exit_code = ExitCode.CORRUPT


class ApiDecodeError(PeerCorrupt):
    """A frame is not of the local API."""

    code = "api-decode"
    advice = "is the node of the same version as this program?"
    request_id: int | None = None
    """Number of the request it stood in, if that could be read: then there is somebody to answer."""


# --- 75: try again ---


class TryAgain(CoalchatError):
    """Not now."""

    code = "try-again"
    exit_code = ExitCode.TRY_AGAIN
    advice = "try again in a moment"


class HomeInUse(TryAgain):
    """Another node runs on this home."""

    code = "home-in-use"
    advice = "`coalchat node status` shows it, `coalchat node stop` stops it"


class NodeUnavailable(TryAgain):
    """The node does not answer."""

    code = "node-unavailable"
    advice = "start it with `coalchat node start`, or see node.log in the home"


class NodeGone(NodeUnavailable):
    """The node went away before it answered: it may have done it or not."""

    code = "node-gone"
    advice = "look before you repeat it; a message sent again with the same --key is not sent twice"
