"""Founded homes for acts of custody: those of tests/node."""

from tests.node.conftest import _log, founded, homes

__all__ = ["_log", "founded", "homes"]
