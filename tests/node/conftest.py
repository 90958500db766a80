from __future__ import annotations

from pathlib import Path

import pytest

from coalchat.log import configure_log
from coalchat.paths import Home
from tests.fakes.nodes import copy_homes, found_homes


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    return found_homes(tmp_path_factory.mktemp("founded"), ("XAA", "XBB", "XCC"))


@pytest.fixture
def homes(founded: dict[str, Home], tmp_path: Path) -> dict[str, Home]:
    return copy_homes(founded, tmp_path)


@pytest.fixture(autouse=True, scope="session")
def _log() -> None:
    """Log as the program does: a traceback with locals would show keys."""
    configure_log()
