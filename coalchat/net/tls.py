"""TLS 1.3 as a trio stream (SPEC chapter "Link"): pyOpenSSL's memory BIOs between two byte streams.

OpenSSL does no input or output here. Ciphertext that arrives is written into one BIO, what OpenSSL wants to send is read
from the other, and this file moves the bytes. Its rules:

Rule 1: TLS 1.3 and X25519MLKEM768 or nothing. Both are looked at after the handshake and before our last word.
Rule 2: who the peer is, TLS does not know. `exporter` is the same 32 bytes at both ends and at no third place; the link
machine signs it.
Rule 3: whatever reads never writes. OpenSSL may want to send while we read (an answer to a key update): it is owed, and
goes out before the next data, as RFC 8446 4.6.3 allows. So `receive_some` can be cancelled at any time, and cannot
deadlock with a peer that only writes. What may be owed is bounded.
Rule 4: OpenSSL takes one record of 16 KiB per write and reports so; the loop in `_encrypt` must look at what it took.
Rule 5: the end is authentic or it is an error. After close_notify `receive_some` returns b""; if the transport ends
without it, somebody may have cut off the end: `trio.BrokenResourceError`.
"""

from __future__ import annotations

import operator
from contextlib import suppress
from typing import Final, final

import trio
from OpenSSL import SSL

from coalchat.net.identity import GROUP, Identity

__all__ = ["GROUP", "HandshakeError", "Identity", "TlsStream", "handshake"]

EXPORTER_LABEL: Final = b"EXPORTER-coalchat-link"
EXPORTER_SIZE: Final = 32

MAX_SET_UP: Final = 16_384
"""Most bytes a peer may send before the handshake is done: ours takes 1.7 KB; the rest is room for others' certificates."""

MAX_OWED: Final = 4_096
"""Most bytes OpenSSL may owe a peer that makes us answer while we have nothing to say: two tickets and 140 key updates."""

CLOSE_PATIENCE: Final = 2.0
"""Seconds that a close_notify or an alert may take to leave; a peer that does not read does not hold us up."""

_RECORD: Final = 16_384
_BATCH: Final = 65_536
"""Bytes moved between transport and OpenSSL at once: four records, so that large data costs few system calls."""


class HandshakeError(trio.BrokenResourceError):
    """No TLS session came about: the peer cannot or will not do TLS 1.3 with X25519MLKEM768, or the connection broke."""


async def handshake(
    stream: trio.abc.Stream, *, identity: Identity, server_side: bool, peer_address: str = ""
) -> TlsStream:
    """Set up TLS over `stream` and take it over: on any failure, cancellation too, it is closed. No deadline of its own.

    Raises:
        HandshakeError: see there; the cause says more.
    """
    link = TlsStream(stream, identity.connection(server_side=server_side), peer_address)
    try:
        await link._set_up(server_side=server_side)
    except BaseException as error:
        await trio.aclose_forcefully(stream)
        if isinstance(error, trio.BrokenResourceError) and not isinstance(error, HandshakeError):
            raise HandshakeError("the connection broke before TLS was set up") from error
        raise
    return link


def require_agreed(connection: SSL.Connection) -> None:
    """Raise HandshakeError unless `connection`, whose handshake is done, agreed on what we require."""
    agreed = (connection.get_protocol_version_name(), connection.get_group_name())
    if agreed != ("TLSv1.3", GROUP):
        raise HandshakeError(f"agreed on {agreed[0]} and the group {agreed[1]}")


@final
class TlsStream(trio.abc.Stream):
    """An established TLS session; made by `handshake`.

    Any number of tasks may send: they take turns, and each `send_all` stays whole. One may receive.
    A `send_all` that is cancelled on its way leaves half a record behind: sending is broken from then on.

    Attributes:
        exporter: 32 bytes that only the two ends of this session know. Not for logs.
        peer_address: the endpoint dialled, or the one that dialled us; "" if the transport has none.
        bytes_sent: what we gave to the transport, set-up and record overhead included.
        bytes_received: what the transport gave to us, likewise.
    """

    def __init__(self, transport: trio.abc.Stream, connection: SSL.Connection, peer_address: str) -> None:
        """Not for callers: use `handshake`."""
        self.exporter = b""
        self.peer_address = peer_address
        self.bytes_sent = 0
        self.bytes_received = 0
        self._transport = transport
        self._connection = connection
        self._owed = bytearray()
        self._send_lock = trio.StrictFIFOLock()
        self._receiving = False
        self._closed = False
        self._send_broken = False
        self._receive_broken = False

    # ------------------------------------------------------------------------------------------------ trio's Stream

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        """Encrypt and send all of `data`.

        Raises:
            trio.BrokenResourceError: the connection or the session is broken.
            trio.ClosedResourceError: we closed it.
        """
        async with self._send_lock:
            self._require_open(broken=self._send_broken)
            view = memoryview(data).cast("B")
            done = 0
            while done < len(view):
                done = self._encrypt(view, done)
                await self._write(self._outgoing())

    async def wait_send_all_might_not_block(self) -> None:
        """Wait until the transport would take data; behind those who are sending."""
        async with self._send_lock:
            self._require_open(broken=self._send_broken)
            await self._transport.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        """Return some decrypted bytes, at most `max_bytes` and at most one record; b"" once the peer closed properly.

        Raises:
            trio.BrokenResourceError: the connection broke, ended without close_notify, or its bytes were not authentic.
            trio.ClosedResourceError: we closed it.
            trio.BusyResourceError: another task is receiving.
        """
        size = _RECORD if max_bytes is None else operator.index(max_bytes)
        if size < 1:
            raise ValueError("max_bytes must be at least 1")
        if self._receiving:
            raise trio.BusyResourceError("another task is receiving from this link")
        self._receiving = True
        try:
            # The one checkpoint of a call that finds data: before it is taken from OpenSSL, so none is ever lost.
            await trio.lowlevel.checkpoint()
            while True:
                self._require_open(broken=self._receive_broken)
                data = self._decrypt(size)
                if data is not None:
                    return data
                await self._feed()
        finally:
            self._receiving = False

    async def aclose(self) -> None:
        """Say close_notify if that goes quickly, and close the transport. What a peer still sends us is lost.

        TCP throws away what we sent last if data from the peer lies unread here: a link that must not lose its last
        words waits for the peer's before it closes.
        """
        first, self._closed = not self._closed, True
        try:
            # Whoever holds the lock is in the middle of a record, and nothing may come between its parts.
            if first and not self._send_broken and not self._send_lock.locked():
                await self._say_last(close_notify=True)
        finally:
            await self._transport.aclose()

    # ------------------------------------------------------------------------------------------------ set-up

    async def _set_up(self, *, server_side: bool) -> None:
        while True:
            try:
                self._connection.do_handshake()
                break
            except SSL.WantReadError:
                pass
            except SSL.Error as error:
                await self._say_last(close_notify=False)
                raise HandshakeError(f"TLS: {_reason(error)}") from error
            await self._write(self._outgoing())
            if self.bytes_received >= MAX_SET_UP:
                raise HandshakeError(f"{self.bytes_received} bytes and no end of the handshake")
            await self._feed()
        require_agreed(self._connection)
        # In TLS 1.3 no context and the empty context export the same (RFC 8446 7.5).
        self.exporter = self._connection.export_keying_material(EXPORTER_LABEL, EXPORTER_SIZE, b"")
        if not server_side:
            # The dialler's last word ends the handshake. A responder has only tickets to send, and they can wait: a
            # dialler that is itself sending may not read now.
            await self._write(self._outgoing())

    # ------------------------------------------------------------------------------------------------ moving bytes

    def _encrypt(self, view: memoryview, done: int) -> int:
        """Give OpenSSL the next batch of `view`, of which `done` bytes are done; return how many are done then."""
        stop = min(done + _BATCH, len(view))
        try:
            while done < stop:
                done += self._connection.send(view[done : min(done + _RECORD, stop)])
        except SSL.Error as error:
            # Not `_send_broken`: OpenSSL itself refuses from here on, and its alert may still go out whole.
            raise trio.BrokenResourceError(f"TLS: {_reason(error)}") from error
        return done

    def _decrypt(self, size: int) -> bytes | None:
        """Up to `size` bytes of what has arrived, b"" after close_notify, None if more must arrive first."""
        try:
            return self._connection.recv(size)
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            return b""
        except SSL.Error as error:
            self._receive_broken = True
            raise trio.BrokenResourceError(f"TLS: {_reason(error)}") from error
        self._owed += _drain(self._connection)
        if len(self._owed) > MAX_OWED:
            self._receive_broken = True
            raise trio.BrokenResourceError("the peer asked for too many answers")
        return None

    def _outgoing(self) -> bytes:
        """All that is to go out now, in OpenSSL's order; empties the BIO and what was owed."""
        data = bytes(self._owed) + _drain(self._connection)
        self._owed.clear()
        return data

    async def _write(self, data: bytes) -> None:
        if not data:
            return
        try:
            await self._transport.send_all(data)
        except trio.ClosedResourceError as error:
            self._send_broken = True
            raise self._gone() from error
        except BaseException:
            # Broken, or cancelled with part of it sent: the peer could never make sense of what followed.
            self._send_broken = True
            raise
        self.bytes_sent += len(data)

    async def _feed(self) -> None:
        """Wait for ciphertext and give it to OpenSSL."""
        try:
            data = await self._transport.receive_some(_BATCH)
        except trio.ClosedResourceError as error:
            self._receive_broken = True
            raise self._gone() from error
        except trio.BrokenResourceError:
            self._receive_broken = True
            raise
        if not data:
            self._receive_broken = True
            raise trio.BrokenResourceError("the connection ended without close_notify")
        self.bytes_received += len(data)
        self._connection.bio_write(bytes(data))

    async def _say_last(self, *, close_notify: bool) -> None:
        """Send close_notify, or the alert OpenSSL has ready; in haste, and no matter if it fails."""
        with trio.move_on_after(CLOSE_PATIENCE):
            if close_notify:
                with suppress(SSL.Error):  # the session has failed already: its alert is what we have to say
                    self._connection.shutdown()
            with suppress(trio.BrokenResourceError, trio.ClosedResourceError):
                await self._write(self._outgoing())

    def _require_open(self, *, broken: bool) -> None:
        if self._closed or broken:
            raise self._gone()

    def _gone(self) -> trio.ClosedResourceError | trio.BrokenResourceError:
        """The error of a link that is no more: who closed the transport under us is not us."""
        if self._closed:
            return trio.ClosedResourceError("this link was closed here")
        return trio.BrokenResourceError("this link is broken")


def _drain(connection: SSL.Connection) -> bytes:
    """Everything OpenSSL wants to send."""
    output = bytearray()
    while True:
        try:
            chunk = connection.bio_read(_BATCH)
        except SSL.WantReadError:
            return bytes(output)
        output += chunk
        if len(chunk) < _BATCH:
            return bytes(output)


def _reason(error: SSL.Error) -> str:
    """OpenSSL's words for what went wrong: its own fixed texts, never the peer's."""
    queue = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return "; ".join(str(entry[-1]) for entry in queue) or type(error).__name__
