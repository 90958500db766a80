"""Direct messages at rest (SPEC 8.8, 10.8, 10.9): handed to nobody, and purged as any other when their retention is over."""

from __future__ import annotations

from pathlib import Path

import pytest
from trio.testing import MockClock

from coalchat.api.vocabulary import Flag
from coalchat.custody.founding import Terms
from coalchat.errors import UsageError
from coalchat.node.history import Request
from coalchat.paths import Home
from tests.fakes.direct import acquainted
from tests.fakes.joined import DAY, HOUR, SEGMENT, until_time
from tests.fakes.nodes import Running, copy_homes, found_homes, until
from tests.node.test_direct import laptops


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """Homes of a coalition that keeps bodies for a day, and keys for three."""
    base = tmp_path_factory.mktemp("brief")
    return found_homes(base, ("XAA", "XBB", "XCC"), terms=Terms("Brief", retention=DAY))


@pytest.fixture
def homes(brief: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return copy_homes(brief, tmp_path)


async def test_a_direct_message_stays_between_its_devices_and_ends(
    homes: dict[str, Home], tmp_path: Path, autojump_clock: MockClock
) -> None:
    async with laptops(homes, tmp_path) as (_, a, _, berg, kowal):
        await acquainted(berg, kowal)
        sent = await berg.send("@Kowal", "meet at PL RED", "SECRET")
        await until(lambda: kowal.texts("@Berg"))

        # Berg's custodian asks Berg's laptop for it, by its id: there is nothing that a person could approve.
        history = berg.station.history
        name = bytes.fromhex(sent.entry_id)
        asked = Request(bytes(16), a.station.context.member.device, frozenset({name}), 0)
        asker = history.asker(asked)
        assert asker is not None
        assert history.givable(asked, asker) == []
        with pytest.raises(UsageError):
            await a.station.history.ask("", None)

        here = berg.station.context.store.read.message(name)
        assert here is not None
        await until_time(a, (here.n + 1) * SEGMENT + DAY + HOUR)
        for node, place in ((berg, "@Kowal"), (kowal, "@Berg")):

            async def purged(node: Running = node, place: str = place) -> bool:
                (message,) = await node.messages(place)
                return Flag.PURGED in message.flags and message.text.startswith("purged: ")

            await until(purged)
            row = node.station.context.store.read.message(name)
            assert row is not None
            assert (row.payload, row.ck) == (b"", b"")
