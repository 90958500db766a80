from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from coalchat.custody.founding import create_device
from coalchat.log import configure_log
from coalchat.node import links, rollover
from coalchat.paths import Home, ensure_private_home
from protocol.base import crypto
from protocol.vectors.drbg import Drbg
from tests.fakes.nodes import FLOOR, PASSPHRASE, copy_homes, found_homes

DERIVED = cache(crypto.argon2id)


@pytest.fixture(autouse=True, scope="module")
def _derived_once() -> Iterator[None]:
    """Argon2id at its real cost, but once for a passphrase and salt: these homes are copies, opened again and again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crypto, "argon2id", DERIVED)
        yield


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    return found_homes(tmp_path_factory.mktemp("founded"), ("XAA", "XBB", "XCC"))


@pytest.fixture
def homes(founded: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return copy_homes(founded, tmp_path)


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch, unmeasured: None) -> None:
    """For what takes days: no machine sleeps here and no clock is set; and who does not answer is dialled seldom."""
    monkeypatch.setattr(rollover, "TICK", 86_400.0)
    monkeypatch.setattr(links, "PAUSES", (0.2, 1.0, 600.0, 10_800.0))


@pytest.fixture
def with_device(homes: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    """The homes, and one of a device that belongs to no nation yet: `bot`."""
    home = ensure_private_home(tmp_path / "bot")
    create_device(home, PASSPHRASE, entropy=Drbg("bot"), cost=FLOOR)
    return homes | {"bot": home}


@pytest.fixture(autouse=True, scope="session")
def _log() -> None:
    """Log as the program does: a traceback with locals would show keys."""
    configure_log()
