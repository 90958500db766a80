"""Issuing ROE notices in the model: what may be done, fields judged as they are typed, what the node is asked, drafts."""

from __future__ import annotations

from typing import Any

import pytest

from coalchat.api.roe import EndorseRoe, IssueRoe, ListRoe, RoeAct, RoeVerb
from coalchat.api.roe_log import PreviewRoe
from coalchat.desk.model.reportviews import FieldRow
from coalchat.desk.model.roeformviews import RoeFormView
from coalchat.desk.model.roeissuing import RoeIssuing
from coalchat.errors import Refused, UsageError
from coalchat.record import evolve
from tests.desk.model.driver import Driver
from tests.desk.scene import NOW, ruled
from tests.fakes.api_roe import ASKED, AUTH, IMPL, Issued, let_roe
from tests.fakes.roe_records import UNSIGNED, at, board


def desk(**powers: bool) -> tuple[Driver, Issued]:
    node = ruled()
    issued = let_roe(node, **powers)
    driver = Driver(node, now=NOW)
    driver.start()
    driver.show("ops-north")
    return driver, issued


def writing(act: RoeAct, on: str = "", **powers: bool) -> tuple[Driver, RoeIssuing, Issued]:
    driver, issued = desk(**powers)
    issuing = driver.desk.roe.issuing
    driver.do(issuing.begin(act, on))
    return driver, issuing, issued


def put(driver: Driver, **fields: str) -> None:
    """Type into fields: `text_2` is the text of the second rule."""
    for name, text in fields.items():
        key, _, row = name.rpartition("_") if name[-1].isdecimal() else (name, "", "0")
        driver.do(driver.desk.roe.issuing.type(key, int(row), text, NOW))


def seen(driver: Driver) -> RoeFormView:
    view = driver.desk.roe.issuing.view(NOW)
    assert view is not None
    return view


def row(driver: Driver, key: str, number: int = 0) -> FieldRow:
    (found,) = [one for one in seen(driver).fields if (one.key, one.row) == (key, number)]
    return found


def asked(driver: Driver, kind: type[Any]) -> list[Any]:
    return [request for request in driver.asked if isinstance(request, kind)]


# --- what may be done ---


def test_what_one_may_not_is_shown_with_the_clause_and_whom_the_charter_names() -> None:
    driver, _ = desk(issues=False, signs=False)
    choices = {choice.act: choice.why_not for choice in driver.desk.roe.issuing.acts()}
    assert choices[RoeAct.AUTHORISE] == "roe-authority: the charter lets HQ of XBB issue it"
    assert choices[RoeAct.REQUEST] == choices[RoeAct.CAVEAT] == ""
    assert set(choices) == set(RoeAct), "nothing is left out"
    (waiting,) = driver.desk.roe.board(NOW).signing
    assert (waiting.mine, waiting.why_not) == (False, "roe-authority: the charter lets HQ of XBB sign")
    assert driver.desk.roe.why_not_sign() == waiting.why_not

    driver.node.answers[ListRoe] = evolve(board(), speaks=False, authorities=())
    driver.do(driver.desk.roe.look())
    choices = {choice.act: choice.why_not for choice in driver.desk.roe.issuing.acts()}
    assert choices[RoeAct.REQUEST] == "roe-authority: this device does not speak for its nation"
    assert choices[RoeAct.CANCEL] == "roe-authority: the charter names nobody"


def test_what_cannot_be_done_with_a_notice_says_why() -> None:
    driver, _ = desk()

    def of(entry_id: str) -> dict[RoeAct, str]:
        return {choice.act: choice.why_not for choice in driver.desk.roe.issuing.acts(entry_id)}

    assert of(AUTH.entry_id)[RoeAct.IMPLEMENT] == of(AUTH.entry_id)[RoeAct.CANCEL] == ""
    assert of(AUTH.entry_id)[RoeAct.DENY] == "it stands on REQ only"
    assert of(IMPL.entry_id)[RoeAct.AMEND] == "roe-authority: IMPL 004 is XBB's"
    assert of(UNSIGNED.entry_id)[RoeAct.IMPLEMENT] == "roe-basis: AUTH 005 does not count: signed by 1 of 2"
    assert of(ASKED.entry_id)[RoeAct.AUTHORISE] == of(ASKED.entry_id)[RoeAct.CAVEAT] == ""


# --- fields ---


def test_a_request_is_judged_field_by_field_and_asked_about_once_it_is_whole() -> None:
    driver, issuing, _ = writing(RoeAct.REQUEST)
    assert (row(driver, "channel").text, row(driver, "label").text) == ("ops-north", "RESTRICTED REL XAA, XBB, XCC")
    assert row(driver, "number", 1).verdict == "must be filled"
    put(driver, number_1="104", verb_1="P", text_1="Halt and search")
    assert row(driver, "verb", 1).verdict == "permitted or prohibited"
    assert (seen(driver).wrong, seen(driver).first) == (1, "Status 1 of 104: permitted or prohibited")
    assert not asked(driver, PreviewRoe)
    put(driver, verb_1="li")
    assert row(driver, "verb", 1).verdict == "LIMITED"
    assert [one.notice.rules[0].verb for one in asked(driver, PreviewRoe)] == [RoeVerb.LIMITED]
    assert (seen(driver).name, seen(driver).ready, seen(driver).signatures) == ("REQ 001", True, "")
    put(driver, number_2="104", verb_2="PERMITTED")
    assert row(driver, "number", 2).verdict == "stands here twice"
    put(driver, number_2="", verb_2="")
    for key, text, verdict in (
        ("label", "COSMIC", "unknown: COSMIC"),
        ("label", "SECRET REL XYZ", "unknown: XYZ"),
        ("channel", "nowhere", "no such channel"),
        ("nations", "XDD", "no nation XDD"),
        ("expires", "221500Z", "221500Z is over"),
        ("expires", "221575Z", "no minute 75"),
        ("expires", "soon", "1800Z, +30, 221800Z, now"),
        ("remark", "x" * 1_025, "longer than 1024 bytes"),
    ):
        before = row(driver, key).text
        put(driver, **{key: text})
        assert (row(driver, key).verdict, row(driver, key).bad) == (verdict, True)
        put(driver, **{key: before})
    put(driver, label="RESTRICTED REL XBB", nations="XCC")
    assert row(driver, "nations").verdict == "XCC cannot read it"
    assert row(driver, "label").verdict == "R REL XAA, XBB", "the own nation is always in"
    put(driver, label="", nations="")
    assert row(driver, "label").verdict == "must be filled"
    assert issuing.first_fault(NOW) == ("label", 0)


def test_an_implementation_goes_as_it_was_authorised_or_narrower() -> None:
    driver, issuing, _ = writing(RoeAct.IMPLEMENT, AUTH.entry_id)
    assert (row(driver, "basis").text, row(driver, "basis").good) == ("XBB AUTH 004", True)
    assert [row(driver, key, 1).text for key in ("number", "option", "verb", "specify")] == [
        "104", "B", "PERMITTED", "AREA BLUE",
    ]  # fmt: skip
    request = asked(driver, PreviewRoe)[-1].notice
    assert [(rule.number, rule.verb, rule.text) for rule in request.rules] == [
        ("104", RoeVerb.NONE, ""), ("112", RoeVerb.NONE, ""),
    ], "what nobody changed goes by its number: the node states it"  # fmt: skip
    assert (request.basis, request.label) == (AUTH.entry_id, "RESTRICTED REL XAA, XBB, XCC")
    assert (seen(driver).name, seen(driver).signatures) == ("IMPL 001", "NOT IN FORCE until 2 persons have signed")
    assert next(change.text for change in seen(driver).notice.changes) == "Halt and search of vehicles"
    put(driver, verb_1="PROHIBITED", option_2="C")
    assert row(driver, "verb", 1).good
    assert row(driver, "option", 2).verdict == "AUTH 004 has 112 A"
    put(driver, option_2="A", number_3="900", verb_3="LIMITED")
    assert row(driver, "number", 3).verdict == "AUTH 004 does not have it"
    put(driver, number_3="", verb_3="", ack_by="+30", effective="now")
    request = asked(driver, PreviewRoe)[-1].notice
    assert [(rule.number, rule.verb) for rule in request.rules] == [("104", RoeVerb.PROHIBITED), ("112", RoeVerb.NONE)]
    assert (request.ack_by, request.effective) == (NOW + 1_800, 0)
    assert row(driver, "effective").verdict == "at once"
    assert seen(driver).notice.by == "221612Z NOV 26"
    assert issuing.has_label


def test_an_amendment_leaves_out_what_it_does_not_change() -> None:
    driver, _ = desk()
    ours = evolve(IMPL, nation="XAA", entry_id="aa" * 32)
    driver.node.answers[ListRoe] = evolve(
        board(), notices=(AUTH, ours), speaks=True, issues=True, signs=True, rulings=()
    )
    driver.do(driver.desk.roe.look())
    driver.do(driver.desk.roe.issuing.begin(RoeAct.AMEND, ours.entry_id))
    assert row(driver, "number", 1).verdict == "change something of a rule"
    put(driver, specify_2="by day and by night")
    assert row(driver, "number", 1).verdict == "as it stands: not amended"
    request = asked(driver, PreviewRoe)[-1].notice
    assert [(rule.number, rule.specify) for rule in request.rules] == [("112", "by day and by night")]
    (change,) = seen(driver).notice.changes
    assert (change.old, change.new) == ("by day", "by day and by night")
    put(driver, verb_1="LIMITED", verb_2="PERMITTED")
    assert not row(driver, "verb", 1).bad
    assert "label" not in {one.key for one in seen(driver).fields}, "it keeps the label of what it changes"


@pytest.mark.parametrize(("act", "on", "names"), [
    (RoeAct.DENY, ASKED.entry_id, ["basis", "number", "effective", "remark"]),
    (RoeAct.CANCEL, IMPL.entry_id, ["basis", "number", "effective", "ack_by", "remark"]),
    (RoeAct.CAVEAT, IMPL.entry_id, ["channel", "label", "number", "verb", "text", "effective", "expires"]),
])  # fmt: skip
def test_each_act_has_its_fields(act: RoeAct, on: str, names: list[str]) -> None:
    driver, _, _ = writing(act, on)
    assert [one.key for one in seen(driver).fields if one.row < 2] == names


def test_what_ends_rules_names_them_or_all() -> None:
    driver, _, _ = writing(RoeAct.CANCEL, IMPL.entry_id)
    assert asked(driver, PreviewRoe)[-1].notice.rules == ()
    assert [change.rule for change in seen(driver).notice.changes] == ["104 B", "112 A"]
    put(driver, number_1="999")
    assert row(driver, "number", 1).verdict == "IMPL 004 does not have it"
    put(driver, number_1="104")
    (rule,) = asked(driver, PreviewRoe)[-1].notice.rules
    assert (rule.number, rule.verb, rule.text) == ("104", RoeVerb.NONE, "")


def test_a_caveat_says_what_it_is() -> None:
    driver, _, _ = writing(RoeAct.CAVEAT, IMPL.entry_id)
    put(driver, number_1="104", verb_1="LIMITED")
    assert row(driver, "text", 1).verdict == "a caveat is its text"
    put(driver, text_1="by day only", label="RESTRICTED REL XAA")
    assert row(driver, "verb", 1).verdict == "narrower"
    request = asked(driver, PreviewRoe)[-1].notice
    assert (request.act, request.label, request.basis) == (RoeAct.CAVEAT, "RESTRICTED REL XAA", "")


def test_what_it_refers_to_is_typed_or_chosen_and_its_rules_are_written_out() -> None:
    driver, issuing, _ = writing(RoeAct.IMPLEMENT)
    assert row(driver, "basis").verdict == "which AUTH? F3"
    put(driver, basis="auth-009")
    assert row(driver, "basis").verdict == "no such notice here: F3"
    put(driver, basis="IMPL 004")
    assert row(driver, "basis").verdict == "IMPL does not stand on it"
    put(driver, basis="xbb auth 004")
    assert row(driver, "number", 2).text == "112"
    put(driver, basis="AUTH 005")
    assert row(driver, "basis").verdict == "does not count: signed by 1 of 2"
    assert [choice.title for choice in issuing.bases()][-1].startswith("XBB AUTH 005  roe-basis")
    driver.do(issuing.choose_basis(AUTH.entry_id, NOW))
    put(driver, text_1="in other words")
    driver.do(issuing.choose_basis(UNSIGNED.entry_id, NOW))
    assert row(driver, "text", 1).text == "in other words", "what a person has changed stays"


# --- issuing ---


def test_the_serial_that_was_confirmed_is_the_one_that_is_asked_for() -> None:
    driver, issuing, issued = writing(RoeAct.CANCEL, IMPL.entry_id)
    assert (seen(driver).serial, issuing.issue("c", 1).asks) == ("", ()), (
        "nothing leaves before it was put before the person"
    )
    driver.do(issuing.prepare(NOW))
    assert seen(driver).serial == "001"
    driver.do(issuing.issue("c", 1))
    (request,) = issued.requests
    assert (request.serial, request.client_id, request.basis) == (1, "c", IMPL.entry_id)
    assert issuing.issued
    assert driver.desk.roe.board(NOW).said == "issued XAA CANCEL 001: NOT IN FORCE until another person signs"
    driver.do(issuing.begin(RoeAct.CANCEL, IMPL.entry_id))
    assert not issuing.issued


def test_what_is_typed_after_it_was_asked_for_is_confirmed_anew() -> None:
    driver, issuing, _ = writing(RoeAct.CANCEL, IMPL.entry_id)
    changes = issuing.prepare(NOW)
    put(driver, remark="late")
    driver.do(changes)
    assert seen(driver).serial == ""
    assert not issuing.issue("c", 1).asks


def test_a_refusal_loses_nothing() -> None:
    driver, issuing, _ = writing(RoeAct.CANCEL, IMPL.entry_id)
    put(driver, remark="over")
    driver.do(issuing.prepare(NOW))
    driver.node.answers[IssueRoe] = Refused("roe-sequence", "CANCEL 001 was issued twice")
    driver.do(issuing.issue("c", 1))
    assert (seen(driver).clause, seen(driver).trouble) == ("roe-sequence", "CANCEL 001 was issued twice")
    assert (row(driver, "remark").text, issuing.issued) == ("over", False)
    driver.do(issuing.begin(RoeAct.REQUEST))
    driver.do(issuing.begin(RoeAct.CANCEL, IMPL.entry_id))
    assert row(driver, "remark").text == "over"
    put(driver, remark="over now")
    assert seen(driver).trouble == ""


def test_what_the_node_would_refuse_is_said_before_anything_is_issued() -> None:
    driver, issuing, _ = writing(RoeAct.CANCEL, IMPL.entry_id)
    whole = driver.node.answers[PreviewRoe]

    def refuses(request: PreviewRoe) -> Any:
        return evolve(whole(request), clause="roe-basis", reason="IMPL 004 is not valid itself")  # type: ignore[operator]

    driver.node.answers[PreviewRoe] = refuses
    put(driver, remark="x")
    assert (seen(driver).clause, seen(driver).ready) == ("roe-basis", False)
    driver.do(issuing.prepare(NOW))
    assert (seen(driver).trouble, seen(driver).serial) == ("IMPL 004 is not valid itself", "")
    driver.node.answers[PreviewRoe] = UsageError("expires: must be later than effective")
    put(driver, remark="y")
    assert seen(driver).trouble == "expires: must be later than effective"


def test_nothing_is_prepared_while_a_field_is_wrong() -> None:
    driver, issuing, _ = writing(RoeAct.REQUEST)
    before = len(driver.asked)
    driver.do(issuing.prepare(NOW))
    assert len(driver.asked) == before
    assert seen(driver).trouble.startswith("it is not issued while a field is wrong")


# --- signatures ---


def test_what_too_few_have_signed_stands_by_itself_and_says_so() -> None:
    driver, _ = desk()
    view = driver.desk.roe.board(NOW)
    (waiting,) = view.signing
    assert (waiting.name, waiting.count, waiting.signed, waiting.mine) == (
        "XBB AUTH 005", "1 of 2", "Col A. Reyes, XBB", True,
    )  # fmt: skip
    assert not any(row.key == UNSIGNED.entry_id for row in view.dead)
    notice = driver.desk.roe.notice(UNSIGNED.entry_id, NOW)
    assert notice is not None
    assert notice.endorses
    driver.do(driver.desk.roe.endorse(notice))
    assert [request.id for request in asked(driver, EndorseRoe)] == [UNSIGNED.entry_id]
    assert driver.desk.roe.board(NOW).said == "you signed XBB AUTH 005: signed by 2 of 2"
    driver.node.answers[EndorseRoe] = Refused("roe-authority", "the charter does not name you")
    driver.do(driver.desk.roe.endorse(notice))
    assert "roe-authority" in driver.desk.roe.board(NOW).trouble
    assert driver.desk.roe.board(NOW).said == ""


def test_whoever_has_signed_is_told_how_many_are_missing() -> None:
    driver, _ = desk()
    driver.node.answers[ListRoe] = board(notices=(evolve(UNSIGNED, signed=True),), speaks=True, signs=True)
    driver.do(driver.desk.roe.look())
    assert driver.desk.roe.signing() == ()
    assert driver.desk.roe.why_not_sign() == "you have signed it: it waits for 1 other person"


def test_times_are_put_as_their_fields_take_them() -> None:
    _, issuing, _ = writing(RoeAct.CANCEL, IMPL.entry_id)
    assert [issuing.written_now(key, at(1542)) for key in ("effective", "ack_by", "remark")] == [
        "now", "221542ZNOV26", "",
    ]  # fmt: skip
