"""Demands of new prekeys: the custodian's own, and no other's."""

from __future__ import annotations

import pytest

from protocol.base.errors import AuthenticationError, RemoteProtocolError
from protocol.base.records import encode, evolve
from protocol.base.signed import sign
from protocol.keys.demand import REQUEST, RekeyDemand, check_demand, sign_demand
from protocol.trust.credential import custodian_id
from tests.fakes.coalition import make_coalition

WORLD = make_coalition()
XAA, XBB = WORLD.nation("XAA"), WORLD.nation("XBB")
DEMAND = RekeyDemand(WORLD.id, 0, 0, 4, bytes(range(REQUEST)), WORLD.now)


def test_a_demand_verifies_under_its_custodian_only() -> None:
    data = sign_demand(DEMAND, XAA.custodian).data
    assert check_demand(XAA.custodian_certificate, data) == DEMAND
    with pytest.raises(AuthenticationError):
        check_demand(XBB.custodian_certificate, data)
    with pytest.raises(AuthenticationError):
        check_demand(XAA.custodian_certificate, sign_demand(DEMAND, WORLD.device("XAA").key).data)


@pytest.mark.parametrize("field", ["coalition", "nation", "custodian"])
def test_what_it_says_of_itself_is_compared(field: str) -> None:
    changed = evolve(DEMAND, **{field: bytes(16) if field == "coalition" else 1})
    signer = custodian_id(WORLD.id, 0, 0)
    data = sign(sign_demand(DEMAND, XAA.custodian).tag, signer, encode(changed), XAA.custodian).data
    with pytest.raises(AuthenticationError):
        check_demand(XAA.custodian_certificate, data)


def test_another_kind_of_document_is_none() -> None:
    with pytest.raises(RemoteProtocolError):
        check_demand(XAA.custodian_certificate, XAA.publication_document.data)
