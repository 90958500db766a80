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
    """Play a story of three nations with real nodes, offline.

    \b
    coalchat demo --headless --json

    It uses homes of its own, never yours, and keeps nothing of them.
    """
    asked = asked_of(context)
    if not headless and not sys.stdout.isatty():
        raise UsageError("there is no terminal to play on", hint="`make story`, or --headless, plays it without one")
    from coalchat.demo import main

    return int(main(headless, asked.as_json))
