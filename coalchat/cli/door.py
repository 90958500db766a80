"""Running a command: the last of the three doors with a broad `except` (SPEC 12.6: exit codes).

Rule 1: an error is one line `coalchat: …` on stderr, a second one `hint: …` if there is something to do about it; with
`--json` it is `{"error": {"code", "clause", "detail", "hint"}}`. Never a traceback: COALCHAT_DEBUG=1 asks for it.
Rule 2: the exit code is the error's own. 130 is "interrupted", as shells have it; 1 also that nobody reads stdout.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from io import TextIOWrapper

from typer.exceptions import Abort, TyperException
from typer.main import get_command

from coalchat.display import display_safe, display_safe_json
from coalchat.errors import ApiDecodeError, CoalchatError, ExitCode, InternalError, PeerCorrupt, UsageError
from coalchat.grouped import leaf
from protocol.base.errors import RemoteProtocolError

PROGRAM = "coalchat"
INTERRUPTED = 130


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    from coalchat.cli.app import app

    given = list(sys.argv[1:] if arguments is None else arguments)
    _show_everything()
    try:
        code = get_command(app).main(args=given, prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_stdout()
        return int(ExitCode.FAILED)
    except BaseException as error:  # noqa: BLE001 - rule 1
        return failed(error, given)
    return code if isinstance(code, int) else int(ExitCode.DONE)


def failed(error: BaseException, arguments: Sequence[str]) -> int:
    """Say what went wrong with this command line; the exit code."""
    _empty_stdout()
    _show_everything()
    return _failed(leaf(error), arguments)


def _show_everything() -> None:
    """A terminal that cannot show a character shows its escape: a message must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def wants_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` stands among the options, also of a command line that could not be read."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in options


def _failed(error: BaseException, arguments: Sequence[str]) -> int:
    known: CoalchatError
    match error:
        case SystemExit():
            raise error
        case KeyboardInterrupt() | Abort():
            return INTERRUPTED
        case ApiDecodeError() if any(_is_broken(argument) for argument in arguments):
            known = UsageError("an argument is not UTF-8")
        case CoalchatError():
            known = error
        case TyperException():
            known = _usage(error)
        case RemoteProtocolError():
            known = PeerCorrupt(str(error))
        case OSError() if error.strerror:
            known = CoalchatError(f"{error.filename}: {error.strerror}" if error.filename else error.strerror)
        case _:
            known = InternalError(type(error).__name__)
            known.sentence = "an internal error"
            known.hint = "please report it; with COALCHAT_DEBUG=1 it says where it happened"
    if os.environ.get("COALCHAT_DEBUG") == "1":
        said = "".join(traceback.format_exception(error))
        print(display_safe(said, multiline=True), file=sys.stderr, end="")
    _report(known, wants_json(arguments))
    return int(known.exit_code)


def _is_broken(argument: str) -> bool:
    """Whether its bytes were no UTF-8: then Python puts surrogates in their place."""
    return any("\ud800" <= character <= "\udfff" for character in argument)


def _usage(error: TyperException) -> CoalchatError:
    """What the reader of the command line found wrong, in our words."""
    sentence = " ".join(error.format_message().split()).removesuffix(".")
    context = getattr(error, "ctx", None)
    usage = UsageError(hint=f"`{context.command_path if context else PROGRAM} --help` says what it takes")
    usage.sentence = sentence or "a command is missing"
    return usage


def _report(error: CoalchatError, as_json: bool) -> None:
    from coalchat.cli.output import shown

    if as_json:
        words = {
            "code": error.code,
            "clause": error.clause,
            "detail": error.detail or error.sentence,
            "hint": error.hint,
        }
        print(display_safe_json({"error": words}), file=sys.stderr)
        return
    line = str(error)
    print(shown(f"{PROGRAM}: {line[:1].lower()}{line[1:]}", sys.stderr), file=sys.stderr)
    if error.hint:
        print(shown(f"hint: {error.hint}", sys.stderr), file=sys.stderr)


def _empty_stdout() -> None:
    """What stdout did not take it does not take at the exit either: Python would make that the exit code 120."""
    try:
        sys.stdout.flush()
    except OSError:
        _leave_stdout()


def _leave_stdout() -> None:
    """Nobody reads it any more: what is left in its buffer goes nowhere, and Python says nothing about it at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
