"""The way through all screens of a desk at which much is said: what is pressed, and what stands there then."""

from __future__ import annotations

from typing import Final

import attrs

from tests.fakes.api_node import PASSPHRASE

PUT: Final = "="
"""A key that begins so is a text to put into the field."""
PASTE: Final = "paste="
"""A key that begins so is a text that the terminal pastes."""
REFUSED, LOST = "not for you", "not to be had"
"""Texts that the node of `crowd` refuses, and does not take for another reason."""
NEWEST: Final = "221533Z NOV 26"
"""When the newest notice of its log was signed: that stands nowhere else."""
PASTED: Final = "ends\n\x1b[2J\n\x9b6n\na\x07b\n\u202eevil\n\x1b]52;c;ZXZpbA==\x07\n\ufeffbom\n\x1b]0;owned\x07"


@attrs.frozen
class Step:
    """What is done, and what is on the screen then.

    Attributes:
        keys: by Textual's names, or texts to put. words: ours. fields: of which peers' texts stand there.
        gone: words of what was left.
    """

    keys: tuple[str, ...]
    words: str
    fields: tuple[str, ...] = ()
    gone: str = ""


def _back(gone: str, to: str = "CHANNELS") -> Step:
    return Step(("escape",), to, (), gone)


def _typed(line: str, words: str, *fields: str) -> tuple[Step, Step]:
    """A command, and what it opens."""
    return Step(("/", PUT + line), f"/{line}"), Step(("enter",), words, fields)


_TALK: Final = ("Message.text", "Message.author_person", "Quoted.text", "Channel.title", "Minimize.reason")
_TALKED: Final = (
    Step((), "CHANNELS", ("Message.text",)),  # before there is one, none can be selected
    Step(("up",), "Enter read", _TALK),
    Step(("f4",), "S sort by", ("Delivery.person", "Delivery.reason", "Deputy.person")),
    _back("S sort by"),
    _back("Enter read"),
)
_MESSAGES: Final = (
    Step(("up",), "Enter read"),
    Step(("h",), "VERSION 2", ("Message.text",)),
    _back("VERSION 2"),
    Step(("x",), "RECALL"),
    _back("RECALL"),
    Step(("f4",), "S sort by"),
    Step(("r",), "REMIND", ("Delivery.person",)),
    _back("REMIND", "S sort by"),
    Step(("e",), "ask the deputies to see to it", ("Delivery.person", "Deputy.person")),
    _back("ask the deputies", "S sort by"),
    _back("S sort by"),
    Step(("up", "up", "a"), "CAVEAT: with", ("Message.text", "Message.author_person")),
    _back("CAVEAT: with", "Enter read"),
    Step(("t",), "THREAD", ("Message.text", "Message.author_person")),
    _back("THREAD", "Enter read"),
    Step(("f",), "FORWARD TO", ("Channel.title", "Channel.purpose")),
    _back("FORWARD TO", "Enter read"),
    _back("Enter read"),
)
_RULES: Final = (
    Step(
        ("f3",),
        "ROE BOARD",
        ("RoeRule.number", "RoeRule.text", "RoeRule.specify", "RoeRuling.by", "RoeNotice.name", "RoeGap.words"),
    ),
    Step(("pagedown",), "never judges", ("RoeRule.text",), "TO ACKNOWLEDGE"),
    Step(("pagedown",), "never judges", ("RoeCaveat.text", "RoeCaveat.person")),
    Step(("pagedown",), "never judges", ("RoeAnswer.text", "RoeAnswer.person")),
    Step(("enter",), "back to the board"),
    Step(("2",), "signed with", ("RoeAnswer.person", "RoeAnswer.text", "RoeNotice.remark", "RoeSigner.person")),
    _back("signed with", "ROE BOARD"),
    Step(("l",), NEWEST, ("RoeGap.words", "RoeNotice.name", "RoeNotice.reason", "RoeRule.number", "RoeSigner.person")),
    Step(("up", "up", "enter"), "signed with", ("RoeNotice.basis_name",)),
    _back("signed with", "ROE LOG"),
    _back("ROE LOG", "ROE BOARD"),
    _back("ROE BOARD"),
)
_SERIAL: Final = "Type the serial to"
_ISSUING: Final = (
    Step(("n", "4"), "Which notice does it refer to?", ("RoeNotice.name",)),
    Step(("2",), "RULES", ("RoeRule.number",), "Which notice"),
    Step(("f6",), "READABLE BY"),
    _back("READABLE BY", "ROE NOTICE"),
    _back("ROE NOTICE", "ROE BOARD"),
    Step(("n", "1"), "ROE NOTICE", ("Channel.title",)),
    Step(("shift+tab", PUT + REFUSED, "tab", "tab", "tab", PUT + "104"), "of 104: must be filled"),
    Step(("tab", "tab", PUT + "permitted"), "will be", ("RoePreview.name",)),
    Step(("ctrl+s",), "roe-sequence: ", ("RoePreview.reason",)),
    _back("ROE NOTICE", "ROE BOARD"),
    Step(("n", "1"), "ROE NOTICE"),
    Step(("shift+tab", "ctrl+u", "alt+p", "alt+p"), "FLASH", (), REFUSED),
    Step(("ctrl+s",), "FLASH interrupts"),
    Step(("2",), f"{_SERIAL} issue it", ("RoePreview.name",), "FLASH interrupts"),
    Step((PUT + "001", "enter"), "issued XAA", ("RoeNotice.name",), "ROE NOTICE"),
    Step(("n",), "Nothing is issued before"),
    Step(("2",), "the charter lets", ("RoeAuthority.name",)),
    _back("the charter lets", "ROE BOARD"),
)
_ROE: Final = (
    Step(("f3",), "ROE BOARD"),
    Step(("a",), "Several notices wait for you", ("RoeNotice.name",)),
    Step(("2",), "Type the serial", ("RoeRule.text", "RoeRule.specify")),
    _back("Type the serial", "ROE BOARD"),
    Step(("s",), "wait for a signature of yours", ("RoeNotice.name",)),
    Step(("2",), f"{_SERIAL} sign it too", ("RoeRule.text", "RoeNotice.person"), "for a signature of yours"),
    Step(("pagedown", "pagedown", "pagedown", PUT + "005", "enter"), "you signed XBB", ("RoeNotice.name",), _SERIAL),
    Step(("l",), NEWEST),
    Step(("n",), "ISSUE A NOTICE ON", ("RoeNotice.name",)),
    _back("ISSUE A NOTICE ON", "ROE LOG"),
    Step(("e",), "WRITE THE LOG TO A FILE"),
    _back("WRITE THE LOG TO A FILE", "ROE LOG"),
    _back("ROE LOG", "ROE BOARD"),
    Step(("t",), "AT ANOTHER TIME"),
    _back("AT ANOTHER TIME", "ROE BOARD"),
    *_ISSUING,
    _back("ROE BOARD"),
)
_LISTS: Final = (
    Step(("f7",), "EDITIONS", ("SilentDevice.person", "Status.warnings", "HistoryRequest.person", "Device.person")),
    Step(("i",), "INVITES", ("Invite.person",)),
    _back("INVITES", "EDITIONS"),
    _back("EDITIONS"),
    Step(("alt+4",), "CHANNELS", ("CardRow.text", "CardRow.name", "Report.missing")),
    Step(("alt+1",), "MINIMIZE"),
)
_CUSTODY: Final = (
    Step(("f7",), "EDITIONS"),
    Step(("h",), "REQUESTS FOR HISTORY", ("HistoryRequest.person",)),
    Step(("2",), "let it have them", ("HistoryRequest.person",)),
    _back("let it have them", "EDITIONS"),
    Step(("x",), "REVOKE", ("Device.person",)),
    Step(("down", "enter"), "Why?"),
    Step(("3",), "No undo", ("RevokedDevice.person",)),
    _back("No undo", "EDITIONS"),
    Step(("e",), "Type XAA"),
    _back("Type XAA", "EDITIONS"),
    Step(("r",), "RENEW", ("Device.person",)),
    Step(("enter",), "Look first that a silent", ("Device.person",)),
    _back("Look first that a silent", "EDITIONS"),
    Step(("i",), "INVITES", ("Invite.person",)),
    Step(("a",), "COMPARE WORDS", ("Invite.person",)),
    _back("COMPARE WORDS", "INVITES"),
    Step(("w",), "WITHDRAW", ("Invite.person",)),
    _back("WITHDRAW", "INVITES"),
    Step(("n",), "as the certificate will say"),
    Step((PUT + "Oja",), "Oja"),
    Step(("down",), "▌ CLEARANCE"),
    Step((PUT + "secret",), "secret"),
    Step(("down", "down", "down"), "▌ ADDRESS"),
    Step((PUT + "alfa.example:7447",), "alfa.example:7447"),
    Step(("enter",), "only here, only now"),
    _back("only here, only now", "INVITES"),
    _back("INVITES", "EDITIONS"),
    _back("EDITIONS"),
)
_CHANNELS: Final = (
    *_typed("channel show", "ADMINS", "Channel.title", "Channel.purpose", "Channel.admins", "Nation.name"),
    Step(("w",), "XDD", ("Nation.name", "Channel.title")),
    _back("WIDEN", "ADMINS"),
    _back("ADMINS"),
    *_typed("channel", "as all members will see it"),
    _back("as all members will see it"),
)
_REPORTS: Final = (
    *_typed("report", "Which form?"),
    Step(("1",), "^S send", ("Channel.title",)),
    Step((PUT + "7", "alt+d"), "It cannot be brought back"),
    Step(("2",), "CHANNELS", (), "^S send"),
    *_typed("map", "POSITIONS", "CardRow.text"),
    _back("POSITIONS"),
)
_DIRECT: Final = (
    *_typed(f"dm {1 << 96:032x}", "DIRECT MESSAGE", "Addressee.person"),
    Step(("2",), "COMPARE WORDS", ("Addressee.person",)),
    _back("COMPARE WORDS"),
)
_GOING: Final = (
    Step(("f6",), "READABLE BY"),
    _back("READABLE BY"),
    Step(("f1",), "COMMANDS"),
    _back("COMMANDS"),
    Step(("ctrl+k",), "GO TO", ("Channel.title", "Channel.purpose")),
    _back("GO TO"),
    Step(("ctrl+f",), "SEARCH"),
    Step(("ctrl+f",), "all channels"),
    Step(("b", "r"), "all channels", ("Piece.text", "Message.channel_title")),
    _back("all channels"),
)
_SENDING: Final = (
    Step((PUT + LOST, "enter"), "go back to the text", ("Minimize.reason",)),
    Step(("2",), "not sent", ("Error.detail",)),
    Step(("up",), "Enter send it again"),
    Step(("enter",), "NOT SENT", ("Error.detail",)),
    _back("NOT SENT", "Enter send it again"),
    _back("Enter send it again", "End read"),
    Step((PUT + REFUSED, "enter"), "go back to the text"),
    Step(("2",), "would have seen it", ("Error.detail", "Channel.title")),
    _back("would have seen it"),
    Step(("ctrl+u",), "CHANNELS", (), REFUSED),
    Step((PASTE + PASTED,), "lines were pasted"),
    Step(("2",), "owned", (), "lines were pasted"),
    Step(("ctrl+c",), "QUIT"),
    _back("QUIT"),
    Step(("f5",), "LOCKED"),
    Step((PUT + "wrong", "enter"), "not the passphrase"),
    Step((PUT + PASSPHRASE.decode(), "enter"), "CHANNELS", (), "LOCKED"),
)
HIGH: Final = (*_TALKED, *_RULES, *_LISTS)
"""Through what has many rows: for a high screen."""
WAY: Final = (*HIGH, *_MESSAGES, *_ROE, *_CUSTODY, *_GOING, *_CHANNELS, *_REPORTS, *_DIRECT, *_SENDING)
"""Through everything."""
