"""Errors of the author's code, as a log may have them."""

from __future__ import annotations

import traceback
from pathlib import Path

from coalchat.errors import CoalchatError
from coalchat.grouped import leaf


def describe(error: BaseException) -> str:
    """One line: what it was and where. Not what it says: that may hold the text of a message."""
    error = leaf(error)
    if isinstance(error, CoalchatError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
