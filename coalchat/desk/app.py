"""The app: joins model, session and screens, and is told of every change (look: screens).

Rule 1: changes come in at one door, `_show`, and go to every screen that is open. The node's state decides which one is.
Rule 2: nothing that a peer wrote reaches the terminal's title, the bell or a notification.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.screen import Screen

from coalchat.api.vocabulary import Precedence
from coalchat.config import Config
from coalchat.desk.discreet import Discreet
from coalchat.desk.ending import HUNG_UP, Ending
from coalchat.desk.look.skin import DARK, skin_for
from coalchat.desk.look.theme import TERMINAL, css_variables
from coalchat.desk.look.theme import theme as skin_theme
from coalchat.desk.model.changes import Changes
from coalchat.desk.model.desk import Desk
from coalchat.desk.model.views import NodeState
from coalchat.desk.screens.base import Banded
from coalchat.desk.screens.door import Door
from coalchat.desk.screens.main import MainScreen
from coalchat.desk.session import Session, unix_time
from coalchat.desk.terminal import PLAIN, DeskDriver, window_title
from coalchat.desk.turns import InTurn
from coalchat.desk.widgets.painted import Dress
from coalchat.desk.wishes import Wishes

if TYPE_CHECKING:
    from coalchat.desk.screens.lock import LockScreen
    from coalchat.desk.screens.unlock import UnlockScreen

TITLE: Final = "coalchat"
LOADING: Final = 0.1
"""Seconds after the first picture until the rest is loaded: before a hand has found a key."""
KEEPING: Final = 0.5
"""Seconds that the node has for keeping what is being written, when the desk is left."""
_CLOSED: Final = {NodeState.LOCKED, NodeState.NO_COALITION, NodeState.FAILED}
"""States in which there is nothing to work on."""


def _load_the_rest() -> None:
    """Later is no moment for it: the desk that has failed should not have to look for the words."""
    import coalchat.desk.crash
    import coalchat.desk.screens.dialogs  # noqa: F401  # loaded, not used


class DeskApp(InTurn[int], Discreet[int], inherit_bindings=False):
    """The desk of one home."""

    CSS_PATH = Path(__file__).with_name("desk.tcss")
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f10", "leave_if_sent", priority=True, show=False)]

    def __init__(  # noqa: PLR0913  # all that a process was asked
        self,
        home: str | Path | None = None,
        *,
        start: bool = True,
        passphrase: bytes | None = None,
        environ: Mapping[str, str] | None = None,
        theme: str = DARK,
        ascii_only: bool = False,
        now: Callable[[], int] = unix_time,
        command: Sequence[str] | None = None,
        wishes: Wishes | None = None,
        desk: Desk | None = None,
    ) -> None:
        """As `session.Session`; `theme` is a skin's name, `ascii_only` for terminals without other glyphs, `desk` a model
        that knows something already.
        """
        self._look = (theme, ascii_only)
        self.wishes = wishes or Wishes(Config())
        self.dress = Dress(skin_for(theme, (), ascii_only), vim=self.wishes.vim)
        super().__init__(ansi_color=self.dress.skin.tokens is None)
        self._wear()
        self.ending = Ending(self._end)
        self.desk = Desk() if desk is None else desk
        if desk is None:
            self.desk.prefer(self.wishes.words, self.wishes.offset)
        self.session = Session(
            desk=self.desk,
            home=home,
            on_changes=self._show,
            ask_passphrase=self._ask_passphrase,
            start=start,
            environ=os.environ if environ is None else environ,
            command=command,
            now=now,
            passphrase=passphrase,
        )
        self.door = Door(self.desk, self.dress, self.session.put, now, self, self.session.roe_log)
        self._main = MainScreen(self.door)
        self._unlock: UnlockScreen | None = None
        self._typed: asyncio.Future[bytes] | None = None
        self._levels: object = ()
        self._flash = False
        self._lock: LockScreen | None = None
        self._held = Changes()
        self._touched = now()
        self.animation_level = "none"
        # Textual would put a widget for each on every screen, loaded and styled before the first picture.
        self._disable_tooltips = self._disable_notifications = True
        self.stands = Event()
        """Set when there is somebody to type for."""
        self.on_stand: Callable[[], None] | None = None
        """Called once, when the first picture is there."""

    # --- textual ---

    def get_driver_class(self) -> type[Driver]:
        """Our keyboard and our end; in tests Textual takes its own."""
        return DeskDriver

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The style sheet is read before a theme can be set; Textual's own asks for two more where there are no colours."""
        return {
            "ansi-background": TERMINAL,
            "ansi-foreground": TERMINAL,
            **css_variables(self.dress.skin),
        }

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Without colours nothing may be coloured: Textual's own filter says "default" in colour codes."""
        return PLAIN if self.dress.skin.tokens is None else ()

    def report(self, fault: BaseException) -> str:
        """Where it was, and no value."""
        from coalchat.desk import crash

        return crash.report(fault, self.dress.glyphs)

    def _wear(self) -> None:
        """Have our theme before the style sheet is read: it would be read again."""
        ours = skin_theme(self.dress.skin)
        self.register_theme(ours)
        self.set_reactive(DeskApp.theme, ours.name)

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the only one, and wears the policy's colours where they are known already."""
        self._take_colours()
        return self._main

    def on_mount(self) -> None:
        """Paint at once; the node is met afterwards."""
        self._write("\x1b[22;2t" + window_title(TITLE))
        self.set_interval(1.0, self._tick)
        self.call_after_refresh(self._stand)

    def _stand(self) -> None:
        """The first picture is there: take keys, meet the node, and load what may open from now on, or go wrong."""
        self.stands.set()
        if self.on_stand is not None:
            self.on_stand()
        self._run_session()
        self.set_timer(LOADING, _load_the_rest)

    def _run_session(self) -> None:
        self.run_worker(self.session.run(), name="session", group="session", exclusive=True)

    def _tick(self) -> None:
        self.session.put(self.desk.tick(self.door.now()))
        idle = self.wishes.config.desk_idle_lock * 60
        if idle and self.door.now() - self._touched >= idle:
            self.lock()

    async def on_event(self, event: events.Event) -> None:
        """Whatever somebody does here says that he is here."""
        if isinstance(event, events.InputEvent | events.Paste):
            self._touched = self.door.now()
        await super().on_event(event)

    def on_unmount(self) -> None:
        """Give the terminal its title back."""
        self._write("\x1b[23;2t")

    # --- changes ---

    def _show(self, changes: Changes) -> None:
        """Something has changed: show it wherever it is on the screen."""
        if not self._main.ready or not self._running or self._exit:
            return  # it takes all that is known once it is there; at the end its widgets go before the session does
        self._follow_node()
        self._take_colours()
        for screen in self.screen_stack:
            if isinstance(screen, Banded) and (screen is self._main or screen.is_mounted):
                screen.changed(changes)
        self._open_what_is_to_be_asked(changes)
        if changes.bell:
            self.bell()
        self._follow_flash()

    def _open_what_is_to_be_asked(self, changes: Changes) -> None:
        """Of a locked desk it waits: nothing opens before the lock."""
        if self._lock is not None:
            self._held += Changes(refusal=changes.refusal, prompt=changes.prompt)
            return
        if changes.refusal is not None:
            self._main.refuse(changes.refusal)
        if changes.prompt is not None:
            self._main.ask_about(changes.prompt)

    def _follow_node(self) -> None:
        """Open the screen for a node that cannot be used, and close it when it can."""
        state, why = self.session.state, self.session.why
        if state in _CLOSED and self._unlock is None:
            from coalchat.desk.screens.dialogs import UnlockScreen

            self._unlock = UnlockScreen(self.door, state, why, self._given, hidden=self._lock is not None)
            self._main.open(self._unlock)
        if self._unlock is None:
            return
        if state is NodeState.UP and self._unlock.is_active:  # else a dialog stands before it, and goes first
            unlock, self._unlock = self._unlock, None
            unlock.give()
        elif state in _CLOSED:
            self._unlock.show(state, why)

    def _take_colours(self) -> None:
        """The policy's levels have colours of their own."""
        if self.session.levels == self._levels:
            return
        self._levels = self.session.levels
        theme, ascii_only = self._look
        self.dress.skin = skin_for(theme, self.session.levels, ascii_only)
        for screen in self.screen_stack:
            if isinstance(screen, Banded) and screen.is_mounted:
                screen.redress()

    # --- as the person wants it ---

    def wear(self, theme: str) -> str:
        """Another skin, from now on and the next time; why not the next time, or ""."""
        self._look = (theme, self._look[1])
        self.dress.skin = skin_for(theme, self.session.levels, self._look[1])
        made = skin_theme(self.dress.skin)
        self.register_theme(made)
        self.ansi_color = self.dress.skin.tokens is None
        self.theme = made.name
        for screen in self.screen_stack:
            if isinstance(screen, Banded) and screen.is_mounted:
                screen.redress()
        return self.wishes.keep(desk_theme=theme)

    def tell_time(self, *, local: bool | None) -> str:
        """Times of messages in this machine's zone, in Z, or the other way round; why not the next time, or ""."""
        local = not self.wishes.config.desk_local_time if local is None else local
        said = self.wishes.keep(desk_local_time=local)
        self.session.put(self.desk.prefer(self.wishes.words, self.wishes.offset))
        return said

    # --- the lock ---

    def lock(self) -> None:
        """Show nothing until the node has seen the passphrase. Before it is unlocked there is nothing to hide."""
        if self._lock is not None or self._unlock is not None or not self._main.ready:
            return
        from coalchat.desk.screens.dialogs import LockScreen

        self._lock = LockScreen(self.door, self._compare)
        _ = self.push_screen(self._lock)

    def _compare(self, secret: bytes) -> None:
        self.run_worker(self._compared(secret), name="lock", group="lock", exclusive=True)

    async def _compared(self, secret: bytes) -> None:
        why = await self.session.check(secret)
        lock = self._lock
        if lock is None:
            return
        if why:
            lock.say(why)
        elif lock.is_active:  # else the node has locked itself meanwhile, which goes first
            self._lock = None
            lock.give()
            held, self._held = self._held, Changes()
            self._open_what_is_to_be_asked(held)
        else:
            lock.say("")

    def _follow_flash(self) -> None:
        flash = any(row.precedence is Precedence.FLASH for row in self.desk.channels())
        if flash != self._flash:
            self._flash = flash
            self._write(window_title(f"!FLASH {TITLE}" if flash else TITLE))

    def _write(self, sequence: str) -> None:
        if self._driver is not None and not self._driver.is_headless:
            self._driver.write(sequence)

    # --- the passphrase ---

    async def _ask_passphrase(self, why: str) -> bytes:
        del why  # the screen shows it with the state
        self._typed = asyncio.get_running_loop().create_future()
        return await self._typed

    def _given(self, secret: bytes) -> None:
        if self._typed is not None and not self._typed.done():
            self._typed.set_result(secret)

    def action_try_again(self) -> None:
        """After the session has given up: once more."""
        if self.session.state in {NodeState.FAILED, NodeState.NO_COALITION}:
            self._run_session()

    # --- the end ---

    def action_leave(self) -> None:
        """Quit, once the node has what is to be kept, or has not answered for a moment."""
        self.run_worker(self._leave(), name="leave", group="leave", exclusive=True)

    async def _leave(self) -> None:
        self.session.put(self.desk.keep_drafts())
        with suppress(TimeoutError):
            async with asyncio.timeout(KEEPING):
                while not self.session.idle:  # noqa: ASYNC110  # the queue tells nobody that it is empty
                    await asyncio.sleep(0.01)
        self.exit(0)

    def action_leave_if_sent(self) -> None:
        """Quit; a message that nobody but the desk has yet is asked about, where somebody can answer."""
        if not self.session.unsent:
            self.action_leave()
        elif self._lock is not None:
            self._lock.say("a message has not reached the node yet: it would be lost")
        else:
            self.action_ask_quit()

    def action_ask_quit(self) -> None:
        """Ask whether to quit."""
        from coalchat.desk.screens.dialogs import ChooseDialog

        if isinstance(self.screen, ChooseDialog):
            return
        sentence = "The node runs on and goes on receiving."
        if self.session.unsent:
            sentence = "A message has not reached the node yet: it would be lost."
        elif self.desk.draft.strip():
            sentence = "The text that is not sent is kept."
            if self.session.state is not NodeState.UP:
                sentence = "The text that is not sent would be lost: the node is not there to keep it."

        def chosen(way: int | None) -> None:
            if way == 1:
                self.action_leave()

        self._main.open(ChooseDialog(self.door, "QUIT", sentence, ("stay", "quit")), chosen)

    def hang_up(self) -> None:
        """The terminal is gone; from any thread."""
        self.ending.begin(HUNG_UP)

    def _end(self, code: int) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self.exit, None, code)
