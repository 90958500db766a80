"""Rules of the desk that no type checker knows: peer text never becomes markup, and nobody writes past the last door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import coalchat.desk

ROOT = Path(coalchat.desk.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
CALLS = {
    "from_markup": "it reads markup",
    "from_text": "it reads markup unless told otherwise",
    "notify": "it reads markup, and toasts show text of peers",
    "Static": "it reads markup",
    "Label": "it reads markup",
    "Button": "it reads markup",
    "OptionList": "it reads markup",
    "print": "the screen is the driver's",
}
NAMES = {"border_title": "it reads markup", "border_subtitle": "it reads markup"}
OWN_LABEL = "coalchat.desk.model.labels"
"""Its `Label` is that of a message."""
PRINTS = {"main.py"}
"""Says why it ends, where there is no screen."""


def faults(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    own = any(isinstance(node, ast.ImportFrom) and node.module == OWN_LABEL for node in ast.walk(tree))
    own = own or path.name == "labels.py"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CALLS and not (name == "Label" and own) and not (name == "print" and path.name in PRINTS):
                yield f"{path.name}:{node.lineno} {name}: {CALLS[name]}"
        elif isinstance(node, ast.Attribute) and node.attr in NAMES:
            yield f"{path.name}:{node.lineno} {node.attr}: {NAMES[node.attr]}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_becomes_markup(path: Path) -> None:
    assert list(faults(path)) == []


def test_the_rule_finds_what_it_forbids(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text(
        "from textual.widgets import Static, Label\n"
        "def f(self, peer):\n"
        "    self.border_title = peer\n"
        "    self.notify(peer)\n"
        "    Content.from_markup(peer)\n"
        "    Content.from_text(peer)\n"
        "    return Static(peer), Label(peer)\n"
    )
    assert len(list(faults(bad))) == 6


def test_only_strips_make_segments_of_texts() -> None:
    """Every text goes through `look.strips`; who makes a Segment himself makes one of blanks, or changes a style."""
    makers = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Segment", "Strip"}:
                makers.add(path.name)
    assert makers <= {"strips.py", "timeline.py", "terminal.py"}
