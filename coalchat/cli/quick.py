"""`coalchat` alone, as a person types it: the desk, without the tree of commands, which takes longer to load than to read.

Rule 1: only the desk's own options are read here, and only to the letter. Everything else, right or wrong, is the tree's.
Rule 2: what goes wrong is said as the tree says it.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence

from coalchat.record import record


@record
class Asked:
    """What stood on the command line; "" where nothing did."""

    home: str = ""
    theme: str = ""
    ascii_only: bool = False


def read(arguments: Sequence[str]) -> Asked | None:
    """The desk's options, or none: the tree shall read them."""
    home = theme = ""
    ascii_only = False
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if argument == "--ascii":
            ascii_only = True
            continue
        if name not in {"--home", "--theme"}:
            return None
        value = value if equals else next(rest, "")
        if not value or value.startswith("-"):
            return None
        if name == "--home":
            home = value
        else:
            theme = value
    return Asked(home=home, theme=theme, ascii_only=ascii_only)


def open_desk(arguments: Sequence[str]) -> int | None:
    """The exit code of the desk, once it is closed; none: the tree shall run this command line."""
    asked = read(arguments)
    if asked is None:
        return None
    gc.disable()  # as the desk does until it stands
    try:
        from coalchat.config import THEMES

        if asked.theme not in {"", *THEMES}:
            return None
        from coalchat.desk.main import Options, check_terminal, run_desk
        from coalchat.paths import check_home, find_home

        check_terminal()
        found = find_home(asked.home or None)
        if not found.keys.exists() and not found.zeroized.exists():
            return None  # the first run is the tree's
        home = check_home(found)
        return run_desk(Options(home=home, theme=asked.theme, ascii_only=asked.ascii_only))
    except BaseException as error:  # noqa: BLE001 - the door's rule 1
        from coalchat.cli.door import failed

        return failed(error, arguments)
    finally:
        gc.enable()
