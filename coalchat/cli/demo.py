"""`coalchat demo`: three nations on this machine, with real nodes and real keys."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from coalchat.cli.options import asked_of
from coalchat.errors import UsageError


def demo(
    context: typer.Context,
    headless: Annotated[bool, typer.Option("--headless", help="Play the story without a screen and check it.")] = False,
) -> int:
    """Open a desk among three nations with real nodes, offline.

    \b
    coalchat demo
    coalchat demo --headless --json

    It uses homes of its own, never yours, and keeps nothing of them.
    """
    asked = asked_of(context)
    if headless:
        from coalchat.demo import headless as play

        return play(asked.as_json)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("there is no terminal to play on", hint="`make story`, or --headless, plays it without one")
    if asked.as_json:
        raise UsageError("the desk has no --json", hint="with --headless there is one")
    from coalchat.demo.live import live

    return live()
