"""ROE in the model: what is asked when, what is due, and views in words."""

from __future__ import annotations

import unicodedata

from coalchat.api.events import Event, RoeChanged
from coalchat.api.requests import ShowMessage
from coalchat.api.roe import ListRoe, RoeAnswer, RoeGap, RoeVerb, ShowRoe
from coalchat.api.vocabulary import Answer
from coalchat.desk.look.glyphs import UNICODE
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.labels import Marks
from coalchat.desk.model.regulating import Regulating
from coalchat.desk.model.roenotice import notice_view
from coalchat.desk.model.roescreen import board_view
from coalchat.desk.paint.dialogs.roe import body_lines
from coalchat.desk.paint.roe import paint_roe
from coalchat.desk.paint.roenotice import paint_whole
from coalchat.record import evolve
from tests.desk.model.driver import Driver
from tests.desk.scene import ruled
from tests.fakes.api_records import POLICY, channel_record, message_record, node_record
from tests.fakes.roe_records import ALL, HALT, NOW, PENDING, UNSIGNED, at, board, caveat, details, notice, ruling, tally


def coalition() -> Coalition:
    made = Coalition(node=evolve(node_record(), nation="XAA", person="Berg"))
    made.marks = Marks(POLICY, ALL)
    return made


def regulating(**changes: object) -> Regulating:
    return Regulating(board=board(**changes))


def test_it_is_asked_at_the_start_when_something_comes_and_when_its_time_has_come() -> None:
    driver = Driver(ruled(), now=NOW)
    driver.start()
    asked = [request for request in driver.asked if isinstance(request, ListRoe)]
    assert len(asked) == 1
    changed = driver.desk.event(Event(cursor=1, time=NOW, body=RoeChanged(channel_id="", entry_id="")), NOW)
    assert changed.asks == (ListRoe(channel="", at=0),)
    rules = regulating()
    assert rules.again(at(1759)) == ()
    assert rules.again(at(1800)) == (ListRoe(channel="", at=0),)
    assert rules.again(at(1801)) == (), "once"
    rules.details[PENDING.entry_id] = details()
    assert rules.moved(PENDING.entry_id)[1:] == (ShowRoe(id=PENDING.entry_id),)


def test_a_notice_is_due_until_the_node_says_that_it_is_answered() -> None:
    driver = Driver(ruled(), now=NOW)
    driver.start()
    driver.node.messages = []
    assert [row.what for row in driver.desk.rail(NOW).due if row.act][:2] == ["ack SALUTE 003", "ack IMPL 005"]
    driver.desk._state.deadlines._asked.clear()
    shown = driver.desk.notice(NOW)
    assert (shown.due, shown.left, shown.overdue) == ("IMPL 005 acknowledge by 1600Z", "18 min", False)
    assert driver.desk.notice(at(1603)).left == "OVERDUE 3 min"
    driver.node.answers[ListRoe] = board(notices=(evolve(PENDING, pending=False),))
    driver.do(driver.desk.event(Event(cursor=9, time=NOW, body=RoeChanged(channel_id="", entry_id="")), NOW))
    assert driver.desk.notice(NOW).due == ""


def test_a_line_that_says_something_else_by_now_is_fetched_anew() -> None:
    rules, where = regulating(), channel_record(1, "ops", ALL, "MISSION SECRET", "")
    old = evolve(message_record(1, where, "ROE IMPL 005\n112 A"), kind="roe", entry_id=PENDING.entry_id)
    assert rules.stale([old, evolve(old, kind="text")]) == (ShowMessage(id=PENDING.entry_id),)
    assert rules.stale([evolve(old, text="NOT IN FORCE: begins 221800ZNOV26\nROE IMPL 005")]) == ()
    rules = regulating(notices=(evolve(PENDING, reason=""),))
    assert rules.stale([old]) == ()
    assert rules.stale([evolve(old, text="NOT IN FORCE: begins 221800ZNOV26\nROE")]) == (
        ShowMessage(id=PENDING.entry_id),
    )


def test_the_line_of_a_notice_says_what_was_signed_of_it() -> None:
    driver = Driver(ruled(), now=NOW)
    driver.start()
    at_node = next(place for place, message in enumerate(driver.node.messages) if message.entry_id == PENDING.entry_id)
    driver.node.messages[at_node] = evolve(driver.node.messages[at_node], answered=Answer.CAVEAT)
    assert [line.answered for line in driver.lines if line.key == PENDING.entry_id] == [None]
    view = driver.desk.roe.notice(PENDING.entry_id, NOW)
    assert view is not None
    driver.do(driver.desk.roe.acknowledge(view, Answer.CAVEAT, "ours only"))
    assert [line.answered for line in driver.lines if line.key == PENDING.entry_id] == [Answer.CAVEAT]


def test_the_row() -> None:
    line = regulating().line(coalition())
    assert line is not None
    assert (line.words, line.gap, line.pending) == ("profile 004 in force", False, (("IMPL 005", "1600Z"),))
    assert [(c.nation, c.done, c.of, c.caveats, c.complete) for c in line.counts] == [
        ("XAA", 3, 4, 0, False), ("XBB", 3, 3, 0, True), ("XCC", 4, 5, 1, False),
    ]  # fmt: skip
    two = (ruling(HALT, "IMPL 001", NOW), ruling(HALT, "IMPL 001", NOW, nation="XAA"))
    gap = RoeGap(nation="XBB", channel_id="", words="IMPL 002 is missing")
    line = regulating(rulings=two, gaps=(gap,), notices=()).line(coalition())
    assert line is not None
    assert (line.words, line.gap, line.counts) == ("2 rules in force", True, ())
    line = regulating(rulings=(evolve(two[0], applies=False),)).line(coalition())
    assert line is not None
    assert line.words == "no rule in force"
    assert regulating(entries=0).line(coalition()) is None
    waits = regulating(notices=(UNSIGNED,), rulings=(), signs=True)
    line = waits.line(coalition())
    assert line is not None
    assert line.words == "no rule in force, 1 to sign"


def test_the_most_restrictive_wins_for_each_nation() -> None:
    said = (
        caveat("XAA", "104", RoeVerb.LIMITED, "by day", 900),
        caveat("XAA", "104", RoeVerb.PROHIBITED, "", 901),
        caveat("XBB", "104", RoeVerb.LIMITED, "by day", 900, channel_id="f" * 32),
    )
    rule = ruling(HALT, "IMPL 001", NOW, applies_to=("XAA", "XBB"), nations=("XAA", "XBB", "XCC"))
    view = board_view(coalition(), regulating(rulings=(rule,), caveats=said), NOW)
    assert [stance.words for stance in view.rules[0].stances] == ["not us", "as force", "not for it"]
    assert [row.text for row in view.caveats] == ["by day", "takes no part", "by day"]


def test_who_acknowledged_with_a_caveat_stands_on_the_board_and_behind_what_his_nation_says() -> None:
    by_day = RoeAnswer(nation="XBB", person="Kowal", answer=Answer.CAVEAT, text="by day", at=at(1522))
    cannot = evolve(by_day, nation="XCC", person="Lind", answer=Answer.UNABLE, text="no boats")
    held = notice("IMPL 004", HALT, reservations=(by_day, cannot, evolve(cannot, person="Saar")))
    amended = notice("AMEND 005", HALT, reservations=(evolve(by_day, person="Duarte"),))
    rule = ruling(HALT, "IMPL 004", NOW, by="AMEND 005")
    changes = {"rulings": (rule,), "notices": (held, amended), "caveats": ()}
    view = board_view(coalition(), regulating(**changes), NOW)
    assert [(stance.words, stance.out) for stance in view.rules[0].stances] == [
        ("as force", False), ("caveat 2", False), ("unable 2", True),
    ]  # fmt: skip
    assert [(row.nation, row.who, row.rules, row.text, row.out) for row in view.caveats] == [
        ("XBB", "Kowal 221522Z", "IMPL 004 acknowledged:", "by day", False),
        ("XCC", "Lind 221522Z", "IMPL 004 unable:", "no boats", True),
        ("XCC", "Saar 221522Z", "IMPL 004 unable:", "no boats", True),
        ("XBB", "Duarte 221522Z", "AMEND 005 acknowledged:", "by day", False),
    ]
    said = (caveat("XCC", "104", RoeVerb.LIMITED, "by boat", 900),)
    view = board_view(coalition(), regulating(**{**changes, "caveats": said}), NOW)
    assert [stance.words for stance in view.rules[0].stances] == ["as force", "caveat 2", "narrower"]
    over = evolve(rule, in_force=False, reason="cancelled")
    assert not board_view(coalition(), regulating(**{**changes, "rulings": (over,)}), NOW).caveats


def test_what_is_wrong_is_an_alarm_and_what_is_over_is_not() -> None:
    view = board_view(coalition(), regulating(needed=0), NOW)
    assert view.alarms == ("the charter names no ROE authority: nothing can be in force",)
    assert {row.name: row.alarm for row in view.dead} == {
        "IMPL 006": True, "IMPL 002 / 104 A": False, "AUTH 003 / 118 D": False, "IMPL 003 / 131 B": False,
    }  # fmt: skip
    unsigned = notice("IMPL 007", HALT, flaw="unsigned", reason="signed by 1 of 2")
    assert [row.alarm for row in board_view(coalition(), regulating(notices=(unsigned,)), NOW).dead][:1] == [False]
    asking = board_view(coalition(), Regulating(), NOW)
    assert (asking.known, asking.words[:18]) == (False, "coalchat shows ROE")


def test_one_notice_and_who_may_acknowledge_it() -> None:
    rules = regulating()
    view = notice_view(coalition(), rules, PENDING.entry_id, NOW)
    assert view is not None
    assert (view.may, view.serial, view.count, view.whole) == (True, "005", "2 of 2", True)
    assert [change.was for change in view.changes] == ["by day", "band 3, 5 km"]
    assert view.own == ("131 only with a second officer on the net.",)
    assert [row.words for row in view.tallies] == ["you", "nation 1522Z", "caveat · Saar"]
    for changes in ({"mine": True}, {"flaw": "unsigned"}):
        other = notice_view(coalition(), regulating(notices=(evolve(PENDING, **changes),)), PENDING.entry_id, NOW)
        assert other is not None
        assert not other.may
    many = evolve(PENDING, tally=(tally("XBB", 1, 9, "Ann", "Ben", "Cat", caveats=2),))
    view = notice_view(coalition(), regulating(notices=(many,)), PENDING.entry_id, NOW)
    assert view is not None
    assert [row.words for row in view.tallies] == ["2 caveats · Ann, Ben +6"]
    assert notice_view(coalition(), rules, "f" * 64, NOW) is None


def test_what_a_peer_wrote_is_text_wherever_it_stands() -> None:
    hostile = "[SECRET]\x1b[2J\x9b31m\u202e[/b]\x07"
    bad = evolve(HALT, text=hostile, specify=hostile)
    told = board(
        rulings=(ruling(bad, "IMPL 001", NOW, specified=hostile),),
        caveats=(caveat("XCC", "104", RoeVerb.LIMITED, hostile, 900, person=hostile),),
        notices=(
            evolve(PENDING, rules=(bad,), before=(HALT,), remark=hostile, person=hostile, specified=hostile),
            notice("IMPL 002", bad, flaw="wider", reason=hostile, person=hostile),
        ),
    )
    driver = Driver(ruled(), now=NOW)
    driver.node.answers[ListRoe] = told
    driver.start()
    desk = driver.desk
    view = desk.roe.notice(PENDING.entry_id, NOW)
    assert view is not None
    lines = [*paint_roe(desk.roe.board(NOW), 120, UNICODE), *paint_roe(desk.roe.board(NOW), 80, UNICODE)]
    lines += [*paint_whole(view, 120, UNICODE), *body_lines(view, 80, UNICODE, roomy=True)]
    text = "".join(line.text for line in lines)
    assert text.count("[SECRET]") > 5, "what looks like markup stays"
    assert not [c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}]
