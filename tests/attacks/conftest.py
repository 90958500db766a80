"""Founded homes for the attacks on whole nodes: those of tests/node."""

from __future__ import annotations

import pytest

from tests.node.conftest import _derived_once, _log, days, founded, homes

__all__ = ["_derived_once", "_log", "days", "founded", "homes"]


@pytest.fixture(autouse=True)
def _unmeasured(unmeasured: None) -> None:
    """An attack proves that a rule holds; that its lines run is for the tests of its room."""
