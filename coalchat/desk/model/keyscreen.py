"""The key screen in words: editions, segments on a scale of time, windows, nations, certificates, what to do (SPEC 7).

Rule 1: nothing is said that the node has not said: a segment is called held as long as its level's hold runs, and what a
device really keeps stands with the windows.
Rule 2: whatever will stop is said together with when, and with what stops.

Nobody waits for it at the start: it is imported when the screen opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from coalchat.api.nouns import KeyEdition, KeyingDevice, KeyWindow, Nation, SilentDevice
from coalchat.api.responses import Keys
from coalchat.api.vocabulary import KeyState
from coalchat.desk.model.coalition import Coalition
from coalchat.desk.model.keying import Keying
from coalchat.desk.model.keyviews import (
    DemandRow,
    EditionRow,
    EndRow,
    KeyerRow,
    KeyScreen,
    NationKeys,
    Scale,
    SegmentRow,
    SilentRow,
    ToDo,
    WindowRow,
)
from coalchat.desk.model.words import DAY, HOUR, age, counted, date, day_clock, dtg, left, listed

SOON: Final = 3 * DAY
"""As the node warns of keys that end."""
MONTH: Final = 30 * DAY
"""A certificate that ends within it is worth a look."""
NEAR: Final = 14 * DAY
"""Beyond it a day without its month could be another."""
_HISTORY: Final = "coalchat history list"
"""What the node's warning of requests names: here the requests stand themselves."""
_STATES: Final = {KeyState.EFFECTIVE: "EFFECTIVE", KeyState.RESERVE: "RESERVE", KeyState.SUPERSEDED: "SUPERSEDED"}

_MISSING: Final = {
    KeyState.EFFECTIVE: "not all held",
    KeyState.RESERVE: "not all here yet",
    KeyState.SUPERSEDED: "not all held any more",
}
"""Of an edition whose keys are not here; of one in reserve they come a day ahead (SPEC 7.2)."""


def key_screen(coalition: Coalition, keying: Keying, now: int) -> KeyScreen:
    """All of it, as it is known now."""
    node, keys = coalition.node, coalition.keys
    return KeyScreen(
        title=f"{node.nation} {node.person} ({node.device})" if node and node.nation else "",
        position=_position(keys, now) if keys else "",
        known=keys is not None,
        trouble=keying.trouble,
        said=keying.said,
        doubtful=keys.clock_doubtful if keys else False,
        todo=(*_requests(keying), *_warnings(coalition, keying)),
        editions=tuple(_editions(keys, coalition.own, now)) if keys else (),
        scale=_scale(keys, now) if keys else None,
        demands=tuple(
            DemandRow(since=_when(one.at, now), keyed=one.keyed, answered=one.answered, devices=one.devices)
            for one in (keys.demands if keys else ())
        ),
        silent=tuple(_silent(one, now) for one in (keys.silent if keys else ())),
        keyers=tuple(_keyer(one, keys.unshared_level) for one in keys.keying) if keys else (),
        windows=_windows(coalition, keys, now) if keys else (),
        nations=tuple(_nation(nation, now) for nation in coalition.nations if not nation.own),
        ends=tuple(_ends(coalition, keying, now)),
    )


def _when(seconds: int, now: int) -> str:
    """With month and year where the day alone could be another's."""
    return day_clock(seconds) if abs(seconds - now) < NEAR else dtg(seconds)


def _position(keys: Keys, now: int) -> str:
    if not keys.edition:
        return "no edition runs"
    ends = f"ends {_when(keys.segment_ends, now)} in {left(keys.segment_ends, now)}"
    return f"edition {keys.edition} · segment {keys.segment} of {keys.segments} · {ends}"


# --- what to do ---


def _requests(keying: Keying) -> Iterator[ToDo]:
    for one in keying.requests:
        what = f"asks for history: {one.givable} of {counted(one.asked, 'message')} would go"
        yield ToDo(who=f"{one.person} ({one.device})", what=what, act="H decide")


def _warnings(coalition: Coalition, keying: Keying) -> Iterator[ToDo]:
    for warning in coalition.status.warnings if coalition.status else ():
        if not (keying.requests and _HISTORY in warning):
            yield ToDo(who="", what=warning, act="")


# --- editions ---


def _editions(keys: Keys, own: str, now: int) -> Iterator[EditionRow]:
    seats = {edition.custodian for edition in keys.editions}
    for edition in sorted(keys.editions, key=lambda one: (one.starts, one.custodian, one.counter)):
        ahead = edition.state is KeyState.RESERVE
        yield EditionRow(
            name=f"{own} {edition.counter}" + (f", seat {edition.custodian}" if len(seats) > 1 else ""),
            state=_STATES[edition.state],
            period=f"{_when(edition.starts, now)} \u2013 {_when(edition.ends, now)}",
            keys="keys held" if edition.held else _MISSING[edition.state],
            notes=tuple(_notes(edition, now)),
            runs=edition.state is KeyState.EFFECTIVE,
            gap=not edition.held and (edition.state is KeyState.EFFECTIVE or (ahead and edition.starts - now < DAY)),
        )


def _notes(edition: KeyEdition, now: int) -> Iterator[str]:
    if edition.supersedes:
        yield f"replaces {edition.supersedes} in an emergency"
    if edition.cut_off_until:
        yield f"a cut-off sender may still use the old key until {_when(edition.cut_off_until, now)}"
    if edition.runs_on_until:
        yield f"at levels that run on, if he knows of no later one, until {_when(edition.runs_on_until, now)}"


# --- the scale ---


def _scale(keys: Keys, now: int) -> Scale | None:
    """The segments of the edition that runs. Their length follows from it; how long each is held, from the level that holds
    the longest.
    """
    running = next(
        (one for one in keys.editions if one.counter == keys.edition and one.state is KeyState.EFFECTIVE), None
    )
    if running is None or keys.segments <= 0 or running.ends <= running.starts:
        return None
    length = (running.ends - running.starts) // keys.segments
    holds = sorted({level.closes - keys.segment_ends for level in keys.levels})
    hold = max(holds, default=0)
    start, end = running.starts, running.ends + hold

    def share(at: int) -> float:
        return (at - start) / (end - start)

    rows = []
    for number in range(1, keys.segments + 1):
        begins, ends = start + (number - 1) * length, start + number * length
        rows.append(
            SegmentRow(
                name=f"{number} of {keys.segments}",
                erased=_when(ends + hold, now),
                state=_segment_state(number, keys.segment, erased=ends + hold <= now),
                begins=share(begins),
                ends=share(ends),
                held=share(ends + hold),
            )
        )
    days = [at for at in range(start // DAY * DAY, end, DAY) if at >= start]
    kept = listed([_hours(one) for one in holds], "or")
    return Scale(
        title=f"SEGMENTS OF EDITION {keys.edition}",
        note=f"{_hours(length)} each, then held {kept}, then erased" if kept else f"{_hours(length)} each",
        segments=tuple(rows),
        days=tuple((share(at), _day(at)) for at in days),
        now=min(max(share(now), 0.0), 1.0),
        words=_scale_words(rows, keys.segment),
    )


def _segment_state(number: int, running: int, *, erased: bool) -> str:
    if number == running:
        return "effective"
    return "not begun" if number > running else "erased" if erased else "held"


def _scale_words(rows: Iterable[SegmentRow], running: int) -> str:
    said = [f"segment {running} is effective"]
    numbers: dict[str, list[int]] = {}
    for number, row in enumerate(rows, 1):
        numbers.setdefault(row.state, []).append(number)
    for state, words in (("erased", "erased"), ("held", "held"), ("not begun", "not begun yet")):
        if found := numbers.get(state):
            verb = (
                ("is" if len(found) == 1 else "are") if state != "not begun" else ("has" if len(found) == 1 else "have")
            )
            said.append(f"{_span(found)} {verb} {words}")
    return ", ".join(said)


def _span(numbers: list[int]) -> str:
    if len(numbers) < 3:
        return listed([str(number) for number in numbers])
    return f"{numbers[0]} to {numbers[-1]}"


def _hours(seconds: int) -> str:
    return f"{seconds // HOUR} h" if seconds % HOUR == 0 else f"{seconds // 60} min"


def _day(at: int) -> str:
    return date(at)[:6]


# --- windows, silence, nations ---


def _windows(coalition: Coalition, keys: Keys, now: int) -> tuple[WindowRow, ...]:
    rows = [_window(level, now) for level in keys.levels]
    policy, cleared = coalition.marks.policy, {level.level for level in keys.levels}
    for index, level in enumerate(policy.levels if policy else ()):
        if index not in cleared:
            rows.append(WindowRow(level=index, name=level.name, wire="", keys="", texts="", cleared=False))
    return tuple(rows)


def _window(level: KeyWindow, now: int) -> WindowRow:
    return WindowRow(
        level=level.level,
        name=level.name,
        wire=_when(level.closes, now),
        keys=_when(level.kept_until, now) if level.kept_until else "no key held",
        texts=_when(level.bodies_until, now) if level.bodies_until else "for ever",
        cleared=True,
    )


def _silent(device: SilentDevice, now: int) -> SilentRow:
    what = "holds a window open until it answers or is suspended"
    if device.suspended:
        what = "suspended: it gets no keys until it states a new prekey"
    return SilentRow(
        who=f"{device.person} ({device.device})",
        heard=f"nothing heard since {_when(device.stated, now)}" if device.stated else "never heard",
        what=what,
        suspended=device.suspended,
    )


def _keyer(device: KeyingDevice, unshared: str) -> KeyerRow:
    others = "the others seal" if device.own else "this nation's devices seal"
    what = f"{others} under its envelopes, but not at {unshared}"
    return KeyerRow(
        who=f"{device.person} ({device.device})" + (", this device" if device.own else ""),
        what=what if device.valid else "not valid now: nobody uses its envelopes",
        gap=not device.valid,
    )


def _nation(nation: Nation, now: int) -> NationKeys:
    heard = f"{age(now - nation.published)} ago".replace("now ago", "just now") if nation.published else ""
    if nation.suspended:
        until, consequence, gap = "suspended", "nothing is sent to it or taken from it", True
    elif not nation.keys_until:
        until, consequence, gap = "nothing published is here", "nothing can be sent to it", True
    elif nation.keys_until <= now:
        until, gap = f"ended {_when(nation.keys_until, now)}", True
        consequence = "nothing can be sent to it now"
        if now < nation.runs_on_until:
            consequence = f"{nation.runs_on} at most goes to its last key, until {_when(nation.runs_on_until, now)}"
    else:
        until, gap = f"published until {_when(nation.keys_until, now)}", nation.keys_until - now < SOON
        consequence = f"after that nothing {f'above {nation.runs_on} ' if nation.runs_on else ''}can be sent to it"
    return NationKeys(code=nation.code, until=until, heard=heard, consequence=consequence, gap=gap)


# --- certificates ---


def _ends(coalition: Coalition, keying: Keying, now: int) -> Iterator[EndRow]:
    node = coalition.node
    own = next((one for one in keying.devices if node and one.device_id == node.device_id), None)
    if own is not None:
        yield _end("this device", own.until, "it can send nothing, and gets no keys", now)
    for seat in keying.custodians:
        name = "custodian" if not seat.seat else f"alternate, seat {seat.seat}"
        name += ", this home" if seat.own else ""
        stops = "it keys nobody, and devices that it certified no longer count"
        yield _end(name, seat.until, stops, now)
    others = [one for one in keying.devices if one is not own and not one.revoked and one.until - now < MONTH]
    for one in sorted(others, key=lambda one: one.until):
        yield _end(f"{one.person} ({one.device})", one.until, "nothing is taken from it, and it gets no keys", now)


def _end(what: str, until: int, stops: str, now: int) -> EndRow:
    over = until <= now
    return EndRow(
        what=what,
        when=dtg(until),
        left="has ended" if over else f"in {left(until, now)}",
        stops=f"{'now' if over else 'then'} {stops}",
        gap=until - now < MONTH,
    )
