"""What a custodian orders at once (SPEC 6.5, 7.5): revocations and demands, judged into control documents.

Rule 1: a revocation is for all nations; a demand says which nation rekeys, and stays in it.
Rule 2: of one device, and of one seat, one document is kept: that of the highest rank.
"""

from __future__ import annotations

from coalchat.node.controls import Control, Controls
from coalchat.node.passing import seat_name
from protocol.base.errors import AuthenticationError, StateError
from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.keys.demand import RekeyDemand, check_demand
from protocol.trust.directory import Directory


def judge_revocation(directory: Directory, data: bytes, name: bytes, audience: int) -> Control:
    """Verify a revocation and let it count.

    Raises:
        RemoteProtocolError: as `Directory.apply_revocation`.
    """
    act = directory.apply_revocation(data)
    return Control(name, Tag.REVOCATION, act.device, act.at, audience, data, act.device, act.rank(name))


def judge_demand(directory: Directory, nation: int, data: bytes, name: bytes) -> Control:
    """Verify a demand of one of our nation's custodians.

    Raises:
        RemoteProtocolError: it does not verify, or another nation's custodian made it.
    """
    signer = read_signed(data, Tag.REKEY_DEMAND).signer
    custodian = directory.custodian_by_id(signer)
    if custodian is None:
        raise StateError("its custodian is not known yet", field="signer")
    if custodian.nation != nation:
        raise AuthenticationError
    demand = check_demand(custodian, data)
    place, rank = seat_name(custodian.index), (demand.edition,)
    return Control(name, Tag.REKEY_DEMAND, signer, demand.edition, 1 << nation, data, place, rank)


def newest_demand(controls: Controls, custodian: int) -> RekeyDemand | None:
    """The newest demand of one of our nation's custodians."""
    for control in controls.at(Tag.REKEY_DEMAND, seat_name(custodian)):
        return decode(RekeyDemand, read_signed(control.data, Tag.REKEY_DEMAND).body)
    return None
