"""Channels of the scripted node that get wider."""

from __future__ import annotations

from typing import Protocol

from coalchat.api.amendment import WidenChannel
from coalchat.api.nouns import Channel
from coalchat.record import evolve


class Channels(Protocol):
    """A node, as far as it is asked here."""

    channels: list[Channel]

    def find_channel(self, name: str) -> Channel: ...


def widened(node: Channels, request: WidenChannel) -> Channel:
    """The channel with more members."""
    known = node.find_channel(request.channel)
    members = tuple(dict.fromkeys((*known.members, *request.nations)))
    wider = evolve(known, members=members, revision=known.revision + 1)
    node.channels[node.channels.index(known)] = wider
    return wider
