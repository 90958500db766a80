"""The window on a timeline: what is read stays where it is."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.vocabulary import Precedence
from coalchat.desk.model.changes import Splice
from coalchat.desk.model.views import DateLine, Item, MessageLine
from coalchat.desk.model.window import Row, Window
from coalchat.record import evolve

LINE = MessageLine(
    key="", position=1, time="1531Z", dtg="", nation="XAA", person="Berg", mine=False, bot=False, mark="(S)", level=2,
    marking="MISSION SECRET", text="", precedence=Precedence.ROUTINE, due="", answered=None, quote=None, remarks=(),
    tallies=(), unread=False, sending=False, failed="", unreadable=False,
)  # fmt: skip
DATE = DateLine(text="22 NOV 2026")


def line(key: str, height: int = 1, *, mine: bool = False) -> MessageLine:
    """A message of so many rows."""
    return evolve(LINE, key=key, text="\n" * (height - 1), mine=mine)


def window(items: Sequence[Item], height: int) -> Window:
    made = Window(lambda index: height_of(made.items[index]), height)
    made.reset(items)
    return made


def height_of(item: Item) -> int:
    return item.text.count("\n") + 1 if isinstance(item, MessageLine) else 1


def shown(made: Window) -> list[str]:
    """`key.row` of every row in the window."""
    out = []
    for row in made.rows():
        item = made.items[row.item]
        out.append(f"{item.key if isinstance(item, MessageLine) else 'date'}.{row.line}")
    return out


def test_it_begins_at_the_end_and_a_short_history_is_all_there() -> None:
    assert shown(window([DATE, line("a"), line("b", 2)], 10)) == ["date.0", "a.0", "b.0", "b.1"]
    assert shown(window([DATE, line("a"), line("b", 3), line("c")], 3)) == ["b.1", "b.2", "c.0"]
    assert shown(window([], 3)) == []


def test_it_follows_what_is_appended() -> None:
    made = window([line("a"), line("b")], 2)
    made.splice([Splice(2, 0, (line("c"), line("d")))])
    assert shown(made) == ["c.0", "d.0"]
    assert made.below == 0


def test_a_part_of_the_past_does_not_run_on_by_itself() -> None:
    made = window([line("a"), line("b")], 2)
    made.still = True
    made.splice([Splice(2, 0, (line("c"), line("d")))])
    assert (shown(made), made.below, made.following) == (["a.0", "b.0"], 0, False)
    made.move(1)
    made.splice([Splice(0, 0, (line("z"),)), Splice(5, 0, (line("e"),))])
    assert (shown(made), made.below) == (["b.0", "c.0"], 0)


def test_what_is_gone_to_stands_in_the_middle_where_there_is_more_below() -> None:
    made = window([line(key) for key in "abcdefgh"], 3)
    for index, expected in ((4, ["d.0", "e.0", "f.0"]), (0, ["a.0", "b.0", "c.0"]), (7, ["f.0", "g.0", "h.0"])):
        made.centre(index)
        assert shown(made) == expected


def test_who_reads_back_is_not_moved_and_is_told_what_came() -> None:
    made = window([line(key) for key in "abcdef"], 2)
    made.move(-3)
    assert shown(made) == ["b.0", "c.0"]
    made.splice([Splice(6, 0, (line("g"), line("h", mine=True)))])
    assert shown(made) == ["b.0", "c.0"]
    assert made.below == 1  # an own line is no news
    made.to_end()
    assert (shown(made), made.below, made.following) == (["g.0", "h.0"], 0, True)


def test_scrolling_down_to_the_end_follows_again() -> None:
    made = window([line(key) for key in "abcdef"], 2)
    made.move(-2)
    assert not made.following
    made.move(1)
    assert shown(made) == ["d.0", "e.0"]
    made.move(1)
    assert shown(made) == ["e.0", "f.0"]
    made.splice([Splice(6, 0, (line("g"),))])
    assert shown(made) == ["f.0", "g.0"]


def test_older_pages_come_in_above_without_moving_what_is_read() -> None:
    made = window([DATE, line("m", 3), line("n"), line("o")], 3)
    made.to_start()
    made.move(1)
    assert shown(made) == ["m.0", "m.1", "m.2"]
    made.splice([Splice(0, 1, (DateLine(text="21 NOV 2026"), line("k"), line("l"), DATE))])
    assert shown(made) == ["m.0", "m.1", "m.2"]
    made.move(-2)
    assert shown(made) == ["l.0", "date.0", "m.0"]


def test_a_line_that_grows_above_moves_nothing_that_is_read() -> None:
    made = window([line(key) for key in "abcdefgh"], 3)
    made.move(-2)
    before = shown(made)
    made.splice([Splice(1, 1, (line("b", 5),))])
    assert shown(made) == before


def test_a_line_in_the_window_that_grows_keeps_the_first_one_where_it_is() -> None:
    made = window([line(key) for key in "abcdefgh"], 3)
    made.move(-3)
    assert shown(made) == ["c.0", "d.0", "e.0"]
    made.splice([Splice(3, 1, (line("d", 2),))])
    assert shown(made) == ["c.0", "d.0", "d.1"]


def test_a_line_whose_key_changes_gives_way_to_the_one_in_its_place() -> None:
    made = window([line(key) for key in "abcd"], 2)
    made.move(-1)
    made.splice([Splice(1, 1, (line("B"),))])
    assert shown(made) == ["B.0", "c.0"]


def test_it_reveals_just_as_far_as_needed() -> None:
    made = window([line(key, 2) for key in "abcdef"], 5)
    made.reveal(1)
    assert shown(made) == ["b.0", "b.1", "c.0", "c.1", "d.0"]
    made.reveal(3)
    assert shown(made) == ["b.1", "c.0", "c.1", "d.0", "d.1"]
    made.reveal(2)
    assert shown(made) == ["b.1", "c.0", "c.1", "d.0", "d.1"]
    tall = window([line("a"), line("b", 9), line("c")], 3)
    tall.reveal(1)
    assert shown(tall) == ["b.0", "b.1", "b.2"]


def test_at_the_top_it_says_so() -> None:
    made = window([line(key) for key in "abc"], 2)
    assert not made.at_top()
    made.move(-99)
    assert made.at_top()
    assert window([line("a")], 5).at_top()


acts = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(-12, 12)),
        st.tuples(st.just("append"), st.integers(1, 4)),
        st.tuples(st.just("prepend"), st.integers(1, 4)),
        st.tuples(st.just("grow"), st.integers(0, 40)),
        st.tuples(st.just("end"), st.just(0)),
    ),
    max_size=25,
)


@given(st.lists(st.integers(1, 5), max_size=8), st.integers(0, 9), acts)
def test_whatever_happens_rows_are_whole_and_what_is_read_stays(
    heights: list[int], height: int, steps: list[tuple[str, int]]
) -> None:
    made = window([line(f"m{n}", rows) for n, rows in enumerate(heights)], height)
    for count, (act, size) in enumerate(steps):
        rows, following = made.rows(), made.following
        first = made.items[rows[0].item] if rows else None
        if act == "move":
            made.move(size)
        elif act == "append":
            made.splice([Splice(len(made.items), 0, tuple(line(f"n{count}.{n}", n + 1) for n in range(size)))])
        elif act == "prepend":
            made.splice([Splice(0, 0, tuple(line(f"o{count}.{n}", n + 1) for n in range(size)))])
        elif act == "grow" and made.items:
            at = size % len(made.items)
            item = made.items[at]
            assert isinstance(item, MessageLine)
            made.splice([Splice(at, 1, (evolve(item, text=item.text + "\n"),))])
        elif act == "end":
            made.to_end()
        _check(made)
        if act in {"append", "prepend"} and not following and rows:
            again = made.rows()
            assert isinstance(first, MessageLine)
            assert made.items[again[0].item] == first
            assert again[0].line == rows[0].line


def _check(made: Window) -> None:
    rows = made.rows()
    total = sum(map(height_of, made.items))
    assert len(rows) == min(made.height, total)
    every = [Row(index, row) for index, item in enumerate(made.items) for row in range(height_of(item))]
    if rows:
        at = every.index(rows[0])
        assert rows == every[at : at + len(rows)]
    if made.following:
        assert rows == every[len(every) - len(rows) :]
        assert made.below == 0
