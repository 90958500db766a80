"""Attack 36: a nation that an amendment suspended, with the old link secret and all its keys.

Its nodes learn no responder's identity, and no dialler's that knows the new link secret; and they open nothing that was
sealed since. The controls: the same secret opens doors before, and names who is not told yet.
"""

from __future__ import annotations

from pathlib import Path

import trio
from trio.testing import MockClock

from coalchat.api.requests import AddPeer, RemovePeer
from coalchat.net.framing import FrameReader, send_frame
from coalchat.paths import Home
from protocol.base.limits import MAX_FRAME
from protocol.exchange.link import Link, LinkCredentials, State
from protocol.exchange.messages import Auth, Message, Proof, read_message
from protocol.exchange.proof import End
from tests.fakes.amended import signed, suspended
from tests.fakes.joined import EDITION, SEGMENT, device_home, envelope_of, joined
from tests.fakes.nodes import Running, Town, linked, until
from tests.fakes.thief import Thief


async def dials(town: Town, credentials: LinkCredentials, expelled: Running, to: Running) -> list[type]:
    """What an expelled node is told when it dials: the kinds of messages, until the other closes."""
    stream = await town.network.transport("expelled").dial(to.address)
    link = Link(End.DIALLER, stream.exporter, credentials, expelled.station.context.member.directory)
    told: list[type] = []
    for frame in link.start().send:
        await send_frame(stream, frame, MAX_FRAME)
    with trio.move_on_after(30):
        while link.state is not State.AUTHENTICATED and (
            (heard := await FrameReader(stream, MAX_FRAME).receive()) is not None
        ):
            message: Message = read_message(heard, MAX_FRAME)
            told.append(type(message))
            for answer in link.receive(heard, to.station.context.now()).send:
                await send_frame(stream, answer, MAX_FRAME)
    await stream.aclose()
    return told


async def test_an_expelled_nation_learns_no_name_and_opens_nothing_sealed_since(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    heard: list[type] = []

    def capture(direction: str, frame: bytes) -> None:
        if direction == "in":
            heard.append(type(read_message(frame, MAX_FRAME)))

    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes | {"laptop": device_home(tmp_path, "laptop")})
        a, b = await town.start("XAA"), await town.start("XBB")
        c = await town.start("XCC", capture=capture)
        await town.join_up(a, b, c)
        laptop = await joined(town, a, "laptop")
        await linked(laptop, a)
        await a.channel("ops", ["XAA", "XBB", "XCC"])
        await until(c.channels)
        before = envelope_of(a, (await a.send("ops", "to all", "RESTRICTED")).entry_id)
        keys = c.station.links._credentials()
        assert Auth in await dials(town, keys, c, a), "control: the link secret opens doors, and names who is there"

        file = await suspended("XCC", (a, b))
        await signed(file, b)
        thief = Thief.of(homes["XCC"], tmp_path / "thief")
        since = envelope_of(a, (await a.send("ops", "since", "RESTRICTED")).entry_id)
        assert {slot.nation for slot in since.context.slots} == {0, 1}
        assert thief.opens(before), "control"
        assert not thief.opens(since)

        # It dials: whoever has the new link secret takes the old one for an edition more, and does not name himself.
        assert await dials(town, keys, c, a) == [Proof]
        assert [r.event for r in (await a.audit())[-2:]].count("link-stranger") == 1

        # It is dialled: the proof is of a secret that it does not know.
        heard.clear()
        await a.ask(AddPeer(address=c.address))
        await trio.sleep(60)
        assert set(heard) <= {Proof}
        assert heard
        assert len(await c.audited("link-stranger")) >= 1
        assert c.station.links.register.sessions() == ()

        # Devices of those who stay get the secret over the air, without waiting for the next edition.
        secret = a.station.context.member.ring.link_secrets[0]

        async def told() -> bool:
            return laptop.station.context.member.ring.link_secrets[0] == secret

        await until(told)

        # After an edition the old link secret opens nothing.
        await a.ask(RemovePeer(address=c.address))
        await c.stop()
        await trio.sleep(EDITION + SEGMENT)
        assert a.station.context.member.ring.link_secrets == (secret,)
        assert await dials(town, keys, c, a) == []
        await town.close()
