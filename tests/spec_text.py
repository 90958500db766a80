"""Reading SPEC.md: its tables under their headings, its requirements, and the notation of kinds. For `test_spec`."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import attrs

from protocol.base.records import Bin, Blob, Code, Flag, Kind, Name, OptBin, Part, Seq, Shape, Text, Uint

ROOT = Path(__file__).parent.parent
ANCHOR = re.compile(r"\[(M-(\d+)\.\d+)\]")

Row = tuple[str, ...]


@attrs.frozen
class Table:
    """One table.

    Attributes:
        section: number of the heading it stands under, e.g. "3.2.1".
        title: the line of text before it, or "".
    """

    section: str
    title: str
    header: Row
    rows: tuple[Row, ...]


@attrs.frozen
class Block:
    """One paragraph or list item of prose, in one line."""

    chapter: str
    text: str


def spec() -> str:
    return (ROOT / "SPEC.md").read_text(encoding="utf-8")


def _cells(line: str) -> Row:
    return tuple(cell.strip().strip("`") for cell in line.strip().strip("|").split("|"))


def tables(text: str) -> list[Table]:
    found, section, before, lines = [], "", "", text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        heading = re.match(r"#+ (?:(\d+(?:\.\d+)*)|(Appendix \w))", line)
        if heading:
            section, before = heading[1] or heading[2], ""
        if line.startswith("|"):
            end = at
            while end < len(lines) and lines[end].startswith("|"):
                end += 1
            rows = tuple(_cells(row) for row in lines[at + 2 : end])
            found.append(Table(section, before, _cells(line), rows))
            at, before = end, ""
            continue
        before = line or before
        at += 1
    return found


def blocks(text: str) -> list[Block]:
    """Prose, without tables, headings and indented formulas."""
    found: list[Block] = []
    chapter, open_block = "", False
    for line in text.splitlines():
        heading = re.match(r"#+ (?:(\d+)|(Appendix \w))?", line)
        if line.startswith("#") and heading:
            chapter = heading[1] or heading[2] or chapter
        if not line or line.startswith(("#", "|", "    ")):
            open_block = False
            continue
        if open_block and not re.match(r"- |\d+\. ", line):
            found[-1] = Block(chapter, f"{found[-1].text} {line.strip()}")
        else:
            found.append(Block(chapter, line.strip()))
            open_block = True
    return found


# --- what the code says ---


def wire_modules() -> list[str]:
    """Modules that may define records: all of protocol, and whatever else uses the decorator."""
    names = []
    for package in ("protocol", "coalchat"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if parts[1] == "vectors" or "__main__" in parts:
                continue
            if package == "protocol" or re.search(r"^@record\(", path.read_text(encoding="utf-8"), re.MULTILINE):
                names.append(".".join(part for part in parts if part != "__init__"))
    return names


def import_all(names: list[str]) -> None:
    for name in names:
        importlib.import_module(name)


def shape_name(shape: Shape) -> str:
    return shape.cls.__name__ if shape.tag is None else shape.tag.name


def _number(value: int) -> str:
    powers = {
        2**k + less: f"2^{k}" + ("-1" if less else "") for k in (16, 24, 32, 40, 48, 53, 63, 64) for less in (0, -1)
    }
    return powers.get(value, str(value))


def notation(kind: Kind) -> str:
    """A kind as SPEC 3.1 writes it."""
    match kind:
        case Uint():
            return f"uint {_number(kind.min)}..{_number(kind.max)}"
        case Flag():
            return "flag"
        case Bin() | OptBin():
            return f"bin {kind.size}" + (" or none" if type(kind) is OptBin else "")
        case Code():
            return f"code {kind.max}"
        case Blob() | Name() | Text():
            return f"{type(kind).__name__.lower()} {kind.min}..{kind.max}"
        case Part():
            return kind.cls.__name__
        case Seq():
            sort = "set" if kind.ascending else "array"
            return f"{sort} {kind.min}..{kind.max} of {notation(kind.kind)}"
    raise TypeError(type(kind).__name__)


def is_there(pattern: str) -> bool:
    """Whether `tests/…/test_x.py::test_y` is there; the path may be a pattern, the name may be left out."""
    path, _, name = pattern.partition("::")
    files = sorted(ROOT.glob(path))
    return any(not name or name in defined(file) for file in files)


def defined(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
