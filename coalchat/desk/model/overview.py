"""The views around the timeline: banner, notice, channels, head, rail, who has it.

Rule 1: the banner is the high-water mark of what is on the screen, and its release set the nations that may see all of
it. Where nothing bears a mark, it says so, and how to treat it.
Rule 2: words, not clocks, leave here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coalchat.api.nouns import Link, Message
from coalchat.api.responses import Keys
from coalchat.api.vocabulary import LinkState
from coalchat.desk.model.composing import minimize_words
from coalchat.desk.model.deadlines import Asked
from coalchat.desk.model.labels import HighWater, Label
from coalchat.desk.model.lines import author_of, excerpt_of, title_of
from coalchat.desk.model.receipts import At, deputies_asked, stamp
from coalchat.desk.model.state import State
from coalchat.desk.model.views import (
    UNMARKED,
    Banner,
    ChannelRow,
    Composer,
    Head,
    KeysView,
    LinkRow,
    NodeState,
    Notice,
    Rail,
)
from coalchat.desk.model.whoviews import WhoHasIt
from coalchat.desk.model.words import DAY, HOUR, age, clock, clock_beside, day_clock, dtg, left

_NODE: Final = {
    NodeState.CONNECTING: "connecting to the node",
    NodeState.LOCKED: "node locked",
    NodeState.RESTARTING: "node restarting",
    NodeState.UP: "node up",
    NodeState.NO_COALITION: "no coalition yet",
    NodeState.FAILED: "node failed",
}
_NO_MARK: Final = "UNMARKED – TREAT AS"  # noqa: RUF001  # the dash that markings have
_LINKS: Final = (LinkState.UP, LinkState.CONNECTING, LinkState.WAITING, LinkState.REFUSED)
"""The best first: of several links to a nation that one is shown."""


def banner(state: State, visible_keys: Iterable[str], now: int, more: Iterable[Label] = ()) -> Banner:
    """The band at the top and at the bottom; over these lines, the draft, and what bears the labels in `more`."""
    marks = state.coalition.marks
    high = HighWater()
    for label in more:
        high |= label
    for key in visible_keys:
        if (message := state.find(key)) is not None:
            high |= marks.label_of(message)
            for answered in state.lines.answered(message):
                high |= marks.label_of(answered)
        elif (outgoing := state.outgoing(key)) is not None:
            high |= outgoing.label
    draft = state.composing.draft(state.shown) if state.shown else None
    if draft is not None and draft.says_something:
        high |= state.composing.label(state.shown)
    for beside in draft.shown if draft is not None else ():
        high |= marks.label_of(beside)
    return banner_of(state, high, now)


def banner_of(state: State, high: HighWater, now: int) -> Banner:
    """The band over what bears these labels together."""
    coalition, marks = state.coalition, state.coalition.marks
    marking, level = marks.marking(high), high.level
    if level == UNMARKED or not marking:
        channel = coalition.channel(state.shown)
        treat = channel.ceiling if channel else coalition.node.clearance if coalition.node else ""
        marking, level = f"{_NO_MARK} {treat or 'THE HIGHEST YOU KNOW'}", UNMARKED
    node = coalition.node
    return Banner(
        marking=marking,
        level=level,
        coalition=node.coalition if node else "",
        clock=dtg(now),
        exercise=node.exercise if node else False,
        national=coalition.beside(level),
    )


def locked_banner(now: int) -> Banner:
    """Over a screen on which nothing of the coalition stands."""
    return Banner(marking="LOCKED", level=UNMARKED, coalition="", clock=dtg(now), exercise=False)


def notice(state: State, now: int) -> Notice:
    """The row under the banner."""
    coalition = state.coalition
    first = state.deadlines.most_urgent()
    word = _NODE[coalition.state]
    due = ""
    if first is not None:
        by = clock_beside(first.ack_by, now)
        if isinstance(first, Asked):
            due = f"{first.name} acknowledge by {by}"
        else:
            due = f"acknowledge {author_of(first)} {clock(first.author_time)} by {by}"
    return Notice(
        node=f"{word}: {coalition.why}" if coalition.why else word,
        fine=coalition.state is NodeState.UP,
        due=due,
        left=left(first.ack_by, now) if first else "",
        overdue=first is not None and first.ack_by <= now,
        warnings=coalition.status.warnings if coalition.status else (),
        roe=state.regulating.line(coalition),
    )


def seat(state: State) -> str:
    """Who sits here."""
    node = state.coalition.node
    return f"{node.person} · {node.nation}" if node and node.person else ""


def channel_rows(state: State) -> tuple[ChannelRow, ...]:
    """The list of channels."""
    marks = state.coalition.marks
    return tuple(
        ChannelRow(
            id=channel.id,
            title=channel.title,
            level=channel.ceiling_level if marks.policy else UNMARKED,
            letter=marks.letter(channel.ceiling_level),
            unread=channel.unread,
            precedence=channel.unread_precedence
            if channel.unread_precedence and channel.unread_precedence.rank
            else None,
            acts=state.deadlines.acts(channel.id),
            calls=state.calls(channel),
            selected=channel.id == state.shown,
        )
        for channel in state.coalition.channels
    )


GUIDE: Final = (
    ("/channel", "makes one: its members, and the highest label in it"),
    ("/peer add HOST:PORT", "dials the node of another nation, from now on"),
    ("F7", "keys; there a custodian invites people"),
    ("F1", "all keys and commands"),
)
"""For who has come to an empty desk."""


def head(state: State) -> Head:
    """Above the timeline."""
    channel, marks = state.coalition.channel(state.shown), state.coalition.marks
    if channel is None:
        return Head(title="", purpose="", ceiling="", level=UNMARKED, nations=())
    return Head(
        title=channel.title,
        purpose=channel.purpose,
        ceiling=marks.name(channel.ceiling_level),
        level=channel.ceiling_level if marks.policy else UNMARKED,
        nations=state.coalition.members(channel.id),
        minimize=minimize_words(channel.minimize) if channel.minimize else "",
    )


def composer(state: State) -> Composer:
    """Around the text being written."""
    outgoing = state.log(state.shown).outgoing if state.shown else []
    failed = any(message.failed for message in outgoing)
    return state.composing.view(state.shown, sending=any(not m.failed for m in outgoing), failed=failed)


def rail(state: State, now: int) -> Rail:
    """The right column."""
    own = state.newest_own()
    key = state.selected or (own.entry_id if own else "")
    status, keys = state.coalition.status, state.coalition.keys
    return Rail(
        who=who(state, key, now) if key else None,
        due=state.deadlines.rows(now),
        keys=_keys(keys, now) if keys else None,
        links=_links(state, status.links if status else (), now),
        queued=status.queued if status else 0,
    )


def who(state: State, key: str, now: int) -> WhoHasIt | None:
    """Who has a message."""
    message = state.find(key)
    if message is None:
        return None
    marks, members = state.coalition.marks, state.coalition.members(message.channel_id)
    asked = bool(message.ack_by)
    nations = state.receipts.nations(message, marks.ordered(message.nations), _at(state, now))
    return WhoHasIt(
        key=key,
        title=title_of(message),
        excerpt=excerpt_of(message),
        mark=marks.mark(message.portion, message.nations, members),
        level=message.level,
        id=f"{message.entry_id[:4]} {message.entry_id[4:8]}",
        nations=nations,
        asked=asked,
        by=day_clock(message.ack_by) if asked else "",
        left=left(message.ack_by, now) if asked and _is_open(state, message) else "",
        overdue=asked and message.ack_by <= now and _is_open(state, message),
        stored=stamp(message.received_time, now),
        author=message.author_nation,
        may_remind=message.mine and asked and not message.reminds and not state.receipts.complete(message),
        deputies=deputies_asked(nations) if message.mine and asked else "",
        persons=state.receipts.others(message) if message.mine and asked else (),
        said="" if state.reminding is None else state.reminding.said.get(message.entry_id, ""),
        national=state.coalition.beside(message.level),
    )


def _at(state: State, now: int) -> At:
    coalition = state.coalition
    links = coalition.status.links if coalition.status else ()
    up = {link.nation for link in links if link.state is LinkState.UP}
    away = {link.nation: link.since for link in links if link.nation and link.nation not in up and link.since}
    node = coalition.node
    return At(
        now=now,
        own=coalition.own,
        person=node.person if node else "",
        away=tuple((nation, f"no link since {clock_beside(since, now)}") for nation, since in away.items()),
    )


def _is_open(state: State, message: Message) -> bool:
    return state.deadlines.is_open(message.entry_id)


def _keys(keys: Keys, now: int) -> KeysView:
    return KeysView(
        edition=keys.edition,
        segment=keys.segment,
        segments=keys.segments,
        done=_done(keys, now),
        ends=day_clock(keys.segment_ends),
        until=day_clock(keys.published_until),
        soon=keys.published_until - now < 3 * DAY,
    )


def _done(keys: Keys, now: int) -> float:
    """Part of the edition that has passed, in hundredths: it changes some times an hour, not each second.

    The length of a segment follows from those that are left.
    """
    ahead = keys.segments - keys.segment
    length = (keys.edition_ends - keys.segment_ends) / ahead if ahead > 0 else HOUR
    passed = 1 - min(max((keys.segment_ends - now) / max(length, 1), 0.0), 1.0)
    return round(min(max((keys.segment - 1 + passed) / max(keys.segments, 1), 0.0), 1.0), 2)


def _links(state: State, links: Iterable[Link], now: int) -> tuple[LinkRow, ...]:
    """One row a nation, by its best link; one an address of which no nation is known."""
    best: dict[str, Link] = {}
    for link in links:
        peer = link.nation or link.address
        known = best.get(peer)
        if known is None or _LINKS.index(link.state) < _LINKS.index(known.state):
            best[peer] = link
    codes = state.coalition.marks.codes
    nations = [code for code in codes if code in best]
    return tuple(_link(peer, best[peer], now) for peer in (*nations, *sorted(best.keys() - set(nations))))


def _link(peer: str, link: Link, now: int) -> LinkRow:
    up = link.state is LinkState.UP
    return LinkRow(
        peer=peer, state=link.state, age=age(now - link.since) if link.since else "", gap=not up, reason=link.reason
    )  # fmt: skip
