"""The table of operations, and that every record in it can travel."""

from __future__ import annotations

from typing import get_args

import pytest

from coalchat.api import (
    about,
    amendment,
    deadlines,
    direct,
    drafts,
    emergency,
    enrolment,
    events,
    evidence,
    history,
    national,
    nouns,
    renewal,
    reports,
    requests,
    responses,
    roe,
    roe_log,
    scopes,
    search,
    threads,
    versions,
)
from coalchat.api.base import Request, Response, answer_of
from coalchat.api.operations import OPERATIONS
from coalchat.api.scopes import Scope
from coalchat.api.shapes import _shape
from coalchat.api.vocabulary import Answer, Precedence, Role, State
from coalchat.errors import NotAuthorised
from coalchat.record import fields_of, is_record
from protocol.messages import receipts
from protocol.trust import credential

MODULES = (
    requests,
    amendment,
    deadlines,
    direct,
    emergency,
    enrolment,
    evidence,
    history,
    national,
    drafts,
    renewal,
    versions,
    roe,
    roe_log,
    reports,
    search,
    threads,
    responses,
    about,
    nouns,
    events,
)
RECORDS: set[type] = {
    cls for module in MODULES for cls in vars(module).values() if isinstance(cls, type) and is_record(cls)
}


def test_these_are_the_operations_with_their_scopes() -> None:
    table = {op: cls.scope for op, cls in OPERATIONS.items()}
    assert table == {
        "hello": None,
        "unlock": Scope.READ,
        "status": Scope.READ,
        "stop": Scope.ADMIN,
        "passphrase.check": Scope.READ,
        "channel.list": Scope.READ,
        "channel.create": Scope.ADMIN,
        "channel.widen": Scope.ADMIN,
        "channel.minimize": Scope.ADMIN,
        "channel.deputy": Scope.ADMIN,
        "channel.admin": Scope.ADMIN,
        "label.preview": Scope.READ,
        "message.send": Scope.SEND,
        "message.list": Scope.READ,
        "message.show": Scope.READ,
        "message.mark": Scope.SEND,
        "message.acknowledge": Scope.SEND,
        "message.status": Scope.READ,
        "message.correct": Scope.SEND,
        "message.versions": Scope.READ,
        "message.recall": Scope.SEND,
        "message.remind": Scope.SEND,
        "message.accounts": Scope.READ,
        "message.search": Scope.READ,
        "message.thread": Scope.READ,
        "report.drafts": Scope.SEND,
        "report.draft": Scope.SEND,
        "draft.list": Scope.SEND,
        "draft.set": Scope.SEND,
        "roe.list": Scope.READ,
        "roe.show": Scope.READ,
        "roe.log": Scope.READ,
        "roe.preview": Scope.READ,
        "roe.issue": Scope.SEND,
        "roe.endorse": Scope.SEND,
        "roe.acknowledge": Scope.SEND,
        "report.forms": Scope.READ,
        "report.form_add": Scope.ADMIN,
        "report.form_remove": Scope.ADMIN,
        "report.file": Scope.SEND,
        "report.list": Scope.READ,
        "events.next": Scope.READ,
        "peer.add": Scope.ADMIN,
        "peer.list": Scope.READ,
        "peer.remove": Scope.ADMIN,
        "audit.list": Scope.READ,
        "node.offline": Scope.ADMIN,
        "nation.list": Scope.READ,
        "policy.show": Scope.READ,
        "policy.national": Scope.ADMIN,
        "keys.show": Scope.READ,
        "keys.confirm_clock": Scope.ADMIN,
        "keys.revoke": Scope.ADMIN,
        "keys.rekey": Scope.ADMIN,
        "evidence.export": Scope.READ,
        "evidence.check": Scope.READ,
        "history.ask": Scope.ADMIN,
        "history.list": Scope.ADMIN,
        "history.approve": Scope.ADMIN,
        "history.refuse": Scope.ADMIN,
        "direct.list": Scope.READ,
        "direct.words": Scope.READ,
        "direct.confirm": Scope.ADMIN,
        "direct.withdraw": Scope.ADMIN,
        "charter.admit": Scope.ADMIN,
        "charter.suspend": Scope.ADMIN,
        "charter.reinstate": Scope.ADMIN,
        "charter.sign": Scope.ADMIN,
        "invite.create": Scope.ADMIN,
        "invite.list": Scope.ADMIN,
        "invite.approve": Scope.ADMIN,
        "invite.withdraw": Scope.ADMIN,
        "join": Scope.ADMIN,
        "join.status": Scope.ADMIN,
        "nation.devices": Scope.READ,
        "nation.renew": Scope.ADMIN,
        "keys.renew": Scope.ADMIN,
        "custodian.request": Scope.ADMIN,
        "custodian.certify": Scope.ADMIN,
        "custodian.list": Scope.READ,
        "custodian.keying": Scope.ADMIN,
    }


def test_every_request_stands_in_the_table() -> None:
    made = {cls for cls in RECORDS if issubclass(cls, Request)}
    assert made == set(OPERATIONS.values())


@pytest.mark.parametrize("cls", OPERATIONS.values(), ids=lambda cls: cls.op)
def test_every_request_has_an_answer_and_is_frozen(cls: type[Request[Response]]) -> None:
    assert issubclass(answer_of(cls), Response)
    assert answer_of(cls) in RECORDS
    assert cls.__doc__


def test_every_record_s_fields_can_travel() -> None:
    for cls in RECORDS:
        assert set(_shape(cls)) == set(fields_of(cls))


def test_the_kind_of_an_event_is_no_field_of_it() -> None:
    kinds = {body.kind: _shape(body) for body in get_args(events.Body)}
    assert list(kinds) == [
        "message",
        "receipt",
        "state",
        "purged",
        "mark",
        "marked",
        "roe",
        "rekey",
        "link",
        "audit",
        "control",
    ]
    assert not any("kind" in shape for shape in kinds.values())


def test_secrets_do_not_show_in_a_representation() -> None:
    shown = [
        repr(requests.Unlock(passphrase=b"SECRET")),
        repr(requests.Hello(api_version=1, client_name="x", token="SECRET", scopes=())),
        repr(enrolment.Join(code="SECRET", display_name="Berg")),
        repr(enrolment.InviteCode(code="SECRET", invite_id="x", expires=1)),
    ]
    assert not any("SECRET" in line for line in shown)


def test_scopes_do_not_contain_each_other() -> None:
    scopes.require(None, ())
    scopes.require(Scope.SEND, scopes.ALL)
    with pytest.raises(NotAuthorised, match="scope read"):
        scopes.require(Scope.READ, (Scope.ADMIN, Scope.SEND))


def test_the_words_are_the_protocol_s() -> None:
    assert [word.value for word in Precedence] == [word.name for word in credential.Precedence]
    assert [word.value.upper() for word in Role] == [word.name for word in credential.Role]
    assert [word.value.upper() for word in Answer] == [word.name for word in receipts.Response]


def test_precedences_are_ordered_as_the_protocol_s() -> None:
    assert [word.rank for word in Precedence] == [int(word) for word in credential.Precedence]
    assert max(Precedence, key=lambda word: word.rank) is Precedence.FLASH


def test_a_state_reaches_what_lies_before_it_and_never_an_end_without_success() -> None:
    ladder = [State.QUEUED, State.SENT, State.HELD, State.DELIVERED, State.READ, State.ACKNOWLEDGED]
    for index, state in enumerate(ladder):
        assert [state.reaches(target) for target in ladder] == [index >= other for other in range(6)]
    for state in State:
        assert not state.reaches(State.REFUSED)
        assert not State.EXPIRED.reaches(state)
