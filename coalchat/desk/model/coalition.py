"""What the desk knows of the node, the coalition and its channels: the newest answers, kept true by events.

Rule 1: unread counts are the node's. Between two lists of channels, an event counts once: only positions beyond the
channel's newest do.
Rule 2: a read mark never moves back.
"""

from __future__ import annotations

from coalchat.api.national import beside
from coalchat.api.nouns import Channel, Nation, Node
from coalchat.api.requests import GetStatus, ListChannels, ListNations, ShowKeys, ShowPolicy
from coalchat.api.responses import Keys, Policy, Status
from coalchat.api.vocabulary import Precedence, Role
from coalchat.desk.model.changes import Asks
from coalchat.desk.model.labels import Label, Marks
from coalchat.desk.model.views import NodeState
from coalchat.record import evolve, field, part

ASKS: Asks = (ShowPolicy(), ListNations(), GetStatus(), ShowKeys(), ListChannels())
"""What is asked first. The marks come before what bears them."""


@part
class Coalition:
    """Facts. `state` and `why` say how the desk stands with its node."""

    state: NodeState = NodeState.CONNECTING
    why: str = ""
    node: Node | None = None
    status: Status | None = None
    nations: tuple[Nation, ...] = ()
    keys: Keys | None = None
    marks: Marks = field(factory=Marks)
    _channels: dict[str, Channel] = field(factory=dict)
    listed: bool = field(default=False, init=False)
    """The node has said which channels there are."""
    _begun: dict[str, Channel] = field(factory=dict)
    """Conversations of which nothing was sent yet: the node does not know them."""

    # --- who we are ---

    @property
    def own(self) -> str:
        """Code of our nation, or "" before the node has said so."""
        return self.node.nation if self.node else ""

    @property
    def may_acknowledge(self) -> bool:
        """Whether a person sits here: a bot and a relay acknowledge nothing."""
        return self.node is not None and self.node.role not in {Role.BOT, Role.RELAY}

    def beside(self, level: int) -> str:
        """What our nation marks alike, as it stands behind the coalition's marking: "XAA: GEHEIM", or ""."""
        return beside(self.marks.policy, self.own, level)

    def took_status(self, status: Status) -> None:
        """The node at a glance."""
        self.status, self.node = status, status.node

    def took_policy(self, policy: Policy) -> bool:
        """The policy; whether marks are written otherwise now."""
        changed = policy != self.marks.policy
        self.marks = evolve(self.marks, policy=policy)
        return changed

    def took_nations(self, nations: tuple[Nation, ...]) -> bool:
        """The nations; whether marks are written otherwise now."""
        self.nations = nations
        codes = tuple(nation.code for nation in sorted(nations, key=lambda nation: nation.index))
        changed = codes != self.marks.codes
        self.marks = evolve(self.marks, codes=codes)
        return changed

    # --- channels ---

    @property
    def channels(self) -> tuple[Channel, ...]:
        """All, in the node's order."""
        return tuple(self._channels.values())

    def channel(self, channel_id: str) -> Channel | None:
        """One of them."""
        return self._channels.get(channel_id)

    def members(self, channel_id: str) -> tuple[str, ...]:
        """Codes of its members, in charter order."""
        channel = self._channels.get(channel_id)
        return self.marks.ordered(channel.members) if channel else ()

    def took_channels(self, channels: tuple[Channel, ...]) -> None:
        """The list, with its counts. Where an event has told of more than this list knew, ours stay."""
        self.listed = True
        self._channels = {channel.id: self._newer(channel) for channel in channels} | self._begun

    def begin(self, channel: Channel) -> None:
        """A conversation that is to be."""
        self._begun[channel.id] = self._channels[channel.id] = channel

    def is_begun(self, channel_id: str) -> bool:
        """Whether it is one of which nothing was sent yet."""
        return channel_id in self._begun

    def end_begun(self, channel_id: str) -> None:
        """It is the node's by now, or nobody's."""
        if self._begun.pop(channel_id, None) is not None:
            del self._channels[channel_id]

    def _newer(self, channel: Channel) -> Channel:
        known = self._channels.get(channel.id)
        if known is None:
            return channel
        channel = evolve(channel, read_position=max(channel.read_position, known.read_position))
        if channel.newest >= known.newest:
            return channel
        return evolve(channel, newest=known.newest, unread=known.unread, unread_precedence=known.unread_precedence)

    def arrived(self, channel_id: str, position: int, precedence: Precedence, *, mine: bool) -> bool:
        """Count a message; False: of a channel that is not in the list yet, or counted before."""
        channel = self._channels.get(channel_id)
        if channel is None or position <= channel.newest:
            return False
        counted = evolve(channel, newest=position)
        if not mine:
            highest = max(precedence, channel.unread_precedence or precedence, key=lambda word: word.rank)
            counted = evolve(counted, unread=channel.unread + 1, unread_precedence=highest)
        self._channels[channel_id] = counted
        return True

    def marked(self, channel_id: str, position: int, newly: int = 0) -> bool:
        """Move a read mark, past `newly` messages that were unread; whether it moved or the count changed."""
        channel = self._channels.get(channel_id)
        if channel is None or (position <= channel.read_position and not newly):
            return False
        unread = max(0, channel.unread - newly)
        self._channels[channel_id] = evolve(
            channel,
            read_position=max(position, channel.read_position),
            unread=unread,
            unread_precedence=channel.unread_precedence if unread else None,
        )
        return True

    # --- labels ---

    def allowed_level(self, channel_id: str) -> int:
        """The highest level that this device may write in a channel."""
        channel, policy = self._channels.get(channel_id), self.marks.policy
        if channel is None:
            return 0
        return min(channel.ceiling_level, policy.readable) if policy else channel.ceiling_level

    def default_label(self, channel_id: str) -> Label:
        """As high as can be written there, released to all members."""
        return Label(self.allowed_level(channel_id), self.members(channel_id))

    def carries(self, channel: Channel, category: str) -> bool:
        """Whether a channel's ceiling has a category."""
        return not category or f" {category} " in f"{channel.ceiling} "
