"""The first run: what opens where there is no home yet (look: screen 10). It ends with what the person wants opened.

    choose -> invite -> name -> passphrase, twice -> keys are made -> asked to join -> six words -> joined
           -> nation -> its name -> person -> passphrase, twice -> keys are made -> the offer stands in a file
           -> the demonstration

Rule 1: nothing leaves before the passphrase was typed twice and the keys are made; the foot of each page says so.
Rule 2: what makes keys is not the desk's: it is given from outside, and runs in a thread.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Final, Protocol

from textual.screen import Screen

from coalchat.api.enrolment import Joining
from coalchat.api.vocabulary import JoinState, Phase
from coalchat.client import Client, connect
from coalchat.client.process import NODE_COMMAND
from coalchat.desk.app import DeskApp
from coalchat.desk.curtain import Curtain
from coalchat.desk.ending import ended_by_signals
from coalchat.desk.main import check_terminal, harden, look_of, quiet_environment
from coalchat.desk.screens.choose import ChooseDialog
from coalchat.desk.screens.welcome import AskDialog, SecretDialog, SixWordsDialog, WelcomeScreen
from coalchat.errors import CoalchatError, ExitCode
from coalchat.record import evolve, record

POLL: Final = 0.25
"""Seconds between two looks: before the device is a member there are no events to wait for."""
WAYS: Final = (
    "leave; nothing is made",
    "join a coalition: a custodian has given you an invite",
    "begin a nation, which founds a coalition with others",
    "look at the demonstration: three nations on this machine, nothing is kept",
)
_JOIN: Final = ("Choose", "Invite", "Name", "Passphrase", "Words", "Desk")
_NATION: Final = ("Choose", "Nation", "Name", "Custodian", "Passphrase", "Offer")
_CLOSED: Final = "It locks the keys and messages of this device. Nobody can tell it to you again."
_UNDER_WAY: Final = frozenset({JoinState.CONNECTING, JoinState.COMPARING})


class Wanted(Enum):
    """What the person wants opened now."""

    NOTHING = "nothing"
    DESK = "desk"
    DEMO = "demo"


@record(kw_only=False)
class Outcome:
    """How the first run ended. `lines`: what to do next, for the terminal; `secret`: of the home that was made; `code`: of
    the process, where nothing more is wanted.
    """

    wanted: Wanted
    lines: tuple[str, ...] = ()
    secret: bytes = b""
    code: int = 0

    def __repr__(self) -> str:
        return f"Outcome({self.wanted})"


class Acts(Protocol):
    """What makes keys. All of them block, and raise CoalchatError."""

    def check_invite(self, code: str) -> str:
        """What is wrong with an invite's code, or ""."""

    def make_device(self, passphrase: bytes) -> None:
        """Make the keys of a device that will join; a home that has some keeps them."""

    def make_nation(self, code: str, name: str, person: str, passphrase: bytes) -> tuple[str, ...]:
        """Make a nation's keys and its offer; what to do next, a line each."""


def _text(typed: bytes) -> str:
    return typed.decode("utf-8", "replace").strip()


class WelcomeApp(DeskApp):
    """The desk's look, without a node behind it."""

    def __init__(self, acts: Acts, home: Path, *, environ: Mapping[str, str] | None = None, **look: Any) -> None:
        super().__init__(home, environ=environ, **look)
        self.outcome = Outcome(Wanted.NOTHING)
        self._acts, self._home = acts, home
        self._environ = os.environ if environ is None else environ
        self._welcome = WelcomeScreen(self.door)

    def get_default_screen(self) -> Screen[None]:
        """The ground of the pages."""
        return self._welcome

    def _run_session(self) -> None:
        """There is no node to meet: ask."""
        self.run_worker(self._flow(), name="welcome", exclusive=True)

    def action_leave(self) -> None:
        """Out: there is nothing to be kept."""
        self.exit(0)

    action_leave_if_sent = action_leave

    def lock(self) -> None:
        """There is nothing to hide."""

    # --- pages ---

    async def _flow(self) -> None:
        while True:
            self._welcome.stand(("Choose",), 0)
            sentence = "No coalchat device lives here yet. What do you want to do?"
            way = await self._ask(ChooseDialog(self.door, self._welcome.titled("WELCOME"), sentence, WAYS))
            act = (self._out, self._join, self._found, self._demo)[way or 0]
            if await act():
                self.exit(0)
                return

    async def _ask(self, dialog: Screen[Any]) -> Any:
        return await self.push_screen_wait(dialog)

    async def _out(self) -> bool:
        return True

    async def _demo(self) -> bool:
        self.outcome = Outcome(Wanted.DEMO)
        return True

    async def _pages(self, steps: tuple[str, ...], pages: tuple[Callable[[], Awaitable[bool]], ...]) -> bool:
        """One page after the other; Esc goes back. False: out of the first one."""
        place = 0
        while place < len(pages):
            self._welcome.stand(steps, place + 1)
            place += 1 if await pages[place]() else -1
            if place < 0:
                return False
        return True

    async def _secret(self, answers: dict[str, Any]) -> bool:
        """A new passphrase, twice."""
        error = ""
        while True:
            first = await self._ask(SecretDialog(self.door, self._welcome.titled("PASSPHRASE"), _CLOSED, error))
            if first is None:
                return False
            again = await self._ask(SecretDialog(self.door, self._welcome.titled("PASSPHRASE"), "The same once more."))
            if again == first:
                answers["secret"] = first
                return True
            error = "" if again is None else "the two are not the same: once more, from the start"

    def _line(self, answers: dict[str, Any], name: str, title: str, sentence: str) -> Callable[[], Awaitable[bool]]:
        async def page() -> bool:
            given = await self._ask(AskDialog(self.door, self._welcome.titled(title), sentence, answers.get(name, "")))
            if given is not None:
                answers[name] = given
            return given is not None

        return page

    async def _failed(self, error: CoalchatError) -> bool:
        """Say what went wrong; whether the person leaves."""
        said = f"{error}. {error.hint}" if error.hint else str(error)
        choices = ("go back", "leave")
        way = await self._ask(ChooseDialog(self.door, self._welcome.titled("IT DID NOT WORK"), said, choices))
        return bool(way == 1)

    # --- joining ---

    async def _join(self) -> bool:
        answers: dict[str, Any] = {}

        async def code() -> bool:
            sentence = "The code that your custodian gave you. It is a secret: nothing of it is shown."
            given = await self._ask(
                SecretDialog(
                    self.door,
                    self._welcome.titled("INVITE"),
                    sentence,
                    check=lambda typed: self._acts.check_invite(_text(typed)),
                )
            )
            answers["code"] = _text(given or b"")
            return given is not None

        name = self._line(answers, "name", "NAME", "How you want to be called. The custodian decides.")
        while await self._pages(_JOIN, (code, name, lambda: self._secret(answers))):
            try:
                self._welcome.stand(_JOIN, 3, "making the keys of this device: a second or two")
                await asyncio.to_thread(self._acts.make_device, answers["secret"])
                return await self._enrol(answers)
            except CoalchatError as error:
                if await self._failed(error):
                    return True
        return False

    async def _enrol(self, answers: dict[str, Any]) -> bool:
        self._welcome.stand(_JOIN, 4, "the custodian's node is asked")
        async with connect(self._home, client_name="desk", command=NODE_COMMAND, environ=self._environ) as client:
            if client.node.phase is Phase.LOCKED:
                await client.unlock(answers["secret"])
            joining = await client.join_status()
            if joining.state not in _UNDER_WAY:
                joining = await client.join(answers["code"], answers["name"])
            joining = await self._words(client, joining)
            if joining.state is JoinState.JOINED:
                self._welcome.stand(_JOIN, 5)
                self.outcome = Outcome(Wanted.DESK, secret=answers["secret"])
                return True
            if joining.state not in _UNDER_WAY:
                raise CoalchatError(joining.reason or "the coalition did not take this device")
            await client.stop()
        said = "nothing was joined; tell the custodian to withdraw the invite, and begin anew with another one"
        self.outcome = Outcome(Wanted.NOTHING, (said,))
        return True

    async def _words(self, client: Client, joining: Joining) -> Joining:
        """Show the words until the custodian has decided, or the person stops."""
        stopped = asyncio.Event()
        dialog: SixWordsDialog | None = None
        while joining.state in _UNDER_WAY and not stopped.is_set():
            if joining.words and dialog is None:
                dialog = SixWordsDialog(self.door, joining.words)
                self._welcome.stand(_JOIN, 4, "the custodian's node has your request")
                await self.push_screen(dialog, lambda _: stopped.set())
            await asyncio.sleep(POLL)
            joining = await client.join_status()
        if dialog is not None and not stopped.is_set():
            dialog.give(None)
        return joining

    # --- founding ---

    async def _found(self) -> bool:
        answers: dict[str, Any] = {}
        pages = (
            self._line(answers, "code", "NATION", "Its code in markings: three or more capital letters, e.g. XAA."),
            self._line(answers, "name", "NAME", "The nation's name, for people."),
            self._line(answers, "person", "CUSTODIAN", "Your name: you keep the nation's keys."),
            lambda: self._secret(answers),
        )
        while await self._pages(_NATION, pages):
            try:
                self._welcome.stand(_NATION, 4, "making the nation's keys: a second or two")
                given = (answers["code"], answers["name"], answers["person"], answers["secret"])
                lines = await asyncio.to_thread(self._acts.make_nation, *given)
            except CoalchatError as error:
                if await self._failed(error):
                    return True
                continue
            self._welcome.stand(_NATION, 5, "nothing has been sent: the offer is a file")
            await self._ask(
                ChooseDialog(self.door, self._welcome.titled("THE NATION HAS ITS KEYS"), "\n".join(lines), ("leave",))
            )
            self.outcome = Outcome(Wanted.NOTHING, lines)
            return True
        return False


def welcome(home: Path, acts: Acts, theme: str = "", *, ascii_only: bool = False) -> Outcome:
    """Ask what is to be done where there is no home; what came of it.

    Raises:
        UsageError: there is no terminal.
    """
    check_terminal()
    theme, ascii_only = look_of(theme, "", ascii_only, os.environ)
    harden()
    quiet_environment()
    curtain = Curtain(sys.stdin.fileno(), sys.stdout.fileno(), ascii_only=ascii_only)
    gc.disable()
    app = WelcomeApp(acts, home, theme=theme, ascii_only=ascii_only)
    app.ending.before = curtain.before
    try:
        with ended_by_signals(app.ending.begin):
            asyncio.run(_run(app))
    finally:
        gc.enable()
        curtain.give_back()
    app.ending.over()
    code = app.return_code if app.ending.code is None else app.ending.code
    return evolve(app.outcome, code=int(ExitCode.FAILED) if code is None else code)


async def _run(app: WelcomeApp) -> None:
    asyncio.get_running_loop().set_exception_handler(app.handle_stray)
    await app.run_async()
