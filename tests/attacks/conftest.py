"""Founded homes for the attacks on whole nodes: those of tests/node."""

from tests.node.conftest import _derived_once, _log, founded, homes

__all__ = ["_derived_once", "_log", "founded", "homes"]
