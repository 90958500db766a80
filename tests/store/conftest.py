"""A home, and an open store in it that works in place, so that a virtual clock may jump."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trio

from coalchat.store.runner import in_place
from coalchat.store.writer import Store, open_store
from tests.store.makers import KEY


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def path(home: Path) -> Path:
    return home / "store.db"


@pytest.fixture
async def store(path: Path, nursery: trio.Nursery) -> AsyncIterator[Store]:
    async with open_store(path, KEY, nursery=nursery, run_sync=in_place) as opened:
        yield opened
