"""The first run: one question a page, nothing by default, and nothing sent before a passphrase was given twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import attrs

from coalchat.api import enrolment
from coalchat.api.base import Request, Response
from coalchat.api.vocabulary import JoinState, Phase
from coalchat.desk.look.glyphs import ASCII
from coalchat.desk.paint.dialogs.welcome import paint_six, paint_steps
from coalchat.desk.screens.welcome import SixWordsDialog
from coalchat.desk.welcome import Outcome, Wanted, WelcomeApp
from coalchat.errors import UsageError
from tests.desk.paint.made import text_of
from tests.desk.piloting import Seat, place
from tests.fakes.api_enrolment import WORDS
from tests.fakes.api_node import PASSPHRASE, FakeNode
from tests.fakes.api_records import node_record
from tests.fakes.api_server import listen


@attrs.define
class Acts:
    """Makes nothing, and keeps what it was asked."""

    asked: list[tuple[Any, ...]] = attrs.field(factory=list)
    fault: UsageError | None = None

    def check_invite(self, code: str) -> str:
        return "" if code == "good" else "this is no invite code"

    def make_device(self, passphrase: bytes) -> None:
        self.asked.append((passphrase,))
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault

    def make_nation(self, code: str, name: str, person: str, passphrase: bytes) -> tuple[str, ...]:
        self.asked.append((code, name, person, passphrase))
        return ("the offer is in xaa.offer",)


@asynccontextmanager
async def sitting(node: FakeNode, acts: Acts, size: tuple[int, int] = (100, 30), **look: Any) -> AsyncIterator[Seat]:
    """Somebody before a first run whose node, once it is asked, is this one."""
    async with place() as (home, environ), anyio.create_task_group() as tasks:
        await tasks.start(listen, node, home)
        app = WelcomeApp(acts, home.path, environ=environ, **look)
        async with app.run_test(size=size) as pilot:
            desk = Seat(app, pilot, node)
            # Who looks at a page before the ground behind it has its place, is shown a blank one for good.
            await desk.until(lambda: len(app.screen_stack) > 1 and app.screen_stack[0].query_one("#hints").size)
            yield desk
        tasks.cancel_scope.cancel()


def outcome(desk: Seat) -> Outcome:
    assert isinstance(desk.app, WelcomeApp)
    return desk.app.outcome


async def passphrase(desk: Seat, *typed: str) -> None:
    for each in typed:
        await desk.sees("PASSPHRASE")
        await desk.write(each)
        await desk.press("enter")


async def test_a_device_joins_by_an_invite_and_the_words_stay_until_it_is_decided() -> None:
    node, acts = FakeNode(phase=Phase.LOCKED), Acts()
    async with sitting(node, acts) as desk:
        await desk.sees("WELCOME", "nothing has been sent yet", "UNMARKED")
        await desk.press("2")
        await desk.sees("INVITE")
        await desk.write("bad")
        await desk.press("enter")
        await desk.sees("this is no invite code")
        await desk.write("good")
        await desk.press("enter")
        await desk.sees("How you want to be called")
        await desk.press("enter")
        await desk.sees("it is needed to go on")
        await desk.write("Berg")
        await desk.press("enter")
        await passphrase(desk, "one", "other")
        await desk.sees("the two are not the same", "nothing has been sent yet")
        assert acts.asked == []
        await passphrase(desk, PASSPHRASE.decode(), PASSPHRASE.decode())
        await desk.sees("COMPARE WORDS", *WORDS)
        assert acts.asked == [(PASSPHRASE,)]
        await desk.press("enter", "escape")
        assert isinstance(desk.app.screen, SixWordsDialog), "to wait is to stay"
        joined = enrolment.Joining(state=JoinState.JOINED, words=WORDS, reason="", node=node_record(Phase.UNLOCKED))
        node.answers[enrolment.GetJoinStatus] = joined
        await desk.until(lambda: outcome(desk).wanted is Wanted.DESK)
        assert outcome(desk).secret == PASSPHRASE
        assert PASSPHRASE.decode() not in repr(outcome(desk))


async def test_who_finds_that_the_words_differ_stops_the_node() -> None:
    node, acts = FakeNode(phase=Phase.FOUNDING), Acts(fault=UsageError("the disk is full"))
    none = enrolment.Joining(state=JoinState.NONE, words=(), reason="", node=node_record(Phase.FOUNDING))

    def stands(request: Request[Any]) -> Response:
        return node._answer_now(request) if any(isinstance(call, enrolment.Join) for call in node.calls) else none

    node.answers[enrolment.GetJoinStatus] = stands
    async with sitting(node, acts) as desk:
        await desk.sees("WELCOME")
        await desk.press("2")
        for text in ("good", "Berg"):
            await desk.sees("INVITE" if text == "good" else "How you want")
            await desk.write(text)
            await desk.press("enter")
        await passphrase(desk, "x", "x")
        await desk.sees("IT DID NOT WORK", "the disk is full")
        await desk.press("1")
        await desk.sees("INVITE")
        await desk.write("good")
        await desk.press("enter")
        await desk.sees("How you want", "Berg")  # what was typed before stands there
        await desk.press("enter")
        await passphrase(desk, "x", "x")
        await desk.sees("COMPARE WORDS")
        await desk.press("2")
        await desk.until(lambda: outcome(desk).lines)
        assert "tell the custodian" in outcome(desk).lines[0]
        assert node.stopped.is_set()


async def test_a_nation_is_begun_and_its_offer_named() -> None:
    acts = Acts()
    async with sitting(FakeNode(), acts, theme="mono") as desk:
        await desk.sees("WELCOME: nothing has been sent yet")
        await desk.press("3")
        for page, text in (("NATION", "XAA"), ("NAME", "Alfaland"), ("CUSTODIAN", "Cdr Aalto")):
            await desk.sees(f"{page}: nothing has been sent yet")
            await desk.write(text)
            await desk.press("enter")
        await desk.sees("PASSPHRASE")
        await desk.press("escape")
        await desk.sees("CUSTODIAN", "Cdr Aalto")
        await desk.press("enter")
        await passphrase(desk, "x", "x")
        await desk.sees("THE NATION HAS ITS KEYS", "the offer is in xaa.offer")
        await desk.press("enter")
        await desk.until(lambda: outcome(desk).lines)
    assert acts.asked == [("XAA", "Alfaland", "Cdr Aalto", b"x")]


async def test_nothing_is_made_or_sent_by_who_looks_and_leaves() -> None:
    node, acts = FakeNode(), Acts()
    async with sitting(node, acts) as desk:
        await desk.sees("WELCOME")
        await desk.press("2")
        await desk.sees("INVITE")
        await desk.press("escape")
        await desk.sees("WELCOME")
        await desk.press("enter")
        await desk.until(lambda: desk.app._exit)
        assert outcome(desk).wanted is Wanted.NOTHING
    assert (acts.asked, node.calls) == ([], [])
    async with sitting(node, acts) as desk:
        await desk.sees("WELCOME")
        await desk.press("4")
        await desk.until(lambda: outcome(desk).wanted is Wanted.DEMO)


def test_where_one_is_and_six_words_in_plain_rows() -> None:
    steps = text_of(paint_steps(("Choose", "Invite", "Words"), 1, 60, ASCII))
    assert steps[1].startswith(" coalchat")
    assert steps[3] == " 1 Choose +   2 Invite   3 Words"
    rows = text_of(paint_six(WORDS, ("wait", "stop"), 1, 80, ASCII))
    assert [row.split()[1:] for row in rows if "a" in row and row.startswith("#")] == [[*WORDS[:3]], [*WORDS[3:]]]
    assert all(len(row) <= 80 for row in rows)
