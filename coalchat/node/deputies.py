"""A nation's deputy in a channel (SPEC 8.13): who is asked to see to it where others of his nation do not, as that nation says.

Rule 1: a nation speaks of its own deputy alone: by the devices of its custodian, by admins of the channel that are its own;
and a person of himself, where nobody stands in.
Rule 2: every notice that is opened is kept; who stands in is asked of those that are here, and of today's certificates.
Rule 3: to stand in gives nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from coalchat.api.about import Deputy
from coalchat.errors import Ambiguous, NotAuthorised, UnknownDevice, UsageError
from coalchat.node.context import Context
from coalchat.node.times import dtg
from coalchat.store.notices import Notice as NoticeRow
from protocol.base.limits import CLOCK_SKEW
from protocol.messages.notices import MAX_NOTICE, Given, Notice, NoticePayload, counts, deputies_said
from protocol.messages.payload import FORMAT
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Certified, Role

NOBODY = frozenset({int(Role.BOT), int(Role.RELAY)})
"""Roles of devices behind which no person sits."""


@attrs.frozen
class Voices:
    """Whose word a nation's devices give in a channel: `persons` by device, and which of them name anybody."""

    persons: dict[bytes, bytes]
    naming: frozenset[bytes]


def voices(context: Context, revision: ChannelRevision, nation: int, devices: Iterable[bytes] | None = None) -> Voices:
    """Those of a nation, as its directory lists them now and none revoked; or those among some devices."""
    directory, now = context.member.directory, context.now()
    if devices is None:
        devices = [known.device for known in directory.devices(nation)]
    persons, naming = {}, set()
    for device in devices:
        standing = directory.standing(device, now)
        if standing is None or not standing.listed or standing.revoked is not None:
            continue
        certificate = standing.certified.certificate
        if certificate.nation == nation and certificate.role not in NOBODY:
            persons[device] = certificate.person
            if certificate.role == int(Role.CUSTODIAN) or device in revision.admins:
                naming.add(device)
    return Voices(persons, frozenset(naming))


def given(row: NoticeRow) -> Given:
    """A notice that is kept, as far as it decides."""
    return Given(row.number, row.first, row.device, row.active, row.person, row.until, row.at)


def all_said(context: Context, revision: ChannelRevision, nation: int) -> tuple[Given, ...]:
    """A nation's words that count, in their order: the last says who stands in, or that nobody does."""
    rows = context.store.read.notices(revision.channel, int(Notice.DEPUTY))
    if not rows or nation not in context.member.members(revision):
        return ()
    spoken = voices(context, revision, nation, {row.device for row in rows})
    return deputies_said(map(given, rows), spoken.persons, spoken.naming)


def standing_in(context: Context, revision: ChannelRevision, nation: int) -> Given | None:
    """By which notice somebody stands in for a nation now."""
    now = context.now()
    begun = [one for one in all_said(context, revision, nation) if one.since <= now + CLOCK_SKEW]
    last = begun[-1] if begun else None
    if last is None or not last.on or 0 < last.until <= now:
        return None
    return last if devices_of(context, nation, last.person) else None


def devices_of(context: Context, nation: int, person: bytes) -> tuple[Certified, ...]:
    """A person's own devices that are valid now, bots aside."""
    return tuple(
        known
        for known in context.member.valid(nation)
        if known.certificate.person == person and known.certificate.role not in NOBODY
    )


def shown_deputy(context: Context, revision: ChannelRevision, nation: int) -> Deputy | None:
    """Who stands in for a nation, as clients see it."""
    last = standing_in(context, revision, nation)
    if last is None:
        return None
    by = context.member.directory.standing(last.device, context.now())
    return Deputy(
        entry_id=last.entry.hex(),
        nation=context.code(nation),
        person=devices_of(context, nation, last.person)[0].certificate.name,
        person_id=last.person.hex(),
        since=last.since,
        until=last.until,
        by="" if by is None else by.certified.certificate.name,
    )


def shown_deputies(context: Context, revision: ChannelRevision) -> tuple[Deputy, ...]:
    """Those of all members of a channel, by charter index."""
    if not context.store.read.notices(revision.channel, int(Notice.DEPUTY)):
        return ()  # as nearly always: it is asked of every channel whenever clients list them
    found = (shown_deputy(context, revision, nation) for nation in revision.members)
    return tuple(one for one in found if one is not None)


def deputy_words(context: Context, nation: int, payload: NoticePayload) -> str:
    """What the line of a notice says of who stands in."""
    code = context.code(nation)
    if not payload.on:
        return f"DEPUTY of {code}: nobody"
    known = [c for c in context.member.directory.devices(nation) if c.certificate.person == payload.person]
    name = known[0].certificate.name if known else "somebody of whom no device is known"
    return f"DEPUTY of {code}: {name}" + (f" until {dtg(payload.until)}" if payload.until else "")


# --- saying so ---


def make_deputy(context: Context, revision: ChannelRevision, person: str, until: int) -> NoticePayload | None:
    """The notice that says who stands in for the own nation, or that nobody does; none: it stands so already.

    Args:
        person: as `find_person`; "": nobody. until: when that ends by itself, or 0.

    Raises:
        NotAuthorised: it is not for this device to say. UsageError: that time is over; no number is left.
        UnknownDevice, Ambiguous: as `find_person`.
    """
    member, now = context.member, context.now()
    spoken, said = voices(context, revision, member.nation), all_said(context, revision, member.nation)
    last = said[-1] if said else None
    current = standing_in(context, revision, member.nation)
    if until and (not person or until <= now):
        raise UsageError("until: must be a time to come, of who stands in")
    named = find_person(context, person) if person else b""
    if (current is None and not person) or (
        current is not None and person and (current.person, current.until) == (named, until)
    ):
        return None
    number = 1 if last is None else last.number + 1
    if number > MAX_NOTICE:
        raise UsageError("no number is left for another notice of this nation in this channel")
    word = Given(number, b"", member.device, bool(person), named, until, now)
    if not counts(word, last, spoken.persons, spoken.naming):
        raise NotAuthorised(
            "only a custodian's device names who stands in, or an admin of the channel",
            hint="where nobody stands in, a person may name himself, and stand down",
        )
    return NoticePayload(FORMAT, now, False, (), int(Notice.DEPUTY), number, bool(person), "", named, until, now)


def find_person(context: Context, name: str) -> bytes:
    """Id of the one person of our nation with that name who has a valid device, in any case.

    Raises:
        UnknownDevice, Ambiguous.
    """
    nation = context.member.nation
    own = name.strip().casefold().removeprefix(f"{context.code(nation).casefold()} ").strip()
    found = {
        known.certificate.person
        for known in context.member.valid(nation)
        if known.certificate.role not in NOBODY and known.certificate.name.casefold() in {own, name.strip().casefold()}
    }
    if not found:
        raise UnknownDevice(name, hint="name a person of your own nation, as `coalchat nation devices` writes it")
    if len(found) > 1:
        raise Ambiguous(name)
    return found.pop()
