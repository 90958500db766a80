"""Who has copied a home, with its passphrase, and everything that went over the wire.

thief = Thief.of(home, tmp_path / "copy", (envelopes, otars))
assert thief.opens(envelope)
"""

from __future__ import annotations

import shutil
from pathlib import Path

import attrs

from coalchat.node.keyring import KeysInFile
from coalchat.node.passing import otar_header
from coalchat.paths import Home, ensure_private_home
from protocol.base import crypto
from protocol.base.errors import AuthenticationError
from protocol.base.ids import Tag
from protocol.base.records import decode
from protocol.base.signed import read_signed
from protocol.keys.envelope import Envelope, open_slot
from protocol.keys.keyring import HeldSeed, KeyRing
from protocol.keys.otar import Otar, OtarSeeds, _info
from protocol.vectors.drbg import Drbg
from tests.fakes.nodes import PASSPHRASE, Running


@attrs.define
class Thief:
    """A copy of one home's key ring, and what opens with it."""

    ring: KeyRing
    seeds: list[HeldSeed] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.seeds = [*self.ring.seeds, *(seed for keys in self.ring.custodian for seed in keys.seeds)]

    @classmethod
    def of(cls, home: Home, copy: Path) -> Thief:
        """Copy a home whose node may still run, and unlock the copy."""
        shutil.copytree(home.path, copy)
        copy.chmod(0o700)
        return cls(KeysInFile(ensure_private_home(copy).keys, Drbg("thief")).unlock(PASSPHRASE))

    def reads(self, otars: list[bytes]) -> int:
        """Open recorded OTARs with the prekeys of the copy, and keep their seeds; how many opened."""
        opened = 0
        for data in otars:
            otar = decode(Otar, read_signed(data, Tag.OTAR).body)
            for prekey in self.ring.prekeys:
                info = _info(otar.header, crypto.xwing_public(prekey.seed))
                try:
                    seeds = decode(OtarSeeds, crypto.hpke_open(prekey.seed, info, otar.sealed))
                except AuthenticationError:
                    continue
                opened += 1
                header = otar.header
                self.seeds += [
                    HeldSeed(header.custodian, header.edition, c.level, c.category, header.segment, header.last, seed)
                    for c, seed in zip(header.compartments, seeds.seeds, strict=True)
                ]
        return opened

    def opens(self, envelope: Envelope) -> bool:
        """Whether any seed of the copy opens any slot of an envelope."""
        ctx = envelope.context
        for index, slot in enumerate(ctx.slots):
            for seed in self.seeds:
                here = (seed.custodian, seed.counter, seed.level, seed.category)
                if here != (slot.custodian, slot.counter, *ctx.release.compartment):
                    continue
                segment = min(ctx.segment, seed.last)  # an edition's last key serves longer at some levels
                if seed.segment > segment:
                    continue
                try:
                    open_slot(envelope, index, seed.chain(slot.nation).private(segment))
                except AuthenticationError:
                    continue
                return True
        return False


def recorded_otars(*nodes: Running) -> list[bytes]:
    """The OTARs that lie at some nodes now."""
    return [control.data for node in nodes for control in node.station.context.member.controls.of(Tag.OTAR)]


def editions_of(otars: list[bytes]) -> set[int]:
    return {otar_header(data).edition for data in otars}
