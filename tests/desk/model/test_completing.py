"""Tab: names, channels, commands, labels; and words that call a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.vocabulary import Flag
from coalchat.desk.model.completing import Completion
from coalchat.desk.model.highlights import highlights
from coalchat.desk.model.words import clock, clock_beside, zone
from tests.desk.model.driver import ALL, Driver, connected
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW


def talked() -> Driver:
    node = FakeNode()
    for title in ("ops-north", "ops-south", "#med"):
        node.add_channel(title, *ALL)
    for person in ("Maj Kowal", "Korhonen", "Lt Saar"):
        node.add_message("ops-north", f"{person} here", author_person=person)
    return connected(node)


@pytest.mark.parametrize(
    ("before", "start", "text"),
    [
        ("/pre", 0, "/precedence "),
        ("/precedence fl", 12, "FLASH "),
        ("/help quo", 6, "quote "),
        ("/dm maj", 4, "Maj Kowal "),
        ("/jump #me", 6, "#med "),
        ("/theme hi", 7, "high-contrast "),
        ("/label sec", 7, "SECRET "),
        ("/label SECRET c", 14, "CONVOY "),
        ("/label SECRET r", 14, "REL "),
        ("/label SECRET REL XAA, xb", 23, "XBB "),
        ("tell #me", 5, "#med "),
        ("ask @Ko", 4, "@Korhonen "),
        ("two lines\nMaj Ko", 10, "Maj Kowal "),
        ("maj", 0, "Maj Kowal "),
        ("with Lt S", 5, "Lt Saar "),
    ],
)
def test_what_fits_alone_is_written_out(before: str, start: int, text: str) -> None:
    assert talked().desk.complete(before) == Completion(start, text)


def test_of_several_the_common_beginning_is_written_and_all_are_named() -> None:
    desk = talked().desk
    assert desk.complete("see #o") == Completion(4, "#ops-", ("#ops-north", "#ops-south"))
    found = desk.complete("/re")
    assert found is not None
    assert found.text == "/re"
    assert {"/recall", "/revoke", "/rekey", "/renew", "/reply", "/read"} <= set(found.choices)


@pytest.mark.parametrize("before", ["", "hello", "/nonsense x", "//pre", "k", "#zzz", "/label NONSENSE x", "/read x"])
def test_where_nothing_fits_nothing_is_done(before: str) -> None:
    assert talked().desk.complete(before) is None


@given(st.text(max_size=40))
def test_whatever_is_written_completing_it_keeps_what_was_typed(before: str) -> None:
    found = DESK.desk.complete(before)
    if found is not None:
        assert found.text.casefold().startswith(before[found.start :].casefold())


DESK = talked()

# --- words that call ---


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Berg, come", ("Berg",)),
        ("LT BERG and berg", ("LT BERG", "berg")),
        ("in Bergen", ()),
        ("the eagle  6 lands", ("eagle  6",)),
        ("eagle 66", ()),
        ("at the Quay.", ("Quay",)),
    ],
)
def test_a_word_calls_where_it_stands_alone(text: str, found: tuple[str, ...]) -> None:
    assert highlights("Lt Berg", ("EAGLE 6", "quay", "")).find(text) == found


def test_nobody_is_called_by_nothing() -> None:
    assert highlights("", ()).find("anything") == ()


def test_a_call_is_counted_until_it_is_read_and_marked_in_its_line() -> None:
    driver = talked()
    driver.show("#med")
    driver.node.add_message("ops-north", "Berg, the EAGLE 6 is yours")
    driver.node.add_message("ops-north", "my own Berg", mine=True, author_nation="XAA", author_person="Berg")
    driver.settle()
    driver.do(driver.desk.prefer(("eagle 6",), None))

    def calls() -> int:
        return next(row.calls for row in driver.desk.channels() if row.title == "ops-north")

    assert calls() == 1
    driver.show("ops-north")
    assert driver.lines[-2].hits == ("Berg", "EAGLE 6")
    assert driver.lines[-1].hits == ()
    driver.do(driver.desk.read_to(None))
    assert calls() == 0


def test_what_a_notice_says_calls_nobody() -> None:
    driver = talked()
    driver.node.add_message("ops-north", "Berg recalled", kind="retraction")
    driver.node.add_message("ops-north", "cannot be opened, Berg", kind="unreadable", flags=(Flag.UNREADABLE,))
    driver.settle()
    assert all(row.calls == 0 for row in driver.desk.channels())


# --- local time ---


@pytest.mark.parametrize(
    ("offset", "letter"),
    [(0, "Z"), (3_600, "A"), (12 * 3_600, "M"), (-3_600, "N"), (-12 * 3_600, "Y"), (19_800, "J"), (13 * 3_600, "J")],
)
def test_a_zone_has_its_letter(offset: int, letter: str) -> None:
    assert zone(offset) == letter


def test_times_of_messages_and_their_dates_go_into_the_zone_that_is_wanted() -> None:
    assert clock(0, 3_600) == "0100A"
    assert clock_beside(23 * 3_600, 22 * 3_600, 3_600) == "020000A"
    driver = talked()
    before = driver.lines[0].time
    assert before == clock(NOW)
    driver.do(driver.desk.prefer((), lambda _: 14 * 3_600))
    assert driver.lines[0].time == clock(NOW, 14 * 3_600)
    assert driver.desk.items[0] != driver.lines[0]
    driver.do(driver.desk.prefer((), None))
    assert driver.lines[0].time == before
