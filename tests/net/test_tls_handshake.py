"""What a link agrees to, whom it refuses, and what a listener on the wire sees."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
import trio
import trio.testing
from cryptography.hazmat.bindings.openssl.binding import Binding
from cryptography.hazmat.primitives.serialization import Encoding
from OpenSSL import SSL

from coalchat.net.identity import GROUP, Identity, restrict_groups
from coalchat.net.tls import CLOSE_PATIENCE, MAX_SET_UP, HandshakeError, TlsStream, handshake
from tests.net.streams import drive, foreign, foreign_context, joined, pump, session, tapped_pair

Clock = trio.testing.MockClock
TLS_1_2 = SSL.TLS1_2_VERSION


# ------------------------------------------------------------------------------------------------ what is agreed


async def test_a_session_is_tls_1_3_with_the_hybrid_group() -> None:
    for end in await session():
        assert end._connection.get_protocol_version_name() == "TLSv1.3"
        assert end._connection.get_group_name() == GROUP == "X25519MLKEM768"
        assert end._connection.get_cipher_name() == "TLS_AES_256_GCM_SHA384"


@pytest.mark.parametrize("server_side", [False, True])
async def test_a_plain_peer_with_the_group_is_understood(server_side: bool) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    peer = foreign(server_side=not server_side)
    links = []

    async def set_up() -> None:
        links.append(await handshake(ours, identity=Identity.generate(), server_side=server_side))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(set_up)
        nursery.start_soon(drive, theirs, peer)
    link = links[0]
    assert link.exporter == peer.export_keying_material(b"EXPORTER-coalchat-link", 32, b"")
    assert link.exporter == peer.export_keying_material(b"EXPORTER-coalchat-link", 32)
    await link.send_all(b"hello")
    peer.bio_write(bytes(await theirs.receive_some()))
    assert peer.recv(100) == b"hello"


async def test_the_exporter_is_shared_and_fresh() -> None:
    dialler, responder = Identity.generate(), Identity.generate()
    seen = set()
    for _ in range(3):
        one, other = await joined(*trio.testing.memory_stream_pair(), dialler=dialler, responder=responder)
        assert one.exporter == other.exporter
        assert len(one.exporter) == 32
        seen.add(one.exporter)
    assert len(seen) == 3


# ------------------------------------------------------------------------------------------------ who is refused


@pytest.mark.parametrize("server_side", [False, True])
@pytest.mark.parametrize(
    "habits",
    [
        {"groups": "X25519"},
        {"groups": "P-256:P-384"},
        {"groups": "MLKEM768"},
        {"groups": "X25519MLKEM768", "newest": TLS_1_2},
        {"groups": "X25519", "newest": TLS_1_2},
    ],
    ids=["x25519", "nist", "ml-kem-alone", "tls-1.2", "tls-1.2-x25519"],
)
async def test_a_peer_without_tls_1_3_or_the_group_is_refused(server_side: bool, habits: dict[str, object]) -> None:
    ours, theirs = tapped_pair()
    peer = foreign(server_side=not server_side, **habits)  # type: ignore[arg-type]

    async def be_refused() -> None:
        with pytest.raises((SSL.Error, EOFError)):
            await drive(theirs, peer)
        await pump(theirs, peer)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(be_refused)
        with pytest.raises(HandshakeError, match="TLS: "):
            await handshake(ours, identity=Identity.generate(), server_side=server_side)
    with pytest.raises(trio.ClosedResourceError):
        await ours.send_all(b"the transport is closed")


@pytest.mark.parametrize("server_side", [False, True])
async def test_a_peer_that_offers_more_gets_the_group(server_side: bool) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    peer = foreign(server_side=not server_side, groups="X25519:P-256:X25519MLKEM768")
    async with trio.open_nursery() as nursery:
        nursery.start_soon(drive, theirs, peer)
        await handshake(ours, identity=Identity.generate(), server_side=server_side)
    assert peer.get_group_name() == GROUP


@pytest.mark.parametrize("server_side", [False, True])
@pytest.mark.parametrize(
    ("groups", "newest"), [("X25519", SSL.TLS1_3_VERSION), ("P-256", SSL.TLS1_3_VERSION), ("X25519", TLS_1_2)]
)
async def test_the_check_after_the_handshake_stands_alone(server_side: bool, groups: str, newest: int) -> None:
    class Lax:
        """An identity that lost its restrictions: the check must break off all the same, and say nothing more."""

        def connection(self, *, server_side: bool) -> SSL.Connection:
            return foreign(server_side=server_side, groups=groups, newest=newest)

    ours, theirs = trio.testing.memory_stream_pair()
    peer = foreign(server_side=not server_side, groups=groups, newest=newest)

    async def talk() -> None:
        with suppress(EOFError):
            await drive(theirs, peer)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(talk)
        with pytest.raises(HandshakeError, match=f"agreed on TLSv1.{(newest & 0xF) - 1}"):
            await handshake(ours, identity=Lax(), server_side=server_side)  # type: ignore[arg-type]


def test_an_openssl_without_the_group_is_told_at_the_start() -> None:
    with pytest.raises(RuntimeError, match="older than"):
        restrict_groups(SSL.Context(SSL.TLS_METHOD), "X25519MLKEM1")


def shake_in_memory(one: SSL.Connection, other: SSL.Connection) -> None:
    for _ in range(6):
        for near, far in ((one, other), (other, one)):
            with suppress(SSL.WantReadError):
                near.do_handshake()
            with suppress(SSL.WantReadError):
                far.bio_write(near.bio_read(2**16))


@pytest.mark.parametrize("server_side", [False, True])
@pytest.mark.parametrize("noise", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b"\x00" * 600], ids=repr)
async def test_noise_is_refused(server_side: bool, noise: bytes) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    await theirs.send_all(noise)
    with pytest.raises(HandshakeError, match="TLS: "):
        await handshake(ours, identity=Identity.generate(), server_side=server_side)


async def test_a_hello_without_end_is_refused_early() -> None:
    ours, theirs = tapped_pair(lambda: 1000)
    # A ClientHello that claims 100,000 bytes, in honest records: OpenSSL alone would take 131 KB.
    body = b"\x01" + (100_000).to_bytes(3, "big") + b"\x03\x03" + bytes(200_000)
    for start in range(0, len(body), 1000):
        await theirs.send_all(b"\x16\x03\x01" + struct.pack(">H", 1000) + body[start : start + 1000])
    with pytest.raises(HandshakeError, match="no end of the handshake"):
        await handshake(ours, identity=Identity.generate(), server_side=True)
    assert ours.received < MAX_SET_UP + 1000


# ------------------------------------------------------------------------------------------------ silence, cancellation


@pytest.mark.parametrize("server_side", [False, True])
async def test_a_silent_peer_is_the_callers_to_time_out(autojump_clock: Clock, server_side: bool) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    with pytest.raises(trio.TooSlowError), trio.fail_after(120):
        await handshake(ours, identity=Identity.generate(), server_side=server_side)
    while await theirs.receive_some():
        pass  # a hello, perhaps, and then the end: cancelled or not, the stream is closed


async def test_a_handshake_cancelled_half_way_closes_the_stream() -> None:
    ours, theirs = trio.testing.lockstep_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(lambda: handshake(ours, identity=Identity.generate(), server_side=False))
        assert await theirs.receive_some(100)  # half a hello has left
        await trio.testing.wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    with pytest.raises(trio.ClosedResourceError):
        await ours.send_all(b"x")


@pytest.mark.parametrize("server_side", [False, True])
async def test_a_connection_that_ends_half_way_is_a_handshake_error(server_side: bool) -> None:
    ours, theirs = trio.testing.memory_stream_pair()
    await theirs.aclose()
    with pytest.raises(HandshakeError, match="before TLS was set up"):
        await handshake(ours, identity=Identity.generate(), server_side=server_side)


async def test_the_alert_of_a_refusal_is_not_waited_for(autojump_clock: Clock) -> None:
    ours, theirs = trio.testing.lockstep_stream_pair()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(theirs.send_all, b"\x16\x03\x01\x00\x05hello")
        start = trio.current_time()
        with pytest.raises(HandshakeError):
            await handshake(ours, identity=Identity.generate(), server_side=True)
        assert trio.current_time() - start <= CLOSE_PATIENCE


async def test_a_responder_waits_for_no_reader_after_the_dialler_is_done() -> None:
    # Its two useless tickets must not hold up a dialler that sends before it reads, over no buffer at all.
    left, right = trio.testing.lockstep_stream_pair()
    received = []

    async def dial() -> None:
        link = await handshake(left, identity=Identity.generate(), server_side=False)
        await link.send_all(b"first word")

    async def respond() -> None:
        link = await handshake(right, identity=Identity.generate(), server_side=True)
        received.append(await link.receive_some())

    async with trio.open_nursery() as nursery:
        nursery.start_soon(dial)
        nursery.start_soon(respond)
    assert received == [b"first word"]


# ------------------------------------------------------------------------------------------------ what is seen


async def test_the_hello_offers_one_way_and_names_nobody() -> None:
    left, right = tapped_pair()
    await joined(left, right)
    hello = bytes(left.sent)[5:]
    assert len(left.sent) < 1_600
    assert hello[0] == 1  # client_hello
    at = 4 + 2 + 32
    at += 1 + hello[at]
    ciphers = hello[at + 2 : at + 2 + int.from_bytes(hello[at : at + 2], "big")]
    assert ciphers == bytes.fromhex("1302 1303")
    at += 2 + len(ciphers)
    assert hello[at : at + 2] == b"\x01\x00"  # no compression
    at += 4
    extensions: dict[int, bytes] = {}
    end = 4 + int.from_bytes(hello[1:4], "big")
    while at < end:
        kind, size = struct.unpack_from(">HH", hello, at)
        extensions[kind] = hello[at + 4 : at + 4 + size]
        at += 4 + size
    assert extensions[43] == b"\x02\x03\x04"  # supported_versions: TLS 1.3
    assert extensions[10] == b"\x00\x02\x11\xec"  # supported_groups: X25519MLKEM768
    assert extensions[51][2:6] == b"\x11\xec" + (1216).to_bytes(2, "big")  # one key share
    absent = {
        0: "server_name",
        16: "alpn",
        27: "compress_certificate",
        35: "session_ticket",
        41: "psk",
        42: "early_data",
    }
    assert not absent.keys() & extensions.keys()


async def test_two_identities_share_no_certificate() -> None:
    one, other = Identity.generate().certificate, Identity.generate().certificate
    for name in ("subject", "serial_number"):
        assert getattr(one, name) != getattr(other, name)
    assert one.public_key() != other.public_key()
    assert one.not_valid_before_utc == other.not_valid_before_utc  # dates tell nobody when the node was started
    assert one.not_valid_after_utc == other.not_valid_after_utc


async def test_the_responder_shows_its_certificate_and_the_dialler_none() -> None:
    responder = Identity.generate()
    one, other = await joined(*trio.testing.memory_stream_pair(), responder=responder)
    assert other._connection.get_peer_certificate() is None
    shown = one._connection.get_peer_certificate(as_cryptography=True)
    assert shown is not None
    assert shown.public_bytes(Encoding.DER) == responder.certificate.public_bytes(Encoding.DER)


async def test_sessions_of_one_pair_have_nothing_in_common_on_the_wire() -> None:
    def windows(*streams: bytearray) -> set[bytes]:
        return {bytes(sent[i : i + 8]) for sent in streams for i in range(len(sent) - 7)}

    async def record(dialler: Identity, responder: Identity) -> set[bytes]:
        left, right = tapped_pair()
        one, other = await joined(left, right, dialler=dialler, responder=responder)
        await one.send_all(b"the same words each time")
        await other.send_all(b"the same answer each time")
        return windows(left.sent, right.sent)

    north, south = Identity.generate(), Identity.generate()
    common = await record(north, south) & await record(north, south)
    strangers = await record(Identity.generate(), Identity.generate())
    assert common <= strangers  # what any two processes send: names of algorithms


# ------------------------------------------------------------------------------------------------ no way back in


async def test_no_session_can_be_resumed_and_no_early_data_is_allowed() -> None:
    identity = Identity.generate()
    context = foreign_context(server_side=False)
    # Kept, both ends: OpenSSL marks the session of a connection that is freed before its close_notify as spent.
    first, _responder = await plain_dial(context, identity, None)
    ticket = first.get_session()
    assert ticket is not None
    assert Binding.lib.SSL_SESSION_get_max_early_data(ticket._session) == 0
    second, _responder = await plain_dial(context, identity, ticket)
    assert Binding.lib.SSL_session_reused(second._ssl) == 0


async def test_the_same_peer_can_resume_where_it_is_allowed() -> None:
    # The counterpart: the test above would see a resumption.
    server, client = foreign_context(server_side=True), foreign_context(server_side=False)
    server.set_session_id(b"x")
    ticket = None
    alive = []  # see above
    for reused in (0, 1):
        one, other = SSL.Connection(client, None), SSL.Connection(server, None)
        alive += [one, other]
        one.set_connect_state()
        other.set_accept_state()
        if ticket is not None:
            one.set_session(ticket)
        shake_in_memory(one, other)
        with pytest.raises(SSL.WantReadError):
            one.recv(1)
        assert Binding.lib.SSL_session_reused(one._ssl) == reused
        ticket = one.get_session()


async def plain_dial(
    context: SSL.Context, identity: Identity, ticket: SSL.Session | None
) -> tuple[SSL.Connection, TlsStream]:
    """Dial one of ours with a plain peer, with a ticket, and read a word so that new tickets have come."""
    ours, theirs = trio.testing.memory_stream_pair()
    peer = SSL.Connection(context, None)
    peer.set_connect_state()
    if ticket is not None:
        peer.set_session(ticket)
    links = []

    async def respond() -> None:
        links.append(await handshake(ours, identity=identity, server_side=True))
        await links[0].send_all(b"word")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(respond)
        await drive(theirs, peer)
    peer.bio_write(bytes(await theirs.receive_some()))
    assert peer.recv(10) == b"word"
    return peer, links[0]
