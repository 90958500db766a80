"""Who may issue rules of engagement (SPEC 6.1, setting 3; SPEC 8.11): what the charter says of ROE.

A name in it is a person's or an appointment's, as the nation's custodian certifies it: who bears it is that nation's
affair. Without the setting nobody authorises anything.
"""

from __future__ import annotations

from typing import Annotated, Final

from protocol.base.errors import DecodeError
from protocol.base.limits import MAX_DISPLAY_NAME
from protocol.base.records import Flag, Name, Part, Seq, Uint, decode, encode_part, record
from protocol.trust.label import NATION

SETTING_ROE: Final = 3
"""Tag of the setting that names the ROE authorities."""
MAX_ROE_AUTHORITIES: Final = 16
MAX_ROE_SIGNATURES: Final = 8


@record()
class RoeAuthority:
    """One who may issue ROE notices, or sign those of others.

    Attributes:
        nation: charter index.
        name: as certified; empty: every person of that nation.
        issues: he may issue notices, too; otherwise he signs what others issue.
    """

    nation: Annotated[int, NATION]
    name: Annotated[str, Name(MAX_DISPLAY_NAME, 0)]
    issues: Annotated[bool, Flag()]


@record()
class RoeSetting:
    """Value of the setting.

    Attributes:
        signatures: of how many persons a notice needs the signature, its author's included.
    """

    signatures: Annotated[int, Uint(MAX_ROE_SIGNATURES, 1)]
    authorities: Annotated[tuple[RoeAuthority, ...], Seq(Part(RoeAuthority), MAX_ROE_AUTHORITIES, 1, ascending=True)]

    @property
    def packed(self) -> bytes:
        """As it stands in a charter."""
        return encode_part(self)


def read_roe_setting(value: bytes, nations: int) -> RoeSetting:
    """Decode the setting's value.

    Args:
        nations: how many the charter has.

    Raises:
        RemoteProtocolError: malformed, names a nation that is none, or nobody who issues anything.
    """
    setting = decode(RoeSetting, value)
    if any(each.nation >= nations for each in setting.authorities):
        raise DecodeError("names a nation that the charter does not have", field="authorities")
    if not any(each.issues for each in setting.authorities):
        raise DecodeError("names nobody who issues notices", field="authorities")
    return setting
