"""Whatever a peer sends and however narrow the terminal: no row is wider than its place, and nothing fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hypothesis import given
from hypothesis import strategies as st

from coalchat.api.vocabulary import LinkState, Precedence, State
from coalchat.desk.look.glyphs import ASCII, UNICODE, Glyphs
from coalchat.desk.look.skin import MONO, skin_for
from coalchat.desk.model import dialogviews, views, whoviews
from coalchat.desk.paint.banner import paint_banner
from coalchat.desk.paint.block import paint_block
from coalchat.desk.paint.channels import paint_channels
from coalchat.desk.paint.composer import paint_composer_foot, paint_composer_line, paint_composer_top
from coalchat.desk.paint.dialogs import paint_confirm, paint_help, paint_jump, paint_picker, paint_refusal, paint_unlock
from coalchat.desk.paint.dialogs.direct import paint_direct, paint_words
from coalchat.desk.paint.dialogs.history import paint_history
from coalchat.desk.paint.head import paint_head
from coalchat.desk.paint.hints import paint_hints
from coalchat.desk.paint.ink import Line
from coalchat.desk.paint.keys import paint_keys, paint_keys_head
from coalchat.desk.paint.notice import paint_notice, paint_warning
from coalchat.desk.paint.rail import paint_rail, paint_rail_line
from coalchat.desk.paint.text import cells
from coalchat.desk.paint.timeline import paint_item
from coalchat.desk.paint.who import paint_who, paint_who_head
from coalchat.display import display_safe
from tests.desk.paint.made import (
    CHANNELS,
    KEYS,
    TALLIES,
    banner,
    bodies,
    channel,
    codes,
    composer,
    due,
    link,
    message,
    names,
    notice,
    person,
    picker,
    rail,
    refusal,
    tally,
    who,
)
from tests.desk.paint.made_keys import direct, history, key_screen, words

GLYPHS = (UNICODE, ASCII, skin_for(MONO).glyphs)
Paint = Callable[[int, Glyphs], list[Line]]


def parts(text: str, body: str, code: str, number: int) -> Iterator[Paint]:
    """Every painted part, with the same hostile text wherever a peer has a hand in."""
    nations = (
        whoviews.NationRow(
            tally=tally(code, State.DELIVERED, 1, number, caveat=bool(number % 2)),
            persons=(person(text, State.SENT, text, gap=True), person(text, State.REFUSED, text, role=text)),
        ),
    )
    whole = who(title=text, excerpt=text, mark=text, id=text, nations=nations, asked=True, by="1547Z", left="5 min")
    rows = (*CHANNELS, channel(text, unread=number, precedence=Precedence.FLASH))
    side = rail(
        who=whole, due=(due(text, text), due(text, "OVERDUE 3 min", overdue=True)), keys=KEYS,
        links=(link(text), link(text, LinkState.WAITING, "2 h", text)), queued=number,
    )  # fmt: skip
    view = composer(
        label=text,
        short=text,
        reads=((code, number),) * 3,
        withheld=(code,) * 3,
        warnings=(text,),
        reply=text,
        note="draft",
    )
    direct_to = composer(only=text)
    closed = composer(denied=(text, text))
    pick = picker(
        policy=text, channel=text, marking=text, mark=text, warnings=(text,), categories=((text, True),),
        levels=(dialogviews.LevelChoice(level=0, name=text, chosen=True, why_not=text),),
        nations=(dialogviews.NationChoice(code=code, chosen=True, own=False, readers=number, of=number),),
    )  # fmt: skip
    target = dialogviews.Target(id="x", title=text, note=text, level=1, unread=number)
    head = views.Head(title=text, purpose=text, ceiling=text, level=1, nations=(code,))
    yield lambda w, g: paint_banner(banner(coalition=text), w, g)
    yield lambda w, g: paint_notice(notice(node=text, due=text, left="5 min", warnings=(text, text)), w, g)
    yield lambda w, g: paint_channels(rows, w, number % 12, g, roomy=number % 2 == 0)
    yield lambda w, g: paint_head(head, w, g)
    yield lambda w, g: paint_item(
        message(body, person=text, mark=text, nation=code, tallies=TALLIES, failed=text), w, g
    )
    yield lambda w, g: paint_item(message(text, unreadable=True), w, g)
    yield lambda w, g: paint_composer_top(view, w, g, focused=True)
    yield lambda w, g: paint_composer_foot(view, w, g, focused=True)
    yield lambda w, g: paint_composer_line(view, w, g, focused=True)
    yield lambda w, g: paint_composer_foot(direct_to, w, g, focused=True)
    yield lambda w, g: paint_composer_foot(closed, w, g, focused=True)
    yield lambda w, g: paint_composer_line(closed, w, g, focused=True)
    yield lambda w, g: paint_rail(side, w, number, g)
    yield lambda w, g: paint_rail_line(side, w, g)
    yield lambda w, g: paint_who_head(whole, w, g)
    yield lambda w, g: paint_who(whole, w, g)
    keys = key_screen(text, code, number, trouble=text, doubtful=True)
    yield lambda w, g: paint_keys_head(keys, w, g)
    yield lambda w, g: paint_keys(keys, w, number, g)
    yield lambda w, g: paint_warning(notice(warnings=(text, text)), w, g)
    yield lambda w, g: paint_block(paint_direct(direct(text), 1, w, g), w, g)
    yield lambda w, g: paint_block(paint_words(words(text), (text, text), 1, w, g), w, g)
    yield lambda w, g: paint_block(paint_history(history(text, (text, text)), (text, text), 1, w, g), w, g)
    yield lambda w, g: paint_hints((("^K", "jump"), ("F1", "help")), text, w)
    yield lambda w, g: paint_block(paint_picker(pick, w, g, number), w, g, height=number)
    yield lambda w, g: paint_block(paint_refusal(refusal(reason=text, clause=text, ways=(text,)), w, g), w, g)
    yield lambda w, g: paint_block(paint_confirm(text, body, (text, text), 1, w, g), w, g)
    yield lambda w, g: paint_jump((target, target), 1, w, number, g)
    yield lambda w, g: paint_help(text, ((text, ((text, text),)),), ((code, text),), w, g)
    yield lambda w, g: [line for some in paint_unlock(views.NodeState.LOCKED, text, w, g) for line in some]


@given(names, bodies, codes, st.integers(0, 40), st.integers(20, 200), st.sampled_from(GLYPHS))
def test_no_row_is_wider_than_its_place(
    text: str, body: str, code: str, number: int, width: int, glyphs: Glyphs
) -> None:
    for paint in parts(text, body, code, number):
        for line in paint(width, glyphs):
            assert cells(line.text) <= width, line.text


@given(names, bodies, codes, st.integers(0, 40), st.integers(0, 19), st.sampled_from(GLYPHS))
def test_no_place_is_too_narrow_to_paint(
    text: str, body: str, code: str, number: int, width: int, glyphs: Glyphs
) -> None:
    for paint in parts(text, body, code, number):
        assert isinstance(paint(width, glyphs), list)


@given(names, bodies, codes, st.integers(0, 40), st.integers(20, 200))
def test_the_last_door_finds_nothing_to_change(text: str, body: str, code: str, number: int, width: int) -> None:
    for paint in parts(text, body, code, number):
        for line in paint(width, UNICODE):
            for span in line.spans:
                assert display_safe(span.text) == span.text
