"""The scene of the desk's pictures: Lt Berg, XAA, in Northern Guard at 221542Z NOV 26, as a scripted node tells it."""

from __future__ import annotations

from typing import Any, Final

from coalchat.api import drafts, nouns, reports
from coalchat.api.roe import AcknowledgeRoe, ListRoe, ShowRoe
from coalchat.api.roe_log import ListRoeLog
from coalchat.api.vocabulary import Answer, Flag, InviteState, LinkState, Phase, Precedence, State
from coalchat.node.answers.forms import form_noun
from coalchat.node.forms import Known
from coalchat.record import evolve
from protocol.messages.formfile import form_from_toml
from protocol.messages.reports import form_hash
from tests.fakes.api_custody import let_custody, let_invite
from tests.fakes.api_keys import addressee, let_direct, let_keys, let_trouble
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import deputy_record, link_record, national_policy
from tests.fakes.api_reports import let_reports, payload, shown
from tests.fakes.api_roe import let_roe
from tests.fakes.roe_records import GAP, PENDING, board, details, log

NOW: Final = 1_795_362_120
"""221542Z NOV 26."""
SEEN: Final = {
    "size": "8 vehicles, about 30 people",
    "activity": "escort halted, dismounted, facing south",
    "location": "31N BA 4825 1193",
    "time": "221529Z NOV 26",
}
ALL: Final = ("XAA", "XBB", "XCC")


def at(hhmm: int) -> int:
    """Unix seconds of a time of that day, e.g. 1531."""
    return NOW + ((hhmm // 100 - 15) * 60 + hhmm % 100 - 42) * 60


def scene() -> FakeNode:
    """The node, with six channels and what was said in them."""
    node = FakeNode()
    let_keys(node, NOW, at(1800))
    let_reports(node)
    let_direct(node, addressee(0x5F0C6A1B << 96, "XCC", "Oja"))
    _links(node)
    node.add_channel("ops-north", *ALL, purpose="Northern sector")
    node.add_channel("intel-fusion", "XAA", "XBB", purpose="What two of us know")
    node.add_channel("med", *ALL, ceiling="MISSION RESTRICTED", purpose="Casualties and flights")
    node.add_channel("alerts", *ALL, ceiling="MISSION RESTRICTED", purpose="Sensors and monitors")
    node.add_channel("log-bridge", *ALL, ceiling="MISSION RESTRICTED", purpose="Bridging")
    node.add_channel("liaison", *ALL, ceiling="MISSION RESTRICTED")
    _elsewhere(node)
    _ops_north(node)
    return node


def locked() -> FakeNode:
    """The same, before the passphrase is given."""
    node = scene()
    node.phase = Phase.LOCKED
    return node


def ruled() -> FakeNode:
    """The same, with rules of engagement."""
    node = scene()
    text = "NOT IN FORCE: begins 221800ZNOV26\nROE IMPL 005  implements AUTH 004\n112 A  PERMITTED  Crossing of LINE GREEN  by day and by night"
    _say(node, "ops-north", "XBB Col A. Reyes", 1515, text, "RESTRICTED", kind="roe", entry_id=PENDING.entry_id,
         ack_by=PENDING.ack_by)  # fmt: skip
    node.answers[ListRoe] = board()
    node.answers[ShowRoe] = details()
    node.answers[AcknowledgeRoe] = details(notice=evolve(PENDING, pending=False, answered=Answer.NONE))
    return node


def issuing() -> FakeNode:
    """The same, where this person may issue and sign, one notice waits for that, and one is missing in the log."""
    node = ruled()
    let_roe(node)
    node.answers[ListRoeLog] = log(gaps=(GAP,))
    return node


def reported() -> FakeNode:
    """The same, with more reports: positions of one zone and another, and numbers over a day."""
    node = scene()
    for who, fields in (
        ("XCC Saar", {**SEEN, "size": "1 truck", "location": "31N BA 4790 1204"}),
        ("XBB Kowal", {**SEEN, "size": "patrol of 6", "location": "31N BA 5012 0988"}),
        ("XAA Varga", {**SEEN, "size": "2 cars", "location": "0.1130N 0.7450E"}),
        ("XAA Okoro", {**SEEN, "size": "boat", "location": "51.5074N 0.1278W"}),
    ):
        of = payload("SALUTE", 4, fields, at(1500))
        _say(node, "alerts", who, 1500, of.text, "RESTRICTED", kind="report", report=shown(of))
    for hour, strength, fuel in ((600, 124, 5), (900, 121, 5), (1200, 121, 4), (1500, 118, 2)):
        period = {"from": "220001Z", "to": f"22{hour:04}Z", "unit": "Coy 2", "situation": "held"}
        of = payload("SITREP", hour // 300, {**period, "strength": str(strength), "fuel": str(fuel)}, at(hour))
        _say(node, "liaison", "XCC Lind", hour, of.text, "RESTRICTED", kind="report", report=shown(of))
    return node


def national() -> FakeNode:
    """The same, on a device that was given its nation's policy."""
    node = scene()
    node.policy = national_policy("OFFEN", "DIENSTLICH", "GEHEIM", "STRENG GEHEIM")
    return node


BRIDGE = b"""
id = "BRIDGE"
version = 1
title = "State of a bridge"
precedence = "PRIORITY"
parts = true
[[field]]
key = "PLACE"
name = "Where"
section = "Bridge"
type = "loc"
need = "first"
[[field]]
key = "LOAD"
name = "Load class"
section = "Bridge"
type = "int"
most = 150
need = "whole"
hint = "of one vehicle"
[[field]]
key = "STATE"
name = "State"
section = "Bridge"
type = "code"
need = "first"
codes = ["OPEN for all", "LIMITED one vehicle at a time", "CLOSED not passable"]
"""


def interrupted() -> FakeNode:
    """The same, with a form of the nation's own, which somebody was filling in when he was called away."""
    node = scene()
    let_reports(node)
    form = form_from_toml(BRIDGE)
    own = form_noun(Known(form, form_hash(form), own=True, current=True))
    listed = node.answers[reports.ListForms]
    assert isinstance(listed, reports.FormList)
    node.answers[reports.ListForms] = reports.FormList(
        forms=tuple(sorted((*listed.forms, own), key=lambda one: one.id))
    )
    draft = drafts.ReportDraft(
        channel=node.find_channel("ops-north").id, form="BRIDGE", form_hash=own.hash, updates="",
        label="SECRET REL XAA, XBB", precedence=None, ack="", at=at(1507),
        values=tuple(reports.Typed(name=key, row=0, text=text) for key, text in (("PLACE", "0.1130N 0.7450E"), ("LOAD", "60 t"))),
    )  # fmt: skip
    node.answers[drafts.ListReportDrafts] = drafts.ReportDraftList(drafts=(draft,))
    return node


def trouble() -> FakeNode:
    """The same, in an emergency."""
    node = scene()
    let_trouble(node, NOW)
    return node


def asked() -> FakeNode:
    """The same, where an own order waits for acknowledgements and its time is over, and a nation has named its deputy."""
    node = scene()
    saar = deputy_record("XCC", "Saar", since=at(1400), until=at(2200), by="Mets")
    node.channels[0] = evolve(node.channels[0], deputies=(saar,))
    order = _own(
        node, "ops-north", 1535, "Hold at PL RED until relieved.", ack_by=at(1540), precedence=Precedence.PRIORITY
    )
    for nation, person, state, delivered, read, since in (
        ("XAA", "Okoro", State.ACKNOWLEDGED, 1535, 1536, 1537),
        ("XAA", "Varga", State.READ, 1535, 1538, 1538),
        ("XBB", "Kowal", State.ACKNOWLEDGED, 1535, 1536, 1536),
        ("XBB", "Reyes", State.ACKNOWLEDGED, 1536, 1538, 1539),
        ("XCC", "Mets", State.READ, 1539, 1541, 1541),
        ("XCC", "Lind", State.HELD, 0, 0, 1536),
        ("XCC", "Saar", State.DELIVERED, 1540, 0, 1540),
        ("XCC", "Oja", State.QUEUED, 0, 0, 1535),
    ):
        caveat = {"answer": Answer.CAVEAT, "reason": "watch only"} if person == "Reyes" else {}
        times = {"delivered_at": delivered, "read_at": read, "since": since}
        clocks = {name: at(hhmm) if hhmm else 0 for name, hhmm in times.items()}
        node.move(order, nation, state, person=person, **caveat, **clocks)  # type: ignore[arg-type]
    return node


def custodian() -> FakeNode:
    """The same, at the custodian's own desk."""
    node = scene()
    let_custody(node, NOW)
    return node


def inviting() -> FakeNode:
    """Where two are invited, of whom one has asked."""
    node = custodian()
    let_invite(node, NOW, person="Cpt Oja")
    let_invite(node, NOW, InviteState.ASKED)
    return node


def answered() -> FakeNode:
    """The same, where what Berg said of convoy 4 is talked about."""
    node = scene()
    ops, (own,) = "ops-north", [m for m in node.messages if m.text.startswith("Convoy 4 delayed")]
    (saar,) = [m for m in node.messages if own.entry_id in m.refs]
    asked = _say(node, ops, "XBB Kowal", 1541, "Who guides them over the span?", refs=(saar.entry_id,))
    _own(
        node, ops, 1541, "Okoro does, on foot. He has the engineers' sketch.", refs=(asked,),
        nations=("XAA", "XBB"),
    )  # fmt: skip
    _say(node, ops, "XCC Saar", 1542, "We can lend a guide with a lamp.", "RESTRICTED", refs=(asked,))
    _say(node, ops, "XBB Duarte", 1542, "Tell them 20 t, single file.", refs=(own.entry_id,))
    return node


def _say(node: FakeNode, channel: str, who: str, hhmm: int, text: str, label: str = "SECRET", **more: Any) -> str:
    """Let somebody say something; its entry id. In ops-north Berg has read up to 1534Z."""
    nation, _, person = who.partition(" ")
    release = more.pop("nations", node.find_channel(channel).members)
    message = node.add_message(
        channel,
        text,
        author_nation=nation,
        author_person=person,
        marking=f"MISSION {label} REL {', '.join(release)}",
        nations=release,
        author_time=at(hhmm),
        received_time=at(hhmm),
        **{"read": channel == "ops-north" and hhmm <= 1534, **more},
    )
    return message.entry_id


def _own(node: FakeNode, channel: str, hhmm: int, text: str, **more: Any) -> str:
    return _say(node, channel, "XAA Berg", hhmm, text, mine=True, read=True, **more)


def _ops_north(node: FakeNode) -> None:
    ops = "ops-north"
    _say(node, ops, "XBB Duarte", 1448, "OP 3 relieved. Two observers, HF only until 1700Z.")
    _say(
        node, ops, "XAA Okoro", 1502,
        "Shift change at 1800Z. Kowal takes the northern desk for XBB, I keep ours until Berg is back.", "RESTRICTED",
    )  # fmt: skip
    _say(
        node, ops, "XBB Kowal", 1512,
        "Bridge 7 east span inspected. Single file only, 20 t limit until the engineers report.",
    )  # fmt: skip
    _say(
        node, ops, "XCC Lind", 1519, "Medevac flight back at base 1515Z, aircraft turns round in 40 min.", "RESTRICTED"
    )
    _say(node, ops, "XBB sensor-7", 1524, "link HF-2 quality 31 %", "RESTRICTED", flags=(Flag.AUTO,))
    own = _own(node, ops, 1531, "Convoy 4 delayed 40 min at bridge 7. New ETA grid 31N BA 4790 1204 at 1650Z.")
    _receipts(node, own)
    withheld = _say(
        node, ops, "XBB Kowal", 1534,
        "Route B is ours only tonight. Passing point at 松本 quay stays open for Convoy 4.",
        nations=("XAA", "XBB"),
    )  # fmt: skip
    node.marks[node.find_channel(ops).id] = node.find_message(withheld).position
    seen = payload("SALUTE", 3, SEEN, at(1537))
    _say(
        node, ops, "XBB Duarte", 1537,
        seen.text, kind="report", report=shown(seen), precedence=Precedence.FLASH, ack_by=at(1547),
    )  # fmt: skip
    _say(node, ops, "XCC Saar", 1539, "New ETA copied. Escort waits at bridge 7 with two vehicles.", refs=(own,))
    _say(node, ops, "XBB Kowal", 1541, "Engineers say 25 t from 1600Z.")


def _receipts(node: FakeNode, own: str) -> None:
    for nation, person, state, delivered, read, since, more in (
        ("XAA", "Okoro", State.READ, 1531, 1532, 1532, {}),
        ("XAA", "Varga", State.READ, 1531, 1536, 1536, {}),
        ("XAA", "Holm", State.READ, 1531, 1533, 1533, {}),
        ("XBB", "Kowal", State.ACKNOWLEDGED, 1531, 1532, 1533, {}),
        ("XBB", "Duarte", State.ACKNOWLEDGED, 1532, 1534, 1535, {"answer": Answer.CAVEAT, "reason": "watch only"}),
        ("XBB", "Reyes", State.READ, 1532, 1538, 1538, {}),
        ("XCC", "Saar", State.READ, 1536, 1538, 1538, {}),
        ("XCC", "Mets", State.DELIVERED, 1537, 0, 1537, {}),
        ("XCC", "Lind", State.HELD, 0, 0, 1533, {"reason": "by XBB"}),
        ("XCC", "Oja", State.SENT, 0, 0, 1532, {}),
    ):
        times = {"delivered_at": delivered, "read_at": read, "since": since}
        clocks = {name: at(hhmm) if hhmm else 0 for name, hhmm in times.items()}
        node.move(own, nation, state, person=person, **more, **clocks)  # type: ignore[arg-type]


def _elsewhere(node: FakeNode) -> None:
    _say(node, "med", "XCC Mets", 1533, "Two stretcher cases to Role 2, acknowledge the slot.", "RESTRICTED",
         precedence=Precedence.IMMEDIATE, ack_by=at(1610))  # fmt: skip
    for minute in range(3):
        _say(node, "alerts", "XAA siem-1", 1520 + minute, f"login failures at gateway {minute + 1}", "RESTRICTED",
             flags=(Flag.AUTO,))  # fmt: skip
    _say(node, "liaison", "XBB Reyes", 1501, "Coffee at the bridge command post, all welcome.", "RESTRICTED")
    _say(node, "liaison", "XCC Lind", 1503, "Coming.", "RESTRICTED")


def _links(node: FakeNode) -> None:
    up, away = link_record("bravo.example:7447"), link_record("cascara.example:7447")
    node.peers = {
        up.address: evolve(up, nation="XBB", state=LinkState.UP, since=at(1505), device_id="0b" * 16),
        away.address: _away(away),
    }


def _away(link: nouns.Link) -> nouns.Link:
    return evolve(link, nation="XCC", state=LinkState.WAITING, since=at(1342), reason="connection refused")
