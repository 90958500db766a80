"""The network in memory keeps the port's promises, so what passes on it may hope for the real one."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from coalchat.net.transport import AddressError, DialError, LinkStream, ListenError, Transport
from tests.fakes.transport import MemoryLink, MemoryNetwork

NORTH = "north:7400"


class Host:
    """Listens, and keeps what came in until the test ends."""

    def __init__(self) -> None:
        self.links: list[LinkStream] = []

    async def keep(self, link: LinkStream) -> None:
        self.links.append(link)
        await trio.sleep_forever()

    async def at(self, network: MemoryNetwork, nursery: trio.Nursery, address: str) -> str:
        transport: Transport = network.transport(address.partition(":")[0])
        at: str = await nursery.start(transport.listen, address, self.keep)
        return at

    async def dialled(self, network: MemoryNetwork, caller: str, address: str) -> tuple[MemoryLink, LinkStream]:
        near = await network.transport(caller).dial(address)
        await trio.testing.wait_all_tasks_blocked()
        return near, self.links[-1]


async def echo(link: LinkStream) -> None:
    while data := await link.receive_some():
        await link.send_all(data)
    await link.aclose()


async def test_a_link_is_a_stream(nursery: trio.Nursery) -> None:
    network, host = MemoryNetwork(), Host()
    await host.at(network, nursery, NORTH)

    async def pair() -> tuple[MemoryLink, trio.abc.Stream]:
        near, far = await host.dialled(network, "south", NORTH)
        assert isinstance(far, MemoryLink)
        return near, far

    await trio.testing.check_two_way_stream(pair, None)


async def test_dial_listen_and_talk(nursery: trio.Nursery) -> None:
    network = MemoryNetwork()
    at = await nursery.start(network.transport("north").listen, NORTH, echo)
    assert at == NORTH
    link = await network.transport("south").dial("North:7400")
    assert link.peer_address == NORTH
    await link.send_all(b"hello")
    assert await link.receive_some() == b"hello"
    assert (link.bytes_sent, link.bytes_received) == (5, 5)
    await link.aclose()


async def test_exporters_are_shared_fresh_and_counted(nursery: trio.Nursery) -> None:
    seen = []
    for _ in range(2):
        network, host = MemoryNetwork(b"seed"), Host()
        await host.at(network, nursery, NORTH)
        pairs = [await host.dialled(network, "south", NORTH) for _ in range(3)]
        assert all(near.exporter == far.exporter for near, far in pairs)
        assert [far.peer_address for _near, far in pairs] == ["south:49152", "south:49153", "south:49154"]
        seen.append([near.exporter for near, _far in pairs])
    assert seen[0] == seen[1]
    assert len(set(seen[0])) == 3
    assert all(len(exporter) == 32 for exporter in seen[0])


async def test_nobody_listens_there(nursery: trio.Nursery) -> None:
    network = MemoryNetwork()
    with pytest.raises(DialError, match="no link to north:7400: connection refused"):
        await network.transport("south").dial(NORTH)
    with pytest.raises(AddressError):
        await network.transport("south").dial("north")


async def test_a_listener_that_is_cancelled_is_gone() -> None:
    network = MemoryNetwork()
    async with trio.open_nursery() as nursery:
        await nursery.start(network.transport("north").listen, NORTH, echo)
        nursery.cancel_scope.cancel()
    with pytest.raises(DialError):
        await network.transport("south").dial(NORTH)


async def test_one_listens_once_and_under_ones_own_name(nursery: trio.Nursery) -> None:
    network = MemoryNetwork()
    north = network.transport("north")
    await nursery.start(north.listen, NORTH, echo)
    with pytest.raises(ListenError, match="in use"):
        await north.listen(NORTH, echo)
    with pytest.raises(AddressError, match="another node"):
        await north.listen("south:7400", echo)
    assert await nursery.start(north.listen, "north:0", echo) == "north:49152"


async def test_a_cut_breaks_both_ends_and_the_way(nursery: trio.Nursery) -> None:
    network, host = MemoryNetwork(), Host()
    await host.at(network, nursery, NORTH)
    near, far = await host.dialled(network, "south", NORTH)
    west, _ = await host.dialled(network, "west", NORTH)
    await near.send_all(b"lost on the way")

    async def wait() -> None:
        with pytest.raises(trio.BrokenResourceError):
            await near.receive_some()

    async with trio.open_nursery() as waiting:
        waiting.start_soon(wait)
        await trio.testing.wait_all_tasks_blocked()
        network.cut("north", "south")
    for end in (near, far):
        with pytest.raises(trio.BrokenResourceError):
            await end.receive_some()
        with pytest.raises(trio.BrokenResourceError):
            await end.send_all(b"x")
    with pytest.raises(DialError, match="cut"):
        await network.transport("south").dial(NORTH)
    await west.send_all(b"others are not concerned")

    network.heal("south", "north")
    again, other_end = await host.dialled(network, "south", NORTH)
    await again.send_all(b"back")
    assert await other_end.receive_some() == b"back"
    with pytest.raises(trio.BrokenResourceError):
        await near.receive_some()
    await near.aclose()
    with pytest.raises(trio.ClosedResourceError):
        await near.receive_some()


async def test_a_refused_address_stands_apart_from_links_that_stand(nursery: trio.Nursery) -> None:
    network, host = MemoryNetwork(), Host()
    await host.at(network, nursery, NORTH)
    near, far = await host.dialled(network, "south", NORTH)
    network.refuse(NORTH)
    with pytest.raises(DialError):
        await network.transport("south").dial(NORTH)
    await near.send_all(b"still here")
    assert await far.receive_some() == b"still here"
    network.accept(NORTH)
    await network.transport("south").dial(NORTH)


async def test_what_a_handler_leaves_open_is_cut_off(nursery: trio.Nursery) -> None:
    async def leave(link: LinkStream) -> None:
        await link.send_all(b"word")

    network = MemoryNetwork()
    await nursery.start(network.transport("north").listen, NORTH, leave)
    link = await network.transport("south").dial(NORTH)
    assert await link.receive_some() == b"word"
    with pytest.raises(trio.BrokenResourceError):
        await link.receive_some()
