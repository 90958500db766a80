"""The log of a process: one JSON object a line on stderr, without local variables.

Rule: a traceback never shows locals: they hold keys and texts of messages.
"""

from __future__ import annotations

import sys

import structlog


def configure_log() -> None:
    """Set up the log of this process."""
    without_locals = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(without_locals),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
