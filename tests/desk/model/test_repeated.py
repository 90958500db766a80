"""What is said about other messages in the timeline: quotes with their origin, and corrections."""

from __future__ import annotations

from coalchat.api.about import Recall
from coalchat.api.events import MessageMarked, MessagePurged
from coalchat.api.vocabulary import Flag, Likeness
from coalchat.record import evolve
from tests.desk.model.driver import connected, full
from tests.fakes.api_records import quoted_record


def test_what_is_repeated_stands_under_the_text() -> None:
    node = full(0)
    origin = node.add_message("ops-north", "hold at\nPL RED\x1b[2J")
    for likeness in Likeness:
        node.add_message("ops-north", "", quotes=(quoted_record(origin, likeness),))
    _, *lines = connected(node).lines
    assert [line.text for line in lines] == [""] * 3
    assert [line.quote for line in lines] == [None] * 3
    told = [line.repeats[0] for line in lines]
    assert [text for _, text in told] == ["hold at\nPL RED\\u{1B}[2J"] * 3
    head = f"(S REL {', '.join(origin.nations)}) XBB Kowal {lines[0].dtg}"
    assert [whose.removeprefix(head).strip(" -") for whose, _ in told] == [
        "",
        "the original is not here",
        "THE ORIGINAL DIFFERS",
    ]


def test_a_corrected_line_says_where_the_newest_version_is() -> None:
    node = full(0)
    first = node.add_message("ops-north", "hold at PL RED")
    driver = connected(node)
    assert [line.text for line in driver.lines] == ["hold at PL RED"]
    words = "corrected 221531Z (2): see 9ab3c1d2e4f5"
    node.messages[0] = evolve(first, text=words, flags=(Flag.CORRECTED,))
    node.add_message("ops-north", "hold at PL BLUE", kind="correction", version=2, corrects=first.entry_id)
    node.tell(MessageMarked(channel_id=first.channel_id, entry_id=first.entry_id))
    driver.settle()
    old, new = driver.lines
    assert (old.text, old.remarks) == ("", (words,))
    assert (new.text, new.unread) == ("hold at PL BLUE", True)
    assert new.remarks == (f"corrected {new.dtg} (2): stands for {first.entry_id[:12]}",)


def test_a_recalled_line_says_how_many_devices_confirmed_it_and_the_notice_is_ours() -> None:
    node = full(0)
    said = node.add_message("ops-north", "the agent is KOWAL", mine=True)
    driver = connected(node)
    words = "recalled by its author 221600Z: SPILL, it had been sent under too low a label"

    def told(confirmed: int) -> None:
        recall = Recall(retraction_id="ab" * 32, time=1_795_000_000, spill=True, confirmed=confirmed, asked=3)
        flags = (Flag.PURGED, Flag.RECALLED)
        node.messages[0] = evolve(said, text=words, flags=flags, recall=recall)

    told(0)
    node.add_message("ops-north", "SPILL: 000000", kind="retraction", recalls=(said.entry_id,))
    node.tell(MessagePurged(channel_id=said.channel_id, entry_id=said.entry_id))
    driver.settle()
    old, notice = driver.lines
    assert (old.text, old.remarks) == ("", (words, "0 of 3 devices say that they purged it"))
    assert (notice.text, notice.remarks) == ("", ("SPILL: 000000",))
    told(2)
    node.tell(MessageMarked(channel_id=said.channel_id, entry_id=said.entry_id))
    driver.settle()
    assert driver.lines[0].remarks[-1] == "2 of 3 devices say that they purged it"
