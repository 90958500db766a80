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
from protocol.trust.revocation import DeviceRevocation


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


def demands(controls: Controls) -> tuple[RekeyDemand, ...]:
    """The newest demand of each of our nation's custodians, in the order of their time."""
    found = (decode(RekeyDemand, read_signed(c.data, Tag.REKEY_DEMAND).body) for c in controls.of(Tag.REKEY_DEMAND))
    return tuple(sorted(found, key=lambda demand: (demand.at, demand.custodian)))


def orders_of_others(controls: Controls, nation: int, index: int) -> tuple[tuple[int, bytes], ...]:
    """When other seats of a nation ordered a rekey, and the random value of it; none where it was a revocation."""
    acts = (decode(DeviceRevocation, read_signed(c.data, Tag.REVOCATION).body) for c in controls.of(Tag.REVOCATION))
    found = [(d.at, d.request) for d in demands(controls) if d.custodian != index]
    found += [(act.at, b"") for act in acts if act.nation == nation and act.custodian != index]
    return tuple(sorted(found, reverse=True))


def newest_demand(controls: Controls, custodian: int) -> RekeyDemand | None:
    """The newest demand of one of our nation's custodians."""
    for control in controls.at(Tag.REKEY_DEMAND, seat_name(custodian)):
        return decode(RekeyDemand, read_signed(control.data, Tag.REKEY_DEMAND).body)
    return None
