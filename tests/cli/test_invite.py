"""How a clearance is read when only the node knows the policy: pure."""

from coalchat.api.vocabulary import Precedence, Role
from coalchat.cli.channel import codes
from coalchat.cli.invite import readings, usual_precedence


def test_the_longest_level_comes_first() -> None:
    assert readings("TOP SECRET CONVOY") == [
        ("TOP SECRET CONVOY", ()),
        ("TOP SECRET", ("CONVOY",)),
        ("TOP", ("SECRET", "CONVOY")),
    ]
    assert readings("secret") == [("secret", ())]
    assert readings("  ") == []


def test_commas_and_slashes_end_the_level() -> None:
    assert readings("SECRET/CONVOY, EXCON")[0] == ("SECRET", ("CONVOY", "EXCON"))
    assert readings("TOP SECRET, SEA LINES")[0] == ("TOP SECRET", ("SEA LINES",))


def test_nations_are_listed_as_people_do() -> None:
    assert codes("xaa, XBB  xcc,") == ("XAA", "XBB", "XCC")
    assert codes(" ") == ()


def test_no_bot_interrupts_people_unless_somebody_says_so() -> None:
    assert {role: usual_precedence(role) for role in Role if usual_precedence(role) is not Precedence.IMMEDIATE} == {
        Role.BOT: Precedence.PRIORITY
    }
