"""Two nations join, talk, and one label is refused: the shortest way to see what this program does.

Real homes, keys, stores and links; only the clock and the network are the test's. The node, the protocol and the
cryptography are those of the program.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import trio
from trio.testing import MockClock

from coalchat.api.enrolment import ApproveInvite, CreateInvite, Join, ListInvites
from coalchat.api.vocabulary import Precedence, Role, State
from coalchat.custody.founding import create_device
from coalchat.errors import Refused
from coalchat.paths import Home, ensure_private_home
from protocol.vectors.drbg import Drbg
from tests.fakes.nodes import FLOOR, PASSPHRASE, Running, Town, found_homes, until


@pytest.fixture
def homes(tmp_path: Path) -> dict[str, Home]:
    """Two custodians' homes, founded by offers and a charter that both signed; and a device fresh from its box."""
    laptop = ensure_private_home(tmp_path / "laptop")
    create_device(laptop, PASSPHRASE, entropy=Drbg("laptop"), cost=FLOOR)
    return found_homes(tmp_path, ("XAA", "XBB")) | {"laptop": laptop}


async def invite(custodian: Running, device: Running, person: str, level: str) -> None:
    """The custodian invites, the device shows the code, both compare six words, the custodian approves."""
    made = await custodian.ask(
        CreateInvite(
            person=person,
            role=Role.OFFICER,
            level=level,
            categories=(),
            precedence=Precedence.IMMEDIATE,
            address=custodian.address,
        )
    )
    shown = await device.ask(Join(code=made.code, display_name=person))
    (asked,) = (await custodian.ask(ListInvites())).invites
    assert asked.words == shown.words
    await custodian.ask(ApproveInvite(id=made.invite_id, words=shown.words))
    await device.node.working.wait()


async def test_two_nations_join_talk_and_one_label_is_refused(
    homes: dict[str, Home], autojump_clock: MockClock
) -> None:
    async with trio.open_nursery() as nursery:
        town = Town(nursery, homes)
        a, b, officer = [await town.start(name) for name in ("XAA", "XBB", "laptop")]
        await invite(b, officer, "Lieutenant Novak", "RESTRICTED")
        await town.join_up(a, b)
        await a.channel("ops", ["XAA", "XBB"], ceiling="SECRET")
        await until(officer.channels)

        # They talk: the officer, whose only link is with his own nation's node, reads XAA, and XAA reads him.
        order = await a.send("ops", "bridge is open", "RESTRICTED REL XAA, XBB")
        assert order.marking == "MISSION RESTRICTED REL XAA, XBB"

        async def heard() -> bool:
            return await officer.texts("ops") == ["bridge is open"]

        await until(heard)
        await officer.mark("ops", order.entry_id)
        await officer.send("ops", "crossing now", "RESTRICTED")

        async def answered() -> bool:
            rows = (await a.status(order.entry_id)).deliveries
            read = [row.person for row in rows if row.state is State.READ]
            return read == ["Lieutenant Novak"] and "crossing now" in await a.texts("ops")

        await until(answered)

        # One label is refused: it is above his clearance, and nothing of it leaves his node.
        before = await a.messages()
        with pytest.raises(Refused) as refused:
            await officer.send("ops", "more than I may say", "SECRET REL XAA, XBB")
        assert refused.value.clause == "level-clearance"
        assert await officer.audited("send-refused")
        await trio.sleep(60)
        assert await a.messages() == before

        # And what XAA says above it reaches his nation, and stays closed on his device.
        await a.send("ops", "for the staff only", "SECRET REL XAA, XBB")

        async def staff_reads() -> bool:
            return "for the staff only" in await b.texts("ops")

        await until(staff_reads)
        await trio.sleep(60)
        assert await officer.texts("ops") == ["bridge is open", "crossing now"]
        await town.close()
