"""Views made for the tests of painting, and the texts that a hostile peer may put into them."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from coalchat.api.vocabulary import Answer, LinkState, Precedence, State
from coalchat.desk.model import dialogviews, views, whoviews
from coalchat.desk.paint.ink import Ink, Line
from coalchat.display import display_safe

HOSTILE: Final = (
    "[SECRET] x [/b] [@click=app.quit]x[/]",
    "\x1b[2J\x1b]52;c;ZXZpbA==\x07\x9b6n",
    "a\u202eb\u2066c\u200bd",
    "e" + "\u0301" * 30 + " \u0301x",
    "松本" * 40,
    "👩‍👩‍👧 ⚡ ✔️ 🇪🇺 한글 \u1112\u1161",
    "x" * 300,
    "1537Z XAA Berg      (U) and below:\n1538Z XAA Berg      (U)",
    "tab\there " + " " * 90 + "far",
    "",
    " ",
    "\n\n",
)

ALPHABET: Final = st.sampled_from(
    "ab  \n\r\t\x1b[]/()\x9b\u202e\u200b\u0301\u0302\u1161\ufe0f\ud800\u2028x松本ﷺ한👩⚡🇪é…·\u2013─│✓"
)
anything: Final = st.text(ALPHABET, max_size=120) | st.sampled_from(HOSTILE) | st.text(st.characters(codec=None))
bodies: Final = anything.map(lambda text: display_safe(text, multiline=True))
names: Final = anything.map(lambda text: display_safe(text, limit=64))
codes: Final = st.text(st.sampled_from("ABXYZ09"), min_size=1, max_size=16)


def text_of(lines: list[Line]) -> list[str]:
    """The rows as plain text, without blanks at their ends."""
    return [line.text.rstrip() for line in lines]


def inks_of(line: Line, words: str) -> set[Ink]:
    """Every ink that a piece of a line's text is painted in."""
    start = line.text.index(words)
    found: set[Ink] = set()
    at = 0
    for span in line.spans:
        if at < start + len(words) and at + len(span.text) > start:
            found.add(span.ink)
        at += len(span.text)
    return found


def message(text: str = "OP 3 relieved.", **more: Any) -> views.MessageLine:
    fields: dict[str, Any] = {
        "key": "a",
        "position": 1,
        "time": "1531Z",
        "dtg": "221531Z NOV 26",
        "nation": "XBB",
        "person": "Kowal",
        "mine": False,
        "bot": False,
        "mark": "(S)",
        "level": 2,
        "marking": "MISSION SECRET REL XAA, XBB, XCC",
        "text": text,
        "precedence": Precedence.ROUTINE,
        "due": "",
        "answered": None,
        "quote": None,
        "remarks": (),
        "tallies": (),
        "unread": False,
        "sending": False,
        "failed": "",
        "unreadable": False,
    }
    return views.MessageLine(**{**fields, **more})


def tally(nation: str, state: State, reached: int, of: int, **more: bool) -> whoviews.Tally:
    fields: dict[str, Any] = {"caveat": False, "unable": False, **more}
    return whoviews.Tally(nation=nation, state=state, reached=reached, of=of, **fields)


TALLIES: Final = (
    tally("XAA", State.READ, 4, 4),
    tally("XBB", State.READ, 3, 3),
    tally("XCC", State.DELIVERED, 2, 5),
)


def channel(title: str, **more: Any) -> views.ChannelRow:
    fields: dict[str, Any] = {
        "id": title,
        "title": title,
        "level": 1,
        "letter": "R",
        "unread": 0,
        "precedence": None,
        "acts": 0,
        "selected": False,
    }
    return views.ChannelRow(**{**fields, **more})


CHANNELS: Final = (
    channel("ops-north", level=2, letter="S", unread=3, precedence=Precedence.FLASH, acts=1, selected=True),
    channel("intel-fusion", level=2, letter="S"),
    channel("med", unread=1, acts=1),
    channel("alerts", unread=12),
    channel("log-bridge"),
    channel("liaison", unread=2, precedence=Precedence.IMMEDIATE),
)


def person(name: str, state: State, now: str, **more: Any) -> whoviews.PersonRow:
    fields: dict[str, Any] = {
        "person": name,
        "role": "officer",
        "device": "1",
        "state": state,
        "answer": None,
        "since": "1538Z",
        "now": now,
        "gap": False,
    }
    return whoviews.PersonRow(**{**fields, **more})


NATIONS: Final = (
    whoviews.NationRow(tally=TALLIES[0], persons=(person("Okoro", State.READ, "read"),)),
    whoviews.NationRow(
        tally=TALLIES[1],
        persons=(
            person("Kowal", State.READ, "read"),
            person(
                "Reyes",
                State.ACKNOWLEDGED,
                "caveat: watch only",
                answer=Answer.CAVEAT,
                times=((State.DELIVERED, "1537"), (State.READ, "1538"), (State.ACKNOWLEDGED, "211541")),
            ),
        ),
    ),
    whoviews.NationRow(
        tally=TALLIES[2],
        persons=(
            person("Lind", State.HELD, "held by XBB", gap=True, closes=("", "contact with the device")),
            person("Saar", State.SENT, "sent, nothing heard", gap=True, closes=("E", "escalate to Mets")),
            person("Oja", State.QUEUED, "queued here", gap=True, why="queued here, no link since 1210Z"),
        ),
    ),
)


def who(**more: Any) -> whoviews.WhoHasIt:
    fields: dict[str, Any] = {
        "key": "a",
        "title": "1531Z Berg",
        "excerpt": "Convoy 4 delayed 40 min at bridge 7.",
        "mark": "(S)",
        "level": 2,
        "id": "4f1c 88d2",
        "nations": NATIONS,
        "asked": False,
        "by": "",
        "left": "",
        "overdue": False,
    }
    return whoviews.WhoHasIt(**{**fields, **more})


def due(what: str, left: str, *, act: bool = False, overdue: bool = False) -> views.DueRow:
    return views.DueRow(time="1547Z", what=what, left=left, act=act, overdue=overdue)


KEYS: Final = views.KeysView(
    edition=12, segment=3, segments=12, done=0.5, ends="221800Z NOV 26", until="251800Z NOV 26", soon=False
)


def link(peer: str, state: LinkState = LinkState.UP, age: str = "3 h", reason: str = "") -> views.LinkRow:
    return views.LinkRow(peer=peer, state=state, age=age, gap=state is not LinkState.UP, reason=reason)


def rail(**more: Any) -> views.Rail:
    fields: dict[str, Any] = {
        "who": who(),
        "due": (due("ack Duarte 1537Z", "5 min", act=True), due("ack Kowal", "OVERDUE 12 min", overdue=True)),
        "keys": KEYS,
        "links": (link("XBB"), link("XCC", LinkState.WAITING, "2 h", "no answer")),
        "queued": 1,
    }
    return views.Rail(**{**fields, **more})


def banner(**more: Any) -> views.Banner:
    fields: dict[str, Any] = {
        "marking": "MISSION SECRET REL XAA, XBB, XCC",
        "level": 2,
        "coalition": "CALM HARBOUR",
        "clock": "221542Z NOV 26",
        "exercise": False,
    }
    return views.Banner(**{**fields, **more})


def notice(**more: Any) -> views.Notice:
    fields: dict[str, Any] = {
        "node": "node up",
        "fine": True,
        "due": "",
        "left": "",
        "overdue": False,
        "warnings": (),
    }
    return views.Notice(**{**fields, **more})


def composer(**more: Any) -> views.Composer:
    fields: dict[str, Any] = {
        "channel": "ops-north",
        "label": "SECRET REL XAA, XBB",
        "short": "S REL XAA, XBB",
        "level": 2,
        "precedence": Precedence.PRIORITY,
        "ack": "no ack asked",
        "reads": (("XAA", 9), ("XBB", 12)),
        "withheld": ("XCC",),
        "denied": None,
        "warnings": (),
        "reply": "",
        "note": "draft kept",
        "known": True,
    }
    return views.Composer(**{**fields, **more})


def picker(**more: Any) -> dialogviews.LabelPicker:
    fields: dict[str, Any] = {
        "channel": "ops-north",
        "policy": "EXAMPLE/MISSION 3",
        "levels": (
            dialogviews.LevelChoice(level=0, name="UNCLASSIFIED", chosen=False, why_not=""),
            dialogviews.LevelChoice(level=1, name="RESTRICTED", chosen=False, why_not=""),
            dialogviews.LevelChoice(level=2, name="SECRET", chosen=True, why_not=""),
            dialogviews.LevelChoice(
                level=3, name="TOP SECRET", chosen=False, why_not="above the ceiling of #ops-north"
            ),
        ),
        "nations": (
            dialogviews.NationChoice(code="XAA", chosen=True, own=True, readers=9, of=14),
            dialogviews.NationChoice(code="XBB", chosen=True, own=False, readers=12, of=12),
            dialogviews.NationChoice(code="XCC", chosen=False, own=False, readers=0, of=7),
        ),
        "categories": (("CONVOY", False),),
        "marking": "MISSION SECRET REL XAA, XBB",
        "mark": "(S REL XAA, XBB)",
        "level": 2,
        "denied": None,
        "warnings": (),
        "known": True,
    }
    return dialogviews.LabelPicker(**{**fields, **more})


def refusal(**more: Any) -> dialogviews.Refusal:
    fields: dict[str, Any] = {
        "channel": "log-bridge",
        "ceiling": "RESTRICTED",
        "ceiling_level": 1,
        "label": "SECRET REL XAA, XBB, XCC",
        "level": 2,
        "clause": "5.5 (3)",
        "reason": "The channel carries nothing above RESTRICTED.",
        "reads": (("XAA", 9), ("XBB", 12)),
        "withheld": ("XCC",),
        "ways": ("write it at RESTRICTED", "send it in #ops-north"),
    }
    return dialogviews.Refusal(**{**fields, **more})
