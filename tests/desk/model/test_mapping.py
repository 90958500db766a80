"""The map: positions of one zone's grid, others in the list alone, numbers over time; each with its mark."""

from __future__ import annotations

from coalchat.api.reports import ListReports
from coalchat.desk.look.glyphs import ASCII, UNICODE
from coalchat.desk.model.reportviews import MapPoint, MapView
from coalchat.desk.paint.map import paint_grid, paint_map, sparkline
from coalchat.errors import UsageError
from tests.desk.model.driver import Driver, connected, started
from tests.desk.paint.made import text_of
from tests.desk.scene import reported


def view(driver: Driver) -> MapView:
    return driver.desk.mapping.view()


def test_positions_are_those_of_the_selected_zone() -> None:
    driver = connected(reported())
    assert not view(driver).known
    driver.do(driver.desk.mapping.begin())
    seen = view(driver)
    assert (seen.known, seen.title, len(seen.points), seen.elsewhere) == (True, "31N", 4, 1)
    assert [(row.what, row.sign, row.mark.replace("\u00a0", " ")) for row in seen.rows] == [
        ("SALUTE 004", "", "(R)"),
        ("SALUTE 004", "1", "(R)"),
        ("SALUTE 004", "2", "(R)"),
        ("SALUTE 004", "3", "(R)"),
        ("SALUTE 003", "4", "(S)"),
    ]
    # Each as it was sent, and beside it the other kind; what was sent in degrees is drawn where they are.
    assert [(row.place, row.other) for row in seen.rows][:3] == [
        ("51.5074N 0.1278W ±11 m", "about 30U XC 9931 1016"),
        ("0.1130N 0.7450E ±11 m", "about 31N BA 4901 1249"),
        ("31N BA 5012 0988 ±10 m", "about 0.0894N 0.7550E"),
    ]
    wide, narrow = (text_of(paint_map(seen, width, 40, UNICODE)) for width in (120, 80))
    assert any("±11 m  about 31N BA 4901 1249" in line for line in wide)
    assert any(line.startswith(" POSITIONS") and "about 31N BA 4901 1249, 1 position" in line for line in narrow)
    saar = seen.points[2]
    assert (saar.east, saar.north) == (247_905, 12_045)
    assert [row.selected for row in seen.rows].index(True) == 1, "it begins where most positions are"
    assert driver.desk.banner(seen.keys, 0).marking == "MISSION SECRET REL XAA, XBB, XCC"
    driver.do(driver.desk.mapping.move(-1))
    assert (view(driver).title, len(view(driver).points)) == ("30U", 1)
    driver.do(driver.desk.mapping.move(-1))
    assert [row.selected for row in view(driver).rows] == [False, False, False, False, True]
    key = driver.desk.mapping.selected
    driver.do(driver.desk.jump(key, 0))
    assert driver.desk.selected == key


def test_numbers_are_of_one_author_and_one_label() -> None:
    driver = connected(reported())
    driver.do(driver.desk.mapping.begin("sitrep"))
    assert [(row.what, row.who, row.values) for row in view(driver).series] == [
        ("SITREP Fuel, days", "XCC Lind", (5, 5, 4, 2)),
        ("SITREP Present", "XCC Lind", (124, 121, 121, 118)),
    ]
    assert view(driver).rows == ()
    assert sparkline((124, 121, 121, 118), UNICODE) == "▇▃▃▁"
    assert sparkline((7, 7), ASCII) == "__"


def test_what_the_node_refuses_stands_there() -> None:
    driver = started()
    driver.node.answers[ListReports] = UsageError("there is no form none")
    driver.do(driver.desk.mapping.begin("none"))
    assert "no form none" in text_of(paint_map(view(driver), 80, 20, UNICODE))[0]
    assert driver.desk.mapping.selected == ""
    driver.do(driver.desk.mapping.move(1))


def point(east: int, north: int, sign: str = "1") -> MapPoint:
    return MapPoint(east=east, north=north, sign=sign, selected=False)


def test_a_grid_is_true_to_scale_and_says_where_two_are() -> None:
    far = (point(448_250, 5_411_930, "A"), point(451_250, 5_408_930, "B"))
    rows = ["".join(span.text for span in row) for row in paint_grid(far, 60, 12, UNICODE)]
    first, second = (next((row.index(sign), at) for at, row in enumerate(rows) if sign in row) for sign in "AB")
    assert abs((second[0] - first[0]) - 2 * (second[1] - first[1])) <= 2
    assert all(len(row) <= 60 for row in rows)
    near = (point(448_250, 5_411_930), point(448_250, 5_411_930, "2"), point(460_000, 5_411_930, "3"))
    shown = "".join(span.text for row in paint_grid(near, 60, 12, ASCII) for span in row)
    assert "+" in shown
    assert shown.isascii()
    for width in (3, 8, 20, 120):
        assert paint_grid(far, width, 6, UNICODE)
