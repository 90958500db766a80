"""Attack 9 (Olm's 8-byte MAC; suite downgrade): nothing shorter, older or weaker is accepted in place of the real thing."""

from __future__ import annotations

import pytest
import trio
import trio.testing
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from OpenSSL import SSL

from coalchat.net.identity import Identity
from coalchat.net.tls import HandshakeError, handshake
from protocol.base import crypto
from protocol.base.codec import pack, unpack
from protocol.base.errors import AuthenticationError, RemoteProtocolError, VersionError
from protocol.base.ids import Tag
from protocol.base.records import encode, encode_part, evolve
from protocol.exchange.messages import Hello
from protocol.exchange.session import SyncSettings
from protocol.exchange.sync import Sync
from protocol.keys.envelope import NATIONS, info, open_slot, own_slots, read_envelope
from protocol.messages.entry import open_entry, read_entry
from protocol.trust.charter import found, sign_charter
from tests.attacks.objects import BO, ENTRY, OBJECTS, SEALED, WORLD, SignedObject
from tests.attacks.test_17_flipped_bits import signed_again
from tests.net.streams import drive, foreign, pump, tapped_pair


@pytest.mark.parametrize("one", OBJECTS, ids=lambda one: one.name)
@pytest.mark.parametrize("keep", [0, 8, 16, 32, 63])
def test_a_truncated_signature(one: SignedObject, keep: int) -> None:
    whole = one.signed(one.domain)
    one.door(whole)
    fields = unpack(whole)
    assert isinstance(fields, tuple)
    assert isinstance(fields[-1], bytes)
    with pytest.raises(RemoteProtocolError):
        one.door(pack((*fields[:-1], fields[-1][:keep])))


@pytest.mark.parametrize("one", [one for one in OBJECTS if one.hybrid], ids=lambda one: one.name)
def test_one_half_of_a_hybrid_signature(one: SignedObject) -> None:
    """Ed25519 alone, ML-DSA alone, and either with noise in the other's place."""
    ed25519 = crypto.ed25519_sign(one.key.ed25519, one.domain, one.message)
    both = crypto.hybrid_sign(one.key.ed25519, one.key.mldsa, one.domain, one.message)
    mldsa = both[len(ed25519) :]
    for signature in (ed25519, mldsa, ed25519 + bytes(len(mldsa)), bytes(64) + mldsa):
        with pytest.raises(RemoteProtocolError):
            one.door(one.under(signature))


@pytest.mark.parametrize("keep", [0, 8, 15])
def test_a_truncated_tag(keep: int) -> None:
    """An entry whose ciphertext lost the end of its tag; also one that its author so made and signed."""
    open_entry(ENTRY, SEALED.tek)
    cut = ENTRY.ct[: len(ENTRY.ct) - crypto.AEAD_TAG + keep]
    wire = pack((int(Tag.ENTRY), ENTRY.base_data, ENTRY.salt, cut, ENTRY.signature))
    with pytest.raises(RemoteProtocolError):
        read_entry(wire)


def test_a_wrap_that_is_classical_only() -> None:
    """X25519 alone, as HPKE knows it too, in the place and in the length of the hybrid wrap."""
    envelope = SEALED.envelope
    chain = BO.chain(*envelope.context.release.compartment)
    assert chain is not None
    ((index, slot),) = own_slots(envelope, BO.nation)
    seed = chain.private(WORLD.segment)
    public = crypto.xwing_public(seed)
    bound = info(NATIONS, envelope.ctx, encode_part(slot), public, envelope.commitment)
    classical = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    short = classical.encrypt(SEALED.tek, X25519PublicKey.from_public_bytes(public[1184:]), bound)
    length = len(envelope.wraps[index])
    no_mlkem = bytes(1088) + short[:32] + short[32:]
    for wrap in (short + bytes(length - len(short)), bytes(length - len(short)) + short, no_mlkem):
        assert len(wrap) == length
        wraps = (*envelope.wraps[:index], wrap, *envelope.wraps[index + 1 :])
        fields = (int(Tag.ENVELOPE), envelope.ctx, envelope.commitment, wraps, envelope.signature)
        made = signed_again(read_envelope(pack(fields)))
        with pytest.raises(AuthenticationError):
            open_slot(made, index, seed)
    assert open_slot(envelope, index, seed) == SEALED.tek
    with pytest.raises(RemoteProtocolError):  # and in a length of its own it is no envelope
        read_envelope(pack((int(Tag.ENVELOPE), envelope.ctx, envelope.commitment, (short,) * 2, envelope.signature)))


def test_a_suite_that_the_charter_does_not_allow() -> None:
    for suites in ((2,), (2, 3)):
        charter = evolve(WORLD.charter, suites=suites)
        signatures = [sign_charter(charter, nation.index, nation.root).data for nation in WORLD.nations]
        with pytest.raises(VersionError):
            found(encode(charter), signatures)
    for offered in ((2,), (0,)):
        charter_hash = WORLD.coalition.charter_hash
        sync = Sync(SyncSettings(charter_hash, WORLD.charter.suites, (1,), True, lambda _: False))
        sync.start()
        with pytest.raises(VersionError):
            sync.receive(encode(Hello((1,), offered, charter_hash, True)))
        assert sync.over


@pytest.mark.parametrize("server_side", [False, True], ids=["we dial", "we are dialled"])
@pytest.mark.parametrize("groups", ["X25519", "P-256", "MLKEM768"])
async def test_a_link_without_the_hybrid_group(groups: str, server_side: bool) -> None:
    ours, theirs = tapped_pair()
    peer = foreign(server_side=not server_side, groups=groups)

    async def be_refused() -> None:
        with pytest.raises((SSL.Error, EOFError)):
            await drive(theirs, peer)
        await pump(theirs, peer)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(be_refused)
        with pytest.raises(HandshakeError):
            await handshake(ours, identity=Identity.generate(), server_side=server_side)
