"""Accounts (SPEC 12): who could see a message, who has it, who read, who acknowledged it, as far as this node knows.

Rule 1: who could see is asked of today's directory: certificates that have ended since are named where they said something.
Rule 2: the mark of what is listed is that of all that was asked for: names and times are of the labels that they stand under.
"""

from __future__ import annotations

from collections.abc import Iterable

from coalchat.api.deadlines import Account, Holder
from coalchat.api.nouns import Delivery
from coalchat.api.nouns import Message as MessageNoun
from coalchat.api.vocabulary import State
from coalchat.node.context import Context
from coalchat.node.deadlines import asked_of, roll_up
from coalchat.node.folding import ANSWERS
from coalchat.node.status import deliveries, heard_of, readers, role_of
from coalchat.record import evolve
from coalchat.store.rows import Message
from protocol.base.records import decode
from protocol.messages.payload import decode_payload
from protocol.messages.receipts import Response
from protocol.trust.credential import Certified
from protocol.trust.label import ReleaseKey, combine, label_of

NOWHERE = "RELEASED TO NOBODY IN COMMON"
"""In the mark of messages that no nation may see all of."""


def account_of(context: Context, row: Message, noun: MessageNoun, *, texts: bool) -> Account:
    """What is known about one message."""
    payload = decode_payload(row.payload) if row.kind and not row.purged else None
    asked = asked_of(context, row, payload)
    rows = deliveries(context, row, asked.state)
    return Account(
        message=noun if texts else evolve(noun, text="", quotes=()),
        asked=asked.state,
        handle_by=asked.handle_by,
        nations=roll_up(rows, asked, context.now()),
        holders=tuple(_holders(context, row, rows)),
    )


def _holders(context: Context, row: Message, rows: list[Delivery]) -> Iterable[Holder]:
    """Every device that could see it or said something, by nation, name and number."""
    member = context.member
    heard = heard_of(context, row)
    silent = {(one.nation, one.person_id, one.device): one for one in rows if one.person_id}
    cleared: dict[bytes, Certified] = {
        certified.device: certified
        for nation in decode(ReleaseKey, row.release).releasable
        for certified in readers(context, row, nation)
    }
    found = []
    for device in {row.device, *cleared, *heard}:
        standing = member.directory.standing(device, context.now())
        certified = cleared.get(device) or (None if standing is None else standing.certified)
        certificate = None if certified is None else certified.certificate
        said = heard.get(device)
        nation = row.nation if device == row.device else said.nation if said is not None else None
        code = context.code(certificate.nation if certificate is not None else nation if nation is not None else 0)
        way = None if certificate is None else silent.get((code, certificate.person.hex(), certificate.number))
        given = None if said is None else said.given
        state: State | None = said.state if said is not None else way.state if way is not None else None
        found.append(
            Holder(
                nation=code,
                person="" if certificate is None else certificate.name,
                device=0 if certificate is None else certificate.number,
                role=None if certified is None else role_of(certified),
                author=device == row.device,
                could_see=device in cleared,
                state=None if device == row.device else state,
                since=said.at if said is not None else way.since if way is not None else 0,
                answer=None if given is None else ANSWERS[Response(given.answer)],
                text="" if given is None else given.text,
            )
        )
    return sorted(found, key=lambda one: (member.coalition.codes.index(one.nation), one.person, one.device))


def high_water(context: Context, releases: Iterable[bytes]) -> str:
    """The marking of all that these release keys mark, together; "" of none."""
    labels = [label_of(decode(ReleaseKey, release)) for release in releases]
    if not labels:
        return ""
    whole = combine(labels)
    marking = context.member.marking(whole)
    return marking if whole.releasable else f"{marking} {NOWHERE}"
