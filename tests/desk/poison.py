"""A node all of whose peers are hostile: every text of every answer that a peer could have written is one of `STRINGS`.

Answers are walked by their fields, so that no field is forgotten, also none that is added later: what a peer cannot
choose freely is listed here, everything else is poisoned.
"""

from __future__ import annotations

import re
from typing import Any, Final, cast

import attrs

from coalchat.api import about, nouns, reports, roe
from coalchat.api.base import Response
from coalchat.api.roe import ListRoe, RoeVerb, ShowRoe
from coalchat.api.vocabulary import Answer, Flag, InviteState, Likeness, State
from coalchat.record import evolve, is_record, values_of
from tests.desk.hostile import STRINGS
from tests.desk.scene import NOW, SEEN, at, custodian
from tests.fakes.api_custody import let_invite
from tests.fakes.api_keys import addressee, let_direct, let_trouble
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import deputy_record, link_record, quoted_record
from tests.fakes.api_reports import payload, shown
from tests.fakes.roe_records import PENDING, board, caveat, details, notice, rule, ruling, tally

ALL: Final = ("XAA", "XBB", "XCC")
MARK: Final = re.compile(r"(\d{4,5})<")
"""How every poisoned text begins: `1234<`."""
CHECKED: Final = {
    # ids and codes
    "id", "entry_id", "channel_id", "device_id", "person_id", "invite_id", "coalition_id", "policy_id", "feed_id",
    "retraction_id", "basis", "refs", "corrects", "recalls", "reminds", "nation", "nations", "own_nation", "members",
    "author_nation", "applies_to", "code", "national", "form", "channel",
    # markings and levels: the policy's, which all nations signed
    "marking", "markings", "portion", "ceiling", "clearance", "label", "prefix", "categories", "tag_names", "unshared_level",
    # words of the API and of lists that it ships
    "type", "kind", "need", "flaw", "event", "clause", "version", "own", "words", "address", "listen",
}  # fmt: skip
"""Fields whose shape the node has checked, or that it writes itself."""
_OWN: Final = frozenset(
    {nouns.Level, nouns.KeyWindow, nouns.Node, reports.Form, reports.FormField, roe.RoeBoard, roe.RoeDetails}
)
"""Records without a peer's text of their own; those inside have some."""
_MEASURED: Final = frozenset({"loc", "int"})
"""A map and a curve are drawn of these: what is no position stands in no map."""
_SAME: Final = {
    "RoeCaveat.number": "RoeRule.number",
    "RoeCaveat.notice": "RoeNotice.name",
    "RoeRuling.notice": "RoeNotice.name",
}
"""What is the same word in another record: a caveat finds its rule by its number."""


@attrs.define(eq=False)
class Poison:
    """Puts a hostile string in place of each text, and for the same text in the same field the same one again.

    Attributes:
        put: what stands where: class and field by number.
    """

    put: dict[int, str] = attrs.field(factory=dict)
    _numbers: dict[tuple[str, str], int] = attrs.field(factory=dict)

    def __call__(self, answer: Response) -> Response:
        """The answer as hostile peers would have it."""
        return cast(Response, self._record(answer))

    def _record(self, record: Any) -> Any:
        of = type(record)
        changed = {}
        for name, value in values_of(record).items():
            if isinstance(value, tuple) or is_record(type(value)):
                changed[name] = value if name in CHECKED else self._inner(of, name, value)
            elif type(value) is not str or not value or name in CHECKED or of in _OWN:
                continue
            elif not (of is about.CardRow and name == "value" and record.type in _MEASURED):
                changed[name] = self._text(of, name, value)
        return evolve(record, **changed)

    def _inner(self, of: type, name: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._inner(of, name, one) for one in value)
        if type(value) is str:
            return value if of in _OWN else self._text(of, name, value)
        return self._record(value) if is_record(type(value)) else value

    def _text(self, of: type, name: str, value: str) -> str:
        where = f"{of.__name__}.{name}"
        where = _SAME.get(where, where)
        number = self._numbers.setdefault((where, value), 1000 + len(self._numbers))
        self.put[number] = where
        return f"{number}<{STRINGS[number % len(STRINGS)]}>"


# --- a node at which much is said ---

CROWD: Final = 190
"""How many there are of what fills a screen."""


def crowded() -> FakeNode:
    """A custodian's node with something in every place in which a peer's words can stand, and much of what makes lists."""
    node = custodian()
    let_trouble(node, NOW)
    _minimize(node)
    _talk(node)
    _asked(node)
    _rules(node)
    for number in range(CROWD):
        let_invite(node, NOW, InviteState.OPEN if number % 3 == 1 else InviteState.ASKED, person=f"guest {number}")
    let_direct(node, *(addressee((number + 1) << 96, "XCC", f"Oja {number}") for number in range(8)))
    for number in range(8):
        link = link_record(f"relay-{number}.example:7447")
        node.peers[link.address] = evolve(link, reason=f"no route {number}")
    return node


def _minimize(node: FakeNode) -> None:
    order = about.Minimize(entry_id="e" * 64, nation="XBB", person="Reyes", since=at(1500), reason="traffic")
    deputies = tuple(deputy_record(code, f"Oja {code}") for code in ALL)
    node.channels[0] = evolve(node.channels[0], minimize=order, deputies=deputies)


def _talk(node: FakeNode) -> None:
    """Bodies, quotes, corrections, reports on forms that are here and on others, in the channel that is shown."""
    for number in range(CROWD // 2):
        said = node.add_message("ops-north", f"bridge {number}", author_person=f"Kowal {number}")
        node.add_message("ops-north", f"look {number}", author_person=f"Lind {number}", refs=(said.entry_id,),
                         quotes=(quoted_record(said, Likeness.DIFFERS),))  # fmt: skip
    for number in range(CROWD // 3):
        fields = {**SEEN, "size": f"{number} vehicles", "location": f"31N BA {4800 + number} 1193"}
        of = payload("SALUTE", number + 1, fields, at(1500))
        report = shown(of)
        if number % 2:  # a form that is not here: its keys are all that there is to show
            rows = tuple(evolve(row, name=row.key, type=row.type if number % 4 == 1 else "") for row in report.rows)
            report = evolve(report, title="", rows=rows, missing=(f"when {number}",))
        node.add_message("alerts", of.text, kind="report", report=report, author_person=f"Saar {number}")


def _asked(node: FakeNode) -> None:
    """An own order, in its second version, that all were asked to acknowledge."""
    own = {"mine": True, "read": True, "author_nation": "XAA", "author_person": "Berg", "ack_by": at(1540)}
    first = node.add_message("ops-north", "hold until relieved", **own)
    order = node.add_message(
        "ops-north", "hold until 1800Z", kind="correction", version=2, corrects=first.entry_id, **own
    ).entry_id
    newer = about.Newer(entry_id=order, version=2, time=NOW)
    node.messages[node.messages.index(first)] = evolve(first, flags=(Flag.CORRECTED,), newer=newer)
    for number in range(CROWD):
        state = (State.ACKNOWLEDGED, State.READ, State.HELD, State.DELIVERED)[number % 4]
        answer = (Answer.CAVEAT, Answer.UNABLE)[number // 4 % 2] if state is State.ACKNOWLEDGED else None
        node.move(order, ALL[number % 3], state, person=f"Reyes {number}", answer=answer, reason=f"because {number}",
                  person_id=f"{number:032x}")  # type: ignore[arg-type]  # fmt: skip


def _rules(node: FakeNode) -> None:
    rules = [rule(f"{number}", "A", RoeVerb.PERMITTED, f"text {number}", f"area {number}") for number in range(CROWD)]
    pending = evolve(
        PENDING, rules=tuple(rules[:8]), before=tuple(evolve(one, text=f"once {one.text}") for one in rules[:8]),
        remark="remark", tally=(tally("XAA", 3, 4, "Berg", "Varga"), tally("XCC", 4, 5, "Saar", caveats=1)),
    )  # fmt: skip
    void = notice("IMPL 006", rules[0], flaw="wider", reason="wider than before", person="Reyes", closed=True)
    node.answers[ListRoe] = board(
        rulings=tuple(
            ruling(one, f"IMPL {place:03}", at(600), specified=f"in {place}") for place, one in enumerate(rules)
        ),
        caveats=tuple(
            caveat(ALL[place % 3], one.number, RoeVerb.LIMITED, f"only {place}", 900, person=f"LEGAD {place}")
            for place, one in enumerate(rules)
        ),
        notices=(pending, void),
        gaps=(roe.RoeGap(nation="XBB", channel_id="0" * 32, words="IMPL 007 is missing"),),
    )
    node.answers[ShowRoe] = evolve(
        details(notice=pending),
        answers=tuple(
            roe.RoeAnswer(nation="XCC", person=f"Lind {place}", answer=Answer.CAVEAT, text=f"not {place}", at=at(1525))
            for place in range(CROWD)
        ),
    )


# --- the way through its screens ---


@attrs.frozen
class Step:
    """What is done, and what is on the screen then.

    Attributes:
        keys: by Textual's names, or a text to put into the composer. words: ours. fields: of which peers' texts stand there.
        gone: words of what was left.
    """

    keys: tuple[str, ...]
    words: str
    fields: tuple[str, ...] = ()
    gone: str = ""


_TALK: Final = ("Message.text", "Message.author_person", "Quoted.text", "Channel.title", "Minimize.reason")


def _back(gone: str, to: str = "CHANNELS") -> Step:
    return Step(("escape",), to, (), gone)


_DIRECT: Final = f"/dm {1 << 96:032x}"
WAY: Final = (
    Step(("up",), "Enter read to here", _TALK),
    Step(("h",), "VERSION 2", ("Message.text",)),
    _back("VERSION 2"),
    Step(("x",), "RECALL"),
    _back("RECALL"),
    Step(("f4",), "S sort by", ("Delivery.person", "Delivery.reason", "Deputy.person")),
    _back("S sort by"),
    Step(("f3",), "IN FORCE", ("RoeRule.number", "RoeRule.text", "RoeRule.specify", "RoeRuling.by", "RoeNotice.name")),
    Step(("pagedown",), "never judges", ("RoeCaveat.text", "RoeCaveat.person"), "TO ACKNOWLEDGE"),
    Step(("enter",), "back to the board"),
    Step(("2",), "signed with", ("RoeAnswer.person", "RoeAnswer.text", "RoeNotice.remark", "RoeSigner.person")),
    _back("signed with", "T at another time"),
    Step(("a",), "Type the serial", ("RoeRule.text", "RoeRule.specify")),
    _back("Type the serial", "T at another time"),
    _back("IN FORCE"),
    Step(("f7",), "EDITIONS", ("SilentDevice.person", "Status.warnings", "HistoryRequest.person")),
    Step(("i",), "INVITES", ("Invite.person",)),
    Step(("a",), "COMPARE WORDS", ("Invite.person",)),
    _back("COMPARE WORDS", "INVITES"),
    _back("INVITES", "EDITIONS"),
    _back("EDITIONS"),
    Step(("f6",), "READABLE BY"),
    _back("READABLE BY"),
    Step(("ctrl+k",), "GO TO", ("Channel.title", "Channel.purpose")),
    _back("GO TO"),
    Step(("ctrl+f",), "SEARCH"),
    Step(("ctrl+f",), "all channels"),
    Step(("b", "r"), "older ones below", ("Piece.text", "Message.channel_title")),
    _back("all channels"),
    Step(("/map",), "/map"),
    Step(("enter",), "POSITIONS", ("CardRow.text",)),
    _back("POSITIONS"),
    Step((_DIRECT,), _DIRECT),
    Step(("enter",), "DIRECT MESSAGE", ("Addressee.person",)),
    _back("DIRECT MESSAGE"),
    Step(("alt+4",), "CHANNELS", ("CardRow.text", "CardRow.name", "Report.missing")),
)
