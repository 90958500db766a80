"""The log of a process: one JSON object a line on stderr, without local variables.

Rule 1: a traceback never shows locals: they hold keys and texts of messages.
Rule 2: a line is printable ASCII, whatever peers put into it: it may be read at a terminal. What ends the process passes
`display_safe`: its words may be a peer's too.
"""

from __future__ import annotations

import json
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog

from coalchat.display import display_safe


def _line(event: Any, **how: Any) -> str:
    # JSON escapes every other control, and all that is not ASCII.
    return json.dumps(event, **how).replace("\x7f", "\\u007f")


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    said = "".join(traceback.format_exception(kind, error, trace))
    sys.stderr.write(display_safe(said, multiline=True))


def configure_log() -> None:
    """Set up the log of this process, and how it says what nobody has caught."""
    sys.excepthook = _report
    without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(without_locals),
            structlog.processors.JSONRenderer(_line),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
