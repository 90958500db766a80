"""A bot as a program: its options, signals and exit codes (SPEC 12.6).

Rule 1: the options are those of every command; a secret never stands in an argument or in the environment.
Rule 2: an error is one line `coalchat: …` on stderr, a second one `hint: …`; the exit code is the error's own. SIGTERM
and SIGHUP end a bot in order (0), ^C is 130.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import anyio

from coalchat.client.secret import PassphraseSource
from coalchat.errors import CoalchatError
from coalchat.grouped import leaf
from coalchat.log import configure_log
from coalchat.stray import new_loop

if TYPE_CHECKING:
    from coalchat.bots.bot import Bot

INTERRUPTED: Final = 130


def run_bot(bot: Bot, arguments: Sequence[str] | None, backend: Literal["asyncio", "trio"]) -> None:
    """Run a bot until a signal ends it.

    Raises:
        SystemExit: with the code, if it is not 0.
    """
    given = _options(arguments)
    if given.home is not None:
        bot.home = given.home
    if given.passphrase_fd is not None or given.passphrase_file is not None:
        bot.secret = PassphraseSource(given.passphrase_fd, given.passphrase_file)
    configure_log()
    try:
        options = {"loop_factory": new_loop} if backend == "asyncio" else {}
        ended = anyio.run(partial(_until_told, bot, given.retry_parked), backend=backend, backend_options=options)
    except BaseException as error:
        known = leaf(error)
        if not isinstance(known, CoalchatError):
            raise
        said = f"coalchat: {known}\n" + (f"hint: {known.hint}\n" if known.hint else "")
        sys.stderr.write(said)
        raise SystemExit(int(known.exit_code)) from None
    if ended == signal.SIGINT:
        raise SystemExit(INTERRUPTED)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A bot of coalchat.")
    parser.add_argument("--home", metavar="DIR", help="home of its device; without it COALCHAT_HOME, or your own")
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument("--passphrase-fd", type=int, metavar="N", help="read the passphrase from this descriptor")
    secret.add_argument("--passphrase-file", type=Path, metavar="PATH", help="read it from this file: yours, mode 0600")
    parser.add_argument("--retry-parked", action="store_true", help="hand parked messages to their handlers once more")
    return parser.parse_args(arguments)


async def _until_told(bot: Bot, retry_parked: bool) -> int:
    """Serve until a signal comes; its number."""
    ended: list[int] = []
    async with anyio.create_task_group() as tasks:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM, signal.SIGHUP) as signals:
            tasks.start_soon(partial(bot.serve, retry_parked=retry_parked))
            async for number in signals:
                ended.append(number)
                tasks.cancel_scope.cancel()
                break
    return ended[0]
