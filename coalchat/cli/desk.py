"""`coalchat` without a command: the desk, for people at a terminal."""

from __future__ import annotations

from coalchat.cli.options import Asked
from coalchat.errors import UsageError


def open_desk(asked: Asked, theme: str, ascii_only: bool) -> int:
    """Open the desk of the home; the exit code.

    Raises:
        UsageError: there is no terminal. NoHome, HomeNotPrivate: as they say.
    """
    from coalchat.cli.passphrase import passphrase
    from coalchat.cli.welcome import first_run, is_first_run
    from coalchat.desk.main import Options, check_terminal, run_desk

    if asked.as_json:
        raise UsageError("the desk has no --json", hint="`coalchat tail --json` follows what arrives")
    check_terminal()
    if is_first_run(asked.home):
        return first_run(asked, theme, ascii_only)
    home = asked.present_home
    given = asked.passphrase_fd is not None or asked.passphrase_file is not None
    secret = passphrase(asked) if given else None  # else the desk asks itself, and only if the node is locked
    return run_desk(Options(home=home, passphrase=secret, theme=theme, ascii_only=ascii_only))
