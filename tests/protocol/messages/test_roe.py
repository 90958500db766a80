"""ROE notices: what one may say, and who the charter lets say it."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.base.errors import DecodeError, LocalProtocolError, RemoteProtocolError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_RULES
from protocol.base.records import encode, evolve
from protocol.messages.payload import FORMAT, Payload, decode_payload, encode_payload, kind_of
from protocol.messages.roe import RoeAct, RoeEndorsementPayload, RoeRule, RoeVerb
from protocol.messages.signatory import Authorities, Signatory, authorities
from protocol.messages.versions import CORRECTABLE, RECALLABLE
from protocol.trust.authority import SETTING_ROE, RoeAuthority, RoeSetting, read_roe_setting
from protocol.trust.charter import Setting, read_charter
from protocol.trust.credential import Role
from tests.protocol.messages.rules import COMFOR, HALT, LEGAD, LINE, NOW, SAAR, notice
from tests.protocol.vector_files import only

REQUEST = notice(RoeAct.REQUEST, 1, HALT)
IMPLEMENT = notice(RoeAct.IMPLEMENT, 5, HALT, LINE, on="AUTH 004", nations=(0, 2), expires=NOW, ack_by=NOW)
CANCEL = notice(RoeAct.CANCEL, 1, on="IMPL 005")
CAVEAT = notice(RoeAct.CAVEAT, 1, evolve(HALT, verb=int(RoeVerb.LIMITED), text="with an officer of ours"))


@pytest.mark.parametrize(
    "payload",
    [
        REQUEST,
        notice(RoeAct.AUTHORISE, 1, HALT),
        notice(RoeAct.AUTHORISE, 1, HALT, on="REQ 001"),
        notice(RoeAct.DENY, 1, on="REQ 001"),
        IMPLEMENT,
        notice(RoeAct.AMEND, 1, HALT, on="IMPL 005"),
        CANCEL,
        evolve(CANCEL, rules=(RoeRule("104", "", 0, "", ""),)),
        CAVEAT,
    ],
    ids=lambda payload: payload.name,
)
def test_notices_round_trip(payload: Payload) -> None:
    assert decode_payload(encode_payload(payload)) == payload
    assert kind_of(payload) is Tag.ROE_NOTICE


def test_an_endorsement_names_a_notice() -> None:
    payload = RoeEndorsementPayload(FORMAT, NOW, False, (), b"n" * 32)
    assert decode_payload(encode_payload(payload)) == payload
    assert kind_of(payload) is Tag.ROE_ENDORSEMENT


def test_its_name_and_its_rules() -> None:
    assert IMPLEMENT.name == "IMPL 005"
    assert IMPLEMENT.numbers == {"104", "112"}
    assert (IMPLEMENT.rule("112"), IMPLEMENT.rule("1")) == (LINE, None)


@pytest.mark.parametrize(
    ("payload", "changes", "field"),
    [
        (REQUEST, {"basis": b"b" * 32}, "basis"),
        (CAVEAT, {"basis": b"b" * 32}, "basis"),
        (IMPLEMENT, {"basis": b""}, "basis"),
        (CANCEL, {"basis": b""}, "basis"),
        (IMPLEMENT, {"rules": ()}, "rules"),
        (IMPLEMENT, {"rules": (HALT, evolve(HALT, option="C"))}, "rules"),
        (IMPLEMENT, {"effective": NOW}, "expires"),
        (CANCEL, {"expires": NOW}, "expires"),
        (IMPLEMENT, {"rules": (evolve(HALT, verb=0),)}, "verb"),
        (CAVEAT, {"rules": (evolve(HALT, verb=int(RoeVerb.RETAINED)),)}, "verb"),
        (CAVEAT, {"rules": (evolve(HALT, text=""),)}, "text"),
        (CANCEL, {"rules": (HALT,)}, "verb"),
        (CANCEL, {"rules": (evolve(HALT, verb=0, specify=""),)}, "verb"),
        (CANCEL, {"rules": (evolve(HALT, verb=0, text=""),)}, "verb"),
        (IMPLEMENT, {"rules": tuple(evolve(HALT, number=str(n), text="x" * 1_000) for n in range(17))}, "rules"),
    ],
)
def test_a_notice_against_its_rules_is_refused(payload: Any, changes: dict[str, Any], field: str) -> None:
    bad = evolve(payload, **changes)
    with pytest.raises(DecodeError) as refusal:
        decode_payload(encode(bad))
    assert refusal.value.field == field
    with pytest.raises(LocalProtocolError) as bug:
        encode_payload(bad)
    assert bug.value.field == field


def test_as_many_rules_as_fit() -> None:
    rules = tuple(evolve(HALT, number=f"R{n}") for n in range(MAX_RULES))
    assert decode_payload(encode_payload(evolve(IMPLEMENT, rules=rules))) == evolve(IMPLEMENT, rules=rules)
    with pytest.raises(LocalProtocolError):
        encode_payload(evolve(IMPLEMENT, rules=(*rules, HALT)))


def test_nothing_of_it_is_edited_or_recalled() -> None:
    assert not {Tag.ROE_NOTICE, Tag.ROE_ENDORSEMENT} & (CORRECTABLE | RECALLABLE)


# --- the charter's word ---

SETTING = RoeSetting(2, (RoeAuthority(0, "COMFOR", True), RoeAuthority(1, "", False)))


@pytest.mark.parametrize(
    ("who", "issues", "signs", "counts"),
    [
        (COMFOR, True, True, True),
        (evolve(COMFOR, name="Comfor"), False, False, True),
        (evolve(COMFOR, nation=1), False, True, True),
        (LEGAD, False, True, True),
        (evolve(LEGAD, role=int(Role.BOT)), False, False, False),
        (evolve(COMFOR, role=int(Role.AUDITOR)), False, False, False),
        (evolve(COMFOR, role=int(Role.RELAY)), False, False, False),
        (SAAR, False, False, True),
    ],
)
def test_who_may(who: Signatory, issues: bool, signs: bool, counts: bool) -> None:
    rules = Authorities(SETTING.signatures, SETTING.authorities)
    assert (rules.may_issue(who), rules.may_sign(who), rules.counts(who)) == (issues, signs, counts)


def test_nobody_of_a_suspended_nation() -> None:
    rules = Authorities(1, SETTING.authorities, frozenset({0}))
    assert (rules.may_issue(COMFOR), rules.may_sign(COMFOR), rules.counts(COMFOR)) == (False, False, False)


def test_it_is_read_from_the_charter() -> None:
    charter = read_charter(bytes.fromhex(only("trust", "charter")["encoded"]))
    assert authorities(charter) == Authorities()
    assert not authorities(charter).may_issue(COMFOR)
    named = evolve(charter, settings=(*charter.settings, Setting(SETTING_ROE, SETTING.packed)))
    assert authorities(read_charter(encode(named))) == Authorities(2, SETTING.authorities)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (evolve(SETTING, authorities=(RoeAuthority(3, "", True),)).packed, "authorities"),
        (evolve(SETTING, authorities=(RoeAuthority(0, "", False),)).packed, "authorities"),
        (b"", "record"),
        (SETTING.packed + b"\0", "record"),
        (b"\x92\x00" + SETTING.packed[2:], "signatures"),
    ],
)
def test_a_setting_against_its_rules_is_refused(value: bytes, field: str) -> None:
    with pytest.raises(RemoteProtocolError) as refusal:
        read_roe_setting(value, 3)
    assert refusal.value.field == field
    charter = read_charter(bytes.fromhex(only("trust", "charter")["encoded"]))
    with pytest.raises(RemoteProtocolError):
        read_charter(encode(evolve(charter, settings=(*charter.settings, Setting(SETTING_ROE, value)))))
