"""What is chosen for a channel, and what is known of one. The rules of `views` hold."""

from __future__ import annotations

from coalchat.record import record


@record
class ChannelForm:
    """A channel that is to be, as typed and chosen. level: index of its ceiling's. category: of that, or ""."""

    title: str = ""
    purpose: str = ""
    level: int = 0
    category: str = ""
    nations: tuple[str, ...] = ()


@record
class Member:
    """A nation that is, or may become, a member. devices: its valid ones."""

    code: str
    name: str
    chosen: bool
    own: bool
    devices: int


@record
class Offer:
    """Attributes:
    levels, categories: that may be chosen, by index and by name. ceiling: the label that is chosen, without REL.
    members: all that may be. error: field, or "" for all of it, and what is wrong with it. asking: the node has been asked.
    """

    levels: tuple[str, ...]
    categories: tuple[str, ...]
    ceiling: str
    members: tuple[Member, ...]
    error: tuple[str, str]
    asking: bool


@record
class ChannelView:
    """A channel.

    Attributes:
        level: index of its ceiling's. members: nations, or of a conversation none; devices: all that read that one.
        admins: devices that may widen it. revision: how often it was changed. admin: this device may do so, and there is
            somebody to let in.
        deputies: of each member, code and who stands in for it, with until when; "" where nobody does.
    """

    id: str
    title: str
    purpose: str
    ceiling: str
    level: int
    members: tuple[Member, ...]
    devices: tuple[str, ...]
    admins: tuple[str, ...]
    revision: int
    admin: bool
    deputies: tuple[tuple[str, str], ...] = ()
