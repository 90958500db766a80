"""Commands in the composer: a line that begins with one slash.

Rule 1: an unknown command is never sent as text. Who means a slash writes two.
Rule 2: one table says what there is: the parser, the help screen and the jump list read the same.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Final, TypeAlias

from coalchat.record import record


@record(kw_only=False)
class CommandHelp:
    """A command: its name without the slash, how it is written, and one line about it."""

    name: str
    usage: str
    help: str


COMMANDS: Final[tuple[CommandHelp, ...]] = (
    CommandHelp("help", "/help [COMMAND]", "keys and commands, or what one command does"),
    CommandHelp("jump", "/jump WORDS", "go to a channel or a person"),
    CommandHelp("search", "/search WORDS", "find messages in all channels"),
    CommandHelp("channel", "/channel [show | widen]", "make a channel; what is known of this one; let nations in"),
    CommandHelp("label", "/label LEVEL [CATEGORY] [REL A, B]", "label of the next message"),
    CommandHelp("precedence", "/precedence R|P|O|Z", "ROUTINE, PRIORITY, IMMEDIATE or FLASH for the next message"),
    CommandHelp("ack-by", "/ack-by HHMMZ|+MIN|none", "ask for an acknowledgement of the next message"),
    CommandHelp("reply", "/reply", "answer the selected message; again: answer none"),
    CommandHelp("thread", "/thread", "what the selected message answers, and all answers to it"),
    CommandHelp("quote", "/quote", "quote the selected message in the next one; again: no more"),
    CommandHelp("forward", "/forward [CHANNEL]", "forward the selected message to another channel"),
    CommandHelp("correct", "/correct", "sign a new version of the selected message of yours"),
    CommandHelp("recall", "/recall", "recall the selected message of yours; it is asked about"),
    CommandHelp("history", "/history", "all versions of the selected message"),
    CommandHelp("copy", "/copy", "copy the selected message with its marking"),
    CommandHelp("read", "/read", "read up to the selected message, or to the newest"),
    CommandHelp("ack", "/ack [wilco | unable WHY | caveat TEXT]", "acknowledge the selected message"),
    CommandHelp("who", "/who", "who has the selected message"),
    CommandHelp("report", "/report [FORM]", "fill in a form; of an own report under the cursor, an update"),
    CommandHelp("map", "/map [FORM]", "positions of reports on a grid, and their numbers over time"),
    CommandHelp("dm", "/dm NAME|DEVICE-ID", "write to the confirmed devices of one person"),
    CommandHelp("confirm", "/confirm NAME|DEVICE-ID", "compare the words of a device, and confirm it"),
    CommandHelp(
        "roe",
        "/roe [TIME | new | ACT | endorse | log]",
        "rules of engagement: the board, now or at a time; issue, sign",
    ),
    CommandHelp(
        "minimize", "/minimize on REASON|off", "as the channel's admin: less traffic here from now on, or no more"
    ),
    CommandHelp("deputy", "/deputy NAME [until HHMMZ|DDHHMMZ]|off", "who stands in for your nation in this channel"),
    CommandHelp(
        "peer", "/peer add|remove HOST:PORT", "dial a node from now on, or no more; the links stand at the right"
    ),
    CommandHelp("keys", "/keys", "keys, windows, certificates, and what is to do"),
    CommandHelp("theme", "/theme dark|light|high-contrast|mono", "how the desk looks, from now on"),
    CommandHelp("time", "/time local|z", "times of messages in this machine's zone, or in Z"),
    CommandHelp("revoke", "/revoke", "as custodian: revoke a device or a person; it is asked about"),
    CommandHelp("rekey", "/rekey", "as custodian: replace the nation's keys in an emergency"),
    CommandHelp("renew", "/renew", "as custodian: renew the certificate of a silent device"),
    CommandHelp("invites", "/invites", "as custodian: invite devices, compare words, approve"),
    CommandHelp("lock", "/lock", "show nothing until the passphrase is given; messages keep coming in"),
    CommandHelp("quit", "/quit", "leave the desk; the node runs on"),
)
"""All there are, in the order of the help screen."""

WITHIN: Final[tuple[CommandHelp, ...]] = (
    CommandHelp("roe new", "/roe new", "issue an ROE notice: asks which"),
    CommandHelp("roe request", "/roe request", "ROE: ask the authorities for rules"),
    CommandHelp("roe authorise", "/roe authorise [NOTICE]", "ROE: rules may be implemented"),
    CommandHelp("roe deny", "/roe deny [NOTICE]", "ROE: what was requested may not"),
    CommandHelp("roe implement", "/roe implement [NOTICE]", "ROE: authorised rules are in force"),
    CommandHelp("roe amend", "/roe amend [NOTICE]", "ROE: they are in force in other words"),
    CommandHelp("roe cancel", "/roe cancel [NOTICE]", "ROE: they end"),
    CommandHelp("roe caveat", "/roe caveat [NOTICE]", "ROE: what your nation limits for itself"),
    CommandHelp("roe endorse", "/roe endorse [NOTICE]", "ROE: sign a notice that another issued"),
    CommandHelp("roe log", "/roe log", "ROE: every notice as it was signed"),
)
"""Commands with a word behind them, for who looks for that."""

_BY_NAME: Final = {command.name: command for command in COMMANDS}


@record(kw_only=False)
class Command:
    """A known command; `rest` is what stands behind its name, stripped."""

    name: str
    rest: str = ""

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"/{self.name} {self.rest}".rstrip()


@record(kw_only=False)
class Plain:
    """Text to be sent; a doubled first slash is one by now."""

    text: str


@record(kw_only=False)
class Unknown:
    """A command that does not exist: its name, and names that come near it."""

    name: str
    near: tuple[str, ...] = ()


Parsed: TypeAlias = Command | Plain | Unknown


def parse_command(text: str) -> Parsed:
    """What a text in the composer is. Blanks before the slash make no difference."""
    line = text.lstrip()
    if line.startswith("//"):
        return Plain(text.replace("/", "", 1))
    if not line.startswith("/"):
        return Plain(text)
    name, *rest = line[1:].split(None, 1) if line[1:2].strip() else [""]
    name = name.lower()
    if name in _BY_NAME:
        return Command(name, "".join(rest).strip())
    return Unknown(name, tuple(get_close_matches(name, _BY_NAME)))


def help_of(name: str) -> CommandHelp | None:
    """What there is to say about a command, or none if it does not exist."""
    words = name.lower().removeprefix("/")
    return _BY_NAME.get(words) or next((within for within in WITHIN if within.name == words), None)
