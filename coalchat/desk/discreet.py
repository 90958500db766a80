"""What an app does when it fails: it ends, and prints a report of its own, where it was and no value.

Textual would print the values of all variables: texts, names, secrets.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, TypeVar

from textual.app import App

from coalchat.stray import is_late_reader

R = TypeVar("R")


class Discreet(App[R], inherit_bindings=False):
    """An app whose faults say nothing of what it knows."""

    _fault: BaseException | None = None

    def report(self, fault: BaseException) -> str:
        """What is printed of a fault."""
        raise NotImplementedError

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._fault = self._fault or error
        self._close_messages_no_wait()

    def handle_stray(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """What nobody awaited has failed. The loop's own handler would print its words."""
        error = context.get("exception")
        here = loop.is_running() and self.is_running and not self._exit
        if here and isinstance(error, Exception) and not is_late_reader(context):
            self._handle_exception(error)

    def panic(self, *renderables: Any) -> None:
        """Textual's way out with something to print: it would print values."""
        del renderables
        self._return_code = 1
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()
        fault, self._fault = self._fault, None
        if fault is not None and sys.__stderr__ is not None and not self.is_headless:
            sys.__stderr__.write(self.report(fault))
            sys.__stderr__.flush()
