"""What is done with messages that are there: quotes, forwards, corrections, recalls, versions."""

from __future__ import annotations

import pytest

from coalchat.api import requests, versions
from coalchat.api.events import MessagePurged
from coalchat.api.vocabulary import Flag, Precedence
from coalchat.desk.model.changes import Part
from coalchat.errors import NodeUnavailable, Refused, TryAgain, UsageError
from coalchat.record import evolve
from tests.desk.model.driver import ALL, Driver, connected, started
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import quoted_record

TWO = ("XAA", "XBB")


def said(text: str = "route B is ours", label: str = "SECRET", nations: tuple[str, ...] = TWO) -> Driver:
    """A desk in ops-north, where Kowal has said something to two nations; there is another channel of all three."""
    node = FakeNode()
    node.add_channel("ops-north", *ALL)
    node.add_channel("liaison", *ALL, ceiling="MISSION RESTRICTED")
    node.add_message("ops-north", text, marking=f"MISSION {label} REL {', '.join(nations)}", nations=nations)
    driver = connected(node)
    driver.show("ops-north")
    return driver


def own(driver: Driver, text: str = "convoy 4 at 1500Z", **more: object) -> str:
    """An own message; its key."""
    driver.node.add_message("ops-north", text, mine=True, read=True, author_nation="XAA", author_person="Berg", **more)
    driver.settle()
    return driver.lines[-1].key


def do(driver: Driver, act: str, key: str | None, *more: object) -> None:
    driver.do(getattr(driver.desk.afterwards, act)(key, *more))


# --- quoting ---


def test_a_quote_raises_the_label_and_is_sent_with_or_without_words() -> None:
    driver = said()
    key = driver.lines[0].key
    do(driver, "quote", key)
    view = driver.desk.composer()
    assert view.label == "SECRET REL XAA, XBB"
    assert view.quotes == (
        "(S\N{NO-BREAK SPACE}REL\N{NO-BREAK SPACE}XAA,\N{NO-BREAK SPACE}XBB) XBB Kowal 1106Z: route B is ours",
    )
    assert view.denied is None
    assert driver.desk.sendable, "what is repeated needs no words"
    driver.send("")
    (request,) = driver.sends()
    assert (request.text, request.quotes, request.label) == ("", (key,), "SECRET REL XAA, XBB")
    line = driver.lines[-1]
    assert [text for _, text in line.repeats] == ["route B is ours"]
    assert driver.desk.composer().quotes == ()


def test_a_lower_or_wider_label_is_denied_before_anything_is_sent() -> None:
    driver = said()
    do(driver, "quote", driver.lines[0].key)
    for level, nations in ((1, TWO), (2, ALL)):
        driver.do(driver.desk.set_label(level, nations))
        assert driver.desk.composer().denied == (
            "combination",
            "what is repeated needs MISSION SECRET REL XAA, XBB, or narrower",
        )
    levels = driver.desk.picker(2, TWO).levels
    assert [(row.name, row.why_not) for row in levels[:2]] == [
        ("UNCLASSIFIED", "below what you repeat"),
        ("RESTRICTED", "below what you repeat"),
    ]
    assert levels[2].why_not == ""
    driver.do(driver.desk.set_label(2, ("XAA",)))
    assert driver.desk.composer().denied is None


def test_a_second_quote_gives_the_label_back_when_it_goes() -> None:
    driver = said()
    driver.node.add_message("ops-north", "low", marking="MISSION RESTRICTED REL XAA, XBB, XCC", nations=ALL)
    driver.settle()
    driver.do(driver.desk.set_label(1, ALL))
    first, second = driver.lines
    do(driver, "quote", second.key)
    assert driver.desk.composer().short == "R REL XAA, XBB, XCC"
    do(driver, "quote", first.key)
    assert driver.desk.composer().short == "S REL XAA, XBB"
    do(driver, "quote", first.key)
    assert driver.desk.composer().short == "R REL XAA, XBB, XCC"
    driver.do(driver.desk.reply(first.key))
    driver.do(driver.desk.stop_repeating())
    assert driver.desk.composer().short == "S REL XAA, XBB", "it still answers that one"


def test_what_a_quoted_message_repeats_counts_like_it() -> None:
    driver = said()
    origin = driver.node.messages[0]
    inner = evolve(quoted_record(origin), level=2, portion="S CONVOY", nations=("XAA",))
    driver.node.add_message(
        "ops-north", "see below", marking="MISSION RESTRICTED REL XAA, XBB", nations=TWO, quotes=(inner,)
    )
    driver.settle()
    do(driver, "quote", driver.lines[1].key)
    assert driver.desk.composer().label == "SECRET CONVOY REL XAA"
    driver.do(driver.desk.set_label(2, ("XAA",)))
    denied = driver.desk.composer().denied
    assert denied is not None
    assert denied[0] == "combination"


def test_two_categories_are_under_no_label() -> None:
    driver = said()
    categories = driver.node.policy.categories[:2]
    for category in categories:
        driver.node.add_message("ops-north", category, marking=f"MISSION SECRET {category} REL XAA", nations=("XAA",))
    driver.settle()
    for line in driver.lines[1:]:
        do(driver, "quote", line.key)
    denied = driver.desk.composer().denied
    assert denied is not None
    assert denied[0] == "category-single"


def test_a_refused_quote_keeps_what_it_repeats_and_offers_the_least_label() -> None:
    driver = said()
    do(driver, "quote", driver.lines[0].key)
    driver.do(driver.desk.set_label(1, TWO))
    driver.node.answers[requests.SendMessage] = Refused("combination", "lower than that of what is quoted")
    driver.send("look")
    refusal = driver.changes.refusal
    assert refusal is not None
    assert refusal.ways[0] == "write it at SECRET REL XAA, XBB"
    assert driver.desk.composer().quotes
    driver.do(driver.desk.follow(1, driver.now))
    assert (driver.desk.draft, driver.desk.composer().short) == ("look", "S REL XAA, XBB")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"flags": (Flag.PURGED,)}, "its text is not here"),
        ({"flags": (Flag.UNREADABLE,)}, "its text is not here"),
        ({"flags": (Flag.CORRECTED,)}, "there is a newer version"),
        ({"kind": "retraction"}, "a notice of a recall"),
    ],
)
def test_what_cannot_be_repeated_says_why(changes: dict[str, object], why: str) -> None:
    driver = said()
    driver.node.add_message("ops-north", "x", **changes)
    driver.settle()
    for act in ("quote", "repeatable"):
        with pytest.raises(UsageError, match=why):
            getattr(driver.desk.afterwards, act)(driver.lines[-1].key)
    with pytest.raises(UsageError, match="select the message"):
        driver.desk.afterwards.quote(None)


def test_a_forward_stands_in_the_other_channel_under_its_own_label() -> None:
    driver = said()
    key = driver.lines[0].key
    other = driver.node.find_channel("liaison").id
    assert [target.id for target in driver.desk.places("lia")] == [other]
    assert driver.desk.places("ops") == ()
    do(driver, "forward", key, other)
    assert driver.desk.shown == other
    view = driver.desk.composer()
    assert view.short == "S REL XAA, XBB"
    assert view.denied is not None, "the ceiling there is lower"
    assert view.denied[0] == "level-ceiling"
    banner = driver.desk.banner((), driver.now)
    assert banner.marking == "MISSION SECRET REL XAA, XBB", "its beginning stands on the screen"


def test_a_text_that_is_purged_goes_from_beside_the_draft() -> None:
    driver = said()
    key = driver.lines[0].key
    do(driver, "quote", key)
    driver.do(driver.desk.reply(key))
    gone = evolve(driver.node.messages[0], text="purged 221542Z", flags=(Flag.PURGED,))
    driver.node.messages[0] = gone
    driver.node.tell(MessagePurged(channel_id=gone.channel_id, entry_id=key))
    driver.settle()
    view = driver.desk.composer()
    assert (view.quotes, view.about) == ((), "purged 221542Z")


# --- correcting ---


def test_a_correction_keeps_label_and_precedence_and_gives_the_draft_back() -> None:
    driver = said()
    key = own(driver, precedence=Precedence.IMMEDIATE, marking="MISSION RESTRICTED REL XAA, XBB", nations=TWO)
    driver.do(driver.desk.set_draft("half a thought"))
    driver.do(driver.desk.set_label(2, ("XAA",)))
    do(driver, "correct", key)
    view = driver.desk.composer()
    assert (driver.desk.draft, view.corrects) == ("convoy 4 at 1500Z", "1106Z Berg")
    assert (view.short, view.precedence) == ("R REL XAA, XBB", Precedence.IMMEDIATE)
    sendable = [driver.desk.sendable]
    driver.do(driver.desk.set_draft("convoy 4 at 1540Z"))
    assert [*sendable, driver.desk.sendable] == [False, True], "at first nothing is changed"
    assert driver.desk.confirm_needed() == "", "it has the label that it had"
    driver.send("convoy 4 at 1540Z")
    (asked,) = [one for one in driver.asked if isinstance(one, versions.CorrectMessage)]
    assert (asked.id, asked.text) == (key, "convoy 4 at 1540Z")
    assert not driver.sends()
    first, second = driver.lines[1:]
    assert first.remarks[0].startswith("corrected")
    assert (second.text, second.versions) == ("convoy 4 at 1540Z", True)
    view = driver.desk.composer()
    assert (driver.desk.draft, view.corrects, view.short) == ("half a thought", "", "S REL XAA")


def test_the_correction_of_a_flash_is_asked_about() -> None:
    driver = said()
    do(driver, "correct", own(driver, precedence=Precedence.FLASH))
    driver.do(driver.desk.set_draft("convoy 4 at 1600Z"))
    assert driver.desk.confirm_needed() == "FLASH interrupts everybody who gets it. Send it?"


def test_a_correction_that_is_given_up_gives_the_draft_back() -> None:
    driver = said()
    key = own(driver)
    driver.do(driver.desk.set_draft("half a thought"))
    do(driver, "correct", key)
    assert driver.desk.correcting
    driver.do(driver.desk.set_draft("something else"))
    changes = driver.do(driver.desk.stop_correcting())
    assert Part.COMPOSER in changes.parts
    assert (driver.desk.draft, driver.desk.correcting) == ("half a thought", False)
    assert not driver.sends()


def test_while_it_is_corrected_nothing_else_is_chosen() -> None:
    driver = said()
    key = own(driver)
    do(driver, "correct", key)
    assert driver.desk.reply(driver.lines[0].key).asks == ()
    with pytest.raises(UsageError, match="being corrected"):
        driver.desk.afterwards.quote(driver.lines[0].key)


def test_a_sending_correction_that_the_connection_lost_is_asked_again_as_one() -> None:
    driver = said()
    key = own(driver)
    do(driver, "correct", key)
    driver.step(driver.begin_sending("convoy 4 at 1540Z"))
    assert driver.lines[-1].sending
    assert driver.lines[-1].remarks[0] == "corrects 1106Z Berg"
    driver.waiting.clear()
    driver.reconnect()
    driver.settle()
    assert [type(one) for one in driver.asked if isinstance(one, versions.CorrectMessage | requests.SendMessage)] == [
        versions.CorrectMessage
    ]
    assert driver.texts[-1] == "convoy 4 at 1540Z"
    assert not driver.lines[-1].sending


@pytest.mark.parametrize("error", [Refused("scope", "no"), TryAgain("later")])
def test_a_correction_that_failed_comes_back_as_one(error: Refused | TryAgain) -> None:
    driver = said()
    key = own(driver)
    driver.do(driver.desk.set_draft("half a thought"))
    do(driver, "correct", key)
    driver.node.answers[versions.CorrectMessage] = error
    driver.send("convoy 4 at 1540Z")
    if isinstance(error, TryAgain):
        assert driver.lines[-1].failed
        driver.do(driver.desk.withdraw(driver.lines[-1].key))
    assert driver.desk.correcting
    assert driver.desk.draft.strip() == "convoy 4 at 1540Z"
    driver.do(driver.desk.stop_correcting())
    assert driver.desk.draft == "half a thought"


def test_of_several_versions_the_newest_is_corrected() -> None:
    driver = said()
    key = own(driver)
    for text in ("second", "third"):
        do(driver, "correct", key)
        driver.send(text)
    do(driver, "correct", key)
    assert driver.desk.draft == "third"


@pytest.mark.parametrize("act", ["correct", "recall_view"])
def test_only_the_author_changes_what_was_said(act: str) -> None:
    driver = said()
    with pytest.raises(UsageError, match="only who said it"):
        getattr(driver.desk.afterwards, act)(driver.lines[0].key)
    gone = own(driver, "recalled by its author", flags=(Flag.PURGED, Flag.RECALLED))
    with pytest.raises(UsageError, match="its text is gone"):
        getattr(driver.desk.afterwards, act)(gone)


# --- recalling ---


def test_a_recall_is_asked_for_once_and_the_lines_say_what_comes_of_it() -> None:
    driver = said()
    key = own(driver, "the agent is KOWAL")
    view = driver.desk.afterwards.recall_view(key)
    assert view.typed == key[:4]
    assert "the agent is KOWAL" in dict(view.rows)["text"]
    driver.do(driver.desk.afterwards.recall(key, spill=True))
    assert [one for one in driver.asked if isinstance(one, versions.RecallMessage)] == [
        versions.RecallMessage(id=key, spill=True)
    ]
    old = next(line for line in driver.lines if line.key == key)
    assert (old.text, old.gone) == ("", True)
    assert "SPILL" in old.remarks[0]


def test_a_recall_that_is_refused_says_so_and_is_not_tried_again() -> None:
    driver = said()
    key = own(driver)
    driver.node.answers[versions.RecallMessage] = Refused("scope", "this device may not send here")
    driver.do(driver.desk.afterwards.recall(key, spill=False))
    assert driver.desk.composer().warnings[0].startswith("not recalled:")
    driver.reconnect()
    driver.settle()
    assert len([one for one in driver.asked if isinstance(one, versions.RecallMessage)]) == 1


def test_a_draft_that_corrects_what_is_recalled_elsewhere_is_given_up() -> None:
    driver = said()
    key = own(driver)
    driver.do(driver.desk.set_draft("half a thought"))
    do(driver, "correct", key)
    driver.do(driver.desk.afterwards.recall(key, spill=False))
    assert (driver.desk.correcting, driver.desk.draft) == (False, "half a thought")


# --- versions ---


def test_all_versions_are_shown_with_their_texts_until_they_are_gone() -> None:
    driver = said()
    key = own(driver, "first")
    do(driver, "correct", key)
    driver.send("second")
    do(driver, "look", key)
    afterwards = driver.desk.afterwards
    assert [(row.title, row.note, row.text) for row in afterwards.rows()] == [
        ("version 1", "", "first"),
        ("version 2", "the newest", "second"),
    ]
    banner = driver.desk.banner_of(afterwards.high_water(), driver.now)
    assert banner.marking == "MISSION SECRET REL XAA, XBB, XCC"
    driver.do(afterwards.recall(key, spill=False))
    assert afterwards.rows() == ()
    afterwards.close()
    assert afterwards.look_again().asks == ()


def test_versions_that_cannot_be_had_say_why() -> None:
    driver = started()
    driver.node.add_message("ops-north", "x")
    driver.settle()
    driver.node.answers[versions.ListVersions] = NodeUnavailable("not now")
    do(driver, "look", driver.lines[0].key)
    assert "not now" in driver.desk.afterwards.trouble
