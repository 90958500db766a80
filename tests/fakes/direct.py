"""Direct messages between nodes of a `Town`: comparing words, and what a conversation is to a node."""

from __future__ import annotations

from contextlib import suppress

from coalchat.api.direct import ConfirmDevice, ListDevices, ShowWords
from coalchat.api.nouns import Addressee, Channel
from protocol.base.errors import AuthenticationError
from protocol.base.records import encode_part
from protocol.keys.direct import DirectEnvelope, read_direct
from protocol.keys.keyring import KeyRing
from tests.fakes.nodes import Running, until


def device_of(node: Running) -> str:
    return node.station.context.member.device.hex()


async def addressees(node: Running) -> dict[str, Addressee]:
    """Devices that a node may address, by id."""
    return {device.device_id: device for device in (await node.ask(ListDevices())).devices}


async def keyed(node: Running, *others: Running) -> None:
    """Wait until a node knows a current key of each of the others' devices, and of its own."""

    async def known() -> bool:
        listed = await addressees(node)
        return all(device_of(other) in listed and listed[device_of(other)].keys for other in (node, *others))

    await until(known)


async def own_words(node: Running) -> tuple[str, ...]:
    """What a person reads out from his own screen."""
    return (await node.ask(ShowWords(device=device_of(node)))).own  # type: ignore[no-any-return]


async def confirm(node: Running, other: Running) -> None:
    """The person at a node hears the words of the other device, from the other's screen, and confirms it."""
    await node.ask(ConfirmDevice(device=device_of(other), words=await own_words(other)))


async def acquainted(*nodes: Running) -> None:
    """Everybody has everybody's keys and words."""
    for node in nodes:
        others = [other for other in nodes if other is not node]
        await keyed(node, *others)
        for other in others:
            await confirm(node, other)


async def conversations(node: Running) -> list[Channel]:
    return [channel for channel in await node.channels() if channel.devices]


def direct_envelope_of(node: Running, entry_id: str) -> DirectEnvelope:
    """The envelope of a direct message, as anybody may have recorded it."""
    read = node.station.context.store.read
    entry = read.entry(bytes.fromhex(entry_id))
    assert entry is not None
    row = read.envelope(entry.envelope_id)
    assert row is not None
    return read_direct(row.data)


def opens(ring: KeyRing, envelope: DirectEnvelope) -> bool:
    """Whether anything in a key ring opens any wrap of a direct envelope: every key there is, on every wrap."""
    seeds = [seed.chain(ring.nation) for seed in (*ring.seeds, *(s for keys in ring.custodian for s in keys.seeds))]
    own = [seed.chain(slot.device) for seed in ring.own for slot in envelope.context.slots]
    segment = envelope.context.segment
    privates = {chain.private(segment) for chain in seeds if chain.at.segment <= segment <= chain.last}
    privates |= {chain.private(segment) for chain in own if chain.at.segment <= segment <= chain.last}
    privates |= {chain.private(chain.at.segment) for chain in seeds}
    privates |= {chain.private(chain.at.segment) for chain in own}
    privates |= {prekey.seed for prekey in ring.prekeys} | {ring.bundle}
    for private in privates:
        for index, slot in enumerate(envelope.context.slots):
            with suppress(AuthenticationError):
                envelope.unwrap(index, encode_part(slot), private)
                return True
    return False
