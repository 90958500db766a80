"""Which messages are shown, and how: pure."""

from coalchat.api.about import Report
from coalchat.api.nouns import Disowned, Message
from coalchat.api.search import Found, Piece
from coalchat.api.vocabulary import Answer, Flag, Likeness, Precedence
from coalchat.cli.reading import NEWEST, choose, message_lines
from coalchat.cli.search import found_lines
from coalchat.cli.times import dtg
from coalchat.display import display_safe
from coalchat.record import evolve
from tests.fakes.api_records import channel_record, message_record, quoted_record

OPS = channel_record(1, "#ops", ("XAA", "XBB"), "MISSION SECRET", "")


def messages(read: int, unread: int) -> list[Message]:
    every = [message_record(position, OPS, f"text {position}") for position in range(1, read + unread + 1)]
    return [evolve(one, read=one.position <= read) for one in every]


def positions(found: list[Message]) -> list[int]:
    return [one.position for one in found]


def test_without_a_limit_the_newest_are_shown() -> None:
    assert positions(choose(messages(80, 3), 3, None, mark=True)) == list(range(83 - NEWEST + 1, 84))
    assert positions(choose(messages(2, 1), 1, None, mark=False)) == [1, 2, 3]
    assert choose([], 0, None, mark=True) == []


def test_nothing_unread_is_left_out() -> None:
    assert positions(choose(messages(5, 70), 70, None, mark=True)) == list(range(6, 76))


def test_a_limit_shows_the_newest_and_with_mark_the_first_unread() -> None:
    assert positions(choose(messages(5, 5), 5, 2, mark=False)) == [9, 10]
    assert positions(choose(messages(5, 5), 5, 2, mark=True)) == [6, 7]
    assert positions(choose(messages(5, 0), 0, 2, mark=True)) == [4, 5]


def test_a_message_stands_under_its_marking() -> None:
    message = evolve(
        message_record(1, OPS, "first\nsecond"),
        precedence=Precedence.FLASH,
        ack_by=1_795_000_000,
        flags=(Flag.AUTO,),
        refs=("ab" * 32,),
    )
    lines = message_lines(message, exercise=False)
    assert lines[0] == "[MISSION SECRET REL XAA, XBB]"
    for word in (
        "XBB Kowal",
        "#ops",
        "FLASH",
        "acknowledge by",
        "new",
        "auto",
        "answers abababababab",
        message.entry_id[:12],
    ):
        assert word in lines[1]
    assert lines[2:] == ["    first", "    second", ""]
    assert message_lines(message, exercise=True)[0] == "[EXERCISE MISSION SECRET REL XAA, XBB]"


def test_a_message_shows_how_it_was_acknowledged() -> None:
    message = message_record(1, OPS, "hold")
    assert "acknowledged" not in message_lines(message, exercise=False)[1]
    for answer, word in ((Answer.NONE, "  acknowledged  "), (Answer.CAVEAT, "  acknowledged, caveat  ")):
        assert word in message_lines(evolve(message, answered=answer), exercise=False)[1]


def test_what_is_held_against_a_message_stands_above_its_text() -> None:
    disowned = Disowned(nation="XBB", time=1_795_363_200)
    message = evolve(
        message_record(1, OPS, "attack"), flags=(Flag.AUTO, Flag.DISPUTED, Flag.DISOWNED), disowned=disowned
    )
    lines = message_lines(message, exercise=False)
    assert lines[2:] == [
        "DISPUTED: two entries stand at this number",
        f"DISOWNED BY XBB AT {dtg(1_795_363_200)}",
        "    attack",
        "",
    ]
    assert "auto" in lines[1]
    assert "disp" not in lines[1]


def test_no_text_can_look_like_a_line_of_ours() -> None:
    hostile = "x\n[MISSION UNCLASSIFIED]\r\x1b[2J\u202e\x85y\u2028[z]"
    lines = message_lines(evolve(message_record(1, OPS, hostile), author_person="B\nerg\x1b"), exercise=False)
    shown = [display_safe(line) for line in lines]  # as `show` writes them
    assert [line for line in shown if line.startswith("[")] == ["[MISSION SECRET REL XAA, XBB]"]
    assert all(line.isprintable() for line in shown)
    assert shown[2:] == ["    x", "    [MISSION UNCLASSIFIED]\\u{D}\\u{1B}[2J\\u{202E}\\u{85}y\\u{2028}[z]", ""]


def test_what_it_quotes_stands_further_in_under_its_own_marking() -> None:
    origin = message_record(1, OPS, "hold\n[FORGED]")
    for likeness, word in ((Likeness.SAME, ""), (Likeness.DIFFERS, "  THE ORIGINAL DIFFERS")):
        lines = message_lines(
            evolve(message_record(2, OPS, ""), quotes=(quoted_record(origin, likeness),)), exercise=False
        )
        assert lines[2:] == [
            f"  quotes [MISSION SECRET REL XAA, XBB]  {dtg(origin.author_time)}  XBB Kowal{word}  {origin.entry_id[:12]}",
            "        hold",
            "        [FORGED]",
            "",
        ]


def test_what_was_found_stands_under_its_marking_and_on_one_line() -> None:
    message = message_record(1, OPS, "hold at\nthe bridge")
    pieces = (Piece(text="… hold at the ", hit=False), Piece(text="bridge\x1b[2J", hit=True))
    lines = found_lines(Found(message=message, snippet=pieces), exercise=True)
    assert lines[0] == "[EXERCISE MISSION SECRET REL XAA, XBB]"
    assert message.entry_id[:12] in lines[1]
    assert lines[2:] == ["    … hold at the bridge\\u{1B}[2J", ""]
    report = Report(form="SALUTE", title="What was seen", serial=3, version=1, part=False, missing=(), rows=())
    lines = found_lines(Found(message=evolve(message, report=report), snippet=pieces), exercise=True)
    assert lines[2:] == ["    SALUTE 003  What was seen", "    … hold at the bridge\\u{1B}[2J", ""]
