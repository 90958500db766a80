"""Sample records of the local API: Lt Berg's device of XAA, and what it sees."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from coalchat.api import about, nouns, responses
from coalchat.api.vocabulary import Likeness, LinkState, Phase, Precedence, Role
from coalchat.record import evolve
from protocol.trust.policy import policy_from_toml

NOW = 1_795_000_000

NATIONS = tuple(
    nouns.Nation(
        code=code,
        name=f"Republic of {code}",
        index=index,
        own=code == "XAA",
        devices=4,
        published=NOW,
        keys_until=NOW + 72 * 3600,
    )
    for index, code in enumerate(("XAA", "XBB", "XCC"))
)

_EXAMPLE = policy_from_toml((Path(__file__).parents[2] / "protocol" / "policies" / "example.toml").read_text())
POLICY = responses.Policy(
    id=_EXAMPLE.identifier,
    version=_EXAMPLE.version,
    prefix=_EXAMPLE.prefix,
    levels=tuple(
        nouns.Level(name=level.name, portion=level.portion, foreground=level.foreground, background=level.background)
        for level in _EXAMPLE.levels
    ),
    categories=tuple(category.value for category in _EXAMPLE.categories),
    tag_names=tuple(category.tag_name for category in _EXAMPLE.categories),
    readable=2,
    handling=(21_600, 10_800, 1_800, 600),
)
"""The example policy, to a reader of SECRET."""


def national_policy(*levels: str) -> responses.Policy:
    """The same on a device that was given its nation's policy: what that marks alike, from the lowest level."""
    beside = tuple(evolve(level, national=said) for level, said in zip(POLICY.levels, levels, strict=True))
    return evolve(POLICY, national="ALDANIA 3", levels=beside)


KEYS = responses.Keys(
    edition=3,
    segment=2,
    segments=24,
    segment_ends=NOW + 1_800,
    edition_ends=NOW + 81_000,
    published_until=NOW + 72 * 3600,
)


def level_of(marking: str) -> int:
    """Index of the level that a marking or a label's text names.

    Raises:
        KeyError: none of the policy.
    """
    words = marking.upper().partition(" REL")[0].removeprefix("MISSION ").strip()
    names = {level.name: index for index, level in enumerate(POLICY.levels)}
    for category in POLICY.categories:
        words = words.removesuffix(f" {category}")
    return names[words]


def portion_of(marking: str) -> str:
    """Portion mark of a marking, e.g. "S CONVOY"."""
    words = marking.upper().partition(" REL")[0].split()
    return " ".join((POLICY.levels[level_of(marking)].portion, *(c for c in POLICY.categories if c in words)))


def node_record(phase: Phase = Phase.UNLOCKED) -> nouns.Node:
    """The node, or what is known of it before it is unlocked."""
    known = phase is Phase.UNLOCKED
    return nouns.Node(
        phase=phase,
        nation="XAA" if known else "",
        person="Berg" if known else "",
        role=Role.OFFICER if known else None,
        device_id="0a" * 16 if known else "",
        device=1 if known else 0,
        coalition="Northern Guard" if known else "",
        coalition_id="0c" * 16 if known else "",
        exercise=False,
        policy_id="EXAMPLE" if known else "",
        clearance="MISSION SECRET" if known else "",
    )


def link_record(address: str, state: LinkState = LinkState.CONNECTING) -> nouns.Link:
    return nouns.Link(
        address=address,
        inbound=False,
        nation="",
        device_id="",
        state=state,
        since=NOW,
        reason="",
        bytes_sent=0,
        bytes_received=0,
        entries_sent=0,
        entries_received=0,
    )


def channel_record(number: int, title: str, members: tuple[str, ...], ceiling: str, purpose: str) -> nouns.Channel:
    return nouns.Channel(
        id=f"{number:032x}",
        title=title,
        members=members,
        ceiling=ceiling,
        ceiling_level=level_of(ceiling),
        purpose=purpose,
        admin=True,
        unread=0,
        unread_precedence=None,
        read_position=0,
        newest=0,
        admins=("XAA Berg (1)",),
    )


def message_record(position: int, channel: nouns.Channel, text: str) -> nouns.Message:
    """A message of Maj Kowal, XBB."""
    return nouns.Message(
        position=position,
        entry_id=f"{position:08x}" + 56 * "e",
        channel_id=channel.id,
        channel_title=channel.title,
        author_nation="XBB",
        author_person="Kowal",
        author_device=1,
        marking=f"MISSION SECRET REL {', '.join(channel.members)}",
        level=2,
        portion="S",
        nations=channel.members,
        kind="text",
        text=text,
        author_time=NOW,
        received_time=NOW,
        n=83_000,
        seq=position,
        precedence=Precedence.ROUTINE,
        ack_by=0,
        mine=False,
        read=False,
        answered=None,
        refs=(),
        flags=(),
        disowned=None,
    )


def quoted_record(message: nouns.Message, likeness: Likeness = Likeness.SAME) -> about.Quoted:
    """What another message repeats of this one."""
    return about.Quoted(
        entry_id=message.entry_id,
        nation=message.author_nation,
        person=message.author_person,
        time=message.author_time,
        marking=message.marking,
        level=message.level,
        portion=message.portion,
        nations=message.nations,
        text=message.text,
        likeness=likeness,
    )


def status_record(
    message: nouns.Message, deliveries: Iterable[nouns.Delivery], deputies: tuple[about.Deputy, ...]
) -> responses.MessageStatus:
    """What XAA's node says of who has a message."""
    return responses.MessageStatus(
        entry_id=message.entry_id,
        channel_id=message.channel_id,
        marking=message.marking,
        author_time=message.author_time,
        own_nation="XAA",
        deliveries=tuple(deliveries),
        deputies=deputies,
    )


def deputy_record(nation: str, person: str, **changes: Any) -> about.Deputy:
    """Who stands in for a nation, as its custodian said."""
    made = about.Deputy(
        entry_id="de" * 32, nation=nation, person=person, person_id="0d" * 16, since=NOW, until=0, by=f"Cdr {nation}"
    )
    return evolve(made, **changes)
