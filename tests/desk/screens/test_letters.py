"""Letters that act: hints name them in capitals, so they act with Shift as they do without."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from textual.binding import Binding
from textual.screen import Screen
from textual.widget import Widget

import coalchat.desk.screens
import coalchat.desk.widgets


def classes() -> list[type]:
    """Screens and widgets of the desk."""
    found: dict[str, type] = {}
    for package in (coalchat.desk.screens, coalchat.desk.widgets):
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for value in vars(importlib.import_module(info.name)).values():
                if isinstance(value, type) and issubclass(value, Screen | Widget) and value.__module__ == info.name:
                    found[f"{value.__module__}.{value.__name__}"] = value
    return [found[name] for name in sorted(found)]


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_a_letter_acts_with_shift_as_without(kind: type) -> None:
    for binding in vars(kind).get("BINDINGS", ()):
        assert isinstance(binding, Binding)
        keys = binding.key.split(",")
        letters = [key for key in keys if len(key) == 1 and key.isalpha()]
        assert {key.swapcase() for key in letters} <= set(keys), f"{kind.__name__}: {binding.key}"
