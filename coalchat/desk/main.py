"""The desk as a process: what a terminal starts (SPEC 12).

Rule 1: without a terminal there is no desk: it says which commands do the same in lines.
Rule 2: nothing secret stands in arguments or environment; no core dumps, and no other process of this user may read our
memory, as far as the system allows: it holds the passphrase.
Rule 3: Textual's own switches are not taken from the environment: some write every key that is typed into a file. Nor is
the size of the terminal: the terminal knows it better.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from coalchat.config import THEMES, load_config
from coalchat.desk.curtain import Curtain
from coalchat.desk.wishes import Wishes
from coalchat.errors import CoalchatError, ExitCode, NoHome, UsageError
from coalchat.paths import Home, check_home, find_home
from coalchat.record import field, record

DARK: Final = "dark"
MONO: Final = "mono"
_COLOURLESS: Final = ("dumb", "vt", "ansi-m", "linux-m", "xterm-mono")
"""TERM of terminals without colours, or how it begins."""
_PR_SET_DUMPABLE: Final = 4


@record
class Options:
    """What the desk was asked.

    Attributes:
        start: start a node if none runs; else wait for one.
        theme: of the option, or "". ascii_only: likewise.
        parent_fd: read end of a pipe whose closing ends the desk.
    """

    home: Home
    start: bool = True
    passphrase: bytes | None = field(default=None, repr=False)
    theme: str = ""
    ascii_only: bool = False
    parent_fd: int | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a desk; the exit code."""
    try:
        return run_desk(_options(arguments))
    except CoalchatError as error:
        print(f"coalchat: {error}", file=sys.stderr)  # noqa: T201  # a process says why it ends on stderr
        return int(error.exit_code)


def _options(arguments: Sequence[str] | None) -> Options:
    import argparse

    parser = argparse.ArgumentParser(prog="coalchat.desk", description="Open the desk of a home.")
    parser.add_argument("--home")
    parser.add_argument("--passphrase-fd", type=int)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--theme", choices=THEMES, default="")
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--no-start", action="store_true", help="wait for a node; start none")
    parser.add_argument("--parent-fd", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    return Options(
        home=check_home(find_home(given.home)),
        start=not given.no_start,
        passphrase=_passphrase(given.passphrase_fd, given.passphrase_file),
        theme=given.theme,
        ascii_only=given.ascii,
        parent_fd=given.parent_fd,
    )


def _passphrase(descriptor: int | None, file: Path | None) -> bytes | None:
    if descriptor is None and file is None:
        return None
    from coalchat.client.secret import not_empty, read_descriptor, read_secret_file

    if descriptor is None:
        return not_empty(read_secret_file(file)) if file is not None else None
    secret = not_empty(read_descriptor(descriptor, "--passphrase-fd"))
    os.close(descriptor)
    return secret


def run_desk(options: Options, environ: Mapping[str, str] = os.environ) -> int:
    """Open the desk, and return once it is closed: 0, or what ended it.

    Raises:
        UsageError: there is no terminal, or a setting is wrong. NoHome: it has no device.
    """
    check_terminal()
    if not options.home.keys.exists():
        raise NoHome(str(options.home.path))
    config = load_config(options.home)
    ascii_only = options.ascii_only or config.desk_ascii
    theme, ascii_only = look_of(options.theme, config.desk_theme, ascii_only, environ)
    harden()
    return _run(options, environ, theme, ascii_only, Wishes(config, options.home.path))


def check_terminal() -> None:
    """Textual reads stdin and writes stderr; who sends stdout elsewhere wants lines.

    Raises:
        UsageError: there is no terminal.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        error = UsageError(
            hint="without one, `coalchat read`, `coalchat tail` and `coalchat send` do the same in lines"
        )
        error.sentence = "the desk needs a terminal"
        raise error


def look_of(option: str, setting: str, ascii_only: bool, environ: Mapping[str, str]) -> tuple[str, bool]:
    """The skin's name, and whether nothing but ASCII is drawn."""
    return theme_of(option, setting, environ), ascii_only or not takes_unicode(environ, sys.stdout.encoding)


def theme_of(option: str, setting: str, environ: Mapping[str, str]) -> str:
    """The skin's name: the option decides, then what the terminal says of itself, then the setting."""
    if option:
        return option
    if environ.get("NO_COLOR") or environ.get("TERM", "").startswith(_COLOURLESS):
        return MONO
    return setting or DARK


def takes_unicode(environ: Mapping[str, str], encoding: str) -> bool:
    """Whether the terminal shows more than ASCII, by its locale."""
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or encoding
    return locale.upper().replace("-", "").partition("@")[0].endswith("UTF8")


def harden() -> None:
    """Leave no core dump, and let no other process of this user read our memory, as far as the system allows."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def quiet_environment() -> None:
    """Take Textual's own switches, and a size of the terminal, out of the environment (rule 3)."""
    for name in [name for name in os.environ if name.startswith("TEXTUAL") or name in {"COLUMNS", "LINES"}]:
        del os.environ[name]


def _run(options: Options, environ: Mapping[str, str], theme: str, ascii_only: bool, wishes: Wishes) -> int:
    quiet_environment()
    # A tenth of a second to import: not before everything else is known to be right, and not before an empty terminal.
    curtain = Curtain(sys.stdin.fileno(), sys.stdout.fileno(), ascii_only=ascii_only)
    gc.disable()  # all that is made until the desk stands stays: looking for what does not takes a tenth of the time
    from coalchat.desk.ending import ended_by_parent, ended_by_signals

    try:
        with ended_by_signals(curtain.end):
            foreseen = _foresee(options, environ, theme, ascii_only, curtain, wishes)

            import asyncio

            app = _load(options, environ, theme, ascii_only, foreseen, wishes)
    except BaseException:
        curtain.drop()
        gc.enable()
        raise
    app.ending.before = curtain.before
    if options.parent_fd is not None:
        ended_by_parent(app.ending, options.parent_fd)
    try:
        with ended_by_signals(app.ending.begin):
            asyncio.run(_run_app(app))
    finally:
        gc.enable()
        curtain.give_back()
        _let_go()
    app.ending.over()
    code = app.return_code if app.ending.code is None else app.ending.code
    return int(ExitCode.FAILED) if code is None else code


def _let_go() -> None:
    """What a terminal that is gone does not take, it does not take at the exit either: Python would make that code 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def _collect() -> None:
    gc.freeze()
    gc.enable()


def _foresee(
    options: Options, environ: Mapping[str, str], theme: str, ascii_only: bool, curtain: Curtain, wishes: Wishes
) -> Any:
    """The model as a node that runs fills it, shown at once. One that does not run, or not now, is met by the session,
    which says so.
    """
    from coalchat.desk.first import first_questions, first_requests, foresee

    with suppress(CoalchatError, OSError), first_questions(options.home, environ, first_requests()) as node:
        from coalchat.desk.look.skin import skin_for
        from coalchat.desk.still import still

        now = int(time.time())
        foreseen = foresee(node, now)
        foreseen.desk.prefer(wishes.words, wishes.offset)
        skin = skin_for(theme, foreseen.levels, ascii_only)
        curtain.show(still(foreseen.desk, now, curtain.size, skin, environ))
        return foreseen
    return None


def _load(
    options: Options, environ: Mapping[str, str], theme: str, ascii_only: bool, foreseen: Any, wishes: Wishes
) -> Any:
    """The app, as it stands at a node that runs."""
    from coalchat.desk.app import DeskApp

    app = DeskApp(
        options.home.path,
        start=options.start,
        passphrase=options.passphrase,
        environ=environ,
        theme=theme,
        ascii_only=ascii_only,
        wishes=wishes,
        desk=None if foreseen is None else foreseen.desk,
    )
    app.on_stand = _collect
    if foreseen is not None:
        app.session.go_on(foreseen.cursor, foreseen.levels)
    return app


async def _run_app(app: Any) -> None:
    import asyncio

    asyncio.get_running_loop().set_exception_handler(app.handle_stray)
    await app.run_async()
    await app.session.over()
