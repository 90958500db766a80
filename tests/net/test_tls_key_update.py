"""Key updates (RFC 8446 4.6.3): what OpenSSL wants to send while we only read is owed, sent in order, and bounded."""

from __future__ import annotations

import struct

import pytest
import trio
import trio.testing
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from OpenSSL import SSL

from coalchat.net.identity import Identity
from coalchat.net.tls import MAX_OWED, TlsStream, handshake
from tests.net.streams import drive, foreign_context, pump

REQUEST = b"\x18\x00\x00\x01\x01"  # key_update, one byte, update_requested
HANDSHAKE, DATA = 22, 23


def expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label with no context (RFC 8446 7.1)."""
    full = b"tls13 " + label
    info = struct.pack(">HB", size, len(full)) + full + b"\0"
    return HKDFExpand(SHA384(), size, info).derive(secret)


class Writer:
    """Writes TLS 1.3 records by hand, as pyOpenSSL has no call for a key update."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self.number = 0

    def record(self, kind: int, content: bytes) -> bytes:
        nonce = int.from_bytes(expand(self.secret, b"iv", 12), "big") ^ self.number
        self.number += 1
        inner = content + bytes([kind])
        header = b"\x17\x03\x03" + struct.pack(">H", len(inner) + 16)
        return header + AESGCM(expand(self.secret, b"key", 32)).encrypt(nonce.to_bytes(12, "big"), inner, header)

    def key_update(self) -> bytes:
        request = self.record(HANDSHAKE, REQUEST)
        self.secret = expand(self.secret, b"traffic upd", 48)
        self.number = 0
        return request


async def dialled_by_hand() -> tuple[TlsStream, trio.abc.Stream, SSL.Connection, Writer]:
    """A responder of ours, and a plain dialler that can write its own records."""
    secrets: dict[bytes, bytes] = {}

    def keep(_connection: SSL.Connection, line: bytes) -> None:
        name, _random, secret = line.split()
        secrets[name] = bytes.fromhex(secret.decode())

    ours, theirs = trio.testing.memory_stream_pair()
    context = foreign_context(server_side=False)
    context.set_keylog_callback(keep)
    peer = SSL.Connection(context, None)
    peer.set_connect_state()
    links = []

    async def respond() -> None:
        links.append(await handshake(ours, identity=Identity.generate(), server_side=True))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(respond)
        await drive(theirs, peer)
    await pump(theirs, peer)
    assert peer.get_cipher_name() == "TLS_AES_256_GCM_SHA384"
    return links[0], theirs, peer, Writer(secrets[b"CLIENT_TRAFFIC_SECRET_0"])


async def test_an_answer_to_a_key_update_goes_out_before_the_next_data() -> None:
    link, theirs, peer, writer = await dialled_by_hand()
    await theirs.send_all(writer.key_update() + writer.record(DATA, b"under the second key"))
    before = link.bytes_sent
    assert await link.receive_some() == b"under the second key"
    assert link.bytes_sent == before  # who reads never writes
    await link.send_all(b"under our second key")
    peer.bio_write(bytes(await theirs.receive_some()))
    assert peer.recv(100) == b"under our second key"


async def test_a_few_key_updates_are_fine() -> None:
    link, theirs, _peer, writer = await dialled_by_hand()
    for _ in range(100):
        await theirs.send_all(writer.key_update())
    await theirs.send_all(writer.record(DATA, b"still here"))
    assert await link.receive_some() == b"still here"


async def test_a_flood_of_key_updates_ends_the_link_and_not_our_memory() -> None:
    link, theirs, _peer, writer = await dialled_by_hand()

    async def flood() -> None:
        while True:
            await theirs.send_all(writer.key_update())
            await trio.testing.wait_all_tasks_blocked()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(flood)
        with pytest.raises(trio.BrokenResourceError, match="too many answers"):
            await link.receive_some()
        nursery.cancel_scope.cancel()
    assert len(link._owed) < MAX_OWED + 100
