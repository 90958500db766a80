"""Sample records of the local API: Lt Berg's device of XAA, and what it sees."""

from __future__ import annotations

from coalchat.api import nouns
from coalchat.api.vocabulary import LinkState, Phase, Precedence, Role

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
        purpose=purpose,
        admin=True,
        unread=0,
        newest=0,
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
        refs=(),
        flags=(),
    )
