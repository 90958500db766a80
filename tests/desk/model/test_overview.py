"""Banner, notice, channels, head, rail: the views around the timeline."""

from __future__ import annotations

import pytest

from coalchat.api.events import ControlChanged
from coalchat.api.requests import GetStatus, ListChannels, ShowKeys
from coalchat.api.responses import Status
from coalchat.api.vocabulary import ControlSubject, LinkState, Phase, Precedence, Role
from coalchat.desk.model.changes import Part
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import UNMARKED, Head, NodeState
from coalchat.record import evolve
from tests.desk.model.driver import Driver, connected, started
from tests.desk.scene import NOW as SCENE_NOW
from tests.desk.scene import scene
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import KEYS, NOW, link_record, national_policy, node_record

ALL = ("XAA", "XBB", "XCC")


# --- banner ---


def test_the_banner_is_the_high_water_mark_of_what_is_visible() -> None:
    driver = started()
    low = driver.node.add_message("ops-north", "low", nations=ALL, marking="MISSION RESTRICTED REL XAA, XBB, XCC")
    narrow = driver.node.add_message("ops-north", "n", nations=("XAA", "XBB"), marking="MISSION SECRET CONVOY REL XAA")
    driver.settle()
    banner = driver.desk.banner([low.entry_id], NOW)
    assert (banner.marking, banner.level) == ("MISSION RESTRICTED REL XAA, XBB, XCC", 1)
    banner = driver.desk.banner([low.entry_id, narrow.entry_id], NOW)
    assert (banner.marking, banner.level) == ("MISSION SECRET CONVOY REL XAA, XBB", 2)
    assert (banner.coalition, banner.clock, banner.exercise) == ("Northern Guard", "181106Z NOV 26", False)


def test_what_the_own_nation_marks_alike_goes_by_the_level_of_the_whole() -> None:
    driver = started()
    low = driver.node.add_message("ops-north", "low", nations=ALL, marking="MISSION RESTRICTED REL XAA, XBB, XCC")
    high = driver.node.add_message("ops-north", "high", nations=ALL, marking="MISSION SECRET REL XAA, XBB, XCC")
    driver.settle()
    desk = driver.desk
    assert desk.banner([low.entry_id], NOW).national == desk.composer().national == ""
    driver.node.policy = national_policy("OFFEN", "DIENST\x1b[2JLICH", "GEHEIM", "")
    driver.node.tell(ControlChanged(subject=ControlSubject.CHARTER, id="", phase=Phase.UNLOCKED))
    driver.settle()
    assert desk.banner([low.entry_id], NOW).national == "XAA: DIENST\\u{1B}[2JLICH"
    assert desk.banner([low.entry_id, high.entry_id], NOW).national == "XAA: GEHEIM"
    assert desk.banner([], NOW).national == "", "what bears no mark has none here either"
    driver.do(desk.select(low.entry_id))
    rail = desk.rail(NOW).who
    assert rail is not None
    assert rail.national.startswith("XAA: DIENST")
    assert [level.national for level in desk.picker(2, ALL).levels][2:] == ["XAA: GEHEIM", "XAA: no equivalent"]
    driver.do(desk.set_label(0, ALL))
    assert desk.composer().national == "XAA: OFFEN"


def test_a_report_begins_with_its_name_and_its_fields_and_not_with_the_text_for_machines() -> None:
    driver = Driver(scene())
    driver.start()
    driver.now = SCENE_NOW
    driver.show("ops-north")
    (salute,) = [m for m in driver.node.messages if m.report is not None and m.channel_title == "ops-north"]
    who = driver.desk.who(salute.entry_id, SCENE_NOW)
    assert who is not None
    assert who.excerpt.startswith("SALUTE 003 · Size: 8 vehicles, about 30 people · Activity: escort halted")
    driver.do(driver.desk.reply(salute.entry_id))
    driver.do(driver.desk.afterwards.quote(salute.entry_id))
    assert driver.desk.composer().about == who.excerpt
    assert driver.desk.composer().quotes == (f"(S) XBB Duarte 1537Z: {who.excerpt}",)


def test_the_draft_counts_as_soon_as_there_is_text() -> None:
    driver = started()
    low = driver.node.add_message("ops-north", "low", nations=ALL, marking="MISSION RESTRICTED REL XAA, XBB, XCC")
    driver.settle()
    driver.do(driver.desk.set_label(2, ("XBB",)))
    assert driver.desk.banner([low.entry_id], NOW).level == 1
    driver.do(driver.desk.set_draft("text"))
    assert driver.desk.banner([low.entry_id], NOW).marking == "MISSION SECRET REL XAA, XBB"


def test_what_is_being_sent_counts() -> None:
    driver = started()
    driver.step(driver.begin_sending("mine"))
    assert driver.desk.banner(["client-1"], NOW).marking == "MISSION SECRET REL XAA, XBB, XCC"


def test_where_nothing_bears_a_mark_the_banner_says_how_to_treat_it() -> None:
    driver = started()
    banner = driver.desk.banner([], NOW)
    assert (banner.marking, banner.level) == ("UNMARKED – TREAT AS MISSION SECRET", UNMARKED)  # noqa: RUF001
    empty = Driver(FakeNode())
    empty.start()
    assert empty.desk.banner(["no such"], NOW).marking.endswith("TREAT AS MISSION SECRET")
    assert Desk().banner([], NOW).marking.startswith("UNMARKED")


# --- notice ---


@pytest.mark.parametrize("state", list(NodeState))
def test_only_a_node_that_is_up_needs_no_attention(state: NodeState) -> None:
    driver = started()
    changes = driver.step(driver.desk.node(state, "line 1\nline 2" if state is NodeState.FAILED else ""))
    assert changes.parts == {Part.NOTICE}
    notice = driver.desk.notice(NOW)
    assert notice.fine is (state is NodeState.UP)
    assert notice.node
    assert "\n" not in notice.node


def test_warnings_of_the_node_are_said() -> None:
    driver = started()
    status = driver.node._answer_now(GetStatus())
    assert isinstance(status, Status)
    driver.node.answers[GetStatus] = evolve(status, warnings=("the clock is doubtful",))
    driver.do(driver.desk.start())
    assert driver.desk.notice(NOW).warnings == ("the clock is doubtful",)


def test_a_bot_is_not_asked_to_acknowledge() -> None:
    driver = started()
    status = driver.node._answer_now(GetStatus())
    assert isinstance(status, Status)
    driver.node.answers[GetStatus] = evolve(status, node=evolve(node_record(Phase.UNLOCKED), role=Role.BOT))
    driver.do(driver.desk.start())
    driver.node.add_message("ops-north", "ack this", ack_by=NOW + 60)
    driver.settle()
    assert driver.desk.notice(NOW).due == ""
    assert driver.line("ack this").due == ""


# --- channels and head ---


def test_the_list_of_channels() -> None:
    node = FakeNode()
    node.add_channel("ops-north", *ALL, purpose="Northern sector")
    node.add_channel("med", *ALL, ceiling="MISSION RESTRICTED")
    driver = Driver(node)
    driver.start()
    driver.node.add_message("med", "one", precedence=Precedence.PRIORITY)
    driver.node.add_message("med", "two")
    driver.settle()
    north, med = driver.desk.channels()
    assert (north.title, north.letter, north.level, north.selected, north.unread) == ("ops-north", "S", 2, True, 0)
    assert (med.letter, med.level, med.selected, med.unread, med.precedence) == ("R", 1, False, 2, Precedence.PRIORITY)
    assert driver.desk.head() == Head(
        title="ops-north", purpose="Northern sector", ceiling="SECRET", level=2, nations=ALL
    )
    driver.show("med")
    assert [row.selected for row in driver.desk.channels()] == [False, True]


def test_routine_is_no_precedence_to_look_at() -> None:
    driver = started("ops-north", "med")
    driver.node.add_message("med", "one")
    driver.settle()
    assert driver.desk.channels()[1].precedence is None


def test_the_next_channel_is_by_precedence_then_by_the_oldest_unread() -> None:
    driver = started("shown", "young", "old", "urgent")
    assert driver.desk.next_active() is None
    for title, precedence in (
        ("shown", Precedence.FLASH),
        ("old", Precedence.ROUTINE),
        ("young", Precedence.ROUTINE),
        ("urgent", Precedence.IMMEDIATE),
    ):
        driver.node.add_message(title, "text", precedence=precedence)
    driver.settle()
    visited = []
    while (channel := driver.desk.next_active()) is not None:
        driver.do(driver.desk.show(channel, NOW))
        visited.append(driver.desk.head().title)
        driver.do(driver.desk.read_to(None))
    assert visited == ["urgent", "shown", "old", "young"]


def test_unread_of_a_channel_is_counted_once_however_it_is_told() -> None:
    driver = started("ops-north", "med")
    driver.node.add_message("med", "one")
    driver.step(driver.desk.start())  # the list of channels knows of it already
    driver.settle()
    assert driver.desk.channels()[1].unread == 1


def test_a_list_of_channels_from_before_an_event_takes_nothing_back() -> None:
    driver = started("ops-north", "med")
    before = driver.node._answer_now(ListChannels())
    driver.node.add_message("med", "one")
    driver.settle()
    driver.step(driver.desk.take(ListChannels(), before, NOW))
    assert driver.desk.channels()[1].unread == 1


def test_a_channel_that_is_new_comes_into_the_list_with_its_messages() -> None:
    driver = started()
    driver.node.add_channel("fresh", *ALL)
    driver.node.add_message("fresh", "hello")
    driver.settle()
    assert [row.title for row in driver.desk.channels()] == ["ops-north", "fresh"]
    driver.show("fresh")
    assert driver.texts == ["hello"]
    assert driver.desk.at_beginning


# --- rail ---


def test_links_one_a_nation_and_gaps_with_their_age() -> None:
    driver = started()
    driver.node.peers = {
        "a": evolve(link_record("a", LinkState.WAITING), nation="XBB", since=NOW - 900, reason="no route"),
        "b": evolve(link_record("b", LinkState.UP), nation="XBB", since=NOW - 60),
        "c": evolve(link_record("c:1", LinkState.REFUSED), since=NOW - 7_200, reason="unknown"),
    }
    driver.do(driver.desk.start())
    assert [(link.peer, link.state, link.age, link.gap) for link in driver.desk.rail(NOW).links] == [
        ("XBB", LinkState.UP, "1 min", False),
        ("c:1", LinkState.REFUSED, "2 h", True),
    ]


def test_the_key_period() -> None:
    driver = started()
    keys = driver.desk.rail(NOW).keys
    assert keys is not None
    assert (keys.edition, keys.segment, keys.segments) == (3, 2, 24)
    assert keys.done == pytest.approx(1.5 / 24, abs=0.01)
    assert (keys.ends, keys.until, keys.soon) == ("181136Z", "211106Z", False)
    assert driver.desk.rail(NOW + 1).keys is not None
    driver.node.keys = evolve(KEYS, segment=24, segment_ends=NOW + 1_800, edition_ends=NOW + 1_800)
    driver.do(driver.desk.start())
    last = driver.desk.rail(NOW + 7_200).keys
    assert last is not None
    assert last.done == 1
    assert last.soon


def test_the_rail_follows_the_selected_message_else_the_newest_own() -> None:
    driver = started()
    assert driver.desk.rail(NOW).who is None
    driver.send("first")
    driver.send("second")
    who = driver.desk.rail(NOW).who
    assert who is not None
    assert who.excerpt == "second"
    driver.do(driver.desk.select(driver.line("first").key))
    who = driver.desk.rail(NOW).who
    assert who is not None
    assert (who.excerpt, who.title, who.mark, who.level) == ("first", "1106Z Berg", "(S)", 2)
    assert who.id == f"{who.key[:4]} {who.key[4:8]}"
    assert driver.desk.who("no such", NOW) is None


# --- time passes ---


def test_a_tick_changes_only_what_reads_otherwise() -> None:
    driver = started()
    driver.desk.tick(NOW - 1)
    assert driver.desk.tick(NOW - 1).parts == frozenset()
    assert driver.desk.tick(NOW).parts == frozenset()
    assert driver.desk.tick(NOW - NOW % 60 + 60).parts >= {Part.BANNER, Part.RAIL}
    driver.node.add_message("ops-north", "ack this", ack_by=NOW + 300)
    driver.settle()
    driver.desk.tick(NOW + 250)
    assert driver.desk.tick(NOW + 251).parts == {Part.NOTICE, Part.RAIL, Part.WHO}


def test_the_end_of_a_segment_is_asked_about_once() -> None:
    driver = started()
    assert ShowKeys() not in driver.desk.tick(NOW).asks
    assert driver.desk.tick(NOW + 1_800).asks.count(ShowKeys()) == 1
    assert ShowKeys() not in driver.desk.tick(NOW + 1_801).asks


def test_warnings_that_come_with_time_are_asked_about_each_minute() -> None:
    driver = started()
    asks = [ask for second in range(181) for ask in driver.desk.tick(NOW + second).asks]
    assert asks.count(GetStatus()) == 3
    driver.step(driver.desk.node(NodeState.RESTARTING))
    assert driver.desk.tick(NOW + 300).asks == ()


# --- the scene of the pictures ---


def test_the_scene_of_the_pictures() -> None:
    driver = Driver(scene(), now=SCENE_NOW)
    driver.start()
    keys = [line.key for line in driver.lines]
    driver.do(driver.desk.seen(keys, at_bottom=True))
    assert driver.desk.head().title == "ops-north"
    assert driver.desk.banner(keys, SCENE_NOW).clock == "221542Z NOV 26"
    own = next(line for line in driver.lines if line.mine)
    assert [tally.nation for tally in own.tallies] == ["XAA", "XBB", "XCC"]
    assert not own.tallies[-1].complete
    assert any(row.act for row in driver.desk.rail(SCENE_NOW).due)
    assert driver.unread is not None


def test_it_opens_on_the_channel_that_presses_most() -> None:
    node = FakeNode()
    for title, lines in (("alerts", 0), ("med", 1), ("ops-north", 3)):
        node.add_channel(title, "XAA", "XBB", "XCC")
        for number in range(lines):
            node.add_message(title, f"line {number}")
    assert connected(node).desk.head().title == "ops-north"
    node.add_message("med", "now", precedence=Precedence.FLASH)
    assert connected(node).desk.head().title == "med"
