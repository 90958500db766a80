"""The label picker, and places to jump to."""

from __future__ import annotations

from coalchat.api.requests import PreviewLabel
from coalchat.api.vocabulary import Flag
from coalchat.desk.model.commands import COMMANDS
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.dialogviews import LevelChoice, NationChoice
from tests.desk.model.driver import Driver, started
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW

ALL = ("XAA", "XBB", "XCC")


def low_channel(ceiling: str = "MISSION RESTRICTED") -> Driver:
    node = FakeNode()
    node.add_channel("log-bridge", *ALL, ceiling=ceiling)
    driver = Driver(node)
    driver.start()
    return driver


# --- the picker ---


def test_a_level_that_cannot_be_chosen_says_why() -> None:
    assert low_channel().desk.picker(1, ALL).levels == (
        LevelChoice(level=0, name="UNCLASSIFIED", chosen=False, why_not=""),
        LevelChoice(level=1, name="RESTRICTED", chosen=True, why_not=""),
        LevelChoice(level=2, name="SECRET", chosen=False, why_not="above #log-bridge"),
        LevelChoice(level=3, name="TOP SECRET", chosen=False, why_not="above #log-bridge"),
    )
    high = low_channel("MISSION TOP SECRET").desk.picker(1, ALL).levels
    assert [level.why_not for level in high] == ["", "", "", "above your clearance"]


def test_nations_with_their_devices_and_our_own_always_in() -> None:
    driver = low_channel()
    assert driver.desk.picker(1, ("XBB",)).nations == (
        NationChoice(code="XAA", chosen=True, own=True, readers=0, of=4),
        NationChoice(code="XBB", chosen=True, own=False, readers=0, of=4),
        NationChoice(code="XCC", chosen=False, own=False, readers=0, of=4),
    )
    driver.do(driver.desk.consider(1, ("XBB",)))
    picker = driver.desk.picker(1, ("XBB",))
    assert picker.known
    assert [(n.readers, n.of) for n in picker.nations] == [(3, 5), (3, 5), (0, 5)]


def test_considering_chooses_nothing() -> None:
    driver = low_channel()
    before = driver.desk.composer()
    driver.do(driver.desk.consider(0, ("XBB",)))
    assert driver.desk.composer() == before
    asked = [ask.label for ask in driver.asked if isinstance(ask, PreviewLabel)]
    assert asked[-1] == "UNCLASSIFIED REL XAA, XBB"
    assert driver.desk.consider(0, ("XBB",)).asks == ()


def test_what_comes_of_the_choice() -> None:
    driver = low_channel("MISSION SECRET CONVOY")
    driver.send("to all")
    driver.do(driver.desk.consider(2, ("XBB",), "CONVOY"))
    picker = driver.desk.picker(2, ("XBB",), "CONVOY")
    assert picker.marking == "MISSION SECRET CONVOY REL XAA, XBB"
    assert picker.mark.replace("\u00a0", " ") == "(S CONVOY REL XAA, XBB)"
    assert (picker.channel, picker.policy, picker.level) == ("log-bridge", "EXAMPLE 1", 2)
    assert picker.categories == (("CONVOY", True),)
    assert picker.warnings == ("Narrower than your last message: XCC loses sight of it.",)
    assert picker.denied is None


def test_a_choice_that_is_denied_says_so() -> None:
    driver = low_channel()
    driver.do(driver.desk.consider(2, ALL))
    denied = driver.desk.picker(2, ALL).denied
    assert denied is not None
    assert denied[0] == "level-ceiling"


def test_the_marking_is_ours_until_the_node_has_answered() -> None:
    picker = low_channel().desk.picker(0, ("XCC",))
    assert (picker.marking, picker.known) == ("MISSION UNCLASSIFIED REL XAA, XCC", False)


def test_before_anything_is_known_there_is_nothing_to_pick() -> None:
    picker = Desk().picker(0, ())
    assert (picker.levels, picker.nations, picker.known) == ((), (), False)


# --- jumping ---


def crowd() -> Driver:
    driver = started("ops-north", "med", "north-log")
    driver.node.add_message("med", "one", author_person="Kowal", author_nation="XBB")
    driver.node.add_message("med", "two", author_person="Lind", author_nation="XCC")
    driver.node.add_message("med", "three", author_person="Kowal", author_nation="XBB")
    driver.node.add_message("med", "beep", author_person="sensor-7", flags=(Flag.AUTO,))
    driver.settle()
    driver.send("mine")
    return driver


def titles(driver: Driver, query: str) -> list[str]:
    return [target.title for target in driver.desk.targets(query)]


def test_channels_then_people_then_commands() -> None:
    found = titles(crowd(), "")
    assert found[:3] == ["#ops-north", "#med", "#north-log"]
    assert found[3:6] == ["sensor-7 XBB", "Kowal XBB", "Lind XCC"]
    assert found[6:] == [f"/{command.name}" for command in COMMANDS]


def test_what_begins_like_the_query_comes_first() -> None:
    assert titles(crowd(), "north") == ["#north-log", "#ops-north"]
    assert titles(crowd(), "#NORTH") == ["#north-log", "#ops-north"]
    assert titles(crowd(), "xbb kow") == ["Kowal XBB"]
    assert titles(crowd(), "/lab") == ["/label"]
    assert titles(crowd(), "no such thing") == []


def test_a_word_finds_commands_by_what_they_do_and_a_slash_nothing_else() -> None:
    driver = crowd()
    assert titles(driver, "acknowledgement") == ["/ack-by"]
    assert titles(driver, "custodian invite") == ["/invites"]
    assert titles(driver, "/") == [f"/{command.name}" for command in COMMANDS]
    assert titles(driver, "/re")[0].startswith("/re")
    assert titles(driver, "/med") == []
    assert titles(driver, "implement")[0] == "/roe implement"
    assert titles(driver, "/roe log") == ["/roe log"]
    assert "/roe endorse" in titles(driver, "sign")


def test_channels_shown_last_come_first() -> None:
    driver = crowd()
    for channel in (1, 2, 0):
        driver.do(driver.desk.show(driver.node.channels[channel].id, NOW))
    assert titles(driver, "")[:3] == ["#north-log", "#med", "#ops-north"]


def where(driver: Driver) -> tuple[str, str | None]:
    return driver.desk.head().title, driver.desk.selected


def test_a_jump_goes_there() -> None:
    driver = crowd()
    (kowal,) = driver.desk.targets("kowal")
    driver.do(driver.desk.jump(kowal.id, NOW))
    assert where(driver) == ("med", driver.line("three").key)
    assert kowal.note.startswith("last wrote ")
    assert kowal.note.endswith("Z in #med")
    (ops,) = driver.desk.targets("ops")
    assert (ops.letter, ops.level) == ("S", 2)
    driver.do(driver.desk.jump(ops.id, NOW))
    assert where(driver) == ("ops-north", None)
    assert driver.desk.jump("nowhere", NOW).asks == ()


def test_every_target_leads_somewhere() -> None:
    driver = crowd()
    for target in driver.desk.targets(""):
        if not target.id.startswith("/"):
            driver.do(driver.desk.show(driver.node.channels[2].id, NOW))
            changes = driver.do(driver.desk.jump(target.id, NOW))
            assert changes.reset or target.title == "#north-log"
