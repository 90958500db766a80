"""The demand of an emergency rekey (SPEC 7.5): state a new prekey, and show by this value that it is new.

A network that withholds a device's newer statements could keep its custodian on one that is older than the theft. A
statement that carries the demand's random value was made after the demand was.
"""

from __future__ import annotations

from typing import Annotated

from protocol.base.errors import AuthenticationError
from protocol.base.ids import Tag
from protocol.base.records import Bin, decode, encode, record
from protocol.base.signed import Signed, SigningKey, read_signed, sign
from protocol.trust.charter import TIME
from protocol.trust.credential import CUSTODIAN, CustodianCertificate, custodian_id
from protocol.trust.label import NATION
from protocol.trust.publication import COUNTER

REQUEST = 16


@record(Tag.REKEY_DEMAND)
class RekeyDemand:
    """A custodian demands new prekeys of his nation's devices.

    Attributes:
        edition: counter of the first edition drawn for this rekey; it rises, and the highest counts.
        request: random; statements that answer carry it.
        at: Unix time when it was made.
    """

    coalition: Annotated[bytes, Bin(16)]
    nation: Annotated[int, NATION]
    custodian: Annotated[int, CUSTODIAN]
    edition: Annotated[int, COUNTER]
    request: Annotated[bytes, Bin(REQUEST)]
    at: Annotated[int, TIME]


def sign_demand(demand: RekeyDemand, custodian: SigningKey) -> Signed:
    """Sign a demand as custodian."""
    signer = custodian_id(demand.coalition, demand.nation, demand.custodian)
    return sign(Tag.REKEY_DEMAND, signer, encode(demand), custodian)


def check_demand(custodian: CustodianCertificate, data: bytes) -> RekeyDemand:
    """Verify a demand under the certificate of the custodian whom it names as signer.

    Raises:
        RemoteProtocolError: malformed, or not that custodian's.
    """
    signed = read_signed(data, Tag.REKEY_DEMAND)
    if signed.signer != custodian_id(custodian.coalition, custodian.nation, custodian.index):
        raise AuthenticationError
    signed.verify(custodian.verify_key)
    demand = decode(RekeyDemand, signed.body)
    expected = (custodian.coalition, custodian.nation, custodian.index)
    if (demand.coalition, demand.nation, demand.custodian) != expected:
        raise AuthenticationError
    return demand
