"""Times in sentences that a node writes for people."""

from __future__ import annotations

from coalchat.custody.times import dtg

__all__ = ["dtg"]
