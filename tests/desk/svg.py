"""A screen as a picture: SVG, cell by cell, so that columns stay columns in every viewer and a changed cell is a changed line.

Textual's own export sets runs by `textLength`, which some viewers ignore, and sets wide characters badly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from rich.cells import cell_len
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.strip import Strip

CELL: Final = 10
ROW: Final = 21
BASE: Final = 16
LINE: Final = 18
SIZE: Final = 16.6
"""Pixels: width and height of a cell, where in it the writing and its underline stand, and its size: letters of these fonts
are 0.6 of it wide."""
FONT: Final = "'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace"
PLAIN: Final = ("#d4d4d4", "#111111")
"""Colours of a terminal that is told none."""
_BARS: Final = {"▌": 0.5, "▎": 0.25, "█": 1.0}
"""Blocks that must fill their cell, whatever the font: part of its width."""


def picture(app: App[int]) -> str:
    """What an app shows now."""
    width, height = app.size
    return render(app.screen._compositor.render_strips(), width, height)  # the cells as they are drawn


def render(strips: Sequence[Strip], width: int, height: int) -> str:
    """The SVG of rows of cells."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * CELL} {height * ROW}">',
        f'<g font-family="{FONT}" font-size="{SIZE}px" xml:space="preserve">',
        f'<rect width="100%" height="100%" fill="{PLAIN[1]}"/>',
    ]
    for number, strip in enumerate(strips):
        lines += _row(strip, number * ROW)
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _row(strip: Strip, top: int) -> Iterator[str]:
    grounds: list[str] = []
    writing: list[str] = []
    at = 0
    for segment in Segment.simplify(part for part in strip if not part.control):
        cells = cell_len(segment.text)
        style = segment.style or Style.null()
        ink, ground = _colours(style)
        x = at * CELL
        if ground != PLAIN[1]:
            grounds.append(f'<rect x="{x}" y="{top}" width="{cells * CELL}" height="{ROW}" fill="{ground}"/>')
        if segment.text.strip():
            writing += _text(segment.text, at, top, ink, _attributes(style))
        if style.underline:
            writing.append(f'<rect x="{x}" y="{top + LINE}" width="{cells * CELL}" height="1" fill="{ink}"/>')
        at += cells
    yield from grounds
    yield from writing


def _text(text: str, at: int, top: int, ink: str, attributes: str) -> Iterator[str]:
    """Each word in one element, with the place of each of its cells."""
    places: list[int] = []
    word: list[str] = []
    for cluster in [*_clusters(text), " "]:
        plain = len(cluster) == 1 and cluster not in _BARS and cluster != " " and cell_len(cluster) == 1
        if word and not plain:
            spots = " ".join(map(str, places))
            yield f'<text x="{spots}" y="{top + BASE}" fill="{ink}"{attributes}>{escape("".join(word))}</text>'
            word, places = [], []
        if cluster in _BARS:
            yield f'<rect x="{at * CELL}" y="{top}" width="{CELL * _BARS[cluster]:g}" height="{ROW}" fill="{ink}"/>'
        elif plain:
            word.append(cluster)
            places.append(at * CELL)
        elif cluster.strip():
            yield f'<text x="{at * CELL}" y="{top + BASE}" fill="{ink}"{attributes}>{escape(cluster)}</text>'
        at += cell_len(cluster)


def _clusters(text: str) -> Iterator[str]:
    """Characters with the marks that stand on them."""
    cluster = ""
    for character in text:
        if cluster and cell_len(character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _colours(style: Style) -> tuple[str, str]:
    ink = _hex(style.color.triplet) if style.color and style.color.triplet else PLAIN[0]
    ground = _hex(style.bgcolor.triplet) if style.bgcolor and style.bgcolor.triplet else PLAIN[1]
    if style.dim:
        ink = Color.parse(ground).blend(Color.parse(ink), 0.6).hex
    return (ground, ink) if style.reverse else (ink, ground)


def _hex(colour: ColorTriplet) -> str:
    return colour.hex


def _attributes(style: Style) -> str:
    said = ""
    if style.bold:
        said += ' font-weight="bold"'
    if style.italic:
        said += ' font-style="italic"'
    return said
