"""Drafts outlive the desk: they are kept with the node when the hands rest, and come back under their label."""

from __future__ import annotations

from coalchat.api.drafts import Draft, ListDrafts, SetDraft
from coalchat.api.requests import ShowMessage
from coalchat.api.vocabulary import Flag, Precedence
from coalchat.errors import NodeUnavailable, UnknownChannel
from coalchat.record import evolve
from tests.desk.model.driver import ALL, Driver, connected
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW


def desk(node: FakeNode | None = None) -> Driver:
    node = node or FakeNode()
    if not node.channels:
        node.add_channel("ops-north", *ALL)
        node.add_channel("liaison", *ALL)
    driver = connected(node)
    tick(driver)
    return driver


def tick(driver: Driver, times: int = 1) -> None:
    for _ in range(times):
        driver.now += 1
        driver.do(driver.desk.tick(driver.now))


def kept(driver: Driver) -> list[tuple[str, str]]:
    return [(one.text, one.label) for one in driver.asked if isinstance(one, SetDraft)]


def again(driver: Driver) -> Driver:
    """Another desk at the same node."""
    return desk(driver.node)


def test_a_text_is_kept_when_the_hands_rest() -> None:
    driver = desk()
    driver.do(driver.desk.set_draft("half a"))
    tick(driver)
    driver.do(driver.desk.set_draft("half a thought"))
    tick(driver)
    assert kept(driver) == []
    tick(driver)
    assert kept(driver) == [("half a thought", "SECRET REL XAA, XBB, XCC")]
    tick(driver, 3)
    assert len(kept(driver)) == 1
    assert "half a thought" not in repr(driver.desk._state.kept)


def test_who_never_rests_is_kept_every_few_seconds() -> None:
    driver = desk()
    for number in range(12):
        driver.do(driver.desk.set_draft("x" * (number + 1)))
        tick(driver)
    assert [len(text) for text, _ in kept(driver)] == [5, 10]


def test_lines_stay_lines() -> None:
    driver = desk()
    driver.do(driver.desk.set_draft("first\nsecond"))
    tick(driver, 2)
    assert again(driver).desk.draft == "first\nsecond"


def test_it_comes_back_in_its_channel_under_its_label() -> None:
    driver = desk()
    driver.do(driver.desk.set_label(1, ("XAA", "XBB")))
    driver.do(driver.desk.set_draft("for two"))
    driver.show("liaison")
    driver.do(driver.desk.set_draft("other"))
    tick(driver, 2)
    after = again(driver)
    after.show("ops-north")
    view = after.desk.composer()
    assert (after.desk.draft, view.short, view.note) == ("for two", "R REL XAA, XBB", "draft")
    assert view.known, "it is asked who can read it"
    after.show("liaison")
    assert after.desk.draft == "other"


def test_what_is_sent_or_deleted_is_forgotten() -> None:
    driver = desk()
    driver.do(driver.desk.set_draft("going"))
    tick(driver, 2)
    assert driver.node.drafts
    driver.send("going")
    tick(driver, 2)
    assert not driver.node.drafts
    driver.do(driver.desk.set_draft("  \n"))
    tick(driver, 3)
    assert not driver.node.drafts
    assert again(driver).desk.draft == ""


def test_what_was_begun_before_it_came_stands_below_it() -> None:
    driver = desk()
    driver.do(driver.desk.set_draft("kept"))
    tick(driver, 2)
    after = connected(driver.node)
    after.show("ops-north")
    after.do(after.desk.set_draft("begun"))
    tick(after)
    assert after.desk.draft == "kept\nbegun"


def test_leaving_keeps_what_is_not_kept_yet() -> None:
    driver = desk()
    driver.do(driver.desk.set_draft("at the door"))
    driver.do(driver.desk.keep_drafts())
    assert kept(driver) == [("at the door", "SECRET REL XAA, XBB, XCC")]


def test_of_a_correction_the_draft_that_waits_is_kept() -> None:
    driver = desk()
    driver.node.add_message("ops-north", "mine", mine=True, read=True, author_nation="XAA", author_person="Berg")
    driver.settle()
    driver.do(driver.desk.set_draft("waits"))
    driver.do(driver.desk.afterwards.correct(driver.lines[-1].key))
    driver.do(driver.desk.set_draft("mine, corrected"))
    tick(driver, 2)
    assert [text for text, _ in kept(driver)] == ["waits"]


def test_a_label_that_is_none_any_more_is_not_guessed() -> None:
    node = FakeNode()
    channel = node.add_channel("ops-north", *ALL)
    node.drafts[channel.id] = Draft(channel=channel.id, text="old", label="COSMIC REL XZZ")
    driver = desk(node)
    assert (driver.desk.draft, driver.desk.composer().short) == ("old", "S REL XAA, XBB, XCC")


def test_what_cannot_be_kept_troubles_nobody_and_is_not_asked_for_ever() -> None:
    driver = desk()
    driver.node.answers[SetDraft] = UnknownChannel("ops-north")
    driver.do(driver.desk.set_draft("text"))
    tick(driver, 10)
    assert len(kept(driver)) == 1
    assert driver.desk.composer().warnings == ()
    assert len([one for one in driver.asked if isinstance(one, ListDrafts)]) == 1


def said(driver: Driver, text: str, **more: object) -> str:
    message = driver.node.add_message("ops-north", text, **more)
    driver.settle()
    return message.entry_id


def test_what_goes_with_a_text_comes_back_with_it() -> None:
    driver = desk()
    asked, told = (
        said(driver, "who?"),
        said(driver, "me", nations=("XAA", "XBB"), marking="MISSION SECRET REL XAA, XBB"),
    )
    driver.do(driver.desk.set_draft("both of you"))
    driver.do(driver.desk.reply(asked))
    driver.do(driver.desk.afterwards.quote(told))
    driver.do(driver.desk.set_precedence(Precedence.IMMEDIATE))
    driver.do(driver.desk.set_ack_by(NOW + 600))
    before = driver.desk.composer()
    tick(driver, 2)
    (draft,) = driver.node.drafts.values()
    assert (draft.answers, draft.quotes, draft.precedence, draft.ack_by) == (
        asked, (told,), Precedence.IMMEDIATE, NOW + 600,
    )  # fmt: skip
    after = again(driver)
    after.show("ops-north")
    view = after.desk.composer()
    assert view == evolve(before, note="draft")
    assert (view.reply, len(view.quotes), view.short) == ("Kowal 1106Z", 1, "S REL XAA, XBB")
    tick(after, 3)
    assert kept(after) == [], "it is as it was kept"
    after.do(after.desk.reply(None))
    after.do(after.desk.stop_repeating())
    assert after.desk.composer().short == "S REL XAA, XBB", "without them it goes under no wider label"


def test_what_it_answers_is_fetched_where_it_is_not_loaded() -> None:
    driver = desk()
    first = said(driver, "long ago")
    for number in range(400):
        driver.node.add_message("ops-north", f"talk {number}")
    driver.node.drafts[driver.desk.shown] = Draft(channel=driver.desk.shown, text="yes", label="", answers=first)
    after = connected(driver.node)
    after.show("ops-north")
    tick(after)
    assert ShowMessage(id=first) in after.asked
    assert after.desk.composer().reply == "Kowal 1106Z"


def test_until_the_node_has_said_what_it_repeats_that_is_kept_on() -> None:
    driver = desk()
    driver.node.answers[ShowMessage] = NodeUnavailable()
    draft = Draft(channel=driver.desk.shown, text="see these", label="", answers="aa" * 32, quotes=("ab" * 32,))
    driver.node.drafts[draft.channel] = draft
    after = again(driver)
    after.show("ops-north")
    after.do(after.desk.set_draft("see these two"))
    tick(after, 2)
    (now,) = after.node.drafts.values()
    assert (now.text, now.answers, now.quotes) == ("see these two", draft.answers, draft.quotes)
    del after.node.answers[ShowMessage]  # it is up again, and has neither
    tick(after, 10)
    (now,) = after.node.drafts.values()
    assert (now.text, now.answers, now.quotes) == ("see these two", "", ())


def test_what_was_recalled_is_not_repeated_again() -> None:
    driver = desk()
    told = said(driver, "spill")
    driver.do(driver.desk.afterwards.quote(told))
    tick(driver, 2)
    (draft,) = driver.node.drafts.values()
    assert (draft.text, draft.quotes) == ("", (told,)), "what is repeated needs no words"
    place = next(at for at, one in enumerate(driver.node.messages) if one.entry_id == told)
    driver.node.messages[place] = evolve(
        driver.node.messages[place], text="recalled", flags=(Flag.PURGED, Flag.RECALLED)
    )
    after = again(driver)
    after.show("ops-north")
    assert after.desk.composer().quotes == ()
    tick(after, 3)
    assert not after.node.drafts
