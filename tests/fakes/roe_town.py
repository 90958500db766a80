"""A coalition with rules of engagement in tests: XAA issues, XBB's custodian signs, and every notice needs both."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import trio

from coalchat.api import roe as api
from coalchat.custody.authorities import RoePower
from coalchat.custody.founding import Terms
from coalchat.errors import Refused
from coalchat.paths import Home
from tests.fakes.joined import DAY
from tests.fakes.nodes import NOW, Running, Town, found_homes, until

ALL = ["XAA", "XBB", "XCC"]
HALT = api.RoeRule(
    number="104", option="B", verb=api.RoeVerb.LIMITED, text="Halt and search of vehicles", specify="AREA BLUE"
)
WIDER = api.RoeRule(number="104", option="B", verb=api.RoeVerb.PERMITTED, text="Halt and search", specify="")
NOT_US = api.RoeRule(number="104", option="", verb=api.RoeVerb.PROHIBITED, text="", specify="")


def found(root: Path) -> dict[str, Home]:
    """Homes of it; bodies last a day."""
    powers = (RoePower("XAA"), RoePower("XBB", "Officer XBB", issues=False))
    return found_homes(root, ALL, terms=Terms("Rules", retention=DAY, roe=powers, signatures=2))


async def three(nursery: trio.Nursery, homes: dict[str, Home]) -> tuple[Town, Running, Running, Running]:
    town = Town(nursery, homes)
    a, b, c = [await town.start(code) for code in ALL]
    await town.join_up(a, b, c)
    await a.channel("roe", ALL)

    async def there() -> bool:
        return bool(await b.channels() and await c.channels())

    await until(there)
    return town, a, b, c


async def board(node: Running, at: int = 0) -> api.RoeBoard:
    return await node.ask(api.ListRoe(channel="", at=at))  # type: ignore[no-any-return]


async def issue(node: Running, act: api.RoeAct, *rules: api.RoeRule, key: str = "", **more: Any) -> api.RoeNotice:
    request = api.IssueRoe(act=act, client_id=key or token_hex(8), rules=rules, **more)
    return (await node.ask(request)).notice  # type: ignore[no-any-return]


async def standing(node: Running) -> dict[str, str]:
    """Of each notice, why it is not in force, or ""."""
    return {f"{n.nation} {n.name}": n.reason for n in (await board(node)).notices}


async def stands(node: Running, name: str, reason: str = "") -> None:
    """Wait until a notice is known, and not in force for this reason, or in force."""

    async def so() -> bool:
        return (await standing(node)).get(name) == reason

    await until(so)


async def sign(node: Running, name: str) -> None:
    await stands(node, name, "signed by 1 of 2")
    await node.ask(api.EndorseRoe(id=name))


async def refused(node: Running, clause: str, request: Any) -> str:
    before = len(await node.audited("send-refused"))
    with pytest.raises(Refused) as refusal:
        await node.ask(request)
    assert refusal.value.clause == clause
    assert [line.clause for line in (await node.audited("send-refused"))[before:]] == [clause]
    return refusal.value.detail


async def in_force(a: Running, b: Running, c: Running) -> None:
    """REQ 001 of XBB, AUTH 001 and IMPL 001 of XAA, signed twice."""
    await issue(b, api.RoeAct.REQUEST, HALT, channel="roe", label="RESTRICTED")
    await stands(a, "XBB REQ 001", "requested, and not answered")
    await issue(a, api.RoeAct.AUTHORISE, basis="REQ 001")
    await sign(b, "XAA AUTH 001")
    await stands(a, "XAA AUTH 001", "authorised, not implemented: held back")
    await issue(a, api.RoeAct.IMPLEMENT, basis="AUTH 001", ack_by=NOW + DAY)
    await sign(b, "XAA IMPL 001")
    for node in (a, b, c):
        await stands(node, "XAA IMPL 001")
