"""Whole nodes in one process: real homes, keys, store and protocol; a virtual clock and a network in memory.

homes = found_homes(tmp_path, ("XAA", "XBB", "XCC"))             # once, with real founding files
async with trio.open_nursery() as nursery:
    town = Town(nursery, homes)
    a, b = await town.start("XAA"), await town.start("XBB")
    await town.join_up(a, b)
    sent = await a.send("ops", "radio check", "SECRET REL XAA, XBB")
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import attrs
import trio

from coalchat.api.base import Request
from coalchat.api.events import Body
from coalchat.api.nouns import AuditRecord, Channel, Message
from coalchat.api.requests import (
    AcknowledgeMessage,
    AddPeer,
    CreateChannel,
    GetMessageStatus,
    ListAudit,
    ListChannels,
    ListMessages,
    MarkRead,
    NextEvents,
    SendMessage,
)
from coalchat.api.responses import Acknowledged, MessageStatus, Sent
from coalchat.api.scopes import ALL
from coalchat.api.vocabulary import Answer, Precedence
from coalchat.custody.founding import Terms, create_nation, found_charter, sign_charter_file
from coalchat.errors import UnknownChannel
from coalchat.node.answers.session import Session
from coalchat.node.daemon import Node, Settings
from coalchat.node.keyring import KeysInFile
from coalchat.node.ports import TrioClock
from coalchat.node.station import Station
from coalchat.paths import Home, ensure_private_home
from coalchat.store.keyfile import KdfCost
from coalchat.store.runner import in_place
from coalchat.store.writer import Store, open_store
from protocol.base.limits import ARGON2_MEMORY_MIN, ARGON2_TIME_MIN
from protocol.trust.policy import policy_from_toml
from protocol.vectors.drbg import Drbg
from tests.fakes.transport import MemoryNetwork

NOW = 1_790_000_000
B = TypeVar("B", bound=Body)

FLOOR = KdfCost(ARGON2_TIME_MIN, ARGON2_MEMORY_MIN)
PASSPHRASE = b"correct horse"
POLICY = Path(__file__).parents[2] / "protocol" / "policies" / "example.toml"


def found_homes(base: Path, codes: Sequence[str], *, terms: Terms | None = None) -> dict[str, Home]:
    """Homes of one custodian a nation, that have founded a coalition together."""
    entropy = Drbg("founding")
    homes = {code: ensure_private_home(base / code) for code in codes}
    offers = [
        trio.run(
            partial(
                create_nation,
                home,
                PASSPHRASE,
                code=code,
                name=f"Nation {code}",
                person=f"Officer {code}",
                entropy=entropy,
                cost=FLOOR,
            )
        )
        for code, home in homes.items()
    ]
    first = homes[codes[0]]
    progress = found_charter(
        first,
        PASSPHRASE,
        policy=policy_from_toml(POLICY.read_text()),
        offers=offers,
        terms=terms or Terms("Test"),
        entropy=entropy,
    )
    for home in [*homes.values(), first]:
        progress = trio.run(partial(sign_charter_file, home, PASSPHRASE, progress.file, now=NOW, entropy=entropy))
    for home in homes.values():
        progress = trio.run(partial(sign_charter_file, home, PASSPHRASE, progress.file, now=NOW, entropy=entropy))
    assert progress.coalition is not None
    return homes


def copy_homes(homes: dict[str, Home], base: Path) -> dict[str, Home]:
    copies = {}
    for code, home in homes.items():
        shutil.copytree(home.path, base / code)
        (base / code).chmod(0o700)
        copies[code] = ensure_private_home(base / code)
    return copies


class Forever:
    """A life that nothing ends."""

    async def ended(self) -> str:
        await trio.Event().wait()
        return "never"


@attrs.define(eq=False)
class Running:
    """A node that runs, and a client's way to it without a socket."""

    code: str
    node: Node
    scope: trio.CancelScope
    address: str
    done: trio.Event

    @property
    def station(self) -> Station:
        assert self.node.station is not None
        return self.node.station

    async def ask(self, request: Request[Any]) -> Any:
        return await self.node.handlers()[type(request)](request, Session("test", ALL))

    async def channel(self, title: str, members: Sequence[str], ceiling: str = "TOP SECRET CONVOY EXCON") -> Channel:
        return await self.ask(  # type: ignore[no-any-return]
            CreateChannel(title=title, members=tuple(members), ceiling=ceiling, purpose="")
        )

    async def send(
        self,
        channel: str,
        text: str,
        label: str,
        *,
        key: str = "",
        precedence: Precedence = Precedence.ROUTINE,
        reply_to: str = "",
        quotes: Sequence[str] = (),
    ) -> Sent:
        return await self.ask(  # type: ignore[no-any-return]
            SendMessage(
                channel=channel,
                text=text,
                label=label,
                client_id=key or f"{label}/{text}",
                precedence=precedence,
                ack_by=0,
                reply_to=reply_to,
                quotes=tuple(quotes),
            )
        )

    async def messages(self, channel: str = "") -> list[Message]:
        page = await self.ask(ListMessages(channel=channel, after_position=0, before_position=0, limit=1000))
        return list(page.messages)

    async def texts(self, channel: str = "") -> list[str]:
        try:
            return [message.text for message in await self.messages(channel)]
        except UnknownChannel:
            return []

    async def status(self, entry_id: str) -> MessageStatus:
        return await self.ask(GetMessageStatus(id=entry_id))  # type: ignore[no-any-return]

    async def mark(self, channel: str, entry_id: str) -> None:
        await self.ask(MarkRead(channel=channel, entry_id=entry_id))

    async def acknowledge(self, entry_id: str, answer: Answer = Answer.NONE, text: str = "") -> Acknowledged:
        return await self.ask(AcknowledgeMessage(id=entry_id, answer=answer, text=text))  # type: ignore[no-any-return]

    async def audit(self) -> list[AuditRecord]:
        page = await self.ask(ListAudit(after=0, limit=1000))
        return list(page.records)

    async def audited(self, event: str) -> list[AuditRecord]:
        return [record for record in await self.audit() if record.event == event]

    async def events(self, kind: type[B]) -> list[B]:
        """All events of a kind that there were."""
        found: list[B] = []
        cursor = 0
        while (page := await self.ask(NextEvents(cursor=cursor, limit=1000, wait_seconds=0))).events:
            found += [event.body for event in page.events if isinstance(event.body, kind)]
            cursor = page.next_cursor
        return found

    async def channels(self) -> list[Channel]:
        return list((await self.ask(ListChannels())).channels)

    async def stop(self) -> None:
        """End it in order."""
        self.node.stop()
        await self.done.wait()

    async def kill(self) -> None:
        """End it at once, as far as one process allows: nothing is said to anybody."""
        for session in self.station.links.register.sessions():
            session.stream.cut()  # type: ignore[attr-defined]  # a MemoryLink
        self.node.stop()
        await self.done.wait()


@attrs.define(eq=False)
class Town:
    """Nodes of several homes on one network in memory."""

    nursery: trio.Nursery
    homes: dict[str, Home]
    network: MemoryNetwork = attrs.field(factory=MemoryNetwork)
    now: int = NOW + 60
    running: list[Running] = attrs.field(factory=list)

    async def start(self, code: str, *, carry: bool = True, capture: Any = None, unlock: bool = True) -> Running:
        home = self.homes[code]
        clock = TrioClock(self.now)
        address = f"{code.lower()}:7447"
        draw = Drbg(f"{code}/{trio.current_time()}")
        node = Node(
            clock=clock,
            entropy=draw,
            transport=self.network.transport(code.lower()),
            keys=KeysInFile(home.keys, draw),
            open_store=partial(_open, home),
            lifecycle=Forever(),
            token="0" * 64,
            settings=Settings(address, carry),
            capture=capture,
            run_blocking=in_place,
        )
        scope, done = trio.CancelScope(), trio.Event()

        async def run() -> None:
            try:
                with scope:
                    await node.run()
            finally:
                done.set()

        self.nursery.start_soon(run)
        if unlock:
            await node.unlock(PASSPHRASE)
        running = Running(code, node, scope, address, done)
        self.running.append(running)
        return running

    async def close(self) -> None:
        """End all nodes in order."""
        for node in self.running:
            if not node.done.is_set():
                await node.stop()

    async def join_up(self, *nodes: Running) -> None:
        """Every node dials those before it; returns when all links are in sync."""
        for index, node in enumerate(nodes):
            for other in nodes[:index]:
                await node.ask(AddPeer(address=other.address))
        for node in nodes:
            for other in nodes:
                if other is not node:
                    await linked(node, other)


async def linked(node: Running, other: Running) -> None:
    """Wait until two nodes have a link that is in sync."""
    device = other.station.context.member.device
    while (session := node.station.links.register.session(device)) is None:
        await trio.sleep(0.05)
    await session.in_sync.wait()


async def until(check: Any, *, within: float = 60) -> Any:
    """Wait until an async check gives something true; its value."""
    with trio.fail_after(within):
        while not (value := await check()):
            await trio.sleep(0.05)
        return value


@asynccontextmanager
async def _open(home: Home, key: bytes) -> AsyncIterator[Store]:
    async with (
        trio.open_nursery() as nursery,
        open_store(home.store, key, nursery=nursery, run_sync=in_place) as store,
    ):
        yield store
