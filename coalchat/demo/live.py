"""The demo to look at: three nations found themselves, and the desk of a liaison officer opens among them.

This process directs: it founds the coalition, keeps the nodes running, plays the other officers at real clients of their
own nodes, and waits for the desk to be closed.

Rule 1: within ten seconds the desk is there, and until then one line says what is being done.
Rule 2: whatever ends the director ends desk and nodes within three seconds, and the terminal is as it was.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import structlog
import trio

from coalchat.demo.cast import Cast, gather
from coalchat.demo.claims import Unproven
from coalchat.demo.foreground import DESK, Terminal, run_desk
from coalchat.demo.place import STOPPED, environment, until_told
from coalchat.demo.processes import Device
from coalchat.demo.script import script_of
from coalchat.demo.sensor import sensor
from coalchat.errors import CoalchatError, UsageError
from coalchat.log import configure_log

FOUNDING = "coalchat: founding three nations on this machine, with real nodes and keys"
OVER = (
    "coalchat: the demo is over; its nodes have ended, and nothing of it is kept\n"
    '`coalchat` begins a nation of your own, or joins one: see "Two laptops" in the README\n'
)
RESTART_PAUSE = 0.5
"""Seconds before a node that has ended is started again."""

log = structlog.get_logger("coalchat.demo")


def live(desk: Sequence[str] = DESK) -> int:
    """Play it; the exit code: the desk's, or of the signal that ended the demo.

    Args:
        desk: program of the desk; it gets `--home`, `--passphrase-fd`, `--parent-fd` and `--no-start`.

    Raises:
        UsageError: there is no terminal. CoalchatError: the coalition could not be founded.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("there is no terminal to play on", hint="`make story`, or --headless, plays it without one")
    terminal = Terminal()
    with tempfile.TemporaryDirectory(prefix="coal-", ignore_cleanup_errors=True) as name:
        root = Path(name).resolve()
        with (root / "demo.log").open("w") as file:
            configure_log()
            # Stderr is the screen.
            structlog.configure(logger_factory=structlog.PrintLoggerFactory(file))
            code = trio.run(_direct, root, environment(root), terminal, tuple(desk))
    terminal.write(OVER)
    return code


async def _direct(root: Path, environ: Mapping[str, str], terminal: Terminal, desk: Sequence[str]) -> int:
    cast, ended, codes = Cast(root, environ), list[int](), list[int]()
    try:
        async with trio.open_nursery() as nursery:
            await nursery.start(until_told, ended, nursery.cancel_scope)
            script = script_of(cast)
            await _open(cast, terminal)
            for device in cast.running:
                nursery.start_soon(_keep_running, device)
            for officer in script.officers:
                await nursery.start(officer.attend)
            await script.before()
            nursery.start_soon(_as_far_as_it_goes, "script", script.play)
            nursery.start_soon(_as_far_as_it_goes, "bot", sensor(cast.sensor).serve)
            terminal.write("\r\x1b[K")
            terminal.forget_typed()
            codes.append(await run_desk(cast.berg, desk))
            nursery.cancel_scope.cancel()
    except* Unproven as group:
        raise _unfounded(group) from None
    finally:
        with trio.CancelScope(shield=True):
            terminal.restore(cut_off=bool(ended) or codes != [0])
            await cast.stop()
    return STOPPED + ended[0] if ended else codes[0]


async def _open(cast: Cast, terminal: Terminal) -> None:
    """Found the coalition under a line that tells the time."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_tell_time, terminal)
        await gather(cast)
        nursery.cancel_scope.cancel()


async def _tell_time(terminal: Terminal) -> None:
    seconds = 0
    while True:
        terminal.write(f"\r\x1b[K{FOUNDING} … {seconds} s")
        await trio.sleep(1)
        seconds += 1


async def _keep_running(device: Device) -> None:
    """Start a node again that has ended, as whoever runs nodes would: the desk comes back to it by itself."""
    while True:
        await device.ended()
        log.warning("a node has ended: it is started again", device=device.name, code=await device.kill())
        await trio.sleep(RESTART_PAUSE)
        try:
            await device.start()
        except (Unproven, CoalchatError) as error:
            log.error("a node does not start", device=device.name, reason=str(error))


async def _as_far_as_it_goes(what: str, act: Callable[[], Awaitable[None]]) -> None:
    """A part of the demo that may fail without ending it: the user's desk and the nodes are worth more."""
    try:
        await act()
    except* CoalchatError as group:
        log.error("a part of the demo has ended", part=what, reason=str(group.exceptions[0]))


def _unfounded(group: BaseExceptionGroup[Unproven]) -> CoalchatError:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    failed = CoalchatError(str(error))
    failed.sentence = "The demo's coalition could not be founded"
    return failed
