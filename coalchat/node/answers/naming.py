"""How clients name channels and messages: a title, an id, or a prefix of an id that fits one only."""

from __future__ import annotations

from coalchat.errors import Ambiguous, UnknownChannel, UnknownDevice, UnknownMessage, UsageError
from coalchat.node.addressing import Conversation
from coalchat.node.context import Context
from coalchat.node.directing import AT, address, find_conversation
from coalchat.store.rows import Message
from protocol.trust.channel import ChannelRevision

MIN_PREFIX = 4
"""Hex digits: fewer would name something by accident."""

MIN_DEVICE = 8
"""Hex digits of a device id that a person types: half of what six words show, and no word of a language."""

DEVICE_ID = 32
"""Hex digits of a device id."""


def find_place(context: Context, given: str, *, begin: bool = False) -> ChannelRevision | Conversation:
    """A channel, or the conversation that "@NAME", "@ID" or its own id means.

    Args:
        begin: with confirmed devices of the person one may begin; otherwise only what is here is found.

    Raises:
        UnknownChannel, UnknownDevice, Ambiguous; Refused: the person has no confirmed device.
    """
    if given.startswith(AT):
        return address(context.member, given) if begin else find_conversation(context, given)
    conversations = context.member.direct.conversations.values()
    found = [c for c in conversations if len(given) >= MIN_PREFIX and c.channel.hex().startswith(given.lower())]
    try:
        channel = find_channel(context, given)
    except UnknownChannel:
        if not found:
            raise
        if len(found) > 1:
            raise Ambiguous(given) from None
        return found[0]
    if found and channel.title.casefold() != given.casefold():
        raise Ambiguous(given)
    return channel


def find_channel(context: Context, given: str) -> ChannelRevision:
    """The channel of this title, id or prefix of an id.

    Raises:
        UnknownChannel, Ambiguous.
    """
    channels = context.member.channels.values()
    titled = [c for c in channels if c.title == given] or [
        c for c in channels if c.title.casefold() == given.casefold()
    ]
    found = titled or [c for c in channels if len(given) >= MIN_PREFIX and c.channel.hex().startswith(given.lower())]
    if not found:
        raise UnknownChannel(given)
    if len(found) > 1:
        raise Ambiguous(given)
    return found[0]


def find_device(context: Context, given: str) -> bytes:
    """The device of our nation whose id is, or begins, as a person typed it.

    Raises:
        UnknownDevice, Ambiguous. UsageError: it is no id.
    """
    typed = typed_id(given)
    devices = context.member.directory.devices(context.member.nation)
    found = [c.device for c in devices if c.device.hex().startswith(typed)]
    if not found:
        raise UnknownDevice(given)
    if len(found) > 1:
        raise Ambiguous(given)
    return found[0]


def typed_id(given: str) -> str:
    """A device id as a person types it, or how it begins: hex digits and nothing else, never a name.

    Raises:
        UsageError: it has not this form.
    """
    typed = given.lower()
    if not MIN_DEVICE <= len(typed) <= DEVICE_ID or not set(typed) <= set("0123456789abcdef"):
        raise UsageError(
            f"a device is named by {MIN_DEVICE} to {DEVICE_ID} hex digits of its id",
            hint="a person is named with --person",
        )
    return typed


def find_message(context: Context, given: str) -> Message:
    """The message of this id or prefix of an id.

    Raises:
        UnknownMessage, Ambiguous.
    """
    prefix = given.lower()
    if not MIN_PREFIX <= len(prefix) <= 64 or not set(prefix) <= set("0123456789abcdef"):
        raise UnknownMessage(given)
    found = context.store.read.messages_named(prefix)
    if not found:
        raise UnknownMessage(given)
    if len(found) > 1:
        raise Ambiguous(given)
    return found[0]
