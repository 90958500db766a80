"""Documents of a fake coalition for tests of the trusted set: any kind applied, renewed, listed anew."""

from __future__ import annotations

from typing import Any

from protocol.base.errors import DecodeError
from protocol.base.ids import Tag
from protocol.base.records import encode, evolve
from protocol.base.signed import read_signed
from protocol.trust.credential import (
    certificate_hash,
    issue_certificate,
)
from protocol.trust.directory import Directory
from protocol.trust.publication import DirectoryPart, Publication, directory_root, publication_hash, publish
from tests.fakes.coalition import FakeCoalition
from tests.fakes.nation import FULL, FakeDevice

TWO = {"XAA": (FULL, FULL)}


def apply(directory: Directory, data: bytes) -> object:
    """Any document, by its kind."""
    try:
        tag = read_signed(data).tag
    except DecodeError:
        return directory.apply_directory_part(data)
    by_tag = {
        Tag.CUSTODIAN_CERTIFICATE: directory.apply_custodian,
        Tag.CERTIFICATE: directory.apply_certificate,
        Tag.PUBLICATION: directory.apply_publication,
    }
    return by_tag[tag](data)


def renewed(world: FakeCoalition, device: FakeDevice, **changes: Any) -> bytes:
    return issue_certificate(evolve(device.certificate, **changes), world.nation(device.code).custodian).data


def part_of(world: FakeCoalition, number: int, hashes: tuple[bytes, ...], *, part: int = 0) -> bytes:
    return encode(DirectoryPart(world.id, 0, 0, number, part, hashes))


def following(world: FakeCoalition, **changes: Any) -> Publication:
    """XAA's next publication, which names the one before it."""
    before = world.directory.publication(0, 0)
    assert before is not None
    document = world.directory.chain(world.device("XAA").id)[1]
    return evolve(before, **{"number": before.number + 1, "previous": publication_hash(document)} | changes)


def relist(world: FakeCoalition, certificates: list[bytes], **changes: Any) -> None:
    """Publish and apply a directory of these certificates."""
    hashes = tuple(certificate_hash(data) for data in certificates)
    publication = following(world, directory=directory_root(hashes), devices=len(hashes), **changes)
    world.directory.apply_publication(publish(publication, world.nation("XAA").custodian).data)
    world.directory.apply_directory_part(part_of(world, publication.number, hashes))
