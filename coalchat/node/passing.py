"""Control documents that pass with time (SPEC 10.2): which key lists are due to whom, and which OTARs serve nobody.

Key lists are long. They go out `preload` before their edition begins, and those further ahead once the running edition
is a segment old: what is needed soon comes first, and a custodian may then be silent for as long as he has published.
After its end an edition concerns its own nation only, whose devices may still take an OTAR of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from coalchat.custody.rekeying import reaches
from coalchat.node.controls import SYNCED, Control, Controls
from protocol.base.ids import Tag
from protocol.base.records import decode, encode_part
from protocol.base.signed import read_signed
from protocol.keys.otar import Otar, OtarHeader, PrekeyStatement
from protocol.keys.walking import erased_at
from protocol.trust.charter import Charter
from protocol.trust.directory import Directory
from protocol.trust.publication import Edition


def seat_name(*numbers: int) -> bytes:
    """Numbers as the issuer or place of a document that has no id of its own."""
    return b"".join(number.to_bytes(4, "big") for number in numbers)


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
    return said is not None and said.counter > header.prekey and reaches(said.edition, header.edition, editions)


def is_named(control: Control, directory: Directory) -> bool:
    """Whether a publication names the edition of a key list."""
    nation, custodian, counter, *_ = control.rank
    publication = directory.publication(nation, custodian)
    return publication is not None and any(edition.counter == counter for edition in publication.editions)


def timely(control: Control, to: int, directory: Directory, charter: Charter, now: int) -> bool:
    """Whether a key list is to be offered to a nation now."""
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
    controls: Controls, nation: int, directory: Directory, charter: Charter, now: int
) -> tuple[tuple[int, bytes], ...]:
    """(tag, hash) of every control document that nodes of a nation may be given, in the order of `SYNCED`."""
    order = {tag: place for place, tag in enumerate(SYNCED)}
    allowed = [
        c
        for c in controls.values()
        if c.audience >> nation & 1 and (c.tag is not Tag.SEGMENT_LIST or timely(c, nation, directory, charter, now))
    ]
    allowed.sort(key=lambda c: (order[c.tag], c.number, c.hash))
    return tuple((int(c.tag), c.hash) for c in allowed)
