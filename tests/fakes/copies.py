"""Copies of homes: what a thief took, what a backup brought back, and a device that runs twice."""

from __future__ import annotations

import shutil
from pathlib import Path

from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Flag
from coalchat.paths import Home, ensure_private_home
from protocol.messages.forks import Fork
from tests.fakes.nodes import Running


def twin(homes: dict[str, Home], code: str, to: Path, name: str = "twin") -> dict[str, Home]:
    """The homes, and a copy of one of them whose node does not run."""
    shutil.copytree(homes[code].path, to)
    to.chmod(0o700)
    return homes | {name: ensure_private_home(to)}


def keep_store(home: Home, to: Path) -> Path:
    """A copy of a home's store, of a node that has ended."""
    return Path(shutil.copyfile(home.store, to))


def put_store_back(home: Home, copy: Path) -> None:
    for beside in home.store.parent.glob(f"{home.store.name}-*"):
        beside.unlink()
    shutil.copyfile(copy, home.store)


async def flags(node: Running, channel: str = "ops") -> dict[str, tuple[Flag, ...]]:
    """What is held against each message that a node shows, by its text."""
    return {message.text: message.flags for message in await node.messages(channel)}


async def message(node: Running, text: str) -> Message:
    return next(one for one in await node.messages() if one.text == text)


async def says(node: Running, *wanted: str) -> bool:
    """Whether a node shows exactly these texts."""
    return await node.texts("ops") == list(wanted)


def forks(*nodes: Running) -> list[Fork]:
    """Every fork proof that nodes hold."""
    return [fork for node in nodes for fork in node.station.context.member.verdicts.forks.values()]
