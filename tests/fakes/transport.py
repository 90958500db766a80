"""A network in memory (SPEC chapter "Link"): the `Transport` port for a hundred nodes in one process.

One `MemoryNetwork` is shared; each node has its own `MemoryTransport` of it, under a name that is the host of its
addresses: `network.transport("north").listen("north:7400", …)`, `network.transport("south").dial("north:7400")`.

What it keeps of the real thing: links are strangers until proven otherwise, share 32 fresh exporter bytes, tell a clean
close (b"") from a broken one, and let senders take turns. What it leaves out: encryption, delay, back pressure (the
buffers of trio's memory streams have no end). Nothing is random: exporters and ports are counted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import trio
import trio.testing

from coalchat.net.address import Address, AddressError
from coalchat.net.transport import DialError, Handler, ListenError

_FIRST_PORT: Final = 49_152
"""Where the system's free ports begin (RFC 6335)."""

_Pipe = trio.StapledStream[trio.testing.MemorySendStream, trio.testing.MemoryReceiveStream]


class MemoryLink(trio.abc.Stream):
    """One end of a link in memory."""

    def __init__(self, pipe: _Pipe, exporter: bytes, here: str, peer_address: str) -> None:
        self.exporter = exporter
        self.here = here
        self.peer_address = peer_address
        self.bytes_sent = 0
        self.bytes_received = 0
        self.peer: MemoryLink = self
        self._pipe = pipe
        self._turn = trio.StrictFIFOLock()
        self._closed = False
        self._said_goodbye = False
        self._is_cut = False

    async def send_all(self, data: bytes | bytearray | memoryview) -> None:
        async with self._turn:
            with self._as_a_link_fails():
                await self._pipe.send_all(data)
            self.bytes_sent += len(data)

    async def wait_send_all_might_not_block(self) -> None:
        async with self._turn:
            with self._as_a_link_fails():
                await self._pipe.wait_send_all_might_not_block()

    async def receive_some(self, max_bytes: int | None = None) -> bytes:
        with self._as_a_link_fails():
            data = bytes(await self._pipe.receive_some(max_bytes))
        if not data and not self.peer._said_goodbye:
            raise trio.BrokenResourceError("the peer went without a word")
        self.bytes_received += len(data)
        return data

    async def aclose(self) -> None:
        first, self._closed = not self._closed, True
        try:
            await trio.lowlevel.checkpoint()  # closed by force, as TLS then, there is no time for a goodbye
            self._said_goodbye = self._said_goodbye or first
        finally:
            await self._pipe.aclose()

    def cut(self) -> None:
        """Break this end at once: who waits on it, and who comes later, gets a BrokenResourceError."""
        self._is_cut = True
        self._pipe.send_stream.close()
        self._pipe.receive_stream.close()

    @contextmanager
    def _as_a_link_fails(self) -> Iterator[None]:
        try:
            yield
        except trio.ClosedResourceError:
            if self._is_cut and not self._closed:
                raise trio.BrokenResourceError("the link was cut") from None
            raise


class MemoryNetwork:
    """All nodes of a test, who listens where, and what is broken between them."""

    def __init__(self, seed: bytes = b"") -> None:
        """Two networks of one seed hand out the same exporters in the same order."""
        self._seed = seed
        self._links_made = 0
        self._ports_given = 0
        self._listeners: dict[str, tuple[trio.Nursery, Handler]] = {}
        self._links: list[tuple[MemoryLink, MemoryLink]] = []
        self._apart: set[frozenset[str]] = set()
        self._refused: set[str] = set()

    def transport(self, name: str) -> MemoryTransport:
        """The view of the node `name`."""
        return MemoryTransport(self, name)

    def cut(self, one: str, other: str) -> None:
        """Break every link between two nodes, and let no new one come about until `heal`."""
        self._apart.add(frozenset((one, other)))
        for pair in self._links:
            if {end.here for end in pair} == {one, other}:
                for end in pair:
                    end.cut()

    def heal(self, one: str, other: str) -> None:
        """Let them link again; what was cut stays cut."""
        self._apart.discard(frozenset((one, other)))

    def refuse(self, address: str) -> None:
        """Let every call to `address` fail, listener or not, until `accept`. Links that stand are left alone."""
        self._refused.add(str(Address.parse(address)))

    def accept(self, address: str) -> None:
        """Take `refuse` back."""
        self._refused.discard(str(Address.parse(address)))

    def _port(self) -> int:
        self._ports_given += 1
        return _FIRST_PORT + self._ports_given - 1

    def _connect(self, caller: str, at: Address) -> MemoryLink:
        address = str(at)
        if frozenset((caller, at.host)) in self._apart:
            raise DialError(address, "the network is cut")
        if address in self._refused or address not in self._listeners:
            raise DialError(address, "connection refused")
        nursery, handler = self._listeners[address]
        self._links_made += 1
        exporter = hashlib.blake2b(b"%d" % self._links_made, key=self._seed, digest_size=32).digest()
        near, far = trio.testing.memory_stream_pair()
        ours = MemoryLink(near, exporter, caller, address)
        theirs = MemoryLink(far, exporter, at.host, str(Address(caller, self._port())))
        ours.peer, theirs.peer = theirs, ours
        self._links.append((ours, theirs))
        nursery.start_soon(self._serve, handler, theirs)
        return ours

    async def _serve(self, handler: Handler, link: MemoryLink) -> None:
        try:
            await handler(link)
        finally:
            self._links.remove((link.peer, link))
            await trio.aclose_forcefully(link)


class MemoryTransport:
    """The `Transport` of one node."""

    def __init__(self, network: MemoryNetwork, name: str) -> None:
        self._network = network
        self.name = name

    async def dial(self, address: str) -> MemoryLink:
        at = Address.parse(address)
        await trio.lowlevel.checkpoint()
        return self._network._connect(self.name, at)

    async def listen(
        self, address: str, handler: Handler, *, task_status: trio.TaskStatus[str] = trio.TASK_STATUS_IGNORED
    ) -> None:
        at = Address.parse(address)
        if at.host != self.name:
            raise AddressError(address, f"it belongs to another node than {self.name}", "listen under your own name")
        here = str(at if at.port else Address(at.host, self._network._port()))
        await trio.lowlevel.checkpoint()
        if here in self._network._listeners:
            raise ListenError(here, "address in use")
        async with trio.open_nursery() as nursery:
            self._network._listeners[here] = (nursery, handler)
            try:
                task_status.started(here)
                await trio.sleep_forever()
            finally:
                del self._network._listeners[here]
