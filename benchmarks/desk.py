"""The desk: process start to first paint, and to the first key that it takes, beside a hello-world Textual app; what 100,000
messages cost; how soon a key is painted while messages pour in; appending a line.

The desk is the real one, as a person starts it, at a terminal of its own, on a home whose node runs and is unlocked: a
coalition of three nations, founded for this. It stands when the marking, the channel in the list and the newest line are on
the screen; it takes keys when one that is pressed all the while is seen. All programs have their bytecode, as installed ones
do. One nation has many messages more than the others, written straight into its node's store while that is stopped: so starts
with few and with many take turns. A hello-world app is the least that Textual can show. An appended line is measured in the
processor time of its thread, from the model's change to the painted screen, beside a bare view of strings by the same line API.
"""

from __future__ import annotations

import asyncio
import compileall
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import trio
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widget import Widget

import coalchat
import protocol
from benchmarks.table import Row, timed
from benchmarks.terminal import KEY, SIZE, Shown, answered, at_terminal, shown_after
from benchmarks.turns import Rounds
from coalchat.api.base import NEWEST
from coalchat.api.nouns import Message
from coalchat.api.vocabulary import Precedence
from coalchat.client import Client
from coalchat.demo import founding
from coalchat.demo.claims import until
from coalchat.demo.processes import Device, start_all, stop_all
from coalchat.desk.look.skin import DARK, skin_for
from coalchat.desk.model.changes import Splice
from coalchat.desk.model.views import Item, MessageLine
from coalchat.desk.widgets.painted import Dress
from coalchat.desk.widgets.timeline import Timeline
from coalchat.store.keyfile import KeyFile
from coalchat.store.sql import Sql
from protocol.base.records import decode
from protocol.keys.keyring import KeyRing

SECTION: Final = "desk"
MANY: Final = 100_000
CHANNEL: Final = "ops"
LAST: Final = "the last line of all"
NATIONS: Final = ("XAA", "XBB", "XCC")
STANDS: Final = ("MISSION SECRET REL XAA, XBB, XCC", "CHANNELS", f"#{CHANNEL}", LAST)
STARTS: Final = 16
"""Of each program: what two processes take in a row lies further apart than what one thread does."""
APPENDS: Final = 200
BACKLOG: Final = 4_000
"""Messages that come in while keys are pressed; at 200 a second they last twice as long as that."""
SENDERS: Final = 32
KEYS: Final = 60
SOON: Final = 0.05
"""Seconds in which a key must be painted meanwhile."""
MIB: Final = 1_048_576
HELLO: Final = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("hello world")
    def on_key(self, event):
        self.query_one(Static).update(event.character)
Hello().run()
"""


def run() -> Iterator[Row]:
    with TemporaryDirectory(prefix="coal-") as directory:
        yield from trio.run(_processes, Path(directory))
    yield asyncio.run(_appending())


# --- whole processes ---


async def _processes(root: Path) -> list[Row]:
    runtime = root / "run"
    runtime.mkdir(mode=0o700)
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(runtime), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    for name in ("NO_COLOR", "PYTHONDONTWRITEBYTECODE"):
        environ.pop(name, None)
    for package in (coalchat, protocol):
        compileall.compile_dir(Path(package.__file__ or "").parent, quiet=2)
    devices = {code: founding.device(root, f"{code} custodian", environ) for code in NATIONS}
    await founding.found(devices, dict.fromkeys(devices, "Custodian"), root / "exchange")
    home, other, full = devices.values()
    await start_all([*devices.values()])
    try:
        await _talk(devices)
        await stop_all([full])
        await trio.to_thread.run_sync(_fill, full)
        await start_all([full])
        async with full.client() as client:
            await client.mark(CHANNEL, (await _newest(client)).entry_id)  # or the desk would begin where it is unread
        command, crowded = _desk(home), _desk(full)
        hello = [sys.executable, "-c", HELLO]
        first = await _in_turn(
            lambda: shown_after(command, environ, *STANDS), lambda: shown_after(hello, environ, "hello world")
        )
        taken = await _in_turn(lambda: shown_after(command, environ, KEY), lambda: shown_after(hello, environ, KEY))
        many = await _in_turn(
            lambda: shown_after(crowded, environ, LAST, KEY), lambda: shown_after(command, environ, LAST, KEY)
        )
        await stop_all([full])
        busy = await _busy(home, other, command, environ)
    finally:
        with trio.CancelScope(shield=True):
            await stop_all([*devices.values()])
    more = many.memory
    return [
        timed(SECTION, "process start to first paint; hello world", first.seconds, unit="µs", goal=1 / 1.3),
        timed(SECTION, "process start to the first key taken; hello world", taken.seconds, unit="µs"),
        timed(SECTION, f"start to the first key, {MANY:,} messages; ten", many.seconds, unit="µs", goal=1 / 1.15),
        *busy,
        Row(SECTION, f"memory for {MANY:,} messages more", "B", more, goal=f"≤ {10 * MIB:,} B", met=more <= 10 * MIB),
    ]


def _desk(device: Device) -> list[str]:
    return [str(Path(sys.executable).with_name("coalchat")), "--home", str(device.home.path)]


class _Starts(NamedTuple):
    """Starts of two programs in turn, either first as often, and by how many bytes the memory of the first is larger in the median."""

    seconds: Rounds
    memory: float


async def _in_turn(ours: Callable[[], Shown], peer: Callable[[], Shown]) -> _Starts:
    rounds, memory = Rounds(), list[int]()
    for number in range(STARTS):
        first, second = (ours, peer) if number % 2 else (peer, ours)
        shown = await trio.to_thread.run_sync(first), await trio.to_thread.run_sync(second)
        mine, theirs = shown if number % 2 else reversed(shown)
        rounds.add(mine.seconds, theirs.seconds)
        memory.append(mine.memory - theirs.memory)
    return _Starts(rounds, median(memory))


async def _talk(devices: Mapping[str, Device]) -> None:
    home, other, full = devices.values()
    async with home.client() as client, other.client() as peer, full.client() as third:
        for asking in (client, third):
            await asking.add_peer(other.listen)
        for one in devices.values():
            await until(partial(founding.knows, one, dict.fromkeys(NATIONS, 1)), "all nations' keys are known")
        await client.create_channel(CHANNEL, NATIONS, "SECRET", "")
        for one in (other, full):
            await until(partial(founding.knows_channel, one, CHANNEL), "the channel is known")
        for number in range(9):
            await peer.send(CHANNEL, f"line {number}", "SECRET")

        async def all_there(count: int) -> bool:
            return all([len(await one.all_messages(CHANNEL)) == count for one in (client, third)])

        await until(partial(all_there, 9), "the lines are there")
        await client.send(CHANNEL, LAST, "SECRET")
        await until(partial(all_there, 10), "the last is there too")


async def _busy(home: Device, other: Device, command: Sequence[str], environ: Mapping[str, str]) -> list[Row]:
    """How soon a key is painted while the other nation's messages come in: sealed before, or this machine would be busy with that."""
    async with home.client() as client, other.client() as peer:
        await client.remove_peer(other.listen)
        await _say(peer, BACKLOG)
        said = await _newest(peer)

        def press() -> tuple[list[float], float]:
            with at_terminal(command, environ) as (master, _):
                answered(master, 1, 1.0)  # it stands
                trio.from_thread.run(client.add_peer, other.listen)
                begun = time.perf_counter()
                return answered(master, KEYS, 0.1), time.perf_counter() - begun

        before = (await _newest(client)).position
        times, seconds = await trio.to_thread.run_sync(press)
        rate = ((await _newest(client)).position - before) / seconds

        async def all_there() -> bool:
            return (await _newest(client)).entry_id == said.entry_id

        await until(all_there, "all that was said has come", within=120)  # or it would come into the next measurement
    taken = sorted(times)
    what = f"key to paint under {rate:.0f} messages a second"
    middle, last = taken[len(taken) // 2] * 1e6, taken[-1] * 1e6
    return [
        Row(SECTION, f"{what}, median", "µs", middle, goal=f"≤ {SOON * 1e6:,.0f} µs", met=middle <= SOON * 1e6),
        Row(SECTION, f"{what}, the slowest of {KEYS}", "µs", last),
    ]


async def _say(peer: Client, count: int) -> None:
    """Have a nation say so many things, many at a time: commits are shared."""

    async def speak(numbers: Iterable[int]) -> None:
        for number in numbers:
            await peer.send(CHANNEL, f"{number:08}", "SECRET")

    async with trio.open_nursery() as nursery:
        for first in range(SENDERS):
            nursery.start_soon(speak, range(first, count, SENDERS))


async def _newest(client: Client) -> Message:
    """The last message that has come; by its position one sees how many have."""
    page = await client.messages(CHANNEL, before=NEWEST, limit=1)
    return page.messages[-1]


def _fill(home: Device) -> None:
    """Put copies of a message before the newest one, under ids and numbers of their own."""
    _, content = KeyFile.unlock(home.home.keys, home.passphrase)
    sql = Sql.open(home.home.store, decode(KeyRing, bytes(content)).database)
    try:
        names = [name for _, name, *_ in sql.run("PRAGMA table_info(message)")]
        entries = [name for _, name, *_ in sql.run("PRAGMA table_info(entry)")]
        (message,) = sql.run("SELECT * FROM message WHERE listed = 1 ORDER BY position DESC LIMIT 1 OFFSET 1")
        template = dict(zip(names, message, strict=True))
        (entry,) = sql.run("SELECT * FROM entry WHERE entry_id = ?", template["entry_id"])
        kept = dict(zip(entries, entry, strict=True))
        sql.begin()
        # Later numbers than any there are: what is known of the feed's head stays true of the others.
        newest = "SELECT max(position) FROM message WHERE listed = 1"
        sql.change(f"UPDATE message SET position = position + ? WHERE position = ({newest})", 2 * MANY)  # noqa: S608  # our own
        for number in range(1, MANY + 1):
            name, seq = secrets.token_bytes(32), 1_000_000 + number
            _insert(sql, "entry", kept | {"entry_id": name, "seq": seq})
            _insert(sql, "message", template | {"entry_id": name, "seq": seq, "position": MANY + number})
        sql.change("UPDATE sqlite_sequence SET seq = ? WHERE name = 'message'", 4 * MANY)
        sql.change("COMMIT")
    finally:
        sql.close()


def _insert(sql: Sql, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(row))
    sql.change(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())  # noqa: S608  # our own names


# --- appending ---


async def _appending() -> Row:
    rounds = Rounds()
    for _ in range(5):
        rounds.add(await _appended(_Ours()), await _appended(_Bare()))
    return timed(SECTION, "append a line, to the painted screen; a bare line view", rounds, goal=1 / 1.2)


class _View(App[None]):
    """An app with nothing but a view that lines are appended to."""

    view: Widget

    def compose(self) -> ComposeResult:
        """The view."""
        yield self.view

    def append(self, number: int) -> None:
        """One line more."""
        raise NotImplementedError


class _Ours(_View):
    """The desk's timeline."""

    def __init__(self) -> None:
        super().__init__()
        self.view = self._timeline = Timeline(Dress(skin_for(DARK, (), False)))
        self._timeline.styles.height = "1fr"

    def append(self, number: int) -> None:
        """As the model would say it."""
        items: tuple[Item, ...] = (_line(number),)
        self._timeline.splice([Splice(number, 0, items)])


class _Bare(_View):
    """Strings, one a row."""

    def __init__(self) -> None:
        super().__init__()
        self.view = self._lines = _Lines()

    def append(self, number: int) -> None:
        """At the end."""
        self._lines.lines.append(f"1531Z XBB Kowal     (S) Engineers say {number} t from 1600Z.")
        self._lines.refresh()


class _Lines(Widget):
    """The least that shows lines."""

    DEFAULT_CSS = "_Lines { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def render_line(self, y: int) -> Strip:
        """A row from the end."""
        at = len(self.lines) - self.size.height + y
        text = self.lines[at] if at >= 0 else ""
        return Strip.blank(self.size.width) if not text else _padded(text, self.size.width)


def _padded(text: str, width: int) -> Strip:
    return Strip([Segment(text)]).adjust_cell_length(width)


async def _appended(app: _View) -> float:
    """Processor seconds of one line, over so many; the window is full before."""
    async with app.run_test(size=SIZE) as pilot:
        for number in range(SIZE[1]):
            app.append(number)
        await pilot.pause()
        start = time.thread_time()
        for number in range(SIZE[1], SIZE[1] + APPENDS):
            app.append(number)
            painted = asyncio.Event()
            app.call_after_refresh(painted.set)
            await painted.wait()
        return (time.thread_time() - start) / APPENDS


def _line(number: int) -> MessageLine:
    return MessageLine(
        key=f"{number:064x}",
        position=number,
        time="1531Z",
        dtg="221531Z NOV 26",
        nation="XBB",
        person="Kowal",
        mine=False,
        bot=False,
        mark="(S)",
        level=2,
        marking="MISSION SECRET REL XAA, XBB",
        text=f"Engineers say {number} t from 1600Z.",
        precedence=Precedence.ROUTINE,
        due="",
        answered=None,
        quote=None,
        remarks=(),
        tallies=(),
        unread=False,
        sending=False,
        failed="",
        unreadable=False,
    )
