"""Errors out of nurseries and task groups, which wrap what happens in them (PEP 654)."""

from __future__ import annotations


def leaf(error: BaseException) -> BaseException:
    """The error itself, where one thing happened; of several the first."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
