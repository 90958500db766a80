"""Reminders (SPEC 8.13): a message that names who has not acknowledged another one, and whom else its author asks to see to it.

Rule 1: it is a text like any other, in the channel and under the label of what it reminds of, and asks for nothing itself:
what is acknowledged is the first one.
Rule 2: who stands in for a nation that nation says itself (`deputies`); or the sender names a person. Whoever is asked answers for
himself alone, and must be able to read the message.
"""

from __future__ import annotations

from collections.abc import Sequence

from coalchat.api.about import Deputy, NationReceipts
from coalchat.api.vocabulary import Gap
from coalchat.errors import Ambiguous, Expired, UnknownDevice, UsageError
from coalchat.node.context import Context
from coalchat.node.deadlines import asked_of, reminds, roll_up
from coalchat.node.deputies import NOBODY, shown_deputy
from coalchat.node.retaining import gone_words
from coalchat.node.status import deliveries, readers
from coalchat.node.times import dtg
from coalchat.store.rows import Message
from protocol.base.limits import MAX_TEXT
from protocol.base.records import decode
from protocol.messages.payload import FORMAT, TextPayload, decode_payload
from protocol.messages.refs import Ref, Relation
from protocol.trust.channel import ChannelRevision
from protocol.trust.credential import Certified
from protocol.trust.label import ReleaseKey

NAMED = 64
"""Persons whom a reminder names; of more it says how many."""


def make_reminder(context: Context, message: Message, words: str, escalate: str, *, deputies: bool) -> TextPayload:
    """The reminder of a message of this device.

    Args:
        escalate: as `_person`. deputies: the deputy of each nation that lacks an acknowledgement is asked, too.

    Raises:
        UsageError: it is another's, asks for no acknowledgement, or has all of them; the text is too long; no nation that
            lacks one has a deputy who can read it.
        Expired: its body is gone. UnknownDevice, Ambiguous: `escalate` names nobody, or several.
    """
    if not message.mine:
        raise UsageError("id: only who sent it reminds of it")
    if message.purged:
        raise Expired(gone_words(context, message))
    payload = decode_payload(message.payload)
    if reminds(context.store.read, message, payload):
        raise UsageError("id: it is a reminder itself", hint="name what is to be acknowledged")
    now, asked = context.now(), asked_of(context, message, payload)
    if not asked.ack_by:
        raise UsageError("id: it asks for no acknowledgement", hint="--ack-by asks for one")
    nations = roll_up(deliveries(context, message, asked.state), asked, now)
    missing = _missing(nations)
    if not missing:
        raise UsageError("id: everybody has acknowledged it")
    lines = [
        f"REMINDER: acknowledge {message.entry_id.hex()[:12]} of {dtg(message.author_time)} by {dtg(asked.ack_by)}"
    ]
    if asked.ack_by <= now:
        lines[0] += f": OVERDUE {_length(now - asked.ack_by)}"
    lines.append(f"not acknowledged: {missing}")
    if escalate or deputies:
        lines.append(f"escalated to {_asked(context, message, nations, escalate, deputies=deputies)}")
    text = "\n".join([*lines, *([words] if words else [])])
    if len(text.encode("utf-8", "surrogatepass")) > MAX_TEXT:
        raise UsageError(f"text: must have at most {MAX_TEXT} bytes, with the names")
    return TextPayload(FORMAT, now, payload.noplay, (Ref(int(Relation.REMINDER), message.entry_id),), text, 0)


def _length(seconds: int) -> str:
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _missing(nations: Sequence[NationReceipts]) -> str:
    """ "XBB Kowal; XCC Lind, Saar"; empty if nobody is."""
    said, room = [], NAMED
    for nation in nations:
        names = [one.person or "unknown" for one in nation.missing if one.gap is not Gap.NO_DEVICE]
        shown = names[:room]
        room -= len(shown)
        more = nation.expected - nation.reached - len(shown)
        if more:
            shown.append(f"{more} more")
        if any(one.gap is Gap.NO_DEVICE for one in nation.missing):
            shown.append("nobody known")
        if shown:
            said.append(f"{nation.nation} {', '.join(shown)}")
    return "; ".join(said)


def _asked(
    context: Context, message: Message, nations: Sequence[NationReceipts], escalate: str, *, deputies: bool
) -> str:
    """Who is asked to see to it."""
    if escalate and deputies:
        raise UsageError("escalate: to a person, or to the nations' deputies")
    return _deputies(context, message, nations) if deputies else _person(context, message, escalate)


def deputies_who_read(context: Context, message: Message) -> tuple[Deputy, ...]:
    """Who stands in for a message's nations and can read it; in a conversation nobody stands in for anybody."""
    place = context.member.place(message.channel)
    if not isinstance(place, ChannelRevision):
        return ()
    found = []
    for nation in decode(ReleaseKey, message.release).releasable:
        one = shown_deputy(context, place, nation)
        persons = {c.certificate.person.hex() for c in readers(context, message, nation) if _is_person(c)}
        if one is not None and one.person_id in persons:
            found.append(one)
    return tuple(found)


def _deputies(context: Context, message: Message, nations: Sequence[NationReceipts]) -> str:
    """ "XBB Kowal; XCC has no deputy who can read it", of the nations that lack an acknowledgement."""
    named = {one.nation: one.person for one in deputies_who_read(context, message)}
    lacking = [nation.nation for nation in nations if nation.missing]
    if not named.keys() & set(lacking):
        hint = "name a person: --escalate PERSON"
        raise UsageError(f"escalate: no deputy who can read it is named by {', '.join(lacking)}", hint=hint)
    return "; ".join(
        f"{code} {named[code]}" if code in named else f"{code} has no deputy who can read it" for code in lacking
    )


def _is_person(certified: Certified) -> bool:
    return certified.certificate.role not in NOBODY


def _person(context: Context, message: Message, given: str) -> str:
    """ "XCC Mets": the one person of that name who could read the message and may act for a nation of its release set."""
    codes = context.member.coalition.codes
    first, _, rest = given.partition(" ")
    code, name = (first.upper(), rest.strip()) if first.upper() in codes and rest.strip() else ("", given.strip())
    found = {
        (codes[nation], certified.certificate.name, certified.certificate.person)
        for nation in decode(ReleaseKey, message.release).releasable
        for certified in readers(context, message, nation)
        if _is_person(certified)
        and certified.certificate.name.casefold() == name.casefold()
        and code in {"", codes[nation]}
    }
    if not found:
        raise UnknownDevice(given, hint="name a person who can read the message: NAME, or NATION NAME")
    if len(found) > 1:
        raise Ambiguous(given, hint="say the nation too: NATION NAME")
    ((nation, person, _),) = found
    return f"{nation} {person}"
