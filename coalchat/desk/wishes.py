"""How a person wants his desk: read from the settings when it opens, changed by commands, and kept there.

Rule: what cannot be written is still done, and that it will not last is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coalchat.config import Config, load_config, save_config
from coalchat.errors import UsageError
from coalchat.paths import Home
from coalchat.record import evolve, part


def local_offset(seconds: int) -> int:
    """By how much this machine's time is ahead of UTC at a time, in seconds."""
    try:
        return time.localtime(seconds).tm_gmtoff
    except (OverflowError, OSError, ValueError):  # a peer's clock may say anything
        return 0


@part
class Wishes:
    """The settings of one home, as far as they are the desk's. `home`: none: they are kept nowhere."""

    config: Config
    home: Path | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Words that call this person."""
        return tuple(word.strip() for word in self.config.desk_highlights.split(",") if word.strip())

    @property
    def offset(self) -> Callable[[int], int] | None:
        """By how much times of messages are ahead of UTC; none: they are in Z."""
        return local_offset if self.config.desk_local_time else None

    @property
    def vim(self) -> bool:
        """Whether letters move as in vim."""
        return self.config.desk_keys == "vim"

    def keep(self, **changes: Any) -> str:
        """Have it so from now on; why it will not last, or ""."""
        self.config = evolve(self.config, **changes)
        if self.home is None:
            return ""
        try:
            home = Home(self.home)
            save_config(home, evolve(load_config(home), **changes))
        except UsageError as error:
            return f"not kept for the next time: {error.detail}"
        except OSError as error:
            return f"not kept for the next time: {error.strerror}"
        return ""
