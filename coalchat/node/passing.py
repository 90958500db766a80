"""Control documents that pass with time (SPEC 10.2): which key lists are due to whom, and which OTARs serve nobody.

Key lists are long. They go out `preload` before their edition begins, and those further ahead once the running edition
is a segment old: what is needed soon comes first, and a custodian may then be silent for as long as he has published.
After its end an edition concerns its own nation only, whose devices may still take an OTAR of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from coalchat.custody.rekeying import reaches
from coalchat.node.controls import SYNCED, Control, Controls
from protocol.base.errors import AuthenticationError, StateError
from protocol.base.ids import Tag
from protocol.base.limits import MAX_ARRAY
from protocol.base.records import decode, encode_part
from protocol.base.signed import read_signed
from protocol.keys.edition import SegmentKeys, SegmentList
from protocol.keys.otar import Otar, OtarHeader, PrekeyStatement
from protocol.keys.walking import erased_at
from protocol.trust.charter import Charter
from protocol.trust.credential import CustodianCertificate
from protocol.trust.directory import Directory
from protocol.trust.publication import DirectoryPart, Edition


def seat_name(*numbers: int) -> bytes:
    """Numbers as the issuer or place of a document that has no id of its own."""
    return b"".join(number.to_bytes(4, "big") for number in numbers)


def judge_directory(data: bytes, name: bytes, directory: Directory, everyone: int) -> Control:
    """Take a part of a directory.

    Raises:
        StateError: its publication is not here yet. RemoteProtocolError: it is refused.
    """
    part = decode(DirectoryPart, data)
    publication = directory.publication(part.nation, part.custodian)
    if publication is None or publication.number < part.number:
        raise StateError("its publication is not here yet", field="directory")
    seat = seat_name(part.nation, part.custodian, part.part)
    control = Control(name, Tag.DIRECTORY, seat, part.number, everyone, data, seat, (part.number,))
    if publication.number > part.number:
        return control
    directory.apply_directory_part(data)
    last = (part.part + 1) * MAX_ARRAY >= publication.devices
    if last and not directory.listing_complete(part.nation, part.custodian) and part.part == 0:
        raise AuthenticationError
    return control


def check_otar(data: bytes, directory: Directory, nation: int) -> OtarHeader:
    """Verify an OTAR of one of a nation's own custodians; its header.

    Raises:
        StateError: its custodian is not known yet. RemoteProtocolError: it does not verify, or is of another nation.
    """
    signed = read_signed(data, Tag.OTAR)
    custodian = directory.custodian_by_id(signed.signer)
    if custodian is None:
        raise StateError("its custodian is not known yet", field="signer")
    signed.verify(custodian.verify_key)
    header = decode(Otar, signed.body).header
    expected = (directory.coalition.id, custodian.nation, custodian.index)
    if (header.coalition, header.nation, header.custodian) != expected or header.nation != nation:
        raise AuthenticationError
    return header


def seat_renewed(control: Control, directory: Directory) -> bool:
    """Whether a custodian's certificate was renewed for the same keys: the later one says all that it says."""
    before = decode(CustodianCertificate, read_signed(control.data).body)
    now = directory.custodian(before.nation, before.index)
    return now is not None and now.not_before > before.not_before and (now.key, now.mldsa) == (before.key, before.mldsa)


def otar_header(data: bytes) -> OtarHeader:
    """The header of an OTAR that was verified."""
    return decode(Otar, read_signed(data, Tag.OTAR).body).header


def otar_place(header: OtarHeader) -> bytes:
    """Names what an OTAR brings to whom: an OTAR of the same takes its place."""
    return header.device + seat_name(header.custodian, header.edition) + b"".join(map(encode_part, header.compartments))


def otar_over(
    header: OtarHeader, said: PrekeyStatement | None, editions: Iterable[Edition], charter: Charter, now: int
) -> bool:
    """Whether an OTAR serves nobody any more: its first segment is past its hold, or its device has the seeds.

    Args:
        said: the newest statement of its device. editions: that its custodian publishes.
    """
    level = header.compartments[0].level if header.compartments else 0
    if erased_at(charter, level, header.segment) <= now:
        return True
    return (
        said is not None
        and said.counter > header.prekey
        and reaches(said.edition_of(header.custodian), header.edition, editions)
    )


def judge_list(
    data: bytes, name: bytes, directory: Directory, keys: SegmentKeys, everyone: int
) -> tuple[Control, bool]:
    """Take a key list; it, and whether it still has a place: of an edition before those that are published it has none.

    Raises:
        RemoteProtocolError: it is refused, or cannot be judged yet.
    """
    listed = decode(SegmentList, data)
    control = Control(
        name, Tag.SEGMENT_LIST, seat_name(*listed.place), listed.counter, everyone, data,
        rank=(listed.nation, listed.custodian, listed.counter, listed.first, listed.first + len(listed.keys) - 1),
    )  # fmt: skip
    publication = directory.publication(listed.nation, listed.custodian)
    named = () if publication is None else tuple(edition.counter for edition in publication.editions)
    if named and listed.counter < min(named):
        return control, False
    keys.apply(data)
    return control, True


def is_named(control: Control, directory: Directory) -> bool:
    """Whether a publication names the edition of a key list."""
    nation, custodian, counter, *_ = control.rank
    publication = directory.publication(nation, custodian)
    return publication is not None and any(edition.counter == counter for edition in publication.editions)


def timely(control: Control, to: int, directory: Directory, charter: Charter, now: int) -> bool:
    """Whether a document is to be offered to a nation now; only key lists wait for their time."""
    if control.tag is not Tag.SEGMENT_LIST:
        return True
    nation, custodian, _, first, last = control.rank
    segment = now // charter.segment
    if segment > last:
        return to == nation
    if first * charter.segment - charter.preload <= now:
        return True
    publication = directory.publication(nation, custodian)
    running = () if publication is None else publication.current_editions(segment)
    return any(edition.first < segment for edition in running)


def inventory(
    controls: Controls, nation: int, directory: Directory, charter: Charter, now: int, *, carries: bool
) -> tuple[tuple[int, bytes], ...]:
    """(tag, hash) of every control document that nodes of a nation may be given, in the order of `SYNCED`."""
    order = {tag: place for place, tag in enumerate(SYNCED)}
    allowed = [
        c
        for c in controls.values()
        if c.is_for(nation, carries=carries)
        and (c.tag is not Tag.SEGMENT_LIST or timely(c, nation, directory, charter, now))
    ]
    allowed.sort(key=lambda c: (order[c.tag], c.number, c.hash))
    return tuple((int(c.tag), c.hash) for c in allowed)
