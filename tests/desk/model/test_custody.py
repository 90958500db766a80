"""A custodian's acts: rehearsed, confirmed, done once; and only where he sits."""

from __future__ import annotations

import pytest

from coalchat.api import emergency, enrolment, renewal
from coalchat.api.vocabulary import InviteState, Precedence, RevocationReason, Role
from coalchat.desk.model.custodyviews import CodeView, InviteForm
from coalchat.desk.model.dialogviews import Deliberate
from coalchat.desk.model.words import dtg
from coalchat.errors import NodeGone, Refused, UnknownLabel, UsageError
from coalchat.record import evolve
from tests.desk.model.driver import Driver, connected
from tests.fakes.api_custody import UNTIL, let_custody, let_invite
from tests.fakes.api_keys import HOUR, OWN, let_keys, let_trouble
from tests.fakes.api_node import FakeNode
from tests.fakes.api_records import NOW

FORM = InviteForm(
    person="Lt  Saar", clearance="secret convoy", role="Officer", precedence="P", address="192.0.2.7:7447"
)


def sitting(*, custodian: bool = True) -> Driver:
    """A desk whose key screen is open."""
    node = FakeNode()
    let_keys(node, NOW, NOW + 2 * HOUR)
    if custodian:
        let_custody(node, NOW)
    driver = connected(node)
    driver.do(driver.desk.open_keys())
    return driver


def revocations(driver: Driver) -> list[tuple[str, str, bool]]:
    found = [one for one in driver.asked if isinstance(one, emergency.RevokeDevices)]
    return [(one.device[:8], one.person, one.rehearse) for one in found]


def test_only_a_custodian_acts() -> None:
    driver = sitting(custodian=False)
    assert not driver.desk.custody.here
    with pytest.raises(UsageError, match="no custodian's"):
        driver.desk.custody.require()
    here = sitting().desk.custody
    assert here.here
    here.require()


def test_what_would_be_done_is_said_before_a_revocation_and_only_that_is_done() -> None:
    driver = sitting()
    custody = driver.desk.custody
    (varga,) = (one for one in custody.devices("varga (2)"))
    assert varga.note == "officer, up to MISSION SECRET, id 4a4a4a4a"
    changes = driver.do(custody.rehearse_revocation(varga.id, RevocationReason.LOST))
    view = changes.prompt
    assert isinstance(view, Deliberate)
    assert view.typed == "4a4a4a4a"
    assert view.rows == (
        ("device", f"Varga (2), id {'4a' * 16}"),
        ("reason", "lost"),
        ("keys", "a new edition takes the place of 12 and 13"),
        ("rekeyed", "2 other devices, as each of them answers"),
        ("old key", f"a cut-off sender may still use it until {dtg(NOW + 30 * HOUR)}"),
    )
    assert revocations(driver) == [("4a4a4a4a", "", True)]
    driver.do(custody.confirm())
    assert revocations(driver) == [("4a4a4a4a", "", True), ("4a4a4a4a", "", False)]
    screen = driver.desk.keys(driver.now)
    assert screen.said == "Varga (2) is revoked; edition 15 runs in place of 12 and 13, 2 devices to be keyed"
    assert [(row.keyed, row.devices) for row in screen.demands] == [(0, 2)]
    assert not custody.devices("varga (2)")
    driver.do(custody.confirm())
    assert len(revocations(driver)) == 2, "one word, one act"


def test_a_person_is_revoked_by_name_with_all_devices() -> None:
    driver = sitting()
    custody = driver.desk.custody
    (person,) = (one for one in custody.devices("varga") if one.title == "Varga")
    assert person.note == "all 2 devices of this person"
    view = driver.do(custody.rehearse_revocation(person.id, RevocationReason.LEFT)).prompt
    assert isinstance(view, Deliberate)
    assert (view.typed, [word for word, _ in view.rows[:2]]) == ("Varga", ["device", "device"])
    driver.do(custody.confirm())
    assert revocations(driver) == [("", "Varga", True), ("", "Varga", False)]
    assert "Varga (1) and Varga (2) are revoked" in driver.desk.keys(driver.now).said


def test_an_emergency_rekey_is_confirmed_by_the_nations_code() -> None:
    driver = sitting()
    custody = driver.desk.custody
    view = driver.do(custody.rehearse_rekey()).prompt
    assert isinstance(view, Deliberate)
    assert (view.typed, view.rows[0][0]) == ("XAA", "keys")
    driver.do(custody.confirm())
    assert [one.rehearse for one in driver.asked if isinstance(one, emergency.RekeyNation)] == [True, False]
    assert driver.desk.keys(driver.now).said.startswith("edition 15 runs in place of 12 and 13")


@pytest.mark.parametrize("error", [Refused("scope", "the certificate has ended"), NodeGone("it may have done it")])
def test_what_failed_is_said_and_not_done_again_by_itself(error: Refused | NodeGone) -> None:
    driver = sitting()
    custody = driver.desk.custody
    driver.do(custody.rehearse_rekey())
    driver.node.answers[emergency.RekeyNation] = error
    driver.do(custody.confirm())
    assert driver.desk.keys(driver.now).trouble
    asked = len([one for one in driver.asked if isinstance(one, emergency.RekeyNation)])
    driver.reconnect()
    driver.settle()
    driver.do(custody.confirm())
    assert len([one for one in driver.asked if isinstance(one, emergency.RekeyNation)]) == asked


def test_silent_devices_are_offered_first_for_renewal() -> None:
    driver = sitting()
    let_trouble(driver.node, NOW)
    let_custody(driver.node, NOW)
    silent = driver.node.keys.silent
    driver.node.keys = evolve(driver.node.keys, silent=(evolve(silent[1], device_id="1f" * 16),))
    driver.do(driver.desk.open_keys())
    custody = driver.desk.custody
    first, second, *_ = custody.renewable("")
    assert (first.title, first.note.split(",")[0]) == ("Holm (1)", "silent")
    assert second.title == "Varga (2)", "then what ends soonest"
    driver.do(custody.renew(first.id))
    assert driver.desk.keys(driver.now).said == f"Holm (1) is certified until {dtg(NOW + UNTIL)}"
    assert [one.device for one in driver.asked if isinstance(one, renewal.RenewDevice)] == ["1f" * 16]


# --- invites ---


def test_an_invite_is_made_of_what_was_typed_and_its_code_stays_nowhere() -> None:
    driver = sitting()
    custody = driver.desk.custody
    driver.do(custody.begin())
    view = driver.do(custody.invite(FORM)).prompt
    assert isinstance(view, CodeView)
    assert view.code == "code-0000000000000001"
    assert view.code not in repr(view)
    (asked,) = [one for one in driver.asked if isinstance(one, enrolment.CreateInvite)]
    assert (asked.person, asked.role, asked.level, asked.categories, asked.precedence, asked.address) == (
        "Lt Saar", Role.OFFICER, "SECRET", ("CONVOY",), Precedence.PRIORITY, "192.0.2.7:7447",
    )  # fmt: skip
    assert "code-" not in repr((custody.view(), custody.form, driver.desk.keys(driver.now)))
    assert custody.blank_form() == InviteForm(), "the next one begins empty"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"person": " "}, "whom"),
        ({"clearance": "VERY SECRET"}, "VERY SECRET"),
        ({"clearance": "SECRET NONSENSE"}, "NONSENSE"),
        ({"role": "boss"}, "role"),
        ({"precedence": "SOON"}, "precedence"),
        ({"address": ""}, "HOST:PORT"),
    ],
)
def test_a_form_with_a_mistake_says_which_and_is_kept(changes: dict[str, str], wrong: str) -> None:
    driver = sitting()
    form = evolve(FORM, **changes)
    with pytest.raises((UsageError, UnknownLabel), match=wrong):
        driver.desk.custody.invite(form)
    assert driver.desk.custody.blank_form() == form
    assert not [one for one in driver.asked if isinstance(one, enrolment.CreateInvite)]


def test_several_categories_are_read_with_and_without_commas() -> None:
    marks = sitting().desk._state.coalition.marks
    first, second = (marks.policy.categories if marks.policy else ())[:2]
    for text in (f"SECRET {first}, {second}", f"secret {first} {second}", f"S {first}/{second}"):
        assert marks.clearance(text) == ("SECRET", (first, second))


def test_a_device_that_has_asked_is_certified_by_the_words_that_were_compared() -> None:
    driver = sitting()
    custody = driver.desk.custody
    let_invite(driver.node, NOW)
    driver.do(custody.begin())
    assert [(row.state, row.asks) for row in custody.view().rows] == [("OPEN", False)]
    let_invite(driver.node, NOW, InviteState.ASKED, "Cpt Lind")
    driver.settle()
    row = custody.view().rows[0]
    assert (row.person, row.asks, len(row.words)) == ("Cpt Lind", True, 6)
    driver.do(custody.approve(row))
    assert [one.words for one in driver.asked if isinstance(one, enrolment.ApproveInvite)] == [row.words]
    assert custody.view().said == f"Cpt Lind has device 1: {row.device}"
    assert next((row.state, row.asks, row.open) for row in custody.view().rows) == ("APPROVED", False, False)
    driver.do(custody.withdraw(custody.view().rows[1]))
    assert (len(custody.view().rows), custody.view().said) == (1, "the invite is withdrawn")


def test_words_that_differ_certify_nobody_and_are_not_tried_again() -> None:
    driver = sitting()
    custody = driver.desk.custody
    let_invite(driver.node, NOW, InviteState.ASKED)
    driver.do(custody.begin())
    driver.do(custody.approve(evolve(custody.view().rows[0], words=("one", "is", "not", "the", "same", "word"))))
    assert "not the same" in custody.view().trouble
    assert custody.view().rows[0].asks
    assert len([one for one in driver.asked if isinstance(one, enrolment.ApproveInvite)]) == 1


def test_when_the_screen_is_closed_nothing_of_it_is_asked_or_kept() -> None:
    driver = sitting()
    custody = driver.desk.custody
    driver.do(custody.begin())
    custody.end()
    let_invite(driver.node, NOW)
    driver.asked.clear()
    driver.settle()
    assert not [one for one in driver.asked if isinstance(one, enrolment.ListInvites)]
    assert not custody.view().known


def test_this_home_is_not_offered_as_a_person_to_shut_out() -> None:
    custody = sitting().desk.custody
    assert custody.devices("berg") == ()
    assert OWN in [one.id for one in custody.renewable("berg")]
