"""Nations that join a running coalition or are suspended, by the files that go round; for a `Town`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import attrs
import trio

from coalchat.api.amendment import AdmitNation, Amendment, ReinstateNation, SignAmendment, SuspendNation
from coalchat.custody.amending import sign_at_home
from coalchat.custody.founding import create_nation
from coalchat.paths import Home, ensure_private_home
from protocol.vectors.drbg import Drbg
from tests.fakes.nodes import FLOOR, PASSPHRASE, Running, Town


@attrs.frozen
class Newcomer:
    """A nation that belongs to no coalition yet."""

    code: str
    home: Home
    offer: bytes

    async def sign(self, file: bytes, now: int) -> bytes:
        """Sign an amendment at its home, and enter the coalition once it is complete; the file after it."""
        entropy = Drbg(f"{self.code} signs")
        return (await sign_at_home(self.home, PASSPHRASE, file, now=now, entropy=entropy)).data


def newcomer(base: Path, code: str) -> Newcomer:
    """Make its keys, in a new home; outside any loop."""
    home = ensure_private_home(base / code)
    make = partial(
        create_nation,
        home,
        PASSPHRASE,
        code=code,
        name=f"Nation {code}",
        person=f"Officer {code}",
        entropy=Drbg(f"newcomer {code}"),
        cost=FLOOR,
    )
    return Newcomer(code, home, trio.run(make))


async def signed(file: bytes, *nodes: Running) -> Amendment:
    """The file after each node's custodian has signed it."""
    answer = Amendment(file=file, in_force=False)
    for node in nodes:
        answer = await node.ask(SignAmendment(file=answer.file))
    return answer


async def admitted(town: Town, nodes: Sequence[Running], new: Newcomer) -> Running:
    """The newcomer's node, which every nation of these nodes has admitted while they ran."""
    first, *others = nodes
    drafted: Amendment = await first.ask(AdmitNation(offer=new.offer))
    now = first.station.context.now()
    file = await new.sign((await signed(drafted.file, *others)).file, now)
    await new.sign(file, now)
    await signed(file, first)
    town.homes = {**town.homes, new.code: new.home}
    return await town.start(new.code)


async def suspended(code: str, nodes: Sequence[Running]) -> bytes:
    """The complete file by which the nations of these nodes suspend another; the first has taken it in."""
    first, *others = nodes
    drafted: Amendment = await first.ask(SuspendNation(nation=code))
    answer = await signed(drafted.file, *others, first)
    assert answer.in_force
    return answer.file


async def reinstated(back: Running, nodes: Sequence[Running]) -> bytes:
    """The complete file by which the nations of these nodes take a suspension back; the first and that nation have it."""
    first, *others = nodes
    drafted: Amendment = await first.ask(ReinstateNation(nation=back.code))
    answer = await signed(drafted.file, *others, back)
    assert not answer.in_force, "the link secret is not sealed to it yet"
    answer = await signed(answer.file, first, back)
    assert answer.in_force
    return answer.file
