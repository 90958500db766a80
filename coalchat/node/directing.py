"""Direct messages (SPEC 8.8): whom a name means, whom a person confirmed, and when a device may seal to some devices.

Rule 1: a device gets a slot only after a person here confirmed it by words; it is asked anew for each envelope.
Rule 2: a name means one person, or it is refused; an id is an id and is never looked up as a name, nor is what could be the
beginning of one.
Rule 3: what a custodian certifies is listed, and gets nothing by that.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

import attrs

from coalchat.errors import Ambiguous, Refused, UnknownChannel, UnknownDevice, UsageError, WordsDiffer
from coalchat.node.addressing import Conversation, conversation, read_conversation
from coalchat.node.audit import AuditEvent
from coalchat.node.context import Context
from coalchat.node.enrolling import words
from coalchat.node.journal import Finding, write_finding
from coalchat.node.membership import Membership
from coalchat.store.faces import Reader, Transaction
from coalchat.store.rows import Confirmed
from protocol.base.errors import Denied
from protocol.base.limits import MAX_SLOTS
from protocol.keys.device import device_words, may_be_addressed
from protocol.keys.direct import DirectSlot
from protocol.trust.access import Clause, Clearance, may_seal_direct
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Certified
from protocol.trust.label import Label

AT = "@"
HEX_ID = 32
HEX_BEGINNING = 8
"""Hex digits from which on a text could be the beginning of an id, as other doors take one."""


def load_direct(read: Reader, member: Membership) -> None:
    """What the store keeps of conversations and confirmed devices."""
    member.direct.confirmed.update((row.device, row.at) for row in read.confirmed())
    for row in read.channels():
        if not row.head_hash:
            member.direct.conversations[row.channel] = read_conversation(row.channel, row.data)


# --- deciding ---


def decide_direct(member: Membership, label: Label, place: Conversation) -> Denied | None:
    """Whether this device may seal under a label to the devices of a conversation now; None grants."""
    found: list[Certified] = []
    for device in place.devices:
        standing = member.directory.standing(device, member.now())
        if standing is None or not standing.valid:
            who = device.hex() if standing is None else named(standing.certified)
            return Denied(Clause.CERTIFICATE, f"the certificate of {who} is not valid now")
        found.append(standing.certified)
    cleared = [(c.certificate.nation, c.certificate.clearance) for c in found]
    own = member.certificate
    denial = may_seal_direct(
        label, policy=member.policy.hash, clearance=own.clearance, nation=own.nation, addressed=cleared
    )
    if denial is not None:
        return denial
    for certified in found:
        if certified.device != member.device and certified.device not in member.direct.confirmed:
            return Denied(
                Clause.RECIPIENT_UNCONFIRMED, f"{named(certified)} was not confirmed by words: it gets nothing"
            )
    return None


def direct_slots(member: Membership, place: Conversation, segment: int) -> list[tuple[DirectSlot, bytes]]:
    """One slot and key a device of a conversation, in their order.

    Raises:
        Refused: a device has stated no key for the segment ("keys-run-out").
    """
    found = []
    for device in place.devices:
        key = member.direct.editions.key(device, segment)
        if key is None:
            standing = member.directory.standing(device, member.now())
            who = device.hex() if standing is None else named(standing.certified)
            raise Refused(Clause.KEYS_RUN_OUT, f"no current key of {who} is here: it has to be online for that")
        found.append((DirectSlot(device, key[0]), key[1]))
    return found


def common_clearance(member: Membership, place: Conversation) -> Clearance:
    """The highest that all devices of a conversation are cleared for."""
    standings = (member.directory.standing(device, member.now()) for device in place.devices)
    held = [found.certified.certificate.clearance for found in standings if found is not None]
    level = min((clearance.level for clearance in held), default=0)
    categories = set.intersection(*(set(clearance.categories) for clearance in held)) if held else set()
    return Clearance(level, tuple(sorted(categories)))


# --- names ---


def named(certified: Certified) -> str:
    """A device, for people: "Lt Berg (2)"."""
    return f"{certified.certificate.name} ({certified.certificate.number})"


def title(member: Membership, place: Conversation) -> str:
    """A conversation, for people: "@Kowal", after the persons at its other ends."""
    standings = [member.directory.standing(device, member.now()) for device in place.devices]
    found = [standing.certified.certificate for standing in standings if standing is not None]
    names = dict.fromkeys(c.name for c in found if c.person != member.certificate.person)
    return AT + ", ".join(sorted(names) or [member.certificate.name])


def place_title(member: Membership, place: ChannelRevision | Conversation) -> str:
    """A channel or conversation, for people. Only a conversation's begins with "@", whatever a founder wrote."""
    if isinstance(place, Conversation):
        return title(member, place)
    return f"#{place.title}" if place.title.startswith(AT) else place.title


def addressable(member: Membership) -> tuple[Certified, ...]:
    """Devices that may be addressed, of all nations, this one's among them."""
    nations = range(len(member.coalition.codes))
    return tuple(c for nation in nations for c in member.valid(nation) if may_be_addressed(c.certificate))


def find_device(member: Membership, given: str) -> Certified:
    """The device of an id, in full.

    Raises:
        UnknownDevice: no valid device has it.
    """
    text = given.removeprefix(AT).lower()
    for certified in addressable(member):
        if certified.device.hex() == text:
            return certified
    raise UnknownDevice(given)


def _meant(member: Membership, given: str) -> tuple[Certified, ...]:
    """The devices that "@NAME" or "@ID" means: of one person, or the one.

    Raises:
        UnknownDevice, Ambiguous.
    """
    text = given.removeprefix(AT)
    if HEX_BEGINNING <= len(text) <= HEX_ID and set(text) <= set(string.hexdigits):
        return (find_device(member, given),)
    every = addressable(member)
    found = [c for c in every if c.certificate.name == text] or [
        c for c in every if c.certificate.name.casefold() == text.casefold()
    ]
    persons = {(c.certificate.nation, c.certificate.person) for c in found}
    if not persons:
        raise UnknownDevice(given)
    if len(persons) > 1:
        codes = ", ".join(sorted({member.coalition.codes[nation] for nation, _ in persons}))
        raise Ambiguous(
            given, hint=f"several are called so ({codes}): give the device's id, as `coalchat direct list` says"
        )
    return tuple(found)


def address(member: Membership, given: str) -> Conversation:
    """The conversation that "@NAME" or "@ID" begins or goes on with: confirmed devices of one person, and one's own.

    Raises:
        UnknownDevice, Ambiguous; UsageError: they are too many. Refused: none of them was confirmed.
    """
    meant = _meant(member, given)
    confirmed = [c for c in meant if c.device in member.direct.confirmed]
    if not confirmed:
        reason = f"no device of {meant[0].certificate.name} was confirmed by words"
        raise Refused(
            Clause.RECIPIENT_UNCONFIRMED, reason, hint="compare its words by voice, then `coalchat direct confirm`"
        )
    person = (member.nation, member.certificate.person)
    own = [
        c
        for c in addressable(member)
        if (c.certificate.nation, c.certificate.person) == person and c.device in member.direct.confirmed
    ]
    made = conversation(
        member.coalition.id,
        [(member.device, member.nation), *((c.device, c.certificate.nation) for c in (*own, *confirmed))],
    )
    if len(made.devices) > MAX_SLOTS:
        raise UsageError(f"these are more than {MAX_SLOTS} devices")
    return made


def find_conversation(context: Context, given: str) -> Conversation:
    """The conversation here with the one person that "@NAME" or "@ID" means, the one that moved last.

    Raises:
        UnknownDevice, Ambiguous; UnknownChannel: nothing was said yet.
    """
    member, read = context.member, context.store.read
    meant = {c.device for c in _meant(member, given)}
    person = member.certificate.person
    others: list[tuple[int, Conversation]] = []
    for place in member.direct.conversations.values():
        standings = [member.directory.standing(device, member.now()) for device in place.devices]
        away = {s.certified.device for s in standings if s is not None and s.certified.certificate.person != person}
        away = away or set(place.devices) - {member.device}
        if away <= meant:
            newest = read.messages(place.channel, before_position=2**62, limit=1)
            others.append((newest[0].position if newest else 0, place))
    if not others:
        raise UnknownChannel(given)
    return max(others, key=lambda pair: pair[0])[1]


# --- confirming ---


def words_of(member: Membership, certified: Certified) -> tuple[str, ...]:
    """The six words that stand for a device's key."""
    return words(device_words(member.coalition.id, certified.device, certified.certificate.key))


@attrs.define(eq=False)
class Directing:
    """The node's part for confirming devices by words."""

    context: Context = attrs.field(repr=False)

    async def confirm(self, certified: Certified, said: Sequence[str]) -> None:
        """A person compared a device's words by voice.

        Raises:
            WordsDiffer: they are not its words. UsageError: it is this device.
        """
        member, now = self.context.member, self.context.now()
        nation = self.context.code(certified.certificate.nation)
        if certified.device == member.device:
            raise UsageError("that is this device")
        if tuple(word.lower() for word in said) != words_of(member, certified):
            await self.context.record(Finding(AuditEvent.CONFIRMATION_REFUSED, certified.device.hex(), nation))
            raise WordsDiffer(hint="do not confirm it: ask the person by another way which device is his")
        row = Confirmed(certified.device, now)

        def write(tx: Transaction) -> None:
            if tx.put_confirmed(row):
                write_finding(tx, now, Finding(AuditEvent.DEVICE_CONFIRMED, certified.device.hex(), nation))

        await self.context.store.write(write)
        member.direct.confirmed.setdefault(certified.device, now)

    async def withdraw(self, certified: Certified) -> None:
        """A person takes a confirmation back: nothing more is sealed to the device."""
        self.context.member.direct.confirmed.pop(certified.device, None)
        await self.context.store.write(lambda tx: tx.drop_confirmed(certified.device))
